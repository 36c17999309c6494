// A row's logits depend on its own sequence alone, bit for bit.

import Foundation
import Inference
import Tensors
import Testing

@Suite struct ModelBatchTests {
    @Test(arguments: TinyModel.all, [1, 3, 16, 17])
    func `a prompt has the same logits in one batch and in pieces`(model: TinyModel, chunk: Int) throws {
        let transformer = try model.transformer()
        #expect(try transformer.logits(model.ids, chunk: chunk) == transformer.logits(model.ids))
    }

    @Test(arguments: TinyModel.all)
    func `one thread computes the same logits as two and three`(model: TinyModel) throws {
        let alone = try model.transformer(threads: 1).logits(model.ids)
        #expect(try model.transformer(threads: 2).logits(model.ids) == alone)
        #expect(try model.transformer(threads: 3).logits(model.ids) == alone)
    }

    @Test(arguments: TinyModel.all)
    func `a row has the same logits alone, among eight variants, and beside another prompt`(model: TinyModel) throws {
        let transformer = try model.transformer()
        let (prompt, answer) = (Array(model.ids.prefix(9)), Array(model.ids.dropFirst(9).prefix(6)))
        let alone = Array(try transformer.logits(prompt + answer).dropFirst(9))

        let shared = transformer.makeCache()
        _ = try transformer.logits(prompt, into: shared)
        let variants = (0..<8).map { _ in shared.fork() }
        let stranger = transformer.makeCache()
        for (step, token) in answer.enumerated() {
            // The third variant has the logits of the lone sequence; the others have different ones.
            var rows = variants.indices.map { index in
                BatchRow(
                    token: index == 2 ? token : Int32((Int(token) + index) % model.vocabulary), cache: index,
                    wantsLogits: true)
            }
            rows.insert(BatchRow(token: 5, cache: 8), at: 1)
            rows.append(BatchRow(token: 7, cache: 8))
            let batch = try transformer.forward(rows, caches: variants + [stranger])
            #expect(batch.rowCount == 8)
            #expect(batch.row(2) == alone[step])
        }
    }

    @Test(arguments: TinyModel.all)
    func `rows that want no logits do not change the logits of others`(model: TinyModel) throws {
        let transformer = try model.transformer()
        let every = try transformer.logits(model.ids)
        let wanted: Set = [3, 10, model.ids.count - 1]
        let rows = model.ids.enumerated().map { BatchRow(token: $1, cache: 0, wantsLogits: wanted.contains($0)) }
        let cache = transformer.makeCache()
        let batch = try transformer.forward(rows, caches: [cache])
        #expect((0..<batch.rowCount).map(batch.row) == wanted.sorted().map { every[$0] })
        #expect(cache.count == model.ids.count)

        // A prompt still stores its keys if nobody wants its logits.
        let silent = transformer.makeCache()
        let nothing = try transformer.forward(
            model.ids.dropLast().map { BatchRow(token: $0) }, caches: [silent])
        #expect(nothing.rowCount == 0)
        #expect(try transformer.logits(model.ids.suffix(1), into: silent) == every.suffix(1))
    }

    /// Long enough for the kernels to take their widest tiles.
    @Test(
        arguments: ["llama-odd", "llama-q8", "llama-q4", "gpt2-q8", "granite-q8", "lfm2", "lfm2-q8"],
        [1, 5, 8, 33, 64])
    func `a long prompt has the same logits in one batch and in pieces`(name: String, chunk: Int) throws {
        let transformer = try TinyModel.named(name).transformer()
        let ids = (0..<96).map { Int32($0 * 29 % 61) }
        #expect(try transformer.logits(ids, chunk: chunk) == transformer.logits(ids))
    }

    /// The model in the program: wider than the tiny ones.
    @Test func `the built-in model computes the same logits in any batch and with any thread count`() throws {
        let file = try GGUFFile.open(path: Fixtures.builtInModel)
        let transformer = try Transformer(file: file, team: WorkerTeam(threadCount: 2))
        let ids = (0..<300).map { Int32($0 * 1013 % transformer.configuration.vocabularySize) }
        let whole = try transformer.logits(ids)
        let prefix = transformer.makeCache()
        #expect(try transformer.logits(Array(ids.prefix(296)), chunk: 100, into: prefix) == Array(whole.prefix(296)))
        let variants = (0..<8).map { _ in prefix.fork() }
        for position in 296..<300 {
            let batch = try transformer.forward(
                variants.indices.map { BatchRow(token: ids[position], cache: $0, wantsLogits: true) }, caches: variants)
            for index in variants.indices { #expect(batch.row(index) == whole[position]) }
        }
        let lone = try Transformer(file: file, team: WorkerTeam(threadCount: 1))
        #expect(try lone.logits(ids, chunk: 77) == whole)
    }
}
