// The characters that a text must not end with if a limit ended it.

/// The end of a text.
public enum TextEnds {
    /// How many bytes at the end lead to text that is missing: spaces, dashes, opening quotes, commas.
    /// Marks that belong to the last unit stay, such as the slash of a URL.
    public static func danglingByteCount(_ text: ArraySlice<UInt8>) -> Int {
        var rest = text
        while let (scalar, byteCount) = UTF8Text.lastScalar(rest), isDangling(scalar) {
            let shorter = rest.dropLast(byteCount)
            if !scalar.isWhitespace, TextUnits.place(at: shorter.endIndex, in: rest, isComplete: true) != .end { break }
            rest = shorter
        }
        return text.count - rest.count
    }

    /// True if the last character could continue: it is not white space and does not stand alone.
    public static func isInsideRun(_ text: ArraySlice<UInt8>) -> Bool {
        if UTF8Text.incompleteTailCount(text) > 0 { return true }
        var rest = text
        while let (scalar, byteCount) = UTF8Text.lastScalar(rest) {
            switch ScalarClass(scalar) {
            case .whitespace, .standalone: return false
            case .extender: rest = rest.dropLast(byteCount)
            case .word, .punctuation: return true
            }
        }
        return false
    }

    /// The beginning of the last run of characters without white space and without characters that stand alone.
    public static func runStart(_ text: ArraySlice<UInt8>) -> Int {
        var rest = text.dropLast(UTF8Text.incompleteTailCount(text))
        while let (scalar, byteCount) = UTF8Text.lastScalar(rest) {
            let kind = ScalarClass(scalar)
            if kind == .whitespace || kind == .standalone { break }
            rest = rest.dropLast(byteCount)
        }
        return rest.endIndex
    }

    private static func isDangling(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isWhitespace { return true }
        switch scalar.properties.generalCategory {
        case .dashPunctuation, .openPunctuation, .initialPunctuation: return true
        default: return [",", ";", ":", "&", "/", "\u{FF0C}", "\u{3001}", "\u{FF1A}", "\u{FF1B}"].contains(scalar)
        }
    }
}
