// What a draft is made by, and the rules that follow from it.

import Generation
import Grammar

/// What is the same for all variants of a request.
struct DraftRules: Sendable {
    var sampling: SamplingOptions
    var limits: LengthLimits
    var seed: UInt64
    /// Whether white space before and after the text is left out, as for an answer in a conversation.
    var trimsWhitespace: Bool
    /// How often a word or phrase may be rolled back at one place.
    var attemptLimit = 16
    /// How many tokens the model's context has room for.
    var tokenRoom = Int.max
    /// What the text must be a text of, shared by the variants.
    var grammar: GrammarConstraint?

    /// The rules of one variant, in the order in which they see a token. A new rule is a line here.
    func parts(prompt: [TokenID], vocabulary: any TextVocabulary, shapes: TokenShapes) -> [any DraftRule] {
        let parts: [(any DraftRule)?] = [
            RepeatRule(runLength: sampling.noRepeatNgramSize, prompt: prompt),
            grammar.map { GrammarMask($0, ends: vocabulary.endTokens) },
            RequiredPhrases(sampling.mustInclude, vocabulary: vocabulary, shapes: shapes),
            LimitRule(limits),
            StopRule(sampling.stop),
            BannedPhrases(sampling.bannedPhrases),
        ]
        return parts.compactMap { $0 }
    }
}
