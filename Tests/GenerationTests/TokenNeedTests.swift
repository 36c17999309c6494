import Testing

@testable import Generation

@Suite struct `The tokens that limits need` {
    @Test func `are enough for a text that fills them, by the limit that binds first`() {
        #expect(LengthLimits(words: 200).tokensNeeded ?? 0 >= 320)
        #expect(LengthLimits(characters: 30, lines: 1).tokensNeeded ?? 0 < 100)
        #expect(LengthLimits().tokensNeeded == nil)
        #expect(LengthLimits(words: .max).tokensNeeded == .max)
    }

    @Test func `raise a template's own number, but never lower it`() throws {
        let option = try #require(SamplingOption.named("max_tokens"))
        var overrides = SamplingOverrides()
        overrides.set(option, to: .count(260))
        func most(_ overrides: SamplingOverrides) -> Int { overrides.applied(to: SamplingOptions()).maxTokens }
        #expect(most(overrides.allowing([LengthLimits(words: 200)])) >= 320)
        #expect(most(overrides.allowing([LengthLimits(words: 20)])) == 260)
        #expect(most(overrides.allowing([])) == 260)
        // Of several parts, the longest counts.
        #expect(most(overrides.allowing([LengthLimits(words: 5), LengthLimits(words: 300)])) >= 480)
        // A template that names no number leaves the settings alone while the default is enough.
        #expect(SamplingOverrides().allowing([LengthLimits(words: 20)]).isEmpty)
        #expect(most(SamplingOverrides().allowing([LengthLimits(words: 300)])) >= 480)
    }
}
