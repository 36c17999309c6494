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
        let delimiter = isTabbed ? 0x09 : try CSVRecords.delimiter(ofFile: path)
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
