// Perplexity: the arithmetic by hand, and the measuring against logits of the whole text at once.

import Foundation
import Inference
import Tensors
import Testing

@Suite struct EvaluationTests {
    private static let text = String(
        repeating: "The garden was quiet. A small bird sat on the gate and sang to the rain. ", count: 12)

    private func meter(threads: Int = 2) throws -> PerplexityMeter {
        try PerplexityMeter(file: GGUFFile.open(path: Fixtures.builtInModel), threadCount: threads)
    }

    @Test func `perplexity is the exponential of the mean, with the error of the mean`() {
        var count = PerplexityCount()
        for loss in [1.0, 2.0, 3.0] { count.add(loss) }
        #expect(count.tokenCount == 3)
        #expect(count.mean == 2)
        #expect(abs(count.perplexity - 7.38905609893065) < 1e-12)
        // The variance is 2/3, and two tokens are free.
        #expect(abs((count.standardError ?? 0) - 7.38905609893065 * (1.0 / 3).squareRoot()) < 1e-12)
    }

    @Test func `one token has no standard error, and equal ones have none to speak of`() {
        var count = PerplexityCount()
        count.add(0.1)
        #expect(count.standardError == nil)
        for _ in 0..<9 { count.add(0.1) }
        #expect((count.standardError ?? 1) < 1e-6)
    }

    @Test func `the second half of each chunk is scored, each chunk by itself`() throws {
        let meter = try meter()
        let length = 24
        var tokens = meter.tokens(of: Array(Self.text.utf8))
        let result = try meter.measure(Array(Self.text.utf8), contextLength: length)
        let chunks = tokens.count / length
        #expect(result.tokenCount == tokens.count)
        #expect(result.chunkCount == chunks)
        #expect(result.count.tokenCount == chunks * (length / 2 - 1))

        var sum = 0.0
        for chunk in 0..<chunks {
            let start = chunk * length
            if meter.tokenizer.vocabulary.addsBOS, let bos = meter.tokenizer.bosID { tokens[start] = bos }
            let part = Array(tokens[start..<start + length])
            let logits = try meter.transformer.logits(part)
            for place in length / 2 + 1..<length {
                let row = logits[place - 1].map(Double.init)
                let peak = row.max() ?? 0
                sum += peak + log(row.reduce(0) { $0 + exp($1 - peak) }) - row[Int(part[place])]
            }
        }
        #expect(abs(result.count.mean - sum / Double(result.count.tokenCount)) < 1e-5)
    }

    @Test func `only the first chunks are read where a limit is given, and each is reported`() throws {
        let meter = try meter()
        var reports: [PerplexityMeter.Progress] = []
        let result = try meter.measure(Array(Self.text.utf8), contextLength: 16, chunkLimit: 3) { reports.append($0) }
        #expect(result.chunkCount == 3)
        #expect(reports.map(\.chunk) == [1, 2, 3])
        #expect(reports.allSatisfy { $0.chunkCount == 3 })
        #expect(reports.last?.count == result.count)
    }

    @Test func `the figure is the same with any number of threads`() throws {
        let text = Array(Self.text.utf8)
        let one = try meter(threads: 1).measure(text, contextLength: 32)
        #expect(try meter(threads: 3).measure(text, contextLength: 32) == one)
    }

    @Test func `what cannot be evaluated is said in a sentence`() throws {
        let meter = try meter()
        let short = try #require(throws: EvaluationError.self) {
            _ = try meter.measure([], contextLength: 64)
        }
        let count = meter.tokens(of: []).count
        #expect(
            short.description == "The text has \(count) tokens, and a context of 64 needs 128 or more. "
                + "Give a longer text, or choose a smaller context.")
        #expect(throws: EvaluationError.contextTooShort(contextLength: 3)) {
            _ = try meter.measure(Array(Self.text.utf8), contextLength: 3)
        }
        #expect(
            EvaluationError.contextTooShort(contextLength: 3).description
                == "A context of 3 leaves nothing to score. Choose 4 or more.")
        let longest = meter.transformer.configuration.contextLength
        #expect(throws: EvaluationError.contextTooLong(contextLength: .max, modelContextLength: longest)) {
            _ = try meter.measure(Array(Self.text.utf8), contextLength: .max)
        }
        #expect(
            EvaluationError.contextTooLong(contextLength: 600, modelContextLength: 512).description
                == "A context of 600 is longer than this model's, which is 512. Choose 512 or less.")
        #expect(
            EvaluationError.notFinite(position: 9).description
                == "The logits for token 9 of the text are NaN or infinite, so it has no perplexity. "
                + "Its file is damaged or was converted wrongly: download or convert it again.")
    }
}
