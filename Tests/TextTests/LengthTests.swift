import Testing

@testable import Text

@Suite struct `The length of a text` {
    @Test(arguments: [
        ("", 0), ("  \n", 0), (" two words ", 9), ("naïve", 5), ("nai\u{308}ve", 5), ("👩‍👩‍👧‍👦!", 2), ("🇩🇪🇫🇷", 2),
        ("你好。", 3), ("a\r\nb", 3), ("नमस्ते", 3), ("e\u{301}\u{323}", 1), ("\u{1112}\u{1161}\u{11AB}", 1),
    ])
    func `counts grapheme clusters without the white space around`(text: String, characters: Int) {
        #expect(TextLength(of: text).characters == characters)
    }

    @Test(arguments: [
        ("ad", 2), ("广告 ad", 7), ("❤️", 2), ("🎉", 2), ("ＡＢ", 4), ("한국", 4), ("é", 1), ("🇩🇪", 2), ("a\u{3000}b", 4),
    ])
    func `counts wide characters as two if asked`(text: String, characters: Int) {
        #expect(TextLength(of: text, countsWideAsTwo: true).characters == characters)
    }

    @Test(arguments: [
        ("한국어 시장", 2), ("キャット コーヒー", 8), ("日本語、美しい。", 6), ("iPhone 15で撮る", 5), ("well-kept and/or", 2),
        ("don’t – stop", 2), ("👍 ok", 1), ("สวัสดีครับ ผม", 2), ("It costs $3.50.", 3), ("a@example.com", 1),
        ("https://example.com/a?b=c", 1), ("24/7 U.S.-based", 2), ("", 0), ("Don't stop - now!", 3), ("今天 天气", 4),
        ("用Swift写", 3), ("カタカナ", 4), ("a\n\nb", 2), ("— … !", 0), ("½ cup", 2), ("か\u{3099}", 1), ("々〇ヽ", 3),
        ("🇩🇪 🎉", 0), ("नमस्ते दुनिया", 2), ("Swift、Rust", 2),
    ])
    func `counts words as a reader does`(text: String, words: Int) {
        #expect(TextLength(of: text).words == words)
    }

    @Test(arguments: [("", 0), ("a", 1), ("a\n\n b\n", 2), ("\n\na", 1), ("a\r\nb", 2)])
    func `counts the lines that hold text`(text: String, lines: Int) {
        #expect(TextLength(of: text).lines == lines)
    }

    @Test func `is the same in whatever pieces a text arrives`() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<400 {
            let text = RandomText.scalars(count: Int.random(in: 0..<40, using: &random), using: &random)
            var running = RunningLength()
            var rest = text.unicodeScalars[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...4, using: &random))
                running.append(String(Substring(piece)))
                rest = rest.dropFirst(piece.count)
            }
            let whole = TextLength(of: text)
            #expect(running.characters(countsWideAsTwo: false) == whole.characters, "\(text.debugDescription)")
            #expect(running.words == whole.words, "\(text.debugDescription)")
            #expect(running.lines == whole.lines, "\(text.debugDescription)")
            #expect(
                running.characters(countsWideAsTwo: true) == TextLength(of: text, countsWideAsTwo: true).characters)
        }
    }

    @Test func `has as many characters as the trimmed text has clusters`() {
        var random = SeededRandom(seed: 8)
        for _ in 0..<400 {
            let text = RandomText.scalars(count: Int.random(in: 0..<30, using: &random), using: &random)
            // A cluster that begins with white space and holds a mark is text.
            let clusters = Array(text)
            let isBlank: (Character) -> Bool = { $0.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
            let trimmed = clusters.drop(while: isBlank).reversed().drop(while: isBlank)
            #expect(TextLength(of: text).characters == trimmed.count, "\(text.debugDescription)")
        }
    }

    @Test func `is the same for ASCII byte by byte and for its characters one by one`() {
        var random = SeededRandom(seed: 9)
        let signs = Array(" ab.3-\n\r\t\u{7F}\u{0}é\u{301}’–灯\u{600}🇩")
        var differing = 0
        for _ in 0..<4000 {
            // Signs in any order, joined by scalars: a mark or a sign before others may make one cluster of several.
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<24, using: &random) {
                text.append(contentsOf: signs[Int.random(in: 0..<signs.count, using: &random)].unicodeScalars)
            }
            let whole = String(text)
            let slow = RunningLength(Array(whole))
            var fast = RunningLength()
            fast.append(whole)
            #expect(fast.words == slow.words, "\(whole.debugDescription)")
            #expect(fast.lines == slow.lines, "\(whole.debugDescription)")
            for isWide in [false, true] {
                #expect(
                    fast.characters(countsWideAsTwo: isWide) == slow.characters(countsWideAsTwo: isWide),
                    "\(whole.debugDescription)")
            }
            if fast.words > 1 { differing += 1 }
        }
        #expect(differing > 1000)
    }
}
