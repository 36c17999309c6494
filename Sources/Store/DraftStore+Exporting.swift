// Drafts one after another, for exports of any size.
// - All are read as they are at one moment, on a connection of its own, so others can write meanwhile.
// - At most one draft and its generation are in memory, beside the ids that SQLite may have to sort.
// - Drafts in the trash are left out, unless they are named by id or asked for by the query.

import GRDB
import Generation

/// The drafts to read, and their order.
public enum DraftSelection: Sendable, Hashable {
    /// These, in this order and each once, even if they are in the trash or candidates.
    case drafts([Int64])
    /// The drafts of a generation without its candidates, by their ordinals.
    case generation(Int64)
    /// The drafts that a query finds: oldest generation first, or newest first if it has words.
    case found(HistoryQuery)

    /// All outside the trash, oldest generation first.
    public static let all = DraftSelection.found(HistoryQuery())
}

/// The drafts of a store as they are at one moment.
public struct DraftReader {
    fileprivate let db: Database
    fileprivate let usesIndex: Bool
    fileprivate let memo = Rows.Memo()

    /// Reads drafts one by one; the generation of each comes without its list of drafts.
    /// - Throws: `StoreError`, and the errors of `body`.
    public func forEach(_ selection: DraftSelection, _ body: (FoundDraft) throws -> Void) throws {
        var generation: SavedGeneration?
        try forEachId(selection) { id in
            guard let row = try draftRow(id) else { return }
            let draft = Rows.draft(row)
            if generation?.id != draft.generationId { generation = try self.generation(draft.generationId) }
            if let generation { try body(FoundDraft(draft: draft, generation: generation)) }
        }
    }

    /// The number of drafts that `forEach` hands out.
    /// - Throws: `StoreError`.
    public func count(_ selection: DraftSelection) throws -> Int {
        switch selection {
        case .drafts(let ids): return Set(ids).count
        case .generation(let id):
            return try count("SELECT id FROM draft WHERE \(DraftReader.ofGeneration)", [id])
        case .found(let query):
            let statement = try HistoryStatement(query, order: .oldestFirst, usesIndex: usesIndex, db)
            return try count(statement.sql, statement.arguments)
        }
    }

    private static let ofGeneration = "generationId = ? AND deletedAt IS NULL AND NOT candidate"

    private func count(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM (\(sql))", arguments: arguments) ?? 0
    }

    private func forEachId(_ selection: DraftSelection, _ body: (Int64) throws -> Void) throws {
        switch selection {
        case .drafts(let ids):
            // All are looked up before the first is handed out.
            for id in ids where try draftRow(id) == nil { throw StoreError.missingDraft(id: id) }
            var seen: Set<Int64> = []
            for id in ids where seen.insert(id).inserted { try body(id) }
        case .generation(let id):
            try forEachId("SELECT id FROM draft WHERE \(DraftReader.ofGeneration) ORDER BY ordinal", [id], body)
        case .found(let query):
            let statement = try HistoryStatement(query, order: .oldestFirst, usesIndex: usesIndex, db)
            try forEachId(statement.sql, statement.arguments, body)
        }
    }

    private func forEachId(_ sql: String, _ arguments: StatementArguments, _ body: (Int64) throws -> Void) throws {
        let ids = try Int64.fetchCursor(db, sql: sql, arguments: arguments)
        while let id = try ids.next() { try body(id) }
    }

    private func draftRow(_ id: Int64) throws -> Row? {
        let statement = try db.cachedStatement(sql: "SELECT \(Rows.draftColumns) FROM draft d WHERE d.id = ?")
        return try Row.fetchOne(statement, arguments: [id])
    }

    private func generation(_ id: Int64) throws -> SavedGeneration? {
        let statement = try db.cachedStatement(sql: "SELECT \(Rows.generationColumns) FROM generation g WHERE g.id = ?")
        return try Row.fetchOne(statement, arguments: [id]).map { Rows.generation($0, drafts: [], memo: memo) }
    }
}

extension DraftStore {
    /// Reads drafts as they are at one moment, as often as `body` asks for them.
    /// - Throws: `StoreError`, and the errors of `body`.
    public func reading<Value>(_ selection: DraftSelection, _ body: (DraftReader) throws -> Value) throws -> Value {
        var usesIndex = true
        if case .found(let query) = selection, !query.text.isEmpty {
            // A search rebuilds a broken index; reading at one moment cannot.
            _ = try search(query, limit: 1)
            if readOnlyReason != nil { usesIndex = try read(SearchIndex.isSound) }
        }
        let file = current
        try mapped { try check(file) }
        do {
            return try file.read { db in
                try body(DraftReader(db: db, usesIndex: usesIndex))
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }
}
