import Files
import Foundation
import Generation
import Inference
import Testing

@testable import Training

/// A run over the documents of a reference, with a model of its own.
private struct RunFixture {
    let folder: TemporaryFolder
    let reference: GradientReference
    var settings = RunSettings()
    var part = TrainedPart.everything
    var documents: [EncodedExample]

    init(_ family: String = "llama") throws {
        folder = try TemporaryFolder()
        reference = try GradientReference(family)
        documents = reference.documents
        settings.batchSize = 2
        settings.epochs = 6
        settings.schedule = LearningRateSchedule(shape: .cosine, peak: 5e-3, warmup: 2)
        settings.optimizer.weightDecay = 0.1
    }

    func run(
        in folder: TemporaryFolder? = nil, threads: Int = 2, validation: [EncodedExample]? = nil
    ) throws -> TrainingRun {
        let model = try TrainedModel(reference.blueprint, part: part)
        model.initializeAdapters(seed: 3)
        return try TrainingRun(
            model: model, data: MemorySet(documents), validation: validation.map { MemorySet($0) },
            order: ShuffledOrder(count: documents.count, seed: settings.seed), settings: settings,
            folder: (folder ?? self.folder).path, origins: ["base model": "a"], threadCount: threads)
    }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }
}

extension TrainedModel {
    fileprivate var bits: [[UInt32]] { parameters.map { $0.allValues.map(\.bitPattern) } }
}

/// Stops a run after some updates.
private func stopped(_ run: TrainingRun, after step: Int) throws -> RunEnd {
    let signal = StopSignal()
    return try run.run(stopSignal: signal) { event in
        if case .progress(let done, _) = event, done == step { signal.raise() }
    }
}

@Suite struct `A training run` {
    @Test func `learns its examples by heart`() throws {
        var fixture = try RunFixture()
        fixture.settings.stepLimit = 300
        fixture.settings.schedule = LearningRateSchedule(shape: .constant, peak: 1e-2)
        fixture.settings.optimizer.weightDecay = 0
        let run = try fixture.run()
        #expect(try run.run() == .finished)
        let lines = try RunLog.lines(of: run.logPath)
        #expect(lines.count == 300)
        #expect(try #require(lines.first?.loss) > 2)
        #expect(try #require(lines.last?.loss) < 0.05)
    }

    @Test func `learns with adapters alone, and leaves the base as it is`() throws {
        var fixture = try RunFixture()
        fixture.part = .adapters(rank: 4, alpha: 8, targets: .all)
        fixture.settings.stepLimit = 200
        fixture.settings.schedule = LearningRateSchedule(shape: .constant, peak: 2e-2)
        fixture.settings.optimizer.weightDecay = 0
        let run = try fixture.run()
        _ = try run.run()
        let lines = try RunLog.lines(of: run.logPath)
        #expect(try #require(lines.last?.loss) < 0.5 * #require(lines.first?.loss))
        #expect(run.model.parameters.allSatisfy { $0.name.contains("lora") })
    }

    @Test(arguments: [1, 4, 5, 11])
    func `that goes on after a stop ends with the same bits`(stop: Int) throws {
        let fixture = try RunFixture()
        let whole = try fixture.run()
        #expect(try whole.run() == .finished)
        let folder = try TemporaryFolder()
        #expect(try stopped(fixture.run(in: folder, threads: 1), after: stop) == .stopped(step: stop))
        let rest = try fixture.run(in: folder, threads: 3)
        try rest.resume(allowsChanges: false)
        #expect(try rest.run() == .finished)
        #expect(rest.model.bits == whole.model.bits)
        let losses = try [whole, rest].map { try RunLog.lines(of: $0.logPath).map(\.loss) }
        #expect(losses[0].count == 12 && losses[0] == losses[1])
    }

    @Test func `writes each line of the log once, even if it went on past its last checkpoint`() throws {
        var fixture = try RunFixture()
        fixture.settings.checkpointInterval = 4
        let first = try fixture.run()
        // As if the process had died: the log is ahead of the newest checkpoint.
        _ = try stopped(first, after: 6)
        try FileManager.default.removeItem(atPath: fixture.folder.path + "/checkpoint-6")
        let rest = try fixture.run()
        try rest.resume(allowsChanges: false)
        _ = try rest.run()
        #expect(try RunLog.lines(of: rest.logPath).map(\.step) == Array(1...12))
    }

    @Test(arguments: [1, 2, 4, 5, 7])
    func `counts each update in one line of the log, also if it stopped between two lines`(stop: Int) throws {
        var fixture = try RunFixture()
        fixture.settings.logInterval = 3
        let whole = try fixture.run()
        _ = try whole.run()
        let folder = try TemporaryFolder()
        _ = try stopped(fixture.run(in: folder), after: stop)
        let rest = try fixture.run(in: folder)
        try rest.resume(allowsChanges: false)
        _ = try rest.run()
        let lines = try [whole, rest].map { run in
            try RunLog.lines(of: run.logPath).map { line in
                var line = line
                (line.tokensPerSecond, line.secondsLeft) = (nil, nil)
                return line
            }
        }
        #expect(lines[0].count == 4 && lines[0] == lines[1])
    }

    @Test func `names the checkpoint that the disk has no room for, and leaves nothing of it`() async throws {
        await #expect(processExitsWith: .success) {
            var fixture = try RunFixture()
            fixture.settings.checkpointInterval = 4
            let first = try fixture.run()
            _ = try stopped(first, after: 4)
            let rest = try fixture.run()
            try rest.resume(allowsChanges: false)
            // The log has room, a tensor's file has not: the limit counts for each file.
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 6000, rlim_max: 6000)
            guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
            do {
                _ = try rest.run()
                exit(3)
            } catch let error as FileError {
                guard error.code == EFBIG,
                    error.path == fixture.folder.path + "/checkpoint-8/weights.safetensors"
                else { exit(4) }
            }
            guard try fixture.names() == ["checkpoint-4", "log.jsonl"] else { exit(5) }
        }
    }

    @Test func `names its log if that has no room`() async throws {
        await #expect(processExitsWith: .success) {
            let fixture = try RunFixture()
            let run = try fixture.run()
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 50, rlim_max: 50)
            guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
            do {
                _ = try run.run()
                exit(3)
            } catch let error as FileError {
                guard error == FileError(path: run.logPath, code: EFBIG) else { exit(4) }
            }
            guard try fixture.names() == ["log.jsonl"] else { exit(5) }
        }
    }

    @Test func `keeps the newest checkpoints and the best one`() throws {
        var fixture = try RunFixture()
        fixture.settings.checkpointInterval = 2
        fixture.settings.evaluationInterval = 2
        fixture.settings.checkpointLimit = 2
        // A rate far too high after the first steps, so that an early checkpoint is the best.
        fixture.settings.schedule = LearningRateSchedule(shape: .constant, peak: 0.5, warmup: 0)
        let run = try fixture.run(validation: fixture.documents)
        _ = try run.run()
        let losses = try RunLog.lines(of: run.logPath).compactMap { line in line.validationLoss.map { (line.step, $0) }
        }
        let best = try #require(losses.min { $0.1 < $1.1 }?.0)
        let steps = CheckpointFolder(path: fixture.folder.path).steps()
        #expect(steps.contains(12) && steps.contains(best) && steps.count <= 2)
        #expect(try CheckpointFolder(path: fixture.folder.path).state(ofStep: 12).best?.step == best)
    }

    @Test func `refuses a folder that keeps no best checkpoint`() throws {
        var fixture = try RunFixture()
        fixture.settings.checkpointInterval = 3
        fixture.settings.evaluationInterval = 2
        #expect(throws: TrainingError.intervalsDoNotFit(evaluation: 2, checkpoint: 3)) {
            try fixture.run(validation: fixture.documents)
        }
    }

    @Test func `refuses to go on with other data, another base or other settings`() throws {
        var fixture = try RunFixture()
        _ = try stopped(fixture.run(), after: 2)
        fixture.settings.schedule.peak = 1e-3
        #expect(throws: TrainingError.changedSettings(names: ["learning rate or schedule"])) {
            try fixture.run().resume(allowsChanges: false)
        }
        try fixture.run().resume(allowsChanges: true)
        fixture.documents.removeLast()
        #expect(throws: TrainingError.changedOrigin(name: "data")) { try fixture.run().resume(allowsChanges: true) }
    }

    @Test func `without a label changes nothing, and says so`() throws {
        var fixture = try RunFixture()
        fixture.documents = fixture.documents.map {
            EncodedExample(row: $0.row, tokens: $0.tokens, weights: $0.tokens.map { _ in 0 })
        }
        let run = try fixture.run()
        let before = run.model.bits
        _ = try run.run()
        #expect(run.model.bits == before)
        let lines = try RunLog.lines(of: run.logPath)
        #expect(lines.count == 12 && lines.allSatisfy { $0.skipped == 1 && $0.loss == nil })
    }

    @Test func `stops before NaN changes a weight, and names step, rows and tensor`() throws {
        var fixture = try RunFixture()
        fixture.settings.batchSize = 4
        let run = try fixture.run()
        let poisoned = try #require(run.model.parameters.last { $0.name.contains("ffn_down") })
        var row = poisoned.values.row(0)
        row[0] = .nan
        poisoned.values.setRow(0, to: row)
        let before = run.model.bits
        do {
            _ = try run.run()
            Issue.record("it went on")
        } catch TrainingError.notFinite(let step, let rows, let tensor) {
            #expect(step == 1 && rows.sorted() == [0, 1, 2, 3] && tensor != nil)
        }
        #expect(run.model.bits == before)
        #expect(CheckpointFolder(path: fixture.folder.path).steps() == [])
    }

    @Test func `says which row is too long for the model`() throws {
        var fixture = try RunFixture()
        fixture.documents.append(
            EncodedExample(row: 9, tokens: Array(repeating: 3, count: 40), weights: Array(repeating: 1, count: 40)))
        fixture.settings.batchSize = 5
        #expect(throws: TrainingError.tooLongRow(row: 9, tokenCount: 40, contextLength: 32)) {
            try fixture.run().run()
        }
    }

    @Test func `evaluates to the same number whatever the order of examples`() throws {
        let fixture = try RunFixture()
        let model = try TrainedModel(fixture.reference.blueprint, part: .everything)
        let pass = TrainingPass(model: model, team: .init(threadCount: 2), precision: .f32)
        let forward = try Evaluation.measure(MemorySet(fixture.documents), with: pass)
        let backward = try Evaluation.measure(MemorySet(fixture.documents.reversed()), with: pass)
        #expect(abs(forward.loss - backward.loss) < 1e-7)
        #expect(abs(forward.loss - fixture.reference.loss) < 1e-5)
    }
}
