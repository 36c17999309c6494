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
            let trashed = try draftIds.filter { id in
                try requireDraft(id, db)
                try db.execute(
                    sql: "UPDATE draft SET deletedAt = ? WHERE id = ? AND deletedAt IS NULL", arguments: [time, id])
                return db.changesCount > 0
            }
            try leave(drafts: trashed, time, db)
            return trashed
        }
    }

    /// A draft that is an answer, and the turns that go on from it.
    public struct FollowedDraft: Sendable, Hashable {
        public var draftId: Int64
        public var conversationId: Int64
        /// Turns outside the trash that follow it, directly or not.
        public var turnCount: Int
    }

    /// Those of some drafts that turns follow. Their branches are closed while the drafts are in the trash.
    public func followedDrafts(among ids: [Int64]) throws -> [FollowedDraft] {
        try read { db in
            try ids.compactMap { id in
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        WITH RECURSIVE below (id) AS (
                            SELECT id FROM turn WHERE parentDraftId = ?1 AND deletedAt IS NULL
                            UNION ALL
                            SELECT t.id FROM below CROSS JOIN turn t ON t.parentTurnId = below.id
                            WHERE t.id > below.id AND t.deletedAt IS NULL)
                        SELECT (SELECT g.conversationId FROM draft d JOIN generation g ON g.id = d.generationId
                            WHERE d.id = ?1), (SELECT count(*) FROM below)
                        """, arguments: [id])
                guard let row, let conversationId: Int64 = row[0], row[1] > 0 else { return nil }
                return FollowedDraft(draftId: id, conversationId: conversationId, turnCount: row[1])
            }
        }
    }

    /// Takes drafts out of the trash, with the turns and conversations that they belong to, and opens again what followed
    /// them.
    /// - Returns: the ids that were in it.
    @discardableResult
    public func restore(draftIds: [Int64]) throws -> [Int64] {
        try write { db in
            var restored: [(draft: Int64, deletedAt: Double)] = []
            for id in draftIds {
                try requireDraft(id, db)
                guard
                    let deletedAt = try Double.fetchOne(
                        db, sql: "SELECT deletedAt FROM draft WHERE id = ?", arguments: [id])
                else { continue }
                try db.execute(sql: "UPDATE draft SET deletedAt = NULL WHERE id = ?", arguments: [id])
                restored.append((id, deletedAt))
            }
            let ids = restored.map(\.draft)
            try bringBackOwners(of: ids, db)
            try reopen(after: restored, now(), db)
            return ids
        }
    }

    /// Removes the conversations, turns and drafts in the trash for good, with the drafts' revisions, and generations
    /// without drafts. A conversation or turn stays until no draft in it is being written.
    /// Drafts that are being written stay until they are finished. Candidates go with the last chosen draft of their
    /// generation, because nothing shows them any more.
    /// - Returns: how many drafts were removed, candidates aside.
    @discardableResult
    public func emptyTrash() throws -> Int {
        let count = try write { db in
            var count = try removeTrashedConversations(db)
            count += try removeTrashedTurns(db)
            // What is left of conversations and turns in the trash waits for a draft that is being written.
            let ids = try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM draft WHERE deletedAt IS NOT NULL AND finishReason IS NOT NULL AND NOT candidate
                        AND generationId NOT IN (
                            SELECT g.id FROM conversation c JOIN generation g ON g.conversationId = c.id
                            WHERE c.deletedAt IS NOT NULL
                            UNION ALL
                            SELECT g.id FROM turn t JOIN generation g ON g.turnId = t.id WHERE t.deletedAt IS NOT NULL)
                    """)
            count += ids.count
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
            return count
        }
        checkpointIfGrown()
        return count
    }

    /// - Returns: how many drafts were removed, candidates aside.
    private func removeTrashedConversations(_ db: Database) throws -> Int {
        let conversations = try Int64.fetchAll(
            db,
            sql: """
                SELECT id FROM conversation c WHERE deletedAt IS NOT NULL AND NOT EXISTS
                    (SELECT 1 FROM generation WHERE conversationId = c.id AND status = 'running')
                """)
        var count = 0
        for id in conversations {
            let turns = try Int64.fetchAll(db, sql: "SELECT id FROM turn WHERE conversationId = ?", arguments: [id])
            count += try removeGenerations("conversationId", [id], db)
            try TurnIndex.remove(db, rows: turns + [-id])
            try db.execute(sql: "DELETE FROM conversation WHERE id = ?", arguments: [id])
        }
        return count
    }

    /// - Returns: how many drafts were removed, candidates aside.
    private func removeTrashedTurns(_ db: Database) throws -> Int {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT t.id, t.parentTurnId, EXISTS (
                    SELECT 1 FROM generation WHERE turnId = t.id AND status = 'running') AS isWritten
                FROM turn t JOIN conversation c ON c.id = t.conversationId
                WHERE t.deletedAt IS NOT NULL AND c.deletedAt IS NULL ORDER BY t.id DESC
                """)
        // Those before a turn that stays, stay too.
        var kept: Set<Int64> = []
        let turns = rows.compactMap { row -> Int64? in
            let id: Int64 = row[0]
            guard row[2] || kept.contains(id) else { return id }
            if let parent: Int64 = row[1] { kept.insert(parent) }
            return nil
        }
        let count = try removeGenerations("turnId", turns, db)
        try TurnIndex.remove(db, rows: turns)
        for part in Rows.parts(turns) {
            try db.execute(
                sql: "DELETE FROM turn WHERE id IN (\(Rows.places(part)))", arguments: StatementArguments(part))
        }
        return count
    }

    /// Removes the generations with one of these values in a column, and all their drafts.
    /// - Returns: how many drafts were removed, candidates aside.
    private func removeGenerations(_ column: String, _ values: [Int64], _ db: Database) throws -> Int {
        var count = 0
        for part in Rows.parts(values) {
            let arguments = StatementArguments(part)
            let condition = "\(column) IN (\(Rows.places(part)))"
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT d.id, d.candidate FROM generation g CROSS JOIN draft d ON d.generationId = g.id
                    WHERE g.\(condition)
                    """, arguments: arguments)
            try delete(rows.map { $0[0] }, db)
            count += rows.count { !($0[1] as Bool) }
            try db.execute(sql: "DELETE FROM generation WHERE \(condition)", arguments: arguments)
        }
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
