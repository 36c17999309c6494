import Foundation
import Generation
import Importing
import Testing

private var head: [String: Any] {
    [
        "user_name": "unused", "character_name": "unused", "create_date": "2024-1-2@03h04m05s",
        "chat_metadata": ["note_prompt": "", "integrity": "0a1b2c3d-1111-4222-8333-0123456789ab"],
    ]
}

private func message(_ name: String, isUser: Bool, _ text: String, _ more: [String: Any] = [:]) -> [String: Any] {
    ["name": name, "is_user": isUser, "is_system": false, "send_date": "July 14, 2023 7:26pm", "mes": text]
        .merging(more) { $1 }
}

private func lines(_ values: [[String: Any]]) -> String { values.map { json($0) }.joined(separator: "\n") }

@Suite struct `A SillyTavern chat` {
    private var chat: [[String: Any]] {
        [
            head,
            message(
                "Seraphina", isUser: false, "Welcome, Ann.",
                ["swipes": ["Hello, {{user}}.", "Welcome, Ann."], "swipe_id": 1, "extra": [:] as [String: Any]]),
            message("Ann", isUser: true, "Where am I?"),
            message(
                "Seraphina", isUser: false, "In my glade, edited.",
                [
                    "swipes": ["In a wood.", "In my glade.", "Who knows?"], "swipe_id": 1,
                    "swipe_info": [
                        ["extra": ["reasoning": "a wood?"]], ["extra": [:] as [String: Any]],
                        ["extra": [:] as [String: Any]],
                    ],
                    "extra": ["api": "openai", "model": "gpt-4o", "reasoning": "a glade!"],
                    "send_date": "2024-01-02T03:04:05.000Z",
                ]),
            message("Note", isUser: false, "remember", ["is_system": true, "extra": ["type": "comment"]]),
            message("Ann", isUser: true, "I hid this.", ["is_system": true]),
            message("System", isUser: false, "Night falls.", ["extra": ["type": "narrator"]]),
        ]
    }

    @Test(arguments: ["\n", "\r\n", "\n\n"])
    func `has its swipes, thoughts, names and times`(lineEnd: String) throws {
        let text = chat.map { json($0) }.joined(separator: lineEnd) + lineEnd
        let conversation = try conversation(text)
        #expect(
            outline(conversation) == [
                "0 assistant: Hello, Ann. | Welcome, Ann. (1)", "1<0.1 user: Where am I?",
                "2<1 assistant: In a wood. | In my glade, edited. | Who knows? (1)", "3<2.1 user: I hid this.",
                "4<3 user: Night falls.",
            ])
        #expect(
            conversation.turns[2].reasoning == [0: "a wood?", 1: "a glade!"] && conversation.turns[2].model == "gpt-4o")
        #expect(conversation.turns[2].createdAt == 1_704_164_645 && conversation.turns[1].createdAt == 1_689_362_760)
        #expect(conversation.conversation.createdAt == 1_704_164_645)
        #expect(conversation.conversation.uuid == "0a1b2c3d-1111-4222-8333-0123456789ab")
        #expect(conversation.conversation.persona.speakers == .init(user: "Ann", assistant: "Seraphina"))
        #expect(conversation.conversation.title == "Seraphina" && conversation.head == 4)
        #expect(conversation.leftOut.sentencePart == "1 note of the program")
    }

    @Test(arguments: [
        ("1689362760", 1_689_362_760.0), ("1689362760123", 1_689_362_760.123),
        ("\"1689362760123\"", 1_689_362_760.123), ("\"2023-7-14@19h26m0s\"", 1_689_362_760),
        ("\"2023-07-14 @19h 26m 00s 123ms\"", 1_689_362_760), ("\"2023-07-14T19:26:00.123Z\"", 1_689_362_760),
        ("\"2023-07-14T21:26:00+02:00\"", 1_689_362_760), ("\"Jul 14, 2023 7:26pm\"", 1_689_362_760),
        ("\"July 14, 2023 12:26am\"", 1_689_294_360), ("\"2023-13-14@19h26m0s\"", 0), ("\"yesterday\"", 0),
        ("\"\"", 0), ("1e300", 0), ("-5", 0), ("\"July 99, 2023 7:26pm\"", 0), ("[]", 0), ("null", 0),
    ])
    func `has dates in many forms`(date: String, seconds: Double) throws {
        let text = #"{"name": "Ann", "is_user": true, "mes": "Hi", "send_date": \#(date)}"#
        let found = try conversation(text).turns[0].createdAt
        #expect(((found ?? 0) * 1000).rounded() == (seconds * 1000).rounded())
    }

    @Test(arguments: [
        ("\"July 5, 2024 3:04pm\"", 1_720_191_840.0), ("\"2024-7-5@15h04m05s123ms\"", 1_720_191_845),
        ("\"2024-7-5 @15h 4m 5s 123ms\"", 1_720_191_845), ("\"2024-07-05T15:04:05.123Z\"", 1_720_191_845),
        ("1720191845123", 1_720_191_845.123),
    ])
    func `has dates as its versions write them`(date: String, seconds: Double) throws {
        let text = #"{"name": "Ann", "is_user": true, "mes": "Hi", "send_date": \#(date)}"#
        #expect(try conversation(text).turns[0].createdAt == seconds)
    }

    @Test func `has the scenario and the note of its head as system prompt, and counts what is not told`() throws {
        var first = head
        first["character_name"] = "Mara"
        first["chat_metadata"] = [
            "scenario": "{{user}} meets <BOT>.", "note_prompt": "Stay calm.", "world_info": "Inns",
            "attachments": [["name": "a.txt"]],
        ]
        let conversation = try conversation(
            lines([
                first, message("Ann", isUser: true, "Look", ["extra": ["image": "a.png", "files": [["url": "x"]]]]),
                message("Mara", isUser: false, "", ["is_system": true, "extra": ["tool_invocations": [["id": "1"]]]]),
                message("Mara", isUser: false, "", ["swipes": [""]]), message("Mara", isUser: false, "Hi."),
            ]))
        #expect(conversation.conversation.persona.system == "Scenario: Ann meets Mara.\n\nStay calm.")
        #expect(outline(conversation) == ["0 user: Look", "1<0 assistant: Hi."])
        #expect(
            conversation.leftOut.sentencePart
                == "1 message to or from a tool, 1 image, 2 attached files, 1 piece that is no text, "
                + "1 book that the file only names")
    }

    @Test func `of the first versions has no head, and no more than the texts`() throws {
        let old: [[String: Any]] = [
            ["user_name": "You", "character_name": "Aqua", "create_date": 1_673_181_146_000],
            ["name": "Aqua", "is_user": false, "is_name": true, "send_date": 1_673_181_146_100, "mes": "Hi!"],
            ["name": "You", "is_user": true, "is_name": true, "send_date": 1_673_181_146_200, "mes": "Hello."],
        ]
        for values in [old, Array(old.dropFirst())] {
            let conversation = try conversation(lines(values))
            #expect(outline(conversation) == ["0 assistant: Hi!", "1<0 user: Hello."])
            #expect(conversation.conversation.persona.speakers == .init(user: "You", assistant: "Aqua"))
        }
    }

    @Test func `of a group names who speaks`() throws {
        let conversation = try conversation(
            lines([
                head, message("A", isUser: false, "Hi."), message("B", isUser: false, "Ho."),
                message("U", isUser: true, "?"),
            ]))
        #expect(outline(conversation) == ["0 assistant: A: Hi.", "1<0 assistant: B: Ho.", "2<1 user: ?"])
    }

    @Test(arguments: [
        (#"{"swipes": [], "swipe_id": 4}"#, "Hi"), (#"{"swipes": ["x", "y"], "swipe_id": 1e300}"#, "Hi | y (0)"),
        (#"{"swipes": ["x", 7], "swipe_id": -3}"#, "Hi |  (0)"),
        (#"{"swipes": {"a": 1}, "swipe_info": 3, "extra": []}"#, "Hi"),
        (#"{"swipes": [{"message": "x"}, {"message": "Hi"}]}"#, "x | Hi (1)"),
    ])
    func `with odd swipes shows what was shown`(more: String, expected: String) throws {
        let values = try #require(try JSONSerialization.jsonObject(with: Data(more.utf8)) as? [String: Any])
        let conversation = try conversation(lines([head, message("A", isUser: false, "Hi", values)]))
        #expect(outline(conversation) == ["0 assistant: \(expected)"])
    }

    @Test func `with messages that are none names their lines`() throws {
        let good = json(message("Ann", isUser: true, "Hi"))
        let read = try conversation("\(json(head))\n\(good)\n[1]\n\n{\"name\": \"Ann\"}\n\(good)\n7\n8\n9")
        #expect(read.turns.count == 2)
        #expect(
            read.leftOut.sentencePart == "5 messages that cannot be read (line 3, line 5, line 7, …)")
    }

    @Test func `that is damaged names the line`() {
        let good = json(message("Ann", isUser: true, "Hi"))
        #expect(
            complaint("\(json(head))\n\(good)\n{\"name\": \"Ann\", \"mes\": \"Hé\n\(good)")
                == "file.json is damaged at line 3, column 27: a string does not end. Nothing was imported of it. Get the "
                + "file again, or correct this place.")
        #expect(complaint("\(json(head))\n\(good)\n\n}{\n").contains("damaged at line 4, column 1: "))
        #expect(complaint(json(head)) == "file.json holds no conversation with turns. Nothing was imported of it.")
    }
}
