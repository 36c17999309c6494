// Why rows cannot be read.

/// An error of a corpus; its description is a sentence that says what, why and what to do.
public enum CorpusError: Error, Equatable, Sendable, CustomStringConvertible {
    case missing(path: String)
    case unreadable(path: String, reason: String)
    case notAFile(path: String)
    /// - Parameter kind: what it is instead, such as "a Parquet file".
    case noText(path: String, kind: String)
    case noFiles(folder: String)
    case damaged(file: String, line: Int, reason: String)
    case tooLarge(file: String, line: Int, limit: Int)
    /// - Parameter wanted: with quotation marks.
    case noColumn(file: String, wanted: [String], found: [String])
    case noRows(names: [String])
    case nothingLeft(read: Int, reasons: [String])
    case emptySide(isValidation: Bool, rows: Int)
    case cannotKeep(folder: String, reason: String)
    case badOrder(file: String, line: Int, reason: String)

    public var description: String {
        switch self {
        case .missing(let path): "There is no file \(path). Check the name."
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason). Check that you may read it."
        case .notAFile(let path):
            "\(path) is neither a file nor a folder, and rows are read more than once. Save them to a file first."
        case .noText(let path, let kind):
            "\(path) is \(kind), and rows are read from text, JSON Lines or CSV in UTF-8. Convert it first."
        case .noFiles(let folder):
            "\(folder) has no text files (.txt, .md). Name the files to read."
        case .damaged(let file, let line, let reason):
            "\(file), line \(line): \(reason). Correct the line, or let damaged rows be skipped."
        case .tooLarge(let file, let line, let limit):
            "\(file), line \(line): a row is longer than \(limit >> 20) MB. Perhaps a quotation mark or a line end is "
                + "missing; correct it, or divide the row."
        case .noColumn(let file, let wanted, let found):
            "\(file) has no column \(wanted.joined(separator: " or ")); its columns are "
                + "\(found.prefix(20).map { "'\($0)'" }.joined(separator: ", ")). Name those to read."
        case .noRows(let names):
            "\(names.joined(separator: ", ")) \(names.count == 1 ? "has" : "have") no rows. Give files with text."
        case .nothingLeft(let read, let reasons):
            "Nothing is left to learn of \(read == 1 ? "1 row" : "\(read) rows"): \(reasons.joined(separator: ", ")). "
                + "Look at the data."
        case .emptySide(let isValidation, let rows):
            "All of the \(rows == 1 ? "1 row is" : "\(rows) rows are") on one side, so nothing is left to "
                + "\(isValidation ? "validate" : "train") on. Choose another share for validation or another seed, "
                + "or give more rows."
        case .cannotKeep(let folder, let reason):
            "The tokens cannot be kept in \(folder): \(reason). Free some space there, or choose another folder."
        case .badOrder(let file, let line, let reason):
            "\(file), line \(line): \(reason). An order lists the numbers of rows, from 0."
        }
    }
}
