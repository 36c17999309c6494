import Testing
import Text

@Suite struct `Text for a terminal` {
    /// Compares code points: strings compare by canonical equivalence.
    private func isSame(_ text: String, _ other: String) -> Bool {
        text.unicodeScalars.elementsEqual(other.unicodeScalars)
    }

    @Test func `has no character that acts`() {
        #expect(
            isSame(
                TerminalText.cleaned("a\u{1B}[31mb\u{7}\r\nc\rd\te\u{9B}f\u{202E}g\u{7F}\r"),
                "a␛[31mb␇\nc␍d\te\u{FFFD}f\u{FFFD}g␡␍"))
    }

    @Test(arguments: [
        "\u{61C}", "\u{200E}", "\u{200F}", "\u{2028}", "\u{2029}", "\u{206A}", "\u{FEFF}", "\u{FFF9}", "\u{FFFB}",
        "\u{E0001}", "\u{E0041}", "\u{E007F}",
    ])
    func `has no mark that turns, breaks or hides what is read`(mark: String) {
        #expect(isSame(TerminalText.cleaned("a\(mark)b"), "a\u{FFFD}b"))
    }

    @Test(arguments: [
        "灯 👩‍👩‍👧 e\u{301}\n", "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "❤\u{FE0F}",
        "می‌خواهم", "שלום",
    ])
    func `keeps what characters are made of`(text: String) { #expect(isSame(TerminalText.cleaned(text), text)) }

    @Test func `shows tags behind a flag that has ended`() {
        #expect(
            isSame(
                TerminalText.cleaned("\u{1F3F4}\u{E0067}\u{E007F}x\u{E0041}"),
                "\u{1F3F4}\u{E0067}\u{E007F}x\u{FFFD}"))
    }

    @Test func `keeps a name on one line`() {
        #expect(TerminalText.onOneLine("a\nb\tc\r\u{2028}d e") == "a␊b␉c␍\u{FFFD}d e")
    }
}
