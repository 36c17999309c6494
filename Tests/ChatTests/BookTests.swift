import Chat
import Generation
import Testing

@Suite struct `The book of a persona` {
    private func told(_ entries: [Persona.BookEntry], _ turns: String...) -> [String] {
        Persona(book: entries).toldEntries(after: turns).map(\.content)
    }

    @Test func `is told if a key occurs, in any case unless the entry says otherwise`() {
        let dragon = Persona.BookEntry(keys: ["Dragon", "Wyrm"], content: "Dragons sleep.")
        #expect(told([dragon], "I saw two dragons.") == ["Dragons sleep."])
        #expect(told([dragon], "I saw a cat.").isEmpty)
        var strict = dragon
        strict.isCaseSensitive = true
        #expect(told([strict], "a dragon").isEmpty && !told([strict], "a Dragon").isEmpty)
        #expect(told([Persona.BookEntry(keys: ["龙"], content: "龙在睡觉。")], "我看见一条龙。") == ["龙在睡觉。"])
    }

    @Test func `needs one of the secondary keys too, if there are any`() {
        let entry = Persona.BookEntry(keys: ["king"], secondaryKeys: ["crown", "throne"], content: "He is old.")
        #expect(told([entry], "The king speaks.").isEmpty)
        #expect(told([entry], "The king speaks", "from the THRONE.") == ["He is old."])
    }

    @Test func `tells what is always told, nothing that is switched off, in its order`() {
        let entries = [
            Persona.BookEntry(keys: [], content: "third", isConstant: true, order: 3),
            Persona.BookEntry(keys: ["a"], content: "first", order: -1),
            Persona.BookEntry(keys: ["a"], content: "off", isEnabled: false),
            Persona.BookEntry(keys: ["", " "], content: "never"),
            Persona.BookEntry(keys: ["a"], content: "second", order: 2),
        ]
        #expect(told(entries, "a") == ["first", "second", "third"])
    }

    @Test func `looks at the last four turns and stands in the system text`() async throws {
        var conversation = Conversation.example()
        conversation.persona.book = [Persona.BookEntry(keys: ["harbour"], content: "The harbour is frozen.")]
        var turns = way(exchanges: 3)
        turns[3].text = "the harbour"
        let planner = ContextPlanner(conversation, generator: ScriptedModel())
        #expect(try await planner.plan(turns).systemText == "Be brief.\n\nThe harbour is frozen.")
        turns[3].text = "nothing"
        turns[2].text = "the harbour"
        #expect(try await planner.plan(turns).systemText == "Be brief.")
    }
}
