import Endpoints
import Generation
import ScriptedServer
import Testing

@Suite struct `A server that writes more tokens than were asked for` {
    /// Writes until the client is gone.
    private static func endless(_ event: @escaping @Sendable (Int) -> String) throws -> (ScriptedServer, RequestCounter)
    {
        let gone = RequestCounter()
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            var number = 0
            while reply.event(event(number)) {
                number += 1
                guard number < 200_000 else { return }
            }
            _ = gone.next()
        }
        return (server, gone)
    }

    @Test func `without end is ended, and its text stays`() async throws {
        let (server, gone) = try Self.endless { textChunk(" word\($0 % 10)") }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server), remoteRequest { $0.sampling.maxTokens = 32 })
        let text = try #require(drafts.text)
        #expect(text.hasPrefix("word0 word1 word2") && text.count > 32 * 5 && text.count < 2000)
        #expect(drafts.reason == .length && drafts.error == nil)
        #expect(
            drafts.notices == [
                "The draft was ended here: local does not keep the limit of 32 tokens and wrote far more."
            ])
        #expect(try await gone.reaches(1))
    }

    @Test func `in one piece is cut`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.stream([String(repeating: "Ähre ", count: 80_000)])
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server), remoteRequest { $0.sampling.maxTokens = 32 })
        let text = try #require(drafts.text)
        #expect(text.hasPrefix("Ähre Ähre") && text.utf8.count <= 32 * 4 * 8)
        #expect(drafts.reason == .length && drafts.notices.count == 1)
    }

    @Test func `of thoughts without end is ended`() async throws {
        let thought = String(repeating: "hm ", count: 4000)
        let (server, gone) = try Self.endless { _ in textChunk(thought, field: "reasoning_content") }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server), remoteRequest { $0.sampling.maxTokens = 32 })
        #expect(drafts.reason == .failed && drafts.error?.contains("thought without end") == true)
        #expect((10_000...300_000).contains(drafts.reasoning[0]?.count ?? 0))
        #expect(try await gone.reaches(1))
    }

    @Test func `of one of two drafts is ended when the other one is complete`() async throws {
        let gone = RequestCounter()
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            reply.event(textChunk("Short", index: 1))
            reply.event(endChunk(index: 1))
            for _ in 0..<200_000 where !reply.event(textChunk(" more", index: 0)) {
                _ = gone.next()
                return
            }
        }
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server) { $0.usesN = true }, remoteRequest(2) { $0.sampling.maxTokens = 8 })
        #expect(drafts.texts[1] == "Short" && drafts.reasons == [0: .length, 1: .stop])
        #expect(try await gone.reaches(1))
    }

    /// A piece for each token, each character or each line; tokens that are long; thoughts that are not counted.
    @Test(arguments: [
        (Array(repeating: " extraordinary", count: 16), 16), (Array(repeating: "x", count: 100), 20),
        ([String(repeating: "Donaudampfschiff ", count: 20)], 80), (["天", "地"], 2), ([" internationalization"], 1),
    ])
    func `is not one that keeps them, however it cuts its text`(pieces: [String], maxTokens: Int) async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            for _ in 0..<3000 { reply.event(textChunk("Hm, ", field: "reasoning_content")) }
            for piece in pieces { reply.event(textChunk(piece)) }
            reply.event(endChunk("length"))
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server), remoteRequest { $0.sampling.maxTokens = maxTokens })
        #expect(drafts.text?.filter { $0 != " " } == pieces.joined().filter { $0 != " " })
        #expect(drafts.reasoning[0]?.count == 12_000 && drafts.notices == [])
    }

    @Test(arguments: ["500", "-1", " null"])
    func `because the endpoint's own fields ask for them is not cut`(value: String) async throws {
        let server = try ScriptedServer { _, reply in reply.stream(Array(repeating: " word", count: 500)) }
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server) { $0.body = ["max_tokens": value] }, remoteRequest { $0.sampling.maxTokens = 8 })
        #expect(drafts.reason == .stop && drafts.text?.count == 2499 && drafts.notices == [])
    }
}
