// The abilities of a generator, and the check of a request against them.
// - Nothing that a request asks for is dropped silently: if a generator lacks it, the request is refused before the first
//   token, with a sentence for each missing ability.
// - The sentences name no flags and no keys, because the command line and the studio have different ones.

/// The abilities of a text generator.
public struct GeneratorCapabilities: Sendable, Hashable {
    /// The same request with the same seed gives the same text.
    public var replaysExactly: Bool
    /// The seed is used, but the same text is likely and not certain.
    public var takesSeeds: Bool
    /// Hard `LengthLimits` are kept while the text is written.
    public var keepsHardLimits: Bool
    /// Drafts follow a GBNF grammar or a JSON schema.
    public var followsGrammars: Bool
    /// Each token's likelihood, and its alternatives, can be reported.
    public var reportsAlternatives: Bool
    /// A prompt can go to the model as it stands.
    public var takesRawPrompts: Bool
    /// A conversation that ends with the assistant's message is continued inside that message.
    public var continuesAnswers: Bool
    /// Several variants of one request are written at once.
    public var writesSeveralVariants: Bool
    /// It can write more candidates than drafts and choose the best, at no one's cost but time.
    public var writesCandidates: Bool
    /// The sampling options that have an effect, by their names in `SamplingOption`; `nil` if all do.
    ///
    /// `grammar`, `json_schema` and `logprobs` have flags of their own above and need not be listed.
    public var options: Set<String>?
    /// The most tokens that prompt and answer may have together; `nil` if it is unknown.
    public var contextLength: Int?
    /// A prompt of more bytes never fits the context, so its tokens need not be counted; `nil` if it is unknown.
    public var longestPromptBytes: Int?

    public init(
        replaysExactly: Bool, keepsHardLimits: Bool, followsGrammars: Bool, reportsAlternatives: Bool,
        takesRawPrompts: Bool, continuesAnswers: Bool, writesSeveralVariants: Bool, options: Set<String>?,
        contextLength: Int?, takesSeeds: Bool = false, writesCandidates: Bool = true
    ) {
        self.replaysExactly = replaysExactly
        self.takesSeeds = takesSeeds
        self.writesCandidates = writesCandidates
        self.keepsHardLimits = keepsHardLimits
        self.followsGrammars = followsGrammars
        self.reportsAlternatives = reportsAlternatives
        self.takesRawPrompts = takesRawPrompts
        self.continuesAnswers = continuesAnswers
        self.writesSeveralVariants = writesSeveralVariants
        self.options = options
        self.contextLength = contextLength
    }

    /// Everything that a request can ask for.
    public static func all(contextLength: Int?) -> GeneratorCapabilities {
        GeneratorCapabilities(
            replaysExactly: true, keepsHardLimits: true, followsGrammars: true, reportsAlternatives: true,
            takesRawPrompts: true, continuesAnswers: true, writesSeveralVariants: true, options: nil,
            contextLength: contextLength)
    }
}

extension GeneratorCapabilities {
    /// The parts of a request that this generator cannot do; empty if it can do all of it.
    public func missing(for request: GenerationRequest) -> [MissingCapability] {
        var missing: [MissingCapability] = []
        func need(_ isPossible: Bool, _ capability: MissingCapability) {
            if !isPossible { missing.append(capability) }
        }
        switch request.prompt {
        case .raw: need(takesRawPrompts, .rawPrompt)
        case .chat(let messages): if messages.last?.role == .assistant { need(continuesAnswers, .continuedAnswer) }
        }
        if let most = longestPromptBytes, request.leastPromptBytes > most {
            missing.append(.longPrompt(bytes: request.leastPromptBytes, most: most))
        }
        if request.variantCount > 1 { need(writesSeveralVariants, .severalVariants(count: request.variantCount)) }
        if request.seedMustReplay { need(replaysExactly || takesSeeds, .exactReplay) }
        if request.limits.hard, !request.limits.isEmpty { need(keepsHardLimits, .hardLimits) }
        if request.sampling.grammar != nil { need(followsGrammars, .grammar) }
        if request.sampling.jsonSchema != nil { need(followsGrammars, .jsonSchema) }
        if request.sampling.alternatives > 0 { need(reportsAlternatives, .alternatives) }
        return missing + missingOptions(for: request.sampling)
    }

    /// An option counts as asked for if its value is neither the default nor neutral.
    private func missingOptions(for sampling: SamplingOptions) -> [MissingCapability] {
        guard let options else { return [] }
        let checkedAlready: Set = ["grammar", "json_schema", "logprobs"]
        return SamplingOption.all.filter { option in
            guard !checkedAlready.contains(option.name), !options.contains(option.name) else { return false }
            let value = option.value(in: sampling)
            return value != option.defaultValue && value != option.neutral
        }.map { .option(name: $0.name) }
    }
}

extension GenerationRequest {
    /// The bytes of the prompt's shortest form, without examples and without what a chat template adds.
    fileprivate var leastPromptBytes: Int {
        switch prompt {
        case .raw(let text): return text.utf8.count
        case .chat(let messages):
            let bytes = messages.reduce(0) { $0 + ($1.isExample ? 0 : $1.content.utf8.count) }
            return min(bytes, completionPrompt?.utf8.count ?? bytes)
        }
    }
}

/// Something that a request asks for and a generator cannot do.
public enum MissingCapability: Sendable, Hashable, CustomStringConvertible {
    case rawPrompt, continuedAnswer, exactReplay, hardLimits, grammar, jsonSchema, alternatives
    case severalVariants(count: Int)
    /// A prompt that is far too long for the context.
    case longPrompt(bytes: Int, most: Int)
    /// A sampling option of `SamplingOption`.
    case option(name: String)

    /// One sentence that says what is missing, and one that says what to do.
    public var description: String {
        switch self {
        case .rawPrompt:
            "This model takes no raw prompts. Send the prompt as a chat."
        case .continuedAnswer:
            "This model cannot continue an answer that has begun. Ask for a new answer."
        case .exactReplay:
            "This model cannot write the same text again from a seed. Leave the seed out."
        case .hardLimits:
            "This model cannot keep hard limits while it writes. Make the limits soft."
        case .grammar:
            "This model cannot follow a grammar. Leave the grammar out."
        case .jsonSchema:
            "This model cannot follow a JSON schema. Leave the schema out."
        case .alternatives:
            "This model does not report how likely its tokens were. Leave the likelihoods out."
        case .severalVariants(let count):
            "This model writes one draft at a time, and \(count) are asked for. Ask for one."
        case .longPrompt(let bytes, let most):
            "The prompt has \(bytes) bytes, and no prompt of more than \(most) fits this model's context. Shorten it."
        case .option(let name):
            "This model has no option '\(name)'. Leave it out."
        }
    }
}

/// A request that a generator refuses, because it lacks what the request asks for.
public struct GeneratorRefusal: Error, Equatable, CustomStringConvertible {
    /// The name of the model.
    public let model: String
    /// Never empty.
    public let missing: [MissingCapability]

    public init(model: String, missing: [MissingCapability]) {
        self.model = model
        self.missing = missing
    }

    public var description: String {
        "Nothing was written with \(model). " + missing.map(\.description).joined(separator: " ")
            + " Or choose another model."
    }
}
