// `copydesk generate -m ENDPOINT/MODEL`: what a person and a script get of a server.

import Foundation
import ScriptedServer
import Testing

private let secret = "sk-hunter2-0123456789"

@Suite struct `Generating with a server` {
    @Test func `asks once for each variant, with seeds one after another, and says who answered`() throws {
        let home = try Home()
        let server = try ServerScript.writer { ["Draft ", "\($0.json["seed"] ?? "?")"] }
        try home.add(server)
        let run = try home.run(
            "generate", "--prompt", "Hi", "-m", "local/owner/big", "-n", "2", "--seed", "3", "--json", "-o",
            "max_tokens=32")
        #expect(run.status == 0, "\(run.error)")
        let drafts = try run.objects("drafts")
        #expect(drafts.map { $0["text"] as? String } == ["Draft 3", "Draft 4"])
        #expect(drafts.allSatisfy { $0["cutOff"] as? Bool == false && $0["finishReason"] as? String == "stop" })
        let reports = drafts.compactMap { $0["server"] as? [String: Any] }
        #expect(reports.map { $0["seed"] as? Int } == [3, 4])
        #expect(reports[0]["endpoint"] as? String == "local" && reports[0]["askedModel"] as? String == "owner/big")
        #expect(reports[0]["answeredModel"] as? String == "tiny-answered")
        #expect((try run.json["generation"] as? [String: Any])?["model"] as? String == "local/owner/big")
        let asked = server.requests.filter { $0.path == "/v1/chat/completions" }
        #expect(asked.map { $0.json["model"] as? String } == ["owner/big", "owner/big"])
        #expect(asked.allSatisfy { ($0.json["n"] as? Int ?? 1) == 1 && $0.json["max_tokens"] as? Int == 32 })
        let shown = try home.run("history", "show", "1")
        #expect(shown.output.contains("server") && shown.output.contains("answered with tiny-answered"))
    }

    @Test func `the oldest example of such a client works`() throws {
        let home = try Home()
        let server = try ServerScript.writer { _ in ["Paris", " END of it"] }
        try home.add(server)
        let run = try home.run(
            "generate", "--prompt", "What is the capital of France?", "--raw", "-m", "local/model", "-n", "1", "-o",
            "max_tokens=10", "-o", "temperature=0.5", "-o", "stop=END")
        #expect(run.status == 0, "\(run.error)")
        #expect(run.output.trimmingCharacters(in: .whitespacesAndNewlines) == "Paris")
        let asked = try #require(server.requests.last)
        #expect(asked.path == "/v1/completions" && asked.json["prompt"] as? String == "What is the capital of France?")
        #expect(asked.json["max_tokens"] as? Int == 10 && asked.json["temperature"] as? Double == 0.5)
        #expect(asked.json["stop"] as? [String] == ["END"] || asked.json["stop"] as? String == "END")
    }

    @Test func `a stream that breaks off leaves its text, marked, and goes on from there`() throws {
        let home = try Home()
        let server = try ServerScript.writer(end: nil) { _ in ["Tea is", " a"] }
        try home.add(server)
        let run = try home.run("generate", "--prompt", "Write of tea.", "-m", "local/tiny", "--seed", "1")
        #expect(run.output.contains("Tea is a"))
        #expect(
            run.error.contains("was cut off") && run.error.contains("copydesk generate --continue 1"), "\(run.error)")
        let shown = try home.run("history", "show", "1", "--json").objects("drafts")
        #expect(shown[0]["cutOff"] as? Bool == true && shown[0]["finishReason"] as? String == "cutOff")
        #expect(try home.run("history", "show", "1").output.contains("cut off: the server's stream ended"))
        #expect(try home.run("export", "1", "--format", "json").output.contains("\"cutOff\" : true"))
        let other = try ServerScript.writer { _ in [" drink."] }
        try home.add(other)
        let rest = try home.run("generate", "--continue", "1", "--json")
        #expect(rest.status == 0, "\(rest.error)")
        #expect(try rest.objects("drafts")[0]["text"] as? String == "Tea is a drink.")
        let generation = try #require(try rest.json["generation"] as? [String: Any])
        #expect(generation["relation"] as? String == "continue" && generation["parentDraftId"] as? Int == 1)
        #expect(generation["model"] as? String == "local/tiny")
        let messages = other.requests.last?.json["messages"] as? [[String: Any]]
        #expect(messages?.last?["role"] as? String == "assistant")
        #expect((messages?.last?["content"] as? String)?.hasPrefix("Tea is") == true)
    }

    @Test func `keys are in no output, no store, no export and no error`() throws {
        let home = try Home()
        let server = try ScriptedServer { request, reply in
            let key = request.header("authorization") ?? ""
            reply.answer("401 Unauthorized", body: #"{"error":{"message":"wrong key: \#(key)","code":401}}"#)
        }
        try home.add(server, ", headers: {api-key: \(secret)-header}")
        #expect(try home.run("keys", "set", "local", input: secret).status == 0)
        let run = try home.run("generate", "--prompt", "Hi", "-m", "local/tiny", "--json")
        #expect(run.status == 1 && run.error.contains("copydesk keys set"), "\(run.error)")
        #expect(server.requests.last?.header("authorization") == "Bearer \(secret)")
        let shown = try home.run("history", "list", "--json")
        let test = try home.run("endpoints", "test", "local", "--json")
        for text in [run.output, run.error, shown.output, test.output, test.error] { #expect(!text.contains(secret)) }
        let kept = try home.keptBytes(except: "keys.json", "config.yaml")
        #expect(kept.count > 1000 && kept.firstRange(of: Array(secret.utf8)) == nil)
    }

    @Test func `where nothing can be written the status is 1 and the sentence says why`() throws {
        let home = try Home()
        let server = try ServerScript.writer { _ in [] }
        try home.add(server)
        server.close()
        let gone = try home.run("generate", "--prompt", "Hi", "-m", "local/tiny", "--no-save")
        #expect(gone.status == 1 && gone.error.contains("127.0.0.1"), "\(gone.error)")
        let unknown = try home.run("generate", "--prompt", "Hi", "-m", "locl/tiny")
        #expect(unknown.status == 1 && unknown.error.contains("local/tiny"), "\(unknown.error)")
        #expect(unknown.error.contains("The servers are: local;"))
        let bare = try home.run("generate", "--prompt", "Hi", "-m", "local")
        #expect(bare.status == 1 && bare.error.contains("local/MODEL"), "\(bare.error)")
        for command in [["bench"], ["inspect", "tokens"], ["inspect", "prompt", "--prompt", "x"]] {
            let run = try home.run(command + ["-m", "local/tiny"])
            #expect(
                run.status == 1 && run.error.contains("is a model of the server 'local'"), "\(command) \(run.error)")
        }
    }

    @Test func `thoughts stand beside the text`() throws {
        let home = try Home()
        let server = try ServerScript.writer { _ in ["<think>\nHm", "m.</think>\n\nHello."] }
        try home.add(server)
        let run = try home.run("generate", "--prompt", "Hi", "-m", "local/tiny", "--json")
        let draft = try #require(try run.objects("drafts").first)
        #expect(draft["text"] as? String == "Hello." && draft["reasoning"] as? String == "Hmm.")
    }

    @Test func `a wait that is set on the command line ends the request`() throws {
        let home = try Home()
        let server = try ScriptedServer { _, reply in reply.pause(20) }
        try home.add(server)
        let run = try home.run(
            "generate", "--prompt", "Hi", "-m", "local/tiny", "--timeout", "first_byte=0.2", "--no-save")
        #expect(
            run.status == 1 && run.error.contains("0.2") && run.error.contains("--timeout first_byte=0"), "\(run.error)"
        )
        #expect(try home.run("generate", "--prompt", "Hi", "--timeout", "first=1").status == 2)
    }
}

@Suite struct `Continuing from the command line` {
    @Test func `a model of this machine goes on from the draft's text`() throws {
        let home = try Home()
        let first = try home.run(
            "generate", "--prompt", "Once upon a time", "--raw", "-o", "max_tokens=8", "--seed", "1", "--json")
        let text = try #require(try first.objects("drafts")[0]["text"] as? String)
        let rest = try home.run("generate", "--continue", "1", "-n", "2", "--seed", "2", "--json")
        #expect(rest.status == 0, "\(rest.error)")
        let texts = try rest.objects("drafts").compactMap { $0["text"] as? String }
        #expect(texts.count == 2 && texts.allSatisfy { $0.hasPrefix(text) && $0.utf8.count > text.utf8.count })
    }

    @Test(arguments: [
        (["--continue", "9"], 1, "no draft 9"), (["--continue", "1", "--prompt", "x"], 2, "--prompt cannot be given"),
        (["slogan", "--continue", "1"], 2, "'slogan' cannot be given"),
        (["--continue", "1", "-o", "grammar=root ::= \"a\""], 2, "takes no grammar"),
    ])
    func `refuses what cannot be continued`(arguments: [String], status: Int32, sentence: String) throws {
        let home = try Home()
        _ = try home.run("generate", "--prompt", "Once", "--raw", "-o", "max_tokens=4")
        let run = try home.run(["generate"] + arguments)
        #expect(run.status == status && run.error.localizedCaseInsensitiveContains(sentence), "\(run.error)")
    }
}
