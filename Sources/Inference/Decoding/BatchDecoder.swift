// All variants of one request through the model, step by step.
// - The prompt is read once; each variant goes on from it with a tail of its own, in one batch for all.
// - The prompt's last token is read by each variant itself: its logits are the first to draw from, and a variant
//   that goes back to its beginning finds it like any other token.
// - A variant's rows do not depend on the others', so neither does its text.
// - Where a text seems to repeat what came before, the tokens that would follow are read in the same batch. Each is
//   drawn from its own logits all the same; at the first that comes out differently, the rest is forgotten.

import Generation

/// Decodes the variants of one request.
struct BatchDecoder {
    let transformer: Transformer
    /// Whether nobody waits for the text any more, or the user wants no more of it.
    let isStopped: () -> Bool
    let report: (GenerationEvent) -> Void
    /// Whether tokens may be read ahead.
    var speculates = true

    /// What a token read ahead costs, in steps of one token: 0.11 to 0.12 of Q8_0 and Q4_K_M on two cores, of the
    /// built-in model too.
    static let rowCost: Float = 0.12

    private struct Running {
        var decoder: DraftDecoder
        let cache: KVCache
        var next: TokenID
        var lookup = PromptLookup()
        var guess = PromptLookup.Guess()
        /// How many tokens of the guess are read ahead.
        var aheadCount = 0
    }

    /// Reads tokens into a cache, in chunks.
    /// - Parameter total: of how many tokens progress is reported.
    /// - Parameter lastLogits: whether the model has to work out what follows the last token, as in real use.
    /// - Returns: false if it was stopped before the end; the cache then holds what was read.
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

    /// Writes the drafts, each from its decoder, behind a prompt.
    /// - Parameters:
    ///   - prefix: holds all of the prompt but its last token.
    ///   - timings: gets the number of tokens and the time, and is reported after each step.
    func write(
        _ decoders: [DraftDecoder], prompt: [TokenID], prefix: KVCache, timings: inout GenerationTimings
    ) throws {
        guard let lastToken = prompt.last else { return }
        let contextLength = transformer.configuration.contextLength
        var running = decoders.map { decoder in
            Running(decoder: decoder, cache: prefix.fork(), next: lastToken)
        }
        // Drafts are short as a rule; where one is not, its cache grows.
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

    /// Looks up what may follow, and decides how much of it is read ahead.
    private func guess(_ running: inout [Running], contextLength: Int) {
        for index in running.indices {
            running[index].guess = running[index].lookup.guess(
                after: running[index].decoder.sequence, ends: running[index].decoder.endTokens)
        }
        let counts = SpeculationPlan(rowCost: Self.rowCost).counts(
            chances: running.map(\.guess.chances),
            room: running.map { variant in
                let position = variant.cache.count
                // A batch that crosses the length where rotations change would rotate its first rows otherwise.
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

    /// Draws from a variant's rows as long as the tokens read ahead are those that are drawn.
    private func steps(
        _ variant: inout Running, rows: Range<Int>, of logits: LogitsBatch, _ workspace: inout SamplingWorkspace,
        prompt: [TokenID]
    ) {
        for (index, row) in rows.enumerated() {
            // Tokens that were read ahead are many at a time, and a stop comes before the next of them.
            if isStopped() { break }
            logits.copy(row: row, into: &workspace.logits)
            switch variant.decoder.step(&workspace) {
            case .read(let token):
                variant.next = token
                // The drawn token needs a place of its own before anything can follow it.
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
