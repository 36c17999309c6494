// config.yaml read: the values that count, and the sentences about what is wrong.

import Generation
import Testing
import YAMLReading

@testable import Settings

private func settings(_ text: String) -> UserSettings { UserSettings(bytes: Array(text.utf8), file: "config.yaml") }

private func sentences(_ text: String) -> [String] { settings(text).problems.map(\.description) }

@Suite struct `Reading settings` {
    @Test func `every setting of the design is read`() {
        let read = settings(
            """
            model: qwen2.5-1.5b-q4_k_m        # what opens
            sampling: {temperature: 0.7, stop: ["##", "\\n\\n"]}
            per_model: {gemma-3-1b: {sampling: {top_k: 64}}, 1.5: {sampling: {top_p: 0.5}}}
            lexicon: {banned: [synergy], must: [tea, {word: cups, in: 2}], casing: [Kettle & Vine]}
            brand: {product: Kettle & Vine, tone: warm}
            models: {folders: [~/models], use_caches: true}
            endpoints: [{name: local, url: "http://127.0.0.1:8080/v1"}]
            studio: {language: auto, theme: dark, mouse: false, ascii: true}

            """)
        #expect(read.problems == [])
        #expect(read.model == .init(value: .value(.text("qwen2.5-1.5b-q4_k_m")), line: 1))
        #expect(read.sampling["temperature"] == .number(0.7) && read.sampling["stop"] == .texts(["##", "\n\n"]))
        #expect(read.sampling["top_k"] == nil)
        #expect(read.sampling(forModel: "gemma-3-1b").all == ["top_k": .count(64)])
        #expect(read.sampling(forModel: "1.5").all == ["top_p": .number(0.5)])
        #expect(read.sampling(forModel: "other").isEmpty)
        #expect(read.modelFolders == ["~/models"] && read.usesASCII && read.usesCaches)
        #expect(read.endpoints == [EndpointSettings(name: "local", url: "http://127.0.0.1:8080/v1")])
        #expect(read.lexicon.banned == ["synergy"] && read.lexicon.casing == ["Kettle & Vine"])
        #expect(read.lexicon.must == [.init(word: "tea"), .init(word: "cups", variantCount: 2)])
        #expect(read.brand.values == [.product: "Kettle & Vine", .tone: "warm"])
        #expect(
            read.unused.map(\.description) == [
                "config.yaml:8:10: 'studio.language' is not used by this version.",
                "config.yaml:8:26: 'studio.theme' is not used by this version.",
                "config.yaml:8:39: 'studio.mouse' is not used by this version.",
            ])
    }

    @Test func `every sampling option is read by its example`() throws {
        for setting in Setting.all where setting.option != nil && !setting.isPerModel {
            let example = try #require(setting.example)
            let name = try #require(setting.option?.name)
            let read = settings("sampling:\n  \(name): \(example.yamlText)\n")
            #expect(read.problems == [], "\(name)")
            #expect(try read.entries[SettingKey(setting.name)] == .init(value: example, line: 2))
        }
    }

    @Test(arguments: ["", "\n", "# nothing yet\n", "---\n", "model:\nsampling:\n  temperature:\n", "\u{FEFF}", "{}\n"])
    func `a file with nothing in it is fine`(text: String) {
        let read = settings(text)
        #expect(read.problems == [] && read.entries.isEmpty && read.isThere)
    }

    @Test(arguments: ["model: a\r\nstudio:\r\n  ascii: yes\r\n", "\u{FEFF}model: a\nstudio: {ascii: true}\n"])
    func `line breaks of Windows and a byte order mark are understood`(text: String) {
        let read = settings(text)
        #expect(read.problems == [] && read.model?.value == .value(.text("a")) && read.usesASCII)
    }

    @Test(arguments: [
        (
            "modle: a\nstudio: {ascii: true}\n",
            ["config.yaml:1:1: config.yaml has no key 'modle'. Did you mean 'model'?"]
        ),
        (
            "studio: {ascii: true}\nsampling: {temprature: 0.7, x: 1}\n",
            [
                "config.yaml:2:12: 'sampling' has no key 'temprature'. Did you mean 'temperature'?",
                "config.yaml:2:29: 'sampling' has no key 'x'. Its keys are \(samplingNames).",
            ]
        ),
        (
            "studio: {ascii: true}\nper_model:\n  gemma:\n    samplng: {}\n",
            ["config.yaml:4:5: 'gemma' has no key 'samplng'. Did you mean 'sampling'?"]
        ),
        (
            "studio: {ascii: true}\nsampling:\n  temperature: hot\n",
            [
                "config.yaml:3:16: temperature takes a number from 0 to 5, and 'hot' is not one. "
                    + "Write it as 'temperature: 0.9'."
            ]
        ),
        (
            "studio: {ascii: true}\nsampling:\n  temperature: 5.5\n",
            [
                "config.yaml:3:16: temperature takes a number from 0 to 5, and '5.5' is not one. "
                    + "Write it as 'temperature: 0.9'."
            ]
        ),
        (
            "studio: {ascii: true}\nper_model: {a: {sampling: {top_k: [1]}}}\n",
            [
                "config.yaml:2:35: top_k takes a whole number from 0 to 1000000, and a list is not one. "
                    + "Write it as 'top_k: 40'."
            ]
        ),
        (
            "studio: {ascii: true}\nmodel: {name: a}\n",
            [
                "config.yaml:2:8: model takes a text with more than spaces in it, and a map is not one. "
                    + "Write it as 'model: \"qwen2.5-1.5b-q4_k_m\"'."
            ]
        ),
        (
            "studio: {ascii: true}\nmodels: {folders: [a, \" \"]}\n",
            [
                "config.yaml:2:23: folders takes texts with more than spaces in them, and ' ' is not one. "
                    + "Write it as 'folders: [\"~/models\"]'."
            ]
        ),
        (
            "studio: {ascii: true}\nsampling: 0.7\nper_model: [a]\nmodels: a\n",
            [
                "config.yaml:2:11: 'sampling' is written as {temperature: 0.9}. Write it so.",
                "config.yaml:3:12: 'per_model' is written as {gemma-3-1b: {sampling: {temperature: 0.9}}}. Write it so.",
                "config.yaml:4:9: 'models' is written as {folders: [\"~/models\"]}. Write it so.",
            ]
        ),
        (
            "studio: {ascii: true}\nper_model: {a: 0.7}\n",
            ["config.yaml:2:16: 'a' is written as {sampling: {temperature: 0.9}}. Write it so."]
        ),
        (
            "studio: {ascii: true}\nsampling: {grammar: 'root ::= \"a\"', json_schema: '{}'}\n",
            ["config.yaml:2:37: A draft follows a grammar or a JSON schema. Give one of the two."]
        ),
        (
            "studio: {ascii: true}\n? [a, b]\n: 1\n",
            [
                "config.yaml:2:3: config.yaml has no key '[…]'. Its keys are model, models, aliases, endpoints, studio, "
                    + "lexicon, brand, sampling, per_model."
            ]
        ),
    ])
    func `a wrong key or value is named with its place, and the rest counts`(text: String, expected: [String]) {
        #expect(sentences(text) == expected)
        #expect(settings(text).usesASCII || text.hasPrefix("modle") && settings(text).usesASCII)
    }

    private static let samplingNames = SamplingOption.all.map(\.name).joined(separator: ", ")

    @Test func `true and false are the only flags`() {
        #expect(
            sentences("studio:\n  ascii: maybe\n") == [
                "config.yaml:2:10: 'ascii' is true or false. Write one of the two."
            ])
    }

    @Test func `a long key is cut in the sentence`() {
        let key = String(repeating: "k", count: 100)
        #expect(
            sentences("\(key): 1\n").first?.hasPrefix(
                "config.yaml:1:1: config.yaml has no key '\(key.prefix(40))…'. Its keys are model") == true)
    }
}

@Suite struct `Settings written twice` {
    @Test(arguments: [
        "model: a\nstudio: {ascii: true}\nmodel: b\n",
        "\"model\": a\nstudio: {ascii: true}\n'model': b\n",
        "model: a\nstudio: {ascii: true}\nmodel : b\n",
    ])
    func `the first of two counts, and the rest of the file`(text: String) {
        let read = settings(text)
        #expect(
            read.problems.map(\.description) == [
                "config.yaml:3:1: 'model' stands in line 1 already. Keep one of the two; until then the first counts."
            ])
        #expect(read.model == .init(value: .value(.text("a")), line: 1) && read.usesASCII)
    }

    @Test func `in a mapping of its own, beside the same key elsewhere`() {
        let read = settings(
            """
            sampling:
              temperature: 0.1
              top_k: 5
              temperature: 0.2
              temperature: 0.3
            per_model:
              a:
                sampling: {temperature: 0.4, top_k: 7, temperature: 0.5}
            studio:
              ascii: true
            sampling:
              top_p: 0.5

            """)
        #expect(
            read.problems.map(\.description) == [
                "config.yaml:4:3: 'temperature' stands in line 2 already. Keep one of the two; until then the first counts.",
                "config.yaml:5:3: 'temperature' stands in line 2 already. Keep one of the two; until then the first counts.",
                "config.yaml:8:44: 'temperature' stands in line 8 already. Keep one of the two; until then the first counts.",
                "config.yaml:11:1: 'sampling' stands in line 1 already. Keep one of the two; until then the first counts.",
            ])
        #expect(read.sampling.all == ["temperature": .number(0.1), "top_k": .count(5)])
        #expect(read.sampling(forModel: "a").all == ["temperature": .number(0.4), "top_k": .count(7)])
        #expect(read.usesASCII)
    }
}

@Suite struct `Settings that break off` {
    @Test(arguments: [
        (
            "model: a\nstudio: {ascii: true}\nsampling:\n\ttemperature: 0.7\nmodels: {folders: [b]}\n",
            "config.yaml:4:1: This is not YAML: while scanning for the next token: found character that cannot start any "
                + "token. Indent with spaces, and put quotes around a value that starts with a special character. "
                + "Until then nothing from line 3 on counts."
        ),
        (
            "model: a\nstudio: {ascii: true}\nsampling: {temperature: 0.7\nmodels: {folders: [b]}\n",
            "config.yaml:4:7: This is not YAML: while parsing a flow mapping: did not find expected ',' or '}'. Close the "
                + "bracket, and put quotes around a value that has a comma, a colon or a bracket in it. "
                + "Until then nothing from line 3 on counts."
        ),
        (
            "model: a\nstudio: {ascii: true}\nmodels: {folders: [\"b]}\n\n# end\n",
            "config.yaml:3:20: This is not YAML: while scanning a quoted scalar: found unexpected end of stream. Close "
                + "the quotes. Until then nothing from line 3 on counts."
        ),
        (
            "model: a\nstudio: {ascii: true}\nnonsense\nmodels: {folders: [b]}\n",
            "config.yaml:4:1: This is not YAML: while scanning a simple key: could not find expected ':'. Check the "
                + "indentation and the quotes of this line and the one before it. "
                + "Until then nothing from line 3 on counts."
        ),
        (
            "model: a\nstudio: {ascii: true}\nmodels: a: b\n",
            "config.yaml:3:10: This is not YAML: mapping values are not allowed in this context. Put quotes around a value "
                + "that has a colon in it. Until then nothing from line 3 on counts."
        ),
        (
            "model: a\nstudio: {ascii: true}\nmodels: *b\n",
            "config.yaml:3:9: This is not YAML: found undefined alias. Put quotes around a value that starts with '*'. "
                + "Until then nothing from line 3 on counts."
        ),
        (
            "model: a\nstudio: {ascii: true}\nmodels: \u{1}\n",
            "config.yaml:3:9: YAML does not allow U+0001. Remove it. Until then nothing from line 3 on counts."
        ),
    ])
    func `what stands before the broken entry counts`(text: String, sentence: String) {
        let read = settings(text)
        #expect(read.problems.map(\.description) == [sentence])
        #expect(read.model != nil && read.usesASCII && read.modelFolders == [])
    }

    @Test(arguments: [
        (
            "model: \"a\nstudio: {ascii: true}\n",
            "config.yaml:1:8: This is not YAML: while scanning a quoted scalar: found unexpected end of stream. Close "
                + "the quotes. Nothing of the file counts until then."
        ),
        (
            "- model\n- a\n",
            "config.yaml:1:1: config.yaml is a list of keys and values, such as 'model: built-in'. Write it so. "
                + "Nothing of the file counts until then."
        ),
        (
            "just words\n",
            "config.yaml:1:1: config.yaml is a list of keys and values, such as 'model: built-in'. Write it so. "
                + "Nothing of the file counts until then."
        ),
        (
            "model: a\n---\nmodel: b\n",
            "config.yaml:2:1: This is not YAML: expected a single document in the stream: but found another document. "
                + "Correct the YAML here. Until then nothing from line 2 on counts."
        ),
    ])
    func `if nothing stands before it, nothing counts, and that is said`(text: String, sentence: String) {
        let read = settings(text)
        #expect(read.problems.map(\.description) == [sentence])
        #expect(read.entries.isEmpty || sentence.contains("Until then"))
    }

    @Test func `bytes that are no UTF-8 count up to their line`() {
        let bytes =
            Array("model: a\nstudio: {ascii: true}\nmodels: {folders: [\"b".utf8) + [0xFF] + Array("\"]}\n".utf8)
        let read = UserSettings(bytes: bytes, file: "config.yaml")
        #expect(
            read.problems.map(\.description) == [
                "config.yaml:3:22: The text is not UTF-8 from here on. Save the file as UTF-8. "
                    + "Until then nothing from line 3 on counts."
            ])
        #expect(read.model != nil && read.usesASCII)
    }

    @Test func `aliases that stand for millions of values are refused`() {
        var text = "a0: &a0 [x]\n"
        for level in 1...20 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(
            sentences(text) == [
                "config.yaml:21:1: config.yaml may have 16 YAML aliases (*name) at most. Write the values out. "
                    + "Nothing of the file counts until then."
            ])
    }

    @Test func `a deep nest of brackets ends in a sentence`() {
        let read = settings("model: a\nsampling: " + String(repeating: "[", count: 100_000) + "\n")
        #expect(read.problems.count == 1 && read.model != nil)
    }

    @Test func `a file that is something else is not listed line by line`() {
        let text = (0..<5000).map { "setting-\($0): \($0)\n" }.joined() + "studio: {ascii: true}\n"
        let read = settings(text)
        #expect(read.problems.count == 100 && read.usesASCII)
    }
}
