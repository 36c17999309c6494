// What reads rows from one file, whatever its kind.

/// Why a row is not what it has to be: "it has no 'text'".
struct DamagedRow: Error, Equatable {
    var reason: String
}

/// A row as it was found.
struct FoundRow {
    /// The line on which it begins, from 1.
    var line: Int
    var content: Result<CorpusRow, DamagedRow>
    var repairs: TextRepairs = []
    /// The factor of its labels in the loss.
    var weight: Float = 1
}

/// Reads the rows of one file, one after another.
protocol RowReader {
    /// - Throws: `CorpusError` if the file cannot be read any further.
    mutating func next() throws -> FoundRow?
}

enum RowLimits {
    /// Bytes of a row in a file of rows: more than any row has, less than fills a memory.
    static let rowBytes = 64 << 20
    /// Bytes of a document that are read at once. A longer one becomes several rows.
    static let partBytes = 1 << 20
}

/// Rows that the caller has.
struct GivenRows: RowReader {
    private var rows: ArraySlice<WeightedRow>
    private var number = 0

    init(_ rows: [WeightedRow]) { self.rows = rows[...] }

    mutating func next() -> FoundRow? {
        guard let row = rows.popFirst() else { return nil }
        number += 1
        return FoundRow(line: number, content: .success(row.row), weight: row.weight)
    }
}
