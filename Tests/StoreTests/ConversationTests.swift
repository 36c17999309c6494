// Conversations: a tree of turns over generations and drafts, of which one way is open.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct ConversationTests {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        let clock = SteppingClock()
        store = try DraftStore.open(path: folder.store, now: { clock.now() })
    }

    @Test func `a conversation is kept with its persona, fields, model and settings`() throws {
        var new = Conversation.example("Lamps", greeting: "Hello")
        new.settings = ConversationSettings(variantCount: 3, contextRule: .summarize)
        new.settings.sampling.temperature = 0.25
        new.settings.limits.words = 40
        let begun = try store.beginConversation(new)
        var kept = try store.conversation(id: begun.id)
        #expect(kept == begun)
        #expect(kept.uuid.count == 36 && kept.createdAt > 0 && kept.headTurnId == nil)
        (new.id, new.uuid, new.createdAt, new.updatedAt) = (kept.id, kept.uuid, kept.createdAt, kept.updatedAt)
        #expect(kept == new)

        kept.title = "Lights"
        kept.model = "large"
        kept.fields = [:]
        kept.persona.system = nil
        try store.update(kept)
        #expect(try store.conversation(id: kept.id) == kept)
        #expect(throws: StoreError.missingConversation(id: 99)) { try store.conversation(id: 99) }
        kept.id = 99
        #expect(throws: StoreError.missingConversation(id: 99)) { try store.update(kept) }
    }

    @Test func `a conversation is found by its id, and by the beginning of its uuid if no other has it`() throws {
        let ids = try (1...2).map { _ in try store.beginConversation(.example()).id }
        try store.execute("UPDATE conversation SET uuid = 'abc1' || substr(uuid, 5) WHERE id = \(ids[0])")
        try store.execute("UPDATE conversation SET uuid = 'abc2' || substr(uuid, 5) WHERE id = \(ids[1])")
        #expect(try store.conversationId(named: "\(ids[0])") == ids[0])
        #expect(try store.conversationId(named: "ABC2") == ids[1])
        #expect(throws: StoreError.severalConversations(name: "abc", count: 2)) {
            try store.conversationId(named: "abc")
        }
        for name in ["", "abc3", "%", "99999999999999999999", "é"] {
            #expect(try store.conversationId(named: name) == nil, "\(name)")
        }
    }

    @Test func `a wrong id finds no conversation whose uuid begins with its digits`() throws {
        let id = try store.beginConversation(.example()).id
        try store.execute("UPDATE conversation SET uuid = '90417263' || substr(uuid, 9) WHERE id = \(id)")
        for name in ["9", "90", "9041726"] { #expect(try store.conversationId(named: name) == nil, "\(name)") }
        #expect(try store.conversationId(named: "90417263") == id)
        #expect(try store.conversationId(named: "90417263-") == id)
    }

    @Test func `turns follow one another, and answers show the draft that counts`() throws {
        let conversation = try store.beginConversation(.example())
        _ = try store.addTurn(Turn(conversationId: conversation.id, role: .assistant, text: "Welcome"))
        let (user, answer) = try store.say("Sell my lamp, please", "One", in: conversation)
        #expect(answer.parentTurnId == user.id && answer.drafts.isEmpty)
        try store.say("Shorter", "Two", in: conversation)

        let turns = try store.openTurns(of: conversation.id)
        #expect(turns.map(\.text) == ["Welcome", "Sell my lamp, please", "One", "Shorter", "Two"])
        #expect(turns.map(\.role) == [.assistant, .user, .assistant, .user, .assistant])
        #expect(turns[3].parentDraftId == turns[2].drafts[0].id)
        #expect(turns[2].activeDraft?.text == "One")
        #expect(turns.allSatisfy { $0.siblingIds == [$0.id] })
        let kept = try store.conversation(id: conversation.id)
        #expect(kept.title == "Sell my lamp, please")
        #expect(kept.headTurnId == turns[4].id)
        let generation = try #require(try store.generation(id: turns[4].drafts[0].generationId))
        #expect(generation.turnId == turns[4].id && generation.conversationId == conversation.id)
        #expect(try store.allTurns(of: conversation.id) == turns)
    }

    @Test func `another answer is a draft of the same turn, and what follows a draft opens with it`() throws {
        let conversation = try store.beginConversation(.example())
        let first = try store.say("Hi", "One", in: conversation).answer
        try store.say("And?", "Three", in: conversation)
        try store.answer(first, "Two", to: "Hi")
        #expect(try store.open(conversation) == "Hi Two")
        try store.say("So?", "Four", in: conversation)
        #expect(try store.open(conversation) == "Hi Two So? Four")
        let drafts = try store.turn(1, of: conversation).drafts
        #expect(drafts.map(\.text) == ["One", "Two"])
        try store.choose(draft: drafts[0].id, of: first.id)
        #expect(try store.open(conversation) == "Hi One And? Three")
        #expect(try store.turn(1, of: conversation).activeDraft?.text == "One")
        try store.choose(draft: drafts[1].id, of: first.id)
        #expect(try store.open(conversation) == "Hi Two So? Four")
        #expect(throws: StoreError.missingDraft(id: 99)) { try store.choose(draft: 99, of: first.id) }
        #expect(throws: StoreError.missingTurn(id: 99)) { try store.choose(draft: drafts[0].id, of: 99) }
    }

    @Test func `an edited turn of the user stands beside the one that was there`() throws {
        let conversation = try store.beginConversation(.example())
        let (user, _) = try store.say("Hi", "One", in: conversation)
        try store.say("And?", "Two", in: conversation)
        let edited = try store.edit(turn: user.id, text: "Hello")
        #expect(try store.open(conversation) == "Hello")
        #expect(edited.siblingIds == [user.id, edited.id])
        let answer = try store.addAnswer(to: edited.id)
        #expect(try store.addAnswer(to: edited.id).id == answer.id)
        try store.answer(answer, "Three")
        #expect(try store.open(conversation) == "Hello Three")
        try store.choose(turn: user.id)
        #expect(try store.open(conversation) == "Hi One And? Two")
        let later = try store.edit(turn: try store.turn(2, of: conversation).id, text: "Then?")
        #expect(try store.open(conversation) == "Hi One Then?")
        #expect(later.siblingIds.count == 2)
        let same = try store.edit(turn: later.id, text: "Then?")
        #expect(same.id == later.id && same.siblingIds.count == 2)
    }

    @Test func `an edited answer is a draft of the same model, and the first text stays`() throws {
        let conversation = try store.beginConversation(.example())
        let answer = try store.say("Hi", "One", in: conversation).answer
        try store.say("And?", "Two", in: conversation)
        let edited = try store.edit(turn: answer.id, text: "Uno")
        #expect(edited.id == answer.id && edited.text == "Uno")
        #expect(edited.drafts.map(\.text) == ["One", "Uno"])
        #expect(try store.open(conversation) == "Hi Uno")
        let generation = try #require(try store.generation(id: edited.drafts[1].generationId))
        #expect(generation.relation == .edit && generation.parentDraftId == edited.drafts[0].id)
        #expect(generation.model == ModelIdentity(name: "built-in", hash: "ab12", engine: "copydesk 0.1.0"))
        #expect(generation.fields == ["prompt": "Hi"] && generation.status == .complete)
        #expect(try store.found("uno") == ["Uno"])
        #expect(edited.drafts.map(\.isEdited) == [false, true])
        #expect(try store.versions(of: edited.drafts[1].id).map(\.origin) == [RevisionOrigin(first: .edit)])
        try store.choose(draft: edited.drafts[0].id, of: answer.id)
        #expect(try store.open(conversation) == "Hi One And? Two")
    }

    @Test func `a greeting gets a sibling, and an answer that was never written gets its first draft`() throws {
        let conversation = try store.beginConversation(.example())
        let greeting = try store.addTurn(Turn(conversationId: conversation.id, role: .assistant, text: "Welcome"))
        let other = try store.edit(turn: greeting.id, text: "Ahoy")
        #expect(other.id != greeting.id && other.drafts.isEmpty && other.siblingIds == [greeting.id, other.id])
        let answer = try store.addExchange("Hi", after: other, in: conversation.id).answer
        let written = try store.edit(turn: answer.id, text: "By hand")
        #expect(written.id == answer.id && written.drafts.map(\.text) == ["By hand"])
        let generation = try #require(try store.generation(id: written.drafts[0].generationId))
        #expect(generation.model.name == "small" && generation.fields == ["prompt": "Hi"])
        #expect(try store.open(conversation) == "Ahoy Hi By hand")
    }

    @Test func `an answer that is being written cannot be edited`() throws {
        let conversation = try store.beginConversation(.example())
        let answer = try store.addExchange("Hi", after: nil, in: conversation.id).answer
        let running = try store.answer(answer, "On", status: nil)
        #expect(try store.turn(1, of: conversation).activeDraftId == running.drafts[0].id)
        #expect(throws: StoreError.stillWriting(draftId: running.drafts[0].id)) {
            try store.edit(turn: answer.id, text: "Off")
        }
    }

    @Test func `the next words after a branch stand beside those that were there`() throws {
        let conversation = try store.beginConversation(.example())
        let answer = try store.say("Hi", "One", in: conversation).answer
        try store.say("And?", "Two", in: conversation)
        try store.branch(at: answer.id)
        #expect(try store.open(conversation) == "Hi One")
        let user = try store.say("But?", "Three", in: conversation).user
        #expect(try store.open(conversation) == "Hi One But? Three")
        #expect(try store.turn(2, of: conversation).siblingIds.count == 2)
        #expect(user.siblingIds.last == user.id)
    }

    @Test func `pins and summaries are kept`() throws {
        let conversation = try store.beginConversation(.example())
        let (user, answer) = try store.say("Hi", "One", in: conversation)
        try store.pin(turn: user.id, true)
        let draft = try store.turn(1, of: conversation).drafts[0].id
        try store.setSummary(turn: answer.id, draft: draft)
        let turns = try store.openTurns(of: conversation.id)
        #expect(turns.map(\.isPinned) == [true, false])
        #expect(turns.map(\.summaryDraftId) == [nil, draft])
        try store.setSummary(turn: answer.id, draft: nil)
        try store.pin(turn: user.id, false)
        #expect(try store.openTurns(of: conversation.id).allSatisfy { !$0.isPinned && $0.summaryDraftId == nil })
        #expect(throws: StoreError.missingTurn(id: 99)) { try store.pin(turn: 99, true) }
        #expect(throws: StoreError.missingDraft(id: 99)) { try store.setSummary(turn: answer.id, draft: 99) }
    }

    @Test func `the list is in the order of the last words, and shows the end of each open branch`() throws {
        let conversations = try (1...3).map { try store.beginConversation(.example("Talk \($0)")) }
        try store.say("Hi", "One", in: conversations[0])
        _ = try store.addExchange("Waiting", after: nil, in: conversations[2].id)
        try store.say("Again", "Two", in: conversations[0])
        let entries = try store.conversations(limit: 9)
        #expect(entries.map(\.conversation.title) == ["Talk 1", "Talk 3", "Talk 2"])
        #expect(entries.map(\.turnCount) == [4, 2, 0])
        #expect(entries.map(\.preview) == ["Two", "Waiting", ""])
        #expect(try store.newestConversation()?.id == conversations[0].id)
        let page = try store.conversations(limit: 1)
        let next = try store.conversations(
            limit: 9, before: (page[0].conversation.updatedAt, page[0].conversation.id))
        #expect(next.map(\.id) == [conversations[2].id, conversations[1].id])
    }

    @Test func `two writers add to one conversation, both turns stay, and the head is the later one`() throws {
        let other = try DraftStore.open(path: folder.store)
        let conversation = try store.beginConversation(.example())
        let answer = try store.say("Hi", "One", in: conversation).answer
        let seen = try other.openTurns(of: conversation.id)
        let mine = try store.addExchange("Mine", after: seen.last, in: conversation.id)
        let theirs = try other.addExchange("Theirs", after: seen.last, in: conversation.id)
        try store.answer(mine.answer, "To mine")
        try other.answer(theirs.answer, "To theirs")
        #expect(try store.open(conversation) == "Hi One Theirs To theirs")
        #expect(try store.turn(2, of: conversation).siblingIds == [mine.user.id, theirs.user.id])
        try store.choose(turn: mine.user.id)
        #expect(try other.open(conversation) == "Hi One Mine To mine")
        #expect(answer.id == seen.last?.id)
        #expect(throws: StoreError.missingTurn(id: 99)) {
            try store.addTurn(Turn(conversationId: conversation.id, parentTurnId: 99, role: .user, text: "Where?"))
        }
        #expect(throws: StoreError.missingConversation(id: 99)) {
            try store.addExchange("Where?", after: nil, in: 99)
        }
    }

    @Test func `what is not there is said in a sentence`() {
        #expect(StoreError.missingConversation(id: 5).description == "There is no conversation 5.")
        #expect(StoreError.missingTurn(id: 5).description == "There is no turn 5.")
        #expect(
            StoreError.severalConversations(name: "ab", count: 2).description
                == "The ids of 2 conversations begin with ab. Give more of the id.")
    }
}
