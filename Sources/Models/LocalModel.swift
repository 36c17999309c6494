// A model of this machine, as commands look inside it and measure it.
// - Each use opens only the parts that it needs: tokens need no weights, logits no chat template.
// - The generator is opened at most once, and all uses that write share it.

import Files
import Generation
import Inference
import Synchronization
import Tensors

/// A piece of a text as the model reads it.
public struct ModelToken: Sendable, Equatable {
    public var id: TokenID
    /// The token's text, which may be a part of a character; special tokens give their names.
    public var bytes: [UInt8]
}

/// A local model, opened by `Generators`.
public final class LocalModel: Sendable {
    /// The user's name for it.
    public let name: String
    private let source: any ModelSource
    private let threadCount: Int
    private let prefixCache: PrefixCache?
    private let activity: ActivityFile?
    private let opened = Mutex<LocalGenerator?>(nil)

    init(_ model: OpenedModel, threadCount: Int, prefixCache: PrefixCache?, activity: ActivityFile?) {
        name = model.name
        source = model.file
        self.threadCount = max(threadCount, 1)
        self.prefixCache = prefixCache
        self.activity = activity
    }

    /// Sentences about adapters that were made for another file of the model.
    public var notices: [String] { (source as? AdaptedModel)?.notices ?? [] }

    /// The sampling options that the author of the model recommends in its files.
    public var authorSampling: SamplingOverrides { source.authorSampling.overrides }

    /// The model as a writer of text.
    /// - Throws: `ModelFileError`, `ModelError` or `ChatTemplateError` if the file cannot be used.
    public func generator() throws -> any TextGenerator { try local() }

    private func local() throws -> LocalGenerator {
        try opened.withLock { opened in
            if let opened { return opened }
            let generator = try LocalGenerator(
                file: source, name: name, threadCount: threadCount, prefixCache: prefixCache, activity: activity)
            opened = generator
            return generator
        }
    }
}

// MARK: Looking inside

extension LocalModel {
    /// The tokens of a text; nothing is put before or after it.
    /// - Parameter parseSpecial: true if names of special tokens in the text become these tokens.
    public func tokens(of text: [UInt8], parseSpecial: Bool) throws -> [ModelToken] {
        let tokenizer = try Tokenizer(file: source)
        return tokenizer.encode(text, parseSpecial: parseSpecial).map {
            ModelToken(id: $0, bytes: tokenizer.bytes(of: $0))
        }
    }

    /// One logit for each entry of the vocabulary, after the last of `ids`; nothing is put before them.
    /// - Throws: `LocalGeneratorError` for an unknown id, `ModelError` for more ids than fit into the context.
    public func logits(after ids: [TokenID]) throws -> [Float] {
        let transformer = try Transformer(file: source, team: WorkerTeam(threadCount: threadCount))
        let vocabularySize = transformer.configuration.vocabularySize
        if let unknown = ids.first(where: { !(0..<TokenID(vocabularySize)).contains($0) }) {
            throw LocalGeneratorError.unknownToken(id: unknown, vocabularySize: vocabularySize)
        }
        return try transformer.logits(after: ids)
    }

    /// The most likely tokens after a text, which is read as a raw prompt.
    /// - Parameter top: their number; at most the vocabulary's size.
    public func nextCandidates(after text: String, top: Int) throws -> [NextCandidate] {
        try local().nextCandidates(after: text, top: top)
    }

    /// The exact text that would go to the model.
    /// - Throws: `ChatTemplateError` if the model's template refuses the conversation.
    public func promptText(for request: GenerationRequest) throws -> String {
        try local().promptText(for: request)
    }
}

// MARK: Measuring

extension LocalModel {
    /// The most tokens that prompt and answer may have together.
    public func contextLength() throws -> Int { try local().contextLength }

    /// Measures reading a prompt and writing tokens.
    ///
    /// One variant writes from an empty context, as llama-bench does; several write after a prompt that they share.
    /// - Parameter generatedTokens: the number for each variant.
    public func benchmark(promptTokens: Int, generatedTokens: Int, variants: Int = 1) throws -> BenchmarkTimes {
        try local().benchmark(promptTokens: promptTokens, generatedTokens: generatedTokens, variants: variants)
    }

    /// The smallest chunk that has a token to score.
    public static let leastContextLength = PerplexityMeter.leastContextLength

    /// Measures how well the model predicts a text.
    /// - Parameters:
    ///   - text: UTF-8.
    ///   - contextLength: tokens of a chunk; `nil`: 512, or the model's context if that is shorter.
    ///   - chunkLimit: the first so many chunks only; `nil` for all.
    ///   - report: called after each chunk.
    /// - Throws: `EvaluationError` for a text or a context that does not fit; the errors of opening the model.
    public func perplexity(
        of text: [UInt8], contextLength: Int?, chunkLimit: Int?, report: (PerplexityMeter.Progress) -> Void
    ) throws -> PerplexityMeter.Result {
        let meter = try PerplexityMeter(file: source, threadCount: threadCount)
        return try meter.measure(
            text, contextLength: contextLength ?? min(512, meter.transformer.configuration.contextLength),
            chunkLimit: chunkLimit, report: report)
    }
}
