// What is exported, into which format, and how.

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

/// A form in which drafts leave the store; the raw value is its name on the command line and the file's extension.
public enum ExportFormat: String, Sendable, Hashable, Codable, CaseIterable {
    case md, txt, html, json, jsonl, csv

    public var title: String {
        switch self {
        case .md: "Markdown"
        case .txt: "Plain text"
        case .html: "HTML"
        case .json: "JSON"
        case .jsonl: "JSON Lines"
        case .csv: "CSV"
        }
    }

    /// The format a file's name asks for; `nil` where its extension is none of ours.
    public init?(fileName: String) {
        guard let dot = fileName.lastIndex(of: ".") else { return nil }
        switch fileName[fileName.index(after: dot)...].lowercased() {
        case "md", "markdown": self = .md
        case "txt", "text": self = .txt
        case "html", "htm": self = .html
        case "json": self = .json
        case "jsonl", "ndjson": self = .jsonl
        case "csv": self = .csv
        default: return nil
        }
    }
}

public struct ExportOptions: Sendable, Hashable {
    /// Heading of the whole document; `nil`: the title of the only generation, or "Drafts".
    public var title: String?
    /// Whether headings, dates, models and fields go along (md, txt, html); without them, the texts alone.
    public var includesMetadata = true
    /// Whether CSV fields that a spreadsheet would run as a formula get an apostrophe in front.
    public var guardsFormulas = false
    /// BCP 47 tag for HTML; `nil`: told from each text's script, `en` where that says nothing.
    public var language: String?

    public init() {}
}
