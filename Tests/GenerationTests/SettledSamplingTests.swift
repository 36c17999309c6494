// The sampling options of a draft, and the place that each came from.

import Testing

@testable import Generation

private func overrides(_ values: [String: SamplingValue]) -> SamplingOverrides {
    var overrides = SamplingOverrides()
    for (name, value) in values {
        if let option = SamplingOption.named(name) { overrides.set(option, to: value) }
    }
    return overrides
}

@Suite struct `Settled sampling options` {
    @Test func `a nearer place wins, and each option knows its place`() {
        let sampling = SettledSampling([
            .author: overrides(["top_k": .count(0), "min_p": .number(0.9), "typical_p": .number(0.9)]),
            .settings: overrides(["temperature": .number(0.1), "top_k": .count(1), "min_p": .number(0.1)]),
            .modelSettings: overrides(["temperature": .number(0.2), "top_k": .count(2)]),
            .template: overrides(["temperature": .number(0.3), "stop": .texts(["a"])]),
            .commandLine: overrides(["temperature": .number(0.4)]),
        ])
        #expect(sampling.options.temperature == 0.4 && sampling.options.topK == 2)
        #expect(sampling.options.minP == 0.1 && sampling.options.stop == ["a"])
        #expect(
            sampling.settled == [
                SettledOption(name: "temperature", value: .number(0.4), origin: .commandLine),
                SettledOption(name: "top_k", value: .count(2), origin: .modelSettings),
                SettledOption(name: "min_p", value: .number(0.1), origin: .settings),
                SettledOption(name: "stop", value: .texts(["a"]), origin: .template),
                SettledOption(name: "typical_p", value: .number(0.9), origin: .author),
            ])
    }

    @Test func `without places everything is the program's default`() {
        #expect(SettledSampling().options == SamplingOptions() && SettledSampling().settled == [])
    }

    @Test func `a nearer grammar takes the place of a schema, whoever set it`() {
        let schema = overrides(["json_schema": .text("{}")])
        let grammar = overrides(["grammar": .text("root ::= \"a\"")])
        let near = SettledSampling([.settings: schema, .template: grammar])
        #expect(near.options.jsonSchema == nil && near.options.grammar != nil)
        #expect(near.settled.map(\.name) == ["grammar"])
        let far = SettledSampling([.settings: grammar, .commandLine: schema])
        #expect(far.options.grammar == nil && far.options.jsonSchema == "{}")
        #expect(far.settled.map(\.name) == ["json_schema"])
    }

    @Test func `the options are those of the overrides laid over each other`() {
        let places = Dictionary(
            uniqueKeysWithValues: zip(OptionOrigin.allCases.dropFirst(), SamplingOption.all).map {
                ($0, overrides([$1.name: $1.example]))
            })
        let expected = OptionOrigin.allCases.reduce(SamplingOptions()) { options, place in
            places[place]?.applied(to: options) ?? options
        }
        #expect(SettledSampling(places).options == expected && expected != SamplingOptions())
    }
}
