// The socket that waits for clients.

import Foundation

final class Listener: Sendable {
    private static let waitMilliseconds: Int32 = 100

    let port: UInt16
    private let descriptor: Int32

    /// - Parameters:
    ///   - host: an address or a name of this machine; `nil`: 127.0.0.1.
    ///   - port: 0 takes a free one.
    /// - Throws: `ServingError`.
    init(host: String?, port: UInt16) throws(ServingError) {
        let name = host.map { $0.filter { $0 != "[" && $0 != "]" } } ?? "127.0.0.1"
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Self.stream
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, "\(port)", &hints, &found) == 0, let address = found?.pointee else {
            throw .unknownHost(name)
        }
        defer { freeaddrinfo(found) }
        descriptor = socket(address.ai_family, Self.stream, 0)
        guard descriptor >= 0 else { throw .cannotListen(host: name, reason: String(cString: strerror(errno))) }
        var isOn: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, listen(descriptor, 128) == 0 else {
            let number = errno
            close(descriptor)
            throw Self.error(number, host: name, port: port)
        }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        self.port = Self.port(of: descriptor)
    }

    deinit { close(descriptor) }

    /// The next connection; `nil` if none came within a moment.
    func accept() -> Int32? {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Self.waitMilliseconds) > 0 else { return nil }
        let connection = Foundation.accept(descriptor, nil, nil)
        guard connection >= 0 else {
            // Too many open files: the next one may close soon.
            if errno == EMFILE || errno == ENFILE { usleep(100_000) }
            return nil
        }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        return connection
    }

    private static func error(_ number: Int32, host: String, port: UInt16) -> ServingError {
        switch number {
        case EADDRINUSE: .portTaken(port)
        case EACCES: .portForbidden(port)
        case EADDRNOTAVAIL: .unknownHost(host)
        default: .cannotListen(host: host, reason: String(cString: strerror(number)))
        }
    }

    private static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &address) { bytes in
            guard let base = bytes.baseAddress,
                getsockname(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length) == 0
            else { return 0 }
            // The port stands at the same place in addresses of IPv4 and IPv6, high byte first.
            return UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        }
    }

    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
        private static let stream = SOCK_STREAM
    #endif
}
