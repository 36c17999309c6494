// `copydesk config`: settings shown and changed, and what is said of a broken file.

import Foundation
import Testing

extension Home {
    var settings: String { path("config/config.yaml") }

    func settingsText() throws -> String { try String(contentsOfFile: settings, encoding: .utf8) }
}

@Suite struct `The config command` {
    @Test func `path prints the file, there or not`() throws {
        let home = try Home()
        let run = try home.run("config", "path")
        #expect(run.status == 0 && run.output == home.settings + "\n" && run.error.isEmpty)
    }

    @Test func `list shows every setting, its value, and where it comes from`() throws {
        let home = try Home()
        try home.write(
            "model: tiny\nsampling: {temperature: 0.3}\nper_model:\n  a.b: {sampling: {top_k: 4}}\nstudio: {theme: dark}\n",
            to: "config/config.yaml")
        let run = try home.run("config", "list")
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
        #expect(lines.contains(["model", "\"tiny\"", "(config.yaml:1)"]))
        #expect(lines.contains(["sampling.temperature", "0.3", "(config.yaml:2)"]))
        #expect(lines.contains(["sampling.top_p", "0.95", "(default)"]))
        #expect(lines.contains(["per_model.a.b.sampling.top_k", "4", "(config.yaml:4)"]))
        #expect(lines.contains(["studio.ascii", "false", "(default)"]))
        #expect(run.error == "copydesk: \(home.settings):5:10: 'studio.theme' is not used by this version.\n")
    }

    @Test func `list as JSON has the same, with the problems`() throws {
        let home = try Home()
        try home.write("model: tiny\nmodle: x\nstudio: {mouse: true}\n", to: "config/config.yaml")
        let run = try home.run("config", "list", "--json")
        #expect(run.status == 0)
        let settings = try run.objects("settings")
        let model = try #require(settings.first { $0["name"] as? String == "model" })
        #expect(model["value"] as? String == "tiny" && model["default"] as? String == "built-in")
        #expect(model["line"] as? Int == 1)
        let temperature = try #require(settings.first { $0["name"] as? String == "sampling.temperature" })
        #expect(temperature["value"] as? Double == 0.7 && temperature["line"] is NSNull)
        let problem = try #require(try run.objects("problems").first)
        #expect(problem["line"] as? Int == 2 && problem["column"] as? Int == 1)
        #expect(problem["reason"] as? String == "config.yaml has no key 'modle'. Did you mean 'model'?")
        #expect(try run.objects("unused").count == 1)
        #expect(try run.json["file"] as? String == home.settings)
    }

    @Test func `set makes the file, changes one value and keeps comments`() throws {
        let home = try Home()
        #expect(try home.run("config", "set", "sampling.temperature", "0.8").status == 0)
        #expect(try home.settingsText() == "sampling:\n  temperature: 0.8\n")
        try home.write("# mine\nsampling: # all\n  temperature: 0.8 # calm\n", to: "config/config.yaml")
        for arguments in [
            ["sampling.temperature", "1"], ["sampling.presence_penalty", "-0.5"], ["sampling.stop", "a b", "--", "-c"],
            ["sampling.logit_bias", "42:-5", "7:1.5"], ["model", "tiny"], ["studio.ascii", "yes"],
            ["models.folders", "~/models", "/data"], ["per_model.a.b.sampling.top_k", "3"],
        ] {
            let run = try home.run(["config", "set"] + arguments)
            #expect(run.status == 0 && run.output.isEmpty && run.error.isEmpty, "\(arguments): \(run.error)")
        }
        #expect(
            try home.settingsText() == """
                # mine
                sampling: # all
                  temperature: 1 # calm
                  presence_penalty: -0.5
                  stop: ["a b", "-c"]
                  logit_bias: {7: 1.5, 42: -5}
                model: tiny
                studio:
                  ascii: true
                models:
                  folders: ["~/models", "/data"]
                per_model:
                  a.b:
                    sampling:
                      top_k: 3

                """)
        #expect(try home.run("config", "get", "sampling.stop").output == "a b\n-c\n")
        #expect(try home.run("config", "get", "sampling.presence_penalty").output == "-0.5\n")
        #expect(try home.run("config", "get", "studio.ascii").output == "true\n")
        #expect(try home.run("config", "get", "sampling.grammar").output == "")
        let setting = try #require(try home.run("config", "get", "model", "--json").json["setting"] as? [String: Any])
        #expect(setting["value"] as? String == "tiny" && setting["line"] as? Int == 7)
        #expect(try home.run("config", "unset", "per_model.a.b.sampling.top_k").status == 0)
        #expect(try home.run("config", "unset", "model").status == 0)
        #expect(try home.run("config", "get", "model").output == "built-in\n")
        #expect(try !home.settingsText().contains("per_model") && home.settingsText().hasPrefix("# mine\n"))
    }

    @Test(arguments: [
        (
            ["set", "sampling.temperature", "hot"],
            "sampling.temperature takes a number from 0 to 5, and 'hot' is not one. "
                + "Give it as: copydesk config set sampling.temperature 0.9"
        ),
        (
            ["set", "sampling.temperature"],
            "sampling.temperature takes a number from 0 to 5, and no value is given. "
                + "Give it as: copydesk config set sampling.temperature 0.9"
        ),
        (
            ["set", "sampling.temperature", "1", "2"],
            "sampling.temperature takes one value, and 2 are given. "
                + "Give it as: copydesk config set sampling.temperature 0.9"
        ),
        (
            ["set", "studio.ascii", "perhaps"],
            "studio.ascii takes true or false, and 'perhaps' is not one. "
                + "Give it as: copydesk config set studio.ascii true"
        ),
        (["set", "sampling.temprature", "1"], "Did you mean 'sampling.temperature'?"),
        (["get", "modle"], "There is no setting 'modle'. Did you mean 'model'?"),
        (
            ["get", "zzzz"],
            "There is no setting 'zzzz'. Choose one from the list of settings. `copydesk config list` shows it."
        ),
        (
            ["unset", "models"],
            "There is no setting 'models'. The settings below it are models.folders, models.use_caches."
        ),
        (["set", "studio.theme", "dark"], "'studio.theme' is not used by this version, so it cannot be set."),
        (["get", "studio.mouse"], "'studio.mouse' is not used by this version"),
        (["set", "endpoints", "x"], "copydesk endpoints add local http://127.0.0.1:8080/v1"),
    ])
    func `wrong usage has a sentence and leaves the file alone`(arguments: [String], sentence: String) throws {
        let home = try Home()
        let run = try home.run(["config"] + arguments)
        #expect(run.status == 2 && run.error.contains(sentence), "\(run.error)")
        #expect(!FileManager.default.fileExists(atPath: home.settings))
    }

    @Test func `set never destroys a file that it cannot keep`() throws {
        let home = try Home()
        let broken = "model: \"a\nsampling: {\n"
        try home.write(broken, to: "config/config.yaml")
        let run = try home.run("config", "set", "model", "b")
        #expect(run.status == 1 && run.error.hasSuffix("The file was left as it is.\n"), "\(run.error)")
        #expect(run.error.hasPrefix("copydesk: \(home.settings):1:8: This is not YAML"))
        #expect(try home.settingsText() == broken)

        try FileManager.default.removeItem(atPath: home.settings)
        try Data([0x61, 0xFF]).write(to: URL(filePath: home.settings))
        #expect(try home.run("config", "set", "model", "b").error.contains("config.yaml:1:2: The text is not UTF-8"))
        #expect(try Data(contentsOf: URL(filePath: home.settings)) == Data([0x61, 0xFF]))

        try FileManager.default.removeItem(atPath: home.settings)
        try FileManager.default.createDirectory(atPath: home.settings, withIntermediateDirectories: true)
        let folder = try home.run("config", "set", "model", "b")
        #expect(
            folder.error
                == "copydesk: \(home.settings): This is a folder, and a file of settings must be a file. Move it away. "
                + "The file was left as it is.\n")
    }

    @Test func `a symbolic link is followed, and the mode stays`() throws {
        let home = try Home()
        try home.write("model: a\n", to: "dotfiles/copydesk.yaml")
        try FileManager.default.createDirectory(atPath: home.path("config"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: home.settings, withDestinationPath: home.path("dotfiles/copydesk.yaml"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o640], ofItemAtPath: home.path("dotfiles/copydesk.yaml"))
        #expect(try home.run("config", "set", "model", "b").status == 0)
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: home.settings)
                == home.path("dotfiles/copydesk.yaml"))
        #expect(try String(contentsOfFile: home.path("dotfiles/copydesk.yaml"), encoding: .utf8) == "model: b\n")
        let mode = try FileManager.default.attributesOfItem(atPath: home.path("dotfiles/copydesk.yaml"))[
            .posixPermissions]
        #expect(mode as? Int == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path("dotfiles")) == ["copydesk.yaml"])
    }

    @Test func `edit makes a file that says how, and checks it afterwards`() throws {
        let home = try Home()
        try home.write("#!/bin/sh\necho 'modle: a' >> \"$1\"\n", to: "editor")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: home.path("editor"))
        home.environment["VISUAL"] = nil
        home.environment["EDITOR"] = "true"
        let first = try home.run("config", "edit")
        #expect(first.status == 0 && first.output.isEmpty && first.error.isEmpty)
        let skeleton = try home.settingsText()
        #expect(skeleton.contains("# model: ") && skeleton.contains("#   temperature: "))
        #expect(skeleton.split(separator: "\n").allSatisfy { $0.hasPrefix("#") })
        home.environment["EDITOR"] = home.path("editor")
        let second = try home.run("config", "edit")
        let line = skeleton.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(
            second.status == 1
                && second.error
                    == "copydesk: \(home.settings):\(line):1: config.yaml has no key 'modle'. Did you mean 'model'?\n"
        )
        #expect(try home.settingsText() == skeleton + "modle: a\n")
        home.environment["EDITOR"] = "false"
        let failed = try home.run("config", "edit")
        #expect(
            failed.status == 1
                && failed.error
                    == "copydesk: The editor false ended with status 1. The file is as it left it: \(home.settings)\n"
        )
    }
}
