// The width of cleaned text in columns, and texts cut or padded to a width.

/// Columns that a text takes on one line, cleaned as it will be drawn.
func columns(of text: String) -> Int {
    var total = 0
    for character in text { total += Int(Glyph(character).width) }
    return total
}

/// The beginning of a text that fits into `limit` columns; if it is cut, it ends in `…`.
func clipped(_ text: String, columns limit: Int) -> String {
    guard limit > 0 else { return "" }
    if columns(of: text) <= limit { return text }
    var kept = ""
    var used = 0
    for character in text {
        let width = Int(Glyph(character).width)
        if used + width > limit - 1 { break }
        kept.append(character)
        used += width
    }
    while kept.last == " " { kept.removeLast() }
    return kept + "…"
}

/// A text on one line: line breaks and runs of spaces become one space each.
func onOneLine(_ text: String, limit: Int = 400) -> String {
    var line = ""
    var count = 0
    var endsInSpace = true
    for character in text {
        let isSpace = character.isWhitespace
        if isSpace && endsInSpace { continue }
        line.append(isSpace ? " " : character)
        endsInSpace = isSpace
        count += 1
        if count >= limit { break }
    }
    if line.last == " " { line.removeLast() }
    return line
}

/// Spaces before a text, to `columns` in all.
func paddedLeft(_ text: String, columns count: Int) -> String {
    String(repeating: " ", count: max(0, count - columns(of: text))) + text
}
