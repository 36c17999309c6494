// Whether a token may follow, so that a text stays within its limits and ends on a whole word.
// - What is judged `fits` keeps every limit; nothing else is ever added to a text.
// - Lengths are exact: the bounds only spare the measuring of texts that are far from their limits.

import Generation

/// Keeps the hard limits of one draft.
struct LimitKeeper {
    /// What would come of adding a token.
    enum Verdict: Equatable {
        case fits
        /// The text ends here, with the first `byteCount` bytes of the token: the next line would be too many.
        case ends(byteCount: Int)
        /// The word that is being written does not fit: it has to be given up.
        case wordOutOfRoom
        /// The text is whole as it stands and the token begins something that does not fit.
        case textOutOfRoom
        /// A further sentence would be too many: the text ends here.
        case sentencesComplete
    }

    private(set) var limits: LengthLimits
    private var bounds = LengthBounds()

    /// `nil` where nothing is to be kept.
    init?(_ limits: LengthLimits) {
        guard limits.hard, !limits.isEmpty else { return nil }
        self.limits = limits
    }

    /// A keeper that leaves room for something that is to be written later.
    func reserving(characters: Int, words: Int) -> LimitKeeper {
        var keeper = self
        keeper.limits.characters = limits.characters.map { $0 - characters }
        keeper.limits.words = limits.words.map { $0 - words }
        return keeper
    }

    /// Counts a token's bytes that were added to the text.
    mutating func add(_ bytes: some Sequence<UInt8>) { bounds.add(bytes) }

    /// Counts anew after the end of the text was taken back.
    mutating func recount(_ text: ArraySlice<UInt8>) {
        bounds = LengthBounds()
        bounds.add(text)
    }

    /// Judges a token after a text.
    /// - Parameter text: the bytes of the draft without leading whitespace where that is trimmed.
    func judge(_ token: [UInt8], after text: ArraySlice<UInt8>) -> Verdict {
        guard !token.isEmpty else { return .fits }
        if limits.lines != nil, let end = endOfLastLine(token, after: text) {
            guard end > 0 else { return .ends(byteCount: 0) }
            let verdict = judge(Array(token[..<end]), after: text)
            return verdict == .fits ? .ends(byteCount: end) : verdict
        }
        var sum = bounds
        sum.add(token)
        if sum.isWithin(limits) { return .fits }
        let length = length(of: text + token)
        if isWithin(length, trailing: token, text: text) { return .fits }
        if let sentences = limits.sentences, length.sentences > sentences, length.words <= limits.words ?? .max,
            length.characters <= limits.characters ?? .max
        {
            return .sentencesComplete
        }
        return WordEnd(of: text).isContinued(by: token) ? .wordOutOfRoom : .textOutOfRoom
    }

    /// The length of a text whose last bytes may be half a character, which then counts.
    func length(of text: ArraySlice<UInt8>) -> TextLength {
        var length = TextLength(of: String(decoding: text, as: UTF8.self), countsWideAsTwo: limits.countsWideAsTwo)
        if limits.countsWideAsTwo, UTF8Text.incompleteTailCount(text) > 0 { length.characters += 1 }
        return length
    }

    /// How many characters can still be added after the text with the whitespace at its end.
    func remainingCharacters(after text: ArraySlice<UInt8>) -> Int {
        guard let limit = limits.characters else { return .max }
        let string = String(decoding: text, as: UTF8.self)
        let kept = TextLength.trimmed(string)
        guard !kept.isEmpty else { return limit }
        let spaces = string.unicodeScalars[kept.endIndex...].count
        return limit - length(of: text).characters - spaces
    }

    /// Whether the text is so near a limit on characters or words that it will have to end within a few words.
    var isNearEnd: Bool {
        if let limit = limits.characters, bounds.isNear(characters: limit - 32, wideAsTwo: limits.countsWideAsTwo) {
            return true
        }
        return limits.words.map { bounds.words >= $0 - 6 } ?? false
    }

    private func isWithin(_ length: TextLength, trailing token: [UInt8], text: ArraySlice<UInt8>) -> Bool {
        guard length.characters <= limits.characters ?? .max, length.words <= limits.words ?? .max,
            length.sentences <= limits.sentences ?? .max, length.lines <= limits.lines ?? .max
        else { return false }
        // Whitespace after which no character fits leads nowhere.
        if TextLength.trimmed(String(decoding: token, as: UTF8.self)).isEmpty {
            if remainingCharacters(after: text + token) < 1 { return false }
            if let words = limits.words, length.words == words { return false }
        }
        return true
    }

    /// Where in the token the line feed stands that would begin a line too many.
    private func endOfLastLine(_ token: [UInt8], after text: ArraySlice<UInt8>) -> Int? {
        guard let limit = limits.lines, let first = token.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        var end = first
        while true {
            if length(of: text + token[..<end]).lines >= limit { return end }
            guard let next = token[(end + 1)...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            end = next
        }
    }
}

/// Upper bounds of a text's lengths that cost next to nothing to keep.
struct LengthBounds {
    /// Characters that begin: a cluster has at least one, and at most two columns each.
    private(set) var scalars = 0
    /// Scalars beyond ASCII: each may be wide, or a word of its own.
    private(set) var wide = 0
    private(set) var words = 0
    private(set) var sentences = 1
    private(set) var lines = 1
    private var insideWord = false

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            switch byte {
            case 0x80...0xBF where insideWord: continue
            case 0x80...: wide += 1
            case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"): sentences += 1
            case 0x0A: lines += 1
            default: break
            }
            scalars += 1
            let isSpace = byte == 0x20 || (9...13).contains(byte)
            if byte >= 0x80 || (!isSpace && !insideWord) { words += 1 }
            insideWord = !isSpace
        }
    }

    func isNear(characters limit: Int, wideAsTwo: Bool) -> Bool { scalars + (wideAsTwo ? wide : 0) >= limit }

    func isWithin(_ limits: LengthLimits) -> Bool {
        if let characters = limits.characters, scalars + (limits.countsWideAsTwo ? wide : 0) >= characters {
            return false
        }
        if let words = limits.words, self.words >= words { return false }
        if let sentences = limits.sentences, self.sentences + wide > sentences { return false }
        if let lines = limits.lines, self.lines > lines { return false }
        return true
    }
}
