// A sign that a process is alive and writing drafts: a file `<store>-writer-<number>` beside the store, held by flock.
// - A `running` generation carries the number. If the file can be locked, or is missing, its writer is dead.
// - A process number would not do, because numbers are reused and differ between containers that share a folder.
// - The file is made at the first generation of a store and removed when it closes; a later opening removes leftovers.

import Files
import Foundation
import Synchronization

final class WriterMark: Sendable {
    /// Drawn at random; never 0.
    let number: Int64
    private let storePath: String
    private let descriptor = Mutex<CInt>(-1)

    init(storePath: String) {
        self.storePath = storePath
        number = Int64.random(in: 1...Int64.max)
    }

    deinit { lower() }

    private static func path(_ storePath: String, _ number: Int64) -> String { "\(storePath)-writer-\(number)" }

    /// Makes the mark, unless it is made already.
    func raise() throws {
        try descriptor.withLock { descriptor in
            guard descriptor < 0 else { return }
            // A sweeper may remove the file between our opening and locking it; then it is made again.
            while true {
                let candidate = open(WriterMark.path(storePath, number), O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
                guard candidate >= 0 else { throw StoreError(errno: errno, path: storePath) }
                while flock(candidate, LOCK_EX) != 0 && errno == EINTR {}
                var status = stat()
                if fstat(candidate, &status) == 0 && status.st_nlink > 0 {
                    descriptor = candidate
                    return
                }
                close(candidate)
            }
        }
    }

    func lower() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            unlink(WriterMark.path(storePath, number))
            close(descriptor)
            descriptor = -1
        }
    }

    /// True if the writer of this number is alive; it itself is.
    func isAlive(_ other: Int64) -> Bool {
        other == number || !WriterMark.sweep(WriterMark.path(storePath, other))
    }

    /// Removes the marks that dead processes left.
    func sweepUp() {
        let folder = FilePath.folder(of: storePath)
        let prefix = (storePath.split(separator: "/").last.map(String.init) ?? storePath) + "-writer-"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(prefix) {
            guard let other = Int64(name.dropFirst(prefix.count)), other != number else { continue }
            _ = WriterMark.sweep(WriterMark.path(storePath, other))
        }
    }

    /// Removes a mark that nobody holds.
    /// - Returns: True if there is no mark any more; false if its writer lives or the system does not tell.
    private static func sweep(_ path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        unlink(path)
        return true
    }
}
