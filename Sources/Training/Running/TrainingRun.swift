// A run: updates in the order of the plan, with evaluations, a log and checkpoints.
// - What an update computes depends on the settings, the data and the updates before alone: not on threads, nor on stops
//   and restarts. A run that goes on from a checkpoint ends with the same bits.
// - Each call belongs to one thread. A stop is taken between two updates, and makes a checkpoint first.

import Foundation
import Generation
import Tensors

/// How a run ended.
public enum RunEnd: Sendable, Equatable {
    case finished
    /// Stopped between two updates; a checkpoint holds everything.
    case stopped(step: Int)
}

/// Trains a model.
public final class TrainingRun {
    /// What the run tells while it works.
    public enum Event: Sendable {
        case line(LogLine)
        case checkpoint(step: Int)
        /// Updates behind and in all, while a step is computed.
        case progress(step: Int, of: Int)
    }

    public let model: TrainedModel
    public let settings: RunSettings
    public let plan: StepPlan
    public let folder: String
    private let data: any TrainingSet
    private let validation: (any TrainingSet)?
    private let order: any RowOrder
    private let origins: [String: String]
    private let team: WorkerTeam
    private var passInUse: TrainingPass?
    private let optimizer: Optimizer
    private let checkpoints: CheckpointFolder
    /// Writes a text for the log; nil if none is wanted.
    public var sample: ((TrainedModel) -> String?)?
    public var sampleInterval = 0
    /// The run ends if the lowest validation loss is so many updates old; nil: never.
    public var patience: Int?
    /// Called between two batches, and returns when the run may go on. It has to return soon after the signal is raised.
    public var waitForTurn: ((StopSignal) -> Void)?

    /// Updates of the plan that are behind.
    public var currentStep: Int { step }

    // Where the run stands.
    private var step = 0
    private var updates = 0
    private var best: RunState.Best?
    private var logBytes: UInt64 = 0
    private var savedStep: Int?
    private var tally = LogTally()
    /// From when on the seconds of the tally are counted.
    private var tallyStart = ContinuousClock.now

    /// - Parameters:
    ///   - folder: where checkpoints and the log go; it must exist.
    ///   - origins: fingerprints of what the run depends on, by name.
    public init(
        model: TrainedModel, data: any TrainingSet, validation: (any TrainingSet)?, order: any RowOrder,
        settings: RunSettings, folder: String, origins: [String: String], threadCount: Int
    ) throws {
        let (evaluation, checkpoint) = (settings.evaluationInterval, settings.checkpointInterval)
        if validation != nil, evaluation > 0, checkpoint > 0, checkpoint % evaluation != 0 {
            throw TrainingError.intervalsDoNotFit(evaluation: evaluation, checkpoint: checkpoint)
        }
        self.model = model
        self.settings = settings
        self.data = data
        self.validation = validation
        self.order = order
        self.folder = folder
        self.origins = origins.merging(["data": data.fingerprint, "order of rows": order.fingerprint]) { own, _ in own }
        plan = StepPlan(
            exampleCount: data.count, batchSize: settings.batchSize, accumulation: settings.accumulation,
            epochs: settings.epochs, stepLimit: settings.stepLimit)
        team = WorkerTeam(threadCount: threadCount)
        optimizer = Optimizer(model: model, settings: settings.optimizer)
        checkpoints = CheckpointFolder(path: folder)
    }

    /// Made when it is needed. It is the largest part of a run's memory, so it is given up when the updates are made.
    private var pass: TrainingPass {
        if let passInUse { return passInUse }
        let pass = TrainingPass(model: model, team: team, precision: settings.precision)
        passInUse = pass
        return pass
    }

    public var logPath: String { "\(folder)/log.jsonl" }

    /// Goes on from the newest checkpoint.
    /// - Parameter allowsChanges: true if the settings may differ from those of the checkpoint.
    /// - Throws: `TrainingError` if there is none, or it does not belong to this run.
    public func resume(allowsChanges: Bool) throws {
        guard let newest = checkpoints.steps().last else { throw TrainingError.noCheckpoint(folder: folder) }
        let state = try checkpoints.state(ofStep: newest)
        guard state.version <= RunState.currentVersion else {
            throw TrainingError.damagedCheckpoint(
                path: checkpoints.path(ofStep: newest), reason: "a newer version of this program wrote it")
        }
        for (name, fingerprint) in origins.sorted(by: { $0.key < $1.key }) where state.origins[name] != fingerprint {
            throw TrainingError.changedOrigin(name: name)
        }
        let changes = settings.differences(from: state.settings)
        guard changes.isEmpty || allowsChanges else { throw TrainingError.changedSettings(names: changes) }
        try checkpoints.load(step: newest, into: model, optimizer)
        (step, updates, best, logBytes) = (state.step, state.updates, state.best, state.logBytes)
        tally = state.tally ?? LogTally()
        savedStep = newest
    }

    /// Makes the updates that are left.
    /// - Throws: `TrainingError.notFinite`, `FileError` if a checkpoint or the log cannot be written; errors of the data.
    ///   The checkpoints before stay.
    public func run(stopSignal: StopSignal = StopSignal(), report: (Event) -> Void = { _ in }) throws -> RunEnd {
        let log = try RunLog(path: logPath, keepingBytes: logBytes)
        tallyStart = ContinuousClock.now
        while step < plan.stepCount {
            if isStalled {
                try save(log, report)
                break
            }
            _ = pause(stopSignal)
            if stopSignal.isRaised {
                try save(log, report)
                return .stopped(step: step)
            }
            let now = plan.step(step)
            // An update that was given up begins anew when the run goes on.
            guard try update(now, stopSignal) else { continue }
            step += 1
            report(.progress(step: step, of: plan.stepCount))
            let isLast = step == plan.stepCount
            if isLast || Self.isDue(step, settings.logInterval) { try write(line(now), log, report) }
            if isLast || Self.isDue(step, settings.evaluationInterval) { try evaluate(now, stopSignal, log, report) }
            if Self.isDue(step, sampleInterval), let text = sample?(model) {
                var line = LogLine(step: step, epoch: now.epochsDone)
                line.sample = text
                try write(line, log, report)
            }
            if isLast || Self.isDue(step, settings.checkpointInterval) { try save(log, report) }
        }
        passInUse = nil
        return .finished
    }

    /// True if nothing was gained for as long as the patience lasts. It depends on what a checkpoint holds alone, so a run
    /// that goes on ends where it would have ended.
    private var isStalled: Bool {
        guard let patience, let best else { return false }
        return step - best.step >= patience
    }

    /// Puts the weights of the best evaluation into the model, if it has a checkpoint.
    /// - Returns: the step of the weights.
    /// - Throws: `TrainingError.damagedCheckpoint`.
    public func takeBest() throws -> Int {
        guard let best, best.step != step, checkpoints.steps().contains(best.step) else { return step }
        try checkpoints.load(step: best.step, into: model, optimizer)
        return best.step
    }

    /// The loss of the model as it is now.
    /// - Returns: nil if there is nothing to validate on.
    public func validationLoss(_ stopSignal: StopSignal) throws -> Evaluation? {
        try validation.map { try loss(over: $0, stopSignal) }
    }

    /// The loss of the model as it is now over other examples.
    /// - Parameter stopSignal: if it is raised, the run waits for its turn no longer.
    public func loss(over set: any TrainingSet, _ stopSignal: StopSignal) throws -> Evaluation {
        try Evaluation.measure(set, with: pass) { if !stopSignal.isRaised { waitForTurn?(stopSignal) } }
    }

    private static func isDue(_ step: Int, _ interval: Int) -> Bool { interval > 0 && step % interval == 0 }

    /// Lets `waitForTurn` hold the run. The log does not count that time.
    /// - Returns: true if the run was stopped meanwhile.
    private func pause(_ stopSignal: StopSignal) -> Bool {
        guard let waitForTurn, !stopSignal.isRaised else { return false }
        let start = ContinuousClock.now
        waitForTurn(stopSignal)
        tallyStart += ContinuousClock.now - start
        return stopSignal.isRaised
    }

    // MARK: One update

    /// - Returns: false if the run was stopped while it waited, so that the weights are as before.
    private func update(_ now: StepPlan.Step, _ stopSignal: StopSignal) throws -> Bool {
        let batches = try now.microBatches.map { places in
            places.map { order.row(at: $0, inEpoch: now.epoch) }
        }.map { rows in TokenBatch(try rows.flatMap { try data.documents(ofRow: $0) }) }
        try check(batches)
        tally.tokens += batches.reduce(0) { $0 + $1.tokens.count }
        let weightSum = batches.reduce(0) { $0 + $1.weightSum }
        // Without a label there is nothing to learn: neither decay nor momentum may move the weights.
        guard weightSum > 0 else {
            tally.skipped += 1
            return true
        }
        pass.clearGradients()
        var loss = 0.0
        for (index, batch) in batches.enumerated() {
            if index > 0, pause(stopSignal) { return false }
            loss += pass.accumulate(batch, factor: 1 / weightSum)
        }
        loss /= weightSum
        let squares = optimizer.squaredNorms(team)
        let norm = squares.reduce(0, +).squareRoot()
        guard loss.isFinite, norm.isFinite else {
            let bad = squares.firstIndex { !$0.isFinite }
            throw TrainingError.notFinite(
                step: step + 1, rows: batches.flatMap(\.rows), tensor: bad.map { model.parameters[$0].name })
        }
        let rate = settings.schedule.rate(after: updates, of: plan.stepCount)
        let scale = settings.clip > 0 ? min(1, settings.clip / (norm + 1e-6)) : 1
        optimizer.update(team, time: updates + 1, rate: rate, gradientScale: scale)
        updates += 1
        tally.updates += 1
        tally.loss += loss
        tally.labels += batches.reduce(0) { $0 + $1.labelCount }
        (tally.rate, tally.norm) = (rate, norm)
        return true
    }

    private func check(_ batches: [TokenBatch]) throws {
        let limit = model.blueprint.configuration.contextLength
        for batch in batches {
            for (document, row) in zip(batch.documents, batch.rows) where document.count > limit {
                throw TrainingError.tooLongRow(row: row, tokenCount: document.count, contextLength: limit)
            }
        }
    }

    // MARK: Log, evaluation, checkpoints

    private func line(_ now: StepPlan.Step) -> LogLine {
        var line = LogLine(step: step, epoch: now.epochsDone)
        let seconds = tallySeconds
        if tally.updates > 0 {
            line.loss = tally.loss / Double(tally.updates)
            line.learningRate = tally.rate
            line.gradientNorm = tally.norm
        }
        line.targets = tally.labels
        line.skipped = tally.skipped > 0 ? tally.skipped : nil
        if seconds > 0 {
            line.tokensPerSecond = Double(tally.tokens) / seconds
            line.secondsLeft = seconds / Double(max(tally.updates + tally.skipped, 1)) * Double(plan.stepCount - step)
        }
        (tally, tallyStart) = (LogTally(), ContinuousClock.now)
        return line
    }

    private var tallySeconds: Double { tally.seconds + (ContinuousClock.now - tallyStart) / .seconds(1) }

    private func write(_ line: LogLine, _ log: RunLog, _ report: (Event) -> Void) throws {
        try log.append(line)
        logBytes = try log.byteCount()
        report(.line(line))
    }

    private func evaluate(
        _ now: StepPlan.Step, _ stopSignal: StopSignal, _ log: RunLog, _ report: (Event) -> Void
    ) throws {
        guard let validation, validation.count > 0 else { return }
        let start = ContinuousClock.now
        // An evaluation that a stop comes into is finished first, so that a run that goes on has the same log.
        let result = try Evaluation.measure(validation, with: pass) {
            if !stopSignal.isRaised { waitForTurn?(stopSignal) }
        }
        var line = LogLine(step: step, epoch: now.epochsDone)
        line.validationLoss = result.loss
        line.validationBitsPerByte = result.bitsPerByte
        if result.loss < best?.loss ?? .infinity { best = RunState.Best(step: step, loss: result.loss) }
        try write(line, log, report)
        tallyStart += ContinuousClock.now - start
    }

    private func save(_ log: RunLog, _ report: (Event) -> Void) throws {
        guard savedStep != step else { return }
        let start = ContinuousClock.now
        var state = RunState(
            step: step, updates: updates, settings: settings, best: keptBest(), logBytes: logBytes, origins: origins)
        state.tally = tally
        state.tally?.seconds = tallySeconds
        try checkpoints.save(state, model: model, optimizer: optimizer, limit: settings.checkpointLimit)
        savedStep = step
        report(.checkpoint(step: step))
        tallyStart += ContinuousClock.now - start
    }

    /// The best step, if it has a checkpoint or gets one now.
    private func keptBest() -> RunState.Best? {
        guard let best, best.step == step || checkpoints.steps().contains(best.step) else { return nil }
        return best
    }
}
