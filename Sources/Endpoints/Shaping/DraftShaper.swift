// The shape of a whole draft: one text, or a line for each of its parts.
// - Of an answer in parts, each line is one part. Its label is taken off, and a line without text is no part.
// - A line is given out when it is complete.

import Generation
import Text

/// Shapes the draft that a server writes for a request.
struct DraftShaper {
    private let request: GenerationRequest
    private let parts: [PartSpecification]
    private var shaper: AnswerShaper
    /// The beginning of the next line of an answer in parts.
    private var line = ""
    private var partIndex = 0
    private var hasBegunLastPart = false
    private(set) var end: FinishReason?
    /// True if the text, or one of its parts, ends inside a word, because not even its first word keeps the limits.
    private(set) var endsInsideWord = false
    private(set) var tidied: [TidiedPiece] = []
    /// Everything that was given out.
    private(set) var text = ""

    init(_ request: GenerationRequest) {
        self.request = request
        let isFormal = request.sampling.grammar != nil || request.sampling.jsonSchema != nil
        parts = isFormal ? [] : request.conditions.parts
        shaper = Self.shaper(for: request, limits: parts.isEmpty ? request.limits : parts[0].limits)
    }

    /// How many parts have text; `nil` if the draft has none.
    var writtenPartCount: Int? {
        guard !parts.isEmpty else { return nil }
        return text.split(separator: "\n", omittingEmptySubsequences: true).prefix(parts.count).count
    }

    var partCount: Int { parts.count }

    /// The bytes of the server's text that were kept; `nil` if the draft is put together from several pieces.
    var keptRange: Range<Int>? { parts.isEmpty ? shaper.keptRange : nil }

    /// Takes in the next piece.
    /// - Returns: what can be given out.
    mutating func add(_ piece: String) -> String {
        guard end == nil else { return "" }
        var new = ""
        if parts.isEmpty {
            new = shaper.add(piece)
            take(shaper)
        } else {
            new = addToParts(piece)
        }
        text += new
        return new
    }

    /// Gives out the rest, because nothing follows.
    mutating func finish() -> String {
        guard end == nil else { return "" }
        var new = ""
        if !parts.isEmpty, !line.isEmpty {
            let last = line
            line = ""
            new = addLine(last, behind: text)
        }
        if end == nil, parts.isEmpty || hasBegunLastPart {
            let isFirst = shaper.text.isEmpty
            let rest = shaper.finish()
            new += isFirst && !parts.isEmpty ? joined(rest, behind: text + new) : rest
            take(shaper)
        }
        text += new
        return new
    }

    private mutating func take(_ shaper: AnswerShaper) {
        end = shaper.end ?? end
        endsInsideWord = endsInsideWord || shaper.endsInsideWord
        tidied += shaper.tidied.filter { !tidied.contains($0) }
    }

    // MARK: Parts

    private mutating func addToParts(_ piece: String) -> String {
        line += piece
        var new = ""
        while end == nil, let feed = line.firstIndex(of: "\n") {
            let whole = String(line[..<feed])
            line = String(line[line.index(after: feed)...])
            new += addLine(whole, behind: text + new)
        }
        return new
    }

    /// Takes a complete line.
    private mutating func addLine(_ line: String, behind before: String) -> String {
        let isLast = partIndex >= parts.count - 1
        let content = hasBegunLastPart ? "\n" + line : withoutLabel(line)
        guard !content.isEmpty else { return "" }
        let isFirstLine = !hasBegunLastPart || shaper.text.isEmpty
        var new: String
        if isLast {
            hasBegunLastPart = true
            new = shaper.add(content)
            take(shaper)
        } else {
            var part = Self.shaper(for: request, limits: parts[partIndex].limits)
            new = part.add(content) + part.finish()
            endsInsideWord = endsInsideWord || part.endsInsideWord
            tidied += part.tidied.filter { !tidied.contains($0) }
            // A stop text ends the draft, and the limit of a part only that part.
            if part.end == .stop, !part.tidied.contains(.note) { end = .stop }
            guard !new.isEmpty else { return "" }
            partIndex += 1
            shaper = Self.shaper(for: request, limits: parts[partIndex].limits)
        }
        return isFirstLine ? joined(new, behind: before) : new
    }

    private func joined(_ new: String, behind before: String) -> String {
        new.isEmpty || before.isEmpty ? new : "\n" + new
    }

    /// The line without the part's name before it: "Headline 1: ", "**Headline:** ".
    private mutating func withoutLabel(_ line: String) -> String {
        let name = parts[partIndex].name.lowercased()
        let text = String(TextLength.trimmed(line))
        let bare = text.drop { "*_#>- ".contains($0) }
        guard let colon = bare.firstIndex(where: { $0 == ":" || $0 == "：" }) else { return text }
        let label = bare[..<colon].lowercased().filter { !"*_".contains($0) }
        guard label == name || label.hasPrefix(name + " ") && label.dropFirst(name.count + 1).allSatisfy(\.isNumber)
        else { return text }
        if !tidied.contains(.label) { tidied.append(.label) }
        let rest = bare[bare.index(after: colon)...]
        return String(TextLength.trimmed(String(rest.drop { "*_ ".contains($0) })))
    }

    private static func shaper(for request: GenerationRequest, limits: LengthLimits) -> AnswerShaper {
        var trims = true
        switch request.prompt {
        case .raw: trims = false
        case .chat(let messages): trims = messages.last?.role != .assistant
        }
        let isFormal = request.sampling.grammar != nil || request.sampling.jsonSchema != nil
        return AnswerShaper(
            trims: trims || !request.conditions.parts.isEmpty,
            tidying: request.sampling.tidy && !isFormal ? allowedOpenings(request, limits) : nil,
            stops: request.sampling.stop, limits: limits)
    }

    /// What a bare text may begin with: a quotation only if it is long enough for a story, and else what the writer's own
    /// texts begin with.
    private static func allowedOpenings(_ request: GenerationRequest, _ limits: LengthLimits) -> TextOpening.Allowed {
        var allowed = TextOpening.Allowed()
        let isShort =
            limits.hard && limits.characters != nil || limits.lines ?? .max <= 2 || limits.sentences ?? .max <= 2
            || limits.words ?? .max <= 100 || limits.characters ?? .max <= 600
        allowed.quotations = !isShort
        allowed.bullets = limits.lines != 1
        let texts = request.conditions.inputs.filter { WordTrail($0).words.count >= 12 }
        for text in texts + request.sampling.mustInclude { allowed.parts.formUnion(TextOpening.kinds(in: text)) }
        return allowed
    }
}
