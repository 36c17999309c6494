// A query as SQL: the drafts that it finds, in order.
// - The narrowest condition leads the loops: words, then the trash, a tag, the stars, else the generations by time. Each
//   of them goes by an index, so no query reads all drafts, unless words must be found without the search index.
// - Pieces of text are matched as SearchQuery.swift says. Without the index they may stand anywhere in a word, and case
//   matters beyond ASCII.

import GRDB
import Generation

struct HistoryStatement {
    enum Order {
        /// Newest generation first, and of a generation the last draft; in the trash, last thrown away first.
        case newestFirst
        /// Oldest generation first, drafts by their ordinals. What words find comes newest first in any case.
        case oldestFirst
    }

    /// Selects `id` and `generationId` of the drafts.
    private(set) var sql = ""
    private(set) var arguments: StatementArguments = []
    /// True if the search index decides which drafts are found.
    private(set) var matchesIndex = false
    /// True if the drafts of a generation may be apart, and the cursor was not looked at.
    private(set) var isScattered = false
    private var conditions: [String] = []
    private var namesGeneration = false

    /// - Parameters:
    ///   - after: only generations behind this one, for the next page.
    ///   - usesIndex: False if the search index cannot be used.
    init(
        _ query: HistoryQuery, order: Order, after: HistoryCursor? = nil, usesIndex: Bool = true, _ db: Database
    ) throws {
        try match(query.text, usesIndex, db)
        addGenerationConditions(query)
        add(query.inTrash ? "d.deletedAt IS NOT NULL" : "d.deletedAt IS NULL")
        if query.starred { add("d.starred") }

        let source: String
        var newest = "g.createdAt DESC, g.id DESC, d.ordinal DESC"
        if matchesIndex {
            // CROSS JOIN keeps SQLite from turning the join around: the index is walked from its end, newest first.
            source =
                "draftSearch CROSS JOIN draft d ON d.id = draftSearch.rowid"
                + (namesGeneration ? " CROSS JOIN generation g ON g.id = d.generationId" : "")
            newest = "draftSearch.rowid DESC"
            addTag(query.tag)
            if let after { add("draftSearch.rowid <= ?", [try HistoryStatement.lastDraft(before: after, db)]) }
        } else if query.inTrash {
            source = "draft d CROSS JOIN generation g ON g.id = d.generationId"
            newest = "d.deletedAt DESC, d.id DESC"
            addTag(query.tag)
            isScattered = true
        } else if let tag = query.tag {
            source = """
                tag t CROSS JOIN draftTag dt ON dt.tagId = t.id CROSS JOIN draft d ON d.id = dt.draftId \
                CROSS JOIN generation g ON g.id = d.generationId
                """
            add("t.name = ?", [TagName.normalized(tag)])
        } else if query.starred {
            source = "draft d CROSS JOIN generation g ON g.id = d.generationId"
        } else {
            source = "generation g CROSS JOIN draft d ON d.generationId = g.id"
        }
        if let after, !matchesIndex, !isScattered {
            add("(g.createdAt, g.id) < (?, ?)", [after.createdAt, after.id])
        }
        let columns = order == .newestFirst || matchesIndex ? newest : "g.createdAt, g.id, d.ordinal"
        sql = """
            SELECT d.id, d.generationId FROM \(source) WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(columns)
            """
    }

    private mutating func add(_ condition: String, _ arguments: StatementArguments = []) {
        conditions.append(condition)
        self.arguments += arguments
    }

    private mutating func match(_ text: String, _ usesIndex: Bool, _ db: Database) throws {
        guard usesIndex else {
            for piece in SearchQuery.pieces(of: text).pieces { addScan(for: piece) }
            return
        }
        let query = try SearchQuery(text, db)
        if let expression = query.expression {
            matchesIndex = true
            add("draftSearch MATCH ?", [expression])
        }
        for literal in query.literals {
            add("(instr(d.text, ?) OR instr(coalesce(d.note, ''), ?))", [literal, literal])
        }
    }

    private mutating func addScan(for piece: String) {
        var pattern = "%"
        for character in piece {
            if "\\%_".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
        pattern += "%"
        let columns = ["d.text", "d.note", "g.prompt", "g.title", "g.fields"]
        let alternatives = columns.map { "\($0) LIKE ? ESCAPE '\\'" }.joined(separator: " OR ")
        add("(\(alternatives))", StatementArguments(columns.map { _ in pattern }))
    }

    private mutating func addGenerationConditions(_ query: HistoryQuery) {
        let before = conditions.count
        if let template = query.template { add("g.templateName = ?", [template]) }
        if let model = query.model { add("g.model = ?", [model]) }
        if let project = query.project {
            add("g.projectId = (SELECT id FROM project WHERE name = ? ORDER BY id LIMIT 1)", [project])
        }
        if let from = query.createdFrom { add("g.createdAt >= ?", [from]) }
        if let end = query.createdBefore { add("g.createdAt < ?", [end]) }
        namesGeneration = conditions.count > before
    }

    private mutating func addTag(_ tag: String?) {
        guard let tag else { return }
        add(
            """
            EXISTS (SELECT 1 FROM tag t JOIN draftTag dt ON dt.tagId = t.id WHERE t.name = ? AND dt.draftId = d.id)
            """, [TagName.normalized(tag)])
    }

    /// The highest id of a draft of a generation before this one. Ids grow with the generations' ids.
    private static func lastDraft(before cursor: HistoryCursor, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db,
            sql: "SELECT id FROM draft WHERE generationId < ? ORDER BY generationId DESC, ordinal DESC LIMIT 1",
            arguments: [cursor.id]) ?? 0
    }
}
