// One generation, from the first row in the store to the last token.
// - What streams is saved at least every 250 ms, in one transaction for all variants.
// - A store that cannot be written does not stop the model: the text goes on to whoever listens, the failure
//   is reported, and the record keeps it all for another try.
// - Every way out (done, stopped, failed) leaves a finished generation in the store.

import Generation
import Store

/// What a listener is told.
enum RecordingEvent: Sendable {
    /// Before the first event of the generator: the rows are in the store, or could not be made (then ids are 0).
    case began(SavedGeneration)
    case generation(GenerationEvent)
    case saveFailed(sentence: String)
    /// After a failure: the store has it all.
    case saved(SavedGeneration)
    /// The record has the sentence without hints; the listener adds those of its door.
    case failed(any Error)
}

struct RecordedGeneration: Sendable {
    static let saveInterval: Duration = .milliseconds(250)

    let order: DraftOrder
    let generator: any TextGenerator
    /// `nil`: nothing is kept.
    let store: DraftStore?
    let stopSignal: StopSignal

    /// Runs to the end; never throws, since every failure is told in the record and kept with the text.
    func run(report: @Sendable (RecordingEvent) async -> Void) async -> GenerationRecord {
        var record = GenerationRecord(order: order, identity: generator.identity, store: store)
        var saving = SaveReport()
        let first = record.save()
        await report(.began(record.generation))
        await saving.tell(first, record, report)
        do {
            for try await event in generator.generate(order.request, stopSignal: stopSignal) {
                record.take(event)
                await report(.generation(event))
                if record.isDue { await saving.tell(record.save(), record, report) }
            }
            let wasStopped = record.generation.drafts.contains { $0.finishReason == .stopped || $0.finishReason == nil }
            record.end(wasStopped ? .stopped : .complete)
            await saving.tell(record.save(), record, report)
        } catch {
            record.end(.failed, failure: Console.plainSentence(of: error))
            await saving.tell(record.save(), record, report)
            await report(.failed(error))
        }
        return record
    }

    /// Tells of a failing store once, and once when it works again.
    private struct SaveReport {
        private var isFailing = false

        mutating func tell(
            _ failure: String?, _ record: GenerationRecord, _ report: @Sendable (RecordingEvent) async -> Void
        ) async {
            if let failure {
                if !isFailing { await report(.saveFailed(sentence: failure)) }
            } else if isFailing {
                await report(.saved(record.generation))
            }
            isFailing = failure != nil
        }
    }
}
