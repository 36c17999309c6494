// What commands and the studio do with config.yaml.

import Foundation
import Testing

@Suite struct `Settings in use` {
    /// A home with a second model, `tiny`, in a folder of models of the user's own.
    private func homeWithModel() throws -> Home {
        let home = try Home()
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        try FileManager.default.createDirectory(atPath: home.path("more"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: home.path("more/tiny.gguf"),
            withDestinationPath: root.appending(path: "Sources/CEmbed/built-in.gguf").path)
        return home
    }

    private func generation(_ home: Home, _ arguments: String...) throws -> [String: Any] {
        let run = try home.run(
            ["generate", "--prompt", "Tea.", "-n", "1", "--seed", "1", "--json", "-o", "max_tokens=2"] + arguments)
        #expect(run.status == 0, "\(run.error)")
        return try #require(try run.json["generation"] as? [String: Any])
    }

    /// The origins of the options that `inspect prompt` shows.
    private func origins(_ home: Home, _ arguments: String...) throws -> [String: String] {
        let run = try home.run(["inspect", "prompt", "--json"] + arguments)
        #expect(run.status == 0 && run.error.isEmpty, "\(run.error)")
        return Dictionary(
            uniqueKeysWithValues: try run.objects("options").map {
                ($0["name"] as? String ?? "", $0["origin"] as? String ?? "")
            })
    }

    @Test func `the model of config yaml writes unless another is given`() throws {
        let home = try homeWithModel()
        try home.write("model: tiny\nmodels: {folders: [\"\(home.path("more"))\"]}\n", to: "config/config.yaml")
        #expect(try generation(home)["model"] as? String == "tiny")
        #expect(try generation(home, "-m", "built-in")["model"] as? String == "built-in")
        #expect(try home.run("models", "list").output.contains("\ntiny "))
        #expect(try home.run("models", "show", "--json").output.contains("\"name\" : \"tiny\""))
        #expect(try home.run("config", "unset", "model").status == 0)
        #expect(try generation(home)["model"] as? String == "built-in")
    }

    @Test func `the model of config yaml chooses no drafts, but that of -m does, by name and by path`() throws {
        let home = try homeWithModel()
        _ = try generation(home)
        try home.write("model: tiny\nmodels: {folders: [\"\(home.path("more"))\"]}\n", to: "config/config.yaml")
        _ = try generation(home)
        #expect(try home.run("history", "list", "--json").objects("generations").count == 2)
        #expect(try home.run("export", "1", "--format", "txt").status == 0)
        #expect(try home.run("export", "--all", "--format", "jsonl").output.split(separator: "\n").count == 2)
        #expect(try home.run("export", "--format", "txt").status == 2)
        for model in ["tiny", home.path("more/tiny.gguf")] {
            let found = try home.run("history", "list", "-m", model, "--json").objects("generations")
            #expect(found.map { $0["model"] as? String } == ["tiny"])
        }
    }

    @Test func `models default sets it, if there is such a model`() throws {
        let home = try homeWithModel()
        #expect(try home.run("models", "default").output == "built-in\n")
        let unknown = try home.run("models", "default", "tiny")
        #expect(
            unknown.status == 1
                && unknown.error.hasPrefix("copydesk: There is no model 'tiny'. The models are: built-in."))
        #expect(!FileManager.default.fileExists(atPath: home.settings))
        #expect(try home.run("models", "default", "more/tiny.gguf").status == 0)
        #expect(try home.settingsText() == "model: \(home.path("more/tiny.gguf"))\n")
        #expect(try generation(home)["model"] as? String == "tiny")
        #expect(try home.run("models", "default", "built-in").status == 0)
        #expect(try home.settingsText() == "model: built-in\n")
    }

    @Test func `a model that is not there is named with the line it stands on`() throws {
        let home = try Home()
        try home.write("\nmodel: gone\n", to: "config/config.yaml")
        for arguments in [["generate", "--prompt", "Tea."], ["bench"], ["inspect", "logits", "--ids", "1"]] {
            let run = try home.run(arguments)
            #expect(
                run.status == 1
                    && run.error
                        == "copydesk: There is no model 'gone'. The models are: built-in. Name one of them, give the path "
                        + "of a GGUF file or of a model folder, or put it into \(home.path("data/models")). `copydesk models pull "
                        + "OWNER/REPO` downloads one. The model is named in \(home.settings):2. -m names another one.\n",
                "\(run.error)")
        }
    }

    @Test func `an option comes from the nearest place that sets it`() throws {
        let home = try Home()
        try home.write(
            """
            sampling: {temperature: 0.1, top_k: 10, min_p: 0.1, typical_p: 0.9}
            per_model: {built-in: {sampling: {top_k: 20, min_p: 0.2}}, other: {sampling: {top_k: 30}}}

            """, to: "config/config.yaml")
        try home.write(
            "---\nname: Mine\nsampling: {temperature: 0.3, min_p: 0.3}\n---\nWrite.\n", to: "config/templates/mine.md")
        #expect(
            try origins(home, "mine", "-o", "min_p=0.4") == [
                "temperature": "template", "top_k": "modelSettings", "min_p": "commandLine", "typical_p": "settings",
                "tidy": "template",
            ])
        #expect(
            try origins(home, "--prompt", "Tea.") == [
                "temperature": "settings", "top_k": "modelSettings", "min_p": "modelSettings", "typical_p": "settings",
            ])
        let plain = try home.run("inspect", "prompt", "mine", "-o", "min_p=0.4")
        let bare = try Home().run("inspect", "prompt", "--prompt", "Write.")
        #expect(plain.output == bare.output && bare.error.isEmpty)
        #expect(
            plain.error == """
                temperature: 0.3 (template)
                top_k: 20 (per_model in config.yaml)
                min_p: 0.4 (command line)
                typical_p: 0.9 (sampling in config.yaml)
                tidy: "on" (template)

                """)
    }

    @Test func `the settled options are kept with the drafts`() throws {
        let home = try Home()
        try home.write(
            "sampling: {temperature: 0.1}\nper_model: {built-in: {sampling: {top_k: 20}}}\n", to: "config/config.yaml")
        let options = try #require(try generation(home, "-o", "min_p=0.4")["options"] as? [String: Any])
        #expect(options["temperature"] as? Double == 0.1 && options["top_k"] as? Int == 20)
        #expect(options["min_p"] as? Double == 0.4 && options["top_p"] as? Double == 0.95)
    }

    @Test func `problems are said once, and stop nothing`() throws {
        let home = try Home()
        try home.write("modle: a\nsampling: {temperature: hot, top_k: 20}\n", to: "config/config.yaml")
        let run = try home.run("inspect", "prompt", "--prompt", "Tea.", "--json")
        #expect(run.status == 0)
        #expect(
            run.error == """
                copydesk: \(home.settings):1:1: config.yaml has no key 'modle'. Did you mean 'model'?
                copydesk: \(home.settings):2:25: temperature takes a number from 0 to 5, and 'hot' is not one. Write it as \
                'temperature: 0.9'.

                """)
        #expect(try run.objects("options").map { $0["name"] as? String } == ["top_k"])
        let doctor = try home.run("doctor")
        #expect(doctor.status == 1)
        #expect(
            doctor.output.contains(
                "✗ settings: \(home.settings):1:1: config.yaml has no key 'modle'. Did you mean 'model'? "
                    + "`copydesk config list` shows 1 problem more.\n"))
        #expect(!doctor.error.contains("modle"))
    }

    @Test(arguments: [
        "broken: [\n", "\u{0}", "model: \"a", String(repeating: "x", count: 1_100_000), "- a\n", "\tmodel: a\n",
    ])
    func `no file of settings keeps a command from working`(text: String) throws {
        let home = try Home()
        try home.write(text, to: "config/config.yaml")
        let run = try home.run("models", "list")
        #expect(run.status == 0 && run.output.hasPrefix("built-in "))
        #expect(run.error.hasPrefix("copydesk: \(home.settings):"), "\(run.error.prefix(300))")
    }

    @Test func `a folder, a pipe or a closed file in its place is said too`() throws {
        let home = try Home()
        try FileManager.default.createDirectory(atPath: home.settings, withIntermediateDirectories: true)
        #expect(
            try home.run("models", "list").error.hasPrefix(
                "copydesk: \(home.settings): This is a folder, and a file of settings must be a file. Move it away.\n"))
        try FileManager.default.removeItem(atPath: home.settings)
        #expect(mkfifo(home.settings, 0o600) == 0)
        #expect(
            try home.run("models", "list").error.hasPrefix(
                "copydesk: \(home.settings): This is not a regular file, and a file of settings must be one. Move it away.\n"
            ))
    }
}

@Suite(.enabled(if: tmuxPath != nil, "tmux is not installed"), .serialized)
struct `Settings in the studio` {
    @Test func `ASCII, the options of a form and a problem of the file are seen`() throws {
        let home = try Home()
        try home.write(
            "studio: {ascii: true}\nsampling: {temperature: 1.3}\nmodle: a\n", to: "config/config.yaml")
        let studio = try StudioSession(home: home, rows: 30, columns: 150)
        let screen = try studio.wait(for: "config.yaml has no key 'modle'. Did you mean 'model'?")
        #expect(!screen.contains("│") && !screen.contains("─"))
        try studio.press("f")
        try studio.wait(for: "temp 1.3")
    }
}
