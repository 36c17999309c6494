import Generation
import Testing
import Text

@testable import Studio

@Test(arguments: [
    ("abc", 3), ("世界", 4), ("e\u{301}", 1), ("👩‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("1\u{FE0F}\u{20E3}", 2), ("❤", 1), ("❤\u{FE0F}", 2),
    ("한국어", 6), ("ｱ", 1), ("Ａ", 2), ("\u{1FAE8}", 2), ("é", 1), ("ไทย", 3), ("", 0),
])
func `text takes the columns that terminals give it`(text: String, width: Int) {
    #expect(columns(of: text) == width)
}

@Test(arguments: [
    ("\u{1B}[31mred", "␛[31mred"), ("a\u{7}b", "a␇b"), ("\u{202E}evil", "\u{FFFD}evil"), ("a\u{200B}b", "a\u{FFFD}b"),
    ("\u{9B}31m", "\u{FFFD}31m"), ("a\u{2066}b", "a\u{FFFD}b"), ("\u{FEFF}x", "\u{FFFD}x"),
    ("soft\u{AD}hyphen", "soft¬hyphen"),
    ("a\u{2028}b", "a\u{FFFD}b"), ("\u{7F}", "␡"), ("\u{E0041}", "\u{FFFD}"),
])
func `control and invisible characters become visible signs`(text: String, shown: String) {
    #expect(text.map { Glyph($0).text }.joined() == shown)
}

@Test
func `a cluster of many code points is drawn with five at most`() {
    let zalgo = Character("a" + String(repeating: "\u{301}", count: 40))
    #expect(Glyph(zalgo).text.unicodeScalars.count == 5)
    #expect(Glyph(zalgo).width == 1)
}

@Test(arguments: ["👩🏽‍👩🏽‍👧🏽‍👦🏽", "🇯🇵", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍🏿"])
func `an emoji keeps all its code points, in two columns`(emoji: String) {
    #expect(Glyph(Character(emoji)).text.unicodeScalars.elementsEqual(emoji.unicodeScalars))
    #expect(Glyph(Character(emoji)).width == 2)
}

@Test(arguments: 0...12)
func `clipped text fits and never ends in half a character`(limit: Int) {
    for text in ["hello world", "世界こんにちは", "a世b界c", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "short"] {
        let shown = clipped(text, columns: limit)
        #expect(columns(of: shown) <= limit)
        if columns(of: text) <= limit {
            #expect(shown == text)
        } else {
            #expect(shown.hasSuffix("…") == (limit > 0), "\(shown)")
        }
    }
}

@Test
func `lines break at spaces and after hyphens`() {
    #expect(wrappedLines("the quick brown fox", columns: 10) == ["the quick", "brown fox"])
    #expect(wrappedLines("state-of-the-art lamp", columns: 10) == ["state-of-", "the-art", "lamp"])
    #expect(wrappedLines("one\n\ntwo", columns: 10) == ["one", "", "two"])
}

@Test
func `a word longer than the line breaks anywhere`() {
    #expect(wrappedLines("abcdefghij", columns: 4) == ["abcd", "efgh", "ij"])
}

@Test
func `lines break between ideographs, and closing marks stay with what they close`() {
    #expect(wrappedLines("世界中の人々", columns: 6) == ["世界中", "の人々"])
    #expect(wrappedLines("これは本。です", columns: 8) == ["これは", "本。です"])
    #expect(wrappedLines("ああ「いい」", columns: 6) == ["ああ", "「い", "い」"])
}

@Test(arguments: 1...30)
func `wrapping leaves no character out and no row too long`(width: Int) {
    let text = "The lamp that runs on the sun, 太陽で動くランプ。「夜も、明るい」 👩‍👩‍👧‍👦 ok-ok state-of-the-art (brackets) fin."
    let glyphs = text.map(Glyph.init)
    let rows = wrappedRows(glyphs[...], columns: width)
    #expect(rows.flatMap { Array($0) } == Array(glyphs.indices))
    for row in rows {
        var used = glyphs[row].reduce(0) { $0 + Int($1.width) }
        for glyph in glyphs[row].reversed() where glyph.kind == .space {
            used -= Int(glyph.width)
            break
        }
        #expect(used <= max(width, 2))
    }
}

@Test(arguments: [1, 7, 20, 80])
func `a text that arrives in pieces is laid out as one that was there at once`(width: Int) {
    let text = "A story.\r\n\r\nIt was late,\nand 世界 slept. e\u{301}👩‍👩‍👧‍👦\n"
    var grown = TextLayout("", columns: width)
    for scalar in text.unicodeScalars { grown.append(String(Character(scalar))) }
    let whole = TextLayout(text, columns: width)
    #expect(grown.rows.map(\.range) == whole.rows.map(\.range))
    #expect(grown.length.words == whole.length.words)
    #expect(
        grown.length.characters(countsWideAsTwo: false) == whole.length.characters(countsWideAsTwo: false))
}

@Test(arguments: [
    "한국어 시장", "キャット コーヒー", "日本語、美しい。", "iPhone 15で撮る", " two words ", "It costs $3.50.", "👍 ok", "สวัสดีครับ ผม",
    "Hello, big world\n世界です\n", "👩‍👩‍👧‍👦 🇩🇪 ❤️", "e\u{301}\u{323} x", "a\r\n\r\nb", "",
])
func `the meter shows what the decoder counts`(text: String) {
    let length = TextLength(of: text)
    let layout = TextLayout(text, columns: 40)
    func shown(_ limits: LengthLimits) -> String? {
        LengthMeter(layout.length, limits: limits) { text }.text(hasBar: false)
    }
    #expect(shown(LengthLimits(characters: 99)) == paddedLeft("\(length.characters)", columns: 2) + "/99")
    #expect(shown(LengthLimits(words: 99)) == paddedLeft("\(length.words)", columns: 2) + "/99 words")
    #expect(shown(LengthLimits(sentences: 99)) == paddedLeft("\(length.sentences)", columns: 2) + "/99 sentences")
    #expect(shown(LengthLimits(lines: 99)) == paddedLeft("\(length.lines)", columns: 2) + "/99 lines")
    let wide = TextLength(of: text, countsWideAsTwo: true).characters
    #expect(
        shown(LengthLimits(characters: 99, countsWideAsTwo: true)) == paddedLeft("\(wide)", columns: 2) + "/99")
}

@Test func `the meter counts any text as the decoder does, in whatever pieces it came`() {
    let ranges: [ClosedRange<UInt32>] = [
        0x20...0x7E, 0x20...0x20, 0x0A...0x0A, 0xA0...0x17F, 0x300...0x36F, 0x400...0x4FF, 0x620...0x64A, 0x900...0x97F,
        0xE01...0xE5B, 0x1100...0x1112, 0x1161...0x1175, 0x2010...0x2040, 0x3000...0x30FF, 0x4E00...0x4FFF,
        0xAC00...0xACFF,
        0xFE0F...0xFE0F, 0x1F1E6...0x1F1FF, 0x1F466...0x1F469, 0x200D...0x200D,
    ]
    var random = SeededRandom(seed: 21)
    for _ in 0..<300 {
        var layout = TextLayout("", columns: 30)
        var text = ""
        for _ in 0..<Int.random(in: 0..<30, using: &random) {
            let value = UInt32.random(in: ranges[Int.random(in: ranges.indices, using: &random)], using: &random)
            guard let scalar = Unicode.Scalar(value) else { continue }
            layout.append(String(Character(scalar)))
            text.unicodeScalars.append(scalar)
        }
        let length = TextLength(of: text)
        #expect(layout.length.words == length.words, "\(text.debugDescription)")
        #expect(layout.length.characters(countsWideAsTwo: false) == length.characters, "\(text.debugDescription)")
        #expect(layout.length.lines == length.lines, "\(text.debugDescription)")
    }
}

@Test func `the meter shows the limit that a text is over`() {
    let layout = TextLayout("One. Two. Three.", columns: 40)
    let meter = LengthMeter(layout.length, limits: LengthLimits(characters: 50, sentences: 2)) { "One. Two. Three." }
    #expect(meter.isOver && meter.text(hasBar: false) == "3/2 sentences")
}

@Test(arguments: [
    (0.0, "Today", "14:02"), (86_400.0, "Yesterday", "14:02"), (3 * 86_400.0, "Saturday", "14:02"),
    (30 * 86_400.0, "1 February", "14:02"), (400 * 86_400.0, "27 January 2025", "14:02"),
    (-86_400.0, "4 March", "14:02"),
])
func `days are named as seen from today`(ago: Double, heading: String, time: String) {
    let today = CivilDate(secondsSince1970: StudioScript.now, utcOffsetSeconds: 0)
    let date = CivilDate(secondsSince1970: StudioScript.now - ago, utcOffsetSeconds: 0)
    #expect(date.heading(seenFrom: today) == heading)
    #expect(date.time == time)
}

@Test
func `a local day begins at local midnight`() {
    let late = CivilDate(secondsSince1970: 86_400 * 100 - 60, utcOffsetSeconds: 3600)
    #expect(late.day == 100 && late.time == "00:59")
}
