// Conversations that a chat template refuses, or whose texts it drops, get a form that it takes, and that is said.

import Generation
import Testing

@testable import Inference

@Suite struct `A conversation that a chat template does not take` {
    /// Refuses two turns of one side in a row and an answer before a question, as Mistral's and Gemma's do.
    private static let strict = """
        {%- if messages[0].role == 'system' %}{% set rest = messages[1:] %}[S {{ messages[0].content }}]\
        {% else %}{% set rest = messages %}{% endif %}
        {%- for m in rest %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate.') }}\
        {% endif %}[{{ m.role[0] | upper }} {{ m.content }}]{% endfor %}
        """
    /// Drops system text that does not come first, without a word.
    private static let forgetful = """
        {%- for m in messages %}{% if m.role != 'system' %}[{{ m.role[0] | upper }} {{ m.content }}]\
        {% elif loop.first %}[S {{ m.content }}]{% endif %}{% endfor %}
        """
    /// Knows no system text at all, and refuses empty turns.
    private static let narrow = """
        {%- for m in messages %}{% if m.role == 'system' or not m.content %}{{ raise_exception('No.') }}{% endif %}\
        [{{ m.role[0] | upper }} {{ m.content }}]{% endfor %}
        """

    private func fit(_ source: String, _ messages: [Message]) throws -> (text: String, notice: String?) {
        let template = try ChatTemplate(source: source, model: "m", bosText: "", eosText: "")
        let fitted = try template.fit(messages, addGenerationPrompt: true, effort: .auto)
        return (fitted.text, fitted.notice)
    }

    @Test func `stays as it is if the template takes it`() throws {
        let messages = [
            Message(.system, "Be brief."), Message(.user, "a"), Message(.assistant, "b"), Message(.user, "c"),
        ]
        for source in [Self.strict, Self.forgetful] {
            #expect(try fit(source, messages) == ("[S Be brief.][U a][A b][U c]", nil))
        }
    }

    @Test func `has turns of one side joined by a blank line`() throws {
        let fitted = try fit(
            Self.strict, [Message(.user, "a"), Message(.user, "b"), Message(.assistant, "c"), Message(.user, "d")])
        #expect(fitted.text == "[U a\n\nb][A c][U d]")
        #expect(
            fitted.notice
                == "The model's chat template takes no two turns of one side in a row, so they were joined.")
    }

    @Test func `keeps a greeting, with a turn of the user before it`() throws {
        let fitted = try fit(Self.strict, [Message(.system, "S"), Message(.assistant, "Hello!"), Message(.user, "a")])
        #expect(fitted.text == "[S S][U …][A Hello!][U a]")
        #expect(fitted.notice?.contains("so a turn of '…' was put there.") == true)
        // Between examples and a greeting too: the example's answer is not part of the greeting.
        let shown = try fit(
            Self.strict,
            [
                Message(.user, "x", isExample: true), Message(.assistant, "y", isExample: true),
                Message(.assistant, "Hello!"), Message(.user, "a"),
            ])
        #expect(shown.text == "[U x][A y][U …][A Hello!][U a]")
        #expect(shown.notice != nil)
    }

    @Test func `has later system text in the user's turns, where it stands`() throws {
        let middle = [
            Message(.system, "S"), Message(.user, "a"), Message(.assistant, "b"), Message(.system, "Note."),
            Message(.user, "c"),
        ]
        for source in [Self.strict, Self.forgetful] {
            let fitted = try fit(source, middle)
            #expect(fitted.text == "[S S][U a][A b][U Note.\n\nc]")
            #expect(fitted.notice?.contains("no system text behind the beginning") == true)
        }
        #expect(
            try fit(Self.forgetful, [Message(.user, "a"), Message(.system, "Note.")]).text == "[U a\n\nNote.]")
        #expect(
            try fit(Self.strict, [Message(.user, "a"), Message(.assistant, "b"), Message(.system, "Note.")]).text
                == "[U a][A b][U Note.]")
    }

    @Test func `has all system text in the user's turns if the template knows none`() throws {
        let fitted = try fit(
            Self.narrow, [Message(.system, "S"), Message(.assistant, "Hello!"), Message(.user, "a")])
        #expect(fitted.text == "[U S][A Hello!][U a]")
        #expect(
            fitted.notice == "The model's chat template takes no system text, so it was put into the user's turns.")
    }

    @Test func `is without its empty turns if the template refuses them`() throws {
        let fitted = try fit(
            Self.narrow,
            [Message(.system, "S"), Message(.user, "a"), Message(.assistant, " "), Message(.user, "b")])
        #expect(fitted.text == "[U S\n\na][A  ][U b]")
        let empty = try fit(Self.narrow, [Message(.user, "a"), Message(.assistant, ""), Message(.user, "b")])
        #expect(empty.text == "[U a][U b]")
        #expect(empty.notice == "The model's chat template takes no empty turns, so they were left out.")
    }

    @Test func `is refused with the template's own reason if no form helps`() throws {
        let error = #expect(throws: ChatTemplateError.self) {
            try fit("{{ raise_exception('Only on Sundays.') }}", [Message(.user, "a"), Message(.user, "b")])
        }
        #expect(error?.description.contains("Only on Sundays.") == true)
    }

    @Test func `never loses a text without a word`() throws {
        let fitted = try fit(
            "{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% endif %}{% endfor %}",
            [Message(.user, "Ask."), Message(.assistant, "Say."), Message(.user, "More.")])
        #expect(
            fitted.notice
                == "The model's chat template leaves out a message of this conversation, so the model does not read all "
                + "of it.")
    }

    @Test func `says nothing of thoughts that the template leaves out of answers`() throws {
        let template = try ChatTemplate(
            source: "{% for m in messages %}[{{ m.content.split('</think>')[-1] }}]{% endfor %}", model: "m",
            bosText: "", eosText: "", thoughtEnd: "</think>")
        let fitted = try template.fit(
            [Message(.user, "Ask."), Message(.assistant, "<think>Hm.</think>Say."), Message(.user, "More.")],
            addGenerationPrompt: true, effort: .auto)
        #expect(fitted.text == "[Ask.][Say.][More.]" && fitted.notice == nil)
    }

    @Test func `is announced once when it is written`() async throws {
        let generator = try MarkovModel(
            controls: ["<|im_end|>"], next: ["]": ["H"], "H": ["i"]], template: Self.strict
        )
        .generator()
        let request = GenerationRequest(prompt: .chat([Message(.user, "a"), Message(.user, "b")]), seed: 1)
        var notices: [String] = []
        var text = ""
        for try await event in generator.generate(request, stopSignal: StopSignal()) {
            if case .standingNotice(let notice) = event { notices.append(notice) }
            if case .text(let piece, _) = event { text += piece }
        }
        #expect(notices.count == 1 && notices.first?.contains("joined") == true)
        #expect(text == "Hi")
        #expect(try generator.promptText(for: request) == "[U a\n\nb]")
    }
}
