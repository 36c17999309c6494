// Adapters merged into their models: the logits of the new file, its types, and what is refused.

import Foundation
import Generation
import Inference
import Tensors
import Testing

/// A tiny model with a vocabulary, which a file needs.
private struct WithVocabulary: ModelOverlay {
    let base: any ModelSource
    var vocabularyFolder: String? { nil }
    var metadata: [String: MetadataValue] {
        let tokens = MetadataValue.array(MetadataArray(integers: [1, 2]))
        return base.metadata.merging(["tokenizer.ggml.tokens": tokens]) { own, _ in own }
    }
    var inFileLayout: any ModelSource { WithVocabulary(base: base.inFileLayout) }
}

@Suite struct MergeTests {
    private let path = NSTemporaryDirectory() + "copydesk-merged-\(UUID().uuidString).gguf"

    private func merge(
        _ base: any ModelSource, _ adapters: [AppliedAdapter], recipe: QuantizationRecipe?
    ) throws -> ModelMerger.Result {
        try ModelMerger(recipe: recipe, threadCount: 2).write(
            AdaptedModel(WithVocabulary(base: base), adapters), to: path)
    }

    @Test(arguments: TinyAdapter.all.filter { !$0.isQuantized })
    func `a merged file in F32 has PEFT's logits`(adapter: TinyAdapter) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        // From the folder, whose rows of queries and keys have another order than those of the file.
        let base = try #require(try adapter.modelFolder())
        let result = try merge(base, [AppliedAdapter(AdapterFiles.open(path: adapter.path, for: base))], recipe: .f32)
        let found = try logits(GGUFFile.open(path: path), [], ids: adapter.tinyModel.ids)
        let expected = try adapter.expectedLogits()
        let largest = expected.joined().reduce(1) { max($0, abs($1)) }
        #expect(largestDifference(found, expected) <= 1e-5 * largest)
        #expect(try result.changedMatrices == adapter.adapter().entries.count)
        #expect(result.logitDifference <= 2e-5 * largest && result.logitChange > 1)
    }

    @Test func `matrices keep their types, and the difference that rounding makes is told`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let adapter = try TinyAdapter.named("gemma3")
        let result = try merge(adapter.file(), [AppliedAdapter(adapter.adapter())], recipe: nil)
        let file = try GGUFFile.open(path: path)
        let base = try GGUFFile.open(path: adapter.file().path)
        #expect(file.tensors.mapValues(\.type) == base.tensors.mapValues(\.type))
        #expect(file.tensors["blk.0.attn_q.weight"]?.type == .f16)
        // A matrix without an update keeps its bits.
        #expect(try file.weight("token_embd.weight").rowBytes(3) == base.weight("token_embd.weight").rowBytes(3))
        #expect(result.logitDifference > 0 && result.logitDifference < 0.05 && result.logitChange > 1)
    }

    @Test func `a quantized model is merged only into a type that is named`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let adapter = try TinyAdapter.named("llama-q8")
        let file = try adapter.file()
        #expect(throws: MergeError.quantized(path: file.path, tensor: "blk.0.attn_k.weight", type: .q8_0)) {
            try merge(file, [AppliedAdapter(adapter.adapter())], recipe: nil)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        let result = try merge(file, [AppliedAdapter(adapter.adapter())], recipe: .f16)
        let found = try logits(GGUFFile.open(path: path), [], ids: adapter.tinyModel.ids)
        #expect(try largestDifference(found, adapter.expectedLogits()) < 0.05)
        // The model itself multiplies with int8 activations.
        #expect(result.logitDifference > 0.001 && result.logitDifference < 0.3)
    }

    @Test func `a scale and a second adapter are merged too`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try TinyAdapter.named("llama"), second = try TinyAdapter.named("llama-root")
        _ = try merge(
            first.file(),
            [AppliedAdapter(first.adapter(), scale: 0.5), AppliedAdapter(second.adapter(), scale: -0.75)], recipe: .f32)
        let found = try logits(GGUFFile.open(path: path), [], ids: first.tinyModel.ids)
        let expected = try TinyAdapter.logits("llama-two", of: first.tinyModel)
        #expect(largestLogProbabilityDifference(found, expected) <= 2e-5)
    }

    @Test func `what cannot be merged is refused`() throws {
        let adapter = try TinyAdapter.named("gemma3")
        let file = try adapter.file()
        #expect(throws: MergeError.nothingToMerge(path: file.path)) { try merge(file, [], recipe: nil) }
        #expect(throws: MergeError.nothingToMerge(path: file.path)) {
            try merge(file, [AppliedAdapter(adapter.adapter(), scale: 0)], recipe: nil)
        }
        // Gemma's embedding is its output matrix too; an update of the output alone runs, but is no weight of a file.
        var output = try adapter.adapter()
        output.entries = [
            "output.weight": LoRAAdapter.Entry(
                inputCount: 18, outputCount: 61, rank: 1, a: .init(repeating: 0.3, count: 18),
                b: (0..<61).map { Float($0) / 20 }, scale: 1)
        ]
        let ids = try adapter.tinyModel.ids
        #expect(try logits(file, [AppliedAdapter(output)], ids: ids) != logits(file, [], ids: ids))
        #expect(throws: MergeError.tiedOutput(path: file.path)) {
            try merge(file, [AppliedAdapter(output)], recipe: nil)
        }
        let adapted = try AdaptedModel(file, [AppliedAdapter(adapter.adapter())])
        #expect(throws: AdapterError.onTop(model: file.path)) {
            try ModelQuantizer(recipe: .q8_0, threadCount: 1).write(adapted, to: path)
        }
        #expect(throws: AdapterError.onTop(model: file.path)) { try ModelBlueprint(source: adapted) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
