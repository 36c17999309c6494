import Testing

@testable import Templates

/// Broken files and the whole sentences that a user gets for them.
struct BrokenTemplateTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let source: String
        let problems: [String]
        var testDescription: String { what }
    }

    static func problems(in bytes: [UInt8]) -> [String] {
        do {
            _ = try PromptTemplate(bytes: bytes, file: "my.md", origin: .file("my.md"))
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    /// A template that is valid except for these lines of its front matter.
    static func source(_ lines: String, body: String = "Write about {{ topic }}.") -> String {
        "---\nname: Mine\n\(lines)\nfields:\n  - {name: topic, example: kites}\n---\n\(body)\n"
    }

    static let fileCases = [
        Case(
            what: "an empty file", source: "",
            problems: [
                "my.md:1:1: A template starts with a line '---', and its name and fields follow. Put that line first."
            ]),
        Case(
            what: "no front matter", source: "Write a poem.",
            problems: [
                "my.md:1:1: A template starts with a line '---', and its name and fields follow. Put that line first."
            ]),
        Case(
            what: "an open end", source: "---\nname: Mine\nWrite a poem.",
            problems: [
                "my.md:1:1: The front matter that starts here has no end. Put a line '---' between the fields and the prompt."
            ]),
        Case(
            what: "nothing in it", source: "---\n---\n",
            problems: [
                "my.md:2:1: The template has no name. Add a line 'name: …' that says what it writes.",
                "my.md:2:1: There is no prompt below the front matter. Write it there, with fields as {{ name }}.",
            ]),
        Case(
            what: "a list for a mapping", source: "---\n- one\n---\nWrite.",
            problems: ["my.md:2:1: The front matter is a list of keys and values, such as 'name: Slogan'. Write it so."]
        ),
        Case(
            what: "a tab", source: "---\nname: Mine\nlimits:\n\tlines: 1\n---\nWrite.",
            problems: [
                "my.md:4:1: This is not YAML: while scanning for the next token: found character that cannot start any token. Indent with spaces, and put quotes around a value that starts with a special character."
            ]),
        Case(
            what: "a colon in a value", source: "---\nname: Mine: the best\n---\nWrite.",
            problems: [
                "my.md:2:11: This is not YAML: mapping values are not allowed in this context. Put quotes around a value that has a colon in it."
            ]),
        Case(
            what: "open quotes", source: "---\nname: \"Mine\nsummary: none\n---\nWrite.",
            problems: [
                "my.md:2:7: This is not YAML: while scanning a quoted scalar: found unexpected end of stream. Close the quotes."
            ]),
        Case(
            what: "an unknown alias", source: "---\nname: *mine\n---\nWrite.",
            problems: [
                "my.md:2:7: This is not YAML: found undefined alias. Put quotes around a value that starts with '*'."
            ]),
        Case(
            what: "a key twice", source: "---\nname: Mine\nname: Yours\n---\nWrite.",
            problems: ["my.md:2:1: 'name' is written twice. Keep one of the two."]),
        Case(
            what: "a control character", source: "---\nname: Mine\nsummary: a\u{1}b\n---\nWrite.",
            problems: ["my.md:3:11: YAML does not allow U+0001. Remove it."]),
    ]

    static let valueCases = [
        Case(
            what: "an unknown key", source: source("vairants: 3"),
            problems: ["my.md:3:1: A template has no key 'vairants'. Did you mean 'variants'?"]),
        Case(
            what: "a key that is near none", source: source("author: me"),
            problems: [
                "my.md:3:1: A template has no key 'author'. Its keys are name, family, summary, fields, variants, limits, parts, tidy, distinct, best_of, sampling, system, completion, examples."
            ]),
        Case(
            what: "a family of two words", source: source("family: my own"),
            problems: ["my.md:3:9: 'family' is one word of letters, digits and '-', such as 'ad-copy'."]),
        Case(
            what: "too many variants", source: source("variants: 99"),
            problems: ["my.md:3:11: variants takes a whole number from 1 to 64, and '99' is not one."]),
        Case(
            what: "a number beyond all integers", source: source("variants: 99999999999999999999999"),
            problems: [
                "my.md:3:11: variants takes a whole number from 1 to 64, and '99999999999999999999999' is not one."
            ]),
        Case(
            what: "a limit of nothing", source: source("limits: {characters: 0, line: 1}"),
            problems: [
                "my.md:3:22: 'characters' is a whole number from 1 to 1000000.",
                "my.md:3:25: 'limits' has no key 'line'. Did you mean 'lines'?",
            ]),
        Case(
            what: "limits as a number", source: source("limits: 30"),
            problems: ["my.md:3:9: 'limits' is written as {characters: 90, lines: 1}. Write it so."]),
        Case(
            what: "neither true nor false", source: source("limits: {lines: 1, hard: very}"),
            problems: ["my.md:3:26: 'hard' is true or false. Write one of the two."]),
        Case(
            what: "hot sampling", source: source("sampling: {temperature: 12, top_p: no, stop: [\"\"]}"),
            problems: [
                "my.md:3:25: temperature takes a number from 0 to 5, and '12' is not one. "
                    + "Write it as 'temperature: 0.9'.",
                "my.md:3:36: top_p takes a number from 0 to 1, and 'no' is not one. Write it as 'top_p: 0.8'.",
                #"my.md:3:47: stop takes texts that are not empty, and '' is not one. "#
                    + ###"Write it as 'stop: ["##", "\n\nNews:"]'."###,
            ]),
        Case(
            what: "sampling that is not a number", source: source("sampling: {temperature: .nan}"),
            problems: [
                "my.md:3:25: temperature takes a number from 0 to 5, and '.nan' is not one. "
                    + "Write it as 'temperature: 0.9'."
            ]),
        Case(
            what: "a list for a text", source: source("system: [be, kind]"),
            problems: ["my.md:3:9: 'system' is a text. Put quotes around it."]),
        Case(
            what: "stops that are no texts", source: source("sampling: {stop: {a: 1}}"),
            problems: [
                #"my.md:3:18: stop takes texts that are not empty, and a map is not one. "#
                    + ###"Write it as 'stop: ["##", "\n\nNews:"]'."###
            ]),
    ]

    /// A template whose `fields` are these lines; the first is line 4.
    static func fields(_ lines: String) -> String { "---\nname: Mine\nfields:\n\(lines)\n---\nWrite a poem.\n" }

    static let fieldCases = [
        Case(
            what: "fields as a text", source: "---\nname: Mine\nfields: topic\n---\nWrite.",
            problems: ["my.md:3:9: 'fields' is a list, such as '- {name: topic, example: kites}'. Write it so."]),
        Case(
            what: "a field as a text", source: fields("  - topic"),
            problems: ["my.md:4:5: A field is written as {name: topic, example: kites}. Write it so."]),
        Case(
            what: "no name", source: fields("  - {example: kites}"),
            problems: ["my.md:4:5: This field has no name. Add 'name: …', the name that the prompt uses."]),
        Case(
            what: "a name of two words", source: fields("  - {name: main topic, example: kites}"),
            problems: [
                "my.md:4:12: A field cannot be called 'main topic': use letters, digits and '_', and start with a letter."
            ]),
        Case(
            what: "a name that Jinja reserves", source: fields("  - {name: loop, example: kites}"),
            problems: ["my.md:4:12: A field cannot be called 'loop': the word has a meaning in Jinja. Use another."]),
        Case(
            what: "no example", source: fields("  - {name: topic}"),
            problems: [
                "my.md:4:5: 'topic' has no example. Add 'example: …', so that the template can be tried at once."
            ]),
        Case(
            what: "two of one name",
            source: fields("  - {name: topic, example: kites}\n  - {name: topic, example: boats}"),
            problems: ["my.md:5:12: There are two fields 'topic'. Rename one."]),
        Case(
            what: "an unknown kind", source: fields("  - {name: topic, example: kites, kind: multline}"),
            problems: ["my.md:4:41: There is no kind 'multline'. Did you mean 'multiline'?"]),
        Case(
            what: "a choice without choices", source: fields("  - {name: tone, example: warm, kind: choice}"),
            problems: ["my.md:4:39: 'tone' is a choice and has no 'choices'. List them, such as [warm, formal]."]),
        Case(
            what: "an example that is no choice",
            source: fields("  - {name: tone, example: rude, choices: [warm, calm, Warm], default: cold}"),
            problems: [
                "my.md:4:27: The example 'rude' is not one of the choices of 'tone'. Add it to them, or write 'open: true'.",
                "my.md:4:55: 'Warm' is twice among the choices of 'tone'. Remove one.",
                "my.md:4:71: The default 'cold' is not one of the choices of 'tone'. Add it to them, or write 'open: true'.",
            ]),
        Case(
            what: "a number that is none", source: fields("  - {name: count, kind: number, example: many}"),
            problems: ["my.md:4:42: The example 'many' of 'count' is not a number."]),
        Case(
            what: "a number out of its range",
            source: fields("  - {name: count, kind: number, example: 12, min: 1, max: 10}"),
            problems: ["my.md:4:42: The example 12 of 'count' is not a number from 1 to 10."]),
        Case(
            what: "an example that groups its digits",
            source: fields("  - {name: count, kind: number, example: '1,000', min: 100}"),
            problems: ["my.md:4:42: The example '1,000' of 'count' is not a number. Write 1000."]),
        Case(
            what: "a default with a slip",
            source: fields("  - {name: tone, example: calm, choices: [warm, calm], default: wram}"),
            problems: [
                "my.md:4:65: The default 'wram' is not one of the choices of 'tone'. Did you mean 'warm'?"
            ]),
        Case(
            what: "a range for a text", source: fields("  - {name: topic, example: kites, min: 1}"),
            problems: [
                "my.md:4:40: Only a number has 'min' and 'max'. Add 'kind: number' to 'topic', or remove them."
            ]),
        Case(
            what: "a source that is none", source: fields("  - {name: text, example: kites, from: web}"),
            problems: ["my.md:4:40: 'from' can only be 'file'. Write that or remove it."]),
    ]

    static let textCases = [
        Case(
            what: "a variable that is no field",
            source: source("variants: 2", body: "Hello.\n\nWrite about {{ topik }}."),
            problems: ["my.md:9:16: 'topik' in the prompt is not a field. Did you mean 'topic'?"]),
        Case(
            what: "a variable that is near none",
            source: source("variants: 2", body: "{% if audience %}For them.{% endif %}"),
            problems: [
                "my.md:7:7: 'audience' in the prompt is not a field. Add it to 'fields', or remove it from the text."
            ]),
        Case(
            what: "a variable in a completion",
            source: source("completion: |\n  Poems.\n\n  About: {{ topics }}"),
            problems: ["my.md:6:13: 'topics' in 'completion' is not a field. Did you mean 'topic'?"]),
        Case(
            what: "a variable in a folded system message", source: source("system: >-\n  You are\n  a {{ role }}."),
            problems: ["my.md:3:9: 'role' in 'system' is not a field. Add it to 'fields', or remove it from the text."]),
    ]

    @Test(arguments: fileCases + valueCases + fieldCases + textCases)
    func `a broken file gets a sentence with place and remedy for each problem`(broken: Case) {
        #expect(Self.problems(in: Array(broken.source.utf8)) == broken.problems)
    }

    @Test func `a mistake in Jinja gets a sentence with its line in the file`() {
        let problems = Self.problems(in: Array(Self.source("variants: 2", body: "One.\n{% if topic %}\nTwo.\n").utf8))
        #expect(problems == ["my.md:8:4: the template ends inside 'if'. Close it with {% endif %}."])
        let filter = Self.problems(in: Array(Self.source("variants: 2", body: "One.\n{{ topic | uper }}").utf8))
        #expect(filter.first?.hasPrefix("my.md:8:") == true)
        let completion = Self.problems(in: Array(Self.source("completion: |\n  A\n  {{ topic | uper }}").utf8))
        #expect(completion.first?.hasPrefix("my.md:5:") == true)
    }

    @Test func `text that is not UTF-8 gets a sentence with the place of the first such byte`() {
        let bytes = Array("---\nname: caf".utf8) + [0xE9] + Array("\n---\nWrite.".utf8)
        #expect(
            Self.problems(in: bytes) == [
                "my.md:2:10: The text is not UTF-8 from here on. Save the file as UTF-8."
            ])
    }

    @Test func `a file that is too large is not read`() {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 300_000)
        #expect(
            Self.problems(in: bytes) == [
                "my.md: The file has 300000 bytes, and a template may have 262144 at most. Shorten it."
            ])
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "!!x "])
    func `deep nesting is refused and does no harm`(opening: String) {
        let deep = String(repeating: opening, count: 20_000)
        #expect(!Self.problems(in: Array("---\n\(deep)\n---\nWrite.".utf8)).isEmpty)
        let lines = (0..<900).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(!Self.problems(in: Array("---\n\(lines.prefix(200_000))\n---\nWrite.".utf8)).isEmpty)
    }

    @Test func `aliases that stand for more than fits in memory are refused`() {
        var lines = ["a0: &a0 [x, x]"]
        for level in 1...30 { lines.append("a\(level): &a\(level) {[*a\(level - 1), *a\(level - 1)]: x}") }
        let problems = Self.problems(in: Array("---\n\(lines.joined(separator: "\n"))\n---\nWrite.".utf8))
        #expect(
            problems == [
                "my.md:32:1: A template may have 16 YAML aliases (*name) at most. Write the values out."
            ])
    }

    @Test func `any file cut anywhere, or with any byte changed, is read or refused`() {
        let sampling = #"sampling: {top_k: 0x1, stop: [a, "\n"], logit_bias: {4: -1}, grammar: 'r'}"#
        let whole = Array(Self.source("limits: {lines: 2}\n\(sampling)\ncompletion: |\n  A: {{ topic }}").utf8)
        for end in whole.indices { _ = Self.problems(in: Array(whole[..<end])) }
        for index in whole.indices {
            for byte in [0, 9, 10, 34, 38, 39, 42, 58, 91, 123, 125, 0xC3, 0xFF] as [UInt8] {
                var changed = whole
                changed[index] = byte
                _ = Self.problems(in: changed)
            }
        }
        #expect(Self.problems(in: whole) == [])
    }
}
