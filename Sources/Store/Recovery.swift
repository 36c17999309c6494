// What a crash left behind, put right when a store is opened.
// - What was saved of a draft stays; only its state changes, from being written to `interrupted`.
// - A generation that a living process is writing right now is left alone (WriterMark.swift).

import GRDB
import Generation

/// What opening a store put right.
public struct RecoveryReport: Sendable, Hashable {
    /// Generations whose writer had died.
    public var interruptedGenerations: [Int64] = []
    /// Whether the search index was made anew.
    public var rebuiltSearch = false

    public init(interruptedGenerations: [Int64] = [], rebuiltSearch: Bool = false) {
        self.interruptedGenerations = interruptedGenerations
        self.rebuiltSearch = rebuiltSearch
    }
}

enum Recovery {
    /// Marks as `interrupted` what nobody is writing any more.
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

extension DraftStore {
    /// Marks as `interrupted` what processes were writing that have died since this store was opened.
    /// - Returns: the generations concerned.
    @discardableResult
    public func interruptAbandoned() throws -> [Int64] {
        try write { db in try Recovery.interruptDead(db, mark: mark) }
    }
}
