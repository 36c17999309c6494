import Endpoints
import Foundation
import Generation
import Testing

@Suite("Requests to servers") struct WireRequestTests {
    private func body(
        _ form: RequestBody.Form = .chat, prompt: GenerationRequest.Prompt = .chat([Message(.user, "Hi")]),
        seed: UInt64? = nil, _ change: (inout SamplingOptions, inout RequestBody.Circumstances) -> Void = { _, _ in }
    ) throws -> RequestBody {
        var request = GenerationRequest(prompt: prompt, seed: 1)
        var circumstances = RequestBody.Circumstances(model: "m", seed: seed)
        change(&request.sampling, &circumstances)
        return try RequestBody(request, as: form, circumstances)
    }

    private func text(_ body: RequestBody) -> String { String(decoding: body.bytes, as: UTF8.self) }

    private func object(_ body: RequestBody) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(body.bytes)) as? [String: Any])
    }

    @Test func `a plain request has only the fields that every server knows`() throws {
        let body = try body(seed: 3)
        #expect(
            text(body)
                == #"{"max_tokens":256,"messages":[{"content":"Hi","role":"user"}],"model":"m","seed":3,"stream":true,"#
                + #""stream_options":{"include_usage":true},"temperature":0.7,"top_p":0.95}"#)
        #expect(
            body.fields == [
                "max_tokens", "messages", "model", "seed", "stream", "stream_options", "temperature", "top_p",
            ])
        #expect(body.seed == 3 && !body.seedIsShortened)
    }

    @Test func `the oldest example goes over as legacy completion`() throws {
        let body = try body(.completions, prompt: .raw("What is the capital of France?")) { sampling, _ in
            (sampling.maxTokens, sampling.temperature, sampling.stop) = (10, 0.5, ["END"])
        }
        let object = try object(body)
        #expect(object["prompt"] as? String == "What is the capital of France?")
        #expect(object["max_tokens"] as? Int == 10 && object["temperature"] as? Double == 0.5)
        #expect(object["stop"] as? [String] == ["END"] && object["seed"] == nil && object["messages"] == nil)
    }

    @Test func `every option goes over under a name of servers, or is known to have none`() throws {
        let own: Set = ["must_include", "banned_phrase", "tidy", "distinct", "best_of"]
        for option in SamplingOption.all {
            let isKnown = [RequestBody.options, RequestBody.optionsOfNoServer, own].count { $0.contains(option.name) }
            #expect(isKnown == 1, "\(option.name)")
            guard RequestBody.options.contains(option.name) else { continue }
            var sampling = SamplingOptions()
            sampling.xtcProbability = 0.25
            sampling.dryMultiplier = 0.7
            sampling.mirostat = 2
            sampling.dynamicTemperatureRange = 0.2
            sampling.repetitionPenalty = 1.05
            let plain = try self.body { options, _ in options = sampling }
            option.set(option.example, in: &sampling)
            let changed = try self.body { options, _ in options = sampling }
            #expect(changed.bytes != plain.bytes || option.name == "mirostat", "\(option.name)")
        }
    }

    @Test func `nothing in a body is null or empty`() throws {
        let body = try body(seed: 1) { sampling, circumstances in
            (sampling.stop, sampling.maxTokens) = (["", "a", ""], 0)
            circumstances.extra = ["user": "null", "top_p": "null"]
        }
        let object = try object(body)
        #expect(object["stop"] as? [String] == ["a"] && object["max_tokens"] as? Int == 1)
        #expect(object["top_p"] == nil && object["user"] == nil && !text(body).contains("null"))
        let empty = try self.object(self.body { sampling, _ in sampling.stop = [""] })
        #expect(empty["stop"] == nil)
        #expect(throws: RequestBodyError.noMessage) { try self.body(prompt: .chat([])) }
    }

    @Test func `texts come through as they are`() throws {
        let hostile = "\"\\\n\t\r\u{0}\u{1B}é🌍\u{2028}</"
        let object = try object(body(prompt: .chat([Message(.system, hostile), Message(.assistant, "")])))
        let messages = try #require(object["messages"] as? [[String: String]])
        #expect(messages == [["role": "system", "content": hostile], ["role": "assistant", "content": ""]])
    }

    @Test func `biases and likelihoods are written as each form wants them`() throws {
        func set(_ sampling: inout SamplingOptions, _: inout RequestBody.Circumstances) {
            (sampling.logitBias, sampling.alternatives) = ([99: 1.5, 42: -5], 3)
        }
        let chat = try text(body(.chat, set))
        #expect(
            chat.contains(#""logit_bias":{"42":-5,"99":1.5},"logprobs":true,"#) && chat.contains(#""top_logprobs":3"#))
        let legacy = try text(body(.completions, prompt: .raw("a"), set))
        #expect(legacy.contains(#""logprobs":3"#) && !legacy.contains("top_logprobs"))
    }

    @Test func `a schema keeps the order of its properties, and one that is none is refused`() throws {
        let schema = #"{"type": "object", "properties": {"z": {"type": "string"}, "a": {"maximum": 0.5}}}"#
        let text = try text(body { sampling, _ in sampling.jsonSchema = schema })
        #expect(
            text.contains(
                #""response_format":{"json_schema":{"name":"answer","schema":{"type":"object","properties":{"z":{"type":"string"},"a":{"maximum":0.5}}},"strict":true},"type":"json_schema"}"#
            ))
        #expect(throws: RequestBodyError.schemaNotAnObject) {
            try self.body { sampling, _ in sampling.jsonSchema = "[" }
        }
        #expect(
            try self.text(self.body { sampling, _ in sampling.grammar = "root ::= \"a\"" }).contains(
                #""grammar":"root ::= \"a\"""#))
    }

    @Test func `llama.cpp's server gets a seed without its cache`() throws {
        let body = try body(seed: 3) { _, circumstances in circumstances.dialect.isLlamaCpp = true }
        #expect(body.fields.contains("cache_prompt"))
        #expect(
            try !self.body { _, circumstances in circumstances.dialect.isLlamaCpp = true }.fields.contains(
                "cache_prompt"))
        #expect(try !self.body(seed: 3).fields.contains("cache_prompt"))
    }

    @Test func `a seed that servers cannot read is shortened, and that is told`() throws {
        let body = try body(seed: UInt64.max)
        #expect(body.seed == UInt64(Int64.max) && body.seedIsShortened)
        #expect(try self.body(seed: UInt64(Int64.max)).seedIsShortened == false)
        let without = try self.body(seed: 3) { _, circumstances in circumstances.dialect.leftOut = ["seed"] }
        #expect(without.seed == nil && !without.seedIsShortened)
    }

    @Test func `the endpoint's own fields come last`() throws {
        let body = try body { _, circumstances in
            circumstances.extra = ["temperature": " 0.1", "provider": #"{"order": ["x"], "big": 12345678901234}"#]
            circumstances.choiceCount = 2
        }
        #expect(text(body).contains(#""n":2,"provider":{"order":["x"],"big":12345678901234},"#))
        #expect(text(body).contains(#""temperature":0.1,"#))
        #expect(throws: RequestBodyError.extraNotJSON(field: "x")) {
            try self.body { _, circumstances in circumstances.extra = ["x": "{"] }
        }
    }

    @Test func `refused fields are left out, but for those that the request stands on`() throws {
        var dialect = RequestDialect()
        #expect(
            dialect.learn(from: ServerFailure(.unsupportedFields(["top_k", "logprobs"]))) == ["logprobs", "top_k"])
        #expect(dialect.learn(from: ServerFailure(.unsupportedFields(["top_k"]))) == nil)
        #expect(dialect.learn(from: ServerFailure(.unsupportedFields(["response_format"]))) == nil)
        #expect(dialect.learn(from: ServerFailure(.invalidRequest)) == nil)
        let body = try body { sampling, circumstances in
            (sampling.topK, sampling.alternatives, circumstances.dialect) = (40, 2, dialect)
        }
        #expect(body.fields == ["max_tokens", "messages", "model", "stream", "stream_options", "temperature", "top_p"])
    }

    @Test func `the number of tokens gets its other name once`() throws {
        var dialect = RequestDialect()
        #expect(dialect.learn(from: ServerFailure(.unsupportedFields(["max_tokens"]))) == [])
        let fields = try body { _, circumstances in circumstances.dialect = dialect }.fields
        #expect(fields.contains("max_completion_tokens") && !fields.contains("max_tokens"))
        #expect(
            dialect.learn(from: ServerFailure(.unsupportedFields(["max_completion_tokens"]))) == [
                "max_completion_tokens"
            ])
        let without = try body { _, circumstances in circumstances.dialect = dialect }.fields
        #expect(!without.contains { $0.hasPrefix("max_") })
    }

    @Test func `how much a model thinks is said in the server's way`() throws {
        #expect(try text(body { sampling, _ in sampling.reasoning = .low }).contains(#""reasoning_effort":"low""#))
        #expect(try text(body { sampling, _ in sampling.reasoning = .off }).contains(#""reasoning_effort":"none""#))
        let llama = try text(
            body { sampling, circumstances in
                (sampling.reasoning, circumstances.dialect.isLlamaCpp) = (.off, true)
            })
        #expect(
            llama.contains(#""chat_template_kwargs":{"enable_thinking":false}"#) && !llama.contains("reasoning_effort"))
    }

    @Test func `an answer as a whole is asked for without a stream`() throws {
        let body = try body { _, circumstances in circumstances.streams = false }
        #expect(!body.fields.contains("stream") && !body.fields.contains("stream_options"))
    }
}
