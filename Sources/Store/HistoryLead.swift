// The condition of a query that leads: its rows are read first, and the others are tested on them.
// - Each lead goes by an index; all but the rare ones also give the rows in order, so a page stops when it is full.
// - Rows that meet a rare condition are all read and sorted. A count that stops early tells if it is rare.

import GRDB
import Generation

enum HistoryLead: Equatable {
    case words
    case trash
    case tag
    case starred
    /// The generations by time; or by the name of the column, if few have what is asked for.
    case generations(by: String?)

    /// The most rows that are read and sorted for one page; a few milliseconds.
    static let rareCount = 2000

    init(_ query: HistoryQuery, hasWords: Bool, rareCount: Int, _ db: Database) throws {
        func isRare(_ rows: String, _ arguments: StatementArguments) throws -> Bool {
            let count = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM (SELECT 1 FROM \(rows) LIMIT ?)", arguments: arguments + [rareCount + 1])
            return count ?? 0 <= rareCount
        }
        if query.inTrash {
            self = hasWords ? .words : .trash
        } else if let tag = query.tag,
            try isRare("tag t JOIN draftTag dt ON dt.tagId = t.id WHERE t.name = ?", [TagName.normalized(tag)])
        {
            self = .tag
        } else if query.starred, try isRare("draft WHERE starred AND deletedAt IS NULL", []) {
            self = .starred
        } else if hasWords {
            let rare = try GenerationCondition.all(of: query).first {
                try isRare("generation WHERE \($0.sql)", $0.arguments)
            }
            self = rare.map { .generations(by: $0.column) } ?? .words
        } else {
            self = .generations(by: nil)
        }
    }

    /// The tables, from the leading one on; the draft is `d`, its generation `g`.
    ///
    /// CROSS JOIN keeps SQLite from turning the order around.
    func source(needsGeneration: Bool) -> String {
        let generation = " CROSS JOIN generation g ON g.id = d.generationId"
        switch self {
        case .words:
            return "draftSearch CROSS JOIN draft d ON d.id = draftSearch.rowid" + (needsGeneration ? generation : "")
        case .trash: return "draft d" + (needsGeneration ? generation : "")
        case .tag:
            return "tag t CROSS JOIN draftTag dt ON dt.tagId = t.id CROSS JOIN draft d ON d.id = dt.draftId"
                + generation
        case .starred: return "draft d" + generation
        case .generations: return "generation g CROSS JOIN draft d ON d.generationId = g.id"
        }
    }

    /// The columns of the order newest first.
    var newestFirst: String {
        switch self {
        case .words: "draftSearch.rowid DESC"
        case .trash: "d.deletedAt DESC, d.id DESC"
        case .tag, .starred, .generations: "g.createdAt DESC, g.id DESC, d.ordinal DESC"
        }
    }
}

/// A condition of a query on the generation alone.
struct GenerationCondition {
    var column: String
    /// Begins with the column.
    var sql: String
    var arguments: StatementArguments

    static func all(of query: HistoryQuery) -> [GenerationCondition] {
        func condition<Value: DatabaseValueConvertible>(_ column: String, _ test: String, _ value: Value?)
            -> GenerationCondition?
        {
            value.map { GenerationCondition(column: column, sql: "\(column) \(test)", arguments: [$0]) }
        }
        return [
            condition("templateName", "= ?", query.template),
            condition("model", "= ?", query.model),
            condition("projectId", "= (SELECT id FROM project WHERE name = ? ORDER BY id LIMIT 1)", query.project),
            condition("createdAt", ">= ?", query.createdFrom),
            condition("createdAt", "< ?", query.createdBefore),
        ].compactMap(\.self)
    }
}
