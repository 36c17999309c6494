// Writes one variant: part after part, with tails near a hard limit, and anew if it equals another variant.
// - Within one attempt, reported text is never taken back; a new attempt is reported first.
// - What it writes depends on the request, its number and the settled variants before it: not on those behind it.

import Generation

/// The way of one variant from the prompt to its settled text.
struct VariantWriter {
    enum Phase: Equatable {
        case writing
        /// The attempt is complete; the variants before this one are not settled yet.
        case written(FinishReason)
        case settled
    }

    let variant: Int
    private(set) var phase = Phase.writing
    /// One before the text is branched, then its tails.
    var continuations: [Continuation]
    private(set) var details = DraftDetails()
    /// The text that was reported in this attempt.
    private(set) var text = ""
    private(set) var likelihoods: [Float] = []
    private var stream = DrawStream()
    /// The token at which the tails part; `nil` before the text is branched.
    private var branchPoint: Int?
    /// Everything before the current part.
    private var prompt: [TokenID]
    private var avoiding: [[String]] = []
    private var reasons: [FinishReason] = []
    /// True if a hard limit ended the text, or one of its parts, where the model would have gone on.
    private var wasLimited = false
    /// The texts of the parts so far, with the limits of each.
    private var finishedParts: [(text: String, limits: LengthLimits)] = []
    /// The tokens of earlier parts.
    private var finishedTokenCount = 0
    /// The tokens of thoughts, those of earlier attempts too.
    private var thoughtCount = 0
    private var alternativeEvents: [GenerationEvent] = []
    /// The keys and values of the prompt and the last complete attempt; `nil` before its end.
    private(set) var writtenCache: KVCache?
    /// Its place among the chosen candidates; `nil` if it is not one of them, or if none are chosen.
    private(set) var rank: Int?

    /// - Parameter prefix: holds the whole prompt except its last token.
    init(variant: Int, plan: DraftPlan, prefix: KVCache) {
        self.variant = variant
        prompt = plan.beginning
        let decoder = plan.decoder(variant: variant, stream: stream, prompt: prompt, avoiding: [])
        continuations = [Continuation(decoder, prompt: prompt, cache: prefix.fork())]
    }

    var isWriting: Bool { phase == .writing }
    var failure: (any Error)? { continuations.lazy.compactMap(\.decoder.failure).first }
    /// The tokens of the text so far; of several tails those of the first.
    var tokenCount: Int { finishedTokenCount + (continuations.first?.decoder.tokenCount ?? 0) }

    /// The tokens that the model has written for it, thoughts included.
    var writtenCount: Int { tokenCount + thoughtCount + (continuations.first?.decoder.thoughtCount ?? 0) }

    /// The written text, to compare it with others.
    var candidate: WrittenCandidate {
        guard case .written(let reason) = phase else {
            return WrittenCandidate(text: text, reason: .stopped, logProbabilities: likelihoods)
        }
        return WrittenCandidate(
            text: text, reason: reason == .limit && !wasLimited ? .stop : reason, logProbabilities: likelihoods)
    }

    mutating func take(score: DraftScore, rank: Int?) {
        details.score = score
        self.rank = rank
    }

    /// Draws from the rows of a batch until a speculated token differs from the drawn one.
    /// - Parameters:
    ///   - number: the continuation that draws.
    ///   - rows: its rows among the logits.
    ///   - isStopped: true once the user has stopped the generation.
    ///   - report: gets new text after each token; `nil` if it waits for the end of the batch.
    mutating func takeSteps(
        _ number: Int, from logits: LogitsBatch, rows: Range<Int>, _ workspace: inout SamplingWorkspace,
        contextLength: Int, isStopped: () -> Bool, report: ((GenerationEvent) -> Void)?
    ) {
        continuations[number].unread = []
        for (index, row) in rows.enumerated() {
            // A batch may hold many speculated tokens, so a stop is checked before each of them.
            if isStopped() { break }
            logits.copy(row: row, into: &workspace.logits)
            let goesOn = continuations[number].takeStep(&workspace, speculated: index, contextLength: contextLength)
            if let report { reportText(report) }
            if !goesOn { break }
        }
        continuations[number].dropUnwritten()
    }

    /// Reports new text, and goes on to tails, to the next part or to the end of the attempt.
    mutating func advance(_ plan: DraftPlan, report: (GenerationEvent) -> Void) {
        guard isWriting else { return }
        reportText(report)
        if continuations.allSatisfy(\.decoder.isFinished) {
            if continuations.count > 1 { keepBestTail() }
            reportNew(report)
            endPart(plan, report)
        } else if branchPoint == nil, continuations[0].decoder.isScarce {
            branch(plan.tailCount(continuations[0].decoder.request.limits))
        }
    }

    private mutating func branch(_ count: Int) {
        guard count > 1 else { return }
        branchPoint = continuations[0].decoder.tokenCount
        continuations += (1..<count).map { continuations[0].fork(tail: $0) }
    }

    private mutating func keepBestTail() {
        let start = branchPoint ?? 0
        let scores = continuations.map { $0.decoder.tailScore(fromToken: start) }
        // Of equally good tails the first one counts.
        guard let best = scores.indices.max(by: { scores[$0] < scores[$1] }) else { return }
        continuations = [continuations[scores.firstIndex(of: scores[best]) ?? best]]
    }

    /// Reports new text; that of tails waits until one is chosen.
    mutating func reportText(_ report: (GenerationEvent) -> Void) {
        if branchPoint == nil, isWriting { reportNew(report) }
    }

    private mutating func reportNew(_ report: (GenerationEvent) -> Void) {
        let thought = continuations[0].decoder.takeReasoning()
        if !thought.isEmpty {
            details.reasoning = (details.reasoning ?? "") + thought
            report(.reasoning(thought, variant: variant))
        }
        let piece = continuations[0].decoder.takeText()
        guard !piece.isEmpty else { return }
        text += piece
        report(.text(piece, variant: variant))
    }

    // MARK: Parts

    private mutating func endPart(_ plan: DraftPlan, _ report: (GenerationEvent) -> Void) {
        let decoder = continuations[0].decoder
        thoughtCount += decoder.thoughtCount
        let reason = decoder.finishReason ?? .stop
        if reason == .limit, decoder.endLogProbability == nil { wasLimited = true }
        // A part that the model ended with its line is not cut by its limit.
        reasons.append(reason == .limit && !plan.parts.isEmpty && decoder.endLogProbability != nil ? .stop : reason)
        likelihoods += decoder.logProbabilities()
        details.endedBefore = decoder.endedBefore ?? details.endedBefore
        details.tidied += decoder.tidied.filter { !details.tidied.contains($0) }
        alternativeEvents += decoder.alternativeEvents(behind: finishedTokenCount)
        guard stream.part + 1 < plan.parts.count, reason != .stopped, reason != .failed else { return endAttempt() }
        let (kept, rest) = decoder.text.reportedTokens
        let before = decoder.sequence.prefix(decoder.promptCount)
        let beginning = before + kept + plan.encode(rest + plan.label(ofPart: stream.part + 1))
        guard beginning.count + 1 < plan.contextLength else {
            reasons.append(.length)
            return endAttempt()
        }
        finishedTokenCount += decoder.tokenCount
        let last = text.split(separator: "\n", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        finishedParts.append((last, plan.parts[stream.part].limits))
        text += "\n"
        report(.text("\n", variant: variant))
        let cache = continuations[0].cache
        cache.truncate(to: before.count + kept.count)
        stream.part += 1
        begin(behind: Array(beginning), cache, plan)
    }

    private mutating func begin(behind prompt: [TokenID], _ cache: KVCache, _ plan: DraftPlan) {
        self.prompt = prompt
        branchPoint = nil
        // Parts of one kind, such as the headlines of an ad set, open differently.
        let alike = finishedParts.filter {
            plan.parts.indices.contains(stream.part) && $0.limits == plan.parts[stream.part].limits
        }
        let decoder = plan.decoder(
            variant: variant, stream: stream, prompt: prompt,
            avoiding: stream.part == 0 ? avoiding : alike.map { TwinKey($0.text).opening })
        continuations = [Continuation(decoder, prompt: prompt, cache: cache)]
    }

    private mutating func endAttempt() {
        finishedTokenCount += continuations[0].decoder.tokenCount
        writtenCache = continuations[0].cache
        continuations = []
        phase = .written(Self.reason(of: reasons))
    }

    /// The reason that says most: of a draft in parts, that of the part with the worst end.
    private static func reason(of reasons: [FinishReason]) -> FinishReason {
        [.failed, .stopped, .length, .limit].first { reasons.contains($0) } ?? .stop
    }

    // MARK: Attempts

    /// Writes the variant anew.
    /// - Parameter openings: the openings that it must not have.
    mutating func restart(avoiding openings: [[String]], _ plan: DraftPlan, prefix: KVCache) {
        details.attempts += 1
        details.tidied = []
        details.reasoning = nil
        details.endedBefore = nil
        stream = DrawStream(attempt: stream.attempt + 1)
        avoiding = openings
        (text, likelihoods, reasons, alternativeEvents, finishedTokenCount) = ("", [], [], [], 0)
        (wasLimited, finishedParts) = (false, [])
        phase = .writing
        begin(behind: plan.beginning, prefix.fork(), plan)
    }

    /// Ends it from outside: stopped, or the model failed. Of several tails the first counts.
    mutating func end(_ reason: FinishReason, _ report: (GenerationEvent) -> Void) {
        guard isWriting else { return }
        continuations = Array(continuations.prefix(1))
        continuations[0].decoder.finish(reason)
        reportNew(report)
        reasons.append(reason)
        likelihoods += continuations[0].decoder.logProbabilities()
        alternativeEvents += continuations[0].decoder.alternativeEvents(behind: finishedTokenCount)
        endAttempt()
    }

    /// Settles a written variant.
    mutating func settle(twinOf twin: Int?, _ report: (GenerationEvent) -> Void) {
        guard case .written(let reason) = phase else { return }
        details.twinOf = twin
        phase = .settled
        for event in alternativeEvents { report(event) }
        if !details.isEmpty { report(.details(details, variant: variant)) }
        report(.draftFinished(variant: variant, reason: reason, tokenCount: finishedTokenCount))
    }
}
