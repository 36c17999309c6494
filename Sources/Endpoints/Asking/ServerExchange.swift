// One request to a server of an endpoint, and what comes of its answer.
// - The key goes to the origin of the endpoint alone. A redirection elsewhere is not followed.
// - Pieces are given out as they come. What was held back is given out before any end, also before a failure.

import Foundation
import Generation
import Transfer

/// Sends requests to one endpoint.
struct ServerExchange {
    /// How a stream ended.
    enum End {
        /// The server ended it. That does not make its texts complete.
        case ended
        /// The connection broke, fell silent or was stopped.
        case broken(TransferError)
    }

    /// What watches a request while it is open.
    struct Watch {
        /// Asked about twenty times a second; true closes the connection.
        var isStopped: () -> Bool
        /// Called about twenty times a second. True once the head of the answer has come.
        var waiting: (_ hasHead: Bool) -> Void = { _ in }
        /// Called with the head of the answer.
        var head: (HTTPHead) -> Void = { _ in }
    }

    let endpoint: EndpointSettings
    let address: ServerAddress
    private let key: String?
    /// Takes the secrets of the endpoint out of what the server sends.
    let redaction: Redaction

    /// - Throws: `ServerAddressError` or `RemoteError`.
    init(_ endpoint: EndpointSettings, key: String?) throws {
        self.endpoint = endpoint
        address = try ServerAddress(endpoint)
        let key = key?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        guard key.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw RemoteError.unusableKey(endpoint: endpoint.name)
        }
        self.key = key.isEmpty ? nil : key
        redaction = Redaction(key: key, headers: endpoint.headers.mapValues(Self.headerText))
    }

    /// What a failure of this endpoint is read with.
    func failures(url: String, model: String, fields: [String]) -> FailureReader {
        FailureReader(url: url, model: model, fields: fields, redaction: redaction)
    }

    func request(_ method: String = "GET", _ url: String, body: [UInt8]? = nil) -> HTTPRequest {
        var headers = [
            HTTPHeader("Accept", body == nil ? "application/json" : "text/event-stream, application/json"),
            HTTPHeader("Accept-Encoding", "identity"),
        ]
        if body != nil { headers.append(HTTPHeader("Content-Type", "application/json")) }
        if let key { headers.append(HTTPHeader("Authorization", "Bearer \(key)")) }
        for (name, value) in endpoint.headers.sorted(by: { $0.key < $1.key }) {
            headers.removeAll { $0.name.lowercased() == name.lowercased() }
            headers.append(HTTPHeader(Self.headerText(name), Self.headerText(value)))
        }
        var request = HTTPRequest(method, url, headers: headers, body: body)
        let timeouts = endpoint.timeouts
        request.clocks = HTTPClocks(connect: timeouts.connect, firstByte: timeouts.firstByte, idle: timeouts.idle)
        request.proxiesLoopback = endpoint.proxiesLoopback
        if endpoint.isInsecure {
            request.trust = .unchecked
        } else if let file = endpoint.authorityFile {
            request.trust = .file(file)
        }
        return request
    }

    private static func headerText(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
    }

    /// Asks for an answer and gives out its pieces.
    /// - Parameters:
    ///   - reader: reads the answer of this request.
    ///   - take: an error that it throws closes the connection and is thrown here.
    /// - Throws: `ServerFailure` for a refusal, `TransferError` if no answer began, `RemoteError`, or what `take` throws.
    func answer(
        to request: HTTPRequest, failures: FailureReader, reader: inout AnswerReader, watch: Watch,
        take: (AnswerPiece) throws -> Void
    ) throws -> End {
        var request = request
        // A redirection is followed once.
        for isFirst in [true, false] {
            var body = AnswerBody(reader)
            let end = try exchange(request, &body, watch, take)
            reader = body.reader
            guard let head = body.head else {
                guard case .broken(let error) = end else { throw RemoteError.nothing(endpoint: endpoint.name) }
                throw error
            }
            guard 300..<400 ~= head.status else {
                guard 200..<300 ~= head.status else {
                    if case .broken(.stopped) = end { throw TransferError.stopped }
                    throw failures.failure(head: head, body: body.rest, now: Date().timeIntervalSince1970)
                }
                guard case .ended = end else { return end }
                if body.endsInside { throw RemoteError.truncated(endpoint: endpoint.name) }
                // A stream without events may come of the prompt; other answers always have a body.
                if !body.hasBytes, head.status != 200 || AnswerForm.of(head, beginning: []) != .events {
                    throw RemoteError.noBody(endpoint: endpoint.name, status: head.status)
                }
                if body.isEmpty { throw RemoteError.nothing(endpoint: endpoint.name) }
                return end
            }
            guard isFirst, [307, 308].contains(head.status),
                let target = target(of: head["location"], from: request.url)
            else { throw RemoteError.redirected(endpoint: endpoint.name, to: shown(head["location"] ?? "")) }
            request.url = target
        }
        return .ended
    }

    /// Gets a whole answer, such as the list of models.
    /// - Parameters:
    ///   - body: is posted; `nil` gets the address.
    ///   - head: called with each head, also that of a refusal.
    /// - Throws: `ServerFailure` for a refusal, `TransferError` or `RemoteError`.
    func fetch(
        _ url: String, body: [UInt8]? = nil, isStopped: () -> Bool, head seen: (HTTPHead) -> Void = { _ in }
    ) throws -> (head: HTTPHead, body: [UInt8]) {
        var request = request(body == nil ? "GET" : "POST", url, body: body)
        for isFirst in [true, false] {
            var head = HTTPHead(status: 0)
            var body: [UInt8] = []
            let reader = HTTPClient.Reader(
                head: { head = $0 },
                body: {
                    guard body.count + $0.count <= AnswerBody.longestBody else {
                        throw RemoteError.endlessBody(endpoint: endpoint.name)
                    }
                    body += $0
                })
            try HTTPClient().send(request, isStopped: isStopped, reader: reader)
            seen(head)
            try checkEncoding(of: head)
            if 200..<300 ~= head.status { return (head, body) }
            guard isFirst, [307, 308].contains(head.status),
                let target = target(of: head["location"], from: request.url)
            else {
                throw failures(url: url, model: "", fields: [])
                    .failure(head: head, body: body, now: Date().timeIntervalSince1970)
            }
            request.url = target
        }
        throw RemoteError.redirected(endpoint: endpoint.name, to: shown(request.url))
    }

    /// Words of the server as one line without secrets.
    func shown(_ text: String, most: Int = CleanText.longestLine) -> String {
        CleanText.line(redaction(CleanText.text(text)), most: most)
    }

    private func exchange(
        _ request: HTTPRequest, _ body: inout AnswerBody, _ watch: Watch, _ take: (AnswerPiece) throws -> Void
    ) throws -> End {
        var end = End.ended
        var state = body
        do {
            try withoutActuallyEscaping(take) { take in
                let reader = HTTPClient.Reader(
                    head: {
                        state.head = $0
                        watch.head($0)
                        try checkEncoding(of: $0)
                    },
                    body: { try state.read($0, take) },
                    waiting: { _ in watch.waiting(state.head != nil) })
                try HTTPClient().send(request, isStopped: watch.isStopped, reader: reader)
            }
        } catch AnswerBody.Mark.done {
        } catch AnswerBody.Mark.endless {
            if 200..<300 ~= state.head?.status ?? 0 { throw RemoteError.endlessBody(endpoint: endpoint.name) }
        } catch let error as TransferError {
            end = .broken(error)
        }
        try state.finish(isBroken: { if case .broken = end { true } else { false } }(), take)
        body = state
        return end
    }

    /// A good answer has to be readable as it comes.
    private func checkEncoding(of head: HTTPHead) throws {
        let encoding = head["content-encoding"]?.lowercased() ?? ""
        guard 200..<300 ~= head.status, !["", "identity"].contains(encoding) else { return }
        throw RemoteError.compressed(endpoint: endpoint.name, encoding: shown(encoding, most: 30))
    }

    /// The address of a redirection; `nil` if it leads to another origin.
    private func target(of location: String?, from url: String) -> String? {
        guard let location, !location.isEmpty, location.unicodeScalars.allSatisfy({ $0.value > 0x20 }) else {
            return nil
        }
        let target = location.hasPrefix("/") && !location.hasPrefix("//") ? address.origin + location : location
        let path = target.prefix { $0 != "?" && $0 != "#" }
        return address.isOrigin(of: String(path)) && target != url ? target : nil
    }
}

/// The body of one answer as it comes.
private struct AnswerBody {
    enum Mark: Error {
        /// The server says that nothing more comes.
        case done
        /// The body is no stream, and longer than any.
        case endless
    }

    var reader: AnswerReader
    var head: HTTPHead?
    private var events = EventStreamParser()
    private var form: AnswerForm?
    /// The bytes that are no events, or not known as such yet.
    private(set) var rest: [UInt8] = []
    private var hasPieces = false
    private(set) var hasBytes = false
    /// True if the body ended in the middle of its first event, and there was nothing before it.
    private(set) var endsInside = false

    /// The longest body that is no stream, in bytes.
    static let longestBody = 32 << 20

    init(_ reader: AnswerReader) { self.reader = reader }

    /// True if the answer holds nothing at all.
    var isEmpty: Bool { !hasPieces && events.eventCount == 0 }

    private var isGood: Bool { head.map { 200..<300 ~= $0.status } ?? false }

    mutating func read(_ bytes: UnsafeRawBufferPointer, _ take: (AnswerPiece) throws -> Void) throws {
        hasBytes = hasBytes || !bytes.isEmpty
        if isGood, form == .events {
            for event in try events.read(bytes) { try give(reader.read(event: event), take) }
            return
        }
        guard rest.count + bytes.count <= Self.longestBody else { throw Mark.endless }
        rest += bytes
        guard isGood, form == nil, let head else { return }
        form = AnswerForm.of(head, beginning: rest)
        guard form == .events else { return }
        let first = rest
        rest = []
        for event in try events.read(first) { try give(reader.read(event: event), take) }
    }

    /// Gives out what is left.
    mutating func finish(isBroken: Bool, _ take: (AnswerPiece) throws -> Void) throws {
        guard isGood else { return }
        do {
            if form == .json || form == .other {
                if !isBroken { try give(reader.read(whole: rest), take) }
            } else {
                let last = try events.finish()
                let pieces = reader.finish(event: last)
                let ending = String(decoding: last ?? [], as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
                endsInside =
                    !ending.isEmpty && ending != "[DONE]" && !hasPieces && pieces.isEmpty
                    && ServerJSON.value(Array(ending.utf8)) == nil
                try give(pieces, take)
            }
        } catch Mark.done {}
    }

    private mutating func give(_ pieces: [AnswerPiece], _ take: (AnswerPiece) throws -> Void) throws {
        for piece in pieces {
            hasPieces = true
            if piece == .done { throw Mark.done }
            try take(piece)
        }
    }
}
