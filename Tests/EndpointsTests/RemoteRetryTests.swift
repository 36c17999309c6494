import Endpoints
import Generation
import ScriptedServer
import Testing

@Suite struct `A server that does not answer at once` {
    /// T21.
    @Test func `is waited for while it loads the model, and that is shown`() async throws {
        let loading = try ScriptedServer.counting { count, _, reply in
            guard count > 3 else {
                return reply.answer(
                    "503 Service Unavailable",
                    #"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#)
            }
            reply.stream(["Ready"])
        }
        defer { loading.close() }
        let drafts = await write(remoteGenerator(loading))
        #expect(drafts.text == "Ready" && loading.requests.count == 4)
        #expect(drafts.waits.contains { $0.cause == .loading })
        #expect(drafts.events.contains(.waiting(nil)))
    }

    @Test func `is not waited for longer than the settings say`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.answer("503 Service Unavailable", #"{"error":{"message":"Loading model","code":503}}"#)
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server) { $0.timeouts.loading = 0.2 })
        #expect(
            drafts.error
                == "local was still loading the model after 0.2 seconds. Try again later, or allow more time.")
    }

    /// T22.
    @Test(arguments: ["Retry-After: 1", "retry-after-ms: 300", "X-Nothing: 1"])
    func `is asked again when it says so, and the wait is shown`(header: String) async throws {
        let server = try ScriptedServer.counting { count, _, reply in
            guard count > 1 else {
                return reply.answer("429 Too Many Requests", [header], #"{"error":{"message":"slow down"}}"#)
            }
            reply.stream(["Fine"])
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.text == "Fine" && server.requests.count == 2)
        #expect(drafts.waits.contains { if case .retry = $0.cause { true } else { false } })
    }

    @Test func `is not waited for if it asks for more than a minute`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.answer("429 Too Many Requests", ["Retry-After: 7200"], #"{"error":{"message":"slow down"}}"#)
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.error == "local takes no request for the next 2 hours. Try again after that.")
        #expect(server.requests.count == 1)
    }

    /// T22 to T24, T28: what will not change is asked for once.
    @Test(arguments: [
        (
            "429 Too Many Requests",
            #"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#, "quota"
        ),
        ("401 Unauthorized", #"{"error":{"message":"Incorrect API key","type":"invalid_request_error"}}"#, "key"),
        ("401 Unauthorized", #"{"detail":"Invalid API key"}"#, "Invalid API key"),
        ("402 Payment Required", #"{"error":"pay"}"#, "payment"),
        ("403 Forbidden", #"{"error":{"message":"no"}}"#, "forbids"),
        (
            "404 Not Found", #"{"error":{"message":"The model `x` does not exist","code":"model_not_found"}}"#,
            "no model"
        ),
        ("404 Not Found", #"{"detail":"Not Found"}"#, "/v1/chat/completions"),
        (
            "400 Bad Request",
            #"{"error":{"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":512,"n_ctx":256}}"#,
            "256"
        ),
        ("500 Internal Server Error", "Internal Server Error", "500"),
        ("405 Method Not Allowed", "", "405"),
    ])
    func `is asked once if the refusal will not change`(status: String, body: String, word: String) async throws {
        let server = try ScriptedServer { _, reply in reply.answer(status, body) }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server, key: "sk-secret-1"))
        #expect(server.requests.count == 1)
        #expect(drafts.error?.contains(word) == true, "\(drafts.error ?? "no error")")
        #expect(drafts.error?.contains("sk-secret-1") != true)
    }

    @Test func `is tried some times if a gateway in between fails, and then given up`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.answer("502 Bad Gateway", type: "text/html", "<html><title>502 Bad Gateway</title></html>")
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(server.requests.count == 5)
        #expect(drafts.error?.contains("502 Bad Gateway") == true)
    }

    @Test func `is tried three times if nobody listens there`() async throws {
        let server = try ScriptedServer { _, _ in }
        let generator = remoteGenerator(server)
        server.close()
        let drafts = await write(generator)
        #expect(drafts.error == "Nobody answers at 127.0.0.1. Start the server, or check the address.")
        #expect(drafts.waits.contains { if case .retry = $0.cause { true } else { false } })
    }

    /// T19: text may cost money, so it is not asked for twice.
    @Test func `that stalls behind the beginning is cut off and not asked again`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            reply.event(textChunk("Begin"))
            reply.pause(3)
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server) { $0.timeouts.idle = 0.3 })
        #expect(drafts.text == "Begin" && drafts.reason == .cutOff && server.requests.count == 1)
        #expect(drafts.notices == ["The draft ended too early: 127.0.0.1 sent nothing more for 0.3 seconds."])
    }

    /// T19, T20.
    @Test(arguments: [true, false])
    func `that says nothing is an error when its clock says so`(hasHead: Bool) async throws {
        let server = try ScriptedServer { _, reply in
            if hasHead {
                reply.beginEvents()
                reply.event(#"{"choices":[{"index":0,"delta":{"role":"assistant"}}]}"#)
            }
            reply.pause(4)
        }
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server) {
                $0.timeouts.connect = 0.1
                $0.timeouts.firstByte = 0.3
                $0.timeouts.idle = 0.3
            })
        #expect(drafts.error?.contains("0.3 seconds") == true, "\(drafts.error ?? "no error")")
        #expect(server.requests.count == 1)
        #expect(hasHead || drafts.waits.contains { $0.cause == .answer && $0.seconds >= 2 })
    }

    /// T20.
    @Test func `is waited for while it is busy`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.pause(0.3)
            reply.stream(["Late"])
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.text == "Late")
        #expect(drafts.waits.contains { $0.cause == .answer })
        #expect(drafts.events.contains(.waiting(nil)))
    }

    @Test func `that stays open behind a complete text is not waited for`() throws {
        let server = try ScriptedServer { _, reply in
            reply.stream(["Whole"], done: false)
            reply.pause(300)
        }
        defer { server.close() }
        let start = ContinuousClock.now
        let drafts = writeHere(remoteGenerator(server))
        #expect(drafts.text == "Whole" && drafts.reason == .stop && drafts.notices == [])
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `is not asked again by a stop while it is waited for`() throws {
        let server = try ScriptedServer { _, reply in
            reply.answer("503 Service Unavailable", ["Retry-After: 50"], "{}")
        }
        defer { server.close() }
        let signal = StopSignal()
        let drafts = writeHere(remoteGenerator(server, second: 0.2), remoteRequest(2), stopSignal: signal) { event in
            if case .waiting(_?) = event { signal.raise() }
        }
        #expect(drafts.reasons == [0: .stopped, 1: .stopped] && drafts.error == nil)
        #expect(server.requests.count == 1)
    }
}

extension ScriptedServer {
    /// A script that knows which request it answers, counted from 1.
    static func counting(
        _ script: @escaping @Sendable (Int, ScriptedRequest, ScriptedReply) -> Void
    ) throws -> ScriptedServer {
        let counter = RequestCounter()
        return try ScriptedServer { request, reply in script(counter.next(), request, reply) }
    }
}
