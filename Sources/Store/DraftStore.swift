// The store of everything that was ever drafted: one SQLite file, read and written through this type alone.
// - WAL, synchronous FULL, foreign keys on, mode 0600. What a call saved is on the disk when it returns.
// - Two processes may use one store at once: writes wait for each other for five seconds, reads never wait.
// - Checkpoints are ours alone, under a lock (FileLock.swift); SQLite never runs one behind our back, but for the very
//   last connection as it closes, which has the file for itself.
// - Calls block on the disk: keep them off the thread that draws the screen.

import GRDB
import Synchronization

/// Drafts, generations, revisions and tags in one SQLite file.
public final class DraftStore: Sendable {
    /// The database file, from the root.
    public let path: String
    /// What was put right when the store was opened.
    public let recovery: RecoveryReport

    /// Why nothing can be written; `nil` if the store is open for writing.
    public let readOnlyReason: StoreError?

    /// A pool; a single connection if the file is read without SQLite's locks (ReadOnlyDatabase.swift).
    let connections: any DatabaseWriter
    /// `nil` if the store is open for reading only.
    let lock: FileLock?
    let mark: WriterMark
    /// The file that was opened.
    let identity: Disk.Identity?
    /// How the file looked, if it is read without SQLite's locks: it must not change under our hands.
    let frozenState: Disk.State?
    let now: @Sendable () -> Double
    /// How long a call waits for other writers.
    let patienceSeconds: Double
    private let isClosed = Mutex(false)

    init(
        path: String, recovery: RecoveryReport, readOnlyReason: StoreError? = nil, connections: any DatabaseWriter,
        lock: FileLock?, mark: WriterMark, frozenState: Disk.State? = nil, patienceSeconds: Double,
        now: @escaping @Sendable () -> Double
    ) {
        self.path = path
        self.recovery = recovery
        self.readOnlyReason = readOnlyReason
        self.connections = connections
        self.lock = lock
        self.mark = mark
        identity = Disk.identity(of: path)
        self.frozenState = frozenState
        self.patienceSeconds = patienceSeconds
        self.now = now
    }

    /// Checkpoints and closes; whoever writes afterwards gets `StoreError.closed`. Closing again does nothing.
    ///
    /// What is still `running` from this store is left so, and becomes `interrupted` when a store is next opened.
    public func close() throws {
        let wasClosed = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        if wasClosed { return }
        try mapped {
            // Readers first: a reading connection that closes last cannot clear the log away.
            (connections as? DatabasePool)?.releaseMemory()
            checkpoint()
            try connections.close()
            mark.lower()
        }
    }

    /// Runs a transaction; everything in it is saved, or nothing is.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        if let readOnlyReason { throw readOnlyReason }
        return try mapped {
            try checkInPlace()
            return try connections.writeWithoutTransaction { db in
                guard let lock, lock.take(.shared, patienceSeconds: patienceSeconds) else {
                    throw StoreError.busy(path: path)
                }
                defer { lock.letGo() }
                var value: Value?
                try db.inTransaction(.immediate) {
                    value = try body(db)
                    return .commit
                }
                guard let value else { throw StoreError.failed(path: path, reason: "the transaction was not run") }
                return value
            }
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try mapped {
            try checkFrozen()
            return try connections.read(body)
        }
    }

    /// A file that is read without SQLite's locks must still be as it was when it was opened.
    func checkFrozen() throws {
        if let frozenState, Disk.state(of: path) != frozenState { throw StoreError.changed(path: path) }
    }

    /// Every error that leaves the store is a `StoreError`.
    func mapped<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw StoreError(error, path: path)
        }
    }
}
