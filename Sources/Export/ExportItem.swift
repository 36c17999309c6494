// The drafts, the format and the options of an export.

import Generation

/// A draft to export, with the generation it belongs to.
public struct ExportItem: Sendable, Hashable {
    public var draft: SavedDraft
    public var generation: SavedGeneration
    public var tags: [String]

    public init(draft: SavedDraft, generation: SavedGeneration, tags: [String] = []) {
        self.draft = draft
        self.generation = generation
        self.tags = tags
    }
}

public struct ExportOptions: Sendable, Hashable {
    /// Heading of the whole document; `nil`: the title of the only generation, or "Drafts".
    public var title: String?
    /// True if headings, dates, models and fields are written too (md, txt, html); if false, only the texts.
    public var includesMetadata = true
    /// True if the metadata holds the texts that were worked on: a note, an article. If false, it tells how long they are.
    public var includesSources = false
    /// True if CSV fields that a spreadsheet would run as a formula get an apostrophe in front.
    public var guardsFormulas = true
    /// True if CSV begins with a byte order mark, by which Excel knows that it is UTF-8.
    public var hasByteOrderMark = false
    /// BCP 47 tag for HTML; `nil`: told from each text's script, and `en` if the script does not tell.
    public var language: String?

    /// True if the thoughts of reasoning models are written too.
    public var includesReasoning = false

    /// - Parameter content: what is written besides the drafts.
    public init(_ content: ExportContent = .facts) {
        includesMetadata = content != .drafts
        includesSources = content == .sources
    }
}
