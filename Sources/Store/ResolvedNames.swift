// The names of a query of which only a part is given, looked up in the store before the query is made.
// - Names are few beside drafts, and an index gives each once; so a filter by a part of a name still goes by an index.

import GRDB
import Generation

struct ResolvedNames {
    /// For each condition on the generation: its column and the values that it may have. No value: nothing is found.
    private(set) var columns: [(column: String, values: [DatabaseValue])] = []
    /// For each condition on the tags: the ids of tags of which a draft must have one.
    private(set) var tagIds: [[Int64]] = []

    init(_ query: HistoryQuery, _ db: Database) throws {
        for condition in query.names {
            switch condition.kind {
            case .template, .model:
                let column = condition.kind == .model ? "model" : "templateName"
                let names = condition.meant(among: try StoredNames.all(of: condition.kind, db))
                columns.append((column, names.map(\.databaseValue)))
            case .project:
                columns.append(("projectId", try ids("project", condition, db).map(\.databaseValue)))
            case .tag:
                tagIds.append(try ids("tag", condition, db))
            }
        }
    }

    private func ids(_ table: String, _ condition: NameCondition, _ db: Database) throws -> [Int64] {
        let rows = try Row.fetchAll(db, sql: "SELECT id, name FROM \(table) ORDER BY id")
        let meant = Set(condition.meant(among: rows.map { $0["name"] }))
        return rows.filter { meant.contains($0["name"]) }.map { $0["id"] }
    }
}

/// The names that the store has, of each kind.
enum StoredNames {
    static func all(of kind: NameCondition.Kind, _ db: Database) throws -> [String] {
        switch kind {
        case .template: try distinct("templateName", db)
        case .model: try distinct("model", db)
        case .project: try String.fetchAll(db, sql: "SELECT name FROM project ORDER BY name")
        case .tag: try String.fetchAll(db, sql: "SELECT name FROM tag ORDER BY name")
        }
    }

    /// The distinct values of a column of `generation`; jumps through its index instead of reading all rows.
    private static func distinct(_ column: String, _ db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                WITH RECURSIVE known (name) AS (
                    SELECT min(\(column)) FROM generation
                    UNION ALL
                    SELECT (SELECT min(\(column)) FROM generation WHERE \(column) > known.name) FROM known
                    WHERE known.name IS NOT NULL)
                SELECT name FROM known WHERE name IS NOT NULL
                """)
    }
}
