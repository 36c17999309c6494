// Drawing of texts that are more than a row: a line that is being typed, a line of search, a few sentences.

/// Draws a line to type a search into: `▏filter…`.
func drawSearchLine(
    on canvas: inout Canvas, row: Int, in place: Rect, editor: TextEditor, isTyping: Bool, placeholder: String
) {
    let column = place.column + 1
    let columns = place.columns - 3
    canvas.put("▏", row: row, column: column, columns: 1, style: isTyping ? Style(.accent) : .quiet)
    if editor.isEmpty {
        canvas.put(placeholder, row: row, column: column + 1, columns: columns, style: Style(.secondary, dim: true))
        if isTyping { canvas.setCursor(row: row, column: column + 1) }
    } else {
        drawLine(editor, on: &canvas, row: row, column: column + 1, columns: columns, showsCursor: isTyping)
    }
}

/// Draws a text of one line, scrolled so that its cursor is visible.
func drawLine(
    _ editor: TextEditor, on canvas: inout Canvas, row: Int, column: Int, columns limit: Int, showsCursor: Bool,
    style: Style = .plain
) {
    guard limit > 0 else { return }
    let glyphs = editor.characters.map(Glyph.init)
    guard showsCursor else {
        canvas.put(editor.text, row: row, column: column, columns: limit, style: style)
        return
    }
    var start = 0
    var used = glyphs[..<editor.cursor].reduce(0) { $0 + Int($1.width) }
    while used > limit - 1 && start < editor.cursor {
        used -= Int(glyphs[start].width)
        start += 1
    }
    canvas.put(glyphs[start...], row: row, column: column, columns: limit, style: style)
    if start > 0 { canvas.put("…", row: row, column: column, columns: 1, style: .quiet) }
    canvas.setCursor(row: row, column: column + used)
}

/// Wraps a few sentences into a place. If they do not fit, they end in `…`.
func drawParagraph(_ text: String, on canvas: inout Canvas, in place: Rect, style: Style? = nil) {
    guard place.columns > 0 else { return }
    let lines = wrappedLines(text, columns: place.columns)
    for (offset, line) in lines.prefix(place.rows).enumerated() {
        let isCut = offset == place.rows - 1 && lines.count > place.rows
        let shown = isCut ? clipped(line + "…", columns: place.columns) : line
        canvas.put(
            shown, row: place.row + offset, column: place.column, columns: place.columns, style: style ?? .quiet)
    }
}
