import Endpoints
import Generation
import ScriptedServer
import Synchronization
import Testing

/// Two choices, interleaved, index 1 first (T6), with a count for each (T5b).
private let twoChoices = [
    textChunk("B", index: 1), textChunk("A", index: 0), textChunk("b", index: 1), endChunk(index: 1),
    textChunk("a", index: 0), endChunk(index: 0), #"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}"#,
    #"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3}}"#, "[DONE]",
]

@Suite struct `Several drafts of a server` {
    @Test func `are separate requests with a seed each, one after another`() async throws {
        let open = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        let server = try ScriptedServer { request, reply in
            let count = open.add(1, ordering: .relaxed).newValue
            most.max(count, ordering: .relaxed)
            reply.pause(0.05)
            reply.stream(["Seed \(request.json["seed"] ?? "?")"])
            open.subtract(1, ordering: .relaxed)
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server), remoteRequest(3))
        #expect(drafts.texts == [0: "Seed 3", 1: "Seed 4", 2: "Seed 5"])
        #expect(drafts.reasons == [0: .stop, 1: .stop, 2: .stop])
        #expect(drafts.details.mapValues { $0.server?.seed } == [0: 3, 1: 4, 2: 5])
        #expect(server.requests.count == 3 && server.requests.allSatisfy { $0.json["n"] == nil })
        // The next request may come before the script of the last one has returned, but not before its end was sent.
        #expect(most.load(ordering: .relaxed) <= 2)
    }

    @Test func `leave the cache of llama.cpp's server out from the first request on, if the seed was chosen`()
        async throws
    {
        let server = try ScriptedServer { request, reply in
            if request.method == "GET" {
                reply.answer("200 OK", [], #"{"data":[{"id":"m","owned_by":"llamacpp"}]}"#)
            } else {
                reply.stream(["Hi"])
            }
        }
        defer { server.close() }
        var request = remoteRequest(2)
        request.seedMustReplay = true
        let drafts = await write(remoteGenerator(server), request)
        #expect(drafts.texts == [0: "Hi", 1: "Hi"])
        let asked = server.requests
        #expect(asked.map { $0.method } == ["GET", "POST", "POST"])
        #expect(asked.dropFirst().allSatisfy { $0.json["cache_prompt"] as? Bool == false })
    }

    @Test func `are written all the same if the server does not say what it is`() async throws {
        let left = RequestCounter()
        let server = try ScriptedServer { request, reply in
            if request.method == "GET" {
                if reply.waitUntilGone() { _ = left.next() }
            } else {
                reply.wait { left.value > 0 }
                reply.stream(["Hi"])
            }
        }
        defer { server.close() }
        var request = remoteRequest(1)
        request.seedMustReplay = true
        let drafts = await write(remoteGenerator(server), request)
        #expect(drafts.texts == [0: "Hi"] && left.value == 1)
        #expect(server.requests.last?.json["cache_prompt"] == nil)
    }

    /// T33: a server that ends the first answer when a second request comes.
    @Test func `never end each other, also of two generators`() async throws {
        let newest = Atomic<Int>(0)
        let server = try ScriptedServer { _, reply in
            let number = newest.add(1, ordering: .sequentiallyConsistent).newValue
            reply.beginEvents()
            for word in ["one", " two", " three"] {
                guard newest.load(ordering: .sequentiallyConsistent) == number else { return }
                reply.event(textChunk(word))
                reply.pause(0.02)
            }
            reply.event(endChunk())
        }
        defer { server.close() }
        async let first = write(remoteGenerator(server), remoteRequest(2))
        async let second = write(remoteGenerator(server), remoteRequest(2))
        for drafts in await [first, second] {
            #expect(drafts.texts == [0: "one two three", 1: "one two three"])
            #expect(drafts.reasons == [0: .stop, 1: .stop])
        }
    }

    @Test func `are asked for at the same time if the settings allow it`() async throws {
        let arrived = Atomic<Int>(0)
        let server = try ScriptedServer { request, reply in
            arrived.add(1, ordering: .relaxed)
            reply.wait { arrived.load(ordering: .relaxed) == 2 }
            reply.stream(["Seed \(request.json["seed"] ?? "?")", " of \(arrived.load(ordering: .relaxed))"])
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server) { $0.parallelRequests = 2 }, remoteRequest(2))
        #expect(drafts.texts == [0: "Seed 3 of 2", 1: "Seed 4 of 2"])
        guard case .finished? = drafts.events.last else {
            Issue.record("the end is not the last event")
            return
        }
    }

    @Test func `may be asked for in one request`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            for event in twoChoices { reply.event(event) }
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server) { $0.usesN = true }, remoteRequest(2))
        #expect(drafts.texts == [0: "Aa", 1: "Bb"])
        #expect(drafts.reasons == [0: .stop, 1: .stop])
        #expect(server.requests.count == 1 && server.requests[0].json["n"] as? Int == 2)
    }

    /// T7.
    @Test func `that the server ignores are asked for one by one`() async throws {
        let server = try ScriptedServer { request, reply in reply.stream(["Seed \(request.json["seed"] ?? "?")"]) }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server) { $0.usesN = true }, remoteRequest(3))
        #expect(drafts.texts == [0: "Seed 3", 1: "Seed 4", 2: "Seed 5"])
        #expect(server.requests.map { $0.json["n"] as? Int } == [3, nil, nil])
    }

    /// T8.
    @Test(arguments: [
        #"{"error":{"code":400,"message":"Field 'n': Value must be between 1 <= value <= 2, but got 3","type":"invalid_request_error"}}"#,
        #"{"error":{"message":"n must be 1","type":"invalid_request_error","param":"n"}}"#,
    ])
    func `that the server refuses are asked for one by one, and it is said`(refusal: String) async throws {
        let server = try ScriptedServer { request, reply in
            guard request.json["n"] == nil else { return reply.answer("400 Bad Request", refusal) }
            reply.stream(["Seed \(request.json["seed"] ?? "?")"])
        }
        defer { server.close() }
        let generator = remoteGenerator(server) { $0.usesN = true }
        let drafts = await write(generator, remoteRequest(3))
        #expect(drafts.texts == [0: "Seed 3", 1: "Seed 4", 2: "Seed 5"])
        #expect(drafts.notices == ["local does not write 3 drafts at once, so they were asked for one by one."])
        _ = await write(generator, remoteRequest(3))
        #expect(server.requests.filter { $0.json["n"] != nil }.count == 1)
    }

    @Test func `stay if one of them fails`() async throws {
        let server = try ScriptedServer { request, reply in
            guard request.json["seed"] as? Int != 4 else {
                return reply.answer("500 Internal Server Error", type: "text/plain", "Internal Server Error")
            }
            reply.stream(["Good"])
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server), remoteRequest(3))
        #expect(drafts.error == nil)
        #expect(drafts.texts == [0: "Good", 2: "Good"])
        #expect(drafts.reasons == [0: .stop, 1: .failed, 2: .stop])
        #expect(drafts.notices.contains { $0.hasPrefix("Draft 2 could not be written. ") && $0.contains("500") })
    }

    @Test func `that fail for one reason are named in one sentence`() async throws {
        let server = try ScriptedServer { request, reply in
            guard request.json["seed"] as? Int == 3 else {
                return reply.answer("402 Payment Required", #"{"error":"no money left"}"#)
            }
            reply.stream(["Good"])
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server), remoteRequest(3))
        #expect(drafts.texts == [0: "Good"] && drafts.reasons == [0: .stop, 1: .failed, 2: .failed])
        #expect(drafts.notices.count == 1 && server.requests.count == 2)
        #expect(drafts.notices[0].hasPrefix("Drafts 2 and 3 could not be written. "))
    }

    @Test func `are not asked for if the first refusal is for all`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.answer("401 Unauthorized", #"{"detail":"Invalid API key"}"#)
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server), remoteRequest(8))
        #expect(server.requests.count == 1)
        #expect(drafts.error?.contains("Invalid API key") == true)
    }

    /// T40.
    @Test func `that are all equal make it known`() async throws {
        let server = try ScriptedServer { _, reply in reply.stream(["The same"]) }
        defer { server.close() }
        let generator = remoteGenerator(server)
        let sentence =
            "All drafts are equal, although the temperature is above 0: local seems to ignore the seed or the temperature."
        #expect(await write(generator, remoteRequest(2)).notices == [sentence])
        #expect(await write(generator, remoteRequest(2) { $0.sampling.temperature = 0 }).notices == [])
        #expect(await write(generator, remoteRequest(1)).notices == [])
    }

    /// Equal beginnings say nothing of the texts that they would have become.
    @Test(arguments: ["cut off", "failed", "limit", "failed beside", "too long", "filter"])
    func `that are equal because they were cut do not blame the server`(cause: String) async throws {
        let server = try ScriptedServer { request, reply in
            if cause == "failed beside", request.json["seed"] as? Int == 5 {
                return reply.answer("500 Internal Server Error", "no")
            }
            reply.beginEvents()
            for _ in 0..<(cause == "too long" ? 5000 : 1) { reply.event(textChunk("The same text")) }
            switch cause {
            case "cut off": break
            case "failed": reply.event(#"{"error":{"message":"slot was lost"}}"#)
            default: reply.event(endChunk(cause == "filter" ? "content_filter" : "stop"))
            }
        }
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server),
            remoteRequest(3) {
                if cause == "limit" { $0.limits = LengthLimits(words: 2) }
                $0.sampling.maxTokens = 8
            })
        #expect(drafts.error == nil && drafts.texts[0] == drafts.texts[1] && drafts.texts[0]?.isEmpty == false)
        #expect(!drafts.notices.contains { $0.contains("seems to ignore the seed") }, "\(drafts.notices)")
        #expect(Set(drafts.notices).count == drafts.notices.count)
    }

    @Test func `that are cut off by the end of the connection say so by their reason alone`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 99999\r\n\r\n")
            reply.event(textChunk("Half a text"))
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server), remoteRequest(2))
        #expect(drafts.reasons == [0: .cutOff, 1: .cutOff] && drafts.notices == [])
        #expect(
            drafts.server?.failure == "The connection to 127.0.0.1 ended before the answer was complete.")
    }

    @Test func `are asked for again once if they have to differ`() async throws {
        let server = try ScriptedServer { request, reply in
            reply.stream([(request.json["seed"] as? Int ?? 0) < 5 ? "Twins" : "Another"])
        }
        defer { server.close() }
        let generator = remoteGenerator(server)
        let drafts = await write(generator, remoteRequest(2) { $0.sampling.distinct = .text })
        #expect(drafts.texts == [0: "Twins", 1: "Another"])
        #expect(drafts.restarts == 1 && drafts.details[1]?.attempts == 2 && drafts.details[1]?.server?.seed == 6)
        #expect(server.requests.compactMap { $0.json["seed"] as? Int } == [3, 4, 6])
        let greedy = await write(
            generator,
            remoteRequest(2) {
                $0.sampling.distinct = .text
                $0.sampling.temperature = 0
            })
        #expect(greedy.texts == [0: "Twins", 1: "Twins"] && greedy.restarts == 0)
    }

    @Test func `keep the first text if the second request for one fails`() async throws {
        let server = try ScriptedServer { request, reply in
            guard request.json["seed"] as? Int ?? 0 < 5 else { return reply.answer("500 Oops", "no") }
            reply.stream(["Twins"])
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server), remoteRequest(2) { $0.sampling.distinct = .text })
        #expect(drafts.texts == [0: "Twins", 1: "Twins"])
        #expect(drafts.details[1]?.twinOf == 0 && drafts.restarts == 0)
    }
}
