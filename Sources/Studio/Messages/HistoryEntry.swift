import Generation

/// One generation as a line of history.
public struct HistoryEntry: Sendable, Hashable, Identifiable {
    public var id: Int64
    /// Seconds since 1970.
    public var createdAt: Double
    public var title: String
    /// Drafts outside the trash; in the trash view, drafts in it.
    public var draftCount: Int
    /// Whether any of its drafts is starred.
    public var starred: Bool
    public var status: SavedGeneration.Status
    /// The place a search matched, or the beginning of the first draft; shown dim where there is room.
    public var excerpt: String

    public init(
        id: Int64, createdAt: Double, title: String, draftCount: Int, starred: Bool = false,
        status: SavedGeneration.Status = .complete, excerpt: String = ""
    ) {
        self.id = id
        self.createdAt = createdAt
        self.title = title
        self.draftCount = draftCount
        self.starred = starred
        self.status = status
        self.excerpt = excerpt
    }
}

/// Which page of history is asked for. The answer carries the same query, and a late one is not shown.
public struct HistoryQuery: Sendable, Hashable {
    /// Entries come newest first, by (createdAt, id); a page begins after this one.
    public struct Cursor: Sendable, Hashable {
        public var createdAt: Double
        public var id: Int64

        public init(createdAt: Double, id: Int64) {
            self.createdAt = createdAt
            self.id = id
        }
    }

    /// Words to find in texts, prompts and titles; "" for everything.
    public var text: String
    /// Generations with drafts in the trash instead of those outside it.
    public var inTrash: Bool
    public var after: Cursor?
    public var limit: Int

    public init(text: String = "", inTrash: Bool = false, after: Cursor? = nil, limit: Int = 100) {
        self.text = text
        self.inTrash = inTrash
        self.after = after
        self.limit = limit
    }
}
