import Foundation
import Generation
import Synchronization
import Testing
import Transfer

@testable import Serving

@Suite struct `A server of models` {
    @Test(arguments: ["/v1/models", "/models", "/v1/models/"])
    func `lists its models, the served one first`(path: String) async throws {
        let server = try RunningServer(.writing(), others: [FakeGenerator(name: "a/b") { _, _, _ in }])
        let answer = try await server.fetch("GET", path)
        let data = try #require(try answer.json["data"] as? [[String: Any]])
        #expect(data.map { $0["id"] as? String } == ["fake", "a/b"] && data[0]["object"] as? String == "model")
        #expect(try await server.fetch("GET", "/v1/models/a%2Fb").json["id"] as? String == "a/b")
        #expect(try await server.fetch("GET", "/v1/models/a/b").json["id"] as? String == "a/b")
        #expect(try await server.fetch("GET", "/v1/models/none").head.status == 404)
    }

    @Test func `opens another model by its name, and no path`() async throws {
        let other = FakeGenerator(name: "other") { _, _, report in
            report(.started(prompt: "", promptTokens: 1))
            report(.text("other", variant: 0))
            report(.draftFinished(variant: 0, reason: .stop, tokenCount: 1))
        }
        let server = try RunningServer(.writing("x"), others: [other])
        #expect(try await server.chat(#""model":"other""#).json["model"] as? String == "other")
        #expect(try await server.chat().json["model"] as? String == "fake")
        let answer = try await server.chat(#""model":"/etc/passwd""#)
        #expect(answer.head.status == 404)
        let error = try answer.error
        #expect(error["code"] as? String == "model_not_found" && error["param"] as? String == "model")
        #expect((error["message"] as? String)?.contains("fake, other") == true)
    }

    @Test(arguments: [
        ("GET", "/", 404), ("GET", "/v1/embeddings", 404), ("GET", "/v1/chat/completions", 405),
        ("DELETE", "/v1/models", 405), ("OPTIONS", "/v1/models", 204), ("HEAD", "/v1/models", 200),
        ("GET", "/health", 200), ("GET", "/v1/health", 200), ("HEAD", "/health", 200), ("POST", "/health", 405),
    ])
    func `answers every path and method`(method: String, path: String, status: Int) async throws {
        let server = try RunningServer(.writing())
        let answer = try await server.fetch(method, path)
        #expect(answer.head.status == status)
        if status == 405 || status == 204 { #expect(answer.head["allow"]?.isEmpty == false) }
        if status >= 400 { #expect(try answer.error["message"] as? String != nil) }
        #expect(answer.head["access-control-allow-origin"] == nil)
        if method == "HEAD" { #expect(answer.body.isEmpty && answer.head["content-length"] != "0") }
    }

    @Test(arguments: [
        ("{", "application/json", 400), ("[1]", "application/json", 400), ("", "application/json", 400),
        ("{\"a\":\"\u{1}\"}", "application/json", 400), ("{}", "text/plain", 415),
        ("{}", "application/x-www-form-urlencoded", 415),
        ("DEEP", "application/json", 400),
        (#"{"messages":[{"role":"user","content":"Hi"}]}"#, "Application/JSON; charset=utf-8", 200),
    ])
    func `says what is wrong with a body`(body: String, type: String, status: Int) async throws {
        let server = try RunningServer(.writing())
        let answer = try await server.fetch(
            "POST", "/v1/chat/completions", body == "DEEP" ? String(repeating: "[", count: 100_000) : body,
            headers: [HTTPHeader("Content-Type", type)])
        #expect(answer.head.status == status)
        if status >= 400 { #expect((try answer.error["message"] as? String)?.hasSuffix(".") == true) }
    }

    @Test func `refuses a body that is too large, announced or in chunks`() async throws {
        let server = try RunningServer(.writing()) { $0.bodyLimit = 1000 }
        let large = #"{"x":"\#(String(repeating: "a", count: 200_000))"}"#
        #expect(try await server.fetch("POST", "/v1/completions", large).head.status == 413)
        let text = try await blocking { [port = server.server.port] in
            let client = try RawClient(port: port)
            client.send(
                "POST /completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\nabc")
            return client.read()
        }
        #expect(text.hasPrefix("HTTP/1.1 413 ") && text.contains("Connection: close"))
        #expect(try await server.fetch("GET", "/health").head.status == 200)
    }

    @Test func `reads a body in chunks, after it asked for it`() async throws {
        let server = try RunningServer(.writing("ok"))
        let text = try await blocking { [port = server.server.port] in
            let client = try RawClient(port: port)
            client.send(
                "POST /completions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            let first = client.read(until: "\r\n\r\n")
            client.send("A;x=1\r\n{\"prompt\":\r\n4\r\n\"x\"}\r\n0\r\nT: 1\r\n\r\n")
            let second = client.read(until: "total_tokens")
            // The connection goes on with the next request.
            client.send("GET /health HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n")
            return first + second + client.read()
        }
        #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"))
        #expect(text.contains("ok0") && text.contains(#"{"status":"ok"}"#))
    }

    @Test(arguments: [
        ("GARBAGE\r\n\r\n", 400), ("GET /health HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("GET /health HTTP/1.1\r\n\r\n", 400),
        ("GET health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n", 400),
        ("POST /completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST /completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("POST /completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
        ("POST /completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (
            "POST /completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            400
        ),
        ("POST /completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        ("GET /LONG HTTP/1.1\r\nHost: localhost\r\n\r\n", 431),
        ("GET /%zz%00%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404),
    ])
    func `answers a malformed request in words, and ends the connection`(request: String, status: Int) async throws {
        let server = try RunningServer(.writing())
        let text = try await blocking { [port = server.server.port] in
            let client = try RawClient(port: port)
            client.send(request.replacingOccurrences(of: "LONG", with: String(repeating: "a", count: 70_000)))
            return client.read()
        }
        #expect(text.hasPrefix("HTTP/1.1 \(status) ") && text.contains("Connection: close"))
        #expect(text.contains(#"{"error":{"message":""#))
    }

    @Test func `never ends, whatever bytes come`() async throws {
        let server = try RunningServer(.writing("ok"))
        let request = Array(
            "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{\"prompt\":\"x\"}"
                .utf8)
        try await blocking { [port = server.server.port] in
            var random = Mixer(state: 7)
            for _ in 0..<300 {
                var bytes = request
                for _ in 0..<Int(random.next() % 5 + 1) {
                    bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                let client = try RawClient(port: port)
                client.send(bytes)
                client.end()
            }
        }
        #expect(try await server.chat().head.status == 200)
    }

    @Test(arguments: [
        ("evil.example", nil, 403), ("127.0.0.1.evil.example", nil, 403), ("localhost:1", nil, 200),
        ("[::1]:8080", nil, 200),
        ("127.0.0.1", "http://evil.example", 403), ("127.0.0.1", "null", 403),
        ("localhost:80", "http://localhost:80", 200),
        ("localhost:80", "http://localhost:81", 403),
    ])
    func `serves no page that another site has brought into the browser`(host: String, origin: String?, status: Int)
        async throws
    {
        let server = try RunningServer(.writing())
        let answer = try await server.fetch(
            "GET", "/v1/models",
            headers: [HTTPHeader("Host", host)] + (origin.map { [HTTPHeader("Origin", $0)] } ?? []))
        #expect(answer.head.status == status)
    }

    @Test(arguments: [
        (nil, 401), ("Bearer wrong", 401), ("Bearer secre", 401), ("Bearer secret1", 401), ("secret", 401),
        ("Bearer secret", 200),
    ])
    func `with a key answers nobody else but for its health`(header: String?, status: Int) async throws {
        let server = try RunningServer(.writing()) { $0.key = "secret" }
        let headers = header.map { [HTTPHeader("Authorization", $0)] } ?? []
        let answer = try await server.fetch("GET", "/v1/models", headers: headers)
        #expect(answer.head.status == status)
        if status == 401 {
            #expect(
                try answer.error["code"] as? String == "invalid_api_key" && answer.head["www-authenticate"] == "Bearer")
            #expect(!answer.body.contains("secret"))
        }
        #expect(try await server.fetch("GET", "/health", headers: headers).head.status == 200)
    }

    @Test func `says in one sentence why it does not begin`() throws {
        let first = try RunningServer(.writing())
        let port = first.server.port
        let models = ServedModels(served: "x", names: { [] }) { _ in throw FakeFailure() }
        func begin(_ settings: ServerSettings) throws -> ModelServer {
            try ModelServer(settings, models: models, stopping: StopSignal())
        }
        #expect(throws: ServingError.portTaken(port)) { try begin(ServerSettings(port: port)) }
        #expect(throws: ServingError.needsKey(host: "0.0.0.0")) { try begin(ServerSettings(host: "0.0.0.0", port: 0)) }
        #expect(throws: ServingError.needsKey(host: "0.0.0.0")) {
            try begin(ServerSettings(host: "0.0.0.0", port: 0, key: ""))
        }
        #expect(throws: ServingError.unknownHost("192.0.2.1")) {
            try begin(ServerSettings(host: "192.0.2.1", port: 0, key: "k"))
        }
        #expect(try begin(ServerSettings(host: "127.0.0.1", port: 0)).url.hasPrefix("http://127.0.0.1:"))
    }
}
