// One variant on its way from logits to text: draws tokens, keeps the limits, finds where the text ends.
// - It knows tokens and text, and nothing of the model: logits come in, a step comes out.
// - Given the same logits it takes the same steps, whatever other variants do.
// - A word that does not fit is taken back to its beginning and another one is drawn there; nothing that was
//   reported is ever taken back.

import Generation

/// What a draft is made by, the same for all variants of a request.
struct DraftRules: Sendable {
    var sampling: SamplingOptions
    var limits: LengthLimits
    var seed: UInt64
    /// Whether whitespace before and after the text is left out, as for an answer in a conversation.
    var trimsWhitespace: Bool
    /// How often a word or phrase may be taken back at one place.
    var attemptLimit = 16
    /// How many tokens the model's context has room for.
    var tokenRoom = Int.max
    /// What the text must be a text of, shared by the variants.
    var grammar: GrammarConstraint?
}

/// Decodes one variant.
struct DraftDecoder {
    /// What the model has to do next.
    enum Step: Equatable {
        /// Read this token, the draft's next.
        case read(TokenID)
        /// Go back to where the draft had this many tokens, and give the logits of that position again.
        case goBack(tokenCount: Int)
        case finished(FinishReason)
    }

    let variant: Int
    private(set) var text: DraftText
    private let rules: DraftRules
    private let vocabulary: any TextVocabulary
    private let shapes: TokenShapes
    private var sampler: Sampler
    private var keeper: LimitKeeper?
    private var matcher: GrammarMatcher?
    /// Why the draft could not go on, where that is an error.
    private(set) var failure: (any Error)?
    private let stops: StopFinder
    private let bannedPhrases: StopFinder
    private var phrases: RequiredPhrases?
    /// Prompt and draft.
    private var tokens: [TokenID]
    private let promptCount: Int
    /// Tokens that led nowhere, by the position they were drawn at.
    private var banned: [Int: Set<TokenID>] = [:]
    private var drawCounts: [Int: Int] = [:]
    /// Near a limit: where the text could end, by its number of tokens, and how likely an end is there.
    private var endings: [(tokenCount: Int, share: Float)] = []
    /// The best text so far of those that were written again.
    private var kept: (score: Double, text: DraftText)?
    /// A first word that went on beyond all room, at a place where it could have ended: better than no text.
    private var firstWord: (endShare: Float, text: DraftText)?
    private var restartCount = 0
    private var greedyRestarts: Set<TokenID> = []
    private static let restartLimit = 4
    /// From which probability of an end on a text is not written again.
    private static let goodEnding: Float = 0.05
    private var stepsLeft: Int
    private var finishReason: FinishReason?
    /// A token whose logit is this far below the likeliest (a 90th of its probability) is worse than an early end.
    private static let implausibleDistance: Float = 4.5
    private var pending = ""

    init(
        rules: DraftRules, variant: Int, prompt: [TokenID], vocabulary: any TextVocabulary, shapes: TokenShapes,
        special: SamplerTokens
    ) {
        self.rules = rules
        self.variant = variant
        self.vocabulary = vocabulary
        self.shapes = shapes
        text = DraftText(trimsWhitespace: rules.trimsWhitespace)
        sampler = Sampler(options: rules.sampling, seed: rules.seed, variant: variant, special: special)
        keeper = LimitKeeper(rules.limits)
        matcher = rules.grammar.map { GrammarMatcher($0.machine) }
        stops = StopFinder(rules.sampling.stop)
        bannedPhrases = StopFinder(rules.sampling.bannedPhrases, ignoresCase: true)
        phrases = RequiredPhrases(rules.sampling.mustInclude, vocabulary: vocabulary, shapes: shapes)
        tokens = prompt
        promptCount = prompt.count
        // Taking back costs steps too: bounded, so that a draft ends whatever the model does.
        stepsLeft = 4 * max(rules.sampling.maxTokens, 1) + 256
    }

    var tokenCount: Int { text.tokens.count }
    /// The most tokens the draft may have.
    var tokenLimit: Int { rules.sampling.maxTokens }
    /// Prompt and draft.
    var sequence: [TokenID] { tokens }
    var endTokens: Set<TokenID> { vocabulary.endTokens }
    var isFinished: Bool { finishReason != nil }

    /// The characters that became certain since the last call.
    mutating func takeText() -> String {
        defer { pending = "" }
        return pending
    }

    /// Draws at the next position.
    /// - Parameter workspace: holds the logits of that position; they are changed.
    mutating func step(_ workspace: inout SamplingWorkspace) -> Step {
        if let finishReason { return .finished(finishReason) }
        stepsLeft -= 1
        guard stepsLeft > 0 else { return finish(.length) }
        guard workspace.holdsNumbers else {
            failure = ModelError.notFinite
            return finish(.stop)
        }
        let position = text.tokens.count
        if rules.sampling.alternatives > 0 { workspace.keepModelLogits() }
        sampler.adjust(&workspace, tokens: tokens[...], position: position)
        guard keepGrammar(&workspace) else { return finish(.stop) }
        applyPhrases(&workspace, position)
        // What makes no sense here does not make more for want of room or because better words were taken back.
        let floor = (workspace.peak()?.logit ?? 0) - Self.implausibleDistance
        if let banned = banned[position] {
            for token in banned { workspace.ban(token) }
            banEmptyText(&workspace)
            if keeper != nil, !text.body.isEmpty { workspace.ban(below: floor, except: vocabulary.endTokens) }
        }
        let isNearEnd = keeper?.isNearEnd ?? false
        let endShare = isNearEnd ? endShare(&workspace) : 0
        var isMasked = false
        for _ in 0..<64 {
            let drawCount = drawCounts[position, default: 0]
            drawCounts[position] = drawCount + 1
            let attempt = restartCount << 16 + drawCount
            guard let token = sampler.draw(&workspace, position: position, attempt: attempt) else {
                return keeper == nil ? finish(.stop) : finishAtBestEnding()
            }
            let bytes = vocabulary.textBytes(of: token)
            let isEnd = vocabulary.endTokens.contains(token)
            if isNearEnd, endings.last?.tokenCount != position, !WordEnd(of: text.body).isContinued(by: bytes) || isEnd
            {
                endings.append((position, endShare))
            }
            if isEnd { return isMasked || banned[position] != nil ? finishAtBestEnding() : finish(.stop) }
            switch judge(token, bytes) {
            case .fits: return accept(token, bytes, alternatives(&workspace, chosen: token))
            case .ends where phrases?.isOpen == true: workspace.ban(token)
            case .ends(let byteCount):
                text.append(token, bytes.prefix(byteCount), alternatives: alternatives(&workspace, chosen: token))
                return finish(.limit)
            case .sentencesComplete: return finish(.limit)
            case .wordOutOfRoom: return giveUpWord(&workspace)
            case .textOutOfRoom:
                if phrases?.force(at: position) == true { return .goBack(tokenCount: position) }
                if isMasked { workspace.ban(token) }
                if !isMasked, let keeper { shapes.mask(&workspace, after: text.body, keeper: keeper, floor: floor) }
                banEmptyText(&workspace)
                isMasked = true
            }
        }
        return finishAtBestEnding()
    }

    /// Bans the end of a text that has nothing yet, where what the model wanted to write did not fit.
    private func banEmptyText(_ workspace: inout SamplingWorkspace) {
        guard keeper != nil, kept == nil, text.body.isEmpty else { return }
        for token in vocabulary.endTokens { workspace.ban(token) }
    }

    /// Leaves only the tokens that the grammar allows, and the end of the text where it may end.
    /// - Returns: false where the grammar cannot tell.
    private mutating func keepGrammar(_ workspace: inout SamplingWorkspace) -> Bool {
        guard let trie = rules.grammar?.trie, let isComplete = matcher?.isComplete else { return true }
        do {
            let mask = try matcher?.allowedTokens(in: trie)
            mask?.apply(to: &workspace.logits, sparing: isComplete ? vocabulary.endTokens : [])
            return true
        } catch {
            failure = error
            return false
        }
    }

    private mutating func applyPhrases(_ workspace: inout SamplingWorkspace, _ position: Int) {
        guard phrases != nil else { return }
        let place = RequiredPhrases.Place(
            position: position, body: text.body,
            tokensLeft: min(rules.sampling.maxTokens, rules.tokenRoom) - position, keeper: keeper,
            banned: banned[position] ?? [])
        phrases?.apply(to: &workspace, at: place)
    }

    private func judge(_ token: TokenID, _ bytes: [UInt8]) -> LimitKeeper.Verdict {
        let limits = phrases.map { $0.keeper(for: token, keeper) } ?? keeper
        return limits?.judge(bytes, after: text.body) ?? .fits
    }

    private func alternatives(_ workspace: inout SamplingWorkspace, chosen: TokenID) -> PositionAlternatives? {
        guard rules.sampling.alternatives > 0 else { return nil }
        return workspace.alternatives(count: rules.sampling.alternatives, chosen: chosen)
    }

    /// What else the model could have written, for each token that is in the text.
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

    /// Ends the draft from outside: stopped, out of context, failed.
    @discardableResult
    mutating func finish(_ reason: FinishReason) -> Step {
        guard finishReason == nil else { return .finished(reason) }
        finishReason = reason
        if reason == .limit {
            text.cut(at: text.bytes.count - WordEnd.danglingByteCount(text.body))
        }
        pending += text.report(upTo: text.bytes.count, isFinal: true)
        return .finished(reason)
    }

    private mutating func accept(
        _ token: TokenID, _ bytes: [UInt8], _ alternatives: PositionAlternatives?
    ) -> Step {
        text.append(token, bytes, alternatives: alternatives)
        phrases?.accept(token)
        tokens.append(token)
        keeper?.add(bytes)
        // What the grammar does not allow was not drawn.
        _ = matcher?.accept(bytes)
        let body = text.body
        if let match = stops.firstMatch(in: body, newCount: bytes.count) {
            phrases?.look(at: body[..<match])
            if phrases?.isOpen == true { return goBack(toToken: text.tokenIndex(atByte: match), orFinish: .stop) }
            text.cut(at: match)
            return finish(.stop)
        }
        if let match = bannedPhrases.firstMatch(in: body, newCount: bytes.count) {
            // Where the phrase began in what was reported, it is its last token that must not stand.
            let start = text.tokenIndex(atByte: match)
            let index = text.isUnreported(fromToken: start) ? start : text.tokens.count - 1
            return goBack(toToken: index, orFinish: .stop)
        }
        if text.tokens.count >= rules.sampling.maxTokens { return finish(.length) }
        pending += text.report(upTo: certainCount(body), isFinal: false)
        return .read(token)
    }

    /// Ends the draft for which there is no more room: where an end is likely, or else at another try.
    ///
    /// A text that fills its room to the last character often ends on "for the". So the last words, which were not
    /// reported yet, are written again a few times, until one text ends well; the best of all is taken.
    private mutating func finishAtBestEnding() -> Step {
        let body = text.body
        if !text.tokens.isEmpty, WordEnd.danglingByteCount(body) == body.count, kept == nil {
            // A space or an opening quote and no more would be cut off: nothing would be left.
            let first = body.isEmpty ? 0 : text.tokenIndex(atByte: body.startIndex)
            if text.isUnreported(fromToken: first) { return goBack(toToken: first, orFinish: .limit) }
        }
        let possible = endings.filter { $0.tokenCount > 0 && $0.tokenCount <= text.tokens.count }
        let best = possible.max { score($0) < score($1) } ?? (text.tokens.count, 0)
        if text.isUnreported(fromToken: best.tokenCount) {
            if best.tokenCount > 0, kept.map({ score(best) > $0.score }) ?? true {
                var ended = text
                ended.truncate(tokens: best.tokenCount)
                // What would be cut off whole is no ending.
                if WordEnd.danglingByteCount(ended.body) < ended.body.count { kept = (score(best), ended) }
            }
            if best.share < Self.goodEnding, restartCount < Self.restartLimit, let start = endings.first?.tokenCount,
                start < text.tokens.count, text.isUnreported(fromToken: start)
            {
                return writeAgain(fromToken: start)
            }
        }
        if let kept { text = kept.text }
        if let firstWord, text.body.isEmpty { text = firstWord.text }
        return finish(.limit)
    }

    /// How good an ending is: likely, and not much shorter than there is room for.
    private func score(_ ending: (tokenCount: Int, share: Float)) -> Double {
        let byteCount = Double(text.start(ofToken: ending.tokenCount))
        var score = logarithm(Double(max(ending.share, 1e-12))) + 0.15 * byteCount
        if let phrases {
            score -=
                100
                * Double(
                    phrases.missingCount(
                        in: text.body.prefix(upTo: max(text.body.startIndex, text.start(ofToken: ending.tokenCount)))))
        }
        if let limit = rules.limits.characters { score -= 20 * max(0, 0.5 - byteCount / Double(max(limit, 1))) }
        return score
    }

    /// The probability that the text ends here. A full stop that is already there was as likely as the place before it.
    private func endShare(_ workspace: inout SamplingWorkspace) -> Float {
        let share = shapes.endShare(&workspace)
        return endsSentence ? max(share, endings.last?.share ?? 0) : share
    }

    private mutating func writeAgain(fromToken start: Int) -> Step {
        restartCount += 1
        let token = text.tokens[start]
        takeBack(toToken: start)
        banned[start] = sampler.isGreedy ? (greedyRestarts.union([token])) : nil
        if sampler.isGreedy { greedyRestarts.insert(token) }
        return .goBack(tokenCount: start)
    }

    private var endsSentence: Bool {
        UTF8Text.lastScalar(text.body).map { SentenceCounter.isTerminator($0.scalar) } ?? false
    }

    /// Up to which byte the text cannot be taken back any more.
    private func certainCount(_ body: ArraySlice<UInt8>) -> Int {
        var limit = body.endIndex
        if let start = stops.possibleStart(in: body) { limit = min(limit, start) }
        if let start = bannedPhrases.possibleStart(in: body) {
            limit = min(limit, text.start(ofToken: text.tokenIndex(atByte: start)))
        }
        if let first = endings.first { limit = min(limit, text.start(ofToken: first.tokenCount)) }
        if keeper != nil, let start = WordEnd(of: body).start {
            limit = min(limit, text.start(ofToken: text.tokenIndex(atByte: start)))
        }
        return limit
    }

    /// Takes back the word that is being written, for which there is no room.
    private mutating func giveUpWord(_ workspace: inout SamplingWorkspace) -> Step {
        guard let start = WordEnd(of: text.body).start else { return finishAtBestEnding() }
        let body = text.body
        if start == body.startIndex, UTF8Text.incompleteTailCount(body) == 0,
            WordEnd.danglingByteCount(body) < body.count
        {
            let share = shapes.wordEndShare(&workspace)
            if share > firstWord?.endShare ?? 0 { firstWord = (share, text) }
        }
        let index = text.tokenIndex(atByte: start)
        _ = phrases?.force(at: index)
        return goBack(toToken: index, orFinish: .limit)
    }

    /// Takes back the draft to a token and bans that token there; ends the draft if that was done too often.
    private mutating func goBack(toToken index: Int, orFinish reason: FinishReason) -> Step {
        guard text.isUnreported(fromToken: index), text.tokens.indices.contains(index) else { return finish(reason) }
        let token = text.tokens[index]
        takeBack(toToken: index)
        banned[index, default: []].insert(token)
        // The first word gets more: without it there would be no text at all.
        let attemptLimit = text.body.isEmpty ? 4 * rules.attemptLimit : rules.attemptLimit
        if banned[index, default: []].count > attemptLimit {
            return reason == .limit ? finishAtBestEnding() : finish(reason)
        }
        return .goBack(tokenCount: index)
    }

    private mutating func takeBack(toToken index: Int) {
        text.truncate(tokens: index)
        tokens.removeLast(tokens.count - promptCount - index)
        keeper?.recount(text.body)
        matcher?.rewind(toByteCount: text.bytes.count)
        banned = banned.filter { $0.key <= index }
        drawCounts = drawCounts.filter { $0.key <= index }
        endings.removeAll { $0.tokenCount > index }
    }
}
