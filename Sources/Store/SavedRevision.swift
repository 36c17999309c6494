// The texts a draft had before: each edit keeps the text that it replaced.

import Generation

/// A text that a draft had before it was changed.
public struct SavedRevision: Sendable, Hashable, Codable, Identifiable {
    public var id: Int64
    public var draftId: Int64
    /// When the text was replaced; seconds since 1970.
    public var createdAt: Double
    /// The kind of change that replaced it.
    public var origin: RevisionOrigin
    /// The text before the change.
    public var text: String
}
