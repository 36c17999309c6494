// What keeps a text from being evaluated.
// - The command puts the file's name before these sentences.

/// Why a text has no perplexity with a model.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    case tooShort(tokenCount: Int, neededCount: Int, contextLength: Int)
    case contextTooLong(contextLength: Int, modelContextLength: Int)
    case contextTooShort(contextLength: Int)
    /// The model's numbers are no numbers, at a token of the text.
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
