// A text wrapped to a width, kept while it grows.
// - Appending touches the last paragraph only, so streaming a long text stays cheap.
// - `rows` are always those of `text` at `columns`.

struct TextLayout: Sendable {
    struct Row: Sendable {
        var paragraph: Int
        var range: Range<Int>
    }

    private struct Paragraph: Sendable {
        var text: String
        var glyphs: [Glyph]
        var wordCount: Int
        /// Sum of clusters, wide ones as 2.
        var columnCount: Int

        init(_ text: String) {
            self.text = text
            glyphs = text.map(Glyph.init)
            wordCount = countWords(glyphs)
            columnCount = glyphs.reduce(0) { $0 + Int(min(2, $1.width)) }
        }
    }

    private(set) var columns: Int
    private(set) var rows: [Row] = []
    private var paragraphs: [Paragraph] = []

    init(_ text: String = "", columns: Int = 60) {
        self.columns = max(1, columns)
        appendParagraphs(of: text)
    }

    mutating func append(_ piece: String) {
        guard let last = paragraphs.popLast() else { return appendParagraphs(of: piece) }
        while let row = rows.last, row.paragraph == paragraphs.count { rows.removeLast() }
        appendParagraphs(of: last.text + piece)
    }

    mutating func setColumns(_ count: Int) {
        let count = max(1, count)
        guard count != columns else { return }
        columns = count
        rows = []
        for index in paragraphs.indices { appendRows(of: index) }
    }

    /// The glyphs of a row; none for a row that is not there.
    func glyphs(inRow index: Int) -> ArraySlice<Glyph> {
        guard rows.indices.contains(index) else { return [] }
        let row = rows[index]
        return paragraphs[row.paragraph].glyphs[row.range]
    }

    /// Runs of non-whitespace; each ideograph counts as a word of its own (as `LengthLimits.words`).
    var wordCount: Int { paragraphs.reduce(0) { $0 + $1.wordCount } }

    /// Grapheme clusters, line breaks included; with `wideAsTwo` wide ones count twice.
    func characterCount(wideAsTwo: Bool) -> Int {
        let breaks = max(0, paragraphs.count - 1)
        return paragraphs.reduce(breaks) { $0 + (wideAsTwo ? $1.columnCount : $1.glyphs.count) }
    }

    /// Lines that hold text.
    var textLineCount: Int {
        paragraphs.count { paragraph in paragraph.glyphs.contains { $0.kind != .space } }
    }

    /// Columns used in a row, spaces at its end left out.
    func usedColumns(inRow index: Int) -> Int {
        var used = 0
        var total = 0
        for glyph in glyphs(inRow: index) {
            total += Int(glyph.width)
            if glyph.kind != .space { used = total }
        }
        return used
    }

    private mutating func appendParagraphs(of text: String) {
        for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
            // A "\r\n" is one character that `split` does not see as "\n".
            for line in part.split(separator: "\r\n", omittingEmptySubsequences: false) {
                paragraphs.append(Paragraph(String(line)))
                appendRows(of: paragraphs.count - 1)
            }
        }
    }

    private mutating func appendRows(of index: Int) {
        for range in wrappedRows(paragraphs[index].glyphs[...], columns: columns) {
            rows.append(Row(paragraph: index, range: range))
        }
    }
}

func countWords(_ glyphs: [Glyph]) -> Int {
    var count = 0
    var isInWord = false
    for glyph in glyphs {
        switch glyph.kind {
        case .space, .lineBreak: isInWord = false
        case .ideograph:
            count += 1
            isInWord = false
        case .wideClosing, .wideOpening: isInWord = false
        default:
            if !isInWord { count += 1 }
            isInWord = true
        }
    }
    return count
}
