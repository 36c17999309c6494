// Puts salvaged conversations and turns into a new store.
// - A turn whose own row is lost, but not its drafts, becomes an answer at its place by time, because ids grow with time.
// - A turn whose predecessor is lost follows the one before that, so the rest of the way stays open.

import Foundation
import GRDB
import Generation

extension SalvageWriter {
    private static let conversationColumns = [
        "id", "uuid", "projectId", "createdAt", "updatedAt", "deletedAt", "title", "persona", "fields", "model",
        "settings", "headTurnId",
    ]

    func add(conversation record: SalvagedRecord, _ fillsGaps: Bool) throws {
        guard let id = record.rowId else { return }
        if record.isCut { report.cutTurns += 1 }
        let created = record.number(3) ?? now
        try insert(
            "conversation", SalvageWriter.conversationColumns,
            [
                id, record.text(1) ?? UUID().uuidString.lowercased(), record.integer(2) ?? Schema.defaultProjectId,
                created, record.number(4) ?? created, record.number(5), record.text(6) ?? "", record.text(7) ?? "{}",
                record.text(8) ?? "{}", record.text(9) ?? SalvageWriter.lostModel, record.text(10) ?? "{}",
                record.integer(11),
            ], newerBy: fillsGaps ? nil : "excluded.updatedAt > conversation.updatedAt")
    }

    func add(turn record: SalvagedRecord, _ fillsGaps: Bool) throws {
        guard let id = record.rowId, let conversationId = record.integer(1), let role = record.text(2) else {
            return report.damagedRows += 1
        }
        if record.isCut { report.cutTurns += 1 }
        try insert(
            "turn", ConversationRows.turnColumnNames,
            [
                id, conversationId, role, record.text(3) ?? "", record.integer(4), record.integer(5),
                record.integer(6) ?? 1, record.integer(7), record.integer(8) ?? 0, record.integer(9),
                record.number(10) ?? now, record.number(11),
            ], newerBy: nil)
    }

    /// Makes stand-ins for lost turns that have drafts, and for lost conversations that have turns or drafts.
    func addConversationStandIns() throws {
        let turns = try Row.fetchAll(
            db,
            sql: """
                SELECT turnId, conversationId, min(createdAt) FROM generation
                WHERE turnId NOT IN (SELECT id FROM turn) AND turnId > 0 AND conversationId > 0 GROUP BY turnId
                """)
        for row in turns {
            let (id, conversationId): (Int64, Int64) = (row[0], row[1])
            try execute(
                """
                INSERT INTO turn (id, conversationId, role, parentTurnId, depth, createdAt)
                VALUES (?1, ?2, 'assistant',
                    (SELECT max(id) FROM turn WHERE conversationId = ?2 AND id < ?1 AND role = 'user'), 1, ?3)
                """, [id, conversationId, row[2] as Double])
            report.lostTurns += 1
            turnStandIns += 1
        }
        let conversations = try Row.fetchAll(
            db,
            sql: """
                SELECT conversationId, min(createdAt), max(createdAt) FROM (
                    SELECT conversationId, createdAt FROM turn
                    UNION ALL SELECT conversationId, createdAt FROM generation WHERE conversationId > 0)
                WHERE conversationId NOT IN (SELECT id FROM conversation) GROUP BY conversationId
                """)
        for row in conversations {
            try execute(
                """
                INSERT INTO conversation (id, uuid, projectId, createdAt, updatedAt, title, model)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    row[0] as Int64, UUID().uuidString.lowercased(), Schema.defaultProjectId, row[1] as Double,
                    row[2] as Double, SalvageWriter.lostConversationTitle, SalvageWriter.lostModel,
                ])
            report.lostConversations += 1
        }
    }

    static let lostConversationTitle = "Recovered conversation"

    /// Mends links that lead nowhere.
    func finishConversations() throws {
        try execute(
            """
            UPDATE conversation SET projectId = ? WHERE projectId NOT IN (SELECT id FROM project)
            """, [Schema.defaultProjectId])
        try execute("UPDATE generation SET turnId = NULL WHERE turnId NOT IN (SELECT id FROM turn)", [])
        try execute(
            "UPDATE generation SET conversationId = NULL WHERE conversationId NOT IN (SELECT id FROM conversation)", [])
        for column in ["parentDraftId", "activeDraftId", "summaryDraftId"] {
            try execute("UPDATE turn SET \(column) = NULL WHERE \(column) NOT IN (SELECT id FROM draft)", [])
        }
        try mendParents()
        try execute(
            """
            UPDATE turn SET activeDraftId = (
                SELECT min(d.id) FROM generation g JOIN draft d ON d.generationId = g.id
                WHERE g.turnId = turn.id AND NOT d.candidate AND d.deletedAt IS NULL)
            WHERE activeDraftId IS NULL AND role = 'assistant'
            """, [])
        try execute(
            """
            UPDATE conversation SET headTurnId = (
                SELECT max(id) FROM turn WHERE conversationId = conversation.id AND deletedAt IS NULL)
            WHERE headTurnId IS NULL OR headTurnId NOT IN
                (SELECT id FROM turn WHERE conversationId = conversation.id AND deletedAt IS NULL)
            """, [])
    }

    /// Gives a turn whose predecessor is lost the one before that, and counts the turns up to each anew.
    private func mendParents() throws {
        let rows = try Row.fetchAll(db, sql: "SELECT id, conversationId, parentTurnId, depth FROM turn ORDER BY id")
        var depths: [Int64: Int] = [:]
        var conversations: [Int64: Int64] = [:]
        var newest: [Int64: Int64] = [:]
        var lost: Set<Int64> = []
        for row in rows {
            let (id, conversationId): (Int64, Int64) = (row[0], row[1])
            defer {
                conversations[id] = conversationId
                newest[conversationId] = id
            }
            var parent: Int64? = row[2]
            if let stated = parent, conversations[stated] != conversationId {
                if depths[stated] == nil, stated < id { lost.insert(stated) }
                // Turns of a conversation usually follow the newest one.
                parent = newest[conversationId]
            }
            let depth = 1 + (parent.flatMap { depths[$0] } ?? 0)
            depths[id] = depth
            guard parent != row[2] as Int64? || depth != row[3] as Int else { continue }
            try execute("UPDATE turn SET parentTurnId = ?, depth = ? WHERE id = ?", [parent, depth, id])
        }
        report.lostTurns += lost.count
        // A draft that belongs to another turn is not followed.
        try execute(
            """
            UPDATE turn SET parentDraftId = NULL WHERE parentDraftId IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM draft d JOIN generation g ON g.id = d.generationId
                WHERE d.id = turn.parentDraftId AND g.turnId = turn.parentTurnId)
            """, [])
    }
}
