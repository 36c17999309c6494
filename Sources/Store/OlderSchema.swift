// An older store that cannot be migrated, because nothing can be written: it is read as if it had the later columns.
// - Temporary views hide the tables under their own names. SQLite keeps them in memory, and the indexes still serve.

import GRDB

enum OlderSchema {
    private struct Column {
        var table: String
        var name: String
        /// The value in rows of an older store, as SQL; the default of its migration.
        var value: String
    }

    /// The columns that migrations have added to the first tables.
    private static let added = [
        Column(table: "generation", name: "parts", value: "'[]'"),
        Column(table: "draft", name: "details", value: "'{}'"),
        Column(table: "draft", name: "candidate", value: "0"),
        Column(
            table: "draft", name: "edited",
            value: """
                coalesce(
                    (SELECT text FROM main.revision WHERE draftId = draft.id ORDER BY id LIMIT 1) <> draft.text, 0)
                """),
        Column(table: "generation", name: "turnId", value: "NULL"),
        Column(table: "generation", name: "conversationId", value: "NULL"),
    ]

    /// The tables that migrations have added, with their columns; an older store has no rows for them.
    private static let addedTables = [
        ("conversation", ConversationRows.conversationColumnNames + ["projectId"]),
        ("turn", ConversationRows.turnColumnNames),
    ]

    /// Gives a connection the tables and columns that its file lacks.
    @Sendable static func complete(_ db: Database) throws {
        for (table, columns) in Dictionary(grouping: added, by: \.table) {
            let present = try Set(String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('\(table)')"))
            let missing = columns.filter { !present.contains($0.name) }
            // Without the table, it is not a store of ours.
            guard !present.isEmpty, !missing.isEmpty else { continue }
            let values = missing.map { "\($0.value) AS \($0.name)" }.joined(separator: ", ")
            try db.execute(sql: "CREATE TEMP VIEW \(table) AS SELECT *, \(values) FROM main.\(table)")
        }
        let tables = try Set(String.fetchAll(db, sql: "SELECT name FROM main.sqlite_master WHERE type = 'table'"))
        guard tables.contains("generation") else { return }
        for (table, columns) in addedTables where !tables.contains(table) {
            let values = columns.map { "NULL AS \($0)" }.joined(separator: ", ")
            try db.execute(sql: "CREATE TEMP VIEW \(table) AS SELECT \(values) WHERE 0")
        }
    }
}
