/// The room that a prompt leaves in a model's context, if it is less than the tokens that were asked for.
public struct ContextRoom: Sendable, Hashable {
    public var promptTokens: Int
    public var contextLength: Int
    /// `SamplingOptions.maxTokens`.
    public var askedTokens: Int

    /// - Parameter contextLength: `nil` if it is unknown.
    /// - Returns: `nil` if there is room enough, or if that is unknown.
    public init?(promptTokens: Int, contextLength: Int?, askedTokens: Int) {
        guard let contextLength, contextLength - promptTokens < askedTokens else { return nil }
        self.promptTokens = promptTokens
        self.contextLength = contextLength
        self.askedTokens = askedTokens
    }

    /// The tokens that fit behind the prompt.
    public var tokens: Int { max(0, contextLength - promptTokens) }

    public var sentence: String {
        "There is room for \(tokens) of \(askedTokens) tokens: the prompt has \(promptTokens) tokens, and the model's "
            + "context is \(contextLength). Shorten the prompt, or use a model with a longer context."
    }
}

/// An error of a generator that may mean that the prompt does not fit into the model's context.
public protocol ContextOverflow: Error {
    var exceedsContext: Bool { get }
}
