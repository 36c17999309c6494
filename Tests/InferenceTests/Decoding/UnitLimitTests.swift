import Generation
import Testing
import Text

@testable import Inference

/// Forces a text token by token, cut at random places, so that any split of a unit is tried.
private struct ForcedText {
    let text: String
    var cuts: Set<Int>

    /// Pieces of the text's bytes; the first token of the vocabulary ends a text.
    var pieces: [[UInt8]] {
        var pieces: [[UInt8]] = []
        var piece: [UInt8] = []
        for (offset, byte) in text.utf8.enumerated() {
            if cuts.contains(offset), !piece.isEmpty {
                pieces.append(piece)
                piece = []
            }
            piece.append(byte)
        }
        return pieces + [piece]
    }

    func write(_ limits: LengthLimits) -> (text: String, reason: FinishReason?) {
        let pieces = pieces
        let vocabulary = PieceVocabulary(pieces: [[]] + pieces)
        var options = SamplingOptions()
        options.temperature = 0
        options.maxTokens = 400
        var decoder = DraftDecoder(
            rules: DraftRules(sampling: options, limits: limits, seed: 1, trimsWhitespace: true), variant: 0,
            prompt: [0],
            vocabulary: vocabulary, shapes: TokenShapes(vocabulary), special: SamplerTokens(ends: [0]))
        var workspace = SamplingWorkspace()
        var written = ""
        for _ in 0..<4_000 {
            let next = TokenID(decoder.tokenCount < pieces.count ? decoder.tokenCount + 1 : 0)
            workspace.logits = (0...pieces.count).map { TokenID($0) == next ? 9 : -.infinity }
            let step = decoder.step(&workspace)
            written += decoder.takeText()
            if case .finished(let reason) = step { return (written, reason) }
        }
        return (written, nil)
    }
}

private struct PieceVocabulary: TextVocabulary {
    let pieces: [[UInt8]]
    var vocabularySize: Int { pieces.count }
    var endTokens: Set<TokenID> { [0] }
    func textBytes(of token: TokenID) -> [UInt8] { pieces.indices.contains(Int(token)) ? pieces[Int(token)] : [] }
    func name(of token: TokenID) -> String { String(decoding: textBytes(of: token), as: UTF8.self) }
    func tokens(writing text: [UInt8]) -> [TokenID] { [] }
}

@Suite struct `A hard limit on a prescribed text` {
    private func forced(_ text: String, _ random: inout SeededRandom) -> ForcedText {
        // Cut as vocabularies do: before spaces and marks, beside Han and now and then inside a character.
        var cuts: Set<Int> = []
        var offset = 0
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            let isApart =
                scalar.properties.isWhitespace || ".,。".unicodeScalars.contains(scalar)
                || scalar.properties.isIdeographic
            if isApart || Int.random(in: 0..<3, using: &random) > 0 { cuts.insert(offset) }
            if width > 1, Int.random(in: 0..<3, using: &random) == 0 {
                cuts.formUnion([offset, offset + Int.random(in: 1..<width, using: &random), offset + width])
            }
            if isApart { cuts.insert(offset + (scalar == " " ? 0 : width)) }
            offset += width
        }
        return ForcedText(text: text, cuts: cuts)
    }

    @Test(arguments: [
        ("It costs 3.50 today", 13, "It costs 3.50"), ("It costs 3.50 today", 12, "It costs"),
        ("It costs 3.50 today", 10, "It costs"),
        ("Desk lamps from only $24.99 today", 27, "Desk lamps from only $24.99"),
        ("Desk lamps from only $24.99 today", 26, "Desk lamps from only"),
        ("Save 50% on lamps", 8, "Save 50%"), ("Save 50% on lamps", 7, "Save"),
        ("Meet at 10 a.m. sharp", 10, "Meet"),
        ("Meet at 10 a.m. sharp", 15, "Meet at 10 a.m."), ("Flags 🇩🇪🇫🇷🇮🇹 go", 8, "Flags 🇩🇪🇫🇷"), ("We 👩‍👩‍👧‍👦👍🏽❤️ you", 4, "We 👩‍👩‍👧‍👦"),
        ("We 👩‍👩‍👧‍👦👍🏽❤️ you", 6, "We 👩‍👩‍👧‍👦👍🏽❤️"), ("สวัสดีครับ", 4, "สวัสดี"),
        ("\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8} go", 2, "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"),
        ("nai\u{308}ve ideas", 5, "nai\u{308}ve"), ("Nur 24,99 € heute", 9, "Nur"),
        ("Nur 24,99 € heute", 11, "Nur 24,99 €"),
        ("A well-kept garden", 6, "A"), ("By John F. Kennedy", 9, "By"),
        ("The bike is 24. Buy it", 14, "The bike is 24"), ("Overlong", 4, ""),
        ("See http://a.de/b/ now", 18, "See http://a.de/b/"), ("On Jan. 5, 2026 we go", 9, "On"),
        ("On Jan. 5, 2026 we go", 15, "On Jan. 5, 2026"),
        ("Der 3. Mai ist da", 5, "Der"), ("Go to example.com", 13, "Go"), ("Version 2.1.3 now", 11, "Version"),
        ("现价24.99元起", 6, "现价"),
    ])
    func `keeps a unit that fits, and ends before one that does not`(text: String, limit: Int, expected: String) {
        var random = SeededRandom(seed: 5)
        for _ in 0..<12 {
            let forced = forced(text, &random)
            let draft = forced.write(LengthLimits(characters: limit))
            #expect(draft.text == expected, "in \(forced.pieces)")
            #expect(draft.reason == .limit)
        }
    }

    @Test(arguments: [
        ("Visit us example.com today", 3, "Visit us example.com"), ("Call +49 30 1234567 now", 3, "Call"),
        ("Only 24,99 € today", 2, "Only 24,99 €"), ("Only 24,99 EUR today", 2, "Only"),
        ("日本語、美しい。とても", 6, "日本語、美しい。"), ("U.S.-based teams win", 1, "U.S.-based"),
    ])
    func `counts words as the meter does`(text: String, limit: Int, expected: String) {
        var random = SeededRandom(seed: 6)
        for _ in 0..<12 { #expect(forced(text, &random).write(LengthLimits(words: limit)).text == expected) }
    }

    @Test(arguments: [
        ("It ends on Sept. 5 at noon. Then it is over.", "It ends on Sept. 5 at noon."),
        ("Our shop on 5th Ave. is open. Come in.", "Our shop on 5th Ave. is open."),
        ("We are on 5th Ave. The door is red.", "We are on 5th Ave."),
        ("1. Buy milk. 2. Buy eggs.", "1. Buy milk."), ("Am 3. Mai geht es los. Komm mit.", "Am 3. Mai geht es los."),
        ("Das ist z. B. ein Haus. Gut.", "Das ist z. B. ein Haus."),
        ("Add approx. 5 parts. Stir.", "Add approx. 5 parts."),
        ("Er wird 3. Mond und kalt. Ja.", "Er wird 3."), ("今天。明天", "今天。"),
        ("“Go!” he said. She went.", "“Go!” he said."),
    ])
    func `ends after the last complete sentence`(text: String, expected: String) {
        var random = SeededRandom(seed: 7)
        for _ in 0..<12 {
            let draft = forced(text, &random).write(LengthLimits(sentences: 1))
            #expect(draft.text == expected)
            #expect(draft.reason == .limit)
        }
    }

    @Test func `leaves the room that the meter shows`() throws {
        var random = SeededRandom(seed: 10)
        let rule = try #require(LimitRule(LengthLimits(characters: 400, words: 400)))
        for _ in 0..<300 {
            let text = MixedText.make(wordCount: Int.random(in: 1...12, using: &random), using: &random)
            var meter = RunningLength()
            for character in text { meter.append(String(character)) }
            let kept = String(TextLength.trimmed(text))
            let room = rule.remaining(after: Array(kept.utf8)[...])
            #expect(room.characters == 400 - meter.characters(countsWideAsTwo: false), "\(text.debugDescription)")
            #expect(room.words == 400 - meter.words, "\(text.debugDescription)")
        }
    }

    @Test func `never exceeds a limit, in any script and with any tokens`() {
        var random = SeededRandom(seed: 9)
        for _ in 0..<500 {
            let text = MixedText.make(wordCount: Int.random(in: 1...8, using: &random), using: &random)
            let limit = Int.random(in: 1...30, using: &random)
            let wide = Bool.random(using: &random)
            let limits = [
                LengthLimits(characters: limit, countsWideAsTwo: wide), LengthLimits(words: 1 + limit / 6),
                LengthLimits(characters: limit, words: 1 + limit / 6), LengthLimits(lines: 1),
            ]
            for limit in limits {
                let draft = forced(text, &random).write(limit).text
                let length = TextLength(of: draft, countsWideAsTwo: limit.countsWideAsTwo)
                #expect(
                    length.characters <= limit.characters ?? .max,
                    "\(text.debugDescription) gave \(draft.debugDescription)")
                #expect(length.words <= limit.words ?? .max, "\(text.debugDescription) gave \(draft.debugDescription)")
                #expect(length.lines <= limit.lines ?? .max, "\(text.debugDescription) gave \(draft.debugDescription)")
                // It ends at a place that is an end in the whole text too.
                let kept = TextLength.trimmed(text)
                #expect(kept.hasPrefix(draft) && kept.unicodeScalars.starts(with: draft.unicodeScalars))
                if !draft.isEmpty {
                    let place = TextUnits.place(at: draft.utf8.count, in: Array(kept.utf8)[...], isComplete: true)
                    #expect(place == .end, "\(text.debugDescription) gave \(draft.debugDescription)")
                }
            }
        }
    }
}

/// Texts of words of all scripts with prices, dates and addresses among them.
enum MixedText {
    private static let words = [
        "lamp", "desk", "the", "New", "$24.99", "3.50", "50%", "24,99 €", "example.com", "v2.1", "2026-11-29",
        "10 a.m.", "Jan. 5", "well-kept",
        "한국어", "日本語", "キャット", "สวัสดี", "नमस्ते", "🇩🇪", "👩‍👩‍👧‍👦", "❤️", "e\u{301}te\u{301}", "שלום", "مرحبا", "Straße", "a@b.de",
        "+49 30 1234", "U.S.",
        "(new)", "“yes”", "go!", "why?", "end.", "so,", "–", "\n", "1,299.00", "No. 5", "e.g.", "C++", "AT&T",
        "half-price", "5 kg", "元", "24元",
    ]

    static func make(wordCount: Int, using random: inout SeededRandom) -> String {
        (0..<wordCount).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }.joined(separator: " ")
    }
}
