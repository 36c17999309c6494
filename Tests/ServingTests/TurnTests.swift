import Foundation
import Generation
import Synchronization
import Testing
import Transfer

@testable import Serving

/// A generator that begins, writes a piece and then waits until it is stopped or let go.
private final class SlowGenerator: Sendable {
    let mayEnd = StopSignal()
    let hasBegun = DispatchSemaphore(value: 0)
    let wasStopped = DispatchSemaphore(value: 0)

    var generator: FakeGenerator {
        FakeGenerator { [self] request, stopSignal, report in
            report(.started(prompt: "", promptTokens: 1))
            if case .raw(let text) = request.prompt { report(.text(text, variant: 0)) }
            hasBegun.signal()
            while !mayEnd.isRaised, !stopSignal.isRaised { usleep(1000) }
            if stopSignal.isRaised { wasStopped.signal() }
            report(.draftFinished(variant: 0, reason: stopSignal.isRaised ? .stopped : .stop, tokenCount: 1))
        }
    }
}

private func post(_ body: String, headers: String = "") -> String {
    "POST /completions HTTP/1.1\r\nHost: localhost\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

@Suite struct `Requests that wait and requests that end early` {
    @Test(arguments: [true, false])
    func `the writing stops when the client has gone`(streams: Bool) async throws {
        let slow = SlowGenerator()
        let server = try RunningServer(slow.generator)
        try await blocking { [port = server.server.port] in
            let client = try RawClient(port: port)
            client.send(post(#"{"prompt":"a","stream":\#(streams)}"#))
            #expect(slow.hasBegun.wait(timeout: .now() + 10) == .success)
            client.end()
            #expect(slow.wasStopped.wait(timeout: .now() + 5) == .success)
        }
        slow.mayEnd.raise()
        #expect(try await server.chat().head.status == 200, "the next one has its turn")
    }

    @Test func `a client that does not read its stream keeps no other from its turn`() async throws {
        let piece = String(repeating: "word ", count: 2000)
        let server = try RunningServer(
            FakeGenerator { request, _, report in
                report(.started(prompt: "", promptTokens: 1))
                // More than the system keeps for a socket.
                let count = if case .raw("a") = request.prompt { 800 } else { 1 }
                for _ in 0..<count { report(.text(piece, variant: 0)) }
                report(.draftFinished(variant: 0, reason: .stop, tokenCount: count))
            })
        let text = try await blocking { [port = server.server.port] in
            let idle = try RawClient(port: port)
            idle.send(post(#"{"prompt":"a","stream":true}"#, headers: "Connection: close\r\n"))
            _ = idle.read(until: "word")
            let client = try RawClient(port: port)
            client.send(post(#"{"prompt":"b"}"#, headers: "Connection: close\r\n"))
            let answer = client.read()
            #expect(answer.contains("word"))
            return idle.read()
        }
        #expect(text.contains("[DONE]"), "the rest of the stream comes as soon as it is read")
    }

    @Test func `requests are answered in their order, and the health at once`() async throws {
        let slow = SlowGenerator()
        let generator = slow.generator
        let server = try RunningServer(generator)
        try await blocking { [port = server.server.port] in
            var clients: [RawClient] = []
            for name in ["a", "b", "c"] {
                let client = try RawClient(port: port)
                client.send(post(#"{"prompt":"\#(name)"}"#, headers: "Connection: close\r\n"))
                if name == "a" { #expect(slow.hasBegun.wait(timeout: .now() + 10) == .success) }
                clients.append(client)
                usleep(100_000)
            }
            // One that leaves the line does not hold it up.
            clients[1].end()
            let health = try RawClient(port: port)
            health.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            #expect(health.read().contains("ok"))
            usleep(150_000)
            slow.mayEnd.raise()
            #expect(clients[2].read().contains(#""text":"c""#))
        }
        #expect(generator.requests.map(\.prompt) == [.raw("a"), .raw("c")])
    }

    @Test func `a stream that waits shows that the server is alive`() async throws {
        let slow = SlowGenerator()
        let server = try RunningServer(slow.generator) { $0.pingSeconds = 0.1 }
        try await blocking { [port = server.server.port] in
            let first = try RawClient(port: port)
            first.send(post(#"{"prompt":"a","stream":true}"#))
            #expect(slow.hasBegun.wait(timeout: .now() + 10) == .success)
            let second = try RawClient(port: port)
            second.send(post(#"{"prompt":"b","stream":true}"#, headers: "Connection: close\r\n"))
            #expect(first.read(until: ": waiting\n\n").contains("HTTP/1.1 200"))
            #expect(second.read(until: ": waiting\n\n").contains("HTTP/1.1 200"))
            slow.mayEnd.raise()
            #expect(second.read().contains("[DONE]"))
        }
    }

    @Test(arguments: [true, false])
    func `the end of the server cuts what is written and says so`(streams: Bool) async throws {
        let slow = SlowGenerator()
        let server = try RunningServer(slow.generator)
        let text = try await blocking { [server] in
            let idle = try RawClient(port: server.server.port)
            let client = try RawClient(port: server.server.port)
            client.send(post(#"{"prompt":"a","stream":\#(streams)}"#))
            #expect(slow.hasBegun.wait(timeout: .now() + 10) == .success)
            if streams { _ = client.read(until: "text") }
            server.stopping.raise()
            #expect(server.hasEnded.wait(timeout: .now() + 4) == .success)
            #expect(idle.read().isEmpty)
            return client.read()
        }
        #expect(text.contains("The server is stopping."))
        #expect(streams ? text.contains("[DONE]") : text.hasPrefix("HTTP/1.1 503 "))
    }

    @Test func `an error before the text has a status, and one after it is an event`() async throws {
        let early = try RunningServer(FakeGenerator { _, _, _ in throw FakeFailure() })
        for stream in ["true", "false"] {
            let answer = try await early.chat(#""stream":\#(stream)"#)
            #expect(answer.head.status == 400)
            #expect(try answer.error["message"] as? String == "The model failed.")
        }
        let long = try RunningServer(FakeGenerator { _, _, _ in throw FakeFailure(exceedsContext: true) })
        #expect(try await long.chat().error["code"] as? String == "context_length_exceeded")
        let late = try RunningServer(
            FakeGenerator { _, _, report in
                report(.started(prompt: "", promptTokens: 1))
                report(.text("half", variant: 0))
                usleep(100_000)
                throw FakeFailure()
            })
        #expect(try await late.chat().head.status == 500)
        let answer = try await late.chat(#""stream":true"#)
        #expect(answer.head.status == 200 && answer.body.contains("half") && answer.events.last == "[DONE]")
        let error = try #require(try answer.chunks.last?["error"] as? [String: Any])
        #expect(error["message"] as? String == "The model failed." && error["type"] as? String == "server_error")
    }

    @Test func `a text that its model cut off is an error, not an end`() async throws {
        let server = try RunningServer(
            FakeGenerator { _, _, report in
                report(.started(prompt: "", promptTokens: 1))
                report(.draftFinished(variant: 0, reason: .cutOff, tokenCount: 1))
            })
        #expect(try await server.chat().head.status == 500)
    }
}
