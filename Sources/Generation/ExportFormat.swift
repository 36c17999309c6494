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
