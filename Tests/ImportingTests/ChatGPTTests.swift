import Foundation
import Generation
import Importing
import Testing

/// A node of ChatGPT's tree.
private func node(
    _ id: String, after parent: String?, _ role: String?, _ text: String = "", children: [String] = [],
    content: [String: Any]? = nil, recipient: String = "all", metadata: [String: Any] = [:]
) -> (String, [String: Any]) {
    var message: Any = NSNull()
    if let role {
        message =
            [
                "id": id, "author": ["role": role, "name": NSNull(), "metadata": [:] as [String: Any]],
                "create_time": 1_700_000_000.5, "content": content ?? ["content_type": "text", "parts": [text]],
                "status": "finished_successfully", "recipient": recipient, "metadata": metadata, "weight": 1.0,
            ] as [String: Any]
    }
    let parentValue: Any = parent.map { $0 as Any } ?? NSNull()
    return (id, ["id": id, "message": message, "parent": parentValue, "children": children])
}

private func export(
    _ nodes: [(String, [String: Any])], current: String?, title: String = "A talk",
    id: String = "6650c0de-1111-4222-8333-0123456789AB"
) -> [String: Any] {
    var value: [String: Any] = [
        "title": title, "create_time": 1_700_000_000.25, "update_time": 1_700_000_900.0,
        "mapping": Dictionary(uniqueKeysWithValues: nodes), "conversation_id": id, "id": id,
        "default_model_slug": "gpt-4o",
    ]
    if let current { value["current_node"] = current }
    return value
}

private var short: [String: Any] {
    export(
        [
            node("root", after: nil, nil, children: ["s"]),
            node(
                "s", after: "root", "system", children: ["q"], metadata: ["is_visually_hidden_from_conversation": true]),
            node("q", after: "s", "user", "Name a lamp.", children: ["a"]),
            node("a", after: "q", "assistant", "Aurora", metadata: ["model_slug": "gpt-4"]),
        ], current: "a")
}

@Suite struct `ChatGPT's export` {
    @Test(arguments: [json([short]), json(short), "\u{FEFF}[\n \(json(short)) ,\n \(json(short)) ]\n"])
    func `is a list of conversations, or one`(text: String) throws {
        let conversation = try conversation(text)
        #expect(outline(conversation) == ["0 user: Name a lamp.", "1<0 assistant: Aurora"])
        #expect(conversation.head == 1 && conversation.leftOut.isEmpty)
        let head = conversation.conversation
        #expect(head.title == "A talk" && head.model == "gpt-4" && conversation.turns[1].model == "gpt-4")
        #expect(head.uuid == "6650c0de-1111-4222-8333-0123456789ab")
        #expect(head.createdAt == 1_700_000_000.25 && head.updatedAt == 1_700_000_900)
        #expect(conversation.turns[0].createdAt == 1_700_000_000.5)
        #expect(head.persona.system == nil)
    }

    @Test func `edits of a question are siblings, and other answers are choices`() throws {
        let value = export(
            [
                node("root", after: nil, nil, children: ["q", "e"]),
                node("q", after: "root", "user", "Name a lamp.", children: ["a", "b"]),
                node("a", after: "q", "assistant", "Aurora", children: ["q2"]),
                node("b", after: "q", "assistant", "Lumen", children: ["q3"]),
                node("q2", after: "a", "user", "Shorter."), node("q3", after: "b", "user", "Longer.", children: ["c"]),
                node("c", after: "q3", "assistant", "Lumenissima"),
                node("e", after: "root", "user", "Name a chair.", children: ["d"]),
                node("d", after: "e", "assistant", "Sella"),
            ], current: "q2")
        let conversation = try conversation(json(value))
        #expect(
            outline(conversation).sorted() == [
                "0 user: Name a lamp.", "1<0 assistant: Aurora | Lumen (0)", "2<1.0 user: Shorter.",
                "3<1.1 user: Longer.", "4<3 assistant: Lumenissima", "5 user: Name a chair.", "6<5 assistant: Sella",
            ])
        #expect(conversation.head == 2)
    }

    @Test func `an answer with tools between its messages is one answer, and what the tools said is counted`() throws {
        let value = export(
            [
                node("q", after: nil, "user", "What is new?", children: ["a1"]),
                node("a1", after: "q", "assistant", "Let me look.", children: ["t1"]),
                node(
                    "t1", after: "a1", "assistant", children: ["t2"],
                    content: ["content_type": "code", "language": "unknown", "text": "search()"], recipient: "web"),
                node(
                    "t2", after: "t1", "tool", children: ["th"],
                    content: [
                        "content_type": "multimodal_text",
                        "parts": [["content_type": "image_asset_pointer", "asset_pointer": "file-service://x"]],
                    ]),
                node(
                    "th", after: "t2", "assistant", children: ["a2", "a3"],
                    content: [
                        "content_type": "thoughts", "thoughts": [["summary": "Looking", "content": "It is a lamp."]],
                    ]),
                node("a2", after: "th", "assistant", "A lamp \u{E200}cite\u{E202}turn0search1\u{E201}is new."),
                node("a3", after: "th", "assistant", "Nothing.", children: ["q2"]),
                node("q2", after: "a3", "user", "Oh."),
            ], current: "q2")
        let conversation = try conversation(json(value))
        #expect(
            outline(conversation) == [
                "0 user: What is new?",
                "1<0 assistant: Let me look.\n\nA lamp is new. | Let me look.\n\nNothing. (1)", "2<1.1 user: Oh.",
            ])
        #expect(conversation.turns[1].reasoning == [0: "Looking\nIt is a lamp.", 1: "Looking\nIt is a lamp."])
        #expect(conversation.leftOut.sentencePart == "2 messages to or from tools, 1 image")
    }

    @Test func `images, files and hidden messages are counted, and a question that is a picture keeps its place`()
        throws
    {
        let image: [String: Any] = [
            "content_type": "image_asset_pointer", "asset_pointer": "file-service://x", "width": 9,
        ]
        let value = export(
            [
                node(
                    "u", after: nil, "user", children: ["h"],
                    content: [
                        "content_type": "user_editable_context", "user_profile": "I write.",
                        "user_instructions": "Be brief.",
                    ], metadata: ["is_visually_hidden_from_conversation": true]),
                node(
                    "h", after: "u", "user", "hidden words", children: ["q"],
                    metadata: ["is_visually_hidden_from_conversation": true]),
                node(
                    "q", after: "h", "user", children: ["a"],
                    content: ["content_type": "multimodal_text", "parts": [image]]),
                node("a", after: "q", "assistant", "A cat.", children: ["q2"]),
                node(
                    "q2", after: "a", "user", children: [],
                    content: ["content_type": "multimodal_text", "parts": [image, "And this?"]],
                    metadata: ["attachments": [["name": "notes.pdf", "mime_type": "application/pdf"]]]),
            ], current: "q2")
        let conversation = try conversation(json(value))
        #expect(outline(conversation) == ["0 user: [1 image]", "1<0 assistant: A cat.", "2<1 user: And this?"])
        #expect(conversation.conversation.persona.system == "I write.\n\nBe brief.")
        #expect(conversation.leftOut.sentencePart == "2 images, 1 attached file, 1 hidden message")
    }

    @Test func `code is code, and speech is its words`() throws {
        let value = export(
            [
                node(
                    "q", after: nil, "user", children: ["a"],
                    content: [
                        "content_type": "multimodal_text",
                        "parts": [
                            ["content_type": "audio_transcription", "text": "Count to three.", "direction": "in"],
                            ["content_type": "audio_asset_pointer", "asset_pointer": "sediment://x"],
                        ],
                    ]),
                node(
                    "a", after: "q", "assistant",
                    content: ["content_type": "code", "language": "python", "text": "print(3)"]
                ),
            ], current: "a")
        let conversation = try conversation(json(value))
        #expect(outline(conversation) == ["0 user: Count to three.", "1<0 assistant: ```python\nprint(3)\n```"])
        #expect(conversation.leftOut.sentencePart == "1 recording")
    }

    /// A message of each kind that exports have, what becomes of it, and what is counted.
    static var kinds: [(role: String, message: [String: Any], text: String, leftOut: String)] {
        [
            (
                "assistant", ["content": ["content_type": "reasoning_recap", "content": "Thought for 7 seconds"]], "",
                "1 note of the program"
            ),
            (
                "assistant", ["content": ["content_type": "system_error", "name": "x", "text": "failed"]], "",
                "1 note of the program"
            ),
            ("assistant", ["content": ["content_type": "model_editable_context", "model_set_context": ""]], "", ""),
            (
                "assistant",
                ["content": ["content_type": "model_editable_context", "model_set_context": "1. likes lamps"]], "",
                "1 hidden message"
            ),
            (
                "assistant", ["content": ["content_type": "tether_quote", "title": "T", "text": "A quote."]],
                "A quote.", ""
            ),
            ("assistant", ["content": ["content_type": "later_kind", "stuff": [1]]], "", "1 piece that is no text"),
            (
                "assistant",
                ["content": ["content_type": "text", "parts": ["Seen."]], "weight": 0, "create_time": NSNull()],
                "Seen.", ""
            ),
            ("assistant", ["content": ["content_type": "text", "parts": [""]]], "", ""),
            (
                "assistant", ["content": ["content_type": "text", "parts": ["Checking."]], "channel": "commentary"],
                "Checking.", ""
            ),
            (
                "assistant",
                [
                    "content": [
                        "content_type": "multimodal_text",
                        "parts": [["content_type": "real_time_user_audio_video_asset_pointer"], "Heard."],
                    ]
                ], "Heard.", "1 recording"
            ),
            (
                "tool",
                [
                    "content": ["content_type": "execution_output", "text": "3"],
                    "author": ["role": "tool", "name": "python"],
                ], "", "1 message to or from a tool"
            ),
            (
                "tool", ["content": ["content_type": "tether_browsing_display", "result": "L0: x"]], "",
                "1 message to or from a tool"
            ),
            ("assistant", ["author": ["role": 5]], "", "1 message that cannot be read (in 'A talk')"),
            (
                "tool", ["content": ["content_type": "sonic_webpage", "text": "page"]], "",
                "1 message to or from a tool"
            ),
            (
                "assistant", ["content": ["content_type": "code", "text": "{\"q\": 1}"], "recipient": "web.run"], "",
                "1 message to or from a tool"
            ),
            (
                "assistant",
                [
                    "content": [
                        "content_type": "code",
                        "text": "{\"name\": \"n\", \"type\": \"document\", \"content\": \"# Lamp\"}",
                    ],
                    "recipient": "canmore.create_textdoc",
                ], "# Lamp", ""
            ),
            (
                "assistant",
                [
                    "content": [
                        "content_type": "text", "parts": ["{\"type\": \"code/swift\", \"content\": \"let a = 1\"}"],
                    ],
                    "recipient": "canmore.create_textdoc",
                ], "```swift\nlet a = 1\n```", ""
            ),
            (
                "assistant",
                [
                    "content": [
                        "content_type": "code",
                        "text": "{\"updates\": [{\"pattern\": \".*\", \"replacement\": \"# Lamps\"}]}",
                    ],
                    "recipient": "canmore.update_textdoc",
                ], "# Lamps", ""
            ),
            (
                "assistant",
                [
                    "content": [
                        "content_type": "code",
                        "text": "{\"updates\": [{\"pattern\": \"Lamp\", \"replacement\": \"x\"}]}",
                    ],
                    "recipient": "canmore.update_textdoc",
                ], "", "1 change to a document"
            ),
        ]
    }

    @Test(arguments: kinds.indices)
    func `has messages of many kinds, and none is dropped without a word`(index: Int) throws {
        let kind = Self.kinds[index]
        var (_, message) = node("a", after: "q", kind.role)
        var value = try #require(message["message"] as? [String: Any])
        value.merge(kind.message) { $1 }
        message["message"] = value
        let conversation = try conversation(
            json(export([node("q", after: nil, "user", "Why?", children: ["a"]), ("a", message)], current: "a")))
        let said = ["0 user: Why?"] + (kind.text.isEmpty ? [] : ["1<0 assistant: \(kind.text)"])
        #expect(outline(conversation) == said)
        #expect(conversation.leftOut.sentencePart == kind.leftOut)
    }

    @Test func `thoughts stand beside the answer, in each of their forms`() throws {
        let forms: [[String: Any]] = [
            ["content_type": "thoughts", "thoughts": [["summary": "Why", "content": "Because."]]],
            [
                "content_type": "thoughts",
                "thoughts": [["summary": "Why", "content": "", "chunks": ["Be", "cause."]]],
            ],
            ["content_type": "thoughts", "parts": ["Because."]],
        ]
        for (form, thought) in zip(forms, ["Why\nBecause.", "Why\nBe cause.", "Because."]) {
            let value = export(
                [
                    node("q", after: nil, "user", "Why?", children: ["t"]),
                    node("t", after: "q", "assistant", children: ["a"], content: form),
                    node("a", after: "t", "assistant", "So."),
                ], current: "a")
            #expect(try conversation(json(value)).turns[1].reasoning == [0: thought])
        }
    }

    @Test func `instructions of the user are the system prompt, also in the form of 2023`() throws {
        let old = export(
            [
                node(
                    "s", after: nil, "system", children: ["q"],
                    metadata: [
                        "is_user_system_message": true, "is_visually_hidden_from_conversation": true,
                        "user_context_message_data": [
                            "about_user_message": "I write.", "about_model_message": "Be brief.",
                        ],
                    ]),
                node("q", after: "s", "user", "Hi"),
            ], current: "q")
        let read = try conversation(json(old))
        #expect(read.conversation.persona.system == "I write.\n\nBe brief." && read.leftOut.isEmpty)
    }

    @Test(arguments: ["a", "gone", nil])
    func `circles and missing parents lose no text`(current: String?) throws {
        let value = export(
            [
                node("a", after: "b", "user", "one", children: ["b"]),
                node("b", after: "a", "assistant", "two", children: ["a"]),
                node("self", after: "self", "user", "three", children: ["self"]),
                node("orphan", after: "nobody", "user", "four", children: ["nowhere"]),
            ], current: current)
        let conversation = try conversation(json(value))
        #expect(Set(conversation.turns.flatMap(\.texts)) == ["one", "two", "three", "four"])
        #expect(conversation.turns.indices.allSatisfy { (conversation.turns[$0].parent ?? -1) < $0 })
        #expect(conversation.head.map { conversation.turns.indices.contains($0) } == true)
    }

    @Test func `odd values break nothing`() throws {
        let odd = """
            [{"title": 7, "create_time": 1e308, "update_time": "-", "current_node": {}, "id": "not-a-uuid", "mapping": {
              "a": null, "b": {"message": 5, "parent": []}, "c": {"message": {"author": null, "content": null}},
              "d": {"message": {"author": {"role": "user"}, "create_time": -1e999,
                 "content": {"content_type": "text", "parts": ["half \\ud83d a pair \\ud83d\\u0041", null, 7, {"x": []}]}}, "children": 9},
              "e": {"parent": "d", "message": {"author": {"role": "assistant"}, "content": {"content_type": "text", "parts": "?"}}},
              "f": {"parent": "d", "message": {"author": {"role": "assistant"}, "content": {"parts": ["NUL \\u0000 and\\r\\nCR"]}}}
            }}, {"title": "x"}, 12, null, {"mapping": {}}]
            """
        let file = try #require(try ImportContents(BytesSource(Array(odd.utf8)), file: "odd.json").files.first)
        var found: [ImportedConversation] = []
        let rest = try file.forEach { if case .conversation(let value) = $0 { found.append(value) } }
        let conversation = try #require(found.first)
        #expect(
            outline(conversation) == [
                "0 user: half \u{FFFD} a pair \u{FFFD}A", "1<0 assistant: NUL \u{FFFD} and\nCR",
            ])
        #expect(conversation.conversation.title == "half \u{FFFD} a pair \u{FFFD}A")
        #expect(conversation.conversation.createdAt == 0 && conversation.conversation.uuid == "")
        #expect(found.count == 1)
        #expect(rest.sentencePart == "1 conversation without turns, 3 entries that are no conversations")
    }

    @Test func `a branch of ten thousand messages, and a question with ten thousand answers, are read`() throws {
        let chain = (0..<10_000).map { index in
            node(
                "n\(index)", after: index == 0 ? nil : "n\(index - 1)", index % 2 == 0 ? "user" : "assistant",
                "t\(index)",
                children: ["n\(index + 1)"])
        }
        let long = try conversation(json(export(chain, current: "n9999")))
        #expect(long.turns.count == 10_000 && long.head == 9_999)
        #expect(long.turns.last?.texts == ["t9999"])
        let answers = (0..<10_000).map { node("a\($0)", after: "q", "assistant", "t\($0)") }
        let question = node("q", after: nil, "user", "Why?", children: (0..<10_000).map { "a\($0)" })
        let broad = try conversation(json(export([question] + answers, current: "a7")))
        #expect(broad.turns.count == 2 && broad.turns[1].texts.count == 10_000 && broad.turns[1].choice == 7)
    }
}
