// Text from outside: standard input, the command line, files, an editor, the clipboard.
// - Every door reads its text here, so the same note gives the same prompt by each of them.
// - Lines end with a line feed; a byte order mark at the beginning of a line is taken off.
// - Bytes that are not UTF-8, and NUL characters, are refused with their place.

/// Why bytes from outside are no text.
public enum OutsideTextError: Error, Sendable, Equatable {
    /// A place in the text: line and column from 1, in characters of Unicode; the byte from 1.
    public struct Place: Sendable, Hashable {
        public var line: Int
        public var column: Int
        public var byte: Int

        public init(line: Int, column: Int, byte: Int) {
            self.line = line
            self.column = column
            self.byte = byte
        }
    }

    /// It holds a NUL character, as binary files do and texts do not.
    case nul(Place)
    case notUTF8(Place)
    /// It begins with the mark of another encoding, such as UTF-16.
    case otherEncoding(String)

    /// - Parameter name: what was read, at the beginning of a sentence: `notes.txt`, `Standard input`.
    public func sentence(named name: String) -> String {
        switch self {
        case .nul(let place):
            "\(name) is not text: it has a NUL character at line \(place.line), column \(place.column) "
                + "(byte \(place.byte)), as binary files do. Give a text, or remove this character."
        case .notUTF8(let place):
            "\(name) is not UTF-8 text: line \(place.line), column \(place.column) (byte \(place.byte)) is no "
                + "character. Convert it first, for example with iconv."
        case .otherEncoding(let encoding):
            "\(name) is \(encoding), and not UTF-8 text. Convert it first, for example with iconv."
        }
    }
}

public enum OutsideText {
    private static let nul: UInt8 = 0
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The text of bytes.
    public static func text(of bytes: [UInt8]) throws(OutsideTextError) -> String {
        // The longer mark first: that of UTF-16 is its beginning.
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
            throw .otherEncoding("UTF-32 text")
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw .otherEncoding("UTF-16 text")
        }
        if let place = bytes.firstIndex(of: nul) { throw .nul(self.place(of: place, in: bytes)) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .notUTF8(place(of: firstInvalid(in: bytes), in: bytes))
        }
        return tidy(bytes).map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// A text that is UTF-8 already: an argument of the command line, a paste.
    public static func text(of text: String) throws(OutsideTextError) -> String {
        let isPlain = text.utf8.allSatisfy { $0 != nul && $0 != carriageReturn && $0 != byteOrderMark[0] }
        return isPlain ? text : try self.text(of: Array(text.utf8))
    }

    /// The bytes with line feeds as line ends and without byte order marks; `nil` if they are so already.
    private static func tidy(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.contains(where: { $0 == carriageReturn || $0 == byteOrderMark[0] }) else { return nil }
        var tidied: [UInt8] = []
        tidied.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            // Files that were joined have marks inside, each at the beginning of a line.
            let isLineStart = tidied.isEmpty || tidied.last == lineFeed
            if isLineStart, bytes[index...].starts(with: byteOrderMark) {
                index += byteOrderMark.count
                continue
            }
            guard bytes[index] == carriageReturn else {
                tidied.append(bytes[index])
                index += 1
                continue
            }
            // CR LF, CR CR LF of a file that was converted twice, and a lone CR are one line end each.
            let end = bytes[index...].firstIndex { $0 != carriageReturn } ?? bytes.count
            let isBeforeLineFeed = end < bytes.count && bytes[end] == lineFeed
            tidied += isBeforeLineFeed ? [lineFeed] : [UInt8](repeating: lineFeed, count: end - index)
            index = isBeforeLineFeed ? end + 1 : end
        }
        return tidied
    }

    private static func firstInvalid(in bytes: [UInt8]) -> Int {
        var parser = UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
        return offset
    }

    private static func place(of offset: Int, in bytes: [UInt8]) -> OutsideTextError.Place {
        let before = bytes[..<offset]
        let lineStart = before.lastIndex(of: lineFeed).map { $0 + 1 } ?? 0
        // Every byte that continues no character begins one.
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return .init(line: before.count { $0 == lineFeed } + 1, column: column, byte: offset + 1)
    }
}
