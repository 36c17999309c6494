// Text from outside, made safe for a terminal.
// - Control characters are shown as symbols, so no escape sequence, bell or cursor movement takes effect.
// - Line feeds and tabs stay; CR LF becomes one line feed.

public enum TerminalText {
    /// The text with control characters as symbols, and without marks that turn the reading direction.
    public static func cleaned(_ text: String) -> String {
        var cleaned = String.UnicodeScalarView()
        cleaned.reserveCapacity(text.utf8.count)
        var follows: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if follows == "\r" && scalar != "\n" { cleaned.append("\u{240D}") }
            if scalar != "\r" {
                cleaned.append(scalar == "\n" || scalar == "\t" ? scalar : symbol(of: scalar) ?? scalar)
            }
            follows = scalar
        }
        if follows == "\r" { cleaned.append("\u{240D}") }
        return String(cleaned)
    }

    /// The symbol for a character that would act on the terminal; `nil` for all others.
    static func symbol(of scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value)
        case 0x7F: "\u{2421}"
        // C1 controls, embeddings and overrides (bidirectional), isolates.
        case 0x80..<0xA0, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
        default: nil
        }
    }
}
