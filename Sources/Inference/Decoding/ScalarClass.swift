// What a character is to a reader's word count and to the end of a text.
// - Every scalar has one class; which class decides where a text may end and what counts as a word.

/// What a scalar does to words.
enum ScalarClass: UInt8, Sendable {
    case whitespace
    /// A whole on its own: Han, kana, scripts written without spaces, emoji. A text may end beside it.
    case standalone
    /// Letters, digits and what does not stand between them and the rest of a word.
    case word
    /// Marks and joiners: part of the character before them.
    case extender
    case punctuation

    init(_ scalar: Unicode.Scalar) {
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

    /// Han, kana and bopomofo, Thai, Lao, Myanmar, Khmer: no spaces between words.
    private static func isSpacelessScript(_ value: UInt32) -> Bool {
        switch value {
        case 0x3005...0x3007, 0x3021...0x3029, 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF,
            0x3105...0x312F, 0x31A0...0x31BF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
            0xFF66...0xFF9D, 0x20000...0x3FFFD:
            true
        case 0x0E01...0x0E30, 0x0E32...0x0E33, 0x0E40...0x0E46, 0x0E81...0x0EB0, 0x0EC0...0x0EC6, 0x1000...0x102A,
            0x1780...0x17B3:
            true
        default: false
        }
    }

    /// Whether a scalar counts as a word of its own: a CJK character.
    static func isWordOnItsOwn(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x1100: false
        case 0x1100...0x11FF, 0xA960...0xA97C, 0xAC00...0xD7FB: true  // Hangul
        case 0x3005...0x3FFFD: isSpacelessScript(scalar.value)
        default: false
        }
    }

    /// Whether a scalar takes two columns: East Asian wide and fullwidth, and emoji shown as pictures.
    static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x1100: false
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
            0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F1E6...0x1F1FF, 0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }

    /// Punctuation that holds two halves of a word together: what comes after it belongs to the word.
    static func isConnector(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "'", "\u{2019}", "-", "\u{2010}", "\u{2011}", "/", "&", "@", "%", "\u{B0}", "\u{B7}": true
        default: false
        }
    }
}
