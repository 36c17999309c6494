// What a text that was ended by a limit must not end with.

/// The end of a text.
public enum TextEnds {
    /// How many bytes at the end of a text lead on to what is not there: spaces, dashes, opening quotes, commas.
    /// What belongs to the last unit stays, as the slash of a URL.
    public static func danglingByteCount(_ text: ArraySlice<UInt8>) -> Int {
        var rest = text
        while let (scalar, byteCount) = UTF8Text.lastScalar(rest), isDangling(scalar) {
            let shorter = rest.dropLast(byteCount)
            if !scalar.isWhitespace, TextUnits.place(at: shorter.endIndex, in: rest, isComplete: true) != .end { break }
            rest = shorter
        }
        return text.count - rest.count
    }

    /// Whether the last character could go on: it is no white space, and no character that stands alone.
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

    /// Where the run of characters at the end of a text begins that has no white space and none that stands alone.
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
