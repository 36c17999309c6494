// Text from outside, made safe for a terminal; the one table for the studio and the command line.
// - Control characters are shown as symbols, so no escape sequence, bell or cursor movement takes effect.
// - Marks that turn the reading direction, break lines unseen or hide text are shown as U+FFFD, so what is read is what is
//   there. Joiners, selectors and the tags of a flag stay, because characters are made of them.
// - Line feeds and tabs stay; CR LF becomes one line feed.

public enum TerminalText {
    /// The text with control characters as symbols, and without marks that turn the reading direction or hide text.
    public static func cleaned(_ text: String) -> String {
        var cleaned = String.UnicodeScalarView()
        cleaned.reserveCapacity(text.utf8.count)
        var follows: Unicode.Scalar?
        var isInFlag = false
        for scalar in text.unicodeScalars {
            isInFlag = scalar == blackFlag || isInFlag && isTag(scalar)
            if follows == "\r" && scalar != "\n" { cleaned.append("\u{240D}") }
            if scalar != "\r" {
                let stays = scalar == "\n" || scalar == "\t" || isInFlag
                cleaned.append(stays ? scalar : symbol(of: scalar) ?? scalar)
            }
            follows = scalar
        }
        if follows == "\r" { cleaned.append("\u{240D}") }
        return String(cleaned)
    }

    /// A name as part of one line: line breaks and tabs too are shown as symbols.
    public static func onOneLine(_ name: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            line.append(scalar.value < 0x20 || isLineBreak(scalar) ? symbol(of: scalar) ?? scalar : scalar)
        }
        return String(line)
    }

    /// The symbol for a character that would act on the terminal or that hides what is there; `nil` for all others.
    public static func symbol(of scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if let control = symbol(ofControl: scalar) { return control }
        switch scalar.value {
        // Marks of direction, line and paragraph separators, the byte order mark, annotations between the lines.
        case 0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF, 0xFFF9...0xFFFB: return "\u{FFFD}"
        // Format characters that are out of use; tags, which are invisible letters.
        case 0x206A...0x206F, 0xE0000...0xE007F: return "\u{FFFD}"
        default: return nil
        }
    }

    /// The symbol for a control character, or for an embedding, override or isolate of the reading direction.
    public static func symbol(ofControl scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value)
        case 0x7F: "\u{2421}"
        case 0x80..<0xA0, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
        default: nil
        }
    }

    /// The flags of England, Scotland and Wales are a black flag and tags.
    private static let blackFlag: Unicode.Scalar = "\u{1F3F4}"

    private static func isTag(_ scalar: Unicode.Scalar) -> Bool { (0xE0020...0xE007F).contains(scalar.value) }

    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
    }
}
