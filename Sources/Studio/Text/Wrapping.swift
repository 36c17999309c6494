// Breaking text into lines: at spaces, after hyphens, between ideographs. Closing punctuation stays with the word before
// it; if a word is longer than a line, it breaks anywhere. Spaces at a line's end may go beyond the limit.

/// True if a line may end between two neighbours.
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

/// Wraps a short text, such as a message or a summary.
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
