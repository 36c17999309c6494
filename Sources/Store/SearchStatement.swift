// A search as SQL: which drafts, newest first.
// - With the index, pieces are matched as SearchQuery.swift says.
// - Without it every draft is read: a piece may then stand anywhere in a word, and case matters beyond ASCII.

import GRDB

struct SearchStatement {
    /// From `FROM` to `ORDER BY`; the draft is `d`.
    private(set) var sql = ""
    private(set) var arguments: StatementArguments = []
    /// Whether the index decides what is found.
    private(set) var matchesIndex = false
    private var conditions: [String] = []

    /// - Parameter before: only drafts of smaller ids, for the next page.
    init(_ input: String, scope: SearchScope, before: Int64?, usesIndex: Bool, _ db: Database) throws {
        var source = "draft d"
        var key = "d.id"
        if usesIndex {
            let query = try SearchQuery(input, db)
            if let expression = query.expression {
                matchesIndex = true
                // CROSS JOIN keeps SQLite from turning the join around: the index is walked from its end, newest first.
                source = "draftSearch CROSS JOIN draft d ON d.id = draftSearch.rowid"
                key = "draftSearch.rowid"
                add("draftSearch MATCH ?", [expression])
            }
            for literal in query.literals {
                add("(instr(d.text, ?) OR instr(coalesce(d.note, ''), ?))", [literal, literal])
            }
        } else {
            source = "draft d JOIN generation g ON g.id = d.generationId"
            for piece in SearchQuery.pieces(of: input).pieces { addScan(for: piece) }
        }
        if let before { add("\(key) < ?", [before]) }
        restrict(to: scope)
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        sql = "FROM \(source) \(clause) ORDER BY \(key) DESC"
    }

    private mutating func add(_ condition: String, _ arguments: StatementArguments = []) {
        conditions.append(condition)
        self.arguments += arguments
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

    private mutating func restrict(to scope: SearchScope) {
        switch scope {
        case .drafts: add("d.deletedAt IS NULL")
        case .starred: add("d.starred AND d.deletedAt IS NULL")
        case .trash: add("d.deletedAt IS NOT NULL")
        case .everything: break
        case .tagged(let name):
            add(
                """
                d.deletedAt IS NULL AND d.id IN (SELECT dt.draftId FROM draftTag dt JOIN tag t ON t.id = dt.tagId
                WHERE t.name = ?)
                """, [name])
        }
    }
}
