// The tree of a conversation's turns, without their texts.
// - A turn has a greater id than the one it follows. A link that breaks this rule, in a damaged store, is not followed,
//   so no walk runs in a circle.
// - The newest leaf below a place is the turn with the greatest id there.

import GRDB
import Generation

struct TurnTree {
    private struct Place: Hashable {
        var parentTurnId: Int64?
        var parentDraftId: Int64?
    }

    private struct Node {
        var place: Place
        var activeDraftId: Int64?
        var isTrashed: Bool
        var isPinned: Bool
        var summaryDraftId: Int64?
    }

    let conversationId: Int64
    /// When the conversation went to the trash.
    let deletedAt: Double?
    /// The last turn of the open branch.
    let headTurnId: Int64?
    private var nodes: [Int64: Node] = [:]
    private var idsByPlace: [Place: [Int64]] = [:]

    /// - Throws: `StoreError.missingConversation`.
    init(of conversationId: Int64, _ db: Database) throws {
        guard
            let conversation = try Row.fetchOne(
                db, sql: "SELECT headTurnId, deletedAt FROM conversation WHERE id = ?", arguments: [conversationId])
        else { throw StoreError.missingConversation(id: conversationId) }
        self.conversationId = conversationId
        deletedAt = conversation[1]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, parentTurnId, parentDraftId, activeDraftId, deletedAt IS NOT NULL, pinned, summaryDraftId
                FROM turn WHERE conversationId = ? ORDER BY id
                """, arguments: [conversationId])
        var newest: Int64?
        while let row = try rows.next() {
            let id: Int64 = row[0]
            let place = Place(parentTurnId: row[1], parentDraftId: row[2])
            let isTrashed: Bool = row[4]
            nodes[id] = Node(
                place: place, activeDraftId: row[3], isTrashed: isTrashed, isPinned: row[5], summaryDraftId: row[6])
            guard !isTrashed else { continue }
            idsByPlace[place, default: []].append(id)
            newest = id
        }
        if let head: Int64 = conversation[0], let node = nodes[head], !node.isTrashed {
            headTurnId = head
        } else {
            headTurnId = newest
        }
    }

    /// The turns outside the trash, by their ids.
    var ids: [Int64] { nodes.filter { !$0.value.isTrashed }.keys.sorted() }

    /// The greatest id, of turns in the trash too; 0 if there are no turns.
    var newestId: Int64 { nodes.keys.max() ?? 0 }

    func isOutsideTrash(_ id: Int64) -> Bool { nodes[id].map { !$0.isTrashed } ?? false }

    func activeDraft(of id: Int64) -> Int64? { nodes[id]?.activeDraftId }

    /// True if a turn that was read before still has the pin and the summary that it has in the store.
    func hasMarks(of turn: Turn) -> Bool {
        guard let node = nodes[turn.id] else { return false }
        return node.isPinned == turn.isPinned && node.summaryDraftId == turn.summaryDraftId
    }

    /// The turns from the first one to this one.
    func path(to id: Int64?) -> [Int64] {
        var path: [Int64] = []
        var next = id
        while let id = next, let node = nodes[id] {
            path.append(id)
            next = node.place.parentTurnId.flatMap { $0 < id ? $0 : nil }
        }
        return path.reversed()
    }

    /// The drafts that the turns of a path follow, by the turns that own them.
    func followed(on path: [Int64]) -> [Int64: Int64] {
        var followed: [Int64: Int64] = [:]
        for (parent, child) in zip(path, path.dropFirst()) {
            if let draft = nodes[child]?.place.parentDraftId { followed[parent] = draft }
        }
        return followed
    }

    /// The turns that stand at the same place outside the trash, itself among them.
    func siblings(of id: Int64) -> [Int64] {
        guard let node = nodes[id] else { return [] }
        let siblings = idsByPlace[node.place] ?? []
        return node.isTrashed ? (siblings + [id]).sorted() : siblings
    }
}

/// The place of one turn, without the rest of the tree.
struct TurnPlace {
    /// When its conversation went to the trash.
    let deletedAt: Double?
    /// The draft of the turn that the open branch follows; `nil` if it ends at the turn or goes elsewhere.
    let followed: Int64?
    /// As `TurnTree.siblings`.
    let siblings: [Int64]

    /// - Throws: `StoreError.missingConversation`.
    init(of id: Int64, in conversationId: Int64, _ db: Database) throws {
        let conversation = try Row.fetchOne(
            db,
            sql: """
                SELECT c.deletedAt, coalesce(
                    (SELECT id FROM turn WHERE id = c.headTurnId AND conversationId = c.id AND deletedAt IS NULL),
                    (SELECT max(id) FROM turn WHERE conversationId = c.id AND deletedAt IS NULL))
                FROM conversation c WHERE c.id = ?
                """, arguments: [conversationId])
        guard let conversation else { throw StoreError.missingConversation(id: conversationId) }
        deletedAt = conversation[0]
        let head: Int64? = conversation[1]
        // Ids grow on every way, so nothing above the turn is read.
        followed = try Int64.fetchOne(
            db,
            sql: """
                WITH RECURSIVE above (id, parentTurnId, parentDraftId) AS (
                    SELECT id, parentTurnId, parentDraftId FROM turn WHERE id = ?1
                    UNION ALL
                    SELECT t.id, t.parentTurnId, t.parentDraftId FROM above CROSS JOIN turn t ON t.id = above.parentTurnId
                    WHERE t.id < above.id AND t.id > ?2)
                SELECT parentDraftId FROM above WHERE parentTurnId = ?2 AND id > ?2 AND parentDraftId IS NOT NULL
                """, arguments: [head, id])
        siblings = try Int64.fetchAll(
            db,
            sql: """
                SELECT s.id FROM turn t CROSS JOIN turn s ON s.conversationId = t.conversationId
                    AND s.parentTurnId IS t.parentTurnId AND s.parentDraftId IS t.parentDraftId
                WHERE t.id = ? AND (s.deletedAt IS NULL OR s.id = t.id) ORDER BY s.id
                """, arguments: [id])
    }
}
