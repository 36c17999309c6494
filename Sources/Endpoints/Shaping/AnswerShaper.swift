// Makes of what a server writes the text that was asked for: stop texts, hard limits, no quotes or labels around it.
// - What it gives out is never taken back: what may still change is held back.
// - Without a stop text, a limit or tidying, everything but white space at the ends goes out at once.

import Generation
import Text

/// Shapes one growing text.
struct AnswerShaper {
    private let opening: OpeningCut
    private let stops: PhraseFinder
    private let trims: Bool
    private let tidying: TextOpening.Allowed?
    private var cut: LimitCut?

    /// Everything that came, in bytes.
    private var bytes: [UInt8] = []
    /// The first byte of the text; `nil` while that is not clear.
    private var start: Int?
    private var reported = 0
    /// The line that may be a note; its first byte.
    private var noteLine: Int?
    private var lineSearchStart = 0

    /// Why the text ended here and not at the server; `nil` while it goes on.
    private(set) var end: FinishReason?
    /// True if the text ends inside a word, because not even its first word keeps the limits.
    private(set) var endsInsideWord = false
    /// What was taken off.
    private(set) var tidied: [TidiedPiece] = []
    /// Everything that was given out.
    private(set) var text = ""

    /// - Parameters:
    ///   - trims: true if white space before and after the text is dropped.
    ///   - tidying: what may stand at the beginning of a bare text; `nil` if nothing is taken off.
    init(trims: Bool, tidying: TextOpening.Allowed?, stops: [String], limits: LengthLimits) {
        self.trims = trims
        self.tidying = tidying
        self.stops = PhraseFinder(stops.filter { !$0.isEmpty })
        opening = OpeningCut(trims: trims, tidying: tidying)
        cut = LimitCut(limits)
    }

    /// The bytes of the server's text that were kept: from the first to behind the last one.
    var keptRange: Range<Int> {
        let start = min(start ?? reported, reported)
        return start..<max(start, reported)
    }

    /// Takes in the next piece.
    /// - Returns: what can be given out.
    mutating func add(_ piece: String) -> String {
        guard end == nil, !piece.isEmpty else { return "" }
        let new = bytes.count
        bytes += Array(piece.utf8)
        var piece = piece
        if let match = stops.firstMatch(in: bytes[...], newCount: bytes.count - new) {
            // The stop text may begin in what came before.
            piece = String(decoding: bytes[new..<max(new, match.lowerBound)], as: UTF8.self)
            bytes.removeLast(bytes.count - match.lowerBound)
            end = .stop
        }
        if start == nil, end == nil {
            guard case .begins(let place, let removed) = opening.answer(for: bytes) else { return "" }
            begin(at: place, removed: removed)
            cut?.add(String(decoding: bytes[place...], as: UTF8.self))
        } else if start != nil {
            cut?.add(piece)
        }
        guard let start else { return complete() }
        if let place = cut?.end(of: bytes[start...], isComplete: false) {
            bytes.removeLast(bytes.count - max(place, reported))
            end = .limit
            endsInsideWord = cut?.endsInsideUnit ?? false
        }
        if end == nil, let note = certainNote(from: start) {
            bytes.removeLast(bytes.count - max(note, reported))
            if !tidied.contains(.note) { tidied.append(.note) }
            end = .stop
        }
        return end == nil ? report(upTo: certainEnd(from: start)) : complete()
    }

    /// Gives out the rest, because nothing follows.
    mutating func finish() -> String {
        guard end == nil else { return "" }
        return complete()
    }

    private mutating func begin(at place: Int, removed: [TidiedPiece]) {
        start = place
        reported = place
        tidied += removed.filter { !tidied.contains($0) }
        lineSearchStart = place
    }

    // MARK: The end

    private mutating func complete() -> String {
        if start == nil || text.isEmpty, tidying != nil { tidyWhole() } else { tidyEnd() }
        if start == nil {
            begin(at: trims ? bytes.firstIndex { !UTF8Text.isASCIIWhitespace($0) } ?? bytes.count : 0, removed: [])
        }
        let first = start ?? 0
        if end != .limit, var last = cut.map({ LimitCut($0.limits) }) ?? nil {
            last.add(String(decoding: bytes[first...], as: UTF8.self))
            if let place = last.end(of: bytes[first...], isComplete: true) {
                bytes.removeLast(bytes.count - max(place, reported))
                end = .limit
                endsInsideWord = last.endsInsideUnit
            }
        }
        return report(upTo: bytes.count)
    }

    /// Nothing was given out, so both ends are free.
    private mutating func tidyWhole() {
        guard let tidying else { return }
        let (range, removed) = TidiedText.range(in: bytes[(start ?? 0)...], allowing: tidying)
        let tidiedText = TidiedText(String(decoding: bytes[(start ?? 0)...], as: UTF8.self), allowing: tidying)
        guard !removed.isEmpty else { return }
        // A mark inside the text may have closed what was taken off.
        bytes = Array(bytes[..<range.lowerBound]) + Array(tidiedText.text.utf8)
        tidied += removed.compactMap(TidiedPiece.init).filter { !tidied.contains($0) }
        start = range.lowerBound
        reported = range.lowerBound
    }

    private mutating func tidyEnd() {
        guard let tidying, let start else { return }
        for _ in 0..<4 {
            let body = bytes[start...]
            if !tidying.parts.contains(.note), let note = TrailingNote.start(in: body, isComplete: true),
                note >= reported, note > start
            {
                bytes.removeLast(bytes.count - note)
                if !tidied.contains(.note) { tidied.append(.note) }
            } else if !tidying.parts.contains(.quotes), let count = StrayQuote.byteCount(atEndOf: trimmedEnd(body)),
                trimmedEnd(body).endIndex - count >= reported
            {
                bytes.removeLast(bytes.count - trimmedEnd(body).endIndex + count)
                if !tidied.contains(.quotes) { tidied.append(.quotes) }
            } else {
                return
            }
        }
    }

    private func trimmedEnd(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text
        while let (scalar, count) = UTF8Text.lastScalar(rest), scalar.properties.isWhitespace {
            rest = rest.dropLast(count)
        }
        return rest
    }

    // MARK: What is certain

    /// The beginning of a note that no text holds, such as "Let me know if you need any changes".
    private mutating func certainNote(from start: Int) -> Int? {
        guard let tidying, !tidying.parts.contains(.note) else { return nil }
        while true {
            if noteLine == nil {
                guard let feed = bytes[lineSearchStart...].firstIndex(of: UInt8(ascii: "\n")) else { break }
                noteLine = feed + 1
            }
            guard let line = noteLine else { break }
            let lineEnd = bytes[line...].firstIndex(of: UInt8(ascii: "\n"))
            switch TrailingNote.beginning(
                ofLine: bytes[line..<(lineEnd ?? bytes.count)], isComplete: lineEnd != nil)
            {
            case .open: return nil
            case .note(let isCertain): return isCertain ? line : nil
            case .text: noteLine = nil
            }
            guard let lineEnd else { break }
            lineSearchStart = lineEnd
        }
        if noteLine == nil { lineSearchStart = bytes.count }
        return nil
    }

    private func certainEnd(from start: Int) -> Int {
        let body = bytes[start...]
        var end = stops.possibleStart(in: body) ?? bytes.count
        if let cut { end = min(end, cut.certainEnd(of: body)) }
        if tidying != nil {
            end = min(end, noteLine ?? end)
            let tail = body.suffix(64)
            end = min(end, TrailingNote.countStart(in: tail, isComplete: false) ?? end)
            if let count = StrayQuote.byteCount(atEndOf: body) { end = min(end, bytes.count - count) }
        }
        return end
    }

    private mutating func report(upTo limit: Int) -> String {
        guard limit > reported else { return "" }
        var piece = bytes[reported..<min(limit, bytes.count)]
        piece = piece.dropLast(UTF8Text.incompleteTailCount(piece))
        if trims || end == .limit { piece = trimmedEnd(piece) }
        guard !piece.isEmpty else { return "" }
        reported = piece.endIndex
        let new = String(decoding: piece, as: UTF8.self)
        text += new
        return new
    }
}
