// A file that tells other processes that something goes on.
// - Each activity holds a shared lock of the file until it ends, or its process does. So nothing stale is ever left.
// - A process that asks takes no lock, so asking never holds up an activity that begins.

import Glibc

/// Tells whether something goes on in any process.
public struct ActivityFile: Sendable, Equatable {
    public let path: String

    public init(path: String) { self.path = path }

    /// Says that something goes on, until the result is released.
    /// - Returns: nil if the file cannot be made; then no process learns of it.
    public func begin() -> Activity? { Activity(path: path) }

    /// True while an activity holds the file, in this process or in another one.
    public var isActive: Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Asks who would be in the way of an exclusive lock.
        var range = Activity.wholeFile(Int16(F_WRLCK))
        return fcntl(descriptor, Activity.getLock, &range) == 0 && range.l_type != Int16(F_UNLCK)
    }
}

/// Something that goes on until it is released.
public final class Activity: Sendable {
    private let descriptor: CInt

    // Locks of the open file and not of the process (fcntl(2), "open file description locks"), so that a process may hold
    // several, and closing one file does not release the others. The numbers are those of Linux; Glibc's module lacks them.
    fileprivate static let getLock: CInt = 36
    private static let setLock: CInt = 37

    fileprivate init?(path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        var range = Self.wholeFile(Int16(F_RDLCK))
        guard fcntl(descriptor, Self.setLock, &range) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    fileprivate static func wholeFile(_ kind: Int16) -> flock {
        var range = flock()
        range.l_type = kind
        range.l_whence = Int16(SEEK_SET)
        return range
    }
}
