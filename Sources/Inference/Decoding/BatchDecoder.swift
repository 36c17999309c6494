// Runs all variants of one request through the model, step by step.
// - The prompt is read once. Each variant continues it with a KV cache tail of its own, in one batch for all.
// - Each variant reads the prompt's last token itself, because it draws its first token from those logits. A variant
//   that rolls back to its beginning finds that token like any other.
// - A variant's rows do not depend on the other variants, so neither does its text.
// - If a text seems to repeat itself, the batch also reads the tokens that would follow (speculation). Each token is
//   still drawn from its own logits. At the first token that comes out differently, the rest is rolled back.

import Generation

/// Decodes the variants of one request.
struct BatchDecoder {
    let transformer: Transformer
    /// True once the user stopped the generation or the caller dropped the stream.
    let isStopped: () -> Bool
    let report: (GenerationEvent) -> Void
    /// True if the decoder may speculate.
    var speculates = true

    /// Cost of one speculated token, in steps of one token: 0.11 to 0.12 on two cores for Q8_0 and Q4_K_M, and for the
    /// built-in model.
    static let rowCost: Float = 0.12

    private struct Running {
        var decoder: DraftDecoder
        let cache: KVCache
        var next: TokenID
        var lookup = PromptLookup()
        var guess = PromptLookup.Guess()
        /// How many tokens of the guess the next batch reads.
        var aheadCount = 0
    }

    /// Reads tokens into a cache, in chunks.
    /// - Parameter total: the token count that progress is reported against.
    /// - Parameter lastLogits: true if the model also computes the logits after the last token, as it does in real use.
    /// - Returns: false if the user stopped it before the end; the cache then holds the tokens read so far.
    func read(
        _ tokens: ArraySlice<TokenID>, into cache: KVCache, total: Int, lastLogits: Bool = false
    ) throws -> Bool {
        var rest = tokens
        while !rest.isEmpty {
            guard !isStopped() else { return false }
            let chunk = rest.prefix(Transformer.promptChunkLength)
            _ = try transformer.forward(
                chunk.indices.map { index in
                    BatchRow(token: chunk[index], cache: 0, wantsLogits: lastLogits && index + 1 == tokens.endIndex)
                }, caches: [cache])
            rest = rest.dropFirst(chunk.count)
            report(.promptProgress(processed: cache.count, total: total))
        }
        return true
    }

    /// Writes the drafts after a prompt, each with its decoder.
    /// - Parameters:
    ///   - prefix: holds the whole prompt except its last token.
    ///   - timings: gets the number of tokens and the seconds, and is reported after each step.
    func write(
        _ decoders: [DraftDecoder], prompt: [TokenID], prefix: KVCache, timings: inout GenerationTimings
    ) throws {
        guard let lastToken = prompt.last else { return }
        let contextLength = transformer.configuration.contextLength
        var running = decoders.map { decoder in
            Running(decoder: decoder, cache: prefix.fork(), next: lastToken)
        }
        // Most drafts are short. If one is longer, its cache grows.
        let expectedCount = prompt.count + min(decoders.first?.tokenLimit ?? 0, 512)
        for variant in running { variant.cache.reserve(expectedCount) }
        var workspace = SamplingWorkspace()
        var finishedTokens = 0
        let start = ContinuousClock.now
        while !running.isEmpty {
            if isStopped() {
                for index in running.indices { end(&running[index].decoder, .stopped) }
                return
            }
            if speculates { guess(&running, contextLength: contextLength) }
            let logits = try transformer.forward(
                running.enumerated().flatMap { index, variant in
                    ([variant.next] + variant.guess.tokens.prefix(variant.aheadCount)).map {
                        BatchRow(token: $0, cache: index, wantsLogits: true)
                    }
                },
                caches: running.map(\.cache))
            var row = 0
            for index in running.indices {
                let count = 1 + running[index].aheadCount
                steps(&running[index], rows: row..<(row + count), of: logits, &workspace, prompt: prompt)
                if let failure = running[index].decoder.failure { throw failure }
                row += count
            }
            finishedTokens += running.filter(\.decoder.isFinished).reduce(0) { $0 + $1.decoder.tokenCount }
            running.removeAll(where: \.decoder.isFinished)
            timings.generatedTokens = finishedTokens + running.reduce(0) { $0 + $1.decoder.tokenCount }
            timings.generatedSeconds = (ContinuousClock.now - start) / .seconds(1)
            report(.progress(timings))
        }
    }

    /// Guesses the tokens that may follow, and decides how many of them to read.
    private func guess(_ running: inout [Running], contextLength: Int) {
        for index in running.indices {
            running[index].guess = running[index].lookup.guess(
                after: running[index].decoder.sequence, ends: running[index].decoder.endTokens)
        }
        let counts = SpeculationPlan(rowCost: Self.rowCost).counts(
            chances: running.map(\.guess.chances),
            room: running.map { variant in
                let position = variant.cache.count
                // All rows of a batch get the rotation of its longest text, so a batch must not cross the length at
                // which it changes.
                var last = contextLength
                if case .longFactors(let originalLength) = transformer.configuration.rotationScaling,
                    position < originalLength
                {
                    last = originalLength
                }
                return min(last - position - 1, variant.decoder.tokenLimit - variant.decoder.tokenCount - 1)
            })
        for index in running.indices { running[index].aheadCount = counts[index] }
    }

    /// Draws from a variant's rows until a speculated token differs from the drawn one.
    private func steps(
        _ variant: inout Running, rows: Range<Int>, of logits: LogitsBatch, _ workspace: inout SamplingWorkspace,
        prompt: [TokenID]
    ) {
        for (index, row) in rows.enumerated() {
            // A batch may hold many speculated tokens, so a stop is checked before each of them.
            if isStopped() { break }
            logits.copy(row: row, into: &workspace.logits)
            switch variant.decoder.step(&workspace) {
            case .read(let token):
                variant.next = token
                // The next step reads this token, so the context needs a free position for it.
                if prompt.count - 1 + variant.decoder.tokenCount >= transformer.configuration.contextLength {
                    return end(&variant.decoder, .length)
                }
                reportText(&variant.decoder)
            case .goBack(let tokenCount):
                variant.next = tokenCount == 0 ? prompt[prompt.count - 1] : variant.decoder.text.tokens[tokenCount - 1]
                return variant.cache.truncate(to: prompt.count - 1 + tokenCount)
            case .finished(let reason): return end(&variant.decoder, reason)
            }
            guard index < variant.guess.tokens.count else { break }
            let cameTrue = variant.guess.tokens[index] == variant.next
            variant.lookup.learn(variant.guess, index: index, cameTrue: cameTrue)
            if !cameTrue { break }
        }
        variant.cache.truncate(to: prompt.count - 1 + variant.decoder.tokenCount)
    }

    private func end(_ decoder: inout DraftDecoder, _ reason: FinishReason) {
        decoder.finish(reason)
        reportText(&decoder)
        for event in decoder.alternativeEvents { report(event) }
        report(.draftFinished(variant: decoder.variant, reason: reason, tokenCount: decoder.tokenCount))
    }

    private func reportText(_ decoder: inout DraftDecoder) {
        let piece = decoder.takeText()
        if !piece.isEmpty { report(.text(piece, variant: decoder.variant)) }
    }
}
