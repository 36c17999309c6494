// The word at the end of a text, and whether a token goes on with it.

struct WordEnd {
    /// Where the last run of characters without a place to break begins; `nil` after whitespace, after a
    /// character that stands alone, and in an empty text.
    let start: Int?
    private let last: Unicode.Scalar?
    private let isInsideCharacter: Bool

    init(of text: ArraySlice<UInt8>) {
        let tail = UTF8Text.incompleteTailCount(text)
        isInsideCharacter = tail > 0
        var rest = text.dropLast(tail)
        last = UTF8Text.lastScalar(rest)?.scalar
        var start = tail > 0 ? rest.endIndex : nil
        var afterExtenders: Int?
        while let (scalar, byteCount) = UTF8Text.lastScalar(rest) {
            let kind = ScalarClass(scalar)
            if kind == .whitespace || kind == .standalone { break }
            rest = rest.dropLast(byteCount)
            if kind == .extender {
                afterExtenders = afterExtenders ?? rest.endIndex
            } else {
                start = rest.endIndex
                afterExtenders = nil
            }
        }
        self.start = start
    }

    /// Whether the bytes of a token go on with the word, so that the word is not whole without them.
    func isContinued(by token: [UInt8]) -> Bool {
        if isInsideCharacter { return true }
        guard let last, start != nil else { return false }
        guard let first = UTF8Text.firstScalar(token[...]) else { return true }
        switch ScalarClass(first) {
        case .whitespace, .standalone: return false
        case .word, .extender: return true
        case .punctuation:
            if ScalarClass.isConnector(first) { return true }
            // "example" + ".com": a word follows within the token. "end" + ".\"" is no such case.
            let second = UTF8Text.firstScalar(token.dropFirst(String(first).utf8.count))
            return second.map { ScalarClass($0) == .word } ?? false && ScalarClass(last) == .word
        }
    }

    /// Whether a text may end after these characters: not on a dash, an opening quote or a comma.
    static func danglingByteCount(_ text: ArraySlice<UInt8>) -> Int {
        var rest = text
        while let (scalar, byteCount) = UTF8Text.lastScalar(rest), isDangling(scalar) {
            rest = rest.dropLast(byteCount)
        }
        return text.count - rest.count
    }

    private static func isDangling(_ scalar: Unicode.Scalar) -> Bool {
        if ScalarClass(scalar) == .whitespace { return true }
        switch scalar.properties.generalCategory {
        case .dashPunctuation, .openPunctuation, .initialPunctuation: return true
        default: return [",", ";", ":", "&", "/", "\u{FF0C}", "\u{3001}", "\u{FF1A}", "\u{FF1B}"].contains(scalar)
        }
    }
}
