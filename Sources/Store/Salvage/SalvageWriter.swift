// Puts salvaged rows into a new store.
// - Of two versions of a row the later one stays; ids stay the same, and with them the links between rows.
// - A draft whose generation is lost gets a stand-in; a draft without a row gets the text of the search index.

import Foundation
import GRDB

final class SalvageWriter {
    var report = SalvageReport()
    /// Turns that were made for drafts whose turn is lost.
    var turnStandIns = 0
    let db: Database
    /// Stand-ins for lost generations, by id.
    private var standIns: Set<Int64> = []
    /// Drafts that some row in the file names.
    private var knownDrafts: Set<Int64> = []
    let now: Double

    init(_ db: Database, now: Double) {
        self.db = db
        self.now = now
    }

    /// - Parameter fillsGaps: True if a row is taken only if there is none with its id yet.
    func take(_ row: SalvagedRow, fillsGaps: Bool = false) throws {
        switch row {
        case .generation(let record): try add(generation: record, fillsGaps)
        case .draft(let record): try add(draft: record, fillsGaps)
        case .revision(let record): try add(revision: record)
        case .tag(let record):
            guard let id = record.rowId, let name = record.text(1), !name.isEmpty else { return }
            try execute("INSERT OR IGNORE INTO tag (id, name) VALUES (?, ?)", [id, name])
        case .project(let record):
            guard let id = record.rowId, let name = record.text(1) else { return }
            try execute(
                "INSERT OR IGNORE INTO project (id, name, createdAt, archivedAt) VALUES (?, ?, ?, ?)",
                [id, name, record.number(2) ?? now, record.number(3)])
        case .conversation(let record): try add(conversation: record, fillsGaps)
        case .turn(let record): try add(turn: record, fillsGaps)
        case .indexed(let record): if let id = record.rowId { knownDrafts.insert(id) }
        case .indexedId(let id): knownDrafts.insert(id)
        case .schema: break
        }
    }

    func tag(draftId: Int64, tagId: Int64) throws {
        try execute(
            """
            INSERT OR IGNORE INTO draftTag (draftId, tagId) SELECT d.id, t.id FROM draft d, tag t
            WHERE d.id = ? AND t.id = ?
            """, [draftId, tagId])
    }

    private static let generationColumns = [
        "id", "uuid", "projectId", "createdAt", "finishedAt", "status", "templateName", "templateHash", "title",
        "fields", "systemPrompt", "prompt", "sampling", "limits", "model", "modelHash", "engine", "seed",
        "parentDraftId", "relation", "timings", "failure", "parts", "turnId", "conversationId",
    ]
    private static let draftColumns = [
        "id", "generationId", "ordinal", "text", "finishReason", "tokenCount", "starred", "rating", "note",
        "createdAt", "updatedAt", "deletedAt", "details", "candidate", "edited",
    ]

    private func add(generation record: SalvagedRecord, _ fillsGaps: Bool) throws {
        guard let id = record.rowId else { return }
        if record.isCut { report.cutGenerations += 1 }
        let status = record.text(5).map { $0 == "running" ? "interrupted" : $0 } ?? "interrupted"
        try insert(
            "generation", SalvageWriter.generationColumns,
            [
                id, record.text(1) ?? UUID().uuidString.lowercased(), record.integer(2) ?? Schema.defaultProjectId,
                record.number(3) ?? now, record.number(4), status, record.text(7), record.text(8),
                record.text(9) ?? SalvageWriter.lostTitle, record.text(10) ?? "{}", record.text(11),
                record.text(12) ?? "", record.text(13) ?? "{}", record.text(14) ?? "{}",
                record.text(15) ?? SalvageWriter.lostModel, record.text(16) ?? "", record.text(17) ?? "",
                record.integer(18) ?? 0, record.integer(19), record.text(20), record.text(21) ?? "{}", record.text(22),
                record.text(23) ?? "[]", record.integer(24), record.integer(25),
            ], newerBy: fillsGaps ? nil : "coalesce(excluded.finishedAt, 0) > coalesce(generation.finishedAt, 0)")
    }

    private func add(draft record: SalvagedRecord, _ fillsGaps: Bool) throws {
        guard let id = record.rowId, let generationId = record.integer(1) else { return }
        knownDrafts.insert(id)
        let text = record.text(3)
        // A draft that was being written, or is cut, ends here.
        let reason = record.isCut ? "interrupted" : record.text(4) ?? "interrupted"
        guard text != nil || !record.isCut else { return report.damagedRows += 1 }
        if record.isCut { report.cutDrafts.insert(id) }
        let created = record.number(9) ?? now
        let details = record.text(12) ?? "{}"
        // A starred draft is never hidden.
        let isCandidate = (record.integer(13) ?? 0) != 0 && (record.integer(6) ?? 0) == 0
        try insert(
            "draft", SalvageWriter.draftColumns,
            [
                id, generationId, record.integer(2) ?? id, text ?? "", reason, record.integer(5) ?? 0,
                record.integer(6) ?? 0, record.integer(7), record.text(8), created, record.number(10) ?? created,
                record.number(11), details, isCandidate, (record.integer(14) ?? 0) != 0,
            ], newerBy: fillsGaps ? nil : "excluded.updatedAt > draft.updatedAt")
        // A damaged row may have the same ordinal.
        if try !exists("draft", id) {
            try execute(
                """
                INSERT INTO draft (id, generationId, ordinal, text, finishReason, tokenCount, starred, createdAt, updatedAt,
                    details, candidate)
                SELECT ?, ?, 1 + max(ordinal), ?, ?, ?, ?, ?, ?, ?, ? FROM draft WHERE generationId = ?
                """,
                [
                    id, generationId, text ?? "", reason, record.integer(5) ?? 0, record.integer(6) ?? 0, created,
                    record.number(10) ?? created, details, isCandidate, generationId,
                ])
        }
    }

    private func add(revision record: SalvagedRecord) throws {
        guard let id = record.rowId, let draftId = record.integer(1), let text = record.text(4) else {
            return report.damagedRows += 1
        }
        knownDrafts.insert(draftId)
        try execute(
            "INSERT OR IGNORE INTO revision (id, draftId, createdAt, origin, text) VALUES (?, ?, ?, ?, ?)",
            [id, draftId, record.number(2) ?? now, record.text(3) ?? "edit", text])
    }

    // MARK: Gaps

    static let lostTitle = "Recovered drafts"
    static let lostModel = "unknown"

    /// Makes a stand-in for a lost generation.
    func addStandIns() throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT generationId, min(createdAt) AS createdAt FROM draft
                WHERE generationId NOT IN (SELECT id FROM generation) GROUP BY generationId
                """)
        for row in rows {
            standIns.insert(row["generationId"])
            try addStandIn(row["generationId"], createdAt: row["createdAt"], title: nil, prompt: nil)
        }
    }

    /// Fills gaps from the search index's copy: text, prompt, note, tags, and title with fields.
    func fill(from record: SalvagedRecord) throws {
        guard let id = record.rowId, case .text(let text, let isWhole) = record.values[1] else { return }
        let title = record.text(5)?.split(separator: "\n").first.map(String.init)
        let prompt = record.text(2)
        let found = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT generationId, text FROM draft WHERE id = ?"), arguments: [id])
        if let found {
            if standIns.contains(found["generationId"]) {
                try execute(
                    "UPDATE generation SET title = coalesce(?, title), prompt = coalesce(?, prompt) WHERE id = ?",
                    [title, prompt, found["generationId"] as Int64])
            }
            // The cut text, if the index has more of it.
            guard report.cutDrafts.contains(id), text.utf8.count > (found["text"] as String).utf8.count else { return }
            try execute("UPDATE draft SET text = ? WHERE id = ?", [text, id])
            report.draftsFromIndex += 1
            if isWhole {
                try execute("UPDATE draft SET finishReason = 'stop' WHERE id = ?", [id])
                report.cutDrafts.remove(id)
            }
            return
        }
        let own = try generation(ofLost: id, title: title, prompt: prompt)
        let generationId = try own?.id ?? addStandIn(nil, createdAt: now, title: title, prompt: prompt)
        try execute(
            """
            INSERT INTO draft (id, generationId, ordinal, text, finishReason, note, createdAt, updatedAt)
            SELECT ?, ?, 1 + coalesce(max(ordinal), -1), ?, 'stop', ?, ?, ? FROM draft WHERE generationId = ?
            """,
            [
                id, generationId, text, record.text(3).flatMap { $0.isEmpty ? nil : $0 }, own?.createdAt ?? now,
                own?.createdAt ?? now, generationId,
            ])
        report.draftsFromIndex += 1
        if !isWhole { report.cutDrafts.insert(id) }
    }

    /// The generation of a draft whose row is lost: ids grow with time, so it is between those of the drafts before and
    /// after, and has the title and prompt that the index knows.
    private func generation(
        ofLost id: Int64, title: String?, prompt: String?
    ) throws -> (id: Int64, createdAt: Double)? {
        let candidates = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT id, createdAt, title, prompt, conversationId FROM generation WHERE id BETWEEN
                        coalesce((SELECT generationId FROM draft WHERE id < ? ORDER BY id DESC LIMIT 1), 0) AND
                        coalesce((SELECT generationId FROM draft WHERE id > ? ORDER BY id LIMIT 1), 9e18)
                    ORDER BY id LIMIT 1000
                    """), arguments: [id, id])
        while let row = try candidates.next() {
            // The index does not have the prompt of a conversation's answer.
            let isPlain = row["conversationId"] as Int64? == nil
            let known = isPlain ? SearchTokenizer.normalized(SearchIndex.withoutChatMarks(row["prompt"])) : ""
            // The index has no line breaks in a title, and its letters are normalized.
            guard known == prompt, SearchTokenizer.normalized(row["title"]).hasPrefix(title ?? "") else { continue }
            return (row["id"], row["createdAt"])
        }
        return nil
    }

    /// Removes links that lead nowhere, and counts.
    func finish() throws {
        try execute("UPDATE generation SET parentDraftId = NULL WHERE parentDraftId NOT IN (SELECT id FROM draft)", [])
        try execute(
            "UPDATE generation SET projectId = ? WHERE projectId NOT IN (SELECT id FROM project)",
            [Schema.defaultProjectId])
        try execute("DELETE FROM revision WHERE draftId NOT IN (SELECT id FROM draft)", [])
        try Schema.markEdited(db)
        try finishConversations()
        // Candidates whose chosen drafts are lost would be hidden for good.
        try execute(
            """
            UPDATE draft SET candidate = 0 WHERE candidate
                AND generationId NOT IN (SELECT generationId FROM draft WHERE NOT candidate)
            """, [])
        func count(_ table: String) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0 }
        // Stand-ins were not read.
        report.generations = try count("generation") - report.lostGenerations
        report.drafts = try count("draft")
        report.revisions = try count("revision")
        report.tags = try count("tag")
        report.conversations = try count("conversation") - report.lostConversations
        report.turns = try count("turn") - turnStandIns
        for id in knownDrafts where try !exists("draft", id) { report.lostDrafts += 1 }
    }

    @discardableResult
    private func addStandIn(_ id: Int64?, createdAt: Double, title: String?, prompt: String?) throws -> Int64 {
        try execute(
            """
            INSERT INTO generation (id, uuid, projectId, createdAt, finishedAt, status, title, prompt, model, seed)
            VALUES (?, ?, ?, ?, ?, 'interrupted', ?, ?, ?, 0)
            """,
            [
                id, UUID().uuidString.lowercased(), Schema.defaultProjectId, createdAt, createdAt,
                title ?? SalvageWriter.lostTitle, prompt ?? "", SalvageWriter.lostModel,
            ])
        report.lostGenerations += 1
        return db.lastInsertedRowID
    }

    // MARK: Statements

    func exists(_ table: String, _ id: Int64) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT 1 FROM \(table) WHERE id = ?")
        return try Bool.fetchOne(statement, arguments: [id]) ?? false
    }

    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// - Parameter condition: when the row replaces one with the same id; `nil`: never.
    func insert(
        _ table: String, _ columns: [String], _ arguments: StatementArguments, newerBy condition: String?
    ) throws {
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        let settings = columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        let update = condition.map { "DO UPDATE SET \(settings) WHERE \($0)" } ?? "DO NOTHING"
        try execute(
            """
            INSERT OR IGNORE INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(places))
            ON CONFLICT (id) \(update)
            """, arguments)
    }
}
