// A request over HTTP, and the head of its answer.

/// One line of a head.
public struct HTTPHeader: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The longest waits of a request, in seconds; 0 is no limit.
public struct HTTPClocks: Sendable, Hashable {
    /// For the connection, the handshake of TLS included.
    public var connect: Double
    /// From the connection to the first byte of the answer.
    public var firstByte: Double
    /// Between two bytes of the answer, whatever they are.
    public var idle: Double

    public init(connect: Double = 10, firstByte: Double = 600, idle: Double = 300) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
    }
}

/// A request.
public struct HTTPRequest: Sendable {
    /// The certificates that an https server may have.
    public enum Trust: Sendable, Hashable {
        case system
        /// Those that the authorities in a PEM file signed.
        case file(String)
        /// Any: the connection is not safe from somebody in between.
        case unchecked
    }

    public var method: String
    /// http or https.
    public var url: String
    public var headers: [HTTPHeader]
    /// Its `Content-Length` is set by the client.
    public var body: [UInt8]?
    public var clocks = HTTPClocks()
    public var trust = Trust.system
    /// True if the environment's proxies also count for this machine; by default they never do.
    public var proxiesLoopback = false
    /// The most bytes that the body's reader gets at once.
    public var bufferSize = 16 * 1024

    public init(_ method: String = "GET", _ url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// The head of an answer.
public struct HTTPHead: Sendable, Hashable {
    public var status: Int
    /// In the order in which they came.
    public var headers: [HTTPHeader]

    public init(status: Int, headers: [HTTPHeader] = []) {
        self.status = status
        self.headers = headers
    }

    /// The first header of a name, whatever its case.
    public subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
