// A text wrapped to a width, which may grow at its end.
// - Appending touches only the last paragraph, so streaming stays cheap even if the text is long.
// - `rows` always fit the whole text at `columns`.

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
    /// The text's last character, unless it is a line break: the next piece may begin with a mark that joins it.
    private var lastCharacter: Character?
    /// The length of the text, as limits count it.
    private(set) var length = RunningLength()

    init(_ text: String = "", columns: Int = 60) {
        self.columns = max(1, columns)
        append(text)
    }

    /// Adds text at the end. Only the last two rows of a paragraph are wrapped again, because a line break depends only on
    /// the characters beside it.
    mutating func append(_ piece: String) {
        length.append(piece)
        var joined = piece
        if let last = lastCharacter, !piece.isEmpty {
            // If the piece begins with a mark, it joins the last character, so both are read together.
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

    /// The glyphs of a row; empty if there is no such row.
    func glyphs(inRow index: Int) -> ArraySlice<Glyph> {
        guard rows.indices.contains(index) else { return [] }
        let row = rows[index]
        return paragraphs[row.paragraph].glyphs[row.range]
    }

    /// The row with the first character of another layout's row; both have the same text.
    func row(ofRow index: Int, of other: TextLayout) -> Int {
        guard other.rows.indices.contains(index) else { return 0 }
        let there = other.rows[index]
        let place = (there.paragraph, there.range.lowerBound)
        return rows.lastIndex { ($0.paragraph, $0.range.lowerBound) <= place } ?? 0
    }

    /// The columns of a row without the spaces at its end.
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
