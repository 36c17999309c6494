import Generation

/// A conversation of another program, before the store gives it ids.
public struct ImportedConversation: Sendable, Hashable {
    /// Without ids; its `headTurnId` is nothing yet.
    public var conversation: Conversation
    public var turns: [ImportedTurn]
    /// The index in `turns` of the last turn of the open branch; `nil` if there are no turns.
    public var head: Int?

    public init(conversation: Conversation, turns: [ImportedTurn], head: Int?) {
        self.conversation = conversation
        self.turns = turns
        self.head = head
    }
}

/// A turn of an imported conversation.
public struct ImportedTurn: Sendable, Hashable {
    /// The index in the list of the turn that it follows, always a smaller one; `nil` for a first turn.
    public var parent: Int?
    /// Which of the parent's texts it follows; `nil` if the parent has one text alone.
    public var parentChoice: Int?
    public var role: Message.Role
    /// What is said, and if there are several, the choices (swipes); never empty.
    public var texts: [String]
    /// The choice that is shown.
    public var choice: Int
    /// Seconds since 1970; `nil` if the file does not say.
    public var createdAt: Double?
    /// The name of the model that wrote it; `nil` if the file does not say.
    public var model: String?

    public init(
        parent: Int?, parentChoice: Int? = nil, role: Message.Role, texts: [String], choice: Int = 0,
        createdAt: Double? = nil, model: String? = nil
    ) {
        self.parent = parent
        self.parentChoice = parentChoice
        self.role = role
        self.texts = texts
        self.choice = choice
        self.createdAt = createdAt
        self.model = model
    }
}
