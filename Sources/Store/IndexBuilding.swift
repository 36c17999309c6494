// The search index made anew in parts, each a transaction of its own, so that others can write between them.
// - While it is built, `user_version` is the negated version. Whoever opens the store meanwhile, or after a crash, goes on
//   with it; two builders share the work, because each part takes drafts that have no row yet.
// - The newest drafts come first: they are found before the index is complete.

import GRDB
import Glibc

/// How far the making of a search index is.
public struct IndexProgress: Sendable, Hashable {
    public var indexedDrafts: Int
    public var allDrafts: Int
}

/// Hears of each part of an index that is made anew, on the thread that opens the store.
public typealias IndexListener = @Sendable (IndexProgress) -> Void

struct IndexBuilding {
    /// The most drafts of a part: about a tenth of a second.
    static let partCount = 1000
    /// The pause between two parts, in which others get the lock; they look for it every tenth of a second or more often.
    private static let pauseMicroseconds: UInt32 = 20_000
    /// How often a part is tried while others keep the store in use.
    private static let busyTries = 12

    /// True if an index that had been in use is made anew.
    private(set) var isRebuilding = false
    private(set) var isDone = false
    private var progress = IndexProgress(indexedDrafts: 0, allDrafts: 0)
    /// All drafts from this one on have a row.
    private var lowestId = Int64.max

    /// Looks at both indexes, and makes what is missing: of the index of drafts, the first part.
    static func begin(_ db: Database) throws -> IndexBuilding {
        var building = IndexBuilding()
        if !TurnIndex.isSound(db) { try TurnIndex.rebuild(db) }
        if SearchIndex.isSound(db) {
            building.isDone = true
            return building
        }
        building.isRebuilding = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM draft)") ?? false
        if !canGoOn(db) {
            try SearchIndex.create(db)
            try db.execute(sql: "PRAGMA user_version = \(-SearchIndex.version)")
        }
        building.progress = IndexProgress(
            indexedDrafts: try Int.fetchOne(db, sql: "SELECT count(*) FROM draftSearch_docsize") ?? 0,
            allDrafts: try Int.fetchOne(
                db, sql: "SELECT (SELECT count(*) FROM draft) - (SELECT count(*) FROM draft WHERE candidate)") ?? 0)
        try building.addPart(db)
        return building
    }

    /// Makes the rest, part by part.
    /// - Parameter write: runs a transaction, and lets go of all locks after it.
    mutating func finish(
        tellingOf listener: IndexListener?,
        _ write: (_ part: (Database) throws -> IndexBuilding) throws -> IndexBuilding
    ) throws {
        var tries = 0
        while !isDone {
            listener?(progress)
            usleep(Self.pauseMicroseconds)
            let before = self
            do {
                self = try write { db in
                    var next = before
                    try next.addPart(db)
                    return next
                }
                tries = 0
            } catch {
                tries += 1
                let code = (error as? DatabaseError)?.resultCode
                let isBusy = code == .SQLITE_BUSY || (error as? StoreError)?.isBusy == true
                guard isBusy, tries < Self.busyTries else { throw error }
            }
        }
        if isRebuilding { listener?(progress) }
    }

    /// True if another process, or one that died, has begun an index of this form.
    private static func canGoOn(_ db: Database) -> Bool {
        do {
            guard try Int.fetchOne(db, sql: "PRAGMA user_version") == -SearchIndex.version else { return false }
            return try SearchIndex.answers(db)
        } catch {
            return false
        }
    }

    private mutating func addPart(_ db: Database) throws {
        let ids = try Int64.fetchAll(
            db,
            sql: """
                SELECT id FROM draft d
                WHERE id < ? AND NOT candidate AND NOT EXISTS (SELECT 1 FROM draftSearch_docsize s WHERE s.id = d.id)
                ORDER BY id DESC LIMIT ?
                """, arguments: [lowestId, Self.partCount])
        try SearchIndex.add(db, drafts: ids)
        progress.indexedDrafts += ids.count
        lowestId = ids.last ?? lowestId
        guard ids.count < Self.partCount else { return }
        try db.execute(sql: "PRAGMA user_version = \(SearchIndex.version)")
        isDone = true
    }
}
