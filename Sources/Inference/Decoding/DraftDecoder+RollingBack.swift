// How a draft goes back: to the beginning of a unit that does not fit, or of what must not be written.
// - What was reported stays.

import Generation
import Text

extension DraftDecoder {
    /// Draws, unseen, what follows a full text, until it shows whether the text may end there.
    mutating func follow(_ probe: UnitProbe, _ workspace: inout SamplingWorkspace) -> Step {
        var place: TextUnits.Place?
        let token = sampler.draw(&workspace, position: text.tokens.count, attempt: 0)
        let isEnd = token.map { vocabulary.endTokens.contains($0) } ?? true
        if let token, !isEnd {
            let bytes = vocabulary.textBytes(of: token)
            let step = write(token, bytes)
            let outcome = note(token, bytes)
            if fits(behind: probe) {
                // The token that seemed too much was half a character, which joins the one before it.
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

    /// Whether what was written behind the place fits after all.
    func fits(behind probe: UnitProbe) -> Bool {
        guard UTF8Text.incompleteTailCount(text.body) == 0 else { return false }
        let before = text.body.prefix(upTo: max(probe.offset, text.body.startIndex))
        let added = Array(text.body[before.endIndex...])
        let reserved = rules.reduce(ReservedRoom()) { $0 + $1.reserved(besides: -1) }
        return rules.allSatisfy { $0.judge(added, after: before, reserved: reserved) == .fits }
    }

    /// Rolls back the unit that is being written, for which there is no room.
    /// - Parameter token: the token that was too much.
    mutating func giveUpUnit(from start: Int, without token: TokenID) -> Step {
        let kept = rules.compactMap { $0.protectedEnd }.max() ?? 0
        if kept > start {
            // A required "$24.99" stays, though the model meant "$24.99 million".
            let position = text.tokens.count
            if kept < text.bytes.count { return goBack(toToken: text.tokenIndex(atByte: kept), orFinish: .limit) }
            banned[position, default: []].insert(token)
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

    /// Rolls back the draft to a token and bans that token there; ends the draft if that was done too often.
    mutating func goBack(toToken index: Int, orFinish reason: FinishReason) -> Step {
        guard text.isUnreported(fromToken: index), text.tokens.indices.contains(index) else { return finish(reason) }
        let token = text.tokens[index]
        rollBack(toToken: index)
        banned[index, default: []].insert(token)
        // The first word gets more: without it there would be no text at all.
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
        search.rollBack(toToken: index)
        if let first = numberlessFrom, index < first { numberlessFrom = nil }
    }
}
