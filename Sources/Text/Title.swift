// A short name for a longer text.

public enum Title {
    /// The most columns of a title.
    public static let columns = 60

    /// The first words of a text's first line with text, at most `columns` wide; it ends with `…` if words are left
    /// out. A text without words gives `Untitled`.
    public static func of(_ text: String) -> String {
        // Only the beginning is read, because a prompt may be a whole book.
        let beginning = text.drop(while: \.isWhitespace).prefix(4 * columns)
        let words = beginning.prefix { !$0.isNewline }.split(whereSeparator: \.isWhitespace)
        var title = ""
        for word in words {
            let longer = title.isEmpty ? String(word) : "\(title) \(word)"
            guard width(longer) > columns else {
                title = longer
                continue
            }
            // A first word that is too long, such as a line of Chinese, is cut; later words are left out.
            return (title.isEmpty ? cut(longer) : title) + "…"
        }
        return title.isEmpty ? "Untitled" : title
    }

    private static func width(_ text: String) -> Int { text.reduce(0) { $0 + Columns.of($1) } }

    private static func cut(_ word: String) -> String {
        var used = 0
        return String(
            word.prefix { character in
                used += Columns.of(character)
                return used < columns
            })
    }
}
