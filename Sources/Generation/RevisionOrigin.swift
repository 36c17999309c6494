/// Why a draft's text was changed. A store may hold origins that this version does not know.
public struct RevisionOrigin: RawRepresentable, Sendable, Hashable, Codable {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// Edited in the studio.
    public static let edit = RevisionOrigin(rawValue: "edit")
    /// Edited in $VISUAL or $EDITOR.
    public static let editor = RevisionOrigin(rawValue: "editor")
    /// An edit was undone.
    public static let undo = RevisionOrigin(rawValue: "undo")
}
