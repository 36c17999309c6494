// What the tests of drafting share: a generator that the test speaks for, a clock that the test turns, a store whose file
// can be away for a while, and a recording that is watched event by event.

import Foundation
import Generation
import Store
import Synchronization
import Testing

@testable import Drafting

/// Writes exactly what the test sends.
final class ScriptedGenerator: TextGenerator {
    let identity = ModelIdentity(name: "scripted", hash: "5c", engine: "tests")
    let capabilities: GeneratorCapabilities
    private let events: AsyncThrowingStream<GenerationEvent, any Error>
    private let script: AsyncThrowingStream<GenerationEvent, any Error>.Continuation
    private let calls = Mutex<[(request: GenerationRequest, stopSignal: StopSignal)]>([])
    private let isAbandoned = Mutex(false)

    init(_ capabilities: GeneratorCapabilities = .all(contextLength: 512)) {
        self.capabilities = capabilities
        (events, script) = AsyncThrowingStream.makeStream(of: GenerationEvent.self, throwing: (any Error).self)
    }

    func generate(
        _ request: GenerationRequest, stopSignal: StopSignal
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        calls.withLock { $0.append((request, stopSignal)) }
        return events
    }

    /// The requests that came.
    var requests: [GenerationRequest] { calls.withLock { $0.map(\.request) } }
    var wasAskedToStop: Bool { calls.withLock { $0.contains { $0.stopSignal.isRaised } } }

    func send(_ sent: GenerationEvent...) { for event in sent { script.yield(event) } }
    func finish(throwing error: (any Error)? = nil) { script.finish(throwing: error) }

    /// Writes a whole draft for each text.
    func write(_ texts: String..., prompt: String = "<user>Write.") {
        send(.started(prompt: prompt, promptTokens: 4))
        for (variant, text) in texts.enumerated() {
            send(.text(text, variant: variant), .draftFinished(variant: variant, reason: .stop, tokenCount: 3))
        }
        send(.finished(GenerationTimings()))
        finish()
    }
}

/// A model that broke.
struct BrokenModel: Error, CustomStringConvertible {
    var description: String { "The model broke. Choose another one." }
}

/// A clock that stands still until the test moves it.
final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
    }

    private struct Sleeper {
        let id: Int
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Sleeper] = []
        var sleepCount = 0
        var cancelled: Set<Int> = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock(\.now) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock { state in
            state.sleepCount += 1
            return state.sleepCount
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let sleeper = Sleeper(id: id, deadline: deadline, continuation: continuation)
                for watcher in begin(sleeper) { watcher.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                state.cancelled.insert(id)
                defer { state.sleepers.removeAll { $0.id == id } }
                return state.sleepers.first { $0.id == id }
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Puts a sleeper to sleep, or wakes it if it need not sleep.
    /// - Returns: those who waited for this sleep.
    private func begin(_ sleeper: Sleeper) -> [CheckedContinuation<Void, Never>] {
        state.withLock { state -> [CheckedContinuation<Void, Never>] in
            if state.cancelled.contains(sleeper.id) {
                sleeper.continuation.resume(throwing: CancellationError())
            } else if sleeper.deadline <= state.now {
                sleeper.continuation.resume()
            } else {
                state.sleepers.append(sleeper)
            }
            let watchers = state.watchers.filter { $0.count <= sleeper.id }
            state.watchers.removeAll { $0.count <= sleeper.id }
            return watchers.map(\.continuation)
        }
    }

    /// Moves the time and wakes whoever slept until then.
    func advance(by duration: Duration) {
        let woken = state.withLock { state -> [Sleeper] in
            state.now = state.now.advanced(by: duration)
            let now = state.now
            defer { state.sleepers.removeAll { $0.deadline <= now } }
            return state.sleepers.filter { $0.deadline <= now }
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Returns once somebody has slept this often: then everything before that sleep is done.
    func untilSleep(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state -> Bool in
                // A sleep counts once its sleeper can be woken.
                if state.sleepCount >= count, state.sleepers.contains(where: { $0.id >= count }) { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }
}

/// A store in a folder of its own, which is removed with it.
final class TemporaryStore: Sendable {
    let folder: String
    let store: DraftStore

    init() throws {
        folder = NSTemporaryDirectory() + "copydesk-drafting-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try DraftStore.open(path: folder + "/copydesk.db")
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Moves the store's file away: every write fails with `failure` until it is back.
    func takeAway() throws { try FileManager.default.moveItem(atPath: store.path, toPath: store.path + "-away") }
    func bringBack() throws { try FileManager.default.moveItem(atPath: store.path + "-away", toPath: store.path) }
    var failure: StoreError { .gone(path: store.path) }

    /// The newest generation.
    func newest() throws -> SavedGeneration {
        try #require(try store.history(HistoryPageRequest(limit: 1)).generations.first)
    }

    func texts() throws -> [String] { try newest().drafts.map(\.text) }

    /// Keeps a finished generation with these texts.
    @discardableResult
    func keep(_ texts: String..., prompt: String = "Write about a lamp.") throws -> SavedGeneration {
        var generation = try store.beginGeneration(
            SavedGeneration(
                title: prompt, prompt: prompt, model: ModelIdentity(name: "built-in", hash: "ab", engine: "copydesk"),
                seed: 7, drafts: texts.map { _ in .empty }))
        for (index, text) in texts.enumerated() { generation.drafts[index].text = text }
        generation.status = .complete
        try store.finishGeneration(generation)
        return generation
    }
}

extension SavedDraft {
    /// A draft before its first token.
    static var empty: SavedDraft {
        SavedDraft(id: 0, generationId: 0, ordinal: 0, text: "", createdAt: 0, updatedAt: 0)
    }
}

extension DraftOrder {
    static func example(variants: Int = 1) -> DraftOrder {
        var order = DraftOrder(prompt: "Write about a lamp.", system: nil, raw: false, seed: 7)
        order.request.variantCount = variants
        return order
    }
}

/// A recording under way.
struct WatchedRecording {
    let generator: ScriptedGenerator
    let clock = ManualClock()
    /// Measures how long the first text waits for its rows; it stands still unless a test moves it.
    let rowsClock = ManualClock()
    let stopSignal = StopSignal()
    let task: Task<GenerationRecord, Never>
    private var events: AsyncStream<RecordingEvent>.Iterator

    init(_ order: DraftOrder = .example(), generator: ScriptedGenerator = .init(), store: DraftStore?) {
        self.init(generator) { stopSignal, clock, rowsClock in
            RecordedGeneration(
                order: order, generator: generator, store: store, stopSignal: stopSignal, clock: clock,
                rowsClock: rowsClock, endPatience: .seconds(600))
        }
    }

    init(
        _ order: DraftOrder = .example(), generator: ScriptedGenerator = .init(),
        endPatience: Duration = .seconds(600), openingStore openStore: @escaping @Sendable () throws -> DraftStore
    ) {
        self.init(generator) { stopSignal, clock, _ in
            RecordedGeneration(
                order: order, generator: generator, openingStore: openStore, stopSignal: stopSignal, clock: clock,
                endPatience: endPatience)
        }
    }

    private init(
        _ generator: ScriptedGenerator, _ make: (StopSignal, ManualClock, ManualClock) -> RecordedGeneration
    ) {
        self.generator = generator
        let recording = make(stopSignal, clock, rowsClock)
        let (stream, queue) = AsyncStream.makeStream(of: RecordingEvent.self)
        events = stream.makeAsyncIterator()
        task = Task {
            defer { queue.finish() }
            return await recording.run { queue.yield($0) }
        }
    }

    /// The next event; `nil` after the last.
    mutating func next() async -> RecordingEvent? { await events.next() }

    /// Skips events up to one of a kind.
    mutating func next<Value>(_ kind: (RecordingEvent) -> Value?) async -> Value? {
        while let event = await events.next() {
            if let value = kind(event) { return value }
        }
        return nil
    }

    /// All events that are left, in words.
    mutating func rest() async -> [String] {
        var words: [String] = []
        while let event = await events.next() { words.append(event.word) }
        return words
    }
}

extension RecordingEvent {
    /// The event in a word or two.
    var word: String {
        switch self {
        case .began(let generation): generation.id == 0 ? "began unsaved" : "began"
        case .generation(.text(let piece, let variant)): "\(variant): \(piece)"
        case .generation(.draftFinished(let variant, let reason, _)): "\(variant) \(reason)"
        case .generation(.started): "started"
        case .generation(.finished): "finished"
        case .generation: "other"
        case .roomIsScarce(let room): "room for \(room.tokens) of \(room.askedTokens)"
        case .saveFailed(let error): "not saved: \(error)"
        case .saved: "saved"
        case .failed(let error): "failed: \(error)"
        }
    }

    var began: SavedGeneration? { if case .began(let generation) = self { generation } else { nil } }
    var saved: SavedGeneration? { if case .saved(let generation) = self { generation } else { nil } }
    var saveFailure: StoreError? { if case .saveFailed(let error) = self { error as? StoreError } else { nil } }
    var piece: String? { if case .generation(.text(let piece, _)) = self { piece } else { nil } }
}
