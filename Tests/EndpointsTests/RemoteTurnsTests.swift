import Generation
import ScriptedServer
import Testing

@testable import Endpoints

@Suite struct `A server whose chat template refuses a conversation` {
    /// As llama.cpp's server writes it: its account of the template, and the template's words at the end.
    private static func refusal(_ words: String) -> String {
        let account =
            "Unable to generate parser for this template. Automatic parser generation failed: \n------------\n"
            + "While executing CallExpression at line 1, column 222 in source:\n...op.index0 % 2 == 0) %}{{ "
            + "raise_exception('\(words.prefix(30))...\n\(String(repeating: " ", count: 43))^\n"
            + "Error: Jinja Exception: \(words)"
        return #"{"error":{"code":400,"message":\#(quoted(account)),"type":"invalid_request_error"}}"#
    }

    private static let alternate = "Conversation roles must alternate user/assistant/user/assistant/..."

    /// Takes turns of user and assistant in turns; system text at the beginning, if `takesSystem`.
    private func strictServer(takesSystem: Bool, _ body: @escaping @Sendable (String) -> String) throws
        -> ScriptedServer
    {
        try ScriptedServer { request, reply in
            var roles = (request.json["messages"] as? [[String: String]] ?? []).map { $0["role"] ?? "" }
            if takesSystem, roles.first == "system" { roles.removeFirst() }
            if !takesSystem, roles.contains("system") {
                return reply.answer("400 Bad Request", body("System role not supported"))
            }
            guard roles.indices.allSatisfy({ roles[$0] == ($0 % 2 == 0 ? "user" : "assistant") }) else {
                return reply.answer("400 Bad Request", body(Self.alternate))
            }
            reply.stream(["Fine"])
        }
    }

    private func sent(_ server: ScriptedServer) -> [String] {
        (server.requests.last?.json["messages"] as? [[String: String]] ?? [])
            .map { "\($0["role"] ?? ""): \($0["content"] ?? "")" }
    }

    private func request(_ messages: [Message]) -> GenerationRequest {
        remoteRequest { $0.prompt = .chat(messages) }
    }

    @Test func `gets joined turns once, and that is said`() async throws {
        let server = try strictServer(takesSystem: true, Self.refusal)
        defer { server.close() }
        let generator = remoteGenerator(server)
        let messages = [
            Message(.system, "Be short."), Message(.assistant, "Hello."), Message(.user, "One."),
            Message(.user, "Two."),
        ]
        let drafts = await write(generator, request(messages))
        #expect(drafts.text == "Fine" && drafts.error == nil)
        #expect(server.requests.count == 2)
        #expect(
            sent(server) == ["system: Be short.", "user: …", "assistant: Hello.", "user: One.\n\nTwo."])
        #expect(
            drafts.notices == [
                "The model's chat template takes no answer before the user's first turn, so a turn of '…' was put "
                    + "there, and no two turns of one side in a row, so they were joined."
            ])
        // From then on it is known, and a conversation that needs no change gets none.
        let again = await write(generator, request(messages))
        #expect(again.text == "Fine" && again.notices == drafts.notices && server.requests.count == 3)
        let plain = await write(generator, request([Message(.user, "One.")]))
        #expect(plain.text == "Fine" && plain.notices.isEmpty && server.requests.count == 4)
    }

    @Test func `gets system text inside a turn of the user if it takes none`() async throws {
        let server = try strictServer(takesSystem: false, Self.refusal)
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server), request([Message(.system, "Be short."), Message(.user, "One.")]))
        #expect(drafts.text == "Fine" && server.requests.count == 2)
        #expect(sent(server) == ["user: Be short.\n\nOne."])
        #expect(
            drafts.notices == [
                "The model's chat template takes no system text, so it was put into the user's turns."
            ])
    }

    @Test(arguments: [
        #"{"object":"error","message":"WORDS","type":"BadRequestError","code":400}"#, #"{"detail":"WORDS"}"#,
        #"{"error":{"message":"WORDS","type":"server_error","code":500}}"#,
    ])
    func `is understood in the shapes of other servers`(shape: String) async throws {
        let server = try strictServer(takesSystem: true) { shape.replacing("WORDS", with: $0) }
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server), request([Message(.user, "One."), Message(.user, "Two.")]))
        #expect(drafts.text == "Fine" && sent(server) == ["user: One.\n\nTwo."])
    }

    @Test func `is told in the template's words if no form helps`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.answer("400 Bad Request", Self.refusal(Self.alternate))
        }
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server),
            request([Message(.system, "Be short."), Message(.user, "One."), Message(.user, "Two.")]))
        // As it is, with joined turns, and without a message of the system.
        #expect(server.requests.count == 3)
        let address = server.url.dropFirst("http://".count)
        #expect(
            drafts.error
                == "The chat template of the model at \(address) does not take this conversation (400: "
                + "\(Self.alternate)). Change the order of its turns, or use another model.")
        let plain = await write(remoteGenerator(server), request([Message(.user, "One.")]))
        #expect(server.requests.count == 4 && plain.error == drafts.error)
    }

    @Test func `goes on with the beginning of an answer behind joined turns`() async throws {
        let server = try ScriptedServer { request, reply in
            let messages = request.json["messages"] as? [[String: String]] ?? []
            guard messages.count == 2 else { return reply.answer("400 Bad Request", Self.refusal(Self.alternate)) }
            // The beginning is repeated, as llama.cpp's server does.
            reply.stream([messages[1]["content"] ?? "", " a time"])
        }
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server),
            request([Message(.user, "A"), Message(.user, "B"), Message(.assistant, "Once upon")]))
        #expect(drafts.text == " a time")
    }
}
