/// A token that a model could have written at a position, with its log probability.
public struct TokenAlternative: Sendable, Hashable, Codable {
    public var id: TokenID
    /// The token's text; special tokens give their names, and parts of a character U+FFFD.
    public var text: String
    /// The natural logarithm of the model's own probability: before temperature, penalties, bias and limits.
    public var logProbability: Float

    public init(id: TokenID, text: String, logProbability: Float) {
        self.id = id
        self.text = text
        self.logProbability = logProbability
    }
}
