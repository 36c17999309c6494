// Converts rows of conversations and turns into the values of `Generation`.
// - A role or a setting that this version does not know is read as the nearest known one.
// - Of a turn in the middle of the open branch, the draft that the next turn follows counts, and no other.

import GRDB
import Generation

enum ConversationRows {
    static let conversationColumnNames = [
        "id", "uuid", "createdAt", "updatedAt", "deletedAt", "title", "persona", "fields", "model", "settings",
        "headTurnId",
    ]
    static let turnColumnNames = [
        "id", "conversationId", "role", "text", "parentTurnId", "parentDraftId", "depth", "activeDraftId", "pinned",
        "summaryDraftId", "createdAt", "deletedAt",
    ]
    static let conversationColumns = conversationColumnNames.map { "c.\($0)" }.joined(separator: ", ")
    static let turnColumns = turnColumnNames.map { "t.\($0)" }.joined(separator: ", ")

    /// JSON columns that were read already: many conversations have the same persona and settings.
    final class Memo {
        private var personas: [String: Persona] = [:]
        private var settings: [String: ConversationSettings] = [:]

        func persona(_ text: String) -> Persona {
            if let known = personas[text] { return known }
            let read = JSONColumn.value(text, default: Persona())
            personas[text] = read
            return read
        }

        func settings(_ text: String) -> ConversationSettings {
            if let known = settings[text] { return known }
            let read = JSONColumn.value(text, default: ConversationSettings())
            settings[text] = read
            return read
        }
    }

    /// - Parameter row: begins with `conversationColumns`.
    static func conversation(_ row: Row, memo: Memo = Memo()) -> Conversation {
        let fields: String = row[7]
        return Conversation(
            id: row[0], uuid: row[1], createdAt: row[2], updatedAt: row[3], deletedAt: row[4], title: row[5],
            persona: memo.persona(row[6]), fields: fields == "{}" ? [:] : JSONColumn.value(fields, default: [:]),
            model: row[8], settings: memo.settings(row[9]), headTurnId: row[10])
    }

    /// - Parameter row: begins with `turnColumns`.
    private static func turn(_ row: Row) -> Turn {
        Turn(
            id: row[0], conversationId: row[1], parentTurnId: row[4], parentDraftId: row[5],
            role: Message.Role(rawValue: row[2]) ?? .user, text: row[3], activeDraftId: row[7], isPinned: row[8],
            summaryDraftId: row[9], createdAt: row[10], deletedAt: row[11])
    }

    /// The turns of these ids with their drafts, in the order of the ids.
    /// - Parameter followed: the draft that counts, by the id of its turn; other turns show their active draft.
    static func turns(
        _ ids: [Int64], in tree: TurnTree, followed: [Int64: Int64], _ db: Database
    ) throws -> [Turn] {
        try turns(ids, inTrashSince: tree.deletedAt, followed: followed, db, siblings: tree.siblings)
    }

    /// - Parameters:
    ///   - deletedAt: when their conversation went to the trash.
    ///   - siblings: the turns at the same place, by the id of one of them.
    static func turns(
        _ ids: [Int64], inTrashSince deletedAt: Double?, followed: [Int64: Int64], _ db: Database,
        siblings: (Int64) -> [Int64]
    ) throws -> [Turn] {
        var turns: [Int64: Turn] = [:]
        turns.reserveCapacity(ids.count)
        for part in Rows.parts(ids) {
            let rows = try Row.fetchCursor(
                db, sql: "SELECT \(turnColumns) FROM turn t WHERE t.id IN (\(Rows.places(part)))",
                arguments: StatementArguments(part))
            while let row = try rows.next() { turns[row[0]] = turn(row) }
        }
        let drafts = try drafts(ofTurns: ids, inTrashSince: deletedAt, db)
        let shown = Set(drafts.values.joined().map(\.id))
        // A draft that others follow is read even if it is in the trash by now.
        let missing = try Rows.drafts(ids: followed.values.filter { !shown.contains($0) }.sorted(), db)
        return ids.compactMap { id in
            guard var turn = turns[id] else { return nil }
            turn.drafts = drafts[id] ?? []
            if let draft = followed[id].flatMap({ missing[$0] }) {
                turn.drafts.append(draft)
                turn.drafts.sort { $0.id < $1.id }
            }
            turn.activeDraftId = followed[id] ?? active(turn.activeDraftId, among: turn.drafts.map(\.id))
            if let draft = turn.activeDraft { turn.text = draft.text }
            turn.siblingIds = siblings(id)
            return turn
        }
    }

    /// The draft that counts: the chosen one, or the next one if that is gone.
    static func active(_ chosen: Int64?, among ids: [Int64]) -> Int64? {
        guard let chosen else { return ids.first }
        return ids.first { $0 >= chosen } ?? ids.last
    }

    /// The drafts of each of these turns by their ids; a turn without drafts has no entry.
    private static func drafts(
        ofTurns ids: [Int64], inTrashSince deletedAt: Double?, _ db: Database
    ) throws -> [Int64: [SavedDraft]] {
        var drafts: [Int64: [SavedDraft]] = [:]
        for part in Rows.parts(ids) {
            // Drafts that went to the trash with their conversation are still those of its turns.
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(Rows.draftColumns), g.turnId FROM generation g CROSS JOIN draft d ON d.generationId = g.id
                    WHERE g.turnId IN (\(Rows.places(part))) AND NOT d.candidate
                        AND (d.deletedAt IS NULL OR d.deletedAt = ?)
                    """, arguments: StatementArguments(part) + [deletedAt])
            while let row = try rows.next() { drafts[row[Rows.draftColumnCount], default: []].append(Rows.draft(row)) }
        }
        return drafts.mapValues { $0.count < 2 ? $0 : $0.sorted { $0.id < $1.id } }
    }
}
