import Generation

/// One generation, or one conversation, as a line of history.
public struct HistoryEntry: Sendable, Hashable, Identifiable {
    /// Of a conversation, its id below 0, so that it differs from those of generations.
    public var id: Int64
    /// Seconds since 1970; of a conversation, when something was last said.
    public var createdAt: Double
    public var title: String
    /// Drafts outside the trash; in the trash view, drafts in it. Of a conversation, its turns.
    public var draftCount: Int
    /// Whether any of its drafts is starred.
    public var starred: Bool
    public var status: SavedGeneration.Status
    /// The place a search matched, or the beginning of the first draft; shown dim where there is room.
    public var excerpt: String
    /// The conversation that it belongs to, and its turn there; `nil` if it belongs to none.
    public var conversation: ConversationPlace?

    public init(
        id: Int64, createdAt: Double, title: String, draftCount: Int, starred: Bool = false,
        status: SavedGeneration.Status = .complete, excerpt: String = "", conversation: ConversationPlace? = nil
    ) {
        self.id = id
        self.createdAt = createdAt
        self.title = title
        self.draftCount = draftCount
        self.starred = starred
        self.status = status
        self.excerpt = excerpt
        self.conversation = conversation
    }

    public static func id(ofConversation id: Int64) -> Int64 { -id }

    /// The id of the conversation that it stands for as a whole; `nil` if it is a generation.
    public var conversationId: Int64? { id < 0 ? 0 - id : nil }
}
