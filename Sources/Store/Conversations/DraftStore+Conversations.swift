// Conversations as a whole: begun, read, listed, changed.
// - Times, ids and uuids are the store's.
// - A list shows a conversation by its open branch; the number of its turns is kept with each turn.

import Foundation
import GRDB
import Generation

extension DraftStore {
    /// Keeps a new conversation, without turns.
    /// - Parameter new: id, uuid, times and head are the store's to give.
    public func beginConversation(_ new: Conversation) throws -> Conversation {
        let time = now()
        return try write { db in
            var new = new
            new.uuid = UUID().uuidString.lowercased()
            (new.createdAt, new.updatedAt) = (time, time)
            return try requireConversation(try insert(new, db), db)
        }
    }

    /// - Throws: `StoreError.missingConversation`.
    public func conversation(id: Int64) throws -> Conversation {
        try read { db in try requireConversation(id, db) }
    }

    /// The id of a conversation that is named by its id or by the beginning of its uuid.
    ///
    /// Fewer than eight digits are an id alone: a wrong id must not find a conversation whose uuid begins so.
    /// - Returns: `nil` if there is none.
    /// - Throws: `StoreError.severalConversations`.
    public func conversationId(named name: String) throws -> Int64? {
        let name = name.lowercased()
        guard !name.isEmpty, name.utf8.allSatisfy({ "0123456789abcdef-".utf8.contains($0) }) else { return nil }
        return try read { db in
            if let id = Int64(name),
                try Bool.fetchOne(db, sql: "SELECT 1 FROM conversation WHERE id = ?", arguments: [id]) != nil
            {
                return id
            }
            guard name.utf8.count >= 8 || Int64(name) == nil else { return nil }
            // "g" comes after every digit of a uuid.
            let ids = try Int64.fetchAll(
                db, sql: "SELECT id FROM conversation WHERE uuid >= ? AND uuid < ?", arguments: [name, name + "g"])
            if ids.count > 1 { throw StoreError.severalConversations(name: name, count: ids.count) }
            return ids.first
        }
    }

    /// The conversation outside the trash in which something was last said; `nil` if there is none.
    public func newestConversation() throws -> Conversation? {
        try read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT \(ConversationRows.conversationColumns) FROM conversation c WHERE c.deletedAt IS NULL
                    ORDER BY c.updatedAt DESC, c.id DESC LIMIT 1
                    """
            ).map { ConversationRows.conversation($0) }
        }
    }

    /// Keeps another title, persona, fields, model and settings; its turns stay as they are.
    /// - Throws: `StoreError.missingConversation`.
    public func update(_ conversation: Conversation) throws {
        try write { db in
            try db.execute(
                sql: """
                    UPDATE conversation SET title = ?, persona = ?, fields = ?, model = ?, settings = ? WHERE id = ?
                    """,
                arguments: [
                    Rows.kept(conversation.title), Rows.kept(JSONColumn.text(conversation.persona)),
                    Rows.kept(JSONColumn.text(conversation.fields)), Rows.kept(conversation.model),
                    JSONColumn.text(conversation.settings), conversation.id,
                ])
            if db.changesCount == 0 { throw StoreError.missingConversation(id: conversation.id) }
            try TurnIndex.update(db, title: conversation.title, of: conversation.id)
        }
    }

    /// Keeps standing notices that were told, so that no later answer tells them again.
    /// - Throws: `StoreError.missingConversation`.
    public func note(told notices: [String], in conversation: Int64) throws {
        try write { db in
            var settings = try requireConversation(conversation, db).settings
            let known = settings.toldNotices ?? []
            let new = notices.filter { !known.contains($0) }
            // A conversation that has seen many models need not know all their notices.
            settings.toldNotices = Array((known + new).suffix(50))
            try db.execute(
                sql: "UPDATE conversation SET settings = ? WHERE id = ?",
                arguments: [JSONColumn.text(settings), conversation])
        }
    }

    /// - Returns: the id of the new row.
    func insert(_ new: Conversation, _ db: Database) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO conversation (uuid, projectId, createdAt, updatedAt, title, persona, fields, model, settings)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                new.uuid, Schema.defaultProjectId, new.createdAt, new.updatedAt, Rows.kept(new.title),
                Rows.kept(JSONColumn.text(new.persona)), Rows.kept(JSONColumn.text(new.fields)), Rows.kept(new.model),
                JSONColumn.text(new.settings),
            ])
        let id = db.lastInsertedRowID
        try TurnIndex.update(db, title: new.title, of: id)
        return id
    }

    func requireConversation(_ id: Int64, _ db: Database) throws -> Conversation {
        let row = try Row.fetchOne(
            db, sql: "SELECT \(ConversationRows.conversationColumns) FROM conversation c WHERE c.id = ?",
            arguments: [id])
        guard let row else { throw StoreError.missingConversation(id: id) }
        return ConversationRows.conversation(row)
    }
}
