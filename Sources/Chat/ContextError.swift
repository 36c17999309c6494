// Why a conversation cannot be sent as it is.

/// Nothing was sent, because the turns do not fit into the model's context.
public enum ContextError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The turns do not fit, and the conversation's rule is to refuse.
    case refused(Size)
    /// Even what never leaves does not fit: the system text, pinned turns and the last words.
    case tooLong(Size, hasPinned: Bool)

    /// The numbers of an error, in tokens.
    public struct Size: Sendable, Hashable {
        public var promptTokens: Int
        public var answerTokens: Int
        public var contextLength: Int
        /// False if the prompt's tokens are estimated.
        public var isExact: Bool

        public init(promptTokens: Int, answerTokens: Int, contextLength: Int, isExact: Bool) {
            self.promptTokens = promptTokens
            self.answerTokens = answerTokens
            self.contextLength = contextLength
            self.isExact = isExact
        }

        fileprivate var words: String {
            "\(isExact ? "" : "about ")\(promptTokens) tokens and the room for the answer \(answerTokens), and the "
                + "model's context is \(contextLength)"
        }
    }

    public var description: String {
        switch self {
        case .refused(let size):
            "Nothing was sent: the conversation has \(size.words), and it may not leave turns out. Let it leave out or "
                + "summarize its oldest turns, begin a branch at an earlier turn, or use a model with a longer context."
        case .tooLong(let size, let hasPinned):
            "Nothing was sent: your last words and what always stays have \(size.words). "
                + (hasPinned ? "Unpin a turn, shorten" : "Shorten")
                + " your words or the system text, ask for fewer tokens, or use a model with a longer context."
        }
    }
}
