// Summaries of older turns: the versions at a place, and the texts of greetings.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct `The versions of a summary` {
    private let folder: TemporaryFolder
    private let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        store = try DraftStore.open(path: folder.store)
    }

    /// A summary as the program writes it.
    private func summary(
        _ text: String, of conversation: Conversation, from parent: Int64? = nil,
        _ relation: SavedGeneration.Relation = .summarize
    ) throws -> Int64 {
        var new = SavedGeneration.example("Sum up.")
        (new.conversationId, new.parentDraftId, new.relation) = (conversation.id, parent, relation)
        let written = try store.beginGeneration(new).writing(text)
        try store.saveText(written.drafts)
        try store.finishGeneration(written.ended(.complete))
        return try #require(written.drafts.first?.id)
    }

    @Test func `are those that were written once more at its place, and not the summary that it goes on from`() throws {
        let conversation = try store.beginConversation(.example())
        let first = try summary("Of two turns.", of: conversation)
        let second = try summary("Of four turns.", of: conversation, from: first)
        let again = try summary("Of four turns again.", of: conversation, from: second, .regenerate)
        let other = try summary("Of four turns, briefly.", of: conversation, from: again, .regenerate)
        for id in [second, again, other] {
            #expect(try store.summaryVersions(of: id).map(\.id) == [second, again, other])
        }
        #expect(try store.summaryVersions(of: first).map(\.id) == [first])
        try store.trash(draftIds: [again])
        #expect(try store.summaryVersions(of: other).map(\.id) == [second, other])
        #expect(try store.summaryVersions(of: 999).isEmpty)
    }

    @Test func `stay with the copy of a conversation, each copy with its own`() throws {
        let conversation = try store.beginConversation(.example())
        let pair = try store.say("Hello", "Hi", in: conversation)
        let draft = try summary("Nobody spoke.", of: conversation)
        try store.setSummary(turn: pair.user.id, draft: draft)
        _ = try summary("Nobody spoke yet.", of: conversation, from: draft, .regenerate)
        let copy = try store.branch(at: pair.answer.id, copyAs: "Copy")
        let copied = try #require(try store.turn(0, of: copy).summaryDraftId)
        #expect(copied != draft)
        #expect(try store.summaryVersions(of: copied).map(\.text) == ["Nobody spoke."])
    }

    @Test func `greetings have their texts by their ids`() throws {
        let conversation = try store.beginConversation(.example(greeting: "Hello"))
        let ids = try ["Hello", "Good day"].map {
            try store.addTurn(Turn(conversationId: conversation.id, role: .assistant, text: $0)).id
        }
        #expect(try store.turn(0, of: conversation).siblingIds == ids)
        #expect(try store.texts(ofTurns: ids + [99]) == [ids[0]: "Hello", ids[1]: "Good day"])
    }
}
