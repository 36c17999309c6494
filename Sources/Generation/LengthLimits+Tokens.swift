// How many tokens a text within limits may need, so that a limit on tokens does not cut it first.

extension LengthLimits {
    /// Enough tokens for a text that fills the limits; `nil` without limits.
    ///
    /// Vocabularies of today's models need 1.3 to 1.6 tokens for an English word, about 2 for a German one, and 1 to 1.5
    /// for a character of Chinese, which is a word and a character here.
    public var tokensNeeded: Int? {
        let needs: [Int?] = [
            words.map { $0.saturating(times: 2, plus: 32) }, characters.map { $0.saturating(times: 1, plus: 24) },
            sentences.map { $0.saturating(times: 64, plus: 32) }, lines.map { $0.saturating(times: 64, plus: 32) },
        ]
        return needs.compactMap(\.self).min()
    }
}

extension SamplingOverrides {
    /// These overrides with a limit on tokens that does not cut a text, or a part of it, before its own limits.
    public func allowing(_ limits: [LengthLimits]) -> SamplingOverrides {
        guard let needed = limits.compactMap(\.tokensNeeded).max(), let option = SamplingOption.named("max_tokens")
        else { return self }
        var given = SamplingOptions().maxTokens
        if case .count(let count) = self["max_tokens"] { given = count }
        guard needed > given else { return self }
        var overrides = self
        overrides.set(option, to: .count(min(needed, 1_000_000)))
        return overrides
    }
}

extension Int {
    fileprivate func saturating(times factor: Int, plus room: Int) -> Int {
        let (product, isOver) = multipliedReportingOverflow(by: factor)
        let (sum, isOverToo) = product.addingReportingOverflow(room)
        return isOver || isOverToo ? .max : sum
    }
}
