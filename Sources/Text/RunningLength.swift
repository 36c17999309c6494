// The length of a growing text; an append costs as much as the new text is long.
// - Any pieces give the same as one append of the whole text, even if a piece begins inside the last character.
// - ASCII is counted byte by byte, because a cluster ends between any two of its characters except CR LF.

/// Counts characters, columns, words and lines while a text grows.
public struct RunningLength: Sendable, Hashable {
    /// The text before the last character.
    private var settled = Tally()
    private var last: Character?

    public init() {}

    /// The length of a text that is already split into characters.
    public init(_ characters: some Sequence<Character>) {
        for character in characters { settled.add(character) }
    }

    public mutating func append(_ piece: String) {
        guard !piece.isEmpty else { return }
        var joined = last.map { String($0) + piece } ?? piece
        last = joined.withUTF8 { settle($0) }
    }

    /// Counts all characters but the last one.
    /// - Returns: the last one.
    private mutating func settle(_ bytes: UnsafeBufferPointer<UInt8>) -> Character? {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isCharacter(bytes, index) {
                let isPair = byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
                let end = index + (isPair ? 2 : 1)
                if end == bytes.count { return isPair ? "\r\n" : Character(Unicode.Scalar(byte)) }
                settled.addASCII(isPair ? 0x0A : byte)
                index = end
            } else {
                var end = index + 1
                while end < bytes.count, !isCharacter(bytes, end) { end += 1 }
                let part = String(decoding: UnsafeBufferPointer(rebasing: bytes[index..<end]), as: UTF8.self)
                if end == bytes.count {
                    for character in part.dropLast() { settled.add(character) }
                    return part.last
                }
                for character in part { settled.add(character) }
                index = end
            }
        }
        return nil
    }

    /// True if a byte is a character whatever stands beside it: a control character, or ASCII between ASCII.
    private func isCharacter(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        let byte = bytes[index]
        guard byte < 0x80 else { return false }
        if byte < 0x20 || byte == 0x7F { return true }
        return (index == 0 || bytes[index - 1] < 0x80) && (index + 1 == bytes.count || bytes[index + 1] < 0x80)
    }

    /// Grapheme clusters without the white space at the ends; a wide one counts as two if asked.
    public func characters(countsWideAsTwo: Bool) -> Int { countsWideAsTwo ? tally.columns : tally.characters }
    public var words: Int { tally.words }
    /// Lines that hold text.
    public var lines: Int { tally.lines }

    private var tally: Tally {
        var tally = settled
        if let last { tally.add(last) }
        return tally
    }
}

extension RunningLength {
    private struct Tally: Sendable, Hashable {
        /// Up to the last character that is not white space.
        var characters = 0
        var columns = 0
        var words = 0
        var lines = 0
        /// White space since then.
        private var openCharacters = 0
        private var openColumns = 0
        /// True if the current run of other scripts has counted as a word already.
        private var isInWord = false
        private var isInLine = false

        mutating func add(_ character: Character) {
            if let byte = character.asciiValue { return addASCII(byte) }
            // A mark behind white space shares its cluster and is text.
            let isBlank = character.unicodeScalars.allSatisfy(\.isWhitespace)
            if isBlank {
                addBlank(columns: Columns.of(character))
            } else {
                addText(columns: Columns.of(character))
                addToWords(character)
            }
        }

        mutating func addASCII(_ byte: UInt8) {
            if UTF8Text.isASCIIWhitespace(byte) {
                // "\r\n" is one character, with the value of "\n".
                if byte == 0x0A { isInLine = false }
                return addBlank(columns: 1)
            }
            addText(columns: 1)
            if !isInWord, Unicode.Scalar(byte).isLetterOrDigit {
                words += 1
                isInWord = true
            }
        }

        private mutating func addBlank(columns count: Int) {
            isInWord = false
            guard characters > 0 else { return }
            openCharacters += 1
            openColumns += count
        }

        private mutating func addText(columns count: Int) {
            characters += openCharacters + 1
            columns += openColumns + count
            openCharacters = 0
            openColumns = 0
            if !isInLine {
                isInLine = true
                lines += 1
            }
        }

        private mutating func addToWords(_ character: Character) {
            guard let first = character.unicodeScalars.first else { return }
            if first.isHanOrKana {
                words += 1
                isInWord = false
            } else if first.isWhitespace {
                isInWord = false
            } else if !isInWord, character.unicodeScalars.contains(where: \.isLetterOrDigit) {
                words += 1
                isInWord = true
            } else if isWideMark(first) {
                isInWord = false
            }
        }

        /// Punctuation of Han and kana ends a word of another script: "Swift、Rust" are two words.
        private func isWideMark(_ scalar: Unicode.Scalar) -> Bool {
            (0x3000...0x303F).contains(scalar.value)
                || (0xFF01...0xFF65).contains(scalar.value)
                    && !scalar.isLetterOrDigit
        }
    }
}
