// Logits of tiny models with adapters against PEFT's, and wrong readings of the same adapters, which must differ.

import Foundation
import Inference
import Testing

@Suite struct AdapterReferenceTests {
    private static let exact = TinyAdapter.all.filter { !$0.isQuantized }

    /// As equal as the logits of the models alone are: to a hundred-thousandth of the largest.
    private func expectEqual(_ found: [[Float]], _ expected: [[Float]]) {
        let largest = expected.joined().reduce(1) { max($0, abs($1)) }
        let difference = largestDifference(found, expected)
        #expect(difference <= 1e-5 * largest, "of \(largest)")
        #expect(largestLogProbabilityDifference(found, expected) <= 2e-5 * largest)
    }

    @Test func `the fixtures are there`() {
        #expect(TinyAdapter.all.count == 10 && Self.exact.count == 9)
    }

    @Test(arguments: exact)
    func `logits on a GGUF file equal PEFT's`(adapter: TinyAdapter) throws {
        let found = try logits(adapter.file(), [AppliedAdapter(adapter.adapter())], ids: adapter.tinyModel.ids)
        try expectEqual(found, adapter.expectedLogits())
    }

    @Test(arguments: exact)
    func `logits on a model's folder equal PEFT's`(adapter: TinyAdapter) throws {
        let folder = try #require(try adapter.modelFolder())
        let read = try AdapterFiles.open(path: adapter.path, for: folder)
        let found = try logits(folder, [AppliedAdapter(read)], ids: adapter.tinyModel.ids)
        try expectEqual(found, adapter.expectedLogits())
        // The values are those that the GGUF file gives, in its order of rows.
        #expect(try read.entries == adapter.adapter().entries)
    }

    @Test(arguments: TinyAdapter.all.filter(\.isQuantized))
    func `logits on quantized weights are as near PEFT's as those of the model alone`(adapter: TinyAdapter) throws {
        let ids = try adapter.tinyModel.ids
        let found = try logits(adapter.file(), [AppliedAdapter(adapter.adapter())], ids: ids)
        #expect(try largestDifference(found, adapter.expectedLogits()) <= 0.3)
        let alone = try logits(adapter.file(), [], ids: ids)
        #expect(try largestDifference(alone, adapter.expectedLogits()) > 1)
    }

    @Test func `two adapters with factors of their own add up as PEFT adds them`() throws {
        let first = try TinyAdapter.named("llama"), second = try TinyAdapter.named("llama-root")
        let found = try logits(
            first.file(),
            [AppliedAdapter(first.adapter(), scale: 0.5), AppliedAdapter(second.adapter(), scale: -0.75)],
            ids: first.tinyModel.ids)
        let expected = try TinyAdapter.logits("llama-two", of: first.tinyModel)
        expectEqual(found, expected)
    }

    /// Each is a mistake that other programs have made.
    @Test(arguments: ["rows of pairs", "the root of the rank", "an alpha for each matrix", "a rank for each matrix"])
    func `a wrong reading is told apart`(mistake: String) throws {
        let name =
            switch mistake {
            case "rows of pairs": "llama"
            case "the root of the rank": "llama-root"
            default: "llama-patterns"
            }
        let adapter = try TinyAdapter.named(name)
        var wrong = try adapter.adapter()
        for (matrix, entry) in wrong.entries {
            switch mistake {
            case "rows of pairs":
                guard matrix.hasSuffix("attn_q.weight") || matrix.hasSuffix("attn_k.weight") else { continue }
                // The order of the folder, read as if it were that of GGUF files.
                let heads = matrix.hasSuffix("attn_q.weight") ? 4 : 2, width = entry.outputCount / heads
                let order = (0..<entry.outputCount).map { row in
                    let (head, place) = (row / width, row % width)
                    return head * width + (place < width / 2 ? 2 * place : 2 * (place - width / 2) + 1)
                }
                let b = order.flatMap { entry.b[$0 * entry.rank..<($0 + 1) * entry.rank] }
                wrong.entries[matrix] = LoRAAdapter.Entry(
                    inputCount: entry.inputCount, outputCount: entry.outputCount, rank: entry.rank, a: entry.a, b: b,
                    scale: entry.scale)
            case "the root of the rank": wrong.entries[matrix]?.scale = 4 / Float(entry.rank)
            case "an alpha for each matrix": wrong.entries[matrix]?.scale = 4 / Float(entry.rank)
            default: wrong.entries[matrix]?.scale *= Float(entry.rank) / 4
            }
        }
        let found = try logits(adapter.file(), [AppliedAdapter(wrong)], ids: adapter.tinyModel.ids)
        #expect(try largestLogProbabilityDifference(found, adapter.expectedLogits()) > 0.5, "\(mistake)")
    }
}
