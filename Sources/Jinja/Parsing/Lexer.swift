// Cuts a template's bytes into tokens, as jinja2's lexer does.
// - Whitespace control happens here: "-" strips on its side, "+" keeps, otherwise `trimBlocks` and `lstripBlocks`
//   apply.
// - A tag ends only if its brackets are closed: `{{ {'a': {}} }}` is one tag.

struct Token: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case data(String)
        case variableBegin, variableEnd, blockBegin, blockEnd
        case name(String)
        case string(String)
        case integer(Int)
        case float(Double)
        case symbol(String)
        case end
    }

    let kind: Kind
    let offset: Int

    /// The token's name in errors.
    var description: String {
        switch kind {
        case .data: "text"
        case .variableBegin: "'{{'"
        case .variableEnd: "'}}'"
        case .blockBegin: "'{%'"
        case .blockEnd: "'%}'"
        case .name(let name): "'\(name)'"
        case .string(let text): "the string '\(text)'"
        case .integer(let number): "'\(number)'"
        case .float(let number): "'\(number)'"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end of the template"
        }
    }
}

struct Lexer {
    private let source: SourceText
    private let bytes: [UInt8]
    private let options: JinjaOptions
    private var position = 0
    private var found: [Token] = []
    private var brackets: [UInt8] = []
    // True if the text before ended a line, so that a tag here is the first thing on its line.
    private var startsLine = true

    init(_ source: SourceText, options: JinjaOptions) {
        self.source = source
        self.bytes = source.bytes
        self.options = options
    }

    /// All tokens; the last one is `.end`.
    mutating func tokens() throws(JinjaError) -> [Token] {
        while position < bytes.count { try readText() }
        found.append(Token(kind: .end, offset: bytes.count))
        return found
    }

    // MARK: Text between tags

    private mutating func readText() throws(JinjaError) {
        let start = position
        var open = start
        while open < bytes.count, !(bytes[open] == UInt8(ascii: "{") && isTagKind(at: open + 1)) { open += 1 }
        guard open < bytes.count else {
            append(text: start..<open)
            position = open
            startsLine = false
            return
        }
        if let raw = rawBegin(at: open) {
            appendBefore(open, from: start, sign: sign(at: open + 2), strips: true)
            try readRaw(from: raw, open: open)
            return
        }
        let mark = sign(at: open + 2)
        let kind = bytes[open + 1]
        appendBefore(open, from: start, sign: mark, strips: kind != UInt8(ascii: "{"))
        position = open + (mark == nil ? 2 : 3)
        startsLine = false
        switch kind {
        case UInt8(ascii: "#"): try skipComment(open: open)
        case UInt8(ascii: "%"): try readTag(open: open, begin: .blockBegin, end: .blockEnd, close: UInt8(ascii: "%"))
        default: try readTag(open: open, begin: .variableBegin, end: .variableEnd, close: UInt8(ascii: "}"))
        }
    }

    private func isTagKind(at index: Int) -> Bool {
        guard index < bytes.count else { return false }
        return bytes[index] == UInt8(ascii: "{") || bytes[index] == UInt8(ascii: "%")
            || bytes[index] == UInt8(ascii: "#")
    }

    private func sign(at index: Int) -> UInt8? {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") else {
            return nil
        }
        return bytes[index]
    }

    private mutating func append(text range: Range<Int>) {
        guard !range.isEmpty else { return }
        found.append(Token(kind: .data(source.text(range)), offset: range.lowerBound))
    }

    /// Appends the text before a tag, stripped according to the tag's sign and the options.
    private mutating func appendBefore(_ open: Int, from start: Int, sign: UInt8?, strips: Bool) {
        var end = open
        if sign == UInt8(ascii: "-") {
            end = trimmedEnd(start..<open)
        } else if sign == nil, strips, options.lstripBlocks {
            let blank = trimmedEnd(start..<open)
            let lineStart = (bytes[start..<open].lastIndex(of: UInt8(ascii: "\n")) ?? (start - 1)) + 1
            if lineStart > start || startsLine, blank <= lineStart { end = lineStart }
        }
        append(text: start..<end)
    }

    private func trimmedEnd(_ range: Range<Int>) -> Int {
        var end = range.upperBound
        while let length = whitespaceLength(before: end), end - length >= range.lowerBound { end -= length }
        return end
    }

    // MARK: Raw blocks and comments

    /// The position after `{% raw %}` if there is one at `open`.
    private func rawBegin(at open: Int) -> Int? {
        guard bytes[open + 1] == UInt8(ascii: "%") else { return nil }
        return tagEnd(named: "raw", at: open)?.end
    }

    /// The end of a tag that is only a word, and the sign before its `%}` if there is one.
    private func tagEnd(named word: String, at open: Int) -> (end: Int, sign: UInt8?)? {
        var index = open + (sign(at: open + 2) == nil ? 2 : 3)
        skipWhitespace(&index)
        guard bytes[index...].starts(with: word.utf8) else { return nil }
        index += word.utf8.count
        skipWhitespace(&index)
        let mark = sign(at: index)
        if mark != nil { index += 1 }
        guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "%"), bytes[index + 1] == UInt8(ascii: "}")
        else { return nil }
        index += 2
        if mark == UInt8(ascii: "-") { skipWhitespace(&index) }
        return (index, mark)
    }

    private mutating func readRaw(from start: Int, open: Int) throws(JinjaError) {
        startsLine = bytes[start - 1] == UInt8(ascii: "\n")
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "{"), bytes[index + 1] == UInt8(ascii: "%"),
                let tag = tagEnd(named: "endraw", at: index)
            {
                appendBefore(index, from: start, sign: sign(at: index + 2), strips: true)
                position = tag.end
                if tag.sign == nil { skipTrimmedNewline() }
                startsLine = bytes[position - 1] == UInt8(ascii: "\n")
                return
            }
            index += 1
        }
        throw source.error("this raw block has no end. Write {% endraw %} after it.", at: open)
    }

    private mutating func skipComment(open: Int) throws(JinjaError) {
        var index = position
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "#"), bytes[index + 1] == UInt8(ascii: "}") {
                let mark = index > position ? sign(at: index - 1) : nil
                position = index + 2
                finishTag(mark, trims: true)
                return
            }
            index += 1
        }
        throw source.error("this comment has no end. Write #} after it.", at: open)
    }

    /// Skips the whitespace after a tag's end, according to its sign and the options.
    private mutating func finishTag(_ mark: UInt8?, trims: Bool) {
        if mark == UInt8(ascii: "-") {
            skipWhitespace(&position)
        } else if mark == nil, trims {
            skipTrimmedNewline()
        }
        startsLine = bytes[position - 1] == UInt8(ascii: "\n")
    }

    private mutating func skipTrimmedNewline() {
        if options.trimBlocks, position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
    }

    // MARK: Tags

    private mutating func readTag(open: Int, begin: Token.Kind, end: Token.Kind, close: UInt8) throws(JinjaError) {
        found.append(Token(kind: begin, offset: open))
        brackets = []
        while true {
            skipWhitespace(&position)
            guard position < bytes.count else {
                let closing = close == UInt8(ascii: "%") ? "%}" : "}}"
                throw source.error("this tag has no end. Write \(closing) after it.", at: open)
            }
            if brackets.isEmpty, endTag(end, close: close) { return }
            try readToken()
        }
    }

    private mutating func endTag(_ end: Token.Kind, close: UInt8) -> Bool {
        var index = position
        let mark = sign(at: index)
        // A variable tag cannot end with "+}}".
        if let mark, mark == UInt8(ascii: "-") || close == UInt8(ascii: "%") { index += 1 }
        guard index + 1 < bytes.count, bytes[index] == close, bytes[index + 1] == UInt8(ascii: "}") else {
            return false
        }
        found.append(Token(kind: end, offset: position))
        position = index + 2
        finishTag(mark, trims: close == UInt8(ascii: "%"))
        return true
    }

    private mutating func readToken() throws(JinjaError) {
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            try readNumber()
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            try readString(quote: byte)
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
            try readName()
        default:
            try readSymbol()
        }
    }

    private static let longestName = 1000

    private mutating func readName() throws(JinjaError) {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if isNameByte(byte) {
                position += 1
            } else if byte >= 0x80, let (scalar, length) = scalar(at: position), scalar.properties.isXIDContinue {
                position += length
            } else {
                break
            }
        }
        // Each lookup hashes the name and costs one step, so names must be short.
        guard position - start <= Self.longestName else {
            throw source.error("this name is longer than \(Self.longestName) bytes.", at: start)
        }
        let name = source.text(start..<position)
        guard let first = name.unicodeScalars.first, first == "_" || first.properties.isXIDStart else {
            throw source.error("a character that no name or operator begins with.", at: start)
        }
        found.append(Token(kind: .name(name), offset: start))
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private mutating func readNumber() throws(JinjaError) {
        let afterDot = found.last?.kind == .symbol(".") && position > 0 && bytes[position - 1] == UInt8(ascii: ".")
        let start = position
        let (kind, end) = try NumberLiteral.read(source, from: position, allowsFloat: !afterDot)
        position = end
        found.append(Token(kind: kind, offset: start))
    }

    private mutating func readString(quote: UInt8) throws(JinjaError) {
        let start = position
        var index = start + 1
        while index < bytes.count, bytes[index] != quote {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < bytes.count else {
            throw source.error("this string has no end. Close it with the quote it begins with.", at: start)
        }
        let text = try StringLiteral.unescape(source, start + 1..<index)
        found.append(Token(kind: .string(text), offset: start))
        position = index + 1
    }

    private static let longSymbols = ["//", "**", "==", "!=", ">=", "<="].map { Array($0.utf8) }
    private static let shortSymbols = Set("+-/*%~[](){}><=.:|,;".utf8)

    private mutating func readSymbol() throws(JinjaError) {
        let start = position
        if let long = Self.longSymbols.first(where: { bytes[start...].starts(with: $0) }) {
            position += 2
            found.append(Token(kind: .symbol(String(decoding: long, as: UTF8.self)), offset: start))
            return
        }
        let byte = bytes[start]
        let text = source.text(start..<start + 1)
        guard Self.shortSymbols.contains(byte) else { throw source.error("unexpected character '\(text)'.", at: start) }
        switch byte {
        case UInt8(ascii: "("): brackets.append(UInt8(ascii: ")"))
        case UInt8(ascii: "["): brackets.append(UInt8(ascii: "]"))
        case UInt8(ascii: "{"): brackets.append(UInt8(ascii: "}"))
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            guard let expected = brackets.popLast() else {
                throw source.error("unexpected '\(text)': no bracket is open here.", at: start)
            }
            guard expected == byte else {
                let wanted = String(decoding: [expected], as: UTF8.self)
                throw source.error("unexpected '\(text)', expected '\(wanted)'.", at: start)
            }
        default: break
        }
        position += 1
        found.append(Token(kind: .symbol(text), offset: start))
    }

    // MARK: Whitespace

    private func skipWhitespace(_ index: inout Int) {
        while index < bytes.count {
            if bytes[index] < 0x80 {
                guard PythonText.isWhitespace(Unicode.Scalar(bytes[index])) else { return }
                index += 1
            } else if let (scalar, length) = scalar(at: index), PythonText.isWhitespace(scalar) {
                index += length
            } else {
                return
            }
        }
    }

    private func whitespaceLength(before end: Int) -> Int? {
        guard end > 0 else { return nil }
        if bytes[end - 1] < 0x80 { return PythonText.isWhitespace(Unicode.Scalar(bytes[end - 1])) ? 1 : nil }
        var start = end - 1
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        guard let (scalar, length) = scalar(at: start), PythonText.isWhitespace(scalar) else { return nil }
        return length
    }

    private func scalar(at index: Int) -> (Unicode.Scalar, length: Int)? {
        let length = bytes[index] >= 0xF0 ? 4 : bytes[index] >= 0xE0 ? 3 : bytes[index] >= 0xC0 ? 2 : 1
        guard index + length <= bytes.count else { return nil }
        guard let scalar = source.text(index..<index + length).unicodeScalars.first else { return nil }
        return (scalar, length)
    }
}
