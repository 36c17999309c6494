// Every sampling option comes to the same by each door: -o, a template, the studio's dialog.

import Foundation
import Generation
import Testing

@Suite struct `Sampling options by each door` {
    private static let head = """
        ---
        name: Notes
        fields:
          - {name: topic, label: Topic, example: green tea}
        variants: 3
        """

    private func template(_ sampling: String) -> String {
        "\(Self.head)\n\(sampling)\n---\nWrite a sentence about {{ topic }}.\n"
    }

    /// Options that keep the drafts short; each option under test comes besides.
    private func short(_ name: String) -> String { name == "max_tokens" ? "min_p: 0.01" : "max_tokens: 12" }

    /// Arguments as bash reads them, so that the documents' own examples are run.
    private func bash(_ home: Home, _ command: String) throws -> Run {
        try home.run(["-c", "'\(executable.path)' \(command)"], program: URL(filePath: "/bin/bash"))
    }

    private func outcome(_ run: Run) throws -> (options: String, texts: [String]) {
        #expect(run.status == 0, "\(run.error)")
        let generation = try #require(try run.json["generation"] as? [String: Any])
        let options = try JSONSerialization.data(
            withJSONObject: try #require(generation["options"]), options: [.sortedKeys])
        let texts = try run.objects("drafts").map { $0["text"] as? String ?? "" }
        return (String(decoding: options, as: UTF8.self), texts)
    }

    @Test(arguments: SamplingOption.all.map(\.name))
    func `an option from -o and from a template writes the same drafts`(name: String) throws {
        let option = try #require(SamplingOption.named(name))
        let home = try Home()
        try home.write(template("sampling: {\(short(name))}"), to: "config/templates/plain.md")
        try home.write(
            template("sampling:\n  \(short(name))\n  \(option.templateExample)"), to: "config/templates/set.md")
        let check = try home.run("templates", "check")
        #expect(check.status == 0, "\(check.output)")
        for seed in [5, 77] {
            let rest = "-p topic=tea --seed \(seed) --json --no-save --threads 1"
            let given = try outcome(bash(home, "generate plain \(rest) \(option.commandLineExample)"))
            let set = try outcome(bash(home, "generate set \(rest)"))
            #expect(given.options == set.options)
            #expect(given.texts == set.texts)
            #expect(given.texts.count == 3)
            let plain = try outcome(bash(home, "generate plain \(rest)"))
            // A template is tidy anyway.
            #expect((plain.options == given.options) == (name == "tidy"))
        }
    }

    @Test func `a list from -o takes the place of the template's`() throws {
        let home = try Home()
        try home.write(template("sampling: {stop: [one, two], max_tokens: 4}"), to: "config/templates/notes.md")
        let run = try home.run(
            "generate", "notes", "-p", "topic=tea", "--json", "--no-save", "-o", "stop=three", "-o", "stop=four")
        let options = try #require((try run.json["generation"] as? [String: Any])?["options"] as? [String: Any])
        #expect(options["stop"] as? [String] == ["three", "four"])
        #expect(options["max_tokens"] as? Int == 4)
    }

    @Test func `a grammar's file takes the place of the template's schema`() throws {
        let home = try Home()
        try home.write(template("sampling: {json_schema: '{}'}"), to: "config/templates/notes.md")
        try home.write("root ::= \"yes\"\n", to: "yes.gbnf")
        let run = try home.run("generate", "notes", "-p", "topic=tea", "--no-save", "-n", "1", "--grammar", "yes.gbnf")
        #expect(run.output == "yes\n", "\(run.error)")
        for (option, sentence) in [
            ("grammar=root ::= \"a\"", "grammar is given by -o and by a flag of its own. Give it once."),
            ("json_schema={}", "A draft follows a grammar or a JSON schema. Give one of the two."),
        ] {
            let both = try home.run("generate", "notes", "--grammar", "yes.gbnf", "-o", option)
            #expect(both.status == 2)
            #expect(both.error.contains(sentence), "\(both.error)")
        }
    }

    @Test(arguments: SamplingOption.all.map(\.name))
    func `a broken value is refused by -o and by a template in the same words`(name: String) throws {
        let option = try #require(SamplingOption.named(name))
        let text =
            switch option.kind {
            case .number: "hot"
            case .count: "1.5"
            case .oneOf: "1"
            case .choice: "maybe"
            case .text, .texts(allowsBlank: false): "  "
            case .texts(allowsBlank: true): ""
            case .biases: "42:x"
            }
        let sentence = SamplingOptionError(name: name, kind: option.kind, foundText: text).description
        let home = try Home()
        let given = try home.run("generate", "--prompt", "x", "-o", "\(name)=\(text)")
        #expect(given.status == 2)
        #expect(given.error.contains("\(sentence) Give it as -o \(name)="), "\(given.error)")
        try home.write(template("sampling: {\(name): \"\(text)\"}"), to: "config/templates/notes.md")
        let check = try home.run("templates", "check")
        #expect(check.status == 1)
        #expect(check.output.contains("notes.md:6:"))
        #expect(check.output.contains("\(sentence) Write it as '\(name): "), "\(check.output)")
    }

    @Test func `the check of templates finds a broken grammar, with its place`() throws {
        let home = try Home()
        try home.write(template("sampling:\n  top_k: 5\n  grammar: 'root ::= ('"), to: "config/templates/notes.md")
        let check = try home.run("templates", "check")
        #expect(check.status == 1)
        #expect(check.output.contains("notes.md:8:12: The grammar"), "\(check.output)")
        try home.write(template("sampling: {json_schema: '{\"type\": \"objekt\"}'}"), to: "schema.md")
        let schema = try home.run("templates", "check", "schema.md")
        #expect(schema.output.hasPrefix("schema.md:6:25: The ") && schema.output.contains("'type'"), "\(schema.output)")
    }

    @Test func `a name that does not exist gets a sentence with the nearest one`() throws {
        let run = try Home().run("generate", "--prompt", "x", "-o", "banned_phrases=very")
        #expect(run.status == 2)
        #expect(
            run.error.contains("There is no option 'banned_phrases'. Did you mean 'banned_phrase'? The options are:"))
    }

    @Test func `likelihoods are told for the option as for the flag`() throws {
        let home = try Home()
        try home.write(template("sampling: {logprobs: 2, max_tokens: 3}"), to: "config/templates/notes.md")
        for arguments in [["notes"], ["notes", "-o", "logprobs=2"], ["notes", "--logprobs", "2"]] {
            let given = ["-p", "topic=tea", "-n", "1", "--seed", "1", "--json", "--no-save"]
            let run = try home.run(["generate"] + arguments + given)
            let positions = try #require(try run.objects("drafts").first?["logprobs"] as? [[String: Any]])
            #expect((positions.first?["top"] as? [[String: Any]])?.count == 2)
        }
        let silent = try home.run("generate", "notes", "-o", "logprobs=2")
        #expect(silent.status == 2 && silent.error.contains("Add --json."), "\(silent.error)")
        let twice = try home.run("generate", "notes", "-o", "logprobs=2", "--logprobs", "2", "--json")
        #expect(twice.status == 2 && twice.error.contains("Give it once."), "\(twice.error)")
    }

    @Test(
        .enabled(if: tmuxPath != nil, "tmux is not installed"),
        arguments: [["json_schema"], ["json_schema", "grammar"]])
    func `the rows of the studio's dialog write what -o writes`(without left: [String]) throws {
        let home = try Home()
        try home.write(template("sampling: {max_tokens: 12}"), to: "config/templates/aaa/notes.md")
        // A draft has a grammar or a schema, and with neither its text tells more.
        let options = SamplingOption.all.filter { !left.contains($0.name) }
        let given = options.map(\.commandLineExample).joined(separator: " ")
        let expected = try outcome(
            bash(home, "generate notes -p topic=tea -n 2 --seed 42 --json --no-save --threads 1 \(given)"))
        let session = try StudioSession(home: home, rows: 24, columns: 100)
        try session.wait(for: "built-in")
        try session.press("/")
        try session.type("notes")
        try session.press("Enter", "Enter")
        try session.wait(for: "Topic")
        try session.type("tea")
        try session.press("F3")
        try session.wait(for: "The common 11 of 39 options")
        let rows =
            options.map { ($0.name, $0.dialogExample, $0.label) } + [
                ("variants", "2", "Variants"), ("seed", "42", "Seed"),
            ]
        for (name, text, label) in rows {
            try session.press("C-f", "C-u")
            try session.type(name)
            try session.wait(for: "to the results")
            try session.press("Enter")
            try session.wait("the row \(label)") { $0.contains("› \(label)") || $0.contains("›•\(label)") }
            try session.press("C-u")
            try session.type(text)
        }
        try session.wait(for: "›•Seed")
        try session.press("Enter")
        try session.wait("the dialog's end") { !$0.contains("Parameters ─") }
        try session.press("C-g")
        try session.wait("the end of both drafts") { screen in
            screen.contains(" B ─") && !["writing", "waiting", "reading"].contains { screen.contains($0) }
        }
        try session.press("q")
        try session.wait(for: "ended with 0")
        let kept = try (1...2).map { try outcome(home.run("history", "show", "\($0)", "--json")) }
        #expect(kept.map(\.options) == [expected.options, expected.options])
        #expect(kept.flatMap(\.texts) == expected.texts)
        #expect(expected.texts.allSatisfy { !$0.isEmpty })
    }
}
