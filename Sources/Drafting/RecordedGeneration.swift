// One generation, from the first row in the store to the last token.
// - Text is saved at most 250 ms after it came, in one transaction for all variants, even if no more text comes.
// - A store that cannot be written, or is in use, does not stop the model or the text: saves run beside them, the
//   listener hears of a failure, and the record keeps it all for another try.
// - A request that the generator cannot do in full is refused before the first token.
// - Every way out (done, stopped, refused, failed) leaves a finished generation in the store.

import Dispatch
import Generation
import Store

/// An event of a generation that is being recorded.
public enum RecordingEvent: Sendable {
    /// Before the first event of the generator, unless the store is opened meanwhile. The rows are in the store; if they
    /// could not be made, or not at once, ids are 0 and `saved` brings them.
    case began(SavedGeneration)
    case generation(GenerationEvent)
    /// Before the first text: the prompt leaves less room than was asked for.
    case roomIsScarce(ContextRoom)
    case saveFailed(any Error)
    /// After a failure, or after a beginning without ids: the store has it all.
    case saved(SavedGeneration)
    case failed(any Error)
}

/// Runs a generator and keeps its text in a store.
public struct RecordedGeneration: Sendable {
    /// The longest time that new text waits for a save.
    public static let saveInterval: Duration = .milliseconds(250)
    /// The longest time that the first text waits for its rows.
    static let rowsInterval: Duration = .milliseconds(150)
    /// How long the end of a generation is tried to be saved while others keep the store in use.
    public static let endPatience: Duration = .seconds(20)

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
    let rowsClock: any Clock<Duration>
    let endPatience: Duration

    /// - Parameters:
    ///   - store: `nil` if nothing is kept.
    ///   - clock: measures `saveInterval`.
    ///   - rowsClock: measures how long the first text waits for its rows.
    public init(
        order: DraftOrder, generator: any TextGenerator, store: DraftStore?, stopSignal: StopSignal,
        clock: any Clock<Duration> = ContinuousClock(), rowsClock: any Clock<Duration> = ContinuousClock(),
        endPatience: Duration = Self.endPatience
    ) {
        self.init(order, generator, .store(store), stopSignal, clock, rowsClock, endPatience)
    }

    /// A generation whose first text does not wait for the store.
    ///
    /// - Parameter openStore: called on a thread that may block; again if it throws `StoreError.busy`. If it throws another
    ///   error, the generation fails with it.
    public init(
        order: DraftOrder, generator: any TextGenerator,
        openingStore openStore: @escaping @Sendable () throws -> DraftStore,
        stopSignal: StopSignal, clock: any Clock<Duration> = ContinuousClock(), endPatience: Duration = Self.endPatience
    ) {
        self.init(order, generator, .opening(openStore), stopSignal, clock, clock, endPatience)
    }

    private init(
        _ order: DraftOrder, _ generator: any TextGenerator, _ place: Place, _ stopSignal: StopSignal,
        _ clock: any Clock<Duration>, _ rowsClock: any Clock<Duration>, _ endPatience: Duration
    ) {
        var order = order
        leavesOutCandidates = order.leaveOutCandidates(for: generator.capabilities)
        self.order = order
        self.generator = generator
        self.place = place
        self.stopSignal = stopSignal
        self.clock = clock
        self.rowsClock = rowsClock
        self.endPatience = endPatience
    }

    /// `nil` if the generator cannot do what is asked for.
    private func events() -> AsyncThrowingStream<GenerationEvent, any Error>? {
        guard generator.capabilities.missing(for: order.request).isEmpty else { return nil }
        return generator.generate(order.request, stopSignal: stopSignal)
    }

    /// Runs to the end. It never throws, because every failure is reported and kept with the text.
    public func run(report: @Sendable (RecordingEvent) async -> Void) async -> GenerationRecord {
        // Of a prompt that is far too long, a head is enough to know it by: the text is still where it came from.
        let missing = generator.capabilities.missing(for: order.request)
        let isTooLong = missing.contains { if case .longPrompt = $0 { true } else { false } }
        var record = GenerationRecord(order: isTooLong ? order.withHeads() : order, identity: generator.identity)
        var saving = RecordSaving(endPatience: endPatience)
        // It begins before the store writes the rows.
        let events = events()
        let (signals, queue) = AsyncStream.makeStream(of: Signal.self)
        var incoming = signals.makeAsyncIterator()
        if case .store(let store) = place {
            record.store = store
            await begin(&record, &saving, &incoming, queue, report)
        }
        do {
            if leavesOutCandidates { await report(.generation(.notice(DraftOrder.candidatesAreLeftOut))) }
            try await write(events ?? refusal(), into: &record, &saving, &incoming, queue, report)
            let wasStopped = record.generation.drafts.contains { $0.finishReason == .stopped || $0.finishReason == nil }
            record.end(wasStopped ? .stopped : .complete)
            await saving.saveEnd(&record, report)
        } catch {
            record.end(.failed, failure: ErrorSentence.of(error))
            await saving.saveEnd(&record, report)
            await report(.failed(error))
        }
        return record
    }

    /// Makes the rows; if that takes long, the text need not wait for them.
    private func begin(
        _ record: inout GenerationRecord, _ saving: inout RecordSaving, _ incoming: inout AsyncStream<Signal>.Iterator,
        _ queue: AsyncStream<Signal>.Continuation, _ report: @Sendable (RecordingEvent) async -> Void
    ) async {
        saving.start(record) { queue.yield(.saved($0)) }
        let limit = Task { [rowsClock] in
            do {
                try await rowsClock.sleep(for: Self.rowsInterval)
                queue.yield(.rowsAreLate)
            } catch {}  // cancelled: the rows are made
        }
        defer { limit.cancel() }
        switch await incoming.next() {
        case .saved(let saved): await saving.finish(saved, &record, report)
        default: await saving.beginWithoutRows(record, report)
        }
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
        case saved(GenerationRecord)
        case rowsAreLate
        case storeIsOpen(Result<DraftStore, any Error>)
    }

    /// Takes the generator's events, and saves beside them: at once if the last save is long enough ago, else when
    /// the pause after it is over.
    private func write(
        _ events: AsyncThrowingStream<GenerationEvent, any Error>, into record: inout GenerationRecord,
        _ saving: inout RecordSaving, _ incoming: inout AsyncStream<Signal>.Iterator,
        _ queue: AsyncStream<Signal>.Continuation, _ report: @Sendable (RecordingEvent) async -> Void
    ) async throws {
        let forwarding = forward(events, to: queue)
        var opening = startOpening(queue)
        var pause: Task<Void, Never>? = saving.isRunning ? nil : startPause(queue)
        defer {
            pause?.cancel()
            forwarding.cancel()
        }
        var end: Result<Void, any Error>?
        var lastTry: ContinuousClock.Instant?
        while let signal = await incoming.next() {
            switch signal {
            case .event(let event): await take(event, into: &record, report)
            case .ended(let error):
                end = error.map { .failure($0) } ?? .success(())
                lastTry = ContinuousClock.now + endPatience
            case .pauseIsOver: pause = nil
            case .rowsAreLate: break
            case .saved(let saved):
                await saving.finish(saved, &record, report)
                pause = startPause(queue)
            case .storeIsOpen(.success(let store)):
                opening = nil
                record.store = store
            case .storeIsOpen(.failure(let error)):
                guard error.isBusyStore else { throw error }
                await saving.tellOfOpening(error, report)
                let isTimeOver = lastTry.map { ContinuousClock.now >= $0 } ?? false
                if isTimeOver { record.endWithoutStore(because: error) }
                opening = isTimeOver ? nil : startOpening(queue, afterSeconds: 0.1)
            }
            if let end, opening == nil, !saving.isRunning { return try end.get() }
            guard end == nil, record.isUnsaved, pause == nil, !saving.isRunning else { continue }
            saving.start(record) { queue.yield(.saved($0)) }
        }
        // The task is cancelled; what came until then is kept.
        if let opening { record.store = try await opening.value }
    }

    private func take(
        _ event: GenerationEvent, into record: inout GenerationRecord,
        _ report: @Sendable (RecordingEvent) async -> Void
    ) async {
        if case .started(_, let promptTokens) = event {
            record.room = ContextRoom(
                promptTokens: promptTokens, contextLength: generator.capabilities.contextLength,
                askedTokens: order.request.sampling.maxTokens)
            if let room = record.room { await report(.roomIsScarce(room)) }
        }
        record.take(event)
        await report(.generation(event))
    }

    private func forward(
        _ events: AsyncThrowingStream<GenerationEvent, any Error>, to queue: AsyncStream<Signal>.Continuation
    ) -> Task<Void, Never> {
        Task {
            do {
                for try await event in events { queue.yield(.event(event)) }
                queue.yield(.ended(nil))
            } catch {
                queue.yield(.ended(error))
            }
        }
    }

    /// Opens the store on a thread that may block: the pool's threads are few, and an opening may wait for other writers.
    /// - Returns: `nil` if the store is open already.
    private func startOpening(
        _ queue: AsyncStream<Signal>.Continuation, afterSeconds seconds: Double = 0
    ) -> Task<DraftStore, any Error>? {
        guard case .opening(let openStore) = place else { return nil }
        let task = Task {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().asyncAfter(deadline: .now() + seconds) {
                    continuation.resume(with: Result { try openStore() })
                }
            }
        }
        Task { queue.yield(.storeIsOpen(await task.result)) }
        return task
    }

    private func startPause(_ queue: AsyncStream<Signal>.Continuation) -> Task<Void, Never> {
        Task { [clock] in
            do {
                try await clock.sleep(for: Self.saveInterval)
                queue.yield(.pauseIsOver)
            } catch {}  // cancelled: the generation has ended
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
