// Words that are said in a conversation while others may say something in it too.
// - Who goes on with a conversation names the turn and the draft that the words follow, as they were read. What others add
//   meanwhile stays in a branch of its own and never comes between.
// - Words that were not sent leave the conversation again; the trash has them until it is emptied.

import GRDB
import Generation

/// One way through a conversation, as it was read by one who goes on with it.
public struct ReadBranch: Sendable, Hashable {
    /// The first one first; a turn that others follow shows the draft that the next one follows.
    public var turns: [Turn]
    /// The greatest id of all turns of the conversation, in other branches and in the trash too; 0 if there are none.
    public var newestTurnId: Int64

    public init(turns: [Turn] = [], newestTurnId: Int64 = 0) {
        self.turns = turns
        self.newestTurnId = newestTurnId
    }
}

/// What came of words that were said.
public struct SaidWords: Sendable, Hashable {
    /// The turn of the words, which is the head now.
    public var turn: Turn
    /// True if someone else has gone on from the same place since it was read, so that the words begin a branch.
    public var isBranch: Bool
}

extension DraftStore {
    /// The way to a turn, whichever branch is open.
    /// - Parameters:
    ///   - end: its last turn; `nil` for the head. One that is gone, or in the trash, is taken for the head.
    ///   - draft: the draft that counts at its end; `nil` for the active one.
    ///   - known: turns that were read before. Of those, only the ones are read again that end the way, show another draft
    ///     than before, or have another pin or summary.
    /// - Throws: `StoreError.missingConversation`.
    public func branch(
        of conversationId: Int64, endingAt end: Int64? = nil, draft: Int64? = nil, known: [Turn] = []
    ) throws -> ReadBranch {
        try read { db in
            let tree = try TurnTree(of: conversationId, db)
            let isThere = end.map(tree.isOutsideTrash) ?? false
            let path = tree.path(to: isThere ? end : tree.headTurnId)
            let followed = tree.followed(on: path)
            let count = zip(known.dropLast(), path.dropLast())
                .prefix { turn, id in
                    turn.id == id && (turn.drafts.isEmpty || followed[id] == turn.activeDraftId)
                        && tree.hasMarks(of: turn)
                }.count
            var turns = Array(known.prefix(count))
            for index in turns.indices { turns[index].siblingIds = tree.siblings(of: turns[index].id) }
            turns += try ConversationRows.turns(Array(path.dropFirst(count)), in: tree, followed: followed, db)
            if isThere, let draft, let last = turns.indices.last,
                let shown = turns[last].drafts.first(where: { $0.id == draft })
            {
                (turns[last].activeDraftId, turns[last].text) = (draft, shown.text)
            }
            return ReadBranch(turns: turns, newestTurnId: tree.newestId)
        }
    }

    /// Adds words of the user after the last turn of a branch and the draft that it shows.
    /// - Parameters:
    ///   - branch: as it was read; its turns may end before the head.
    ///   - replaced: a turn of the user without an answer, which goes to the trash. It follows the branch.
    /// - Throws: as `addTurn`.
    public func say(
        _ words: String, after branch: ReadBranch, in conversationId: Int64, replacing replaced: Int64? = nil
    ) throws -> SaidWords {
        let time = now()
        return try write { db in
            var turn = Turn(
                conversationId: conversationId, parentTurnId: branch.turns.last?.id,
                parentDraftId: branch.turns.last?.activeDraftId, role: .user, text: words)
            if let replaced {
                let title = try requireConversation(conversationId, db).title
                let old = try String.fetchOne(db, sql: "SELECT text FROM turn WHERE id = ?", arguments: [replaced])
                try trash(turnsFrom: replaced, time, db)
                // The title was made of the words that nobody answered.
                if let old, title == ConversationTitle.firstWords(of: old) { try setTitle("", conversationId, db) }
            }
            turn.id = try add(turn, time, db)
            turn.createdAt = time
            turn.text = Rows.kept(words)
            turn.parentDraftId = try Int64.fetchOne(
                db, sql: "SELECT parentDraftId FROM turn WHERE id = ?", arguments: [turn.id])
            turn.siblingIds = try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM turn WHERE conversationId = ? AND parentTurnId IS ? AND parentDraftId IS ?
                        AND deletedAt IS NULL ORDER BY id
                    """, arguments: [conversationId, turn.parentTurnId, turn.parentDraftId])
            let isBranch = turn.siblingIds.contains { $0 > branch.newestTurnId && $0 != turn.id }
            return SaidWords(turn: turn, isBranch: isBranch)
        }
    }

    /// Takes words that were not sent out of the conversation. The first words of a conversation stay, because without
    /// them nothing of it would be left.
    /// - Parameter turn: a turn of the user without an answer.
    /// - Returns: false if the words have stayed.
    /// - Throws: `StoreError.missingTurn`.
    public func withdraw(turn id: Int64) throws -> Bool {
        let time = now()
        return try write { db in
            let conversationId = try requireTurn(id, db)
            let hasOthers = try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM turn
                        WHERE conversationId = ? AND id <> ? AND role = 'user' AND deletedAt IS NULL)
                    """, arguments: [conversationId, id])
            guard hasOthers == true else { return false }
            try trash(turnsFrom: id, time, db)
            return true
        }
    }

    /// The words that were withdrawn last, if nothing was said in the conversation since.
    /// - Parameter last: the turn that they followed; `nil` at the beginning.
    public func withdrawnWords(after last: Int64?, in conversationId: Int64) throws -> String? {
        try read { db in
            try String.fetchOne(
                db,
                sql: """
                    SELECT text FROM turn WHERE id = (SELECT max(id) FROM turn WHERE conversationId = ?)
                        AND role = 'user' AND deletedAt IS NOT NULL AND parentTurnId IS ?
                        AND (SELECT deletedAt FROM conversation WHERE id = conversationId) IS NULL
                    """, arguments: [conversationId, last])
        }
    }

    /// What turns without drafts say, by their ids.
    public func words(ofTurns ids: [Int64]) throws -> [Int64: String] {
        try read { db in
            var texts: [Int64: String] = [:]
            for part in Rows.parts(ids) {
                let rows = try Row.fetchCursor(
                    db, sql: "SELECT id, text FROM turn WHERE id IN (\(Rows.places(part)))",
                    arguments: StatementArguments(part))
                while let row = try rows.next() { texts[row[0]] = row[1] }
            }
            return texts
        }
    }
}
