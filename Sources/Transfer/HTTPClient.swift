// Sends requests by libcurl.
// - A call blocks its thread until the answer is complete, so callers have a thread of their own.
// - Redirections are not followed: what may go to another place is the caller's decision.
// - Each request has a connection of its own, and ends it; a stopped one ends within some 50 ms.
// - This machine is never asked by way of a proxy, unless the request says so.

import CTransfer
import Foundation
import Synchronization

/// Sends requests, one a call.
public struct HTTPClient: Sendable {
    /// What a caller does with an answer, piece by piece. An error that one of them throws ends the transfer.
    public struct Reader {
        /// The head of the answer; called once, before the body.
        public var head: (HTTPHead) throws -> Void
        /// The next bytes of the body; valid only during the call.
        public var body: (UnsafeRawBufferPointer) throws -> Void
        /// Called about twenty times a second while nothing comes, with the seconds since the last byte.
        public var waiting: (Double) -> Void

        public init(
            head: @escaping (HTTPHead) throws -> Void, body: @escaping (UnsafeRawBufferPointer) throws -> Void,
            waiting: @escaping (Double) -> Void = { _ in }
        ) {
            self.head = head
            self.body = body
            self.waiting = waiting
        }
    }

    public init() {}

    /// Sends a request and reads the whole answer.
    /// - Parameter isStopped: asked about twenty times a second; true closes the connection.
    /// - Throws: `TransferError`, or what the reader throws.
    public func send(_ request: HTTPRequest, isStopped: () -> Bool = { false }, reader: Reader) throws {
        try withoutActuallyEscaping(isStopped) { try HTTPExchange(request, reader).run(isStopped: $0) }
    }

    /// Sends a request and collects the answer.
    /// - Parameter limit: the most bytes of the body that are kept; of a longer one the rest is dropped.
    public func fetch(
        _ request: HTTPRequest, limit: Int = 64 << 20, isStopped: () -> Bool = { false }
    ) throws -> (head: HTTPHead, body: [UInt8]) {
        var answer = HTTPHead(status: 0)
        var body: [UInt8] = []
        try withoutActuallyEscaping(isStopped) { isStopped in
            let exchange = HTTPExchange(
                request, Reader(head: { answer = $0 }, body: { body += $0.prefix(limit - body.count) }))
            try exchange.run(isStopped: isStopped)
        }
        return (answer, body)
    }
}

/// One request and its answer.
private final class HTTPExchange {
    /// How long the loop waits for a byte before it looks at the clocks, in milliseconds.
    private static let pollMilliseconds: Int32 = 50
    /// The longest head of an answer, in bytes; libcurl takes a little more.
    private static let longestHead = 200 << 10

    private let request: HTTPRequest
    private let reader: HTTPClient.Reader
    private var head: HTTPHead?
    private var hasHead = false
    private var headBytes = 0
    private var lastByte = ContinuousClock.now
    private var failure: (any Error)?
    private var host: String { URLComponents(string: request.url)?.host ?? request.url }

    init(_ request: HTTPRequest, _ reader: HTTPClient.Reader) {
        self.request = request
        self.reader = reader
    }

    func run(isStopped: () -> Bool) throws {
        try TransferLibrary.load()
        guard let handle = ct_easy_init(), let multi = ct_multi_init() else {
            throw TransferError.other(host: host, reason: "out of memory")
        }
        var list: UnsafeMutablePointer<curl_slist>?
        defer {
            ct_multi_remove_handle(multi, handle)
            ct_easy_cleanup(handle)
            ct_multi_cleanup(multi)
            ct_slist_free_all(list)
        }
        guard let scheme = URLComponents(string: request.url)?.scheme, ["http", "https"].contains(scheme.lowercased())
        else { throw TransferError.invalidAddress(request.url) }
        for header in request.headers + [HTTPHeader("Expect", "")] {
            list = ct_slist_append(list, header.value.isEmpty ? "\(header.name):" : "\(header.name): \(header.value)")
        }
        ct_set_list(handle, CURLOPT_HTTPHEADER, list)
        set(handle)
        try (request.body ?? []).withUnsafeBytes { body in
            if request.body != nil {
                ct_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, Int64(body.count))
                // With no bytes there is no address, and libcurl would read the body from standard input.
                if let base = body.baseAddress {
                    ct_set_context(handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: base))
                } else {
                    ct_set_text(handle, CURLOPT_COPYPOSTFIELDS, "")
                }
            }
            ct_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
            if request.method == "HEAD" { ct_set_long(handle, CURLOPT_NOBODY, 1) }
            ct_multi_add_handle(multi, handle)
            lastByte = .now
            try perform(multi, handle, isStopped)
        }
    }

    private func set(_ handle: UnsafeMutableRawPointer) {
        ct_set_text(handle, CURLOPT_URL, request.url)
        ct_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        ct_set_text(handle, CURLOPT_USERAGENT, "copydesk")
        ct_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        ct_set_long(handle, CURLOPT_NOSIGNAL, 1)
        ct_set_long(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        ct_set_long(handle, CURLOPT_BUFFERSIZE, request.bufferSize)
        ct_set_long(handle, CURLOPT_FORBID_REUSE, 1)
        if request.clocks.connect > 0 {
            ct_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(min(request.clocks.connect, 1e6) * 1000)))
        }
        if isLoopback, !request.proxiesLoopback { ct_set_text(handle, CURLOPT_NOPROXY, "*") }
        switch request.trust {
        case .system: break
        case .file(let path): ct_set_text(handle, CURLOPT_CAINFO, path)
        case .unchecked:
            ct_set_long(handle, CURLOPT_SSL_VERIFYPEER, 0)
            ct_set_long(handle, CURLOPT_SSL_VERIFYHOST, 0)
        }
        let context = Unmanaged.passUnretained(self).toOpaque()
        ct_set_reader(
            handle, true,
            { bytes, _, count, context in
                HTTPExchange.of(context).takeHead(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
            }, context)
        ct_set_reader(
            handle, false,
            { bytes, _, count, context in
                HTTPExchange.of(context).takeBody(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
            }, context)
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> HTTPExchange {
        guard let context else { preconditionFailure("libcurl gives back the context it got") }
        return Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue()
    }

    private var isLoopback: Bool { Loopback.holds(host) }

    private func perform(
        _ multi: UnsafeMutableRawPointer, _ handle: UnsafeMutableRawPointer, _ isStopped: () -> Bool
    ) throws {
        while true {
            var running: Int32 = 0
            ct_multi_perform(multi, &running)
            if let failure { throw failure }
            if let message = ct_message(multi) { return try end(ct_result(message), handle) }
            if isStopped() { throw TransferError.stopped }
            try checkClocks()
            ct_multi_poll(multi, Self.pollMilliseconds)
        }
    }

    private func checkClocks() throws {
        let seconds = (ContinuousClock.now - lastByte) / .seconds(1)
        let clocks = request.clocks
        let limit = hasHead ? clocks.idle : clocks.connect + clocks.firstByte
        if hasHead, clocks.idle > 0, seconds > clocks.idle {
            throw TransferError.idleTimedOut(host: host, seconds: clocks.idle)
        }
        if !hasHead, clocks.firstByte > 0, seconds > limit {
            throw TransferError.firstByteTimedOut(host: host, seconds: clocks.firstByte)
        }
        reader.waiting(seconds)
    }

    private func takeHead(_ bytes: UnsafeRawBufferPointer) -> Bool {
        lastByte = .now
        headBytes += bytes.count
        guard headBytes <= Self.longestHead else { return attempt { throw tooLongHead } }
        let line = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if line.hasPrefix("HTTP/") {
            let words = line.split(separator: " ")
            head = HTTPHead(status: words.count > 1 ? Int(words[1]) ?? 0 : 0)
        } else if line.isEmpty {
            guard let head, !(100..<200).contains(head.status), !hasHead else { return true }
            hasHead = true
            return attempt { try reader.head(head) }
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            head?.headers.append(HTTPHeader(String(line[..<colon]), value))
        }
        return true
    }

    private var tooLongHead: TransferError {
        .other(
            host: host, reason: "the head of its answer is far too long. Check the address and its port")
    }

    private var foreignAnswer: TransferError {
        .other(
            host: host,
            reason: "what it sent is no answer in HTTP, so another kind of server may listen there. "
                + "Check the address and its port")
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        lastByte = .now
        return attempt { try reader.body(bytes) }
    }

    private func attempt(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            failure = error
            return false
        }
    }

    private func end(_ code: CURLcode, _ handle: UnsafeMutableRawPointer) throws {
        if code == CURLE_OK { return }
        let reason = ct_easy_strerror(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: throw TransferError.unknownHost(host)
        case CURLE_COULDNT_RESOLVE_PROXY: throw TransferError.cannotReachProxy(host)
        case CURLE_COULDNT_CONNECT: throw TransferError.cannotConnect(host)
        case CURLE_UNSUPPORTED_PROTOCOL where ct_long(handle, CURLINFO_LOCAL_PORT) > 0: throw foreignAnswer
        case CURLE_WEIRD_SERVER_REPLY: throw foreignAnswer
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: throw TransferError.invalidAddress(request.url)
        // A single line of the head that is longer than libcurl takes.
        case CURLE_OUT_OF_MEMORY where !hasHead && ct_long(handle, CURLINFO_LOCAL_PORT) > 0: throw tooLongHead
        case CURLE_OPERATION_TIMEDOUT:
            throw TransferError.connectTimedOut(
                host: host, seconds: request.clocks.connect,
                inHandshake: ct_long(handle, CURLINFO_LOCAL_PORT) > 0)
        case CURLE_PEER_FAILED_VERIFICATION: throw TransferError.untrusted(host: host, reason: reason)
        case CURLE_SSL_CONNECT_ERROR: throw TransferError.handshakeFailed(host: host, reason: reason)
        case CURLE_SSL_CACERT_BADFILE:
            guard case .file(let path) = request.trust else { break }
            throw TransferError.cannotReadCertificates(path: path)
        case CURLE_GOT_NOTHING: throw TransferError.emptyAnswer(host: host)
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            throw hasHead ? TransferError.cutOff(host: host) : .emptyAnswer(host: host)
        default: break
        }
        throw TransferError.other(host: host, reason: reason)
    }
}
