// Sums up the oldest turns of a conversation by the model that answers.
// - Turns that do not fit into one prompt are summed up piece by piece, and each summary takes in the one before.
// - Each summary is kept at the turn before which it ends, as a draft of a generation of its own.

import Drafting
import Generation
import Store

struct SummaryWriter: Sendable {
    let conversation: Conversation
    let generator: any TextGenerator
    let store: DraftStore?
    let stopSignal: StopSignal
    /// The version that the summary stands beside; `nil` if it is the first one at its place.
    var besides: Int64?

    private static let instruction = """
        You keep the notes of a conversation. Sum up what was said, so that the conversation can go on without the \
        earlier text: names, facts, wishes, decisions, open questions. Use the language of the conversation. Write plain \
        sentences and nothing else.
        """

    private var tokens: Int { ContextPlanner.summaryTokens(contextLength: generator.capabilities.contextLength) }

    /// Sums up turns and keeps the summary.
    /// - Parameters:
    ///   - earlier: the summary of the turns before these.
    ///   - place: the first turn after these.
    /// - Returns: `nil` if it was stopped.
    /// - Throws: `ChatError.noSummary`; `StoreError`.
    func write(
        _ turns: [Turn], after earlier: ConversationSummary?, before place: Int64,
        report: @Sendable (RecordingEvent) async -> Void
    ) async throws -> ConversationSummary? {
        var summary = earlier
        var rest = turns.filter { $0.text.contains { !$0.isWhitespace } }[...]
        while !rest.isEmpty {
            let (piece, count) = try await nextPiece(of: rest, after: summary)
            rest = rest.dropFirst(count)
            let written = try await write(
                piece, before: rest.first?.id ?? place, after: summary, besides: rest.isEmpty ? besides : nil, report)
            guard let written else { return nil }
            summary = written
        }
        return summary
    }

    /// The beginning of the turns that fits into one prompt.
    /// - Returns: it, and how many of the turns it takes; at least one, whose text is cut if it is too long.
    private func nextPiece(
        of turns: ArraySlice<Turn>, after summary: ConversationSummary?
    ) async throws -> (turns: [Turn], count: Int) {
        var (low, high) = (1, turns.count)
        while low < high {
            let middle = (low + high + 1) / 2
            if try await fits(Array(turns.prefix(middle)), summary) { low = middle } else { high = middle - 1 }
        }
        var piece = Array(turns.prefix(low))
        while low == 1, piece[0].text.count > 200, try await !fits(piece, summary) {
            piece[0].text = String(piece[0].text.prefix(piece[0].text.count / 2)) + "…"
        }
        return (piece, low)
    }

    private func fits(_ turns: [Turn], _ summary: ConversationSummary?) async throws -> Bool {
        guard let context = generator.capabilities.contextLength,
            let count = try await generator.measure(request(turns, summary))
        else { return true }
        return count.tokenCount + tokens <= context
    }

    private func request(_ turns: [Turn], _ summary: ConversationSummary?) -> GenerationRequest {
        let earlier = summary.map { "Summary of what came before:\n\($0.text)\n\n" } ?? ""
        let speakers = conversation.persona.speakers
        let lines = turns.map { "\(speakers.label(of: $0.role)): \($0.text)" }.joined(separator: "\n")
        let text = "\(earlier)The conversation:\n\(lines)"
        var request = GenerationRequest(
            prompt: .chat([
                Message(.system, Self.instruction),
                Message(.user, "\(text)\n\nSum up all of this in at most \(tokens / 2) words."),
            ]),
            completionPrompt: "\(text)\n\nA summary of all of this:", seed: DraftOrder.freshSeed())
        request.sampling.maxTokens = tokens
        request.sampling.temperature = 0.3
        request.sampling.tidy = true
        return request
    }

    private func write(
        _ turns: [Turn], before place: Int64, after earlier: ConversationSummary?, besides version: Int64?,
        _ report: @Sendable (RecordingEvent) async -> Void
    ) async throws -> ConversationSummary? {
        var order = DraftOrder(
            request: request(turns, earlier), title: "Summary: \(conversation.title)",
            systemPrompt: Self.instruction,
            parentDraftId: version ?? earlier.flatMap { $0.draftId == 0 ? nil : $0.draftId },
            // So versions of one summary are told from summaries of more and more turns.
            relation: version == nil ? .summarize : .regenerate)
        if store != nil { order.conversationId = conversation.id }
        let recording = RecordedGeneration(
            order: order, generator: generator, store: store, stopSignal: stopSignal)
        let generation = await recording.run(report: report).generation
        guard generation.status != .stopped, !stopSignal.isRaised else { return nil }
        guard let draft = generation.drafts.first(where: { !$0.isCandidate }),
            draft.text.contains(where: { !$0.isWhitespace }), generation.status != .failed
        else { throw ChatError.noSummary(generation.failure) }
        if draft.id != 0 { try store?.setSummary(turn: place, draft: draft.id) }
        return ConversationSummary(beforeTurnId: place, draftId: draft.id, text: draft.text)
    }
}
