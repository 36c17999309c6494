// One request of a generation, sent until it is answered: it adapts to what the server takes, and waits if that helps.
// - Nothing is sent again once anything of an answer came.
// - Fields that a server refuses are left out from then on, and the user is told which.

import Foundation
import Generation
import Transfer

/// A variant that a server wrote, as far as it came.
struct WrittenVariant {
    var open: OpenVariant
    var reason: FinishReason
    var report: ServerReport
    /// What ended it before its time.
    var failure: (any Error)?
    /// True if its text shows nothing.
    var isEmpty: Bool { !CleanText.isVisible(open.text) }
    /// True if it is as long as the model made it: nothing but its end or its number of tokens ended it.
    var isWhole: Bool {
        open.exceededTokens == nil
            && open.serverReason.map { OpenVariant.ordinaryReasons.contains($0.lowercased()) } ?? true
    }
    var isCountKnown: Bool { !report.countsAreEstimated }
    var tokenCount: Int { report.completionTokens ?? open.estimatedTokens }
}

/// Asks a server for variants of one request.
struct ServerAsking: Sendable {
    let endpoint: EndpointSettings
    let model: String
    let exchange: ServerExchange
    let pace: RemotePace
    let request: GenerationRequest
    let waits: WaitReport
    let isStopped: @Sendable () -> Bool
    /// Takes a sentence for the user.
    let notify: @Sendable (String) -> Void

    /// Asks until there is an answer.
    /// - Parameters:
    ///   - variants: several are asked for in one request.
    ///   - seed: of the first one.
    /// - Returns: the variants that the server wrote something of.
    /// - Throws: why it wrote nothing at all; `TransferError.stopped` if it was stopped before.
    func ask(
        _ variants: [Int], seed: UInt64, report: @escaping (GenerationEvent) -> Void
    ) throws -> [WrittenVariant] {
        var plan = RetryPlan()
        var loadingStart: ContinuousClock.Instant?
        defer { waits.set(nil, owner: variants[0]) }
        while true {
            if isStopped() { throw TransferError.stopped }
            var known = ServerKnowledge()
            do {
                let written = try ServerGate.of(exchange.address.origin).pass(
                    limit: endpoint.parallelRequests, isStopped: isStopped,
                    body: {
                        known = DialectMemory.of(exchange.address, model: model)
                        return try askOnce(variants, known, seed: seed, report)
                    })
                guard let written else { throw TransferError.stopped }
                return written
            } catch {
                if let failure = error as? ServerFailure, adapt(to: failure, known, choiceCount: variants.count) {
                    continue
                }
                switch plan.next(after: error) {
                case .giveUp: throw explained(error)
                case .wait(let seconds): try wait(seconds, owner: variants[0])
                case .load: try waitForLoading(since: &loadingStart, owner: variants[0])
                }
            }
        }
    }

    private func explained(_ error: any Error) -> any Error {
        if let failure = error as? ServerFailure, failure.isWorthRetrying, let seconds = failure.retryAfter,
            seconds > RetryPlan.longestWait
        {
            return RemoteError.asksToWait(endpoint: endpoint.name, seconds: seconds)
        }
        return error
    }

    // MARK: One try

    private func askOnce(
        _ variants: [Int], _ known: ServerKnowledge, seed: UInt64, _ report: @escaping (GenerationEvent) -> Void
    ) throws -> [WrittenVariant] {
        let form = RequestBody.Form(of: request.prompt, endpoint.style, known)
        let choiceCount = known.lacksSeveralChoices ? 1 : variants.count
        let (sent, notice) = form == .chat ? TurnForms.fitted(request, known.turnChanges) : (request, nil)
        if let notice { notify(notice) }
        let (body, dropped) = try body(sent, form, known.dialect, seed: seed, choiceCount: choiceCount)
        let url = form == .chat ? exchange.address.chat : exchange.address.completions
        let failures = exchange.failures(url: url, model: model, fields: body.fields)
        var reader = AnswerReader(
            choiceCount: choiceCount, splitsThoughts: endpoint.splitsThoughts,
            prefill: form == .chat ? Self.prefill(of: sent) : nil,
            failures: failures)
        let answer = OpenAnswer(
            variants: variants.prefix(choiceCount).map {
                OpenVariant(variant: $0, request: request, endpoint: endpoint)
            },
            endpoint: endpoint, pace: pace, waits: waits, report: report)
        var end = ServerExchange.End.ended
        do {
            end = try exchange.answer(
                to: exchange.request("POST", url, body: body.bytes), failures: failures, reader: &reader,
                watch: .init(
                    isStopped: { isStopped() || answer.isOver }, waiting: { answer.showWait(hasHead: $0) },
                    head: { learn(from: $0) }),
                take: { try answer.take($0) })
        } catch OpenAnswer.Mark.enough {
        } catch {
            guard answer.hasBegun else { throw error }
            answer.fail(error)
        }
        return try written(answer, end, seed: body.seed, dropped)
    }

    /// The beginning of the answer that the server continues.
    private static func prefill(of request: GenerationRequest) -> String? {
        guard case .chat(let messages) = request.prompt, let last = messages.last, last.role == .assistant else {
            return nil
        }
        return last.content
    }

    /// - Returns: the body, and the fields that it would have if the server took them.
    private func body(
        _ request: GenerationRequest, _ form: RequestBody.Form, _ dialect: RequestDialect, seed: UInt64,
        choiceCount: Int
    ) throws -> (RequestBody, dropped: [String]) {
        var circumstances = RequestBody.Circumstances(model: model, seed: seed)
        circumstances.choiceCount = choiceCount
        circumstances.extra = endpoint.body
        circumstances.dialect = dialect
        let body = try RequestBody(request, as: form, circumstances)
        if body.seedIsShortened {
            notify("Servers take seeds of 63 bits, so another seed was sent than the one that was given.")
        }
        guard !dialect.leftOut.isEmpty else { return (body, []) }
        circumstances.dialect.leftOut = []
        let all = try RequestBody(request, as: form, circumstances).fields
        let unseen = Set(["stream_options", "cache_prompt", "n"] + RequestDialect.maxTokensNames)
        let dropped = all.filter { dialect.leftOut.contains($0) && !body.fields.contains($0) && !unseen.contains($0) }
        if !dropped.isEmpty {
            let names = dropped.map { "'\($0)'" }.joined(separator: ", ")
            notify(
                "\(endpoint.name) does not take \(names), so \(dropped.count == 1 ? "it was" : "they were") left out.")
        }
        if dialect.leftOut.isSuperset(of: RequestDialect.maxTokensNames) {
            notify("\(endpoint.name) takes no limit on tokens, so a draft may become long.")
        }
        return (body, dropped)
    }

    /// What the head of an answer shows of the server.
    private func learn(from head: HTTPHead) {
        guard let server = head["server"], server.lowercased().contains("llama.cpp") else { return }
        DialectMemory.update(exchange.address, model: model) { $0.dialect.isLlamaCpp = true }
    }

    // MARK: What was written

    private func written(
        _ answer: OpenAnswer, _ end: ServerExchange.End, seed: UInt64?, _ dropped: [String]
    ) throws -> [WrittenVariant] {
        var failure = answer.failure
        var reason: FinishReason? = answer.failure.map { _ in .failed }
        if case .broken(let error) = end, !answer.isComplete {
            let isOverdue = answer.isOverdue && error == .stopped
            failure = isOverdue ? RemoteError.noText(endpoint: endpoint.name, seconds: endpoint.timeouts.text) : error
            reason = error == .stopped && !isOverdue ? .stopped : .cutOff
        }
        guard answer.hasBegun else { throw failure ?? RemoteError.nothing(endpoint: endpoint.name) }
        return answer.variants.indices.compactMap { index in
            let open = answer.variants[index]
            guard open.hasBegun else { return nil }
            let isWhole = open.serverReason != nil
            let end = answer.finish(index, isWhole ? nil : reason)
            answer.hideSecrets(index, exchange.redaction)
            var report = ServerReport(endpoint: endpoint.name, askedModel: model)
            report.answeredModel = answer.model
            report.seed = seed.map { $0 &+ UInt64(index) }
            report.droppedFields = dropped
            report.finishReason = open.serverReason
            report.promptTokens = answer.promptTokens
            report.completionTokens = answer.variants.count == 1 ? answer.completionTokens : nil
            report.countsAreEstimated = report.completionTokens == nil
            report.cost = index == 0 ? answer.cost : nil
            report.seconds = answer.seconds
            let cause = isWhole || end == .limit || end == .stop || end == .length ? nil : failure
            if let cause, end != .stopped { report.failure = "\(cause)" }
            return WrittenVariant(open: answer.variants[index], reason: end, report: report, failure: cause)
        }
    }

    // MARK: Refusals and waits

    /// Learns from a refusal.
    /// - Parameter known: what was known when the request was sent.
    /// - Returns: true if the request is worth sending again at once.
    private func adapt(to failure: ServerFailure, _ known: ServerKnowledge, choiceCount: Int) -> Bool {
        if choiceCount > 1, !known.lacksSeveralChoices, refusesChoices(failure) {
            DialectMemory.update(exchange.address, model: model) { $0.lacksSeveralChoices = true }
            notify("\(endpoint.name) does not write \(choiceCount) drafts at once, so they were asked for one by one.")
            return true
        }
        if case .notFound(let url) = failure.kind, url == exchange.address.completions, endpoint.style == .auto,
            !known.lacksCompletions
        {
            DialectMemory.update(exchange.address, model: model) { $0.lacksCompletions = true }
            notify("\(endpoint.name) takes no raw prompts, so the prompt was sent as a message of a chat.")
            return true
        }
        if case .refusedTurns(let rule) = failure.kind { return adaptTurns(to: rule, known.turnChanges) }
        return DialectMemory.update(exchange.address, model: model) { $0.dialect.learn(from: failure) } != nil
    }

    /// Takes another form for conversations, unless a request that ran beside this one has found one.
    private func adaptTurns(to rule: ServerFailure.TurnRule, _ sent: [MessageForm.Change]) -> Bool {
        DialectMemory.update(exchange.address, model: model) { known in
            guard known.turnChanges == sent else { return true }
            guard let next = TurnForms.next(after: sent, rule, request) else { return false }
            known.turnChanges = next
            return true
        }
    }

    private func refusesChoices(_ failure: ServerFailure) -> Bool {
        if failure.param == "n" { return true }
        switch failure.kind {
        case .unsupportedFields(let fields): return fields.contains("n")
        case .invalidRequest, .serverError, .other:
            return (400..<500).contains(failure.status)
                && failure.message.contains(/['"`\b]n['"`]|\bn\b *(must|>|=|is)/)
        default: return false
        }
    }

    private func wait(_ seconds: Double, owner: Int) throws {
        let start = ContinuousClock.now
        while true {
            let waited = (ContinuousClock.now - start) / .seconds(1) / max(pace.second, 1e-6)
            guard waited < seconds else { return }
            let rest = Int(min((seconds - waited).rounded(.up), 1e9))
            waits.set(GeneratorWait(.retry(inSeconds: rest), seconds: Int(min(waited, 1e9))), owner: owner)
            try pause()
        }
    }

    private func waitForLoading(since start: inout ContinuousClock.Instant?, owner: Int) throws {
        let begin = start ?? .now
        start = begin
        let tick = ContinuousClock.now
        repeat {
            let waited = (ContinuousClock.now - begin) / .seconds(1)
            let limit = endpoint.timeouts.loading
            if limit > 0, waited > limit { throw RemoteError.stillLoading(endpoint: endpoint.name, seconds: limit) }
            waits.set(GeneratorWait(.loading, seconds: Int(min(waited / max(pace.second, 1e-6), 1e9))), owner: owner)
            try pause()
        } while (ContinuousClock.now - tick) / .seconds(1) < pace.second
    }

    private func pause() throws {
        if isStopped() { throw TransferError.stopped }
        usleep(5000)
    }
}
