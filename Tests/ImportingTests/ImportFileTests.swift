import Foundation
import Generation
import Importing
import Testing

private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Files that are none, and a part of the sentence that each gets.
private let refusals: [(bytes: [UInt8], part: String)] = [
    ([], "is empty"), (text(" \n\n"), "is empty"),
    ([0x50, 0x4B, 3, 4, 9], "its list of files is missing"),
    ([0x1F, 0x8B, 8], "it ends too early"), ([0xFD, 0x37, 0x7A, 0x58], "is compressed"),
    ([0xFF, 0xD8, 0xFF, 0xE0], "is a picture in JPEG format"),
    (text("RIFF....WEBP"), "WebP"), (text("<!DOCTYPE html>"), "is a web page"),
    ([0xFF, 0xFE, 0x7B, 0], "is UTF-16 text"), (text("hello, you"), "holds none of what can be imported"),
    (text("{}"), "holds none"), (text("[]"), "holds no conversation"),
    (text("[1, 2]"), "holds none"),
    (text("{\"a\": 1}\n{\"b\": 2}"), "holds none"), ([0x7B, 0x22, 0xFF, 0x22, 0x7D], "it is not UTF-8 text"),
    (text(String(repeating: "[", count: 100_000)), "nested deeper"),
    (text("[{\"mapping\": " + String(repeating: "{\"a\":", count: 100_000)), "nested deeper"),
    (
        text("[{\"mapping\": {}} {\"mapping\": {}}]"),
        "line 1, column 18: a comma or a closing bracket is missing"
    ),
    (text("[{\"mapping\": {}}"), "line 1, column 17: the list does not end"),
    (text("[{\"mapping\": {}}] x"), "there is more text after the list"),
    (
        text("[\n{\"mapping\": {}},\n{\"mapping: {}},\n{\"mapping\": {}}]"),
        "line 3, column 16: a control character"
    ),
    (text("{\"mapping\": {}"), "line 1, column 15: a closing brace is missing"),
]

@Suite struct `A file to import` {
    @Test(arguments: refusals)
    func `that is none gets a sentence that says why`(bytes: [UInt8], part: String) {
        let sentence = complaint(bytes)
        #expect(sentence.hasPrefix("file.json ") && sentence.contains(part) && sentence.hasSuffix("."), "\(sentence)")
    }

    @Test func `of messages is a conversation a line, or one list`() throws {
        let line = """
            {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": "Hi"},
             {"type": "image_url", "image_url": {}}]}, {"role": "assistant", "content": "Ho"}, {"role": "tool", "content": "7"}]}
            """.replacing("\n", with: "")
        let two = try conversations(line + "\n" + line)
        #expect(two.count == 2 && two[1].conversation.persona.system == "Be brief.")
        #expect(outline(two[1]) == ["0 user: Hi", "1<0 assistant: Ho"])
        #expect(two[1].leftOut.sentencePart == "1 message to or from a tool, 1 image")
        let list = #"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]"#
        #expect(outline(try conversation(list)) == ["0 user: Hi", "1<0 assistant: Ho"])
        let lines = "{\"role\": \"user\", \"content\": \"Hi\"}\n{\"role\": \"assistant\", \"content\": \"Ho\"}\n"
        #expect(outline(try conversation(lines)) == ["0 user: Hi", "1<0 assistant: Ho"])
    }

    private let ours = """
        {"conversation": {"id": 5, "uuid": "6650C0DE-1111-4222-8333-0123456789AB", "title": "A name", "persona": "editor",
          "personaTitle": "Editor", "systemPrompt": "Edit.", "greetings": ["Hello."], "speakers": {"user": "Me", "assistant": "Ed"},
          "examples": [{"role": "user", "content": "x"}], "fields": {"tone": "calm"}, "model": "built-in", "headTurnId": 30,
          "book": [{"keys": ["k"], "secondaryKeys": [], "content": "c", "constant": true, "caseSensitive": false, "enabled": true, "order": 2}],
          "contextRule": "refuse", "variants": 3, "createdAt": "2026-03-01T17:05:09Z", "updatedAt": "2026-03-01T18:05:09Z"},
         "generations": [{"id": 7, "model": "gemma"}],
         "turns": [
          {"id": 30, "parentTurnId": 20, "parentDraftId": 12, "role": "user", "text": "Shorter?", "drafts": [], "pinned": true},
          {"id": 10, "parentTurnId": null, "role": "user", "text": "Name it.", "drafts": [], "createdAt": "2026-03-01T17:05:09Z"},
          {"id": 20, "parentTurnId": 10, "parentDraftId": null, "role": "assistant", "text": "Aurora", "activeDraftId": 13,
           "drafts": [{"id": 12, "generationId": 7, "text": "Aurora", "reasoning": "What glows?", "starred": true}, {"id": 13, "generationId": 7, "text": "Lumen"},
                      {"id": 14, "generationId": 7, "text": "gone", "deletedAt": "2026-03-01T17:05:09Z"}]},
          {"id": 31, "parentTurnId": 99, "role": "user", "text": "Whose?", "drafts": []},
          {"id": 40, "parentTurnId": 41, "role": "user", "text": "round", "drafts": []},
          {"id": 41, "parentTurnId": 40, "role": "user", "text": "and round", "drafts": []}]}
        """

    @Test func `of our own comes back with its drafts, branches and persona`() throws {
        let back = try conversation(ours)
        #expect(
            outline(back) == [
                "0 user: Name it.", "1<0 assistant: Aurora | Lumen (1)", "2<1.0 user: Shorter?", "3 user: Whose?",
                "4 user: and round", "5<4 user: round",
            ])
        #expect(back.leftOut.sentencePart == "1 deleted turn or draft, 1 draft's star, rating, note or tags")
        #expect(back.head == 2 && back.turns[2].isPinned && back.turns[1].model == "gemma")
        #expect(back.turns[1].reasoning == [0: "What glows?"] && back.turns[0].createdAt == 1_772_384_709)
        let head = back.conversation
        #expect(
            head.uuid == "6650c0de-1111-4222-8333-0123456789ab" && head.title == "A name"
                && head.fields == ["tone": "calm"])
        #expect(head.settings.contextRule == .refuse && head.settings.variantCount == 3)
        #expect(
            head.persona
                == Persona(
                    name: "editor", title: "Editor", system: "Edit.", greetings: ["Hello."],
                    examples: [Message(.user, "x", isExample: true)], speakers: .init(user: "Me", assistant: "Ed"),
                    book: [Persona.BookEntry(keys: ["k"], content: "c", isConstant: true, order: 2)]))
    }

    @Test func `with several of our conversations gives them all`() throws {
        #expect(try conversations("{\"conversations\": [\(ours), \(ours)]}").count == 2)
        #expect(try conversations("[\(ours), \(ours)]").count == 2)
    }

    @Test func `gives the same content the same uuid, and another content another one`() throws {
        let one = try conversation(ours)
        #expect(one.contentUuid == (try conversation(ours).contentUuid))
        var other = one
        other.turns[0].texts[0] += "!"
        #expect(other.contentUuid != one.contentUuid)
        #expect(one.contentUuid.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    }

    @Test func `is cut anywhere without a trap, and is refused then`() {
        let bytes = Array(ours.utf8)
        for count in stride(from: 1, to: bytes.count, by: 7) {
            #expect(!complaint(Array(bytes[..<count])).isEmpty)
        }
    }
}
