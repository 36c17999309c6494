// The trash: drafts wait there until they are restored or the trash is emptied.

import GRDB
import Generation

extension DraftStore {
    /// Puts drafts into the trash; those in it already keep their time.
    /// - Returns: the ids that were not in it before, so that the user can undo.
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
    /// - Returns: the ids that were in it.
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

    /// Removes the drafts in the trash for good, with their revisions, and generations without drafts.
    /// Drafts that are being written stay until they are finished. Candidates go with the last chosen draft of their
    /// generation, because nothing shows them any more.
    /// - Returns: how many drafts were removed, candidates aside.
    @discardableResult
    public func emptyTrash() throws -> Int {
        let count = try write { db in
            let ids = try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM draft WHERE deletedAt IS NOT NULL AND finishReason IS NOT NULL AND NOT candidate
                    """)
            try delete(ids, db)
            let candidates = try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM draft AS d WHERE candidate AND (deletedAt IS NOT NULL OR NOT EXISTS
                        (SELECT 1 FROM draft WHERE generationId = d.generationId AND NOT candidate))
                    """)
            try delete(candidates, db)
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

    private func delete(_ ids: [Int64], _ db: Database) throws {
        for part in Rows.parts(ids) {
            let arguments = StatementArguments(part)
            try db.execute(sql: "DELETE FROM draftSearch WHERE rowid IN (\(Rows.places(part)))", arguments: arguments)
            try db.execute(sql: "DELETE FROM draft WHERE id IN (\(Rows.places(part)))", arguments: arguments)
        }
    }
}
