import Generation
import Testing
import Text

@testable import Inference

@Suite struct `Judging a token against a limit` {
    private func verdict(_ limits: LengthLimits, _ text: String, _ token: String) -> RuleVerdict? {
        guard var rule = LimitRule(limits) else { return nil }
        var draft = DraftText(trimsWhitespace: true)
        draft.append(1, text.utf8)
        rule.rollBack(to: draft)
        return rule.judge(Array(token.utf8), after: draft.body, reserved: ReservedRoom())
    }

    @Test func `soft or missing limits keep nothing`() {
        #expect(LimitRule(LengthLimits()) == nil)
        #expect(LimitRule(LengthLimits(characters: 3, hard: false)) == nil)
    }

    @Test(arguments: [
        ("Run", " fast", RuleVerdict.fits), ("Run", " faster", .outOfRoom),
        ("Runn", "er of", .ends(byteCount: 2)), ("Runn", "ers of", .ends(byteCount: 3)),
        ("Runners", "hip of", .unitOutOfRoom(start: 0)),
        ("Run fast", "er", .unitOutOfRoom(start: 4)), ("Run fast", ".", .open), ("Run fast", "!", .outOfRoom),
        ("Run fas", "t", .fits), ("Run fast", "'s", .unitOutOfRoom(start: 4)), ("Run fast", "-", .open),
        ("Run fast", ".com", .unitOutOfRoom(start: 4)), ("Run fast", ". B", .outOfRoom),
        ("Run 快跑", "快走吧", .outOfRoom), ("Run", " ", .fits), ("Run fast", " ", .outOfRoom),
        ("Run fast", "\u{301}", .fits), ("Run (fast", "er", .unitOutOfRoom(start: 5)), ("", "Overlong!", .outOfRoom),
        ("Pay $3.5", "0", .unitOutOfRoom(start: 4)), ("Pay 35 €", " b", .outOfRoom),
        ("Pay now5", "%", .unitOutOfRoom(start: 4)),
        ("Be at 10", " a", .open), ("Be at 10", " a.m. on", .unitOutOfRoom(start: 6)),
        ("Pay $3.", "5 now", .ends(byteCount: 1)), ("No Jan.", " 15", .unitOutOfRoom(start: 3)),
    ])
    func `by eight characters`(text: String, token: String, expected: RuleVerdict) {
        #expect(verdict(LengthLimits(characters: 8), text, token) == expected)
    }

    @Test(arguments: [
        ("One two", " three", RuleVerdict.fits), ("One two three", "s", .fits), ("One two three", ".", .fits),
        ("One two three", " four", .outOfRoom), ("一二", "三", .fits), ("一二三", "四", .outOfRoom),
        ("One two three", "\n", .outOfRoom),
    ])
    func `by three words`(text: String, token: String, expected: RuleVerdict) {
        #expect(verdict(LengthLimits(words: 3), text, token) == expected)
    }

    @Test(arguments: [
        ("A line", "\n", RuleVerdict.ends(byteCount: 0)), ("A line", ".\n\n", .ends(byteCount: 1)),
        ("", "\n", .fits),
        ("A", " line\nB", .ends(byteCount: 5)), ("A", " line", .fits),
    ])
    func `by one line, which ends before the line feed`(text: String, token: String, expected: RuleVerdict) {
        #expect(verdict(LengthLimits(lines: 1), text, token) == expected)
    }

    @Test(arguments: [
        ("It is so.", " But", RuleVerdict.endsBefore(offset: 9)), ("It is so.", "”", .fits),
        ("It is", " so.", .fits), ("好。", "但", .endsBefore(offset: 6)), ("It is so.", "\n", .fits),
        ("By Sept.", " 5", .fits), ("5th Ave.", " T", .fits), ("5th Ave. T", "he end", .endsBefore(offset: 8)),
        ("Am 3.", " M", .fits), ("Am 3. M", "ai", .fits), ("Es ist 3. M", "ond ist", .endsBefore(offset: 9)),
    ])
    func `by one sentence`(text: String, token: String, expected: RuleVerdict) {
        #expect(verdict(LengthLimits(sentences: 1), text, token) == expected)
    }

    @Test func `half a character counts as a complete one`() throws {
        var rule = try #require(LimitRule(LengthLimits(characters: 2)))
        var draft = DraftText(trimsWhitespace: true)
        draft.append(1, "你好".utf8)
        rule.rollBack(to: draft)
        func judge(_ bytes: [UInt8], after text: [UInt8]) -> RuleVerdict {
            rule.judge(bytes, after: text[...], reserved: ReservedRoom())
        }
        #expect(judge([0xE4, 0xBD], after: Array("你".utf8)) == .fits)
        #expect(judge([0xE4, 0xBD], after: Array("你好".utf8)) == .open)
        #expect(judge([0xA0], after: Array("你".utf8) + [0xE4, 0xBD]) == .fits)
    }
}

/// A vocabulary of given texts; the first token ends a text.
struct ListedVocabulary: TextVocabulary {
    var texts: [String]
    var specialTokens: [TokenID] = []
    var vocabularySize: Int { texts.count }
    var endTokens: Set<TokenID> { [0] }
    func textBytes(of token: TokenID) -> [UInt8] {
        token > 0 && token < texts.count ? Array(texts[Int(token)].utf8) : []
    }
    func name(of token: TokenID) -> String {
        token == 0 ? "<end>" : String(decoding: textBytes(of: token), as: UTF8.self)
    }
    /// Always the longest token that fits.
    func tokens(writing text: [UInt8]) -> [TokenID] {
        var rest = text[...]
        var tokens: [TokenID] = []
        while let token = texts.indices.filter({ !texts[$0].isEmpty && rest.starts(with: texts[$0].utf8) })
            .max(by: { texts[$0].utf8.count < texts[$1].utf8.count })
        {
            tokens.append(TokenID(token))
            rest = rest.dropFirst(texts[token].utf8.count)
        }
        return tokens
    }
}

/// Decodes one draft with a model that is a function from the text so far to weights of the next texts.
struct TinyWriter {
    var vocabulary: ListedVocabulary
    /// The weights of next texts after a text; `""` is the end; other texts have a tiny weight.
    var next: (String) -> [String: Float]

    func write(
        _ limits: LengthLimits = .init(), seed: UInt64 = 1, trims: Bool = true,
        _ change: (inout SamplingOptions) -> Void = { _ in }
    ) -> (text: String, reason: FinishReason?, pieces: [String], tokenCount: Int) {
        let draft = write(limits, seed: seed, trims: trims, rules: { _ in }, change)
        return (draft.text, draft.reason, draft.pieces, draft.tokenCount)
    }

    /// - Parameter rules: changes the rules that do not come from the sampling options.
    func write(
        _ limits: LengthLimits = .init(), seed: UInt64 = 1, trims: Bool = true, variant: Int = 0,
        rules change: (inout DraftRules) -> Void, _ changeOptions: (inout SamplingOptions) -> Void = { _ in }
    ) -> (text: String, reason: FinishReason?, pieces: [String], tokenCount: Int, tidied: [TidiedPiece]) {
        var options = SamplingOptions()
        options.temperature = 0
        options.topP = 1
        options.maxTokens = 60
        changeOptions(&options)
        var rules = DraftRules(sampling: options, limits: limits, seed: seed, trimsWhitespace: trims)
        change(&rules)
        var decoder = DraftDecoder(
            rules: rules, variant: variant,
            prompt: [1], vocabulary: vocabulary, shapes: TokenShapes(vocabulary), special: SamplerTokens(ends: [0]))
        var workspace = SamplingWorkspace()
        var pieces: [String] = []
        for _ in 0..<10_000 {
            let weights = next(String(decoding: decoder.text.bytes, as: UTF8.self))
            workspace.logits = vocabulary.texts.map { weights[$0] ?? -8 }
            let step = decoder.step(&workspace)
            let piece = decoder.takeText()
            if !piece.isEmpty { pieces.append(piece) }
            if case .finished(let reason) = step {
                return (pieces.joined(), reason, pieces, decoder.tokenCount, decoder.tidied)
            }
        }
        return (pieces.joined(), nil, pieces, decoder.tokenCount, decoder.tidied)
    }
}

@Suite struct `A draft under limits` {
    /// Writes "Get fit faster today" and on, with endings that make longer words.
    private let writer = TinyWriter(
        vocabulary: ListedVocabulary(texts: [
            "", "Get", " fit", " fast", "er", " today", " now", ".", "Stay", " strong", "\n", " a", "!",
        ])
    ) { text in
        if text.isEmpty { return ["Get": 5, "Stay": 4] }
        if text.hasSuffix("Get") || text.hasSuffix("Stay") { return [" fit": 5, " strong": 3] }
        if text.hasSuffix("fit") || text.hasSuffix("strong") { return [" fast": 5, " now": 3] }
        if text.hasSuffix(" fast") { return ["er": 9, " today": 1, "": 0] }
        if text.hasSuffix("er") { return [" today": 5, "": 1] }
        if text.hasSuffix(".") { return ["": 4, " fit": 5] }
        return [".": 3, "": 2, " fit": 4]
    }

    @Test func `rolls back a word that does not fit and writes another`() {
        let draft = writer.write(LengthLimits(characters: 12))
        // "Get fit fast" would be cut inside "faster".
        #expect(draft.text == "Get fit now.")
        #expect(draft.reason == .limit)
    }

    @Test(arguments: 1...40)
    func `never exceeds the limit and never ends inside a word`(limit: Int) {
        for seed in 0..<12 {
            let draft = writer.write(LengthLimits(characters: limit), seed: UInt64(seed)) { $0.temperature = 1.5 }
            #expect(draft.text.count <= limit)
            let last = draft.text.split { !$0.isLetter }.last ?? "Get"
            // As a first token, the ending of "faster" is a word like any other.
            #expect(
                ["Get", draft.text == "er" ? "er" : "a", "fit", "faster", "fast", "today", "now", "Stay", "strong"]
                    .contains(last))
            // It stops by itself only at a place where the writer ends texts.
            let endsHere = writer.next(draft.text)[""] != nil
            #expect(draft.reason == .limit || draft.reason == .stop && endsHere, "\(draft)")
        }
    }

    @Test func `reports a word when it is complete and never rolls it back`() {
        for piece in writer.write(LengthLimits(characters: 25)).pieces.dropLast() {
            #expect(!piece.hasSuffix("fast"))
        }
        let free = writer.write(LengthLimits()) { $0.maxTokens = 4 }
        #expect(free.pieces == ["Get", " fit", " fast", "er"])
    }

    @Test(arguments: 1...6)
    func `keeps a limit on words`(limit: Int) {
        let draft = writer.write(LengthLimits(words: limit))
        // It may end a word or two before the limit if an end reads better there.
        #expect((max(1, limit - 2)...limit).contains(draft.text.split(separator: " ").count))
        #expect(draft.reason == .limit)
    }

    @Test func `ends before the line feed that would be too many`() {
        let lines = TinyWriter(vocabulary: ListedVocabulary(texts: ["", "one", "\n"])) { text in
            text.hasSuffix("e") ? ["\n": 5] : ["one": 5]
        }
        let draft = lines.write(LengthLimits(lines: 2))
        #expect(draft.text == "one\none")
        #expect(draft.reason == .limit)
    }

    @Test func `ends Chinese at any character`() {
        let chinese = TinyWriter(vocabulary: ListedVocabulary(texts: ["", "今天", "天", "气", "很好"])) { _ in
            ["今天": 5, "天": 2]
        }
        #expect(chinese.write(LengthLimits(characters: 5)).text == "今天今天天")
        #expect(chinese.write(LengthLimits(characters: 5, countsWideAsTwo: true)).text == "今天")
    }

    @Test func `does not end on a dash or an opening quote`() {
        let dashes = TinyWriter(vocabulary: ListedVocabulary(texts: ["", "Go", " –", " on", " “"])) { text in
            text.isEmpty ? ["Go": 5] : text.hasSuffix("Go") ? [" –": 5] : [" on": 5]
        }
        #expect(dashes.write(LengthLimits(characters: 5)).text == "Go")
    }

    @Test func `writes nothing if nothing fits, and says that the limit ended it`() {
        let draft = writer.write(LengthLimits(characters: 1))
        #expect(draft.text.count <= 1)
        #expect(draft.reason == .limit)
    }
}
