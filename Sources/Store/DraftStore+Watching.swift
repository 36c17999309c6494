// Changes by others while the store is open: another process writes, or the file is moved away.

import GRDB
import Generation

extension DraftStore {
    /// A number that changes if another process has changed the store.
    ///
    /// Cheap enough to ask every second, because SQLite compares counters in shared memory.
    public func foreignChangeMark() throws -> Int {
        try mapped { try connections.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 } }
    }

    /// Checks that the opened file still is at its path, because SQLite itself would write into a deleted one.
    func checkInPlace() throws {
        guard Disk.identity(of: path) == current.identity else { throw StoreError.gone(path: path) }
    }

    /// Marks generations as interrupted if the process that wrote them has died since the store was opened.
    /// - Returns: their ids; none if the store can be read only.
    public func interruptDead() throws -> [Int64] {
        guard readOnlyReason == nil else { return [] }
        return try write { db in try Recovery.interruptDead(db, mark: mark) }
    }

    /// The turns from the first one to this one with their drafts, whether they are the open branch or not.
    /// - Returns: `nil` if the conversation does not have the turn, or it is in the trash.
    /// - Throws: `StoreError.missingConversation`.
    public func turns(of conversationId: Int64, to turn: Int64) throws -> [Turn]? {
        try read { db in
            let tree = try TurnTree(of: conversationId, db)
            guard tree.isOutsideTrash(turn) else { return nil }
            let path = tree.path(to: turn)
            return try ConversationRows.turns(path, in: tree, followed: tree.followed(on: path), db)
        }
    }
}
