// Where lines of text break: at spaces, after hyphens, between ideographs; closing punctuation stays with
// what it closes, and a word longer than a line breaks anywhere. Spaces at a line's end hang.

/// Whether a line may end between two neighbours.
private func canBreak(_ left: Glyph.Kind, _ right: Glyph.Kind) -> Bool {
    switch (left, right) {
    case (_, .space), (_, .closing), (_, .wideClosing): false
    case (.space, _): true
    case (.opening, _), (.wideOpening, _): false
    case (.hyphen, .word): true
    case (.ideograph, _), (.wideClosing, _), (_, .ideograph), (_, .wideOpening): true
    default: false
    }
}

/// The rows of one paragraph, as ranges of its glyphs; at least one row, and no glyph is left out.
func wrappedRows(_ glyphs: ArraySlice<Glyph>, columns limit: Int) -> [Range<Int>] {
    let limit = max(1, limit)
    var rows: [Range<Int>] = []
    var start = glyphs.startIndex
    var breakIndex: Int?
    var used = 0
    for index in glyphs.indices {
        let glyph = glyphs[index]
        if index > start && canBreak(glyphs[index - 1].kind, glyph.kind) { breakIndex = index }
        let width = Int(glyph.width)
        if glyph.kind != .space {
            while used + width > limit && index > start {
                let cut = breakIndex ?? index
                rows.append(start..<cut)
                start = cut
                breakIndex = nil
                used = glyphs[cut..<index].reduce(0) { $0 + Int($1.width) }
            }
        }
        used += width
    }
    rows.append(start..<glyphs.endIndex)
    return rows
}

/// A text wrapped for reading, as strings; used for short texts such as messages and summaries.
func wrappedLines(_ text: String, columns limit: Int) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
        let characters = Array(paragraph)
        let glyphs = characters.map(Glyph.init)
        for row in wrappedRows(glyphs[...], columns: limit) {
            var line = String(characters[row])
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
    }
    return lines
}
