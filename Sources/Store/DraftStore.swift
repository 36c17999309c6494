// The store of all drafts: one SQLite file, read and written only through this type.
// - WAL, synchronous FULL, foreign keys on, mode 0600. If a call returns, its changes are on the disk.
// - Two processes may use one store at once: writes wait for each other for five seconds, reads never wait.
// - Only we run checkpoints, under a lock (FileLock.swift). SQLite itself runs one only when the very last connection
//   closes, because nobody else uses the file then.
// - Calls block on the disk: keep them off the thread that draws the screen.

import GRDB
import Synchronization

/// Drafts, generations, revisions and tags in one SQLite file.
public final class DraftStore: Sendable {
    /// The database file, from the root.
    public let path: String
    let now: @Sendable () -> Double
    /// The longest time that a call waits for other writers.
    let patienceSeconds: Double
    private let opened: Mutex<OpenedFile>
    /// One attempt to become writable at a time (DraftStore+Reopening.swift).
    let reopening = Mutex<ReopeningPause>(ReopeningPause())
    private let isClosed = Mutex(false)

    init(path: String, opened: OpenedFile, patienceSeconds: Double, now: @escaping @Sendable () -> Double) {
        self.path = path
        self.opened = Mutex(opened)
        self.patienceSeconds = patienceSeconds
        self.now = now
    }

    /// Repairs that were made when the store was opened.
    public var recovery: RecoveryReport { current.recovery }
    /// The reason why nothing can be written; `nil` if the store is open for writing.
    ///
    /// A store that is open for reading only becomes writable at the first write after the reason is gone.
    public var readOnlyReason: StoreError? { current.readOnlyReason }

    /// The file as it is open now.
    var current: OpenedFile { opened.withLock { $0 } }
    var connections: any DatabaseWriter { current.connections }
    var mark: WriterMark { current.mark }
    var hasEnded: Bool { isClosed.withLock { $0 } }

    /// Continues with another opening of the same file.
    func goOn(with file: OpenedFile) { opened.withLock { $0 = file } }

    /// Checkpoints and closes; later writes throw `StoreError.closed`. Closing again does nothing.
    ///
    /// A generation of this store that is still `running` becomes `interrupted` when a store is next opened.
    public func close() throws {
        let wasClosed = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        if wasClosed { return }
        // Wait while the file is being opened again.
        let (connections, mark) = reopening.withLock { _ in (self.connections, self.mark) }
        try mapped {
            // Readers first: if a reading connection closes last, it cannot remove the log.
            (connections as? DatabasePool)?.releaseMemory()
            checkpoint()
            try connections.close()
            mark.lower()
        }
    }

    /// Runs a transaction: all of it is saved, or nothing.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        if readOnlyReason != nil { try openForWriting() }
        return try mapped {
            try checkInPlace()
            let file = current
            return try file.connections.writeWithoutTransaction { db in
                guard let lock = file.lock, lock.take(.shared, patienceSeconds: patienceSeconds) else {
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
        try mapped { try withCurrent { try $0.read(body) } }
    }

    /// Checks that a file that is read without SQLite's locks has not changed since it was opened.
    func checkFrozen() throws { try check(current) }

    func check(_ file: OpenedFile) throws {
        if let state = file.frozenState, Disk.state(of: path) != state { throw StoreError.changed(path: path) }
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

/// A store's file while it is open: everything that changes if it is opened again.
struct OpenedFile: Sendable {
    var recovery = RecoveryReport()
    var readOnlyReason: StoreError?
    /// A pool; a single connection if the file is read without SQLite's locks (ReadOnlyDatabase.swift).
    var connections: any DatabaseWriter
    /// `nil` if the store is open for reading only.
    var lock: FileLock?
    var mark: WriterMark
    /// The file that was opened.
    var identity: Disk.Identity?
    /// The file's state, if it is read without SQLite's locks: it must not change while we read.
    var frozenState: Disk.State?

    /// Reads at one moment.
    /// - Throws: `SQLITE_MISUSE` if a file that is read without locks was closed meanwhile, to be opened for writing:
    ///   GRDB's `read` would crash on its connection.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        guard frozenState != nil else { return try connections.read(body) }
        return try connections.writeWithoutTransaction { db in
            _ = try Int.fetchOne(db, sql: "SELECT 1")
            var value: Value?
            try db.inTransaction(.deferred) {
                value = try body(db)
                return .commit
            }
            guard let value else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
            return value
        }
    }
}
