// Finds conversations by words: in the turns of the user and greetings, in drafts of answers, in titles.
// - All words must be in one turn or in the title; if they are in a question and its answer together, the answer is found.
// - Of a conversation, the newest turn that has the words itself counts; its text is shown from near the first of them.

import Foundation
import GRDB
import Generation

struct ConversationSearch {
    /// The place in a conversation where the words were found.
    struct Hit {
        /// `nil` in the title.
        var turnId: Int64?
        /// `nil` in a turn without drafts.
        var draftId: Int64?
        /// A greater one tells more.
        fileprivate var rank: Int
    }

    private let input: String
    private let words: SearchQuery
    /// Patterns to look for in the texts themselves, if the indexes cannot be used.
    private let patterns: [String]
    private let db: Database
    private(set) var hits: [Int64: Hit] = [:]

    /// True if the input asks for nothing.
    var isEmpty: Bool { words.isEmpty && patterns.isEmpty }

    /// - Parameter usesIndex: False if the search indexes cannot be used.
    init(_ input: String, usesIndex: Bool, _ db: Database) throws {
        self.input = input
        self.db = db
        words = usesIndex ? try SearchQuery(input, db) : SearchQuery()
        patterns = usesIndex ? [] : SearchQuery.pieces(of: input).map { HistoryStatement.pattern($0.text) }
        guard !isEmpty else { return }
        try findTurns()
        try findDrafts("{text note tags} : ", rank: 2)
        // The fields of an answer hold the words that it answers.
        if words.expression != nil { try findDrafts("", rank: 0) }
        try findTitles()
    }

    private mutating func findTurns() throws {
        var statement = Statement(
            "t.conversationId, t.id, NULL", text: "t.text", indexed: ("turnSearch", "turn t", "t.id"), self)
        statement.add("t.deletedAt IS NULL AND t.text <> ''")
        try take(statement, rank: 2)
    }

    private mutating func findDrafts(_ columns: String, rank: Int) throws {
        var statement = Statement(
            "g.conversationId, g.turnId, d.id", text: "d.text", indexed: ("draftSearch", "draft d", "d.id"),
            columns: columns, then: "CROSS JOIN generation g ON g.id = d.generationId", self)
        statement.add(
            """
            g.conversationId IS NOT NULL AND g.turnId IS NOT NULL AND NOT d.candidate
                AND d.deletedAt IS (SELECT deletedAt FROM conversation WHERE id = g.conversationId)
            """)
        try take(statement, rank: rank)
    }

    private mutating func findTitles() throws {
        let statement = Statement(
            "c.id, NULL, NULL", text: "c.title", indexed: ("turnSearch", "conversation c", "-c.id"), self)
        try take(statement, rank: 1)
    }

    private mutating func take(_ statement: Statement, rank: Int) throws {
        let rows = try Row.fetchCursor(db, sql: statement.sql, arguments: statement.arguments)
        while let row = try rows.next() {
            let id: Int64 = row[0]
            let hit = Hit(turnId: row[1], draftId: row[2], rank: rank)
            if let known = hits[id], (known.rank, known.turnId ?? 0) >= (hit.rank, hit.turnId ?? 0) { continue }
            hits[id] = hit
        }
    }

    /// A select of the rows whose text has the words.
    private struct Statement {
        private(set) var sql: String
        private(set) var arguments: StatementArguments = []

        init(
            _ selection: String, text: String, indexed: (index: String, table: String, id: String),
            columns: String = "", then join: String = "", _ search: ConversationSearch
        ) {
            var conditions: [String] = []
            let (index, table, id) = indexed
            if let expression = search.words.expression {
                // A conversation's row has its id negated.
                let key = id.hasPrefix("-") ? "\(id.dropFirst()) = -\(index).rowid" : "\(id) = \(index).rowid"
                sql = "SELECT \(selection) FROM \(index) CROSS JOIN \(table) ON \(key) \(join)"
                conditions.append("\(index) MATCH ?")
                arguments += [columns.isEmpty ? expression : "\(columns)(\(expression))"]
            } else {
                sql = "SELECT \(selection) FROM \(table) \(join)"
            }
            for literal in search.words.literals {
                conditions.append("instr(\(text), ?)")
                arguments += [literal]
            }
            for pattern in search.patterns {
                conditions.append("\(text) LIKE ? ESCAPE '\\'")
                arguments += [pattern]
            }
            sql += " WHERE " + conditions.joined(separator: " AND ")
        }

        mutating func add(_ condition: String) { sql += " AND " + condition }
    }

    // MARK: Preview

    private static let previewCharacters = 400

    /// The text of a hit from near the first word that was found; `nil` in a title.
    func preview(of hit: Hit) throws -> String? {
        let text: String? =
            if let draft = hit.draftId {
                try String.fetchOne(db, sql: "SELECT text FROM draft WHERE id = ?", arguments: [draft])
            } else if let turn = hit.turnId {
                try String.fetchOne(db, sql: "SELECT text FROM turn WHERE id = ?", arguments: [turn])
            } else {
                nil
            }
        return text.map(excerpt)
    }

    private func excerpt(_ text: String) -> String {
        // A word so far behind is not worth a search in a text of megabytes.
        let text = text.prefix(100_000)
        let places = SearchQuery.pieces(of: input).map(\.text).compactMap { piece in
            text.range(of: piece, options: [.caseInsensitive, .diacriticInsensitive])?.lowerBound
        }
        guard let first = places.min(),
            let start = text.index(first, offsetBy: -60, limitedBy: text.startIndex), start > text.startIndex
        else { return String(text.prefix(ConversationSearch.previewCharacters)) }
        let wordStart = text[start..<first].firstIndex(where: \.isWhitespace).map { text.index(after: $0) } ?? start
        return "…" + text[wordStart...].prefix(ConversationSearch.previewCharacters)
    }
}
