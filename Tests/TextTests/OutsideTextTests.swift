// The same text by every door, however its lines end.

import Testing
import Text

@Suite struct `Text from outside` {
    @Test(arguments: [
        "One.\nTwo.\n\n灯 é\n", "One.\r\nTwo.\r\n\r\n灯 é\r\n", "\u{FEFF}One.\nTwo.\n\n灯 é\n",
        "\u{FEFF}One.\r\nTwo.\r\n\r\n灯 é\r\n", "One.\rTwo.\r\r灯 é\r", "One.\r\r\nTwo.\r\r\n\r\r\n灯 é\r\r\n",
        "One.\n\u{FEFF}Two.\r\n\n灯 é\n",
    ])
    func `is the same with each kind of line end, and with byte order marks`(text: String) throws {
        let expected = "One.\nTwo.\n\n灯 é\n"
        #expect(try OutsideText.text(of: Array(text.utf8)).utf8.elementsEqual(expected.utf8))
        #expect(try OutsideText.text(of: text).utf8.elementsEqual(expected.utf8))
    }

    @Test(arguments: ["", "\n", "plain", "a\tb\u{1B}\u{7F}", "word\u{FEFF}word", "e\u{301} 👩‍👩‍👧 \u{200F}ע", "\u{FFFD}"])
    func `is not changed otherwise`(text: String) throws {
        #expect(try OutsideText.text(of: Array(text.utf8)).utf8.elementsEqual(text.utf8))
        #expect(try OutsideText.text(of: text).utf8.elementsEqual(text.utf8))
    }

    @Test(arguments: [
        ("\0", 1, 1, 1), ("ab\0c", 1, 3, 3), ("a\nb\n灯é\0", 3, 3, 10), ("\u{FEFF}a\0", 1, 3, 5), ("a\r\n\0", 2, 1, 4),
    ])
    func `with a NUL character is refused with its place`(text: String, line: Int, column: Int, byte: Int) {
        let error = OutsideTextError.nul(.init(line: line, column: column, byte: byte))
        #expect(throws: error) { try OutsideText.text(of: Array(text.utf8)) }
        #expect(throws: error) { try OutsideText.text(of: text) }
        #expect(
            error.sentence(named: "a.txt")
                == "a.txt is not text: it has a NUL character at line \(line), column \(column) (byte \(byte)), "
                + "as binary files do. Give a text, or remove this character.")
    }

    @Test func `that is not UTF-8 is refused with the place of the first such byte`() {
        let error = OutsideTextError.notUTF8(.init(line: 2, column: 3, byte: 6))
        #expect(throws: error) { try OutsideText.text(of: [0x61, 0x0A, 0xC3, 0xA9, 0x62, 0xE9, 0x20]) }
        #expect(
            error.sentence(named: "a.txt")
                == "a.txt is not UTF-8 text: line 2, column 3 (byte 6) is no character. "
                + "Convert it first, for example with iconv.")
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x61, 0x00], "UTF-16 text"), ([0xFE, 0xFF, 0x00, 0x61], "UTF-16 text"),
            ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "UTF-32 text"),
        ] as [([UInt8], String)])
    func `in another encoding is named by it`(bytes: [UInt8], name: String) {
        #expect(throws: OutsideTextError.otherEncoding(name)) { try OutsideText.text(of: bytes) }
    }

    @Test func `has a place for every NUL that is put into it`() throws {
        var random = SeededRandom(seed: 12)
        for _ in 0..<200 {
            let text = RandomText.scalars(count: 40, using: &random)
            let clean = try OutsideText.text(of: text)
            let scalars = Array(clean.unicodeScalars)
            let at = Int.random(in: 0...scalars.count, using: &random)
            var broken = String.UnicodeScalarView(scalars)
            broken.insert("\0", at: broken.index(broken.startIndex, offsetBy: at))
            let lines = scalars[..<at].split(separator: "\n", omittingEmptySubsequences: false)
            let place = OutsideTextError.Place(
                line: lines.count, column: (lines.last?.count ?? 0) + 1,
                byte: String(String.UnicodeScalarView(scalars[..<at])).utf8.count + 1)
            #expect(throws: OutsideTextError.nul(place)) { try OutsideText.text(of: String(broken)) }
        }
    }
}
