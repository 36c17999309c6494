// Writes answers to a connection.
// - A whole answer has its length; a stream has chunks, or ends with the connection for a client of HTTP/1.0.

/// The answer to one request: one whole body, or a stream.
struct Reply {
    let socket: ClientSocket
    /// True if no body may follow the head (HEAD).
    let hasNoBody: Bool
    let isOld: Bool
    /// True if the connection ends with this answer.
    var closes: Bool

    /// Sends a whole answer.
    /// - Parameter headers: beside type, length and connection.
    func send(_ status: Int, _ headers: [(String, String)] = [], json: AnswerValue?) throws(SocketEnd) {
        let body = json.map { Array(($0.text + "\n").utf8) } ?? []
        let type = json == nil ? [] : [("Content-Type", "application/json")]
        let length = status == 204 ? [] : [("Content-Length", "\(body.count)")]
        try socket.send(head(status, type + length + headers) + (hasNoBody ? [] : body))
    }

    /// Sends the head of a stream of events. Neither it nor the stream waits for the client.
    func beginEvents() throws(SocketEnd) {
        var headers = [("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache")]
        if !isOld { headers.append(("Transfer-Encoding", "chunked")) }
        try socket.offer(head(200, headers))
    }

    /// Sends the next bytes of a stream.
    func stream(_ bytes: [UInt8]) throws(SocketEnd) {
        guard !bytes.isEmpty else { return }
        try socket.offer(isOld ? bytes : Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A])
    }

    /// Ends a stream, and waits until the client has taken it.
    func endStream() throws(SocketEnd) {
        try socket.send(isOld ? [] : Array("0\r\n\r\n".utf8))
    }

    private func head(_ status: Int, _ headers: [(String, String)]) -> [UInt8] {
        var text = "HTTP/1.1 \(status) \(Self.phrases[status] ?? "Answer")\r\n"
        let all = [("Server", "copydesk")] + headers + [("Connection", closes ? "close" : "keep-alive")]
        for (name, value) in all { text += "\(name): \(value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    private static let phrases = [
        200: "OK", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 408: "Request Timeout", 413: "Content Too Large", 415: "Unsupported Media Type",
        431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
        503: "Service Unavailable", 505: "HTTP Version Not Supported",
    ]
}
