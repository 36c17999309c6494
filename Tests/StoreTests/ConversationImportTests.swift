// Conversations that come whole: from elsewhere, as copies, through backups; and damaged values in their rows.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct ConversationImportTests {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        let clock = SteppingClock()
        store = try DraftStore.open(path: folder.store, now: { clock.now() })
    }

    private static let turns = [
        NewTurn(role: .assistant, texts: ["Welcome"]),
        NewTurn(parent: 0, role: .user, texts: ["Hi"], createdAt: 100, isPinned: true),
        NewTurn(
            parent: 1, role: .assistant, texts: ["One", "Two", "Three"], choice: 1, createdAt: 110, model: "gpt-4o"),
        NewTurn(parent: 2, parentChoice: 0, role: .user, texts: ["To one"]),
        NewTurn(parent: 2, role: .user, texts: ["To two"]),
        NewTurn(parent: 4, role: .assistant, texts: ["Four"], model: "gpt-4o"),
        NewTurn(parent: 0, role: .user, texts: ["Hello"]),
    ]

    @Test func `an imported conversation has its turns, swipes, branches, models and times`() throws {
        var new = Conversation.example("From elsewhere")
        new.uuid = "5A0E6C9E-0000-4000-8000-000000000001"
        (new.createdAt, new.updatedAt) = (90, 120)
        let added = try store.add(imported: new, turns: ConversationImportTests.turns, head: 5)
        #expect(added.uuid == new.uuid.lowercased() && added.title == "From elsewhere")
        #expect((added.createdAt, added.updatedAt) == (90, 120))
        #expect(try store.open(added) == "Welcome Hi Two To two Four")
        let turns = try store.openTurns(of: added.id)
        #expect(turns[0].drafts.isEmpty)
        #expect(turns[1].isPinned && turns[1].createdAt == 100 && turns[1].siblingIds.count == 2)
        #expect(turns[2].drafts.map(\.text) == ["One", "Two", "Three"])
        let generation = try #require(try store.generation(id: turns[2].drafts[0].generationId))
        #expect(generation.model.name == "gpt-4o" && generation.status == .complete && generation.createdAt == 110)
        #expect(generation.fields == ["prompt": "Hi"])
        try store.choose(draft: turns[2].drafts[0].id, of: turns[2].id)
        #expect(try store.open(added) == "Welcome Hi One To one")
        #expect(try store.found("three") == ["Three"])
        #expect(try store.conversations(limit: 9, query: "hello").map(\.id) == [added.id])
        #expect(try store.checkIntegrity().isEmpty)

        let again = try store.add(imported: new, turns: ConversationImportTests.turns)
        #expect(again.id != added.id && again.uuid != added.uuid)
        #expect(try store.open(again) == "Welcome Hello")
    }

    @Test(arguments: [1, 2, -1, 9]) func `turns that follow no earlier one are refused, and nothing is added`(
        parent: Int
    ) throws {
        let turns = [
            NewTurn(role: .user, texts: ["Hi"]), NewTurn(parent: parent, role: .user, texts: ["And?"]),
            NewTurn(role: .user, texts: []),
        ]
        #expect(throws: StoreError.misplacedTurn(index: 1)) { try store.add(imported: .example(), turns: turns) }
        #expect(try store.conversations(limit: 9).isEmpty)
        #expect(
            StoreError.misplacedTurn(index: 1).description
                == "Turn 2 of the conversation does not follow an earlier turn of it, so nothing was added.")
    }

    @Test func `odd choices, times and texts are taken for the nearest that make sense`() throws {
        var new = Conversation.example()
        (new.createdAt, new.updatedAt, new.uuid) = (.infinity, -5, "no uuid")
        let added = try store.add(
            imported: new,
            turns: [
                NewTurn(role: .user, texts: [], choice: 7, createdAt: .nan),
                NewTurn(parent: 0, role: .assistant, texts: [], choice: 3),
                NewTurn(parent: 1, parentChoice: 8, role: .user, texts: ["a\0b"], choice: -1),
                NewTurn(parent: 2, parentChoice: -8, role: .assistant, texts: ["One", "Two"], choice: .max),
            ], head: .min)
        #expect(try store.openTurns(of: added.id).map(\.text) == ["", "", "a␀b", "One"])
        #expect(added.createdAt > 0 && added.uuid.count == 36)
    }

    @Test func `a copy of a branch has the turns up to its end, and the original stays`() throws {
        let added = try store.add(imported: .example("One"), turns: ConversationImportTests.turns, head: 5)
        let turns = try store.openTurns(of: added.id)
        try store.setStarred(true, draftIds: turns[2].drafts.map(\.id))
        try store.setSummary(turn: turns[3].id, draft: turns[2].drafts[2].id)
        let copy = try store.branch(at: turns[3].id, copyAs: "Two")
        #expect(copy.title == "Two" && copy.uuid != added.uuid && copy.persona == added.persona)
        #expect(try store.open(copy) == "Welcome Hi Two To two")
        let copied = try store.openTurns(of: copy.id)
        #expect(copied[1].isPinned && copied[2].drafts.map(\.text) == ["Two"] && !copied[2].drafts[0].starred)
        #expect(copied[3].summaryDraftId.flatMap { try? store.draft(id: $0) }?.text == "Three")
        #expect(copied[3].summaryDraftId != turns[3].summaryDraftId)
        #expect(try store.conversations(limit: 9, query: "two").count == 2)
        try store.trashConversations([added.id])
        try store.emptyTrash()
        #expect(try store.open(copy) == "Welcome Hi Two To two")
        #expect(copied[3].summaryDraftId.flatMap { try? store.draft(id: $0) }?.text == "Three")
        #expect(try store.checkIntegrity().isEmpty)
        // In the middle of a branch, the draft that is shown there is copied.
        let middle = try store.branch(at: copied[2].id, copyAs: "Three")
        #expect(try store.open(middle) == "Welcome Hi Two")
    }

    @Test func `backups and restored stores have their conversations`() throws {
        let added = try store.add(imported: .example("Kept"), turns: ConversationImportTests.turns, head: 5)
        let turns = try store.allTurns(of: added.id)
        let backup = folder.path + "/backup.db"
        try store.backup(to: backup)
        try store.trashConversations([added.id])
        try store.emptyTrash()
        try store.close()
        _ = try DraftStore.restore(from: backup, to: folder.store)
        let again = try DraftStore.open(path: folder.store)
        #expect(try again.conversation(id: added.id) == added)
        #expect(try again.allTurns(of: added.id) == turns)
        #expect(try again.conversations(limit: 9, query: "hello").map(\.id) == [added.id])
    }

    @Test func `damaged and unknown values leave their defaults, and the others stay`() throws {
        var new = Conversation.example("Kept")
        new.settings = ConversationSettings(variantCount: 2, contextRule: .refuse)
        new.settings.sampling.temperature = 0.5
        let begun = try store.beginConversation(new)
        try store.execute(
            """
            UPDATE conversation SET
                settings = json_set(settings, '$.contextRule', 'from a newer version', '$.limits', 7,
                    '$.sampling.topK', 'many', '$.news', json('{}')),
                persona = json_set(persona, '$.title', 5, '$.speakers', json('{"user": "Ann", "assistant": 3}'),
                    '$.book', json('[{"keys": ["a"], "content": "b", "probability": 9}, 7]')),
                fields = '{"product":"Aurora","size":4}'
            """)
        let read = try store.conversation(id: begun.id)
        #expect(read.settings.contextRule == .leaveOut && read.settings.limits == LengthLimits())
        #expect(read.settings.variantCount == 2 && read.settings.sampling.temperature == 0.5)
        #expect(read.persona.title == "Assistant" && read.persona.system == "Answer briefly.")
        #expect(read.persona.speakers == Persona.Speakers(user: "Ann"))
        #expect(read.persona.book == [Persona.BookEntry(keys: ["a"], content: "b")])
        #expect(read.fields == ["product": "Aurora"])
        try store.execute("UPDATE conversation SET settings = 'x', persona = '[', fields = 'null'")
        let empty = try store.conversation(id: begun.id)
        #expect(empty.settings == ConversationSettings() && empty.persona == Persona() && empty.fields.isEmpty)
    }
}
