// The errors of evaluating a text.
// - The caller puts the name of the text before these sentences.

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
                + "Give a longer text, or a smaller context with -c."
        case .contextTooLong(let contextLength, let modelContextLength):
            "A context of \(contextLength) is longer than this model's, which is \(modelContextLength). "
                + "Give -c \(modelContextLength) or less."
        case .contextTooShort(let contextLength):
            "A context of \(contextLength) leaves nothing to score. Give -c \(PerplexityMeter.leastContextLength) or more."
        case .notFinite(let position):
            "The model gives no finite numbers for token \(position) of the text, so there is no perplexity. "
                + "Its file is damaged or was converted wrongly: download or convert it again."
        }
    }
}
