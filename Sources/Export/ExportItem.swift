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

/// Drafts as the text of a file. The same items and options give the same text.
public enum Exporter {
    public static func render(
        _ items: [ExportItem], as format: ExportFormat, options: ExportOptions = .init()
    ) -> String {
        switch format {
        case .md: MarkdownExport.render(items, options)
        case .txt: TextExport.render(items, options)
        case .html: HTMLExport.render(items, options)
        case .json: DraftJSON.document(items)
        case .jsonl: DraftJSON.lines(items)
        case .csv: CSVExport.render(items, options)
        }
    }

    static func title(of items: [ExportItem], _ options: ExportOptions) -> String {
        if let title = options.title { return title }
        guard let first = items.first, items.allSatisfy({ $0.generation.id == first.generation.id }) else {
            return "Drafts"
        }
        return first.generation.title
    }

    /// Neighbours of one generation together, so that its heading stands once.
    static func groups(_ items: [ExportItem]) -> [[ExportItem]] {
        var groups: [[ExportItem]] = []
        for item in items {
            if groups.last?.first?.generation.id == item.generation.id {
                groups[groups.count - 1].append(item)
            } else {
                groups.append([item])
            }
        }
        return groups
    }

    /// What a reader may want to know of a generation, as names and values on one line each.
    static func metadata(of generation: SavedGeneration) -> [(name: String, value: String)] {
        var lines = [("Date", Timestamp.iso8601(generation.createdAt))]
        if let template = generation.templateName { lines.append(("Template", template)) }
        lines.append(("Model", generation.model.name))
        lines.append(("Seed", String(generation.seed)))
        for (name, value) in generation.fields.sorted(by: { $0.key < $1.key }) { lines.append((name, value)) }
        return lines
    }

    /// Text on one line: line breaks and control characters become spaces.
    static func oneLine(_ text: String) -> String {
        let spaced = text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }
        return String(spaced).split(separator: " ").joined(separator: " ")
    }
}
