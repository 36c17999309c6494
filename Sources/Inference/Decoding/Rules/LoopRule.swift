// Ends a draft that runs in a loop, before it repeats itself once too often.
// - A sentence or a line may stand in a draft twice, and a run of six words three times, case and marks aside. Before the
//   next one the draft ends, at the end of the sentence before it. Sentences of up to three words may be repeated.
// - A sentence that may have to go is reported when it is complete.

import Generation
import Text

/// Ends one draft before its loop.
struct LoopRule: DraftRule {
    /// A complete sentence or line.
    private struct LoopPiece: Sendable {
        var start: Int
        /// Behind its last byte.
        var end: Int
        var words: Range<Int>
        var hash: UInt64
    }

    private var trail = WordTrail()
    /// The hash of each run of six complete words, by its last word.
    private var runs: [UInt64] = []
    private var runCounts: [UInt64: Int] = [:]
    /// How many runs stand in the text as often as they may.
    private var fullRunCount = 0
    private var pieces: [LoopPiece] = []
    private var pieceCounts: [UInt64: Int] = [:]

    private static let runLength = 6
    private static let mostRuns = 3
    private static let mostPieces = 2
    private static let shortestPiece = 4
    private static let shortestPieceOfCharacters = 8

    /// `nil` if a draft may repeat itself.
    init?(isOn: Bool) {
        guard isOn else { return nil }
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        let body = text.body
        let knownPieces = pieces.count
        let run = update(with: body)
        if let piece = pieces.dropFirst(knownPieces).first(where: { isOneTooMany($0) }) {
            return .ends(at: end(before: piece.start, in: text))
        }
        guard let run else { return .continues }
        let start = trail.words[run - Self.runLength + 1].start
        return .ends(at: end(before: start, in: text))
    }

    mutating func rollBack(to text: DraftText) { _ = update(with: text.body) }

    private func isOneTooMany(_ piece: LoopPiece) -> Bool { pieceCounts[piece.hash, default: 0] > Self.mostPieces }

    /// The sentence that is being written, if it may have to go.
    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? {
        let start = pieces.last?.end ?? body.startIndex
        if fullRunCount > 0 { return start }
        let words = trail.words[firstWord(from: start)...]
        let mayRepeat = pieces.contains { piece in
            pieceCounts[piece.hash, default: 0] >= Self.mostPieces && piece.words.count >= words.count
                && zip(trail.words[piece.words], words).allSatisfy { $0.hash == $1.hash }
        }
        return mayRepeat ? start : nil
    }

    func endOfComplete(_ text: DraftText) -> Int? {
        let start = pieces.last?.end ?? text.body.startIndex
        let words = trail.words[firstWord(from: start)...]
        guard isLong(words), pieceCounts[WordTrail.runHash(words), default: 0] >= Self.mostPieces else { return nil }
        return end(before: start, in: text)
    }

    // MARK: What stands in the text

    /// Reads a text that grew or was rolled back.
    /// - Returns: the last word of a run that occurs once too often, as an index of the words.
    private mutating func update(with body: ArraySlice<UInt8>) -> Int? {
        let known = trail.update(with: body)
        while runs.count > max(0, known - Self.runLength + 1) { removeRun() }
        while let last = pieces.last, last.end > body.endIndex || last.words.upperBound > known {
            pieceCounts[last.hash, default: 1] -= 1
            pieces.removeLast()
        }
        var loop: Int?
        let completeCount = trail.words.count - (trail.isOpen(in: body) ? 1 : 0)
        while runs.count + Self.runLength <= completeCount {
            let end = runs.count + Self.runLength
            if addRun(WordTrail.runHash(trail.words[runs.count..<end])), loop == nil { loop = end - 1 }
        }
        addPieces(of: body)
        return loop
    }

    /// - Returns: true if the run occurs once too often.
    private mutating func addRun(_ hash: UInt64) -> Bool {
        runs.append(hash)
        let count = runCounts[hash, default: 0] + 1
        runCounts[hash] = count
        if count == Self.mostRuns { fullRunCount += 1 }
        return count > Self.mostRuns
    }

    private mutating func removeRun() {
        let hash = runs.removeLast()
        let count = runCounts[hash, default: 1]
        if count == Self.mostRuns { fullRunCount -= 1 }
        runCounts[hash] = count > 1 ? count - 1 : nil
    }

    private mutating func addPieces(of body: ArraySlice<UInt8>) {
        var start = max(pieces.last?.end ?? body.startIndex, body.startIndex)
        while let end = Self.pieceEnd(in: body, from: start) {
            let first = pieces.last.map(\.words.upperBound) ?? 0
            let words = first..<firstWord(from: end)
            let hash = isLong(trail.words[words]) ? WordTrail.runHash(trail.words[words]) : 0
            pieces.append(LoopPiece(start: start, end: end, words: words, hash: hash))
            if hash != 0 { pieceCounts[hash, default: 0] += 1 }
            start = end
        }
    }

    private func isLong(_ words: ArraySlice<WordTrail.Word>) -> Bool {
        words.count >= (words.contains(where: \.isCharacter) ? Self.shortestPieceOfCharacters : Self.shortestPiece)
    }

    /// The first word that begins at a byte or behind it.
    private func firstWord(from offset: Int) -> Int {
        (trail.words.lastIndex { $0.start < offset }).map { $0 + 1 } ?? 0
    }

    /// The end of the sentence or line that begins at a byte; `nil` if it is not complete.
    /// Abbreviations end a piece too: that makes pieces shorter, and nothing else.
    private static func pieceEnd(in body: ArraySlice<UInt8>, from start: Int) -> Int? {
        var place = start
        var isBehindTerminator = false
        while place < body.endIndex {
            let lead = body[place]
            if lead == 0x0A {
                if place > start { return place + 1 }
                place += 1
                continue
            }
            let count = lead < 0x80 ? 1 : UTF8Text.expectedCount(lead: lead)
            guard place + count <= body.endIndex else { return nil }
            guard let scalar = UTF8Text.firstScalar(body[place..<(place + count)]) else { return nil }
            if ScalarClass(scalar) == .whitespace {
                if isBehindTerminator { return place }
            } else if Sentences.isTerminator(scalar) {
                // Full stops of Chinese and Japanese have no space behind them.
                if scalar.value >= 0x3000 { return place + count }
                isBehindTerminator = true
            } else if ScalarClass(scalar) != .punctuation {
                isBehindTerminator = false
            }
            place += count
        }
        return nil
    }

    /// The end of the sentence before a byte, or the byte itself if that sentence's end was reported already.
    private func end(before offset: Int, in text: DraftText) -> Int {
        let body = text.body
        let ends = Sentences.ends(in: String(decoding: body, as: UTF8.self), isComplete: true)
        let end = ends.last { body.startIndex + $0.offset <= offset }.map { body.startIndex + $0.offset }
        guard let end, text.isUnreported(fromByte: end) else { return offset }
        return end
    }
}
