import Endpoints
import Testing

@Suite("Texts of servers") struct WireAnswerTests {
    /// Reads a text that comes in events cut at every place, and checks that the cuts change nothing.
    private func answer(
        cutting text: String, _ reader: AnswerReader = AnswerReader(), sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ReadAnswer {
        let scalars = Array(text.unicodeScalars)
        func escaped(_ part: ArraySlice<Unicode.Scalar>) -> String {
            part.map {
                $0.value < 0x20 ? "\\u00" + ($0.value < 16 ? "0" : "") + String($0.value, radix: 16) : String($0)
            }
            .joined()
        }
        func read(_ parts: [ArraySlice<Unicode.Scalar>]) throws -> ReadAnswer {
            let events = parts.map { "data: " + chunk(#"{"content":"\#(escaped($0))"}"#) + "\n\n" }.joined()
            return ReadAnswer(try pieces([Array((events + stream(chunk("{}", reason: "stop"))).utf8)[...]], reader))
        }
        let whole = try read([scalars[...]])
        for cut in scalars.indices {
            #expect(
                try read([scalars[..<cut], scalars[cut...]]) == whole, "cut at \(cut)", sourceLocation: sourceLocation)
        }
        #expect(try read(scalars.indices.map { scalars[$0...$0] }) == whole, sourceLocation: sourceLocation)
        return whole
    }

    @Test(
        arguments: [
            #"{"error":{"message":"Out of memory","type":"server_error","code":500}}"#, #"{"error":"Out of memory"}"#,
            #"{"object":"error","message":"Out of memory"}"#, #"[{"error":{"message":"Out of memory"}}]"#,
            #"{"choices":[{"index":0,"delta":{"content":"lost"},"error":{"message":"Out of memory"}}]}"#,
        ], [true, false])
    func `an error inside a stream is told, and the text before it is kept`(event: String, isDone: Bool) throws {
        let text = stream(chunk(#"{"content":"Kept <"}"#), event) + (isDone ? stream("[DONE]") : "")
        let read = try answered(text)
        #expect(read.text == [0: "Kept <"] && read.reasons.isEmpty)
        let failure = try #require(read.failure)
        #expect(failure.message == "Out of memory" && failure.kind == .serverError)
        #expect("\(failure)".contains("failed") && "\(failure)".contains("Out of memory"))
    }

    @Test(arguments: ["null", "false", "\"\"", "{}"])
    func `an error that says nothing is none`(error: String) throws {
        let read = try answered(stream(#"{"error":\#(error),"choices":[{"delta":{"content":"a"}}]}"#))
        #expect(read.failure == nil && read.text == [0: "a"])
    }

    @Test func `a router's code inside an event counts as the status`() throws {
        let read = try answered(stream(#"{"error":{"code":502,"message":"upstream"},"choices":[]}"#))
        #expect(read.failure?.status == 502 && read.failure?.isWorthRetrying == true)
    }

    @Test func `an event that is no JSON is told with its beginning`() throws {
        let read = try answered(stream(chunk(#"{"content":"a"}"#), "Internal Server Error"))
        #expect(read.text == [0: "a"])
        #expect(read.failure?.message == "Internal Server Error")
    }

    @Test(arguments: ["reasoning_content", "reasoning"])
    func `thoughts are kept apart, and line ends before both are taken off`(field: String) throws {
        let read = try answered(
            stream(
                chunk(#"{"\#(field)":"\n"}"#), chunk(#"{"\#(field)":"\nHm "}"#), chunk(#"{"\#(field)":"okay\n"}"#),
                chunk(#"{"content":"\n\nHello"}"#), chunk(#"{"content":"\n\nyou"}"#), chunk("{}", reason: "stop")))
        #expect(read.reasoning == [0: "Hm okay\n"] && read.text == [0: "Hello\n\nyou"])
    }

    @Test func `thoughts without a text end with the server's reason`() throws {
        let read = try answered(
            stream(chunk(#"{"reasoning_content":"Hm"}"#), chunk(#"{"content":""}"#, reason: "length")))
        #expect(read.text.isEmpty && read.reasoning == [0: "Hm"] && read.reasons == [0: "length"])
    }

    @Test(
        arguments: [
            ("\n<think>\nHm </th\n</think>\n\nHello", "Hm </th\n", "Hello"), ("<think></think>Hi", nil, "Hi"),
            ("<think>only thoughts</thi", "only thoughts</thi", nil), ("<thinking>x</thinking>\ny", "x", "y"),
            ("[THINK]x[/THINK]y", "x", "y"), ("a <think>b</think>", nil, "a <think>b</think>"), ("<th", nil, "<th"),
            ("<b>bold</b>", nil, "<b>bold</b>"), ("  indented", nil, "  indented"),
        ] as [(String, String?, String?)])
    func `thoughts between markers at the very start are kept apart, wherever they are cut`(
        text: String, reasoning: String?, rest: String?
    ) throws {
        let read = try answer(cutting: text)
        #expect(read.reasoning[0] == reasoning && read.text[0] == rest)
    }

    @Test func `thoughts stay in the text if the settings say so`() throws {
        let read = try answer(cutting: "<think>a</think>b", AnswerReader(splitsThoughts: false))
        #expect(read.text == [0: "<think>a</think>b"] && read.reasoning.isEmpty)
    }

    @Test func `control characters are taken out, and line ends are line feeds`() throws {
        let read = try answer(cutting: "a\u{0}b\u{1B}[31mc\u{7F}\u{9B}d\u{8}\te\r\nf\rg\n\r\nhÂ\u{A0}é")
        #expect(read.text == [0: "ab[31mcd\te\nf\ng\n\nhÂ\u{A0}é"])
    }

    @Test func `raw control characters inside an event do no harm`() throws {
        let bytes =
            Array(#"data: {"choices":[{"delta":{"content":"a"#.utf8) + [0, 0x1B, 0x09, 0xFF] + Array("b\"}}]}\n\n".utf8)
        let read = try answered(bytes)
        #expect(read.text == [0: "a \u{FFFD}b"] && read.failure == nil)
    }

    @Test func `the content may be a list of parts`() throws {
        let read = try answered(
            stream(chunk(#"{"content":[{"type":"text","text":"a"},{"type":"image_url"},{"type":"text","text":"b"}]}"#)))
        #expect(read.text == [0: "ab"])
    }

    @Test func `a whole answer is read as a stream is, blank lines before it or not`() {
        var reader = AnswerReader()
        let body = #"""


            {"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"<think>\nHm</think>\nHello"},
            "finish_reason":"stop"}],"usage":{"prompt_tokens":4,"completion_tokens":2}}
            """#
        let read = ReadAnswer(reader.read(whole: Array(body.utf8)))
        #expect(read.text == [0: "Hello"] && read.reasoning == [0: "Hm"] && read.reasons == [0: "stop"])
        #expect(read.prompt == 4 && read.completion == 2 && read.model == "m")
        #expect(reader.finishedChoices == [0])
    }

    @Test(arguments: ["", " \n", "no JSON", "[]", "{}", #"{"choices":[]}"#, "<html><title>Bad Gateway</title>"])
    func `a whole answer without a choice is a failure`(body: String) {
        var reader = AnswerReader()
        #expect(ReadAnswer(reader.read(whole: Array(body.utf8))).failure != nil)
    }

    @Test func `legacy answers give their text, with the line ends at its beginning`() throws {
        let read = try answered(
            stream(
                #"{"choices":[{"index":0,"text":"\n a"}]}"#,
                #"{"choices":[{"index":0,"text":"","finish_reason":"length"}]}"#))
        #expect(read.text == [0: "\n a"] && read.reasons == [0: "length"])
    }

    @Test func `the counts of a whole answer with several choices are not believed`() {
        var reader = AnswerReader(choiceCount: 2)
        let body =
            #"{"choices":[{"index":0,"text":"a"},{"index":1,"text":"b"}],"usage":{"prompt_tokens":4,"completion_tokens":2}}"#
        let read = ReadAnswer(reader.read(whole: Array(body.utf8)))
        #expect(read.text == [0: "a", 1: "b"] && read.prompt == 4 && read.completion == nil)
    }

    @Test(arguments: [
        ("Once upon", "Once upon a time", " a time"), ("Once upon", " a time", " a time"),
        ("Once upon ", "Once upon a time", "a time"), ("Once upon\n\n", "Once upon a time", " a time"),
        ("Once upon", "Once more", "Once more"), ("Once", "Onc", "Onc"), ("A", "\nB", "\nB"),
        ("In the quiet morning the tea smells of rain.", "In the quiet mor", ""),
    ])
    func `a beginning that the server repeats is taken off once`(prefill: String, text: String, rest: String) throws {
        #expect(try answer(cutting: text, AnswerReader(prefill: prefill)).text[0, default: ""] == rest)
    }

    @Test func `the prefill is taken off each choice`() throws {
        let read = try answered(
            stream(chunk(#"{"content":"AB"}"#), chunk(#"{"content":"AC"}"#, index: 1)),
            AnswerReader(choiceCount: 2, prefill: "A"))
        #expect(read.text == [0: "B", 1: "C"])
    }

    @Test func `the model that answers is told once`() throws {
        let read = try pieces(
            [Array(stream(#"{"model":"other\u001b","choices":[]}"#, #"{"model":"other","choices":[]}"#).utf8)[...]],
            AnswerReader())
        #expect(read == [.model("other")])
    }

    @Test func `likelihoods of chats come from bytes first`() throws {
        let read = try answered(
            stream(
                #"""
                {"choices":[{"delta":{"content":"é"},"logprobs":{"content":[{"id":7,"token":"\#u{FFFD}","bytes":[195],"logprob":-0.5,
                "top_logprobs":[{"token":"x","bytes":null,"logprob":-0.25},{"token":"y","logprob":-Infinity}]},
                {"token":"b","bytes":[300],"logprob":1e300},{"token":"c"}]}}]}
                """#.replacing("\n", with: "")))
        let list = try #require(read.likelihoods[0])
        #expect(list.count == 2)
        #expect(
            list[0].bytes == [195] && list[0].text == "\u{FFFD}" && list[0].id == 7 && list[0].logProbability == -0.5)
        #expect(list[0].alternatives.map(\.text) == ["x"])
        #expect(list[1].text == "b" && list[1].bytes == nil && list[1].logProbability == 0)
    }

    @Test func `likelihoods of legacy answers come from arrays beside each other`() throws {
        let read = try answered(
            stream(
                #"{"choices":[{"index":0,"text":"ab","logprobs":{"tokens":["a","b"],"token_logprobs":[-1,-2],"text_offset":[0,1],"top_logprobs":[{"x":-3,"a":-1},null]}}]}"#
            ))
        let list = try #require(read.likelihoods[0])
        #expect(list.map(\.text) == ["a", "b"] && list.map(\.logProbability) == [-1, -2])
        #expect(list[0].alternatives.map(\.text) == ["a", "x"])
    }
}

/// The free function, which the suite's own `answer` would hide.
private func answered(_ text: String, _ reader: AnswerReader = AnswerReader()) throws -> ReadAnswer {
    try answer(text, reader)
}

private func answered(_ bytes: [UInt8]) throws -> ReadAnswer { try answer(bytes) }
