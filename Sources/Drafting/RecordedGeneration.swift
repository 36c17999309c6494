// One generation, from the first row in the store to the last token.
// - Text is saved at most 250 ms after it came, in one transaction for all variants, even if no more text comes.
// - A store that cannot be written does not stop the model: the listener still gets the text and hears of the
//   failure, and the record keeps it all for another try.
// - A request that the generator cannot do in full is refused before the first token.
// - Every way out (done, stopped, refused, failed) leaves a finished generation in the store.

import Dispatch
import Generation
import Store

/// An event of a generation that is being recorded.
public enum RecordingEvent: Sendable {
    /// Before the first event of the generator, unless the store is opened meanwhile. The rows are in the store; if they
    /// could not be made, ids are 0.
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

    /// Where the text is kept.
    private enum Place: Sendable {
        /// The rows are made before the first event is reported.
        case store(DraftStore?)
        /// The store is opened meanwhile, and neither that nor its rows keep the first text waiting.
        case opening(@Sendable () throws -> DraftStore)
    }

    /// Without candidates if the generator writes none.
    let order: DraftOrder
    private let leavesOutCandidates: Bool
    let generator: any TextGenerator
    private let place: Place
    let stopSignal: StopSignal
    let clock: any Clock<Duration>

    /// - Parameters:
    ///   - store: `nil` if nothing is kept.
    ///   - clock: measures `saveInterval`.
    public init(
        order: DraftOrder, generator: any TextGenerator, store: DraftStore?, stopSignal: StopSignal,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.init(order, generator, .store(store), stopSignal, clock)
    }

    /// A generation whose first text does not wait for the store.
    ///
    /// - Parameter openStore: called once, on a thread that may block. If it throws, the generation fails with its error.
    public init(
        order: DraftOrder, generator: any TextGenerator,
        openingStore openStore: @escaping @Sendable () throws -> DraftStore,
        stopSignal: StopSignal, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.init(order, generator, .opening(openStore), stopSignal, clock)
    }

    private init(
        _ order: DraftOrder, _ generator: any TextGenerator, _ place: Place, _ stopSignal: StopSignal,
        _ clock: any Clock<Duration>
    ) {
        var order = order
        leavesOutCandidates = order.leaveOutCandidates(for: generator.capabilities)
        self.order = order
        self.generator = generator
        self.place = place
        self.stopSignal = stopSignal
        self.clock = clock
    }

    /// `nil` if the generator cannot do what is asked for.
    private func events() -> AsyncThrowingStream<GenerationEvent, any Error>? {
        guard generator.capabilities.missing(for: order.request).isEmpty else { return nil }
        return generator.generate(order.request, stopSignal: stopSignal)
    }

    /// Runs to the end. It never throws, because every failure is reported and kept with the text.
    public func run(report: @Sendable (RecordingEvent) async -> Void) async -> GenerationRecord {
        var record = GenerationRecord(order: order, identity: generator.identity)
        var saving = Saving()
        // It begins before the store writes the rows.
        let events = events()
        if case .store(let store) = place {
            record.store = store
            await saving.save(&record, report)
        }
        do {
            if leavesOutCandidates { await report(.generation(.notice(DraftOrder.candidatesAreLeftOut))) }
            try await write(events ?? refusal(), into: &record, &saving, report)
            let wasStopped = record.generation.drafts.contains { $0.finishReason == .stopped || $0.finishReason == nil }
            record.end(wasStopped ? .stopped : .complete)
            await saving.save(&record, report)
        } catch {
            record.end(.failed, failure: ErrorSentence.of(error))
            await saving.save(&record, report)
            await report(.failed(error))
        }
        return record
    }

    /// No event, and an error that says what the generator cannot do.
    private func refusal() -> AsyncThrowingStream<GenerationEvent, any Error> {
        let missing = generator.capabilities.missing(for: order.request)
        return AsyncThrowingStream {
            $0.finish(throwing: GeneratorRefusal(model: generator.identity.name, missing: missing))
        }
    }

    private enum Signal {
        case event(GenerationEvent)
        case ended((any Error)?)
        case pauseIsOver
        case storeIsOpen(Result<DraftStore, any Error>)
    }

    /// Takes the generator's events, and saves between them: at once if the last save is long enough ago, else when
    /// the pause after it is over.
    private func write(
        _ events: AsyncThrowingStream<GenerationEvent, any Error>, into record: inout GenerationRecord,
        _ saving: inout Saving, _ report: @Sendable (RecordingEvent) async -> Void
    ) async throws {
        let (signals, queue) = AsyncStream.makeStream(of: Signal.self)
        let forwarding = Task {
            do {
                for try await event in events { queue.yield(.event(event)) }
                queue.yield(.ended(nil))
            } catch {
                queue.yield(.ended(error))
            }
        }
        var opening: Task<DraftStore, any Error>?
        if case .opening(let openStore) = place {
            // The pool's threads are few, and an opening may wait for other writers.
            let task = Task {
                try await withCheckedThrowingContinuation { continuation in
                    DispatchQueue.global().async { continuation.resume(with: Result { try openStore() }) }
                }
            }
            Task { queue.yield(.storeIsOpen(await task.result)) }
            opening = task
        }
        var pause: Task<Void, Never>? = startPause(queue)
        defer {
            pause?.cancel()
            forwarding.cancel()
        }
        var end: Result<Void, any Error>?
        for await signal in signals {
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
            case .ended(let error): end = error.map { .failure($0) } ?? .success(())
            case .pauseIsOver: pause = nil
            case .storeIsOpen(let opened):
                opening = nil
                record.store = try opened.get()
            }
            if let end, opening == nil { return try end.get() }
            guard record.isUnsaved, pause == nil else { continue }
            await saving.save(&record, report)
            pause = startPause(queue)
        }
        // The task is cancelled; what came until then is kept.
        if let opening { record.store = try await opening.value }
    }

    private func startPause(_ queue: AsyncStream<Signal>.Continuation) -> Task<Void, Never> {
        Task { [clock] in
            do {
                try await clock.sleep(for: Self.saveInterval)
                queue.yield(.pauseIsOver)
            } catch {}  // cancelled: the generation has ended
        }
    }

    /// Saves a record. Reports the first try, a failing store once, and once that it works again.
    private struct Saving {
        private var hasBegun = false
        private var isFailing = false

        mutating func save(_ record: inout GenerationRecord, _ report: @Sendable (RecordingEvent) async -> Void) async {
            let failure = record.save()
            if !hasBegun { await report(.began(record.generation)) }
            hasBegun = true
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
