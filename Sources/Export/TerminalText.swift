// Text from outside, made safe for a terminal.
// - No escape sequence, bell or cursor movement gets through: control characters are shown as symbols.
// - Line feeds and tabs stay; CR LF becomes one line feed.

public enum TerminalText {
    /// The text with control characters shown as symbols, and with marks that turn the reading direction taken out.
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

    /// What is shown for a character that would act instead of being seen; `nil` for all others.
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
