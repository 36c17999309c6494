// A Hub of models for tests: two servers as the real one has, one that knows the files and one that gives their bytes.

import Foundation
import Generation
import ScriptedServer
import Synchronization

@testable import Downloads

func sha256(_ bytes: [UInt8]) -> String {
    let sum = RunningSum(like: nil, bytes: nil)
    bytes.withUnsafeBytes { sum.add($0) }
    return sum.finish()
}

func gitSum(_ bytes: [UInt8]) -> String {
    let sum = RunningSum(like: .git(""), bytes: bytes.count)
    bytes.withUnsafeBytes { sum.add($0) }
    return sum.finish()
}

/// Bytes that begin as a GGUF file does, each file with others.
func model(_ count: Int, _ seed: UInt8 = 1) -> [UInt8] {
    Array("GGUF".utf8) + (4..<max(4, count)).map { UInt8(truncatingIfNeeded: ($0 &* 31 &+ Int(seed) &* 7) ^ ($0 >> 8)) }
}

/// What a test changes of the usual behaviour; true if the answer was given.
typealias Twist = @Sendable (ScriptedRequest, ScriptedReply, _ bytes: [UInt8], _ time: Int) -> Bool

final class FakeHub: Sendable {
    static let commit = "0123456789abcdef0123456789abcdef01234567"

    struct State {
        var files: [(path: String, bytes: [UInt8])] = []
        var commit = FakeHub.commit
        var facts = #""gated": false, "tags": ["gguf", "license:apache-2.0"]"#
        var resolveHeaders: [String] = []
        var times: [String: Int] = [:]
        /// Answers in place of the Hub, and of the host of the bytes.
        var onHub: Twist = { _, _, _, _ in false }
        var onBytes: Twist = { _, _, _, _ in false }
    }

    let hub: ScriptedServer
    let bytesHost: ScriptedServer
    let state: Locked<State>

    init(_ files: [(path: String, bytes: [UInt8])], _ change: (inout State) -> Void = { _ in }) throws {
        let state = Locked(State(files: files))
        state.change(change)
        self.state = state
        let bytesHost = try ScriptedServer { request, reply in Self.giveBytes(state, request, reply) }
        self.bytesHost = bytesHost
        let address = bytesHost.url
        hub = try ScriptedServer { request, reply in Self.answer(state, address, request, reply) }
    }

    deinit { close() }

    func close() {
        hub.close()
        bytesHost.close()
    }

    /// Requests for bytes, in their order.
    var gets: [ScriptedRequest] { bytesHost.requests }

    private static func time(_ state: Locked<State>, _ name: String) -> Int {
        state.change { state in
            state.times[name, default: 0] += 1
            return state.times[name, default: 1]
        }
    }

    private static func answer(
        _ state: Locked<State>, _ bytesHost: String, _ request: ScriptedRequest, _ reply: ScriptedReply
    ) {
        let now = state.value
        let path = request.path.prefix { $0 != "?" }
        let file = now.files.first { path.hasSuffix("/\($0.path)") }
        if now.onHub(request, reply, file?.bytes ?? [], time(state, "hub" + path)) { return }
        if path.contains("/revision/") {
            reply.answer(body: "{\"id\": \"a/b\", \"sha\": \"\(now.commit)\", \(now.facts)}")
        } else if path.contains("/tree/") {
            reply.answer(body: "[" + now.files.map { entry($0.path, $0.bytes) }.joined(separator: ",") + "]")
        } else if let file, path.contains("/resolve/\(now.commit)/") {
            let isLarge = !isSmall(file.path)
            let headers =
                [
                    "HTTP/1.1 302 Found", "X-Repo-Commit: \(now.commit)", "X-Linked-Size: \(file.bytes.count)",
                    "X-Linked-Etag: \"\(isLarge ? sha256(file.bytes) : gitSum(file.bytes))\"",
                    "Location: \(bytesHost)/blob/\(file.path)?signature=\(UInt32.random(in: 0 ... .max))",
                    "Content-Length: 0",
                ] + now.resolveHeaders
            reply.send(headers.joined(separator: "\r\n") + "\r\n\r\n")
        } else {
            reply.answer("404 Not Found", ["X-Error-Code: EntryNotFound"], body: "Entry not found")
        }
    }

    static func isSmall(_ path: String) -> Bool { path.hasSuffix(".json") || path.hasSuffix(".txt") }

    static func entry(_ path: String, _ bytes: [UInt8]) -> String {
        let stored = ", \"lfs\": {\"oid\": \"\(sha256(bytes))\", \"size\": \(bytes.count), \"pointerSize\": 130}"
        return
            "{\"type\": \"file\", \"path\": \"\(path)\", \"size\": \(bytes.count), \"oid\": \"\(gitSum(bytes))\"\(isSmall(path) ? "" : stored)}"
    }

    private static func giveBytes(_ state: Locked<State>, _ request: ScriptedRequest, _ reply: ScriptedReply) {
        let now = state.value
        let path = request.path.prefix { $0 != "?" }
        guard let file = now.files.first(where: { path.hasSuffix("/blob/\($0.path)") }) else {
            reply.answer("404 Not Found", body: "")
            return
        }
        if now.onBytes(request, reply, file.bytes, time(state, "bytes" + path)) { return }
        reply.give(file.bytes, request, tag: "\"host-\(file.bytes.count)\"")
    }
}

extension ScriptedReply {
    func answer(_ status: String = "200 OK", _ headers: [String] = [], body: String) {
        answer(status, type: "application/json", headers, body)
    }

    /// A file, or the part that is asked for.
    func give(_ bytes: [UInt8], _ request: ScriptedRequest, tag: String) {
        let start = request.header("range").flatMap { Int($0.dropFirst("bytes=".count).dropLast()) }
        let isSame = request.header("if-range").map { $0 == tag } ?? true
        guard let start, isSame else {
            send("HTTP/1.1 200 OK\r\nETag: \(tag)\r\nContent-Length: \(bytes.count)\r\n\r\n")
            send(bytes)
            return
        }
        guard start < bytes.count else {
            send(
                "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */\(bytes.count)\r\nContent-Length: 0\r\n\r\n"
            )
            return
        }
        let range = "Content-Range: bytes \(start)-\(bytes.count - 1)/\(bytes.count)\r\nETag: \(tag)"
        send("HTTP/1.1 206 Partial Content\r\n\(range)\r\nContent-Length: \(bytes.count - start)\r\n\r\n")
        send(Array(bytes[start...]))
    }

    /// The head of the whole file and its first bytes; then the connection ends.
    func giveBeginning(_ count: Int, of bytes: [UInt8], tag: String? = nil) {
        send("HTTP/1.1 200 OK\r\nETag: \(tag ?? "\"host-\(bytes.count)\"")\r\nContent-Length: \(bytes.count)\r\n\r\n")
        send(Array(bytes.prefix(count)))
    }
}

/// A value that several threads use.
final class Locked<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    var value: Value { mutex.withLock { $0 } }

    @discardableResult
    func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        var result: Result?
        mutex.withLock { value in
            var copy = value
            result = body(&copy)
            value = copy
        }
        guard let result else { preconditionFailure("the body was called") }
        return result
    }
}

/// A models folder of a test, with downloads into it whose clocks run fast.
final class Place: Sendable {
    let root: String
    var folder: String { root + "/models" }

    init() throws {
        root = FileManager.default.temporaryDirectory.path + "/copydesk-downloads-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func downloads(
        _ variables: [String: String], check: @escaping @Sendable ([String]) throws -> Void = Place.isModel,
        elsewhere: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> ModelDownloads {
        var environment = DownloadEnvironment(environment: variables, home: root)
        environment.clocks.pace = 0.01
        environment.clocks.silence = 0.4
        environment.clocks.connect = 2
        return ModelDownloads(folder: folder, environment: environment, check: check, pathElsewhere: elsewhere)
    }

    func downloads(_ hub: FakeHub) -> ModelDownloads { downloads(["HF_ENDPOINT": hub.hub.url]) }

    struct NoModel: Error, CustomStringConvertible { let description = "It is no model." }

    @Sendable static func isModel(_ paths: [String]) throws {
        for path in paths {
            let first = FileManager.default.fileExists(atPath: path + "/config.json")
            guard first || FileManager.default.contents(atPath: path)?.starts(with: Array("GGUF".utf8)) == true else {
                throw NoModel()
            }
        }
    }

    /// All names in the models folder, hidden ones too; nil if the folder is missing.
    var names: [String]? { (try? FileManager.default.subpathsOfDirectory(atPath: folder))?.sorted() }
    /// Without the manifest.
    var models: [String] { (names ?? []).filter { $0 != ModelManifest.fileName } }

    func bytes(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: "\(folder)/\(name)").map(Array.init) }

    /// Puts a file into the models folder.
    func put(_ name: String, _ bytes: [UInt8]) throws {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: URL(filePath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: path))
    }
}

extension ModelDownloads {
    /// Plans and pulls.
    @discardableResult
    func get(_ text: String, isStopped: () -> Bool = { false }, report: (JobProgress) -> Void = { _ in }) throws
        -> PulledModel
    {
        try pull(plan(ModelReference(text), isStopped: isStopped), isStopped: isStopped, report: report)
    }
}
