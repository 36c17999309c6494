// What a generator tells its decoders of a model's thoughts and of its special tokens.

import Generation

extension ThoughtPlan {
    /// The thoughts of a request; `nil` if its answer begins at once.
    /// - Parameters:
    ///   - answerTokens: the most tokens of the answer.
    ///   - tokenRoom: how many tokens fit into the context after the prompt.
    init?(
        _ format: ThoughtFormat?, start: ThoughtStart, _ sampling: SamplingOptions, answerTokens: Int, tokenRoom: Int,
        tokenizer: Tokenizer
    ) {
        guard let format, start != .none else { return nil }
        func marker(_ text: String) -> ThoughtMarker {
            let first = tokenizer.encode(text, parseSpecial: true).first
            return ThoughtMarker(
                bytes: Array(text.utf8), firstToken: first.flatMap { tokenizer.isMatchedByName($0) ? $0 : nil })
        }
        let ending = tokenizer.encode(format.ending, parseSpecial: true)
        let isPlainEnd = !format.answerEnd.isEmpty && tokenizer.token(named: format.answerEnd) == nil
        // The answer keeps the room that it may fill, but never more than half of all there is.
        let answerRoom = min(answerTokens, tokenRoom / 2)
        let limit = min(sampling.reasoning.thoughtTokenLimit, tokenRoom - answerRoom - ending.count - 1)
        self.init(
            isOpen: start == .open, openings: format.openings.map(marker),
            answers: format.directAnswers.map(marker), closing: marker(format.closing), ending: ending,
            answerOpening: tokenizer.encode(format.answer, parseSpecial: true),
            answerStop: isPlainEnd ? format.answerEnd : nil, tokenLimit: max(limit, 0))
    }
}

extension MarkerTokens {
    /// The tokens of a vocabulary that are no part of any draft.
    init(_ tokenizer: Tokenizer, _ format: ThoughtFormat?) {
        self.init(banned: tokenizer.tokensNamedLikeSignals())
        guard let format else { return }
        for text in format.openings + format.directAnswers + [format.closing, format.answer] {
            let tokens = tokenizer.encode(text, parseSpecial: true)
            guard let first = tokens.first, tokenizer.isMatchedByName(first) else { continue }
            // A single token without letters may open an answer: it adds nothing to the text.
            let isHarmless = format.directAnswers.contains(text) && tokens.count == 1 && tokenizer.isControl(first)
            if !isHarmless { banned.insert(first) }
        }
        if let end = tokenizer.token(named: format.answerEnd), tokenizer.isMatchedByName(end) {
            ends.insert(end)
        }
        banned.subtract(ends)
        banned.subtract(tokenizer.endTokens)
    }
}
