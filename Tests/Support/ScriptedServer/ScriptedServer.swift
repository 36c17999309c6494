// A server for tests: what it answers is a script, byte for byte and with every silence.
// - It listens on a free port of this machine; each connection has a thread of its own.
// - It keeps every request, so that a test can look at what was sent.

import Foundation
import Glibc
import Synchronization

/// A request as the server got it.
public struct ScriptedRequest: Sendable {
    public var method: String
    /// The target of the first line: path and query.
    public var path: String
    /// Names in lower case.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public func header(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }
    public var bodyText: String { String(decoding: body, as: UTF8.self) }
    /// The body as an object of JSON; empty if it is none.
    public var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    }
}

/// The way back to one client.
public struct ScriptedReply: Sendable {
    let socket: Int32
    let closing: @Sendable () -> Bool

    /// Sends bytes at once. False if the client has gone.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// A whole answer with its length.
    public func answer(
        _ status: String = "200 OK", type: String = "application/json", _ headers: [String] = [], _ body: String
    ) {
        let lines =
            ["HTTP/1.1 \(status)", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)", "Connection: close"]
            + headers
        send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// The head of a stream of events that ends with the connection.
    public func beginEvents(_ headers: [String] = []) {
        let lines = ["HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Connection: close"] + headers
        send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    }

    /// One event with its data.
    @discardableResult
    public func event(_ data: String) -> Bool { send("data: \(data)\n\n") }

    /// Says nothing for a time, in pieces, so that the end of a test does not wait for it.
    public func pause(_ seconds: Double) {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end, !closing() { usleep(5000) }
    }

    /// True once the client has closed its side.
    public var isGone: Bool {
        var byte: UInt8 = 0
        let count = recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
    }

    /// Waits until the client has closed its side.
    /// - Returns: False if it has not.
    @discardableResult
    public func waitUntilGone() -> Bool { wait { isGone } }

    /// Waits for something that happens elsewhere, for as long as a full machine may need.
    /// - Returns: False if it has not happened.
    @discardableResult
    public func wait(until condition: () -> Bool) -> Bool {
        let end = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < end, !closing() {
            if condition() { return true }
            usleep(2000)
        }
        return condition()
    }
}

/// A server that follows a script.
public final class ScriptedServer: Sendable {
    public typealias Script = @Sendable (ScriptedRequest, ScriptedReply) -> Void

    public let port: Int
    private let socket: Int32
    private let script: Script
    private let kept = Mutex<[ScriptedRequest]>([])
    private let isClosed = Atomic<Bool>(false)

    /// Starts it. The connection ends when the script returns.
    public init(_ script: @escaping Script) throws {
        self.script = script
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, length) == 0 && listen(socket, 64) == 0
                    && getsockname(socket, pointer, &length) == 0
            }
        }
        guard socket >= 0, bound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in accept() }
    }

    public var url: String { "http://127.0.0.1:\(port)" }
    public var requests: [ScriptedRequest] { kept.withLock { $0 } }

    /// Ends it; open connections end at their next pause.
    public func close() {
        guard !isClosed.exchange(true, ordering: .sequentiallyConsistent) else { return }
        shutdown(socket, Int32(SHUT_RDWR))
        Glibc.close(socket)
    }

    deinit { close() }

    private func accept() {
        while !isClosed.load(ordering: .relaxed) {
            let client = Glibc.accept(socket, nil, nil)
            guard client >= 0 else { return }
            Thread.detachNewThread { [self] in serve(client) }
        }
    }

    private func serve(_ client: Int32) {
        defer {
            shutdown(client, Int32(SHUT_RDWR))
            Glibc.close(client)
        }
        guard let request = read(client) else { return }
        kept.withLock { $0.append(request) }
        script(
            request, ScriptedReply(socket: client) { [weak self] in self?.isClosed.load(ordering: .relaxed) ?? true })
    }

    private func read(_ client: Int32) -> ScriptedRequest? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        var request: ScriptedRequest?
        var bodyStart = 0
        while true {
            if request == nil, let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                let words = lines[0].split(separator: " ").map(String.init)
                guard words.count > 1 else { return nil }
                let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
                    guard let colon = line.firstIndex(of: ":") else { return nil }
                    return (
                        line[..<colon].lowercased(),
                        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                    )
                }
                request = ScriptedRequest(method: words[0], path: words[1], headers: headers, body: [])
                bodyStart = end.upperBound
            }
            if var request {
                let length = request.header("content-length").flatMap(Int.init) ?? 0
                if bytes.count >= bodyStart + length {
                    request.body = Array(bytes[bodyStart..<(bodyStart + length)])
                    return request
                }
            }
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }
}
