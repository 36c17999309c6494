/// What made a text of a draft. A store may hold origins that this version does not know.
public struct RevisionOrigin: RawRepresentable, Sendable, Hashable, Codable {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// Written by the model; only the first text of a draft.
    public static let model = RevisionOrigin(rawValue: "model")
    /// Came with a persona or an imported conversation; only the first text of a draft.
    public static let given = RevisionOrigin(rawValue: "given")
    /// Edited in the studio.
    public static let edit = RevisionOrigin(rawValue: "edit")
    /// Edited in $VISUAL or $EDITOR.
    public static let editor = RevisionOrigin(rawValue: "editor")
    /// An edit was undone.
    public static let undo = RevisionOrigin(rawValue: "undo")
    /// An earlier version was brought back.
    public static let restore = RevisionOrigin(rawValue: "restore")
    /// Something was taken off its ends.
    public static let tidy = RevisionOrigin(rawValue: "tidy")
}
