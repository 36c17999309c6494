// The settings of a draft, and the rules that follow from them.

import Generation
import Grammar
import Text

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
    /// The openings of other variants, which the draft must not have.
    var avoidedOpenings: [[String]] = []
    /// True if the probability of each token is kept, to compare texts by it.
    var keepsLikelihoods = false

    /// True if a draft is to be the text alone, ready to send: without labels, quotation marks around it, notes and loops.
    /// What a grammar forces is the text.
    var tidies: Bool { sampling.tidy && grammar == nil }
    /// Texts of the form's own examples.
    var examples: [String] = []
    /// The writer's own texts: what they begin with, a draft may begin with, and what they hold, it may quote.
    var inputs: [String] = []
    /// Names that a draft must not end inside.
    var joinedNames = JoinedNames(in: [])
    /// The labels with which the form's next example would begin, such as "Product:".
    var formLabels: [String] = []
    /// Words that drafts always or never use.
    var lexicon = Lexicon()

    private static let shortestRewrittenText = 12

    /// What a tidy draft may begin with: a quotation only if the text is long enough for a story, and else what the writer's
    /// own texts begin with.
    var allowedOpenings: TextOpening.Allowed {
        var allowed = TextOpening.Allowed()
        let isShort =
            limits.hard && limits.characters != nil || limits.lines ?? .max <= 2 || limits.sentences ?? .max <= 2
            || limits.words ?? .max <= 100 || limits.characters ?? .max <= 600
        allowed.quotations = !isShort
        allowed.bullets = limits.lines != 1
        // The draft may rewrite a long text; a product's name is only a part of it.
        let texts = inputs.filter { WordTrail($0).words.count >= Self.shortestRewrittenText }
        for text in texts + sampling.mustInclude { allowed.parts.formUnion(TextOpening.kinds(in: text)) }
        return allowed
    }

    /// Takes over what a template and its fields ask of every draft.
    mutating func keep(_ conditions: DraftConditions) {
        examples = conditions.examples
        inputs = conditions.inputs
        lexicon = conditions.lexicon
        joinedNames = conditions.joinedNames
    }

    /// The words of the lexicon that a variant must include. A word for k variants is required in the first k, so that a
    /// variant's text does not depend on how many there are.
    func requiredWords(inVariant variant: Int) -> [String] {
        let words = lexicon.must.filter { variant < $0.variantCount ?? .max }.map(\.word)
        return words.filter { word in !sampling.mustInclude.contains { $0.lowercased() == word.lowercased() } }
    }
    /// Tokens that are no part of a text.
    var markers = MarkerTokens()
    /// The thoughts before the text; `nil` if there are none.
    var thoughts: ThoughtPlan?

    /// The rules of one variant, in the order in which they see a token. To add a rule, add a line here.
    /// - Parameter variant: the variant's number, because a word of the lexicon may be required in some variants only.
    func parts(
        prompt: [TokenID], variant: Int = 0, vocabulary: any TextVocabulary, shapes: TokenShapes
    ) -> [any DraftRule] {
        let ends = vocabulary.endTokens
        let parts: [(any DraftRule)?] = [
            SpecialTokenRule(
                shapes.specialTokens(), allowed: ends.union(markers.ends),
                checksBytes: tidies),
            MarkerRule(markers),
            RepeatRule(runLength: sampling.noRepeatNgramSize, prompt: prompt),
            grammar.map { GrammarMask($0, ends: ends) },
            CasingRule(lexicon.casing, vocabulary: vocabulary),
            RequiredPhrases(
                sampling.mustInclude + requiredWords(inVariant: variant), vocabulary: vocabulary, shapes: shapes),
            OpeningRule(isOn: tidies, allowing: allowedOpenings, tokens: shapes.openingTokens(), ends: ends),
            LimitRule(limits),
            DistinctOpeningRule(avoiding: avoidedOpenings, ends: vocabulary.endTokens),
            ExampleRule(examples, except: inputs + sampling.mustInclude),
            StopRule(sampling.stop + formLabels.map { "\n" + $0 }),
            BannedPhrases(sampling.bannedPhrases + LexiconRule.phrases(of: lexicon.banned)),
            LexiconRule(lexicon.banned),
            LoopRule(isOn: tidies),
            AimRule(limits, isOn: tidies, ends: ends),
            WholeEndRule(
                isOn: tidies, tokenLimit: min(sampling.maxTokens, tokenRoom), limits: limits),
            TidyEndRule(isOn: tidies),
        ]
        return parts.compactMap { $0 }
    }
}

extension DraftConditions {
    /// The names that no draft may end inside.
    var joinedNames: JoinedNames { JoinedNames(in: inputs + names + lexicon.casing) }
}
