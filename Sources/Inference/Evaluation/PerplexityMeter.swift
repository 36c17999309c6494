// How well a model foretells a text.
// - Counted as llama.cpp's llama-perplexity counts it (tools/perplexity/perplexity.cpp), so that figures compare:
//   the tokens of the whole text are cut into chunks of one context, each read alone; the first token of a chunk gives
//   way to the token that begins a text, where the model wants one; only the second half of a chunk is scored, so that
//   every scored token has at least half a context before it.
// - Logits are asked for in batches, so that a large vocabulary takes no more than `largestLogitBytes`.

import Generation
import Tensors

/// Measures perplexity with one model.
public struct PerplexityMeter: Sendable {
    /// How far the measuring is.
    public struct Progress: Sendable, Equatable {
        public var chunk: Int
        public var chunkCount: Int
        /// Of the chunks so far.
        public var count: PerplexityCount
    }

    /// What came out.
    public struct Result: Sendable, Equatable {
        public var count: PerplexityCount
        /// Tokens of the whole text.
        public var tokenCount: Int
        public var chunkCount: Int
        public var contextLength: Int
    }

    /// A chunk of 4 has one token to score.
    public static let leastContextLength = 4
    static let largestLogitBytes = 32 << 20

    public let transformer: Transformer
    public let tokenizer: Tokenizer

    public init(transformer: Transformer, tokenizer: Tokenizer) {
        self.transformer = transformer
        self.tokenizer = tokenizer
    }

    /// - Throws: what opening the model's parts throws; its chat template is not looked at.
    public init(file: any ModelSource, threadCount: Int) throws {
        self.init(
            transformer: try Transformer(file: file, team: WorkerTeam(threadCount: max(threadCount, 1))),
            tokenizer: try Tokenizer(file: file))
    }

    /// The tokens of a text as they are cut into chunks.
    public func tokens(of text: [UInt8]) -> [TokenID] {
        let ids = tokenizer.encode(text, parseSpecial: false)
        guard tokenizer.vocabulary.addsBOS, let bos = tokenizer.bosID else { return ids }
        return [bos] + ids
    }

    /// The perplexity of a text.
    /// - Parameters:
    ///   - text: UTF-8.
    ///   - contextLength: tokens of a chunk.
    ///   - chunkLimit: the first so many chunks only; all where nil.
    ///   - report: called after each chunk.
    /// - Throws: `EvaluationError`, or `ModelError` where the text's tokens are none of the model's.
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
        // No overflow: a context is at most what a model's file may ask for.
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
        // The last token is only foretold, never read.
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
