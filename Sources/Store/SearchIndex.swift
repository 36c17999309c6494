// The full-text index over drafts: text, prompt, note, tags, and the title and fields they came from.
// - Every draft but candidates has exactly one row, whose rowid is the draft's id, so newest first is descending rowid.
// - The index holds only copies: if it is broken or missing, it is rebuilt from the tables.
// - The prompt of a conversation's answer is not in it, because it holds all earlier turns, so every turn would be found
//   by each word; the words that it answers are among its fields.
// - `PRAGMA user_version` holds the form of the index; another number means another tokenizer, and it is rebuilt
//   (IndexBuilding.swift).

import GRDB
import Generation

enum SearchIndex {
    static let version = 1

    static func isSound(_ db: Database) -> Bool {
        do {
            guard try Int.fetchOne(db, sql: "PRAGMA user_version") == version else { return false }
            // Two counts by indexes; one with a condition would read every draft.
            let drafts = try Int.fetchOne(
                db, sql: "SELECT (SELECT count(*) FROM draft) - (SELECT count(*) FROM draft WHERE candidate)")
            guard try drafts == Int.fetchOne(db, sql: "SELECT count(*) FROM draftSearch_docsize") else { return false }
            return try answers(db)
        } catch {
            return false
        }
    }

    /// Checks that the index finds the newest draft by its title, because damage may make it silent.
    static func answers(_ db: Database) throws -> Bool {
        let newest = try Row.fetchOne(
            db,
            sql: """
                SELECT d.id, g.title FROM draft d JOIN generation g ON g.id = d.generationId
                WHERE NOT d.candidate ORDER BY d.id DESC LIMIT 1
                """)
        guard let newest, let phrase = try SearchQuery("\"\(newest["title"] as String)\"", db).expression else {
            return true
        }
        return try Bool.fetchOne(
            db, sql: "SELECT 1 FROM draftSearch WHERE draftSearch MATCH ? AND rowid = ?",
            arguments: [phrase, newest["id"] as Int64]) != nil
    }

    /// Makes the index anew in one transaction, for a store that nobody else uses.
    static func rebuild(_ db: Database) throws {
        try create(db)
        try insert(db, where: "1", arguments: [])
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// Makes an empty index in the place of any other.
    static func create(_ db: Database) throws {
        try remove("draftSearch", db)
        try db.execute(
            sql: """
                CREATE VIRTUAL TABLE draftSearch USING fts5(
                    text, prompt, note, tags, context, tokenize = '\(SearchTokenizer.name)')
                """)
    }

    /// Adds the rows of drafts that have none.
    static func add(_ db: Database, drafts ids: [Int64]) throws {
        for part in Rows.parts(ids) {
            try insert(db, where: "d.id IN (\(Rows.places(part)))", arguments: StatementArguments(part))
        }
    }

    /// Updates the rows of these drafts.
    static func update(_ db: Database, drafts ids: [Int64]) throws {
        for part in Rows.parts(ids) {
            let arguments = StatementArguments(part)
            try db.execute(
                sql: "DELETE FROM draftSearch WHERE rowid IN (\(Rows.places(part)))", arguments: arguments)
            try insert(db, where: "d.id IN (\(Rows.places(part)))", arguments: arguments)
        }
    }

    static func update(_ db: Database, generation id: Int64) throws {
        try update(db, drafts: Int64.fetchAll(db, sql: "SELECT id FROM draft WHERE generationId = ?", arguments: [id]))
    }

    private static func insert(_ db: Database, where condition: String, arguments: StatementArguments) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT d.id, d.text, d.note, iif(g.conversationId IS NULL, g.prompt, '') AS prompt, g.title, g.templateName,
                    g.fields, g.model,
                    (SELECT group_concat(t.name, ' ') FROM draftTag dt JOIN tag t ON t.id = dt.tagId
                     WHERE dt.draftId = d.id) AS tags
                FROM draft d JOIN generation g ON g.id = d.generationId
                WHERE \(condition) AND NOT d.candidate
                """, arguments: arguments)
        let insertion = try db.makeStatement(
            sql: "INSERT INTO draftSearch (rowid, text, prompt, note, tags, context) VALUES (?, ?, ?, ?, ?, ?)")
        while let row = try rows.next() {
            let fields: [String: String] = JSONColumn.value(row["fields"], default: [:])
            let context =
                [row["title"] as String?, row["templateName"]] + fields.sorted { $0.key < $1.key }.map(\.value)
            try insertion.execute(arguments: [
                row["id"] as Int64, SearchTokenizer.normalized(row["text"]),
                SearchTokenizer.normalized(withoutChatMarks(row["prompt"])),
                SearchTokenizer.normalized(row["note"] ?? ""), SearchTokenizer.normalized(row["tags"] ?? ""),
                SearchTokenizer.normalized(context.compactMap(\.self).joined(separator: "\n")),
            ])
        }
    }

    /// Removes the marks that a chat template put between the words (`<|im_start|>user`): nobody looks for them.
    static func withoutChatMarks(_ prompt: String) -> String {
        guard prompt.contains("<|") else { return prompt }
        var text = ""
        var rest = prompt[...]
        while let start = rest.firstRange(of: "<|") {
            text += rest[..<start.lowerBound]
            let inside = rest[start.upperBound...]
            guard let end = inside.prefix(64).firstRange(of: "|>") else {
                text += rest[start]
                rest = inside
                continue
            }
            rest = inside[end.upperBound...]
            for role in Message.Role.allCases where rest.hasPrefix(role.rawValue + "\n") {
                rest = rest.dropFirst(role.rawValue.count)
            }
            text += " "
        }
        return text + rest
    }

    /// Removes an index, even if only parts of it are left.
    static func remove(_ table: String, _ db: Database) throws {
        do {
            try db.execute(sql: "DROP TABLE IF EXISTS \(table)")
        } catch {
            // A virtual table that cannot be opened cannot be dropped either, so its line in the schema is deleted.
            try db.execute(sql: "PRAGMA writable_schema = ON")
            try db.execute(sql: "DELETE FROM sqlite_master WHERE name = '\(table)'")
            try db.execute(sql: "PRAGMA writable_schema = RESET")
        }
        for part in ["data", "idx", "content", "docsize", "config"] {
            try db.execute(sql: "DROP TABLE IF EXISTS \(table)_\(part)")
        }
    }
}
