import Foundation
import Generation
import Testing

@testable import Training

@Suite struct `Rows of a corpus` {
    private func pair(_ prompt: String, _ answer: String) -> CorpusRow { .pair(prompt: prompt, answer: answer) }

    @Test func `a text file is one document, without the blank lines around it`() throws {
        let corpus = try ReadCorpus([("a.txt", "\n\n  First line\n\nSecond line \n\n")])
        #expect(corpus.texts == ["  First line\n\nSecond line"])
        #expect(corpus.rows[0].row == .text("  First line\n\nSecond line", isStart: true, isEnd: true))
    }

    @Test(arguments: [
        (DocumentEnd.blankLine, ["a\nb", "---\nc", "d"]), (.separator("---"), ["a\nb", "c\n\n\nd"]),
        (.line, ["a", "b", "---", "c", "d"]), (.file, ["a\nb\n\n---\nc\n\n\nd"]),
    ])
    func `documents end where the person says`(end: DocumentEnd, documents: [String]) throws {
        let corpus = try ReadCorpus([("a.md", "a\nb\n\n---  \r\nc\n\n\nd\n")]) { $0.documentEnd = end }
        #expect(corpus.texts.map { $0.replacing("---  ", with: "---") } == documents)
    }

    @Test func `a very long document becomes parts that together are the document`() throws {
        let paragraph = String(repeating: "word ", count: 200) + "\n\n"
        let text = String(repeating: paragraph, count: 3000)
        let corpus = try ReadCorpus([("long.txt", text)])
        let parts = corpus.rows.map(\.row)
        #expect(parts.count == 3 && corpus.count.parts == 3)
        #expect(corpus.texts.joined() == text.replacing(/\s+$/, with: ""))
        guard case .text(_, true, false) = parts[0], case .text(_, false, false) = parts[1],
            case .text(_, false, true) = parts[2]
        else { throw Problem("the ends of the parts are wrong") }
        #expect(corpus.texts[0].hasSuffix("\n\n"), "a part ends at a blank line")
        let twice = try ReadCorpus([("a.txt", text), ("b.txt", text)])
        #expect(twice.rows.count == 3 && twice.count.duplicates == 3)
    }

    @Test func `one line without an end is cut behind a space, and never inside a character`() throws {
        let spaced = try ReadCorpus([("a.txt", String(repeating: "wörter ", count: 500_000))])
        #expect(spaced.rows.count > 2 && spaced.texts.dropLast().allSatisfy { $0.hasSuffix(" ") })
        let solid = String(repeating: "ä灯😀", count: 400_000)
        let corpus = try ReadCorpus([("a.txt", solid)])
        #expect(corpus.rows.count > 2 && corpus.texts.joined() == solid && corpus.count.repaired.isEmpty)
    }

    @Test func `JSON Lines hold texts, pairs by their usual names, and conversations`() throws {
        let corpus = try ReadCorpus([
            (
                "rows.jsonl",
                """
                {"text": "A document"}
                {"prompt": "p1", "response": "r1"}

                {"prompt": "p2", "completion": "r2", "system": "s"}
                {"instruction": "p3", "input": "i", "output": "r3"}
                {"instruction": "p4", "input": "", "output": "r4", "text": "not this"}
                {"question": "p5", "answer": "r5"}
                {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}, {"role": "assistant", "content": [{"type": "text", "text": "a"}]}]}
                {"conversations": [{"from": "human", "value": "u2"}, {"from": "gpt", "value": "a2"}]}
                {"prompt": [{"role": "user", "content": "u3"}], "completion": [{"role": "assistant", "content": "a3"}]}
                """
            )
        ])
        #expect(
            corpus.rows.map(\.row) == [
                .text("A document", isStart: true, isEnd: true), pair("p1", "r1"),
                .pair(system: "s", prompt: "p2", answer: "r2"), pair("p3\n\ni", "r3"), pair("p4", "r4"),
                pair("p5", "r5"), .pair(system: "s", prompt: "u", answer: "a"), pair("u2", "a2"), pair("u3", "a3"),
            ])
        #expect(corpus.rows.map(\.number) == Array(0..<9))
        #expect(corpus.rows[2].place.hasSuffix("rows.jsonl, line 4"))
    }

    @Test func `an answer of weight 0 is read and not learned, and two answers in a row are one`() throws {
        let corpus = try ReadCorpus([
            (
                "rows.jsonl",
                """
                {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}, {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}, {"role": "assistant", "content": "e"}]}
                {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y", "weight": 0}]}
                {"messages": [{"role": "user", "content": "nobody answers"}]}
                """
            )
        ])
        #expect(
            corpus.rows.map(\.row) == [
                .conversation([
                    CorpusTurn(.user, "a"), CorpusTurn(.assistant, "b", isLearned: false), CorpusTurn(.user, "c"),
                    CorpusTurn(.assistant, "d\n\ne"),
                ])
            ])
        #expect(corpus.count.dropped[.noTarget] == 1 && corpus.count.dropped[.empty] == 1)
    }

    @Test func `one list of objects is read as its elements, across lines and chunks`() throws {
        let long = String(repeating: "x, [y] {z} \\\"q\\\" ", count: 90_000)
        let corpus = try ReadCorpus([
            (
                "a.json",
                " [ {\"text\": \"one\"},\n\n{\"text\": \"\(long)\"} ,{\"prompt\": \"p\",\n \"response\": \"r\"}\n]\n"
            )
        ])
        #expect(corpus.rows.count == 3 && corpus.texts.count == 2)
        #expect(corpus.texts.last == long.replacing("\\\"", with: "\"").trimmingCharacters(in: []))
        #expect(corpus.rows[2].row == pair("p", "r") && corpus.rows[2].place.hasSuffix("line 3"))
        #expect(
            sentence { _ = try ReadCorpus([("a.json", "[{\"text\": \"a\"}")]) }.contains(
                "line 1: the list does not end"))
        #expect(
            sentence { _ = try ReadCorpus([("a.json", "[{\"text\": \"a\"}]\n\n[{\"text\": \"b\"}]\n")]) }.contains(
                "line 3: something follows the end of the list"))
    }

    @Test func `CSV has quotes, line ends inside them, and columns by name`() throws {
        let csv = "id,Prompt,Response\n1,\"a \"\"b\"\"\nc\",d\n\n2,e,\"f, g\"\r\n"
        let corpus = try ReadCorpus([("a.csv", csv)])
        #expect(corpus.rows.map(\.row) == [pair("a \"b\"\nc", "d"), pair("e", "f, g")])
        #expect(corpus.rows.map { $0.place.suffix(6) } == ["line 2", "line 5"])
        #expect(corpus.count.repaired == [.carriageReturn: 1])
        let chosen = try ReadCorpus([("a.csv", csv)]) { $0.columns = .pair(prompt: "id", answer: "Response") }
        #expect(chosen.rows.map(\.row) == [pair("1", "d"), pair("2", "f, g")])
        let semicolons = try ReadCorpus([("b.csv", "\u{FEFF}text;more\n\"x; y\";1\n")])
        #expect(semicolons.texts == ["x; y"] && semicolons.count.repaired == [.byteOrderMark: 1])
        #expect(try ReadCorpus([("c.tsv", "text\tmore\nx, y\t1\n")]).texts == ["x, y"])
    }

    @Test(arguments: [
        (
            "a,b\n1,2\n",
            "has no column 'text' or 'prompt' with 'response'; its columns are 'a', 'b'. Name those to read."
        ),
        (
            "text,b\n1\n",
            "line 2: it has 1 field, and the first line has 2. Correct the line, or let damaged rows be skipped."
        ),
        ("text\n\"a\" b\n", "line 2: text follows a field in quotation marks. Correct"),
        ("text\n\"a\n", "line 2: a quotation mark is not closed. Correct"),
    ])
    func `CSV that is wrong is refused with its line`(csv: String, expected: String) {
        let found = sentence { _ = try ReadCorpus([("a.csv", csv)]) }
        #expect(found.contains(expected), "\(found)")
    }

    @Test func `a folder stands for its text files in the order of their names`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "b/.hidden"), withIntermediateDirectories: true)
        for (name, text) in [
            ("b/two.md", "two"), ("a.txt", "one"), ("c.TXT", "three"), ("d.png", "?"), ("b/.hidden/x.txt", "?"),
        ] {
            try Data(text.utf8).write(to: folder.url.appending(path: name))
        }
        let elsewhere = try TemporaryFolder()
        try Data("four".utf8).write(to: elsewhere.url.appending(path: "far.txt"))
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/d.txt", withDestinationPath: "\(elsewhere.path)/far.txt")
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/b/up", withDestinationPath: folder.path)
        let corpus = try ReadCorpus([.path(folder.path)])
        #expect(corpus.texts == ["one", "two", "three", "four"])
        #expect(corpus.count.fileCount == 4 && corpus.count.skippedFiles == 1)
        let empty = try TemporaryFolder()
        #expect(
            sentence { _ = try ReadCorpus([.path(empty.path)]) }
                == "\(empty.path) has no text files (.txt, .md). Name the files to read.")
    }

    @Test func `what is broken in the bytes is repaired and counted`() throws {
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("a\r\nb\rc\0d ".utf8) + [0xFF, 0x65, 0x0A]
        let corpus = try ReadCorpus([("a.txt", bytes)])
        #expect(corpus.texts == ["a\nb\ncd \u{FFFD}e"])
        #expect(
            corpus.count.repaired == [.byteOrderMark: 1, .carriageReturn: 1, .nul: 1, .invalidUTF8: 1])
        let lines: [UInt8] =
            [0xEF, 0xBB, 0xBF] + Array("{\"text\": \"x\"}\r\n{\"text\": \"y".utf8) + [0xC3, 0x28]
            + Array("\"}\n{\"text\": \"z\\u0000\\r\\n\"}\n".utf8)
        let json = try ReadCorpus([("a.jsonl", lines)])
        #expect(json.texts == ["x", "y\u{FFFD}(", "z\n"])
        #expect(
            json.count.repaired == [.byteOrderMark: 1, .carriageReturn: 2, .nul: 1, .invalidUTF8: 1])
    }

    @Test func `empty rows and rows that say the same are left out and counted`() throws {
        let corpus = try ReadCorpus([
            (
                "a.jsonl",
                """
                {"prompt": "p", "response": "r"}
                {"prompt": " p ", "response": "r\\n"}
                {"prompt": "p", "response": "another"}
                {"prompt": "", "response": "r"}
                {"prompt": "q", "response": null}
                {"text": " \\n"}
                {"text": "p r"}
                """
            )
        ])
        #expect(corpus.rows.map(\.number) == [0, 2, 6])
        #expect(corpus.count.duplicates == 1 && corpus.count.dropped == [.empty: 3] && corpus.count.read == 7)
        let all = try ReadCorpus([("a.txt", "a\na\nb\n")]) { ($0.documentEnd, $0.keepsDuplicates) = (.line, true) }
        #expect(all.texts == ["a", "a", "b"])
    }

    @Test(arguments: [
        ("{\"text\": ", "it is no JSON: the text ends too early at byte 9"),
        ("[1]", "it is an array, and a row is an object with names"),
        ("{\"text\": 5}", "'text' is the number 5, and has to be a text"),
        ("{\"prompt\": \"a\"}", "it has 'prompt', and none of 'response', 'completion', 'output', 'answer'"),
        ("{\"title\": \"a\"}", "it has none of 'text', 'messages', and 'prompt' with 'response', but 'title'"),
        ("{}", "it has none of 'text', 'messages', and 'prompt' with 'response', but nothing"),
        ("{\"messages\": {}}", "'messages' is an object, and has to be a list of messages"),
        ("{\"messages\": [{\"content\": \"a\"}]}", "message 1 of 'messages' has no 'role'"),
        (
            "{\"messages\": [{\"role\": \"tool\", \"content\": \"a\"}]}",
            "message 1 of 'messages' has the role 'tool', and roles are system, user and assistant"
        ),
        ("{\"messages\": [{\"role\": \"user\"}]}", "message 1 of 'messages' has no 'content'"),
        (
            "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image\"}]}]}",
            "message 1 of 'messages' has a part that is no text, such as a picture"
        ),
    ])
    func `a damaged line stops the reading with its place, or is skipped and counted`(line: String, reason: String)
        throws
    {
        let text = "{\"text\": \"good\"}\n\n\(line)\n{\"text\": \"last\"}\n"
        let found = sentence { _ = try ReadCorpus([("a.jsonl", text)]) }
        #expect(
            found.hasSuffix("a.jsonl, line 3: \(reason). Correct the line, or let damaged rows be skipped."), "\(found)"
        )
        let corpus = try ReadCorpus([("a.jsonl", text)]) { $0.skipsDamaged = true }
        #expect(corpus.texts == ["good", "last"] && corpus.rows.map(\.number) == [0, 2])
        #expect(corpus.count.dropped == [.damaged: 1])
    }

    @Test(arguments: [
        (Array("PAR1".utf8), "is a Parquet file"), ([0xFF, 0xFE, 0x61, 0], "is text in UTF-16"),
        ([0x1F, 0x8B, 8], "is compressed (gzip)"),
        ([UInt8](repeating: 0, count: 40), "is no text"), (Array(" \n".utf8), "has no rows. Give files with text."),
        ([], "has no rows"),
    ])
    func `what is no text is refused`(bytes: [UInt8], expected: String) {
        let found = sentence { _ = try ReadCorpus([("a.txt", bytes)]) }
        #expect(found.contains(expected), "\(found)")
    }

    @Test func `a file that is not there, or is no file, is said in a sentence`() {
        #expect(sentence { _ = try ReadCorpus([.path("/none.txt")]) } == "There is no file /none.txt. Check the name.")
        #expect(
            sentence { _ = try ReadCorpus([.path("/dev/null")]) }.contains("/dev/null is neither a file nor a folder"))
    }

    @Test func `rows that the caller has are cleaned and counted like others`() throws {
        let rows = [
            pair("a", "b"), pair("a ", "b"), .completion(prompt: "x", answer: " ", endsTurn: false),
            .completion(prompt: "", answer: "y", endsTurn: true),
        ]
        let corpus = try ReadCorpus([.rows(rows, name: "starred drafts")])
        #expect(corpus.rows.map(\.number) == [0, 3] && corpus.rows[1].place == "starred drafts, row 4")
        #expect(corpus.count.duplicates == 1 && corpus.count.dropped == [.empty: 1])
    }
}

/// A test's own failure.
struct Problem: Error {
    let text: String
    init(_ text: String) { self.text = text }
}
