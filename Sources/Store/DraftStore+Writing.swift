// The way of a generation into the store: begun, saved while it streams, finished.
// - A draft's streamed text is written only while the draft is open: what was finished or edited is never overwritten.

import Foundation
import GRDB
import Generation

extension DraftStore {
    /// Keeps a generation that is about to be written, with an empty draft for each variant.
    ///
    /// A parent that is gone meanwhile is left out: new text is worth more than where it came from.
    /// - Throws: `StoreError`.
    public func beginGeneration(_ new: NewGeneration) throws -> SavedGeneration {
        guard new.variantCount > 0 else { throw StoreError.noVariants }
        let time = now()
        return try write { db in
            // Before the row can be seen: whoever sees it must find its writer alive.
            try mark.raise()
            try db.execute(
                sql: """
                    INSERT INTO generation (uuid, projectId, createdAt, status, writer, templateName, templateHash, title,
                        fields, systemPrompt, prompt, sampling, limits, model, modelHash, engine, seed, parentDraftId,
                        relation, timings)
                    VALUES (?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                        (SELECT id FROM draft WHERE id = ?), ?, '{}')
                    """,
                arguments: [
                    UUID().uuidString.lowercased(), Schema.defaultProjectId, time, mark.number, new.templateName,
                    new.templateHash, Rows.kept(new.title),
                    JSONColumn.text(RecordedFields.joined(new.fields, isRaw: new.isRaw)),
                    new.systemPrompt.map(Rows.kept), Rows.kept(new.prompt), JSONColumn.text(new.sampling),
                    JSONColumn.text(new.limits), new.model.name, new.model.hash, new.model.engine,
                    Int64(bitPattern: new.seed), new.parentDraftId, new.relation?.rawValue,
                ])
            let id = db.lastInsertedRowID
            for ordinal in 0..<new.variantCount {
                try db.execute(
                    sql: "INSERT INTO draft (generationId, ordinal, createdAt, updatedAt) VALUES (?, ?, ?, ?)",
                    arguments: [id, ordinal, time, time])
            }
            try SearchIndex.update(db, generation: id)
            return try requireGeneration(id, db)
        }
    }

    /// Saves what a draft has so far.
    public func saveText(draftId: Int64, text: String, tokenCount: Int) throws {
        try saveText([DraftProgress(draftId: draftId, text: text, tokenCount: tokenCount)])
    }

    /// Saves what the drafts of a generation have so far, in one transaction; those that are finished stay as they are.
    public func saveText(_ progress: [DraftProgress]) throws {
        guard !progress.isEmpty else { return }
        let time = now()
        try write { db in
            for part in progress { try save(part, time, db) }
        }
    }

    /// Saves the end of a draft.
    public func finishDraft(draftId: Int64, text: String, reason: FinishReason, tokenCount: Int) throws {
        let time = now()
        try write { db in
            try finish(DraftProgress(draftId: draftId, text: text, tokenCount: tokenCount), reason, time, db)
            try SearchIndex.update(db, drafts: [draftId])
        }
    }

    /// Saves the end of a generation; drafts still open end with it.
    /// - Parameters:
    ///   - prompt: the exact text the model got; `nil` keeps what is there.
    ///   - failure: the sentence shown where it failed.
    public func finishGeneration(
        id: Int64, status: SavedGeneration.Status, timings: GenerationTimings = .init(), failure: String? = nil,
        prompt: String? = nil
    ) throws {
        let time = now()
        try write { db in try finish(id, status, timings, failure, prompt, time, db) }
        checkpointIfGrown()
    }

    /// Saves the end of a generation and of all its drafts, whole or not at all: where it throws, every draft that was
    /// open is still open, and the same call may be repeated with what became of the texts meanwhile.
    /// - Parameter generation: with the ids the store gave it, and its end in `status`.
    public func finishGeneration(_ generation: SavedGeneration) throws {
        let time = now()
        try write { db in
            let openReason = generation.status.reasonOfOpenDrafts ?? .interrupted
            for draft in generation.drafts {
                let progress = DraftProgress(draftId: draft.id, text: draft.text, tokenCount: draft.tokenCount)
                try finish(progress, draft.finishReason ?? openReason, time, db)
            }
            try finish(
                generation.id, generation.status, generation.timings, generation.failure,
                generation.prompt.isEmpty ? nil : generation.prompt, time, db)
        }
        checkpointIfGrown()
    }

    private func finish(
        _ progress: DraftProgress, _ reason: FinishReason, _ time: Double, _ db: Database
    ) throws {
        try requireDraft(progress.draftId, db)
        try save(progress, time, db)
        try db.execute(
            sql: """
                UPDATE draft SET finishReason = ?
                WHERE id = ? AND (finishReason IS NULL OR finishReason = 'interrupted')
                """, arguments: [reason.rawValue, progress.draftId])
    }

    private func finish(
        _ id: Int64, _ status: SavedGeneration.Status, _ timings: GenerationTimings, _ failure: String?,
        _ prompt: String?, _ time: Double, _ db: Database
    ) throws {
        try db.execute(
            sql: """
                UPDATE generation SET status = ?, writer = CASE WHEN ? = 'running' THEN writer END, finishedAt = ?,
                    timings = ?, failure = ?, prompt = coalesce(?, prompt)
                WHERE id = ?
                """,
            arguments: [
                status.rawValue, status.rawValue, status == .running ? nil : time, JSONColumn.text(timings),
                failure.map(Rows.kept), prompt.map(Rows.kept), id,
            ])
        if db.changesCount == 0 { throw StoreError.missingGeneration(id: id) }
        if let reason = status.reasonOfOpenDrafts {
            try db.execute(
                sql: "UPDATE draft SET finishReason = ? WHERE generationId = ? AND finishReason IS NULL",
                arguments: [reason.rawValue, id])
        }
        try SearchIndex.update(db, generation: id)
    }

    /// Keeps the exact text that went to the model, once it is known.
    public func savePrompt(generationId: Int64, prompt: String) throws {
        try write { db in
            try db.execute(
                sql: "UPDATE generation SET prompt = ? WHERE id = ?", arguments: [Rows.kept(prompt), generationId])
            if db.changesCount == 0 { throw StoreError.missingGeneration(id: generationId) }
        }
    }

    /// A draft that is `interrupted` is open too: its writer was taken for dead, and here it is.
    private func save(_ part: DraftProgress, _ time: Double, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE draft SET text = ?, tokenCount = ?, updatedAt = ?
                WHERE id = ? AND (finishReason IS NULL OR finishReason = 'interrupted')
                    AND NOT EXISTS (SELECT 1 FROM revision WHERE draftId = draft.id)
                """, arguments: [Rows.kept(part.text), part.tokenCount, time, part.draftId])
    }
}

extension SavedGeneration.Status {
    /// How drafts end that were still open when their generation ended.
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
