// The other tokens that a draft's model could have written.

import Generation

extension DraftDecoder {
    func alternatives(_ workspace: inout SamplingWorkspace, chosen: TokenID) -> PositionAlternatives? {
        guard request.sampling.alternatives > 0 else { return nil }
        return workspace.alternatives(count: request.sampling.alternatives, chosen: chosen)
    }

    /// The alternatives of each token that is in the text.
    var alternativeEvents: [GenerationEvent] {
        func alternative(_ entry: PositionAlternatives.Entry) -> TokenAlternative {
            TokenAlternative(
                id: entry.token, text: vocabulary.name(of: entry.token), logProbability: entry.logProbability)
        }
        return text.alternatives.prefix(text.writtenTokenCount).enumerated().map { position, alternatives in
            .alternatives(
                variant: variant, position: position, alternatives.likeliest.map(alternative),
                chosen: alternative(alternatives.chosen))
        }
    }
}
