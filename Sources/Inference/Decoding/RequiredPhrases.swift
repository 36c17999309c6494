// Phrases that a draft has to contain: when they are pushed into it, and how hard.
// - A text does not end before each phrase occurred. The wish to end, and the room that gets scarce, raise the first
//   token of the next phrase, gently at first; where the room is just enough, nothing else may be written.
// - A phrase that was begun by the push is written to its end.
// - Room for the phrases is reserved: words of the model that would take it are given up. Limits stay what they are;
//   a phrase for which there is no room is left out.

import Generation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Gets phrases into one draft.
struct RequiredPhrases {
    /// What the draft looks like where its next token is drawn.
    struct Place {
        var position: Int
        /// The text so far, as limits count it.
        var body: ArraySlice<UInt8>
        var tokensLeft: Int
        var keeper: LimitKeeper?
        /// Tokens that led nowhere here.
        var banned: Set<TokenID>
    }

    private struct Phrase {
        let bytes: [UInt8]
        let text: String
        let finder: StopFinder
        /// Where its first occurrence ends in the draft's bytes.
        var foundEnd: Int?
        var searchedEnd = 0
        var characters: Int { text.unicodeScalars.count }
        var wordCount: Int { TextLength.wordCount(of: text[...]) }
    }

    /// What is to be written next: the rest of a phrase, with the space before it where there has to be one.
    private struct Push {
        var phrase: Int
        /// Where the phrase begins in the draft's bytes.
        var start: Int
        var rest: [UInt8]
        var token: TokenID
        var strength: Float
    }

    private var phrases: [Phrase]
    private let vocabulary: any TextVocabulary
    private let shapes: TokenShapes
    /// How much the model wanted to end at each position, 0 to 1.
    private var wishes: [Float] = []
    private var push: Push?
    /// A phrase that was begun by a push.
    private var begun: (phrase: Int, start: Int)?
    private var forcedPositions: Set<Int> = []
    private var firstTokens: [[UInt8]: TokenID?] = [:]

    /// From which strength on a phrase that was begun is written to its end.
    private static let firmStrength: Float = 0.25
    /// Up to which share of the room nothing is pushed.
    private static let calmShare: Float = 0.3
    /// How many wishes to end make the push irresistible.
    private static let mostWishes: Float = 1.5

    /// `nil` where there is no phrase.
    init?(_ texts: [String], vocabulary: any TextVocabulary, shapes: TokenShapes) {
        let kept = texts.map { String(TextLength.trimmed($0)) }.filter { !$0.isEmpty }
        guard !kept.isEmpty else { return nil }
        phrases = kept.map {
            Phrase(bytes: Array($0.utf8), text: $0, finder: StopFinder([$0], ignoresCase: true))
        }
        self.vocabulary = vocabulary
        self.shapes = shapes
    }

    /// Whether a phrase has not occurred yet; as of the last `look`.
    var isOpen: Bool { phrases.contains { $0.foundEnd == nil } }

    /// How many phrases a text lacks.
    func missingCount(in body: ArraySlice<UInt8>) -> Int {
        phrases.count { $0.finder.firstMatch(in: body, newCount: body.count) == nil }
    }

    /// Looks for the phrases in a text that grew or was taken back.
    mutating func look(at body: ArraySlice<UInt8>) {
        for index in phrases.indices {
            if let end = phrases[index].foundEnd {
                if end <= body.endIndex { continue }
                phrases[index].foundEnd = nil
            }
            let searchedEnd = max(min(phrases[index].searchedEnd, body.endIndex), body.startIndex)
            // After text was taken back, what is there now may be new.
            let newCount = min(body.endIndex - searchedEnd + phrases[index].bytes.count, body.count)
            if let start = phrases[index].finder.firstMatch(in: body, newCount: newCount) {
                phrases[index].foundEnd = start + phrases[index].bytes.count
            }
            phrases[index].searchedEnd = body.endIndex
        }
    }

    /// Changes the logits of a place so that the phrases come in time.
    mutating func apply(to workspace: inout SamplingWorkspace, at place: Place) {
        look(at: place.body)
        push = nil
        wishes.removeLast(max(wishes.count - place.position, 0))
        forcedPositions = forcedPositions.filter { $0 <= place.position }
        guard isOpen else { return }
        wishes.append(endWish(workspace))
        for token in vocabulary.endTokens { workspace.ban(token) }
        guard let peak = workspace.peak() else { return }
        if let keeper = place.keeper { banLastEnd(&workspace, keeper, place.body) }
        guard var push = nextPush(at: place), workspace.logits[Int(push.token)] > -.infinity,
            !place.banned.contains(push.token)
        else { return }
        let isFirm = begun.map { $0.phrase == push.phrase && $0.start == push.start } ?? false
        let pressure = pressure(at: place, pushing: push)
        let goesOn = WordEnd(of: place.body).isContinued(by: vocabulary.textBytes(of: peak.token))
        let hasRoom = place.tokensLeft > 2 + tokenCount(of: push.rest)
        if isFirm || forcedPositions.contains(place.position) || pressure >= 1 && !(goesOn && hasRoom) {
            push.strength = 1
            let logit = workspace.logits[Int(push.token)]
            for index in workspace.logits.indices { workspace.logits[index] = -.infinity }
            workspace.logits[Int(push.token)] = logit
        } else if !goesOn, pressure > Self.calmShare {
            let share = (min(pressure, 1) - Self.calmShare) / (1 - Self.calmShare)
            push.strength = share * share
            // A logit above the likeliest would be as good as certain.
            let gap = max(peak.logit + 1 - workspace.logits[Int(push.token)], 0)
            workspace.logits[Int(push.token)] += push.strength * gap
        }
        self.push = push
    }

    /// The keeper that judges a token: one that leaves room for the phrases, unless the token is a part of one.
    func keeper(for token: TokenID, _ keeper: LimitKeeper?) -> LimitKeeper? {
        guard let keeper, let push, push.token != token else { return keeper }
        let open = phrases.indices.filter { phrases[$0].foundEnd == nil && $0 != push.phrase }
        let rest = String(decoding: push.rest, as: UTF8.self)
        let wide = keeper.limits.countsWideAsTwo
        return keeper.reserving(
            characters: open.reduce(Self.width(rest, wide)) { $0 + 1 + Self.width(phrases[$1].text, wide) },
            words: open.reduce(TextLength.wordCount(of: rest[...])) { $0 + phrases[$1].wordCount })
    }

    /// Whether a phrase can be written at a position, so that nothing else need be.
    mutating func force(at position: Int) -> Bool {
        guard push != nil, !forcedPositions.contains(position) else { return false }
        forcedPositions.insert(position)
        return true
    }

    /// Takes note of the token that was written.
    mutating func accept(_ token: TokenID) {
        guard let push, push.token == token, push.strength >= Self.firmStrength else { return }
        begun = (push.phrase, push.start)
    }

    /// The phrase that was begun, or else the first for which there is room.
    private mutating func nextPush(at place: Place) -> Push? {
        let body = place.body
        let open = phrases.indices.filter { phrases[$0].foundEnd == nil }
        if let (phrase, start) = begun {
            let count = body.endIndex - start
            if open.contains(phrase), count > 0, beginningCount(of: phrase, in: body, is: count) {
                return makePush(phrase, matched: count, at: place)
            }
            begun = nil
        }
        for phrase in open {
            let most = min(phrases[phrase].bytes.count - 1, body.count)
            let matched = (0...most).reversed().first { beginningCount(of: phrase, in: body, is: $0) } ?? 0
            if let push = makePush(phrase, matched: matched, at: place) { return push }
        }
        return nil
    }

    /// Whether the text ends with the first `count` bytes of a phrase, as a word of their own.
    private func beginningCount(of phrase: Int, in body: ArraySlice<UInt8>, is count: Int) -> Bool {
        guard count < phrases[phrase].bytes.count, count <= body.count else { return false }
        let isSame = zip(body.suffix(count), phrases[phrase].bytes).allSatisfy {
            StopFinder.lower($0) == StopFinder.lower($1)
        }
        guard isSame, count > 0, let before = UTF8Text.lastScalar(body.dropLast(count))?.scalar else { return isSame }
        return ScalarClass(before) != .word && ScalarClass(before) != .extender
    }

    private mutating func makePush(_ phrase: Int, matched: Int, at place: Place) -> Push? {
        var rest = Array(phrases[phrase].bytes.dropFirst(matched))
        let needsSpace = matched == 0 && needsSpace(after: place.body, before: phrase)
        if needsSpace { rest.insert(UInt8(ascii: " "), at: 0) }
        if let keeper = place.keeper {
            let text = String(decoding: rest, as: UTF8.self)
            let width = Self.width(text, keeper.limits.countsWideAsTwo)
            let words = TextLength.wordCount(of: text[...]) - (matched > 0 ? 1 : 0)
            guard width <= keeper.remainingCharacters(after: place.body), words <= wordsLeft(keeper, place.body) else {
                return nil
            }
        }
        guard let token = firstToken(of: rest) else { return nil }
        return Push(
            phrase: phrase, start: place.body.endIndex - matched + (needsSpace ? 1 : 0), rest: rest, token: token,
            strength: 0)
    }

    private func needsSpace(after body: ArraySlice<UInt8>, before phrase: Int) -> Bool {
        guard let last = UTF8Text.lastScalar(body)?.scalar, let first = phrases[phrase].text.unicodeScalars.first else {
            return false
        }
        switch last.properties.generalCategory {
        case .openPunctuation, .initialPunctuation, .dashPunctuation: return false
        default: break
        }
        if ScalarClass(last) == .whitespace { return false }
        return ScalarClass(last) != .standalone || ScalarClass(first) != .standalone
    }

    /// How scarce the room for what is still to come is: 0 at the beginning, 1 where it is just enough.
    private mutating func pressure(at place: Place, pushing push: Push) -> Float {
        let others = phrases.indices.filter { phrases[$0].foundEnd == nil && $0 != push.phrase }
        func share(total: Int, left: Int, needed: Int) -> Float {
            left <= needed ? 1 : Float(total - left) / Float(max(total - needed, 1))
        }
        let total = place.tokensLeft + place.position
        var tokensNeeded = tokenCount(of: push.rest) + max(4, total / 16)
        for other in others { tokensNeeded += 1 + tokenCount(of: phrases[other].bytes) }
        var pressure = share(total: total, left: place.tokensLeft, needed: tokensNeeded)
        if let keeper = place.keeper {
            if let limit = keeper.limits.characters {
                let needed = others.reduce(push.rest.count) { $0 + 1 + phrases[$1].characters }
                let left = keeper.remainingCharacters(after: place.body)
                pressure = max(pressure, share(total: limit, left: left, needed: needed + min(8, limit / 8)))
            }
            if let limit = keeper.limits.words {
                let needed = others.reduce(phrases[push.phrase].wordCount) { $0 + phrases[$1].wordCount }
                pressure = max(pressure, share(total: limit, left: wordsLeft(keeper, place.body), needed: needed))
            }
        }
        return max(pressure, wishes.reduce(0, +) / Self.mostWishes)
    }

    private func wordsLeft(_ keeper: LimitKeeper, _ body: ArraySlice<UInt8>) -> Int {
        guard let limit = keeper.limits.words else { return .max }
        return limit - keeper.length(of: body).words
    }

    /// How likely an end is, as a share of the likeliest token.
    private func endWish(_ workspace: SamplingWorkspace) -> Float {
        guard let peak = workspace.peak(), peak.logit < .infinity else { return 0 }
        let logits = vocabulary.endTokens.compactMap {
            workspace.logits.indices.contains(Int($0)) ? workspace.logits[Int($0)] : nil
        }
        return logits.max().map { expf($0 - peak.logit) } ?? 0
    }

    /// Bans what would end the last sentence or line that there may be.
    private func banLastEnd(_ workspace: inout SamplingWorkspace, _ keeper: LimitKeeper, _ body: ArraySlice<UInt8>) {
        guard keeper.limits.sentences != nil || keeper.limits.lines != nil else { return }
        let length = keeper.length(of: body)
        guard length.sentences >= keeper.limits.sentences ?? .max || length.lines >= keeper.limits.lines ?? .max else {
            return
        }
        for (index, shape) in shapes.all().enumerated() where shape.followsEnd { workspace.ban(TokenID(index)) }
    }

    private func tokenCount(of bytes: [UInt8]) -> Int { vocabulary.tokens(writing: bytes).count }

    /// The token to write first of some bytes.
    private mutating func firstToken(of bytes: [UInt8]) -> TokenID? {
        if let known = firstTokens[bytes] { return known }
        // Vocabularies that put a space before every text write " so" as they write "so".
        let spellings = [
            vocabulary.tokens(writing: bytes), vocabulary.tokens(writing: Array(bytes.drop { $0 == 0x20 })),
        ]
        func count(_ token: TokenID) -> Int {
            let text = vocabulary.textBytes(of: token)
            return bytes.starts(with: text) ? text.count : 0
        }
        var best = spellings.compactMap(\.first).max { count($0) < count($1) }
        if best.map({ count($0) == 0 }) ?? true {
            best = (0..<TokenID(clamping: vocabulary.vocabularySize)).max { count($0) < count($1) }
        }
        let found = best.flatMap { count($0) > 0 ? $0 : nil }
        firstTokens[bytes] = .some(found)
        return found
    }

    private static func width(_ text: String, _ countsWideAsTwo: Bool) -> Int {
        TextLength.characterCount(of: text[...], countsWideAsTwo: countsWideAsTwo)
    }
}
