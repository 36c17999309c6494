// Finding drafts: by words and, in Chinese, Japanese and Korean, by any substring; by template, model, tag and date.
// - Text that a user types is never an error: see SearchQuery.swift.
// - Pages go by time and id, not by offset: a page deep in the past costs as much as the first.
// - If the search index is found broken, it is rebuilt and the search runs again; in a store that is open for reading
//   only, the texts themselves are searched instead.

import GRDB
import Generation

/// A page of the history.
public struct HistoryPage: Sendable, Hashable {
    /// Each with the drafts that were found, in the order of their ordinals.
    public var generations: [SavedGeneration]
    /// True if more generations follow the last one.
    public var hasMore: Bool

    /// The place after which the next page begins; `nil` at the end.
    public var next: HistoryCursor? {
        hasMore ? generations.last.map { HistoryCursor(createdAt: $0.createdAt, id: $0.id) } : nil
    }
}

/// The numbers of what a query finds.
public struct HistoryCount: Sendable, Hashable {
    public var drafts: Int
    public var generations: Int
    /// False if there are more, which were not counted.
    public var isExact: Bool
}

/// A draft together with the generation it belongs to.
public struct FoundDraft: Sendable, Hashable, Codable, Identifiable {
    public var draft: SavedDraft
    public var generation: SavedGeneration
    public var id: Int64 { draft.id }
}

extension DraftStore {
    /// A page of the generations that have drafts which a query finds.
    /// - Parameter handle: ends the reading from another thread.
    /// - Throws: `StoreError`; `.cancelled` if the handle was cancelled.
    public func history(_ request: HistoryPageRequest, handle: ReadHandle = ReadHandle()) throws -> HistoryPage {
        guard request.limit > 0 else { return HistoryPage(generations: [], hasMore: false) }
        return try searching(handle) { usesIndex, db in
            let statement = try HistoryStatement(
                request.query, order: .newestFirst, after: request.after, usesIndex: usesIndex, db)
            var part = PagePart(limit: request.limit, after: statement.isScattered ? request.after?.id : nil)
            let rows = try Row.fetchCursor(db, sql: statement.sql, arguments: statement.arguments)
            while let row = try rows.next() {
                let isWanted = part.take(draft: row[0], of: row[1])
                if !isWanted && !statement.isScattered { break }
            }
            if part.order.isEmpty { try checkAnswers(statement, db) }
            let known = try Rows.generations(
                ids: Set(part.order), includesCandidates: request.query.includesCandidates, db)
            let generations = part.order.compactMap { id in
                known[id].map { generation in
                    var generation = generation
                    generation.drafts.removeAll { part.drafts[id]?.contains($0.id) != true }
                    return generation
                }
            }
            return HistoryPage(generations: generations, hasMore: part.hasMore)
        }
    }

    /// Drafts that a query finds, newest first; in the trash, last thrown away first.
    ///
    /// The generation of each comes with all its drafts, and with its candidates if the query includes them.
    /// - Parameter handle: ends the reading from another thread.
    /// - Throws: `StoreError`; `.cancelled` if the handle was cancelled.
    public func search(
        _ query: HistoryQuery, limit: Int, handle: ReadHandle = ReadHandle()
    ) throws -> [FoundDraft] {
        guard limit > 0 else { return [] }
        return try searching(handle) { usesIndex, db in
            let statement = try HistoryStatement(query, order: .newestFirst, usesIndex: usesIndex, db)
            let ids = try Int64.fetchAll(
                db, sql: statement.sql + " LIMIT ?", arguments: statement.arguments + [limit])
            if ids.isEmpty { try checkAnswers(statement, db) }
            let drafts = try Rows.drafts(ids: ids, db)
            let generations = try Rows.generations(
                ids: Set(drafts.values.map(\.generationId)), includesCandidates: query.includesCandidates, db)
            return ids.compactMap { id in
                guard let draft = drafts[id], let generation = generations[draft.generationId] else { return nil }
                return FoundDraft(draft: draft, generation: generation)
            }
        }
    }

    /// The numbers of drafts and generations that a query finds.
    /// - Parameters:
    ///   - limit: the most drafts that are counted, because a count of millions takes seconds.
    ///   - handle: ends the reading from another thread.
    /// - Throws: `StoreError`; `.cancelled` if the handle was cancelled.
    public func count(
        _ query: HistoryQuery, limit: Int = 10_000, handle: ReadHandle = ReadHandle()
    ) throws -> HistoryCount {
        let limit = min(max(0, limit), Int.max - 1)
        return try searching(handle) { usesIndex, db in
            let statement = try HistoryStatement(query, order: .newestFirst, usesIndex: usesIndex, db)
            let row = try Row.fetchOne(
                db, sql: "SELECT count(*), count(DISTINCT generationId) FROM (\(statement.sql) LIMIT ?)",
                arguments: statement.arguments + [limit + 1])
            let drafts: Int = row?[0] ?? 0
            if drafts == 0 { try checkAnswers(statement, db) }
            return HistoryCount(
                drafts: min(drafts, limit), generations: min(row?[1] ?? 0, limit), isExact: drafts <= limit)
        }
    }

    /// Rebuilds the search indexes from the drafts and turns.
    func rebuildSearch() throws {
        var building = try write { db in
            try SearchIndex.create(db)
            try TurnIndex.rebuild(db)
            return try IndexBuilding.begin(db)
        }
        try building.finish(tellingOf: nil) { part in try write(part) }
    }

    struct BrokenIndex: Error {}

    /// Runs a search, again if the index must be rebuilt first, and without the index if it cannot be.
    func searching<Value>(
        _ handle: ReadHandle = ReadHandle(), _ body: (_ usesIndex: Bool, Database) throws -> Value
    ) throws -> Value {
        do {
            return try attempt(handle, body)
        } catch is BrokenIndex {
            guard readOnlyReason == nil else {
                return try read { db in try handle.reading(on: db) { try body(false, db) } }
            }
            try rebuildSearch()
            return try mapped { try attempt(handle, body) }
        }
    }

    private func attempt<Value>(
        _ handle: ReadHandle, _ body: (_ usesIndex: Bool, Database) throws -> Value
    ) throws -> Value {
        do {
            return try withCurrent { file in
                try file.read { db in try handle.reading(on: db) { try body(true, db) } }
            }
        } catch let error as DatabaseError {
            if error.resultCode == .SQLITE_CORRUPT || isAboutIndex(error) {
                throw BrokenIndex()
            }
            throw StoreError(error, path: path)
        }
    }

    private func isAboutIndex(_ error: DatabaseError) -> Bool {
        ["draftSearch", "turnSearch"].contains { error.message?.contains($0) == true }
    }

    /// Some damage makes the index silent. It must at least find the newest draft.
    private func checkAnswers(_ statement: HistoryStatement, _ db: Database) throws {
        if statement.matchesIndex, try !SearchIndex.answers(db) { throw BrokenIndex() }
    }
}

/// The generations of a page as their drafts come in.
private struct PagePart {
    let limit: Int
    /// The last generation of the page before, if it must be skipped with all before it.
    var after: Int64?
    private(set) var order: [Int64] = []
    private(set) var drafts: [Int64: [Int64]] = [:]
    private(set) var hasMore = false
    private var skipped: Set<Int64> = []

    init(limit: Int, after: Int64?) {
        self.limit = limit
        self.after = after
    }

    /// - Returns: False once the page is full and the draft belongs to a later one.
    mutating func take(draft: Int64, of generation: Int64) -> Bool {
        if skipped.contains(generation) { return true }
        if let last = after {
            skipped.insert(generation)
            if generation == last { after = nil }
            return true
        }
        if drafts[generation] == nil {
            guard order.count < limit else {
                hasMore = true
                return false
            }
            order.append(generation)
        }
        drafts[generation, default: []].append(draft)
        return true
    }
}
