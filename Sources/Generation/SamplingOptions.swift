/// How the next token is drawn from the model's distribution.
///
/// Names and meanings follow GenerationConfig (transformers) and llama.cpp where they agree; the
/// neutral value of each option leaves the distribution as it is.
public struct SamplingOptions: Sendable, Hashable, Codable {
    /// Divides the logits; 0 always takes the likeliest token (greedy).
    public var temperature: Float = 0.7
    /// Keeps the `topK` likeliest tokens; 0 keeps all.
    public var topK: Int = 0
    /// Keeps the smallest set of tokens whose probabilities sum to at least `topP`; 1 keeps all.
    public var topP: Float = 0.95
    /// Drops tokens less likely than `minP` times the likeliest one; 0 keeps all.
    public var minP: Float = 0
    /// Divides positive and multiplies negative logits of tokens seen in the window; 1 is neutral. CTRL, arXiv:1909.05858.
    public var repetitionPenalty: Float = 1
    /// How many of the last tokens (prompt included) the three penalties look at.
    public var penaltyWindow: Int = 64
    /// Subtracted from the logit of each token seen in the window; 0 is neutral.
    public var presencePenalty: Float = 0
    /// Subtracted, times the count in the window, from the logit of each token seen; 0 is neutral.
    public var frequencyPenalty: Float = 0
    /// The most tokens a variant may have; at least 1.
    public var maxTokens: Int = 256
    /// The text ends before the first of these that it would contain.
    public var stop: [String] = []

    public init() {}
}
