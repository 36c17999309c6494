/// What a server is asked to be.
public struct ServerSettings: Sendable {
    /// The address or name to listen at; `nil`: this machine alone.
    public var host: String?
    /// 0 takes a free one.
    public var port: UInt16
    /// What clients have to send as a bearer token; `nil`: nothing. Another host than this machine needs one.
    public var key: String?
    /// How long a client that waits for a stream hears nothing, in seconds.
    public var pingSeconds = 1.0
    /// The longest body of a request.
    public var bodyLimit = 32 << 20

    public init(host: String? = nil, port: UInt16 = 8080, key: String? = nil) {
        self.host = host
        self.port = port
        self.key = key
    }

    /// True if only programs of this machine can connect.
    public var isLoopback: Bool { host.map(ServerOrigin.isLoopback) ?? true }
}

/// Why a server does not begin.
public enum ServingError: Error, Equatable, CustomStringConvertible {
    case portTaken(UInt16)
    case portForbidden(UInt16)
    case unknownHost(String)
    /// Another machine could connect, and no key is set.
    case needsKey(host: String)
    case cannotListen(host: String, reason: String)

    public var description: String {
        switch self {
        case .portTaken(let port):
            "Port \(port) is taken by another program. End that program, or choose another port; 0 takes a free one."
        case .portForbidden(let port): "Port \(port) is for the system's administrator. Choose one from 1024 on."
        case .unknownHost(let host): "This machine has no address '\(host)'. Name one of its own, or 0.0.0.0 for all."
        case .needsKey(let host):
            "At \(host), other machines can reach the server, and so it needs a key that they have to send. Set one."
        case .cannotListen(let host, let reason): "The server cannot listen at \(host): \(reason)."
        }
    }
}
