// Repairs after a crash, when a store is opened.
// - The saved text of a draft stays; only its state changes, from running to `interrupted`.
// - A generation that a living process is writing is left alone (WriterMark.swift).

import GRDB
import Generation

/// The repairs at the opening of a store.
public struct RecoveryReport: Sendable, Hashable {
    /// Generations whose writer had died.
    public var interruptedGenerations: [Int64] = []
    /// True if the search index was rebuilt.
    public var rebuiltSearch = false

    public init(interruptedGenerations: [Int64] = [], rebuiltSearch: Bool = false) {
        self.interruptedGenerations = interruptedGenerations
        self.rebuiltSearch = rebuiltSearch
    }
}

enum Recovery {
    /// Marks generations as `interrupted` if their writer is dead.
    static func interruptDead(_ db: Database, mark: WriterMark) throws -> [Int64] {
        let rows = try Row.fetchAll(db, sql: "SELECT id, writer FROM generation WHERE status = 'running'")
        var alive: [Int64: Bool] = [:]
        var dead: [Int64] = []
        for row in rows {
            guard let writer = row["writer"] as Int64? else {
                dead.append(row["id"])
                continue
            }
            let lives = alive[writer] ?? mark.isAlive(writer)
            alive[writer] = lives
            if !lives { dead.append(row["id"]) }
        }
        for id in dead { try interrupt(db, generation: id) }
        return dead
    }

    private static func interrupt(_ db: Database, generation id: Int64) throws {
        try db.execute(
            sql: """
                UPDATE generation SET status = 'interrupted', writer = NULL,
                    finishedAt = (SELECT max(updatedAt) FROM draft WHERE generationId = generation.id)
                WHERE id = ?
                """, arguments: [id])
        try db.execute(
            sql: "UPDATE draft SET finishReason = 'interrupted' WHERE generationId = ? AND finishReason IS NULL",
            arguments: [id])
        try SearchIndex.update(db, generation: id)
    }
}
