// Adapters that training made, written to files and run by inference.

import Foundation
import Inference
import Tensors
import Testing

@testable import Training

@Suite struct `Adapters of a run` {
    private func model(_ reference: GradientReference, rank: Int = 2) throws -> TrainedModel {
        let part = TrainedPart.adapters(rank: rank, alpha: 6, targets: .all)
        let model = try TrainedModel(reference.blueprint, part: part)
        model.initializeAdapters(seed: 5)
        return model
    }

    private func loss(_ model: TrainedModel, _ batch: TokenBatch) -> Double {
        TrainingPass(model: model, team: WorkerTeam(threadCount: 2), precision: .f32).loss(of: batch)
    }

    /// Σ weight · cross-entropy, from the logits of inference.
    private func loss(_ source: any ModelSource, _ documents: [EncodedExample]) throws -> Double {
        let transformer = try Transformer(file: source, team: WorkerTeam(threadCount: 2))
        var sum = 0.0
        for document in documents {
            let rows = document.tokens.map { BatchRow(token: $0, cache: 0, wantsLogits: true) }
            let batch = try transformer.forward(rows, caches: [transformer.makeCache()])
            for place in 1..<document.tokens.count {
                let row = batch.row(place - 1)
                let target = row[Int(document.tokens[place])]
                sum += Double(document.weights[place]) * Double(VectorMath.logSumExp(row) - target)
            }
        }
        return sum
    }

    @Test(arguments: GradientReference.families)
    func `inference computes the loss of training, with the adapter from either kind of file`(family: String) throws {
        let reference = try GradientReference(family)
        let batch = TokenBatch(reference.documents)
        let trained = try model(reference)
        let fresh = loss(trained, batch)
        for (index, (_, adapter)) in trained.adapters.enumerated() {
            adapter.b.set(
                RandomNumbers(seed: UInt64(index), stream: "b").normals(adapter.b.elementCount, deviation: 0.1))
        }
        let expected = loss(trained, batch)
        #expect(abs(expected - fresh) > 1e-3 * fresh)

        let folder = try TemporaryFolder()
        let value = trained.loraAdapter(name: "tiny", baseName: family)
        let source = reference.blueprint.source
        try AdapterFiles.writeFolder(value, for: source, to: folder.path + "/adapter")
        try AdapterFiles.writeGGUF(value, to: folder.path + "/adapter.gguf")
        let original = try ModelFiles.open(path: fixture("gradients/\(family)/model").path)
        for name in ["adapter", "adapter.gguf"] {
            let read = try AdapterFiles.open(path: folder.path + "/" + name, for: original)
            let adapted = try AdaptedModel(original, [AppliedAdapter(read)])
            #expect(adapted.notices == [])
            #expect(try abs(loss(adapted, reference.documents) - expected) < 2e-6 * expected, "\(name)")
            let again = try model(reference)
            try again.beginAdapters(with: read)
            #expect(loss(again, batch) == expected, "\(name)")
        }
    }

    @Test func `a run does not begin with an adapter of another kind`() throws {
        let reference = try GradientReference("llama")
        let trained = try model(reference)
        var value = trained.loraAdapter(name: nil, baseName: nil)
        #expect(throws: TrainingError.self) { try model(reference, rank: 3).beginAdapters(with: value) }
        let first = value.entries.removeValue(forKey: "blk.0.attn_q.weight")
        let removed = try #require(first)
        #expect(
            throws: TrainingError.otherAdapter(
                path: "", reason: "it does not change 'blk.0.attn_q.weight', and this run does")
        ) { try trained.beginAdapters(with: value) }
        value.entries["blk.0.attn_q.weight"] = removed
        value.entries["blk.9.attn_q.weight"] = removed
        #expect(
            throws: TrainingError.otherAdapter(
                path: "", reason: "it changes 'blk.9.attn_q.weight', and this run does not")
        ) { try trained.beginAdapters(with: value) }
    }
}
