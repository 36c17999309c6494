// The text of one choice, piece by piece as a server sends it: cleaned, its beginning taken off, its thoughts apart.
// - The pieces together are the same wherever the server cuts the text.
// - Only a beginning that may still be a marker or the prefill is held back; `finish` gives it out.
// - Markers of thoughts count at the very beginning alone: a text about them stays as it is.

/// Splits the text of a choice into text and thoughts.
struct ChoiceText {
    enum Piece: Equatable {
        case text(String)
        case reasoning(String)
    }

    /// The beginnings and ends of thoughts that models write into their text.
    private static let markers: [(start: [UInt8], end: [UInt8])] =
        [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("[THINK]", "[/THINK]")]
        .map { (Array($0.0.utf8), Array($0.1.utf8)) }

    private enum Phase {
        /// The server may repeat the beginning that it was given.
        case prefill([UInt8])
        /// A marker may come.
        case opening
        /// Thoughts, up to this marker.
        case thinking(end: [UInt8])
        case text
    }

    private var phase: Phase
    private let splitsThoughts: Bool
    /// So many bytes of the prefill at the end of an answer are a repetition, and no answer of its own.
    private static let leastRepetition = 12
    /// True if line ends at the beginning of a text are no part of it.
    private let trimsStart: Bool
    /// Came, and is not given out yet.
    private var held: [UInt8] = []
    private var trimsText: Bool
    private var trimsReasoning = true
    private var textEndedWithReturn = false
    private var reasoningEndedWithReturn = false

    /// - Parameters:
    ///   - prefill: the beginning of the answer that the request gave; the server may repeat it.
    ///   - trimsStart: true for an answer; false for a text that continues another one.
    init(splitsThoughts: Bool, prefill: String?, trimsStart: Bool) {
        self.splitsThoughts = splitsThoughts
        let prefill = Array((prefill.map(CleanText.text) ?? "").utf8)
        self.trimsStart = trimsStart && prefill.isEmpty
        trimsText = self.trimsStart
        phase = prefill.isEmpty ? splitsThoughts ? .opening : .text : .prefill(prefill)
    }

    /// The next characters of the text as they came.
    mutating func take(text: some Collection<UInt8>) -> [Piece] {
        held += CleanText.bytes(text, endedWithReturn: &textEndedWithReturn)
        return advance(isEnd: false)
    }

    /// The next characters of thoughts that the server keeps apart itself.
    mutating func take(reasoning: some Collection<UInt8>) -> [Piece] {
        reasoningPiece(CleanText.bytes(reasoning, endedWithReturn: &reasoningEndedWithReturn)[...])
    }

    /// Gives out what was held back, because nothing more comes.
    mutating func finish() -> [Piece] { advance(isEnd: true) }

    private mutating func advance(isEnd: Bool) -> [Piece] {
        var pieces: [Piece] = []
        while !held.isEmpty {
            switch phase {
            case .prefill(let prefill): if !leavePrefill(prefill, isEnd: isEnd) { return pieces }
            case .opening: if !leaveOpening(isEnd: isEnd) { return pieces }
            case .thinking(let end):
                let hasEnded = think(until: end, isEnd: isEnd, &pieces)
                if !hasEnded { return pieces }
            case .text:
                pieces += textPiece(held[...])
                held = []
            }
        }
        return pieces
    }

    /// - Returns: false if more must come before it is known whether the prefill is repeated.
    private mutating func leavePrefill(_ prefill: [UInt8], isEnd: Bool) -> Bool {
        if held.starts(with: prefill) {
            held.removeFirst(prefill.count)
        } else if !isEnd, prefill.starts(with: held) {
            return false
        } else if held.count >= Self.leastRepetition, prefill.starts(with: held) {
            // It ended while the server repeated what it was given.
            held = []
        } else {
            // Chat templates take spaces off the end of a message, so the repetition may lack them.
            let bare = prefill[..<((prefill.lastIndex { $0 != 0x20 && $0 != 0x0A && $0 != 0x09 } ?? -1) + 1)]
            if !bare.isEmpty, held.starts(with: bare) { held.removeFirst(bare.count) }
        }
        phase = splitsThoughts ? .opening : .text
        return true
    }

    /// - Returns: false if more must come before it is known whether thoughts begin.
    private mutating func leaveOpening(isEnd: Bool) -> Bool {
        let start = held.firstIndex { $0 != 0x20 && $0 != 0x0A && $0 != 0x09 } ?? held.endIndex
        let beginning = held[start...]
        if let marker = Self.markers.first(where: { beginning.starts(with: $0.start) }) {
            held.removeFirst(start + marker.start.count)
            phase = .thinking(end: marker.end)
            return true
        }
        if !isEnd, Self.markers.contains(where: { $0.start.starts(with: beginning) }) { return false }
        phase = .text
        return true
    }

    /// - Returns: true if the thoughts have ended.
    private mutating func think(until end: [UInt8], isEnd: Bool, _ pieces: inout [Piece]) -> Bool {
        if let place = held[...].firstRange(of: end) {
            pieces += reasoningPiece(held[..<place.lowerBound])
            held.removeFirst(place.upperBound)
            phase = .text
            trimsText = trimsStart
            return true
        }
        let kept = isEnd ? 0 : (0..<end.count).last { held.suffix($0).elementsEqual(end.prefix($0)) } ?? 0
        let given = held.count - kept
        pieces += reasoningPiece(held[..<given])
        held.removeFirst(given)
        return false
    }

    private mutating func textPiece(_ bytes: ArraySlice<UInt8>) -> [Piece] {
        Self.trim(bytes, &trimsText).map { [.text($0)] } ?? []
    }

    private mutating func reasoningPiece(_ bytes: ArraySlice<UInt8>) -> [Piece] {
        Self.trim(bytes, &trimsReasoning).map { [.reasoning($0)] } ?? []
    }

    private static func trim(_ bytes: ArraySlice<UInt8>, _ trims: inout Bool) -> String? {
        let rest = trims ? bytes.drop { $0 == 0x0A } : bytes
        guard !rest.isEmpty else { return nil }
        trims = false
        return String(decoding: rest, as: UTF8.self)
    }
}
