// Sessions of the studio with a scripted server of models, and with a scripted Hub.

import Drafting
import Foundation
import Generation
import ScriptedServer
import Studio
import Templates
import Testing

@testable import copydesk

/// A server with one model. It cuts every new answer off, and ends an answer that goes on.
private func scriptedModel() throws -> ScriptedServer {
    try ScriptedServer { request, reply in
        guard request.method == "POST" else { return reply.answer(body: #"{"data":[{"id":"tiny"}]}"#) }
        let messages = request.json["messages"] as? [[String: Any]] ?? []
        let goesOn = messages.last?["role"] as? String == "assistant"
        reply.beginEvents()
        for piece in goesOn ? [" the", " ships."] : ["The keeper", " counted"] {
            reply.event(#"{"choices":[{"index":0,"delta":{"content":"\#(piece)"}}]}"#)
        }
        guard goesOn else { return }
        reply.event(#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#)
        reply.event("[DONE]")
    }
}

extension ScriptedReply {
    fileprivate func answer(body: String) { answer("200 OK", [], body) }
}

/// A Hub with one repository, whose one file is the program's own model.
private func scriptedHub(pause: Double) throws -> ScriptedServer {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/CEmbed/built-in.gguf")
    let bytes = [UInt8](try Data(contentsOf: file))
    let sum = try Home().run(["-c", "sha256sum '\(file.path)'"], program: URL(filePath: "/bin/sh")).output.prefix(64)
    let commit = String(repeating: "a", count: 40)
    return try ScriptedServer { request, reply in
        let path = request.path.split(separator: "?")[0]
        if path.contains("/tree/") {
            return reply.answer(
                body: #"[{"type":"file","path":"tiny-Q8_0.gguf","size":\#(bytes.count),"#
                    + #""lfs":{"oid":"\#(sum)","size":\#(bytes.count)}}]"#)
        }
        guard path.contains("/resolve/") else {
            return reply.answer(body: #"{"id":"me/tiny","sha":"\#(commit)","cardData":{"license":"mit"}}"#)
        }
        let range = request.header("range").flatMap { $0.firstMatch(of: /bytes=(\d+)-/) }.flatMap { Int($0.1) }
        let start = range ?? 0
        let lines = [
            range == nil ? "HTTP/1.1 200 OK" : "HTTP/1.1 206 Partial Content", "Content-Length: \(bytes.count - start)",
            "ETag: \"\(sum)\"", "X-Linked-Etag: \"\(sum)\"", "X-Linked-Size: \(bytes.count)",
            "X-Repo-Commit: \(commit)",
            "Content-Range: bytes \(start)-\(bytes.count - 1)/\(bytes.count)", "Connection: close",
        ]
        let head = range == nil ? lines.filter { !$0.hasPrefix("Content-Range") } : lines
        reply.send(head.joined(separator: "\r\n") + "\r\n\r\n")
        guard request.method == "GET" else { return }
        for piece in stride(from: start, to: bytes.count, by: 500_000) {
            guard reply.send(Array(bytes[piece..<min(piece + 500_000, bytes.count)])) else { return }
            reply.pause(pause)
        }
    }
}

@Suite(.enabled(if: tmuxPath != nil, "tmux is not installed"), .serialized)
struct `Sessions of the studio with servers` {
    /// A home in which no model of another program is found.
    private func home(endpoint url: String? = nil) throws -> Home {
        let home = try Home()
        home.environment["HOME"] = home.path("home")
        let settings = url.map { "endpoints: [{name: local, url: \"\($0)/v1\"}]\n" } ?? ""
        try home.write(settings, to: "config/config.yaml")
        return home
    }

    @Test func `a draft that a server cuts off goes on by a key, and keeps its text`() throws {
        let server = try scriptedModel()
        let home = try home(endpoint: server.url)
        let studio = try StudioSession(home: home, rows: 30, columns: 120)
        try studio.wait(for: "Article headline")
        try studio.press("m")
        try studio.wait(for: "local/tiny")
        try studio.press("/")
        try studio.type("local")
        try studio.wait(for: "› local/tiny")
        try studio.press("Enter", "Enter")
        try studio.wait("the server's model in use") { !$0.contains("Models") && $0.contains(" local/tiny") }
        try studio.press("f")
        try studio.wait(for: "Prompt")
        try studio.type("Tell a story.")
        try studio.press("C-g")
        try studio.wait(for: "cut off by the server · c continues")
        try studio.wait("both drafts") { $0.components(separatedBy: "The keeper counted").count == 3 }
        try studio.press("c")
        try studio.wait(for: "The keeper counted the ships.")
        try studio.press("i")
        try studio.wait(for: "Server: local")
        try studio.press("q", "q")
        try studio.wait(for: "ended with 0")
        let drafts = try home.run("history", "search", "keeper", "--json").objects("drafts")
        let texts = drafts.compactMap { $0["text"] as? String }
        #expect(texts.sorted() == ["The keeper counted", "The keeper counted", "The keeper counted the ships."])
    }

    @Test func `a server that does not answer is told in the list of models, and holds nothing up`() throws {
        let silent = try ScriptedServer { _, reply in reply.pause(60) }
        let home = try home(endpoint: silent.url)
        let studio = try StudioSession(home: home, rows: 30, columns: 120)
        try studio.wait(for: "Article headline")
        try studio.press("m")
        try studio.wait(for: "asking local…")
        try studio.wait(for: "› built-in")
        try studio.press("q", "f")
        try studio.wait(for: "Prompt")
        try studio.press("F2")
        try studio.wait(for: "gives no list")
        try studio.press("C-c")
        try studio.wait("the dialog closed") { !$0.contains("gives no list") }
        try studio.press("C-c")
        try studio.wait(for: "ended with 0")
    }

    @Test func `a model is downloaded while one drafts, and a download that is left goes on at the next start`() throws
    {
        let hub = try scriptedHub(pause: 0.3)
        let home = try home()
        let environment = ["HF_ENDPOINT": hub.url]
        let studio = try StudioSession(home: home, rows: 30, columns: 120, environment: environment)
        try studio.wait(for: "gets a better one")
        try studio.press("m")
        try studio.wait(for: "Get a model…")
        try studio.press("n")
        try studio.wait(for: "Good small models")
        try studio.press("n")
        try studio.type("me/tiny")
        try studio.press("Enter")
        try studio.wait(for: "Licence: mit.")
        try studio.press("y")
        try studio.wait(for: "Going on")
        try studio.press("q", "f")
        try studio.wait(for: "Prompt")
        try studio.wait(for: "getting tiny-Q8_0")
        try studio.press("C-c")
        let end = try studio.wait(for: "ended with 0")
        #expect(end.contains("tiny-Q8_0: the download is not finished. Its part is kept"))

        let again = try StudioSession(home: home, rows: 30, columns: 120, environment: environment)
        try again.wait(for: "Article headline")
        try again.press("m")
        try again.wait(for: "Get a model…")
        try again.press("n")
        try again.wait(for: "Not finished")
        try again.press("Enter")
        try again.wait(for: "tiny-Q8_0 is here: Enter uses it")
        try again.press("Enter")
        try again.wait("the new model in use") { !$0.contains("Get a model") && $0.contains(" tiny-Q8_0") }
        try again.press("q")
        try again.wait(for: "ended with 0")
        #expect(FileManager.default.fileExists(atPath: home.path("data/models/tiny-Q8_0.gguf")))
    }
}

@Suite struct `A draft that goes on, as an order` {
    private func request(_ source: StudioRequest.Source, limits: LengthLimits = .init()) -> StudioRequest {
        var request = StudioRequest(source: source, title: "My title", variantCount: 1, limits: limits)
        request.beginning = "The keeper counted"
        request.parentDraftId = 12
        request.relation = .continue
        return request
    }

    @Test func `ends with its text as the answer that has begun, and gets the rest of the limits`() throws {
        let limits = LengthLimits(characters: 40)
        let order = try DraftOrder(
            request(.template(name: "article-headline", fields: ["topic": "tides"]), limits: limits),
            templates: .builtIn)
        guard case .chat(let messages) = order.request.prompt else { return #expect(Bool(false), "no chat") }
        #expect(messages.last == Message(.assistant, "The keeper counted"))
        #expect(order.request.variantCount == 1 && order.request.limits.characters == 22)
        #expect(order.parentDraftId == 12 && order.relation == .continue && order.title == "My title")
    }

    @Test func `of a raw prompt is the prompt with its text`() throws {
        let order = try DraftOrder(request(.freePrompt(text: "Once. ", raw: true)), templates: .builtIn)
        #expect(order.request.prompt == .raw("Once. The keeper counted"))
    }

    @Test func `a soft limit that is reached does not end it`() throws {
        let limits = LengthLimits(words: 2, hard: false)
        let order = try DraftOrder(
            request(.freePrompt(text: "Write.", raw: false), limits: limits), templates: .builtIn)
        #expect(order.request.limits.isEmpty)
    }
}

@Suite struct `What the studio is told of a server's answer` {
    @Test func `waits and notices reach it`() {
        let wait = GeneratorWait(.loading, seconds: 3)
        #expect(GenerationMessage(.generation(.waiting(wait))) == .waiting(wait))
        #expect(GenerationMessage(.generation(.waiting(nil))) == .waiting(nil))
        #expect(GenerationMessage(.generation(.notice("No top_k."))) == .notice("No top_k."))
    }
}
