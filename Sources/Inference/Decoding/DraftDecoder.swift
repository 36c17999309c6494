// Decodes one variant from logits to text: draws tokens, keeps the rules, finds the end.
// - It knows tokens and text, but not the model: logits come in, a step comes out.
// - The same logits give the same steps, no matter which other variants run.
// - If a unit does not fit, the decoder rolls back to its beginning and draws another one. It never rolls back reported
//   text.

import Generation
import Text

/// Decodes one variant.
struct DraftDecoder {
    /// The model's next action.
    enum Step: Equatable {
        /// Read this token, the draft's next.
        case read(TokenID)
        /// Roll back to this many tokens, and compute the logits of that position again.
        case goBack(tokenCount: Int)
        case finished(FinishReason)
    }

    let variant: Int
    var text: DraftText
    /// The room shrinks by the tokens of thoughts.
    var request: DraftRules
    let vocabulary: any TextVocabulary
    let shapes: TokenShapes
    var sampler: Sampler
    var rules: [any DraftRule]
    let usesRoom: Bool
    /// The error that stopped the draft, if there was one.
    private(set) var failure: (any Error)?
    /// Prompt, thoughts and draft.
    var tokens: [TokenID]
    /// How many of them come before the draft.
    var promptCount: Int
    let requestedPromptCount: Int
    /// The thoughts that are being decoded; `nil` once the answer has begun.
    var thoughts: ThoughtState?
    var finishedThoughts: ThoughtState?
    /// Tokens that were tried and rolled back, by position.
    var banned: [Int: Set<TokenID>] = [:]
    /// The positions at which a token was rolled back because of the room.
    var shortOfRoom: Set<Int> = []
    var drawCounts: [Int: Int] = [:]
    var search: EndingSearch
    var probe: UnitProbe?
    /// Tokens that are known not to continue the unit before them, by position.
    var probed: [Int: Set<TokenID>] = [:]
    /// From this position on the draft writes no number: one did not fit, and a different one would be wrong.
    var numberlessFrom: Int?
    var stepsLeft: Int
    var stream: DrawStream
    /// The number of likely tokens that a greedy tail passes over at its first position, so that tails differ.
    var skipped: (position: Int, count: Int)?
    /// The rule that decided about the last token.
    private var decidingRule: Int?
    /// The banned word that ended the draft, because nothing else fit.
    private(set) var endedBefore: String?
    /// The logarithm of the probability of the end, if the model or a rule ended the text.
    var endLogProbability: Float?
    var finishReason: FinishReason?
    /// Ending early is better than drawing a token this far below the most likely one (a 90th of its probability).
    private static let implausibleDistance: Float = 4.5
    var pending = ""
    /// What was taken off the finished draft.
    var tidied: [TidiedPiece] = []

    init(
        rules: DraftRules, variant: Int, prompt: [TokenID], vocabulary: any TextVocabulary, shapes: TokenShapes,
        special: SamplerTokens, stream: DrawStream = DrawStream()
    ) {
        request = rules
        self.variant = variant
        self.vocabulary = vocabulary
        self.shapes = shapes
        text = DraftText(trimsWhitespace: rules.trimsWhitespace)
        sampler = Sampler(
            options: rules.sampling, seed: rules.seed, variant: variant, special: special, stream: stream.number)
        self.stream = stream
        self.rules = rules.parts(prompt: prompt, variant: variant, vocabulary: vocabulary, shapes: shapes)
        usesRoom = self.rules.contains(where: \.usesRoom)
        search = EndingSearch(limits: rules.limits)
        tokens = prompt
        promptCount = prompt.count
        requestedPromptCount = prompt.count
        // Rolling back costs steps too. The bound makes sure that a draft ends, no matter how the model behaves.
        stepsLeft = 4 * max(rules.sampling.maxTokens, 1) + 256
        if let plan = rules.thoughts { thoughts = ThoughtState(plan: plan, sampler: sampler) }
    }

    var tokenCount: Int { text.tokens.count }
    /// The most tokens the draft may have.
    var tokenLimit: Int { request.sampling.maxTokens }
    /// Prompt, thoughts and draft.
    var sequence: [TokenID] { tokens }
    var endTokens: Set<TokenID> { vocabulary.endTokens }
    var isFinished: Bool { finishReason != nil }

    /// Returns the text that became final since the last call.
    mutating func takeText() -> String {
        defer { pending = "" }
        return pending
    }

    /// Draws at the next position.
    /// - Parameter workspace: holds the logits of that position; the call changes them.
    mutating func step(_ workspace: inout SamplingWorkspace) -> Step {
        if let finishReason { return .finished(finishReason) }
        if let step = think(&workspace) { return step }
        stepsLeft -= 1
        guard stepsLeft > 0 else { return finish(.length) }
        guard workspace.holdsNumbers else {
            failure = ModelError.notFinite
            return finish(.stop)
        }
        let position = text.tokens.count
        if request.sampling.alternatives > 0 || request.keepsLikelihoods { workspace.keepModelLogits() }
        sampler.adjust(&workspace, tokens: tokens[...], position: position)
        do {
            try mask(&workspace, at: position)
        } catch {
            failure = error
            return finish(.stop)
        }
        if let probe { return follow(probe, &workspace) }
        return draw(&workspace, at: position)
    }

    mutating func mask(_ workspace: inout SamplingWorkspace, at position: Int) throws {
        guard !rules.isEmpty else { return }
        var place = DraftPlace(
            position: position, body: text.body,
            tokensLeft: min(request.sampling.maxTokens, request.tokenRoom) - position, banned: banned[position] ?? [],
            isProbe: probe != nil)
        if usesRoom { place.room = room }
        for index in rules.indices { try rules[index].mask(&workspace, at: place) }
    }

    /// Bans numbers, unless a rule forces one.
    func banNumbers(_ workspace: inout SamplingWorkspace) {
        let forced = rules.lazy.compactMap(\.forcedToken).first
        for (index, shape) in shapes.all().enumerated() where shape.holdsNumber && TokenID(index) != forced {
            workspace.ban(TokenID(index))
        }
    }

    /// Draws tokens until one fits or the text ends.
    mutating func draw(_ workspace: inout SamplingWorkspace, at position: Int) -> Step {
        // Never accept an implausible token just because the better ones are banned or do not fit.
        let floor = (workspace.peak()?.logit ?? 0) - Self.implausibleDistance
        if let banned = banned[position] {
            let forced = rules.lazy.compactMap(\.forcedToken).first
            for token in banned where token != forced { workspace.ban(token) }
            banEmptyText(&workspace)
        }
        let isNumberless = numberlessFrom.map { position >= $0 } ?? false
        if isNumberless { banNumbers(&workspace) }
        let isShort = isNumberless || shortOfRoom.contains(position)
        // If a rule keeps the text from ending here, an implausible token is better than none.
        let canEnd = vocabulary.endTokens.contains { workspace.allows($0) }
        if isShort, isLimited, canEnd, !text.body.isEmpty {
            workspace.ban(below: floor, except: vocabulary.endTokens)
        }
        if !isShort, banned[position] != nil, !isWholeHere { banEnds(&workspace) }
        let isNearEnd = limitRule?.isNearEnd ?? false
        let endShare = isNearEnd ? endShare(&workspace) : 0
        if let skipped, skipped.position == position {
            for _ in 0..<skipped.count { if let peak = workspace.peak() { workspace.ban(peak.token) } }
        }
        var isMasked = false
        for _ in 0..<64 {
            let drawCount = drawCounts[position, default: 0]
            drawCounts[position] = drawCount + 1
            let attempt = search.restartCount << 16 + drawCount
            guard let token = sampler.draw(&workspace, position: position, attempt: attempt) else {
                return isLimited ? finishAtBestEnding() : finish(.stop)
            }
            let bytes = vocabulary.textBytes(of: token)
            let isEnd = vocabulary.endTokens.contains(token)
            if isNearEnd, isEnd || mayEnd(before: bytes) { search.add(tokenCount: position, share: endShare) }
            if isEnd { noteEnd(token, &workspace) }
            if isEnd { return isMasked || banned[position] != nil ? finishAtBestEnding() : finish(.stop) }
            switch judge(token, bytes) {
            case .fits: return accept(token, bytes, alternatives(&workspace, chosen: token))
            case .ends(let byteCount):
                if rules.allSatisfy({ $0.canEnd(text.body + bytes.prefix(byteCount)) }) {
                    noteEnd(token, &workspace)
                    text.append(token, bytes.prefix(byteCount), alternatives: alternatives(&workspace, chosen: token))
                    return finish(.limit)
                }
                workspace.ban(token)
            case .endsBefore(let offset):
                if rules.allSatisfy({ $0.canEnd(text.body.prefix(upTo: min(offset, text.body.endIndex))) }) {
                    noteEnd(token, &workspace)
                    text.cut(at: offset)
                    return finish(.limit)
                }
                workspace.ban(token)
            case .unitOutOfRoom(let start): return giveUpUnit(from: start, without: token)
            case .open where probed[position]?.contains(token) != true:
                drawCounts[position] = drawCount
                probe = UnitProbe(tokenCount: position, offset: text.body.endIndex, token: token)
                let step = write(token, bytes)
                _ = tellRules(about: token, bytes)
                return step
            case .open, .outOfRoom:
                if rules.indices.contains(where: { rules[$0].roomEnded(at: position) }) {
                    return .goBack(tokenCount: position)
                }
                if isMasked { workspace.ban(token) }
                if !isMasked, isLimited { shapes.mask(&workspace, after: text.body, room: room, floor: floor) }
                banEmptyText(&workspace)
                isMasked = true
            }
        }
        return finishAtBestEnding()
    }

    // MARK: Rules

    var limitRule: LimitRule? { rules.lazy.compactMap { $0 as? LimitRule }.first }
    var isLimited: Bool { request.limits.hard && !request.limits.isEmpty }

    /// The room that all rules leave.
    var room: TextRoom {
        let body = text.body
        return rules.reduce(TextRoom()) { room, rule in
            let other = rule.remaining(after: body)
            return TextRoom(
                characters: min(room.characters, other.characters), words: min(room.words, other.words),
                characterLimit: room.characterLimit ?? other.characterLimit,
                wordLimit: room.wordLimit ?? other.wordLimit,
                isLastSentence: room.isLastSentence || other.isLastSentence,
                isLastLine: room.isLastLine || other.isLastLine,
                countsWideAsTwo: room.countsWideAsTwo || other.countsWideAsTwo)
        }
    }

    func judge(_ token: TokenID, _ bytes: [UInt8]) -> RuleVerdict {
        let body = text.body
        let reserved = rules.reduce(ReservedRoom()) { $0 + $1.reserved(besides: token) }
        for rule in rules {
            let verdict = rule.judge(bytes, after: body, reserved: reserved)
            if verdict != .fits { return verdict }
        }
        return .fits
    }

    /// True if the text may end before these bytes, as far as the bytes tell.
    func mayEnd(before bytes: [UInt8]) -> Bool {
        let body = text.body
        if TextEnds.endsOnFunctionWord(body) { return false }
        if case .inside = TextUnits.place(at: body.endIndex, in: body + bytes, isComplete: false) { return false }
        return true
    }

    /// True if a text that lost its next word to a rule, and not for want of room, may end here all the same.
    var isWholeHere: Bool {
        guard let last = UTF8Text.lastScalar(text.body)?.scalar else { return true }
        if Sentences.isTerminator(last) { return true }
        return request.limits.lines == 1 && !TextEnds.endsOnFunctionWord(text.body)
    }

    /// Bans the end of the text, unless a grammar decides about it.
    func banEnds(_ workspace: inout SamplingWorkspace) {
        guard request.grammar == nil, request.tidies else { return }
        for token in vocabulary.endTokens { workspace.ban(token) }
    }

    /// Bans the end of an empty text if the tokens that the model wanted did not fit.
    func banEmptyText(_ workspace: inout SamplingWorkspace) {
        guard isLimited, search.kept == nil, text.body.isEmpty else { return }
        for token in vocabulary.endTokens { workspace.ban(token) }
    }

    // MARK: Adding

    mutating func write(
        _ token: TokenID, _ bytes: [UInt8], _ alternatives: PositionAlternatives? = nil
    ) -> Step {
        text.append(token, bytes, alternatives: alternatives)
        tokens.append(token)
        return .read(token)
    }

    /// Tells every rule about a token that was added, even if an earlier rule ends the text there.
    mutating func tellRules(about token: TokenID, _ bytes: [UInt8]) -> RuleOutcome {
        var outcome = RuleOutcome.continues
        for index in rules.indices {
            let next = rules[index].accept(token, bytes, in: text)
            if outcome == .continues {
                outcome = next
                if outcome != .continues { decidingRule = index }
            }
        }
        return outcome
    }

    mutating func accept(
        _ token: TokenID, _ bytes: [UInt8], _ alternatives: PositionAlternatives?
    ) -> Step {
        let step = write(token, bytes, alternatives)
        return settle(tellRules(about: token, bytes), step)
    }

    /// Carries out the outcome of an added token.
    mutating func settle(_ outcome: RuleOutcome, _ step: Step) -> Step {
        switch outcome {
        case .continues: break
        case .ends(let match):
            guard rules.allSatisfy({ $0.canEnd(text.body.prefix(upTo: match)) }) else {
                return goBack(toToken: text.tokenIndex(atByte: match), orFinish: .stop)
            }
            text.cut(at: match)
            return finish(.stop)
        case .rollsBack(let match):
            // If the start of the phrase was already reported, at least its last token must go.
            let start = text.tokenIndex(atByte: match)
            let index = text.isUnreported(fromToken: start) ? start : text.tokens.count - 1
            let isBanned = decidingRule.map { rules[$0] is LexiconRule || rules[$0] is BannedPhrases } ?? false
            let word = TextLength.trimmed(String(decoding: text.bytes[match...], as: UTF8.self))
            let step = goBack(toToken: index, orFinish: .stop)
            if isFinished, isBanned { endedBefore = String(word) }
            return step
        }
        if text.tokens.count >= request.sampling.maxTokens { return finish(.length) }
        pending += text.report(upTo: certainCount, isFinal: false)
        return step
    }

    /// The byte offset from which on the text may still be rolled back.
    var certainCount: Int {
        let body = text.body
        var limit = body.endIndex
        for rule in rules {
            if let byte = rule.firstUncertainByte(of: body) {
                limit = min(limit, rule.cutsInsideTokens ? byte : text.start(ofToken: text.tokenIndex(atByte: byte)))
            }
        }
        if let first = search.first { limit = min(limit, text.start(ofToken: first.tokenCount)) }
        return limit
    }
}
