// No draft of a Markdown export swallows the next one, whatever it leaves open.
// - Texts are made of pieces that open blocks, put together at random from a seed.
// - Two readers look for the headings of the drafts: our own, and a CommonMark parser of Python if there is one.

import Foundation
import Generation
import Testing

@testable import Export

/// The same numbers for the same seed: SplitMix64.
private struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

private let pieces = [
    "```", "````swift", "~~~", "~~~~ x", "   ```", "    ```", "- ```", "  ```", "1. item", "10) item", "- ", "-", "* a",
    "> quoted", "> ```", ">", "> - ~~~", "- - ```", "+ <pre>", "<pre>", "</pre>", "<script>", "<SCRIPT src=x>",
    "</script>",
    "<style", "<textarea>", "<!-- open", "-->", "<!--->", "<?php", "?>", "<!DOCTYPE", "<![CDATA[", "]]>", "<div>",
    "</div>", "<details>", "</details>", "<summary>S</summary>", "text <script> text", "text `<script>` text",
    "a <details open> b", "<table>", "<b>bold</b>", "<a href=\"x", "<x-y z='", "<plaintext>", "<svg/onload=1>",
    "<span style=\"display:none\">", "[foo]:", "[foo]: /url", "[foo]: /url \"title", "[foo]: <", "===", "---", "***",
    "# Heading", "### Draft 99", "####### no", "text", "two words  ", "\\", "    code", "\tcode", "", "", " ", "\t",
    "<!-- copydesk:end -->", "<!-- copydesk:draft id=1 lines=1 -->", "| a | b |", "|---|---|", "`` ` ``", "a < b", "<3",
    "x\u{B}y", "x\u{2028}y", "灯\t```", "&amp;", "*", "_", "[", "![",
]

private func randomTexts(seed: UInt64, count: Int) -> [String] {
    var random = SeededRandom(state: seed)
    return (0..<count).map { _ in
        let ends = ["\n", "\n", "\n", "\n", "\r\n", "\r", " "]
        return (0..<Int.random(in: 1...7, using: &random)).map { _ in
            (pieces.randomElement(using: &random) ?? "") + (ends.randomElement(using: &random) ?? "")
        }.joined()
    }
}

private func document(_ texts: [String], isPlain: Bool = false) -> String {
    var options = ExportOptions()
    options.includesMetadata = !isPlain
    let items = texts.enumerated().map { ExportItem.example($1, id: Int64($0 + 1)) }
    return Exporter.render(items, as: .markdown, options: options)
}

@Suite struct `What a draft leaves open in Markdown` {
    @Test(
        arguments: [
            ("```\nx", .fence(sign: 0x60, count: 3)), ("~~~~ a`b\n~~~", .fence(sign: 0x7E, count: 4)),
            ("```\nx\n```", .none), ("```\nx\n ````  ", .none), ("    ```\nx", .paragraph), ("- ```\n  x", .none),
            ("1. a\n\n   ```\n   x", .none), ("1. a\n\n   ```\nx\n```", .fence(sign: 0x60, count: 3)),
            ("> ```\nx", .paragraph),
            ("-\n\n  ```", .fence(sign: 0x60, count: 3)), ("a\n2. b\n```", .fence(sign: 0x60, count: 3)),
            ("``` a`b\nx", .paragraph),
            ("- a\n\tb\n~~~", .fence(sign: 0x7E, count: 3)), ("<pre>\n\nx", .html(kind: 1)), ("<pre></PRE>", .none),
            ("a\n<script>", .html(kind: 1)), ("<!-- a\n\n-- >", .html(kind: 2)), ("<!-- a -->", .none),
            ("<?x", .html(kind: 3)),
            ("<!X", .html(kind: 4)), ("<![CDATA[\n]]", .html(kind: 5)), ("</div x", .html(kind: 6)),
            ("<div>\n\nx", .paragraph),
            ("<b>", .html(kind: 7)), ("a\n<b>", .paragraph), ("<b x", .paragraph), ("<b> c", .paragraph),
            ("a\n===", .none),
            ("> a\nb", .none), ("> a\n\n<!--", .html(kind: 2)), ("- <!--\nx", .paragraph), ("    <!--", .indentedCode),
            ("a\n    <!--", .paragraph), ("    - ```", .indentedCode), ("a\n    ```", .paragraph),
            ("***\n```", .fence(sign: 0x60, count: 3)),
        ] as [(String, MarkdownBlocks.Leaf)])
    func `is told as CommonMark reads it`(text: String, expected: MarkdownBlocks.Leaf) {
        #expect(MarkdownBlocks(text).open == expected, "\(text)")
    }

    @Test(arguments: [
        ("<script>\nx", "<script>\nx\n</script>\n<!-- copydesk:end -->"),
        ("text <details> and", "text <details> and\n</details>\n<!-- copydesk:end -->"),
        ("<!-- note", "<!-- note\n-->\n<!-- copydesk:end -->"), ("<pre>\nx", "<pre>\nx\n</pre>\n<!-- copydesk:end -->"),
        ("<b>fine", "<b>fine\n<!-- copydesk:end -->"),
        ("1. a\n\n   ```\n   x", "1. a\n\n   ```\n   x\n<!-- copydesk:end -->"),
        ("<plaintext>", "~~~\n<!-- copydesk:draft id=1 lines=1 -->\n<plaintext>\n~~~\n<!-- copydesk:end -->"),
    ])
    func `is closed behind it, and nothing else is added`(text: String, expected: String) {
        #expect(document([text]).hasSuffix("\n" + expected + "\n"), "\(document([text]))")
    }

    @Test(arguments: 1...60)
    func `swallows no heading of random drafts, and every text is there unchanged`(seed: Int) throws {
        let texts = randomTexts(seed: UInt64(seed), count: 12)
        let whole = document(texts)
        let read = readMarkdown(whole)
        for (index, text) in texts.enumerated() { #expect(text.isSame(read[Int64(index + 1)])) }
        for index in texts.indices.dropFirst() {
            let heading = try #require(whole.range(of: "\n### Draft \(index + 1)\n"))
            // The blank line before the heading is the last line read.
            let before = whole[..<heading.lowerBound] + "\n"
            #expect(MarkdownBlocks(String(before)).open == .none, "\(texts[index - 1].debugDescription)")
        }
    }

    @Test func `closes elements in the order in which a browser ends them`() {
        #expect(MarkdownClosing(of: "<details><table><script>").behind == "</script>\n</table>\n</details>\n")
        #expect(MarkdownClosing(of: "<details></details> </script><script>").behind == "</script>\n")
        #expect(MarkdownClosing(of: "`a` < b and 1<2 <https://x.org> <me@x.org>") == MarkdownClosing(of: "plain"))
        #expect(MarkdownClosing(of: "a <span hidden>b").behind == "</span>\n")
        // A tag that is open at the end is text in a paragraph, but a part of HTML in an HTML block.
        #expect(MarkdownClosing(of: "a <b c=\"").behind.isEmpty)
        #expect(MarkdownClosing(of: "<div c=\"").before == "~~~\n")
        #expect(MarkdownClosing(of: "<div c=\"\n~~~~").before == "~~~~~\n")
    }
}

/// A parser of CommonMark for Python, which reads documents from JSON and tells the headings at the top level.
private enum PythonParser {
    private static let program = """
        import json, sys
        documents = json.load(sys.stdin)
        try:
            from markdown_it import MarkdownIt
            parser = MarkdownIt("commonmark")
            def headings(text):
                tokens = parser.parse(text)
                return [tokens[i + 1].content for i, t in enumerate(tokens) if t.type == "heading_open" and t.level == 0]
        except ImportError:
            import commonmark
            def headings(text):
                node, found = commonmark.Parser().parse(text).first_child, []
                while node:
                    if node.t == "heading":
                        found.append("".join(n.literal or "" for n, entering in node.walker() if n.t == "text"))
                    node = node.nxt
                return found
        json.dump([headings(text) for text in documents], sys.stdout)
        """

    static func headings(of documents: [String]) throws -> [[String]]? {
        let folder = try TemporaryFolder()
        let input = folder.path + "/documents.json"
        try JSONEncoder().encode(documents).write(to: URL(filePath: input))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        process.standardInput = FileHandle(forReadingAtPath: input)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? try JSONDecoder().decode([[String]].self, from: data) : nil
    }

    static let isThere = (try? headings(of: ["# a"])) == [["a"]]
}

@Test(.enabled(if: PythonParser.isThere, "Python has no parser of CommonMark (markdown-it-py or commonmark)"))
func `a CommonMark parser finds the heading of every random draft`() throws {
    let all = (0..<60).map { randomTexts(seed: 7000 + UInt64($0), count: 12) }
    let found = try #require(try PythonParser.headings(of: all.map { document($0) }))
    for (texts, headings) in zip(all, found) {
        for index in texts.indices {
            #expect(headings.contains("Draft \(index + 1)"), "\(texts[max(0, index - 1)].debugDescription)")
        }
    }
    // Alone, each text is followed by a heading of its own that stands for the next draft.
    let alone = all.flatMap { $0 }.map { document([$0, "# Next\n"], isPlain: true) }
    let next = try #require(try PythonParser.headings(of: alone))
    for (text, headings) in zip(all.flatMap { $0 }, next) {
        #expect(headings.last == "Next", "\(text.debugDescription)")
    }
}
