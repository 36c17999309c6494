// Guesses the next tokens of a text: those that followed the same words the last time.
// - A guess only decides how many tokens the model reads at a time, never which tokens are written.
// - Acceptance rates are kept per match length. They are also updated by guesses that were not decoded, so text without
//   repetition costs only the lookup.
// Prompt lookup decoding; n-grams as in Saxena, github.com/apoorvumang/prompt-lookup-decoding.

import Generation

/// Looks up the tokens of one draft in its own prompt and text.
struct PromptLookup {
    /// Tokens that may follow, each with the probability that it and all tokens before it are accepted.
    struct Guess: Equatable {
        var tokens: [TokenID] = []
        var chances: [Float] = []
        /// How many tokens before the guess matched.
        var matchLength = 0
    }

    /// The most tokens of a guess.
    static let longestGuess = 8
    /// Longer matches count as matches of this length.
    private static let longestMatch = 8

    /// Acceptance rate by match length, from 1; the initial values come from texts that repeat themselves a little.
    private var rates: [Float] = [0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6]

    /// Guesses the tokens that followed the longest earlier match of the text's end; of equally long matches, the last.
    /// - Parameter ends: tokens that end a text, which are not worth guessing.
    func guess(after tokens: [TokenID], ends: Set<TokenID>) -> Guess {
        guard let last = tokens.last else { return Guess() }
        var best = (length: 0, next: 0)
        for next in stride(from: tokens.count - 1, to: 0, by: -1) where tokens[next - 1] == last {
            var length = 1
            while length < Self.longestMatch, next - 1 - length >= 0,
                tokens[next - 1 - length] == tokens[tokens.count - 1 - length]
            {
                length += 1
            }
            if length > best.length { best = (length, next) }
            if length == Self.longestMatch { break }
        }
        guard best.length > 0 else { return Guess() }
        var guess = Guess(matchLength: best.length)
        var chance: Float = 1
        for index in 0..<Self.longestGuess {
            // If the match reaches the end of the text, the guess continues with its own tokens.
            let place = best.next + index
            let token = place < tokens.count ? tokens[place] : guess.tokens[place - tokens.count]
            if ends.contains(token) { break }
            chance *= rates[bucket(best.length + index)]
            guess.tokens.append(token)
            guess.chances.append(chance)
        }
        return guess
    }

    /// Updates the acceptance rate with the token that was written.
    /// - Parameter index: the place in the guess; the guess was right before it.
    mutating func learn(_ guess: Guess, index: Int, cameTrue: Bool) {
        let bucket = bucket(guess.matchLength + index)
        rates[bucket] += ((cameTrue ? 1 : 0) - rates[bucket]) / 8
    }

    private func bucket(_ matchLength: Int) -> Int { min(matchLength, Self.longestMatch) - 1 }
}

/// Decides how many tokens of each guess to read.
struct SpeculationPlan {
    /// The cost of one more row in a batch, in batches of one row.
    var rowCost: Float

    /// Takes the most likely tokens of all guesses as long as each brings more text than its time costs.
    /// - Parameters:
    ///   - chances: of each variant's guess, in falling order.
    ///   - room: the most tokens for each variant.
    func counts(chances: [[Float]], room: [Int]) -> [Int] {
        var counts = Array(repeating: 0, count: chances.count)
        var expectedTokens = Float(chances.count)
        var cost = 1 + rowCost * Float(chances.count - 1)
        while true {
            var best: (variant: Int, chance: Float)?
            for (variant, count) in counts.enumerated() where count < min(chances[variant].count, room[variant]) {
                let chance = chances[variant][count]
                if chance > best?.chance ?? 0 { best = (variant, chance) }
            }
            guard let best, best.chance * cost > expectedTokens * rowCost else { return counts }
            counts[best.variant] += 1
            expectedTokens += best.chance
            cost += rowCost
        }
    }
}
