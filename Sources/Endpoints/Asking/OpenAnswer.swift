// The answer to one request while it comes: its variants, its counts and its clocks.
// - It lives on the thread of its request.

import Generation
import Transfer

/// An answer that a server is writing.
final class OpenAnswer {
    /// Closes the connection, because everything needed is there.
    enum Mark: Error { case enough }

    private(set) var variants: [OpenVariant]
    private(set) var model: String?
    private(set) var promptTokens: Int?
    private(set) var completionTokens: Int?
    private(set) var cost: Double?
    /// The failure that ended the answer after it had begun.
    private(set) var failure: (any Error)?
    /// True if no text came for longer than the settings allow.
    private(set) var isOverdue = false
    private let isAlone: Bool
    /// The only choice that counts if one text was asked for.
    private var choice: Int?
    private let start = ContinuousClock.now
    private(set) var firstPiece: ContinuousClock.Instant?
    private var lastPiece = ContinuousClock.now
    private var completed: ContinuousClock.Instant?

    private let endpoint: EndpointSettings
    private let pace: RemotePace
    private let waits: WaitReport
    private let report: (GenerationEvent) -> Void

    /// How long a server may take to end an answer whose texts are complete, in seconds.
    private static let afterEnd = 3.0

    init(
        variants: [OpenVariant], endpoint: EndpointSettings, pace: RemotePace, waits: WaitReport,
        report: @escaping (GenerationEvent) -> Void
    ) {
        self.variants = variants
        isAlone = variants.count == 1
        self.endpoint = endpoint
        self.pace = pace
        self.waits = waits
        self.report = report
    }

    var hasBegun: Bool { variants.contains(where: \.hasBegun) }
    var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    func take(_ piece: AnswerPiece) throws {
        switch piece {
        case .text(_, let choice), .reasoning(_, let choice), .likelihoods(_, let choice), .finished(let choice, _):
            guard let index = index(of: choice) else { return }
            lastPiece = .now
            if firstPiece == nil {
                firstPiece = .now
                waits.set(nil, owner: variants[0].variant)
            }
            variants[index].take(piece, report: report)
            if variants.allSatisfy({ $0.isEnough || $0.serverReason != nil }),
                variants.contains(where: { $0.serverReason == nil })
            {
                throw Mark.enough
            }
            if variants.allSatisfy({ $0.serverReason != nil }) { completed = completed ?? .now }
        case .usage(let prompt, let completion, let cost):
            (promptTokens, completionTokens) = (prompt ?? promptTokens, completion ?? completionTokens)
            self.cost = cost ?? self.cost
        case .model(let name): model = name
        case .failed(let failure):
            guard hasBegun else { throw failure }
            self.failure = failure
            throw Mark.enough
        case .done: break
        }
    }

    /// Ends an answer that has begun with a failure.
    func fail(_ error: any Error) { failure = error }

    private func index(of choice: Int) -> Int? {
        guard isAlone else { return variants.indices.contains(choice) ? choice : nil }
        if self.choice == nil { self.choice = choice }
        return self.choice == choice ? 0 : nil
    }

    /// Ends a variant.
    func finish(_ index: Int, _ reason: FinishReason?) -> FinishReason {
        variants[index].finish(reason, report: report)
    }

    /// Leaves out what would spell a secret.
    func hideSecrets(_ index: Int, _ redaction: Redaction) { variants[index].hideSecrets(redaction) }

    // MARK: Clocks

    /// Says what is waited for, if it takes long.
    func showWait(hasHead: Bool) {
        guard firstPiece == nil || hasHead else { return }
        let since = (ContinuousClock.now - (hasHead ? lastPiece : start)) / .seconds(1) / max(pace.second, 1e-6)
        let isLong = since >= (hasHead ? WaitReport.textSeconds : WaitReport.answerSeconds) && completed == nil
        let wait = GeneratorWait(hasHead ? .text : .answer, seconds: Int(min(since, 1e9)))
        if isLong { waits.set(wait, owner: variants[0].variant) }
        let limit = endpoint.timeouts.text
        if hasHead, limit > 0, completed == nil, (ContinuousClock.now - lastPiece) / .seconds(1) > limit {
            isOverdue = true
        }
    }

    /// True if the rest of the answer is not worth waiting for.
    var isOver: Bool {
        if isOverdue { return true }
        return completed.map { (ContinuousClock.now - $0) / .seconds(1) > Self.afterEnd * pace.second } ?? false
    }

    /// True if every text is complete, whatever came after it.
    var isComplete: Bool { completed != nil }
}
