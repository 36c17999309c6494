// Keeps the hard limits of one draft, so that it stays within them and ends between units.
// - What is judged `fits` keeps every limit; nothing else is ever added to a text.
// - Lengths are exact: the bounds only spare the measuring of texts that are far from their limits.

import Generation
import Text

/// Keeps hard limits.
struct LimitRule: DraftRule {
    let limits: LengthLimits
    private var bounds = LengthBounds()

    /// `nil` if nothing is to be kept.
    init?(_ limits: LengthLimits) {
        guard limits.hard, !limits.isEmpty else { return nil }
        self.limits = limits
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        bounds.add(bytes)
        return .continues
    }

    mutating func rollBack(to text: DraftText) {
        bounds = LengthBounds()
        bounds.add(text.body)
    }

    func judge(_ token: [UInt8], after body: ArraySlice<UInt8>, reserved: ReservedRoom) -> RuleVerdict {
        var limits = limits
        limits.characters = limits.characters.map { $0 - reserved.characters }
        limits.words = limits.words.map { $0 - reserved.words }
        return judge(token, after: body, limits)
    }

    private func judge(_ token: [UInt8], after body: ArraySlice<UInt8>, _ limits: LengthLimits) -> RuleVerdict {
        guard !token.isEmpty else { return .fits }
        if limits.lines != nil, let end = endOfLastLine(token, after: body) {
            guard end > 0 else { return .ends(byteCount: 0) }
            let verdict = judge(Array(token[..<end]), after: body, limits)
            return verdict == .fits ? .ends(byteCount: end) : verdict
        }
        var sum = bounds
        sum.add(token)
        if sum.isWithin(limits) { return .fits }
        let text = body + token
        let length = length(of: text)
        if isWithin(length, limits, token: token, after: body) {
            guard let end = endBehindLastSentence(text) else { return .fits }
            return end > body.endIndex ? .ends(byteCount: end - body.endIndex) : .endsBefore(offset: end)
        }
        if let count = fittingPart(of: token, after: body, limits) { return .ends(byteCount: count) }
        switch TextUnits.place(at: body.endIndex, in: text, isComplete: false) {
        case .inside(let start): return .unitOutOfRoom(start: max(start, body.startIndex))
        case .open: return .open
        // Half a character may be a mark of the one before it.
        case .end: return UTF8Text.incompleteTailCount(text) > 0 ? .open : .outOfRoom
        }
    }

    /// The length of a text whose last bytes may be half a character, which then counts.
    private func length(of text: ArraySlice<UInt8>) -> TextLength {
        var running = RunningLength()
        running.append(String(decoding: text, as: UTF8.self))
        var length = TextLength()
        length.characters = running.characters(countsWideAsTwo: limits.countsWideAsTwo)
        length.words = running.words
        length.lines = running.lines
        if limits.countsWideAsTwo, UTF8Text.incompleteTailCount(text) > 0 { length.characters += 1 }
        return length
    }

    private func isWithin(
        _ length: TextLength, _ limits: LengthLimits, token: [UInt8], after body: ArraySlice<UInt8>
    ) -> Bool {
        guard length.characters <= limits.characters ?? .max, length.words <= limits.words ?? .max,
            length.lines <= limits.lines ?? .max
        else { return false }
        // Behind the last word stand a few marks or emoji, and no row of them without end.
        if length.words == limits.words ?? .max, Self.wordlessTail(body + token) > 8 { return false }
        // White space behind which no character fits leads nowhere.
        if TextLength.trimmed(String(decoding: token, as: UTF8.self)).isEmpty {
            if remainingCharacters(limits, after: body + token) < 1 { return false }
            if let words = limits.words, length.words == words { return false }
        }
        return true
    }

    /// The characters behind the last letter or digit.
    private static func wordlessTail(_ text: ArraySlice<UInt8>) -> Int {
        String(decoding: text.suffix(200), as: UTF8.self).reversed()
            .prefix { !$0.unicodeScalars.contains { $0.properties.isAlphabetic || $0.properties.numericType != nil } }
            .count
    }

    /// How much of a token that is too long ends the unit before it: of "50 now" behind "$3." the first two bytes.
    private func fittingPart(of token: [UInt8], after body: ArraySlice<UInt8>, _ limits: LengthLimits) -> Int? {
        guard token.count > 1 else { return nil }
        let text = body + token
        guard TextUnits.place(at: body.endIndex, in: text, isComplete: false) != .end else { return nil }
        return (1..<token.count).last { count in
            guard token[count] & 0xC0 != 0x80, !UTF8Text.isASCIIWhitespace(token[count - 1]),
                TextUnits.place(at: body.endIndex + count, in: text, isComplete: false) == .end
            else { return false }
            return isWithin(length(of: body + token[..<count]), limits, token: Array(token[..<count]), after: body)
        }
    }

    /// Where the text ends if a sentence too many has begun for certain.
    private func endBehindLastSentence(_ text: ArraySlice<UInt8>) -> Int? {
        guard let limit = limits.sentences else { return nil }
        let ends = Sentences.ends(in: String(decoding: text, as: UTF8.self), isComplete: false).filter(\.isCertain)
        guard ends.count >= max(limit, 1) else { return nil }
        return text.startIndex + ends[max(limit, 1) - 1].offset
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

    /// How many characters can still be added behind the text with the white space at its end.
    private func remainingCharacters(_ limits: LengthLimits, after text: ArraySlice<UInt8>) -> Int {
        guard let limit = limits.characters else { return .max }
        let string = String(decoding: text, as: UTF8.self)
        let kept = TextLength.trimmed(string)
        guard !kept.isEmpty else { return limit }
        let spaces = string.unicodeScalars[kept.endIndex...].count
        return limit - length(of: text).characters - spaces
    }

    func remaining(after body: ArraySlice<UInt8>) -> TextRoom {
        let length = length(of: body)
        var room = TextRoom()
        room.characters = remainingCharacters(limits, after: body)
        room.words = limits.words.map { $0 - length.words } ?? .max
        room.characterLimit = limits.characters
        room.wordLimit = limits.words
        room.countsWideAsTwo = limits.countsWideAsTwo
        room.isLastLine = length.lines >= limits.lines ?? .max
        if let sentences = limits.sentences {
            room.isLastSentence = Sentences.count(in: String(decoding: body, as: UTF8.self)) >= sentences
        }
        return room
    }

    /// Where a complete text ends if it has a sentence too many; `nil` if it has not.
    func end(of body: ArraySlice<UInt8>) -> Int? {
        guard let limit = limits.sentences, bounds.mayHold(sentences: limit + 1) else { return nil }
        let ends = Sentences.ends(in: String(decoding: body, as: UTF8.self), isComplete: true)
        return ends.count >= max(limit, 1) ? body.startIndex + ends[max(limit, 1) - 1].offset : nil
    }

    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? {
        // Units of several words are looked for only if the text may have to end before they do.
        var first = bounds.isFar(from: limits) ? TextEnds.runStart(body) : TextUnits.openStart(in: body)
        if let limit = limits.sentences, bounds.mayHold(sentences: limit + 1) {
            let ends = Sentences.ends(in: String(decoding: body, as: UTF8.self), isComplete: false)
            if ends.count >= max(limit, 1) {
                let end = body.startIndex + ends[max(limit, 1) - 1].offset
                first = min(first ?? end, end)
            }
        }
        return first
    }

    /// Whether the text is so near a limit on characters or words that it has to end within a few words.
    var isNearEnd: Bool {
        if let limit = limits.characters, bounds.isNear(characters: limit - 32, wideAsTwo: limits.countsWideAsTwo) {
            return true
        }
        return limits.words.map { bounds.words >= $0 - 6 } ?? false
    }
}

/// Upper bounds of a text's lengths that cost next to nothing to keep.
struct LengthBounds {
    /// Characters that begin: a cluster has at least one, and at most two columns each.
    private(set) var scalars = 0
    /// Scalars beyond ASCII: each may be wide, or a word of its own.
    private(set) var wide = 0
    /// Words as far as a letter beyond ASCII is one: about as many as there are.
    private(set) var words = 0
    /// The most words there can be: what follows a Han character is a word too.
    private(set) var mostWords = 0
    private(set) var sentences = 1
    private(set) var lines = 1
    private var insideWord = false
    private var isBehindWide = false

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            switch byte {
            case 0x80...0xBF where insideWord: continue
            case 0x80...: wide += 1
            case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), 0x0D: sentences += 1
            case 0x0A:
                lines += 1
                sentences += 1
            default: break
            }
            scalars += 1
            let isSpace = byte == 0x20 || (9...13).contains(byte)
            if byte >= 0x80 || (!isSpace && !insideWord) { words += 1 }
            if byte >= 0x80 || (!isSpace && (!insideWord || isBehindWide)) { mostWords += 1 }
            insideWord = !isSpace
            isBehindWide = byte >= 0x80
        }
    }

    func isNear(characters limit: Int, wideAsTwo: Bool) -> Bool { scalars + (wideAsTwo ? wide : 0) >= limit }

    /// Whether a unit that begins here fits, however long it is: units of several words are shorter.
    func isFar(from limits: LengthLimits) -> Bool {
        if let characters = limits.characters, scalars + (limits.countsWideAsTwo ? wide : 0) + 160 > characters {
            return false
        }
        return limits.words.map { words + 24 <= $0 } ?? true
    }

    func mayHold(sentences count: Int) -> Bool { sentences + wide >= count }

    func isWithin(_ limits: LengthLimits) -> Bool {
        if let characters = limits.characters, scalars + (limits.countsWideAsTwo ? wide : 0) >= characters {
            return false
        }
        if let words = limits.words, mostWords >= words { return false }
        if let sentences = limits.sentences, mayHold(sentences: sentences + 1) { return false }
        if let lines = limits.lines, self.lines > lines { return false }
        return true
    }
}
