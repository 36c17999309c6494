import Foundation
import Generation
import Testing

@testable import Inference

@Suite struct `The random numbers of a draw` {
    @Test(arguments: [
        // The known answers of Random123's philox4x32 with 10 rounds: counter, key, words.
        (SIMD4<UInt32>(repeating: 0), UInt64(0), SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
        (
            SIMD4<UInt32>(repeating: .max), UInt64.max,
            SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
        ),
        (
            SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), UInt64(0x299f_31d0_a409_3822),
            SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
        ),
    ])
    func `are those that the authors of Philox publish`(
        counter: SIMD4<UInt32>, seed: UInt64, words: SIMD4<UInt32>
    ) {
        #expect(PhiloxRandom(seed: seed).words(at: counter) == words)
    }

    @Test(arguments: [2, 3, 5, 8, 64])
    func `of variants at one position lie far apart`(count: Int) {
        for seed in UInt64(0)..<20 {
            let draws = (0..<count).map {
                PhiloxRandom(seed: seed).uniforms(variant: $0, position: 3, attempt: 0).draw
            }.sorted()
            let gaps = zip(draws, draws.dropFirst() + [draws[0] + 1]).map { $1 - $0 }
            #expect(gaps.allSatisfy { $0 > 0.3 / Double(count) })
        }
    }

    @Test func `differ by seed, variant, position and attempt and lie in 0..<1`() {
        var seen: Set<Double> = []
        for seed in 0..<3 {
            for place in 0..<27 {
                let numbers = PhiloxRandom(seed: UInt64(seed)).uniforms(
                    variant: place % 3, position: place / 3 % 3, attempt: place / 9)
                #expect((0..<1).contains(numbers.draw) && (0..<1).contains(numbers.coin))
                seen.insert(numbers.draw)
            }
        }
        #expect(seen.count == 81)
    }
}

@Suite struct `Drawing a token` {
    /// Draws `count` times from the same logits, each time at another position.
    private func draws(
        _ logits: [Float], count: Int = 400, seed: UInt64 = 7, variant: Int = 0, tokens: [TokenID] = [],
        _ change: (inout SamplingOptions) -> Void = { _ in }
    ) -> [TokenID] {
        var options = SamplingOptions()
        options.temperature = 1
        options.topP = 1
        change(&options)
        var sampler = Sampler(
            options: options, seed: seed, variant: variant, special: SamplerTokens(ends: [0], runBreakers: [9]))
        var workspace = SamplingWorkspace()
        return (0..<count).compactMap { position in
            workspace.logits = logits
            sampler.adjust(&workspace, tokens: tokens[...], position: position)
            return sampler.draw(&workspace, position: position, attempt: 0)
        }
    }

    private let slope = (0..<10).map { Float(10 - $0) / 2 }

    @Test func `takes the most likely token at temperature 0, of equally likely ones the lowest id`() {
        #expect(Set(draws([1, 5, 3, 5, -2]) { $0.temperature = 0 }) == [1])
    }

    @Test func `is the same for the same seed and differs for another seed or variant`() {
        let first = draws(slope)
        #expect(draws(slope) == first)
        #expect(draws(slope, seed: 8) != first)
        #expect(draws(slope, variant: 1) != first)
    }

    @Test func `follows the probabilities`() {
        // Weights 1 : 2 : 1.
        let drawn = draws([0, Float(0.693_147_2), 0], count: 8000)
        let share = Double(drawn.count { $0 == 1 }) / 8000
        #expect(abs(share - 0.5) < 0.02)
    }

    @Test(arguments: [1, 3, 10, 50])
    func `top-k keeps the k most likely tokens`(count: Int) {
        let drawn = Set(
            draws(slope, count: 3000) {
                $0.topK = count; $0.temperature = 3
            })
        #expect(drawn == Set(0..<TokenID(min(count, 10))))
    }

    @Test func `top-k prefers the lower id among equally likely tokens`() {
        #expect(Set(draws([1, 1, 1, 1]) { $0.topK = 2 }) == [0, 1])
    }

    @Test(arguments: [0.1, 0.5, 0.9] as [Float])
    func `top-p keeps the smallest set whose mass reaches p`(share: Float) {
        var random = SeededRandom(seed: 22)
        let logits = (0..<200).map { _ in Float.random(in: -4...4, using: &random) }
        var dense = SamplingWorkspace()
        dense.logits = logits
        dense.fillWeights(peak: logits.max() ?? 0, temperature: 1)
        let order = logits.indices.sorted { logits[$0] > logits[$1] }
        let total = dense.weights.reduce(0.0) { $0 + Double($1) }
        var expected: Set<TokenID> = []
        var mass = 0.0
        for index in order where mass < total * Double(share) {
            expected.insert(TokenID(index))
            mass += Double(dense.weights[index])
        }
        var candidates = Candidates()
        candidates.takeShare(share, of: dense.weights)
        #expect(Set(candidates.ids) == expected)
        #expect(candidates.ids.count == expected.count)
    }

    @Test func `top-p after top-k counts the mass of the tokens that top-k kept`() {
        // Of the two most likely tokens, the first alone has more than half.
        #expect(
            Set(
                draws([2, 1, 1, 1, 1, 1]) {
                    $0.topK = 2; $0.topP = 0.6
                }) == [0])
        #expect(Set(draws([2, 1, 1, 1, 1, 1]) { $0.topP = 0.6 }) == [0, 1, 2])
    }

    @Test func `min-p drops tokens below its share of the most likely one`() {
        // Each step of the slope is e^-0.5 = 0.61.
        #expect(
            Set(
                draws(slope, count: 2000) {
                    $0.minP = 0.2; $0.temperature = 1
                }) == [0, 1, 2, 3])
    }

    @Test func `any options keep at least the most likely token`() {
        let drawn = draws(slope) {
            $0.topK = 1
            $0.topP = 0
            $0.minP = 1
            $0.typicalP = 0
            $0.topNSigma = 0.001
        }
        #expect(Set(drawn) == [0])
    }

    @Test func `infinite and NaN logits do not stop it`() {
        #expect(draws([.nan, -.infinity, 2, .nan]).allSatisfy { $0 == 2 })
        #expect(draws([-.infinity, -.infinity]).isEmpty)
        #expect(Set(draws([.infinity, 3, .infinity])) == [0, 2])
        #expect(Set(draws([3.4e38, -3.4e38, 0])) == [0])
    }

    @Test func `absurd options do not stop it`() {
        #expect(draws(slope, count: 20) { $0.temperature = .infinity }.count == 20)
        #expect(Set(draws(slope, count: 20) { $0.temperature = .nan }) == [0])
        let strange = draws(slope, count: 20, tokens: [1, 1, 1]) {
            $0.topK = -3
            $0.topP = -1
            $0.penaltyWindow = -1
            $0.dryMultiplier = 1
            $0.dryAllowedLength = -1_000_000_000
            $0.noRepeatNgramSize = 1000
        }
        #expect(Set(strange) == [0])
    }

    @Test func `repetition penalty divides positive and multiplies negative logits of tokens seen`() {
        var workspace = SamplingWorkspace()
        workspace.logits = [4, -4, 4, 0]
        var options = SamplingOptions()
        options.repetitionPenalty = 2
        workspace.applyPenalties(options, window: [0, 1, 1])
        #expect(workspace.logits == [2, -8, 4, 0])
    }

    @Test func `presence penalty counts a token once and frequency penalty each time, within the window`() {
        var workspace = SamplingWorkspace()
        workspace.logits = [10, 10, 10]
        var options = SamplingOptions()
        options.presencePenalty = 1
        options.frequencyPenalty = 0.5
        options.penaltyWindow = 3
        workspace.applyPenalties(options, window: [2, 2, 0, 1, 1])
        #expect(workspace.logits == [8.5, 8, 10])
    }

    @Test func `no run of n tokens occurs twice`() throws {
        var workspace = SamplingWorkspace()
        var rule = try #require(RepeatRule(runLength: 2, prompt: [3, 1, 2, 5]))
        var text = DraftText(trimsWhitespace: false)
        func banned() -> [Int] {
            workspace.logits = [Float](repeating: 0, count: 8)
            rule.mask(&workspace, at: DraftPlace(position: text.tokens.count, body: text.body, tokensLeft: 9))
            return workspace.logits.indices.filter { workspace.logits[$0] == -.infinity }
        }
        #expect(banned() == [])
        text.append(1, [])
        _ = rule.accept(1, [], in: text)
        #expect(banned() == [2])
        text.truncate(tokens: 0)
        rule.rollBack(to: text)
        #expect(banned() == [])
    }

    @Test func `DRY lowers a token with the length of the run it would repeat, but not over a breaker`() {
        var workspace = SamplingWorkspace()
        workspace.logits = [Float](repeating: 0, count: 10)
        workspace.applyRunPenalty(
            multiplier: 1, base: 2, allowedLength: 2, breakers: [9], tokens: [1, 2, 3, 4, 7, 1, 2, 3])
        #expect(workspace.logits == [0, 0, 0, 0, -2, 0, 0, 0, 0, 0])
        workspace.applyRunPenalty(
            multiplier: 1, base: 2, allowedLength: 2, breakers: [9], tokens: [1, 9, 3, 5, 7, 1, 9, 3])
        #expect(workspace.logits[5] == 0)
    }

    @Test func `XTC keeps the least likely of the likely tokens, and the unlikely ones`() {
        let logits: [Float] = [3, 3, 2.5, -3]
        #expect(
            Set(
                draws(logits, count: 4000) {
                    $0.xtcProbability = 1; $0.xtcThreshold = 0.1; $0.temperature = 1
                }
            )
            .isSubset(of: [2, 3]))
        #expect(Set(draws(logits) { $0.xtcProbability = 0 }).contains(0))
    }

    @Test func `typical-p prefers the token of expected surprise to the most likely one`() {
        // One token of 0.4 and sixty of 0.01: the expected surprise is near that of the sixty.
        let logits: [Float] = [3.7] + [Float](repeating: 0, count: 60)
        let drawn = Set(draws(logits, count: 1000) { $0.typicalP = 0.3 })
        #expect(!drawn.contains(0))
    }

    @Test func `an epsilon cutoff keeps tokens that are likely enough, and always the most likely one`() {
        let logits = [0.6, 0.3, 0.06, 0.04].map { Float(logarithm($0)) }
        #expect(
            Set(
                draws(logits, count: 2000) {
                    $0.epsilonCutoff = 0.05; $0.temperature = 1
                }) == [0, 1, 2])
        #expect(
            Set(
                draws(logits, count: 200) {
                    $0.epsilonCutoff = 0.9; $0.temperature = 1
                }) == [0])
    }

    @Test func `an eta cutoff keeps more tokens of an even distribution`() {
        let even = [Float](repeating: 1, count: 60)
        #expect(
            Set(
                draws(even, count: 2000) {
                    $0.etaCutoff = 0.05; $0.temperature = 1
                }
            ).count == 60)
        #expect(
            Set(
                draws(even, count: 200) {
                    $0.epsilonCutoff = 0.05; $0.temperature = 1
                }
            ).count == 1)
        let uneven = [0.6, 0.3, 0.06, 0.04].map { Float(logarithm($0)) }
        #expect(
            Set(
                draws(uneven, count: 2000) {
                    $0.etaCutoff = 0.05; $0.temperature = 1
                }) == [0, 1, 2])
    }

    @Test func `top-n-sigma keeps the tokens within n standard deviations of the peak`() {
        let logits: [Float] = [10, 9.5] + (0..<200).map { Float($0 % 3) }
        #expect(
            Set(
                draws(logits) {
                    $0.topNSigma = 1; $0.temperature = 4
                }) == [0, 1])
    }

    @Test func `mirostat keeps the surprise near its aim`() {
        let logits = (0..<500).map { -Float($0) / 60 }
        let drawn = draws(logits, count: 2000) {
            $0.mirostat = 2; $0.mirostatTau = 3; $0.mirostatEta = 0.1
        }
        // An aim of 3 bits holds the draw to few tokens; without it the mean id is about 60.
        let mean = Double(drawn.suffix(1000).reduce(0) { $0 + Int($1) }) / 1000
        #expect(mean < 30)
    }

    @Test func `dynamic temperature is low if the model is sure and high if it is not`() {
        let sure: [Float] = [8] + [Float](repeating: 0, count: 50)
        let change: (inout SamplingOptions) -> Void = { $0.dynamicTemperatureRange = 0.9 }
        #expect(draws(sure, change).count { $0 == 0 } > draws(sure).count { $0 == 0 })
    }

    @Test func `bias, bans and a least number of tokens hold`() {
        #expect(Set(draws(slope) { $0.logitBias = [7: 100] }) == [7])
        // Without the ban it would still be the likeliest by far.
        #expect(Set(draws([500, 1, 1]) { $0.logitBias = [0: -99] }) == [0])
        #expect(!Set(draws([500, 1, 1]) { $0.logitBias = [0: -100] }).contains(0))
        #expect(draws([9, 1, 1], count: 6) { $0.minTokens = 3 }.prefix(3).allSatisfy { $0 != 0 })
    }
}

@Suite struct `Sampling options` {
    @Test func `are read from the form of an earlier version`() throws {
        let old = #"{"temperature": 0.3, "topK": 5, "stop": ["x"]}"#
        let options = try JSONDecoder().decode(SamplingOptions.self, from: Data(old.utf8))
        #expect(options.temperature == 0.3 && options.topK == 5 && options.stop == ["x"])
        #expect(options.maxTokens == SamplingOptions().maxTokens && options.typicalP == 1)
    }

    @Test func `come back as they were written`() throws {
        var options = SamplingOptions()
        options.logitBias = [12: -3.5]
        options.mirostat = 2
        let data = try JSONEncoder().encode(options)
        #expect(try JSONDecoder().decode(SamplingOptions.self, from: data) == options)
    }
}
