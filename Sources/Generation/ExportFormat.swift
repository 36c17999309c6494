/// A form in which drafts leave the store; the raw value is its name on the command line and the file's ending.
public enum ExportFormat: String, Sendable, Hashable, Codable, CaseIterable {
    case markdown = "md"
    case text = "txt"
    case html, json, jsonl, csv

    public var title: String {
        switch self {
        case .markdown: "Markdown"
        case .text: "plain text"
        case .html: "HTML"
        case .json: "JSON"
        case .jsonl: "JSON Lines"
        case .csv: "CSV"
        }
    }

    /// The format that a file's ending names; `nil` if it names none.
    public init?(fileName: String) {
        guard let dot = fileName.lastIndex(of: ".") else { return nil }
        switch fileName[fileName.index(after: dot)...].lowercased() {
        case "md", "markdown": self = .markdown
        case "txt", "text": self = .text
        case "html", "htm": self = .html
        case "json": self = .json
        case "jsonl", "ndjson": self = .jsonl
        case "csv": self = .csv
        default: return nil
        }
    }
}

/// What an export for readers holds besides the drafts.
public enum ExportContent: String, Sendable, Hashable, CaseIterable {
    /// Headings, dates, models and fields; of a long field only its length.
    case facts
    /// Nothing: the drafts are ready to send.
    case drafts
    /// The long fields too, from which the drafts were made.
    case sources

    public var title: String {
        switch self {
        case .facts: "headings and facts"
        case .drafts: "the drafts alone"
        case .sources: "facts and source texts"
        }
    }
}

extension ExportFormat {
    /// The contents to choose from, the usual one first; formats for programs always hold everything.
    public var contents: [ExportContent] {
        switch self {
        case .markdown, .html: [.facts, .drafts, .sources]
        case .text: [.facts, .drafts]
        case .json, .jsonl, .csv: [.facts]
        }
    }
}
