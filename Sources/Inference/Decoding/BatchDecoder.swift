// All variants of one request through the model, step by step.
// - The prompt is read once; each variant goes on from it with a tail of its own, in one batch for all.
// - The prompt's last token is read by each variant itself: its logits are the first to draw from, and a variant
//   that goes back to its beginning finds it like any other token.
// - A variant's rows do not depend on the others', so neither does its text.

import Generation

/// Decodes the variants of one request.
struct BatchDecoder {
    let transformer: Transformer
    /// Whether nobody waits for the text any more, or the user wants no more of it.
    let isStopped: () -> Bool
    let report: (GenerationEvent) -> Void

    /// How many tokens of a prompt are read between two looks at the stop signal.
    static let chunkLength = 256

    private struct Running {
        var decoder: DraftDecoder
        let cache: KVCache
        var next: TokenID
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
            let chunk = rest.prefix(Self.chunkLength)
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
            let logits = try transformer.forward(
                running.enumerated().map { BatchRow(token: $1.next, cache: $0, wantsLogits: true) },
                caches: running.map(\.cache))
            for index in running.indices {
                logits.copy(row: index, into: &workspace.logits)
                step(&running[index], &workspace, prompt: prompt, contextLength: contextLength)
            }
            finishedTokens += running.filter(\.decoder.isFinished).reduce(0) { $0 + $1.decoder.tokenCount }
            running.removeAll(where: \.decoder.isFinished)
            timings.generatedTokens = finishedTokens + running.reduce(0) { $0 + $1.decoder.tokenCount }
            timings.generatedSeconds = (ContinuousClock.now - start) / .seconds(1)
            report(.progress(timings))
        }
    }

    private func step(
        _ variant: inout Running, _ workspace: inout SamplingWorkspace, prompt: [TokenID], contextLength: Int
    ) {
        switch variant.decoder.step(&workspace) {
        case .read(let token):
            variant.next = token
            if variant.cache.count >= contextLength { return end(&variant.decoder, .length) }
            reportText(&variant.decoder)
        case .goBack(let tokenCount):
            let kept = prompt.count - 1 + tokenCount
            variant.cache.truncate(to: kept)
            variant.next = tokenCount == 0 ? prompt[prompt.count - 1] : variant.decoder.text.tokens[tokenCount - 1]
        case .finished(let reason): end(&variant.decoder, reason)
        }
    }

    private func end(_ decoder: inout DraftDecoder, _ reason: FinishReason) {
        decoder.finish(reason)
        reportText(&decoder)
        report(.draftFinished(variant: decoder.variant, reason: reason, tokenCount: decoder.tokenCount))
    }

    private func reportText(_ decoder: inout DraftDecoder) {
        let piece = decoder.takeText()
        if !piece.isEmpty { report(.text(piece, variant: decoder.variant)) }
    }
}
