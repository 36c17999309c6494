// The way of a generation into the store: begun, saved while it streams, finished.
// - A draft's streamed text is written only while the draft is open: a finished or edited draft is never overwritten.

import Foundation
import GRDB
import Generation

extension DraftStore {
    /// Keeps a generation that is about to be written, with an empty draft for each of its drafts.
    ///
    /// If the draft it came from is gone, it is kept without a parent: new text is worth more than its origin. The same
    /// holds for its turn and conversation. In a turn, its first draft becomes the active one, and the turn the head.
    /// - Parameter new: ids, uuid, times and status are the store's to give.
    /// - Returns: the generation as it is kept.
    /// - Throws: `StoreError.noVariants` if it has no drafts.
    public func beginGeneration(_ new: SavedGeneration) throws -> SavedGeneration {
        guard !new.drafts.isEmpty else { throw StoreError.noVariants }
        let time = now()
        return try write { db in
            // Before the row can be seen, because whoever sees it must find its writer alive.
            try mark.raise()
            try db.execute(
                sql: """
                    INSERT INTO generation (uuid, projectId, createdAt, status, writer, templateName, templateHash, title,
                        fields, systemPrompt, prompt, sampling, limits, model, modelHash, engine, seed, parentDraftId,
                        relation, timings, parts, turnId, conversationId)
                    VALUES (?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                        (SELECT id FROM draft WHERE id = ?), ?, '{}', ?, (SELECT id FROM turn WHERE id = ?),
                        coalesce(
                            (SELECT conversationId FROM turn WHERE id = ?),
                            (SELECT id FROM conversation WHERE id = ?)))
                    """,
                arguments: [
                    UUID().uuidString.lowercased(), Schema.defaultProjectId, time, mark.number, new.templateName,
                    new.templateHash, Rows.kept(new.title),
                    JSONColumn.text(RecordedFields.joined(new.fields, isRaw: new.isRaw)),
                    new.systemPrompt.map(Rows.kept), Rows.kept(new.prompt), JSONColumn.text(new.sampling),
                    JSONColumn.text(new.limits), new.model.name, new.model.hash, new.model.engine,
                    Int64(bitPattern: new.seed), new.parentDraftId, new.relation?.rawValue, JSONColumn.text(new.parts),
                    new.turnId, new.turnId, new.conversationId,
                ])
            let id = db.lastInsertedRowID
            for ordinal in new.drafts.indices {
                try db.execute(
                    sql: "INSERT INTO draft (generationId, ordinal, createdAt, updatedAt) VALUES (?, ?, ?, ?)",
                    arguments: [id, ordinal, time, time])
            }
            let begun = try requireGeneration(id, db)
            if let turnId = begun.turnId, let draft = begun.drafts.first {
                try bringBack(turn: turnId, db)
                let hasAnswer = try Bool.fetchOne(
                    db, sql: "SELECT activeDraftId IS NOT NULL FROM turn WHERE id = ?", arguments: [turnId])
                if hasAnswer == true {
                    try show(draft: draft.id, of: turnId, time, db)
                } else {
                    // The turn became the head when it was added. If another chat has said something since, that stays.
                    try setActive(draft.id, of: turnId, db)
                }
            }
            try SearchIndex.update(db, generation: id)
            return begun
        }
    }

    /// Saves the texts of a generation's drafts so far, in one transaction; finished drafts stay as they are.
    /// - Parameter drafts: with the ids that the store gave them.
    public func saveText(_ drafts: [SavedDraft]) throws {
        guard !drafts.isEmpty else { return }
        let time = now()
        try write { db in
            for draft in drafts { try save(draft, time, db) }
        }
    }

    /// Saves the end of a generation and of all its drafts, completely or not at all.
    ///
    /// If it throws, every draft that was open is still open, and the call may be repeated with newer texts.
    /// - Parameter generation: with the ids that the store gave it, and its end in `status`. A draft without
    ///   `finishReason` ends as the generation does. An empty `prompt` keeps the one that was saved first.
    /// - Throws: `StoreError.missingGeneration`, `.missingDraft`.
    public func finishGeneration(_ generation: SavedGeneration) throws {
        let time = now()
        try write { db in
            let openReason = generation.status.reasonOfOpenDrafts ?? .interrupted
            for draft in generation.drafts { try finish(draft, draft.finishReason ?? openReason, time, db) }
            try finish(generation, time, db)
        }
        checkpointIfGrown()
    }

    private func finish(_ draft: SavedDraft, _ reason: FinishReason, _ time: Double, _ db: Database) throws {
        try requireDraft(draft.id, db)
        try save(draft, time, db)
        try db.execute(
            sql: """
                UPDATE draft SET finishReason = ?
                WHERE id = ? AND (finishReason IS NULL OR finishReason = 'interrupted')
                """, arguments: [reason.rawValue, draft.id])
    }

    private func finish(_ generation: SavedGeneration, _ time: Double, _ db: Database) throws {
        let status = generation.status
        try db.execute(
            sql: """
                UPDATE generation SET status = ?, writer = CASE WHEN ? = 'running' THEN writer END, finishedAt = ?,
                    timings = ?, failure = ?, prompt = coalesce(nullif(?, ''), prompt)
                WHERE id = ?
                """,
            arguments: [
                status.rawValue, status.rawValue, status == .running ? nil : time, JSONColumn.text(generation.timings),
                generation.failure.map(Rows.kept), Rows.kept(generation.prompt), generation.id,
            ])
        if db.changesCount == 0 { throw StoreError.missingGeneration(id: generation.id) }
        if let reason = status.reasonOfOpenDrafts {
            try db.execute(
                sql: "UPDATE draft SET finishReason = ? WHERE generationId = ? AND finishReason IS NULL",
                arguments: [reason.rawValue, generation.id])
        }
        try repairActiveDraft(ofGeneration: generation.id, db)
        try SearchIndex.update(db, generation: generation.id)
    }

    /// A draft that is `interrupted` is open too: its writer was taken for dead, but lives.
    private func save(_ draft: SavedDraft, _ time: Double, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE draft SET text = ?, tokenCount = ?, details = ?, candidate = ? AND NOT starred, updatedAt = ?
                WHERE id = ? AND (finishReason IS NULL OR finishReason = 'interrupted')
                    AND NOT EXISTS (SELECT 1 FROM revision WHERE draftId = draft.id)
                """,
            arguments: [
                Rows.kept(draft.text), draft.tokenCount,
                draft.details.isEmpty ? "{}" : Rows.kept(JSONColumn.text(draft.details)), draft.isCandidate, time,
                draft.id,
            ])
    }
}

extension SavedGeneration.Status {
    /// The finish reason of drafts that were still open when their generation ended.
    var reasonOfOpenDrafts: FinishReason? {
        switch self {
        case .running: nil
        case .complete: .stop
        case .stopped: .stopped
        case .failed: .failed
        case .interrupted: .interrupted
        }
    }
}
