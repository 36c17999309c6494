// The rows of a batch, as a file gives them and as they are written again.
// - Every column of the input is in the output, in its order and with its text unchanged; a JSON value keeps its spelling.
// - Columns have names that differ, because a field's text has to come from one of them.

import Foundation
import Generation
import Training

/// The kind of a file of rows.
enum BatchFormat: Equatable {
    /// - Parameter delimiter: the byte between two fields.
    case columns(delimiter: UInt8)
    case jsonLines

    /// Known by the end of a name.
    enum Ending { case csv, tsv, jsonLines }

    /// - Throws: `Failure` for a name with another end.
    static func ending(of path: String) throws -> Ending {
        let name = path.lowercased()
        if name.hasSuffix(".csv") { return .csv }
        if name.hasSuffix(".tsv") || name.hasSuffix(".tab") { return .tsv }
        if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") { return .jsonLines }
        throw Failure(
            "\(path) has no known end of a name, and that says how rows are written. Use a name that ends in .csv, .tsv "
                + "or .jsonl.")
    }

    /// - Parameter given: the delimiter that the command line names; `nil` for that of the file's first line.
    /// - Throws: `CorpusError` if the file cannot be read.
    static func of(file path: String, delimiter given: UInt8?) throws -> BatchFormat {
        switch try ending(of: path) {
        case .jsonLines: .jsonLines
        case .tsv: .columns(delimiter: given ?? 0x09)
        case .csv: .columns(delimiter: try given ?? CSVRecords.delimiter(ofFile: path))
        }
    }
}

/// A row that cannot be used, and why.
struct BatchProblem: Equatable {
    /// From 1, without the line of column names.
    var number: Int
    var line: Int
    var reason: String

    /// `row 3 (line 5): Words takes a number from 5 to 50, and 'many' is not one.`
    var sentence: String { "row \(number) (line \(line)): \(reason)" }
}

struct BatchTable {
    struct Row {
        /// From 1, without the line of column names.
        var number: Int
        /// The line on which it begins, from 1.
        var line: Int
        /// By column; `nil` if a row of JSON lacks the name, or has null there.
        var texts: [String?]
        /// The columns that a row of JSON has, in its order, each with the JSON of its value; empty for other files.
        var members: [(column: Int, json: String)] = []
    }

    /// The largest file, in bytes: all rows are held in memory, so that the output can be written as a whole.
    static let largestBytes = 1 << 28

    var columns: [String] = []
    var rows: [Row] = []
    var problems: [BatchProblem] = []
    var hasByteOrderMark = false

    init() {}

    /// - Throws: `CorpusError` or `Failure` if the file cannot be read, or its columns cannot be told apart.
    init(reading path: String, as format: BatchFormat) throws {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        guard size <= Self.largestBytes else {
            throw Failure("\(path) is larger than 256 MB. Divide it into several files.")
        }
        switch format {
        case .columns(let delimiter): try readColumns(path, delimiter)
        case .jsonLines: try readJSONLines(path)
        }
    }

    /// The index of a column: the very name, else the name in another case.
    func column(named name: String) -> Int? {
        columns.firstIndex(of: name) ?? columns.firstIndex { $0.lowercased() == name.lowercased() }
    }

    private mutating func readColumns(_ path: String, _ delimiter: UInt8) throws {
        var records = try CSVRecords(path: path, delimiter: delimiter)
        guard let head = try records.next() else { return }
        hasByteOrderMark = records.hasByteOrderMark
        if let damage = head.damage { throw Failure("\(path), line \(head.line): \(damage). Correct the line.") }
        for (index, bytes) in head.fields.enumerated() {
            guard let name = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
                throw Failure("\(path) is not UTF-8 text. Convert it first, for example with iconv.")
            }
            let trimmed = FieldText.trimmed(name)
            guard !trimmed.isEmpty else {
                throw Failure("Column \(index + 1) of \(path) has no name in the first line. Give it one.")
            }
            if let other = columns.firstIndex(of: trimmed) {
                throw Failure(
                    "\(path) has two columns '\(trimmed)' (\(other + 1) and \(index + 1)). Give one of them another name."
                )
            }
            columns.append(trimmed)
        }
        while let record = try records.next() { take(record) }
    }

    private mutating func take(_ record: CSVRecords.Record) {
        let number = rows.count + problems.count + 1
        func problem(_ reason: String) -> BatchProblem {
            BatchProblem(number: number, line: record.line, reason: reason)
        }
        if let damage = record.damage { return problems.append(problem("\(damage).")) }
        guard record.fields.count == columns.count else {
            let count = record.fields.count
            return problems.append(
                problem(
                    "it has \(count == 1 ? "1 field" : "\(count) fields"), and the first line has \(columns.count)."))
        }
        var texts: [String?] = []
        for (column, bytes) in zip(columns, record.fields) {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                return problems.append(problem("'\(column)' is not UTF-8 text."))
            }
            texts.append(text)
        }
        rows.append(Row(number: number, line: record.line, texts: texts))
    }

    private mutating func readJSONLines(_ path: String) throws {
        // The reader of columns says best why a file cannot be opened.
        _ = try CSVRecords.delimiter(ofFile: path)
        var bytes = Array(try TextFile.read(path, atMost: Self.largestBytes, "256 MB"))
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var indexes: [String: Int] = [:]
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { continue }
            let number = rows.count + problems.count + 1
            do {
                var row = Row(number: number, line: index + 1, texts: [])
                try read(Array(line), into: &row, &indexes)
                rows.append(row)
            } catch let error as Failure {
                problems.append(BatchProblem(number: number, line: index + 1, reason: error.description))
            }
        }
        for index in rows.indices {
            rows[index].texts += [String?](repeating: nil, count: columns.count - rows[index].texts.count)
        }
    }

    private mutating func read(_ line: [UInt8], into row: inout Row, _ indexes: inout [String: Int]) throws {
        for member in try JSONMembers.all(of: line) {
            let column: Int
            if let known = indexes[member.name] {
                column = known
            } else {
                column = columns.count
                indexes[member.name] = column
                columns.append(member.name)
            }
            if row.members.contains(where: { $0.column == column }) {
                throw Failure("it has '\(member.name)' twice.")
            }
            row.texts += [String?](repeating: nil, count: max(0, column + 1 - row.texts.count))
            row.texts[column] = member.text
            row.members.append((column, member.json))
        }
    }
}
