/// Why an answer did not come, or not all of it.
public enum TransferError: Error, Hashable, CustomStringConvertible {
    /// The address is not one of http or https.
    case invalidAddress(String)
    case unknownHost(String)
    /// Nobody listens there.
    case cannotConnect(String)
    case cannotReachProxy(String)
    /// No connection within so many seconds. `inHandshake`: the server is there and does not speak TLS.
    case connectTimedOut(host: String, seconds: Double, inHandshake: Bool)
    /// The server took the request, and no byte of an answer came.
    case firstByteTimedOut(host: String, seconds: Double)
    /// The answer began, and nothing more came.
    case idleTimedOut(host: String, seconds: Double)
    case untrusted(host: String, reason: String)
    case handshakeFailed(host: String, reason: String)
    /// The server closed the connection without an answer.
    case emptyAnswer(host: String)
    /// The connection ended before the answer did.
    case cutOff(host: String)
    case cannotReadCertificates(path: String)
    /// A library of the system is not there. `use`: what it does, after "which".
    case missingLibrary(name: String, use: String, package: String, reason: String)
    /// The caller stopped it.
    case stopped
    case other(host: String, reason: String)

    public var description: String {
        switch self {
        case .invalidAddress(let address):
            "'\(address)' is not an address that this program can open. It begins with http:// or https://."
        case .unknownHost(let host):
            "The name '\(host)' is unknown here. Check its spelling, and whether this machine is online."
        case .cannotConnect(let host): "Nobody answers at \(host). Start the server, or check the address."
        case .cannotReachProxy(let host):
            "The proxy that leads to \(host) does not answer. Check the variables http_proxy and https_proxy."
        case .connectTimedOut(let host, let seconds, let inHandshake):
            inHandshake
                ? "\(host) did not answer in TLS within \(Self.text(seconds)) seconds. If it is a plain server, its address begins with http://."
                : "No connection to \(host) came about within \(Self.text(seconds)) seconds. Check the address and the network."
        case .firstByteTimedOut(let host, let seconds):
            "\(host) took the request and answered nothing for \(Self.text(seconds)) seconds. It may be busy; try again."
        case .idleTimedOut(let host, let seconds):
            "\(host) sent nothing more for \(Self.text(seconds)) seconds."
        case .untrusted(let host, let reason):
            "The certificate of \(host) is not trusted (\(reason)). Name the file of its authority, if you know it is right."
        case .handshakeFailed(let host, let reason):
            "\(host) does not speak TLS as expected (\(reason)). If it is a plain server, its address begins with http://."
        case .emptyAnswer(let host):
            "\(host) closed the connection without an answer. If it expects TLS, its address begins with https://."
        case .cutOff(let host): "The connection to \(host) ended before the answer was complete."
        case .cannotReadCertificates(let path):
            "The certificates in '\(path)' cannot be read. The file has to hold them in PEM form."
        case .missingLibrary(let name, let use, let package, let reason):
            "\(name), which \(use), cannot be loaded (\(reason)). Install it and start this program again; "
                + "Debian's package is \(package)."
        case .stopped: "Stopped."
        case .other(let host, let reason): "The transfer from \(host) failed: \(reason)."
        }
    }

    private static func text(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? "\(Int(clamping: Int64(seconds)))" : "\(seconds)"
    }
}
