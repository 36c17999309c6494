import Testing

@testable import Text

@Suite struct `A phrase in a text` {
    private func match(_ phrase: String, in text: String, folding: Bool = true, wholeWords: Bool = false) -> String? {
        let bytes = Array(text.utf8)
        let found = PhraseFinder([phrase], folding: folding, wholeWords: wholeWords).firstMatch(
            in: bytes[...], newCount: bytes.count)
        return found.map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test(arguments: [
        ("light", "A LIGHThouse", "LIGHT"), ("straße", "Die STRASSE", "STRASSE"), ("STRASSE", "die Straße", "Straße"),
        ("café", "le cafe\u{301} noir", "cafe\u{301}"), ("cafe\u{301}", "le CAFÉ", "CAFÉ"),
        ("한국", "\u{1112}\u{1161}\u{11AB}국", "\u{1112}\u{1161}\u{11AB}국"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος", "σίσυφος"), ("привет", "ПРИВЕТ", "ПРИВЕТ"), ("ﬁn", "the FIN", "FIN"),
        ("Å", "a\u{30A}", "a\u{30A}"),
    ])
    func `is found whatever its case and composition`(phrase: String, text: String, found: String) {
        #expect(match(phrase, in: text) == found)
    }

    @Test func `keeps case if asked, and composition never matters`() {
        #expect(match("END", in: "the end", folding: false) == nil)
        #expect(match("é", in: "cafe\u{301}", folding: false) == "e\u{301}")
        #expect(match("e", in: "\u{E9}", folding: false) == nil)
        #expect(match("\n", in: "a\r\nb", folding: false) == "\n")
    }

    @Test(arguments: [
        ("24,99", "for 24,995", false), ("24,99", "for 24,99.", true), ("24,99", "for 124,99", false),
        ("24,99", "for 1.24,99", false),
        ("24,99", "24,99,5", false), ("24,99", "only 24,99 €", true), ("lamp", "lamps", false),
        ("lamp", "a lamp's", true), ("灯", "台灯很", true),
        ("20% off", "Get 20% off!", true), ("$24", "at $24.99", false), ("$24", "at $24.", true),
        ("kept", "well-kept", true),
        ("Aurora", "AURORA!", true), ("a", "ba ab a", true),
    ])
    func `is in a text as words of its own`(phrase: String, text: String, isThere: Bool) {
        #expect((match(phrase, in: text, wholeWords: true) != nil) == isThere)
    }

    @Test(
        arguments: [
            ("END", "One EN", 4), ("END", "One END", nil), ("é", "cafe", 3), ("STRASSE", "die Straß", 4),
            ("x", "ab", nil), ("aab", "aaa", 1),
        ] as [(String, String, Int?)])
    func `may begin at the end of a text`(phrase: String, text: String, start: Int?) {
        #expect(PhraseFinder([phrase], folding: true).possibleStart(in: Array(text.utf8)[...]) == start)
    }

    /// Against Python's `str.casefold`, which follows CaseFolding.txt.
    @Test(arguments: [
        (0x1E9E as UInt32, "ss"), (0x390, "\u{3B9}\u{308}\u{301}"), (0x149, "\u{2BC}n"), (0x1F80, "\u{1F00}\u{3B9}"),
        (0x345, "\u{3B9}"), (0x3C2, "σ"),
        (0x17F, "s"), (0x1C5, "ǆ"), (0x10A0, "\u{2D00}"), (0x13A0, "\u{13A0}"), (0xAB70, "\u{13A0}"), (0x212A, "k"),
        (0xB5, "\u{3BC}"), (0x131, "ı"),
        (0x130, "i\u{307}"), (0x587, "\u{565}\u{582}"), (0xFB01, "fi"), (0x1C80, "\u{432}"), (0x10400, "\u{10428}"),
    ])
    func `is folded as Unicode says`(value: UInt32, folded: String) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect(CanonicalText.fold(scalar).unicodeScalars.elementsEqual(folded.unicodeScalars))
    }
}
