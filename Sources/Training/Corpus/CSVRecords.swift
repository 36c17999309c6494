// Records of fields in a file with columns. RFC 4180.
// - A field in quotation marks may hold line ends, and a quotation mark twice.
// - Blank lines are no records.

/// The records of a file with columns, one after another.
public struct CSVRecords {
    /// The fields of a record as they stand in the file, without the quotation marks around them.
    public struct Record {
        public var fields: [[UInt8]] = []
        /// The line on which it begins, from 1.
        public var line: Int
        /// What is wrong with it; nil if nothing is.
        public var damage: String?
        /// Of its line end, which is not in the fields.
        var repairs: TextRepairs = []
    }

    private enum Place { case fieldStart, plain, quoted, behindQuotes }

    private let chunks: FileChunks
    private let file: String
    private let delimiter: UInt8
    private var chunk: [UInt8] = []
    private var index = 0
    private var line = 1
    private var isAtEnd = false

    /// True if the file begins with a byte order mark, which is no part of the first field; known behind the first record.
    public var hasByteOrderMark: Bool { chunks.hasByteOrderMark }

    /// - Parameter delimiter: the byte between two fields: a comma, a semicolon, a tab.
    /// - Throws: `CorpusError` if the file is missing, cannot be read, or is no regular file.
    public init(path: String, delimiter: UInt8) throws(CorpusError) {
        chunks = try FileChunks(path: path)
        file = path
        self.delimiter = delimiter
    }

    /// What stands most often in the first line of a file: a comma, a semicolon or a tab; a comma if none does.
    public static func delimiter(ofFile path: String) throws(CorpusError) -> UInt8 {
        let beginning = try FileChunks.beginning(of: path)
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in beginning {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == 0x0A { break }
            counts[byte, default: 0] += 1
        }
        let signs: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
        return signs.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? signs[0]
    }

    private mutating func byte() throws(CorpusError) -> UInt8? {
        if index == chunk.count {
            guard !isAtEnd else { return nil }
            let isFirst = chunk.isEmpty
            chunk = try chunks.next()
            index = isFirst && chunks.hasByteOrderMark ? TextCleaning.byteOrderMark.count : 0
            isAtEnd = chunk.isEmpty
            guard index < chunk.count else { return nil }
        }
        defer { index += 1 }
        return chunk[index]
    }

    /// The next record that is not blank; nil behind the last one.
    /// - Throws: `CorpusError` if the file cannot be read any further, or a record is too large.
    public mutating func next() throws(CorpusError) -> Record? {
        while true {
            var record = Record(line: line)
            guard let hasMore = try read(into: &record) else { return nil }
            let isBlank = record.fields.count == 1 && record.fields[0].allSatisfy { $0 == 0x20 || $0 == 0x09 }
            if !isBlank { return record }
            if !hasMore { return nil }
        }
    }

    /// - Returns: false if the file ends behind the record; nil if there is none.
    private mutating func read(into record: inout Record) throws(CorpusError) -> Bool? {
        var field: [UInt8] = []
        var place = Place.fieldStart
        var byteCount = 0
        while let byte = try byte() {
            byteCount += 1
            guard byteCount <= RowLimits.rowBytes else {
                throw .tooLarge(file: file, line: record.line, limit: RowLimits.rowBytes)
            }
            if byte == 0x0A { line += 1 }
            switch (place, byte) {
            case (.quoted, UInt8(ascii: "\"")): place = .behindQuotes
            case (.quoted, _): field.append(byte)
            case (.behindQuotes, UInt8(ascii: "\"")):
                field.append(byte)
                place = .quoted
            case (.fieldStart, UInt8(ascii: "\"")): place = .quoted
            case (_, delimiter):
                record.fields.append(field)
                field = []
                place = .fieldStart
            case (_, 0x0A):
                if place != .behindQuotes, field.last == 0x0D {
                    field.removeLast()
                    record.repairs.insert(.carriageReturn)
                }
                record.fields.append(field)
                return true
            case (.behindQuotes, 0x0D): record.repairs.insert(.carriageReturn)
            case (.behindQuotes, _):
                record.damage = record.damage ?? "text follows a field in quotation marks"
                field.append(byte)
            default:
                field.append(byte)
                place = .plain
            }
        }
        guard byteCount > 0 else { return nil }
        if place == .quoted { record.damage = "a quotation mark is not closed" }
        if place == .plain, field.last == 0x0D { field.removeLast() }
        record.fields.append(field)
        return false
    }
}
