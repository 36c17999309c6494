// Conversations, turns and their drafts in the trash, and after a crash.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct ConversationTrashTests {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        let clock = SteppingClock()
        store = try DraftStore.open(path: folder.store, now: { clock.now() })
    }

    /// A conversation of three exchanges, and the ids of its turns.
    private func fill(_ title: String = "Talk") throws -> (Conversation, [Turn]) {
        let conversation = try store.beginConversation(.example(title))
        for (words, answer) in [("Hi", "One"), ("And?", "Two"), ("Then?", "Three")] {
            try store.say(words, answer, in: conversation)
        }
        return (conversation, try store.openTurns(of: conversation.id))
    }

    private func count(_ table: String) throws -> Int {
        Int(try store.value("SELECT count(*) FROM \(table)") ?? "") ?? -1
    }

    @Test func `a conversation goes to the trash with its drafts, and comes back with those it took along`() throws {
        let (conversation, turns) = try fill()
        let (other, _) = try fill("Other")
        let edited = try store.edit(turn: turns[1].id, text: "Uno")
        try store.trash(draftIds: [edited.drafts[1].id])
        #expect(try store.trashConversations([conversation.id, conversation.id]) == [conversation.id])
        #expect(try store.conversations(limit: 9).map(\.id) == [other.id])
        #expect(try store.conversations(limit: 9, query: "hi", inTrash: true).map(\.id) == [conversation.id])
        #expect(try store.conversations(limit: 9, query: "three", inTrash: true).map(\.id) == [conversation.id])
        #expect(try store.conversations(limit: 9, query: "three").map(\.id) == [other.id])
        #expect(try store.found("three").count == 1)
        #expect(try store.newestConversation()?.id == other.id)
        #expect(try store.open(conversation) == "Hi One And? Two Then? Three")
        try store.restoreConversations([conversation.id])
        #expect(try store.conversations(limit: 9).count == 2)
        #expect(try store.found("three").count == 2)
        #expect(try store.found("", in: HistoryQuery(inTrash: true)) == ["Uno"])
        #expect(throws: StoreError.missingConversation(id: 99)) { try store.trashConversations([99]) }
    }

    @Test func `a draft that comes back opens what followed it`() throws {
        let (conversation, turns) = try fill()
        let draft = try #require(turns[1].activeDraftId)
        try store.trash(draftIds: [draft])
        #expect(try store.openTurns(of: conversation.id).count == 2)
        try store.restore(draftIds: [draft])
        #expect(try store.open(conversation) == "Hi One And? Two Then? Three")
        // One at the side does not change what is open.
        let edited = try store.edit(turn: turns[1].id, text: "Uno")
        try store.choose(draft: draft, of: turns[1].id)
        let side = try #require(edited.drafts.last { $0.id != draft })
        try store.trash(draftIds: [side.id])
        try store.restore(draftIds: [side.id])
        #expect(try store.open(conversation) == "Hi One And? Two Then? Three")
    }

    @Test func `standing notices that were told are kept, each once`() throws {
        let (conversation, _) = try fill()
        try store.note(told: ["a", "b"], in: conversation.id)
        try store.note(told: ["b", "c"], in: conversation.id)
        #expect(try store.conversation(id: conversation.id).settings.toldNotices == ["a", "b", "c"])
        #expect(throws: StoreError.missingConversation(id: 99)) { try store.note(told: ["a"], in: 99) }
    }

    @Test func `emptying the trash removes a conversation with all that belongs to it, and nothing else`() throws {
        let (conversation, turns) = try fill()
        let (other, _) = try fill("Other")
        try store.keep("plain")
        try store.answer(turns[1], "Uno", "Due")
        try store.trashConversations([conversation.id])
        #expect(try store.emptyTrash() == 5)
        #expect(throws: StoreError.missingConversation(id: conversation.id)) {
            try store.openTurns(of: conversation.id)
        }
        #expect(try store.open(other) == "Hi One And? Two Then? Three")
        #expect(try count("turn") == 6 && count("generation") == 4 && count("draft") == 4)
        #expect(try count("turnSearch_docsize") == 7)
        #expect(try store.conversations(limit: 9, query: "hi").map(\.id) == [other.id])
        #expect(try store.checkIntegrity().isEmpty)
    }

    @Test func `a turn goes to the trash with all that follows it, and the one before it is the head`() throws {
        let (conversation, turns) = try fill()
        try store.trashTurns(from: turns[2].id)
        #expect(try store.open(conversation) == "Hi One")
        #expect(try store.allTurns(of: conversation.id).count == 2)
        #expect(try store.found("three").isEmpty && store.conversations(limit: 9, query: "then").isEmpty)
        #expect(try store.conversations(limit: 9).map(\.turnCount) == [2])
        try store.restoreTurns(from: turns[2].id)
        #expect(try store.open(conversation) == "Hi One And? Two Then? Three")
        #expect(try store.found("three") == ["Three"])

        try store.trashTurns(from: turns[4].id)
        try store.trashTurns(from: turns[2].id)
        try store.restoreTurns(from: turns[2].id)
        #expect(try store.open(conversation) == "Hi One And? Two", "what was in the trash before stays there")
        try store.trashTurns(from: turns[2].id)
        try store.restoreTurns(from: turns[4].id)
        #expect(try store.open(conversation) == "Hi One And? Two Then? Three", "turns before it come back too")

        try store.trashTurns(from: turns[2].id)
        #expect(try store.emptyTrash() == 2)
        #expect(try store.open(conversation) == "Hi One")
        #expect(try count("turn") == 2 && count("turnSearch_docsize") == 3)
        #expect(throws: StoreError.missingTurn(id: turns[2].id)) { try store.restoreTurns(from: turns[2].id) }
        #expect(try store.checkIntegrity().isEmpty)
    }

    @Test func `the draft that was read before trashed turns counts afterwards`() throws {
        let (conversation, turns) = try fill()
        try store.answer(turns[1], "Uno")
        try store.choose(draft: turns[1].drafts[0].id, of: turns[1].id)
        #expect(try store.open(conversation) == "Hi One And? Two Then? Three")
        try store.execute("UPDATE turn SET activeDraftId = (SELECT max(id) FROM draft) WHERE id = \(turns[1].id)")
        try store.trashTurns(from: turns[2].id)
        #expect(try store.open(conversation) == "Hi One")
    }

    @Test func `if the first turn goes, its sibling is open`() throws {
        let (conversation, turns) = try fill()
        _ = try store.edit(turn: turns[0].id, text: "Hello")
        try store.trashTurns(from: turns[0].id)
        #expect(try store.open(conversation) == "Hello")
        let rest = try store.openTurns(of: conversation.id)
        try store.trashTurns(from: rest[0].id)
        #expect(try store.openTurns(of: conversation.id).isEmpty)
        try store.say("Again", "Four", in: conversation)
        #expect(try store.open(conversation) == "Again Four")
    }

    @Test func `a trashed draft is not active, and what follows it is not open`() throws {
        let (conversation, turns) = try fill()
        try store.answer(turns[1], "Uno")
        try store.answer(turns[1], "Eins")
        let drafts = try store.turn(1, of: conversation).drafts
        try store.choose(draft: drafts[1].id, of: turns[1].id)
        try store.trash(draftIds: [drafts[1].id])
        #expect(try store.open(conversation) == "Hi Eins")
        #expect(try store.turn(1, of: conversation).drafts.map(\.text) == ["One", "Eins"])
        try store.choose(draft: drafts[0].id, of: turns[1].id)
        try store.trash(draftIds: [drafts[0].id])
        #expect(try store.open(conversation) == "Hi Eins")
        try store.restore(draftIds: [drafts[0].id])
        #expect(try store.open(conversation) == "Hi One And? Two Then? Three", "as it was before")

        try store.trash(draftIds: [drafts[0].id, drafts[2].id])
        #expect(try store.open(conversation) == "Hi ")
        #expect(try store.openTurns(of: conversation.id).last?.id == turns[1].id, "the turn stays open")
        try store.restore(draftIds: [drafts[2].id])
        #expect(try store.open(conversation) == "Hi Eins")
    }

    @Test func `turns after a draft that was removed for good can still be opened`() throws {
        let (conversation, turns) = try fill()
        try store.answer(turns[1], "Uno")
        try store.trash(draftIds: [turns[1].drafts[0].id])
        try store.emptyTrash()
        #expect(try store.open(conversation) == "Hi Uno")
        try store.choose(turn: turns[2].id)
        #expect(try store.open(conversation) == "Hi Uno And? Two Then? Three")
        #expect(try store.checkIntegrity().isEmpty)
    }

    @Test func `a draft that leaves the trash brings its turn and conversation back`() throws {
        let (conversation, turns) = try fill()
        try store.trashConversations([conversation.id])
        let drafts = turns.flatMap(\.drafts).map(\.id)
        #expect(try store.restore(draftIds: drafts) == drafts)
        #expect(try store.conversations(limit: 9).map(\.id) == [conversation.id])
        try store.trashTurns(from: turns[2].id)
        try store.restore(draftIds: [drafts[1]])
        try store.emptyTrash()
        #expect(try store.allTurns(of: conversation.id).map(\.text) == ["Hi", "One", "And?", "Two"])
    }

    @Test func `what is said in a trashed conversation brings it back`() throws {
        let (conversation, turns) = try fill()
        try store.trashTurns(from: turns[2].id)
        try store.trashConversations([conversation.id])
        _ = try store.addExchange("Still here?", after: turns[3], in: conversation.id)
        #expect(try store.conversations(limit: 9).map(\.id) == [conversation.id])
        #expect(try store.open(conversation) == "Hi One And? Two Still here? ")
    }

    @Test func `a conversation that is being written stays in the trash until it is finished`() throws {
        let (conversation, _) = try fill()
        let answer = try store.say("More", in: conversation).answer
        var running = try store.answer(answer, "So far", status: nil)
        try store.trashConversations([conversation.id])
        #expect(try store.emptyTrash() == 0)
        running.drafts[0].text = "So far so good"
        try store.finishGeneration(running.ended())
        #expect(try store.open(conversation) == "Hi One And? Two Then? Three More So far so good")
        #expect(try store.emptyTrash() == 4)
        #expect(try count("turn") == 0 && count("draft") == 0)
    }

    @Test func `an answer that a crash cut off is interrupted, and its turn is still open`() throws {
        let path = folder.path + "/crashed.db"
        let crashed = try DraftStore.open(path: path)
        let conversation = try crashed.beginConversation(.example())
        let pair = try crashed.addExchange("Hi", after: nil, in: conversation.id)
        try crashed.answer(pair.answer, "So far", to: "Hi", status: nil)
        try crashed.close()
        let again = try DraftStore.open(path: path)
        #expect(again.recovery.interruptedGenerations.count == 1)
        #expect(try again.open(conversation) == "Hi So far")
        let turn = try again.turn(1, of: conversation)
        #expect(turn.activeDraft?.finishReason == .interrupted)
        #expect(try again.conversations(limit: 9, query: "far").map(\.preview) == ["So far"])
        try again.answer(turn, "So good")
        #expect(try again.open(conversation) == "Hi So good")
    }

    @Test func `the best of several candidates is active once it is chosen`() throws {
        let conversation = try store.beginConversation(.example())
        let answer = try store.addExchange("Hi", after: nil, in: conversation.id).answer
        var running = try store.answer(answer, "bad", "good", status: nil)
        #expect(try store.open(conversation) == "Hi bad")
        running.drafts[0].isCandidate = true
        try store.finishGeneration(running.ended())
        let turn = try store.turn(1, of: conversation)
        #expect(turn.text == "good" && turn.drafts.map(\.text) == ["good"])
        try store.choose(draft: running.drafts[0].id, of: answer.id)
        #expect(try store.turn(1, of: conversation).drafts.map(\.text) == ["bad", "good"])
        try store.leaveOut(draftIds: [running.drafts[0].id])
        #expect(try store.open(conversation) == "Hi good")
    }
}
