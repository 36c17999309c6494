// The processors that read the tokens so far and change logits in place.

import Generation

extension SamplingWorkspace {
    /// Repetition, presence and frequency penalties over the last tokens.
    mutating func applyPenalties(_ options: SamplingOptions, window tokens: ArraySlice<TokenID>) {
        let isNeutral =
            options.repetitionPenalty == 1 && options.presencePenalty == 0 && options.frequencyPenalty == 0
        guard !isNeutral, options.penaltyWindow > 0 else { return }
        counts.removeAll(keepingCapacity: true)
        for token in tokens.suffix(options.penaltyWindow) { counts[token, default: 0] += 1 }
        for (token, count) in counts where logits.indices.contains(Int(token)) {
            var logit = logits[Int(token)]
            guard logit.isFinite else { continue }
            if options.repetitionPenalty > 0 {
                logit = logit > 0 ? logit / options.repetitionPenalty : logit * options.repetitionPenalty
            }
            logits[Int(token)] = logit - options.presencePenalty - Float(count) * options.frequencyPenalty
        }
    }

    /// Bans every token that would repeat an earlier run of `length` tokens.
    mutating func banRepeatedRuns(length: Int, tokens: ArraySlice<TokenID>) {
        guard length > 0, tokens.count >= length else { return }
        let beginning = tokens.suffix(length - 1)
        for start in tokens.startIndex...(tokens.endIndex - length) {
            let last = start + length - 1
            if tokens[start..<last].elementsEqual(beginning) { ban(tokens[last]) }
        }
    }

    /// DRY: the longer the run of tokens that a token would repeat, the lower its logit.
    ///
    /// text-generation-webui pull request 5677. A run does not extend across a breaker.
    mutating func applyRunPenalty(
        multiplier: Float, base: Float, allowedLength: Int, breakers: Set<TokenID>, tokens: ArraySlice<TokenID>
    ) {
        guard multiplier > 0, tokens.count >= 2, let last = tokens.last, !breakers.contains(last) else { return }
        let end = tokens.endIndex
        var longest: [TokenID: Int] = [:]
        for next in (tokens.startIndex + 1)..<end where tokens[next - 1] == last && !breakers.contains(tokens[next]) {
            var length = 1
            // Runs longer than 64 count as 64, which bounds the work if a text repeats itself.
            while length < 64, next - 1 - length >= tokens.startIndex,
                tokens[next - 1 - length] == tokens[end - 1 - length],
                !breakers.contains(tokens[next - 1 - length])
            {
                length += 1
            }
            longest[tokens[next]] = max(longest[tokens[next]] ?? 0, length)
        }
        for (token, length) in longest where length >= allowedLength && logits.indices.contains(Int(token)) {
            logits[Int(token)] -= multiplier * power(base, length - allowedLength)
        }
    }

    mutating func ban(_ token: TokenID) {
        if logits.indices.contains(Int(token)) { logits[Int(token)] = -.infinity }
    }

    /// True if a token may be drawn.
    func allows(_ token: TokenID) -> Bool { logits.indices.contains(Int(token)) && logits[Int(token)] > -.infinity }

    /// Bans tokens with logits below a floor.
    mutating func ban(below floor: Float, except spared: Set<TokenID>) {
        for index in logits.indices where logits[index] < floor && !spared.contains(TokenID(index)) {
            logits[index] = -.infinity
        }
    }

    private func power(_ base: Float, _ exponent: Int) -> Float {
        var result: Float = 1
        for _ in 0..<min(max(exponent, 0), 128) { result *= base }
        return min(result, 1e9)
    }
}
