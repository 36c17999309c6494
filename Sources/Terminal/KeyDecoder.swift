// Decoding the bytes of a terminal into key presses.
// - The same bytes give the same key presses however the stream is cut. Only `flush`, called if nothing follows for a
//   while, tells a lone Escape from the beginning of a sequence.
// - Nothing grows without bound: a sequence ends after `longestSequence` bytes, a paste after `longestPaste`.

import Studio

/// Decodes the bytes of a terminal, as they come.
public struct KeyDecoder: Sendable {
    static let longestSequence = 256
    static let longestPaste = 8 << 20

    public init() {}

    private var pending: [UInt8] = []
    private var paste: [UInt8]?
    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    /// True if bytes wait for others; `flush` delivers them if none come.
    public var isWaiting: Bool { !pending.isEmpty || paste != nil }
    var isPasting: Bool { paste != nil }

    public mutating func decode(_ bytes: some Sequence<UInt8>) -> [KeyPress] {
        var keys: [KeyPress] = []
        for byte in bytes {
            if paste != nil { takePasted(byte, into: &keys) } else { take(byte, into: &keys) }
        }
        return keys
    }

    /// Delivers the waiting bytes because no others came: Escape alone, or a paste or character whose end was lost.
    public mutating func flush() -> [KeyPress] {
        var keys: [KeyPress] = []
        if let bytes = paste {
            paste = nil
            keys.append(.paste(Self.text(ofPaste: bytes)))
        }
        let rest = pending
        pending = []
        guard let first = rest.first else { return keys }
        guard first == 0x1B else {
            keys.append(.character("\u{FFFD}"))
            return keys
        }
        keys.append(.escape)
        // The bytes after Escape were no sequence, so each of them is a key.
        for byte in rest.dropFirst() { take(byte, into: &keys) }
        return keys
    }

    private mutating func takePasted(_ byte: UInt8, into keys: inout [KeyPress]) {
        guard var bytes = paste else { return }
        paste = nil  // so that the append below does not copy
        bytes.append(byte)
        if byte == 0x7E, bytes.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd) {
            bytes.removeLast(Self.pasteEnd.count)
            keys.append(.paste(Self.text(ofPaste: bytes)))
            return
        }
        // If it is full, drop new text, but keep the last bytes, because the end is found in them.
        if bytes.count > Self.longestPaste { bytes.remove(at: bytes.count - Self.pasteEnd.count) }
        paste = bytes
    }

    private static func text(ofPaste bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    }

    private mutating func take(_ byte: UInt8, into keys: inout [KeyPress]) {
        pending.append(byte)
        switch pending[0] {
        case 0x1B: takeEscaped(into: &keys)
        case 0x80...: takeUTF8(into: &keys)
        default:
            pending = []
            keys.append(Self.key(ofASCII: byte))
        }
    }

    // MARK: Plain bytes

    private static func key(ofASCII byte: UInt8) -> KeyPress {
        switch byte {
        case 0x00: .control(" ")
        case 0x09: .tab
        case 0x0D: .enter
        case 0x08, 0x7F: .backspace
        case 0x1C: .control("\\")
        case 0x1D: .control("]")
        case 0x1E: .control("^")
        case 0x1F: .control("_")
        case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
        default: .character(Character(Unicode.Scalar(byte)))
        }
    }

    private mutating func takeUTF8(into keys: inout [KeyPress]) {
        let length: Int
        switch pending[0] {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: length = 1  // this byte cannot begin a character
        }
        if pending.count > 1, let last = pending.last, !(0x80...0xBF).contains(last) {
            // The character broke off, and this byte begins another one.
            pending = []
            keys.append(.character("\u{FFFD}"))
            take(last, into: &keys)
            return
        }
        guard pending.count >= length else { return }
        let text = String(validating: pending, as: UTF8.self)
        pending = []
        keys.append(.character(text?.first ?? "\u{FFFD}"))
    }

    // MARK: Escape sequences

    private mutating func takeEscaped(into keys: inout [KeyPress]) {
        guard pending.count > 1 else { return }
        switch pending[1] {
        case UInt8(ascii: "["): takeControlSequence(into: &keys)
        case UInt8(ascii: "O"):
            guard pending.count > 2 else { return }
            let final = pending[2]
            pending = []
            if let key = Self.key(ofLetter: final, modifier: 1) { keys.append(key) }
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"):
            // A report of the terminal, which ends with BEL or ST, is not a key.
            let ended = pending.last == 0x07 || pending.suffix(2).elementsEqual([0x1B, UInt8(ascii: "\\")])
            if pending.count > 2 && ended || pending.count > Self.longestSequence { pending = [] }
        case 0x1B:  // Escape twice: the first stands alone
            pending = [0x1B]
            keys.append(.escape)
        default: takeAlt(into: &keys)
        }
    }

    private mutating func takeAlt(into keys: inout [KeyPress]) {
        // The character after Alt may have several bytes: decode it apart, then mark it.
        var inner = KeyDecoder()
        let decoded = inner.decode(pending.dropFirst())
        guard let key = decoded.first else { return }
        pending = []
        switch key {
        case .character(let character): keys.append(.alt(character))
        case .enter, .control("j"): keys.append(.altEnter)
        case .backspace: keys.append(.wordBackspace)
        default: keys += [.escape, key]
        }
        for rest in decoded.dropFirst() { keys.append(rest) }
    }

    private mutating func takeControlSequence(into keys: inout [KeyPress]) {
        guard pending.count > 2, let final = pending.last else { return }
        if pending.count == 3, final == UInt8(ascii: "M") { return }  // an old mouse report: three bytes follow
        if pending[2] == UInt8(ascii: "M") {
            if pending.count == 6 { pending = [] }
            return
        }
        if final == 0x1B {  // broken off by another sequence
            pending = [0x1B]
            return
        }
        guard (0x40...0x7E).contains(final) else {
            if pending.count > Self.longestSequence { pending = [] }
            return
        }
        let body = pending[2..<pending.count - 1]
        pending = []
        // Private parameters mark the terminal's reports: mouse, answers to questions.
        if let first = body.first, (0x3C...0x3F).contains(first) { return }
        let numbers = body.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { part in
            Int(String(decoding: part.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)) ?? 1
        }
        let modifier = numbers.count > 1 ? numbers[1] : 1
        switch final {
        case UInt8(ascii: "~"):
            if numbers.first == 200 {
                paste = []
            } else if let key = Self.key(ofNumber: numbers.first ?? 0, modifier: modifier) {
                keys.append(key)
            }
        case UInt8(ascii: "u"):  // how some terminals report keys with modifiers
            if let key = Self.key(ofCode: numbers.first ?? 0, modifier: modifier) { keys.append(key) }
        default:
            if let key = Self.key(ofLetter: final, modifier: modifier) { keys.append(key) }
        }
    }

    /// Modifier as xterm counts it: 1 + Shift 1 + Alt 2 + Ctrl 4.
    private static func key(ofLetter letter: UInt8, modifier: Int) -> KeyPress? {
        let bits = modifier - 1
        let shift = bits & 1 != 0
        let jump = bits & 6 != 0
        switch letter {
        case UInt8(ascii: "A"): return jump ? .controlUp : shift ? .shiftUp : .up
        case UInt8(ascii: "B"): return jump ? .controlDown : shift ? .shiftDown : .down
        case UInt8(ascii: "C"): return jump ? .controlRight : shift ? .shiftRight : .right
        case UInt8(ascii: "D"): return jump ? .controlLeft : shift ? .shiftLeft : .left
        case UInt8(ascii: "H"): return jump ? .controlHome : .home
        case UInt8(ascii: "F"): return jump ? .controlEnd : .end
        case UInt8(ascii: "Z"): return .backTab
        case UInt8(ascii: "P"): return .function(1)
        case UInt8(ascii: "Q"): return .function(2)
        case UInt8(ascii: "R"): return .function(3)
        case UInt8(ascii: "S"): return .function(4)
        default: return nil
        }
    }

    private static func key(ofNumber number: Int, modifier: Int) -> KeyPress? {
        switch number {
        case 1, 7: return modifier > 2 ? .controlHome : .home
        case 4, 8: return modifier > 2 ? .controlEnd : .end
        case 2: return .insert
        case 3: return .delete
        case 5: return .pageUp
        case 6: return .pageDown
        case 11...15: return .function(number - 10)
        case 17...21: return .function(number - 11)
        case 23, 24: return .function(number - 12)
        default: return nil
        }
    }

    private static func key(ofCode code: Int, modifier: Int) -> KeyPress? {
        let bits = modifier - 1
        switch code {
        case 27: return .escape
        case 13: return bits & 2 != 0 ? .altEnter : .enter
        case 9: return bits & 1 != 0 ? .backTab : .tab
        case 127: return bits & 6 != 0 ? .wordBackspace : .backspace
        default:
            guard let number = UInt32(exactly: code), number >= 32, let scalar = Unicode.Scalar(number) else {
                return nil
            }
            let character = Character(scalar)
            if bits & 4 != 0 { return .control(Character(character.lowercased())) }
            return bits & 2 != 0 ? .alt(character) : .character(character)
        }
    }
}
