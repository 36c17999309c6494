// A text under edit, wrapped to a width: the place of each character, and the character at each place.
// - Rows are ranges of the text's characters; a line break belongs to the row it ends, and is not drawn.

struct EditorLayout: Sendable {
    let columns: Int
    private(set) var glyphs: [Glyph]
    private(set) var rows: [Range<Int>] = []
    /// True for a row that ends with a line break or with the text, false if it ends because it is full.
    private var endsLine: [Bool] = []

    init(_ characters: [Character], columns: Int) {
        self.columns = columns
        glyphs = characters.map(Glyph.init)
        (rows, endsLine) = wrapped(0..<glyphs.count)
    }

    /// Follows a change of the text. Only the paragraphs that it touches are wrapped again.
    mutating func replace(_ range: Range<Int>, with characters: some Collection<Character>) {
        let start = glyphs[..<range.lowerBound].lastIndex { $0.kind == .lineBreak }.map { $0 + 1 } ?? 0
        let end = glyphs[range.upperBound...].firstIndex { $0.kind == .lineBreak } ?? glyphs.count
        glyphs.replaceSubrange(range, with: characters.map(Glyph.init))
        let shift = characters.count - range.count
        let fresh = wrapped(start..<end + shift)
        let first = rows.firstIndex { $0.lowerBound >= start } ?? rows.count
        let after = rows[first...].firstIndex { $0.lowerBound > end } ?? rows.count
        for index in after..<rows.count {
            rows[index] = rows[index].lowerBound + shift..<rows[index].upperBound + shift
        }
        rows.replaceSubrange(first..<after, with: fresh.rows)
        endsLine.replaceSubrange(first..<after, with: fresh.endsLine)
    }

    /// The rows of whole paragraphs.
    private func wrapped(_ range: Range<Int>) -> (rows: [Range<Int>], endsLine: [Bool]) {
        var rows: [Range<Int>] = []
        var endsLine: [Bool] = []
        var start = range.lowerBound
        for end in range.lowerBound...range.upperBound
        where end == range.upperBound || glyphs[end].kind == .lineBreak {
            // One column is kept free for the cursor after the last character of a full row.
            let wrapped = wrappedRows(glyphs[start..<end], columns: max(1, columns - 1))
            rows += wrapped
            endsLine += wrapped.indices.map { $0 == wrapped.count - 1 }
            start = end + 1
        }
        return (rows, endsLine)
    }

    func position(of index: Int) -> (row: Int, column: Int) {
        var row = rows.lastIndex { $0.lowerBound <= index } ?? 0
        if !endsLine[row] && index >= rows[row].upperBound && row + 1 < rows.count { row += 1 }
        let range = rows[row]
        let end = min(max(index, range.lowerBound), range.upperBound)
        let column = glyphs[range.lowerBound..<end].reduce(0) { $0 + Int($1.width) }
        return (row, min(column, max(0, columns - 1)))
    }

    func index(row: Int, column: Int) -> Int {
        guard rows.indices.contains(row) else { return 0 }
        let range = rows[row]
        // The place after the last character of a full row is the start of the next one.
        let last = endsLine[row] ? range.upperBound : max(range.lowerBound, range.upperBound - 1)
        var used = 0
        for index in range.lowerBound..<last {
            used += Int(glyphs[index].width)
            if used > column { return index }
        }
        return last
    }

    /// The number of a character's line, from 1, and the count of lines; a line ends with a line break.
    func line(of index: Int) -> (number: Int, count: Int) {
        var number = 1
        var count = 0
        for (row, endsHere) in zip(rows, endsLine) where endsHere {
            count += 1
            if row.upperBound < index { number += 1 }
        }
        return (number, count)
    }
}
