// Words in a conversation that others go on with at the same time, and words that were not sent.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct `Words in a conversation` {
    let folder: TemporaryFolder
    let store: DraftStore
    let conversation: Conversation

    init() throws {
        folder = try TemporaryFolder()
        let clock = SteppingClock()
        store = try DraftStore.open(path: folder.store, now: { clock.now() })
        conversation = try store.beginConversation(.example())
    }

    private func texts(_ branch: ReadBranch) -> String { branch.turns.map(\.text).joined(separator: " ") }

    /// Words and their answer behind a branch, as a chat writes them.
    private func exchange(
        _ words: String, _ answer: String, after branch: ReadBranch, in store: DraftStore
    ) throws -> (said: SaidWords, branch: ReadBranch) {
        let said = try store.say(words, after: branch, in: conversation.id)
        let turn = try store.addAnswer(to: said.turn.id)
        try store.answer(turn, answer, to: words)
        return (said, try store.branch(of: conversation.id, endingAt: turn.id))
    }

    @Test func `two chats go on from what they have shown, and the later one is told that it begins a branch`() throws {
        let other = try DraftStore.open(path: folder.store)
        try store.say("Hi", "One", in: conversation)
        let mine = try store.branch(of: conversation.id)
        let theirs = try other.branch(of: conversation.id)
        let first = try exchange("P1", "A1", after: mine, in: store)
        #expect(!first.said.isBranch)
        let second = try exchange("Q1", "B1", after: theirs, in: other)
        #expect(second.said.isBranch && second.said.turn.siblingIds.count == 2)
        // The other one's branch is open now, and what I say follows my answer all the same.
        let third = try exchange("P2", "A2", after: first.branch, in: store)
        #expect(!third.said.isBranch)
        #expect(texts(third.branch) == "Hi One P1 A1 P2 A2")
        let fourth = try exchange("Q2", "B2", after: second.branch, in: other)
        #expect(!fourth.said.isBranch && texts(fourth.branch) == "Hi One Q1 B1 Q2 B2")
        #expect(try store.open(conversation) == "Hi One Q1 B1 Q2 B2")
        let end = third.branch.turns.last?.id
        #expect(texts(try store.branch(of: conversation.id, endingAt: end)) == "Hi One P1 A1 P2 A2")
    }

    @Test func `the newest words stay open, although an older turn is answered after them`() throws {
        try store.say("Hi", "One", in: conversation)
        let shown = try store.branch(of: conversation.id)
        let mine = try store.say("P1", after: shown, in: conversation.id)
        let early = try store.addAnswer(to: mine.turn.id)
        let theirs = try store.say("Q1", after: shown, in: conversation.id)
        let late = try store.addAnswer(to: theirs.turn.id)
        // The answers begin the other way round.
        try store.answer(late, "B1", to: "Q1")
        try store.answer(early, "A1", to: "P1")
        #expect(try store.open(conversation) == "Hi One Q1 B1")
        // Another answer to an older turn is asked for there, so it opens.
        try store.answer(early, "A2", to: "P1")
        #expect(try store.open(conversation) == "Hi One P1 A2")
    }

    @Test func `words follow the draft that was shown, although another one was chosen meanwhile`() throws {
        let answer = try store.say("Hi", "One", in: conversation).answer
        try store.answer(answer, "Two", to: "Hi")
        let shown = try store.branch(of: conversation.id)
        #expect(texts(shown) == "Hi Two")
        let first = try #require(shown.turns[1].drafts.first)
        try store.choose(draft: first.id, of: answer.id)
        let said = try store.say("And?", after: shown, in: conversation.id)
        #expect(texts(try store.branch(of: conversation.id, endingAt: said.turn.id)) == "Hi Two And?")
        let end = try store.branch(of: conversation.id, endingAt: answer.id, draft: first.id)
        #expect(texts(end) == "Hi One")
    }

    @Test func `a branch is the same if what was read before is read again only in part`() throws {
        let answer = try store.say("Hi", "One", in: conversation).answer
        try store.say("And?", "Two", in: conversation)
        let known = try store.branch(of: conversation.id)
        try store.say("Then?", "Three", in: conversation)
        try store.answer(answer, "Other", to: "Hi")
        // A mark in the middle is as new as one at the end.
        try store.pin(turn: known.turns[0].id, true)
        try store.setSummary(turn: known.turns[2].id, draft: known.turns[1].drafts[0].id)
        for end in try store.allTurns(of: conversation.id).map(\.id) {
            let whole = try store.branch(of: conversation.id, endingAt: end)
            var part = try store.branch(of: conversation.id, endingAt: end, known: known.turns)
            // Drafts beside the one that is followed may be older.
            for index in part.turns.indices where whole.turns.indices.contains(index) {
                #expect(Set(part.turns[index].drafts).isSubset(of: whole.turns[index].drafts))
                part.turns[index].drafts = whole.turns[index].drafts
            }
            #expect(part == whole)
        }
    }

    @Test func `a branch that went to the trash is read as the open one`() throws {
        try store.say("Hi", "One", in: conversation)
        let later = try store.say("And?", "Two", in: conversation)
        try store.trashTurns(from: later.user.id)
        #expect(texts(try store.branch(of: conversation.id, endingAt: later.answer.id)) == "Hi One")
        #expect(texts(try store.branch(of: conversation.id, endingAt: 99)) == "Hi One")
    }

    @Test func `words that were not sent leave the conversation, and are known until something else is said`() throws {
        try store.say("Hi", "One", in: conversation)
        let branch = try store.branch(of: conversation.id)
        #expect(try store.withdrawnWords(after: branch.turns[1].id, in: conversation.id) == nil)
        for words in ["Far too long", "Too long"] {
            let said = try store.say(words, after: branch, in: conversation.id)
            #expect(try store.withdraw(turn: said.turn.id))
            #expect(try store.open(conversation) == "Hi One")
        }
        #expect(try store.withdrawnWords(after: branch.turns[1].id, in: conversation.id) == "Too long")
        #expect(try store.withdrawnWords(after: branch.turns[0].id, in: conversation.id) == nil)
        #expect(try store.conversations(limit: 9).map(\.turnCount) == [2])
        try store.say("Short", "Two", in: conversation)
        #expect(try store.withdrawnWords(after: branch.turns[1].id, in: conversation.id) == nil)
        #expect(try store.open(conversation) == "Hi One Short Two")
    }

    @Test func `the first words of a conversation stay, and words that take their place give it its title`() throws {
        let first = try store.say("Hello there", after: ReadBranch(), in: conversation.id)
        #expect(try !store.withdraw(turn: first.turn.id))
        #expect(try store.open(conversation) == "Hello there")
        _ = try store.say("Good evening", after: ReadBranch(), in: conversation.id, replacing: first.turn.id)
        #expect(try store.open(conversation) == "Good evening")
        #expect(try store.conversation(id: conversation.id).title == "Good evening")
        #expect(try store.allTurns(of: conversation.id).map(\.text) == ["Good evening"])
    }

    @Test func `a deleted answer closes what follows it, and comes back with it`() throws {
        try store.say("one", "1", in: conversation)
        try store.say("two", "2", in: conversation)
        try store.say("three", "3", in: conversation)
        let draft = try store.turn(1, of: conversation).drafts[0].id
        let followed = try store.followedDrafts(among: [draft, try store.turn(5, of: conversation).drafts[0].id])
        #expect(followed.map(\.draftId) == [draft] && followed.map(\.turnCount) == [4])
        #expect(followed.map(\.conversationId) == [conversation.id])
        try store.trash(draftIds: [draft])
        #expect(try store.open(conversation) == "one ")
        #expect(try store.conversations(limit: 9).map(\.turnCount) == [2])
        try store.restore(draftIds: [draft])
        #expect(try store.open(conversation) == "one 1 two 2 three 3")
    }

    @Test func `a deleted draft beside another one opens again if nothing was said since, and else does not`() throws {
        let answer = try store.say("one", "1", in: conversation).answer
        try store.say("two", "2", in: conversation)
        try store.answer(answer, "other", to: "one")
        let drafts = try store.turn(1, of: conversation).drafts.map(\.id)
        try store.choose(draft: drafts[0], of: answer.id)
        try store.trash(draftIds: [drafts[0]])
        #expect(try store.open(conversation) == "one other")
        try store.restore(draftIds: [drafts[0]])
        #expect(try store.open(conversation) == "one 1 two 2")

        try store.trash(draftIds: [drafts[0]])
        try store.say("then", "3", in: conversation)
        try store.restore(draftIds: [drafts[0]])
        #expect(try store.open(conversation) == "one other then 3")
    }

    @Test func `those who follow the newest words wait for all others in their conversation alone`() throws {
        let other = try DraftStore.open(path: folder.store)
        var first = store.answeringLock(.shared, of: 1)
        #expect(first != nil && store.hasAnsweringLocks)
        var second = other.answeringLock(.shared, of: 1)
        #expect(second != nil)
        #expect(other.answeringLock(.alone, of: 1) == nil)
        let elsewhere = other.answeringLock(.alone, of: 2)
        #expect(elsewhere != nil)
        (first, second) = (nil, nil)
        let alone = store.answeringLock(.alone, of: 1)
        #expect(alone != nil)
        #expect(store.answeringLock(.alone, of: 1) == nil && other.answeringLock(.shared, of: 1) == nil)
        withExtendedLifetime((alone, elsewhere, first, second)) {}
    }
}
