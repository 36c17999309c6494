// The bits of logits with adapters: of the model alone without one, and the same for any batch and number of threads.

import Inference
import Tensors
import Testing

@Suite struct AdapterBitsTests {
    /// One adapter for each family.
    private static let some = TinyAdapter.all.filter { $0.name != "llama-half" && $0.name != "llama-root" }

    @Test(arguments: some)
    func `no adapter, and one with a scale of 0, leave the bits of the model`(adapter: TinyAdapter) throws {
        let ids = try adapter.tinyModel.ids
        let alone = try logits(adapter.file(), [], ids: ids)
        #expect(try logits(adapter.file(), [AppliedAdapter(adapter.adapter(), scale: 0)], ids: ids) == alone)
        #expect(try logits(AdaptedModel(adapter.file(), []), [], ids: ids) == alone)
        #expect(try logits(adapter.file(), [AppliedAdapter(adapter.adapter())], ids: ids) != alone)
    }

    @Test(arguments: some)
    func `an adapter before its training changes nothing`(adapter: TinyAdapter) throws {
        var fresh = try adapter.adapter()
        for (name, entry) in fresh.entries {
            fresh.entries[name] = LoRAAdapter.Entry(
                inputCount: entry.inputCount, outputCount: entry.outputCount, rank: entry.rank, a: entry.a,
                b: [Float](repeating: 0, count: entry.b.count), scale: entry.scale)
        }
        let ids = try adapter.tinyModel.ids
        #expect(try logits(adapter.file(), [AppliedAdapter(fresh)], ids: ids) == logits(adapter.file(), [], ids: ids))
    }

    @Test(arguments: some)
    func `logits have the same bits for every batch and every number of threads`(adapter: TinyAdapter) throws {
        let ids = try adapter.tinyModel.ids
        let applied = [AppliedAdapter(try adapter.adapter(), scale: 0.7)]
        let expected = try logits(adapter.file(), applied, ids: ids, threads: 1)
        for (threads, chunk) in [(1, 1), (2, 5), (3, .max), (5, 7)] {
            #expect(
                try logits(adapter.file(), applied, ids: ids, threads: threads, chunk: chunk) == expected,
                "\(threads) threads, \(chunk) rows")
        }
    }

    @Test func `variants of one batch have the bits of each alone`() throws {
        let adapter = try TinyAdapter.named("llama-q8")
        let ids = try adapter.tinyModel.ids
        let source = try AdaptedModel(adapter.file(), [AppliedAdapter(adapter.adapter())])
        let transformer = try Transformer(file: source, team: WorkerTeam(threadCount: 2))
        let alone = try (0..<4).map { try transformer.logits([ids[$0], ids[$0 + 4]]) }
        let caches = (0..<4).map { _ in transformer.makeCache() }
        for step in 0..<2 {
            let rows = (0..<4).map { BatchRow(token: ids[$0 + 4 * step], cache: $0, wantsLogits: true) }
            let batch = try transformer.forward(rows, caches: caches)
            for index in 0..<4 { #expect(batch.row(index) == alone[index][step]) }
        }
    }
}
