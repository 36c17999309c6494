// Decides which turns go to the model, so that prompt and answer fit into its context.
// - Turns leave in whole exchanges (a turn of the user with the answers to it), the oldest first; pinned ones stay.
// - The cut is stable. It may only lie at the first exchange behind each multiple of a step, counted in bytes from the
//   first turn of the conversation. A step is as many bytes as the context has tokens, which is about a quarter of the
//   context. So a cut stays where it is until the turns behind it fill the context again, the prompt's beginning is the
//   same from turn to turn, and its keys and values can be used again. Only if no such cut leaves enough, the cut lies at
//   any later exchange.
// - Of these places the first one that fits is taken. It is found by bisection, because each measure encodes a prompt.

import Generation

/// Plans the context of a conversation's answers.
public struct ContextPlanner: Sendable {
    /// Counts the tokens of a request's prompt; `nil` if they cannot even be estimated.
    public typealias Measure = @Sendable (GenerationRequest) async throws -> PromptMeasure?

    private let conversation: Conversation
    private let contextLength: Int?
    private let measure: Measure

    /// - Parameter contextLength: of the model; `nil` if it is unknown. Then everything is sent.
    public init(_ conversation: Conversation, contextLength: Int?, measure: @escaping Measure) {
        self.conversation = conversation
        self.contextLength = contextLength
        self.measure = measure
    }

    public init(_ conversation: Conversation, generator: any TextGenerator) {
        self.init(conversation, contextLength: generator.capabilities.contextLength) { try await generator.measure($0) }
    }

    private var answerTokens: Int {
        AnswerRoom.tokens(maxTokens: conversation.settings.sampling.maxTokens, contextLength: contextLength)
    }

    /// The tokens that a summary may have.
    public static func summaryTokens(contextLength: Int?) -> Int { min(256, max(32, (contextLength ?? 2048) / 8)) }

    /// Plans an answer.
    /// - Parameters:
    ///   - turns: the open branch up to the turn of the user that is answered.
    ///   - summary: the newest summary on this way.
    ///   - beginning: the beginning of the answer, if it is to be continued.
    ///   - rule: instead of the conversation's.
    /// - Throws: `ContextError`; the errors of the measure.
    public func plan(
        _ turns: [Turn], summary: ConversationSummary? = nil, beginning: String? = nil, rule: ContextRule? = nil
    ) async throws -> ContextPlan {
        let rule = rule ?? conversation.settings.contextRule
        let context = ContextMessages(conversation.persona, turns, summary: summary, beginning: beginning)
        var counter = Counter(conversation: conversation, context: context, measure: measure)
        let start = context.summarizedCount
        guard let contextLength else { return try await plan(context, start, &counter) }
        let most = contextLength - answerTokens
        let places = ContextCuts(of: context, from: start, step: contextLength)
        guard try await counter.fits(start, most, places) == false else {
            return try await plan(context, start, &counter)
        }
        func size(_ measure: PromptMeasure?) -> ContextError.Size {
            ContextError.Size(
                promptTokens: measure?.tokenCount ?? 0, answerTokens: answerTokens, contextLength: contextLength,
                isExact: measure?.isExact ?? false)
        }
        let newest = places.last
        // If nothing older could leave, no rule would help.
        if rule == .refuse, newest > start, try await counter.fits(newest, most) {
            throw ContextError.refused(size(try await counter.count(start)))
        }
        if rule != .refuse, try await counter.fits(newest, most) == false, !conversation.persona.examples.isEmpty {
            counter.showsExamples = false
        }
        guard try await counter.fits(newest, most) else {
            throw ContextError.tooLong(size(try await counter.count(newest)), hasPinned: context.hasPinned)
        }
        if rule == .summarize {
            // If not even the newest exchange leaves room for a summary, the turns leave without one.
            let roomy = most - Self.summaryTokens(contextLength: contextLength)
            if try await counter.fits(newest, roomy) {
                let cut = try await counter.firstFitting(places, roomy)
                return try await plan(context, cut, &counter, summarizes: cut > start)
            }
        }
        return try await plan(context, try await counter.firstFitting(places, most), &counter)
    }

    private func plan(
        _ context: ContextMessages, _ cut: Int, _ counter: inout Counter, summarizes: Bool = false
    ) async throws -> ContextPlan {
        let kept = Set(context.indices(from: cut))
        let left = context.turns.indices.filter { !kept.contains($0) }
        var plan = ContextPlan(
            messages: context.messages(from: cut, examples: counter.showsExamples),
            ruler: try await counter.ruler(cut, answerTokens: answerTokens, contextLength: contextLength),
            leftTurnIds: left.map { context.turns[$0].id },
            summary: context.summary, toldEntries: context.told,
            turnsToSummarize: summarizes
                ? (context.summarizedCount..<cut).map { index in
                    var turn = context.turns[index]
                    turn.text = context.texts[index]
                    return turn
                } : [],
            summaryPlace: summarizes && context.turns.indices.contains(cut) ? context.turns[cut].id : nil,
            summarizedCount: left.count { $0 < context.summarizedCount })
        plan.pinnedInSummaryCount = kept.count { $0 < context.summarizedCount }
        return plan
    }
}

/// Measures prompts, each one once.
private struct Counter {
    let conversation: Conversation
    let context: ContextMessages
    let measure: ContextPlanner.Measure
    /// False if the examples left, because even the newest turn did not fit beside them.
    var showsExamples = true
    private var known: [Key: PromptMeasure?] = [:]

    private struct Key: Hashable {
        var cut: Int
        var showsExamples: Bool
    }

    init(conversation: Conversation, context: ContextMessages, measure: @escaping ContextPlanner.Measure) {
        self.conversation = conversation
        self.context = context
        self.measure = measure
    }

    mutating func count(_ cut: Int) async throws -> PromptMeasure? {
        let key = Key(cut: cut, showsExamples: showsExamples)
        if let known = known[key] { return known }
        let found = try await count(context.messages(from: cut, examples: showsExamples))
        known[key] = .some(found)
        return found
    }

    private func count(_ messages: [Message]) async throws -> PromptMeasure? {
        try await measure(conversation.request(of: messages, seed: 0))
    }

    /// True if the prompt fits, or if nobody can tell.
    mutating func fits(_ cut: Int, _ most: Int) async throws -> Bool {
        guard let count = try await count(cut) else { return true }
        return count.tokenCount <= most
    }

    /// As `fits`, without a measure if the turns are longer than any prompt of so many tokens.
    mutating func fits(_ cut: Int, _ most: Int, _ places: ContextCuts) async throws -> Bool {
        if places.isHopeless(cut), try await count(places.last) != nil { return false }
        return try await fits(cut, most)
    }

    /// The first place that fits; the last one is known to.
    mutating func firstFitting(_ places: ContextCuts, _ most: Int) async throws -> Int {
        var (low, high) = (places.firstHopeful, places.cuts.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if try await fits(places.cuts[middle], most) { high = middle } else { low = middle + 1 }
        }
        return places.cuts[high]
    }

    /// The tokens of the parts: of each part as many as the prompt has fewer without it.
    mutating func ruler(_ cut: Int, answerTokens: Int, contextLength: Int?) async throws -> ContextRuler? {
        guard let whole = try await count(cut) else { return nil }
        var ruler = ContextRuler(answerTokens: answerTokens, contextLength: contextLength, isExact: whole.isExact)
        var rest = whole.tokenCount
        func tokens(of part: ContextMessages.Part, _ isThere: Bool) async -> Int {
            // A chat template may refuse the messages without the part.
            guard isThere,
                let without = try? await count(context.messages(from: cut, examples: showsExamples, without: part))
            else { return 0 }
            let tokens = min(rest, max(0, whole.tokenCount - without.tokenCount))
            rest -= tokens
            return tokens
        }
        ruler.systemTokens = await tokens(of: .system, context.hasOwnSystemText)
        ruler.summaryTokens = await tokens(of: .summary, context.summary != nil)
        ruler.exampleTokens = await tokens(of: .examples, showsExamples && !context.persona.examples.isEmpty)
        ruler.pinnedTokens = await tokens(of: .pinned, context.hasPinned)
        ruler.turnTokens = rest
        return ruler
    }
}
