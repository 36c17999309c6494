// A model file on this machine that writes text.
// - Decoding runs on its own queue, one generation after another; callers never wait for a token.
// - Weights are shared and never change. A generation changes only its own state. The keys and values of the last
//   prompts and drafts are kept, so that the next prompt need not read the same beginning again.

import Dispatch
import Files
import Generation
import Grammar
import Synchronization
import Tensors

/// Why the model cannot read a prompt.
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
        case .emptyPrompt: "The prompt is empty: write some text for the model to continue."
        case .unknownToken(let id, let vocabularySize):
            "There is no token \(id): this model's ids go from 0 to \(vocabularySize - 1)."
        }
    }
}

extension LocalGeneratorError: ContextOverflow {
    public var exceedsContext: Bool { if case .promptTooLong = self { true } else { false } }
}

/// Writes text with a model file on this machine.
public final class LocalGenerator: TextGenerator {
    public let identity: ModelIdentity
    public let tokenizer: Tokenizer
    public let configuration: ModelConfiguration
    public let authorSampling: SamplingOverrides
    let transformer: Transformer
    let prompts: PromptBuilder
    private let shapes: TokenShapes
    private let markers: MarkerTokens
    private let grammars: GrammarVocabulary
    private let queue: DispatchQueue
    private let memory = Mutex(SequenceMemory())
    private let prefixCache: PrefixCache?
    /// As many of the longest token as the context takes.
    private let longestPromptBytes: Int?
    /// So many bytes are counted as tokens at once, and the count says more than the bytes.
    private static let countedBytes = 256 << 10
    /// Sentences about the adapters.
    private let notices: [String]
    private let activity: ActivityFile?

    /// - Parameters:
    ///   - name: the user's name for the model.
    ///   - prefixCache: keeps prompts for later runs; if nil, they stay in memory only.
    ///   - activity: tells other processes when the model works; nil: none learns of it.
    /// - Throws: `ModelFileError`, `ModelError` or `ChatTemplateError` if the file cannot be used.
    public init(
        file: any ModelSource, name: String, threadCount: Int, prefixCache: PrefixCache? = nil,
        activity: ActivityFile? = nil
    ) throws {
        self.activity = activity
        self.prefixCache = prefixCache
        notices = (file as? AdaptedModel)?.notices ?? []
        // First, because it starts loading the weights into memory while the tokenizer is made.
        transformer = try Transformer(file: file, team: WorkerTeam(threadCount: max(threadCount, 1)))
        tokenizer = try Tokenizer(file: file)
        configuration = transformer.configuration
        let tokens = tokenizer.vocabulary.tokens
        let longestToken = (0..<tokens.count).reduce(1) { max($0, tokens.range($1).count) }
        let (bytes, isTooMany) = longestToken.multipliedReportingOverflow(by: configuration.contextLength)
        longestPromptBytes = isTooMany ? nil : max(bytes, Self.countedBytes)
        prompts = try PromptBuilder(
            file: file, tokenizer: tokenizer, name: name, contextLength: configuration.contextLength)
        authorSampling = file.authorSampling.overrides
        shapes = TokenShapes(tokenizer)
        markers = MarkerTokens(tokenizer, prompts.thoughts)
        grammars = GrammarVocabulary(tokenizer)
        identity = ModelIdentity(name: name, hash: AdaptedModel.identityHash(of: file), engine: CopydeskVersion.engine)
        queue = DispatchQueue(label: "copydesk.decoding", qos: .userInitiated)
    }

    public var contextLength: Int { configuration.contextLength }

    public var capabilities: GeneratorCapabilities {
        var capabilities = GeneratorCapabilities.all(contextLength: contextLength)
        capabilities.longestPromptBytes = longestPromptBytes
        return capabilities
    }

    public func generate(
        _ request: GenerationRequest, stopSignal: StopSignal
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            let abandoned = StopSignal()
            continuation.onTermination = { _ in abandoned.raise() }
            queue.async { [self] in
                guard !abandoned.isRaised else { return continuation.finish() }
                do {
                    try whileActive {
                        try write(request, isStopped: { stopSignal.isRaised || abandoned.isRaised }) {
                            continuation.yield($0)
                        }
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
        }
    }

    /// The exact text that the model would read.
    /// - Throws: `ChatTemplateError` if the model's template refuses the conversation.
    public func promptText(for request: GenerationRequest) throws -> String {
        try prompts.prompt(for: request).text
    }

    /// The tokens of a text; none is added before or after it.
    public func tokenize(_ text: String, parseSpecial: Bool = false) -> [TokenID] {
        tokenizer.encode(text, parseSpecial: parseSpecial)
    }

    /// Writes the drafts on the calling thread; one call at a time.
    public func write(
        _ request: GenerationRequest, isStopped: @escaping () -> Bool, report: @escaping (GenerationEvent) -> Void
    ) throws {
        try RuleConflict.check(request.sampling, request.limits, request.conditions.lexicon)
        let grammar = try grammars.constraint(
            grammar: request.sampling.grammar, jsonSchema: request.sampling.jsonSchema)
        var prompt = try prompts.prompt(for: request)
        try check(&prompt.tokens)
        var timings = GenerationTimings()
        timings.promptTokens = prompt.tokens.count
        report(.started(prompt: prompt.text, promptTokens: prompt.tokens.count))
        for notice in [prompt.notice].compactMap(\.self) + notices { report(.standingNotice(notice)) }
        let batch = BatchDecoder(
            transformer: transformer, isStopped: isStopped, report: report, speculates: request.speculates)
        let plan = plan(of: request, behind: prompt, grammar: grammar)

        let start = ContinuousClock.now
        let (prefix, cachedCount) = prefix(of: prompt.tokens)
        timings.cachedPromptTokens = cachedCount
        let isRead = try batch.read(prompt.tokens.dropLast()[cachedCount...], into: prefix, total: prompt.tokens.count)
        memory.withLock { $0.keep([prefix], of: request.conversation) }
        timings.promptSeconds = (ContinuousClock.now - start) / .seconds(1)
        if isRead {
            if request.conversation == nil {
                prefixCache?.keep(prefix, seconds: timings.promptSeconds, model: identity.hash)
            }
            report(.promptProgress(processed: prompt.tokens.count, total: prompt.tokens.count))
            keep(try batch.write(plan, prefix: prefix, timings: &timings), of: request, timings)
        } else {
            for index in 0..<plan.candidateCount {
                report(.draftFinished(variant: index, reason: .stopped, tokenCount: 0))
            }
            if plan.choosesDrafts { report(.chosen(Array(0..<max(request.variantCount, 1)))) }
        }
        report(.finished(timings))
    }

    private func plan(
        of request: GenerationRequest, behind prompt: ModelPrompt, grammar: GrammarConstraint?
    ) -> DraftPlan {
        let special = SamplerTokens(
            ends: tokenizer.endTokens,
            runBreakers: request.sampling.dryMultiplier > 0
                ? tokenizer.tokens(containing: request.sampling.drySequenceBreakers) : [])
        var plan = DraftPlan(
            request: request, prompt: prompt.tokens, trimsWhitespace: prompt.isAnswered,
            beginsLine: prompts.template != nil || prompt.text.hasSuffix("\n"),
            namesParts: prompts.showsExamples, vocabulary: tokenizer, shapes: shapes,
            special: special, grammar: grammar, formLabels: formLabels(of: request), markers: markers,
            contextLength: contextLength,
            encode: { [tokenizer] in tokenizer.encode($0, parseSpecial: false) })
        var thoughts = ThoughtPlan(
            prompts.thoughts, start: prompt.thoughts, request.sampling,
            answerTokens: request.sampling.maxTokens * max(plan.parts.count, 1),
            tokenRoom: contextLength - prompt.tokens.count, tokenizer: tokenizer)
        thoughts?.introduction = tokenize(plan.label(ofPart: 0))
        plan.thoughts = thoughts
        return plan
    }

    /// Only a model without a chat template continues a form.
    private func formLabels(of request: GenerationRequest) -> [String] {
        guard case .chat = request.prompt, prompts.template == nil, request.sampling.tidy else { return [] }
        return request.completionPrompt.map(FormLabels.find) ?? []
    }

    /// Checks that the prompt fits. If it is empty, adds a token for the model to start from.
    func check(_ tokens: inout [TokenID]) throws {
        if tokens.isEmpty {
            guard let first = tokenizer.bosID ?? tokenizer.eosID else { throw LocalGeneratorError.emptyPrompt }
            tokens = [first]
        }
        guard tokens.count < contextLength else {
            throw LocalGeneratorError.promptTooLong(tokenCount: tokens.count, contextLength: contextLength)
        }
    }

    /// The available keys and values of the prompt's beginning, at most up to its last token but one.
    private func prefix(of tokens: [TokenID]) -> (cache: KVCache, count: Int) {
        let cache = memory.withLock { $0.longest(of: tokens, most: tokens.count - 1) }
        let stored = prefixCache?.longest(
            of: tokens, most: tokens.count - 1, atHand: cache?.count ?? 0, model: identity.hash,
            transformer: transformer)
        let result = stored ?? cache ?? transformer.makeCache()
        result.reserve(tokens.count)
        return (result, result.count)
    }

    /// Keeps the drafts of a request for the next turn. The one that is likeliest to be continued goes to the disk too
    /// if it belongs to a conversation.
    private func keep(_ drafts: [KVCache], of request: GenerationRequest, _ timings: GenerationTimings) {
        memory.withLock { $0.keep(drafts, of: request.conversation) }
        guard let conversation = request.conversation, let first = drafts.first else { return }
        // The next run would have to read all of it, at about the pace of what was read now.
        let readCount = max(timings.promptTokens - 1 - timings.cachedPromptTokens, 1)
        prefixCache?.keep(
            first, seconds: timings.promptSeconds / Double(readCount) * Double(first.count), model: identity.hash,
            turn: PrefixCache.Turn(conversation: conversation, promptCount: timings.promptTokens))
    }

    /// Runs work that needs the model, after the current generation.
    func onQueue<Result>(_ body: () throws -> Result) rethrows -> Result {
        try queue.sync { try whileActive(body) }
    }

    private func whileActive<Result>(_ body: () throws -> Result) rethrows -> Result {
        let running = activity?.begin()
        return try withExtendedLifetime(running) { try body() }
    }
}
