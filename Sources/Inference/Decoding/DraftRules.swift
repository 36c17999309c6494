// The settings of a draft, and the rules that follow from them.

import Generation
import Grammar

/// The settings that all variants of a request share.
struct DraftRules: Sendable {
    var sampling: SamplingOptions
    var limits: LengthLimits
    var seed: UInt64
    /// True if white space before and after the text is dropped, as for an answer in a conversation.
    var trimsWhitespace: Bool
    /// How often the decoder may roll back a word or phrase at one place.
    var attemptLimit = 16
    /// How many tokens fit into the model's context after the prompt.
    var tokenRoom = Int.max
    /// The grammar of the whole text, shared by the variants.
    var grammar: GrammarConstraint?
    /// What the template and its fields ask of the draft.
    var conditions = DraftConditions()
    /// The openings of other variants, which the draft must not have.
    var avoidedOpenings: [[String]] = []
    /// True if the probability of each token is kept, to compare texts by it.
    var keepsLikelihoods = false

    /// The rules of one variant, in the order in which they see a token. To add a rule, add a line here.
    func parts(prompt: [TokenID], vocabulary: any TextVocabulary, shapes: TokenShapes) -> [any DraftRule] {
        let parts: [(any DraftRule)?] = [
            RepeatRule(runLength: sampling.noRepeatNgramSize, prompt: prompt),
            grammar.map { GrammarMask($0, ends: vocabulary.endTokens) },
            RequiredPhrases(sampling.mustInclude, vocabulary: vocabulary, shapes: shapes),
            LimitRule(limits),
            DistinctOpeningRule(avoiding: avoidedOpenings, ends: vocabulary.endTokens),
            StopRule(sampling.stop),
            BannedPhrases(sampling.bannedPhrases),
        ]
        return parts.compactMap { $0 }
    }
}
