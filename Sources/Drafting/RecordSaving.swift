// Saves a record while it grows, on a thread of its own: a store that is slow or in use never holds up the text.
// - One save runs at a time; each saves a copy, and the record takes over what came of it.
// - A store that others keep in use is tried again; at the end for as long as `endPatience`, from the end on.

import Dispatch
import Generation
import Store

/// The saves of one generation, and what the listener has heard of them.
struct RecordSaving {
    private let queue = DispatchQueue(label: "copydesk.recording")
    private let endPatience: Duration
    private var hasBegun = false
    private var isFailing = false
    /// True if the listener has heard of the beginning without ids.
    private var owesIds = false
    /// The save that is under way.
    private var running: Task<GenerationRecord, Never>?

    init(endPatience: Duration) { self.endPatience = endPatience }

    var isRunning: Bool { running != nil }

    /// Begins to save.
    /// - Parameter whenDone: gets the copy that was saved, or could not be; `finish` takes it.
    mutating func start(_ record: GenerationRecord, whenDone: @escaping @Sendable (GenerationRecord) -> Void) {
        let task = Task { [queue] in await Self.save(record, on: queue) }
        running = task
        Task { whenDone(await task.value) }
    }

    /// Takes over what a save brought.
    mutating func finish(
        _ saved: GenerationRecord, _ record: inout GenerationRecord, _ report: @Sendable (RecordingEvent) async -> Void
    ) async {
        running = nil
        record.takeSave(of: saved)
        await tell(record, report)
    }

    /// Tells of the beginning although the rows are not in the store yet.
    mutating func beginWithoutRows(
        _ record: GenerationRecord, _ report: @Sendable (RecordingEvent) async -> Void
    ) async {
        guard !hasBegun else { return }
        hasBegun = true
        owesIds = true
        await report(.began(record.generation))
    }

    /// Tells of a store that could not be opened.
    mutating func tellOfOpening(
        _ error: any Error, _ report: @Sendable (RecordingEvent) async -> Void
    ) async {
        if !isFailing { await report(.saveFailed(error)) }
        isFailing = true
    }

    /// Saves the end of a record, and waits for it.
    mutating func saveEnd(
        _ record: inout GenerationRecord, _ report: @Sendable (RecordingEvent) async -> Void
    ) async {
        if let running { await finish(running.value, &record, report) }
        let end = ContinuousClock.now + endPatience
        await finish(Self.save(record, on: queue), &record, report)
        while record.isUnsaved, record.saveFailure?.isBusyStore == true, !Task.isCancelled, ContinuousClock.now < end {
            await finish(Self.save(record, on: queue, afterSeconds: 0.1), &record, report)
        }
    }

    /// Reports the first try, a failing store once, and once that it works again.
    private mutating func tell(
        _ record: GenerationRecord, _ report: @Sendable (RecordingEvent) async -> Void
    ) async {
        if !hasBegun { await report(.began(record.generation)) }
        hasBegun = true
        if let failure = record.saveFailure {
            if !isFailing { await report(.saveFailed(failure)) }
            isFailing = true
        } else {
            if isFailing || owesIds { await report(.saved(record.generation)) }
            isFailing = false
            owesIds = false
        }
    }

    /// - Returns: the record after a try to save it.
    private static func save(
        _ record: GenerationRecord, on queue: DispatchQueue, afterSeconds seconds: Double = 0
    ) async -> GenerationRecord {
        await withCheckedContinuation { continuation in
            queue.asyncAfter(deadline: .now() + seconds) {
                var record = record
                _ = record.save()
                continuation.resume(returning: record)
            }
        }
    }
}

extension Error {
    /// True if others keep the store in use, so that a later try may succeed.
    var isBusyStore: Bool { (self as? StoreError)?.isBusy == true }
}
