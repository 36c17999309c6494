// One generation, from the first row in the store to the last token.
// - Text is saved at most 250 ms after it came, in one transaction for all variants, even if no more text comes.
// - A store that cannot be written does not stop the model: the listener still gets the text and hears of the
//   failure, and the record keeps it all for another try.
// - A request that the generator cannot do in full is refused before the first token.
// - Every way out (done, stopped, refused, failed) leaves a finished generation in the store.

import Generation
import Store

/// An event of a generation that is being recorded.
public enum RecordingEvent: Sendable {
    /// Before the first event of the generator. The rows are in the store; if they could not be made, ids are 0.
    case began(SavedGeneration)
    case generation(GenerationEvent)
    /// Before the first text: the prompt leaves less room than was asked for.
    case roomIsScarce(ContextRoom)
    case saveFailed(any Error)
    /// After a failure: the store has it all.
    case saved(SavedGeneration)
    case failed(any Error)
}

/// Runs a generator and keeps its text in a store.
public struct RecordedGeneration: Sendable {
    /// The longest time that new text waits for a save.
    public static let saveInterval: Duration = .milliseconds(250)

    /// Without candidates if the generator writes none.
    let order: DraftOrder
    private let leavesOutCandidates: Bool
    let generator: any TextGenerator
    /// `nil` if nothing is kept. It may be set until the generation runs.
    public var store: DraftStore?
    let stopSignal: StopSignal
    let clock: any Clock<Duration>
    /// Set if the generator has begun before the generation runs.
    private var begun: AsyncThrowingStream<GenerationEvent, any Error>?

    /// - Parameters:
    ///   - store: `nil` if nothing is kept.
    ///   - clock: measures `saveInterval`.
    public init(
        order: DraftOrder, generator: any TextGenerator, store: DraftStore?, stopSignal: StopSignal,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        var order = order
        leavesOutCandidates = order.leaveOutCandidates(for: generator.capabilities)
        self.order = order
        self.generator = generator
        self.store = store
        self.stopSignal = stopSignal
        self.clock = clock
    }

    /// Lets the generator begin, so that it reads the prompt while the store is opened: both take some milliseconds. If
    /// the generation never runs, the generator ends without a report.
    public mutating func begin() { begun = events() }

    /// `nil` if the generator cannot do what is asked for.
    private func events() -> AsyncThrowingStream<GenerationEvent, any Error>? {
        guard generator.capabilities.missing(for: order.request).isEmpty else { return nil }
        return generator.generate(order.request, stopSignal: stopSignal)
    }

    /// Runs to the end. It never throws, because every failure is reported and kept with the text.
    public func run(report: @Sendable (RecordingEvent) async -> Void) async -> GenerationRecord {
        var record = GenerationRecord(order: order, identity: generator.identity, store: store)
        var notices = SaveNotices()
        // It begins before the store writes the rows.
        let events = begun ?? events()
        let first = record.save()
        await report(.began(record.generation))
        await notices.tell(first, record, report)
        do {
            guard let events else {
                let missing = generator.capabilities.missing(for: order.request)
                throw GeneratorRefusal(model: generator.identity.name, missing: missing)
            }
            if leavesOutCandidates { await report(.generation(.notice(DraftOrder.candidatesAreLeftOut))) }
            try await write(events, into: &record, &notices, report)
            let wasStopped = record.generation.drafts.contains { $0.finishReason == .stopped || $0.finishReason == nil }
            record.end(wasStopped ? .stopped : .complete)
            await notices.tell(record.save(), record, report)
        } catch {
            record.end(.failed, failure: ErrorSentence.of(error))
            await notices.tell(record.save(), record, report)
            await report(.failed(error))
        }
        return record
    }

    private enum Signal {
        case event(GenerationEvent)
        case pauseIsOver
    }

    /// Takes the generator's events, and saves between them: at once if the last save is long enough ago, else when
    /// the pause after it is over.
    private func write(
        _ events: AsyncThrowingStream<GenerationEvent, any Error>, into record: inout GenerationRecord,
        _ notices: inout SaveNotices,
        _ report: @Sendable (RecordingEvent) async -> Void
    ) async throws {
        let (signals, queue) = AsyncThrowingStream.makeStream(of: Signal.self, throwing: (any Error).self)
        let forwarding = Task {
            do {
                for try await event in events { queue.yield(.event(event)) }
                queue.finish()
            } catch {
                queue.finish(throwing: error)
            }
        }
        var pause: Task<Void, Never>? = startPause(queue)
        defer {
            pause?.cancel()
            forwarding.cancel()
        }
        for try await signal in signals {
            switch signal {
            case .event(let event):
                if case .started(_, let promptTokens) = event {
                    record.room = ContextRoom(
                        promptTokens: promptTokens, contextLength: generator.capabilities.contextLength,
                        askedTokens: order.request.sampling.maxTokens)
                    if let room = record.room { await report(.roomIsScarce(room)) }
                }
                record.take(event)
                await report(.generation(event))
            case .pauseIsOver:
                pause = nil
            }
            guard record.isUnsaved, pause == nil else { continue }
            await notices.tell(record.save(), record, report)
            pause = startPause(queue)
        }
    }

    private func startPause(_ queue: AsyncThrowingStream<Signal, any Error>.Continuation) -> Task<Void, Never> {
        Task { [clock] in
            do {
                try await clock.sleep(for: Self.saveInterval)
                queue.yield(.pauseIsOver)
            } catch {}  // cancelled: the generation has ended
        }
    }

    /// Reports a failing store once, and once that it works again.
    private struct SaveNotices {
        private var isFailing = false

        mutating func tell(
            _ failure: (any Error)?, _ record: GenerationRecord, _ report: @Sendable (RecordingEvent) async -> Void
        ) async {
            if let failure {
                if !isFailing { await report(.saveFailed(failure)) }
            } else if isFailing {
                await report(.saved(record.generation))
            }
            isFailing = failure != nil
        }
    }
}

extension DraftOrder {
    static let candidatesAreLeftOut =
        "This model writes the drafts alone, and no candidates to choose them from (best_of), because a server bills each."

    /// Asks for no more texts than drafts if the generator writes no candidates.
    /// - Returns: true if there would have been candidates.
    fileprivate mutating func leaveOutCandidates(for capabilities: GeneratorCapabilities) -> Bool {
        guard !capabilities.writesCandidates, request.sampling.bestOf > 0 else { return false }
        let hadCandidates = request.sampling.bestOf > request.variantCount
        request.sampling.bestOf = 0
        return hadCandidates
    }
}
