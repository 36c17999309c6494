// A store that is open for reading only becomes writable once it can: there is room, a lock is free, rights were given.
// - Every write tries it first, so a failed save that is repeated continues in the same store.
// - A file that is read without SQLite's locks is closed before it is opened for writing, because closing it
//   later would drop the new connection's locks. If it still cannot be written, it is opened for reading again.

import GRDB
import Synchronization

/// Keeps slow attempts, while another process has the store, from delaying every save of streaming text.
struct ReopeningPause: Sendable {
    private var end = ContinuousClock.now

    var isOver: Bool { ContinuousClock.now >= end }

    /// At most a fifth of the time is spent on attempts.
    mutating func begin(after attempt: Duration) { end = ContinuousClock.now + attempt * 4 }
}

extension DraftStore {
    /// Opens for writing a store that is open for reading only.
    /// - Throws: `StoreError`: why it still cannot be written.
    func openForWriting() throws {
        try reopening.withLock { pause in
            let file = current
            guard let reason = file.readOnlyReason else { return }
            if hasEnded { throw StoreError.closed(path: path) }
            // A new file in its place is not ours, and a missing file is not made again.
            guard Disk.identity(of: path) == file.identity else { throw StoreError.gone(path: path) }
            if reason == .diskFull(path: path), Disk.isFull(at: path) { throw reason }
            guard pause.isOver else { throw reason }
            let began = ContinuousClock.now
            defer { pause.begin(after: ContinuousClock.now - began) }
            if file.frozenState != nil { try file.connections.close() }
            do {
                goOn(with: try DraftStore.fileForWriting(path, patienceSeconds))
            } catch {
                let found = StoreError(error, path: path)
                if file.frozenState != nil,
                    let again = try? DraftStore.fileForReading(path, patienceSeconds, because: found)
                {
                    goOn(with: again)
                }
                throw found
            }
        }
    }

    /// Works with the file as it is open now, and once more if it was opened again in the meantime.
    func withCurrent<Value>(_ body: (OpenedFile) throws -> Value) throws -> Value {
        let file = current
        do {
            try check(file)
            return try body(file)
        } catch
            where file.frozenState != nil && (isClosedConnection(error) || error as? StoreError == .changed(path: path))
        {
            let next = reopening.withLock { _ in current }
            guard !hasEnded, next.connections !== file.connections else { throw error }
            try check(next)
            return try body(next)
        }
    }

    private func isClosedConnection(_ error: any Error) -> Bool {
        (error as? DatabaseError)?.resultCode == .SQLITE_MISUSE
    }
}
