// A generator whose events a test scripts, and a server in front of it.

import Foundation
import Generation
import Synchronization
import Testing
import Transfer

@testable import Serving

/// Writes what a script says, and keeps the requests.
final class FakeGenerator: TextGenerator {
    typealias Script = @Sendable (GenerationRequest, StopSignal, (GenerationEvent) -> Void) throws -> Void

    let identity: ModelIdentity
    let capabilities: GeneratorCapabilities
    private let script: Script
    private let taken = Mutex<[GenerationRequest]>([])

    var requests: [GenerationRequest] { taken.withLock { $0 } }

    init(
        name: String = "fake", capabilities: GeneratorCapabilities = .all(contextLength: 512),
        _ script: @escaping Script
    ) {
        identity = ModelIdentity(name: name, hash: "abc", engine: "test")
        self.capabilities = capabilities
        self.script = script
    }

    func generate(
        _ request: GenerationRequest, stopSignal: StopSignal
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        taken.withLock { $0.append(request) }
        return AsyncThrowingStream { continuation in
            Thread.detachNewThread { [script] in
                do {
                    try script(request, stopSignal) { continuation.yield($0) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
        }
    }

    /// Every variant writes these pieces and its number.
    static func writing(_ pieces: String...) -> FakeGenerator {
        FakeGenerator { request, _, report in
            report(.started(prompt: "", promptTokens: 7))
            for piece in pieces {
                for variant in 0..<request.variantCount { report(.text(piece, variant: variant)) }
            }
            for variant in 0..<request.variantCount {
                report(.text("\(variant)", variant: variant))
                report(.draftFinished(variant: variant, reason: .stop, tokenCount: pieces.count + 1))
            }
            var timings = GenerationTimings()
            timings.cachedPromptTokens = 3
            report(.finished(timings))
        }
    }
}

/// An error of the model, before or after it began.
struct FakeFailure: ContextOverflow, CustomStringConvertible {
    var description = "The model failed."
    var exceedsContext = false
}

/// A server that runs while the value lives.
final class RunningServer: Sendable {
    let server: ModelServer
    let stopping = StopSignal()
    let hasEnded = DispatchSemaphore(value: 0)

    init(_ generator: FakeGenerator, others: [FakeGenerator] = [], _ change: (inout ServerSettings) -> Void = { _ in })
        throws
    {
        var settings = ServerSettings(port: 0)
        // A busy machine must not make the head of a stream go before the refusal that a test expects.
        settings.pingSeconds = 30
        change(&settings)
        let all = [generator] + others
        let models = ServedModels(served: generator.identity.name, names: { all.map(\.identity.name) }) { name in
            guard let found = all.first(where: { $0.identity.name == name }) else { throw FakeFailure() }
            return ServedModel(generator: found, sampling: SamplingOptions())
        }
        server = try ModelServer(settings, models: models, stopping: stopping)
        Thread.detachNewThread { [server, hasEnded] in
            server.run()
            hasEnded.signal()
        }
    }

    deinit { stopping.raise() }

    /// Sends a request and reads the whole answer.
    func fetch(
        _ method: String = "POST", _ path: String = "/v1/chat/completions", _ body: String? = nil,
        headers: [HTTPHeader] = []
    ) async throws -> Answer {
        let url = "http://127.0.0.1:\(server.port)\(path)"
        let types =
            headers.contains { $0.name == "Content-Type" } || body == nil
            ? [] : [HTTPHeader("Content-Type", "application/json")]
        let request = HTTPRequest(method, url, headers: types + headers, body: body.map { Array($0.utf8) })
        return try await blocking {
            let (head, bytes) = try HTTPClient().fetch(request)
            return Answer(head: head, body: String(decoding: bytes, as: UTF8.self))
        }
    }

    func chat(_ fields: String = "", path: String = "/v1/chat/completions") async throws -> Answer {
        let prompt =
            path.hasSuffix("chat/completions") ? #""messages":[{"role":"user","content":"Hi"}]"# : #""prompt":"Hi""#
        return try await fetch("POST", path, "{\(prompt)\(fields.isEmpty ? "" : ",")\(fields)}")
    }
}

/// Runs work that waits, away from the threads that tests share with the server's tasks.
func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
    }
}

/// What a server answered.
struct Answer: Sendable {
    var head: HTTPHead
    var body: String

    var json: [String: Any] {
        get throws {
            let value = try JSONSerialization.jsonObject(with: Data(body.utf8))
            return try #require(value as? [String: Any], "no object: \(body)")
        }
    }

    var error: [String: Any] {
        get throws { try #require(try json["error"] as? [String: Any], "no error: \(body)") }
    }

    var choices: [[String: Any]] {
        get throws { try #require(try json["choices"] as? [[String: Any]], "no choices: \(body)") }
    }

    /// The data of the events of a stream; the last one is `[DONE]`.
    var events: [String] {
        body.components(separatedBy: "\n\n").filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
    }

    /// The events as objects, without the last one.
    var chunks: [[String: Any]] {
        get throws {
            try events.filter { $0 != "[DONE]" }.map {
                let value = try? JSONSerialization.jsonObject(with: Data($0.utf8))
                return try #require(value as? [String: Any], "no event: \(body)")
            }
        }
    }
}

/// A connection that sends any bytes at all.
final class RawClient: @unchecked Sendable {
    // Used by one test at a time.
    private let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { end() }

    func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// Reads until the text contains another one, or the connection ends.
    func read(until part: String? = nil) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let part, text.contains(part) { return text }
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return text }
            bytes += chunk[..<count]
        }
    }
}
