// A text wrapped to a width, kept while it grows.
// - Appending touches the last paragraph only, so streaming a long text stays cheap.
// - `rows` are always those of `text` at `columns`.

import Text

struct TextLayout: Sendable {
    struct Row: Sendable {
        var paragraph: Int
        var range: Range<Int>
    }

    private struct Paragraph: Sendable {
        var glyphs: [Glyph] = []
    }

    private(set) var columns: Int
    private(set) var rows: [Row] = []
    private var paragraphs: [Paragraph] = [Paragraph()]
    /// The text's last character, unless it is a line break: what comes next may join it.
    private var lastCharacter: Character?
    /// How long the text is, as limits count it.
    private(set) var length = RunningLength()

    init(_ text: String = "", columns: Int = 60) {
        self.columns = max(1, columns)
        append(text)
    }

    /// Adds text at the end. What a paragraph had but its last two rows is not looked at again: a line breaks
    /// by what stands before and just after it.
    mutating func append(_ piece: String) {
        length.append(piece)
        var joined = piece
        if let last = lastCharacter, !piece.isEmpty {
            // The piece may begin with a mark of the last character: both are read together anew.
            joined = String(last) + piece
            paragraphs[paragraphs.count - 1].glyphs.removeLast()
        }
        var changed = paragraphs.count - 1
        for character in joined {
            let glyph = Glyph(character)
            if glyph.kind == .lineBreak {
                wrap(changed)
                paragraphs.append(Paragraph())
                changed = paragraphs.count - 1
                lastCharacter = nil
            } else {
                paragraphs[changed].glyphs.append(glyph)
                lastCharacter = character
            }
        }
        wrap(changed)
    }

    mutating func setColumns(_ count: Int) {
        let count = max(1, count)
        guard count != columns else { return }
        columns = count
        rows = []
        for index in paragraphs.indices { wrap(index) }
    }

    /// The glyphs of a row; none for a row that is not there.
    func glyphs(inRow index: Int) -> ArraySlice<Glyph> {
        guard rows.indices.contains(index) else { return [] }
        let row = rows[index]
        return paragraphs[row.paragraph].glyphs[row.range]
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

    /// Wraps the end of the last wrapped paragraph, or a new one, from its second to last row on.
    private mutating func wrap(_ index: Int) {
        let first = rows.lastIndex { $0.paragraph != index }.map { $0 + 1 } ?? 0
        let kept = max(first, rows.count - 2)
        let start = kept < rows.count ? rows[kept].range.lowerBound : 0
        rows.removeSubrange(kept...)
        let glyphs = paragraphs[index].glyphs
        for range in wrappedRows(glyphs[min(start, glyphs.count)...], columns: columns) {
            rows.append(Row(paragraph: index, range: range))
        }
    }
}
