// Rescues the readable content of a damaged store into a new store.
// - The damaged file is read page by page and never written. SQLite does not open it, because it would stop at the
//   first fault. Complete rows are found anywhere, even if roots, inner pages or the end of the file are gone.
// - The search index has a copy of every text, which is used if a draft's own row is lost.

import Foundation
import GRDB

/// The outcome of a salvage: how much was read, and how much is known to be lost.
public struct SalvageReport: Sendable, Hashable {
    /// Those that were read; a lost one, of which only drafts were read, is in `lostGenerations` alone.
    public var generations = 0
    public var drafts = 0
    public var revisions = 0
    public var tags = 0
    /// Those that were read; lost ones, of which only turns or drafts were read, are in `lostConversations` and
    /// `lostTurns` alone.
    public var conversations = 0
    public var turns = 0
    /// Drafts whose text, or something that belongs to it, could not be read to its end.
    public var cutDrafts: Set<Int64> = []
    public var cutGenerations = 0
    /// Drafts whose text comes from the search index: its letters are the same, its composition may differ.
    public var draftsFromIndex = 0
    /// Generations of which only drafts are left; the new store has a stand-in for each.
    public var lostGenerations = 0
    /// Conversations of which only turns or drafts are left; the new store has a stand-in for each.
    public var lostConversations = 0
    /// Turns that others follow or that have drafts, and of which nothing else is left.
    public var lostTurns = 0
    /// Conversations and turns of which a text could not be read to its end.
    public var cutTurns = 0
    /// Drafts of which only the number is left.
    public var lostDrafts = 0
    /// Rows of any table that cannot be read.
    public var damagedRows = 0
    /// Pages that are missing at the end, or that the disk cannot read.
    public var missingPages = 0

    /// True if nothing is known to be missing.
    public var isComplete: Bool {
        cutDrafts.isEmpty && cutGenerations == 0 && draftsFromIndex == 0 && lostGenerations == 0 && lostDrafts == 0
            && lostConversations == 0 && lostTurns == 0 && cutTurns == 0 && damagedRows == 0 && missingPages == 0
    }
}

extension DraftStore {
    /// Writes the readable content of a store, damaged or not, into a new store.
    /// - Parameters:
    ///   - path: the damaged store; it must not be open in this process.
    ///   - target: the new store.
    ///   - replaces: True if a file that is there is replaced.
    /// - Throws: `StoreError.nothingToSalvage` if no row is found.
    public static func salvage(
        from path: String, to target: String, replaces: Bool = false, patienceSeconds: Double = 5, now: Date = Date()
    ) throws -> SalvageReport {
        let path = Disk.resolved(try absolute(path))
        let target = try absolute(target)
        if Disk.isFolder(path) { throw StoreError.folderInPlace(path: path) }
        if Disk.identity(of: target) != nil, Disk.identity(of: target) == Disk.identity(of: path) {
            throw StoreError.targetIsStore(path: target)
        }
        try BackupFile.checkFree(target, replaces: replaces)
        // Keeps others from writing while we read.
        let lock = FileLock.existing(path: path + "-lock")
        if let lock, !lock.take(.exclusive, patienceSeconds: patienceSeconds) { throw StoreError.busy(path: path) }
        defer { lock?.letGo() }
        let file = try PageFile(path: path)
        return try BackupFile.write(to: target, replaces: replaces) { unfinished in
            do {
                let report = try fill(unfinished, from: file, now: now.timeIntervalSince1970)
                if report.drafts == 0 && report.generations == 0 && report.conversations == 0 && report.turns == 0 {
                    throw StoreError.nothingToSalvage(path: path)
                }
                return report
            } catch {
                throw StoreError(error, path: target)
            }
        }
    }

    private static func fill(_ target: String, from file: PageFile, now: Double) throws -> SalvageReport {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            db.add(tokenizer: SearchTokenizer.self)
            // If anything fails, the file is made again; it is synced at the end.
            try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        }
        let queue = try DatabaseQueue(path: target, configuration: configuration)
        try Schema.migrator.migrate(queue)
        let report = try queue.write { db in
            let writer = SalvageWriter(db, now: now)
            var scan = SalvageScan(file)
            try scan.readRows { try writer.take($0) }
            try scan.readSupersededRows { try writer.take($0, fillsGaps: true) }
            try writer.addStandIns()
            try writer.addConversationStandIns()
            try scan.readIndexedTexts { try writer.fill(from: $0) }
            try scan.readDraftTags { try writer.tag(draftId: $0, tagId: $1) }
            try writer.finish()
            try SearchIndex.rebuild(db)
            try TurnIndex.rebuild(db)
            var report = writer.report
            report.damagedRows += scan.damagedRows
            report.missingPages = scan.unreadablePages + max(0, (file.statedPageCount ?? 0) - file.pageCount)
            return report
        }
        try queue.close()
        return report
    }
}
