import Generation
import ScriptedServer
import Testing

@testable import Endpoints

@Suite struct `The measure of a prompt for a server` {
    private let text = "The harbour was quiet this morning, and the boats came home early."

    private func measure(
        _ generator: RemoteGenerator, _ prompt: GenerationRequest.Prompt
    ) async throws -> PromptMeasure {
        try #require(try await generator.measure(GenerationRequest(prompt: prompt, seed: 0)))
    }

    private func estimate(_ prompt: GenerationRequest.Prompt) async throws -> PromptMeasure {
        let endpoint = EndpointSettings(name: "nobody", url: "http://127.0.0.1:9/v1")
        return try await measure(RemoteGenerator(endpoint: endpoint, model: "m", key: nil), prompt)
    }

    /// llama.cpp's server: a template that shows roles, and a token for each word.
    private func llamaServer(
        _ script: @escaping @Sendable (ScriptedRequest, ScriptedReply) -> Bool = { _, _ in false }
    ) throws -> ScriptedServer {
        try ScriptedServer { request, reply in
            if script(request, reply) { return }
            switch request.path {
            case "/v1/models":
                reply.answer("200 OK", #"{"data":[{"id":"m","owned_by":"llamacpp"}]}"#)
            case "/apply-template":
                let messages = request.json["messages"] as? [[String: String]] ?? []
                let prompt = messages.map { "<\($0["role"] ?? "")> \($0["content"] ?? "")" } + ["<assistant>"]
                reply.answer("200 OK", #"{"prompt":\#(quoted(prompt.joined(separator: " ")))}"#)
            case "/tokenize":
                let words = (request.json["content"] as? String ?? "").split(separator: " ").count
                let isWhole = request.json["add_special"] as? Bool == true
                let tokens = [Int](repeating: 7, count: words + (isWhole ? 1 : 0))
                reply.answer("200 OK", #"{"tokens":\#(tokens)}"#)
            default: reply.answer("404 Not Found", #"{"error":{"message":"File Not Found","code":404}}"#)
            }
        }
    }

    @Test func `is an estimate by the length of the texts if no server answers`() async throws {
        let raw = try await estimate(.raw(text))
        #expect(!raw.isExact && raw.tokenCount == 17)
        let chat = try await estimate(.chat([Message(.system, text), Message(.user, text)]))
        #expect(!chat.isExact && chat.tokenCount == 2 * 17 + 12)
        #expect(try await estimate(.raw("今天港口很安静")).tokenCount == 7)
    }

    @Test func `grows with ten thousand turns`() async throws {
        let turns = (0..<10_000).map { Message($0 % 2 == 0 ? .user : .assistant, "Turn \($0).") }
        let all = try await estimate(.chat(turns)), fewer = try await estimate(.chat(Array(turns.prefix(9_999))))
        #expect(all.tokenCount > fewer.tokenCount && fewer.tokenCount > 50_000)
    }

    @Test func `is the server's own count if it is llama.cpp's, asked for once for each text`() async throws {
        let server = try llamaServer()
        defer { server.close() }
        let generator = remoteGenerator(server, key: "sk-1")
        let messages = [Message(.system, "Be short."), Message(.user, text)]
        let chat = try await measure(generator, .chat(messages))
        // The begin token, three roles, and the words.
        #expect(chat == PromptMeasure(tokenCount: 1 + 3 + 2 + 12, isExact: true))
        #expect(server.requests.map(\.path) == ["/v1/models", "/apply-template", "/tokenize"])
        #expect(server.requests.allSatisfy { $0.header("authorization") == "Bearer sk-1" })
        let body = server.requests[1].json
        #expect(body["stream"] == nil && body.values.allSatisfy { "\($0)" != "<null>" })
        #expect(try await measure(generator, .chat(messages)) == chat && server.requests.count == 3)
        #expect(try await measure(generator, .raw("Three more words")) == PromptMeasure(tokenCount: 4, isExact: true))
        #expect(server.requests.count == 4 && server.requests[3].json["parse_special"] as? Bool == true)
    }

    @Test func `is an estimate for other servers, which are asked once what they are`() async throws {
        let server = try llamaServer { request, reply in
            guard request.path == "/v1/models" else { return false }
            reply.answer("200 OK", #"{"data":[{"id":"m","owned_by":"somebody"}]}"#)
            return true
        }
        defer { server.close() }
        let generator = remoteGenerator(server)
        #expect(try await !measure(generator, .raw(text)).isExact)
        #expect(try await !measure(generator, .raw("More")).isExact)
        #expect(server.requests.map(\.path) == ["/v1/models"])
    }

    @Test func `is an estimate if an older llama.cpp cannot tell, and it is not asked again`() async throws {
        let server = try llamaServer { request, reply in
            guard request.path != "/v1/models" else { return false }
            reply.answer("404 Not Found", #"{"error":{"message":"File Not Found","code":404}}"#)
            return true
        }
        defer { server.close() }
        let generator = remoteGenerator(server)
        for text in ["One", "Two"] { #expect(try await !measure(generator, .raw(text)).isExact) }
        #expect(server.requests.map(\.path) == ["/v1/models", "/tokenize"])
    }

    @Test(arguments: [#"{"tokens":7}"#, "{}", "no JSON", #"{"prompt":null}"#])
    func `is an estimate if the answer makes no sense`(answer: String) async throws {
        let server = try llamaServer { request, reply in
            guard request.path != "/v1/models" else { return false }
            reply.answer("200 OK", answer)
            return true
        }
        defer { server.close() }
        let found = try await measure(remoteGenerator(server), .chat([Message(.user, text)]))
        #expect(found == PromptMeasure(tokenCount: 17 + 8, isExact: false))
    }

    @Test func `is an estimate for a conversation that the template refuses, and exact for the next one`() async throws
    {
        let server = try llamaServer { request, reply in
            guard request.path == "/apply-template", request.bodyText.contains("system") else { return false }
            reply.answer("400 Bad Request", #"{"error":{"message":"Jinja Exception: System role not supported"}}"#)
            return true
        }
        defer { server.close() }
        let generator = remoteGenerator(server)
        #expect(try await !measure(generator, .chat([Message(.system, "S"), Message(.user, "A b")])).isExact)
        #expect(
            try await measure(generator, .chat([Message(.user, "A b")])) == PromptMeasure(tokenCount: 5, isExact: true))
    }

    @Test func `asks a server elsewhere only once its answer has shown what it is`() throws {
        #expect(
            try ServerAddress("http://127.0.0.1:8080").isLoopback && ServerAddress("http://localhost/v1").isLoopback)
        #expect(try ServerAddress("http://[::1]:80/v1").isLoopback)
        for other in ["http://127.0.0.1.example.org/v1", "https://example.org", "http://192.168.0.2:80/v1"] {
            #expect(try !ServerAddress(other).isLoopback)
        }
    }
}
