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
    /// The generator failed; the text that it had written stays.
    case failed
    /// The program ended while the draft was being written.
    case interrupted
    /// A server's stream ended before the draft did; the text that had come stays.
    case cutOff
}

/// Token counts of a generation, and how long reading and writing them took.
public struct GenerationTimings: Sendable, Hashable, Codable {
    public var promptTokens = 0
    /// Prompt tokens that were not computed, because an earlier prompt had left their keys and values in the cache.
    public var cachedPromptTokens = 0
    public var promptSeconds = 0.0
    /// Tokens of all variants together.
    public var generatedTokens = 0
    public var generatedSeconds = 0.0

    public init() {}

    /// Tokens a second over all variants; 0 before the first token.
    public var tokensPerSecond: Double { generatedSeconds > 0 ? Double(generatedTokens) / generatedSeconds : 0 }
}

/// One report of a generator at work. They come in this order: `started`, `promptProgress` any number of times,
/// `text` and `draftFinished` of all variants mixed, `finished` once. If a request asks for `alternatives`, a variant
/// sends them by position, right before its `draftFinished`; so do `details`. `restarted` may come at any time before
/// `draftFinished`, also after `text`. `chosen` comes after the last `draftFinished`.
public enum GenerationEvent: Sendable, Equatable {
    /// The exact text that went to the model.
    case started(prompt: String, promptTokens: Int)
    case promptProgress(processed: Int, total: Int)
    /// The next complete characters of a variant. Within one attempt, reported text is never rolled back.
    case text(String, variant: Int)
    /// The next complete characters of a variant's thoughts, which come before its text.
    case reasoning(String, variant: Int)
    /// The variant starts anew, because its text equals another one: everything reported of it is void.
    case restarted(variant: Int)
    /// The counts and times so far; reported at most once a step for all variants.
    case progress(GenerationTimings)
    /// The most likely tokens at a position of a variant, most likely first, and the one that was written there.
    /// Sent only for tokens of the final text, and only if `SamplingOptions.alternatives` is above 0.
    case alternatives(variant: Int, position: Int, [TokenAlternative], chosen: TokenAlternative)
    case details(DraftDetails, variant: Int)
    case draftFinished(variant: Int, reason: FinishReason, tokenCount: Int)
    /// A sentence that the user should see, once: something was left out, or is not certain.
    case notice(String)
    /// A sentence as a notice has it, about how prompts are put to this model. It holds for all answers of a conversation,
    /// so it need be told in the first one alone.
    case standingNotice(String)
    /// The generator waits for something else than its own work; `nil` once it goes on.
    case waiting(GeneratorWait?)
    /// The candidates that are the drafts, the best one first. Sent only if there are more candidates than drafts.
    case chosen([Int])
    case finished(GenerationTimings)
}

/// What a generator waits for, with the seconds that it has waited.
public struct GeneratorWait: Sendable, Hashable {
    public enum Cause: Sendable, Hashable {
        /// The server has the request and has not begun to answer.
        case answer
        /// The answer has begun, and no text has come for a while.
        case text
        /// The server is loading the model.
        case loading
        /// The server refused for now; the next try comes in so many seconds.
        case retry(inSeconds: Int)
    }

    public var cause: Cause
    public var seconds: Int

    public init(_ cause: Cause, seconds: Int) {
        self.cause = cause
        self.seconds = seconds
    }
}
