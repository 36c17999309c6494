// Rows of a file with columns: records of fields, the first of which gives the names. RFC 4180.
// - A field in quotation marks may hold line ends, and a quotation mark twice.
// - A record is a row. Blank lines are none.

/// Reads rows from CSV, or from the same with tabs.
struct CSVRowReader: RowReader {
    private var records: CSVRecords
    private let names: [String]
    /// The places of the text, or of prompt and answer.
    private let places: [Int]
    private var isFirst = true

    /// - Parameter isTabbed: true for tabs between the fields; false for what stands most often in the first line: a comma, a
    ///   semicolon or a tab.
    /// - Throws: `CorpusError.noColumn` if the names do not say what to learn.
    init(path: String, columns: CorpusColumns?, isTabbed: Bool) throws(CorpusError) {
        let delimiter = isTabbed ? 0x09 : Self.delimiter(in: try FileChunks.beginning(of: path))
        records = try CSVRecords(path: path, delimiter: delimiter)
        guard let head = try records.next() else {
            (names, places) = ([], [])
            return
        }
        var repairs: TextRepairs = []
        let names = head.fields.map { field in
            let text = TextCleaning.text(field, &repairs)
            return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }
        self.names = names
        func place(_ wanted: [String]) -> Int? {
            wanted.lazy.compactMap { name in names.firstIndex { $0.lowercased() == name.lowercased() } }.first
        }
        if let columns {
            if let missing = columns.names.first(where: { place([$0]) == nil }) {
                throw .noColumn(file: path, wanted: ["'\(missing)'"], found: names)
            }
            places = columns.names.compactMap { place([$0]) }
        } else if let prompt = place(JSONRow.promptNames), let answer = place(JSONRow.answerNames) {
            places = [prompt, answer]
        } else if let text = place(["text"]) {
            places = [text]
        } else {
            throw .noColumn(file: path, wanted: ["'text'", "'prompt' with 'response'"], found: names)
        }
    }

    private static func delimiter(in beginning: [UInt8]) -> UInt8 {
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

    mutating func next() throws -> FoundRow? {
        guard !names.isEmpty, let record = try records.next() else { return nil }
        var repairs = record.repairs
        if isFirst, records.hasByteOrderMark { repairs.insert(.byteOrderMark) }
        isFirst = false
        if let reason = record.damage {
            return FoundRow(line: record.line, content: .failure(DamagedRow(reason: reason)))
        }
        guard record.fields.count == names.count else {
            let reason =
                "it has \(record.fields.count == 1 ? "1 field" : "\(record.fields.count) fields"), and the first line has "
                + "\(names.count)"
            return FoundRow(line: record.line, content: .failure(DamagedRow(reason: reason)))
        }
        let texts = places.map { TextCleaning.text(record.fields[$0], &repairs) }
        let row: CorpusRow =
            texts.count == 1
            ? .text(texts[0], isStart: true, isEnd: true) : .pair(prompt: texts[0], answer: texts[1])
        return FoundRow(line: record.line, content: .success(row), repairs: repairs)
    }
}

/// The records of a file with columns.
struct CSVRecords {
    struct Record {
        var fields: [[UInt8]] = []
        var line: Int
        /// What is wrong with it; nil if nothing is.
        var damage: String?
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

    var hasByteOrderMark: Bool { chunks.hasByteOrderMark }

    init(path: String, delimiter: UInt8) throws(CorpusError) {
        chunks = try FileChunks(path: path)
        file = path
        self.delimiter = delimiter
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
    mutating func next() throws(CorpusError) -> Record? {
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
