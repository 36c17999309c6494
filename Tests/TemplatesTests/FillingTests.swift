import Dispatch
import Foundation
import Generation
import Synchronization
import Testing

@testable import Templates

/// Values into fields, and fields into prompts.
struct FillingTests {
    static func template(_ source: String) throws -> PromptTemplate {
        try PromptTemplate(bytes: Array(source.utf8), file: "test/menu.md", origin: .file("test/menu.md"))
    }

    static let menu = """
        ---
        name: Menu
        summary: A dish for a menu
        fields:
          - {name: dish, label: Dish, example: plum cake, required: true}
          - {name: tone, choices: [warm, Formal], default: warm, example: warm}
          - {name: place, choices: [harbor, hill], open: true, example: hill}
          - {name: words, kind: number, min: 5, max: 50, example: 20}
          - {name: notes, kind: multiline, from: file, example: sweet}
        variants: 2
        limits: {words: 50, hard: false}
        sampling: {temperature: 0.4, stop: "##"}
        system: You write {{ tone }} menus.
        completion: |
          Dish: {{ dish }}
          Text:
        ---
        Describe {{ dish }}.
        {% if words and words > 10 %}
        Take your time.
        {% endif %}
        {% if notes %}
        Notes: {{ notes }}
        {% endif %}
        """

    func fill(_ values: [String: String], useExamples: Bool = false) throws -> FilledPrompt {
        try Self.template(Self.menu).fill(values: values, useExamples: useExamples)
    }

    func sentence(_ values: [String: String]) throws -> String {
        do {
            _ = try fill(values)
            return ""
        } catch {
            return String(describing: error)
        }
    }

    @Test func `a template knows its parts`() throws {
        let template = try Self.template(Self.menu)
        #expect(template.name == "menu")
        #expect(template.title == "Menu")
        #expect(template.family == "own")
        #expect(template.summary == "A dish for a menu")
        #expect(template.fields.map(\.name) == ["dish", "tone", "place", "words", "notes"])
        #expect(template.fields.map(\.label) == ["Dish", "Tone", "Place", "Words", "Notes"])
        #expect(template.fields.map(\.kind) == [.line, .choice, .choice, .number, .multiline])
        #expect(template.fields.map(\.comesFromFile) == [false, false, false, false, true])
        #expect(template.fields[1].choices == ["warm", "Formal"])
        #expect(template.variantCount == 2)
        #expect(template.limits == LengthLimits(words: 50, hard: false))
        #expect(template.sampling["temperature"] == .number(0.4))
        #expect(template.sampling["stop"] == .texts(["##"]))
        #expect(template.fieldList == "dish (required), tone, place, words, notes")
    }

    @Test func `values go into the message, the system message and the completion`() throws {
        let filled = try fill(["dish": "leek soup", "tone": "FORMAL", "words": "12"])
        #expect(
            filled.messages == [
                Message(.system, "You write Formal menus."),
                Message(.user, "Describe leek soup.\nTake your time."),
            ])
        #expect(filled.completion == "Dish: leek soup\nText:")
        #expect(filled.values == ["dish": "leek soup", "tone": "Formal", "place": "", "words": "12", "notes": ""])
        #expect(filled.variantCount == 2)
        #expect(filled.limits == LengthLimits(words: 50, hard: false))
    }

    @Test func `the template's sampling lies over the user's`() throws {
        var base = SamplingOptions()
        base.temperature = 1.5
        base.topK = 7
        let filled = try Self.template(Self.menu).fill(values: ["dish": "soup"], over: base)
        #expect(filled.sampling.temperature == 0.4)
        #expect(filled.sampling.topK == 7)
        #expect(filled.sampling.stop == ["##"])
        #expect(filled.sampling.maxTokens == SamplingOptions().maxTokens)
    }

    @Test func `an open choice takes other values`() throws {
        #expect(try fill(["dish": "soup", "place": "valley"]).values["place"] == "valley")
    }

    @Test func `a one-line field holds one line and a multiline one keeps its lines`() throws {
        let filled = try fill(["dish": "  leek\r\n\n  soup ", "notes": "\n one\n\n two \n"])
        #expect(filled.values["dish"] == "leek soup")
        #expect(filled.messages[1].content == "Describe leek soup.\nNotes: one\n\n two")
    }

    @Test func `values are text and never templates`() throws {
        let filled = try fill(["dish": "{{ tone }} {% raw %}", "notes": "50% {# off #}"])
        #expect(filled.messages[1].content == "Describe {{ tone }} {% raw %}.\nNotes: 50% {# off #}")
    }

    @Test func `examples are used only if nothing was typed`() throws {
        #expect(
            try fill([:], useExamples: true).messages[1].content == "Describe plum cake.\nTake your time.\nNotes: sweet"
        )
        #expect(try fill(["tone": "warm"], useExamples: true).values["dish"] == "plum cake")
        #expect(try fill(["dish": "soup"], useExamples: true).values["notes"] == "")
        #expect(throws: TemplateError.self) { try fill(["notes": "salty"], useExamples: true) }
    }

    @Test func `an empty required field is named by its label`() throws {
        #expect(try sentence([:]) == "Dish is empty.")
        #expect(try sentence(["dish": " \n "]) == "Dish is empty.")
    }

    @Test func `a field that does not exist gets a sentence with the nearest one`() throws {
        #expect(
            try sentence(["dihs": "soup"])
                == "menu has no field 'dihs'. Did you mean 'dish'? Its fields are: dish (required), tone, place, words, notes."
        )
        #expect(
            try sentence(["dish": "soup", "temperature": "1"])
                == "menu has no field 'temperature'. Its fields are: dish (required), tone, place, words, notes.")
    }

    @Test func `a choice outside of a closed list is refused`() throws {
        #expect(
            try sentence(["dish": "soup", "tone": "rude"])
                == "Tone cannot be 'rude': choose one of warm, Formal.")
    }

    @Test func `a number field takes numbers in its range`() throws {
        for text in ["many", "0x10", "inf"] {
            #expect(
                try sentence(["dish": "soup", "words": text])
                    == "Words takes a number from 5 to 50, and '\(text)' is not one.")
        }
        #expect(
            try sentence(["dish": "soup", "words": "51"]) == "Words takes a number from 5 to 50, and '51' is too large."
        )
        #expect(try fill(["dish": "soup", "words": "7.5"]).values["words"] == "7.5")
    }

    @Test(arguments: [("１２", "12"), ("12,5", "12.5"), ("٢٠", "20")])
    func `a number is one number in the prompt, however its digits were typed`(typed: String, number: String) throws {
        let template = try Self.template(
            "---\nname: T\nfields:\n  - {name: n, kind: number, example: 2}\n---\n{{ n }} {{ n > 11 }}\n")
        let filled = try template.fill(values: ["n": typed])
        #expect(filled.values["n"] == number)
        #expect(filled.messages == [Message(.user, "\(number) True")])
    }

    @Test func `a whole number keeps all its digits`() throws {
        let template = try Self.template(
            "---\nname: T\nfields:\n  - {name: n, kind: number, example: 2}\n---\n{{ n }}\n")
        #expect(
            try template.fill(values: ["n": "9007199254740993"]).messages == [Message(.user, "9007199254740993")])
    }

    @Test func `a text that fails with these values names the template`() throws {
        let template = try Self.template(
            "---\nname: T\nfields:\n  - {name: n, kind: number, example: 2}\n---\n{{ 10 / n }}\n")
        #expect(try template.fill(values: ["n": "5"]).messages == [Message(.user, "2.0")])
        let error = #expect(throws: TemplateError.self) { try template.fill(values: ["n": "0"]) }
        #expect(error?.description.hasPrefix("menu cannot be filled with these values: menu:1:") == true)
    }

    @Test func `the hash follows the bytes`() throws {
        let template = try Self.template(Self.menu)
        #expect(template.hash == FNV1a(Self.menu.utf8).hexadecimal)
        #expect(try Self.template(Self.menu + "\n").hash != template.hash)
    }

    @Test func `a byte order mark and Windows line ends change nothing`() throws {
        let plain = try Self.template(Self.menu)
        let marked = try Self.template("\u{FEFF}" + Self.menu.replacing("\n", with: "\r\n"))
        #expect(marked.body == plain.body)
        #expect(marked.completion == plain.completion)
        #expect(marked.fields == plain.fields)
    }

    @Test(arguments: [
        ("topik", "topic"), ("tpoic", "topic"), ("TOPIC", "topic"), ("x", nil), ("language", nil), ("", nil),
    ])
    func `the nearest name is one that could have been meant`(name: String, nearest: String?) {
        #expect(NearestName.to(name, among: ["topic", "tone"]) == nearest)
    }

    @Test func `a template nested as deeply as may be is filled on a small stack`() throws {
        let open = String(repeating: "{% if true %}{% for x in [1] %}", count: 28)
        let close = String(repeating: "{% endfor %}{% endif %}", count: 28)
        let sum = String(repeating: "1 ~ (", count: 60) + "m()" + String(repeating: ")", count: 60)
        let deepest = "{% macro m() %}\(open){{ \(sum) }}\(close){% endmacro %}{{ m() }}"
        let listed = "{{ " + String(repeating: "[", count: 70) + "dish" + String(repeating: "]", count: 70) + " }}"
        #expect(onSmallStack { outcome(of: deepest) }.contains("nested too deeply"))
        let text = String(repeating: "[", count: 70) + "'tea'" + String(repeating: "]", count: 70)
        #expect(onSmallStack { outcome(of: listed) } == text)
    }

    /// The prompt of a template with this body, or its problem.
    private func outcome(of body: String) -> String {
        do {
            let head = "---\nname: Deep\nfields:\n  - {name: dish, example: tea}\n---\n"
            return try Self.template(head + body).fill(values: ["dish": "tea"]).messages.map(\.content).joined()
        } catch {
            return "\(error)"
        }
    }

    /// Runs work on a thread with half a megabyte of stack, as some pools have.
    private func onSmallStack(_ work: @escaping @Sendable () -> String) -> String {
        let result = Mutex("")
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let text = work()
            result.withLock { $0 = text }
            done.signal()
        }
        thread.stackSize = 512 << 10
        thread.start()
        done.wait()
        return result.withLock { $0 }
    }
}
