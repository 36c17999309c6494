// The halves of the studio's runner that need no terminal: a form's request, a recording's events, changes of the store.

import Drafting
import Foundation
import Generation
import Store
import Studio
import Templates
import Testing

@testable import copydesk

@Suite struct `What the studio asks for, as an order` {
    private func request(_ source: StudioRequest.Source, seed: UInt64? = nil) -> StudioRequest {
        var request = StudioRequest(source: source, title: "My title", variantCount: 3, seed: seed)
        request.sampling.temperature = 1.3
        request.limits = LengthLimits(characters: 40)
        request.parentDraftId = 12
        request.relation = .regenerate
        return request
    }

    @Test func `has the form's title, options, limits and origin, and the template's prompt`() throws {
        let order = try DraftOrder(
            request(.template(name: "article-headline", fields: ["topic": "tides"])), templates: .builtIn)
        #expect(order.templateName == "article-headline" && order.title == "My title")
        #expect(order.fields["topic"] == "tides")
        #expect(order.request.variantCount == 3 && order.request.sampling.temperature == 1.3)
        #expect(order.request.limits.characters == 40)
        #expect(order.parentDraftId == 12 && order.relation == .regenerate)
        guard case .chat(let messages) = order.request.prompt else { return #expect(Bool(false), "no chat") }
        #expect(messages.last?.content.contains("tides") == true)
        #expect(!order.request.seedMustReplay)
    }

    @Test func `a chosen seed must replay, and a fresh one is short enough to type`() throws {
        let chosen = try DraftOrder(request(.freePrompt(text: "Write.", raw: false), seed: .max), templates: .builtIn)
        #expect(chosen.request.seed == .max && chosen.request.seedMustReplay)
        let fresh = try DraftOrder(request(.freePrompt(text: "Write.", raw: false)), templates: .builtIn)
        #expect(fresh.request.seed <= UInt64(UInt32.max))
    }

    @Test func `a raw free prompt is raw`() throws {
        let order = try DraftOrder(request(.freePrompt(text: "Once", raw: true)), templates: .builtIn)
        #expect(order.request.prompt == .raw("Once") && order.isRawFreePrompt)
        #expect(order.fields == ["prompt": "Once"])
    }

    @Test func `a missing field and an unknown template are refused with a sentence`() {
        #expect(throws: TemplateError.self) {
            try DraftOrder(request(.template(name: "article-headline", fields: [:])), templates: .builtIn)
        }
        #expect(throws: TemplateError.self) {
            try DraftOrder(request(.template(name: "nothing", fields: [:])), templates: .builtIn)
        }
    }
}

@Suite struct `What the studio is told of a recording` {
    private func generation(id: Int64) -> SavedGeneration {
        let drafts = [1, 2].map {
            SavedDraft(
                id: id == 0 ? 0 : id * 10 + $0, generationId: id, ordinal: Int($0), text: "", createdAt: 0, updatedAt: 0
            )
        }
        return SavedGeneration(
            id: id, uuid: id == 0 ? "" : "u", title: "t", model: ModelIdentity(name: "m", hash: "", engine: ""),
            seed: 9,
            drafts: drafts)
    }

    @Test func `the ids once they are given, and none before`() {
        #expect(
            GenerationMessage(.began(generation(id: 4)))
                == .began(generationId: 4, draftIds: [41, 42], seed: 9, uuid: "u"))
        var details = DraftDetails()
        details.attempts = 2
        #expect(
            GenerationMessage(.generation(.reasoning("Hm", variant: 1))) == .reasoning(variant: 1, piece: "Hm"))
        #expect(GenerationMessage(.generation(.restarted(variant: 1))) == .restarted(variant: 1))
        #expect(GenerationMessage(.generation(.details(details, variant: 1))) == .details(variant: 1, details))
        #expect(GenerationMessage(.generation(.chosen([2, 0]))) == .chosen([2, 0]))
        #expect(
            GenerationMessage(.began(generation(id: 0)))
                == .began(generationId: nil, draftIds: [], seed: 9, uuid: nil))
        #expect(
            GenerationMessage(.saved(generation(id: 4))) == .saved(generationId: 4, draftIds: [41, 42], uuid: "u"))
    }

    @Test func `text as it comes, and failures of saving as sentences`() {
        #expect(GenerationMessage(.generation(.text("a", variant: 1))) == .text(variant: 1, piece: "a"))
        #expect(
            GenerationMessage(.generation(.draftFinished(variant: 0, reason: .limit, tokenCount: 5)))
                == .draftFinished(variant: 0, reason: .limit, tokenCount: 5))
        #expect(
            GenerationMessage(.saveFailed(StoreError.gone(path: "/x.db")))
                == .notSaved(sentence: StoreError.gone(path: "/x.db").description))
        #expect(GenerationMessage(.generation(.started(prompt: "p", promptTokens: 1))) == nil)
        #expect(GenerationMessage(.generation(.finished(.init()))) == nil)
    }

    @Test func `progress as that of any job`() {
        var timings = GenerationTimings()
        timings.generatedTokens = 30
        timings.generatedSeconds = 2
        #expect(
            JobProgress(.generation(.promptProgress(processed: 1, total: 2)))
                == JobProgress(phase: .readingPrompt, done: 1, total: 2, unit: .tokens))
        #expect(
            JobProgress(.generation(.progress(timings)))
                == JobProgress(phase: .writing, done: 30, unit: .tokens, perSecond: 15))
        #expect(JobProgress(.generation(.text("a", variant: 1))) == nil)
    }
}

@Suite struct `A change of the store that the studio asks for` {
    private let home: Home
    private let store: DraftStore
    private let kept: SavedGeneration

    init() throws {
        home = try Home()
        store = try DraftStore.open(path: home.path("drafts.db"))
        var generation = try store.beginGeneration(
            SavedGeneration(
                title: "p", prompt: "p", model: ModelIdentity(name: "m", hash: "", engine: ""), seed: 1,
                drafts: (0..<2).map {
                    SavedDraft(id: 0, generationId: 0, ordinal: $0, text: "", createdAt: 0, updatedAt: 0)
                }))
        generation.drafts[0].text = "one"
        generation.drafts[1].text = "two"
        generation.status = .complete
        try store.finishGeneration(generation)
        kept = generation
    }

    private func trashed() throws -> [SavedGeneration] {
        try store.history(HistoryPageRequest(query: HistoryQuery(inTrash: true))).generations
    }

    @Test func `is made and answered with its number`() throws {
        let ids = kept.drafts.map(\.id)
        #expect(try store.answer(to: .star(draftId: ids[0], true), operation: 3) == .written(operation: 3))
        #expect(try store.draft(id: ids[0])?.starred == true)
        _ = try store.answer(to: .trashGeneration(id: kept.id), operation: 4)
        #expect(try trashed().flatMap { $0.drafts.map(\.text) }.sorted() == ["one", "two"])
        _ = try store.answer(to: .restore(draftIds: [ids[1]]), operation: 5)
        #expect(try store.draft(id: ids[1])?.deletedAt == nil)
        _ = try store.answer(to: .restoreGeneration(id: kept.id), operation: 6)
        #expect(try trashed().isEmpty)
        _ = try store.answer(to: .trash(draftIds: [ids[0]]), operation: 7)
        _ = try store.answer(to: .emptyTrash, operation: 8)
        #expect(try store.draft(id: ids[0]) == nil)
    }

    @Test func `copies a branch, begins with another greeting, and changes a title and a summary`() throws {
        let greeting = Turn(role: .assistant, text: "Hello")
        var conversation = try store.beginConversation(
            Conversation(title: "Lamps", persona: Persona(greetings: ["Hello", "Good day"]), model: "m"))
        var first = greeting
        first.conversationId = conversation.id
        first = try store.addTurn(first)
        let pair = try store.addExchange("A lamp?", after: first, in: conversation.id)

        guard
            case .branchCopied(4, let copy) = try store.answer(
                to: .copyBranch(at: pair.user.id, of: conversation.id, title: "Copy"), operation: 4)
        else { throw Failure("no copy") }
        #expect(try copy.title == "Copy" && store.openTurns(of: copy.id).map(\.text) == ["Hello", "A lamp?"])

        func make(_ change: ConversationChange) throws {
            #expect(
                try store.answer(to: .conversation(conversation.id, change), operation: 5) == .written(operation: 5))
        }
        try make(.retitle("Lights"))
        #expect(try store.conversation(id: conversation.id).title == "Lights")
        #expect(try store.conversation(id: conversation.id).persona == conversation.persona)
        let draft = kept.drafts[0].id
        try make(.setSummary(turn: pair.user.id, draft: draft))
        var branch = try #require(try store.branch(at: .id(conversation.id)))
        #expect(branch.summaries[pair.user.id]?.activeId == draft && branch.openings.isEmpty)
        try make(.setSummary(turn: pair.user.id, draft: nil))
        try make(.addGreeting("Good day"))
        branch = try #require(try store.branch(at: .id(conversation.id)))
        #expect(branch.turns.map(\.text) == ["Good day"] && branch.summaries.isEmpty)
        #expect(branch.openings.values.sorted() == ["Good day", "Hello"])
        try make(.chooseTurn(first.id))
        branch = try #require(try store.branch(at: .id(conversation.id)))
        #expect(branch.turns.map(\.text) == ["Hello", "A lamp?", ""])
        conversation = branch.conversation
        try make(.trash)
        #expect(try store.branch(at: .id(conversation.id)) == nil)
        #expect(try store.conversations(limit: 9, inTrash: true).map(\.id) == [conversation.id])
    }

    @Test func `lists conversations among drafts by time, page by page, and answers only with them`() throws {
        for index in 0..<3 {
            _ = try store.beginGeneration(kept)
            let conversation = try store.beginConversation(Conversation(title: "Chat \(index)", model: "m"))
            _ = try store.addExchange("A lamp number \(index)?", after: nil, in: conversation.id)
        }
        let all = try store.page(HistoryPageRequest(limit: 100))
        #expect(all.entries.compactMap(\.conversationId).count == 3 && !all.hasMore)
        #expect(all.entries.map(\.createdAt) == all.entries.map(\.createdAt).sorted(by: >))
        var paged: [HistoryEntry] = []
        var after: HistoryCursor?
        while true {
            let page = try store.page(HistoryPageRequest(after: after, limit: 2))
            paged += page.entries
            guard page.hasMore, let last = page.entries.last, paged.count < 100 else { break }
            after = HistoryCursor(createdAt: last.createdAt, id: last.id)
        }
        #expect(paged.map(\.id) == all.entries.map(\.id))
        let found = try store.page(HistoryPageRequest(query: HistoryQuery(text: "number 1")))
        #expect(found.entries.map(\.title) == ["Chat 1"])
        guard case .turn? = found.entries.first?.conversation else { throw Failure("no turn is told") }
    }

    @Test func `reads the branch that is shown while another one is open`() throws {
        let conversation = try store.beginConversation(Conversation(title: "Lamps", model: "m"))
        let first = try store.addExchange("One", after: nil, in: conversation.id)
        let mine = try store.addExchange("Two", after: first.answer, in: conversation.id)
        let place = ConversationPlace.through(mine.answer.id, conversation: conversation.id)
        #expect(try store.branch(at: place)?.isOpen == true)
        _ = try store.addExchange("Three", after: first.answer, in: conversation.id)
        let shown = try #require(try store.branch(at: place))
        #expect(!shown.isOpen && shown.turns.map(\.text) == ["One", "", "Two", ""])
        // What is added behind it is shown with it.
        _ = try store.addExchange("Four", after: mine.answer, in: conversation.id)
        let longer = try #require(try store.branch(at: place))
        #expect(longer.isOpen && longer.turns.map(\.text) == ["One", "", "Two", "", "Four", ""])
    }

    @Test func `takes a candidate, and moves candidates to the trash with their generation`() throws {
        var generation = try store.beginGeneration(kept)
        for index in generation.drafts.indices { generation.drafts[index].isCandidate = index == 1 }
        generation.status = .complete
        try store.finishGeneration(generation)
        let (chosen, leftOut) = (generation.drafts[0].id, generation.drafts[1].id)
        _ = try store.answer(to: .trashGeneration(id: generation.id), operation: 1)
        #expect(try store.draft(id: leftOut)?.deletedAt != nil && store.draft(id: chosen)?.deletedAt != nil)
        _ = try store.answer(to: .restoreGeneration(id: generation.id), operation: 2)
        #expect(try store.draft(id: leftOut)?.deletedAt == nil && store.draft(id: leftOut)?.isCandidate == true)
        #expect(try store.answer(to: .take(draftId: leftOut), operation: 3) == .written(operation: 3))
        #expect(try store.draft(id: leftOut)?.isCandidate == false)
        #expect(try store.answer(to: .leaveOut(draftId: leftOut), operation: 4) == .written(operation: 4))
        #expect(try store.draft(id: leftOut)?.isCandidate == true)
    }

    @Test func `of a draft that was changed the studio is told the model's own text`() throws {
        let ids = kept.drafts.map(\.id)
        for text in ["mine", "mine again"] { try store.revise(draftId: ids[1], text: text, origin: .edit) }
        let opened = try #require(try store.generation(id: kept.id))
        #expect(try store.writtenTexts(of: opened) == [ids[1]: "two"])
    }

    @Test func `is an edit only if the draft is as the edit found it`() throws {
        let id = kept.drafts[0].id
        func edit(_ text: String, from base: String) throws -> StudioMessage {
            try store.answer(
                to: .revision(
                    draftId: id, text: text, origin: .edit, base: EditBase(generationUUID: kept.uuid, text: base)),
                operation: 1)
        }
        #expect(try edit("mine", from: "one") == .written(operation: 1))
        #expect(try edit("late", from: "one") == .draftChanged(operation: 1, present: "mine"))
        #expect(try store.draft(id: id)?.text == "mine")
        try store.trash(draftIds: [id])
        _ = try store.emptyTrash()
        #expect(try edit("later", from: "mine") == .draftChanged(operation: 1, present: nil))
    }
}

@Suite struct `A request that a model refuses` {
    private let refusal = GeneratorRefusal(
        model: "far", missing: [.severalVariants(count: 3), .hardLimits, .option(name: "top_k")])

    @Test func `is answered on the command line with the options to change`() {
        #expect(
            Console.sentence(of: refusal)
                == "\(refusal) Leave out or change: -n, -o top_k. -m NAME chooses another model.")
        let limits = GeneratorRefusal(model: "far", missing: [.hardLimits])
        #expect(Console.sentence(of: limits) == "\(limits) -m NAME chooses another model.")
    }

    @Test func `is answered in the studio without options`() {
        #expect(StudioHints.sentence(of: refusal) == refusal.description)
    }
}
