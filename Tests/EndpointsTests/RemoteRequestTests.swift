import Endpoints
import Foundation
import Generation
import ScriptedServer
import Testing

@Suite struct `A request to a server` {
    /// T36.
    @Test func `has nothing null, nothing empty, and one connection`() async throws {
        let server = try ScriptedServer { _, reply in reply.stream(["Yes"]) }
        defer { server.close() }
        _ = await write(
            remoteGenerator(server, key: "sk-1234 \n"),
            remoteRequest { $0.prompt = .chat([Message(.system, "Be short."), Message(.user, "Hi")]) })
        let request = try #require(server.requests.first)
        #expect(request.method == "POST" && request.path == "/v1/chat/completions")
        #expect(request.header("authorization") == "Bearer sk-1234")
        #expect(request.header("content-type") == "application/json")
        #expect(request.header("accept-encoding") == "identity" && request.header("expect") == nil)
        #expect(request.header("transfer-encoding") == nil)
        let json = request.json
        #expect(json.values.allSatisfy { !($0 is NSNull) && ($0 as? [Any])?.isEmpty != true })
        #expect(json["stream"] as? Bool == true && json["stop"] == nil && json["n"] == nil)
        #expect((json["messages"] as? [[String: String]])?.map { $0["content"] } == ["Be short.", "Hi"])
    }

    @Test func `of a raw prompt is a legacy completion, whose white space stays`() async throws {
        let server = try ScriptedServer { _, reply in reply.completion([" Paris", ".\n"]) }
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server), remoteRequest { $0.prompt = .raw("The capital of France is") })
        let request = try #require(server.requests.first)
        #expect(request.path == "/v1/completions" && request.json["prompt"] as? String == "The capital of France is")
        #expect(request.json["messages"] == nil && request.header("authorization") == nil)
        #expect(drafts.text == " Paris.\n")
    }

    @Test func `of a raw prompt goes as a chat to a server that has only that, and it is said`() async throws {
        let server = try ScriptedServer { request, reply in
            guard request.path != "/v1/completions" else {
                return reply.answer("404 Not Found", #"{"detail":"Not Found"}"#)
            }
            reply.stream(["Paris"])
        }
        defer { server.close() }
        let generator = remoteGenerator(server)
        let request = remoteRequest { $0.prompt = .raw("The capital of France is") }
        let drafts = await write(generator, request)
        #expect(drafts.text == "Paris")
        #expect(drafts.notices == ["local takes no raw prompts, so the prompt was sent as a message of a chat."])
        _ = await write(generator, request)
        #expect(server.requests.map(\.path) == ["/v1/completions", "/v1/chat/completions", "/v1/chat/completions"])
    }

    @Test(arguments: [(EndpointSettings.Style.chat, "/v1/chat/completions"), (.completions, "/v1/completions")])
    func `takes the form that the settings name`(style: EndpointSettings.Style, path: String) async throws {
        let server = try ScriptedServer { _, reply in reply.completion(["Text"]) }
        defer { server.close() }
        let generator = remoteGenerator(server) { $0.style = style }
        _ = await write(generator, remoteRequest { $0.prompt = .raw("A") })
        _ = await write(generator, remoteRequest())
        #expect(server.requests.map(\.path) == [path, path])
    }

    /// T25.
    @Test func `names the most tokens as the server wants them`() async throws {
        let server = try ScriptedServer { request, reply in
            guard request.json["max_tokens"] == nil else {
                return reply.answer(
                    "400 Bad Request",
                    #"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#
                )
            }
            reply.stream(["Yes"])
        }
        defer { server.close() }
        let generator = remoteGenerator(server)
        for _ in 0..<2 {
            let drafts = await write(generator, remoteRequest { $0.sampling.maxTokens = 32 })
            #expect(drafts.text == "Yes" && drafts.notices == [])
        }
        #expect(server.requests.map { $0.json["max_tokens"] as? Int } == [32, nil, nil])
        #expect(server.requests.map { $0.json["max_completion_tokens"] as? Int } == [nil, 32, 32])
    }

    /// T26.
    @Test(arguments: [
        #"{"detail":"Unexpected fields in the request: {'top_k', 'min_p'}"}"#,
        #"{"detail":[{"type":"extra_forbidden","loc":["body","top_k"],"msg":"Extra inputs are not permitted"},{"type":"extra_forbidden","loc":["body","min_p"],"msg":"Extra inputs are not permitted"}]}"#,
    ])
    func `leaves out what the server refuses, once, and says so`(refusal: String) async throws {
        let server = try ScriptedServer { request, reply in
            guard request.json["top_k"] == nil, request.json["min_p"] == nil else {
                return reply.answer("422 Unprocessable Entity", refusal)
            }
            reply.stream(["Yes"])
        }
        defer { server.close() }
        let generator = remoteGenerator(server)
        let request = remoteRequest(2) {
            $0.sampling.topK = 40
            $0.sampling.minP = 0.1
            $0.sampling.temperature = 0
        }
        let drafts = await write(generator, request)
        #expect(drafts.texts == [0: "Yes", 1: "Yes"])
        #expect(drafts.notices == ["local does not take 'min_p', 'top_k', so they were left out."])
        #expect(drafts.server?.droppedFields == ["min_p", "top_k"])
        let again = await write(generator, request)
        #expect(again.notices == drafts.notices)
        #expect(server.requests.count == 5)
        #expect(await write(generator, remoteRequest()).notices == [])
    }

    @Test func `is not sent without a schema that the server refuses`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.answer(
                "422 Unprocessable Entity", #"{"detail":"Unexpected fields in the request: {'response_format'}"}"#)
        }
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server), remoteRequest { $0.sampling.jsonSchema = #"{"type":"object"}"# })
        #expect(server.requests.count == 1 && drafts.error?.contains("response_format") == true)
    }

    /// The refusals are those of llama-cpp-python 0.3.36, which validates, and of a service that names the type alone.
    @Test(arguments: [
        (
            "500 Internal Server Error",
            #"{"error":{"message":"1 validation error:\n  {'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\", 'input': 'json_schema'}","type":"internal_server_error","param":null,"code":null}}"#
        ),
        (
            "400 Bad Request",
            #"{"error":{"message":"This response_format type is unavailable now","type":"invalid_request_error"}}"#
        ),
    ])
    func `gives the schema in the other form if the server does not know the first`(
        status: String, refusal: String
    ) async throws {
        let server = try ScriptedServer { request, reply in
            let format = request.json["response_format"] as? [String: Any]
            guard format?["type"] as? String == "json_object" else { return reply.answer(status, refusal) }
            let schema = format?["schema"] as? [String: Any]
            reply.stream([#"{"a":"\#(schema?["type"] as? String ?? "no schema")"}"#])
        }
        defer { server.close() }
        let generator = remoteGenerator(server)
        let request = remoteRequest(2) {
            $0.sampling.jsonSchema =
                #"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"#
        }
        let drafts = await write(generator, request)
        #expect(drafts.texts == [0: #"{"a":"object"}"#, 1: #"{"a":"object"}"#] && drafts.reasons[1] == .stop)
        #expect(drafts.server?.droppedFields == [] && server.requests.count == 3)
    }

    @Test func `fails in words if the server takes no form of the schema`() async throws {
        let server = try ScriptedServer { _, reply in
            reply.answer(
                "400 Bad Request", #"{"error":{"message":"response_format.type must be 'text'","code":400}}"#)
        }
        defer { server.close() }
        let drafts = await write(
            remoteGenerator(server), remoteRequest { $0.sampling.jsonSchema = #"{"type":"object"}"# })
        #expect(server.requests.count == 2 && drafts.error?.contains("must be 'text'") == true)
    }

    /// T24.
    @Test func `follows a redirection of the same server once, with its body`() async throws {
        let server = try ScriptedServer { request, reply in
            guard request.path == "/v2/chat" else {
                return reply.answer("307 Temporary Redirect", ["Location: /v2/chat"], "")
            }
            reply.stream([request.json["model"] as? String ?? "nothing"])
        }
        defer { server.close() }
        let generator = remoteGenerator(server, key: "sk-1234")
        let drafts = await write(generator)
        #expect(drafts.text == generator.model)
        #expect(server.requests.map { $0.header("authorization") } == ["Bearer sk-1234", "Bearer sk-1234"])
    }

    @Test func `never goes to another server`() async throws {
        let other = try ScriptedServer { _, reply in reply.stream(["Stolen"]) }
        let target = other.url
        let server = try ScriptedServer { _, reply in
            reply.answer("308 Permanent Redirect", ["Location: \(target)/v1/chat/completions"], "")
        }
        let loop = try ScriptedServer { request, reply in
            reply.answer("307 Temporary Redirect", ["Location: \(request.path)x"], "")
        }
        defer { [other, server, loop].forEach { $0.close() } }
        let drafts = await write(remoteGenerator(server, key: "sk-1234"))
        #expect(other.requests.isEmpty)
        #expect(
            drafts.error
                == "local sends its requests on to '\(target)/v1/chat/completions', and a key is not sent on. "
                + "Set the endpoint's address to the place that answers.")
        _ = await write(remoteGenerator(loop))
        #expect(loop.requests.count == 2)
    }

    @Test func `has the headers and fields of the settings`() async throws {
        let server = try ScriptedServer { _, reply in reply.stream(["Yes"]) }
        defer { server.close() }
        _ = await write(
            remoteGenerator(server) {
                $0.headers = ["X-Title": "Copydesk\r\nX-Evil: 1"]
                $0.body = ["provider": #"{"sort":"price"}"#, "seed": "null"]
            })
        let request = try #require(server.requests.first)
        #expect(request.header("x-title") == "CopydeskX-Evil: 1" && request.header("x-evil") == nil)
        #expect((request.json["provider"] as? [String: String]) == ["sort": "price"])
        #expect(request.json["seed"] == nil)
    }

    @Test(arguments: ["ftp://x", "127.0.0.1:80", "http://user:secret@host/v1", "", "http://"])
    func `is not sent to an address that is none`(url: String) async {
        var endpoint = EndpointSettings(name: "local", url: url)
        endpoint.timeouts.connect = 1
        let drafts = await write(RemoteGenerator(endpoint: endpoint, model: "m", key: "sk-1234"))
        #expect(drafts.error?.hasSuffix(".") == true && drafts.error?.contains("secret") == false)
    }

    @Test func `is not sent with a key of several lines, nor without a prompt`() async throws {
        let server = try ScriptedServer { _, reply in reply.stream(["Yes"]) }
        defer { server.close() }
        let drafts = await write(remoteGenerator(server, key: "a\nb"))
        #expect(
            drafts.error
                == "The key of local holds a line end or a control character, so it cannot be sent. Set it again.")
        let empty = await write(remoteGenerator(server), remoteRequest(prompt: " \n"))
        #expect(empty.error == "The prompt is empty: write some text for the model to answer.")
        #expect(server.requests.isEmpty)
    }

    /// T32.
    @Test func `keeps the name of the model that answered`() async throws {
        let server = try ScriptedServer { _, reply in reply.stream(["Yes"]) }
        defer { server.close() }
        let generator = remoteGenerator(server)
        let drafts = await write(generator)
        #expect(drafts.server?.askedModel == generator.model && drafts.server?.answeredModel == "served")
        #expect(generator.identity.name == "local/\(generator.model)")
        #expect(generator.identity.engine == server.url + "/v1")
    }

    @Test func `whose prompt the server cut is told from its counts`() async throws {
        let counts = [
            #"{"prompt_tokens":256,"completion_tokens":3}"#, #"{"prompt_tokens":1000,"completion_tokens":24}"#,
        ]
        let server = try ScriptedServer.counting { count, _, reply in
            reply.stream(["Yes"], usage: counts[min(count, 2) - 1])
        }
        defer { server.close() }
        let generator = remoteGenerator(server)
        let long = await write(generator, remoteRequest(prompt: String(repeating: "several words ", count: 600)))
        #expect(
            long.notices == [
                "local read only 256 tokens of a prompt that has about 1400 or more: it may have cut the prompt. "
                    + "Shorten it, or raise the context of the server."
            ])
        let full = await write(generator)
        #expect(full.notices.first?.hasPrefix("The prompt and the draft fill 1024 tokens exactly") == true)
    }

    @Test func `says which options no server has`() async throws {
        let server = try ScriptedServer { _, reply in reply.stream(["Yes"]) }
        defer { server.close() }
        let generator = remoteGenerator(server)
        let request = remoteRequest { $0.sampling.noRepeatNgramSize = 4 }
        #expect(generator.capabilities.missing(for: request) == [])
        #expect(
            await write(generator, request).notices == [
                "Servers have no option 'no_repeat_ngram_size', so the drafts are written without it."
            ])
    }
}
