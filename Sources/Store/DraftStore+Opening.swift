// Opening a store: for writing, or for reading only if nothing can be written there.
// - A file that is not ours, or that a newer program made, is refused before anything is changed or made beside it.
// - Opening for writing migrates an older store, builds a missing search index, and closes the file to others.

import Files
import Foundation
import GRDB

extension DraftStore {
    /// Opens the store, makes file and folder if they are missing, migrates an older store, and marks as
    /// `interrupted` every generation whose process died while writing it.
    /// - Parameters:
    ///   - path: the database file; beside it stand `-wal`, `-shm`, `-lock` and `-writer-…`.
    ///   - patienceSeconds: how long each call waits for other writers.
    ///   - now: seconds since 1970.
    ///   - listener: hears of a search index that is made anew, which may take minutes.
    /// - Throws: `StoreError`.
    public static func open(
        path: String, patienceSeconds: Double = 5,
        now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }, listener: IndexListener? = nil
    ) throws -> DraftStore {
        let path = try absolute(path)
        do {
            return DraftStore(
                path: path, opened: try fileForWriting(path, patienceSeconds, listener),
                patienceSeconds: patienceSeconds, now: now)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Opens the store for writing if that is possible, otherwise for reading only: on a full disk, a read-only
    /// medium, in another user's folder, or while another process keeps the store locked.
    /// - Returns: a store whose `readOnlyReason` says why it cannot be written, if it cannot.
    /// - Throws: `StoreError`, if it cannot be read either.
    public static func openForReading(
        path: String, patienceSeconds: Double = 5,
        now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }, listener: IndexListener? = nil
    ) throws -> DraftStore {
        let path = try absolute(path)
        do {
            return DraftStore(
                path: path, opened: try fileForWriting(path, patienceSeconds, listener),
                patienceSeconds: patienceSeconds, now: now)
        } catch {
            let reason = StoreError(error, path: path)
            guard reason.leavesReading, let size = Disk.size(of: path), size > 0 else { throw reason }
            do {
                return DraftStore(
                    path: path, opened: try fileForReading(path, patienceSeconds, because: reason),
                    patienceSeconds: patienceSeconds, now: now)
            } catch {
                let found = StoreError(error, path: path)
                // The first reason says more than "cannot be opened", unless the file itself is the cause.
                throw found.leavesReading ? reason : found
            }
        }
    }

    /// The path from the root, because SQLite would take `file:x` for an address, and the working folder may change.
    static func absolute(_ path: String) throws -> String {
        guard !path.isEmpty else { throw StoreError.noName }
        return path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    static func fileForWriting(
        _ path: String, _ patienceSeconds: Double, _ listener: IndexListener? = nil
    ) throws -> OpenedFile {
        if Disk.isFolder(path) { throw StoreError.folderInPlace(path: path) }
        let folderError = Disk.makeFolder(FilePath.folder(of: path))
        if folderError != 0 { throw StoreError(errno: folderError, path: path) }
        // If the file is not ours, nothing is made beside it.
        if let size = Disk.size(of: path), size > 0 { try inspect(path, patienceSeconds) }

        let lock = try FileLock(path: path + "-lock", storePath: path)
        guard lock.take(.exclusive, patienceSeconds: patienceSeconds) else { throw StoreError.busy(path: path) }
        defer { lock.letGo() }
        let fileError = Disk.makePrivateFile(path)
        if fileError != 0 { throw StoreError(errno: fileError, path: path) }
        Disk.closeToOthers(path + "-lock")
        for suffix in ["", "-wal", "-shm"] { Disk.closeToOthers(Disk.resolved(path) + suffix) }

        let pool = try DatabasePool(path: path, configuration: configuration(patienceSeconds))
        try pool.writeWithoutTransaction { db in
            // DatabasePool sets NORMAL when it turns WAL on, after `prepareDatabase` ran.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            if try Schema.migrator.hasBeenSuperseded(db) { throw StoreError.newerSchema(path: path) }
            try Schema.markEmpty(db)
        }
        try Schema.migrator.migrate(pool)
        let mark = WriterMark(storePath: path)
        var (building, dead) = try pool.write { db in
            (try IndexBuilding.begin(db), try Recovery.interruptDead(db, mark: mark))
        }
        mark.sweepUp()
        // Others may write while the rest of a large index is made.
        lock.letGo()
        try building.finish(tellingOf: listener) { part in
            defer { checkpointBetweenParts(of: path, pool, lock) }
            guard lock.take(.shared, patienceSeconds: patienceSeconds) else { throw StoreError.busy(path: path) }
            defer { lock.letGo() }
            return try pool.write(part)
        }
        return OpenedFile(
            recovery: RecoveryReport(interruptedGenerations: dead, rebuiltSearch: building.isRebuilding),
            connections: pool, lock: lock, mark: mark, identity: Disk.identity(of: path))
    }

    /// Keeps the log small while an index is made.
    private static func checkpointBetweenParts(of path: String, _ pool: DatabasePool, _ lock: FileLock) {
        guard let bytes = Disk.size(of: path + "-wal"), bytes > 16 << 20, lock.take(.exclusive, patienceSeconds: 0)
        else { return }
        defer { lock.letGo() }
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.passive) }
    }

    static func fileForReading(
        _ path: String, _ patienceSeconds: Double, because reason: StoreError?
    ) throws -> OpenedFile {
        if access(path, R_OK) != 0, errno == EACCES {
            throw StoreError.cannotOpen(path: path, reason: "it may not be read")
        }
        let opened = try ReadOnlyDatabase.open(path, patienceSeconds)
        try opened.connections.read { try checkIsOurs($0, path) }
        return OpenedFile(
            readOnlyReason: reason ?? .readOnly(path: path), connections: opened.connections,
            mark: WriterMark(storePath: path), identity: Disk.identity(of: path), frozenState: opened.frozenState)
    }

    /// Opens the store for reading only, even if it could be written.
    static func openReadOnly(path: String, patienceSeconds: Double = 5) throws -> DraftStore {
        let path = try absolute(path)
        if Disk.isFolder(path) { throw StoreError.folderInPlace(path: path) }
        guard Disk.size(of: path) != nil else { throw StoreError.missing(path: path) }
        do {
            return DraftStore(
                path: path, opened: try fileForReading(path, patienceSeconds, because: nil),
                patienceSeconds: patienceSeconds, now: { Date().timeIntervalSince1970 })
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Looks at a file before anything about it is changed.
    private static func inspect(_ path: String, _ patienceSeconds: Double) throws {
        if access(path, R_OK) != 0 { throw StoreError.cannotOpen(path: path, reason: "it may not be read") }
        if Disk.isReadOnly(at: path) { throw StoreError.readOnly(path: path) }
        // Wait while another process puts a backup in the store's place.
        let lock = FileLock.existing(path: path + "-lock")
        if let lock, !lock.take(.shared, patienceSeconds: patienceSeconds) { throw StoreError.busy(path: path) }
        defer { lock?.letGo() }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(patienceSeconds)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { try checkIsOurs($0, path) }
        try queue.close()
    }

    private static func checkIsOurs(_ db: Database, _ path: String) throws {
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard tables > 0 else { return }
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationId else {
            throw StoreError.foreignDatabase(path: path)
        }
        if try Schema.migrator.hasBeenSuperseded(db) { throw StoreError.newerSchema(path: path) }
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
}
