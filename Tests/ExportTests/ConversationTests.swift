// Conversations as files: every turn's text is there unharmed, in the order of the open branch.

import Export
import Foundation
import Generation
import Testing

private let start = 1_772_384_709.0

private func draft(_ id: Int64, _ text: String, generation: Int64 = 7, reasoning: String? = nil) -> SavedDraft {
    var draft = SavedDraft(
        id: id, generationId: generation, ordinal: 0, text: text, finishReason: .stop, tokenCount: 3,
        createdAt: start, updatedAt: start)
    draft.details.reasoning = reasoning
    return draft
}

/// A question, an answer with two drafts of which the next turn follows the first, and another question.
private func example(_ texts: [String] = ["Name it.", "Aurora", "Shorter?"]) -> ConversationContents {
    let persona = Persona(
        name: "editor", title: "Editor", system: "You edit texts.", greetings: ["Hello."],
        speakers: .init(user: "You", assistant: "The *Editor*"))
    let conversation = Conversation(
        id: 5, uuid: "0b6f", createdAt: start, updatedAt: start + 60, title: "A name & more", persona: persona,
        fields: ["tone": "calm"], model: "built-in", headTurnId: 3)
    var answer = Turn(
        id: 2, conversationId: 5, parentTurnId: 1, role: .assistant, text: "Lumen", activeDraftId: 12,
        createdAt: start, drafts: [draft(11, texts[1], reasoning: "What glows?"), draft(12, "Lumen")])
    answer.isPinned = true
    let turns = [
        Turn(id: 1, conversationId: 5, role: .user, text: texts[0], createdAt: start, siblingIds: [1, 4]), answer,
        Turn(id: 3, conversationId: 5, parentTurnId: 2, parentDraftId: 11, role: .user, text: texts[2]),
    ]
    let generation = SavedGeneration(
        id: 7, title: "A name", fields: ["prompt": texts[0]], prompt: "<s>everything before</s>",
        model: ModelIdentity(name: "built-in", hash: "ab", engine: "copydesk"), seed: 4)
    return ConversationContents(
        conversation: conversation, turns: turns, generations: [generation], tags: [12: ["good"]])
}

private func rendered(
    _ contents: [ConversationContents], as format: ExportFormat, _ options: ExportOptions = ExportOptions()
) throws -> String {
    var text = ""
    try ConversationExport.write(
        count: contents.count, as: format, options: options, reading: { contents[$0] }, to: { text += $0 })
    return text
}

@Suite struct `A conversation as a file` {
    @Test func `JSON holds every draft, its branch and its model`() throws {
        let json = try readJSON(rendered([example()], as: .json))
        let head = try #require(json["conversation"] as? [String: Any])
        #expect(head["id"] as? Int == 5 && head["uuid"] as? String == "0b6f" && head["persona"] as? String == "editor")
        #expect(head["title"] as? String == "A name & more" && head["headTurnId"] as? Int == 3)
        #expect(head["systemPrompt"] as? String == "You edit texts." && head["deletedAt"] is NSNull)
        #expect(head["createdAt"] as? String == "2026-03-01T17:05:09Z" && head["contextRule"] as? String == "leave-out")
        #expect((head["options"] as? [String: Any])?["temperature"] is NSNumber)
        let turns = try #require(json["turns"] as? [[String: Any]])
        #expect(turns.map { $0["role"] as? String } == ["user", "assistant", "user"])
        #expect(turns.map { $0["parentTurnId"] as? Int } == [nil, 1, 2] && turns[2]["parentDraftId"] as? Int == 11)
        #expect(turns.map { $0["pinned"] as? Bool } == [false, true, false])
        #expect(turns[0]["siblings"] as? [Int] == [1, 4])
        let drafts = try #require(turns[1]["drafts"] as? [[String: Any]])
        #expect(drafts.map { $0["text"] as? String } == ["Aurora", "Lumen"])
        #expect(drafts[0]["reasoning"] as? String == "What glows?" && drafts[1]["tags"] as? [String] == ["good"])
        let generations = try #require(json["generations"] as? [[String: Any]])
        #expect(generations.map { $0["model"] as? String } == ["built-in"])
        #expect(generations[0]["prompt"] as? String == "Name it.", "the whole prompt would repeat the conversation")
    }

    @Test func `several conversations are a list in JSON, and a line each in JSON Lines`() throws {
        let json = try readJSON(rendered([example(), example(["a", "b", "c"])], as: .json))
        let list = try #require(json["conversations"] as? [[String: Any]])
        #expect(list.count == 2)
        #expect(list.allSatisfy { ($0["turns"] as? [Any])?.count == 3 })
        let lines = try rendered([example(), example(["a", "b", "c"])], as: .jsonl).split(separator: "\n").map(
            String.init)
        #expect(
            lines.last
                == #"{"messages":[{"content":"You edit texts.","role":"system"},{"content":"a","role":"user"},{"content":"b","role":"assistant"}]}"#
        )
        #expect(lines.count == 2)
    }

    @Test func `a line for fine-tuning ends with an answer, and one that is empty is no message`() throws {
        #expect(try rendered([example(["a", "", "c"])], as: .jsonl).isEmpty)
        #expect(try rendered([example(["a", "", "c"]), example()], as: .jsonl).split(separator: "\n").count == 1)
        var longer = example(["a", "", "c"])
        longer.turns.append(
            Turn(id: 4, conversationId: 5, parentTurnId: 3, role: .assistant, text: "d", drafts: [draft(14, "d")]))
        let line = try readJSON(rendered([longer], as: .jsonl))
        #expect(
            (line["messages"] as? [[String: Any]])?.map { $0["content"] as? String } == [
                "You edit texts.", "a", "c", "d",
            ])
    }

    @Test func `an answer that said nothing is not shown, and the models are those that have written`() throws {
        let page = try rendered([example(["a", "", "c"])], as: .markdown)
        #expect(!page.contains("The \\*Editor\\*") && page.contains("c"))
        var imported = example()
        imported.generations[0].model.name = "gpt-4o"
        let facts = try rendered([imported], as: .markdown)
        #expect(facts.contains("- Model: gpt-4o\n") && !facts.contains("built-in"))
    }

    @Test func `in short it has who said what, and the drafts of answers`() throws {
        let contents = example()
        let json = try readJSON(ConversationJSON.shortText(of: contents.conversation, turns: contents.turns))
        #expect(Set(json.keys) == ["conversation", "turns"])
        let head = try #require(json["conversation"] as? [String: Any])
        #expect(Set(head.keys) == ["id", "uuid", "title", "persona", "model"] && head["id"] as? Int == 5)
        let turns = try #require(json["turns"] as? [[String: Any]])
        #expect(
            turns.map { Set($0.keys) } == [
                ["id", "role", "text"], ["id", "role", "text", "drafts"], ["id", "role", "text"],
            ])
        let drafts = try #require(turns[1]["drafts"] as? [[String: Any]])
        #expect(drafts.map { $0["active"] as? Bool } == [false, true])
        #expect(drafts[0]["reasoning"] as? String == "What glows?" && drafts[1]["reasoning"] is NSNull)
        #expect(drafts.allSatisfy { $0["finishReason"] as? String == "stop" && $0["cutOff"] as? Bool == false })
    }

    @Test(arguments: awkwardTexts)
    func `Markdown gives every turn's text back, whatever it holds`(text: String) throws {
        let markdown = try rendered([example([text, text, "the last"])], as: .markdown)
        var found: [String] = []
        let lines = markdown.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        var index = 0
        while index < lines.count {
            if let match = lines[index].wholeMatch(of: /<!-- copydesk:turn id=\d+ lines=(\d+) -->/) {
                let count = Int(match.1) ?? 0
                found.append(lines[(index + 1)..<(index + 1 + count)].joined(separator: "\n"))
                index += count
            }
            index += 1
        }
        // An answer without a text is not shown.
        let expected = text.isEmpty ? [text, "the last"] : [text, text, "the last"]
        try #require(found.count == expected.count)
        #expect(zip(found, expected).allSatisfy { $0.isSame($1) })
    }

    @Test func `Markdown names the speakers, and what a turn leaves open swallows nothing`() throws {
        let markdown = try rendered([example(["```swift\nlet x", "Aurora", "Shorter?"])], as: .markdown)
        #expect(markdown.hasPrefix("# A name \\& more\n\n- Date: 2026-03-01T17:05:09Z\n- Persona: Editor\n"))
        #expect(markdown.contains("\n**The \\*Editor\\***\n\n"))
        #expect(markdown.contains("let x\n```\n<!-- copydesk:end -->\n"))
        #expect(!markdown.contains("Lumen"), "the next turn follows the other draft")
        #expect(!markdown.contains("What glows?"))
        var options = ExportOptions(.drafts)
        options.includesReasoning = true
        let plain = try rendered([example()], as: .markdown, options)
        #expect(
            plain
                == "**You**\n\nName it.\n\n**The \\*Editor\\***\n\nReasoning:\n\n> What glows?\n\nAurora\n\n**You**\n\nShorter?\n"
        )
    }

    @Test func `HTML is one page in which every text is text`() throws {
        let page = try rendered([example(["<script>1</script>", "灯", "c"]), example()], as: .html)
        #expect(page.components(separatedBy: "<!DOCTYPE html>").count == 2)
        #expect(page.contains("<h1>A name &amp; more</h1>") && page.contains("<h3>The *Editor*</h3>"))
        #expect(page.contains("&lt;script&gt;1&lt;/script&gt;") && !page.contains("<script>"))
        #expect(page.contains("lang=\"zh\" dir=\"auto\">灯<"))
        #expect(page.hasSuffix("</section>\n</main>\n</body>\n</html>\n"))
    }

    @Test func `plain text has the names, and a heading unless only the turns are wanted`() throws {
        #expect(
            try rendered([example()], as: .text)
                == "A name & more\nConversation 5 · 2026-03-01T17:05:09Z · editor · built-in\n\n"
                + "You:\nName it.\n\nThe *Editor*:\nAurora\n\nYou:\nShorter?\n")
        #expect(try rendered([example()], as: .text, ExportOptions(.drafts)).hasPrefix("You:\nName it.\n\n"))
    }

    @Test func `a long system prompt is written only if source texts are wanted`() throws {
        var contents = example()
        contents.conversation.persona.system = String(repeating: "Be kind. ", count: 30)
        #expect(try rendered([contents], as: .markdown).contains("- System prompt: left out, 270 characters\n"))
        #expect(
            try rendered([contents], as: .markdown, ExportOptions(.sources)).contains("- System prompt: Be kind. Be"))
    }

    @Test(arguments: ConversationExport.formats.filter { $0 != .jsonl })
    func `a conversation without turns is a file too`(format: ExportFormat) throws {
        let empty = ConversationContents(conversation: Conversation(model: ""), turns: [])
        #expect(try !rendered([empty], as: format).isEmpty)
    }
}
