import Drafting
import Generation
import Store
import Synchronization
import Testing

@testable import Chat

@Suite struct `An answer` {
    private let place: TemporaryStore
    private var store: DraftStore { place.store }

    init() throws { place = try TemporaryStore() }

    /// A conversation in the store that ends with these words of the user.
    private func conversation(_ new: Conversation = .example(), _ words: String = "Hello, who are you?") throws -> (
        conversation: Conversation, user: Turn
    ) {
        let conversation = try store.beginConversation(new)
        let user = try store.addTurn(Turn(conversationId: conversation.id, role: .user, text: words))
        return (try store.conversation(id: conversation.id), user)
    }

    private func answer(
        _ conversation: Conversation, _ model: ScriptedModel, stop: StopSignal = StopSignal()
    ) throws -> ChatAnswer {
        ChatAnswer(
            try store.conversation(id: conversation.id), turns: try store.openTurns(of: conversation.id),
            generator: model, store: store, stopSignal: stop)
    }

    @Test func `is in the store before its first token, and whole at its end`() async throws {
        let (conversation, user) = try conversation()
        let model = ScriptedModel(.text("I am a model."))
        let store = store
        let events = Events()
        let outcome = try await answer(conversation, model).run(.answer(to: user.id)) { event in
            events.take(event)
            if case .answering = event {
                #expect((try? store.openTurns(of: conversation.id))?.map(\.role) == [.user, .assistant])
            }
        }
        let turns = try store.openTurns(of: conversation.id)
        #expect(turns.map(\.text) == ["Hello, who are you?", "I am a model."])
        #expect(turns.last?.drafts.count == 1 && turns.last?.activeDraft?.finishReason == .stop)
        #expect(outcome.record?.generation.turnId == turns.last?.id)
        #expect(outcome.record?.generation.fields == ["prompt": "Hello, who are you?"])
        #expect(outcome.record?.generation.systemPrompt == "Be brief.")
        #expect(model.requests.map(\.lines) == [["system: Be brief.", "user: Hello, who are you?"]])
        #expect(model.requests.first?.conversation == conversation.uuid)
        #expect(events.plan?.leftTurnIds.isEmpty == true)
        #expect(try store.conversation(id: conversation.id).title.hasPrefix("Hello"))
    }

    @Test func `tells a standing notice once in a conversation, and other notices each time`() async throws {
        let (conversation, user) = try conversation()
        let model = ScriptedModel(
            .noticed("No system text.", "Odd.", text: "One."), .noticed("No system text.", "Odd.", text: "Two."))
        let told = Mutex<[String]>([])
        for target in [ChatAnswer.Target.answer(to: user.id), .answer(to: user.id)] {
            _ = try await answer(conversation, model).run(target) { event in
                switch event {
                case .recording(.generation(.standingNotice(let text))), .recording(.generation(.notice(let text))):
                    told.withLock { $0.append(text) }
                default: break
                }
            }
        }
        #expect(told.withLock { $0 } == ["No system text.", "Odd.", "Odd."])
        #expect(try store.conversation(id: conversation.id).settings.toldNotices == ["No system text."])
    }

    @Test func `another one stands beside it, with a seed of its own`() async throws {
        let (conversation, user) = try conversation()
        let model = ScriptedModel(.text("First."), .text("Second."))
        _ = try await answer(conversation, model).run(.answer(to: user.id)) { _ in }
        let turn = try #require(try store.openTurns(of: conversation.id).last)
        _ = try await answer(conversation, model).run(.another(turn.id)) { _ in }
        let turns = try store.openTurns(of: conversation.id)
        #expect(turns.count == 2 && turns.last?.drafts.map(\.text) == ["First.", "Second."])
        #expect(turns.last?.text == "Second.")
        // The first answer is not part of its own question.
        #expect(model.requests.map(\.lines.count) == [2, 2])
        #expect(model.requests[0].seed != model.requests[1].seed)
    }

    @Test func `in the middle of the conversation, another one begins a branch`() async throws {
        let (conversation, user) = try conversation()
        let model = ScriptedModel(.text("First."), .text("Next."), .text("Other."))
        _ = try await answer(conversation, model).run(.answer(to: user.id)) { _ in }
        let middle = try #require(try store.openTurns(of: conversation.id).last)
        let more = try store.addTurn(
            Turn(
                conversationId: conversation.id, parentTurnId: middle.id, parentDraftId: middle.activeDraftId,
                role: .user, text: "And then?"))
        _ = try await answer(conversation, model).run(.answer(to: more.id)) { _ in }
        _ = try await answer(conversation, model).run(.another(middle.id)) { _ in }
        #expect(try store.openTurns(of: conversation.id).map(\.text) == ["Hello, who are you?", "Other."])
        let first = try #require(middle.activeDraftId)
        try store.choose(draft: first, of: middle.id)
        #expect(
            try store.openTurns(of: conversation.id).map(\.text)
                == ["Hello, who are you?", "First.", "And then?", "Next."])
    }

    @Test func `has several drafts at once if they are asked for`() async throws {
        var new = Conversation.example()
        new.settings.variantCount = 3
        let (conversation, user) = try conversation(new)
        _ = try await answer(conversation, ScriptedModel(.texts(["A.", "B.", "C."]))).run(.answer(to: user.id)) { _ in }
        let turn = try #require(try store.openTurns(of: conversation.id).last)
        #expect(turn.drafts.map(\.text) == ["A.", "B.", "C."] && turn.text == "A.")
    }

    @Test func `keeps what was written if it is stopped, and goes on from there as a new draft`() async throws {
        let (conversation, user) = try conversation()
        let model = ScriptedModel(.untilStopped("Once upon"), .text(" a time."))
        let stop = StopSignal()
        _ = try await answer(conversation, model, stop: stop).run(.answer(to: user.id)) { event in
            if case .recording(.generation(.text)) = event { stop.raise() }
        }
        var turn = try #require(try store.openTurns(of: conversation.id).last)
        #expect(turn.text == "Once upon" && turn.activeDraft?.finishReason == .stopped)
        let draft = try #require(turn.activeDraft)
        let outcome = try await answer(conversation, model).run(.rest(of: draft.id, in: turn.id)) { _ in }
        turn = try #require(try store.openTurns(of: conversation.id).last)
        #expect(turn.drafts.map(\.text) == ["Once upon", "Once upon a time."] && turn.text == "Once upon a time.")
        #expect(outcome.record?.generation.relation == .continue)
        #expect(outcome.record?.generation.parentDraftId == draft.id)
        #expect(model.requests.last?.lines.last == "assistant: Once upon")
        #expect(model.requests.last?.completionPrompt?.hasSuffix("Assistant: Once upon") == true)
    }

    @Test func `that fails leaves the user's words and the sentence, and can be written again`() async throws {
        let (conversation, user) = try conversation()
        let model = ScriptedModel(.failure("The model broke."), .text("Here I am."))
        let outcome = try await answer(conversation, model).run(.answer(to: user.id)) { _ in }
        #expect(outcome.record?.generation.failure == "The model broke.")
        _ = try await answer(conversation, model).run(.answer(to: user.id)) { _ in }
        let turns = try store.openTurns(of: conversation.id)
        #expect(turns.map(\.text) == ["Hello, who are you?", "Here I am."])
        #expect(model.requests.last?.lines == ["system: Be brief.", "user: Hello, who are you?"])
    }

    @Test func `is not asked for if the words do not fit, and they are kept`() async throws {
        let (conversation, user) = try conversation(.example(), words(300))
        let model = ScriptedModel(contextLength: 256)
        await #expect(throws: ContextError.self) {
            try await answer(conversation, model).run(.answer(to: user.id)) { _ in }
        }
        #expect(model.requests.isEmpty)
        #expect(try store.openTurns(of: conversation.id).map(\.text) == [words(300)])
    }

    @Test func `loses the speaker's name at its beginning, and keeps a quotation`() async throws {
        let (conversation, user) = try conversation()
        let model = ScriptedModel(.text("Assistant: Good day."), .text("\"Good day\", he said."))
        _ = try await answer(conversation, model).run(.answer(to: user.id)) { _ in }
        let turn = try #require(try store.openTurns(of: conversation.id).last)
        #expect(turn.text == "Good day." && turn.activeDraft?.details.tidied == [.label])
        _ = try await answer(conversation, model).run(.another(turn.id)) { _ in }
        #expect(try store.openTurns(of: conversation.id).last?.text == "\"Good day\", he said.")
    }

    @Test func `comes after a summary of the oldest turns, which is a draft that can be edited`() async throws {
        var (conversation, user) = try conversation(.example(rule: .summarize), words(40, "one"))
        let model = ScriptedModel(
            contextLength: 256, .text(words(40, "two")), .text(words(40, "two")), .text(words(40, "two")),
            .text("They counted."), .text("The answer."))
        for index in 0..<4 {
            let events = Events()
            _ = try await answer(conversation, model).run(.answer(to: user.id)) { events.take($0) }
            let last = try #require(try store.openTurns(of: conversation.id).last)
            guard index < 3 else {
                #expect(last.text == "The answer.")
                #expect(events.plan?.summary?.text == "They counted.")
                if case .summarizing(let count) = events.list.first {
                    #expect(count > 0)
                } else {
                    Issue.record("the summary was not told first")
                }
                break
            }
            user = try store.addTurn(
                Turn(
                    conversationId: conversation.id, parentTurnId: last.id, parentDraftId: last.activeDraftId,
                    role: .user, text: words(40, "one")))
        }
        conversation = try store.conversation(id: conversation.id)
        let asked = try #require(model.requests.last)
        #expect(asked.lines.first == "system: Be brief.\n\nSummary of the conversation so far: They counted.")
        #expect(asked.conversation == conversation.uuid)
        let summarizing = model.requests[3]
        #expect(summarizing.conversation == nil && summarizing.lines.last?.contains("User: one one") == true)
        let marked = try #require(try store.openTurns(of: conversation.id).first { $0.summaryDraftId != nil })
        let draftId = try #require(marked.summaryDraftId)
        let draft = try #require(try store.draft(id: draftId))
        #expect(try store.generation(id: draft.generationId)?.relation == .summarize)
        // The next answer uses the summary as it was edited.
        _ = try store.revise(draftId: draft.id, text: "They counted to two.", origin: .edit)
        let last = try #require(try store.openTurns(of: conversation.id).last)
        let other = ScriptedModel(contextLength: 4096)
        _ = try await answer(conversation, other).run(.another(last.id)) { _ in }
        #expect(other.requests.first?.lines.first?.hasSuffix("They counted to two.") == true)

        // Written once more, it is another version at the same place, and the one before stays.
        let again = ScriptedModel(contextLength: 256, .text("One, two."))
        let summary = ChatSummary(
            conversation, turns: try store.openTurns(of: conversation.id), generator: again, store: store,
            stopSignal: StopSignal())
        let written = try #require(try await summary.write(before: marked.id, besides: draftId) { _ in })
        #expect(again.requests.first?.lines.last == summarizing.lines.last)
        #expect(
            try store.openTurns(of: conversation.id).first { $0.id == marked.id }?.summaryDraftId == written.draftId)
        for id in [draftId, written.draftId] {
            #expect(try store.summaryVersions(of: id).map(\.text) == ["They counted to two.", "One, two."])
        }
        // One that is stopped leaves the version that is there.
        let stop = StopSignal()
        stop.raise()
        let stopped = ChatSummary(
            conversation, turns: try store.openTurns(of: conversation.id), generator: ScriptedModel(), store: store,
            stopSignal: stop)
        #expect(try await stopped.write(before: marked.id, besides: written.draftId) { _ in } == nil)
        #expect(
            try store.openTurns(of: conversation.id).first { $0.id == marked.id }?.summaryDraftId == written.draftId)
    }

    @Test func `is not given if the summary fails`() async throws {
        let (conversation, user) = try conversation(.example(rule: .summarize), words(90, "one"))
        let model = ScriptedModel(contextLength: 256, .text(words(90, "two")), .failure("It broke."))
        _ = try await answer(conversation, model).run(.answer(to: user.id)) { _ in }
        let last = try #require(try store.openTurns(of: conversation.id).last)
        let more = try store.addTurn(
            Turn(
                conversationId: conversation.id, parentTurnId: last.id, parentDraftId: last.activeDraftId,
                role: .user, text: words(60, "one")))
        let error = await #expect(throws: ChatError.self) {
            try await answer(conversation, model).run(.answer(to: more.id)) { _ in }
        }
        #expect(error?.description.contains("It broke.") == true)
        #expect(try store.openTurns(of: conversation.id).count == 3)
    }

    @Test func `of turns that do not fit into one prompt is summed up piece by piece`() async throws {
        let new = Conversation.example(rule: .summarize)
        let conversation = try store.beginConversation(new)
        var last: Turn?
        for index in 0..<60 {
            last = try store.addTurn(
                Turn(
                    conversationId: conversation.id, parentTurnId: last?.id, role: index % 2 == 0 ? .user : .assistant,
                    text: words(20, "w\(index)")))
        }
        let user = try store.addTurn(
            Turn(conversationId: conversation.id, parentTurnId: last?.id, role: .user, text: "Now?"))
        let model = ScriptedModel(contextLength: 400)
        _ = try await answer(conversation, model).run(.answer(to: user.id)) { _ in }
        let summaries = model.requests.dropLast()
        #expect(summaries.count > 2)
        #expect(summaries.allSatisfy { ScriptedModel.count($0) + $0.sampling.maxTokens <= 400 })
        #expect(
            summaries.dropFirst().allSatisfy { $0.lines.last?.contains("Summary of what came before:\nYes.") == true })
        // Every turn is either summed up or sent.
        let text = model.requests.flatMap(\.lines).joined(separator: "\n")
        for index in 0..<60 { #expect(text.contains("w\(index) ")) }
    }

    @Test func `works without a store`() async throws {
        let model = ScriptedModel(.text("Hi."))
        let answer = ChatAnswer(
            .example(), turns: [Turn(id: 1, role: .user, text: "Hello.")], generator: model, store: nil,
            stopSignal: StopSignal())
        let outcome = try await answer.run(.answer(to: 1)) { _ in }
        #expect(outcome.record?.generation.drafts.map(\.text) == ["Hi."] && outcome.turn == nil)
    }

    @Test func `to nothing is refused in a sentence`() async throws {
        let (conversation, user) = try conversation()
        let model = ScriptedModel()
        await #expect(throws: ChatError.missingTurn(99)) {
            try await answer(conversation, model).run(.answer(to: 99)) { _ in }
        }
        await #expect(throws: ChatError.missingDraft(5)) {
            try await answer(conversation, model).run(.rest(of: 5, in: user.id)) { _ in }
        }
        let greeted = try store.beginConversation(.example())
        let greeting = try store.addTurn(Turn(conversationId: greeted.id, role: .assistant, text: "Good evening."))
        await #expect(throws: ChatError.noQuestion) {
            try await answer(greeted, model).run(.another(greeting.id)) { _ in }
        }
    }

    @Test func `has a title of the model on request`() async throws {
        let turns = [Turn(id: 1, role: .user, text: "Write of tea.")]
        let title = try await ChatTitle.ask(
            .example(), turns: turns, generator: ScriptedModel(.text("A Cup of Tea.")), stopSignal: StopSignal())
        #expect(title == "A Cup of Tea")
        let nothing = try await ChatTitle.ask(
            .example(), turns: turns, generator: ScriptedModel(.text(" …")), stopSignal: StopSignal())
        #expect(nothing == nil)
    }
}
