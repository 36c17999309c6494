// Rows of a file of JSON: an object a line, or one list of objects.
// - Only a line, or one element of the list, is in memory.

import Generation

/// Reads rows from JSON Lines. Blank lines are no rows.
struct JSONLinesReader: RowReader {
    private var lines: LineReader
    private let file: String
    private let columns: CorpusColumns?

    init(path: String, columns: CorpusColumns?) throws(CorpusError) {
        lines = try LineReader(path: path)
        file = path
        self.columns = columns
    }

    mutating func next() throws -> FoundRow? {
        while let line = try lines.next(atMost: RowLimits.rowBytes) {
            guard line.isWhole else {
                throw CorpusError.tooLarge(file: file, line: line.number, limit: RowLimits.rowBytes)
            }
            let row = JSONRow.found(line.bytes, line: line.number, columns: columns)
            if let row { return row }
        }
        return nil
    }
}

/// Reads rows from one list of objects.
struct JSONListReader: RowReader {
    private let chunks: FileChunks
    private let file: String
    private let columns: CorpusColumns?
    private var chunk: [UInt8] = []
    private var index = 0
    private var line = 1
    /// True behind the list's bracket.
    private var isInside = false
    private var hasEnded = false
    private var isFirst = true

    init(path: String, columns: CorpusColumns?) throws(CorpusError) {
        chunks = try FileChunks(path: path)
        file = path
        self.columns = columns
    }

    mutating func next() throws -> FoundRow? {
        while !hasEnded {
            let start = line
            let element = try nextElement()
            if var row = JSONRow.found(element, line: start, columns: columns) {
                if isFirst, chunks.hasByteOrderMark { row.repairs.insert(.byteOrderMark) }
                isFirst = false
                return row
            }
        }
        return nil
    }

    /// Looks for what follows the list, so that nothing is left out in silence.
    private mutating func checkEnd() throws {
        while true {
            for byte in chunk[index...] {
                if byte == 0x0A { line += 1 }
                guard byte <= 0x20 else {
                    throw CorpusError.damaged(file: file, line: line, reason: "something follows the end of the list")
                }
            }
            chunk = try chunks.next()
            index = 0
            if chunk.isEmpty { return }
        }
    }

    /// The bytes up to the comma or bracket behind an element.
    private mutating func nextElement() throws -> [UInt8] {
        var element: [UInt8] = []
        var depth = 0
        var isInString = false
        var isEscaped = false
        while true {
            if index == chunk.count {
                chunk = try chunks.next()
                index = 0
                guard !chunk.isEmpty else {
                    throw CorpusError.damaged(file: file, line: line, reason: "the list does not end")
                }
            }
            let byte = chunk[index]
            index += 1
            if byte == 0x0A { line += 1 }
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    guard isInside else {
                        // Before it is at most a byte order mark and white space.
                        isInside = true
                        element = []
                        continue
                    }
                    depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    guard depth > 0 else {
                        hasEnded = true
                        try checkEnd()
                        return element
                    }
                    depth -= 1
                case UInt8(ascii: ",") where depth == 0: return element
                default: break
                }
            }
            element.append(byte)
            guard element.count <= RowLimits.rowBytes else {
                throw CorpusError.tooLarge(file: file, line: line, limit: RowLimits.rowBytes)
            }
        }
    }
}
