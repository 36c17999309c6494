import Testing

@testable import Text

@Suite struct `A title` {
    @Test(arguments: [
        ("Write a story", "Write a story"), ("\n  Two\twords \nnext line", "Two words"), ("", "Untitled"),
        (" \n ", "Untitled"),
        (String(repeating: "word ", count: 20), String(repeating: "word ", count: 11) + "word…"),
        (String(repeating: "好", count: 40), String(repeating: "好", count: 29) + "…"),
        (String(repeating: "x", count: 61), String(repeating: "x", count: 59) + "…"),
        (String(repeating: "x", count: 60), String(repeating: "x", count: 60)),
    ])
    func `is the first words of a text, in sixty columns`(text: String, title: String) {
        #expect(Title.of(text) == title)
        #expect(Title.of(text).reduce(0) { $0 + Columns.of($1) } <= Title.columns + 1)
    }
}
