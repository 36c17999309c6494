import Foundation
import Generation
import Importing
import Testing

private func talk(_ words: String) -> String {
    json([
        "title": words, "create_time": 1_700_000_000,
        "mapping": [
            "q": [
                "parent": NSNull(), "children": [] as [String],
                "message": ["author": ["role": "user"], "content": ["content_type": "text", "parts": [words]]],
            ]
        ],
    ])
}

private func titles(_ bytes: [UInt8]) throws -> [String] {
    try imported(bytes).map { item in
        switch item {
        case .conversation(let conversation): conversation.conversation.title
        case .persona(let persona): persona.persona.title
        }
    }
}

@Suite struct `An archive` {
    private let export: [(name: String, bytes: [UInt8])] = [
        ("export/conversations-001.json", Array("[\(talk("three"))]".utf8)),
        ("export/conversations-000.json", Array("[\(talk("one")), \(talk("two"))]".utf8)),
        ("export/user.json", Array("{}".utf8)), ("export/shared_conversations.json", Array("[]".utf8)),
        ("__MACOSX/export/._conversations-000.json", [0, 5, 22]), ("export/images/", []),
        ("export/images/file-1.png", [1, 2, 3]),
    ]

    @Test(arguments: [Archive.Method.stored, .deflated])
    func `of ChatGPT gives the conversations of all its parts, and counts its other files`(
        method: Archive.Method
    ) throws {
        let bytes = Archive.zip(export, method)
        #expect(try titles(bytes) == ["one", "two", "three"])
        let contents = try ImportContents(BytesSource(bytes), file: "export.zip")
        #expect(contents.leftOut.sentencePart == "4 other files of the archive")
        #expect(contents.files.map(\.name) == [0, 1].map { "export.zip: export/conversations-00\($0).json" })
        #expect(contents.files.allSatisfy { $0.kind == .chatGPT })
    }

    @Test func `with a comment and other bytes before it is read`() throws {
        #expect(try titles(Archive.zip(export, .deflated, comment: "made by hand PK\u{5}\u{6}")).count == 3)
    }

    @Test func `of a card, and of chats, is read by what it holds`() throws {
        let card = Array(json(["name": "Mara", "description": "An innkeeper."]).utf8)
        #expect(try titles(Archive.zip([("card.json", card), ("assets/a.png", [1])], .stored)) == ["Mara"])
        let chat = Array("{\"name\": \"Ann\", \"is_user\": true, \"mes\": \"Hi there\"}".utf8)
        let mixed: [(name: String, bytes: [UInt8])] = [
            ("chats/a.jsonl", chat), ("settings.json", Array("{\"theme\": 1}".utf8)),
            ("Mara.PNG", Picture.png([Picture.text("chara", json(["name": "Mara", "description": ""]))])),
        ]
        #expect(try titles(Archive.zip(mixed, .deflated)).sorted() == ["Assistant", "Mara"])
    }

    @Test func `packed by gzip is one file`() throws {
        #expect(try titles(Archive.gzip(Array("[\(talk("one"))]".utf8))) == ["one"])
    }

    @Test func `that holds nothing of use says what it holds`() {
        let sentence = complaint(Archive.zip([("a.txt", [65]), ("user.json", Array("{}".utf8))], .stored))
        #expect(
            sentence.hasPrefix("file.json is an archive with no file that can be imported. It holds a.txt, user.json."))
        #expect(complaint(Archive.zip([], .stored)).contains("It is empty."))
    }

    @Test func `that is damaged or refused says why`() {
        let whole = Archive.zip(export, .deflated)
        #expect(complaint(Archive.zip(export, .deflated, breaksChecksum: true)).contains("its checksum is wrong"))
        #expect(complaint(Archive.zip(export, .stored, breaksChecksum: true)).contains("its checksum is wrong"))
        #expect(complaint(Archive.zip(export, .deflated, flags: 1)).contains("is encrypted"))
        #expect(complaint(Archive.zip(export, .other)).contains("packed in a way that is not known"))
        #expect(complaint(Archive.zip(export, .deflated, saysBytes: 10)).contains("longer than it says"))
        #expect(complaint(Archive.zip(export, .deflated, saysBytes: 1 << 34)).contains("becomes larger than anything"))
        #expect(
            complaint(Archive.zip(export, .deflated, saysBytes: 1 << 20)).contains("shorter or longer than it says"))
        for count in stride(from: 4, to: whole.count, by: 11) {
            #expect(complaint(Array(whole[..<count])).contains("is damaged"), "the first \(count) bytes")
        }
        // Whatever byte is wrong, it ends in values or in a sentence.
        for index in stride(from: 4, to: whole.count, by: 5) {
            var broken = whole
            broken[index] = ~broken[index]
            _ = complaint(broken)
        }
    }

    @Test func `in a picture that would fill the memory is refused`() {
        let sentence = complaint(
            Picture.png([("zTXt", Array("chara".utf8) + [0, 0] + Archive.zlibRun(of: 0x41, count: 70 << 20))]))
        #expect(sentence.contains("its compressed text becomes longer than 64 MB"), "\(sentence)")
    }
}

@Suite struct `A long file` {
    @Test func `is read value by value, whatever lies at the border of two pieces`() throws {
        let words = String(repeating: "é\\\"]}\\\\ ", count: 900)
        let list = "[" + (0..<40).map { talk("\($0) \(words)") }.joined(separator: " ,\n ") + "]"
        #expect(list.utf8.count > 4 << 16)
        let found = try conversations(list)
        #expect(found.count == 40 && found[39].turns[0].texts[0].hasPrefix("39 é"))
        #expect(found.allSatisfy { $0.turns[0].texts[0].hasSuffix(words) })
    }

    @Test(arguments: ["\n", "\r\n"])
    func `names the line and column of a mistake far behind its beginning`(lineEnd: String) {
        let lines = (0..<3000).map { talk("talk \($0)") }
        let broken = lines.joined(separator: "," + lineEnd) + "," + lineEnd + " {\"título\": tru}"
        #expect(complaint("[\(broken)]").contains("line 3001, column 13: a value is missing"))
        #expect(complaint("[\(lines.joined(separator: "," + lineEnd))").contains("line 3000, column "))
        let chat = Array(repeating: #"{"name": "Ann", "is_user": true, "mes": "Hé"}"#, count: 3000)
        #expect(complaint(chat.joined(separator: lineEnd) + lineEnd + "{\"é\": }").contains("line 3001, column 7: "))
    }

    @Test func `reports how much of it was read, up to all of it`() throws {
        let list = "[" + (0..<2000).map { talk("\($0)") }.joined(separator: ",") + "]"
        let file = try #require(try ImportContents(BytesSource(Array(list.utf8)), file: "list").files.first)
        var parts: [Double] = []
        try file.forEach(progress: { parts.append($0) }) { _ in }
        #expect(parts.count == 2000 && parts == parts.sorted() && parts.last == 1)
        #expect(Set(parts).count > 3)
    }

    @Test func `may have its conversations in an object, with other facts behind them`() throws {
        let list = "{\n \"conversations\" :\n [\(talk("one")), \(talk("two"))]"
        #expect(try conversations("\(list), \"version\": {\"a\": [1]}, \"b\": 2 }\n").count == 2)
        #expect(complaint(list).contains("a closing brace is missing"))
        #expect(complaint("\(list) x}").contains("a comma or a closing brace is missing"))
        #expect(complaint("\(list)} x").contains("there is more text after the list"))
    }
}
