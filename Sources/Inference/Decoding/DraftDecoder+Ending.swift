// How a draft ends: by its rules, from outside, or at the best place near a limit.

import Generation
import Text

extension DraftDecoder {
    /// Ends the draft from outside: stopped, out of context, failed.
    @discardableResult
    mutating func finish(_ reason: FinishReason) -> Step {
        guard finishReason == nil else { return .finished(reason) }
        if let probe { rollBack(toToken: probe.tokenCount) }
        probe = nil
        finishReason = reason
        if let limitRule, let end = limitRule.end(of: text.body) { text.cut(at: end) }
        if reason == .stop, let end = rules.compactMap({ $0.endOfComplete(text) }).min() { text.cut(at: end) }
        if reason == .length, isLimited { dropOpenNumber() }
        if reason == .length || reason == .limit && !endsSentence { cutToWhole() }
        if reason == .limit { dropDanglingWords() }
        if request.tidies { tidy() }
        pending += text.report(upTo: text.bytes.count, isFinal: true)
        return .finished(reason)
    }

    private var endsSentence: Bool {
        UTF8Text.lastScalar(text.body).map { Sentences.isTerminator($0.scalar) } ?? false
    }

    /// Ends a text that ran out of tokens or room with its last whole sentence or item.
    private mutating func cutToWhole() {
        if let end = rules.lazy.compactMap({ $0 as? WholeEndRule }).first?.wholeEnd(of: text) { text.cut(at: end) }
    }

    /// Takes words off the end that lead to missing text, such as "of the", but none of a required phrase.
    private mutating func dropDanglingWords() {
        let body = text.body
        let words = TextEnds.danglingWordByteCount(body)
        let protectedEnd = rules.compactMap(\.protectedEnd).max() ?? 0
        let end = body.endIndex - words
        if words > 0, end >= protectedEnd, text.isUnreported(fromByte: end) {
            text.cut(at: end)
        } else {
            text.cut(at: body.endIndex - TextEnds.danglingByteCount(body))
        }
    }

    /// Takes off what is not the text, as far as it was not reported.
    private mutating func tidy() {
        var parts = rules.lazy.compactMap { $0 as? TidyEndRule }.first?.removed ?? []
        defer { tidied = parts.compactMap { TidiedPiece(rawValue: $0.rawValue) } }
        let body = text.body
        let (range, removed) = TidiedText.range(in: body, allowing: request.allowedOpenings)
        guard !removed.isEmpty, text.isUnreported(fromByte: range.upperBound) else { return }
        if range.lowerBound > body.startIndex {
            guard text.isUnreported(fromByte: body.startIndex) else { return }
        }
        text.cut(at: range.upperBound)
        text.dropBeginning(before: range.lowerBound)
        parts += removed.filter { !parts.contains($0) }
    }

    /// Rolls back a number at the end of the text, because the token limit may have cut it.
    mutating func dropOpenNumber() {
        guard let start = TextUnits.openStart(in: text.body), text.isUnreported(fromByte: start),
            text.bytes[start...].contains(where: { (0x30...0x39).contains($0) })
        else { return }
        text.cut(at: start)
    }

    /// Ends a draft that has no room left: at the most likely place so far, or after another try.
    mutating func finishAtBestEnding() -> Step {
        let body = text.body
        if !text.tokens.isEmpty, TextEnds.danglingByteCount(body) == body.count, search.kept == nil {
            // The text is only a space or an opening quote. Cutting that off would leave no text, so draw again.
            let first = body.isEmpty ? 0 : text.tokenIndex(atByte: body.startIndex)
            if text.isUnreported(fromToken: first) { return goBack(toToken: first, orFinish: .limit) }
        }
        search.dropInvalid(in: text)
        let best = search.best(in: text) { body in rules.reduce(0) { $0 + $1.missingCount(in: body) } }
        if text.isUnreported(fromToken: best.ending.tokenCount) {
            search.keep(text, endingAt: best)
            if let start = search.restart(best.ending, in: text) { return writeAgain(fromToken: start) }
        }
        if let kept = search.kept { text = kept.text }
        return finish(.limit)
    }

    /// The probability that the text ends here. If the text already ends with a full stop, the probability of the place
    /// before it counts too.
    func endShare(_ workspace: inout SamplingWorkspace) -> Float {
        let share = shapes.endShare(&workspace)
        let endsSentence = UTF8Text.lastScalar(text.body).map { Sentences.isTerminator($0.scalar) } ?? false
        return endsSentence ? max(share, search.last?.share ?? 0) : share
    }

    mutating func writeAgain(fromToken start: Int) -> Step {
        let token = text.tokens[start]
        rollBack(toToken: start)
        banned[start] = search.restarted(without: token, isGreedy: sampler.isGreedy)
        if banned[start] != nil { shortOfRoom.insert(start) }
        return .goBack(tokenCount: start)
    }
}
