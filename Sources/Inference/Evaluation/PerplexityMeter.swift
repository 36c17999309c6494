// Measures how well a model predicts a text.
// - Counts as llama.cpp's llama-perplexity does (tools/perplexity/perplexity.cpp), so that the figures compare: the
//   tokens of the text are cut into chunks of one context, and each chunk is read alone. If the model wants a token at
//   the beginning of a text, it replaces the first token of each chunk. Only the second half of a chunk is scored, so
//   every scored token has at least half a context before it.
// - Logits are computed in batches, so that those of a large vocabulary take at most `largestLogitBytes`.

import Generation
import Tensors

/// Measures perplexity with one model.
public struct PerplexityMeter: Sendable {
    /// The progress of measuring.
    public struct Progress: Sendable, Equatable {
        public var chunk: Int
        public var chunkCount: Int
        /// Of the chunks done so far.
        public var count: PerplexityCount
    }

    /// The result of measuring.
    public struct Result: Sendable, Equatable {
        public var count: PerplexityCount
        /// Tokens of the complete text.
        public var tokenCount: Int
        public var chunkCount: Int
        public var contextLength: Int
    }

    /// A chunk of 4 tokens has one to score.
    public static let leastContextLength = 4
    static let largestLogitBytes = 32 << 20

    public let transformer: Transformer
    public let tokenizer: Tokenizer

    public init(transformer: Transformer, tokenizer: Tokenizer) {
        self.transformer = transformer
        self.tokenizer = tokenizer
    }

    /// - Throws: the errors of reading the model. Its chat template is not read.
    public init(file: any ModelSource, threadCount: Int) throws {
        self.init(
            transformer: try Transformer(file: file, team: WorkerTeam(threadCount: max(threadCount, 1))),
            tokenizer: try Tokenizer(file: file))
    }

    /// The tokens of a text before they are cut into chunks.
    public func tokens(of text: [UInt8]) -> [TokenID] {
        let ids = tokenizer.encode(text, parseSpecial: false)
        guard tokenizer.vocabulary.addsBOS, let bos = tokenizer.bosID else { return ids }
        return [bos] + ids
    }

    /// The perplexity of a text.
    /// - Parameters:
    ///   - text: UTF-8.
    ///   - contextLength: tokens of a chunk.
    ///   - chunkLimit: how many chunks to score; nil scores all.
    ///   - report: called after each chunk.
    /// - Throws: `EvaluationError`, or `ModelError` if the model does not have one of the text's tokens.
    public func measure(
        _ text: [UInt8], contextLength: Int, chunkLimit: Int? = nil, report: (Progress) -> Void = { _ in }
    ) throws -> Result {
        let longest = transformer.configuration.contextLength
        guard contextLength >= Self.leastContextLength else {
            throw EvaluationError.contextTooShort(contextLength: contextLength)
        }
        guard contextLength <= longest else {
            throw EvaluationError.contextTooLong(contextLength: contextLength, modelContextLength: longest)
        }
        let tokens = tokens(of: text)
        // This cannot overflow: a context is at most the limit for a model's file.
        guard tokens.count >= 2 * contextLength else {
            throw EvaluationError.tooShort(
                tokenCount: tokens.count, neededCount: 2 * contextLength, contextLength: contextLength)
        }
        let vocabularySize = transformer.configuration.vocabularySize
        if let unknown = tokens.first(where: { $0 < 0 || Int($0) >= vocabularySize }) {
            throw ModelError.tokenOutOfRange(token: unknown, vocabularySize: vocabularySize)
        }
        let chunkCount = min(tokens.count / contextLength, chunkLimit.map { max($0, 1) } ?? .max)
        var count = PerplexityCount()
        var logits: [Float] = []
        for chunk in 0..<chunkCount {
            let start = chunk * contextLength
            try score(tokens[start..<start + contextLength], into: &count, logits: &logits)
            report(Progress(chunk: chunk + 1, chunkCount: chunkCount, count: count))
        }
        return Result(count: count, tokenCount: tokens.count, chunkCount: chunkCount, contextLength: contextLength)
    }

    /// Scores the second half of one chunk.
    private func score(_ chunk: ArraySlice<TokenID>, into count: inout PerplexityCount, logits: inout [Float]) throws {
        var inputs = Array(chunk)
        if tokenizer.vocabulary.addsBOS, let bos = tokenizer.bosID { inputs[0] = bos }
        // The last token is only predicted, never read.
        let first = inputs.count / 2, end = inputs.count - 1
        let scoredAtOnce = max(
            1,
            min(Transformer.promptChunkLength, Self.largestLogitBytes / (4 * transformer.configuration.vocabularySize)))
        let cache = transformer.makeCache()
        cache.reserve(end)
        var position = 0
        while position < end {
            let isScored = position >= first
            let next = min(isScored ? end : first, position + (isScored ? scoredAtOnce : Transformer.promptChunkLength))
            let batch = try transformer.forward(
                inputs[position..<next].map { BatchRow(token: $0, wantsLogits: isScored) }, caches: [cache])
            for row in 0..<batch.rowCount {
                batch.copy(row: row, into: &logits)
                let place = position + row + 1
                let loss = VectorMath.logSumExp(logits) - logits[Int(inputs[place])]
                guard loss.isFinite else { throw EvaluationError.notFinite(position: chunk.startIndex + place) }
                count.add(Double(loss))
            }
            position = next
        }
    }
}
