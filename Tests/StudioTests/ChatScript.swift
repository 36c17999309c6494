import Generation
import Testing

@testable import Studio

// Conversations for the tests: personas, turns, and the store's answers.

extension StudioScript {
    static let personas: [TemplateItem] = [
        TemplateItem(
            name: "editor", title: "Editor", familyTitle: "Chat", summary: "Reads your text and says what to change.",
            variantCount: 1, isPersona: true),
        TemplateItem(
            name: "story-character", title: "Story character", familyTitle: "Chat",
            fields: [.init(name: "character", label: "Character", example: "an innkeeper", isRequired: true)],
            variantCount: 1, isPersona: true),
    ]

    static let innkeeper = Persona(
        name: "story-character", title: "Story character", system: "You are an innkeeper.",
        greetings: ["Come in, come in! What a night.", "The door is open. Mind the step."],
        speakers: .init(user: "Guest", assistant: "Innkeeper"))

    static func conversation(_ id: Int64 = 5, title: String = "The inn at night") -> Conversation {
        Conversation(
            id: id, uuid: "uuid-\(id)", createdAt: now, updatedAt: now, title: title, persona: innkeeper,
            model: "built-in")
    }

    /// A turn whose texts are drafts; the active one is the last.
    static func answer(
        _ id: Int64, after parent: Int64?, _ texts: [String], reason: FinishReason = .stop, active: Int? = nil
    ) -> Turn {
        let drafts = texts.enumerated().map { index, text in
            SavedDraft(
                id: id * 100 + Int64(index), generationId: id * 10 + Int64(index), ordinal: 0, text: text,
                finishReason: reason, tokenCount: 9, createdAt: now, updatedAt: now)
        }
        let index = active ?? max(0, texts.count - 1)
        return Turn(
            id: id, conversationId: 5, parentTurnId: parent, role: .assistant,
            text: texts.indices.contains(index) ? texts[index] : "",
            activeDraftId: drafts.indices.contains(index) ? drafts[index].id : nil, drafts: drafts, siblingIds: [id])
    }

    static func words(
        _ id: Int64, after parent: Int64?, draft: Int64? = nil, _ text: String, siblings: [Int64]? = nil
    ) -> Turn {
        Turn(
            id: id, conversationId: 5, parentTurnId: parent, parentDraftId: draft, role: .user, text: text,
            siblingIds: siblings ?? [id])
    }

    static let turns: [Turn] = [
        Turn(id: 1, conversationId: 5, role: .assistant, text: "Come in, come in! What a night.", siblingIds: [1]),
        words(2, after: 1, "Have you a room? The road is under water, and my horse is lame."),
        answer(
            3, after: 2,
            [
                "One is left, under the roof. You will hear the rain.",
                "For you, always. The horse goes to the stable, and you go to the fire.",
            ]),
    ]

    static let branch = ConversationBranch(conversation: conversation(), turns: turns)

    /// A long conversation whose first two turns are summed up, in as many versions as there are texts.
    static func summedUp(_ texts: [String], active: Int = 0) -> ConversationBranch {
        let versions = texts.enumerated().map { index, text in
            SavedDraft(
                id: 900 + Int64(index), generationId: 90 + Int64(index), ordinal: 0, text: text, finishReason: .stop,
                tokenCount: 20, createdAt: now, updatedAt: now)
        }
        var last = answer(3, after: 2, ["The horse goes to the stable."])
        last.summaryDraftId = versions[active].id
        return ConversationBranch(
            conversation: conversation(), turns: Array(turns.prefix(2)) + [last],
            summaries: [3: TurnSummary(versions: versions, activeId: versions[active].id)])
    }

    static let summaries = [
        "A guest with a lame horse comes to the inn at night and asks for a room, because the road is under water.",
        "A guest wants a room. His horse is lame.",
    ]

    /// The number of the last job of this kind.
    func job(_ isIt: (JobWork) -> Bool) -> Int {
        var number = -1
        for effect in effects {
            if case .start(let job, let work) = effect, isIt(work) { number = job }
        }
        return number
    }

    var titleJob: Int { job { if case .title = $0 { true } else { false } } }
    var summaryJob: Int { job { if case .summary = $0 { true } else { false } } }

    /// A studio that has personas and one conversation.
    static func chatting(rows: Int = 24, columns: Int = 80, ascii: Bool = false) -> StudioScript {
        var script = StudioScript(rows: rows, columns: columns, ascii: ascii, templates: templates + personas)
        script.listConversations()
        return script
    }

    mutating func listConversations() {
        let requests = effects.compactMap { effect -> ConversationsRequest? in
            if case .loadConversations(let request) = effect { request } else { nil }
        }
        guard let request = requests.last else {
            Issue.record("no conversations were asked for")
            return
        }
        let entries = [
            ConversationEntry(conversation: StudioScript.conversation(), turnCount: 3, preview: "For you, always."),
            ConversationEntry(
                conversation: StudioScript.conversation(4, title: "标题怎么写"), turnCount: 12, preview: "试试更短的。"),
        ]
        send(.conversationsListed(request, entries))
    }

    /// Opens the conversation of the store.
    mutating func openConversation(_ branch: ConversationBranch = StudioScript.branch) {
        state.templates.selectedConversation = branch.conversation.id
        press(.alt("1"), .enter)
        send(.conversationOpened(.id(branch.conversation.id), branch))
    }

    /// The number of the last answer that was asked for.
    var answerJob: Int {
        effects.reversed().lazy.compactMap { if case .start(let job, .answer) = $0 { job } else { nil } }.first ?? -1
    }

    var answerRequest: AnswerRequest? {
        effects.reversed().lazy.compactMap { if case .start(_, .answer(let request)) = $0 { request } else { nil } }
            .first
    }

    /// The store has the words that were sent, and the turn of their answer.
    mutating func beginAnswer(_ words: String, id: Int64 = 10, after parent: Int64? = 3, draft: Int64? = 301) {
        let added = [
            StudioScript.words(id, after: parent, draft: draft, words), StudioScript.answer(id + 1, after: id, []),
        ]
        send(.answer(job: answerJob, .begun(StudioScript.conversation(), added: added, answer: id + 1)))
        send(.generation(job: answerJob, .began(generationId: 70, draftIds: [700], seed: 7)))
    }

    /// The answer is written, and the store is read again.
    mutating func finishAnswer(_ text: String, words: String, reason: FinishReason = .stop) {
        send(.generation(job: answerJob, .text(variant: 0, piece: text)))
        send(.generation(job: answerJob, .draftFinished(variant: 0, reason: reason, tokenCount: 9)))
        send(.job(answerJob, reason == .stopped ? .cancelled : .finished(.generated)))
        var last = StudioScript.answer(11, after: 10, [text], reason: reason)
        last.drafts[0].id = 700
        last.activeDraftId = 700
        let turns = StudioScript.turns + [StudioScript.words(10, after: 3, draft: 301, words), last]
        send(
            .conversationOpened(
                .id(5), ConversationBranch(conversation: StudioScript.conversation(), turns: turns)))
    }

    var conversationChanges: [ConversationChange] {
        writes.compactMap { if case .conversation(_, let change) = $0 { change } else { nil } }
    }

    static let ruler = RulerNumbers(system: 120, pinned: 0, turns: 830, answer: 256, length: 2048)
}
