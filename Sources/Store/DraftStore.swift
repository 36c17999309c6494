// The store of everything that was ever drafted: one SQLite file, read and written through this type alone.
// - WAL, synchronous FULL, foreign keys on, mode 0600. What a call saved is on the disk when it returns.
// - Two processes may use one store at once: writes wait for each other for five seconds, reads never wait.
// - Checkpoints are ours alone, under a lock (FileLock.swift); SQLite never runs one behind our back, but for the very
//   last connection as it closes, which has the file for itself.
// - Calls block on the disk: keep them off the thread that draws the screen.

import Foundation
import GRDB
import Synchronization

/// Drafts, generations, revisions and tags in one SQLite file.
public final class DraftStore: Sendable {
    /// The database file, from the root.
    public let path: String
    /// What was put right when the store was opened.
    public let recovery: RecoveryReport

    let pool: DatabasePool
    let lock: FileLock
    let mark: WriterMark
    /// The file that was opened.
    let identity: Disk.Identity?
    let now: @Sendable () -> Double
    /// How long a call waits for other writers.
    let patienceSeconds: Double
    private let isClosed = Mutex(false)

    private init(
        path: String, recovery: RecoveryReport, pool: DatabasePool, lock: FileLock, mark: WriterMark,
        patienceSeconds: Double, now: @escaping @Sendable () -> Double
    ) {
        self.path = path
        self.recovery = recovery
        self.pool = pool
        self.lock = lock
        self.mark = mark
        identity = Disk.identity(of: path)
        self.patienceSeconds = patienceSeconds
        self.now = now
    }

    /// Opens the store, makes file and folder where they are missing, brings an older one up to date, and marks as
    /// `interrupted` what a process was writing when it died.
    /// - Parameters:
    ///   - path: the database file; beside it stand `-wal`, `-shm`, `-lock` and `-writer-…`.
    ///   - patienceSeconds: how long each call waits for other writers.
    ///   - now: seconds since 1970.
    /// - Throws: `StoreError`.
    public static func open(
        path: String, patienceSeconds: Double = 5,
        now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
    ) throws -> DraftStore {
        guard !path.isEmpty else { throw StoreError.noName }
        // From the root: SQLite would take a path such as `file:x` for an address, and the folder may change later.
        let path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        do {
            return try openUnmapped(path, patienceSeconds, now)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private static func openUnmapped(
        _ path: String, _ patienceSeconds: Double, _ now: @escaping @Sendable () -> Double
    ) throws -> DraftStore {
        if Disk.isFolder(path) { throw StoreError.folderInPlace(path: path) }
        let folderError = Disk.makeFolder(Disk.folder(of: path))
        if folderError != 0 { throw StoreError(errno: folderError, path: path) }
        // What is not ours is refused before anything is made beside it.
        if let size = Disk.size(of: path), size > 0 { try inspect(path, patienceSeconds) }

        let lock = try FileLock(path: path + "-lock", storePath: path)
        guard lock.take(.exclusive, patienceSeconds: patienceSeconds) else { throw StoreError.busy(path: path) }
        defer { lock.letGo() }
        let fileError = Disk.makePrivateFile(path)
        if fileError != 0 { throw StoreError(errno: fileError, path: path) }

        let pool = try DatabasePool(path: path, configuration: configuration(patienceSeconds))
        try pool.writeWithoutTransaction { db in
            // DatabasePool sets NORMAL when it turns WAL on, after everything `prepareDatabase` could say.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            if try Schema.migrator.hasBeenSuperseded(db) { throw StoreError.newerSchema(path: path) }
            try Schema.markEmpty(db)
        }
        try Schema.migrator.migrate(pool)
        let mark = WriterMark(storePath: path)
        let recovery = try pool.write { db in
            let rebuiltSearch = try SearchIndex.ensure(db)
            let dead = try Recovery.interruptDead(db, mark: mark)
            return RecoveryReport(interruptedGenerations: dead, rebuiltSearch: rebuiltSearch)
        }
        mark.sweepUp()
        return DraftStore(
            path: path, recovery: recovery, pool: pool, lock: lock, mark: mark, patienceSeconds: patienceSeconds,
            now: now)
    }

    /// Looks at a file before anything about it is changed.
    private static func inspect(_ path: String, _ patienceSeconds: Double) throws {
        if access(path, R_OK) != 0 { throw StoreError.cannotOpen(path: path, reason: "it may not be read") }
        if Disk.isReadOnly(at: path) { throw StoreError.readOnly(path: path) }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(patienceSeconds)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { db in
            let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            guard tables > 0 else { return }
            guard try Int.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationId else {
                throw StoreError.foreignDatabase(path: path)
            }
            if try Schema.migrator.hasBeenSuperseded(db) { throw StoreError.newerSchema(path: path) }
        }
        try queue.close()
    }

    private static func configuration(_ patienceSeconds: Double) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patienceSeconds)
        configuration.maximumReaderCount = 3
        configuration.prepareDatabase { db in
            db.add(tokenizer: SearchTokenizer.self)
            try db.execute(
                sql:
                    "PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = \(4 << 20); PRAGMA trusted_schema = OFF"
            )
        }
        return configuration
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
            pool.releaseMemory()
            checkpoint()
            try pool.close()
            mark.lower()
        }
    }

    /// Runs a transaction; everything in it is saved, or nothing is.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try mapped {
            try checkInPlace()
            return try pool.writeWithoutTransaction { db in
                guard lock.take(.shared, patienceSeconds: patienceSeconds) else {
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
        try mapped { try pool.read(body) }
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
