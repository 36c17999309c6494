// Documents of a text file.
// - White space at the ends of a document is left out, but not the spaces before its first word.
// - A document that is larger than a part becomes several rows. A part ends at a blank line if one comes soon, else at
//   the end of a line, else at white space.

/// Reads documents from a file of text.
struct TextRowReader: RowReader {
    private var lines: LineReader
    private let end: DocumentEnd
    private let separator: [UInt8]
    private let partBytes: Int

    /// The lines of the document so far, with their line feeds.
    private var document: [UInt8] = []
    private var firstLine = 1
    /// True if the document has parts before this one.
    private var isContinued = false
    private var isBehindBlank = false
    /// True if the last line was cut, because it is very long.
    private var isInsideLine = false
    private var isAtEnd = false

    init(path: String, end: DocumentEnd, partBytes: Int = RowLimits.partBytes) throws(CorpusError) {
        lines = try LineReader(path: path)
        self.end = end
        self.partBytes = partBytes
        separator = if case .separator(let text) = end { Self.withoutTrailingSpace(Array(text.utf8)) } else { [] }
    }

    mutating func next() throws -> FoundRow? {
        while !isAtEnd {
            guard let line = try lines.next(atMost: partBytes) else {
                isAtEnd = true
                break
            }
            if line.isWhole, ends(line.bytes) {
                if let row = row(isEnd: true) { return row }
                continue
            }
            let isBlank = line.isWhole && Self.withoutTrailingSpace(line.bytes).isEmpty
            let part = isFull && !isBlank ? row(isEnd: false) : nil
            (isBehindBlank, isInsideLine) = (isBlank, !line.isWhole)
            if document.isEmpty { firstLine = line.number }
            document += line.bytes
            if line.isWhole { document.append(0x0A) }
            if let part { return part }
            if end == .line, line.isWhole, let row = row(isEnd: true) { return row }
        }
        return row(isEnd: true)
    }

    /// True if what was read is given out as soon as it is known that more text follows. A blank line is worth an eighth of
    /// a part, and inside a line no better place is to be expected.
    private var isFull: Bool {
        document.count >= (isInsideLine ? partBytes / 2 : isBehindBlank ? partBytes : partBytes + partBytes / 8)
    }

    /// True for a line that stands between two documents.
    private func ends(_ line: [UInt8]) -> Bool {
        switch end {
        case .file, .line: false
        case .blankLine: Self.withoutTrailingSpace(line).isEmpty
        case .separator: Self.withoutTrailingSpace(line) == separator
        }
    }

    /// What was read of the document, as a row; nil if it is nothing.
    private mutating func row(isEnd: Bool) -> FoundRow? {
        var repairs: TextRepairs = []
        var text = TextCleaning.text(document, &repairs).unicodeScalars[...]
        document = []
        let isStart = !isContinued
        isContinued = !isEnd
        if isStart { text = Self.withoutLeadingBlankLines(text) }
        if isEnd { while let last = text.last, last.properties.isWhitespace { text.removeLast() } }
        // White space between two documents, or at the end of one that was given out in parts.
        guard !text.isEmpty else {
            if isStart { isContinued = false }
            return nil
        }
        return FoundRow(
            line: firstLine, content: .success(.text(String(text), isStart: isStart, isEnd: isEnd)), repairs: repairs)
    }

    private static func withoutTrailingSpace(_ bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        while let last = rest.last, last == 0x20 || last == 0x09 || last == 0x0D || last == 0 { rest.removeLast() }
        return Array(rest)
    }

    private static func withoutLeadingBlankLines(
        _ text: Substring.UnicodeScalarView
    ) -> Substring.UnicodeScalarView {
        guard let first = text.firstIndex(where: { !$0.properties.isWhitespace }),
            let lineFeed = text[..<first].lastIndex(of: "\n")
        else { return text }
        return text[text.index(after: lineFeed)...]
    }
}
