/// A part of a server's answer.
///
/// `choice` is the server's index of the text among those that one request asked for.
public enum AnswerPiece: Sendable, Hashable {
    /// The next characters of the text, cleaned.
    case text(String, choice: Int)
    /// The next characters of the thoughts, cleaned.
    case reasoning(String, choice: Int)
    /// The text is complete; the reason in the server's word: `stop`, `length`. Sent once for a choice.
    case finished(choice: Int, reason: String)
    /// The counts so far of the whole request, which replace earlier ones; `nil` if they are unknown or cannot be right.
    /// The cost in the server's unit.
    case usage(prompt: Int?, completion: Int?, cost: Double?)
    /// The model that answers, once.
    case model(String)
    /// The tokens of a piece of text or thoughts, in their order.
    case likelihoods([TokenLikelihood], choice: Int)
    /// The server reports that it failed; nothing comes after it.
    case failed(ServerFailure)
    /// The server says that the stream ends. That does not make its texts complete.
    case done
}

/// A token of an answer, with its probability.
public struct TokenLikelihood: Sendable, Hashable {
    /// As the server writes it, or of its bytes; a part of a character is U+FFFD. Not cleaned, because it may be a NUL.
    public var text: String
    /// The bytes of the token; `nil` if the server does not tell them.
    public var bytes: [UInt8]?
    /// The number of the token in the model's vocabulary; `nil` if the server does not tell it.
    public var id: Int?
    /// The natural logarithm of its probability; in -9999...0.
    public var logProbability: Double
    /// The most likely tokens at its place, most likely first.
    public var alternatives: [TokenLikelihood]

    public init(
        text: String, bytes: [UInt8]? = nil, id: Int? = nil, logProbability: Double,
        alternatives: [TokenLikelihood] = []
    ) {
        self.text = text
        self.bytes = bytes
        self.id = id
        self.logProbability = logProbability
        self.alternatives = alternatives
    }
}
