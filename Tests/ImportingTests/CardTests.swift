import Foundation
import Generation
import Importing
import Testing

private var v1: [String: Any] {
    [
        "name": "Mara", "description": "{{char}} keeps an inn. <BOT> likes {{User}}.", "personality": "calm",
        "scenario": "{{user}} comes in from the rain.", "first_mes": "Good evening, <USER>.",
        "mes_example":
            "<START>\n{{user}}: A room?\n{{char}}: *nods*\nUpstairs.\n<start>\n{{char}}: Soup is on, {{USER}}.",
    ]
}

private func v2(_ more: [String: Any] = [:]) -> [String: Any] {
    let data: [String: Any] = v1.merging([
        "alternate_greetings": ["The door is open, {{user}}.", ""], "system_prompt": "{{original}}\nWrite briefly.",
        "post_history_instructions": "Stay calm, {{char}}. {{original}}", "creator_notes": "\nA quiet inn.\nMore.",
        "tags": ["inn"], "creator": "x", "character_version": "1", "extensions": [:] as [String: Any],
        "character_book": [
            "name": "inn", "extensions": [:] as [String: Any],
            "entries": [
                [
                    "keys": ["cellar", "wine"], "content": "@@depth 4\n{{char}} hides {{user}}'s letter in the cellar.",
                    "enabled": true, "insertion_order": 10, "case_sensitive": true, "selective": true,
                    "secondary_keys": ["letter"], "constant": false, "extensions": [:] as [String: Any],
                ],
                [
                    "keys": [] as [String], "content": "It rains.", "constant": true, "enabled": false,
                    "insertion_order": 1e300,
                ],
                [
                    "keys": ["/a+/"], "content": "By a pattern.", "use_regex": true, "enabled": true,
                    "insertion_order": 3,
                ],
            ],
        ],
    ]) { $1 }.merging(more) { $1 }
    return ["spec": "chara_card_v2", "spec_version": "2.0", "data": data]
}

private func read(_ card: Any) throws -> ImportedPersona { try persona(Array(json(card).utf8), userName: "Ann") }

@Suite struct `A character card` {
    @Test func `of the first version is a persona`() throws {
        let card = try read(v1)
        let persona = card.persona
        #expect(persona.title == "Mara" && persona.speakers == .init(user: "Ann", assistant: "Mara"))
        #expect(persona.greetings == ["Good evening, Ann."])
        #expect(
            persona.system == """
                You are Mara, and you talk with Ann. Always answer as Mara, and never write what Ann says or does.

                Mara keeps an inn. Mara likes Ann.

                Mara's personality: calm

                Scenario: Ann comes in from the rain.
                """)
        #expect(persona.examples.map(\.role) == [.user, .assistant, .assistant])
        #expect(persona.examples.map(\.content) == ["A room?", "*nods*\nUpstairs.", "Soup is on, Ann."])
        #expect(persona.examples.allSatisfy(\.isExample) && persona.book.isEmpty && card.leftOut.isEmpty)
    }

    @Test func `of the second version has greetings, its own prompt and its book`() throws {
        let card = try read(v2())
        let persona = card.persona
        #expect(persona.greetings == ["Good evening, Ann.", "The door is open, Ann."])
        #expect(persona.system?.hasPrefix("You are Mara, and you talk with Ann.") == true)
        #expect(persona.system?.contains("says or does.\nWrite briefly.\n\nMara keeps an inn.") == true)
        #expect(persona.system?.hasSuffix("Scenario: Ann comes in from the rain.\n\nStay calm, Mara.") == true)
        #expect(card.summary == "A quiet inn.")
        #expect(
            persona.book == [
                Persona.BookEntry(
                    keys: ["cellar", "wine"], secondaryKeys: ["letter"],
                    content: "Mara hides Ann's letter in the cellar.",
                    isCaseSensitive: true, order: 10),
                Persona.BookEntry(
                    keys: [], content: "It rains.", isConstant: true, isEnabled: false, order: 1_000_000_000),
            ])
        #expect(card.leftOut.sentencePart == "1 book entry with a pattern")
    }

    @Test func `of the third version calls the character by the nickname`() throws {
        var card = v2(["nickname": "Mar", "group_only_greetings": ["All!"], "assets": [[:] as [String: Any]]])
        card["spec"] = "chara_card_v3"
        #expect(try read(card).leftOut.sentencePart == "1 image, 1 book entry with a pattern, 1 greeting for groups")
        let persona = try read(card).persona
        #expect(persona.title == "Mara" && persona.speakers.assistant == "Mar")
        #expect(persona.system?.contains("Mar keeps an inn.") == true)
        #expect(persona.examples.map(\.content) == ["A room?", "*nods*\nUpstairs.", "Soup is on, Ann."])
    }

    @Test func `with something else in the place of a text says how many are left out`() throws {
        let card = try read(v2(["first_mes": 5, "personality": NSNull(), "alternate_greetings": ["Hi.", ["x"]]]))
        #expect(card.persona.greetings == ["Hi."])
        #expect(card.leftOut.sentencePart.hasSuffix("2 fields that should be texts (first_mes, alternate_greetings)"))
    }

    @Test func `without a name is a character all the same`() throws {
        #expect(
            try read(["name": "", "description": "An innkeeper.", "first_mes": "Hi."]).persona.title == "Character")
    }

    @Test func `of Pygmalion has other names for the same`() throws {
        let persona = try read([
            "char_name": "Mara", "char_persona": "An innkeeper.", "char_greeting": "Hi, {{user}}.",
            "world_scenario": "Rain.", "example_dialogue": "You: A room?\n{{char}}: Yes.",
        ]).persona
        #expect(persona.greetings == ["Hi, Ann."] && persona.system?.contains("An innkeeper.") == true)
        #expect(persona.examples.map(\.role) == [.user, .assistant])
    }

    @Test func `whose examples name nobody tells them in the system prompt`() throws {
        let persona = try read(v1.merging(["mes_example": "<START>\n\"Rain again,\" she says."]) { $1 }).persona
        #expect(persona.examples.isEmpty)
        #expect(persona.system?.hasSuffix("This is how Mara talks:\n\"Rain again,\" she says.") == true)
    }

    @Test func `keeps macros that are not known, and takes comments out`() throws {
        let text = "{{random:a,b}} {{// a note}}{{ CHAR }} {{user {{ {{user}}{user}} <users> <Char>"
        let persona = try read(["name": "Mara", "description": "", "first_mes": text]).persona
        #expect(
            try read(["name": "Mara", "description": "", "first_mes": text]).leftOut.sentencePart
                == "1 unknown macro, which stays in the text")
        #expect(persona.greetings == ["{{random:a,b}} Mara {{user {{ Ann{user}} <users> Mara"])
    }

    @Test func `in a picture is that of ccv3 if there are two`() throws {
        let old = Picture.text("Chara", json(v2(["name": "Old"])))
        let new = Picture.text("ccv3", json(["spec": "chara_card_v3", "data": ["name": "New", "description": ""]]))
        #expect(try persona(Picture.png([old])).persona.title == "Old")
        for chunks in [[old, new], [new, old]] { #expect(try persona(Picture.png(chunks)).persona.title == "New") }
    }

    @Test func `in a picture may be compressed`() throws {
        let stored = Array(Data(json(v1).utf8).base64EncodedData())
        for data in Picture.compressed {
            let zip = Picture.png([("zTXt", Array("chara".utf8) + [0, 0] + data)])
            let international = Picture.png([
                ("iTXt", Array("chara".utf8) + [0, 1, 0] + Array("en".utf8) + [0, 0] + data)
            ])
            for bytes in [zip, international] {
                let persona = try persona(bytes).persona
                #expect(persona.title == "Zoë" && persona.greetings == ["Hello, User."])
                #expect(persona.system?.contains(String(repeating: "Zoë keeps the lighthouse. ", count: 29)) == true)
            }
        }
        let plain = Picture.png([("iTXt", Array("chara".utf8) + [0, 0, 0, 0, 0] + stored)])
        #expect(try persona(plain).persona.title == "Mara")
    }

    @Test func `in a picture that is damaged says so`() {
        let whole = Picture.png([Picture.text("chara", json(v1))])
        #expect(complaint(Picture.png([])).hasPrefix("file.json is a picture without a character."))
        #expect(complaint(Picture.png([Picture.text("comment", "{}")])).contains("without a character"))
        #expect(
            complaint(Picture.png([Picture.text("chara", json(v1))], breaksChecksum: true))
                == "file.json is damaged: the checksum of its character is wrong. Get the file again.")
        for count in 8..<whole.count - 12 {
            #expect(!complaint(Array(whole[..<count])).isEmpty)
        }
        #expect(complaint(Picture.png([("tEXt", Array("chara".utf8) + [0])])).contains("not in base64"))
        #expect(complaint(Picture.png([("zTXt", Array("chara".utf8) + [0, 0, 1, 2])])).contains("is broken"))
        #expect(complaint(Picture.png([("zTXt", Array("chara".utf8) + [0, 3])])).contains("unknown way"))
        #expect(
            complaint(Picture.png([Picture.text("chara", "{\"name\": ")]))
                == "file.json is damaged: its character cannot be read, because the text ends too early. Get the file again."
        )
        #expect(complaint(Picture.png([Picture.text("chara", "[1]")])).contains("holds none of what can be imported"))
    }

    @Test func `whose compressed text is damaged anywhere never traps`() {
        for data in Picture.compressed {
            for index in stride(from: 0, to: data.count, by: 3) {
                var broken = data
                broken[index] ^= 0x55
                let sentence = complaint(Picture.png([("zTXt", Array("chara".utf8) + [0, 0] + broken)]))
                #expect(sentence.contains("cannot be read"), "byte \(index)")
                _ = complaint(Picture.png([("zTXt", Array("chara".utf8) + [0, 0] + data[..<index])]))
            }
        }
    }
}
