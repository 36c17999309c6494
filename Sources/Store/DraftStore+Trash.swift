// The trash: where drafts go and whence they come back, until it is emptied.

import GRDB
import Generation

extension DraftStore {
    /// Puts drafts into the trash; those there already keep their time.
    /// - Returns: the ids that were not there before, for undoing.
    @discardableResult
    public func trash(draftIds: [Int64]) throws -> [Int64] {
        let time = now()
        return try write { db in
            try draftIds.filter { id in
                try requireDraft(id, db)
                try db.execute(
                    sql: "UPDATE draft SET deletedAt = ? WHERE id = ? AND deletedAt IS NULL", arguments: [time, id])
                return db.changesCount > 0
            }
        }
    }

    /// Takes drafts out of the trash.
    /// - Returns: the ids that were there.
    @discardableResult
    public func restore(draftIds: [Int64]) throws -> [Int64] {
        try write { db in
            try draftIds.filter { id in
                try requireDraft(id, db)
                try db.execute(
                    sql: "UPDATE draft SET deletedAt = NULL WHERE id = ? AND deletedAt IS NOT NULL", arguments: [id])
                return db.changesCount > 0
            }
        }
    }

    /// What lies in the trash, last thrown away first.
    public func trashed(limit: Int) throws -> [FoundDraft] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Rows.draftColumns) FROM draft d WHERE d.deletedAt IS NOT NULL
                    ORDER BY d.deletedAt DESC, d.id DESC LIMIT ?
                    """, arguments: [max(0, limit)])
            return try withGenerations(rows.map(Rows.draft), db)
        }
    }

    /// Removes for good what lies in the trash, with its revisions, and generations that have no draft left.
    /// Drafts still being written stay until they are finished.
    /// - Returns: how many drafts were removed.
    @discardableResult
    public func emptyTrash() throws -> Int {
        let count = try write { db in
            let ids = try Int64.fetchAll(
                db, sql: "SELECT id FROM draft WHERE deletedAt IS NOT NULL AND finishReason IS NOT NULL")
            for part in Rows.parts(ids) {
                let arguments = StatementArguments(part)
                try db.execute(
                    sql: "DELETE FROM draftSearch WHERE rowid IN (\(Rows.places(part)))", arguments: arguments)
                try db.execute(sql: "DELETE FROM draft WHERE id IN (\(Rows.places(part)))", arguments: arguments)
            }
            try db.execute(
                sql: """
                    DELETE FROM generation WHERE status <> 'running'
                        AND NOT EXISTS (SELECT 1 FROM draft WHERE generationId = generation.id)
                    """)
            try db.execute(sql: "DELETE FROM tag WHERE id NOT IN (SELECT tagId FROM draftTag)")
            return ids.count
        }
        checkpointIfGrown()
        return count
    }
}
