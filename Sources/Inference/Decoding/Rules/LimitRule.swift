// Keeps one draft within its hard limits, and lets it end only between units.
// - A text that is judged `fits` keeps every limit; nothing else is ever added.
// - Lengths are exact. The bounds only save measuring texts that are far from their limits.

import Generation
import Text

/// Keeps the hard limits.
struct LimitRule: DraftRule {
    let limits: LengthLimits
    private var bounds = LengthBounds()

    /// `nil` if there is nothing to keep.
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
        // Half a character may turn out to be a mark on the character before it.
        case .end: return UTF8Text.incompleteTailCount(text) > 0 ? .open : .outOfRoom
        }
    }

    /// The length of a text; half a character at its end counts as one.
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
        // Allow a few marks or emoji after the last word, but not an endless row.
        if length.words == limits.words ?? .max, Self.wordlessTail(body + token) > 8 { return false }
        // White space is useless if no character fits after it.
        if TextLength.trimmed(String(decoding: token, as: UTF8.self)).isEmpty {
            if remainingCharacters(limits, after: body + token) < 1 { return false }
            if let words = limits.words, length.words == words { return false }
        }
        return true
    }

    /// How many characters follow the last letter or digit.
    private static func wordlessTail(_ text: ArraySlice<UInt8>) -> Int {
        String(decoding: text.suffix(200), as: UTF8.self).reversed()
            .prefix { !$0.unicodeScalars.contains { $0.properties.isAlphabetic || $0.properties.numericType != nil } }
            .count
    }

    /// How many bytes of a token that is too long end the unit before it: of "50 now" after "$3." the first two.
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

    /// The place where the text ends if it certainly has one sentence too many.
    private func endBehindLastSentence(_ text: ArraySlice<UInt8>) -> Int? {
        guard let limit = limits.sentences else { return nil }
        let ends = Sentences.ends(in: String(decoding: text, as: UTF8.self), isComplete: false).filter(\.isCertain)
        guard ends.count >= max(limit, 1) else { return nil }
        return text.startIndex + ends[max(limit, 1) - 1].offset
    }

    /// The offset in the token of the line feed that would begin one line too many.
    private func endOfLastLine(_ token: [UInt8], after text: ArraySlice<UInt8>) -> Int? {
        guard let limit = limits.lines, let first = token.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        var end = first
        while true {
            if length(of: text + token[..<end]).lines >= limit { return end }
            guard let next = token[(end + 1)...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            end = next
        }
    }

    /// How many characters fit after the text and its trailing white space.
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

    /// The place where a complete text ends if it has one sentence too many; `nil` if it does not.
    func end(of body: ArraySlice<UInt8>) -> Int? {
        guard let limit = limits.sentences, bounds.mayHold(sentences: limit + 1) else { return nil }
        let ends = Sentences.ends(in: String(decoding: body, as: UTF8.self), isComplete: true)
        return ends.count >= max(limit, 1) ? body.startIndex + ends[max(limit, 1) - 1].offset : nil
    }

    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? {
        // Look for units of several words only if the text may have to end before they do.
        var first = bounds.isFar(from: limits) ? TextEnds.runStart(body) : TextUnits.openStart(in: body)
        if let limit = limits.sentences, bounds.mayHold(sentences: limit + 1) {
            let ends = Sentences.ends(in: String(decoding: body, as: UTF8.self), isComplete: false)
            if ends.count >= max(limit, 1) {
                let end = body.startIndex + ends[max(limit, 1) - 1].offset
                first = min(first ?? end, end)
            }
        }
        // If no more words fit, the text must not end on "of the".
        if !bounds.isFar(from: limits) {
            let count = TextEnds.danglingWordByteCount(body)
            if count > 0 { first = min(first ?? body.endIndex, body.endIndex - count) }
        }
        return first
    }

    /// True if the room that is left is so scarce that the end of the text should be planned.
    var isScarce: Bool {
        if let limit = limits.characters, bounds.isNear(characters: limit - 40, wideAsTwo: limits.countsWideAsTwo) {
            return true
        }
        return limits.words.map { bounds.words >= $0 - 10 } ?? false
    }

    /// True if the text is so near a limit on characters or words that it must end within a few words.
    var isNearEnd: Bool {
        if let limit = limits.characters, bounds.isNear(characters: limit - 32, wideAsTwo: limits.countsWideAsTwo) {
            return true
        }
        return limits.words.map { bounds.words >= $0 - 6 } ?? false
    }
}

/// Upper bounds of a text's lengths, cheap to update.
struct LengthBounds {
    /// Counts lead bytes: a character has at least one, and is at most two columns wide for each.
    private(set) var scalars = 0
    /// Scalars beyond ASCII: each may be wide, or a word of its own.
    private(set) var wide = 0
    /// About how many words there are, if each letter beyond ASCII counts as one.
    private(set) var words = 0
    /// The most words there can be, because text right after a Han character begins another word.
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

    /// True if every unit that begins here fits, because units of several words are shorter than this.
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
