// A query as SQL: the drafts that it finds, in order.
// - The narrowest condition leads (HistoryLead.swift), and goes by an index. So no query reads all drafts, unless words
//   must be found without the search index.
// - Pieces of text are matched as SearchQuery.swift says. Without the index they may stand anywhere in a word, and case
//   matters beyond ASCII.

import GRDB
import Generation

struct HistoryStatement {
    enum Order {
        /// Newest generation first, and of a generation the last draft; in the trash, last thrown away first.
        case newestFirst
        /// Oldest generation first, drafts by their ordinals. Drafts found by words come newest first in any case.
        case oldestFirst
    }

    /// Selects `id` and `generationId` of the drafts.
    private(set) var sql = ""
    private(set) var arguments: StatementArguments = []
    /// True if the search index decides which drafts are found.
    private(set) var matchesIndex = false
    /// True if the drafts of a generation may be apart, and the cursor was not looked at.
    let isScattered: Bool
    private var conditions: [String] = []

    /// - Parameters:
    ///   - after: only generations behind this one, for the next page.
    ///   - usesIndex: False if the search index cannot be used.
    ///   - rareCount: a condition that at most so many rows meet leads.
    init(
        _ query: HistoryQuery, order: Order, after: HistoryCursor? = nil, usesIndex: Bool = true,
        rareCount: Int = HistoryLead.rareCount, _ db: Database
    ) throws {
        // Candidates are not in the search index.
        let usesIndex = usesIndex && !(query.includesCandidates && !query.text.isEmpty)
        let words = usesIndex ? try SearchQuery(query.text, db) : SearchQuery()
        matchesIndex = words.expression != nil
        let names = try ResolvedNames(query, db)
        let lead = try HistoryLead(query, names, hasWords: matchesIndex, rareCount: rareCount, db)
        isScattered = lead == .trash
        addWords(words, leads: lead == .words)
        if !usesIndex { for piece in SearchQuery.pieces(of: query.text) { addScan(for: piece.text) } }
        let namesGeneration =
            addGenerationConditions(GenerationCondition.all(of: query, names), lead) || query.leavesOutConversations
            || query.leavesOutAnswers
        if query.leavesOutConversations { add("g.conversationId IS NULL") }
        if query.leavesOutAnswers { add("g.turnId IS NULL") }
        add(query.inTrash ? "d.deletedAt IS NOT NULL" : "d.deletedAt IS NULL")
        for mark in DraftMark.all(of: query) { add(mark.sql) }
        // A starred draft is no candidate; without that condition, an index alone answers.
        if !query.starred, !query.includesCandidates { add("NOT d.candidate") }
        if query.hasTag { add("EXISTS (SELECT 1 FROM draftTag WHERE draftId = d.id)") }
        if let tag = query.tag { addTag(tag, leads: lead == .tag) }
        for ids in names.tagIds where lead != .tags(ids) {
            let list = HistoryLead.list(ids)
            add("EXISTS (SELECT 1 FROM draftTag WHERE draftId = d.id AND tagId IN (\(list)))")
        }
        if let after { try addCursor(after, lead, db) }

        let isNewestFirst = order == .newestFirst || matchesIndex
        let needsGeneration = namesGeneration || !usesIndex || !isNewestFirst
        let columns = isNewestFirst ? lead.newestFirst : "g.createdAt, g.id, d.ordinal"
        sql = """
            SELECT d.id, d.generationId FROM \(lead.source(needsGeneration: needsGeneration)) \
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(columns)
            """
    }

    private mutating func add(_ condition: String, _ arguments: StatementArguments = []) {
        conditions.append(condition)
        self.arguments += arguments
    }

    private mutating func addWords(_ words: SearchQuery, leads: Bool) {
        if let expression = words.expression {
            let match = "draftSearch MATCH ?"
            // A list, because SQLite makes it once; a lookup by rowid would merge all words of a prefix for each draft.
            add(leads ? match : "d.id IN (SELECT rowid FROM draftSearch WHERE \(match))", [expression])
        }
        for literal in words.literals {
            add("(instr(d.text, ?) OR instr(coalesce(d.note, ''), ?))", [literal, literal])
        }
    }

    /// A piece anywhere in a text, for LIKE with `\` before signs that mean themselves.
    static func pattern(_ piece: String) -> String {
        var pattern = "%"
        for character in piece {
            if "\\%_".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
        return pattern + "%"
    }

    private mutating func addScan(for piece: String) {
        let pattern = HistoryStatement.pattern(piece)
        // The prompt of a conversation's answer holds all earlier turns.
        let prompt = "iif(g.conversationId IS NULL, g.prompt, '')"
        let columns = ["d.text", "d.note", prompt, "g.title", "g.fields"]
        let alternatives = columns.map { "\($0) LIKE ? ESCAPE '\\'" }.joined(separator: " OR ")
        add("(\(alternatives))", StatementArguments(columns.map { _ in pattern }))
    }

    /// - Returns: True if there are any.
    private mutating func addGenerationConditions(_ all: [GenerationCondition], _ lead: HistoryLead) -> Bool {
        for condition in all {
            // A plus keeps SQLite from another index than that of the rare condition, and from one that is out of order.
            let isFree =
                if case .generations(let rare?) = lead { rare != condition.column } else { condition.needsSorting }
            add((isFree ? "+" : "") + "g.\(condition.sql)", condition.arguments)
        }
        return !all.isEmpty
    }

    private mutating func addTag(_ tag: String, leads: Bool) {
        let name: StatementArguments = [TagName.normalized(tag)]
        if leads { return add("t.name = ?", name) }
        add(
            "EXISTS (SELECT 1 FROM tag t JOIN draftTag dt ON dt.tagId = t.id WHERE t.name = ? AND dt.draftId = d.id)",
            name)
    }

    /// The first generation that is not older than what no generation stands for, such as a conversation.
    private func firstGeneration(notBefore time: Double, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db, sql: "SELECT id FROM generation WHERE createdAt >= ? ORDER BY createdAt, id LIMIT 1", arguments: [time])
            ?? Int64.max
    }

    private mutating func addCursor(_ cursor: HistoryCursor, _ lead: HistoryLead, _ db: Database) throws {
        switch lead {
        case .trash: break
        case .words:
            // Ids of drafts grow with those of their generations.
            let before = try cursor.id > 0 ? cursor.id : firstGeneration(notBefore: cursor.createdAt, db)
            let last = try Int64.fetchOne(
                db,
                sql: "SELECT id FROM draft WHERE generationId < ? ORDER BY generationId DESC, ordinal DESC LIMIT 1",
                arguments: [before])
            add("draftSearch.rowid <= ?", [last ?? 0])
        case .tag, .tags, .mark, .generations: add("(g.createdAt, g.id) < (?, ?)", [cursor.createdAt, cursor.id])
        }
    }
}
