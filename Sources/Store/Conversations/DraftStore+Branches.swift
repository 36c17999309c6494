// Ways through a conversation: another draft or sibling is chosen, a turn is edited, a branch begins.
// - Nothing is overwritten: an edit stands beside the text that was there.
// - The newest turns below a choice are opened with it.

import Foundation
import GRDB
import Generation

extension DraftStore {
    /// Makes a draft the active one of its turn, and opens the newest turns that follow it. A candidate is taken, and a
    /// draft in the trash comes back.
    /// - Throws: `StoreError.missingTurn`; `.missingDraft` if the turn has no such draft.
    public func choose(draft: Int64, of turn: Int64) throws {
        let time = now()
        try write { db in
            try requireTurn(turn, db)
            let isItsOwn = try Bool.fetchOne(
                db, sql: "SELECT g.turnId = ? FROM draft d JOIN generation g ON g.id = d.generationId WHERE d.id = ?",
                arguments: [turn, draft])
            guard isItsOwn == true else { throw StoreError.missingDraft(id: draft) }
            try bringBack(turn: turn, db)
            try db.execute(
                sql: """
                    UPDATE draft SET candidate = 0, deletedAt = NULL, updatedAt = ?
                    WHERE id = ? AND (candidate OR deletedAt IS NOT NULL)
                    """, arguments: [time, draft])
            if db.changesCount > 0 { try SearchIndex.update(db, drafts: [draft]) }
            try show(draft: draft, of: turn, time, db)
        }
    }

    /// Opens a turn, such as a sibling of an open one, and the newest turns that follow it.
    /// - Throws: `StoreError.missingTurn`.
    public func choose(turn: Int64) throws {
        let time = now()
        try write { db in
            let conversationId = try requireTurn(turn, db)
            try bringBack(turn: turn, db)
            try setHead(try newestLeaf(below: turn, after: nil, db), of: conversationId, time, db)
        }
    }

    /// Gives a turn another text. An answer gets a draft with the relation `edit`; any other turn, a greeting too, gets
    /// a sibling without the turns that followed. The same text changes nothing.
    /// - Returns: the turn with that text, which is the head unless nothing has changed.
    /// - Throws: `StoreError.missingTurn`, `.stillWriting`.
    public func edit(turn id: Int64, text: String) throws -> Turn {
        let time = now()
        return try write { db in
            let turn = try self.turn(id, db)
            guard !Rows.kept(text).utf8.elementsEqual(turn.text.utf8) else { return turn }
            try bringBack(turn: id, db)
            if turn.role == .assistant, !turn.drafts.isEmpty || turn.text.isEmpty {
                if let draft = turn.activeDraft, draft.finishReason == nil {
                    throw StoreError.stillWriting(draftId: draft.id)
                }
                let draft = try addEdited(text, of: turn, time, db)
                try show(draft: draft, of: id, time, db)
                return try self.turn(id, db)
            }
            var edited = turn
            edited.text = text
            let newId = try insert(edited, createdAt: time, db)
            try setHead(newId, of: turn.conversationId, time, db)
            return try self.turn(newId, db)
        }
    }

    /// Makes a turn the head, so that the next words begin a branch after it.
    /// - Throws: `StoreError.missingTurn`.
    public func branch(at turn: Int64) throws {
        let time = now()
        try write { db in
            let shown = try self.turn(turn, db)
            try bringBack(turn: turn, db)
            // What was read in the middle of the branch is what counts at its end.
            try setActive(shown.activeDraftId, of: turn, db)
            try setHead(turn, of: shown.conversationId, time, db)
        }
    }

    /// True if a turn stays in the context although older turns leave it.
    /// - Throws: `StoreError.missingTurn`.
    public func pin(turn: Int64, _ isPinned: Bool) throws {
        try write { db in
            try db.execute(sql: "UPDATE turn SET pinned = ? WHERE id = ?", arguments: [isPinned, turn])
            if db.changesCount == 0 { throw StoreError.missingTurn(id: turn) }
        }
    }

    // MARK: Steps

    /// Makes a draft the active one and opens the newest turns that follow it.
    func show(draft: Int64?, of turn: Int64, _ time: Double, _ db: Database) throws {
        try setActive(draft, of: turn, db)
        try setHead(
            try newestLeaf(below: turn, after: draft, db), of: try requireTurn(turn, db), time, db)
    }

    func setActive(_ draft: Int64?, of turn: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE turn SET activeDraftId = ? WHERE id = ?").execute(arguments: [draft, turn])
    }

    /// The newest turn that follows a turn, directly or not, outside the trash; the turn itself if none does.
    /// - Parameter draft: the draft of the turn that is followed; `nil` if it may be any. A turn that follows no certain
    ///   draft follows each.
    func newestLeaf(below turn: Int64, after draft: Int64?, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db,
            sql: """
                WITH RECURSIVE below (id) AS (
                    SELECT t.id FROM turn t LEFT JOIN draft d ON d.id = t.parentDraftId
                    WHERE t.parentTurnId = ?1 AND t.id > ?1 AND t.deletedAt IS NULL AND d.deletedAt IS NULL
                        AND (?2 IS NULL OR t.parentDraftId IS NULL OR t.parentDraftId = ?2)
                    UNION ALL
                    SELECT t.id FROM below CROSS JOIN turn t ON t.parentTurnId = below.id
                        LEFT JOIN draft d ON d.id = t.parentDraftId
                    WHERE t.id > below.id AND t.deletedAt IS NULL AND d.deletedAt IS NULL)
                SELECT max(id) FROM below
                """, arguments: [turn, draft]) ?? turn
    }

    /// Adds an answer's edited text as a draft of the model that has written it.
    /// - Returns: the id of the draft.
    private func addEdited(_ text: String, of turn: Turn, _ time: Double, _ db: Database) throws -> Int64 {
        let uuid = UUID().uuidString.lowercased()
        if let original = turn.activeDraft {
            try db.execute(
                sql: """
                    INSERT INTO generation (uuid, projectId, createdAt, finishedAt, status, templateName, templateHash, title,
                        fields, systemPrompt, prompt, sampling, limits, model, modelHash, engine, seed, parentDraftId,
                        relation, parts, turnId, conversationId)
                    SELECT ?, projectId, ?, ?, 'complete', templateName, templateHash, title, fields, systemPrompt, prompt,
                        sampling, limits, model, modelHash, engine, seed, ?, 'edit', parts, turnId, conversationId
                    FROM generation WHERE id = ?
                    """, arguments: [uuid, time, time, original.id, original.generationId])
        } else {
            // An answer that was never written.
            try db.execute(
                sql: """
                    INSERT INTO generation (uuid, projectId, createdAt, finishedAt, status, title, fields, model, seed,
                        relation, turnId, conversationId)
                    SELECT ?, c.projectId, ?, ?, 'complete', c.title, ?, c.model, 0, 'edit', ?, c.id
                    FROM conversation c WHERE c.id = ?
                    """,
                arguments: [
                    uuid, time, time, JSONColumn.text(["prompt": try words(before: turn, db)]), turn.id,
                    turn.conversationId,
                ])
        }
        let id = try insertDraft(text, ofGeneration: db.lastInsertedRowID, ordinal: 0, time, db)
        try db.execute(sql: "UPDATE draft SET edited = 1 WHERE id = ?", arguments: [id])
        try SearchIndex.update(db, drafts: [id])
        return id
    }

    /// Adds a finished draft, which is not in the search index yet.
    /// - Returns: its id.
    func insertDraft(
        _ text: String, ofGeneration generationId: Int64, ordinal: Int, _ time: Double, _ db: Database
    ) throws -> Int64 {
        try db.cachedStatement(
            sql: """
                INSERT INTO draft (generationId, ordinal, text, finishReason, createdAt, updatedAt)
                VALUES (?1, ?2, ?3, 'stop', ?4, ?4)
                """
        ).execute(arguments: [generationId, ordinal, Rows.kept(text), time])
        return db.lastInsertedRowID
    }

    /// The words that a turn answers.
    private func words(before turn: Turn, _ db: Database) throws -> String {
        try String.fetchOne(db, sql: "SELECT text FROM turn WHERE id = ?", arguments: [turn.parentTurnId]) ?? ""
    }
}
