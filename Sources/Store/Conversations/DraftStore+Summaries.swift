// Summaries of older turns: which draft stands at a place, and the versions beside it.
// - A summary written once more is a draft of its own that comes from the one before by `regenerate`. So the versions of a
//   place are those that this relation joins, in either direction.

import GRDB
import Generation

extension DraftStore {
    /// Keeps which draft sums up all turns before this one.
    /// - Parameter draft: `nil` takes the summary away; its draft stays in the store.
    /// - Throws: `StoreError.missingTurn`, `.missingDraft`.
    public func setSummary(turn: Int64, draft: Int64?) throws {
        try write { db in
            if let draft { try requireDraft(draft, db) }
            try db.execute(sql: "UPDATE turn SET summaryDraftId = ? WHERE id = ?", arguments: [draft, turn])
            if db.changesCount == 0 { throw StoreError.missingTurn(id: turn) }
        }
    }

    /// The versions of a summary outside the trash that are finished and have a text, itself among them, by their ids.
    public func summaryVersions(of draft: Int64) throws -> [SavedDraft] {
        try read { db in
            let ids = try Int64.fetchAll(
                db,
                sql: """
                    WITH RECURSIVE
                    first (id, depth) AS (
                        SELECT ?, 0
                        UNION ALL
                        SELECT g.parentDraftId, first.depth + 1 FROM first
                            JOIN draft d ON d.id = first.id JOIN generation g ON g.id = d.generationId
                        WHERE g.relation = 'regenerate' AND g.turnId IS NULL AND g.parentDraftId < first.id),
                    version (id) AS (
                        SELECT id FROM (SELECT id FROM first ORDER BY depth DESC LIMIT 1)
                        UNION
                        SELECT d.id FROM version
                            JOIN generation g ON g.parentDraftId = version.id JOIN draft d ON d.generationId = g.id
                        WHERE g.relation = 'regenerate' AND g.turnId IS NULL AND g.conversationId IS NOT NULL
                            AND d.id > version.id AND NOT d.candidate)
                    SELECT id FROM version
                    """, arguments: [draft])
            return try Rows.drafts(ids: ids.sorted(), db).values
                .filter { $0.id == draft || ($0.deletedAt == nil && !$0.text.isEmpty && $0.finishReason != nil) }
                .sorted { $0.id < $1.id }
        }
    }

    /// The texts of turns without drafts, such as greetings, by their ids.
    public func texts(ofTurns ids: [Int64]) throws -> [Int64: String] {
        try read { db in
            var texts: [Int64: String] = [:]
            for part in Rows.parts(ids) {
                let rows = try Row.fetchAll(
                    db, sql: "SELECT id, text FROM turn WHERE id IN (\(Rows.places(part)))",
                    arguments: StatementArguments(part))
                for row in rows { texts[row[0]] = row[1] }
            }
            return texts
        }
    }
}
