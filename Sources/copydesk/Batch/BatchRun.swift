// The rows of a batch, one after another, from their fields to the file.
// - A row is in the file when all its drafts have ended; a row that was stopped half way is written anew by the next run.
// - A row that fails is in the file too, with its reason, and the next rows are written all the same.
// - Rows come one after another, because one batch of the decoder holds variants of one prompt; the beginning that all
//   prompts share is read once, and kept.

import Drafting
import Foundation
import Generation
import Store
import Templates

/// Writes the drafts of one row.
struct BatchWriting {
    var template: PromptTemplate
    var generator: any TextGenerator
    /// `nil` if nothing is kept.
    var store: DraftStore?
    var sampling: SamplingOptions
    var variantCount: Int
    var seed: UInt64
    /// True if the writer chose the seed.
    var seedMustReplay: Bool
    var system: String?
    var lexicon: Lexicon
    var batch: UInt64

    /// The tag of its drafts in the store.
    var tag: String { "batch:\(BatchKeys.hexadecimal(batch).prefix(8))" }

    /// - Returns: `nil` if it was stopped before its drafts had ended.
    func result(
        of values: [String: String], row: UInt64, _ progress: BatchProgress, _ stopSignal: StopSignal
    ) async -> BatchResult? {
        let seed = BatchKeys.seed(of: row, in: seed)
        let key = BatchKeys.text(row: row, batch: batch)
        func failed(_ reason: String) -> BatchResult {
            BatchResult(
                drafts: [], model: generator.identity.name, seed: String(seed), ended: "", error: reason, key: key)
        }
        var order: DraftOrder
        do {
            order = DraftOrder(filled: try template.fill(values: values), template: template, seed: seed)
        } catch {
            return failed(Console.sentence(of: error))
        }
        if let system { order.replaceSystemPrompt(with: system) }
        order.request.sampling = sampling
        order.request.variantCount = variantCount
        order.request.seedMustReplay = seedMustReplay
        order.request.conditions.lexicon = lexicon
        for sentence in order.lexiconConflicts { progress.tell(sentence) }
        let recording = RecordedGeneration(order: order, generator: generator, store: store, stopSignal: stopSignal)
        let generation = await recording.run { progress.take($0) }.generation.withoutCandidates
        keepTag(of: generation, progress)
        if stopSignal.isRaised, generation.status != .complete { return nil }
        return BatchResult(
            drafts: generation.drafts.map { DraftNotes.text(of: $0, in: generation) }, model: generation.model.name,
            seed: String(generation.seed),
            ended: generation.drafts.map { $0.finishReason?.rawValue ?? "" }.joined(separator: ", "),
            error: Self.error(of: generation), key: key)
    }

    /// The store finds the drafts of a batch by their tag.
    private func keepTag(of generation: SavedGeneration, _ progress: BatchProgress) {
        let ids = generation.drafts.map(\.id).filter { $0 != 0 }
        guard let store, !ids.isEmpty else { return }
        do {
            try store.tag(tag, draftIds: ids)
        } catch {
            progress.tell("The drafts have no tag of their batch: \(Console.sentence(of: error))")
        }
    }

    /// Why a row failed; empty if it did not.
    private static func error(of generation: SavedGeneration) -> String {
        if let failure = generation.failure { return failure }
        for draft in generation.drafts {
            let which = generation.drafts.count > 1 ? "Draft \(draft.ordinal + 1)" : "The draft"
            switch draft.finishReason {
            case .failed: return draft.details.server?.failure ?? "\(which) failed."
            case .cutOff: return "\(which) was cut off: the server's answer ended before the text did."
            default: break
            }
            if draft.text.allSatisfy(\.isWhitespace) { return "\(which) is empty." }
        }
        return ""
    }
}

/// One run of a batch over its rows.
struct BatchRun {
    private let plan: BatchPlan
    private let encoder: BatchEncoder
    private let keys: [UInt64]
    private let batch: UInt64
    private var output: BatchOutput
    private var todo: [BatchPlan.Item]
    private let keptCount: Int
    private let droppedCount: Int

    init(_ plan: BatchPlan, _ encoder: BatchEncoder, _ kept: BatchKept, output path: String, batch: UInt64) {
        self.plan = plan
        self.encoder = encoder
        self.batch = batch
        keys = BatchKeys.rows(of: plan.table)
        output = BatchOutput(path: path, header: encoder.header, count: plan.table.rows.count)
        var found = 0
        // Rows that a condition leaves out now stay if an earlier run has written them.
        for (index, key) in keys.enumerated() {
            guard let result = kept.results[key] else { continue }
            output.put(encoder.line(of: plan.table.rows[index], result), at: index)
            found += 1
        }
        todo = plan.items.filter { [keys] in kept.results[keys[$0.index]] == nil }
        keptCount = plan.items.count - todo.count
        droppedCount = kept.results.count - found
    }

    /// Writes all rows that are not there yet.
    /// - Parameter name: of the output, for people.
    /// - Throws: `Failure` if the file cannot be written.
    mutating func write(
        with writing: BatchWriting, stopSignal: StopSignal, name: String
    ) async throws -> BatchReport {
        let progress = BatchProgress()
        defer { progress.clear() }
        let clock = ContinuousClock()
        let start = clock.now
        var counts = BatchCounts(asked: todo.count)
        var failures: [BatchReport.Failed] = []
        // A file that cannot be written is known before the first draft.
        try output.save()
        for item in todo {
            if stopSignal.isRaised { break }
            progress.show(counts.line(seconds: Self.seconds(clock.now - start)))
            let row = plan.table.rows[item.index]
            guard
                let result = await writing.result(
                    of: item.values, row: keys[item.index], progress, stopSignal)
            else { break }
            counts.written += 1
            if !result.error.isEmpty {
                counts.failed += 1
                failures.append(.init(row: row.number, line: row.line, error: result.error))
            }
            output.put(encoder.line(of: row, result), at: item.index)
            try output.saveIfDue()
        }
        if output.isUnsaved { try output.save() }
        return BatchReport(
            batch: BatchKeys.hexadecimal(batch), tag: writing.tag, output: name, rows: plan.table.rows.count,
            asked: plan.items.count, kept: keptCount, written: counts.written, failed: counts.failed,
            left: counts.asked - counts.written, dropped: droppedCount,
            stopped: stopSignal.isRaised && counts.written < counts.asked,
            seconds: Self.seconds(clock.now - start), failures: failures)
    }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}

/// What a run of a batch has done.
struct BatchReport: Encodable {
    struct Failed: Encodable {
        var row: Int
        var line: Int
        var error: String
    }

    /// 16 hexadecimal digits: template, model, options and everything else but the rows.
    var batch: String
    /// The tag of its drafts in the store.
    var tag: String
    var output: String
    /// Of the input.
    var rows: Int
    /// Those that the conditions let through.
    var asked: Int
    /// Of those asked for, there from an earlier run.
    var kept: Int
    var written: Int
    /// Of those written.
    var failed: Int
    /// Of those asked for, not written because the run was stopped.
    var left: Int
    /// Rows of the output before, which the input does not have any more.
    var dropped: Int
    var stopped: Bool
    var seconds: Double
    var failures: [Failed]

    /// `drafts.csv: 10 rows written, 2 of them failed; 5 kept.`
    var sentence: String {
        let failures = failed > 0 ? ", \(failed) of them failed" : ""
        let keeping = kept > 0 ? "; \(kept) kept" : ""
        return "\(output): \(written == 1 ? "1 row" : "\(written) rows") written\(failures)\(keeping)."
    }
}
