// The class of a code point: how it forms words, and if a text may end beside it.
// - Every scalar has one class.

/// How a scalar forms words.
public enum ScalarClass: UInt8, Sendable {
    case whitespace
    /// Complete on its own: Han, kana, scripts written without spaces, emoji. A text may end beside it.
    case standalone
    /// Letters and digits.
    case word
    /// Marks and joiners: part of the character before them.
    case extender
    case punctuation

    public init(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        if value < 0x80 {
            self = Self.ascii(UInt8(value))
        } else if value == 0x200D || (0xFE00...0xFE0F).contains(value) || (0x1F3FB...0x1F3FF).contains(value) {
            self = .extender
        } else if Self.isSpacelessScript(value) {
            self = .standalone
        } else {
            self = Self.other(scalar.properties)
        }
    }

    private static func ascii(_ byte: UInt8) -> ScalarClass {
        switch byte {
        case 9...13, 32: .whitespace
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
            .word
        default: .punctuation
        }
    }

    private static func other(_ properties: Unicode.Scalar.Properties) -> ScalarClass {
        if properties.isWhitespace { return .whitespace }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            return .word
        case .nonspacingMark, .spacingMark, .enclosingMark, .format: return .extender
        default: return properties.isEmojiPresentation || properties.isEmoji ? .standalone : .punctuation
        }
    }

    /// Han, kana and bopomofo, Thai, Lao, Myanmar, Khmer: written without spaces between words.
    private static func isSpacelessScript(_ value: UInt32) -> Bool {
        switch value {
        case 0x3005...0x3007, 0x3021...0x3029, 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF,
            0x3105...0x312F, 0x31A0...0x31BF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
            0xFF66...0xFF9D, 0x20000...0x3FFFD:
            true
        case 0x0E01...0x0E30, 0x0E32, 0x0E40...0x0E46, 0x0E81...0x0EB0, 0x0EB2, 0x0EC0...0x0EC6, 0x1000...0x102A,
            0x1780...0x17B3:
            true
        default: false
        }
    }

    /// Punctuation that joins two halves of a word: the text behind it belongs to the word.
    public static func isConnector(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "'", "\u{2019}", "-", "\u{2010}", "\u{2011}", "/", "&", "@", "%", "\u{B0}", "\u{B7}": true
        default: false
        }
    }
}

extension Unicode.Scalar {
    var isWhitespace: Bool { ScalarClass(self) == .whitespace }

    /// True if it makes a run between white space a word: a letter or a digit of any script.
    public var isLetterOrDigit: Bool {
        if isASCII { return self != "_" && ScalarClass(self) == .word }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }

    /// True if it is a word of its own.
    public var isHanOrKana: Bool { value >= 0x3005 && hanOrKanaRanges.holds(value) }

    var isKatakana: Bool { (0x30A1...0x30FA).contains(value) || (0x30FC...0x30FE).contains(value) }

    var isDigit: Bool { isASCII ? (48...57).contains(value) : properties.numericType == .decimal }
}
