import Generation
import Testing

@testable import Inference

@Suite struct `A guess of the next tokens` {
    private func guess(_ tokens: [TokenID], _ lookup: PromptLookup = PromptLookup()) -> PromptLookup.Guess {
        lookup.guess(after: tokens, ends: [0])
    }

    @Test func `is the text that followed the longest earlier match`() {
        let guess = guess([7, 1, 2, 8, 9, 1, 2, 3, 4, 5, 2, 6, 1, 2, 3])
        #expect(guess.matchLength == 3)
        #expect(guess.tokens.prefix(3) == [4, 5, 2])
    }

    @Test func `follows the last of equally long matches, and continues with itself at the end of the text`() {
        #expect(guess([1, 4, 1, 5, 1]).tokens == [5, 1, 5, 1, 5, 1, 5, 1])
    }

    @Test func `ends before a token that ends texts, and is empty without a match`() {
        #expect(guess([1, 2, 0, 3, 1]).tokens == [2])
        #expect(guess([1, 2, 3]).tokens.isEmpty)
        #expect(guess([]).tokens.isEmpty)
    }

    @Test func `is trusted more after each right guess and less after each wrong one`() {
        var lookup = PromptLookup()
        let tokens: [TokenID] = [1, 2, 3, 4, 1, 2]
        let first = guess(tokens, lookup)
        lookup.learn(first, index: 0, cameTrue: true)
        let second = guess(tokens, lookup)
        #expect(second.chances[0] > first.chances[0])
        lookup.learn(second, index: 0, cameTrue: false)
        #expect(guess(tokens, lookup).chances[0] < second.chances[0])
    }

    @Test func `is decoded as far as it pays`() {
        let plan = SpeculationPlan(rowCost: 0.1)
        #expect(plan.counts(chances: [[0.9, 0.8, 0.05]], room: [8]) == [2])
        #expect(plan.counts(chances: [[0.05]], room: [8]) == [0])
        #expect(plan.counts(chances: [[0.9, 0.8], [0.01], []], room: [1, 8, 8]) == [1, 0, 0])
        #expect(plan.counts(chances: [[0.9]], room: [-3]) == [0])
        // Nothing is worth a row that costs as much as a step.
        #expect(SpeculationPlan(rowCost: 1).counts(chances: [[0.9]], room: [8]) == [0])
    }
}

@Suite struct `Speculation` {
    private static let notes = """
        The lighthouse keeper climbs the stairs. The lighthouse keeper lights the lamp. The lighthouse keeper climbs \
        the stairs again. The lighthouse keeper lights the lamp again.
        """

    private func request(
        variantCount: Int, temperature: Float, seed: UInt64, _ change: (inout GenerationRequest) -> Void = { _ in }
    ) -> GenerationRequest {
        var request = BuiltInModel.request(Self.notes, variantCount: variantCount, seed: seed)
        request.prompt = .raw(Self.notes)
        request.sampling.temperature = temperature
        request.sampling.maxTokens = 48
        request.sampling.minTokens = 40
        change(&request)
        return request
    }

    private func check(_ request: GenerationRequest) async throws -> (ahead: Int, plain: Int) {
        let generator = try BuiltInModel.generator()
        let ahead = try await generator.write(request)
        var slow = request
        slow.speculates = false
        let plain = try await generator.write(slow)
        #expect(ahead.texts == plain.texts)
        #expect(ahead.reasons == plain.reasons)
        #expect(ahead.tokenCounts == plain.tokenCounts)
        #expect(ahead.timings.generatedTokens == plain.timings.generatedTokens)
        #expect(ahead.stepCount <= plain.stepCount)
        return (ahead.stepCount, plain.stepCount)
    }

    @Test(arguments: 1...4, [0, 0.8] as [Float])
    func `writes the same text`(variantCount: Int, temperature: Float) async throws {
        for seed in 1...3 {
            _ = try await check(request(variantCount: variantCount, temperature: temperature, seed: UInt64(seed)))
        }
    }

    @Test func `takes fewer steps if the text repeats itself`() async throws {
        let steps = try await check(
            request(variantCount: 1, temperature: 0, seed: 1) {
                $0.prompt = .raw(String(repeating: "the sea and the sky and ", count: 12))
            })
        #expect(steps.ahead < steps.plain)
    }

    @Test(arguments: 1...4)
    func `writes the same text under limits, stop strings, banned phrases and mirostat`(variantCount: Int) async throws
    {
        for temperature in [0, 1] as [Float] {
            let changes: [(inout GenerationRequest) -> Void] = [
                { $0.limits = LengthLimits(characters: 60) },
                { $0.limits = LengthLimits(words: 9, sentences: 2) },
                { $0.sampling.stop = ["lamp", "stairs."] },
                { $0.sampling.bannedPhrases = ["keeper c", "the lamp"] },
                { $0.sampling.mustInclude = ["harbour wall"] },
                {
                    $0.sampling.mirostat = 2; $0.sampling.repetitionPenalty = 1.05
                },
                { $0.sampling.maxTokens = 3 },
            ]
            for change in changes {
                _ = try await check(request(variantCount: variantCount, temperature: temperature, seed: 5, change))
            }
        }
    }

    @Test func `writes the same text up to the end of the context`() async throws {
        _ = try await check(
            request(variantCount: 2, temperature: 0, seed: 1) {
                $0.prompt = .raw(String(repeating: "the sea and the sky ", count: 80))
                $0.sampling.maxTokens = 2000
                $0.sampling.minTokens = 2000
            })
    }
}
