// Conversations and turns in the trash.
// - Their drafts go there with them, at the same time, and come back with them; drafts that were there before stay.
// - A turn outside the trash follows only turns outside it: those that follow a turn go and those before it come back.
// - A draft in the trash is not active, and what follows it is not open.

import GRDB
import Generation

extension DraftStore {
    /// Puts conversations into the trash, with their drafts.
    /// - Returns: the ids that were not in it before, so that the user can undo.
    /// - Throws: `StoreError.missingConversation`.
    @discardableResult
    public func trashConversations(_ ids: [Int64]) throws -> [Int64] {
        let time = now()
        return try write { db in
            try ids.filter { id in
                _ = try requireConversation(id, db)
                try db.execute(
                    sql: "UPDATE conversation SET deletedAt = ? WHERE id = ? AND deletedAt IS NULL",
                    arguments: [time, id])
                guard db.changesCount > 0 else { return false }
                try db.execute(
                    sql: """
                        UPDATE draft SET deletedAt = ? WHERE deletedAt IS NULL
                            AND generationId IN (SELECT id FROM generation WHERE conversationId = ?)
                        """, arguments: [time, id])
                return true
            }
        }
    }

    /// Takes conversations out of the trash, with the drafts that went there with them.
    /// - Throws: `StoreError.missingConversation`.
    public func restoreConversations(_ ids: [Int64]) throws {
        try write { db in
            for id in ids {
                _ = try requireConversation(id, db)
                try bringBack(conversation: id, db)
            }
        }
    }

    /// Puts a turn and all that follows it into the trash. If it was open, the turn before it is the head now.
    /// - Throws: `StoreError.missingTurn`.
    public func trashTurns(from turn: Int64) throws {
        let time = now()
        try write { db in try trash(turnsFrom: turn, time, db) }
    }

    /// Takes a turn out of the trash, with all that went there with it, and opens it.
    /// - Throws: `StoreError.missingTurn`.
    public func restoreTurns(from turn: Int64) throws {
        let time = now()
        try write { db in
            let conversationId = try requireTurn(turn, db)
            guard let trashedAt = try deletionTime(ofTurn: turn, db) else { return }
            let following = try turnsFollowing(turn, deletedAt: trashedAt, db)
            try setTurns(following, deletedAt: nil, from: trashedAt, db)
            try bringBackParents(of: turn, db)
            try bringBack(conversation: conversationId, db)
            try setHead(try newestLeaf(below: turn, after: nil, db), of: conversationId, time, db)
        }
    }

    // MARK: Steps

    func trash(turnsFrom turn: Int64, _ time: Double, _ db: Database) throws {
        let shown = try self.turn(turn, db)
        guard shown.deletedAt == nil else { return }
        let ids = try turnsFollowing(turn, deletedAt: nil, db)
        try setTurns(ids, deletedAt: time, from: nil, db)
        let head = try requireConversation(shown.conversationId, db).headTurnId
        guard let head, ids.contains(head) else { return }
        if let parent = shown.parentTurnId {
            if let draft = shown.parentDraftId { try setActive(draft, of: parent, db) }
            try setHead(parent, of: shown.conversationId, time, db)
        } else {
            try setHead(try newestTurn(of: shown.conversationId, db), of: shown.conversationId, time, db)
        }
    }

    func bringBack(conversation id: Int64, _ db: Database) throws {
        let trashedAt = try Double.fetchOne(
            db, sql: "SELECT deletedAt FROM conversation WHERE id = ?", arguments: [id])
        guard let trashedAt else { return }
        try db.execute(sql: "UPDATE conversation SET deletedAt = NULL WHERE id = ?", arguments: [id])
        try db.execute(
            sql: """
                UPDATE draft SET deletedAt = NULL WHERE deletedAt = ?
                    AND generationId IN (SELECT id FROM generation WHERE conversationId = ?)
                """, arguments: [trashedAt, id])
    }

    /// Takes a turn out of the trash, with its conversation and the turns before it.
    func bringBack(turn id: Int64, _ db: Database) throws {
        try bringBack(conversation: try requireTurn(id, db), db)
        guard let trashedAt = try deletionTime(ofTurn: id, db) else { return }
        try setTurns([id], deletedAt: nil, from: trashedAt, db)
        try bringBackParents(of: id, db)
    }

    private func bringBackParents(of turn: Int64, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                WITH RECURSIVE above (id, parentTurnId, deletedAt) AS (
                    SELECT id, parentTurnId, deletedAt FROM turn WHERE id = ?
                    UNION ALL
                    SELECT t.id, t.parentTurnId, t.deletedAt FROM above CROSS JOIN turn t ON t.id = above.parentTurnId
                    WHERE t.id < above.id)
                SELECT id, deletedAt FROM above WHERE deletedAt IS NOT NULL
                """, arguments: [turn])
        for row in rows { try setTurns([row[0]], deletedAt: nil, from: row[1], db) }
    }

    /// - Parameter before: only drafts with this time change too.
    private func setTurns(_ ids: [Int64], deletedAt: Double?, from before: Double?, _ db: Database) throws {
        for part in Rows.parts(ids) {
            let times: StatementArguments = [deletedAt, before]
            let places = Rows.places(part)
            try db.execute(
                sql: "UPDATE turn SET deletedAt = ? WHERE deletedAt IS ? AND id IN (\(places))",
                arguments: times + StatementArguments(part))
            try db.execute(
                sql: """
                    UPDATE draft SET deletedAt = ? WHERE deletedAt IS ?
                        AND generationId IN (SELECT id FROM generation WHERE turnId IN (\(places)))
                    """, arguments: times + StatementArguments(part))
        }
    }

    /// A turn and all that follow it, as far as they have this time of deletion.
    private func turnsFollowing(_ turn: Int64, deletedAt: Double?, _ db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: """
                WITH RECURSIVE below (id) AS (
                    SELECT ?
                    UNION ALL
                    SELECT t.id FROM below CROSS JOIN turn t ON t.parentTurnId = below.id
                    WHERE t.id > below.id AND t.deletedAt IS ?)
                SELECT id FROM below
                """, arguments: [turn, deletedAt])
    }

    private func deletionTime(ofTurn id: Int64, _ db: Database) throws -> Double? {
        try Double.fetchOne(db, sql: "SELECT deletedAt FROM turn WHERE id = ?", arguments: [id])
    }

    private func newestTurn(of conversationId: Int64, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db, sql: "SELECT max(id) FROM turn WHERE conversationId = ? AND deletedAt IS NULL",
            arguments: [conversationId])
    }

    // MARK: Drafts

    /// Gives the active place of turns whose draft was trashed or left out to the next draft, and opens what follows
    /// that one.
    func leave(drafts ids: [Int64], _ time: Double, _ db: Database) throws {
        for (turn, conversationId) in try owners(of: ids, db) {
            let tree = try TurnTree(of: conversationId, db)
            let shown =
                turn == tree.headTurnId
                ? tree.activeDraft(of: turn) : tree.followed(on: tree.path(to: tree.headTurnId))[turn]
            let active = try repairActiveDraft(ofTurn: turn, db)
            if let shown, ids.contains(shown) { try show(draft: active, of: turn, time, db) }
        }
    }

    /// Brings back what drafts that left the trash belong to. They become active if their turn has no other draft.
    func bringBackOwners(of ids: [Int64], _ db: Database) throws {
        for (turn, _) in try owners(of: ids, db) {
            try bringBack(turn: turn, db)
            try repairActiveDraft(ofTurn: turn, db)
        }
        for part in Rows.parts(ids) {
            let conversations = try Int64.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT g.conversationId FROM draft d JOIN generation g ON g.id = d.generationId
                    WHERE d.id IN (\(Rows.places(part))) AND g.conversationId IS NOT NULL
                    """, arguments: StatementArguments(part))
            for id in conversations { try bringBack(conversation: id, db) }
        }
    }

    /// Opens the newest branch after drafts that came back, if they were open when they went and nothing has changed the
    /// conversation since, or if their turn is its end without them.
    /// - Parameter times: when each of them went to the trash.
    func reopen(after times: [(draft: Int64, deletedAt: Double)], _ time: Double, _ db: Database) throws {
        for (draft, deletedAt) in times {
            for owner in try owners(of: [draft], db) {
                let conversation = try requireConversation(owner.conversation, db)
                let isEnd = conversation.headTurnId == owner.turn
                // Only leaving an open draft gives the conversation the same time.
                let wentLast = conversation.updatedAt == deletedAt
                // If another draft is shown there meanwhile, it stays so.
                let active = try Int64.fetchOne(
                    db, sql: "SELECT activeDraftId FROM turn WHERE id = ?", arguments: [owner.turn])
                guard wentLast || (isEnd && active == draft) else { continue }
                guard try !isEnd || newestLeaf(below: owner.turn, after: draft, db) != owner.turn else { continue }
                try show(draft: draft, of: owner.turn, time, db)
            }
        }
    }

    private func owners(of drafts: [Int64], _ db: Database) throws -> [(turn: Int64, conversation: Int64)] {
        var owners: [Int64: Int64] = [:]
        for part in Rows.parts(drafts) {
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT t.id, t.conversationId FROM draft d JOIN generation g ON g.id = d.generationId
                        JOIN turn t ON t.id = g.turnId
                    WHERE d.id IN (\(Rows.places(part)))
                    """, arguments: StatementArguments(part))
            for row in rows { owners[row[0]] = row[1] }
        }
        return owners.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    func repairActiveDraft(ofGeneration id: Int64, _ db: Database) throws {
        let turn = try Int64.fetchOne(db, sql: "SELECT turnId FROM generation WHERE id = ?", arguments: [id])
        if let turn { try repairActiveDraft(ofTurn: turn, db) }
    }

    /// - Returns: the active draft as it is now.
    @discardableResult
    private func repairActiveDraft(ofTurn id: Int64, _ db: Database) throws -> Int64? {
        let chosen = try Int64.fetchOne(db, sql: "SELECT activeDraftId FROM turn WHERE id = ?", arguments: [id])
        let shown = try Int64.fetchAll(
            db,
            sql: """
                SELECT d.id FROM generation g CROSS JOIN draft d ON d.generationId = g.id
                WHERE g.turnId = ? AND NOT d.candidate AND d.deletedAt IS NULL ORDER BY d.id
                """, arguments: [id])
        // If all of them are in the trash, as those of a trashed conversation, the choice stays for their return.
        let active = ConversationRows.active(chosen, among: shown)
        if let active, active != chosen { try setActive(active, of: id, db) }
        return active
    }
}
