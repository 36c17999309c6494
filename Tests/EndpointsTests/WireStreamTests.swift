import Endpoints
import Testing

@Suite("Streams of servers") struct WireStreamTests {
    @Test func `llama.cpp's stream gives its text, end, counts and model`() throws {
        let read = try answer(
            stream(
                #"{"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"model":"tiny.gguf"}"#,
                chunk(#"{"content":"Héllo"}"#), chunk(#"{"content":" 🌍"}"#), chunk("{}", reason: "stop"),
                #"{"choices":[],"usage":{"completion_tokens":3,"prompt_tokens":12},"timings":{"predicted_n":3}}"#,
                "[DONE]"))
        #expect(read.text == [0: "Héllo 🌍"])
        #expect(read.reasons == [0: "stop"])
        #expect(read.prompt == 12 && read.completion == 3)
        #expect(read.model == "tiny.gguf")
        #expect(read.isDone && read.failure == nil)
    }

    @Test(arguments: [
        #"{"role":"assistant"}"#, #"{"role":"assistant","content":""}"#, #"{"role":"assistant","content":null}"#,
    ])
    func `a first piece without text is no text`(delta: String) throws {
        let read = try answer(stream(chunk(delta), chunk(#"{"content":"Hi"}"#), chunk("{}", reason: "stop")))
        #expect(read.text == [0: "Hi"] && read.reasons == [0: "stop"])
    }

    @Test func `counts in the last chunk of choices count, and the end needs no DONE`() throws {
        let read = try answer(
            stream(
                chunk(#"{"content":"Hi"}"#),
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2}}"#
            ))
        #expect(read.reasons == [0: "stop"] && !read.isDone)
        #expect(read.prompt == 5 && read.completion == 2)
    }

    @Test func `counts of two choices in chunks of their own are added`() throws {
        let usage = #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}"#
        let more = #"{"choices":[],"usage":{"prompt_tokens":8,"completion_tokens":3}}"#
        let read = try answer(
            stream(chunk("{}", reason: "stop"), usage, chunk("{}", index: 1, reason: "stop"), more, "[DONE]"),
            AnswerReader(choiceCount: 2))
        #expect(read.prompt == 9 && read.completion == 7)
    }

    @Test func `counts in every chunk replace each other`() throws {
        func counted(_ choices: String, _ count: Int) -> String {
            #"{"choices":\#(choices),"usage":{"prompt_tokens":9,"completion_tokens":\#(count)}}"#
        }
        let choice = #"[{"index":0,"delta":{"content":"a"}}]"#
        let read = try answer(stream(counted(choice, 1), counted(choice, 2), counted("[]", 2), "[DONE]"))
        #expect(read.completion == 2)
        #expect(try answer(stream(counted("[]", 1), counted("[]", 2), counted("[]", 3))).completion == 3)
    }

    @Test func `usage that is null, or no count, is no usage`() throws {
        for usage in [
            "null", "{}", "7", #"{"prompt_tokens":-1,"completion_tokens":1e300}"#, #"{"completion_tokens":"9"}"#,
        ] {
            let read = try answer(stream(#"{"choices":[],"usage":\#(usage)}"#, chunk(#"{"content":"x"}"#)))
            #expect(read.prompt == nil && read.completion == nil && read.text == [0: "x"], "\(usage)")
        }
    }

    @Test func `the cost is told if the server tells it`() throws {
        let read = try answer(stream(#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"cost":0.25}}"#))
        #expect(read.cost == 0.25)
    }

    @Test func `choices are told apart by their index, whichever comes first`() throws {
        let read = try answer(
            stream(
                chunk(#"{"role":"assistant"}"#, index: 1), chunk(#"{"role":"assistant"}"#, index: 0),
                chunk(#"{"content":"B"}"#, index: 1), chunk(#"{"content":"A"}"#, index: 0),
                chunk("{}", index: 1, reason: "length"), chunk(#"{"content":"a"}"#, index: 0),
                chunk("{}", index: 0, reason: "stop"), "[DONE]"), AnswerReader(choiceCount: 2))
        #expect(read.text == [0: "Aa", 1: "B"])
        #expect(read.reasons == [0: "stop", 1: "length"])
    }

    @Test(arguments: ["-1", "64", "1e300", "9223372036854775807", "0.5", "\"0\"", "[]"])
    func `a choice with a number that cannot be one is passed over`(index: String) throws {
        let read = try answer(
            stream(
                #"{"choices":[{"index":\#(index),"delta":{"content":"bad"},"finish_reason":"stop"}]}"#,
                chunk(#"{"content":"good"}"#)))
        #expect(read.text == [0: "good"] && read.reasons.isEmpty)
    }

    @Test func `DONE without a reason does not finish a text`() throws {
        let read = try answer(stream(chunk(#"{"role":"assistant"}"#), "[DONE]"))
        #expect(read.isDone && read.reasons.isEmpty && read.text.isEmpty)
    }

    @Test func `an empty stream gives nothing at all`() throws {
        #expect(try pieces([], AnswerReader()) == [])
        #expect(try answer(": ping\n\n") == ReadAnswer([]))
    }

    @Test(arguments: [
        "", #"data: {"choices":[{"index":0,"delta":{"cont"#, #"data: {"choices":[{"index":0,"delta":{"content":"x"#,
        "dat",
    ])
    func `what came before the connection broke is kept, and half an event is nothing`(rest: String) throws {
        let read = try answer(stream(chunk(#"{"content":"Kept"}"#)) + rest)
        #expect(read.text == [0: "Kept"] && read.failure == nil && read.reasons.isEmpty)
    }

    @Test func `a connection that broke inside a character leaves whole characters`() throws {
        let bytes = Array((stream(chunk(#"{"content":"né"}"#)) + #"data: {"choices":[{"delta":{"content":"🌍"#).utf8)
        let read = try answer(Array(bytes.dropLast(2)))
        #expect(read.text == [0: "né"] && read.failure == nil)
    }

    @Test func `a last event counts without the blank line behind it`() throws {
        let text = stream(chunk(#"{"content":"a"}"#)) + "data: " + chunk("{}", reason: "stop")
        #expect(try answer(text).reasons == [0: "stop"])
        #expect(try answer(text + "\n").reasons == [0: "stop"])
        #expect(try answer("data: [DONE]").isDone)
    }

    @Test func `comments are counted, and are nothing else`() throws {
        let text =
            ":\n\n: ping - 2026-11-29 13:29:45.5+00:00\r\n\r\n" + stream(chunk(#"{"content":"a"}"#))
            + ": keep-alive\n\n: OPENROUTER PROCESSING\n\n" + stream(chunk(#"{"content":"b"}"#))
        #expect(try answer(text).text == [0: "ab"])
        var parser = EventStreamParser()
        #expect(try parser.read(Array(text.utf8)).count == 2)
        #expect(parser.commentCount == 4 && parser.eventCount == 2)
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `lines end as they like, and data may come in several lines`(end: String) throws {
        let text = [
            "\u{FEFF}event: message", "id: 7", "retry: 100", #"data:{"choices":[{"delta":"#,
            #"data: {"content":"a"}}]}"#, "",
            "data", "", "data: [DONE]", "", "",
        ].joined(separator: end)
        let read = try answer(text)
        #expect(read.text == [0: "a"] && read.isDone)
    }

    @Test func `data lines are joined with a line feed, and only one space is taken off`() throws {
        var parser = EventStreamParser()
        let events = try parser.read(Array("data:  a\ndata:b\ndatum: c\ndata\n\n\n\ndata: d\r\r".utf8))
        #expect(events.map { String(decoding: $0, as: UTF8.self) } == [" a\nb\n", "d"])
    }

    @Test func `empty choices, null choices and a null delta are passed over`() throws {
        let read = try answer(
            stream(
                "{}", #"{"choices":[]}"#, #"{"choices":null}"#, "null", "", "7", chunk(#"{"content":"a"}"#),
                #"{"choices":[null,3]}"#, chunk("null", reason: "stop"), "[DONE]"))
        #expect(read.text == [0: "a"] && read.reasons == [0: "stop"] && read.isDone && read.failure == nil)
    }

    @Test func `events without blank lines between them are told apart`() throws {
        let events = [chunk(#"{"content":"a"}"#), chunk(#"{"content":"b"}"#, reason: "stop"), "[DONE]"]
        let read = try answer(events.map { "data: \($0)\n" }.joined() + "\n")
        #expect(read.text == [0: "ab"] && read.reasons == [0: "stop"] && read.isDone && read.failure == nil)
    }

    @Test func `counts inside a choice, or in a field of one service, count too`() throws {
        let counts = #""usage":{"prompt_tokens":5,"completion_tokens":2}"#
        #expect(try answer(stream(#"{"choices":[{"index":0,"delta":{},\#(counts)}]}"#)).completion == 2)
        #expect(try answer(stream(#"{"choices":[],"x_groq":{\#(counts)}}"#)).prompt == 5)
    }

    @Test func `an event of more than 8 MiB ends the stream with a sentence`() throws {
        let part = [UInt8](repeating: 0x61, count: 1 << 20)
        var parser = EventStreamParser()
        _ = try parser.read(Array("data: ".utf8))
        #expect(throws: EventStreamError.tooLong) { for _ in 0..<9 { _ = try parser.read(part) } }
        var lines = EventStreamParser()
        #expect(throws: EventStreamError.tooLong) {
            for _ in 0..<9 { _ = try lines.read(Array("data: ".utf8) + part + [0x0A]) }
        }
        #expect("\(EventStreamError.tooLong)".contains("8 MiB"))
    }

    @Test func `a stream of ten million bytes is read in seconds, even without optimisation`() throws {
        let event = Array(stream(#"{"x":"\#(String(repeating: "a", count: 200))"}"#).utf8)
        var bytes: [UInt8] = []
        for _ in 0..<10_000_000 / event.count { bytes += event }
        var parser = EventStreamParser()
        let start = ContinuousClock.now
        var count = 0
        for place in stride(from: 0, to: bytes.count, by: 16384) {
            count += try parser.read(Array(bytes[place..<min(place + 16384, bytes.count)])).count
        }
        #expect(count == 10_000_000 / event.count)
        #expect(ContinuousClock.now - start < .seconds(10))
    }
}
