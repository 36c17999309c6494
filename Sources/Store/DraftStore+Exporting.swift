// Drafts one after another, for exports of any size.
// - All are read as they are at one moment, on a connection of its own: others go on writing meanwhile.
// - At most one draft and its generation are in memory, beside the ids that SQLite may have to sort.
// - Those in the trash stay there, unless they are named by id.

import GRDB
import Generation

/// Which drafts are read, and in which order.
public enum DraftSelection: Sendable, Hashable {
    /// These, in this order, those in the trash too.
    case drafts([Int64])
    /// Those of a generation, by their place among the variants.
    case generation(Int64)
    /// The starred ones, oldest generation first.
    case starred
    /// Those that a search finds, newest first; "" finds all, oldest generation first.
    case found(String)
    /// All, oldest generation first.
    case all
}

/// The drafts of a store as they are at one moment.
public struct DraftReader {
    fileprivate let db: Database
    fileprivate let usesIndex: Bool
    fileprivate let memo = Rows.Memo()

    /// Reads drafts one by one; the generation of each comes without its list of drafts.
    /// - Throws: `StoreError`, or what `body` throws.
    public func forEach(_ selection: DraftSelection, _ body: (FoundDraft) throws -> Void) throws {
        var generation: SavedGeneration?
        try forEachId(selection) { id in
            guard let row = try draftRow(id) else { return }
            let draft = Rows.draft(row)
            if generation?.id != draft.generationId { generation = try self.generation(draft.generationId) }
            if let generation { try body(FoundDraft(draft: draft, generation: generation)) }
        }
    }

    private func forEachId(_ selection: DraftSelection, _ body: (Int64) throws -> Void) throws {
        switch selection {
        case .drafts(let ids):
            // All are looked for before the first is handed out.
            for id in ids where try draftRow(id) == nil { throw StoreError.missingDraft(id: id) }
            try ids.forEach(body)
        case .generation(let id):
            try forEachId(
                "SELECT id FROM draft WHERE generationId = ? AND deletedAt IS NULL ORDER BY ordinal", [id], body)
        case .found(let query) where !query.isEmpty:
            let statement = try SearchStatement(query, scope: .drafts, before: nil, usesIndex: usesIndex, db)
            try forEachId("SELECT d.id \(statement.sql)", statement.arguments, body)
        case .starred: try forEachId(DraftReader.starredIds, [], body)
        case .found, .all: try forEachId(DraftReader.allIds, [], body)
        }
    }

    static let starredIds = """
        SELECT d.id FROM draft d CROSS JOIN generation g ON g.id = d.generationId
        WHERE d.starred AND d.deletedAt IS NULL ORDER BY g.createdAt, g.id, d.ordinal
        """
    /// Both loops go by an index, so nothing is sorted.
    static let allIds = """
        SELECT d.id FROM generation g CROSS JOIN draft d ON d.generationId = g.id
        WHERE d.deletedAt IS NULL ORDER BY g.createdAt, g.id, d.ordinal
        """

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
    /// - Throws: `StoreError`, or what `body` throws.
    public func reading<Value>(_ selection: DraftSelection, _ body: (DraftReader) throws -> Value) throws -> Value {
        var usesIndex = true
        if case .found(let query) = selection, !query.isEmpty {
            // An index found broken is made anew by a search, and by nothing that reads at one moment.
            _ = try search(query, limit: 1)
            if readOnlyReason != nil { usesIndex = try read(SearchIndex.isSound) }
        }
        let file = current
        try mapped { try check(file) }
        do {
            return try file.connections.read { db in
                try body(DraftReader(db: db, usesIndex: usesIndex))
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }
}
