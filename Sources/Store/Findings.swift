// What reading gives back: pages of the history, and drafts with the generations they belong to.

import Generation

/// A place in the history, from which the next page goes back in time.
public struct HistoryCursor: Sendable, Hashable, Codable {
    public var createdAt: Double
    public var id: Int64

    public init(createdAt: Double, id: Int64) {
        self.createdAt = createdAt
        self.id = id
    }
}

/// A page of the history, newest first.
public struct HistoryPage: Sendable, Hashable {
    public var generations: [SavedGeneration]
    /// Where the next page begins; `nil` at the end.
    public var next: HistoryCursor?
}

/// Which drafts a search looks at.
public enum SearchScope: Sendable, Hashable {
    /// All that are not in the trash.
    case drafts
    /// The starred ones that are not in the trash.
    case starred
    /// Those of one tag that are not in the trash.
    case tagged(String)
    case trash
    case everything
}

/// A draft together with the generation it belongs to.
public struct FoundDraft: Sendable, Hashable, Codable, Identifiable {
    public var draft: SavedDraft
    public var generation: SavedGeneration
    public var id: Int64 { draft.id }
}
