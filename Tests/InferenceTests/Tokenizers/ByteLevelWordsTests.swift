import Testing

@testable import Inference

/// Texts of what the pattern treats in different ways, drawn by a small generator of numbers.
private struct TextDraw {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private static let parts = [
        "a", "word", "Ünï", "語", "数1", "12", "½", " ", "  ", "\n", "\r\n", "\t", "\u{3000}", "\u{A0}", "'s", "'re", "'",
        "...", "e\u{301}", "🙂", "\u{200D}", "ǅ", "ⅷ", "\u{FEFF}", "_",
    ]

    mutating func text(parts count: Int) -> [UInt8] {
        var text: [UInt8] = []
        for _ in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text += Self.parts[Int(state >> 33) % Self.parts.count].utf8
        }
        return text
    }
}

@Suite struct `Words of byte-level tokenizers` {
    private static func words(_ text: [UInt8], _ range: Range<Int>, byLines: Bool) -> [Range<Int>] {
        var words: [Range<Int>] = []
        ByteLevelWords.forEach(in: text, range, byLines: byLines) { words.append($0) }
        return words
    }

    @Test func `a line's words never reach over its end, and a text's may`() {
        let text = Array("one\n\n  two\r\n x".utf8)
        func texts(byLines: Bool) -> [String] {
            Self.words(text, 0..<text.count, byLines: byLines).map { String(decoding: text[$0], as: UTF8.self) }
        }
        #expect(texts(byLines: true) == ["one", "\n", "\n", " ", " two", "\r\n", " x"])
        #expect(texts(byLines: false) == ["one", "\n\n ", " two", "\r\n", " x"])
    }

    @Test func `a long text is cut as if it were laid out at once`() {
        var draw = TextDraw(seed: 5)
        let text = draw.text(parts: 300_000)
        let whole = ScalarText(text, 0..<text.count)
        let expected = SplitCut.pieces(whole, by: [SplitCut(pattern: .gpt2)]).map { whole.bytes($0) }
        #expect(text.count > 2 << 18 && expected.count > 100_000)
        #expect(Self.words(text, 0..<text.count, byLines: false) == expected)
    }

    @Test(arguments: [false, true])
    func `text before and after a break has the words of both together`(byLines: Bool) throws {
        var draw = TextDraw(seed: 9)
        var breakCount = 0
        for _ in 0..<2000 {
            let text = draw.text(parts: 12)
            let together = Self.words(text, 0..<text.count, byLines: byLines)
            for end in 0...text.count {
                guard let place = ByteLevelWords.lastBreak(in: text, 0..<end, byLines: byLines) else { continue }
                breakCount += 1
                let apart =
                    Self.words(text, 0..<place, byLines: byLines)
                    + Self.words(text, place..<text.count, byLines: byLines)
                #expect(apart == together, "\(String(decoding: text, as: UTF8.self)) at \(place)")
                if apart != together { return }
            }
        }
        #expect(breakCount > 10_000)
    }

    @Test func `broken pieces are replaced and counted`() {
        var text: [UInt8] = [0x61, 0xE4, 0xBD, 0x62, 0xFF, 0xED, 0xA0, 0x80, 0xF0, 0x9F]
        let decoded = Array(String(decoding: text, as: UTF8.self).utf8)
        #expect(UTF8Repair.repair(&text) == 6)
        #expect(text == decoded)
        #expect(UTF8Repair.repair(&text) == 0 && text == decoded)
    }
}
