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

    /// Writes the drafts of a request behind its prompt.
    /// - Parameters:
    ///   - prefix: holds the whole prompt except its last token.
    ///   - timings: gets the number of tokens and the seconds, and is reported after each step.
    /// - Returns: the keys and values of each draft with its prompt, those of the chosen candidates first.
    func write(_ plan: DraftPlan, prefix: KVCache, timings: inout GenerationTimings) throws -> [KVCache] {
        // Most drafts are short. If one is longer, its cache grows.
        prefix.reserve(plan.prompt.count + min(plan.request.sampling.maxTokens, 512))
        var variants = (0..<plan.candidateCount).map { VariantWriter(variant: $0, plan: plan, prefix: prefix) }
        let settling = VariantSettling(plan: plan, prefix: prefix, report: report)
        var workspaces = [SamplingWorkspace](repeating: SamplingWorkspace(), count: transformer.team.threadCount)
        let start = ContinuousClock.now
        while variants.contains(where: \.isWriting) {
            if isStopped() {
                settling.settleStopped(&variants)
                break
            }
            try step(&variants, &workspaces)
            for index in variants.indices {
                if let failure = variants[index].failure { throw failure }
                variants[index].advance(plan, report: report)
            }
            settling.settle(&variants)
            timings.generatedTokens = variants.reduce(0) { $0 + $1.writtenCount }
            timings.generatedSeconds = (ContinuousClock.now - start) / .seconds(1)
            report(.progress(timings))
        }
        let chosen = variants.filter { $0.rank != nil }.sorted { ($0.rank ?? 0) < ($1.rank ?? 0) }
        return (chosen + variants.filter { $0.rank == nil }).compactMap(\.writtenCache)
    }

    /// Runs one batch: a step of every continuation of every variant.
    private func step(_ variants: inout [VariantWriter], _ workspaces: inout [SamplingWorkspace]) throws {
        let places = variants.indices.flatMap { variant in
            variants[variant].continuations.indices
                .filter { !variants[variant].continuations[$0].decoder.isFinished }
                .map { (variant: variant, continuation: $0) }
        }
        if speculates {
            for (variant, continuation) in places { variants[variant].continuations[continuation].lookUp() }
            let counts = aheadCounts(places.map { variants[$0.variant].continuations[$0.continuation] })
            for (place, count) in zip(places, counts) {
                variants[place.variant].continuations[place.continuation].aheadCount = count
            }
        }
        var rows: [BatchRow] = []
        for (index, place) in places.enumerated() {
            let continuation = variants[place.variant].continuations[place.continuation]
            let tokens = continuation.rowTokens
            rows += tokens.enumerated().map {
                BatchRow(
                    token: $0.element, cache: index,
                    wantsLogits: $0.offset >= tokens.count - continuation.logitsCount)
            }
        }
        let logits = try transformer.forward(
            rows, caches: places.map { variants[$0.variant].continuations[$0.continuation].cache })
        var row = 0
        var draws: [[Draws]] = variants.map { _ in [] }
        for place in places {
            let count = variants[place.variant].continuations[place.continuation].logitsCount
            draws[place.variant].append(Draws(continuation: place.continuation, rows: row..<(row + count)))
            row += count
        }
        take(draws, of: logits, &variants, &workspaces)
    }

    /// Decides how many of the tokens that may follow each continuation reads.
    private func aheadCounts(_ continuations: [Continuation]) -> [Int] {
        let contextLength = transformer.configuration.contextLength
        return SpeculationPlan(rowCost: Self.rowCost).counts(
            chances: continuations.map(\.guess.chances),
            room: continuations.map { continuation in
                let position = continuation.cache.count + continuation.unread.count
                // All rows of a batch get the rotation of its longest text, so a batch must not cross the length at
                // which it changes.
                var last = contextLength
                if case .longFactors(let originalLength) = transformer.configuration.rotationScaling,
                    position < originalLength
                {
                    last = originalLength
                }
                let decoder = continuation.decoder
                return min(last - position - 1, decoder.tokenLimit - decoder.tokenCount - 1)
            })
    }

    /// The rows of a batch from which one continuation draws.
    private struct Draws: Sendable {
        var continuation: Int
        var rows: Range<Int>
    }

    /// Draws the tokens of a batch. Workers share the variants, because none depends on another one here.
    /// - Parameters:
    ///   - draws: for each variant those of its continuations.
    ///   - workspaces: one for each worker.
    private func take(
        _ draws: [[Draws]], of logits: LogitsBatch, _ variants: inout [VariantWriter],
        _ workspaces: inout [SamplingWorkspace]
    ) {
        let contextLength = transformer.configuration.contextLength
        // After a speculated token a stop counts before the next one, so its text is reported at once.
        let speculates = draws.contains { $0.contains { $0.rows.count > 1 } }
        let isAlone = speculates || draws.count { !$0.isEmpty } < 2
        variants.withUnsafeMutableBufferPointer { variants in
            workspaces.withUnsafeMutableBufferPointer { workspaces in
                // Each item is a variant of its own, each worker has a workspace of its own.
                nonisolated(unsafe) let (variants, workspaces, isStopped) = (variants, workspaces, isStopped)
                // Workers do not report, so that events keep the order of the variants.
                nonisolated(unsafe) let report = isAlone ? report : nil
                transformer.team.share(draws.count, alone: isAlone) { worker, variant in
                    for draw in draws[variant] {
                        variants[variant].takeSteps(
                            draw.continuation, from: logits, rows: draw.rows, &workspaces[worker],
                            contextLength: contextLength, isStopped: isStopped, report: report)
                    }
                }
            }
        }
        for index in variants.indices { variants[index].reportText(report) }
    }
}
