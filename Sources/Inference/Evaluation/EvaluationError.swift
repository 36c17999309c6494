// The errors of evaluating a text.
// - The caller puts the name of the text before these sentences, and adds its option that sets the context.

/// Why the perplexity of a text cannot be computed.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    case tooShort(tokenCount: Int, neededCount: Int, contextLength: Int)
    case contextTooLong(contextLength: Int, modelContextLength: Int)
    case contextTooShort(contextLength: Int)
    /// The logits at a token of the text are NaN or infinite.
    case notFinite(position: Int)

    public var description: String {
        switch self {
        case .tooShort(let tokenCount, let neededCount, let contextLength):
            "The text has \(tokenCount) tokens, and a context of \(contextLength) needs \(neededCount) or more. "
                + "Give a longer text, or choose a smaller context."
        case .contextTooLong(let contextLength, let modelContextLength):
            "A context of \(contextLength) is longer than this model's, which is \(modelContextLength). "
                + "Choose \(modelContextLength) or less."
        case .contextTooShort(let contextLength):
            "A context of \(contextLength) leaves nothing to score. Choose \(PerplexityMeter.leastContextLength) or more."
        case .notFinite(let position):
            "The logits for token \(position) of the text are NaN or infinite, so it has no perplexity. "
                + "Its file is damaged or was converted wrongly: download or convert it again."
        }
    }
}
