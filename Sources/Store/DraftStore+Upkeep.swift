// The upkeep of a store: checkpoints, checks, figures.

import GRDB
import Generation

/// The content of a store in figures; candidates that were not chosen do not count.
public struct StoreStatistics: Sendable, Hashable, Codable {
    public struct Count: Sendable, Hashable, Codable {
        public var name: String
        public var generations: Int
    }

    public var generations = 0
    /// Outside the trash.
    public var drafts = 0
    /// Outside the trash.
    public var starred = 0
    public var trashed = 0
    public var revisions = 0
    public var tags = 0
    /// Of all drafts, with those in the trash.
    public var tokens = 0
    /// Seconds since 1970; `nil` in an empty store.
    public var firstAt: Double?
    public var lastAt: Double?
    /// Most used first.
    public var templates: [Count] = []
    public var models: [Count] = []
    public var databaseBytes: Int64 = 0
}

extension DraftStore {
    /// Moves recent writes from the log into the database, unless somebody is writing right now.
    ///
    /// Call it while idle; `finishGeneration`, `emptyTrash` and `close` do it themselves.
    /// - Returns: True if it was done; false if others were writing, which is harmless.
    @discardableResult
    public func checkpoint() -> Bool {
        let file = current
        let outcome = try? file.connections.writeWithoutTransaction { db in
            guard let lock = file.lock, lock.take(.exclusive, patienceSeconds: 0) else { return false }
            defer { lock.letGo() }
            // Throws if the connection was closed meanwhile; SQLite's checkpoint would crash on it.
            _ = try Int.fetchOne(db, sql: "SELECT 1")
            try db.checkpoint(.passive)
            return true
        }
        return outcome ?? false
    }

    /// Checkpoints if the log has more than 4 MB.
    func checkpointIfGrown() {
        if let bytes = Disk.size(of: path + "-wal"), bytes > 4 << 20 { checkpoint() }
    }

    public func statistics() throws -> StoreStatistics {
        try read { db in
            var statistics = StoreStatistics()
            func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
            func counts(_ column: String) throws -> [StoreStatistics.Count] {
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT \(column) AS name, count(*) AS generations FROM generation
                        WHERE \(column) IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1
                        """
                ).map { StoreStatistics.Count(name: $0["name"], generations: $0["generations"]) }
            }
            statistics.generations = try count("SELECT count(*) FROM generation")
            statistics.drafts = try count("SELECT count(*) FROM draft WHERE deletedAt IS NULL AND NOT candidate")
            statistics.starred = try count("SELECT count(*) FROM draft WHERE starred AND deletedAt IS NULL")
            statistics.trashed = try count("SELECT count(*) FROM draft WHERE deletedAt IS NOT NULL AND NOT candidate")
            statistics.revisions = try count("SELECT count(*) FROM revision")
            statistics.tags = try count("SELECT count(*) FROM tag")
            statistics.tokens = try count("SELECT sum(tokenCount) FROM draft WHERE NOT candidate")
            statistics.firstAt = try Double.fetchOne(db, sql: "SELECT min(createdAt) FROM generation")
            statistics.lastAt = try Double.fetchOne(db, sql: "SELECT max(createdAt) FROM generation")
            statistics.templates = try counts("templateName")
            statistics.models = try counts("model")
            statistics.databaseBytes = (Disk.size(of: path) ?? 0) + (Disk.size(of: path + "-wal") ?? 0)
            return statistics
        }
    }

    /// The findings of SQLite and of the search index; empty if all is well.
    /// - Parameter isQuick: True leaves out if indexes agree with their tables, which takes several times as long.
    public func checkIntegrity(isQuick: Bool = false) throws -> [String] {
        try read { db in try Integrity.findings(db, isQuick: isQuick) }
    }
}

enum Integrity {
    static func findings(_ db: Database, isQuick: Bool) throws -> [String] {
        var findings = try damage(db, isQuick: isQuick)
        let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")
        if !orphans.isEmpty {
            findings.append(
                "\(orphans.count) \(orphans.count == 1 ? "row points" : "rows point") to rows that are not there")
        }
        if !SearchIndex.isSound(db) {
            findings.append("the search index does not have a row for each draft; it is made anew at the next opening")
        }
        return findings
    }

    /// The faults that SQLite finds in the file itself.
    static func damage(_ db: Database, isQuick: Bool) throws -> [String] {
        try String.fetchAll(db, sql: "PRAGMA \(isQuick ? "quick_check" : "integrity_check")").filter { $0 != "ok" }
    }
}
