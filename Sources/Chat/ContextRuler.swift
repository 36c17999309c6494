/// How the tokens of a model's context are shared out at an answer.
public struct ContextRuler: Sendable, Hashable {
    /// The system text with what the book tells, without the summary.
    public var systemTokens: Int
    public var exampleTokens: Int
    /// Pinned turns, the newest one aside.
    public var pinnedTokens: Int
    public var summaryTokens: Int
    /// All other turns, and the words of the model's chat template.
    public var turnTokens: Int
    /// The room that is kept free for the answer.
    public var answerTokens: Int
    /// The most tokens of prompt and answer together; `nil` if it is unknown.
    public var contextLength: Int?
    /// False if the tokens are estimated.
    public var isExact: Bool

    public init(
        systemTokens: Int = 0, exampleTokens: Int = 0, pinnedTokens: Int = 0, summaryTokens: Int = 0,
        turnTokens: Int = 0, answerTokens: Int, contextLength: Int?, isExact: Bool
    ) {
        self.systemTokens = systemTokens
        self.exampleTokens = exampleTokens
        self.pinnedTokens = pinnedTokens
        self.summaryTokens = summaryTokens
        self.turnTokens = turnTokens
        self.answerTokens = answerTokens
        self.contextLength = contextLength
        self.isExact = isExact
    }

    /// The tokens of the whole prompt.
    public var promptTokens: Int { systemTokens + exampleTokens + pinnedTokens + summaryTokens + turnTokens }

    /// The tokens that neither the prompt nor the answer takes; `nil` if the context's length is unknown.
    public var freeTokens: Int? { contextLength.map { max(0, $0 - promptTokens - answerTokens) } }
}

/// The room that is kept free for an answer.
public enum AnswerRoom {
    /// The least room, in tokens, if the context is long enough for it twice.
    public static let least = 64

    /// As many tokens as the answer may have, but at most a quarter of the context or `least`, whichever is more.
    /// - Parameter contextLength: `nil` if it is unknown.
    public static func tokens(maxTokens: Int, contextLength: Int?) -> Int {
        let asked = max(1, maxTokens)
        guard let contextLength else { return asked }
        return min(asked, max(1, min(max(contextLength / 4, least), contextLength / 2)))
    }
}
