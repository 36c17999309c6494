// The sign that the writer of a session is alive: `session-<id>.lock`, held by flock until its process ends.
// - The lock has a file of its own, because replacing the session in one step gives it another inode.
// - No child inherits it, so an editor that outlives the studio does not keep the session from being taken over.

import Foundation

final class SessionLock: Sendable {
    private let path: String
    private let descriptor: CInt

    /// Takes the lock; fails if a living process has it, or if the file cannot be made.
    init?(path: String) {
        self.path = path
        // The holder before us may remove the file between our opening and locking it: then make it again.
        for _ in 0..<100 {
            let candidate = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard candidate >= 0 else { return nil }
            var outcome: CInt
            repeat { outcome = flock(candidate, LOCK_EX | LOCK_NB) } while outcome != 0 && errno == EINTR
            // A file system without flock cannot tell: text that comes back twice is better than none.
            guard outcome == 0 || errno != EWOULDBLOCK else {
                close(candidate)
                return nil
            }
            var status = stat()
            if fstat(candidate, &status) == 0 && status.st_nlink > 0 {
                descriptor = candidate
                return
            }
            close(candidate)
        }
        return nil
    }

    /// Removes the file and lets go.
    deinit {
        unlink(path)
        close(descriptor)
    }
}
