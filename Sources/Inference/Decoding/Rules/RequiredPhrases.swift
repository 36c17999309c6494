// Phrases that a draft must include: when to write them, and how strongly to prefer them.
// - A text does not end before each phrase occurred, as words of its own. The likelier the model is to end, or the less
//   room is left, the larger the bonus on the next phrase's first token. If the room only just fits the phrases, all
//   other tokens are masked.
// - Once the rule began a phrase, it writes it to the end, and bans tokens that would continue its last word.
// - The rule reserves room for the phrases: words of the model that would take it are rolled back. Limits do not
//   change; a phrase without room is left out.

import Generation
import Text

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Makes one draft include its phrases.
struct RequiredPhrases: DraftRule {
    private struct Phrase {
        let text: String
        let bytes: [UInt8]
        let finder: PhraseFinder
        let beginnings: PhraseBeginnings
        /// The end of its first occurrence in the draft's bytes.
        var foundEnd: Int?
        var searchedEnd = 0

        init(_ text: String) {
            self.text = text
            bytes = Array(text.utf8)
            finder = PhraseFinder([text], folding: true, wholeWords: true)
            beginnings = PhraseBeginnings(text)
        }

        var wordCount: Int { TextLength.wordCount(of: text[...]) }
    }

    /// The text to write next: the rest of a phrase, with a space before it if it needs one.
    private struct NextPhrase {
        var phrase: Int
        /// The phrase's first byte in the draft.
        var start: Int
        var rest: [UInt8]
        var token: TokenID
        var bonus: Float
    }

    private var phrases: [Phrase]
    private let vocabulary: any TextVocabulary
    private let shapes: TokenShapes
    /// The probability of an end at each position, relative to the most likely token.
    private var endChances: [Float] = []
    private var next: NextPhrase?
    /// A phrase that the rule has begun.
    private var begun: (phrase: Int, start: Int, position: Int)?
    /// Positions at which the rule began a phrase and could not finish it.
    private var failedPositions: Set<Int> = []
    /// The only token that the rule allows here.
    private(set) var forcedToken: TokenID?
    private var forcedPositions: Set<Int> = []
    private var firstTokens: [[UInt8]: TokenID?] = [:]
    private var countsWideAsTwo = false

    /// From this bonus on, a phrase that was begun is written to its end.
    private static let bindingBonus: Float = 0.25
    /// Up to this pressure no token gets a bonus.
    private static let quietPressure: Float = 0.3
    /// If the end probabilities add up to this, only the phrase may follow.
    private static let fullEndChance: Float = 1.5

    /// `nil` if there is no phrase.
    init?(_ texts: [String], vocabulary: any TextVocabulary, shapes: TokenShapes) {
        let kept = texts.map { String(TextLength.trimmed($0)) }.filter { !$0.isEmpty }
        guard !kept.isEmpty else { return nil }
        phrases = kept.map(Phrase.init)
        self.vocabulary = vocabulary
        self.shapes = shapes
    }

    var usesRoom: Bool { true }

    func missingCount(in body: ArraySlice<UInt8>) -> Int {
        phrases.count { $0.finder.firstMatch(in: body, newCount: body.count) == nil }
    }

    /// True if a phrase is still missing, as of the last `look`.
    private var isOpen: Bool { phrases.contains { $0.foundEnd == nil } }

    /// Looks for the phrases in a text that grew or was rolled back.
    private mutating func look(at body: ArraySlice<UInt8>) {
        for index in phrases.indices {
            if let end = phrases[index].foundEnd {
                // A few bytes after the phrase may have turned it into part of a longer word.
                if end + 8 <= body.endIndex { continue }
                phrases[index].foundEnd = nil
                phrases[index].searchedEnd = min(phrases[index].searchedEnd, end)
            }
            let searchedEnd = max(min(phrases[index].searchedEnd, body.endIndex), body.startIndex)
            let newCount = min(body.endIndex - searchedEnd + 2 * phrases[index].bytes.count, body.count)
            phrases[index].foundEnd = phrases[index].finder.firstMatch(in: body, newCount: newCount)?.upperBound
            phrases[index].searchedEnd = body.endIndex
        }
    }

    /// Changes the logits of a place so that the phrases are written in time.
    mutating func mask(_ workspace: inout SamplingWorkspace, at place: DraftPlace) {
        forcedToken = nil
        guard !place.isProbe else { return }
        look(at: place.body)
        next = nil
        countsWideAsTwo = place.room.countsWideAsTwo
        endChances.removeLast(max(endChances.count - place.position, 0))
        forcedPositions = forcedPositions.filter { $0 <= place.position }
        banContinuations(&workspace, place.body)
        guard isOpen else { return }
        endChances.append(endChance(workspace, place.room))
        for token in vocabulary.endTokens { workspace.ban(token) }
        guard let peak = workspace.peak() else { return }
        guard var next = nextPhrase(at: place), workspace.logits[Int(next.token)] > -.infinity else {
            return banLastEnd(&workspace, place.room, except: nil)
        }
        banLastEnd(&workspace, place.room, except: next.token)
        let isFirm = begun.map { $0.phrase == next.phrase && $0.start == next.start } ?? false
        let pressure = pressure(at: place, writing: next)
        let continues =
            TextUnits.place(
                at: place.body.endIndex, in: place.body + vocabulary.textBytes(of: peak.token), isComplete: false)
            != .end
        let hasRoom = place.tokensLeft > 2 + tokenCount(of: next.rest)
        // The model may have tried this token here in vain, but it may still begin the phrase.
        let isBanned = place.banned.contains(next.token)
        if isBanned, failedPositions.contains(place.position) { return }
        if isFirm || forcedPositions.contains(place.position) || pressure >= 1 && !(continues && hasRoom) {
            next.bonus = 1
            forcedToken = next.token
            let logit = workspace.logits[Int(next.token)]
            for index in workspace.logits.indices { workspace.logits[index] = -.infinity }
            workspace.logits[Int(next.token)] = logit
        } else if isBanned {
            return
        } else if !continues, pressure > Self.quietPressure {
            let share = (min(pressure, 1) - Self.quietPressure) / (1 - Self.quietPressure)
            next.bonus = share * share
            // A logit far above the most likely one would make the token all but certain.
            let gap = max(peak.logit + 1 - workspace.logits[Int(next.token)], 0)
            workspace.logits[Int(next.token)] += next.bonus * gap
        }
        self.next = next
    }

    /// Reserves room for the missing phrases, unless the token is part of one.
    func reserved(besides token: TokenID) -> ReservedRoom {
        guard let next, next.token != token else { return ReservedRoom() }
        let rest = String(decoding: next.rest, as: UTF8.self)
        let own = ReservedRoom(characters: width(rest), words: TextLength.wordCount(of: rest[...]))
        return phrases.indices.filter { phrases[$0].foundEnd == nil && $0 != next.phrase }.reduce(own) {
            $0 + ReservedRoom(characters: 1 + width(phrases[$1].text), words: phrases[$1].wordCount)
        }
    }

    mutating func roomEnded(at position: Int) -> Bool {
        guard next != nil, !forcedPositions.contains(position) else { return false }
        forcedPositions.insert(position)
        return true
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        if let next, next.token == token, next.bonus >= Self.bindingBonus, begun?.start != next.start {
            begun = (next.phrase, next.start, text.tokens.count - 1)
        }
        return .continues
    }

    mutating func rollBack(to text: DraftText) {
        guard let begun, text.tokens.count <= begun.position else { return }
        if phrases[begun.phrase].foundEnd == nil { failedPositions.insert(begun.position) }
        self.begun = nil
    }

    /// The end of the last phrase in the text.
    var protectedEnd: Int? { phrases.compactMap(\.foundEnd).max() }

    /// A phrase at the end of the text: nothing may make it longer.
    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? {
        phrases.contains { $0.foundEnd == body.endIndex } ? TextUnits.openStart(in: body) : nil
    }

    /// Bans tokens that would continue the last word of a phrase at the end of the text.
    private func banContinuations(_ workspace: inout SamplingWorkspace, _ body: ArraySlice<UInt8>) {
        guard let end = phrases.compactMap(\.foundEnd).max(), end + 1 >= body.endIndex,
            let last = UTF8Text.lastScalar(body.prefix(upTo: end))?.scalar
        else { return }
        let isAtMark = end < body.endIndex
        let isDigit = last.properties.numericType != nil
        guard !isAtMark || isDigit else { return }
        let isWord = ScalarClass(last) == .word || ScalarClass(last) == .extender
        var continuations: [TokenID] = []
        var hasOther = false
        for (index, shape) in shapes.all().enumerated()
        where workspace.logits.indices.contains(index) && workspace.logits[index] > -.infinity {
            let continues =
                isAtMark
                ? shape.beginsWithDigit : isWord && shape.beginsWithLetter || isDigit && shape.beginsWithMarkedDigit
            if continues { continuations.append(TokenID(index)) } else { hasOther = true }
        }
        // If a grammar allows only these tokens, keep them.
        if hasOther { for token in continuations { workspace.ban(token) } }
    }

    /// The phrase that was begun, or else the first that fits.
    private mutating func nextPhrase(at place: DraftPlace) -> NextPhrase? {
        let body = place.body
        let open = phrases.indices.filter { phrases[$0].foundEnd == nil }
        if let (phrase, start, _) = begun {
            let count = body.endIndex - start
            if open.contains(phrase), count > 0, count < phrases[phrase].bytes.count,
                body.suffix(count).elementsEqual(phrases[phrase].bytes.prefix(count))
            {
                return nextPhrase(phrase, matched: count, at: place)
            }
            begun = nil
        }
        for phrase in open {
            let matched = phrases[phrase].beginnings.longest(endOf: body)
            if let next = nextPhrase(phrase, matched: matched, at: place) { return next }
        }
        return nil
    }

    private mutating func nextPhrase(_ phrase: Int, matched: Int, at place: DraftPlace) -> NextPhrase? {
        var rest = Array(phrases[phrase].bytes.dropFirst(matched))
        let needsSpace = matched == 0 && needsSpace(after: place.body, before: phrase)
        if needsSpace { rest.insert(UInt8(ascii: " "), at: 0) }
        // A character whose first bytes are already in the text is counted there.
        let text = String(decoding: rest.drop { $0 & 0xC0 == 0x80 }, as: UTF8.self)
        let words = TextLength.wordCount(of: text[...]) - (matched > 0 ? 1 : 0)
        guard width(text) <= place.room.characters, words <= place.room.words else { return nil }
        guard let token = firstToken(of: rest) else { return nil }
        return NextPhrase(
            phrase: phrase, start: place.body.endIndex - matched + (needsSpace ? 1 : 0), rest: rest, token: token,
            bonus: 0)
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

    /// How scarce the room is: 0 at the beginning, 1 if it only just fits.
    private mutating func pressure(at place: DraftPlace, writing next: NextPhrase) -> Float {
        let others = phrases.indices.filter { phrases[$0].foundEnd == nil && $0 != next.phrase }
        func share(total: Int, left: Int, needed: Int) -> Float {
            left <= needed ? 1 : Float(total - left) / Float(max(total - needed, 1))
        }
        let total = place.tokensLeft + place.position
        var tokensNeeded = tokenCount(of: next.rest) + max(4, total / 16)
        for other in others { tokensNeeded += 1 + tokenCount(of: phrases[other].bytes) }
        var pressure = share(total: total, left: place.tokensLeft, needed: tokensNeeded)
        if let limit = place.room.characterLimit {
            let needed = others.reduce(next.rest.count) { $0 + 1 + phrases[$1].text.unicodeScalars.count }
            pressure = max(
                pressure, share(total: limit, left: place.room.characters, needed: needed + min(8, limit / 8)))
        }
        if let limit = place.room.wordLimit {
            let needed = others.reduce(phrases[next.phrase].wordCount) { $0 + phrases[$1].wordCount }
            pressure = max(pressure, share(total: limit, left: place.room.words, needed: needed))
        }
        return max(pressure, endChances.reduce(0, +) / Self.fullEndChance)
    }

    /// The probability of an end, of the text or of the last sentence or line, relative to the most likely token.
    private func endChance(_ workspace: SamplingWorkspace, _ room: TextRoom) -> Float {
        guard let peak = workspace.peak(), peak.logit < .infinity else { return 0 }
        var highest = -Float.infinity
        for token in vocabulary.endTokens where workspace.logits.indices.contains(Int(token)) {
            highest = max(highest, workspace.logits[Int(token)])
        }
        if room.isLastSentence || room.isLastLine {
            for (index, shape) in shapes.all().enumerated() where workspace.logits.indices.contains(index) {
                if ends(shape, in: room) { highest = max(highest, workspace.logits[index]) }
            }
        }
        return highest > -.infinity ? expf(highest - peak.logit) : 0
    }

    /// True if a token ends the last sentence or line that the limits allow.
    private func ends(_ shape: TokenShape, in room: TextRoom) -> Bool {
        (room.isLastSentence || room.isLastLine) && shape.holdsLineFeed
            || room.isLastSentence && (shape.followsEnd || shape.endsSentence)
    }

    /// Masks tokens that would end the last sentence or line the limits allow.
    private func banLastEnd(_ workspace: inout SamplingWorkspace, _ room: TextRoom, except allowed: TokenID?) {
        guard room.isLastSentence || room.isLastLine else { return }
        for (index, shape) in shapes.all().enumerated() where TokenID(index) != allowed {
            if ends(shape, in: room) { workspace.ban(TokenID(index)) }
        }
    }

    private func tokenCount(of bytes: [UInt8]) -> Int { vocabulary.tokens(writing: bytes).count }

    /// The first token of these bytes.
    private mutating func firstToken(of bytes: [UInt8]) -> TokenID? {
        if let known = firstTokens[bytes] { return known }
        // If the vocabulary puts a space before every text, it writes " so" and "so" alike.
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

    private func width(_ text: String) -> Int {
        TextLength.characterCount(of: text[...], countsWideAsTwo: countsWideAsTwo)
    }
}
