// Drafts as the text of a file, piece by piece: an export of any size takes the memory of a few drafts.
// - The same drafts and options give the same text.
// - The first generation's drafts wait until the exporter knows if there is another one, because headings depend on it.

import Generation

/// Hands out drafts one by one: the same ones in the same order each time.
public protocol ExportSource {
    func forEach(_ take: (ExportItem) throws -> Void) throws
}

extension Array: ExportSource where Element == ExportItem {}

public enum Exporter {
    /// Writes drafts as they come.
    /// - Parameters:
    ///   - source: read once; twice for JSON, whose generations stand after all drafts.
    ///   - output: takes the text in pieces.
    /// - Returns: how many drafts were written.
    /// - Throws: the errors of `source` and `output`.
    @discardableResult
    public static func write(
        as format: ExportFormat, options: ExportOptions = .init(), from source: some ExportSource,
        to output: (String) throws -> Void
    ) throws -> Int {
        var held: [ExportItem] = []
        var encoder: (any ExportEncoder)?
        var count = 0
        func begin(isOneGeneration: Bool) throws {
            let outline = ExportOutline(first: held.first, isOneGeneration: isOneGeneration, options: options)
            var begun = encoderType(format).init(outline)
            for item in held { try output(begun.text(of: item)) }
            held = []
            encoder = begun
        }
        try source.forEach { item in
            var item = item
            if !options.includesReasoning { item.draft.details.reasoning = nil }
            count += 1
            if encoder == nil {
                if let first = held.first, first.generation.id != item.generation.id {
                    try begin(isOneGeneration: false)
                } else {
                    held.append(item)
                    return
                }
            }
            if let text = encoder?.text(of: item) { try output(text) }
        }
        if encoder == nil { try begin(isOneGeneration: count > 0) }
        if let end = encoder?.end() { try output(end) }
        if format == .json { try writeGenerations(source, output) }
        return count
    }

    private static func encoderType(_ format: ExportFormat) -> any ExportEncoder.Type {
        switch format {
        case .markdown: MarkdownExport.self
        case .text: TextExport.self
        case .html: HTMLExport.self
        case .json: JSONExport.self
        case .jsonl: JSONLinesExport.self
        case .csv: CSVExport.self
        }
    }

    private static func writeGenerations(_ source: some ExportSource, _ output: (String) throws -> Void) throws {
        var generations = GenerationList()
        try source.forEach { item in
            if let text = generations.text(of: item.generation) { try output(text) }
        }
        try output(generations.end())
    }

    /// Facts about a generation for a reader, as names and values.
    static func metadata(
        of generation: SavedGeneration, _ options: ExportOptions
    ) -> [(name: String, value: String)] {
        var lines = [("Date", Timestamp.iso8601(generation.createdAt))]
        if let template = generation.templateName { lines.append(("Template", template)) }
        lines.append(("Model", generation.model.name))
        lines.append(("Seed", String(generation.seed)))
        for (name, value) in generation.recordedFields.sorted(by: { $0.key < $1.key }) {
            lines.append((name, options.includesSources ? value : shortFact(name, value)))
        }
        return lines
    }

    /// The most characters of a field that is no source text.
    private static let factLength = 160

    /// The value of a field; of a text that was worked on, only its length.
    static func shortFact(_ name: String, _ value: String) -> String {
        isSource(name, value) ? "left out, \(value.count) characters" : value
    }

    /// True if a field holds a text that was worked on, and not a fact about the draft.
    private static func isSource(_ name: String, _ value: String) -> Bool {
        guard !value.isEmpty else { return false }
        return name == "text" || value.utf8.contains(0x0A) || value.count > factLength
    }

    /// Text on one line: line breaks and control characters become spaces.
    static func oneLine(_ text: String) -> String {
        if isPlainLine(text) { return text }
        let spaced = text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }
        return String(spaced).split(separator: " ").joined(separator: " ")
    }
}

extension Exporter {
    /// True if a text is ASCII without control characters or repeated spaces, as most names are.
    private static func isPlainLine(_ text: String) -> Bool {
        var wasSpace = true
        for byte in text.utf8 {
            guard (0x20..<0x7F).contains(byte), !(wasSpace && byte == 0x20) else { return false }
            wasSpace = byte == 0x20
        }
        return !wasSpace || text.isEmpty
    }
}

/// Facts that an encoder needs before the first draft is written.
struct ExportOutline {
    /// `nil` if there is none.
    var first: ExportItem?
    var isOneGeneration: Bool
    var options: ExportOptions

    /// Heading of the whole document.
    var title: String { options.title ?? (isOneGeneration ? first?.generation.title : nil) ?? "Drafts" }
}

/// Turns drafts into the text of one format; the pieces that it returns, joined, are the file.
protocol ExportEncoder {
    init(_ outline: ExportOutline)
    mutating func text(of item: ExportItem) -> String
    /// The text after the last draft, or the whole file if there was none.
    mutating func end() -> String
}
