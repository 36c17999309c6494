// The training of a learning: from rows to an adapter that is offered for comparison, or is not.
// - Everything that can be wrong with model and rows is found before anything is written.
// - The losses before are measured on the untouched base, and kept in the record before the first update.
// - The record says `training` until the adapter is written, so a learning that was stopped goes on from its checkpoint.

import Files
import Foundation
import Generation
import Inference

/// Trains the adapter of a learning.
///
/// Guard of `@unchecked Sendable`: all calls belong to one thread.
public final class LearningTraining: @unchecked Sendable {
    public let folder: LearningFolder
    public let prepared: PreparedRun
    private var record: LearningRecord
    private let general: [GeneralAnswer]
    private let isResumed: Bool
    private let source: any ModelSource

    /// A new learning.
    /// - Parameters:
    ///   - job: as `TrainingJob.learning`, perhaps changed; the rows are added here.
    ///   - name: of the base.
    ///   - reference: a name or a path that opens the base; nil: the name.
    /// - Throws: as `PreparedRun` does; nothing is written then.
    public init(
        in folder: LearningFolder, rows: LearningRows, general: [GeneralAnswer], job: TrainingJob, template: String?,
        plannedPairs: Int, source: any ModelSource, name: String, reference: String? = nil, threadCount: Int,
        report: (PreparedRun.Stage) throws -> Void = { _ in }
    ) throws {
        self.folder = folder
        self.general = general
        self.source = source
        isResumed = false
        var job = job
        job.addLearning(rows, general: general)
        prepared = try PreparedRun(
            job, source: source, name: name, folder: folder.run.path, threadCount: threadCount, report: report)
        record = LearningRecord(
            base: .init(name: name, hash: FileFingerprint.hash(of: source), reference: reference), template: template,
            keeps: rows.keeps, editedWeight: LearningRows.editedWeight, generalRowCount: general.count, job: job,
            plannedPairs: plannedPairs)
    }

    /// A learning that was stopped.
    /// - Parameter rows: those of its record.
    /// - Throws: `LearningError` if the base is another file; as `PreparedRun` does.
    public init(
        resuming folder: LearningFolder, rows: LearningRows, source: any ModelSource, threadCount: Int,
        report: (PreparedRun.Stage) throws -> Void = { _ in }
    ) throws {
        self.folder = folder
        self.source = source
        isResumed = true
        record = try folder.record()
        guard record.base.hash == FileFingerprint.hash(of: source) else {
            throw LearningError.changedBase(name: folder.name, base: record.base.name)
        }
        general = try folder.generalAnswers()
        var job = TrainingJob.learning
        (job.settings, job.part, job.encoding.maxLength) = (record.settings, record.part, record.maxLength)
        job.addLearning(rows, general: general)
        prepared = try PreparedRun(
            job, source: source, name: record.base.name, folder: folder.run.path, threadCount: threadCount,
            report: report)
    }

    /// Takes the folder.
    /// - Throws: `TrainingError` if another process trains there; `LearningError.taken` if another one took the name
    ///   meanwhile; `FileError`.
    public func open() throws {
        if !isResumed {
            try folder.make()
            try folder.write(record)
            try folder.write(general)
        }
        try prepared.open(resuming: isResumed && folder.run.holdsRun, allowsChanges: false)
    }

    private func measure(_ stopSignal: StopSignal) throws -> LearningRecord.Measure {
        // A file of JSON has no infinity.
        func finite(_ loss: Double?) -> Double { loss.flatMap { $0.isFinite ? $0 : nil } ?? .greatestFiniteMagnitude }
        return LearningRecord.Measure(
            heldOut: finite(try prepared.validationLoss(stopSignal)?.loss),
            general: finite(try prepared.loss(ofText: GeneralText.sample, stopSignal).loss))
    }

    /// Trains, measures the adapter, and says in the record whether it is offered.
    /// - Returns: the record; nil if the run was stopped before its end.
    public func train(
        stopSignal: StopSignal, report: (TrainingRun.Event) -> Void
    ) throws -> LearningRecord? {
        // Without it no update was made, so the model is the base.
        let before = try folder.record().before ?? measure(stopSignal)
        try folder.update { $0.before = before }
        guard let results = try prepared.train(stopSignal: stopSignal, report: report) else { return nil }
        let after = try measure(stopSignal)
        let losses = LearningLosses(
            heldOutBefore: before.heldOut, heldOutAfter: after.heldOut, generalBefore: before.general,
            generalAfter: after.general)
        let adapter = try AdapterFiles.open(path: results.folder, for: source)
        return try folder.update { record in
            record.losses = losses
            record.bestStep = results.step
            record.adapter = LearningRecord.Adapter(path: "run/final", hash: adapter.hash)
            record.state = losses.refusal == nil ? .writing : .declined
        }
    }

    /// Leaves the folder to others.
    public func close() { prepared.close() }
}

// MARK: The comparison

extension LearningFolder {
    /// The path of the adapter.
    public var adapterPath: String { run.resultPath }

    /// Writes the pairs of the comparison, then the record says that it is ready.
    /// - Parameters:
    ///   - requests: for the record's `plannedPairs`, and spares for prompts that the model cannot take.
    ///   - learned: the texts that the adapter was trained on.
    /// - Returns: nil if it was stopped; the pairs so far are kept, and nobody sees one before the last is written.
    /// - Throws: `LearningError`, errors of the model, `FileError`; `TrainingError.isRunning` if another process does it.
    public func writePairs(
        _ requests: [ComparedRequest], learned: [String], source: any ModelSource, threadCount: Int,
        givesWayTo activity: ActivityFile?, stopSignal: StopSignal, report: (Int) -> Void
    ) throws -> LearningRecord? {
        let lock = try RunLock(run)
        defer { withExtendedLifetime(lock) {} }
        let record = try record()
        guard record.state == .writing else { throw LearningError.notReady(name: name, state: record.state) }
        try checkAdapter(of: record, source: source)
        var writer = try PairWriter(
            source: source, name: record.base.name, adapter: adapterPath, threadCount: threadCount)
        writer.givesWayTo = activity
        guard
            let written = try writer.pairs(
                for: requests, count: record.plannedPairs, known: record.written ?? [], stopSignal: stopSignal,
                keep: { pair in try update { $0.written = ($0.written ?? []) + [pair] } }, report: report)
        else { return nil }
        guard written.pairs.count >= LearningComparison.leastPairs else {
            throw LearningError.fewPrompts(found: written.pairs.count, needed: LearningComparison.leastPairs)
        }
        return try update { record in
            // Not the seed of the training: with the same one each time, the sides would be known from the last time.
            let sides = UInt64.random(in: 0...UInt64(UInt32.max))
            let comparison = LearningComparison(written, seed: sides, learned: learned)
            record.comparison = comparison
            record.written = nil
            record.plannedPairs = comparison.count
            // If all pairs are equal, there is nothing to look at.
            record.state = comparison.next == nil ? .compared : .ready
        }
    }

    /// - Throws: `LearningError` if base or adapter are not those of the record.
    public func checkAdapter(of record: LearningRecord, source: any ModelSource) throws {
        guard record.base.hash == FileFingerprint.hash(of: source) else {
            throw LearningError.changedBase(name: name, base: record.base.name)
        }
        guard let adapter = try? AdapterFiles.open(path: adapterPath, for: source),
            adapter.hash == record.adapter?.hash
        else { throw LearningError.damagedAdapter(path: adapterPath) }
    }

    // MARK: General texts

    func write(_ answers: [GeneralAnswer]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let file = try ReplacementFile(path: generalPath)
        try file.write(encoder.encode(answers) + Data("\n".utf8))
        try file.commit()
    }

    func generalAnswers() throws(LearningError) -> [GeneralAnswer] {
        guard let bytes = try? Data(contentsOf: URL(filePath: generalPath)),
            let answers = try? JSONDecoder().decode([GeneralAnswer].self, from: bytes)
        else {
            throw .damaged(path: generalPath, reason: "the texts that the base wrote cannot be read")
        }
        return answers
    }
}
