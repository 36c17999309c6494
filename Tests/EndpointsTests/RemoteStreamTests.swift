import Endpoints
import Generation
import ScriptedServer
import Testing

@Suite struct `A stream of a server` {
    @Test func `becomes a draft with its end, its counts and what the server says of itself`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents(["Server: llama.cpp"])
            reply.send("data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\n\n")
            reply.send("data: \(textChunk("Hello"))\n\ndata: \(textChunk(" you"))\n\n")
            reply.event(endChunk(more: #","timings":{"predicted_n":2}"#))
            reply.event(#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}"#)
            reply.event("[DONE]")
        }
        defer { server.close() }
        let generator = remoteGenerator(server)
        let drafts = await write(generator)
        #expect(drafts.text == "Hello you")
        #expect(drafts.reason == .stop)
        #expect(drafts.counts[0] == 2)
        let report = try #require(drafts.server)
        #expect(report.endpoint == "local" && report.askedModel == generator.model)
        #expect(report.answeredModel == "served" && report.seed == 3 && report.finishReason == "stop")
        #expect(report.promptTokens == 7 && report.completionTokens == 2 && !report.countsAreEstimated)
        #expect(drafts.notices == [])
        guard case .started(let prompt, _)? = drafts.events.first, case .finished(let timings)? = drafts.events.last
        else {
            Issue.record("the first event is not the start, or the last one not the end")
            return
        }
        #expect(prompt == "Hi" && timings.promptTokens == 7)
    }

    /// T2 to T4, T5, T5c, T5d, T13, T16.
    @Test(arguments: [
        [#"{"choices":[{"delta":{"role":"assistant"}}]}"#, textChunk("Hi"), endChunk(), "[DONE]"],
        [#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#, textChunk("Hi"), endChunk(), "[DONE]"],
        [textChunk("Hi"), endChunk(more: #","usage":{"prompt_tokens":1,"completion_tokens":1}"#)],
        [textChunk("Hi"), endChunk(), #"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#, "[DONE]"],
        [
            #"{"choices":[]}"#, #"{"choices":null}"#, #"{"usage":null}"#, textChunk("Hi"),
            #"{"choices":[{"delta":null,"finish_reason":"stop"}]}"#,
        ],
    ])
    func `is complete with a reason for its end, in the shapes of all servers`(events: [String]) async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            reply.send(":\n\n: ping - now\n\n")
            for event in events {
                reply.event(event)
                reply.send(": OPENROUTER PROCESSING\n\n")
            }
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.text == "Hi")
        #expect(drafts.reason == .stop)
        #expect(drafts.error == nil && drafts.notices == [])
    }

    /// T9, T11, T11b, T11c: [DONE] alone, the end of the connection, in the middle of an event and of a character.
    @Test(arguments: [
        "data: [DONE]\n\n", "", "data: {\"choices\":[{\"index\":0,\"delta\":{\"con",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\u{e4}",
    ])
    func `is cut off if it ends without a reason, and its text stays`(ending: String) async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            reply.event(textChunk("Half a"))
            reply.event(textChunk(" text"))
            var bytes = Array(ending.utf8)
            if ending.hasSuffix("\u{e4}") { bytes.removeLast() }
            reply.send(bytes)
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.text == "Half a text")
        #expect(drafts.reason == .cutOff)
        #expect(drafts.error == nil)
        #expect(drafts.server?.finishReason == nil)
    }

    /// T10, and the answer that a second request ends on one known server.
    @Test(arguments: [[], [#"{"choices":[{"index":0,"delta":{"role":"assistant"}}]}"#, "[DONE]"], ["[DONE]"]])
    func `without any text and reason is an error in words`(events: [String]) async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            for event in events { reply.event(event) }
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(
            drafts.error
                == "local answered with nothing. The prompt may be too long for its model, or another request ended "
                + "this one. Try again, or shorten the prompt.")
        #expect(drafts.reasons == [:])
    }

    /// T12: silence, a comment, the end.
    @Test func `that falls silent and ends is cut off`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            reply.event(textChunk("Text"))
            reply.pause(0.3)
            reply.send(":\n\n")
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.text == "Text" && drafts.reason == .cutOff)
    }

    /// T13b: signs of life for ever.
    @Test func `of comments alone ends when the clock for text says so`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            reply.event(textChunk("Text"))
            while reply.send(": keep-alive\n\n") { reply.pause(0.02) }
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server) { $0.timeouts.text = 0.4 })
        #expect(drafts.text == "Text" && drafts.reason == .cutOff)
        #expect(
            drafts.notices == [
                "The draft ended too early: No text came from local for 0.4 seconds, so the request was ended. Try again."
            ])
        #expect(drafts.waits.contains { $0.cause == .text && $0.seconds >= 15 })
    }

    /// T14.
    @Test func `may come in any pieces`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            let text =
                "\u{FEFF}data:\(textChunk("Grüße"))\r\n\r\ndata: {\"choices\":\rdata: [{\"delta\":{\"content\":\" 你好\"}}]}\r\r"
            for byte in text.utf8 { reply.send([byte]) }
            reply.send("data: \(endChunk())\n\ndata: [DONE]")
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.text == "Grüße 你好" && drafts.reason == .stop)
    }

    /// T15.
    @Test(arguments: [
        #"{"error":{"message":"slot was lost","code":500}}"#, #"{"error":"slot was lost"}"#,
        "{\"error\":{\"message\":\"slot was lost\"}}\n\ndata: [DONE]",
    ])
    func `that reports a failure keeps its text and says why`(event: String) async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            reply.event(textChunk("Some text"))
            reply.event(event)
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.text == "Some text")
        #expect(drafts.reason == .failed)
        #expect(drafts.notices.count == 1 && drafts.notices[0].contains("slot was lost"))
        #expect(drafts.server?.failure.map { drafts.notices[0].hasSuffix($0) && $0.contains("slot was lost") } == true)
        #expect(server.requests.count == 1)
    }

    /// T17, T17b, T17c.
    @Test(arguments: [
        [
            textChunk("\nHm", field: "reasoning_content"), textChunk(" okay", field: "reasoning_content"),
            textChunk("\n\nHello"),
        ],
        [textChunk("\nHm okay", field: "reasoning"), textChunk("Hello")],
        [textChunk("\n<thi"), textChunk("nk>\nHm okay"), textChunk("</think>\n\nHello")],
    ])
    func `keeps thoughts apart from the text`(events: [String]) async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            for event in events + [endChunk()] { reply.event(event) }
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.text == "Hello")
        #expect(drafts.reasoning[0] == "Hm okay")
        #expect(drafts.details[0]?.reasoning == "Hm okay")
    }

    /// T17d, thoughts alone, a tool alone, nothing at all, and characters that show nothing.
    @Test(arguments: [
        (
            [textChunk("Hm", field: "reasoning_content"), endChunk("length")],
            "all of its tokens went into the model's thoughts. Allow more tokens, or less reasoning."
        ),
        (
            [textChunk("<think>Hm"), endChunk()],
            "the model ended it behind its thoughts. Allow more tokens, or less reasoning."
        ),
        (
            [#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f"}}]}}]}"#, endChunk("tool_calls")],
            "the model called a tool instead of writing. Use another model, or ask for a text in the prompt."
        ),
        ([endChunk()], "the server ended it before any text. Write it again, or change the prompt."),
        ([endChunk("content_filter")], "the server's content filter ended it before any text."),
        (
            [textChunk("\u{200B}\u{FEFF}"), endChunk()],
            "the server wrote only what is taken off, such as white space or a stop text. Write it again."
        ),
    ])
    func `without text is a failure that says why, and its thoughts stay`(events: [String], cause: String) async throws
    {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            for event in events { reply.event(event) }
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.error == "The draft is empty: \(cause)" && drafts.notices == [])
        #expect(drafts.reason == .failed && drafts.server?.failure == drafts.error)
        #expect(drafts.details[0]?.reasoning == (events[0].contains("Hm") ? "Hm" : nil))
        let several = await write(remoteGenerator(server), remoteRequest(2))
        #expect(several.error == "All drafts are empty: \(cause)" && several.reasons == [0: .failed, 1: .failed])
    }

    @Test func `without text beside others that have some is named`() async throws {
        let server = try ScriptedServer { request, reply in
            reply.stream(request.json["seed"] as? Int == 4 ? [] : ["Tea \(request.json["seed"] ?? "")"])
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server), remoteRequest(3))
        let sentence =
            "Draft 2 is empty: the server ended it before any text. Write it again, or change the prompt."
        #expect(drafts.error == nil && drafts.notices == [sentence])
        #expect(drafts.reasons == [0: .stop, 1: .failed, 2: .stop] && drafts.details[1]?.server?.failure == sentence)
    }

    @Test func `without text may end an answer that goes on`() async throws {
        let server = try ScriptedServer { _, reply in reply.stream([]) }
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server),
            remoteRequest { $0.prompt = .chat([Message(.user, "A tale"), Message(.assistant, "Once upon")]) })
        #expect(drafts.reason == .stop && drafts.error == nil)
    }

    /// T18.
    @Test func `is cleaned of characters that no text has`() async throws {
        let server = try ScriptedServer { _, reply in reply.stream(["a\u{0}b\u{1B}[2J", "c\td\r\ne"]) }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.text == "ab[2Jc\td\ne")
    }

    /// T29.
    @Test func `may be a single JSON text, with blank lines before it`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.answer(
                "200 OK",
                "\n\n"
                    + #"{"model":"m","choices":[{"index":0,"message":{"content":"All at once"},"finish_reason":"stop"}],"#
                    + #""usage":{"prompt_tokens":4,"completion_tokens":3}}"#)
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server))
        #expect(drafts.text == "All at once" && drafts.reason == .stop && drafts.counts[0] == 3)
    }

    /// T31.
    @Test func `of a continued answer is without the beginning that was given`() async throws {
        let server = try ScriptedServer { _, reply in reply.stream(["Once upon", " a time"]) }
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server),
            remoteRequest { $0.prompt = .chat([Message(.user, "A tale"), Message(.assistant, "Once upon")]) })
        #expect(drafts.text == " a time")
    }

    /// T30: the shapes of chat and legacy, and a token that is a part of a character.
    @Test(arguments: [
        #"{"content":[{"token":"Hi","logprob":-0.5,"bytes":null,"top_logprobs":[{"token":"Hi","logprob":-0.5}]},{"token":"\uFFFD","logprob":-1,"bytes":[32,116,101,97],"top_logprobs":[]}]}"#,
        #"{"tokens":["Hi"," tea"],"token_logprobs":[-0.5,-1],"top_logprobs":[{"Hi":-0.5},null]}"#,
    ])
    func `tells how likely its tokens were`(likelihoods: String) async throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            reply.event(
                #"{"choices":[{"index":0,"delta":{"content":"Hi tea"},"logprobs":\#(likelihoods),"finish_reason":"stop"}]}"#
            )
        }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server), remoteRequest { $0.sampling.alternatives = 1 })
        let tokens = drafts.events.compactMap { event -> (Int, TokenAlternative)? in
            guard case .alternatives(_, let position, _, let chosen) = event else { return nil }
            return (position, chosen)
        }
        #expect(tokens.map(\.0) == [0, 1])
        #expect(tokens.map(\.1.text) == ["Hi", " tea"])
        #expect(tokens.map(\.1.logProbability) == [-0.5, -1])
    }

    @Test func `gives each token at once, and waits for no further one`() throws {
        let arrived = RequestCounter()
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            for (number, word) in ["One", " two", " three"].enumerated() {
                // The next token comes only when the one before it has arrived.
                guard reply.wait(until: { arrived.value == number }) else { return }
                reply.event(textChunk(word))
            }
            reply.event(endChunk())
        }
        defer { server.close() }
        let drafts = writeHere(remoteGenerator(server)) { event in
            if case .text = event { _ = arrived.next() }
        }
        #expect(drafts.text == "One two three" && drafts.reason == .stop)
    }
}
