// What of a conversation goes to the model, with the numbers that a ruler shows.
// - The system text, pinned turns and the newest turn always go; nothing leaves without being in `leftTurnIds`.
// - The messages are, in this order: the system text with the told entries of the book and the summary, the examples, the
//   turns (a greeting is one).

import Generation

/// A summary of the turns before one of the turns of the open branch.
public struct ConversationSummary: Sendable, Hashable {
    /// The first turn that it does not take in.
    public var beforeTurnId: Int64
    public var draftId: Int64
    public var text: String

    public init(beforeTurnId: Int64, draftId: Int64, text: String) {
        self.beforeTurnId = beforeTurnId
        self.draftId = draftId
        self.text = text
    }
}

/// The messages of one answer.
public struct ContextPlan: Sendable, Hashable {
    public var messages: [Message]
    /// `nil` if the tokens cannot even be estimated.
    public var ruler: ContextRuler?
    /// The turns that do not go to the model, the oldest first; those that the summary takes in are among them.
    public var leftTurnIds: [Int64]
    /// The summary that stands for turns that have left.
    public var summary: ConversationSummary?
    /// The entries of the book that are told.
    public var toldEntries: [Persona.BookEntry]
    /// The turns that a new summary must take in before the answer, if the rule says so; empty if none is needed.
    public var turnsToSummarize: [Turn]
    /// The first turn after those.
    public var summaryPlace: Int64?

    /// Turns that have left and that no summary takes in.
    public var leftOutCount: Int { max(0, leftTurnIds.count - summarizedCount) }
    /// Turns that the summary takes in.
    public var summarizedCount: Int
    /// Pinned turns that the summary takes in, which go to the model all the same.
    public var pinnedInSummaryCount = 0

    public init(
        messages: [Message], ruler: ContextRuler? = nil, leftTurnIds: [Int64] = [],
        summary: ConversationSummary? = nil, toldEntries: [Persona.BookEntry] = [], turnsToSummarize: [Turn] = [],
        summaryPlace: Int64? = nil, summarizedCount: Int = 0
    ) {
        self.messages = messages
        self.ruler = ruler
        self.leftTurnIds = leftTurnIds
        self.summary = summary
        self.toldEntries = toldEntries
        self.turnsToSummarize = turnsToSummarize
        self.summaryPlace = summaryPlace
        self.summarizedCount = summarizedCount
    }

    /// The system message; `nil` if there is none.
    public var systemText: String? { messages.first { $0.role == .system }?.content }
}

extension Conversation {
    /// The request of an answer to these messages.
    public func request(of messages: [Message], seed: UInt64) -> GenerationRequest {
        var sampling = settings.sampling
        sampling.stop += persona.speakers.nextSpeakerTexts.filter { !sampling.stop.contains($0) }
        var request = GenerationRequest(
            prompt: .chat(messages), completionPrompt: persona.speakers.transcript(of: messages),
            variantCount: settings.variantCount, sampling: sampling, limits: settings.limits, seed: seed)
        request.conversation = uuid.isEmpty ? nil : uuid
        return request
    }
}
