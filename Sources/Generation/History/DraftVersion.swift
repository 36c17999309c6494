// The texts that a draft has had, oldest first: the one that was written first, and one for each change.
// - A version is never removed: to bring one back is a change too, and makes a new version with the same text.

/// One of the texts that a draft has had.
public struct DraftVersion: Sendable, Hashable, Codable, Identifiable {
    /// From 1, the text that was written first.
    public var number: Int
    /// What made the text.
    public var origin: RevisionOrigin
    /// When the draft got the text; seconds since 1970.
    public var createdAt: Double
    public var text: String

    public var id: Int { number }

    public init(number: Int, origin: RevisionOrigin, createdAt: Double, text: String) {
        self.number = number
        self.origin = origin
        self.createdAt = createdAt
        self.text = text
    }
}

extension RevisionOrigin {
    /// What made the first text of a draft.
    /// - Parameter relation: of its generation to an earlier draft.
    public init(first relation: SavedGeneration.Relation?) {
        self = relation.map { .init(rawValue: $0.rawValue) } ?? .model
    }

    /// What made the text, in words.
    public var words: String {
        switch self {
        case .model: "written by the model"
        case .edit: "edited"
        case .editor: "edited in an editor"
        case .undo: "an edit undone"
        case .restore: "an earlier version brought back"
        case .tidy: "tidied"
        case .given: "given, not written by a model"
        case .init(first: .regenerate): "written anew by the model"
        case .init(first: .continue): "continued by the model"
        case .init(first: .refine): "refined by the model"
        case .init(first: .translate): "translated by the model"
        case .init(first: .combine): "combined by the model"
        case .init(first: .replay): "replayed by the model"
        case .init(first: .summarize): "summarized by the model"
        default: rawValue
        }
    }
}
