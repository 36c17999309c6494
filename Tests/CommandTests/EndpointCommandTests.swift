// `copydesk endpoints` and `copydesk keys`: servers and their keys, and that no key is ever seen.

import Foundation
import ScriptedServer
import Testing

private let secret = "sk-hunter2-0123456789"

@Suite struct `The endpoints command` {
    @Test func `adds, lists and removes a server, and leaves the rest of the file as it is`() throws {
        let home = try Home()
        try home.write("# mine\nmodel: built-in # small\n", to: "config/config.yaml")
        let added = try home.run("endpoints", "add", "local", "http://127.0.0.1:8080/v1", "--key-env", "LOCAL_KEY")
        #expect(added.status == 0 && added.output.isEmpty)
        let more = try home.run(
            "endpoints", "add", "far", "https://example.org/v1", "--parallel", "4", "--use-n", "--style", "chat",
            "--ca-file", "ca.pem", "--header", "X-Title=copydesk", "--timeout", "idle=0", "--insecure")
        #expect(more.status == 0 && more.error.contains("not checked"))
        let text = try home.settingsText()
        #expect(text.hasPrefix("# mine\nmodel: built-in # small\n"))
        let list = try home.run("endpoints", "list", "--json").objects("endpoints")
        #expect(list.map { $0["name"] as? String } == ["local", "far"])
        #expect(list[0]["url"] as? String == "http://127.0.0.1:8080/v1" && list[0]["key_env"] as? String == "LOCAL_KEY")
        #expect(list[0]["key"] is NSNull)
        #expect(list[1]["parallel"] as? Int == 4 && list[1]["use_n"] as? Bool == true)
        #expect(list[1]["style"] as? String == "chat" && list[1]["headers"] as? [String] == ["X-Title"])
        #expect((list[1]["timeouts"] as? [String: Double])?["idle"] == 0)
        #expect(
            list[1]["ca_file"] as? String == home.path("ca.pem")
                || (list[1]["ca_file"] as? String)?.hasSuffix("/ca.pem") == true)
        #expect(try home.run("endpoints", "remove", "far").status == 0)
        #expect(try home.run("endpoints", "remove", "local").status == 0)
        #expect(try home.settingsText() == "# mine\nmodel: built-in # small\n")
        let empty = try home.run("endpoints")
        #expect(empty.status == 0 && empty.error.contains("copydesk endpoints add"))
    }

    @Test(arguments: [
        (["local", "http://x"], 1, "There is an endpoint 'local' already."),
        (["a", "ftp://x"], 2, "does not begin with http:// or https://"),
        (["a", "localhost:8080"], 2, "does not begin with http:// or https://"),
        (["a/b", "http://x"], 2, "cannot name an endpoint"), (["..", "http://x"], 2, "names a folder"),
        (["a", "http://me:hunter2@x"], 2, "has a user or a password in it"),
        (["a", "http://x", "--key-env", "sk-hunter2"], 2, "--key-env takes the name of an environment variable"),
        (["a", "http://x", "--parallel", "0"], 2, "--parallel takes a number from 1 to 64"),
        (["a", "http://x", "--style", "talk"], 2, "--style is auto, chat or completions"),
        (["a", "http://x", "--timeout", "idel=3"], 2, "Did you mean 'idle'?"),
        (["a", "http://x", "--timeout", "idle=-3"], 2, "takes seconds from 0 to 86400"),
        (["a", "http://x", "--header", "a b=c"], 2, "is not the name of a header"),
    ])
    func `refuses what cannot be one, and the file stays`(arguments: [String], status: Int32, sentence: String) throws {
        let home = try Home()
        let file = "endpoints: [{name: local, url: \"http://127.0.0.1:1\"}]\n"
        try home.write(file, to: "config/config.yaml")
        let run = try home.run(["endpoints", "add"] + arguments)
        #expect(run.status == status && run.error.contains(sentence), "\(run.error)")
        #expect(!run.error.contains("hunter2"))
        #expect(try home.settingsText() == file)
    }

    @Test func `names the nearest of an unknown one`() throws {
        let home = try Home()
        try home.write("endpoints: [{name: local, url: \"http://127.0.0.1:1\"}]\n", to: "config/config.yaml")
        for command in [["endpoints", "test"], ["endpoints", "remove"], ["keys", "set"]] {
            let run = try home.run(command + ["locall"])
            #expect(run.status == 1 && run.error.contains("Did you mean 'local'?"), "\(command) \(run.error)")
        }
        let run = try Home().run("endpoints", "test", "local")
        #expect(run.status == 1 && run.error.contains("copydesk endpoints add local"))
    }

    @Test func `tests a server that works, step by step`() throws {
        let home = try Home()
        let server = try ServerScript.writer(key: secret) { _ in ["Hi"] }
        try home.add(server, ", key_env: LOCAL_KEY")
        home.environment["LOCAL_KEY"] = secret
        let run = try home.run("endpoints", "test", "local")
        #expect(run.status == 0, "\(run.output) \(run.error)")
        #expect(run.output.contains("✓ address") && run.output.contains("✓ key") && run.output.contains("✓ writing"))
        let report = try home.run("endpoints", "test", "local", "--json").json
        #expect(report["usable"] as? Bool == true && report["models"] as? [String] == ["tiny", "owner/big"])
        #expect((report["steps"] as? [[String: Any]])?.count == 4)
    }

    @Test func `a wrong key and a server that is not there end with status 1`() throws {
        let home = try Home()
        let server = try ServerScript.writer(key: "another") { _ in ["Hi"] }
        try home.add(server, ", key_env: LOCAL_KEY")
        home.environment["LOCAL_KEY"] = secret
        let refused = try home.run("endpoints", "test", "local")
        #expect(refused.status == 1 && refused.output.contains("✗ key") && refused.error.contains("keys set local"))
        #expect(!(refused.output + refused.error).contains(secret))
        server.close()
        let gone = try home.run("endpoints", "test", "local", "--json")
        #expect(gone.status == 1)
        #expect(try gone.json["usable"] as? Bool == false)
    }
}

@Suite struct `The keys command` {
    private func home() throws -> Home {
        let home = try Home()
        try home.write(
            "endpoints: [{name: local, url: \"http://127.0.0.1:1/v1\", key_env: LOCAL_KEY}]\n", to: "config/config.yaml"
        )
        return home
    }

    @Test func `keeps a key of standard input for its owner alone, and shows only its name`() throws {
        let home = try home()
        let set = try home.run("keys", "set", "local", input: "  \(secret)\n")
        #expect(set.status == 0 && set.output.isEmpty)
        let attributes = try FileManager.default.attributesOfItem(atPath: home.path("config/keys.json"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let keys = try home.run("keys", "list", "--json")
        #expect(try keys.objects("keys").map { $0["name"] as? String } == ["local"])
        #expect(try keys.objects("keys")[0]["from"] as? String == "keys.json")
        for command in [["keys"], ["endpoints"], ["endpoints", "list", "--json"], ["doctor"], ["config", "list"]] {
            let run = try home.run(command)
            #expect(!(run.output + run.error).contains(secret), "\(command)")
        }
        home.environment["LOCAL_KEY"] = "another"
        #expect(try home.run("endpoints", "list", "--json").objects("endpoints")[0]["key"] as? String == "environment")
        #expect(try home.run("endpoints", "remove", "local").error.contains("copydesk keys remove local"))
        #expect(try home.run("keys", "remove", "local").status == 0)
        #expect(try home.run("keys", "list", "--json").objects("keys").isEmpty)
    }

    @Test func `a key is no argument, is not repeated, and an empty one is refused`() throws {
        let home = try home()
        let argument = try home.run("keys", "set", "local", secret)
        #expect(argument.status == 2 && argument.error.contains("A key is no argument"))
        #expect(!argument.error.contains(secret))
        let option = try home.run("keys", "set", "local", "--key", secret)
        #expect(option.status == 2 && !option.error.contains(secret), "\(option.error)")
        let empty = try home.run("keys", "set", "local", input: "\n")
        #expect(empty.status == 1 && empty.error.contains("is empty"))
        let broken = try home.run("keys", "set", "local", input: "\(secret)\nsecond")
        #expect(broken.status == 1 && !broken.error.contains(secret))
        #expect(!FileManager.default.fileExists(atPath: home.path("config/keys.json")))
        #expect(try home.run("keys", "remove", "local").status == 1)
    }

    @Test func `a file of keys that is broken is said and stays`() throws {
        let home = try home()
        try home.write("{\"local\": ", to: "config/keys.json")
        let run = try home.run("keys", "set", "local", input: secret)
        #expect(run.status == 1 && run.error.contains("not JSON"))
        #expect(try String(contentsOfFile: home.path("config/keys.json"), encoding: .utf8) == "{\"local\": ")
        let generate = try home.run("generate", "--prompt", "Hi", "-m", "local/tiny")
        #expect(generate.status == 1 && generate.error.contains("not JSON"))
    }
}
