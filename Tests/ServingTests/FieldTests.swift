import Foundation
import Generation
import Testing
import Transfer

@testable import Serving

@Suite struct `The fields of a request` {
    private func read(_ fields: String, _ shape: AnswerShape = .chat, base: SamplingOptions = .init()) throws
        -> AskedTexts
    {
        let prompt = shape == .chat ? #""messages":[{"role":"user","content":"Hi"}]"# : #""prompt":"Hi""#
        return try AskedTexts(
            RequestFields(Array("{\(fields)\(fields.isEmpty ? "" : ",")\(prompt)}".utf8)), shape,
            model: ServedModel(generator: FakeGenerator.writing(), sampling: base), freshSeed: 9)
    }

    private func sampling(_ fields: String) throws -> SamplingOptions {
        try #require(try read(fields).requests.first).sampling
    }

    @Test func `reach the generator as options`() throws {
        let options = try sampling(
            #"""
            "temperature":0,"top_k":-1,"top_p":0.5,"min_p":1e-2,"typical_p":0.75,"repeat_penalty":1.5,
            "presence_penalty":-1,"frequency_penalty":2,"max_tokens":9,"max_completion_tokens":7,"stop":["a","b\n"],
            "logit_bias":{"42":-100,"7":1.5},"mirostat":2,"repeat_last_n":8,"tidy":true,"reasoning_effort":"minimal"
            """#)
        #expect(options.temperature == 0 && options.topK == 0 && options.topP == 0.5 && options.minP == 0.01)
        #expect(options.typicalP == 0.75 && options.repetitionPenalty == 1.5 && options.penaltyWindow == 8)
        #expect(options.presencePenalty == -1 && options.frequencyPenalty == 2 && options.maxTokens == 7)
        #expect(options.stop == ["a", "b\n"] && options.logitBias == [42: -100, 7: 1.5])
        #expect(options.mirostat == 2 && options.tidy && options.reasoning == .off)
        #expect(try sampling(#""stop":"END","max_tokens":-1"#).stop == ["END"])
        #expect(try sampling(#""max_tokens":-1"#).maxTokens == 512)
    }

    @Test func `leave the options of the model and of the settings where they are absent or null`() throws {
        var base = SamplingOptions()
        base.temperature = 0.25
        base.topK = 33
        base.bestOf = 8
        base.distinct = .text
        let options = try #require(try read(#""temperature":null,"top_p":0.5,"seed":null"#, base: base).requests.first)
        #expect(options.sampling.temperature == 0.25 && options.sampling.topK == 33 && options.sampling.topP == 0.5)
        #expect(options.seed == 9 && !options.seedMustReplay)
        #expect(options.sampling.bestOf == 0 && options.sampling.distinct == .off, "they could take back what was sent")
    }

    @Test(arguments: [
        ("18446744073709551615", UInt64.max), ("9007199254740993", 9_007_199_254_740_993), ("0", 0), ("3.0", 3),
    ])
    func `hold a seed exactly`(text: String, seed: UInt64) throws {
        let request = try #require(try read(#""x":{"seed":1,"y":"\"seed\":2"}, "seed" : \#(text) "#).requests.first)
        #expect(request.seed == seed && request.seedMustReplay)
    }

    @Test func `ask for JSON by a schema`() throws {
        #expect(try sampling(#""response_format":{"type":"text"}"#).jsonSchema == nil)
        #expect(try sampling(#""response_format":{"type":"json_object"}"#).jsonSchema == #"{"type":"object"}"#)
        let schema = #"{"type":"object","properties":{"b":{"const":1.5},"a":{"enum":["é\n",null]}}}"#
        #expect(
            try sampling(#""response_format":{"type":"json_schema","json_schema":{"name":"x","schema":\#(schema)}}"#)
                .jsonSchema == schema)
        #expect(try sampling(#""grammar":"root ::= \"a\"""#).grammar == "root ::= \"a\"")
    }

    @Test func `take texts in parts and every role`() throws {
        let body = #"""
            {"messages":[{"role":"developer","content":"S"},{"role":"user","content":[{"type":"text","text":"a"},
            {"type":"text","text":"b"}]},{"role":"assistant","content":"So"}]}
            """#
        let messages = try RequestFields(Array(body.utf8)).messages()
        #expect(messages == [Message(.system, "S"), Message(.user, "ab"), Message(.assistant, "So")])
    }

    @Test(arguments: [
        (#""temperature":"warm""#, "temperature"), (#""temperature":6"#, "temperature"), (#""top_p":[1]"#, "top_p"),
        (#""n":0"#, "n"), (#""n":65"#, "n"), (#""n":1.5"#, "n"), (#""n":1e300"#, "n"),
        (#""max_tokens":0"#, "max_tokens"),
        (#""max_tokens":1e99"#, "max_tokens"), (#""seed":-2"#, "seed"), (#""seed":1.5"#, "seed"),
        (#""seed":1e30"#, "seed"),
        (#""seed":18446744073709551616"#, "seed"), (#""seed":"1""#, "seed"), (#""stop":"""#, "stop"),
        (#""stop":["a",""]"#, "stop"), (#""stop":[1]"#, "stop"), (#""stream":"yes""#, "stream"),
        (#""stream_options":true"#, "stream_options"),
        (#""stream_options":{"include_usage":1}"#, "stream_options.include_usage"),
        (#""logprobs":3"#, "logprobs"), (#""top_logprobs":2"#, "top_logprobs"), (#""logit_bias":[1]"#, "logit_bias"),
        (#""logit_bias":{"a":1}"#, "logit_bias"), (#""logit_bias":{"1":1e9}"#, "logit_bias"),
        (#""logit_bias":{"99999999999999999999":1}"#, "logit_bias"), (#""response_format":"json""#, "response_format"),
        (#""response_format":{"type":"xml"}"#, "response_format"),
        (#""response_format":{"type":"json_schema"}"#, "response_format"), (#""grammar":7"#, "grammar"),
        (#""grammar":"root ::= \"a\"","response_format":{"type":"json_object"}"#, "response_format"),
        (#""reasoning_effort":"much""#, "reasoning_effort"), (#""mirostat":1"#, "mirostat"),
    ])
    func `of a wrong type are refused by name`(fields: String, param: String) throws {
        let error = try #require(throws: APIError.self) { try read(fields) }
        #expect(error.status == 400 && error.param == param && error.type == "invalid_request_error")
        #expect(error.message.contains(param) && error.message.hasSuffix("."))
    }

    @Test(arguments: [
        ("{}", "messages"), (#"{"messages":[]}"#, "messages"), (#"{"messages":"Hi"}"#, "messages"),
        (#"{"messages":[3]}"#, "messages[0]"), (#"{"messages":[{"role":"user"}]}"#, "messages[0].content"),
        (#"{"messages":[{"role":"bird","content":"x"}]}"#, "messages[0].role"),
        (#"{"messages":[{"role":"tool","content":"x"}]}"#, "messages[0].role"),
        (
            #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}"#,
            "messages[0].content[0]"
        ),
        (#"{"messages":[{"role":"user","content":[{"type":"text"}]}]}"#, "messages[0].content[0]"),
    ])
    func `without a conversation are refused by its place`(body: String, param: String) throws {
        let error = try #require(throws: APIError.self) { try RequestFields(Array(body.utf8)).messages() }
        #expect(error.param == param)
    }

    @Test(arguments: [
        (#""echo":true"#, "echo"), (#""suffix":"x""#, "suffix"), (#""best_of":3"#, "best_of"),
        (#""logprobs":true"#, "logprobs"),
    ])
    func `of completions that would change the answer are refused`(fields: String, param: String) throws {
        let error = try #require(throws: APIError.self) { try read(fields, .completion) }
        #expect(error.param == param)
    }

    @Test func `that the model cannot do are refused in words`() throws {
        var abilities = GeneratorCapabilities.all(contextLength: 10)
        abilities.followsGrammars = false
        let model = ServedModel(
            generator: FakeGenerator(capabilities: abilities) { _, _, _ in }, sampling: SamplingOptions())
        let body = #"{"prompt":"x","grammar":"root ::= \"a\""}"#
        let error = try #require(throws: APIError.self) {
            try AskedTexts(RequestFields(Array(body.utf8)), .completion, model: model, freshSeed: 1)
        }
        #expect(error.message.contains("cannot follow a grammar"))
    }

    @Test func `never end the program, whatever the bytes are`() throws {
        let seed =
            #"{"model":"fake","messages":[{"role":"user","content":[{"type":"text","text":"é"}]}],"n":2,"seed":12345678901234567890,"logit_bias":{"1":2},"stop":["a"],"response_format":{"type":"json_object"},"temperature":0.5}"#
        var random = Mixer(state: 42)
        var readable = 0
        for _ in 0..<5000 {
            var bytes = Array(seed.utf8)
            for _ in 0..<Int(random.next() % 4 + 1) {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                case 2:
                    bytes.insert(contentsOf: Array("9999999999e9\"{[".utf8.suffix(Int(random.next() % 15))), at: place)
                default: bytes.removeSubrange(place...)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            do {
                let asked = try AskedTexts(
                    RequestFields(bytes), .chat,
                    model: ServedModel(generator: FakeGenerator.writing(), sampling: SamplingOptions()), freshSeed: 1)
                readable += asked.requests.count
            } catch {
                #expect(error.status == 400 && !error.message.isEmpty)
                #expect((try? JSONSerialization.jsonObject(with: Data(error.json.text.utf8))) != nil)
            }
        }
        #expect(readable > 0, "no mutation was harmless: the test reads nothing")
    }
}

/// Numbers that are the same on every run (SplitMix64).
struct Mixer: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
