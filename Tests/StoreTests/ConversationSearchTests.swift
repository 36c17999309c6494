// Conversations in searches and lists, and their answers among all drafts.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct ConversationSearchTests {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        let clock = SteppingClock()
        store = try DraftStore.open(path: folder.store, now: { clock.now() })
    }

    /// Three conversations, the first one about lamps in English and Chinese.
    private func fill() throws -> [Conversation] {
        let conversations = try ["Lighting", "Cooking", "Zeppelins"].map { try store.beginConversation(.example($0)) }
        try store.say("Praise my lamp 灯光", "It glows all night", in: conversations[0])
        try store.say("Shorter, with a violin", "Glows", in: conversations[0])
        try store.say("A soup recipe", "Boil an onion 🎉", in: conversations[1])
        _ = try store.addExchange("Which harbour has a crane?", after: nil, in: conversations[2].id)
        return conversations
    }

    private func found(_ query: String, in store: DraftStore? = nil, inTrash: Bool = false) throws -> [String] {
        try (store ?? self.store).conversations(limit: 9, query: query, inTrash: inTrash)
            .map { "\($0.conversation.title): \($0.preview)" }
    }

    @Test func `a conversation is found by its user's words, its answers and its title`() throws {
        _ = try fill()
        let end = "Zeppelins: Which harbour has a crane?"
        let expected = [
            "lamp": ["Lighting: Praise my lamp 灯光"], "光": ["Lighting: Praise my lamp 灯光"],
            "NIGHT": ["Lighting: It glows all night"], "glow": ["Lighting: Glows"], "soup": ["Cooking: A soup recipe"],
            "onion 🎉": ["Cooking: Boil an onion 🎉"], "🎉": ["Cooking: Boil an onion 🎉"], "harbour cra": [end],
            "zeppelin": [end], "submarine": [], "lamp onion": [], "im_start": [],
            // In a question and its answer together.
            "violin glows": ["Lighting: Glows"],
            "": [end, "Cooking: Boil an onion 🎉", "Lighting: Glows"],
            "a": [
                "Zeppelins: Which harbour has a crane?", "Cooking: Boil an onion 🎉", "Lighting: Shorter, with a violin",
            ],
        ]
        for (query, entries) in expected { #expect(try found(query) == entries, "\(query)") }
        #expect(try store.conversations(limit: 1, query: "a").map(\.conversation.title) == ["Zeppelins"])
        let first = try #require(try store.conversations(limit: 1, query: "a").first).conversation
        #expect(
            try store.conversations(limit: 1, before: (first.updatedAt, first.id), query: "a")
                .map(\.conversation.title) == ["Cooking"])
    }

    @Test func `a found conversation tells the turn that has the words, and a title none`() throws {
        let lighting = try fill()[0]
        let turns = try store.openTurns(of: lighting.id)
        for (query, text) in ["lamp": "Praise my lamp 灯光", "night": "It glows all night"] {
            let found = try store.conversations(limit: 9, query: query).first?.foundTurnId
            #expect(found != nil && found == turns.first { $0.text == text }?.id, "\(query)")
        }
        #expect(try store.conversations(limit: 9, query: "lighting").map(\.foundTurnId) == [nil])
        #expect(try store.conversations(limit: 9).allSatisfy { $0.foundTurnId == nil })
    }

    @Test func `answers can be left out of a search of drafts, whose pages go on behind a conversation`() throws {
        _ = try fill()
        for text in ["glows one", "glows two", "glows three"] { try store.keep(text) }
        var query = HistoryQuery(text: "glows")
        #expect(try store.history(HistoryPageRequest(query: query)).generations.count == 5)
        query.leavesOutAnswers = true
        let all = try store.history(HistoryPageRequest(query: query)).generations
        #expect(all.flatMap(\.drafts).map(\.text) == ["glows three", "glows two", "glows one"])
        // A conversation as old as the second one stands behind it.
        let place = HistoryCursor(createdAt: all[1].createdAt, id: -1)
        for text in ["glows", ""] {
            query.text = text
            let rest = try store.history(HistoryPageRequest(query: query, after: place)).generations
            #expect(rest.flatMap(\.drafts).map(\.text) == ["glows one"], "\(text)")
        }
    }

    @Test func `a new title and edited words are found, and the old title is not`() throws {
        var conversation = try fill()[0]
        conversation.title = "Lanterns"
        try store.update(conversation)
        #expect(try found("lantern").count == 1)
        #expect(try found("lighting").isEmpty)
        _ = try store.edit(turn: try store.turn(0, of: conversation).id, text: "Praise my chandelier")
        #expect(try found("chandelier") == ["Lanterns: Praise my chandelier"])
        #expect(try found("violin") == ["Lanterns: Shorter, with a violin"])
    }

    @Test func `the found words are in the preview of a long turn`() throws {
        let conversation = try store.beginConversation(.example("Long"))
        let text = String(repeating: "before ", count: 300) + "the Zebra " + String(repeating: "after ", count: 300)
        try store.say("Hi", text, in: conversation)
        let preview = try #require(try store.conversations(limit: 1, query: "zebra").first?.preview)
        #expect(preview.hasPrefix("…before") && preview.prefix(100).contains("the Zebra after"))
        #expect(preview.count < 500)
    }

    @Test(arguments: ["\"", "\"\"", "*", "(", "AND", "text:lamp", "{a b}: c", "'", "a\0b", "\\", "%", "+", ". , ;"])
    func `nothing a user types is a syntax error`(query: String) throws {
        _ = try fill()
        _ = try store.conversations(limit: 9, query: query)
    }

    @Test func `lists of drafts leave answers out, and searches for words, stars and tags find them`() throws {
        let conversation = try fill()[0]
        let plain = try store.keep("A plain text about night")
        let answer = try store.turn(1, of: conversation).drafts[0]
        #expect(try store.history(limit: 9).generations.map(\.id) == [plain.id])
        #expect(try store.exported(.all) == [plain.drafts[0].id])
        #expect(try store.exported(.found(HistoryQuery(includesConversations: true))).count == 4)
        #expect(try store.found("night") == ["A plain text about night", "It glows all night"])
        #expect(try store.found("praise") == ["It glows all night"])
        try store.setStarred(true, draftIds: [answer.id])
        #expect(try store.found("", in: HistoryQuery(starred: true)) == ["It glows all night"])
        try store.tag("spring", draftIds: [answer.id])
        #expect(try store.found("", in: HistoryQuery(tag: "spring")) == ["It glows all night"])
        #expect(try store.found("", in: HistoryQuery(model: "built-in")) == ["A plain text about night"])
        try store.trash(draftIds: [answer.id])
        #expect(try store.found("", in: HistoryQuery(inTrash: true)) == ["It glows all night"])
    }

    @Test func `an answer is not found by the words of earlier turns in its prompt`() throws {
        let conversation = try store.beginConversation(.example())
        let pair = try store.addExchange("Shorter", after: nil, in: conversation.id)
        try store.answer(pair.answer, "Brief", to: "Shorter", prompt: "The whole talk about a submarine. Shorter")
        #expect(try store.found("submarine").isEmpty)
        #expect(try store.found("shorter") == ["Brief"])
        let generation = try #require(try store.search(HistoryQuery(text: "brief"), limit: 1).first?.generation)
        #expect(generation.prompt == "The whole talk about a submarine. Shorter")
        #expect(generation.conversationId == conversation.id)
    }

    @Test(arguments: [
        "DROP TABLE turnSearch", "DELETE FROM turnSearch_data", "DELETE FROM turnSearch_docsize",
        "DELETE FROM turnSearch_content; DELETE FROM turnSearch_docsize",
    ])
    func `a damaged index is made anew when the store is opened`(damage: String) throws {
        _ = try fill()
        try store.execute(damage)
        try store.close()
        let again = try DraftStore.open(path: folder.store)
        #expect(try found("lamp", in: again) == ["Lighting: Praise my lamp 灯光"])
        #expect(try found("zeppelin", in: again).count == 1)
        #expect(try again.checkIntegrity().isEmpty)
    }

    @Test func `an index that is damaged while it is in use is made anew, or done without in a store for reading`()
        throws
    {
        _ = try fill()
        try store.execute("DROP TABLE turnSearch")
        let reader = try DraftStore.openReadOnly(path: folder.store)
        #expect(try found("lamp", in: reader) == ["Lighting: Praise my lamp 灯光"])
        #expect(try found("zeppelin", in: reader).count == 1)
        try reader.close()
        #expect(try found("lamp") == ["Lighting: Praise my lamp 灯光"])
        #expect(try store.value("SELECT count(*) FROM turnSearch_docsize") == "11")
    }

    @Test func `pages of drafts go by their index alone past the answers of conversations`() throws {
        _ = try fill()
        let steps = try store.read { db in
            let statement = try HistoryStatement(HistoryQuery(), order: .newestFirst, db)
            #expect(statement.sql.contains("g.conversationId IS NULL"))
            return try explained(statement, db)
        }
        #expect(steps.first?.contains("g USING COVERING INDEX generationByTime") == true, "\(steps)")
    }
}
