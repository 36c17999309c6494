// A copy of a store in a file of its own, and a copy put in the store's place.
// - A copy appears under its name complete, checked and on the disk, or not at all.
// - Restoring never deletes: the store that was there stays beside it under another name, with its log.
// - A log (`-wal`) belongs to one file. Beside another file, SQLite would write it into that one and damage it, so no
//   log stays beside a file that takes another's name.

import Files
import Foundation
import GRDB

/// The content of a backup.
public struct BackupReport: Sendable, Hashable {
    public var generations: Int
    /// With those in the trash.
    public var drafts: Int
    public var bytes: Int64
}

/// The outcome of restoring.
public struct RestoreReport: Sendable, Hashable {
    public var backup: BackupReport
    /// The new path of the store that was there before; `nil` if there was none.
    public var keptStorePath: String?
}

extension DraftStore {
    /// Copies the store, as it is at one moment, into a file of its own; others may continue to write.
    /// - Parameter replaces: True if a file that is there is replaced.
    /// - Throws: `StoreError.targetExists` if a file is there already, `.corrupt` if the store is damaged.
    @discardableResult
    public func backup(to target: String, replaces: Bool = false) throws -> BackupReport {
        let target = try DraftStore.absolute(target)
        if Disk.identity(of: target) == Disk.identity(of: path) { throw StoreError.targetIsStore(path: target) }
        try BackupFile.checkFree(target, replaces: replaces)
        return try BackupFile.write(to: target, replaces: replaces) { unfinished in
            let (report, finding) = try copy(to: unfinished, shownPath: target)
            if finding != nil { throw StoreError.corrupt(path: path) }
            return report
        }
    }

    /// Puts a copy of a backup in the place of a store that nobody has open.
    /// - Parameters:
    ///   - backup: a file that `backup(to:)` wrote, or another store; it is read and not changed.
    ///   - path: the store's place; if a store is there, it is kept beside it.
    /// - Throws: `StoreError`; then the store is as it was.
    public static func restore(
        from backup: String, to path: String, patienceSeconds: Double = 5, now: Date = Date()
    ) throws -> RestoreReport {
        let named = try absolute(path)
        let path = Disk.resolved(named)
        let source = try openBackup(backup, patienceSeconds)
        defer { try? source.close() }
        if Disk.isFolder(path) { throw StoreError.folderInPlace(path: path) }
        if Disk.identity(of: path) == Disk.identity(of: source.path) {
            throw StoreError.targetIsStore(path: source.path)
        }
        let folderError = Disk.makeFolder(FilePath.folder(of: path))
        if folderError != 0 { throw StoreError(errno: folderError, path: path) }

        // The lock that users of the store take, who know it by the same name.
        let lock = try FileLock(path: named + "-lock", storePath: path)
        defer { lock.letGo() }
        var keptPath: String?
        let report = try BackupFile.write(to: path, replaces: true) { unfinished in
            let (report, finding) = try asBackup(source.path) { try source.copy(to: unfinished, shownPath: path) }
            if let finding { throw StoreError.damagedBackup(path: source.path, finding: finding) }
            return report
        } beforePlacing: {
            guard lock.take(.exclusive, patienceSeconds: patienceSeconds) else { throw StoreError.inUse(path: path) }
            if Disk.isOpenElsewhere(path) { throw StoreError.inUse(path: path) }
            keptPath = try BackupFile.setAside(path, now: now)
            return keptPath
        }
        return RestoreReport(backup: report, keptStorePath: keptPath)
    }

    private static func openBackup(_ backup: String, _ patienceSeconds: Double) throws -> DraftStore {
        let path = try absolute(backup)
        return try asBackup(path) {
            let source = try openReadOnly(path: path, patienceSeconds: patienceSeconds)
            if try source.isEmpty() { throw StoreError.notABackup(path: path, reason: "it holds no drafts") }
            return source
        }
    }

    /// Turns a store's failures into those of a backup, because a person with a bad backup needs other advice.
    private static func asBackup<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            switch error {
            case .notADatabase(path): throw StoreError.notABackup(path: path, reason: "it is not an SQLite database")
            case .foreignDatabase(path):
                throw StoreError.notABackup(path: path, reason: "it is the database of another program")
            case .folderInPlace(path): throw StoreError.notABackup(path: path, reason: "it is a folder")
            case .corrupt(path): throw StoreError.damagedBackup(path: path, finding: "SQLite cannot read all of it")
            default: throw error
            }
        }
    }

    /// Copies the store into an empty file and checks the copy for damage.
    private func copy(to file: String, shownPath: String) throws -> (report: BackupReport, finding: String?) {
        do {
            try mapped { try checkFrozen() }
            var configuration = Configuration()
            configuration.prepareDatabase { $0.add(tokenizer: SearchTokenizer.self) }
            let copy = try DatabaseQueue(path: file, configuration: configuration)
            try connections.backup(to: copy)
            let outcome = try copy.read { db in
                // Candidates are copied too, but are no drafts; an older store knows none.
                let knowsCandidates = try db.columns(in: "draft").contains { $0.name == "candidate" }
                let drafts = "SELECT count(*) FROM draft" + (knowsCandidates ? " WHERE NOT candidate" : "")
                let report = BackupReport(
                    generations: try Int.fetchOne(db, sql: "SELECT count(*) FROM generation") ?? 0,
                    drafts: try Int.fetchOne(db, sql: drafts) ?? 0, bytes: 0)
                return (report, try Integrity.damage(db, isQuick: true).first)
            }
            // One file, without a log beside it.
            try copy.inDatabase { db in _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE") }
            try copy.close()
            var (report, finding) = outcome
            report.bytes = Disk.size(of: file) ?? 0
            return (report, finding)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            throw StoreError.corrupt(path: path)
        } catch {
            throw StoreError(error, path: shownPath)
        }
    }

    /// True if it is a file without tables, as an empty file is.
    private func isEmpty() throws -> Bool {
        try read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0 }
    }
}
