// Files that another program is still writing.
// - A file counts as arriving if its writer holds a lock on it, or if it grows while we look.
// - Only files that changed lately are looked at, and all of them during the same short wait.

import Glibc

enum ArrivingFiles {
    /// A writer of a model file writes many times in this time.
    private static let waitSeconds = 0.05
    /// A file that has not changed for so long is not being written any more.
    private static let freshSeconds = 2.0
    /// A writer with a lock may rest for so long, for example while its server is away.
    private static let lockSeconds = 3600.0

    /// Those of the files that are still being written.
    static func among(_ paths: [String]) -> Set<String> {
        var arriving: Set<String> = []
        var sizes: [(path: String, bytes: Int)] = []
        for path in paths {
            guard let facts = FileFacts(path), facts.isFile, facts.ageSeconds < lockSeconds else { continue }
            if isLocked(path) {
                arriving.insert(path)
            } else if facts.ageSeconds < freshSeconds {
                sizes.append((path, facts.bytes))
            }
        }
        guard !sizes.isEmpty else { return arriving }
        usleep(UInt32(waitSeconds * 1e6))
        for (path, bytes) in sizes where FileFacts(path)?.bytes != bytes { arriving.insert(path) }
        return arriving
    }

    /// True if another process or another part of this one holds a lock for writing, of either kind.
    private static func isLocked(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) != 0 { return errno == EWOULDBLOCK }
        flock(descriptor, LOCK_UN)
        var lock = flock()
        lock.l_type = Int16(F_RDLCK)
        lock.l_whence = Int16(SEEK_SET)
        return fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type == Int16(F_WRLCK)
    }
}
