// Finished examples and parts: how they are read, and how they reach a model.

import Generation
import Testing

@testable import Templates

struct ExamplesTests {
    static func template(_ lines: String) throws -> PromptTemplate {
        try PromptTemplate(bytes: Array(source(lines).utf8), file: "my.md", origin: .file("my.md"))
    }

    static func source(_ lines: String) -> String {
        """
        ---
        name: Notice
        fields:
          - {name: news, example: the pump works, required: true}
          - {name: tone, choices: [warm, formal], default: warm, example: warm}
        completion: |
          Notices from our board.

          News: {{ news }}
          Notice:
        \(lines)
        ---
        Write a {{ tone }} notice: {{ news }}.
        """
    }

    static func problems(_ lines: String) -> [String] {
        do {
            _ = try template(lines)
            return []
        } catch let error as InvalidTemplate {
            return error.problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    static let examples = """
        examples:
          - {news: the hose is missing, output: Who has seen our hose?}
          - {news: no water on Monday, tone: formal, output: Please note that there is no water on Monday.}
        """

    @Test func `an example is an earlier turn of the conversation`() throws {
        let filled = try Self.template(Self.examples).fill(values: ["news": "the gate is open"])
        #expect(
            filled.messages == [
                Message(.user, "Write a warm notice: the hose is missing.", isExample: true),
                Message(.assistant, "Who has seen our hose?", isExample: true),
                Message(.user, "Write a formal notice: no water on Monday.", isExample: true),
                Message(.assistant, "Please note that there is no water on Monday.", isExample: true),
                Message(.user, "Write a warm notice: the gate is open."),
            ])
        #expect(filled.messages.plainText == "Write a warm notice: the gate is open.")
    }

    @Test func `an example stands in the completion form, in the form of the request`() throws {
        let filled = try Self.template(Self.examples).fill(values: ["news": "the gate is open"])
        #expect(
            filled.completion == """
                Notices from our board.

                News: the hose is missing
                Notice: Who has seen our hose?

                News: no water on Monday
                Notice: Please note that there is no water on Monday.

                News: the gate is open
                Notice:
                """)
    }

    @Test func `an answer of several lines begins below its request`() throws {
        let lines = """
            examples:
              - news: the hose is missing
                output: |-
                  - the hose is missing
                  - ask Vera
            """
        let completion = try Self.template(lines).fill(values: ["news": "the gate is open"]).completion
        #expect(completion?.contains("Notice:\n- the hose is missing\n- ask Vera\n\nNews: the gate") == true)
    }

    @Test func `an example that asks the same as the request is not shown`() throws {
        let filled = try Self.template(Self.examples).fill(values: ["news": "no water on Monday", "tone": "formal"])
        #expect(filled.messages.count == 3)
        #expect(filled.completion?.contains("Please note") == false)
    }

    @Test func `a draft is not to write the examples again, nor the fields' texts`() throws {
        let filled = try Self.template(Self.examples).fill(values: ["news": "the gate is open"])
        #expect(
            filled.conditions.examples
                == [
                    "Who has seen our hose?", "Please note that there is no water on Monday.",
                    "Notices from our board.",
                ])
        #expect(filled.conditions.inputs == ["the gate is open", "warm"])
    }

    @Test func `finished examples in the completion form itself stay, and count as examples`() throws {
        let source = Self.source("").replacing(
            "Notices from our board.", with: "Notices.\n\n  News: rain\n  Notice: Bring a coat.")
        let template = try PromptTemplate(bytes: Array(source.utf8), file: "my.md", origin: .file("my.md"))
        let filled = try template.fill(values: ["news": "sun"])
        #expect(filled.completion == "Notices.\n\nNews: rain\nNotice: Bring a coat.\n\nNews: sun\nNotice:")
        #expect(filled.conditions.examples.joined().contains("Bring a coat."))
    }

    @Test(arguments: [
        (
            "examples: no",
            "my.md:11:11: 'examples' is a list, such as '- {topic: kites, output: A kite for a calm day}'. Write it so."
        ),
        ("examples: [{news: x}]", "my.md:11:12: This example has no output. Add 'output: …', a good answer."),
        ("examples: [{output: x}]", "my.md:11:12: This example has no 'news', which is required. Add it."),
        (
            "examples: [{news: x, tone: rude, output: y}]",
            "my.md:11:28: The value 'rude' is not one of the choices of 'tone'. Add it to them, or write 'open: true'."
        ),
        (
            "examples: [{news: x, outptu: y, output: z}]",
            "my.md:11:22: An example has no key 'outptu'. Did you mean 'output'?"
        ),
        ("parts: 3", "my.md:11:8: 'parts' is a list, such as '- {name: headline, characters: 40}'. Write it so."),
        ("parts: [{characters: 3}]", "my.md:11:9: This part has no name. Add 'name: …', which stands beside it."),
        (
            "parts: [{name: 'a:b'}]",
            "my.md:11:16: A part cannot be called 'a:b': use letters, digits, blanks and '-', and start with a letter."
        ),
        ("parts: [{name: a}, {name: A}]", "my.md:11:27: There are two parts 'A'. Rename one."),
        (
            "parts: [{name: a, lines: 2}, {name: b}]",
            "my.md:11:26: Only the last part may have several lines, and 'A' is not the last. Remove 'lines'."
        ),
        (
            "parts: [{name: a}]\nexamples: [{news: x, output: y}]",
            "my.md:12:30: The output names its parts: a line 'A: …' is expected, and 'y' was found."
        ),
        (
            "tidy: maybe",
            "my.md:11:7: tidy takes one of the words off, on, and 'maybe' is not one. Write it as 'tidy: \"on\"'."
        ),
        (
            "best_of: 99",
            "my.md:11:10: best_of takes a whole number from 0 to 64, and '99' is not one. Write it as 'best_of: 16'."
        ),
        (
            "best_of: 9\nsampling: {best_of: 3}",
            "my.md:11:10: 'best_of' stands in 'sampling' too. Remove one of the two."
        ),
    ])
    func `a mistake gets a sentence with its place`(lines: String, sentence: String) {
        #expect(Self.problems(lines) == [sentence])
    }

    @Test func `a part may stand for many of its kind, and every part but the last is one line`() throws {
        let template = try Self.template(
            "parts: [{name: headline, count: 3, characters: 30}, {name: body, words: 90, lines: 6, hard: false}]")
        #expect(template.parts.map(\.name) == ["Headline 1", "Headline 2", "Headline 3", "Body"])
        #expect(template.parts[2].limits == LengthLimits(characters: 30, lines: 1))
        #expect(template.parts[3].limits == LengthLimits(words: 90, lines: 6, hard: false))
        #expect(try template.fill(values: ["news": "x"]).conditions.parts == template.parts)
    }

    @Test func `drafts are tidied unless the template says otherwise`() throws {
        #expect(try Self.template("").fill(values: ["news": "x"]).sampling.tidy)
        #expect(try !Self.template("tidy: off").fill(values: ["news": "x"]).sampling.tidy)
        let sampling = try Self.template("distinct: opening\nbest_of: 12").fill(values: ["news": "x"]).sampling
        #expect(sampling.distinct == .opening && sampling.bestOf == 12)
    }
}
