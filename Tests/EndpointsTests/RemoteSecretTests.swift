import Endpoints
import Generation
import ScriptedServer
import Testing

private let key = "sk-0123456789abcdef"
private let headerKey = "hd_9876543210fedcba"

@Suite struct `A secret that a server sends back` {
    private static func generator(_ server: ScriptedServer) -> RemoteGenerator {
        remoteGenerator(server, key: key) { $0.headers = ["X-Auth": "Bearer \(headerKey)", "X-Title": "Fresh tea"] }
    }

    private static func everything(_ drafts: RemoteDrafts) -> String { "\(drafts.events) \(drafts.error ?? "")" }

    /// In one piece, in two, and character by character.
    @Test(arguments: [1, 7, 100])
    func `is taken out of the text, the thoughts and what is kept of the answer`(size: Int) async throws {
        @Sendable func cut(_ text: String) -> [String] {
            var rest = text[...]
            var pieces: [String] = []
            while !rest.isEmpty {
                pieces.append(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            return pieces
        }
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            for piece in cut("I know \(headerKey)") { reply.event(textChunk(piece, field: "reasoning_content")) }
            for piece in cut("It is \(key), or Bearer \(headerKey). Fresh tea, sk-0123") {
                reply.event(textChunk(piece))
            }
            reply.event(#"{"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"\#(key)"}]}"#)
        }
        defer { server.close() }
        let drafts = await write(Self.generator(server))
        #expect(drafts.text == "It is [key], or [key]. Fresh tea, sk-0123")
        #expect(drafts.reasoning[0] == "I know [key]" && drafts.details[0]?.reasoning == "I know [key]")
        #expect(drafts.server?.finishReason == "[key]")
        #expect(drafts.notices == ["The server ended the draft with '[key]'."])
        let all = Self.everything(drafts)
        #expect(!all.contains(key) && !all.contains(headerKey))
    }

    @Test func `is taken out of the model's name and the likelihoods`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            for part in [key.prefix(9), key.dropFirst(9)] {
                reply.event(
                    #"{"model":"\#(key)","choices":[{"index":0,"delta":{"content":"\#(part)"},"#
                        + #""logprobs":{"content":[{"token":"\#(part)","logprob":-1}]}}]}"#)
            }
            reply.event(endChunk())
        }
        defer { server.close() }
        let drafts = await write(Self.generator(server), remoteRequest { $0.sampling.alternatives = 1 })
        #expect(drafts.text == "[key]" && drafts.server?.answeredModel == "[key]" && drafts.notices == [])
        #expect(!drafts.events.contains { if case .alternatives = $0 { true } else { false } })
    }

    @Test(arguments: ["Location: http://other/?k=", "Location: /v1/?k="])
    func `is taken out of the place that the server sends to`(location: String) async throws {
        for secret in [key, headerKey] {
            let server = try ScriptedServer { _, reply in reply.answer("302 Found", [location + secret], "") }
            defer { server.close() }
            let drafts = await write(Self.generator(server))
            #expect(drafts.error?.contains("?k=[key]") == true, "\(drafts.error ?? "no error")")
        }
    }

    @Test func `is taken out of failures, before the text and inside it`() async throws {
        for hasText in [true, false] {
            let server = try ScriptedServer { _, reply in
                reply.beginEvents()
                if hasText { reply.event(textChunk("Tea")) }
                reply.event(#"{"error":{"message":"not \#(headerKey)","code":"\#(key)"}}"#)
            }
            defer { server.close() }
            let all = Self.everything(await write(Self.generator(server)))
            #expect(all.contains("not [key]") && !all.contains(key) && !all.contains(headerKey))
        }
    }
}
