// What all variants of one request share, and how a variant is divided into attempts, parts and tails.
// - Each attempt, part and tail draws from a random stream of its own, so none changes what another one writes.

import Generation
import Grammar

/// The place of a decoder among those that write one variant.
struct DrawStream: Sendable, Equatable {
    /// 0, and one more each time the variant starts anew.
    var attempt = 0
    /// The index of the part, 0 if the draft has no parts.
    var part = 0
    /// The index of the tail, 0 before the draft was branched.
    var tail = 0

    /// A number for the random counter; 0 for the first decoder of a variant.
    var number: UInt32 {
        UInt32(truncatingIfNeeded: attempt) << 20 | UInt32(truncatingIfNeeded: part) << 8
            | UInt32(truncatingIfNeeded: tail)
    }
}

/// The request, as the decoders of all its variants need it.
struct DraftPlan {
    let request: GenerationRequest
    /// All variants begin behind these tokens; not empty.
    let prompt: [TokenID]
    /// True if white space around a draft is dropped, as of an answer in a conversation.
    let trimsWhitespace: Bool
    /// True if a draft begins on a line of its own.
    let beginsLine: Bool
    /// True if the name of a part stands before it.
    var namesParts = true
    let vocabulary: any TextVocabulary
    let shapes: TokenShapes
    let special: SamplerTokens
    let grammar: GrammarConstraint?
    /// The labels with which the form's next example would begin, if the model continues a form.
    var formLabels: [String] = []
    /// Tokens that are no part of a text.
    var markers = MarkerTokens()
    /// The thoughts before a draft; `nil` if there are none.
    var thoughts: ThoughtPlan?
    let contextLength: Int
    /// The tokens of a text; none is added before or after it.
    let encode: @Sendable (String) -> [TokenID]

    /// How often a variant starts anew because it equals another one.
    static let attemptLimit = 4
    /// The same for a candidate. All candidates that equal others start anew in one batch.
    static let candidateAttemptLimit = 3
    /// How many continuations are compared when a hard limit is near.
    static let tailCount = 4
    /// The same, if the drafts are chosen from candidates anyway.
    static let candidateTailCount = 2

    /// How many variants are written.
    var candidateCount: Int { max(request.variantCount, request.sampling.bestOf, 1) }
    /// True if the drafts are chosen from more candidates.
    var choosesDrafts: Bool { request.sampling.bestOf > max(request.variantCount, 1) }
    /// A grammar describes the whole text, so it leaves no room for parts.
    var parts: [PartSpecification] { grammar == nil ? request.conditions.parts : [] }
    /// Candidates are compared when they are chosen.
    var findsTwins: Bool { request.sampling.distinct != .off && !choosesDrafts }
    /// What follows a grammar may have no other way to be written.
    var startsTwinsAnew: Bool { findsTwins && grammar == nil }
    /// How many tails a text with these limits gets.
    func tailCount(_ limits: LengthLimits) -> Int {
        guard grammar == nil, limits.hard, limits.characters != nil || limits.words != nil else { return 1 }
        return choosesDrafts ? Self.candidateTailCount : Self.tailCount
    }

    /// The names of the fields that every draft contains, as if they were asked for by `mustInclude`. None if a grammar
    /// describes the text, and none that a banned phrase forbids.
    var requiredNames: [String] {
        guard grammar == nil else { return [] }
        return request.conditions.names.filter { name in
            !request.sampling.bannedPhrases.contains { name.holds($0, folding: true) }
        }
    }

    /// The decoder of one part of a variant.
    /// - Parameters:
    ///   - prompt: all tokens before the part.
    ///   - avoiding: the openings that this attempt must not have.
    func decoder(variant: Int, stream: DrawStream, prompt: [TokenID], avoiding: [[String]]) -> DraftDecoder {
        var rules = DraftRules(
            sampling: request.sampling, limits: request.limits, seed: request.seed,
            trimsWhitespace: trimsWhitespace, tokenRoom: contextLength - prompt.count, grammar: grammar)
        rules.keep(request.conditions)
        rules.formLabels = formLabels
        rules.markers = markers
        rules.avoidedOpenings = avoiding
        if stream.part == 0 { rules.thoughts = thoughts }
        rules.sampling.mustInclude += requiredNames
        if parts.indices.contains(stream.part) {
            rules.trimsWhitespace = true
            rules.limits = parts[stream.part].limits
            if stream.part + 1 < parts.count { rules.limits.lines = 1 }
            rules.sampling.minTokens = max(rules.sampling.minTokens, 1)
            if stream.part > 0 {
                rules.sampling.mustInclude = []
                rules.lexicon.must = []
            }
        }
        rules.keepsLikelihoods = choosesDrafts || tailCount(rules.limits) > 1
        return DraftDecoder(
            rules: rules, variant: variant, prompt: prompt, vocabulary: vocabulary, shapes: shapes, special: special,
            stream: stream)
    }

    /// The tokens before each variant. The name of the first part follows the thoughts, if there are any.
    var beginning: [TokenID] { thoughts == nil ? prompt + encode(label(ofPart: 0)) : prompt }

    /// The words before a part, which the model reads and the draft does not contain. A model that is not shown examples
    /// does not know what a name means: it would go on as if the name were the first words of its answer.
    func label(ofPart index: Int) -> String {
        guard parts.indices.contains(index) else { return "" }
        let feed = index == 0 && beginsLine ? "" : "\n"
        guard namesParts else { return feed }
        let name = parts[index].name
        return feed + name.prefix(1).uppercased() + name.dropFirst() + ":"
    }
}
