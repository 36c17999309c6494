// Which drafts of the history are asked for, and which page of them.
// - The studio, `history` and `export` ask by the same value, so they find the same drafts.
// - A draft is found if every condition that is set holds for it and for the generation it belongs to.

/// Conditions on drafts; without any, all drafts outside the trash are found.
public struct HistoryQuery: Sendable, Hashable, Codable {
    /// Words that must all be in the text, prompt, note, tags, title or fields; "" asks for none.
    public var text: String
    /// Short name of the template.
    public var template: String?
    /// Name of the model.
    public var model: String?
    /// Name of the project.
    public var project: String?
    /// A tag that the draft must have; upper and lower case are equal.
    public var tag: String?
    /// True if only starred drafts are found.
    public var starred: Bool
    /// True if only drafts are found whose text a person has changed.
    public var edited: Bool
    /// True if only drafts with a note are found.
    public var hasNote: Bool
    /// True if only drafts with a tag are found.
    public var hasTag: Bool
    /// The ratings that a draft may have; `nil` if it needs none.
    public var ratings: ClosedRange<Int>?
    /// Names of which only a part is given.
    public var names: [NameCondition]
    /// The earliest time at which the generation began; seconds since 1970.
    public var createdFrom: Double?
    /// The generation began before this time; seconds since 1970.
    public var createdBefore: Double?
    /// True if drafts in the trash are found instead of those outside it.
    public var inTrash: Bool
    /// True if candidates that were not chosen are found too.
    public var includesCandidates: Bool
    /// True if answers of conversations are found too, whatever else is asked for.
    public var includesConversations: Bool
    /// True if answers are not found, because their conversations are asked for beside the drafts. Summaries are found.
    public var leavesOutAnswers: Bool

    public init(
        text: String = "", template: String? = nil, model: String? = nil, project: String? = nil, tag: String? = nil,
        starred: Bool = false, edited: Bool = false, hasNote: Bool = false, hasTag: Bool = false,
        ratings: ClosedRange<Int>? = nil, names: [NameCondition] = [], createdFrom: Double? = nil,
        createdBefore: Double? = nil, inTrash: Bool = false, includesCandidates: Bool = false,
        includesConversations: Bool = false, leavesOutAnswers: Bool = false
    ) {
        self.text = text
        self.template = template
        self.model = model
        self.project = project
        self.tag = tag
        self.starred = starred
        self.edited = edited
        self.hasNote = hasNote
        self.hasTag = hasTag
        self.ratings = ratings
        self.names = names
        self.createdFrom = createdFrom
        self.createdBefore = createdBefore
        self.inTrash = inTrash
        self.includesCandidates = includesCandidates
        self.includesConversations = includesConversations
        self.leavesOutAnswers = leavesOutAnswers
    }

    /// True if answers of conversations are not found: they are no part of a list of drafts, but whoever looks for words,
    /// stars, tags or other marks, or into the trash, looks for them too.
    public var leavesOutConversations: Bool {
        let hasMarks = starred || edited || hasNote || hasTag || ratings != nil
        let hasTags = tag != nil || names.contains { $0.kind == .tag }
        return !includesConversations && text.isEmpty && !hasMarks && !hasTags && !inTrash
    }
}

/// A condition on a name of which the beginning is enough: an equal name is meant alone; without one, every name that has
/// a word which begins with it. Upper and lower case are equal.
public struct NameCondition: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case template, model, project, tag
    }

    public var kind: Kind
    public var name: String

    public init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// The names that are meant, in their order.
    public func meant(among names: [String]) -> [String] {
        let wanted = name.lowercased()
        let equal = names.filter { $0.lowercased() == wanted }
        if !equal.isEmpty || wanted.isEmpty { return equal }
        return names.filter { NameCondition.hasWord($0.lowercased(), beginningWith: wanted) }
    }

    private static func hasWord(_ name: String, beginningWith part: String) -> Bool {
        name.ranges(of: part).contains { range in
            guard range.lowerBound > name.startIndex else { return true }
            let before = name[name.index(before: range.lowerBound)]
            // Ideographs have no spaces between them.
            return !(before.isLetter || before.isNumber) || !before.isASCII
        }
    }
}

/// A place in the history: the generation after which a page begins.
public struct HistoryCursor: Sendable, Hashable, Codable {
    /// Seconds since 1970.
    public var createdAt: Double
    /// Below 0 if something else stands there, such as a conversation: it comes after all generations of its time.
    public var id: Int64

    public init(createdAt: Double, id: Int64) {
        self.createdAt = createdAt
        self.id = id
    }
}

/// A page of what a query finds, newest generation first; in the trash, last thrown away first.
public struct HistoryPageRequest: Sendable, Hashable, Codable {
    public var query: HistoryQuery
    /// The last generation of the page before; `nil` for the first page.
    public var after: HistoryCursor?
    /// The most generations on the page.
    public var limit: Int

    public init(query: HistoryQuery = HistoryQuery(), after: HistoryCursor? = nil, limit: Int = 100) {
        self.query = query
        self.after = after
        self.limit = limit
    }
}
