// Texts on one line, as they are typed into one row: `one | two`.
// - `\n`, `\r`, `\t` stand for a line break, a carriage return and a tab, `\\` for a backslash, `\|` for a bar;
//   a backslash before any other character is a backslash.
// - Spaces around a text are not part of it, unless it is in double quotes; `\"` is a quote within them.
// - `items(of:)` reads back the texts that `line(of:)` wrote. Both work on scalars: if a combining mark follows a bar or
//   a space, the two are one character.

public enum OptionLine {
    /// Several texts on one line.
    static func line(of texts: [String]) -> String { texts.map(item).joined(separator: " | ") }

    /// One text without line breaks, for `unescaped` to read back.
    public static func escaped(_ text: String) -> String { escaped(text, escapesBar: false, escapesQuote: false) }

    /// A text in single quotes on one line, for a sentence; a long one is cut.
    public static func quoted(_ text: String) -> String {
        let short = text.prefix(40)
        return "'\(escaped(String(short)))\(short.endIndex < text.endIndex ? "…" : "")'"
    }

    /// One text whose line breaks are written `\n`.
    static func unescaped(_ line: String) -> String {
        let scalars = Array(line.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            let (scalar, length, _) = read(scalars, at: index, marks: "nrt\\")
            result.append(scalar)
            index += length
        }
        return String(result)
    }

    /// The texts of a line; empty if the line is blank.
    static func items(of line: String) -> [String] {
        let scalars = Array(line.unicodeScalars)
        guard !scalars.allSatisfy(isBlank) else { return [] }
        var items: [String] = []
        var index = 0
        while true {
            while index < scalars.count, isBlank(scalars[index]) { index += 1 }
            let (text, end) = quotedItem(scalars, from: index) ?? plainItem(scalars, from: index)
            items.append(text)
            guard end < scalars.count else { return items }
            index = end + 1  // past the bar
        }
    }

    // MARK: Writing

    private static func item(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let isQuoted = scalars.isEmpty || [scalars.first, scalars.last].contains { $0.map(isKeptByQuotes) ?? false }
        let startsQuoted = scalars.first == "\""
        let line = escaped(text, escapesBar: true, escapesQuote: isQuoted || startsQuoted)
        return isQuoted ? "\"\(line)\"" : line
    }

    private static func escaped(_ text: String, escapesBar: Bool, escapesQuote: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let mark: Unicode.Scalar? =
                switch scalar {
                case "\n": "n"
                case "\r": "r"
                case "\t": "t"
                case "\\": "\\"
                case "|" where escapesBar: "|"
                case "\"" where escapesQuote: "\""
                default: nil
                }
            if let mark {
                result.append("\\")
                result.append(mark)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    // MARK: Reading

    /// A text in quotes; `nil` if anything but a bar follows the closing quote, as in `"Hello" she said`.
    private static func quotedItem(_ scalars: [Unicode.Scalar], from start: Int) -> (text: String, end: Int)? {
        guard start < scalars.count, scalars[start] == "\"" else { return nil }
        var text = String.UnicodeScalarView()
        var index = start + 1
        while index < scalars.count {
            let (scalar, length, isEscaped) = read(scalars, at: index, marks: "nrt\\|\"")
            index += length
            if scalar == "\"", !isEscaped {
                while index < scalars.count, isBlank(scalars[index]) { index += 1 }
                return index == scalars.count || scalars[index] == "|" ? (String(text), index) : nil
            }
            text.append(scalar)
        }
        return nil
    }

    /// A text up to the next bar, without the spaces before it.
    private static func plainItem(_ scalars: [Unicode.Scalar], from start: Int) -> (text: String, end: Int) {
        var text: [Unicode.Scalar] = []
        var count = 0  // up to the last scalar that is not blank
        var index = start
        while index < scalars.count {
            let (scalar, length, isEscaped) = read(scalars, at: index, marks: "nrt\\|\"")
            if scalar == "|", !isEscaped { break }
            text.append(scalar)
            if isEscaped || !isBlank(scalar) { count = text.count }
            index += length
        }
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: text.prefix(count))
        return (String(kept), index)
    }

    /// The scalar at a place, how many scalars it is written with, and true if a backslash came before it.
    private static func read(
        _ scalars: [Unicode.Scalar], at index: Int, marks: String
    ) -> (scalar: Unicode.Scalar, length: Int, isEscaped: Bool) {
        guard scalars[index] == "\\", index + 1 < scalars.count, marks.unicodeScalars.contains(scalars[index + 1])
        else { return (scalars[index], 1, false) }
        switch scalars[index + 1] {
        case "n": return ("\n", 2, true)
        case "r": return ("\r", 2, true)
        case "t": return ("\t", 2, true)
        default: return (scalars[index + 1], 2, true)
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

    /// True if a scalar at the end of a text would be lost without quotes.
    private static func isKeptByQuotes(_ scalar: Unicode.Scalar) -> Bool {
        isBlank(scalar) && !["\n", "\r", "\t"].contains(scalar)
    }
}
