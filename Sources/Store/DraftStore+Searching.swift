// Finding drafts: by words and, for CJK, by any substring, newest first.
// - What the user types is never an error: see SearchQuery.swift.
// - An index found broken on the way is made anew, and the search runs again; in a store that is open for reading only
//   the texts themselves are searched instead.

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
            guard readOnlyReason == nil else { return try scan(query, limit, scope, before) }
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
            return try withCurrent { file in
                try file.connections.read { db in
                    let statement = try SearchStatement(query, scope: scope, before: before, usesIndex: true, db)
                    let drafts = try drafts(statement, limit, db)
                    if drafts.isEmpty && statement.matchesIndex {
                        guard try SearchIndex.answers(db) else { throw BrokenIndex() }
                    }
                    return try withGenerations(drafts, db)
                }
            }
        } catch let error as DatabaseError {
            if error.resultCode == .SQLITE_CORRUPT || error.message?.contains("draftSearch") == true {
                throw BrokenIndex()
            }
            throw StoreError(error, path: path)
        }
    }

    private func scan(_ query: String, _ limit: Int, _ scope: SearchScope, _ before: Int64?) throws -> [FoundDraft] {
        try read { db in
            let statement = try SearchStatement(query, scope: scope, before: before, usesIndex: false, db)
            return try withGenerations(drafts(statement, limit, db), db)
        }
    }

    private func drafts(_ statement: SearchStatement, _ limit: Int, _ db: Database) throws -> [SavedDraft] {
        try Row.fetchAll(
            db, sql: "SELECT \(Rows.draftColumns) \(statement.sql) LIMIT ?", arguments: statement.arguments + [limit]
        ).map(Rows.draft)
    }
}
