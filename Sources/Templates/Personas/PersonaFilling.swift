// Turns the template of a persona and the values of its fields into a `Persona`, which needs the template no more.
// - The speakers' names are filled in first, because all other texts may name them as `{{ user }}` and `{{ char }}`.
// - A text that is empty with these values is left out: a greeting, a message, an entry of the book, one of its keys.

import Generation
import Jinja

extension PromptTemplate {
    /// Fills in a persona.
    /// - Parameters:
    ///   - values: by field name; empty ones count as missing.
    ///   - useExamples: true to use the examples of the fields if no given value differs from its default, so that a
    ///     persona can be tried with nothing typed.
    /// - Throws: `TemplateError`, which names the field; `notAPersona` for a template that writes drafts.
    public func persona(values: [String: String] = [:], useExamples: Bool = true) throws(TemplateError) -> Persona {
        guard let texts = personaTexts else { throw .notAPersona(name, nearest: nil) }
        let values = try complete(values, useExamples: useExamples)
        return try RoomyThread.run { () throws(TemplateError) in try filled(texts, with: values) }
    }

    /// The fields that `persona` fills in with their examples, because nobody gave a value, and the examples.
    public func valuesOfExamples(given: [String: String]) -> [(field: PromptField, value: String)] {
        guard let with = try? complete(given, useExamples: true) else { return [] }
        let without = withoutExamples(given)
        return fields.compactMap { field in
            guard let value = with[field.name], !value.isEmpty, without[field.name] != value else { return nil }
            return (field, value)
        }
    }

    /// The values without examples; a required one may be missing.
    private func withoutExamples(_ given: [String: String]) -> [String: String] {
        var values: [String: String] = [:]
        for field in fields {
            let text = field.rule.tidy(given[field.name] ?? "")
            values[field.name] = text.isEmpty ? field.defaultValue : text
        }
        return values
    }

    /// How the answers of a conversation with it are written: its options over the user's own, its limits and its rule.
    public func conversationSettings(over base: SamplingOptions = SamplingOptions()) -> ConversationSettings {
        ConversationSettings(
            sampling: sampling.applied(to: base), limits: limits, variantCount: variantCount,
            contextRule: personaTexts?.contextRule ?? .leaveOut)
    }

    private func filled(_ texts: PersonaTexts, with values: [String: String]) throws(TemplateError) -> Persona {
        var context = context(values)
        let user = FieldText.oneLine(try render(texts.speakers.user, context))
        let assistant = FieldText.oneLine(try render(texts.speakers.assistant, context))
        let speakers = Persona.Speakers(
            user: user.isEmpty ? Persona.Speakers().user : user, assistant: assistant.isEmpty ? title : assistant)
        context["user"] = .string(speakers.user)
        context["char"] = .string(speakers.assistant)

        var examples: [Message] = []
        for example in texts.examples {
            let text = try render(example.content, context)
            if !text.isEmpty { examples.append(Message(example.role, text, isExample: true)) }
        }
        var book: [Persona.BookEntry] = []
        for entry in texts.book {
            var filled = entry
            filled.content = try render(entry.content, context)
            filled.keys = try renderAll(entry.keys, context)
            filled.secondaryKeys = try renderAll(entry.secondaryKeys, context)
            if !filled.content.isEmpty { book.append(filled) }
        }
        let system = try render(body, context)
        return Persona(
            name: name, hash: hash, title: title, system: system.isEmpty ? nil : system,
            greetings: try renderAll(texts.greetings, context), examples: examples, speakers: speakers, book: book)
    }

    /// The texts that are not empty with these values.
    private func renderAll(
        _ sources: [String], _ context: [String: JinjaValue]
    ) throws(TemplateError) -> [String] {
        var texts: [String] = []
        for source in sources {
            let text = try render(source, context)
            if !text.isEmpty { texts.append(text) }
        }
        return texts
    }
}
