// The table of sampling options, held to the type it describes.

import Testing

@testable import Generation

extension SamplingOption: CustomTestStringConvertible {
    public var testDescription: String { name }
}

/// The properties of options by their names.
private func properties(of options: SamplingOptions) -> [String: String] {
    Dictionary(
        uniqueKeysWithValues: Mirror(reflecting: options).children.map { ($0.label ?? "", sortedText(of: $0.value)) })
}

private func sortedText(of value: Any) -> String {
    if let biases = value as? [Int: Float] { return "\(biases.sorted { $0.key < $1.key })" }
    return "\(value)"
}

@Suite struct `The table of sampling options` {
    @Test func `has a row for every property, and no other`() {
        let names = Mirror(reflecting: SamplingOptions()).children.compactMap(\.label)
        #expect(names.count >= 33)
        #expect(SamplingOption.all.map(\.storedKey).sorted() == names.sorted())
    }

    @Test(arguments: SamplingOption.all)
    func `a row changes its own property and no other`(option: SamplingOption) {
        let before = properties(of: SamplingOptions())
        var options = SamplingOptions()
        option.set(option.example, in: &options)
        let changed = properties(of: options).filter { before[$0.key] != $0.value }.map(\.key)
        #expect(changed == [option.storedKey])
        #expect(option.value(in: options) == option.example)
        #expect(option.defaultValue != option.example)
    }

    @Test func `names and labels are told apart`() {
        #expect(Set(SamplingOption.all.map(\.name)).count == SamplingOption.all.count)
        #expect(Set(SamplingOption.all.map(\.label)).count == SamplingOption.all.count)
        for option in SamplingOption.all { #expect(SamplingOption.named(option.name)?.label == option.label) }
        #expect(SamplingOption.named("temprature") == nil)
    }

    @Test(arguments: SamplingOption.all)
    func `every option has words that fit`(option: SamplingOption) {
        #expect((1...19).contains(option.label.count))
        #expect((1...41).contains(option.hint.count))
        #expect(option.help.hasSuffix("."))
        #expect(option.name.allSatisfy { $0.isLowercase || $0 == "_" })
    }

    @Test(arguments: SamplingOption.all)
    func `default, neutral value and example are values that the option takes`(option: SamplingOption) throws {
        for value in [option.defaultValue, option.example, option.neutral].compactMap({ $0 }) {
            #expect(try option.readLine(option.line(of: value)) == value)
        }
    }

    @Test func `the common options come first`() {
        let groups = SamplingOption.all.map(\.group)
        #expect(groups == groups.sorted { rank($0) < rank($1) })
        #expect(Set(groups) == Set(SamplingOption.Group.allCases))
    }

    private func rank(_ group: SamplingOption.Group) -> Int {
        SamplingOption.Group.allCases.firstIndex(of: group) ?? 99
    }
}

@Suite struct `Options from several places` {
    private func option(_ name: String) throws -> SamplingOption { try #require(SamplingOption.named(name)) }

    @Test func `an option that a place does not set keeps its value`() throws {
        var base = SamplingOptions()
        base.topK = 7
        base.stop = ["below"]
        var overrides = SamplingOverrides()
        #expect(overrides.isEmpty)
        overrides.set(try option("temperature"), to: .number(0.4))
        let options = overrides.applied(to: base)
        #expect(options.temperature == 0.4)
        #expect(options.topK == 7)
        #expect(options.stop == ["below"])
    }

    @Test func `a list takes the place of the list below, and has all that its own place gave`() throws {
        var base = SamplingOptions()
        base.stop = ["below"]
        base.logitBias = [1: 1]
        var overrides = SamplingOverrides()
        for text in ["one", "two"] { overrides.add(try option("stop").read(text), to: try option("stop")) }
        for text in ["5:1", "6:2", "5:3"] {
            overrides.add(try option("logit_bias").read(text), to: try option("logit_bias"))
        }
        for text in ["8", "9"] { overrides.add(try option("top_k").read(text), to: try option("top_k")) }
        let options = overrides.applied(to: base)
        #expect(options.stop == ["one", "two"])
        #expect(options.logitBias == [5: 3, 6: 2])
        #expect(options.topK == 9)
    }

    @Test func `a schema takes the place of a grammar below, and the other way round`() throws {
        var base = SamplingOptions()
        base.grammar = "root ::= \"a\""
        var overrides = SamplingOverrides()
        overrides.set(try option("json_schema"), to: .text("{}"))
        let options = overrides.applied(to: base)
        #expect(options.grammar == nil && options.jsonSchema == "{}")
        overrides.set(try option("grammar"), to: .text("root ::= \"b\""))
        #expect(overrides.applied(to: base).grammar == "root ::= \"b\"")
        #expect(overrides.applied(to: base).jsonSchema == "{}")
    }
}
