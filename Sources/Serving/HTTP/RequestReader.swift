// Reads requests from a connection, one after another.
// - Head and body have limits in bytes and in time, so that no client can fill the memory or hold a thread for ever.

/// Why a body is not read to its end.
enum BodyProblem: Error, Equatable {
    case tooLarge, malformed
    case ended(SocketEnd)
}

struct RequestReader {
    static let headLimit = 64 << 10
    /// The longest silence between two requests, and inside one, in seconds.
    static let idleSeconds = 75.0, pauseSeconds = 30.0

    let socket: ClientSocket
    /// What came; the bytes before `start` are used.
    private var buffer: [UInt8] = []
    private var start = 0

    init(_ socket: ClientSocket) { self.socket = socket }

    /// The next head; `nil` if the client has no more requests.
    mutating func head() throws -> RequestHead? {
        var skipped = 0
        var searched = start
        while true {
            // Some clients send an empty line after a body.
            while start < buffer.count, buffer[start] == 0x0D || buffer[start] == 0x0A {
                start += 1
                skipped += 1
            }
            let end = endOfHead(from: max(searched, start))
            guard (end?.head ?? buffer.count) - start <= Self.headLimit, skipped <= 1024 else {
                throw HeadProblem("The head of the request is longer than \(Self.headLimit >> 10) KB.", status: 431)
            }
            if let end {
                defer { start = end.body }
                return try RequestHead(parsing: buffer[start..<end.head])
            }
            let isIdle = start == buffer.count
            forgetUsed()
            searched = max(0, buffer.count - 3)
            do throws(SocketEnd) {
                buffer += try socket.receive(within: isIdle ? Self.idleSeconds : Self.pauseSeconds)
            } catch {
                return nil
            }
        }
    }

    /// The places where the head ends and the body begins.
    private func endOfHead(from first: Int) -> (head: Int, body: Int)? {
        var index = first
        while let feed = buffer[index...].firstIndex(of: 0x0A) {
            let rest = buffer[(feed + 1)...]
            if rest.first == 0x0A { return (feed, feed + 2) }
            if rest.starts(with: [0x0D, 0x0A]) { return (feed, feed + 3) }
            index = feed + 1
        }
        return nil
    }

    /// The body of a request.
    /// - Parameter limit: in bytes.
    mutating func body(of head: RequestHead, limit: Int) throws(BodyProblem) -> [UInt8] {
        switch head.body {
        case .none: return []
        case .bytes(let count):
            guard count <= limit else { throw .tooLarge }
            try askForBody(head)
            return try take(count)
        case .chunked:
            try askForBody(head)
            return try chunks(limit: limit)
        }
    }

    /// Some clients wait for this line before they send a long body.
    private func askForBody(_ head: RequestHead) throws(BodyProblem) {
        guard head["expect"]?.lowercased() == "100-continue", start == buffer.count, !head.isOld else { return }
        do throws(SocketEnd) {
            try socket.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        } catch {
            throw .ended(error)
        }
    }

    private mutating func chunks(limit: Int) throws(BodyProblem) -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let digits = try line().prefix { $0 != UInt8(ascii: ";") }.filter { $0 != 0x20 }
            guard !digits.isEmpty, digits.count <= 15, digits.first != UInt8(ascii: "+"),
                digits.first != UInt8(ascii: "-"),
                let count = Int(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw .malformed }
            if count == 0 { break }
            guard count <= limit - body.count else { throw .tooLarge }
            body += try take(count)
            guard try line().isEmpty else { throw .malformed }
        }
        // Trailers have no meaning here.
        var trailerBytes = 0
        while true {
            let trailer = try line()
            if trailer.isEmpty { return body }
            trailerBytes += trailer.count
            guard trailerBytes <= Self.headLimit else { throw .malformed }
        }
    }

    private mutating func take(_ count: Int) throws(BodyProblem) -> [UInt8] {
        while buffer.count - start < count { try more() }
        defer { start += count }
        return Array(buffer[start..<start + count])
    }

    /// The next line, without its end.
    private mutating func line() throws(BodyProblem) -> [UInt8] {
        while true {
            if let feed = buffer[start...].firstIndex(of: 0x0A) {
                let line = buffer[start..<feed]
                start = feed + 1
                return Array(line.last == 0x0D ? line.dropLast() : line)
            }
            guard buffer.count - start <= Self.headLimit else { throw .malformed }
            try more()
        }
    }

    private mutating func more() throws(BodyProblem) {
        forgetUsed()
        do throws(SocketEnd) {
            buffer += try socket.receive(within: Self.pauseSeconds)
        } catch {
            throw .ended(error)
        }
    }

    /// Only before more bytes come, so that each byte is moved once at most.
    private mutating func forgetUsed() {
        buffer.removeFirst(start)
        start = 0
    }
}
