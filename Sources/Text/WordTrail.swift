// The words of a growing text as they are compared: case and marks aside.
// - A word is a run of letters and digits; an apostrophe between letters belongs to it. Each character of Han or kana
//   is a word of its own.
// - Composed and decomposed letters are equal. Words are compared by a 64-bit hash.
// - `update` may be called with any text; it reads only what is new behind the last one.

/// The words of a text with their places.
public struct WordTrail: Sendable {
    public struct Word: Sendable, Hashable {
        public var hash: UInt64
        /// The bytes of the word, as indices of the text.
        public var start: Int
        public var end: Int
        /// True for a character of Han or kana.
        public var isCharacter: Bool
    }

    public private(set) var words: [Word] = []
    /// The text up to here was read.
    private var scannedEnd = 0

    public init() {}

    public init(_ text: String) {
        let bytes = Array(text.utf8)
        update(with: bytes[...])
    }

    /// True if the last word reaches the end of the text, so that it may continue.
    public func isOpen(in text: ArraySlice<UInt8>) -> Bool { words.last.map { $0.end >= text.endIndex } ?? false }

    /// Reads a text that grew or was rolled back since the last call.
    /// - Returns: how many words at the beginning are the same as before.
    @discardableResult
    public mutating func update(with text: ArraySlice<UInt8>) -> Int {
        let end = text.endIndex - UTF8Text.incompleteTailCount(text)
        // A word at the end may continue, and an apostrophe or a mark behind it may turn out to be a part of it.
        let known = min(scannedEnd, end)
        while let last = words.last, last.end + 4 >= known || last.start < text.startIndex { words.removeLast() }
        let keptCount = words.count
        var place = max(words.last?.end ?? text.startIndex, text.startIndex)
        while place < end { place = readWord(text, from: place, end: end) }
        scannedEnd = end
        return keptCount
    }

    /// Reads the next word and appends it.
    /// - Returns: the place behind it.
    private mutating func readWord(_ text: ArraySlice<UInt8>, from start: Int, end: Int) -> Int {
        var hash = Self.hashBasis
        var place = start
        var wordStart: Int?
        var wordEnd = start
        while place < end {
            let (scalar, count) = Self.scalar(text, place, end)
            if scalar.isHanOrKana {
                if wordStart != nil { break }
                var single = Self.hashBasis
                Self.add(scalar, to: &single)
                words.append(Word(hash: single, start: place, end: place + count, isCharacter: true))
                return place + count
            }
            if scalar.isLetterOrDigit || wordStart != nil && !scalar.isASCII && ScalarClass(scalar) == .extender {
                if wordStart == nil { wordStart = place }
                Self.add(scalar, to: &hash)
                wordEnd = place + count
            } else if wordStart != nil, !Self.isApostrophe(scalar, followedByLetterIn: text, place + count, end) {
                break
            }
            place += count
        }
        guard let wordStart else { return end }
        words.append(Word(hash: hash, start: wordStart, end: wordEnd, isCharacter: false))
        return wordEnd
    }

    private static func isApostrophe(
        _ scalar: Unicode.Scalar, followedByLetterIn text: ArraySlice<UInt8>, _ place: Int, _ end: Int
    ) -> Bool {
        (scalar == "'" || scalar == "\u{2019}") && place < end && Self.scalar(text, place, end).0.isLetterOrDigit
    }

    private static func scalar(_ text: ArraySlice<UInt8>, _ place: Int, _ end: Int) -> (Unicode.Scalar, Int) {
        let lead = text[place]
        if lead < 0x80 { return (Unicode.Scalar(lead), 1) }
        let count = min(UTF8Text.expectedCount(lead: lead), end - place)
        return (UTF8Text.firstScalar(text[place..<(place + count)]) ?? "\u{FFFD}", count)
    }

    // FNV-1a over the folded scalars.
    private static let hashBasis: UInt64 = 0xCBF2_9CE4_8422_2325

    private static func add(_ scalar: Unicode.Scalar, to hash: inout UInt64) {
        if scalar.isASCII {
            let byte = scalar.value
            mix((65...90).contains(byte) ? byte | 0x20 : byte, into: &hash)
            return
        }
        for part in CanonicalText.fold(scalar).unicodeScalars {
            for piece in CanonicalText.decomposition(of: part) { mix(piece.value, into: &hash) }
        }
    }

    private static func mix(_ value: UInt32, into hash: inout UInt64) {
        hash = (hash ^ UInt64(value)) &* 0x100_0000_01B3
    }

    /// One hash for a run of words.
    public static func runHash(_ words: some Sequence<Word>) -> UInt64 {
        var hash = hashBasis
        for word in words { hash = (hash ^ word.hash) &* 0x9E37_79B9_7F4A_7C15 &+ 0x7F4A_7C15 }
        return hash
    }
}
