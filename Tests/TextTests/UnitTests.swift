import Testing

@testable import Text

@Suite struct `A unit of text` {
    /// Units with text around them; no place inside one is an end.
    static let units = [
        "3.50", "$24.99", "24,99", "24,99 €", "€24", "US$ 24", "EUR 1.299,00", "1,299.00", "10 000", "1 299,00 €",
        "50%", "50 %", "-5",
        "+12.5%", "20°C", "20 °C", "3:30", "3:30 p.m.", "10 a.m.", "10 am", "15 Uhr", "2026-11-29", "29/11/2026",
        "29.11.2026",
        "Jan. 5", "January 5", "Jan. 5, 2026", "5 January 2026", "3. Mai", "5 de enero", "1er janvier", "5th of May",
        "v2.1.3", "2.1",
        "555-0100", "+49 30 123456", "+1 (555) 010-0100", "(555) 010-0100", "555 010 0199", "example.com",
        "www.example.co.uk/a-b",
        "a.b@example.com", "https://example.com/a?b=c&d=1#e", "e.g.", "U.S.", "U.S.A.", "i.e.", "well-kept",
        "state-of-the-art", "and/or",
        "24/7", "AT&T", "don't", "don’t", "C++", "C#", "#desk", "@desk", "Node.js", "St. Paul", "Dr. Lee",
        "J. R. Smith", "John F. Kennedy",
        "No. 5", "z. B.", "5 kg", "1.5 km", "$5 million", "10–12", "10 – 12", "½", "1/2", "3½", "R&D", "O'Neill", "24元",
        "5月3日", "100万",
        "16:9", "1.000.000", "5G", "T-shirt", "e-mail", "2nd", "10,5", "U.S.-based", "Yahoo.com", "10x", "3.14159",
        "Ph.D.",
        "file.tar.gz", "20–30%", "9 a.m.–5 p.m.", "9:30–17:00", "$10–$20", "50–60 Hz", "01 23 45 67 89",
        "5 de enero de 2026",
        "January 5th, 2026", "18 h 30", "5 p. m.", "5 m²", "10×20 cm", "5 o'clock", "n° 5", "'90s", "3월 5일", "1'299.–",
        "J.R.R. Tolkien",
        "U.S. Army", "5 января", "24,99 руб.", "3,5 Mio. €", "Art. 5", "5 mar. 2026", "Gov. Lee",
        "$1,299.99", "£9.99", "¥1000", "24.99€", "99¢", "192.168.0.1", "9 to 5".prefix(1).description,
    ]

    @Test(arguments: units)
    func `holds no place where a text may end`(unit: String) {
        let text = "It says " + unit + " here."
        let bytes = Array(text.utf8)
        let start = 8
        let end = start + unit.utf8.count
        for offset in (start + 1)..<end {
            let place = TextUnits.place(at: offset, in: bytes[...], isComplete: true)
            #expect(place == .inside(start: start), "\(unit) at \(offset - start): \(place)")
        }
        // A text cannot end after a mark that introduces a word either.
        let introduces = ["e.g.", "i.e.", "z. B."].contains(unit)
        #expect(
            (TextUnits.place(at: end, in: bytes[...], isComplete: true) == .end) != introduces, "\(unit) at its end")
        #expect(TextUnits.place(at: start - 1, in: bytes[...], isComplete: true) == .end, "\(unit) before it")
    }

    @Test(arguments: ["¥2,980", "24.99ドル", "￥2,980元", "2026年11月29日", "50％"])
    func `holds together beside Han and kana`(unit: String) {
        let text = "価格は" + unit + "です"
        let bytes = Array(text.utf8)
        for offset in 10..<(9 + unit.utf8.count) {
            #expect(TextUnits.place(at: offset, in: bytes[...], isComplete: true) != .end, "\(unit) at \(offset - 9)")
        }
        #expect(TextUnits.place(at: 9, in: bytes[...], isComplete: true) == .end)
        #expect(TextUnits.place(at: 9 + unit.utf8.count, in: bytes[...], isComplete: true) == .end)
    }

    @Test(arguments: [
        ("It is so. But", 9), ("It is so. But", 8), ("A lamp, a desk", 6), ("Go (now)", 7), ("Go (now)", 2),
        ("It costs 24. Buy it", 11),
        ("One—two", 3), ("今天天气", 3), ("I ate 5 apples", 7), ("by 5 and", 4), ("wait...", 4), ("Save 50%, now", 8),
        ("“Yes”", 6),
        ("a 👍 b", 6), ("Buy now! Save", 7), ("Room 12, floor 3", 7), ("He said: go", 7), ("日本語、美しい", 9), ("see p", 3),
        ("3 apples, 5 pears", 8), ("the a", 3),
    ])
    func `ends between words`(text: String, offset: Int) {
        #expect(TextUnits.place(at: offset, in: Array(text.utf8)[...], isComplete: true) == .end)
    }

    @Test(arguments: [
        ("It costs $24", ".", true), ("It costs $24", ",", true), ("example", ".", true), ("at 10", " ", true),
        ("at 10", " a", true),
        ("on Jan.", " ", true), ("It is so", "!", false), ("It is so", " B", false), ("at 10", " b", true),
        ("at 10", " desks ", false),
        ("It costs $24", ". ", false), ("It costs $24", ".9", true), ("lamp", "s", true), ("lamp", " s", false),
        ("lamp", "”", false),
        ("John", " F", true), ("John", " Fr", false), ("+1", " 5", true), ("am 3.", " M", true),
        ("am 3.", " Mond ", false),
    ])
    func `may still be open at the end of a growing text`(text: String, more: String, isHeld: Bool) {
        let place = TextUnits.place(at: text.utf8.count, in: Array((text + more).utf8)[...], isComplete: false)
        #expect((place != .end) == isHeld, "\(place)")
    }

    @Test(
        arguments: [
            ("It costs $24", 9), ("It costs $24.", 9), ("Go at 10 ", 6), ("Go at 10 a", 6), ("It is so ", nil),
            ("Buy a lamp", 6), ("Jan. 5, 20", 0),
            ("今天", nil), ("Dr. ", 0), ("pay 24 €", 4),
        ] as [(String, Int?)])
    func `is held from its beginning while it may continue`(text: String, start: Int?) {
        #expect(TextUnits.openStart(in: Array(text.utf8)[...]) == start)
    }

    @Test func `never holds a place inside a grapheme cluster as an end`() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<600 {
            let text = RandomText.scalars(count: Int.random(in: 1..<24, using: &random), using: &random)
            let bytes = Array(text.utf8)
            var edges: Set<Int> = [0]
            var sum = 0
            for character in text {
                sum += character.utf8.count
                edges.insert(sum)
            }
            for offset in 1..<max(2, bytes.count) where !edges.contains(offset) {
                #expect(
                    TextUnits.place(at: offset, in: bytes[...], isComplete: true) != .end,
                    "\(text.unicodeScalars.map { String($0.value, radix: 16) }) at \(offset)")
            }
        }
    }

    @Test func `keeps made-up prices, dates, domains, versions and numbers together`() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<500 {
            let unit = MadeUpUnit.make(using: &random)
            let text = "Now only \(unit) for all"
            let bytes = Array(text.utf8)
            for offset in 10..<(9 + unit.utf8.count) {
                #expect(
                    TextUnits.place(at: offset, in: bytes[...], isComplete: true) != .end, "\(unit) at \(offset - 9)")
            }
        }
    }
}

/// Units of kinds that a text of an ad is full of.
enum MadeUpUnit {
    static func make(using random: inout SeededRandom) -> String {
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        func word() -> String {
            String((0..<number(2...8)).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement(using: &random) ?? "a" })
        }
        switch number(0...13) {
        case 0: return "$\(number(1...999)).\(two(number(0...99)))"
        case 1: return "\(number(1...999)),\(two(number(0...99))) €"
        case 2: return "£\(number(1...9)),\(number(100...999)).\(two(number(0...99)))"
        case 3: return "\(number(2020...2030))-\(two(number(1...12)))-\(two(number(1...28)))"
        case 4:
            return
                "\(number(1...28)) \(["May", "June", "Dec."].randomElement(using: &random) ?? "May") \(number(2020...2030))"
        case 5: return "\(word()).\(["com", "co.uk", "de", "io"].randomElement(using: &random) ?? "com")"
        case 6: return "https://\(word()).com/\(word())-\(word())?\(word())=\(number(1...9))"
        case 7: return "v\(number(0...9)).\(number(0...30)).\(number(0...30))"
        case 8: return "\(number(1...12)):\(two(number(0...59))) \(number(0...1) == 0 ? "a.m." : "pm")"
        case 9: return "+\(number(1...99)) \(number(10...999)) \(number(100...999)) \(number(1000...9999))"
        case 10: return "\(number(1...100))\(number(0...1) == 0 ? "" : " ")%"
        case 11: return "\(word())@\(word()).org"
        case 12: return "\(word())-\(word())"
        default:
            return
                "\(number(1...99)).\(number(0...9)) \(["kg", "km", "GB", "million"].randomElement(using: &random) ?? "kg")"
        }
    }
}
