// From a job to a run, and from the run to files.
// - Everything that can be wrong with model, data and settings is found before anything is written.
// - The results are written beside the checkpoints, each under its name only when it is complete.

import Files
import Foundation
import Generation
import Inference
import Tensors

/// A run with its model and its data, ready to begin.
///
/// Guard of `@unchecked Sendable`: all calls belong to one thread.
public final class PreparedRun: @unchecked Sendable {
    /// What is done before the first update, for a person who waits.
    public enum Stage: Sendable, Equatable {
        case readingModel
        /// Rows read so far.
        case readingData(rows: Int)
    }

    /// What a run has written.
    public struct Results: Sendable, Equatable {
        public var folder: String
        public var file: String
        /// The greatest difference between the logits of the model in memory and of the folder, read again; infinity if
        /// one is no number.
        public var logitDifference: Float
        /// Sentences about what the files cannot hold.
        public var notes: [String]
        /// The update that they are of.
        public var step: Int
    }

    public let job: TrainingJob
    public let name: String
    public let folder: RunFolder
    public let model: TrainedModel
    public let run: TrainingRun
    public let summary: CorpusSummary
    /// Rows that the model is validated on.
    public let validationRowCount: Int
    private let source: any ModelSource
    private let threadCount: Int
    private var lock: RunLock?
    /// What the run gives way to, computing nothing while it goes on; nil: to nothing.
    public var givesWayTo: ActivityFile? {
        didSet { run.waitForTurn = givesWayTo.map { GivingWay(activity: $0).wait } }
    }

    /// - Parameters:
    ///   - source: the model to begin with.
    ///   - name: of the model, for sentences and results.
    ///   - path: of the folder that the run writes to.
    /// - Throws: `ModelError`, `ModelFileError`, `CorpusError`, `AdapterError` or `TrainingError`; nothing is written then.
    public init(
        _ job: TrainingJob, source: any ModelSource, name: String, folder path: String, threadCount: Int,
        report: (Stage) throws -> Void = { _ in }
    ) throws {
        self.job = job
        self.source = source
        self.name = name
        self.threadCount = threadCount
        folder = RunFolder(path: path)
        try report(.readingModel)
        let blueprint = try ModelBlueprint(source: source)
        // A new model's weights are floats, and drawing them takes time.
        if job.part == .everything, !(source is FreshModel) { try Self.checkUnquantized(blueprint.source) }
        let (corpus, validation) = try Self.corpus(job, blueprint, name, report)
        summary = corpus.summary
        validationRowCount = validation?.count ?? 0
        let rows = corpus.training.count
        guard rows >= job.settings.batchSize else {
            throw TrainingError.fewerRowsThanBatch(rows: rows, batchSize: job.settings.batchSize)
        }
        model = try TrainedModel(blueprint, part: job.part)
        var origins = ["base model": FileFingerprint.hash(of: source), "kind of training": Self.words(job.part)]
        if let fresh = source as? FreshModel { origins["base model"] = fresh.fingerprint }
        model.initializeAdapters(seed: job.settings.seed)
        if let path = job.initialAdapter {
            let adapter = try AdapterFiles.open(path: path, for: source)
            try model.beginAdapters(with: adapter)
            origins["first adapter"] = adapter.hash
        }
        let order: any RowOrder =
            try job.orderFile.map { try corpus.training.order(fromFileAt: $0) }
            ?? ShuffledOrder(count: rows, seed: job.settings.seed)
        run = try TrainingRun(
            model: model, data: corpus.training, validation: validation, order: order, settings: job.settings,
            folder: path, origins: origins, threadCount: threadCount)
        run.patience = job.patience
        if let sample = job.sample {
            let writer = SampleWriter(request: sample, name: name, threadCount: threadCount)
            run.sampleInterval = sample.interval
            run.sample = { writer.text(of: $0) }
        }
    }

    private static func corpus(
        _ job: TrainingJob, _ blueprint: ModelBlueprint, _ name: String, _ report: (Stage) throws -> Void
    ) throws -> (training: EncodedCorpus, validation: CorpusSet?) {
        let context = blueprint.configuration.contextLength
        var encoding = job.encoding
        encoding.maxLength = min(encoding.maxLength > 0 ? encoding.maxLength : TrainingJob.usualMaxLength, context)
        if job.packs { encoding.layout = .packed(length: encoding.maxLength) }
        func read(_ inputs: [CorpusInput]) throws -> EncodedCorpus {
            try report(.readingData(rows: 0))
            return try EncodedCorpus(
                inputs, reading: job.reading, encoding: encoding, model: blueprint.source, name: name
            ) { try report(.readingData(rows: $0)) }
        }
        guard !job.validationData.isEmpty else {
            let corpus = try read(job.data)
            return (corpus, corpus.validation)
        }
        encoding.validationShare = 0
        return (try read(job.data), try read(job.validationData).training)
    }

    private static func checkUnquantized(_ source: any ModelSource) throws {
        for name in source.tensorNames where (source.shape(of: name)?.count ?? 0) > 1 {
            for matrix in try source.weights(name) where matrix.type.isQuantized {
                throw TrainingError.quantizedBase(path: source.path, tensor: name, type: matrix.type.name)
            }
        }
    }

    private static func words(_ part: TrainedPart) -> String {
        switch part {
        case .everything: "full"
        case .adapters(let rank, let alpha, let targets): "adapter \(rank) \(alpha) \(targets.rawValue)"
        }
    }

    // MARK: The run

    /// Takes the folder for this run: a new one, or, to go on, the one with its checkpoints.
    /// - Throws: `TrainingError` if the folder holds something else, or a run that this one does not go on with.
    public func open(resuming: Bool, allowsChanges: Bool) throws {
        if resuming {
            guard folder.holdsRun else { throw TrainingError.noCheckpoint(folder: folder.path) }
        } else if !folder.isEmpty {
            throw folder.holdsRun
                ? TrainingError.folderInUse(folder: folder.path) : TrainingError.notEmpty(folder: folder.path)
        }
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        lock = try RunLock(folder)
        // Whoever wrote these files has been killed, because only the holder of the lock writes here.
        AbandonedFiles.remove(in: folder.path, evenIfNew: true)
        CheckpointFolder(path: folder.path).removeUnfinished()
        // A run that was stopped before its first checkpoint begins anew.
        if resuming, !CheckpointFolder(path: folder.path).steps().isEmpty {
            try run.resume(allowsChanges: allowsChanges)
        }
        try folder.write(facts(end: nil))
    }

    /// Makes the updates, then writes the results if all were made.
    /// - Returns: nil if the run was stopped before.
    /// - Throws: what `TrainingRun.run` throws; the folder then says why it failed.
    public func train(
        stopSignal: StopSignal, report: (TrainingRun.Event) -> Void
    ) throws -> Results? {
        do {
            switch try run.run(stopSignal: stopSignal, report: report) {
            case .stopped:
                try folder.write(facts(end: end(.stopped)))
                return nil
            case .finished:
                let step = job.keepsBest ? try run.takeBest() : run.currentStep
                let results = try writeResults(ofStep: step)
                try folder.write(facts(end: end(.finished)))
                return results
            }
        } catch {
            try? folder.write(facts(end: end(.failed, "\(error)")))
            throw error
        }
    }

    /// Leaves the folder to others.
    public func close() { lock = nil }

    private func end(_ kind: RunFacts.End.Kind, _ reason: String? = nil) -> RunFacts.End {
        RunFacts.End(kind: kind, reason: reason, time: Date().timeIntervalSince1970)
    }

    private func facts(end: RunFacts.End?) -> RunFacts {
        RunFacts(
            model: name, part: job.part, settings: job.settings, rowCount: run.plan.exampleCount,
            validationRowCount: validationRowCount, stepCount: run.plan.stepCount, parameterCount: model.trainedCount,
            start: (try? folder.facts())?.start ?? Date().timeIntervalSince1970, givesWayTo: givesWayTo?.path, end: end)
    }

    // MARK: Results

    private func writeResults(ofStep step: Int) throws -> Results {
        let notes: [String]
        if !model.adapters.isEmpty {
            let adapter = model.loraAdapter(name: nil, baseName: name)
            try AdapterFiles.writeFolder(adapter, for: source, to: folder.resultPath, replaces: true)
            try AdapterFiles.writeGGUF(adapter, to: folder.resultFilePath)
            notes = []
        } else {
            let trained = TrainedSource(model)
            let type = job.resultType
            let writer = HuggingFaceWriter(weights: type.weights, threadCount: threadCount, replaces: true)
            notes = try writer.write(trained, to: folder.resultPath).notes
            _ = try ModelQuantizer(recipe: type.recipe, threadCount: threadCount, replaces: true)
                .write(trained, to: folder.resultFilePath)
        }
        return Results(
            folder: folder.resultPath, file: folder.resultFilePath, logitDifference: try logitDifference(),
            notes: notes, step: step)
    }

    // MARK: Measures

    /// The loss over the validation rows of the model as it is now; nil if there are none.
    public func validationLoss(_ stopSignal: StopSignal) throws -> Evaluation? { try run.validationLoss(stopSignal) }

    /// The loss over a text of the model as it is now.
    public func loss(ofText text: String, _ stopSignal: StopSignal) throws -> Evaluation {
        let context = model.blueprint.configuration.contextLength
        let options = EncodingOptions(maxLength: min(TrainingJob.usualMaxLength, context))
        let encoder = try ExampleEncoder(model: model.blueprint.source, name: name, options: options)
        let encoded = try encoder.encode(.text(text, isStart: true, isEnd: true), number: 0)
        return try run.loss(over: MemorySet(encoded.examples), stopSignal)
    }
}

extension PreparedRun {
    /// Reads the result again.
    private func logitDifference() throws -> Float {
        let written: any ModelSource
        if job.part == .everything {
            written = try ModelFiles.open(path: folder.resultPath)
        } else {
            let adapter = try AdapterFiles.open(path: folder.resultPath, for: source)
            written = try AdaptedModel(source, [AppliedAdapter(adapter)])
        }
        return try LogitComparison.greatestDifference(
            between: TrainedSource.whole(of: model), and: written, threadCount: threadCount)
    }
}

extension FreshModel {
    /// Two new models have the same weights and the same vocabulary if it is the same.
    var fingerprint: String {
        var hash = FNV1a()
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { hash.mix(Array("\(key)=\(value)\n".utf8)) }
        hash.mix(Array(tensorNames.joined(separator: "\n").utf8))
        hash.mix(seed)
        return hash.hexadecimal
    }
}
