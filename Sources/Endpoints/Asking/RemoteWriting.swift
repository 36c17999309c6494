// All drafts of one request: asked for one after another, checked, compared and reported.
// - A variant that fails does not end the others. If no draft has text, the first failure is thrown.
// - A draft without text is a failure, unless the text of the prompt goes on: then there may be nothing to add.
// - What would fail for every variant ends the generation at once.
// - What is not certain about a draft is said in a sentence, each sentence once.

import Foundation
import Generation
import Synchronization
import Text
import Transfer

/// Writes the drafts of one request with a server.
final class RemoteWriting: Sendable {
    private struct State {
        /// The texts of the variants that are settled, by variant.
        var texts: [Int: String] = [:]
        /// True if each of them is as the server ended it: nothing was cut off, failed, or was cut here.
        var areWhole = true
        /// Those whose failure is not reported yet, because there may be nothing beside them.
        var failed: [(variant: Int, error: any Error)] = []
        /// Those that were answered without text; said at the end for the same reason.
        var empty: [(variant: Int, cause: String)] = []
        /// Why no further variant is asked for.
        var fatal: (any Error)?
        var isStopped = false
        var notices: Set<String> = []
        var timings = GenerationTimings()
        var firstText: ContinuousClock.Instant?
        var lastProgress: ContinuousClock.Instant?
        var hasText = false
    }

    private let asking: ServerAsking
    private let request: GenerationRequest
    private let check: AnswerCheck
    private let notices: RemoteNotices
    private let isStopped: @Sendable () -> Bool
    private let report: @Sendable (GenerationEvent) -> Void
    private let state = Mutex(State())
    private let key: String?

    /// The shortest time between two reports of counts.
    private static let progressInterval: Duration = .milliseconds(250)
    /// In a shorter time than this no pace is told.
    private static let leastPaceSeconds = 0.1

    /// - Throws: why the request cannot be sent at all.
    init(
        _ generator: RemoteGenerator, _ request: GenerationRequest, isStopped: @escaping @Sendable () -> Bool,
        report: @escaping @Sendable (GenerationEvent) -> Void
    ) throws {
        self.request = request
        self.isStopped = isStopped
        key = generator.key
        self.report = report
        check = try AnswerCheck(request)
        notices = RemoteNotices(endpoint: generator.endpoint.name, count: max(request.variantCount, 1))
        let seen = Mutex<Set<String>>([])
        asking = ServerAsking(
            endpoint: generator.endpoint, model: generator.model,
            exchange: try ServerExchange(generator.endpoint, key: generator.key), pace: generator.pace,
            request: request, waits: WaitReport(report: report), isStopped: isStopped,
            notify: { text in if seen.withLock({ $0.insert(text).inserted }) { report(.standingNotice(text)) } })
    }

    /// Writes everything on the calling thread.
    /// - Throws: why nothing could be written.
    func run() throws {
        let prompt = Self.promptText(request)
        guard !TextLength.trimmed(prompt).isEmpty else { throw RemoteError.emptyPrompt }
        report(.started(prompt: prompt, promptTokens: 0))
        let left = request.sampling.namesOfIgnoredOptions
        if !left.isEmpty { report(.standingNotice(notices.ignored(left))) }
        if request.seedMustReplay {
            ServerKind.learn(asking.endpoint, model: asking.model, key: key, isStopped: isStopped)
        }
        var open = Array(0..<max(request.variantCount, 1))
        if asking.endpoint.usesN, open.count > 1 { open = writeTogether(open) }
        writeSeparately(open)
        try end()
    }

    /// The text of the prompt as it is kept.
    private static func promptText(_ request: GenerationRequest) -> String {
        switch request.prompt {
        case .raw(let text): text
        case .chat(let messages): messages.map(\.content).joined(separator: "\n\n")
        }
    }

    private func notify(_ text: String) {
        if state.withLock({ $0.notices.insert(text).inserted }) { report(.notice(text)) }
    }

    // MARK: Asking

    /// Asks for several variants in one request.
    /// - Returns: those that the server wrote nothing of.
    private func writeTogether(_ variants: [Int]) -> [Int] {
        do {
            let written = try asking.ask(variants, seed: request.seed, report: { [self] in pass($0) })
            for variant in written { settle(variant, attempts: 1) }
            let seen = Set(written.map(\.open.variant))
            return variants.filter { !seen.contains($0) }
        } catch {
            if isFatal(error) || isStopped() {
                for variant in variants { fail(variant, error) }
                return []
            }
            return variants
        }
    }

    private func writeSeparately(_ variants: [Int]) {
        let workerCount = min(max(asking.endpoint.parallelRequests, 1), variants.count)
        guard workerCount > 1 else { return variants.forEach { write($0) } }
        let queue = Mutex(variants[...])
        let group = DispatchGroup()
        for _ in 0..<workerCount {
            group.enter()
            Thread.detachNewThread { [self] in
                while let variant = queue.withLock({ $0.popFirst() }) { write(variant) }
                group.leave()
            }
        }
        group.wait()
    }

    private func write(_ variant: Int) {
        if let fatal = state.withLock({ $0.fatal }) { return fail(variant, fatal) }
        if isStopped() { return fail(variant, TransferError.stopped) }
        do {
            let seed = request.seed &+ UInt64(variant)
            guard let written = try asking.ask([variant], seed: seed, report: { [self] in pass($0) }).first else {
                throw RemoteError.nothing(endpoint: asking.endpoint.name)
            }
            guard isClash(written) else { return settle(written, attempts: 1) }
            settleTwin(written)
        } catch {
            fail(variant, error)
        }
    }

    /// Asks once more for a variant that equals another one.
    private func settleTwin(_ first: WrittenVariant) {
        let variant = first.open.variant
        let seed = request.seed &+ UInt64(max(request.variantCount, 1) + variant)
        let isBegun = Mutex(false)
        let again = try? asking.ask([variant], seed: seed) { [self] event in
            // The first text stands until the second one begins.
            let begins = isBegun.withLock { isBegun in
                defer { isBegun = true }
                return !isBegun
            }
            if begins { report(.restarted(variant: variant)) }
            pass(event)
        }.first
        guard let again else { return settle(first, attempts: 1) }
        if !isBegun.withLock({ $0 }) { report(.restarted(variant: variant)) }
        settle(again, attempts: 2)
    }

    private func pass(_ event: GenerationEvent) {
        report(event)
        switch event {
        case .text(_, _), .reasoning: break
        default: return
        }
        let timings = state.withLock { state -> GenerationTimings? in
            state.hasText = true
            let now = ContinuousClock.now
            let first = state.firstText ?? now
            state.firstText = first
            state.timings.generatedTokens += 1
            // Of pieces that came together, no pace can be told.
            let seconds = (now - first) / .seconds(1)
            state.timings.generatedSeconds = seconds < Self.leastPaceSeconds ? 0 : seconds
            if let last = state.lastProgress, now - last < Self.progressInterval { return nil }
            state.lastProgress = now
            return state.timings
        }
        if let timings { report(.progress(timings)) }
    }

    // MARK: Comparing

    private static func key(_ text: String) -> [UInt64] { WordTrail(text).words.map(\.hash) }

    /// True if a variant has to be written again, because its text equals another one's.
    private func isClash(_ written: WrittenVariant) -> Bool {
        let sampling = request.sampling
        guard sampling.distinct != .off, sampling.temperature > 0, sampling.grammar == nil, sampling.jsonSchema == nil,
            written.reason == .stop || written.reason == .limit, written.failure == nil
        else { return false }
        let key = Self.key(written.open.text)
        guard !key.isEmpty else { return false }
        let others = state.withLock { Array($0.texts.values) } + request.conditions.inputs
        return others.map(Self.key).contains {
            $0 == key || sampling.distinct == .opening && $0.prefix(3).elementsEqual(key.prefix(3))
        }
    }

    // MARK: Settling

    private func settle(_ written: WrittenVariant, attempts: Int) {
        let variant = written.open.variant
        var reason = written.reason
        var report = written.report
        let sentences = notices.sentences(about: written, request)
        for sentence in sentences { notify(sentence) }
        let name = notices.name(variant)
        if written.isEmpty, reason != .stopped, !(reason == .stop && goesOn) {
            let cause = notices.emptiness(of: written)
            report.failure = report.failure ?? notices.empty([(variant, cause)]).first
            state.withLock { $0.empty.append((variant, cause)) }
            if reason != .cutOff { reason = .failed }
        } else if reason == .stop {
            switch check.form(of: written.open.text, thoughts: written.open.reasoning, name: name) {
            case .keeps: break
            case .unclear(let sentence): notify(sentence)
            case .breaks(let sentence):
                notify(sentence)
                report.failure = sentence
                reason = .failed
            }
            for sentence in check.words(of: written.open.text, name: name) { notify(sentence) }
        } else if reason == .length || reason == .limit,
            let sentence = check.unfinished(written.open.text, name: name)
        {
            notify(sentence)
        }
        if reason == .failed { report.failure = report.failure ?? sentences.last }
        var details = DraftDetails()
        details.reasoning = written.open.reasoning.isEmpty ? nil : written.open.reasoning
        details.tidied = written.open.tidied
        details.attempts = attempts
        details.server = report
        let key = Self.key(written.open.text)
        details.twinOf = state.withLock { state in
            let twin = state.texts.filter { !key.isEmpty && Self.key($0.value) == key }.keys.min()
            state.texts[variant] = written.open.text
            state.areWhole = state.areWhole && written.isWhole && [.stop, .length].contains(reason)
            state.timings.promptTokens = max(state.timings.promptTokens, written.report.promptTokens ?? 0)
            return twin
        }
        if request.sampling.alternatives > 0 { written.open.alternativeEvents.forEach(self.report) }
        self.report(.details(details, variant: variant))
        self.report(.draftFinished(variant: variant, reason: reason, tokenCount: written.tokenCount))
    }

    /// True if the answer goes on with a text, so that it may be empty.
    private var goesOn: Bool {
        guard case .chat(let messages) = request.prompt, let last = messages.last else { return false }
        return last.role == .assistant && !last.content.isEmpty
    }

    private func fail(_ variant: Int, _ error: any Error) {
        if error as? TransferError == .stopped {
            return report(.draftFinished(variant: variant, reason: .stopped, tokenCount: 0))
        }
        state.withLock { state in
            if isFatal(error) { state.fatal = state.fatal ?? error }
            state.failed.append((variant, error))
        }
    }

    /// True if no other variant would fare better.
    private func isFatal(_ error: any Error) -> Bool {
        switch error {
        case let failure as ServerFailure:
            switch failure.kind {
            case .serverError, .other: false
            default: true
            }
        case RemoteError.nothing, RemoteError.truncated: false
        case TransferError.emptyAnswer, TransferError.cutOff: false
        default: true
        }
    }

    // MARK: The end

    private func end() throws {
        let state = state.withLock { $0 }
        let texts = state.texts
        let failed = state.failed.sorted { $0.variant < $1.variant }
        let empty = state.empty.sorted { $0.variant < $1.variant }
        if texts.count == empty.count, !isStopped() {
            if let first = failed.first { throw first.error }
            if let first = empty.first { throw RemoteError.empty(notices.allEmpty(first.cause)) }
        }
        for sentence in notices.failures(failed) + notices.empty(empty) { notify(sentence) }
        for (variant, error) in failed {
            var details = DraftDetails()
            details.server = ServerReport(endpoint: asking.endpoint.name, askedModel: asking.model)
            details.server?.failure = "\(error)"
            report(.details(details, variant: variant))
            report(.draftFinished(variant: variant, reason: .failed, tokenCount: 0))
        }
        let keys = texts.values.map(Self.key)
        if texts.count > 1, state.areWhole, failed.isEmpty, request.sampling.temperature > 0, let first = keys.first,
            !first.isEmpty,
            keys.allSatisfy({ $0 == first }), request.sampling.grammar == nil, request.sampling.jsonSchema == nil
        {
            notify(notices.allEqual)
        }
        report(.finished(state.timings))
    }
}

extension SamplingOptions {
    /// The options that are asked for and that no server has.
    fileprivate var namesOfIgnoredOptions: [String] {
        SamplingOption.all.filter { option in
            guard RequestBody.optionsOfNoServer.contains(option.name) else { return false }
            let value = option.value(in: self)
            return value != option.defaultValue && value != option.neutral
        }.map(\.name)
    }
}
