import Foundation
import Generation
import Inference
import Testing

@testable import Training

/// A job over a few lines of text, and a folder for its runs.
struct JobFixture {
    let folder: TemporaryFolder
    var job = TrainingJob()
    var family = FreshShape.Family.llama

    init() throws {
        folder = try TemporaryFolder()
        try TinyVocabulary.write(to: folder.path)
        let lines = (0..<24).map { "{\"text\": \"row \($0) of \($0 * $0) small rows\"}" }
        try lines.joined(separator: "\n").write(toFile: folder.path("rows.jsonl"), atomically: true, encoding: .utf8)
        job.data = [.path(folder.path("rows.jsonl"))]
        job.settings.batchSize = 4
        job.settings.epochs = 2
        job.settings.schedule = LearningRateSchedule(shape: .cosine, peak: 5e-3)
    }

    func source() throws -> FreshModel {
        var shape = FreshShape(
            family: family, hiddenSize: 32, layerCount: 2, headCount: 4, keyValueHeadCount: family == .llama ? 2 : nil,
            intermediateSize: 64, contextLength: 64)
        shape.tiesEmbeddings = family == .gpt2
        return try FreshBeginning(shape: shape, tokenizer: folder.path("tokenizer.json"), name: "tiny").model(seed: 1)
    }

    func prepared(in name: String = "run", source: (any ModelSource)? = nil) throws -> PreparedRun {
        try PreparedRun(
            job, source: source ?? self.source(), name: "tiny", folder: folder.path(name), threadCount: 2)
    }

    /// A run from its beginning to its end.
    func train(in name: String = "run", source: (any ModelSource)? = nil) throws -> PreparedRun.Results? {
        let prepared = try prepared(in: name, source: source)
        try prepared.open(resuming: false, allowsChanges: false)
        return try prepared.train(stopSignal: StopSignal()) { _ in }
    }

    func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: folder.path(path))) }
    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: folder.path(path)) }
}

private func logits(_ path: String, adapter: String? = nil) throws -> [Float] {
    var source = try ModelFiles.open(path: path)
    if let adapter {
        source = try AdaptedModel(source, [AppliedAdapter(try AdapterFiles.open(path: adapter, for: source))])
    }
    return try LocalGenerator(file: source, name: "x", threadCount: 1).logits(ids: [5, 80, 91, 100])
}

private func greatestDifference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? .infinity : .infinity
}

@Suite struct `A training job` {
    @Test(arguments: FreshShape.Family.allCases)
    func `writes a folder and a file that give the same logits`(family: FreshShape.Family) throws {
        var fixture = try JobFixture()
        fixture.family = family
        let results = try #require(try fixture.train())
        let (folder, file) = (try logits(results.folder), try logits(results.file))
        #expect(greatestDifference(folder, file) <= 1e-6)
        #expect(Set(folder).count > 10, "trained weights tell tokens apart")
        for name in ["config.json", "model.safetensors", "tokenizer.json"] {
            #expect(fixture.exists("run/final/\(name)"), "\(name)")
        }
    }

    @Test func `that is stopped and goes on writes the same bytes`() throws {
        var fixture = try JobFixture()
        fixture.job.settings.checkpointInterval = 2
        _ = try fixture.train(in: "whole")
        let first = try fixture.prepared(in: "parts")
        try first.open(resuming: false, allowsChanges: false)
        let signal = StopSignal()
        let end = try first.train(stopSignal: signal) { event in
            if case .progress(5, _) = event { signal.raise() }
        }
        #expect(end == nil && !fixture.exists("parts/final"))
        #expect(try RunStatus(of: RunFolder(path: fixture.folder.path("parts"))).facts.end?.kind == .stopped)
        let second = try fixture.prepared(in: "parts")
        // The first still holds the folder.
        #expect(throws: TrainingError.isRunning(folder: fixture.folder.path("parts"))) {
            try second.open(resuming: true, allowsChanges: false)
        }
        first.close()
        try second.open(resuming: true, allowsChanges: false)
        _ = try second.train(stopSignal: StopSignal()) { _ in }
        #expect(try fixture.bytes("whole/final.gguf") == fixture.bytes("parts/final.gguf"))
        #expect(
            try fixture.bytes("whole/final/model.safetensors") == fixture.bytes("parts/final/model.safetensors"))
    }

    @Test func `trains an adapter on a quantized model, which begins as that model`() throws {
        var fixture = try JobFixture()
        let whole = try #require(try fixture.train(in: "base"))
        let base = fixture.folder.path("base-q8.gguf")
        _ = try ModelQuantizer(recipe: .q8_0, threadCount: 1)
            .write(try ModelFiles.open(path: whole.file), to: base)
        fixture.job.part = .adapters(rank: 2, alpha: 4, targets: .all)
        fixture.job.settings.schedule.peak = 1e-2
        let prepared = try fixture.prepared(in: "adapter", source: try ModelFiles.open(path: base))
        let fresh = prepared.model.loraAdapter(name: nil, baseName: nil)
        #expect(fresh.entries.values.allSatisfy { $0.b.allSatisfy { $0 == 0 } && $0.a.contains { $0 != 0 } })
        try prepared.open(resuming: false, allowsChanges: false)
        let results = try #require(try prepared.train(stopSignal: StopSignal()) { _ in })
        let (plain, folder, file) = (
            try logits(base), try logits(base, adapter: results.folder), try logits(base, adapter: results.file)
        )
        #expect(greatestDifference(folder, file) <= 1e-6 && greatestDifference(plain, folder) > 1e-3)

        // A further run begins where this one ended.
        fixture.job.initialAdapter = results.folder
        let again = try fixture.prepared(in: "again", source: try ModelFiles.open(path: base))
        let begun = again.model.loraAdapter(name: nil, baseName: nil)
        #expect(
            begun.entries == (try AdapterFiles.open(path: results.folder, for: ModelFiles.open(path: base)).entries))
        fixture.job.part = .adapters(rank: 3, alpha: 6, targets: .all)
        let error = #expect(throws: TrainingError.self) {
            try fixture.prepared(in: "again", source: try ModelFiles.open(path: base))
        }
        #expect("\(error.map(\.description) ?? "")".contains("the rank 2 there and 3 in this run"))
        fixture.job.part = .everything
        #expect(throws: TrainingError.self) {
            try fixture.prepared(in: "again", source: try ModelFiles.open(path: base))
        }
        #expect(!fixture.exists("again"))
    }

    @Test func `validates, keeps the best, and writes samples into its log`() throws {
        var fixture = try JobFixture()
        fixture.job.encoding.validationShare = 0.25
        fixture.job.settings.evaluationInterval = 2
        fixture.job.sample = TrainingJob.Sample(prompt: "row 1", interval: 3)
        fixture.job.sample?.maxTokens = 4
        let results = try fixture.train()
        #expect(results != nil)
        let lines = try RunLog.lines(of: fixture.folder.path("run/log.jsonl"))
        #expect(lines.compactMap(\.validationLoss).count >= 2 && lines.contains { $0.sample != nil })
        let status = try RunStatus(of: RunFolder(path: fixture.folder.path("run")))
        #expect(status.state == .running || status.state == .finished)
        let best = try #require(status.best?.validationLoss)
        #expect(lines.compactMap(\.validationLoss).allSatisfy { $0 >= best })
        #expect(lines.first?.learningRate == 5e-3 && lines.first?.targets ?? 0 > 0)
    }

    @Test(arguments: [
        ("\"step\" : 12", "\"step\" : -3"), ("\"updates\" : 12", "\"updates\" : 99"), ("{", "["),
        ("\"labels\" : 0", "\"labels\" : \(Int.max)"), ("\"skipped\" : 0", "\"skipped\" : -1"),
    ])
    func `does not go on from a checkpoint whose state was changed`(right: String, wrong: String) throws {
        let fixture = try JobFixture()
        _ = try fixture.train()
        let path = fixture.folder.path("run/checkpoint-12/state.json")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains(right))
        try text.replacing(right, with: wrong).write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: TrainingError.self) {
            try fixture.prepared().open(resuming: true, allowsChanges: false)
        }
        #expect("\(error.map(\.description) ?? "")".contains("Remove this checkpoint"))
    }

    @Test func `goes on after it was killed in the middle of writing or removing, and leaves nothing of that`() throws {
        var fixture = try JobFixture()
        fixture.job.settings.checkpointInterval = 2
        _ = try fixture.train(in: "whole")
        let first = try fixture.prepared()
        try first.open(resuming: false, allowsChanges: false)
        let signal = StopSignal()
        _ = try first.train(stopSignal: signal) { event in
            if case .progress(6, _) = event { signal.raise() }
        }
        first.close()
        let files = FileManager.default
        let newest = fixture.folder.path("run/checkpoint-6")
        for name in [".checkpoint-8.part", ".checkpoint-2.removed", ".checkpoint-x.part", "checkpoint-1"] {
            try files.copyItem(atPath: newest, toPath: fixture.folder.path("run/\(name)"))
        }
        // One that was being written, and one without its state, whose weights may be worth something to the user.
        for name in [".checkpoint-8.part", "checkpoint-1"] {
            try files.removeItem(atPath: fixture.folder.path("run/\(name)/state.json"))
        }
        try "half".write(toFile: fixture.folder.path("run/.copydesk-17.tmp"), atomically: true, encoding: .utf8)
        #expect(CheckpointFolder(path: fixture.folder.path("run")).steps() == [4, 6])
        let second = try fixture.prepared()
        try second.open(resuming: true, allowsChanges: false)
        _ = try second.train(stopSignal: StopSignal()) { _ in }
        let left = try files.contentsOfDirectory(atPath: fixture.folder.path("run")).sorted()
        #expect(
            left == [
                ".checkpoint-x.part", ".lock", "checkpoint-1", "checkpoint-10", "checkpoint-12", "final", "final.gguf",
                "log.jsonl", "run.json",
            ])
        #expect(try fixture.bytes("whole/final.gguf") == fixture.bytes("run/final.gguf"))
    }

    @Test func `refuses what cannot go well, and writes nothing`() throws {
        var fixture = try JobFixture()
        fixture.job.settings.batchSize = 25
        #expect(throws: TrainingError.fewerRowsThanBatch(rows: 24, batchSize: 25)) { try fixture.prepared() }
        fixture.job.settings.batchSize = 4
        fixture.job.encoding.maxLength = 3
        fixture.job.data = [.rows([.pair(prompt: "A long question", answer: "A long answer")], name: "rows")]
        #expect(throws: TrainingError.self) { try fixture.prepared() }
        #expect(!fixture.exists("run"))
    }

    @Test func `does not write into a folder with something else, or with another run`() throws {
        let fixture = try JobFixture()
        try FileManager.default.createDirectory(
            atPath: fixture.folder.path("taken"), withIntermediateDirectories: true)
        try "mine".write(toFile: fixture.folder.path("taken/notes.txt"), atomically: true, encoding: .utf8)
        #expect(throws: TrainingError.notEmpty(folder: fixture.folder.path("taken"))) {
            try fixture.prepared(in: "taken").open(resuming: false, allowsChanges: false)
        }
        #expect(throws: TrainingError.noCheckpoint(folder: fixture.folder.path("none"))) {
            try fixture.prepared(in: "none").open(resuming: true, allowsChanges: false)
        }
        #expect(!fixture.exists("none"))
        _ = try fixture.train()
        #expect(throws: TrainingError.folderInUse(folder: fixture.folder.path("run"))) {
            try fixture.prepared().open(resuming: false, allowsChanges: false)
        }
        var other = fixture
        other.job.settings.batchSize = 3
        #expect(throws: TrainingError.changedSettings(names: ["batch"])) {
            try other.prepared().open(resuming: true, allowsChanges: false)
        }
    }
}
