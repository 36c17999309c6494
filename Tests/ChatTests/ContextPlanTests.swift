import Chat
import Generation
import Testing

@Suite struct `What goes to the model` {
    private func plan(
        _ conversation: Conversation, _ turns: [Turn], context: Int?, summary: ConversationSummary? = nil
    ) async throws -> ContextPlan {
        try await ContextPlanner(conversation, generator: ScriptedModel(contextLength: context))
            .plan(turns, summary: summary)
    }

    // The system text has 2 words, 5 exchanges of 20 words have 100, and the last words 2: 104, and 16 for the answer.
    @Test func `is everything if it fits exactly`() async throws {
        let plan = try await plan(.example(), way(exchanges: 5), context: 120)
        #expect(plan.leftTurnIds.isEmpty)
        #expect(plan.messages.count == 12)
        #expect(plan.ruler?.promptTokens == 104 && plan.ruler?.answerTokens == 16 && plan.ruler?.freeTokens == 0)
    }

    @Test func `loses the oldest exchanges if one token is too many`() async throws {
        let plan = try await plan(.example(), way(exchanges: 5), context: 119)
        #expect(plan.leftTurnIds == [1, 2, 3, 4])
        #expect(plan.messages.first == Message(.system, "Be brief."))
        #expect(plan.messages.dropFirst().first?.role == .user)
        #expect(plan.messages.last?.content == "now what")
        #expect(plan.leftOutCount == 4)
    }

    @Test(arguments: 84...320)
    func `fits at every length of the context`(context: Int) async throws {
        let conversation = Conversation.example()
        let turns = way(exchanges: 14, wordsEach: 9, last: words(40))
        let plan = try await plan(conversation, turns, context: context)
        let ruler = try #require(plan.ruler)
        #expect(ruler.promptTokens + ruler.answerTokens <= context)
        #expect(plan.messages.last?.content == words(40))
        // Whole exchanges, the oldest ones.
        #expect(plan.leftTurnIds == (0..<plan.leftTurnIds.count).map { Int64($0 + 1) })
        #expect(plan.leftTurnIds.count % 2 == 0)
        let isWhole = 2 + 14 * 18 + 40 + 16 <= context
        #expect(plan.leftTurnIds.isEmpty == isWhole)
    }

    @Test func `stays the same for many turns once turns have left`() async throws {
        let conversation = Conversation.example()
        var cuts: [Int] = []
        for exchanges in 1...120 {
            cuts.append(try await plan(conversation, way(exchanges: exchanges), context: 400).leftTurnIds.count)
        }
        #expect(cuts == cuts.sorted())
        // 120 exchanges have 2,400 tokens, and a quarter of the context is 100.
        #expect(Set(cuts).count <= 25)
        #expect(try #require(cuts.last) > 190)
    }

    @Test func `keeps pinned turns at their places, and leaves those around them`() async throws {
        var turns = way(exchanges: 12)
        turns[2].isPinned = true
        turns[2].text = "My name is Ada."
        let plan = try await plan(.example(), turns, context: 160)
        #expect(!plan.leftTurnIds.contains(3) && plan.leftTurnIds.contains(1) && plan.leftTurnIds.contains(4))
        #expect(plan.messages.dropFirst().first?.content == "My name is Ada.")
        #expect(plan.ruler?.pinnedTokens == 4)
    }

    @Test func `is everything if nobody knows how long the context is`() async throws {
        let plan = try await plan(.example(), way(exchanges: 500), context: nil)
        #expect(plan.leftTurnIds.isEmpty && plan.messages.count == 1002)
        #expect(plan.ruler?.contextLength == nil && plan.ruler?.freeTokens == nil)
    }

    @Test func `is everything if nobody can count`() async throws {
        let planner = ContextPlanner(.example(), contextLength: 128) { _ in nil }
        let plan = try await planner.plan(way(exchanges: 50))
        #expect(plan.leftTurnIds.isEmpty && plan.ruler == nil)
    }

    @Test func `is refused with numbers if the rule says so, and only if it does not fit`() async throws {
        let turns = way(exchanges: 5)
        #expect(try await plan(.example(rule: .refuse), turns, context: 120).leftTurnIds.isEmpty)
        let error = try #require(
            await #expect(throws: ContextError.self) { try await plan(.example(rule: .refuse), turns, context: 119) })
        #expect(
            error.description
                == "Nothing was sent: the conversation has 104 tokens and the room for the answer 16, and the model's "
                + "context is 119, and it may not leave turns out. Let it leave out or summarize its oldest turns, begin "
                + "a branch at an earlier turn, or use a model with a longer context.")
    }

    @Test func `blames the last words, and no older ones, if nothing could leave`() async throws {
        for exchanges in [0, 3] {
            let turns = way(exchanges: exchanges, last: words(111))
            let error = try #require(
                await #expect(throws: ContextError.self) {
                    try await plan(.example(rule: .refuse), turns, context: 128)
                })
            guard case .tooLong = error else {
                Issue.record("\(exchanges) exchanges: \(error)")
                continue
            }
            #expect(!error.description.contains("oldest"))
        }
    }

    @Test func `counts pinned turns that the summary takes in`() async throws {
        var turns = way(exchanges: 4)
        turns[1].isPinned = true
        let summary = ConversationSummary(beforeTurnId: 5, draftId: 9, text: "Much was said.")
        let plan = try await ContextPlanner(.example(), contextLength: 4096) {
            PromptMeasure(tokenCount: ScriptedModel.count($0), isExact: true)
        }.plan(turns, summary: summary)
        #expect(plan.summarizedCount == 3 && plan.pinnedInSummaryCount == 1)
    }

    @Test(arguments: ContextRule.allCases)
    func `is nothing if even the last words do not fit`(rule: ContextRule) async throws {
        let turns = way(exchanges: 3, last: words(111))
        // 2 and 111 words and 16 for the answer are 129.
        await #expect(throws: ContextError.self) { try await plan(.example(rule: rule), turns, context: 128) }
        if rule == .leaveOut {
            #expect(try await plan(.example(), turns, context: 129).leftTurnIds == [1, 2, 3, 4, 5, 6])
        }
        var pinned = turns
        pinned[0].isPinned = true
        let error = await #expect(throws: ContextError.self) {
            try await plan(.example(), pinned, context: 129)
        }
        #expect(error?.description.contains("Unpin a turn") == true)
    }

    @Test func `is found with few measures, also in ten thousand turns`() async throws {
        let model = ScriptedModel(contextLength: 2048)
        let plan = try await ContextPlanner(.example(), generator: model).plan(way(exchanges: 5000))
        #expect(plan.leftTurnIds.count > 9000)
        let kept = try #require(plan.ruler).promptTokens
        #expect(kept > 2048 / 2 && kept <= 2048 - 16)
        #expect(model.measureCount <= 16)
        let short = ScriptedModel(contextLength: 2048)
        _ = try await ContextPlanner(.example(), generator: short).plan(way(exchanges: 10))
        // The whole, and the whole without the system text.
        #expect(short.measureCount == 2)
    }

    @Test func `says each answer in the draft that the conversation went on from`() async throws {
        var turns = way(exchanges: 1)
        func draft(_ id: Int64, _ text: String) -> SavedDraft {
            SavedDraft(id: id, generationId: 1, ordinal: 0, text: text, createdAt: 0, updatedAt: 0)
        }
        turns[1].drafts = [draft(7, "The old one."), draft(8, "The new one.")]
        turns[1].activeDraftId = 8
        turns[1].text = "The new one."
        turns[2].parentDraftId = 7
        let plan = try await plan(.example(), turns, context: 400)
        #expect(plan.messages[2] == Message(.assistant, "The old one."))
    }

    @Test func `has no empty answer of an attempt that failed`() async throws {
        var turns = way(exchanges: 1)
        turns[1].text = " \n"
        #expect(try await plan(.example(), turns, context: 400).messages.map(\.role) == [.system, .user, .user])
    }

    @Test func `has the summary in place of the turns that it takes in`() async throws {
        let summary = ConversationSummary(beforeTurnId: 5, draftId: 9, text: "They greeted.")
        var turns = way(exchanges: 4)
        turns[1].isPinned = true
        let plan = try await plan(.example(), turns, context: 400, summary: summary)
        #expect(plan.systemText == "Be brief.\n\nSummary of the conversation so far: They greeted.")
        #expect(plan.leftTurnIds == [1, 3, 4] && plan.leftOutCount == 0 && plan.summarizedCount == 3)
        #expect(plan.ruler?.summaryTokens == 8 && plan.ruler?.systemTokens == 2)
        // On another branch it means nothing.
        let other = ConversationSummary(beforeTurnId: 77, draftId: 9, text: "They greeted.")
        #expect(try await self.plan(.example(), turns, context: 400, summary: other).leftTurnIds.isEmpty)
    }

    @Test func `asks for a summary of the oldest turns if the rule says so`() async throws {
        let turns = way(exchanges: 20)
        let plan = try await plan(.example(rule: .summarize), turns, context: 300)
        #expect(!plan.turnsToSummarize.isEmpty && plan.turnsToSummarize.count % 2 == 0)
        #expect(plan.turnsToSummarize.map(\.id) == plan.leftTurnIds)
        #expect(plan.summaryPlace == Int64(plan.leftTurnIds.count + 1))
        // The room of a summary stays free.
        #expect(try #require(plan.ruler).promptTokens + 16 + 37 <= 300)
        #expect(try await self.plan(.example(rule: .summarize), turns, context: 500).turnsToSummarize.isEmpty)
    }

    @Test func `numbers every part, and the parts are the whole`() async throws {
        var conversation = Conversation.example()
        conversation.persona.examples = [Message(.user, "one two three"), Message(.assistant, "four")]
        var turns = way(exchanges: 2)
        turns[0].isPinned = true
        let summary = ConversationSummary(beforeTurnId: 3, draftId: 1, text: "So it was.")
        let ruler = try #require(
            try await plan(conversation, turns, context: 500, summary: summary).ruler)
        #expect(
            ruler
                == ContextRuler(
                    systemTokens: 2, exampleTokens: 4, pinnedTokens: 10, summaryTokens: 9, turnTokens: 22,
                    answerTokens: 16, contextLength: 500, isExact: true))
        #expect(ruler.promptTokens == 47 && ruler.freeTokens == 437)
    }

    @Test func `leaves the examples before it gives up`() async throws {
        var conversation = Conversation.example()
        conversation.persona.examples = [Message(.user, words(60)), Message(.assistant, words(20))]
        let plan = try await plan(conversation, way(exchanges: 2, last: words(60)), context: 128)
        #expect(plan.messages.count == 6 && plan.leftTurnIds.isEmpty)
        #expect(!plan.messages.contains(where: \.isExample) && plan.ruler?.exampleTokens == 0)
    }

    @Test(arguments: [
        (256, 4096, 256), (256, 512, 128), (2000, 4096, 1024), (256, 200, 64), (256, 100, 50), (10, 4096, 10),
        (0, 0, 1),
    ])
    func `keeps room for the answer`(maxTokens: Int, context: Int, room: Int) {
        #expect(AnswerRoom.tokens(maxTokens: maxTokens, contextLength: context) == room)
    }
}
