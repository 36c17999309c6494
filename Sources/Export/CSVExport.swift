// Drafts as CSV (RFC 4180): a header, one draft a line, CRLF between lines, quotes doubled.
// - The columns have the names of DraftJSON's keys; `fields` is a JSON object, `tags` are joined by "; ".
// - If all drafts are of one generation and have parts, each part has a column of its own, as `parts.Headline`; else the
//   parts of a draft are in no column but `text`. Thoughts have the column `reasoning` if they are asked for.
// - Line breaks within a text stay as they are, inside quotes.

import Generation
import Text

struct CSVExport: ExportEncoder {
    static let columns = [
        "id", "generationId", "ordinal", "createdAt", "updatedAt", "template", "title", "fields", "text",
        "finishReason",
        "tokens", "characters", "model", "seed", "starred", "rating", "tags", "note", "words", "sentences", "lines",
        "edited",
    ]

    private let options: ExportOptions
    private let partNames: [String]
    private var hasHeader = false

    init(_ outline: ExportOutline) {
        options = outline.options
        partNames = outline.isOneGeneration ? outline.first?.generation.parts.map(\.name) ?? [] : []
    }

    mutating func text(of item: ExportItem) -> String {
        let row = CSVExport.row(item, options) + added(item)
        return header() + row.map(CSVExport.field).joined(separator: ",") + "\r\n"
    }

    mutating func end() -> String { header() }

    /// The line of column names, once.
    private mutating func header() -> String {
        defer { hasHeader = true }
        let mark = options.hasByteOrderMark ? "\u{FEFF}" : ""
        let names = (CSVExport.columns + addedColumns).map(CSVExport.field)
        return hasHeader ? "" : mark + names.joined(separator: ",") + "\r\n"
    }

    private var addedColumns: [String] {
        partNames.map { "parts.\(Exporter.oneLine($0))" } + (options.includesReasoning ? ["reasoning"] : [])
    }

    private func added(_ item: ExportItem) -> [String] {
        let texts = DraftPart.split(item.draft.text, names: partNames).map(\.text)
        let all = texts + (options.includesReasoning ? [item.draft.details.reasoning ?? ""] : [])
        return options.guardsFormulas ? all.map(CSVExport.guarded) : all
    }

    private static func row(_ item: ExportItem, _ options: ExportOptions) -> [String] {
        let (draft, generation) = (item.draft, item.generation)
        let length = TextLength(of: draft.text)
        let outside = options.guardsFormulas ? guarded : { $0 }
        return [
            String(draft.id), String(draft.generationId), String(draft.ordinal), Timestamp.iso8601(draft.createdAt),
            Timestamp.iso8601(draft.updatedAt), outside(generation.templateName ?? ""), outside(generation.title),
            JSONObject.text(of: generation.recordedFields, isPretty: false), outside(draft.text),
            draft.finishReason?.rawValue ?? "", String(draft.tokenCount), String(length.characters),
            outside(generation.model.name), String(generation.seed), String(draft.starred),
            draft.rating.map { String($0) } ?? "", outside(item.tags.joined(separator: "; ")),
            outside(draft.note ?? ""), String(length.words), String(length.sentences), String(length.lines),
            String(draft.isEdited),
        ]
    }

    /// A field as it is written in the file.
    static func field(_ text: String) -> String { CSVField.text(of: text) }

    /// Text that no spreadsheet reads as a formula (OWASP, CSV injection): such a text gets an apostrophe in front.
    static func guarded(_ text: String) -> String {
        // Spreadsheets pass over spaces and invisible characters before they look for a formula.
        let first = text.unicodeScalars.first { scalar in
            let properties = scalar.properties
            return properties.generalCategory != .spaceSeparator && !properties.isDefaultIgnorableCodePoint
        }
        guard let first, "=+-@\t\r\n＝＋－＠﹢﹣﹦﹫−".unicodeScalars.contains(first) else { return text }
        return "'" + text
    }
}
