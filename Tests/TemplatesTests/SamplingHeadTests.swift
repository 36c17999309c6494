// `sampling:` in the head of a template: every option, in every way YAML has to write it.

import Generation
import Testing

@testable import Templates

struct SamplingHeadTests {
    static func template(_ lines: String) throws -> PromptTemplate {
        try PromptTemplate(
            bytes: Array(BrokenTemplateTests.source(lines).utf8), file: "my.md", origin: .file("my.md"))
    }

    static func options(_ lines: String) throws -> SamplingOptions {
        try template(lines).sampling.applied(to: SamplingOptions())
    }

    static func problems(_ lines: String) -> [String] {
        BrokenTemplateTests.problems(in: Array(BrokenTemplateTests.source(lines).utf8))
    }

    @Test(arguments: SamplingOption.all.map(\.name))
    func `a template sets every option`(name: String) throws {
        let option = try #require(SamplingOption.named(name))
        var expected = SamplingOptions()
        expected.tidy = true
        option.set(option.example, in: &expected)
        #expect(try Self.options("sampling: {\(option.templateExample)}") == expected)
        #expect(try Self.options("sampling:\n  \(option.templateExample)") == expected)
    }

    @Test(arguments: [
        ("temperature: 1", "temperature", "1"), ("temperature: 1.50", "temperature", "1.5"),
        ("temperature: .5", "temperature", "0.5"), ("temperature: 5e-1", "temperature", "0.5"),
        ("temperature: +2", "temperature", "2"), ("temperature: '0.5'", "temperature", "0.5"),
        ("presence_penalty: -1.5", "presence_penalty", "-1.5"), ("presence_penalty: -0x2", "presence_penalty", "-2"),
        ("top_k: 0x10", "top_k", "16"), ("top_k: 0o20", "top_k", "16"), ("top_k: 0b1_0000", "top_k", "16"),
        ("max_tokens: 1_000", "max_tokens", "1000"),
    ])
    func `numbers are read in all of YAML's spellings`(line: String, name: String, value: String) throws {
        let option = try #require(SamplingOption.named(name))
        let options = try Self.options("sampling: {\(line)}")
        #expect(option.line(of: option.value(in: options)) == value)
    }

    @Test func `one text is a list of one, and a list may be empty`() throws {
        #expect(try Self.options("sampling: {banned_phrase: very}").bannedPhrases == ["very"])
        #expect(try Self.options("sampling: {dry_sequence_breakers: []}").drySequenceBreakers == [])
        let listed = "sampling:\n  must_include:\n    - 24,99\n    - 1.50\n    - yes\n    - \"two\\nlines\""
        #expect(try Self.options(listed).mustInclude == ["24,99", "1.50", "yes", "two\nlines"])
    }

    @Test func `a grammar may stand in a literal block`() throws {
        let block = "sampling:\n  grammar: |\n    root ::= (\"yes\" | no) \".\"\n    no ::= \"no\\n\""
        #expect(try Self.options(block).grammar == "root ::= (\"yes\" | no) \".\"\nno ::= \"no\\n\"\n")
    }

    @Test func `a key without a value is like a missing key`() throws {
        var expected = SamplingOptions()
        expected.tidy = true
        #expect(try Self.options("sampling:\n  temperature:\n  stop:") == expected)
    }

    static let brokenTexts: [(name: String, text: String)] = SamplingOption.all.flatMap { option in
        let texts: [String] =
            switch option.kind {
            case .number: ["hot", "-11", "101"]
            case .count: ["many", "-1", "1.5", "2000000"]
            case .oneOf: ["1", "many"]
            case .choice: ["maybe", "1"]
            case .text, .texts(allowsBlank: false): ["", "  "]
            case .texts(allowsBlank: true): [""]
            case .biases: ["5", "x"]
            }
        return texts.map { (option.name, $0) }
    }

    @Test(arguments: brokenTexts.map { [$0.name, $0.text] })
    func `a broken value is refused with its place, and in the table's words`(case: [String]) throws {
        let (name, text) = (`case`[0], `case`[1])
        let option = try #require(SamplingOption.named(name))
        let problems = Self.problems("sampling: {\(name): '\(text)'}")
        #expect(problems.count == 1)
        let problem = try #require(problems.first)
        let column = "sampling: {\(name): ".count + 1
        let error = SamplingOptionError(name: name, kind: option.kind, foundText: text)
        #expect(problem == "my.md:3:\(column): \(error) Write it as '\(option.templateExample)'.")
    }

    @Test(arguments: SamplingOption.all.map(\.name))
    func `null and values of other types are refused`(name: String) throws {
        let option = try #require(SamplingOption.named(name))
        var cases = [("null", "null"), ("~", "null"), ("{a: 1}", "a map"), ("[[x]]", "a list")]
        switch option.kind {
        case .texts: break
        case .biases: cases = [("null", "null"), ("[1, 2]", "a list"), ("{a: 1}", "'a:1'"), ("{5: x}", "'5:x'")]
        default: cases.append(("[1, 2]", "a list"))
        }
        for (value, found) in cases {
            let problems = Self.problems("sampling:\n  \(name): \(value)")
            #expect(problems.count == 1, "\(value)")
            #expect(problems.first?.hasPrefix("my.md:4:") == true)
            let core = SamplingOptionError(name: name, kind: option.kind, found: found).description
            #expect(problems.first?.contains(core) == true, "\(value): \(problems)")
        }
    }

    @Test func `a name that does not exist gets a sentence with the nearest one`() {
        #expect(
            Self.problems("sampling: {banned_phrases: very, temprature: 1}") == [
                "my.md:3:12: 'sampling' has no key 'banned_phrases'. Did you mean 'banned_phrase'?",
                "my.md:3:34: 'sampling' has no key 'temprature'. Did you mean 'temperature'?",
            ])
    }

    @Test func `every broken part of a list gets a sentence`() {
        let problems = Self.problems("sampling: {must_include: [tea, '', ' ', {a: 1}], logit_bias: {1: 2, 3: x}}")
        #expect(
            problems.map { $0.split(separator: " ")[0] } == [
                "my.md:3:32:", "my.md:3:36:", "my.md:3:41:", "my.md:3:69:",
            ])
    }

    @Test func `a problem that others find in an option has the option's place`() throws {
        let template = try Self.template("sampling:\n  top_k: 5\n  grammar: root")
        let problem = template.problem(ofOption: "grammar", "It has no root.", file: "my.md")
        #expect(problem.description == "my.md:5:12: It has no root.")
    }

    @Test func `as many variants as anywhere may be asked for`() throws {
        #expect(try Self.template("variants: 64").variantCount == 64)
        #expect(
            Self.problems("variants: 65") == [
                "my.md:3:11: variants takes a whole number from 1 to 64, and '65' is not one."
            ])
    }
}
