// Converts rows into the values of `Generation`, and back.
// - SQLite's C strings would cut a text at a NUL, so it is kept as the symbol U+2400.
// - A status, reason or relation that this version does not know is read as the nearest known one.

import GRDB
import Generation

enum Rows {
    static let draftColumns = """
        d.id, d.generationId, d.ordinal, d.text, d.finishReason, d.tokenCount, d.starred, d.rating, d.note, \
        d.createdAt, d.updatedAt, d.deletedAt, d.details, d.candidate, d.edited
        """
    static let draftColumnCount = 15
    static let generationColumns = """
        g.id, g.uuid, g.createdAt, g.finishedAt, g.status, g.templateName, g.title, g.templateHash, g.fields, \
        g.systemPrompt, g.prompt, g.sampling, g.limits, g.model, g.modelHash, g.engine, g.seed, g.parentDraftId, \
        g.relation, g.timings, g.failure, g.parts, g.turnId, g.conversationId
        """

    /// Columns whose value is often the same from row to row: an equal text is not decoded again.
    final class Memo {
        var sampling = Last(standard: SamplingOptions())
        var limits = Last(standard: LengthLimits())

        struct Last<Value: Codable> {
            let standard: Value
            private var text: String?
            private var value: Value?

            init(standard: Value) { self.standard = standard }

            mutating func value(_ text: String) -> Value {
                if let value, self.text == text { return value }
                let read = JSONColumn.value(text, default: standard)
                (self.text, value) = (text, read)
                return read
            }
        }
    }

    /// Text as a column can keep it.
    static func kept(_ text: String) -> String {
        text.utf8.contains(0) ? String(text.unicodeScalars.map { $0 == "\0" ? "\u{2400}" : Character($0) }) : text
    }

    /// Columns are read by their places, because a long conversation has tens of thousands of drafts.
    /// - Parameter row: begins with `draftColumns`.
    static func draft(_ row: Row) -> SavedDraft {
        SavedDraft(
            id: row[0], generationId: row[1], ordinal: row[2], text: row[3],
            finishReason: (row[4] as String?).map { FinishReason(rawValue: $0) ?? .stop },
            tokenCount: row[5], starred: row[6], rating: row[7], note: row[8],
            details: details(row[12]), isCandidate: row[13], isEdited: row[14], createdAt: row[9], updatedAt: row[10],
            deletedAt: row[11])
    }

    /// Most drafts have none, so that case is not decoded.
    private static func details(_ text: String) -> DraftDetails {
        text == "{}" ? DraftDetails() : JSONColumn.value(text, default: DraftDetails())
    }

    /// - Parameter memo: the last values read, if many rows are read one after another.
    static func generation(
        _ row: Row, drafts: [SavedDraft], candidateCount: Int = 0, memo: Memo? = nil
    ) -> SavedGeneration {
        let templateName: String? = row["templateName"]
        let (fields, isRaw) = RecordedFields.split(
            JSONColumn.value(row["fields"], default: [:]), templateName: templateName)
        return SavedGeneration(
            id: row["id"], uuid: row["uuid"], createdAt: row["createdAt"], finishedAt: row["finishedAt"],
            status: SavedGeneration.Status(rawValue: row["status"]) ?? .complete,
            templateName: templateName, title: row["title"], templateHash: row["templateHash"],
            fields: fields, isRaw: isRaw, systemPrompt: row["systemPrompt"],
            prompt: row["prompt"],
            sampling: memo?.sampling.value(row["sampling"])
                ?? JSONColumn.value(row["sampling"], default: SamplingOptions()),
            limits: memo?.limits.value(row["limits"]) ?? JSONColumn.value(row["limits"], default: LengthLimits()),
            parts: parts(row["parts"]),
            model: ModelIdentity(name: row["model"], hash: row["modelHash"], engine: row["engine"]),
            seed: UInt64(bitPattern: row["seed"] as Int64), parentDraftId: row["parentDraftId"],
            relation: (row["relation"] as String?).flatMap(SavedGeneration.Relation.init(rawValue:)),
            timings: JSONColumn.value(row["timings"], default: GenerationTimings()), failure: row["failure"],
            drafts: drafts, candidateCount: candidateCount, turnId: row["turnId"],
            conversationId: row["conversationId"])
    }

    private static func parts(_ text: String) -> [PartSpecification] {
        text == "[]" ? [] : JSONColumn.value(text, default: [])
    }

    /// The generations of these rows with their drafts, in the order of the rows.
    static func generations(
        _ rows: [Row], includesCandidates: Bool, _ db: Database
    ) throws -> [SavedGeneration] {
        let ids: [Int64] = rows.map { $0["id"] }
        let drafts = try drafts(ofGenerations: ids, includesCandidates, db)
        let counts = try candidateCounts(ofGenerations: ids, db)
        return rows.map { generation($0, drafts: drafts[$0["id"]] ?? [], candidateCount: counts[$0["id"]] ?? 0) }
    }

    /// The generations of these ids; an id without a row has no entry.
    static func generations(
        ids: Set<Int64>, includesCandidates: Bool = false, _ db: Database
    ) throws -> [Int64: SavedGeneration] {
        var found: [Int64: SavedGeneration] = [:]
        for part in parts(ids.sorted()) {
            let rows = try Row.fetchAll(
                db, sql: "SELECT \(generationColumns) FROM generation g WHERE g.id IN (\(places(part)))",
                arguments: StatementArguments(part))
            for generation in try generations(rows, includesCandidates: includesCandidates, db) {
                found[generation.id] = generation
            }
        }
        return found
    }

    /// The drafts of these ids; an id without a row has no entry.
    static func drafts(ids: [Int64], _ db: Database) throws -> [Int64: SavedDraft] {
        var found: [Int64: SavedDraft] = [:]
        for part in parts(ids) {
            let rows = try Row.fetchCursor(
                db, sql: "SELECT \(draftColumns) FROM draft d WHERE d.id IN (\(places(part)))",
                arguments: StatementArguments(part))
            while let row = try rows.next() { found[row["id"]] = draft(row) }
        }
        return found
    }

    private static func drafts(
        ofGenerations ids: [Int64], _ includesCandidates: Bool, _ db: Database
    ) throws -> [Int64: [SavedDraft]] {
        var drafts: [Int64: [SavedDraft]] = [:]
        let condition = includesCandidates ? "" : " AND NOT d.candidate"
        for part in parts(ids) {
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(draftColumns) FROM draft d WHERE d.generationId IN (\(places(part)))\(condition)
                    ORDER BY d.generationId, d.ordinal
                    """, arguments: StatementArguments(part))
            while let row = try rows.next() { drafts[row["generationId"], default: []].append(draft(row)) }
        }
        return drafts
    }

    /// How many candidates each generation has; one without any has no entry.
    private static func candidateCounts(ofGenerations ids: [Int64], _ db: Database) throws -> [Int64: Int] {
        var counts: [Int64: Int] = [:]
        for part in parts(ids) {
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT generationId, count(*) FROM draft
                    WHERE candidate AND generationId IN (\(places(part))) GROUP BY 1
                    """, arguments: StatementArguments(part))
            while let row = try rows.next() { counts[row[0]] = row[1] }
        }
        return counts
    }

    /// A statement takes a limited number of arguments, so long lists are split.
    static func parts(_ ids: [Int64]) -> [[Int64]] {
        stride(from: 0, to: ids.count, by: 500).map { Array(ids[$0..<min($0 + 500, ids.count)]) }
    }

    static func places(_ ids: [Int64]) -> String { ids.map { _ in "?" }.joined(separator: ",") }
}
