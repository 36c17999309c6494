// Aims at a soft limit: a draft that reaches 85% of it ends with one of the next sentences, before the limit.
// - From 85% on, the end of the text gets likelier at each end of a sentence; it is certain at the limit.
// - If a sentence would cross the limit, the draft ends before that sentence, if at least 60% of the limit is written;
//   else with it. So from 60% on a sentence is reported when it is complete.

import Generation
import Text

/// Ends one draft within its soft limit.
struct AimRule: DraftRule {
    private let limits: LengthLimits
    private let ends: Set<TokenID>
    /// The ends of sentences from 60% of the limit on, with the share of the limit that is written there.
    private var sentenceEnds: [(offset: Int, share: Double)] = []
    private var share = 0.0
    /// Sentences that are needed for what is left; the search for the next end begins here.
    private var searchStart: Int?

    static let firstShare = 0.85
    private static let leastShare = 0.6
    /// Added to the logit of an end at the limit.
    private static let mostBias: Float = 12

    /// `nil` if there is no soft limit.
    init?(_ limits: LengthLimits, isOn: Bool, ends: Set<TokenID>) {
        guard isOn, !limits.hard, !limits.isEmpty else { return nil }
        self.limits = limits
        self.ends = ends
    }

    mutating func mask(_ workspace: inout SamplingWorkspace, at place: DraftPlace) {
        guard share >= Self.firstShare, !place.isProbe, Self.endsSentence(place.body) else { return }
        // Another rule may not let the text end yet.
        let mayEnd = ends.contains {
            workspace.logits.indices.contains(Int($0)) && workspace.logits[Int($0)] > -.infinity
        }
        guard mayEnd else { return }
        if share >= 1 {
            for index in workspace.logits.indices where !ends.contains(TokenID(index)) {
                workspace.logits[index] = -.infinity
            }
            return
        }
        let part = Float((share - Self.firstShare) / (1 - Self.firstShare))
        for token in ends where workspace.logits.indices.contains(Int(token)) {
            workspace.logits[Int(token)] += 1 + (Self.mostBias - 1) * part
        }
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        let body = text.body
        guard mayBeNear(body) else { return .continues }
        update(with: body)
        guard share > 1 else { return .continues }
        if let end = sentenceEnds.last(where: { $0.share <= 1 && $0.share >= Self.leastShare }),
            text.isUnreported(fromByte: end.offset)
        {
            return .ends(at: end.offset)
        }
        // No sentence ended in time, so the one that crosses the limit is the last.
        if let end = sentenceEnds.last(where: { $0.share > 1 }), text.isUnreported(fromByte: end.offset) {
            return .ends(at: end.offset)
        }
        return .continues
    }

    mutating func rollBack(to text: DraftText) {
        let body = text.body
        sentenceEnds.removeAll { $0.offset >= body.endIndex }
        if let start = searchStart, start >= body.endIndex { searchStart = sentenceEnds.last?.offset }
        share = mayBeNear(body) ? share(of: body) : 0
    }

    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? { sentenceEnds.last?.offset }

    func endOfComplete(_ text: DraftText) -> Int? {
        guard share > 1 else { return nil }
        return sentenceEnds.last { $0.share <= 1 && $0.share >= Self.leastShare }?.offset
    }

    // MARK: Measuring

    private mutating func update(with body: ArraySlice<UInt8>) {
        share = share(of: body)
        guard share >= Self.leastShare else { return }
        let start = max(searchStart ?? body.startIndex, body.startIndex)
        for end in Sentences.ends(in: String(decoding: body[start...], as: UTF8.self), isComplete: false) {
            let offset = start + end.offset
            guard end.isCertain, offset > sentenceEnds.last?.offset ?? start else { continue }
            let share = share(of: body[..<offset])
            if share >= Self.leastShare { sentenceEnds.append((offset, share)) }
            searchStart = offset
        }
    }

    /// The largest share of a limit that a text takes.
    private func share(of text: ArraySlice<UInt8>) -> Double {
        var running = RunningLength()
        running.append(String(decoding: text, as: UTF8.self))
        func part(_ count: Int, _ limit: Int?) -> Double { limit.map { Double(count) / Double(max($0, 1)) } ?? 0 }
        var share = part(running.characters(countsWideAsTwo: limits.countsWideAsTwo), limits.characters)
        share = max(share, part(running.words, limits.words))
        // A sentence or a line that has begun counts; the one before it was the last.
        if limits.sentences != nil {
            share = max(share, part(Sentences.count(in: String(decoding: text, as: UTF8.self)), limits.sentences))
        }
        return max(share, part(running.lines, limits.lines))
    }

    /// False if the text is certainly too short to be near a limit: cheap, because it is asked at each token.
    private func mayBeNear(_ body: ArraySlice<UInt8>) -> Bool {
        if limits.sentences != nil || limits.lines != nil { return true }
        // A word of Han has three bytes, every other word at least two with its space.
        let least = min(limits.characters ?? .max, limits.words.map { 2 * $0 } ?? .max)
        return Double(body.count) >= Self.leastShare * Double(least)
    }

    private static func endsSentence(_ text: ArraySlice<UInt8>) -> Bool {
        // Behind "Dr." a name follows.
        guard !text.isEmpty, TextUnits.place(at: text.endIndex, in: text, isComplete: true) == .end else {
            return false
        }
        var rest = text
        while let (scalar, count) = UTF8Text.lastScalar(rest) {
            if Sentences.isTerminator(scalar) || scalar == "\n" { return true }
            guard scalar.properties.generalCategory == .finalPunctuation || ["\"", "'", ")", " ", "」"].contains(scalar)
            else { return false }
            rest = rest.dropLast(count)
        }
        return false
    }
}
