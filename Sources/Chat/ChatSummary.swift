// A summary that is there already, written once more.
// - The new one is a version beside the old one: a draft of its own that stands in its place.
// - It takes in the same turns: those behind the summary before it, up to its place.

import Drafting
import Generation
import Store

/// Writes another version of a summary.
public struct ChatSummary: Sendable {
    private let conversation: Conversation
    private let turns: [Turn]
    private let generator: any TextGenerator
    private let store: DraftStore
    private let stopSignal: StopSignal

    /// - Parameter turns: the open branch of the conversation.
    public init(
        _ conversation: Conversation, turns: [Turn], generator: any TextGenerator, store: DraftStore,
        stopSignal: StopSignal
    ) {
        self.conversation = conversation
        self.turns = turns
        self.generator = generator
        self.store = store
        self.stopSignal = stopSignal
    }

    /// Writes the version, and makes it the summary at its place.
    /// - Parameters:
    ///   - place: the first turn that the summary does not take in.
    ///   - draft: the version that it stands beside.
    /// - Returns: `nil` if it was stopped; then the old one stays.
    /// - Throws: `ChatError`; `StoreError`; the errors of the model's chat template.
    public func write(
        before place: Int64, besides draft: Int64, report: @Sendable (RecordingEvent) async -> Void
    ) async throws -> ConversationSummary? {
        guard let end = turns.firstIndex(where: { $0.id == place }) else { throw ChatError.missingTurn(place) }
        let way = Array(turns[..<end])
        let earlier = try store.newestSummary(on: way)
        let start = earlier.flatMap { earlier in way.firstIndex { $0.id == earlier.beforeTurnId } } ?? 0
        let texts = ContextMessages(conversation.persona, turns, summary: nil, beginning: nil).texts
        let summarized = (start..<end).map { index in
            var turn = turns[index]
            turn.text = texts[index]
            return turn
        }
        let writer = SummaryWriter(
            conversation: conversation, generator: generator, store: store, stopSignal: stopSignal, besides: draft)
        return try await writer.write(summarized, after: earlier, before: place, report: report)
    }
}

extension DraftStore {
    /// The newest summary on a way that is not in the trash.
    func newestSummary(on way: [Turn]) throws -> ConversationSummary? {
        for turn in way.reversed() {
            guard let id = turn.summaryDraftId, let draft = try draft(id: id), draft.deletedAt == nil,
                draft.text.contains(where: { !$0.isWhitespace })
            else { continue }
            return ConversationSummary(beforeTurnId: turn.id, draftId: id, text: draft.text)
        }
        return nil
    }
}
