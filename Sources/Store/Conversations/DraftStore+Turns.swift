// The turns of a conversation: read, and added one after another.
// - A turn is added after a certain turn and draft, not after the end: if two processes add to one conversation, both
//   turns stay, and the head is the later one.
// - Whatever is added to something in the trash brings it back, because it is in use.

import GRDB
import Generation

extension DraftStore {
    /// The turns of the open branch with their drafts, the first one first.
    ///
    /// The active draft of a turn that others follow is the one that the next turn follows.
    /// - Throws: `StoreError.missingConversation`.
    public func openTurns(of conversationId: Int64) throws -> [Turn] {
        try read { db in
            let tree = try TurnTree(of: conversationId, db)
            let path = tree.path(to: tree.headTurnId)
            return try ConversationRows.turns(path, in: tree, followed: tree.followed(on: path), db)
        }
    }

    /// All turns outside the trash with their drafts, by their ids.
    /// - Throws: `StoreError.missingConversation`.
    public func allTurns(of conversationId: Int64) throws -> [Turn] {
        try read { db in
            let tree = try TurnTree(of: conversationId, db)
            return try ConversationRows.turns(tree.ids, in: tree, followed: [:], db)
        }
    }

    /// Adds a turn of the user, or one of the assistant without drafts, such as a greeting; it becomes the head.
    ///
    /// The first turn of the user gives a conversation without a title its first words.
    /// - Parameter turn: its conversation, parents, role, text and pin; without `parentDraftId` it follows the active
    ///   draft. A draft that is gone by now is taken for that one too.
    /// - Throws: `StoreError.missingConversation`, `.missingTurn` if there is no such parent in the conversation.
    public func addTurn(_ turn: Turn) throws -> Turn {
        let time = now()
        return try write { db in try self.turn(try add(turn, time, db), db) }
    }

    /// Adds a turn of the user and an empty answer after it, which becomes the head.
    /// - Parameter after: the turn that the user's follows, with the active draft that is shown.
    /// - Throws: as `addTurn`.
    public func addExchange(
        _ words: String, after: Turn?, in conversationId: Int64
    ) throws -> (user: Turn, answer: Turn) {
        let time = now()
        return try write { db in
            let user = try add(
                Turn(
                    conversationId: conversationId, parentTurnId: after?.id, parentDraftId: after?.activeDraftId,
                    role: .user, text: words), time, db)
            let answer = try add(
                Turn(conversationId: conversationId, parentTurnId: user, role: .assistant, text: ""), time, db)
            return (try self.turn(user, db), try self.turn(answer, db))
        }
    }

    /// The answer to a turn of the user, which becomes the head: an empty one if there is none yet.
    /// - Throws: `StoreError.missingTurn`.
    public func addAnswer(to userTurn: Int64) throws -> Turn {
        let time = now()
        return try write { db in
            let conversationId = try requireTurn(userTurn, db)
            try bringBack(turn: userTurn, db)
            let known = try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(id) FROM turn WHERE parentTurnId = ? AND role = 'assistant' AND deletedAt IS NULL
                    """, arguments: [userTurn])
            guard let known else {
                return try self.turn(
                    try add(
                        Turn(conversationId: conversationId, parentTurnId: userTurn, role: .assistant, text: ""), time,
                        db),
                    db)
            }
            try setHead(known, of: conversationId, time, db)
            return try self.turn(known, db)
        }
    }

    /// - Returns: the id of the new row, which is the head now.
    func add(_ turn: Turn, _ time: Double, _ db: Database) throws -> Int64 {
        let conversationId = turn.conversationId
        let title = try requireConversation(conversationId, db).title
        if let parent = turn.parentTurnId {
            guard try requireTurn(parent, db) == conversationId else { throw StoreError.missingTurn(id: parent) }
            try bringBack(turn: parent, db)
        } else {
            try bringBack(conversation: conversationId, db)
        }
        var turn = turn
        turn.parentDraftId = try draftToFollow(turn.parentDraftId, of: turn.parentTurnId, db)
        let id = try insert(turn, createdAt: time, db)
        try setHead(id, of: conversationId, time, db)
        if title.isEmpty, turn.role == .user {
            try setTitle(ConversationTitle.firstWords(of: turn.text), conversationId, db)
        }
        return id
    }

    /// Adds the row as it is; its parents are in the store.
    /// - Returns: the id of the new row.
    func insert(_ turn: Turn, createdAt: Double, _ db: Database) throws -> Int64 {
        try db.cachedStatement(
            sql: """
                INSERT INTO turn (conversationId, role, text, parentTurnId, parentDraftId, depth, pinned, createdAt)
                VALUES (?1, ?2, ?3, ?4, ?5, 1 + coalesce((SELECT depth FROM turn WHERE id = ?4), 0), ?6, ?7)
                """
        ).execute(arguments: [
            turn.conversationId, turn.role.rawValue, Rows.kept(turn.text), turn.parentTurnId, turn.parentDraftId,
            turn.isPinned, createdAt,
        ])
        let id = db.lastInsertedRowID
        try TurnIndex.insert(db, turn: id, text: turn.text)
        return id
    }

    /// The draft that a new turn follows: the one that was named if the turn before has it, or its active one.
    private func draftToFollow(_ named: Int64?, of turnId: Int64?, _ db: Database) throws -> Int64? {
        guard let turnId else { return nil }
        return try Int64.fetchOne(
            db,
            sql: """
                SELECT coalesce(
                    (SELECT d.id FROM draft d JOIN generation g ON g.id = d.generationId WHERE d.id = ? AND g.turnId = ?),
                    (SELECT activeDraftId FROM turn WHERE id = ?))
                """, arguments: [named, turnId, turnId])
    }

    func setTitle(_ title: String, _ conversationId: Int64, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE conversation SET title = ? WHERE id = ?", arguments: [Rows.kept(title), conversationId])
        try TurnIndex.update(db, title: title, of: conversationId)
    }

    func setHead(_ turnId: Int64?, of conversationId: Int64, _ time: Double, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE conversation SET headTurnId = ?, updatedAt = ? WHERE id = ?")
            .execute(arguments: [turnId, time, conversationId])
    }

    /// A turn as it is shown: with the draft that the open branch follows.
    ///
    /// Only the turns between it and the head are read, so a turn at the end of a long conversation costs little.
    func turn(_ id: Int64, _ db: Database) throws -> Turn {
        let place = try TurnPlace(of: id, in: try requireTurn(id, db), db)
        let turns = try ConversationRows.turns(
            [id], inTrashSince: place.deletedAt, followed: place.followed.map { [id: $0] } ?? [:], db
        ) { _ in place.siblings }
        guard let turn = turns.first else { throw StoreError.missingTurn(id: id) }
        return turn
    }

    /// - Returns: the id of its conversation.
    @discardableResult
    func requireTurn(_ id: Int64, _ db: Database) throws -> Int64 {
        let found = try Int64.fetchOne(db, sql: "SELECT conversationId FROM turn WHERE id = ?", arguments: [id])
        guard let found else { throw StoreError.missingTurn(id: id) }
        return found
    }
}
