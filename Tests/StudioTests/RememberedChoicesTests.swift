// The form in which choices are kept: complete, tolerant, and merged between studios.

import Foundation
import Generation
import Testing

@testable import Studio

private func read(_ json: String) throws -> RememberedChoices {
    try JSONDecoder().decode(RememberedChoices.self, from: Data(json.utf8))
}

private func overrides(_ values: [String: SamplingValue]) throws -> SamplingOverrides {
    var overrides = SamplingOverrides()
    for (name, value) in values { overrides.set(try #require(SamplingOption.named(name)), to: value) }
    return overrides
}

private func temperature(_ number: Float) throws -> ChosenParameters {
    ChosenParameters(sampling: try overrides(["temperature": .number(number)]))
}

@Suite struct `Kept choices` {
    @Test func `read back as they were, with every option`() throws {
        var sampling = SamplingOverrides()
        for option in SamplingOption.all { sampling.set(option, to: option.example) }
        let choices = RememberedChoices(
            model: "tiny",
            parameters: [
                "slogan": .init(sampling: sampling, variantCount: 64, seed: .max),
                "": .init(sampling: try overrides(["grammar": .text(nil)])),
            ],
            export: .init(folder: "~/drafts", format: .jsonl),
            open: .init(
                generationId: 12, uuid: "u", variant: 3, pane: .history, view: .reader, hasOwnForm: true))
        let data = try JSONEncoder().encode(choices)
        let found = try JSONDecoder().decode(RememberedChoices.self, from: data)
        for option in SamplingOption.all {
            #expect(found.parameters["slogan"]?.sampling[option.name] == option.example, "\(option.name)")
        }
        #expect(found == choices)
        #expect(String(decoding: data, as: UTF8.self).contains("\"format\":1"))
    }

    @Test(arguments: [
        "{}", #"{"format":"x","model":7,"parameters":[],"export":"md","open":5}"#,
        #"{"model":"","open":{"variant":1}}"#,
        #"{"parameters":{"a":"hot","b":{"sampling":7,"variants":0,"seed":-1},"c":{"variants":65,"seed":1.5}}}"#,
        #"{"parameters":{"a":{"sampling":{"temperature":9,"top_k":"x","stop":[""],"nothing":1,"grammar":" "}}}}"#,
        #"{"export":{"folder":"/tmp","format":"pdf"},"later":{"key":[1,2]}}"#,
    ])
    func `are empty if no part can be read`(json: String) throws {
        #expect(try read(json) == RememberedChoices())
    }

    @Test func `lose only the parts that cannot be read`() throws {
        let choices = try read(
            #"""
            {"model": "tiny", "later": true, "export": {"folder": 7, "format": "csv"},
             "open": {"generation": 4, "variant": "two", "pane": "cellar", "view": "reader"},
             "parameters": {"slogan": {"sampling": {"temperature": 1.3, "top_p": 7}, "variants": "many", "seed": 3},
                            "ad": 5}}
            """#)
        #expect(
            choices
                == RememberedChoices(
                    model: "tiny",
                    parameters: ["slogan": .init(sampling: try overrides(["temperature": .number(1.3)]), seed: 3)],
                    export: .init(format: .csv), open: .init(generationId: 4, view: .reader)))
    }

    @Test(arguments: ["", "[]", "7", "{\"model\": \"tiny\"", "\u{0}"])
    func `are refused if they are no object`(text: String) {
        #expect(throws: DecodingError.self) { try read(text) }
    }

    @Test func `of a later form are not read`() {
        #expect(throws: NewerChoices(format: 2)) { try read(#"{"format": 2, "model": ["tiny"]}"#) }
    }
}

@Suite struct `Choices of two studios` {
    @Test func `stand side by side if they concern different things`() throws {
        let start = RememberedChoices(model: "built-in", parameters: ["ad": try temperature(0.2)])
        var first = start
        first.parameters["slogan"] = try temperature(1.3)
        first.open = .init(generationId: 1)
        var second = start
        second.parameters["story"] = try temperature(0.9)
        second.model = "tiny"
        var file = start
        file.takeChanges(from: start, to: first)
        file.takeChanges(from: start, to: second)
        #expect(
            file
                == RememberedChoices(
                    model: "tiny",
                    parameters: [
                        "ad": try temperature(0.2), "slogan": try temperature(1.3), "story": try temperature(0.9),
                    ], open: .init(generationId: 1)))
    }

    @Test func `of one template keep each other's options, and a reset forgets only what its studio knew`() throws {
        let start = RememberedChoices(parameters: ["ad": try temperature(0.2)])
        var first = start
        first.parameters["ad"] = nil
        var second = start
        second.parameters["ad"]?.variantCount = 7
        var file = start
        file.takeChanges(from: start, to: second)
        file.takeChanges(from: start, to: first)
        #expect(file.parameters == ["ad": .init(variantCount: 7)])
    }

    @Test func `of the same thing are those of the later one`() throws {
        var file = RememberedChoices(export: .init(format: .csv))
        file.takeChanges(
            from: .init(export: .init(format: .csv)), to: .init(model: "a", export: .init(folder: "/x", format: .html)))
        file.takeChanges(from: .init(), to: .init(model: "b"))
        #expect(file == RememberedChoices(model: "b", export: .init(folder: "/x", format: .html)))
        file.takeChanges(from: .init(model: "b"), to: .init())
        #expect(file.model == nil)
    }
}
