// Drawing into a frame: the one place where text becomes cells.
// - If a text does not fit, it is cut between characters. A wide character is never cut in half, not even if
//   something is drawn over its other half.
// - In ASCII mode each of our own signs is drawn as a plain one of the same width.

/// A part of the screen.
struct Rect: Sendable, Hashable {
    var row: Int
    var column: Int
    var rows: Int
    var columns: Int

    var endRow: Int { row + rows }
    var endColumn: Int { column + columns }

    func inset(left: Int = 0, right: Int = 0, top: Int = 0, bottom: Int = 0) -> Rect {
        Rect(
            row: row + top, column: column + left, rows: max(0, rows - top - bottom),
            columns: max(0, columns - left - right))
    }
}

struct Canvas {
    private(set) var frame: Frame
    let isASCII: Bool
    /// The row below the dialog in front; `nil` if there is none.
    var panelEndRow: Int?

    init(size: ScreenSize, appearance: Appearance) {
        frame = Frame(size: size)
        isASCII = appearance.ascii
    }

    mutating func setCursor(row: Int, column: Int) {
        guard row >= 0, row < frame.size.rows, column >= 0, column < frame.size.columns else { return }
        frame.cursor = Frame.Position(row: row, column: column)
    }

    /// Draws a text on one row. If it is too long, it ends in `…`.
    /// - Returns: the columns it took.
    @discardableResult
    mutating func put(_ text: String, row: Int, column: Int, columns limit: Int, style: Style = .plain) -> Int {
        guard limit > 0 else { return 0 }
        var used = 0
        var lastStart = 0
        for character in text {
            let glyph = Glyph(character)
            let width = Int(glyph.width)
            if used + width > limit {
                let start = used < limit ? used : lastStart
                blank(row: row, from: column + start, to: column + limit, style: style)
                set(row, column + start, "…", style)
                return start + 1
            }
            lastStart = used
            put(glyph, row: row, column: column + used, style: style)
            used += width
        }
        return used
    }

    /// Draws glyphs that were wrapped to fit. Glyphs beyond `limit` are spaces at the line's end and are left out.
    mutating func put(_ glyphs: ArraySlice<Glyph>, row: Int, column: Int, columns limit: Int, style: Style = .plain) {
        var used = 0
        for glyph in glyphs {
            let width = Int(glyph.width)
            if used + width > limit { return }
            put(glyph, row: row, column: column + used, style: style)
            used += width
        }
    }

    /// Draws a text that ends before a column.
    mutating func putRight(_ text: String, row: Int, endColumn: Int, columns limit: Int, style: Style = .plain) {
        let shown = clipped(text, columns: limit)
        put(shown, row: row, column: endColumn - Studio.columns(of: shown), columns: limit, style: style)
    }

    mutating func rule(row: Int, column: Int, columns count: Int, style: Style = Style(.secondary)) {
        for offset in 0..<max(0, count) { set(row, column + offset, "─", style) }
    }

    mutating func verticalRule(column: Int, rows: Range<Int>, style: Style = Style(.secondary)) {
        for row in rows { set(row, column, "│", style) }
    }

    mutating func clear(_ rect: Rect, style: Style = .plain) {
        for row in rect.row..<max(rect.row, rect.endRow) {
            blank(row: row, from: rect.column, to: rect.endColumn, style: style)
        }
    }

    private mutating func blank(row: Int, from start: Int, to end: Int, style: Style) {
        for column in start..<max(start, end) { set(row, column, " ", style) }
    }

    private mutating func put(_ glyph: Glyph, row: Int, column: Int, style: Style) {
        switch glyph.width {
        case 1: set(row, column, glyph.text, style)
        case 2:
            guard column + 1 < frame.size.columns else { return set(row, column, " ", style) }
            set(row, column, " ", style)
            set(row, column + 1, " ", style)
            frame[row, column] = Cell(glyph.text, style: style)
            frame[row, column + 1] = Cell("", style: style)
        default: blank(row: row, from: column, to: column + Int(glyph.width), style: style)
        }
    }

    private mutating func set(_ row: Int, _ column: Int, _ text: String, _ style: Style) {
        if frame[row, column].text.isEmpty, column > 0 {
            frame[row, column - 1] = Cell(" ", style: frame[row, column - 1].style)
        }
        if column + 1 < frame.size.columns, frame[row, column + 1].text.isEmpty {
            frame[row, column + 1] = Cell(" ", style: frame[row, column + 1].style)
        }
        frame[row, column] = Cell(isASCII ? Canvas.plain[text] ?? text : text, style: style)
    }

    /// Our own signs in ASCII, one column each.
    private static let plain: [String: String] = [
        "─": "-", "│": "|", "┴": "+", "┬": "+", "┼": "+", "├": "+", "┤": "+", "┌": "+", "┐": "+", "└": "+",
        "┘": "+", "▰": "#", "▱": ".", "›": ">", "★": "*", "…": "~", "▌": "_", "▏": "|", "▾": "v", "—": "-",
        "·": "-", "↑": "^", "↓": "v", "←": "<", "→": ">", "✗": "x", "✓": "+", "•": "*", "’": "'", "“": "\"",
        "”": "\"", "–": "-", "\u{FFFD}": "?", "\u{25CC}": "?", "▸": ">", "×": "x",
    ]
}
