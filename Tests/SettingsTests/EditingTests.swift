// One value set or removed in config.yaml: the rest stays as the person wrote it.

import Generation
import Testing

@testable import Settings

private func edited(_ text: String, _ key: String, _ value: SettingValue) throws -> String {
    try SettingsEditor(bytes: Array(text.utf8), file: "config.yaml").setting(SettingKey(key), to: value)
}

private func removed(_ text: String, _ key: String) throws -> String {
    try SettingsEditor(bytes: Array(text.utf8), file: "config.yaml").removing(SettingKey(key))
}

private func text(_ text: String) -> SettingValue { .value(.text(text)) }
private func number(_ number: Float) -> SettingValue { .value(.number(number)) }

@Suite struct `Setting a value` {
    private static let written = """
        # Mine.
        model: old   # the small one

        sampling:
          # calm
          temperature: 0.3 # not too much
          stop:        # two of them
            - "##"
            - b
          banned_phrase: [a,
            "b # c"]  # these

        # unknown, and kept
        future: {x: 1}
        per_model: {gemma-3-1b: {sampling: {top_k: 64, top_p: 0.9}}, other: {}}
        studio:
        """

    @Test func `a value is replaced where it stands, with its comment`() throws {
        #expect(
            try edited(Self.written, "model", text("new"))
                == Self.written.replacing("model: old   # the", with: "model: new   # the"))
        #expect(
            try edited(Self.written, "sampling.temperature", number(0.8))
                == Self.written.replacing("0.3 # not", with: "0.8 # not"))
        #expect(
            try edited(Self.written, "per_model.gemma-3-1b.sampling.top_k", .value(.count(5)))
                == Self.written.replacing("64", with: "5"))
    }

    @Test func `a list is replaced however it is written`() throws {
        #expect(
            try edited(Self.written, "sampling.stop", .value(.texts(["x"])))
                == Self.written.replacing(
                    "stop:        # two of them\n    - \"##\"\n    - b\n", with: "stop: [\"x\"]        # two of them\n")
        )
        #expect(
            try edited(Self.written, "sampling.banned_phrase", .value(.texts(["very", "a: b\n"])))
                == Self.written.replacing("[a,\n    \"b # c\"]  # these", with: "[\"very\", \"a: b\\n\"]  # these"))
    }

    @Test func `a new value comes after the last of its mapping`() throws {
        #expect(
            try edited(Self.written, "sampling.top_p", number(0.5))
                == Self.written.replacing("# these\n", with: "# these\n  top_p: 0.5\n"))
        #expect(
            try edited(Self.written, "per_model.gemma-3-1b.sampling.min_p", number(0.1))
                == Self.written.replacing("top_p: 0.9", with: "top_p: 0.9, min_p: 0.1"))
        #expect(
            try edited(Self.written, "per_model.other.sampling.min_p", number(0.1))
                == Self.written.replacing("other: {}", with: "other: {sampling: {min_p: 0.1}}"))
        #expect(
            try edited(Self.written, "per_model.new.sampling.min_p", number(0.1))
                == Self.written.replacing("other: {}}", with: "other: {}, new: {sampling: {min_p: 0.1}}}"))
        #expect(try edited(Self.written, "studio.ascii", .flag(true)) == Self.written + "\n  ascii: true")
        #expect(
            try edited(Self.written, "models.folders", .value(.texts(["~/m"])))
                == Self.written + "\nmodels:\n  folders: [\"~/m\"]")
    }

    @Test(arguments: ["", "# nothing\n", "# nothing", "model:\n", "model: \n# end\n", "---\n", "\u{FEFF}# a\r\n"])
    func `a file without values gets its first`(written: String) throws {
        let text = try edited(written, "model", text("a"))
        let read = UserSettings(bytes: Array(text.utf8), file: "config.yaml")
        #expect(read.problems == [] && read.model?.value == .value(.text("a")))
        for line in written.split(whereSeparator: \.isNewline) where line.hasPrefix("#") {
            #expect(text.contains(line))
        }
        #expect(text.hasPrefix("\u{FEFF}") == written.hasPrefix("\u{FEFF}"))
    }

    @Test func `line breaks of Windows stay`() throws {
        #expect(
            try edited("model: a\r\nsampling:\r\n  top_k: 1\r\n", "sampling.top_p", number(0.5))
                == "model: a\r\nsampling:\r\n  top_k: 1\r\n  top_p: 0.5\r\n")
    }

    @Test func `block texts and texts over several lines are replaced whole`() throws {
        #expect(
            try edited(
                "sampling:\n  grammar: |\n    root ::= \"a\"\n\n    # b\n  top_k: 1\n", "sampling.grammar", text("root")
            )
                == "sampling:\n  grammar: root\n  top_k: 1\n")
        #expect(try edited("model: a\n  b\n  c\nstudio: {}\n", "model", text("d")) == "model: d\nstudio: {}\n")
        #expect(try edited("model: 'a\n\n  b'\nstudio: {}\n", "model", text("d")) == "model: d\nstudio: {}\n")
    }

    @Test(arguments: [
        "a", "~/models/a b.gguf", "null", "~", "yes", "1.5", "a: b", "#a", "\"q\"", "a\nb\t\u{7}\u{FEFF}\u{2028}",
        "é 日本",
        "- a", "{a}", "*a", "&a", " a ", "%a", "@a", "a\\b",
    ])
    func `any text can be set and is read back`(value: String) throws {
        let result = try edited("# mine\nmodel: old # c\nstudio: {ascii: true}\n", "model", text(value))
        let read = UserSettings(bytes: Array(result.utf8), file: "config.yaml")
        #expect(read.problems == [] && read.usesASCII && read.model?.value == .value(.text(value)))
        #expect(result.hasPrefix("# mine\n") && result.contains(" # c\n"))
    }

    @Test(arguments: ["a.b-c", "null", "a b: c", "日本", "#x", "1"])
    func `any name of a model can be set`(name: String) throws {
        let result = try edited(
            "per_model:\n  z:\n    sampling: {top_k: 1}\n", "per_model.\(name).sampling.top_k", .value(.count(3)))
        let read = UserSettings(bytes: Array(result.utf8), file: "config.yaml")
        #expect(read.problems == [] && read.sampling(forModel: name).all == ["top_k": .count(3)])
        #expect(read.sampling(forModel: "z").all == ["top_k": .count(1)])
    }

    @Test func `every setting can be set to its example and removed again`() throws {
        for setting in Setting.all where setting.kind != .later {
            let name = setting.name.replacing("NAME", with: "gemma-3-1b")
            let example = try #require(setting.example)
            for written in ["", Self.written, "{model: a}\n"] {
                let text = try edited(written, name, example)
                let read = UserSettings(bytes: Array(text.utf8), file: "config.yaml")
                #expect(try read.value(SettingKey(name)) == example, "\(name) in \(written)")
                #expect(
                    try UserSettings(bytes: Array(removed(text, name).utf8), file: "config.yaml").entries[
                        SettingKey(name)]
                        == nil, "\(name) in \(written)")
            }
        }
    }
}

@Suite struct `Removing a value` {
    @Test(arguments: [
        ("model: a # x\nstudio: {ascii: true}\n", "model", "studio: {ascii: true}\n"),
        ("sampling:\n  top_k: 1\n  top_p: 0.5\n", "sampling.top_k", "sampling:\n  top_p: 0.5\n"),
        ("sampling: {top_k: 1, top_p: 0.5}\n", "sampling.top_k", "sampling: {top_p: 0.5}\n"),
        ("sampling: {top_k: 1, top_p: 0.5}\n", "sampling.top_p", "sampling: {top_k: 1}\n"),
        ("model: a\nsampling: {top_k: 1}\n", "sampling.top_k", "model: a\n"),
        (
            "model: a\nper_model:\n  b:\n    sampling:\n      top_k: 1\n# end\n", "per_model.b.sampling.top_k",
            "model: a\n# end\n"
        ),
        ("sampling:\n  # why\n  top_k: 1\n", "sampling.top_k", "sampling:\n  # why\n"),
        ("sampling:\n  stop:\n  - a\n  - b\n  top_k: 1\n", "sampling.stop", "sampling:\n  top_k: 1\n"),
        ("model: a\n", "sampling.top_k", "model: a\n"),
        ("model: a", "model", ""),
    ])
    func `it goes, and the mappings above it that are empty then`(written: String, key: String, expected: String) throws
    {
        #expect(try removed(written, key) == expected)
    }
}

@Suite struct `Files that cannot be edited` {
    private func sentence(_ text: String, _ key: String, _ value: SettingValue = .value(.number(0.5))) throws -> String
    {
        do {
            return "edited: " + (try edited(text, key, value))
        } catch let error as SettingsEditError {
            return error.description
        }
    }

    @Test(arguments: [
        (
            "model: \"a\n", "sampling.top_p",
            "config.yaml:1:8: This is not YAML: while scanning a quoted scalar: found unexpected end of stream. Close the "
                + "quotes. The file was left as it is."
        ),
        (
            "model: a\nmodel: b\n", "sampling.top_p",
            "config.yaml:1:1: 'model' is written twice. Keep one of the two. The file was left as it is."
        ),
        (
            "sampling: 0.7\n", "sampling.top_p",
            "config.yaml:1:11: 'sampling' has no keys below it, so nothing can be put there. Correct it or remove it. "
                + "The file was left as it is."
        ),
        (
            "sampling: &a {top_p: 0.1}\nper_model: {b: {sampling: *a}}\n", "sampling.top_p",
            "config.yaml:1: sampling.top_p is written in a way that cannot be changed without touching the rest. "
                + "Change it by hand; the file was left as it is."
        ),
        (
            "? sampling\n: {top_p: 0.1}\n", "sampling.top_p",
            "config.yaml:1: sampling.top_p is written in a way that cannot be changed without touching the rest. "
                + "Change it by hand; the file was left as it is."
        ),
    ])
    func `the sentence says why, and the text is left alone`(written: String, key: String, expected: String) throws {
        let found = try sentence(written, key)
        #expect(found == expected)
    }

    @Test func `a value that contradicts another is refused`() throws {
        #expect(
            try sentence("sampling: {grammar: 'root ::= \"a\"'}\n", "sampling.json_schema", text("{}")) == """
                config.yaml:1:37: A draft follows a grammar or a JSON schema. Give one of the two. The file was left as it is.
                """)
    }

    @Test func `a setting of a later version cannot be set`() throws {
        #expect(
            try sentence("", "studio.theme", text("dark"))
                == "'studio.theme' is not used by this version, so it cannot be set. "
                + "A later version will know what to do with it.")
    }
}

@Suite struct `Names of settings` {
    @Test(arguments: [
        ("modle", "There is no setting 'modle'. Did you mean 'model'?"),
        ("temperature", "There is no setting 'temperature'. Did you mean 'sampling.temperature'?"),
        ("sampling.temprature", "There is no setting 'sampling.temprature'. Did you mean 'sampling.temperature'?"),
        (
            "per_model.qwen2.5-1.5b.sampling.topk",
            "There is no setting 'per_model.qwen2.5-1.5b.sampling.topk'. Did you mean "
                + "'per_model.qwen2.5-1.5b.sampling.top_k'?"
        ),
        ("models", "There is no setting 'models'. The settings below it are models.folders, models.use_caches."),
        ("zzzz", "There is no setting 'zzzz'. Choose one from the list of settings."),
        ("", "There is no setting ''. Choose one from the list of settings."),
        (
            "per_model..sampling.top_k",
            "There is no setting 'per_model..sampling.top_k'. Choose one from the list of settings."
        ),
    ])
    func `an unknown one has the nearest`(name: String, sentence: String) {
        #expect(throws: SettingKeyError(name: name)) { try SettingKey(name) }
        #expect(SettingKeyError(name: name).description == sentence)
    }

    @Test func `the name of a model may have dots`() throws {
        let key = try SettingKey("per_model.qwen2.5-1.5b.sampling.top_k")
        #expect(key.modelName == "qwen2.5-1.5b" && key.path == ["per_model", "qwen2.5-1.5b", "sampling", "top_k"])
        #expect(key.description == "per_model.qwen2.5-1.5b.sampling.top_k")
    }
}
