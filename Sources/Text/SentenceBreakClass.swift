// The property Sentence_Break of Unicode Standard Annex 29, table 4: how a code point ends or continues a sentence.
// - It is derived from properties that the standard library has; only STerm needs a table.

/// The property Sentence_Break.
enum SentenceBreakClass: UInt8, Sendable {
    case carriageReturn, lineFeed, separator
    case space, lower, upper, otherLetter, numeric
    /// A full stop, which may also stand in a number or an abbreviation.
    case ambiguousTerminator
    case terminator
    case close, continuation, extend, format, other

    var isParagraphEnd: Bool { self == .carriageReturn || self == .lineFeed || self == .separator }
    var isTerminator: Bool { self == .ambiguousTerminator || self == .terminator }
    var isInvisible: Bool { self == .extend || self == .format }

    init(_ scalar: Unicode.Scalar) {
        self = scalar.isASCII ? Self.ascii[Int(scalar.value)] : Self.other(scalar)
    }

    /// True if a scalar beyond ASCII is a terminator; cheaper than its class.
    static func isTerminator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2024, 0xFE52, 0xFF0E: true
        default: sentenceTerminatorRanges.holds(scalar.value)
        }
    }

    private static let ascii: [SentenceBreakClass] = (0..<128).map { value in
        switch Unicode.Scalar(UInt8(value)) {
        case "\r": .carriageReturn
        case "\n": .lineFeed
        case "\t", "\u{B}", "\u{C}", " ": .space
        case "a"..."z": .lower
        case "A"..."Z": .upper
        case "0"..."9": .numeric
        case ".": .ambiguousTerminator
        case "!", "?": .terminator
        case "\"", "'", "(", ")", "[", "]", "{", "}": .close
        case ",", "-", ":", ";": .continuation
        default: .other
        }
    }

    private static func other(_ scalar: Unicode.Scalar) -> SentenceBreakClass {
        switch scalar.value {
        case 0x85, 0x2028, 0x2029: return .separator
        case 0x2024, 0xFE52, 0xFF0E: return .ambiguousTerminator
        case 0x37E, 0x55D, 0x60C, 0x60D, 0x7F8, 0x1802, 0x1808, 0x2013, 0x2014, 0x3001, 0xFE10, 0xFE11, 0xFE13, 0xFE14,
            0xFE31, 0xFE32, 0xFE50, 0xFE51, 0xFE54, 0xFE55, 0xFE58, 0xFE63, 0xFF0C, 0xFF0D, 0xFF1A, 0xFF1B, 0xFF64:
            return .continuation
        // Ornamental quotation marks, of the class QU in Line_Break.
        case 0x275B...0x2760, 0x1F676...0x1F678: return .close
        case 0x200C, 0x200D, 0xFF9E, 0xFF9F: return .extend
        case 0x66B, 0x66C: return .numeric
        // Georgian has two cases and uses them as one.
        case 0x10D0...0x10FF, 0x1C90...0x1CBF: return .otherLetter
        default: break
        }
        if sentenceTerminatorRanges.holds(scalar.value) { return .terminator }
        let properties = scalar.properties
        if properties.isWhitespace { return .space }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return .extend
        case .format: return .format
        case .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation: return .close
        case .decimalNumber: return .numeric
        case .titlecaseLetter: return .upper
        default: break
        }
        if properties.isGraphemeExtend { return .extend }
        if properties.isLowercase { return .lower }
        if properties.isUppercase { return .upper }
        return properties.isAlphabetic || scalar.value == 0xA0 ? .otherLetter : .other
    }
}
