// The model's view of a text, and its speed: for inspection and tests.

import Generation
import Tensors

/// A token that may come next.
public struct NextCandidate: Sendable, Equatable {
    public var id: TokenID
    /// The token's text, or the name of a special token.
    public var bytes: [UInt8]
    /// The natural logarithm of its probability.
    public var logProbability: Float
}

/// How long reading a prompt and writing tokens took.
public struct BenchmarkTimes: Sendable, Equatable {
    public var promptSeconds: Double
    public var generateSeconds: Double
}

extension LocalGenerator {
    /// One logit for each entry of the vocabulary, after a sequence of tokens; no token is added before it.
    /// - Throws: `LocalGeneratorError` if there are no tokens, unknown ones, or more than the context has room for.
    public func logits(ids: [TokenID]) throws -> [Float] {
        guard !ids.isEmpty else { throw LocalGeneratorError.emptyPrompt }
        let vocabularySize = configuration.vocabularySize
        if let unknown = ids.first(where: { $0 < 0 || $0 >= vocabularySize }) {
            throw LocalGeneratorError.unknownToken(id: unknown, vocabularySize: vocabularySize)
        }
        guard ids.count <= contextLength else {
            throw LocalGeneratorError.promptTooLong(tokenCount: ids.count, contextLength: contextLength)
        }
        return try onQueue { try transformer.logits(after: ids) }
    }

    /// The most likely tokens after a text, which is read as a raw prompt.
    /// - Parameter top: how many; at most the vocabulary's size.
    public func nextCandidates(after text: String, top: Int) throws -> [NextCandidate] {
        var tokens = try prompts.prompt(for: GenerationRequest(prompt: .raw(text), seed: 0)).tokens
        try check(&tokens)
        let logits = try logits(ids: tokens)
        let normalizer = VectorMath.logSumExp(logits)
        var candidates = Candidates()
        var weights = logits
        VectorMath.softmax(&weights)
        candidates.takeLikeliest(max(top, 0), of: weights)
        return candidates.ids.map { id in
            NextCandidate(
                id: id, bytes: tokenizer.bytes(of: id), logProbability: logits[Int(id)] - normalizer)
        }
    }

    /// Measures reading a prompt and writing tokens, without drawing them.
    ///
    /// One variant writes from an empty context, as in llama-bench; several variants write after the prompt, which they
    /// share.
    /// - Parameter generatedTokens: the tokens of each variant.
    public func benchmark(promptTokens: Int, generatedTokens: Int, variants: Int = 1) throws -> BenchmarkTimes {
        let variants = max(variants, 1)
        let longest = variants > 1 ? promptTokens + generatedTokens : max(promptTokens, generatedTokens)
        guard promptTokens >= 1, generatedTokens >= 1 else { throw LocalGeneratorError.emptyPrompt }
        guard longest < contextLength else {
            throw LocalGeneratorError.promptTooLong(tokenCount: longest, contextLength: contextLength)
        }
        let size = configuration.vocabularySize
        // Speed does not depend on the tokens, so take any.
        let tokens = (0..<longest).map { TokenID(truncatingIfNeeded: ($0 * 7919 + 13) % size) }
        return try onQueue {
            let prefix = transformer.makeCache()
            prefix.reserve(promptTokens)
            let batch = BatchDecoder(transformer: transformer, isStopped: { false }, report: { _ in })
            let start = ContinuousClock.now
            _ = try batch.read(tokens.prefix(promptTokens), into: prefix, total: promptTokens, lastLogits: true)
            let read = ContinuousClock.now

            let caches = (0..<variants).map { _ in variants > 1 ? prefix.fork() : transformer.makeCache() }
            for cache in caches { cache.reserve(longest) }
            for index in 0..<generatedTokens {
                _ = try transformer.forward(
                    caches.indices.map { BatchRow(token: tokens[index], cache: $0, wantsLogits: true) },
                    caches: caches)
            }
            return BenchmarkTimes(
                promptSeconds: (read - start) / .seconds(1),
                generateSeconds: (ContinuousClock.now - read) / .seconds(1))
        }
    }
}
