// Text on a terminal: broken between words, in pieces as they come.

import Testing

@testable import copydesk

@Suite struct `Words on a terminal` {
    @Test(arguments: [
        ("one two three four", 10, "one two\nthree\nfour"),
        ("one two\n\nthree", 40, "one two\n\nthree"),
        ("averyveryverylongword it is", 12, "averyveryverylongword\nit is"),
        ("我喜欢喝茶，也喜欢咖啡。", 11, "我喜欢喝\n茶，也喜欢\n咖啡。"),
        ("a（早上好）b", 9, "a（早上\n好）b"),
        ("  indented  line", 40, "  indented  line"), ("ends with blanks  ", 40, "ends with blanks  "), ("", 40, ""),
    ])
    func `are never cut in two, and blanks at a break are left out`(text: String, columns: Int, shown: String) {
        #expect(WordWrap.text(text, columns: columns) == shown)
        // In pieces it is the same.
        var wrap = WordWrap(columns: columns)
        var pieces = ""
        for character in text { pieces += wrap.take(String(character)) }
        #expect(pieces + wrap.end() == shown)
    }

    @Test(arguments: [60, 80, 100])
    func `the list of words fits the terminal`(columns: Int) {
        let lines = ChatWord.helpText(columns: columns).split(separator: "\n")
        #expect(lines.count > ChatWord.allCases.count)
        #expect(lines.allSatisfy { $0.count < columns }, "\(lines.filter { $0.count >= columns })")
    }
}
