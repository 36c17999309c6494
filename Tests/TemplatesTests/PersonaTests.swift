import Foundation
import Generation
import Testing

@testable import Templates

/// Personas: templates of the family `chat`, read and filled in.
struct PersonaTests {
    static let innkeeper = """
        ---
        name: Innkeeper
        family: chat
        summary: Keeps an inn
        fields:
          - {name: inn, label: Inn, example: "The Anchor, a harbor inn", required: true}
          - {name: guest, label: Your name, example: Tom}
        speakers: {user: "{{ guest }}", assistant: "Keeper of {{ inn.split(',')[0] }}"}
        greeting:
          - Welcome to {{ inn }}, {{ user }}.
          - "{% if guest %}You again, {{ guest }}?{% endif %}"
        examples:
          - user: Is there a bed?
            assistant: |
              For {{ user }}?
              Always, says {{ char }}.
          - assistant: And soup.
        book:
          - {keys: [cellar, "{{ guest }}"], secondary: rats, order: 2, text: "{{ char }} fears the cellar."}
          - {always: true, case: true, text: It rains.}
          - {keys: [ghost], enabled: false, text: Nobody is told this.}
        context: summarize
        variants: 2
        limits: {sentences: 3}
        sampling: {temperature: 0.3}
        ---
        You are {{ char }}. {{ user }} is your guest.
        """

    static func template(_ source: String, file: String = "my.md") throws -> PromptTemplate {
        try PromptTemplate(bytes: Array(source.utf8), file: file, origin: .file(file))
    }

    @Test func `every text of a persona knows the fields and the names of the speakers`() throws {
        let template = try Self.template(Self.innkeeper)
        let persona = try template.persona(values: ["inn": "The Bell, by the sea", "guest": "Ann"])
        #expect(persona.name == "my" && persona.hash == template.hash && persona.title == "Innkeeper")
        #expect(persona.speakers == Persona.Speakers(user: "Ann", assistant: "Keeper of The Bell"))
        #expect(persona.system == "You are Keeper of The Bell. Ann is your guest.")
        #expect(persona.greetings == ["Welcome to The Bell, by the sea, Ann.", "You again, Ann?"])
        #expect(
            persona.examples == [
                Message(.user, "Is there a bed?", isExample: true),
                Message(.assistant, "For Ann?\nAlways, says Keeper of The Bell.", isExample: true),
                Message(.assistant, "And soup.", isExample: true),
            ])
        #expect(
            persona.book == [
                .init(
                    keys: ["cellar", "Ann"], secondaryKeys: ["rats"], content: "Keeper of The Bell fears the cellar.",
                    order: 2),
                .init(keys: [], content: "It rains.", isConstant: true, isCaseSensitive: true),
                .init(keys: ["ghost"], content: "Nobody is told this.", isEnabled: false),
            ])
        let settings = template.conversationSettings(over: SamplingOptions())
        #expect(settings.contextRule == .summarize && settings.variantCount == 2)
        #expect(settings.limits == LengthLimits(sentences: 3) && settings.sampling.temperature == 0.3)
    }

    @Test func `a text that is empty with these values is left out, and a speaker without a name gets one`() throws {
        let persona = try Self.template(Self.innkeeper).persona(values: ["inn": "The Bell"])
        #expect(persona.speakers.user == "User")
        #expect(persona.greetings == ["Welcome to The Bell, User."])
        // An empty key would occur in every turn.
        #expect(persona.book.first?.keys == ["cellar"])
        let plain = try Self.template("---\nname: Owl\nfamily: chat\n---\n").persona()
        #expect(plain.speakers == Persona.Speakers(user: "User", assistant: "Owl"))
        #expect(plain.system == nil && plain.greetings == [])
    }

    @Test func `a persona can be tried with nothing typed, and takes the same values as a form`() throws {
        let template = try Self.template(Self.innkeeper)
        #expect(try template.persona().greetings == ["Welcome to The Anchor, a harbor inn, Tom.", "You again, Tom?"])
        #expect(throws: TemplateError.field(template.fields[0], .missing)) {
            try template.persona(values: ["guest": "Ann"])
        }
        #expect(throws: TemplateError.field(template.fields[0], .missing)) { try template.persona(useExamples: false) }
        let error = #expect(throws: TemplateError.self) { try template.persona(values: ["gest": "Ann"]) }
        #expect(
            error?.description
                == "my has no field 'gest'. Did you mean 'guest'? Its fields are: inn (required), guest.")
    }

    @Test func `words that a user types are never read as Jinja`() throws {
        let persona = try Self.template(Self.innkeeper).persona(
            values: ["inn": "{{ guest }}{% raw %}", "guest": "{{ 1/0 }}"])
        #expect(persona.speakers == Persona.Speakers(user: "{{ 1/0 }}", assistant: "Keeper of {{ guest }}{% raw %}"))
        #expect(persona.system == "You are Keeper of {{ guest }}{% raw %}. {{ 1/0 }} is your guest.")
    }

    @Test func `a name with line breaks becomes one line, because a transcript has it before each turn`() throws {
        let source = "---\nname: Owl\nfamily: chat\nspeakers: {user: \"An\\n\\nn\", assistant: \" \"}\n---\n"
        #expect(try Self.template(source).persona().speakers == Persona.Speakers(user: "An n", assistant: "Owl"))
    }

    @Test func `a draft cannot be asked of a persona, nor a conversation of a template that writes drafts`() throws {
        let persona = try Self.template(Self.innkeeper)
        let refusal = #expect(throws: TemplateError.self) { try persona.fill(useExamples: true) }
        #expect(
            refusal?.description
                == "'my' is a persona: it holds a conversation and writes no drafts. Chat with it instead.")
        let slogan = try TemplateLibrary.builtIn.template(named: "slogan")
        #expect(!slogan.isPersona)
        let other = #expect(throws: TemplateError.self) { try slogan.persona() }
        #expect(
            other?.description
                == "'slogan' is a template that writes drafts, not a persona. Choose one of the family Chat."
        )
    }

    @Test func `answers are tidied only if the persona says so, and drafts are`() throws {
        func tidy(_ line: String) throws -> SamplingValue? {
            try Self.template("---\nname: Owl\n\(line)\n---\nBe an owl.").sampling["tidy"]
        }
        #expect(try tidy("family: chat") == nil)
        #expect(try tidy("family: chat\ntidy: on") != nil)
        #expect(try tidy("family: own") != nil)
    }

    @Test(arguments: [
        (
            "family: chat\nsystem: Be kind.",
            "my.md:4:1: A persona has no 'system': its system prompt is the text below the front matter. Move it there."
        ),
        (
            "family: chat\ncompletion: Once",
            "my.md:4:1: A persona has no 'completion': a model without a chat template gets the turns as a transcript. Remove it."
        ),
        (
            "family: chat\nparts: [a]",
            "my.md:4:1: A persona has no 'parts': each of its answers is one text. Remove them."
        ),
        (
            "family: chat\ngreetings: Hi",
            "my.md:4:1: A persona has no key 'greetings'. Did you mean 'greeting'?"
        ),
        (
            "greeting: Hi",
            "my.md:3:1: 'greeting' is for personas. Write 'family: chat' if this is one, or remove it."
        ),
        ("book: []", "my.md:3:1: 'book' is for personas. Write 'family: chat' if this is one, or remove it."),
        (
            "family: chat\nspeakers: Guest",
            "my.md:4:11: 'speakers' is written as {user: Guest, assistant: Innkeeper}. Write it so."
        ),
        (
            "family: chat\nspeakers: {usr: Guest}",
            "my.md:4:12: 'speakers' has no key 'usr'. Did you mean 'user'?"
        ),
        (
            "family: chat\nspeakers: {user: '{{ char }}'}",
            "my.md:4:18: 'char' in 'speakers' is not a field. Add it to 'fields', or remove it from the text."
        ),
        (
            "family: chat\ngreeting: {text: Hi}",
            "my.md:4:11: 'greeting' is a list of texts, such as [one, two]. Write it so."
        ),
        (
            "family: chat\ngreeting: [Hi, ' ']",
            "my.md:4:16: This greeting is empty. Write what the persona says first, or remove it."
        ),
        (
            "family: chat\ngreeting:\n  - Hi\n  - |\n    Hi.\n    It is {{ wether }}.",
            "my.md:8:14: 'wether' in 'greeting' is not a field. Add it to 'fields', or remove it from the text."
        ),
        (
            "family: chat\nexamples: Hi",
            "my.md:4:11: 'examples' of a persona is a list, such as '- {user: How much is it?, assistant: Two coins.}'. Write it so."
        ),
        (
            "family: chat\nexamples:\n  - Hi",
            "my.md:5:5: An example of a persona is written as {user: How much is it?, assistant: Two coins.}. Write it so."
        ),
        (
            "family: chat\nexamples:\n  - {output: Hi}",
            "my.md:5:6: An example of a persona has no key 'output'. Its keys are user, assistant."
        ),
        (
            "family: chat\nexamples:\n  - {user: }",
            "my.md:5:5: Nobody says anything in this example. Add 'user: …' and 'assistant: …'."
        ),
        (
            "family: chat\nexamples:\n  - {user: Hi, assistant: '{% if %}'}",
            "my.md:5:27: expected an expression, found '%}'."
        ),
        (
            "family: chat\nbook: {keys: [a], text: b}",
            "my.md:4:7: 'book' is a list, such as '- {keys: [harbor], text: The harbor is closed in winter.}'. Write it so."
        ),
        (
            "family: chat\nbook:\n  - {text: It rains.}",
            "my.md:5:5: This entry of the book has no keys, so it would never be told. Add 'keys: [word, …]', or 'always: true'."
        ),
        (
            "family: chat\nbook:\n  - {keys: ['', ' '], text: It rains.}",
            "my.md:5:12: This entry of the book has no keys, so it would never be told. Add 'keys: [word, …]', or 'always: true'."
        ),
        (
            "family: chat\nbook:\n  - {keys: rain}",
            "my.md:5:5: This entry of the book has no text. Add 'text: …', what the model is told."
        ),
        (
            "family: chat\nbook:\n  - {keys: rain, text: Wet., order: first}",
            "my.md:5:37: 'order' is a whole number from -1000000 to 1000000."
        ),
        (
            "family: chat\nbook:\n  - {keys: {a: b}, text: Wet.}",
            "my.md:5:12: 'keys' is a list of texts, such as [one, two]. Write it so."
        ),
        (
            "family: chat\ncontext: summarise",
            "my.md:4:10: There is no rule 'summarise' for a full context. Did you mean 'summarize'?"
        ),
        (
            "family: chat\ncontext: 7",
            "my.md:4:10: There is no rule '7' for a full context. It is one of leave-out, summarize, refuse."
        ),
        (
            "family: chat\nfields:\n  - {name: char, example: Ann}",
            "my.md:5:3: A persona's field cannot be called 'char': in its texts that is the name of a speaker. Use another."
        ),
    ])
    func `a mistake in a persona gets one sentence with its place and a remedy`(lines: String, problem: String) {
        let source = "---\nname: Mine\n\(lines)\n---\nBe kind.\n"
        #expect(BrokenTemplateTests.problems(in: Array(source.utf8)) == [problem])
    }

    @Test func `a file of a persona that is cut anywhere, or has any byte changed, is read or refused`() {
        let whole = Array(Self.innkeeper.utf8)
        for end in whole.indices { _ = BrokenTemplateTests.problems(in: Array(whole[..<end])) }
        for index in whole.indices {
            for byte in [34, 123, 0xFF] as [UInt8] {
                var changed = whole
                changed[index] = byte
                if let template = try? PromptTemplate(bytes: changed, file: "my.md", origin: .builtIn),
                    template.isPersona
                {
                    _ = try? template.persona()
                }
            }
        }
        #expect(BrokenTemplateTests.problems(in: whole) == [])
    }

    @Test func `the file of a new persona is valid, can be tried, and shows every key`() throws {
        for title in ["My friend", "A \"quoted\": {{ name }}\n# \\x", "守塔人"] {
            let template = try Self.template(TemplateStarter.personaText(title: title))
            #expect(template.title == FieldText.oneLine(title))
            let persona = try template.persona()
            #expect(persona.system?.hasPrefix("You are Keeper, the cheerful keeper of a lighthouse") == true)
            #expect(persona.greetings.count == 2 && persona.examples.count == 4 && persona.book.count == 2)
        }
        let source = TemplateStarter.personaText(title: "x")
        let optional: Set = ["tidy", "distinct", "best_of"]
        for key in TemplateReader.personaKeys where !optional.contains(key) {
            #expect(source.contains("\n\(key):"), "\(key)")
        }
        for key in ["secondary", "always", "case", "order", "enabled"] {
            #expect(source.contains("\(key): "), "\(key)")
        }
    }

    @Test func `the persona of the guide works as it is printed there`() throws {
        let guide = try String(
            contentsOf: BuiltInTemplatesTests.root.appending(path: "docs/personas.md"), encoding: .utf8)
        let lines = guide.split(separator: "\n", omittingEmptySubsequences: false)
            .drop { !$0.hasPrefix("    ---") }.prefix { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
        let persona = try Self.template(lines.joined(separator: "\n")).persona()
        #expect(persona.greetings == ["Welcome to The Anchor. Wet night, is it?"])
        #expect(persona.system?.hasPrefix("You are Mara, who keeps The Anchor, a harbor inn. Answer Guest in") == true)
        #expect(persona.examples.count == 4 && persona.book.count == 1)
        for name in BuiltInPersonasTests.all.map(\.name) { #expect(guide.contains("| `\(name)` |"), "\(name)") }
        for key in TemplateReader.personaKeys { #expect(guide.contains("`\(key)`"), "\(key)") }
    }
}
