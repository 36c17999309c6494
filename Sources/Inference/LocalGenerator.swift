// A model file on this machine as a writer of text.
// - Decoding runs on a queue of its own, one generation after another; callers never wait for a token.
// - Weights are shared and never change; what a generation changes is its own, but for the keys and values of
//   the last prompt, which are kept so that the same beginning need not be read again.

import Dispatch
import Generation
import Grammar
import Synchronization
import Tensors

/// What cannot be done with a prompt.
public enum LocalGeneratorError: Error, Equatable, CustomStringConvertible {
    case promptTooLong(tokenCount: Int, contextLength: Int)
    case emptyPrompt
    case unknownToken(id: TokenID, vocabularySize: Int)

    public var description: String {
        switch self {
        case .promptTooLong(let tokenCount, let contextLength):
            "The prompt has \(tokenCount) tokens, and this model takes at most \(contextLength - 1) "
                + "(its context is \(contextLength), prompt and answer together). "
                + "Shorten it by \(tokenCount - contextLength + 1) tokens or more, or use a model with a longer context."
        case .emptyPrompt: "The prompt is empty: write some text to go on from."
        case .unknownToken(let id, let vocabularySize):
            "There is no token \(id): this model's ids go from 0 to \(vocabularySize - 1)."
        }
    }
}

/// Writes text with a model file on this machine.
public final class LocalGenerator: TextGenerator {
    public let identity: ModelIdentity
    public let tokenizer: Tokenizer
    public let configuration: ModelConfiguration
    let transformer: Transformer
    let prompts: PromptBuilder
    private let shapes: TokenShapes
    private let grammars: GrammarVocabulary
    private let queue: DispatchQueue
    private let lastPrompt = Mutex<(tokens: [TokenID], cache: KVCache)?>(nil)
    private let prefixCache: PrefixCache?

    /// - Parameters:
    ///   - name: what the user calls the model.
    ///   - prefixCache: where prompts that were read are kept for later runs; nil keeps them in memory only.
    /// - Throws: `ModelFileError`, `ModelError` or `ChatTemplateError` where the file cannot be used.
    public init(
        file: any ModelSource, name: String, threadCount: Int, prefixCache: PrefixCache? = nil
    ) throws {
        self.prefixCache = prefixCache
        // First, as it has the weights fetched into memory while the tokenizer is made.
        transformer = try Transformer(file: file, team: WorkerTeam(threadCount: max(threadCount, 1)))
        tokenizer = try Tokenizer(file: file)
        configuration = transformer.configuration
        prompts = try PromptBuilder(file: file, tokenizer: tokenizer, name: name)
        shapes = TokenShapes(tokenizer)
        grammars = GrammarVocabulary(tokenizer)
        identity = ModelIdentity(name: name, hash: FileFingerprint.hash(of: file), engine: CopydeskVersion.engine)
        queue = DispatchQueue(label: "copydesk.decoding", qos: .userInitiated)
    }

    public var contextLength: Int { configuration.contextLength }

    public func generate(
        _ request: GenerationRequest, stopSignal: StopSignal
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            let abandoned = StopSignal()
            continuation.onTermination = { _ in abandoned.raise() }
            queue.async { [self] in
                guard !abandoned.isRaised else { return continuation.finish() }
                do {
                    try write(request, isStopped: { stopSignal.isRaised || abandoned.isRaised }) {
                        continuation.yield($0)
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
        }
    }

    /// The exact text that would go to the model.
    /// - Throws: `ChatTemplateError` where the model's template refuses the conversation.
    public func promptText(for request: GenerationRequest) throws -> String {
        try prompts.prompt(for: request).text
    }

    /// The tokens of a text; nothing is put before or behind it.
    public func tokenize(_ text: String, parseSpecial: Bool = false) -> [TokenID] {
        tokenizer.encode(text, parseSpecial: parseSpecial)
    }

    /// Writes the drafts on the calling thread; one call at a time.
    func write(
        _ request: GenerationRequest, isStopped: @escaping () -> Bool, report: @escaping (GenerationEvent) -> Void
    ) throws {
        try RuleConflict.check(request.sampling, request.limits)
        let grammar = try grammars.constraint(
            grammar: request.sampling.grammar, jsonSchema: request.sampling.jsonSchema)
        var prompt = try prompts.prompt(for: request)
        try check(&prompt.tokens)
        var timings = GenerationTimings()
        timings.promptTokens = prompt.tokens.count
        report(.started(prompt: prompt.text, promptTokens: prompt.tokens.count))
        let batch = BatchDecoder(
            transformer: transformer, isStopped: isStopped, report: report, speculates: request.speculates)
        var decoders = drafts(of: request, behind: prompt, grammar: grammar)

        let start = ContinuousClock.now
        let (prefix, cachedCount) = prefix(of: prompt.tokens)
        timings.cachedPromptTokens = cachedCount
        let isRead = try batch.read(prompt.tokens.dropLast()[cachedCount...], into: prefix, total: prompt.tokens.count)
        keep(prompt.tokens, prefix)
        timings.promptSeconds = (ContinuousClock.now - start) / .seconds(1)
        if isRead { prefixCache?.keep(prefix, seconds: timings.promptSeconds, model: identity.hash) }
        if isRead {
            report(.promptProgress(processed: prompt.tokens.count, total: prompt.tokens.count))
            try batch.write(decoders, prompt: prompt.tokens, prefix: prefix, timings: &timings)
        } else {
            for index in decoders.indices {
                decoders[index].finish(.stopped)
                report(.draftFinished(variant: index, reason: .stopped, tokenCount: 0))
            }
        }
        report(.finished(timings))
    }

    private func drafts(
        of request: GenerationRequest, behind prompt: ModelPrompt, grammar: GrammarConstraint?
    ) -> [DraftDecoder] {
        let rules = DraftRules(
            sampling: request.sampling, limits: request.limits, seed: request.seed,
            trimsWhitespace: prompt.isAnswered, tokenRoom: contextLength - prompt.tokens.count, grammar: grammar)
        let special = SamplerTokens(
            ends: tokenizer.endTokens,
            runBreakers: request.sampling.dryMultiplier > 0
                ? tokenizer.tokens(containing: request.sampling.drySequenceBreakers) : [])
        return (0..<max(request.variantCount, 1)).map { variant in
            DraftDecoder(
                rules: rules, variant: variant, prompt: prompt.tokens, vocabulary: tokenizer, shapes: shapes,
                special: special)
        }
    }

    /// Checks that the prompt fits, and puts something where nothing is.
    func check(_ tokens: inout [TokenID]) throws {
        if tokens.isEmpty {
            guard let first = tokenizer.bosID ?? tokenizer.eosID else { throw LocalGeneratorError.emptyPrompt }
            tokens = [first]
        }
        guard tokens.count < contextLength else {
            throw LocalGeneratorError.promptTooLong(tokenCount: tokens.count, contextLength: contextLength)
        }
    }

    /// Keys and values of the prompt's beginning that are at hand, at most up to its last token but one.
    private func prefix(of tokens: [TokenID]) -> (cache: KVCache, count: Int) {
        let cache = lastPrompt.withLock { last -> KVCache? in
            guard let last else { return nil }
            let shared = min(zip(last.tokens, tokens).prefix { $0 == $1 }.count, last.cache.count, tokens.count - 1)
            guard shared > 0 else { return nil }
            let cache = last.cache.fork()
            cache.truncate(to: shared)
            return cache
        }
        let stored = prefixCache?.longest(
            of: tokens, most: tokens.count - 1, atHand: cache?.count ?? 0, model: identity.hash,
            transformer: transformer)
        let result = stored ?? cache ?? transformer.makeCache()
        result.reserve(tokens.count)
        return (result, result.count)
    }

    private func keep(_ tokens: [TokenID], _ cache: KVCache) {
        lastPrompt.withLock { $0 = (tokens, cache) }
    }

    /// Runs work that needs the model, after what is running now.
    func onQueue<Result>(_ body: () throws -> Result) rethrows -> Result { try queue.sync(execute: body) }
}
