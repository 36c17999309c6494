// The condition of a query that leads: its rows are read first, and the others are tested on them.
// - Each lead goes by an index; all but the rare ones also give the rows in order, so a page stops when it is full.
// - Rows that meet a rare condition are all read and sorted. A count that stops early tells if it is rare.

import GRDB
import Generation

enum HistoryLead: Equatable {
    case words
    case trash
    case tag
    /// The drafts that have one of these tags.
    case tags([Int64])
    /// The few drafts with a mark, by its own index.
    case mark(DraftMark)
    /// The generations by time; or by the name of the column, if few have what is asked for.
    case generations(by: String?)

    /// The most rows that are read and sorted for one page; a few milliseconds.
    static let rareCount = 2000

    init(_ query: HistoryQuery, _ names: ResolvedNames, hasWords: Bool, rareCount: Int, _ db: Database) throws {
        func isRare(_ rows: String, _ arguments: StatementArguments = []) throws -> Bool {
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
        } else if let tags = try names.tagIds.first(where: { ids in
            try isRare("draftTag WHERE tagId IN (\(HistoryLead.list(ids)))")
        }) {
            self = .tags(tags)
        } else if let mark = try DraftMark.all(of: query).first(where: { mark in
            try isRare("draft d WHERE \(mark.sql)\(mark == .starred ? " AND d.deletedAt IS NULL" : "")")
        }) {
            self = .mark(mark)
        } else {
            // One name gives its generations in order, so it need not be rare; several must be sorted.
            let conditions = GenerationCondition.all(of: query, names).filter { hasWords || $0.needsSorting }
            let rare = try conditions.first { try isRare("generation WHERE \($0.sql)", $0.arguments) }
            self = rare.map { .generations(by: $0.column) } ?? (hasWords ? .words : .generations(by: nil))
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
        case .tags(let ids):
            return "(SELECT DISTINCT draftId FROM draftTag WHERE tagId IN (\(HistoryLead.list(ids)))) dt "
                + "CROSS JOIN draft d ON d.id = dt.draftId" + generation
        case .mark: return "draft d" + generation
        case .generations: return "generation g CROSS JOIN draft d ON d.generationId = g.id"
        }
    }

    /// The columns of the order newest first.
    var newestFirst: String {
        switch self {
        case .words: "draftSearch.rowid DESC"
        case .trash: "d.deletedAt DESC, d.id DESC"
        case .tag, .tags, .mark, .generations: "g.createdAt DESC, g.id DESC, d.ordinal DESC"
        }
    }

    static func list(_ ids: [Int64]) -> String { ids.map(String.init).joined(separator: ", ") }
}

/// Something that a person has done to a draft, and that an index of its own finds.
enum DraftMark: Equatable {
    case starred, edited, noted
    case rated(ClosedRange<Int>)

    static func all(of query: HistoryQuery) -> [DraftMark] {
        [
            query.starred ? .starred : nil, query.edited ? .edited : nil, query.hasNote ? .noted : nil,
            query.ratings.map(DraftMark.rated),
        ].compactMap(\.self)
    }

    /// The condition on a draft `d`. An index serves it only if it is written as the index has it.
    var sql: String {
        switch self {
        case .starred: "d.starred"
        case .edited: "d.edited"
        case .noted: "d.note IS NOT NULL"
        case .rated(let range): "d.rating BETWEEN \(range.lowerBound) AND \(range.upperBound)"
        }
    }
}

/// A condition of a query on the generation alone.
struct GenerationCondition {
    var column: String
    /// Begins with the column.
    var sql: String
    var arguments: StatementArguments
    /// True if an index gives the generations that meet it, but not in the order of time.
    var needsSorting = false

    static func all(of query: HistoryQuery, _ names: ResolvedNames) -> [GenerationCondition] {
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
            + names.columns.map { column, values in
                if let value = values.first, values.count == 1 {
                    return GenerationCondition(column: column, sql: "\(column) = ?", arguments: [value])
                }
                let places = values.map { _ in "?" }.joined(separator: ", ")
                return GenerationCondition(
                    column: column, sql: "\(column) IN (\(places))", arguments: StatementArguments(values),
                    needsSorting: true)
            }
    }
}
