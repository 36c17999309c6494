/// A turn of a conversation from elsewhere, before the store gives it an id.
public struct NewTurn: Sendable, Hashable {
    /// The place of the turn that it follows among the new turns; `nil` for a first one.
    public var parent: Int?
    /// The place of the text that it follows among that turn's texts; `nil`: the chosen one.
    public var parentChoice: Int?
    public var role: Message.Role
    /// What is said; of an answer, every text it had (swipes).
    public var texts: [String]
    /// The thoughts of a reasoning model before a text, by its place.
    public var reasoning: [Int: String]
    /// The place of the chosen text.
    public var choice: Int
    /// Seconds since 1970; `nil` if it is not known.
    public var createdAt: Double?
    /// The name of the model that answered; `nil` if it is not known.
    public var model: String?
    public var isPinned: Bool

    public init(
        parent: Int? = nil, parentChoice: Int? = nil, role: Message.Role, texts: [String],
        reasoning: [Int: String] = [:], choice: Int = 0,
        createdAt: Double? = nil, model: String? = nil, isPinned: Bool = false
    ) {
        self.parent = parent
        self.parentChoice = parentChoice
        self.role = role
        self.texts = texts
        self.reasoning = reasoning
        self.choice = choice
        self.createdAt = createdAt
        self.model = model
        self.isPinned = isPinned
    }
}
