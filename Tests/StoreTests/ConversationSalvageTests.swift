// Conversations of damaged stores.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct ConversationSalvageTests {
    let folder: TemporaryFolder
    let target: String

    init() throws {
        folder = try TemporaryFolder()
        target = folder.path + "/saved.db"
    }

    /// A store of two conversations with branches and swipes, which is closed again.
    private func makeStore(damagedBy sql: String = "SELECT 1") throws -> [Conversation] {
        let store = try DraftStore.open(path: folder.store)
        var conversations: [Conversation] = []
        for title in ["First", "Second"] {
            let begun = try store.beginConversation(.example(title))
            let first = try store.say("Hi", "One", in: begun).answer
            try store.say("And?", "Two", in: begun)
            try store.answer(first, "Three", to: "Hi")
            try store.say("So?", "Four", in: begun)
            conversations.append(try store.conversation(id: begun.id))
        }
        try store.keep("plain")
        try store.execute("PRAGMA foreign_keys = OFF; \(sql); VACUUM")
        try store.close()
        return conversations
    }

    @Test func `conversations of an intact store are all read`() throws {
        let before = try makeStore()
        let old = try DraftStore.open(path: folder.store)
        let turns = try before.map { try old.allTurns(of: $0.id) }
        try old.close()
        let report = try DraftStore.salvage(from: folder.store, to: target)
        #expect(report.isComplete, "\(report)")
        #expect((report.conversations, report.turns, report.generations) == (2, 12, 9))
        let saved = try DraftStore.open(path: target)
        #expect(saved.recovery == RecoveryReport())
        for (conversation, turns) in zip(before, turns) {
            #expect(try saved.conversation(id: conversation.id) == conversation)
            #expect(try saved.allTurns(of: conversation.id) == turns)
            #expect(try saved.open(conversation) == "Hi Three So? Four")
        }
        #expect(try saved.conversations(limit: 9, query: "so").count == 2)
        #expect(try saved.history(limit: 9).generations.map { $0.drafts.map(\.text) } == [["plain"]])
        #expect(try saved.checkIntegrity().isEmpty)
    }

    @Test(arguments: [
        ("DELETE FROM conversation WHERE id = 1", "Hi Three So? Four", 1, 0),
        ("DELETE FROM turn WHERE id = 2", "Hi Three So? Four", 0, 1),
        ("DELETE FROM turn WHERE id = 5", "Hi One And? Two Four", 0, 1),
        ("DELETE FROM turn WHERE id = 6", "Hi Three So? Four", 0, 1),
        ("DELETE FROM turn WHERE id = 1", "Three So? Four", 0, 1),
        ("UPDATE turn SET parentTurnId = 6 WHERE id = 1", "Hi Three So? Four", 0, 0),
        ("UPDATE turn SET parentTurnId = 9 WHERE id = 5", "Hi One And? Two So? Four", 0, 0),
        ("DELETE FROM turn WHERE id IN (2, 5)", "Hi One And? Two Four", 0, 2),
    ])
    func `what is left of a conversation stays open`(
        damage: String, text: String, lostConversations: Int, lostTurns: Int
    ) throws {
        let before = try makeStore(damagedBy: damage)
        let report = try DraftStore.salvage(from: folder.store, to: target)
        #expect(report.lostConversations == lostConversations && report.lostTurns == lostTurns, "\(report)")
        // Those that are lost were not read.
        #expect(report.conversations == 2 - lostConversations && report.turns == 12 - lostTurns, "\(report)")
        let saved = try DraftStore.open(path: target)
        #expect(try saved.open(before[0]) == text)
        #expect(try saved.open(before[1]) == "Hi Three So? Four")
        #expect(try saved.conversations(limit: 9).map(\.turnCount).reduce(0, +) > 6)
        #expect(try saved.checkIntegrity().isEmpty)
    }
}
