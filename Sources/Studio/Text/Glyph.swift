// One grapheme cluster that is safe to draw, with its width and its role in line breaking.
// - Every `Character` of a text becomes exactly one glyph, so that indices of both are the same.
// - A glyph's text holds no control, bidirectional or invisible character and at most five code points, sixteen if it
//   is an emoji; the stored text keeps them all.
// - Width is 1 or 2, or `tabColumns` for a tab.

import Text

struct Glyph: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case word, space
        /// A line may break on either side: Han, kana, emoji.
        case ideograph
        /// Does not begin a line. If it is wide, a line may break after it.
        case closing, wideClosing
        /// Never ends a line.
        case opening, wideOpening
        /// A line may break after it inside a word.
        case hyphen
        case lineBreak
    }

    var text: String
    var width: UInt8
    var kind: Kind

    static let tabColumns: UInt8 = 4
    /// The most code points of an emoji; a family of four with skin tones has eleven.
    private static let longestEmoji = 16
    /// The most code points of another cluster, as many as a cell of ncurses holds.
    private static let longestCluster = 5
    /// Stands for characters that must not be drawn.
    static let replacement = Glyph(text: "\u{FFFD}", width: 1, kind: .word)

    init(text: String, width: UInt8, kind: Kind) {
        self.text = text
        self.width = width
        self.kind = kind
    }

    /// Stands for a character that must not reach a terminal.
    private init(symbol: Unicode.Scalar) {
        self.init(text: String(Character(symbol)), width: 1, kind: .word)
    }

    init(_ character: Character) {
        if let ascii = character.asciiValue {
            // "\r\n" is one character and its ASCII value is that of "\n".
            self = Glyph.asciiTable[Int(ascii)]
        } else {
            self = Glyph.clean(character)
        }
    }

    private static let asciiTable: [Glyph] = (UInt8(0)..<128).map { byte in
        let scalar = Unicode.Scalar(byte)
        switch byte {
        case 0x0A: return Glyph(text: " ", width: 1, kind: .lineBreak)
        case 0x09: return Glyph(text: " ", width: tabColumns, kind: .space)
        case 0x20: return Glyph(text: " ", width: 1, kind: .space)
        default:
            if let symbol = TerminalText.symbol(of: scalar) { return Glyph(symbol: symbol) }
            return Glyph(text: String(Character(scalar)), width: 1, kind: asciiKind(scalar))
        }
    }

    private static func asciiKind(_ scalar: Unicode.Scalar) -> Kind {
        switch scalar {
        case ",", ".", "!", "?", ";", ":", ")", "]", "}", "%": .closing
        case "(", "[", "{": .opening
        case "-": .hyphen
        default: .word
        }
    }

    private static func clean(_ character: Character) -> Glyph {
        var scalars = character.unicodeScalars.makeIterator()
        guard let first = scalars.next() else { return replacement }
        if let kind = wideKinds[first] {
            return Glyph(text: String(Character(first)), width: width(of: first), kind: kind)
        }
        if let symbol = TerminalText.symbol(of: first) { return Glyph(symbol: symbol) }
        let properties = first.properties
        switch properties.generalCategory {
        case .control, .surrogate, .lineSeparator, .paragraphSeparator, .unassigned, .format:
            return first == "\u{00AD}" ? Glyph(text: "\u{00AC}", width: 1, kind: .word) : replacement
        case .spaceSeparator:
            // A no-break space keeps its words together.
            let isNoBreak = first == "\u{00A0}" || first == "\u{202F}"
            return Glyph(text: " ", width: width(of: first), kind: isNoBreak ? .word : .space)
        case .nonspacingMark, .enclosingMark:
            if properties.isDefaultIgnorableCodePoint { return replacement }
            return Glyph(text: "\u{25CC}" + String(Character(first)), width: 1, kind: .word)
        default:
            if properties.isDefaultIgnorableCodePoint { return replacement }
        }

        var text = String.UnicodeScalarView()
        text.append(first)
        let width = UInt8(Columns.of(character))
        var isPictograph = properties.isEmojiPresentation
        // The flags of England, Scotland and Wales are a black flag and tags, which are invisible elsewhere.
        let takesTags = first == "\u{1F3F4}"
        let longest = properties.isEmoji && !first.isASCII ? longestEmoji : longestCluster
        while let scalar = scalars.next() {
            if scalar == "\u{FE0F}" && properties.isEmoji {
                isPictograph = true
            }
            let isJoiner = scalar == "\u{200D}" || scalar == "\u{200C}"
            let isSelector = scalar == "\u{FE0E}" || scalar == "\u{FE0F}"
            let isTag = takesTags && (0xE0020...0xE007F).contains(scalar.value)
            if !isJoiner && !isSelector && !isTag {
                let mark = scalar.properties
                if mark.isDefaultIgnorableCodePoint || TerminalText.symbol(of: scalar) != nil { continue }
            }
            if text.count < longest { text.append(scalar) }
        }
        if text.last == "\u{200D}" { text.removeLast() }
        let isBreakable = isPictograph || (width == 2 && !isHangul(first))
        return Glyph(text: String(text), width: width, kind: isBreakable ? .ideograph : .word)
    }

    private static func width(of scalar: Unicode.Scalar) -> UInt8 { UInt8(Columns.of(scalar)) }

    /// Korean breaks lines at spaces.
    private static func isHangul(_ scalar: Unicode.Scalar) -> Bool {
        (0x1100...0x11FF).contains(scalar.value) || (0xAC00...0xD7A3).contains(scalar.value)
    }

    /// The characters that JIS X 4051 bans from the start or the end of a line, and the quotes and dashes of other scripts.
    private static let wideKinds: [Unicode.Scalar: Kind] = {
        var kinds: [Unicode.Scalar: Kind] = [:]
        let noStart = "、。，．・：；？！）］｝〕〉》」』】〙〗〟｠ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々〻ゝゞヽヾ゛゜｡､｣･ｰ％"
        for scalar in noStart.unicodeScalars { kinds[scalar] = .wideClosing }
        for scalar in "（［｛〔〈《「『【〘〖〝｟｢￥＄".unicodeScalars { kinds[scalar] = .wideOpening }
        for scalar in "’”»…‥".unicodeScalars { kinds[scalar] = .closing }
        for scalar in "‘“«¿¡„".unicodeScalars { kinds[scalar] = .opening }
        for scalar in "–—‐".unicodeScalars { kinds[scalar] = .hyphen }
        return kinds
    }()
}
