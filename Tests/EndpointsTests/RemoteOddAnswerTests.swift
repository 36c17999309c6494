import Endpoints
import Generation
import ScriptedServer
import Testing

/// Each odd answer has a sentence of its own, so that nobody shortens a prompt because of a proxy.
@Suite struct `An odd answer of a server` {
    private static func error(_ script: @escaping @Sendable (ScriptedReply) -> Void) async throws -> String {
        let server = try ScriptedServer { _, reply in script(reply) }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.texts == [:])
        return try #require(drafts.error)
    }

    @Test(arguments: ["\u{0}\u{1}\u{2}garbage\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n", "HTTP/9.9 99999999 OK\r\n\r\n"])
    func `that is no HTTP is told as such`(bytes: String) async throws {
        let error = try await Self.error { $0.send(bytes) }
        #expect(error.contains("no answer in HTTP") && error.contains("Check the address"), "\(error)")
    }

    @Test(arguments: [(1, 3 << 20), (3000, 1000)])
    func `with an endless head is told as such`(lines: Int, length: Int) async throws {
        let error = try await Self.error { reply in
            reply.send("HTTP/1.1 200 OK\r\n")
            for number in 0..<lines where !reply.send("X-\(number): \(String(repeating: "y", count: length))\r\n") {
                return
            }
            reply.send("\r\n")
        }
        #expect(error.contains("head of its answer is far too long"), "\(error)")
    }

    @Test func `that is compressed is told as such`() async throws {
        let error = try await Self.error {
            $0.answer("200 OK", type: "text/event-stream", ["Content-Encoding: gzip"], "\u{1F}")
        }
        #expect(error.hasPrefix("local sent a compressed answer (gzip), although none was asked for"), "\(error)")
    }

    @Test func `without a body is told as such`() async throws {
        let error = try await Self.error { $0.send("HTTP/1.1 204 No Content\r\n\r\n") }
        #expect(error.hasPrefix("local answered with status 204 and no text at all."), "\(error)")
    }

    @Test func `that is good and holds no byte is told as such`() async throws {
        let error = try await Self.error { $0.answer("200 OK", "") }
        #expect(error.hasPrefix("local answered with status 200 and no text at all."), "\(error)")
    }

    @Test func `that ends inside its first event is told as such`() async throws {
        let error = try await Self.error { $0.answer("200 OK", type: "text/event-stream", [], "data: {\"ch") }
        #expect(error.hasPrefix("The answer of local ended in the middle of its first piece."), "\(error)")
    }

    @Test func `that never ends and is no stream is ended`() async throws {
        let gone = RequestCounter()
        let block = String(repeating: " ", count: 1 << 20)
        let error = try await Self.error { reply in
            reply.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")
            for _ in 0..<200 where !reply.send(block) {
                _ = gone.next()
                return
            }
        }
        #expect(error.hasPrefix("local sent more than 32 MiB"), "\(error)")
        #expect(try await gone.reaches(1))
    }

    @Test func `that asks for an absurd wait is told without a number`() async throws {
        let error = try await Self.error { $0.answer("429 Slow", ["Retry-After: 99999999999"], "{}") }
        #expect(
            error
                == "local takes no request for a very long time. Check the account there, or use another endpoint.")
        let failure = ServerFailure(.rateLimited(retryAfter: 1e300), retryAfter: 1e300)
        #expect("\(failure)".hasSuffix("It asks to wait a very long time; check the account there."))
    }
}
