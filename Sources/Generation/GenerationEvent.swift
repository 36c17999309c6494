/// Why a draft ended.
public enum FinishReason: String, Sendable, Hashable, Codable, CaseIterable {
    /// The model ended the text, or a stop string did.
    case stop
    /// `SamplingOptions.maxTokens` or the model's context was reached.
    case length
    /// A hard `LengthLimits` was reached.
    case limit
    /// The user stopped it.
    case stopped
    /// The generator failed; what was written until then stays.
    case failed
    /// The program ended while the draft was being written.
    case interrupted
}

/// What went into a model and how long it took.
public struct GenerationTimings: Sendable, Hashable, Codable {
    public var promptTokens = 0
    /// Prompt tokens whose keys and values were at hand from an earlier prompt.
    public var cachedPromptTokens = 0
    public var promptSeconds = 0.0
    /// Tokens of all variants together.
    public var generatedTokens = 0
    public var generatedSeconds = 0.0

    public init() {}

    /// Tokens a second over all variants; 0 before the first token.
    public var tokensPerSecond: Double { generatedSeconds > 0 ? Double(generatedTokens) / generatedSeconds : 0 }
}

/// What a generator reports while it works, in this order: `started`, `promptProgress` any number
/// of times, `text` and `draftFinished` of the variants mixed, `finished` once. The `alternatives` of a
/// variant come in the order of their positions, all of them right before its `draftFinished`.
public enum GenerationEvent: Sendable, Equatable {
    /// The exact text that went to the model.
    case started(prompt: String, promptTokens: Int)
    case promptProgress(processed: Int, total: Int)
    /// The next whole characters of a variant. What was reported is never taken back.
    case text(String, variant: Int)
    /// `tokenCount` so far, for progress and rates; reported at most once a step for all variants.
    case progress(GenerationTimings)
    /// The likeliest tokens at a position of a variant, likeliest first, and the one that was written there.
    /// Reported where `SamplingOptions.alternatives` asks for it, of the tokens that are in the final text.
    case alternatives(variant: Int, position: Int, [TokenAlternative], chosen: TokenAlternative)
    case draftFinished(variant: Int, reason: FinishReason, tokenCount: Int)
    case finished(GenerationTimings)
}
