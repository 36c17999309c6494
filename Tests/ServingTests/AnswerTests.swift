import Foundation
import Generation
import Synchronization
import Testing
import Transfer

@testable import Serving

@Suite struct `The answers to chats and completions` {
    @Test func `a chat gets its texts, its ends and all its tokens`() async throws {
        let generator = FakeGenerator.writing("Hello", " there ")
        let server = try RunningServer(generator)
        let answer = try await server.chat(#""n":2,"seed":5,"unknown":{"x":[1]},"stop":null,"model":null"#)
        #expect(answer.head.status == 200)
        #expect(answer.head["content-type"] == "application/json")
        #expect(answer.head["content-length"] == "\(answer.body.utf8.count)")
        let json = try answer.json
        #expect(json["object"] as? String == "chat.completion" && json["model"] as? String == "fake")
        let choices = try answer.choices
        #expect(
            choices.map { ($0["message"] as? [String: Any])?["content"] as? String } == [
                "Hello there 0", "Hello there 1",
            ])
        #expect(choices.map { $0["finish_reason"] as? String } == ["stop", "stop"])
        #expect(choices.map { $0["index"] as? Int } == [0, 1])
        let usage = try #require(json["usage"] as? [String: Any])
        #expect(usage["prompt_tokens"] as? Int == 7 && usage["completion_tokens"] as? Int == 6)
        #expect(usage["total_tokens"] as? Int == 13)
        #expect((usage["prompt_tokens_details"] as? [String: Int])?["cached_tokens"] == 3)
        let request = try #require(generator.requests.first)
        #expect(request.prompt == .chat([Message(.user, "Hi")]) && request.variantCount == 2 && request.seed == 5)
        #expect(request.seedMustReplay)
        #expect(request.sampling.maxTokens == 512, "without a limit it is the context")
    }

    @Test func `a stream has the roles, every piece, the ends, the usage and DONE`() async throws {
        let server = try RunningServer(.writing("Hel", "lo"))
        let answer = try await server.chat(#""n":2,"stream":true,"stream_options":{"include_usage":true}"#)
        #expect(answer.head["content-type"] == "text/event-stream")
        #expect(answer.head["transfer-encoding"] == "chunked" && answer.head["content-length"] == nil)
        #expect(answer.events.last == "[DONE]")
        let chunks = try answer.chunks
        let seen = chunks.dropLast().map { chunk -> String in
            let choice = (chunk["choices"] as? [[String: Any]])?.first ?? [:]
            let delta = choice["delta"] as? [String: Any] ?? [:]
            return
                "\(choice["index"] ?? "?") \(delta["role"] ?? "-") \(delta["content"] ?? "-") \(choice["finish_reason"] ?? "?")"
                .replacingOccurrences(of: "<null>", with: "null")
        }
        #expect(
            seen == [
                "0 assistant  null", "1 assistant  null", "0 - Hel null", "1 - Hel null", "0 - lo null", "1 - lo null",
                "0 - 0 null", "0 - - stop", "1 - 1 null", "1 - - stop",
            ])
        let last = try #require(chunks.last)
        #expect((last["choices"] as? [Any])?.isEmpty == true)
        #expect((last["usage"] as? [String: Any])?["completion_tokens"] as? Int == 6)
    }

    @Test func `thoughts stand beside the text, never in it`() async throws {
        let generator = FakeGenerator { _, _, report in
            report(.started(prompt: "", promptTokens: 1))
            report(.reasoning("Hm.", variant: 0))
            report(.text("Yes.", variant: 0))
            report(.draftFinished(variant: 0, reason: .length, tokenCount: 2))
        }
        let server = try RunningServer(generator)
        let message = try #require(try await server.chat().choices.first?["message"] as? [String: Any])
        #expect(message["content"] as? String == "Yes." && message["reasoning_content"] as? String == "Hm.")
        let deltas = try await server.chat(#""stream":true"#).chunks.compactMap {
            ($0["choices"] as? [[String: Any]])?.first?["delta"] as? [String: Any]
        }
        #expect(deltas.compactMap { $0["reasoning_content"] as? String } == ["Hm."])
        #expect(deltas.compactMap { $0["content"] as? String }.joined() == "Yes.")
    }

    @Test func `a piece reaches the client before the next one is written`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let server = try RunningServer(
            FakeGenerator { _, _, report in
                report(.started(prompt: "", promptTokens: 1))
                report(.text("first", variant: 0))
                #expect(gate.wait(timeout: .now() + 10) == .success)
                report(.text("second", variant: 0))
                report(.draftFinished(variant: 0, reason: .stop, tokenCount: 2))
            })
        let body = #"{"stream":true,"messages":[{"role":"user","content":"Hi"}]}"#
        let text = try await blocking { [port = server.server.port] in
            let client = try RawClient(port: port)
            client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            let first = client.read(until: "first")
            #expect(!first.contains("second"))
            gate.signal()
            return first + client.read()
        }
        #expect(text.contains("second") && text.hasSuffix("0\r\n\r\n"))
    }

    @Test func `several prompts give their choices in order`() async throws {
        let generator = FakeGenerator { request, _, report in
            guard case .raw(let prompt) = request.prompt else { throw FakeFailure() }
            report(.started(prompt: prompt, promptTokens: 2))
            for variant in 0..<request.variantCount {
                report(.text("\(prompt)\(variant)", variant: variant))
                report(.draftFinished(variant: variant, reason: .stop, tokenCount: 1))
            }
        }
        let server = try RunningServer(generator)
        let answer = try await server.fetch("POST", "/completions", #"{"prompt":["a","b"],"n":2,"seed":1}"#)
        #expect(try answer.json["object"] as? String == "text_completion")
        #expect(try answer.choices.map { $0["text"] as? String } == ["a0", "a1", "b0", "b1"])
        #expect(try answer.choices.map { $0["index"] as? Int } == [0, 1, 2, 3])
        #expect((try answer.json["usage"] as? [String: Any])?["total_tokens"] as? Int == 8)
        let streamed = try await server.fetch("POST", "/v1/completions", #"{"prompt":["a","b"],"stream":true}"#)
        let texts = try streamed.chunks.compactMap { ($0["choices"] as? [[String: Any]])?.first?["text"] as? String }
        #expect(texts == ["a0", "", "b0", ""])
    }

    @Test func `likelihoods come in the shape of chats and in that of completions`() async throws {
        let generator = FakeGenerator { _, _, report in
            let chosen = TokenAlternative(id: 1, text: "Hé", logProbability: -0.5)
            let part = TokenAlternative(id: 2, text: "\u{FFFD}", logProbability: -.infinity)
            report(.started(prompt: "", promptTokens: 1))
            report(.text("Hé", variant: 0))
            report(.alternatives(variant: 0, position: 0, [chosen, part], chosen: chosen))
            report(.alternatives(variant: 0, position: 1, [chosen, part], chosen: part))
            report(.draftFinished(variant: 0, reason: .stop, tokenCount: 2))
        }
        let server = try RunningServer(generator)
        for stream in [false, true] {
            let answer = try await server.chat(#""logprobs":true,"top_logprobs":2,"stream":\#(stream)"#)
            let objects = stream ? try answer.chunks : [try answer.json]
            let all = objects.compactMap { ($0["choices"] as? [[String: Any]])?.first?["logprobs"] as? [String: Any] }
            let content = try #require(all.first?["content"] as? [[String: Any]])
            #expect(all.count == 1 && content.count == 2)
            #expect(content[0]["token"] as? String == "Hé" && content[0]["logprob"] as? Double == -0.5)
            #expect(content[0]["bytes"] as? [Int] == [72, 195, 169])
            #expect(content[1]["bytes"] is NSNull, "a part of a character has unknown bytes")
            #expect(content[1]["logprob"] as? Double == -9999)
            #expect((content[0]["top_logprobs"] as? [Any])?.count == 2)
        }
        #expect(generator.requests.allSatisfy { $0.sampling.alternatives == 2 })
        let old = try await server.chat(#""logprobs":1"#, path: "/v1/completions")
        let columns = try #require(try old.choices.first?["logprobs"] as? [String: Any])
        #expect(columns["tokens"] as? [String] == ["Hé", "\u{FFFD}"])
        #expect(columns["text_offset"] as? [Int] == [0, 2])
        #expect((columns["top_logprobs"] as? [[String: Double]])?.first == ["Hé": -0.5])
    }

    @Test func `an old client gets a stream without chunks`() async throws {
        let server = try RunningServer(.writing("a"))
        let body = #"{"stream":true,"prompt":"x"}"#
        let text = try await blocking { [port = server.server.port] in
            let client = try RawClient(port: port)
            client.send("POST /completions HTTP/1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            return client.read()
        }
        #expect(text.contains("Connection: close") && !text.lowercased().contains("chunked"))
        #expect(text.hasSuffix("data: [DONE]\n\n"))
    }
}
