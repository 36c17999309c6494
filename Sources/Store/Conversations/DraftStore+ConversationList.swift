// Lists of conversations, newest first.
// - Pages go by time and id, so a page deep in the past costs as much as the first.

import GRDB
import Generation

extension DraftStore {
    /// A page of conversations, newest first.
    /// - Parameters:
    ///   - before: only conversations behind this one, for the next page.
    ///   - query: words that must all be in one of its turns or in its title; "" finds all.
    ///   - inTrash: True if those in the trash are found instead of those outside it.
    public func conversations(
        limit: Int, before: (updatedAt: Double, id: Int64)? = nil, query: String = "", inTrash: Bool = false
    ) throws -> [ConversationEntry] {
        guard limit > 0 else { return [] }
        return try searching { usesIndex, db in
            let search = try ConversationSearch(query, usesIndex: usesIndex, db)
            if search.isEmpty {
                return try entries(try ids(before: before, inTrash: inTrash, limit: limit, db), db)
            }
            if usesIndex, search.hits.isEmpty, try !(TurnIndex.answers(db) && SearchIndex.answers(db)) {
                throw BrokenIndex()
            }
            let ids = try ids(before: before, inTrash: inTrash, limit: limit, db) { search.hits[$0] != nil }
            return try entries(ids, db).map { entry in
                var entry = entry
                guard let hit = search.hits[entry.id] else { return entry }
                entry.foundTurnId = hit.turnId
                if let preview = try search.preview(of: hit) { entry.preview = preview }
                return entry
            }
        }
    }

    private func ids(
        before: (updatedAt: Double, id: Int64)?, inTrash: Bool, limit: Int, _ db: Database,
        where isFound: (Int64) -> Bool = { _ in true }
    ) throws -> [Int64] {
        let cursor = before.map { _ in "AND (c.updatedAt, c.id) < (?, ?)" } ?? ""
        let rows = try Int64.fetchCursor(
            db,
            sql: """
                SELECT c.id FROM conversation c WHERE c.deletedAt IS \(inTrash ? "NOT NULL" : "NULL") \(cursor)
                ORDER BY c.updatedAt DESC, c.id DESC
                """, arguments: before.map { [$0.updatedAt, $0.id] } ?? [])
        var ids: [Int64] = []
        while ids.count < limit, let id = try rows.next() {
            if isFound(id) { ids.append(id) }
        }
        return ids
    }

    /// The conversations of these ids with the ends of their open branches, in the order of the ids.
    func entries(_ ids: [Int64], _ db: Database) throws -> [ConversationEntry] {
        var entries: [Int64: ConversationEntry] = [:]
        let memo = ConversationRows.Memo()
        for part in Rows.parts(ids) {
            // An answer without text says nothing yet, so what it answers is shown.
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(ConversationRows.conversationColumns), t.depth,
                        coalesce(nullif(substr(d.text, 1, 400), ''), nullif(substr(t.text, 1, 400), ''),
                            substr(p.text, 1, 400), ''), nullif(g.model, '')
                    FROM conversation c LEFT JOIN turn t ON t.id = c.headTurnId
                        LEFT JOIN draft d ON d.id = t.activeDraftId LEFT JOIN turn p ON p.id = t.parentTurnId
                        LEFT JOIN draft pd ON pd.id = t.parentDraftId
                        LEFT JOIN generation g ON g.id = coalesce(d.generationId, pd.generationId)
                    WHERE c.id IN (\(Rows.places(part)))
                    """, arguments: StatementArguments(part))
            while let row = try rows.next() {
                let column = ConversationRows.conversationColumnNames.count
                entries[row[0]] = ConversationEntry(
                    conversation: ConversationRows.conversation(row, memo: memo), turnCount: row[column] ?? 0,
                    preview: row[column + 1], writer: row[column + 2])
            }
        }
        return ids.compactMap { entries[$0] }
    }
}
