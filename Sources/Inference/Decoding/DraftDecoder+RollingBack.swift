// How a draft rolls back: to the beginning of a unit that does not fit, or of a banned phrase.
// - Reported text is never rolled back.

import Generation
import Text

extension DraftDecoder {
    /// Draws the next token after a full text without reporting it, until it is clear if the text may end there.
    mutating func follow(_ probe: UnitProbe, _ workspace: inout SamplingWorkspace) -> Step {
        var place: TextUnits.Place?
        let token = sampler.draw(&workspace, position: text.tokens.count, attempt: 0)
        let isEnd = token.map { vocabulary.endTokens.contains($0) } ?? true
        if let token, !isEnd {
            let bytes = vocabulary.textBytes(of: token)
            let step = write(token, bytes)
            let outcome = tellRules(about: token, bytes)
            if fits(behind: probe) {
                // The token that did not fit was half a character, and the whole character belongs to the one before
                // it.
                self.probe = nil
                return settle(outcome, step)
            }
            let isLast = text.tokens.count >= request.tokenRoom - 1
            let known = probe.place(in: text, isComplete: false)
            if case .open = known {
                if outcome == .continues, !isLast { return step }
            } else {
                place = known
            }
        }
        place = place ?? probe.place(in: text, isComplete: true)
        self.probe = nil
        rollBack(toToken: probe.tokenCount)
        if case .inside(let start) = place { return giveUpUnit(from: start, without: probe.token) }
        probed[probe.tokenCount, default: []].insert(probe.token)
        return .goBack(tokenCount: probe.tokenCount)
    }

    /// True if the tokens written after the full place fit after all.
    func fits(behind probe: UnitProbe) -> Bool {
        guard UTF8Text.incompleteTailCount(text.body) == 0 else { return false }
        let before = text.body.prefix(upTo: max(probe.offset, text.body.startIndex))
        let added = Array(text.body[before.endIndex...])
        let reserved = rules.reduce(ReservedRoom()) { $0 + $1.reserved(besides: -1) }
        return rules.allSatisfy { $0.judge(added, after: before, reserved: reserved) == .fits }
    }

    /// Rolls back the current unit, because it does not fit.
    /// - Parameter token: the token that did not fit.
    mutating func giveUpUnit(from start: Int, without token: TokenID) -> Step {
        let kept = rules.compactMap { $0.protectedEnd }.max() ?? 0
        if kept > start {
            // The text must include "$24.99". Keep it, although the model meant "$24.99 million".
            let position = text.tokens.count
            if kept < text.bytes.count { return goBack(toToken: text.tokenIndex(atByte: kept), orFinish: .limit) }
            banned[position, default: []].insert(token)
            shortOfRoom.insert(position)
            return banned[position, default: []].count > request.attemptLimit
                ? finishAtBestEnding() : .goBack(tokenCount: position)
        }
        guard start < text.bytes.count, !text.tokens.isEmpty else { return finishAtBestEnding() }
        let index = text.tokenIndex(atByte: start)
        for rule in rules.indices { _ = rules[rule].roomEnded(at: index) }
        let unit = String(decoding: text.bytes[start...] + vocabulary.textBytes(of: token), as: UTF8.self)
        let step = goBack(toToken: index, orFinish: .limit)
        if finishReason == nil, unit.unicodeScalars.contains(where: { $0.properties.numericType != nil }) {
            numberlessFrom = min(numberlessFrom ?? index, text.tokens.count)
        }
        return step
    }

    /// Rolls the draft back to a token and bans that token there. If that happened too often, ends the draft.
    mutating func goBack(toToken index: Int, orFinish reason: FinishReason) -> Step {
        guard text.isUnreported(fromToken: index), text.tokens.indices.contains(index) else { return finish(reason) }
        let token = text.tokens[index]
        rollBack(toToken: index)
        banned[index, default: []].insert(token)
        if reason == .limit { shortOfRoom.insert(index) }
        // The first word gets more attempts, because without it there would be no text at all.
        let attemptLimit = text.body.isEmpty ? 4 * request.attemptLimit : request.attemptLimit
        if banned[index, default: []].count > attemptLimit {
            return reason == .limit ? finishAtBestEnding() : finish(reason)
        }
        return .goBack(tokenCount: index)
    }

    mutating func rollBack(toToken index: Int) {
        text.truncate(tokens: index)
        tokens.removeLast(tokens.count - promptCount - index)
        for rule in rules.indices { rules[rule].rollBack(to: text) }
        banned = banned.filter { $0.key <= index }
        drawCounts = drawCounts.filter { $0.key <= index }
        probed = probed.filter { $0.key <= index }
        shortOfRoom = shortOfRoom.filter { $0 <= index }
        search.rollBack(toToken: index)
        if let first = numberlessFrom, index < first { numberlessFrom = nil }
    }
}
