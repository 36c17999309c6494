// A row of a batch as it is written: its own columns, then those that the batch adds.
// - One row of input is one row of output; its drafts stand side by side as draft, draft_2, draft_3.
// - The added columns are the same for every kind of file.

import Export
import Generation

/// What came of a row.
struct BatchResult: Equatable {
    var drafts: [String]
    var model: String
    var seed: String
    /// Why each draft ended, as `stop, limit`.
    var ended: String
    /// Why the row failed; empty if it did not.
    var error: String
    /// Tells the row and the batch apart from others.
    var key: String
}

struct BatchEncoder {
    let format: BatchFormat
    /// Of the input.
    let columns: [String]
    /// Those that the batch adds.
    let added: [String]
    private let hasByteOrderMark: Bool

    /// - Parameter prefix: stands before each added name.
    init(_ format: BatchFormat, of table: BatchTable, variants: Int, prefix: String) {
        self.format = format
        columns = table.columns
        added = Self.added(variants: variants, prefix: prefix)
        hasByteOrderMark = table.hasByteOrderMark
    }

    static func added(variants: Int, prefix: String) -> [String] {
        let drafts = (0..<max(1, variants)).map { $0 == 0 ? "draft" : "draft_\($0 + 1)" }
        return (drafts + ["model", "seed", "ended", "error", "row_key"]).map { prefix + $0 }
    }

    /// The line of column names; empty for JSON Lines.
    var header: String {
        guard case .columns(let delimiter) = format else { return "" }
        return (hasByteOrderMark ? "\u{FEFF}" : "") + Self.line(columns + added, delimiter)
    }

    /// The row's line, or lines if a text has several.
    func line(of row: BatchTable.Row, _ result: BatchResult) -> String {
        switch format {
        case .columns(let delimiter):
            return Self.line(row.texts.map { $0 ?? "" } + values(of: result), delimiter)
        case .jsonLines:
            let own =
                row.members.isEmpty
                ? zip(columns, row.texts).map { ($0, Self.json($1 ?? "")) }
                : row.members.map { (columns[$0.column], $0.json) }
            let more = zip(added, values(of: result)).map { name, value in
                // A row that failed has fewer drafts, and one that did not has no error.
                (name, value.isEmpty ? "null" : isNumber(name, value) ? value : Self.json(value))
            }
            return "{" + (own + more).map { "\(Self.json($0)):\($1)" }.joined(separator: ",") + "}\n"
        }
    }

    /// In the order of `added`.
    private func values(of result: BatchResult) -> [String] {
        let count = added.count - 5
        let drafts = (0..<count).map { $0 < result.drafts.count ? result.drafts[$0] : "" }
        return drafts + [result.model, result.seed, result.ended, result.error, result.key]
    }

    private func isNumber(_ name: String, _ value: String) -> Bool {
        name == added[added.count - 4] && UInt64(value) != nil
    }

    private static func line(_ fields: [String], _ delimiter: UInt8) -> String {
        let sign = String(decoding: [delimiter], as: UTF8.self)
        return fields.map { CSVField.text(of: $0, delimiter: delimiter) }.joined(separator: sign) + "\r\n"
    }

    private static func json(_ text: String) -> String { DraftJSON.text(of: text, isPretty: false) }
}
