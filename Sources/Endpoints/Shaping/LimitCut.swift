// Where a text ends that a server wrote beyond its hard limits.
// - A cut text keeps every limit, and ends between units: words, numbers, prices, addresses.
// - If not even its first unit fits, it ends inside that unit: what a server wrote is never lost as a whole.
// - What may have to go is held back while the text grows, so nothing that was reported is taken back.

import Generation
import Text

/// Keeps the hard limits of a growing text that somebody else writes.
struct LimitCut {
    let limits: LengthLimits
    /// True if the end that was found lies inside a unit.
    private(set) var endsInsideUnit = false
    private var length = RunningLength()
    /// How many marks there are that may end a sentence.
    private var markCount = 0

    /// Near a limit a unit is reported when it is complete. Units are shorter than this.
    private static let nearCharacters = 160
    private static let nearWords = 24
    /// How far behind a place its unit may reach, in bytes.
    private static let unitReach = 320
    /// A run of so many bytes without white space is held back even far from the limits.
    private static let longRun = 64

    /// `nil` if there is nothing to keep.
    init?(_ limits: LengthLimits) {
        guard limits.hard, !limits.isEmpty else { return nil }
        self.limits = limits
    }

    /// Takes in the next piece of the text.
    mutating func add(_ piece: String) {
        length.append(piece)
        guard limits.sentences != nil else { return }
        markCount += piece.unicodeScalars.count { Sentences.isTerminator($0) || $0 == "\n" }
    }

    /// Where the text ends that was taken in so far; `nil` if it keeps its limits, or if only more text will tell.
    /// - Parameters:
    ///   - body: the whole text, without the white space before it.
    ///   - isComplete: true if nothing follows.
    mutating func end(of body: ArraySlice<UInt8>, isComplete: Bool) -> Int? {
        var end: Int?
        endsInsideUnit = false
        if let limit = limits.lines, length.lines > limit { end = Self.endOfLine(limit, of: body) }
        if let limit = limits.sentences, markCount >= limit {
            let ends = Sentences.ends(in: String(decoding: body, as: UTF8.self), isComplete: isComplete)
                .filter(\.isCertain)
            if ends.count >= max(limit, 1) {
                end = min(end ?? .max, body.startIndex + ends[max(limit, 1) - 1].offset)
            }
        }
        if isTooLong {
            let fitting = fittingEnd(of: body)
            if fitting < end ?? .max {
                guard let whole = Self.wholeEnd(before: fitting, in: body, isComplete: isComplete) else { return nil }
                end = whole.end
                if whole.end <= body.startIndex { end = whole.unitEnd }
                if end ?? 0 <= body.startIndex {
                    end = fitting
                    endsInsideUnit = fitting > body.startIndex
                }
            }
        }
        return end
    }

    /// The byte up to which the text stands, whatever follows.
    func certainEnd(of body: ArraySlice<UInt8>) -> Int {
        guard !isTooLong, length.lines <= limits.lines ?? .max else { return body.startIndex }
        var end = body.endIndex
        if isNear {
            end = min(end, TextUnits.openStart(in: body) ?? end)
            let count = TextEnds.danglingWordByteCount(body[..<end])
            end -= max(count, TextEnds.danglingByteCount(body[..<end]))
        } else {
            let start = TextEnds.runStart(body)
            if body.endIndex - start > Self.longRun { end = start }
        }
        if let limit = limits.sentences, markCount >= limit {
            let ends = Sentences.ends(in: String(decoding: body, as: UTF8.self), isComplete: false)
            if ends.count >= max(limit, 1) { end = min(end, body.startIndex + ends[max(limit, 1) - 1].offset) }
            // The marks behind the last word may begin a sentence, if a word follows them.
            if ends.count >= limit - 1 { end = min(end, Self.endOfLastWord(body)) }
        }
        return end
    }

    private static func endOfLastWord(_ body: ArraySlice<UInt8>) -> Int {
        var rest = body.dropLast(UTF8Text.incompleteTailCount(body))
        while let (scalar, count) = UTF8Text.lastScalar(rest), !scalar.properties.isAlphabetic,
            scalar.properties.numericType == nil
        {
            rest = rest.dropLast(count)
        }
        return rest.endIndex
    }

    private var isTooLong: Bool {
        length.characters(countsWideAsTwo: limits.countsWideAsTwo) > limits.characters ?? .max
            || length.words > limits.words ?? .max
    }

    private var isNear: Bool {
        if let limit = limits.characters,
            length.characters(countsWideAsTwo: limits.countsWideAsTwo) > limit - Self.nearCharacters
        {
            return true
        }
        return limits.words.map { length.words > $0 - Self.nearWords } ?? false
    }

    /// The end of the longest beginning that keeps the limits on characters and words.
    private func fittingEnd(of body: ArraySlice<UInt8>) -> Int {
        var running = RunningLength()
        var end = body.startIndex
        var place = body.startIndex
        for character in String(decoding: body, as: UTF8.self) {
            running.append(String(character))
            place += character.utf8.count
            guard running.characters(countsWideAsTwo: limits.countsWideAsTwo) <= limits.characters ?? .max,
                running.words <= limits.words ?? .max
            else { break }
            end = place
        }
        return end
    }

    /// The end of the last whole unit before a place, and the end of the text without the words that lead to what is
    /// missing; `nil` if only more text will tell.
    private static func wholeEnd(
        before place: Int, in body: ArraySlice<UInt8>, isComplete: Bool
    ) -> (end: Int, unitEnd: Int)? {
        var end = place
        switch TextUnits.place(at: end, in: body, isComplete: isComplete) {
        case .end: break
        case .inside(let start): end = start
        case .open(let start):
            guard isComplete || body.endIndex - place > unitReach else { return nil }
            end = start
        }
        let text = body[..<max(end, body.startIndex)]
        let unitEnd = text.endIndex - TextEnds.danglingByteCount(text)
        return (text.endIndex - max(TextEnds.danglingWordByteCount(text), TextEnds.danglingByteCount(text)), unitEnd)
    }

    /// The end of a line, counted from 1; lines without text do not count.
    private static func endOfLine(_ number: Int, of body: ArraySlice<UInt8>) -> Int {
        var count = 0
        var start = body.startIndex
        while start < body.endIndex {
            let end = body[start...].firstIndex(of: UInt8(ascii: "\n")) ?? body.endIndex
            if !TextLength.trimmed(String(decoding: body[start..<end], as: UTF8.self)).isEmpty { count += 1 }
            if count >= number { return end }
            start = end + 1
        }
        return body.endIndex
    }
}
