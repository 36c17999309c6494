// The address of a server, and those of its parts.
// - The base has no slash at its end, no empty part and no part twice in a row; without a path it ends with /v1.
// - It holds no user, no password, no query and no fragment, so it may be shown and logged.

import Generation

/// Where a server of an endpoint is.
public struct ServerAddress: Sendable, Hashable {
    /// As every request begins: `http://127.0.0.1:8080/v1`.
    public let base: String
    /// Scheme, host and port, in lower case, without the usual port of the scheme. A key belongs to it.
    public let origin: String
    /// The host, in lower case; an IPv6 address with its brackets.
    public let host: String

    /// Reads the address as a person wrote it.
    /// - Throws: a sentence for each kind of address that no server of this program has.
    public init(_ text: String) throws(ServerAddressError) {
        let text = Self.trimmed(text)
        guard !text.isEmpty else { throw .empty }
        guard text.unicodeScalars.allSatisfy(Self.isOfAddress) else {
            throw .notAnAddress(text)
        }
        guard let colon = text.firstRange(of: "://") else { throw .noScheme(text) }
        let scheme = text[..<colon.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { throw .otherScheme(scheme) }
        let rest = text[colon.upperBound...]
        let pathStart = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let (authority, path) = (rest[..<pathStart], rest[pathStart...])
        // The text is not part of the sentence, because it holds a password.
        if authority.contains("@") { throw .holdsUser }
        if let mark = path.first(where: { "?#".contains($0) }) { throw .holdsQuery(mark: mark) }
        let (host, port) = try Self.hostAndPort(authority, in: text)
        let usualPort = scheme == "http" ? 80 : 443
        let origin = "\(scheme)://\(host)" + (port.map { $0 == usualPort ? "" : ":\($0)" } ?? "")
        self.origin = origin
        self.host = host
        base = origin + Self.basePath(path)
    }

    /// The address of an endpoint of the settings.
    public init(_ settings: EndpointSettings) throws(ServerAddressError) { try self.init(settings.url) }

    public var chat: String { base + "/chat/completions" }
    public var completions: String { base + "/completions" }
    public var models: String { base + "/models" }
    /// llama.cpp's server has it beside /v1.
    public var props: String { root + "/props" }
    /// llama.cpp's server has it beside /v1.
    public var health: String { root + "/health" }
    /// llama.cpp's server has it beside /v1.
    var applyTemplate: String { root + "/apply-template" }
    /// llama.cpp's server has it beside /v1.
    var tokenize: String { root + "/tokenize" }
    /// For `ModelIdentity`: 16 hexadecimal digits.
    public var hash: String { FNV1a(base.utf8).hexadecimal }

    /// True if an address is of this server's origin, so that it may get the key.
    public func isOrigin(of other: String) -> Bool { (try? ServerAddress(other))?.origin == origin }

    /// True if the server runs on this machine.
    var isLoopback: Bool {
        let isNumber = host.hasPrefix("127.") && host.allSatisfy { $0 == "." || $0.isASCII && $0.isNumber }
        return isNumber || host == "localhost" || host == "[::1]"
    }

    private var root: String { base.hasSuffix("/v1") ? String(base.dropLast(3)) : base }

    private static func hostAndPort(
        _ authority: Substring, in text: String
    ) throws(ServerAddressError) -> (host: String, port: Int?) {
        var (host, tail) = (authority, Substring())
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { throw .notAnAddress(text) }
            (host, tail) = (authority[...bracket], authority[authority.index(after: bracket)...])
            let inner = host.dropFirst().dropLast()
            guard !inner.isEmpty, inner.allSatisfy({ $0.isHexDigit || ":.%".contains($0) || $0.isASCII && $0.isLetter })
            else { throw .notAnAddress(text) }
        } else if let colon = authority.firstIndex(of: ":") {
            (host, tail) = (authority[..<colon], authority[colon...])
        }
        guard !host.isEmpty, !host.contains("%") || host.hasPrefix("[") else { throw .noHost(text) }
        if tail.isEmpty || tail == ":" { return (host.lowercased(), nil) }
        let digits = tail.dropFirst()
        guard tail.hasPrefix(":"), digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(digits),
            1...65535 ~= port
        else { throw .badPort(String(digits)) }
        return (host.lowercased(), port)
    }

    /// The path without empty parts, without a second /v1, and without the name of a single route, because people copy
    /// those too.
    private static func basePath(_ path: Substring) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where !(part == "v1" && parts.last == "v1") { parts.append(part) }
        for route in [["chat", "completions"], ["completions"], ["models"]]
        where parts.suffix(route.count).elementsEqual(route, by: { $0 == $1 }) {
            parts.removeLast(route.count)
            break
        }
        return parts.isEmpty ? "/v1" : parts.map { "/\($0)" }.joined()
    }

    private static func isOfAddress(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x20 && !(0x7F...0xA0 ~= scalar.value) && !scalar.properties.isWhitespace && scalar != "\\"
    }

    private static func trimmed(_ text: String) -> String {
        let front = text.drop(while: \.isWhitespace)
        return String(front.reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// Why a text is not the address of a server.
public enum ServerAddressError: Error, Sendable, Equatable, CustomStringConvertible {
    case empty
    case noScheme(String)
    case otherScheme(String)
    case noHost(String)
    case badPort(String)
    /// The text is left out, because it holds a password.
    case holdsUser
    case holdsQuery(mark: Character)
    case notAnAddress(String)

    public var description: String {
        switch self {
        case .empty: "The address of the server is empty. Give one such as http://127.0.0.1:8080/v1."
        case .noScheme(let text):
            "'\(CleanText.line(text))' is not an address of a server: it begins with http:// or https://. "
                + "Write http://\(CleanText.line(text)), if that is the server."
        case .otherScheme(let scheme):
            "An address that begins with \(CleanText.line(scheme)):// cannot be used. Servers are reached by http:// or https://."
        case .noHost(let text):
            "'\(CleanText.line(text))' names no server. Write its name or number behind the two slashes."
        case .badPort(let text):
            "'\(CleanText.line(text))' is not a port: ports are whole numbers from 1 to 65535. Correct the address."
        case .holdsUser:
            "The address of a server holds no user and no password, because addresses are shown and kept. "
                + "Leave out everything up to the @, and store the key by itself."
        case .holdsQuery(let mark):
            "The address of a server ends before a '\(mark)', because paths are added to it. "
                + "Leave out everything from there; what each request must carry can be set as a header."
        case .notAnAddress(let text):
            "'\(CleanText.line(text))' is not an address of a server. Give one such as http://127.0.0.1:8080/v1."
        }
    }
}
