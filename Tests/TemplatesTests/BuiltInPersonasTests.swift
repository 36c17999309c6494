import Foundation
import Generation
import Testing

@testable import Templates

/// The personas that the executable carries.
struct BuiltInPersonasTests {
    static let all = TemplateLibrary.builtIn.personas

    @Test func `there are ten personas and a plain assistant`() {
        #expect(
            Self.all.map(\.name) == [
                "assistant", "brainstorming-partner", "companion", "devils-advocate", "editor", "headline-critic",
                "interviewer", "story-character", "support-agent", "translator", "tutor",
            ])
        #expect(TemplateLibrary.builtIn.families.last?.title == "Chat")
        #expect(Self.all.contains { $0.name == TemplateLibrary.assistantName })
    }

    @Test(arguments: all)
    func `a built-in persona can be talked to with nothing typed`(template: PromptTemplate) throws {
        let persona = try template.persona()
        let system = try #require(persona.system)
        let texts = [system] + persona.greetings + persona.examples.map(\.content) + persona.book.map(\.content)
        for field in template.fields {
            let value = try template.complete([:], useExamples: true)[field.name] ?? ""
            let name = value.split(separator: ",").first.map(String.init) ?? ""
            // A policy may be told as a list.
            let isThere = texts.contains { $0.replacingOccurrences(of: "\n- ", with: " ").contains(name) }
            #expect(!name.isEmpty && isThere, "'\(field.name)' is nowhere in the texts")
        }
        #expect(!template.summary.isEmpty && template.summary.count <= 120 && template.title.count <= 30)
        #expect(persona.speakers.user != persona.speakers.assistant)
        // A small model with a short context keeps room for some turns.
        #expect(texts.reduce(0) { $0 + $1.utf8.count } < 3000)
        #expect(template.variantCount == 1)
    }

    @Test(arguments: all)
    func `a built-in persona shows answers of the length and kind that it asks for`(template: PromptTemplate) throws {
        let persona = try template.persona()
        let answers = persona.examples.filter { $0.role == .assistant }.map(\.content) + persona.greetings
        let options = template.conversationSettings().sampling
        for answer in answers {
            #expect(answer.utf8.count < options.maxTokens * 3, "\(answer)")
            #expect(!answer.contains("\n"), "a list, or several lines: \(answer)")
        }
        // The examples end with the persona, because the greeting or the user's words follow.
        #expect(persona.examples.last?.role != .user)
        #expect(!persona.examples.contains { !$0.isExample })
    }

    @Test(arguments: all)
    func `a built-in persona reads well whichever optional field is left out`(template: PromptTemplate) throws {
        let examples = Dictionary(uniqueKeysWithValues: template.fields.map { ($0.name, $0.example) })
        var cases = template.fields.filter { !$0.isRequired }.map { field in examples.filter { $0.key != field.name } }
        cases.append(examples.filter { name, _ in template.field(named: name)?.isRequired == true })
        for values in cases {
            let persona = try template.persona(values: values, useExamples: false)
            let texts = [persona.system ?? "", persona.speakers.user, persona.speakers.assistant]
            for text in texts + persona.greetings + persona.examples.map(\.content) {
                #expect(!text.isEmpty)
                for odd in ["  ", " .", " ,", "..", "\n\n\n", " \n", "()", "{{", "{%"] {
                    #expect(!text.contains(odd), "\(template.name) has '\(odd)' in: \(text)")
                }
            }
        }
    }

    @Test func `a user's persona replaces the built-in one, and a template of its name does not hide it`() throws {
        let folder = try LibraryTests.Folder()
        try folder.write("chat/editor.md", "---\nname: My editor\n---\nBe strict.")
        try folder.write("tutor.md", LibraryTests.sound("Tutor's letter"))
        let library = TemplateLibrary(userFolder: folder.path)
        #expect(try library.persona(named: "editor").title == "My editor")
        #expect(try library.persona(named: "chat/editor").persona().system == "Be strict.")
        #expect(try library.template(named: "tutor").title == "Tutor's letter")
        #expect(try library.persona(named: "tutor").title == "Tutor")
        for name in ["editor", "tutor", "assistant"] {
            #expect(
                try TemplateLibrary.persona(named: name, userFolder: folder.path) == library.persona(named: name))
        }
    }

    @Test func `a name that is no persona's gets a sentence with the nearest one`() throws {
        let library = TemplateLibrary.builtIn
        func sentence(_ name: String) -> String? {
            #expect(throws: TemplateError.self) { try library.persona(named: name) }?.description
        }
        #expect(sentence("editr") == "There is no persona 'editr'. Did you mean 'editor'?")
        #expect(
            sentence("xyzzy") == "There is no persona 'xyzzy'. Choose one of the family Chat in the list of templates.")
        #expect(
            sentence("slogan")
                == "'slogan' is a template that writes drafts, not a persona. Choose one of the family Chat.")
    }
}
