// The tests' own way to the tables, to damage them and to look at what the store has set.

import GRDB

@testable import Store

extension DraftStore {
    /// Runs SQL as the store's own writing connection would.
    func execute(_ sql: String) throws {
        try connections.writeWithoutTransaction { db in try db.execute(sql: sql) }
    }

    func value(_ sql: String) throws -> String? {
        try connections.writeWithoutTransaction { db in try String.fetchOne(db, sql: sql) }
    }
}

/// Makes a database of another program.
func makeForeignDatabase(_ path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { db in try db.execute(sql: "CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('soup')") }
    try queue.close()
}

func recipes(_ path: String) throws -> [String] {
    try DatabaseQueue(path: path).read { db in try String.fetchAll(db, sql: "SELECT name FROM recipe") }
}

/// The steps of SQLite's plan for a query.
func explained(_ statement: HistoryStatement, _ db: Database) throws -> [String] {
    try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + statement.sql, arguments: statement.arguments)
        .map { $0["detail"] as String }
}
