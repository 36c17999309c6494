// The connection to one client, used by one thread.
// - Every wait has an end: the client's silence, or the end of the server.
// - A stream never waits for its client: what the client does not take yet is kept, so that others get their turn.
// - Small pieces leave at once (TCP_NODELAY), because each is a token that somebody waits for.

import Foundation
import Generation

/// Why there is nothing more to read or to write.
enum SocketEnd: Error, Equatable {
    case gone, silent, serverStops
}

final class ClientSocket {
    /// How often a waiting thread looks whether the server ends, in milliseconds.
    private static let lookMilliseconds: Int32 = 100
    /// A client that takes nothing for so long is gone, in seconds.
    private static let sendSeconds = 30

    /// A client that leaves more than this of its stream untaken is gone, in bytes.
    private static let mostUntaken = 16 << 20

    private let descriptor: Int32
    private let stopping: StopSignal
    /// Bytes of a stream that the client has not taken yet.
    private var untaken: [UInt8] = []

    /// - Parameter descriptor: a connected socket, which this object closes.
    init(_ descriptor: Int32, stopping: StopSignal) {
        self.descriptor = descriptor
        self.stopping = stopping
        var isOn: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
        var limit = timeval(tv_sec: Self.sendSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// The next bytes, at least one.
    /// - Parameter seconds: the longest silence.
    func receive(within seconds: Double) throws(SocketEnd) -> [UInt8] {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            if stopping.isRaised { throw .serverStops }
            guard wait(for: Int16(POLLIN), Self.lookMilliseconds) != 0 else {
                if ContinuousClock.now >= end { throw .silent }
                continue
            }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            if count > 0 { return Array(bytes[..<count]) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            throw .gone
        }
    }

    /// Sends what the client takes now, and keeps the rest for the next call.
    func offer(_ bytes: [UInt8] = []) throws(SocketEnd) {
        untaken += bytes
        var sent = 0
        while sent < untaken.count {
            let count = untaken[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN || errno == EWOULDBLOCK { break }
            guard count > 0 else { throw .gone }
            sent += count
        }
        untaken.removeFirst(sent)
        guard untaken.count <= Self.mostUntaken else { throw .gone }
    }

    /// Sends bytes behind all others, and waits until the system has taken them.
    func send(_ bytes: [UInt8]) throws(SocketEnd) {
        let bytes = untaken + bytes
        untaken = []
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .gone }
            sent += count
        }
    }

    /// True once the client has closed its side, also if bytes of it are still unread.
    var isGone: Bool {
        let hangup: Int16 = 0x2000  // POLLRDHUP, which not every C library shows
        return wait(for: hangup, 0) & (hangup | Int16(POLLHUP) | Int16(POLLERR)) != 0
    }

    /// Takes what the client still sends, for a short time: if it were left unread, the system would reset the
    /// connection, and the client would lose the answer.
    func drain() {
        shutdown(descriptor, Int32(SHUT_WR))
        let end = ContinuousClock.now + .seconds(2)
        while ContinuousClock.now < end, (try? receive(within: 0.5)) != nil {}
    }

    /// The events that happened; 0 if none did in time.
    private func wait(for events: Int16, _ milliseconds: Int32) -> Int16 {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        return poll(&entry, 1, milliseconds) > 0 ? entry.revents : 0
    }
}
