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
        starred: Bool = false, createdFrom: Double? = nil, createdBefore: Double? = nil, inTrash: Bool = false,
        includesCandidates: Bool = false, includesConversations: Bool = false,
        leavesOutAnswers: Bool = false
    ) {
        self.text = text
        self.template = template
        self.model = model
        self.project = project
        self.tag = tag
        self.starred = starred
        self.createdFrom = createdFrom
        self.createdBefore = createdBefore
        self.inTrash = inTrash
        self.includesCandidates = includesCandidates
        self.includesConversations = includesConversations
        self.leavesOutAnswers = leavesOutAnswers
    }

    /// True if answers of conversations are not found: they are no part of a list of drafts, but whoever looks for words,
    /// stars or tags, or into the trash, looks for them too.
    public var leavesOutConversations: Bool {
        !includesConversations && text.isEmpty && !starred && tag == nil && !inTrash
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
