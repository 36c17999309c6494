// Finding drafts: by words and, for CJK, by any substring, newest first.
// - What the user types is never an error: see SearchQuery.swift.
// - An index found broken on the way is made anew, and the search runs again.

import GRDB
import Generation

extension DraftStore {
    /// Drafts that hold all pieces of a query in text, prompt, note, tags, title or fields; newest first.
    /// - Parameters:
    ///   - query: as typed; empty finds every draft of the scope.
    ///   - before: only drafts of smaller ids, for the next page.
    public func search(
        _ query: String, limit: Int, scope: SearchScope = .drafts, before: Int64? = nil
    ) throws -> [FoundDraft] {
        guard limit > 0 else { return [] }
        do {
            return try find(query, limit, scope, before)
        } catch is BrokenIndex {
            try rebuildSearch()
            return try mapped { try find(query, limit, scope, before) }
        }
    }

    /// Makes the search index anew from the drafts.
    public func rebuildSearch() throws { try write(SearchIndex.rebuild) }

    private struct BrokenIndex: Error {}

    private func find(
        _ query: String, _ limit: Int, _ scope: SearchScope, _ before: Int64?
    ) throws -> [FoundDraft] {
        do {
            return try pool.read { db in
                let query = try SearchQuery(query, db)
                let drafts = try drafts(query, limit, scope, before, db)
                if drafts.isEmpty && query.expression != nil {
                    guard try SearchIndex.answers(db) else { throw BrokenIndex() }
                }
                return try withGenerations(drafts, db)
            }
        } catch let error as DatabaseError {
            if error.resultCode == .SQLITE_CORRUPT || error.message?.contains("draftSearch") == true {
                throw BrokenIndex()
            }
            throw StoreError(error, path: path)
        }
    }

    private func drafts(
        _ query: SearchQuery, _ limit: Int, _ scope: SearchScope, _ before: Int64?, _ db: Database
    ) throws -> [SavedDraft] {
        // CROSS JOIN keeps SQLite from turning the join around: the index is walked from its end, newest first.
        let source = query.expression == nil ? "draft d" : "draftSearch CROSS JOIN draft d ON d.id = draftSearch.rowid"
        let key = query.expression == nil ? "d.id" : "draftSearch.rowid"
        var conditions: [String] = []
        var arguments: StatementArguments = []
        if let expression = query.expression {
            conditions.append("draftSearch MATCH ?")
            arguments += [expression]
        }
        for literal in query.literals {
            conditions.append("(instr(d.text, ?) OR instr(coalesce(d.note, ''), ?))")
            arguments += [literal, literal]
        }
        if let before {
            conditions.append("\(key) < ?")
            arguments += [before]
        }
        switch scope {
        case .drafts: conditions.append("d.deletedAt IS NULL")
        case .starred: conditions.append("d.starred AND d.deletedAt IS NULL")
        case .trash: conditions.append("d.deletedAt IS NOT NULL")
        case .everything: break
        case .tagged(let name):
            conditions.append(
                """
                d.deletedAt IS NULL AND d.id IN (SELECT dt.draftId FROM draftTag dt JOIN tag t ON t.id = dt.tagId
                WHERE t.name = ?)
                """)
            arguments += [name]
        }
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try Row.fetchAll(
            db, sql: "SELECT \(Rows.draftColumns) FROM \(source) \(clause) ORDER BY \(key) DESC LIMIT ?",
            arguments: arguments + [limit]
        ).map(Rows.draft)
    }
}
