// The head of a request, read from bytes that anybody may have sent.
// - A head is valid or refused: nothing is guessed, because two readers that guess differently can be played off against
//   each other. RFC 9112, sections 3, 5 and 6.

/// Why a head is refused.
struct HeadProblem: Error, Equatable {
    /// 400, 431, 501 or 505.
    var status: Int
    /// A sentence.
    var message: String

    init(_ message: String, status: Int = 400) {
        self.status = status
        self.message = message
    }
}

/// The first line and the headers of a request.
struct RequestHead: Equatable {
    enum Body: Equatable {
        case none
        case bytes(Int)
        case chunked
    }

    /// As it was sent: methods are case-sensitive.
    var method: String
    /// The path alone, percent signs decoded.
    var path: String
    /// True for HTTP/1.0, which knows no chunks.
    var isOld: Bool
    var body: Body
    private var headers: [(name: String, value: String)]

    /// The value of a header; the values of a repeated one, joined by commas.
    /// - Parameter name: in lower case.
    subscript(name: String) -> String? {
        let values = headers.filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// True if the connection ends with this request.
    var closes: Bool {
        let words = (self["connection"] ?? "").lowercased().split(separator: ",").map { $0.filter { $0 != " " } }
        return isOld ? !words.contains("keep-alive") : words.contains("close")
    }

    static func == (a: RequestHead, b: RequestHead) -> Bool {
        a.method == b.method && a.path == b.path && a.isOld == b.isOld && a.body == b.body
            && a.headers.elementsEqual(b.headers, by: ==)
    }

    /// - Parameter bytes: the lines before the empty one.
    init(parsing bytes: some Sequence<UInt8>) throws(HeadProblem) {
        let text = String(decoding: Array(bytes), as: UTF8.self)
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.last == "\r" ? line.dropLast() : line)
        }
        let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3, Self.isName(words[0]) else {
            throw HeadProblem("The first line is not that of an HTTP request: method, path and version.")
        }
        guard words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
            throw HeadProblem("This server speaks HTTP/1.1 and HTTP/1.0 only.", status: 505)
        }
        method = words[0]
        isOld = words[2] == "HTTP/1.0"
        path = try Self.path(ofTarget: words[1])
        headers = []
        for line in lines.dropFirst() where !line.isEmpty { headers.append(try Self.header(of: line)) }
        body = .none
        if headers.filter({ $0.name == "host" }).count > 1 || (!isOld && self["host"] == nil) {
            throw HeadProblem("The request has no Host header, or several. Send one.")
        }
        body = try bodyKind()
    }

    private func bodyKind() throws(HeadProblem) -> Body {
        let lengths = headers.filter { $0.name == "content-length" }.map(\.value)
        if let coding = self["transfer-encoding"] {
            guard lengths.isEmpty, !isOld else {
                throw HeadProblem("Content-Length and Transfer-Encoding do not go together. Send one of them.")
            }
            guard coding.lowercased() == "chunked" else {
                throw HeadProblem("The only Transfer-Encoding that this server knows is chunked.", status: 501)
            }
            return .chunked
        }
        guard let first = lengths.first else { return .none }
        guard lengths.allSatisfy({ $0 == first }), !first.isEmpty, first.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            throw HeadProblem("Content-Length is not a number of bytes.")
        }
        // A length beyond all numbers is beyond the limit too, and is refused there.
        let count = Int(first) ?? .max
        return count == 0 ? .none : .bytes(count)
    }

    private static func header(of line: String) throws(HeadProblem) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: ":"), isName(String(line[..<colon])) else {
            throw HeadProblem("A line of the head is not a header: a name, a colon and a value.")
        }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        guard !value.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" }) else {
            throw HeadProblem("A header contains control characters.")
        }
        let end = value.lastIndex { $0 != " " && $0 != "\t" }.map { value.index(after: $0) } ?? value.startIndex
        return (line[..<colon].lowercased(), String(value[..<end]))
    }

    /// True for a token of RFC 9110, section 5.6.2.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "!#$%&'*+-.^_`|~".utf8.contains($0)
                }
            }
    }

    /// The path of `/path?query`, `http://host/path` or `*`.
    private static func path(ofTarget target: String) throws(HeadProblem) -> String {
        var rest = Substring(target)
        for scheme in ["http://", "https://"] where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count).drop { $0 != "/" }
            if rest.isEmpty { rest = "/" }
        }
        if rest == "*" { return "*" }
        let bytes = Array(rest.prefix { $0 != "?" && $0 != "#" }.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        guard decoded.first == UInt8(ascii: "/") else {
            throw HeadProblem("The path of the request begins with no slash.")
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
