import Endpoints
import Foundation
import Generation
import ScriptedServer
import Testing

@Suite struct `The check of an endpoint` {
    private static func check(_ server: ScriptedServer, key: String? = nil, model: String? = nil) -> EndpointCheck {
        EndpointCheck.run(remoteEndpoint(server), key: key, model: model, pace: RemotePace(second: 0.02))
    }

    @Test func `finds a good one good, with its models and its first token`() throws {
        let server = try ScriptedServer { request, reply in
            guard request.method == "GET" else { return reply.stream(["Hi"], reason: "length") }
            reply.answer(
                "200 OK", ["Server: llama.cpp"],
                #"{"data":[{"id":"a","status":{"value":"unloaded"}},{"id":"b","owned_by":"llamacpp","status":{"value":"loaded"}}]}"#
            )
        }
        defer { server.close() }
        let check = Self.check(server, key: "sk-1234")
        #expect(check.steps.map(\.ok) == [true, true, true, true])
        #expect(check.isUsable && check.models == ["a", "b"] && check.model == "b" && check.server == "llama.cpp")
        #expect(check.steps[2].sentence == "2 models: a, b.")
        #expect(check.steps[3].sentence.hasSuffix("It answers as 'served'."))
        #expect((check.firstTokenSeconds ?? -1) > 0)
        let request = try #require(server.requests.last)
        #expect(request.json["max_tokens"] as? Int == 1 && request.json["model"] as? String == "b")
        let read = try JSONDecoder().decode(EndpointCheck.self, from: JSONEncoder().encode(check))
        #expect(read == check)
    }

    @Test func `names the step that fails, and does not try what comes after it`() throws {
        let refusing = try ScriptedServer { _, reply in
            reply.answer("401 Unauthorized", #"{"error":{"message":"Incorrect API key provided: sk-1234"}}"#)
        }
        let silent = try ScriptedServer { _, _ in }
        defer { refusing.close() }
        let check = Self.check(refusing, key: "sk-1234")
        #expect(check.steps.map(\.ok) == [true, false, nil, nil] && !check.isUsable)
        #expect(check.steps[1].sentence.contains("refused the key"))
        #expect(!check.steps.contains { $0.sentence.contains("sk-1234") })
        #expect(refusing.requests.count == 1)
        let endpoint = remoteEndpoint(silent)
        silent.close()
        let closed = EndpointCheck.run(endpoint, key: nil)
        #expect(closed.steps.map(\.ok) == [false, nil, nil, nil])
        #expect(closed.steps[0].sentence == "Nobody answers at 127.0.0.1. Start the server, or check the address.")
        let wrong = EndpointCheck.run(EndpointSettings(name: "x", url: "ftp://x"), key: nil)
        #expect(wrong.steps.map(\.ok) == [false, nil, nil, nil])
    }

    /// T38: a list that is missing forbids nothing.
    @Test(arguments: [("404 Not Found", "{}"), ("200 OK", #"{"data":[]}"#), ("200 OK", "hello"), ("500 Oops", "")])
    func `tries a model by its name without a list`(status: String, body: String) throws {
        let server = try ScriptedServer { request, reply in
            guard request.method == "GET" else { return reply.stream(["Hi"]) }
            reply.answer(status, body)
        }
        defer { server.close() }
        let check = Self.check(server, model: "mine")
        #expect(check.steps.map(\.name) == EndpointCheck.StepName.allCases)
        #expect(check.isUsable && check.model == "mine")
        let without = Self.check(server)
        #expect(without.steps.last?.ok == nil && !without.isUsable)
    }

    /// T38.
    @Test func `of the models alone waits for no slow server`() throws {
        let server = try ScriptedServer { request, reply in
            if request.header("authorization") == "Bearer good" {
                reply.answer("200 OK", #"{"data":[{"id":"org/model","max_model_len":4096}]}"#)
            } else {
                reply.answer("401 Unauthorized", "{}")
            }
        }
        let slow = try ScriptedServer { _, reply in reply.pause(5) }
        defer {
            server.close()
            slow.close()
        }
        let listing = try EndpointModels.list(remoteEndpoint(server), key: "good")
        #expect(listing.models.map(\.name) == ["org/model"] && listing.models[0].contextLength == 4096)
        #expect(throws: ServerFailure.self) { try EndpointModels.list(remoteEndpoint(server), key: "bad") }
        #expect(throws: (any Error).self) {
            try EndpointModels.list(
                remoteEndpoint(slow) {
                    $0.timeouts.connect = 0.1
                    $0.timeouts.firstByte = 0.2
                }, key: nil)
        }
    }
}
