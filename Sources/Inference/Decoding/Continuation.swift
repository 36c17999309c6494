// One text that grows in a batch: a decoder, its cache, and the tokens that the model has to read next.

import Generation

/// A decoder at work, with its own keys and values.
struct Continuation {
    var decoder: DraftDecoder
    let cache: KVCache
    /// Tokens that the model reads without a draw: the words before a part.
    var unread: [TokenID]
    /// The token whose logits the next draw needs.
    var next: TokenID
    var lookup = PromptLookup()
    var guess = PromptLookup.Guess()
    /// How many tokens of the guess the next batch reads.
    var aheadCount = 0

    /// - Parameters:
    ///   - decoder: at its first position.
    ///   - prompt: everything before the decoder's text; not empty. The cache holds a beginning of it.
    init(_ decoder: DraftDecoder, prompt: [TokenID], cache: KVCache) {
        self.decoder = decoder
        self.cache = cache
        cache.truncate(to: prompt.count - 1)
        unread = Array(prompt[cache.count..<(prompt.count - 1)])
        next = prompt[prompt.count - 1]
    }

    /// Another continuation from the same place.
    /// - Parameter tail: its number; it draws from a stream of its own.
    func fork(tail: Int) -> Continuation {
        var copy = self
        copy.decoder.becomeTail(tail)
        return Continuation(copy: copy, cache: cache.fork())
    }

    private init(copy: Continuation, cache: KVCache) {
        decoder = copy.decoder
        self.cache = cache
        unread = copy.unread
        next = copy.next
        lookup = copy.lookup
    }

    /// Guesses the tokens that may follow.
    mutating func lookUp() {
        guess = lookup.guess(after: decoder.sequence, ends: decoder.endTokens)
    }

    /// Draws one token.
    /// - Parameter index: the place of the logits among those of this batch; behind the first one they are of the guess.
    /// - Returns: true if the next logits of the batch are those behind the drawn token.
    mutating func takeStep(
        _ workspace: inout SamplingWorkspace, speculated index: Int, contextLength: Int
    ) -> Bool {
        switch decoder.step(&workspace) {
        case .read(let token): next = token
        case .goBack:
            next = decoder.sequence.last ?? next
            return false
        case .finished: return false
        }
        // The next step reads this token, so the context needs a free position for it.
        if decoder.sequence.count > contextLength {
            decoder.finish(.length)
            return false
        }
        guard index < guess.tokens.count else { return false }
        let cameTrue = guess.tokens[index] == next
        lookup.learn(guess, index: index, cameTrue: cameTrue)
        return cameTrue
    }

    /// Rolls the cache back to the tokens that were written.
    func dropUnwritten() { cache.truncate(to: decoder.sequence.count - 1) }

    /// The rows that the next batch reads for it.
    var rowTokens: [TokenID] { unread + [next] + guess.tokens.prefix(aheadCount) }
    /// How many of the rows give logits.
    var logitsCount: Int { 1 + aheadCount }
}
