// The other tokens that a draft's model could have written.

import Generation

extension DraftDecoder {
    func alternatives(_ workspace: inout SamplingWorkspace, chosen: TokenID) -> PositionAlternatives? {
        guard request.sampling.alternatives > 0 || request.keepsLikelihoods else { return nil }
        return workspace.alternatives(count: request.sampling.alternatives, chosen: chosen)
    }

    /// The alternatives of each token that is in the text.
    /// - Parameter offset: the tokens of earlier parts of the draft.
    func alternativeEvents(behind offset: Int) -> [GenerationEvent] {
        func alternative(_ entry: PositionAlternatives.Entry) -> TokenAlternative {
            TokenAlternative(
                id: entry.token, text: vocabulary.name(of: entry.token), logProbability: entry.logProbability)
        }
        guard request.sampling.alternatives > 0 else { return [] }
        return text.alternatives.prefix(text.writtenTokenCount).enumerated().map { position, alternatives in
            .alternatives(
                variant: variant, position: offset + position, alternatives.likeliest.map(alternative),
                chosen: alternative(alternatives.chosen))
        }
    }

    /// The natural logarithms of the probabilities of the tokens in the text, from a token on, as the model alone gives
    /// them; empty unless they are kept.
    func logProbabilities(fromToken start: Int = 0) -> [Float] {
        text.alternatives.prefix(text.writtenTokenCount).dropFirst(start).map(\.chosen.logProbability)
    }
}
