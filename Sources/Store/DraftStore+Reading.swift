// Reading what is kept: one generation, one draft, the history page by page.
// - Pages go by key (time and id), not by offset: a page deep in the past costs as much as the first.

import GRDB
import Generation

extension DraftStore {
    /// A generation with all its drafts; `nil` where there is none of this id.
    public func generation(id: Int64) throws -> SavedGeneration? {
        try read { db in try Rows.generations(ids: [id], db)[id] }
    }

    /// A draft; `nil` where there is none of this id.
    public func draft(id: Int64) throws -> SavedDraft? {
        try read { db in try self.draft(id, db) }
    }

    /// Drafts with their generations, in the order of the ids.
    /// - Throws: `StoreError.missingDraft` for the first id that has none.
    public func drafts(ids: [Int64]) throws -> [FoundDraft] {
        try read { db in
            let drafts = try ids.map { id in
                guard let draft = try self.draft(id, db) else { throw StoreError.missingDraft(id: id) }
                return draft
            }
            return try withGenerations(drafts, db)
        }
    }

    /// A page of the history, newest first.
    /// - Parameters:
    ///   - cursor: where the page before ended; `nil` begins with the newest.
    ///   - includeTrashed: whether generations appear that have all their drafts in the trash.
    public func history(
        before cursor: HistoryCursor? = nil, limit: Int, includeTrashed: Bool = false
    ) throws -> HistoryPage {
        guard limit > 0 else { return HistoryPage(generations: [], next: cursor) }
        return try read { db in
            var conditions: [String] = []
            var arguments: StatementArguments = []
            if let cursor {
                conditions.append("(g.createdAt, g.id) < (?, ?)")
                arguments += [cursor.createdAt, cursor.id]
            }
            if !includeTrashed {
                conditions.append("EXISTS (SELECT 1 FROM draft d WHERE d.generationId = g.id AND d.deletedAt IS NULL)")
            }
            let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Rows.generationColumns) FROM generation g \(clause)
                    ORDER BY g.createdAt DESC, g.id DESC LIMIT ?
                    """, arguments: arguments + [limit])
            let generations = try Rows.generations(rows, db)
            let next = generations.count == limit ? generations.last : nil
            return HistoryPage(
                generations: generations, next: next.map { HistoryCursor(createdAt: $0.createdAt, id: $0.id) })
        }
    }

    func draft(_ id: Int64, _ db: Database) throws -> SavedDraft? {
        try Row.fetchOne(db, sql: "SELECT \(Rows.draftColumns) FROM draft d WHERE d.id = ?", arguments: [id])
            .map(Rows.draft)
    }

    func withGenerations(_ drafts: [SavedDraft], _ db: Database) throws -> [FoundDraft] {
        let generations = try Rows.generations(ids: Set(drafts.map(\.generationId)), db)
        return drafts.compactMap { draft in
            generations[draft.generationId].map { FoundDraft(draft: draft, generation: $0) }
        }
    }

    func requireGeneration(_ id: Int64, _ db: Database) throws -> SavedGeneration {
        guard let found = try Rows.generations(ids: [id], db)[id] else { throw StoreError.missingGeneration(id: id) }
        return found
    }

    func requireDraft(_ id: Int64, _ db: Database) throws {
        guard try Bool.fetchOne(db, sql: "SELECT 1 FROM draft WHERE id = ?", arguments: [id]) != nil else {
            throw StoreError.missingDraft(id: id)
        }
    }
}
