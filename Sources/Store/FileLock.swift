// An advisory lock (flock) on a small file beside the store.
// - It keeps our checkpoints away from everybody's writes: SQLite 3.7.0 to 3.51.2 can damage a store when two
//   connections checkpoint and reset the write-ahead log at the same moment (sqlite.org/wal.html).
// - Writers share it; a checkpoint or an opening has it alone. The system frees it if a process dies.
// - One holder at a time within a `DraftStore`: only its writing connection takes it, and the opening before that.

import Foundation

final class FileLock: Sendable {
    enum Kind { case shared, exclusive }

    private let descriptor: CInt

    /// Opens the lock's file, and makes it if it is missing.
    init(path: String, storePath: String) throws {
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError(errno: errno, path: storePath) }
    }

    private init(descriptor: CInt) { self.descriptor = descriptor }

    /// The lock, if its file is there and readable; nothing is made.
    static func existing(path: String) -> FileLock? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        return descriptor < 0 ? nil : FileLock(descriptor: descriptor)
    }

    deinit { close(descriptor) }

    /// Takes the lock.
    /// - Parameter patienceSeconds: how long to wait for others; 0 tries once.
    /// - Returns: True if it is ours now.
    func take(_ kind: Kind, patienceSeconds: Double) -> Bool {
        let operation = (kind == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB
        let end = ContinuousClock.now + .seconds(patienceSeconds)
        while flock(descriptor, operation) != 0 {
            // Without flock on this file system, work continues: SQLite's own locks still hold.
            if errno != EWOULDBLOCK && errno != EINTR { return true }
            if ContinuousClock.now >= end { return false }
            usleep(2000)
        }
        return true
    }

    func letGo() { _ = flock(descriptor, LOCK_UN) }
}
