// The texts a draft had before: each edit keeps what it replaced.

/// What changed a draft's text.
public struct RevisionOrigin: RawRepresentable, Sendable, Hashable, Codable {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// Edited in the studio.
    public static let edit = RevisionOrigin(rawValue: "edit")
    /// Edited in $VISUAL or $EDITOR.
    public static let editor = RevisionOrigin(rawValue: "editor")
    /// An earlier text was brought back.
    public static let restore = RevisionOrigin(rawValue: "restore")
}

/// A text that a draft had before it was changed.
public struct SavedRevision: Sendable, Hashable, Codable, Identifiable {
    public var id: Int64
    public var draftId: Int64
    /// When the text was replaced; seconds since 1970.
    public var createdAt: Double
    /// What replaced it.
    public var origin: RevisionOrigin
    /// The text before the change.
    public var text: String
}
