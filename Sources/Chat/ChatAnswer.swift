// One answer of a conversation: which turns go to the model, the turn in the store, the text that comes.
// - The user's words are in the store before it begins, and stay there whatever fails.
// - The answer's turn is in the store before the first token; its text is saved while it streams, and a stop keeps it.
// - A standing notice is told once in a conversation.
// - If turns have to be summed up first, that is a generation of its own, whose draft can be edited.

import Drafting
import Generation
import Store
import Text

/// Writes answers.
public struct ChatAnswer: Sendable {
    /// What is written.
    public enum Target: Sendable, Hashable {
        /// An answer to this turn of the user; another one if it has one already.
        case answer(to: Int64)
        /// Another answer beside the drafts of this turn.
        case another(Int64)
        /// The rest of a draft, as a new draft of its turn.
        case rest(of: Int64, in: Int64)
    }

    private let conversation: Conversation
    private let turns: [Turn]
    private let generator: any TextGenerator
    private let store: DraftStore?
    private let stopSignal: StopSignal
    /// The same seed gives the same answer; `nil` for a fresh one.
    public var seed: UInt64?
    /// Words that the writer always or never uses.
    public var lexicon = Lexicon()

    /// - Parameters:
    ///   - turns: the open branch of the conversation.
    ///   - store: holds the conversation; `nil` if nothing is kept.
    public init(
        _ conversation: Conversation, turns: [Turn], generator: any TextGenerator, store: DraftStore?,
        stopSignal: StopSignal
    ) {
        self.conversation = conversation
        self.turns = turns
        self.generator = generator
        self.store = store
        self.stopSignal = stopSignal
    }

    private var planner: ContextPlanner { ContextPlanner(conversation, generator: generator) }

    /// What would go to the model if these words came next; nothing is written. Without words, it is the answer to the
    /// last words of the user if they have none yet, else one to words as short as can be.
    /// - Throws: `ContextError`; `StoreError`; the errors of the model's chat template.
    public func plan(for words: String) async throws -> ContextPlan {
        let isUnanswered = turns.last?.role == .user
        let way = words.isEmpty && isUnanswered ? turns : turns + [Turn(role: .user, text: words.isEmpty ? "…" : words)]
        return try await planner.plan(way, summary: try newestSummary(on: way))
    }

    /// Runs to the end of the answer.
    /// - Throws: `ChatError`, `ContextError`, `ContinuationError`, `StoreError`; the errors of the model's chat template.
    ///   A generation that fails does not throw: its record says why.
    public func run(
        _ target: Target, report: @Sendable (ChatEvent) async -> Void
    ) async throws -> ChatOutcome {
        let place = try place(of: target)
        let plan = try await plan(place, report)
        guard !stopSignal.isRaised else { return ChatOutcome(plan: plan, turn: place.answer, record: nil) }
        await report(.planned(plan))
        var order = try order(of: plan, at: place)
        var turn = place.answer
        let isWithin = turn != nil && turn?.id != turns.last?.id
        if let store {
            if turn == nil { turn = try store.addAnswer(to: place.question.id) }
            order.turnId = turn?.id
            order.conversationId = conversation.id
        }
        await report(.answering(turn ?? Turn(conversationId: conversation.id, role: .assistant, text: "")))
        let recording = RecordedGeneration(
            order: order, generator: writer(after: place.draft), store: store, stopSignal: stopSignal)
        let notices = StandingNotices(told: conversation.settings.toldNotices ?? [])
        let record = await recording.run { event in
            // The plan has kept the room that it names.
            if case .roomIsScarce(let room) = event, let kept = plan.ruler?.answerTokens, room.tokens >= kept { return }
            if notices.mayTell(event) { await report(.recording(event)) }
        }
        // If it cannot be kept, the notices are told once more.
        if let store, !notices.new.isEmpty { try? store.note(told: notices.new, in: conversation.id) }
        // In the middle of the branch, the turns that follow another draft would hide the new one.
        if isWithin, let store, let turn, let draft = record.generation.drafts.first, draft.id != 0 {
            try store.choose(draft: draft.id, of: turn.id)
        }
        return ChatOutcome(plan: plan, turn: turn, record: record)
    }

    /// Where an answer stands in the conversation.
    private struct Place {
        /// The open branch up to the words that are answered.
        var way: [Turn]
        var question: Turn
        /// `nil` if there is none yet.
        var answer: Turn?
        /// The draft to go on from.
        var draft: SavedDraft?
    }

    private func place(of target: Target) throws -> Place {
        let id =
            switch target {
            case .answer(let id), .another(let id), .rest(_, let id): id
            }
        guard var index = turns.firstIndex(where: { $0.id == id }) else { throw ChatError.missingTurn(id) }
        if turns[index].role != .user { index -= 1 }
        guard turns.indices.contains(index), turns[index].role == .user else { throw ChatError.noQuestion }
        var place = Place(way: Array(turns[...index]), question: turns[index])
        if index + 1 < turns.count, turns[index + 1].role == .assistant { place.answer = turns[index + 1] }
        if case .rest(let draftId, _) = target {
            guard let draft = place.answer?.drafts.first(where: { $0.id == draftId }) else {
                throw ChatError.missingDraft(draftId)
            }
            place.draft = draft
        }
        return place
    }

    /// The plan; if turns have to be summed up, they are first.
    private func plan(_ place: Place, _ report: @Sendable (ChatEvent) async -> Void) async throws -> ContextPlan {
        let beginning = place.draft?.text
        let summary = try newestSummary(on: place.way)
        let plan = try await planner.plan(place.way, summary: summary, beginning: beginning)
        guard !plan.turnsToSummarize.isEmpty, let summaryPlace = plan.summaryPlace else { return plan }
        await report(.summarizing(turnCount: plan.turnsToSummarize.count))
        let writer = SummaryWriter(
            conversation: conversation, generator: generator, store: store, stopSignal: stopSignal)
        let written = try await writer.write(plan.turnsToSummarize, after: summary, before: summaryPlace) {
            await report(.summary($0))
        }
        // What still does not fit, because the summary is longer than usual, leaves.
        return try await planner.plan(place.way, summary: written ?? summary, beginning: beginning, rule: .leaveOut)
    }

    private func newestSummary(on way: [Turn]) throws -> ConversationSummary? { try store?.newestSummary(on: way) }

    private func order(of plan: ContextPlan, at place: Place) throws -> DraftOrder {
        var request = conversation.request(of: plan.messages, seed: seed ?? DraftOrder.freshSeed())
        request.seedMustReplay = seed != nil
        request.conditions.lexicon = lexicon
        let words = place.question.text
        var order = DraftOrder(
            request: request, title: Title.of(words), fields: ["prompt": words], systemPrompt: plan.systemText)
        if let draft = place.draft { try order.goOn(from: draft) }
        return order
    }

    private func writer(after draft: SavedDraft?) -> any TextGenerator {
        if let draft { return ContinuedGenerator(generator, after: draft.text) }
        return UnlabelledGenerator(
            generator, label: SpeakerLabel(name: conversation.persona.speakers.label(of: .assistant)))
    }
}
