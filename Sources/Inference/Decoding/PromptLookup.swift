// Guesses of what a text goes on with: what followed the same words the last time they were there.
// - A guess only decides how many tokens the model reads at a time, never which are written.
// - How often guesses came true is kept by the length of what was the same before them; it is learned from guesses
//   that were not read ahead too, so a draft that repeats nothing costs a search of its tokens and no more.
// Prompt lookup decoding; n-grams as in Saxena, github.com/apoorvumang/prompt-lookup-decoding.

import Generation

/// Looks up the tokens of one draft in its own prompt and text.
struct PromptLookup {
    /// Tokens that may follow, each with the chance that it and all before it are written.
    struct Guess: Equatable {
        var tokens: [TokenID] = []
        var chances: [Float] = []
        /// How many tokens before the guess were the same.
        var matchLength = 0
    }

    /// The most tokens of a guess.
    static let longestGuess = 8
    /// The longest match that is told from a longer one.
    private static let longestMatch = 8

    /// The share of guesses that came true, by the length of the match before them, from 1; at first what texts
    /// that repeat a little show.
    private var rates: [Float] = [0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6]

    /// What followed the longest run that is the same as the end of the text; of equals, the last.
    /// - Parameter ends: tokens that end texts, which are not worth guessing.
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
            // A run that reaches the end of the text goes on with its own guess.
            let place = best.next + index
            let token = place < tokens.count ? tokens[place] : guess.tokens[place - tokens.count]
            if ends.contains(token) { break }
            chance *= rates[bucket(best.length + index)]
            guess.tokens.append(token)
            guess.chances.append(chance)
        }
        return guess
    }

    /// Learns from what was written where a guess was.
    /// - Parameter index: the place in the guess; all before it came true.
    mutating func learn(_ guess: Guess, index: Int, cameTrue: Bool) {
        let bucket = bucket(guess.matchLength + index)
        rates[bucket] += ((cameTrue ? 1 : 0) - rates[bucket]) / 8
    }

    private func bucket(_ matchLength: Int) -> Int { min(matchLength, Self.longestMatch) - 1 }
}

/// How many tokens of each guess are worth reading ahead.
struct SpeculationPlan {
    /// What a further row of a batch costs, in batches of one row.
    var rowCost: Float

    /// Takes the likeliest tokens of all guesses as long as each brings more text for the time it costs.
    /// - Parameters:
    ///   - chances: of each variant's guess, falling.
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
