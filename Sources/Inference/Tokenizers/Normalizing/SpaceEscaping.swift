// How SentencePiece vocabularies write spaces, and the normalization before a text is cut.

enum SpaceEscaping {
    /// U+2581 in UTF-8.
    static let mark: [UInt8] = [0xE2, 0x96, 0x81]

    /// Replaces each space by the mark.
    static func escaped(_ text: some Sequence<UInt8>) -> [UInt8] {
        var escaped: [UInt8] = []
        for byte in text {
            if byte == 0x20 { escaped.append(contentsOf: mark) } else { escaped.append(byte) }
        }
        return escaped
    }

    /// Appends a text with a space instead of each mark.
    static func appendUnescaped(_ text: ArraySlice<UInt8>, to plain: inout [UInt8]) {
        // Most tokens have no mark, or one at their beginning.
        guard text.contains(mark[0]) else { return plain.append(contentsOf: text) }
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == mark[0], text.endIndex - index >= 3, text[index + 1] == mark[1],
                text[index + 2] == mark[2]
            {
                plain.append(0x20)
                index += 3
            } else {
                plain.append(text[index])
                index += 1
            }
        }
    }
}

/// Normalizes a text as SentencePiece does before a unigram model cuts it.
struct UnigramNormalizer: Sendable {
    let map: CharactersMap?
    let mergesSpaces: Bool

    /// The text after the table's replacements, with spaces escaped, and with one in front if the model wants it.
    func normalized(_ text: [UInt8], addsSpacePrefix: Bool) -> [UInt8] {
        var output: [UInt8] = []
        var isInWord = false
        var hasPrefix = false
        func append(_ byte: UInt8) {
            if byte == 0x20 {
                isInWord = false
                if !mergesSpaces { output.append(contentsOf: SpaceEscaping.mark) }
                return
            }
            if !isInWord {
                isInWord = true
                if addsSpacePrefix && !hasPrefix || mergesSpaces {
                    output.append(contentsOf: SpaceEscaping.mark)
                    hasPrefix = true
                }
            }
            output.append(byte)
        }
        var index = 0
        while index < text.count {
            if let match = map?.match(text, at: index) {
                match.replacement.forEach(append)
                index += match.length
            } else {
                let step = UTF8Step(text, at: index, end: text.count)
                (step.isValid ? Array(text[index..<index + step.length]) : [0xEF, 0xBF, 0xBD]).forEach(append)
                index += step.length
            }
        }
        return output
    }
}
