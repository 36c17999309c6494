// The title of a conversation from its user's first words, and personas that another version has written.

import Foundation
import Generation
import Testing

@Suite struct ConversationTitleTests {
    @Test(arguments: [
        ("Hi", "Hi"), ("  \n\n  Sell   my\tlamp  \nand more", "Sell my lamp"), ("", ""), (" \n ", ""),
        (
            "Write about a lamp that glows all night and asks for nothing in return",
            "Write about a lamp that glows all night and asks for…"
        ),
        (String(repeating: "灯", count: 99), String(repeating: "灯", count: 59) + "…"),
    ])
    func `the title is the first words of the first line, cut between words`(text: String, title: String) {
        #expect(ConversationTitle.firstWords(of: text) == title)
    }

    @Test func `a text of megabytes gives a title too`() {
        #expect(ConversationTitle.firstWords(of: String(repeating: "word ", count: 1_000_000)).count <= 60)
    }

    @Test func `a persona keeps what can be read of it`() throws {
        let text = """
            {"title": "Editor", "system": 7, "greetings": ["Hello", 5], "speakers": {"user": "Ann"}, "news": {},
             "examples": [{"role": "user", "content": "Hi"}, {"role": "bard", "content": "Lo"}],
             "book": [{"keys": ["a"], "content": "b", "order": "first"}, {"keys": ["c"]}]}
            """
        let persona = try JSONDecoder().decode(Persona.self, from: Data(text.utf8))
        #expect(persona.title == "Editor" && persona.system == nil && persona.greetings == ["Hello"])
        #expect(persona.speakers == Persona.Speakers(user: "Ann") && persona.examples == [Message(.user, "Hi")])
        #expect(persona.book == [Persona.BookEntry(keys: ["a"], content: "b")])
        let whole = Persona(
            name: "editor", hash: "ab", title: "Editor", system: "Edit.", greetings: ["Hello"],
            examples: [Message(.user, "Hi", isExample: true)], speakers: .init(user: "Ann", assistant: "Ed"),
            book: [.init(keys: ["a"], secondaryKeys: ["b"], content: "c", isConstant: true, isEnabled: false, order: 3)]
        )
        #expect(try JSONDecoder().decode(Persona.self, from: JSONEncoder().encode(whole)) == whole)
    }
}
