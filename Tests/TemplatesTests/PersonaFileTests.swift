import Generation
import Testing

@testable import Templates

/// A persona written as a template's file and read again.
struct PersonaFileTests {
    /// Texts that YAML, Jinja or the cutting of the file could read in another way.
    static let hostileTexts =
        [
            "plain", "two\nlines", "two\n\n\nlines, and\n  an indented one", "a: colon # and hash", "- dash",
            "*smiles* &x *x",
            "\"double\" and 'single' quotes", "back\\slash \\n \\", "---\nfence\n---", "...\n---",
            "{{ char }} and {{user}}",
            "{% raw %}{{ x }}{% endraw %}", "{{{{ {%{{ {#{%", "{# comment #}", "{ {", "{", "{{", "}}", "{%- if x -%}",
            "{{{#}",
            "tab\there\n\tand at a line's start", "a \n b  \nc", "line\u{2028}separator\u{2029}and\u{85}next",
            "nul\u{0}bell\u{7}escape\u{1B}[31m", "mark\u{FEFF}\n\u{FEFF}mark", "e\u{301} 你好，世界 👩‍👩‍👧 \u{10FFFF}\u{FFFE}",
            "null", "~", "true", "12", "0x10", "[a, b]", "{a: b}", "!tag", "%YAML 1.2", "@at `tick`", "? key",
            "| block", "> fold",
            "#\n#", ":\n:", "\u{301}begins with a mark", "ends with a colon:", "%} {% endraw %}",
            "<START>\n{{user}}: hi\n{{char}}: ho",
        ] + [String(repeating: "*a* &b {{ c }}\n", count: 40) + "end", String(repeating: "x", count: 9_000)]

    private static func readAgain(_ persona: Persona, title: String = "Mara") throws -> Persona {
        let source = PersonaFile.text(persona: persona, title: title, summary: "A card: \"{{ x }}\"\n#1")
        let template = try PersonaTests.template(source)
        #expect(template.title == FieldText.oneLine(title))
        #expect(template.summary == "A card: \"{{ x }}\" #1" && template.fields == [])
        var read = try template.persona()
        // These come from the file.
        (read.name, read.hash, read.title) = (persona.name, persona.hash, persona.title)
        return read
    }

    @Test(arguments: hostileTexts)
    func `a text comes back as it was from every place of a persona`(text: String) throws {
        let entry = Persona.BookEntry(keys: [text, "b"], secondaryKeys: [text], content: text, order: -3)
        let name = FieldText.oneLine(text)
        let persona = Persona(
            system: text, greetings: [text, "Hi", text],
            examples: [
                Message(.user, text, isExample: true), Message(.assistant, text, isExample: true),
                Message(.assistant, text, isExample: true), Message(.user, text, isExample: true),
                Message(.user, "again", isExample: true),
            ], speakers: Persona.Speakers(user: name, assistant: name), book: [entry, entry])
        #expect(try Self.readAgain(persona) == persona)
        var single = persona
        single.greetings = [text]
        #expect(try Self.readAgain(single, title: text) == single)
    }

    @Test func `all settings of a book's entry come back`() throws {
        for bits in 0..<8 {
            let entry = Persona.BookEntry(
                keys: ["a"], content: "x", isConstant: bits & 1 > 0, isCaseSensitive: bits & 2 > 0,
                isEnabled: bits & 4 > 0, order: bits - 4)
            let persona = Persona(system: "s", speakers: .init(user: "U", assistant: "A"), book: [entry])
            #expect(try Self.readAgain(persona) == persona)
        }
    }

    @Test func `a persona with nothing in it makes a valid file`() throws {
        let template = try PersonaTests.template(
            PersonaFile.text(
                persona: Persona(title: " ", speakers: .init(user: "", assistant: "")), title: "\n"))
        #expect(template.title == "Persona" && template.isPersona)
        let persona = try template.persona()
        #expect(persona.system == nil && persona.greetings == [] && persona.examples == [] && persona.book == [])
    }

    @Test func `an entry that could never be told is written as disabled, and empty texts are left out`() throws {
        let persona = Persona(
            system: " \r\n\u{FEFF} a\rb\r\nc\n", greetings: ["", " \n"],
            examples: [Message(.user, " "), Message(.system, "x")],
            speakers: .init(user: "U", assistant: "A"),
            book: [
                .init(keys: [], content: "never"), .init(keys: ["", " "], content: "neither"),
                .init(keys: ["a"], content: " "), .init(keys: ["a"], content: "far", order: .max),
            ])
        let read = try Self.readAgain(persona)
        #expect(read.system == "a\nb\nc" && read.greetings == [] && read.examples == [])
        #expect(
            read.book == [
                .init(keys: [], content: "never", isEnabled: false),
                .init(keys: [], content: "neither", isEnabled: false),
                .init(keys: ["a"], content: "far", order: 1_000_000),
            ])
    }

    @Test func `a text of several lines is written as lines, for a person who edits it`() {
        let persona = Persona(
            system: "Be {{char}}.", greetings: ["One.\n\nTwo."],
            examples: [Message(.user, "A\nB"), Message(.assistant, "C")],
            speakers: .init(user: "Guest", assistant: "Mara"), book: [.init(keys: ["k"], content: "D\nE")])
        #expect(
            PersonaFile.text(persona: persona, title: "Mara", summary: "") == """
                ---
                name: "Mara"
                family: chat
                speakers:
                  user: "Guest"
                  assistant: "Mara"
                greeting: |-
                  One.

                  Two.
                examples:
                  - user: |-
                      A
                      B
                    assistant: "C"
                book:
                  - keys: ["k"]
                    text: |-
                      D
                      E
                ---
                Be {{ '{{' }}char}}.

                """)
    }
}
