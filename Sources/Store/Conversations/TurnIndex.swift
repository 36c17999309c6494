// The full-text index over what is said in conversations outside drafts: turns of the user, greetings, titles.
// - Every turn has one row, whose rowid is the turn's id, and every conversation has one for its title, whose rowid is
//   the conversation's id, negated. The row of an answer is empty, because its drafts are in the index of drafts.
// - The index holds only copies: if it is broken or missing, it is rebuilt from the tables.

import GRDB

enum TurnIndex {
    static func isSound(_ db: Database) -> Bool {
        do {
            let rows = try Int.fetchOne(
                db, sql: "SELECT (SELECT count(*) FROM turn) + (SELECT count(*) FROM conversation)")
            guard try rows == Int.fetchOne(db, sql: "SELECT count(*) FROM turnSearch_docsize") else { return false }
            return try answers(db)
        } catch {
            return false
        }
    }

    /// Checks that the index finds the newest words, because damage may make it silent.
    static func answers(_ db: Database) throws -> Bool {
        let newest = try Row.fetchOne(
            db, sql: "SELECT id, substr(text, 1, 200) FROM turn WHERE text <> '' ORDER BY id DESC LIMIT 1")
        // The last word may be cut.
        let words = (newest?[1] as String?)?.split(whereSeparator: \.isWhitespace).dropLast() ?? []
        guard let newest, let phrase = try SearchQuery("\"\(words.joined(separator: " "))\"", db).expression else {
            return true
        }
        return try Bool.fetchOne(
            db, sql: "SELECT 1 FROM turnSearch WHERE turnSearch MATCH ? AND rowid = ?",
            arguments: [phrase, newest[0] as Int64]) != nil
    }

    static func rebuild(_ db: Database) throws {
        try SearchIndex.remove("turnSearch", db)
        try db.execute(
            sql: "CREATE VIRTUAL TABLE turnSearch USING fts5(text, title, tokenize = '\(SearchTokenizer.name)')")
        let turns = try Row.fetchCursor(db, sql: "SELECT id, text FROM turn")
        while let row = try turns.next() { try insert(db, turn: row[0], text: row[1]) }
        let titles = try Row.fetchCursor(db, sql: "SELECT id, title FROM conversation")
        while let row = try titles.next() { try insert(db, title: row[1], of: row[0]) }
    }

    static func insert(_ db: Database, turn id: Int64, text: String) throws {
        try db.cachedStatement(sql: "INSERT INTO turnSearch (rowid, text, title) VALUES (?, ?, '')")
            .execute(arguments: [id, SearchTokenizer.normalized(text)])
    }

    static func update(_ db: Database, title: String, of conversationId: Int64) throws {
        try db.execute(sql: "DELETE FROM turnSearch WHERE rowid = ?", arguments: [-conversationId])
        try insert(db, title: title, of: conversationId)
    }

    /// Removes the rows of turns, or of conversations by their ids negated.
    static func remove(_ db: Database, rows: [Int64]) throws {
        for part in Rows.parts(rows) {
            try db.execute(
                sql: "DELETE FROM turnSearch WHERE rowid IN (\(Rows.places(part)))",
                arguments: StatementArguments(part))
        }
    }

    private static func insert(_ db: Database, title: String, of conversationId: Int64) throws {
        try db.cachedStatement(sql: "INSERT INTO turnSearch (rowid, text, title) VALUES (?, '', ?)")
            .execute(arguments: [-conversationId, SearchTokenizer.normalized(title)])
    }
}
