import Foundation
import Testing
import Transfer

/// The program as a server, which ends with the value.
private final class ServingProgram {
    let process = Process()
    let url: String
    private let errors: URL

    /// - Throws: if it does not say within 30 seconds that it listens.
    init(_ home: Home, _ arguments: String...) throws {
        errors = home.folder.appending(path: "serve-\(UUID().uuidString).err")
        try Data().write(to: errors)
        process.executableURL = executable
        process.arguments = ["serve", "--port", "0"] + arguments
        process.environment = home.environment
        process.currentDirectoryURL = home.folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let end = ContinuousClock.now + .seconds(30)
        var line: String?
        while line == nil, process.isRunning, ContinuousClock.now < end {
            usleep(20_000)
            let text = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
            line = text.split(separator: "\n").first { $0.hasPrefix("Listening on ") }.map(String.init)
        }
        let words = try #require(line, "it does not listen").split(separator: " ").map(String.init)
        #expect(words.dropFirst(3).joined(separator: " ") == "· model built-in")
        url = words[2]
    }

    deinit { process.terminate() }

    func fetch(_ path: String, _ body: String? = nil) throws -> (status: Int, json: [String: Any]) {
        let (head, bytes) = try HTTPClient().fetch(
            HTTPRequest(
                body == nil ? "GET" : "POST", url + path, headers: [HTTPHeader("Content-Type", "application/json")],
                body: body.map { Array($0.utf8) }))
        let json = try JSONSerialization.jsonObject(with: Data(bytes))
        return (head.status, try #require(json as? [String: Any]))
    }
}

@Suite struct `serve` {
    @Test func `writes the texts that generate writes, says where it listens, and ends on SIGINT`() throws {
        let home = try Home()
        let server = try ServingProgram(home)
        let models = try server.fetch("/models").json["data"] as? [[String: Any]]
        #expect(models?.first?["id"] as? String == "built-in")

        let answer = try server.fetch(
            "/chat/completions",
            #"{"messages":[{"role":"user","content":"Once upon a time"}],"n":2,"seed":3,"max_tokens":12,"temperature":0.9}"#
        )
        #expect(answer.status == 200)
        let choices = try #require(answer.json["choices"] as? [[String: Any]])
        let texts = choices.map { ($0["message"] as? [String: Any])?["content"] as? String }
        let own = try Home().run(
            "generate", "--prompt", "Once upon a time", "-n", "2", "--seed", "3", "-o", "max_tokens=12", "-o",
            "temperature=0.9", "--json", "--no-save")
        let drafts = try own.objects("drafts").map { $0["text"] as? String }
        #expect(texts == drafts && texts.count == 2 && texts[0]?.isEmpty == false && texts[0] != texts[1])

        let long = String(repeating: "many words ", count: 2000)
        let refused = try server.fetch("/completions", "{\"prompt\":\"\(long)\"}")
        #expect(refused.status == 400)
        #expect((refused.json["error"] as? [String: Any])?["code"] as? String == "context_length_exceeded")

        kill(server.process.processIdentifier, SIGINT)
        server.process.waitUntilExit()
        #expect(server.process.terminationReason == .exit && server.process.terminationStatus == 130)
        #expect(!FileManager.default.fileExists(atPath: home.path("data")), "nothing is kept")
    }

    @Test(arguments: [
        (["--port", "70000"], 2, "--port takes a number from 0 to 65535"), (["--host", "0.0.0.0"], 1, "--key-env"),
        (["--key-env", "NO_SUCH_VARIABLE"], 2, "NO_SUCH_VARIABLE"),
        (["-m", "nothing"], 1, "There is no model 'nothing'"),
    ])
    func `says in a sentence why it does not begin`(arguments: [String], status: Int32, part: String) throws {
        let run = try Home().run(["serve", "--port", "0"] + arguments)
        #expect(run.status == status && run.error.contains(part), "\(run.error)")
    }
}
