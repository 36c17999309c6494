import Foundation
import Generation
import Inference
import Testing

@testable import Training

/// A tiny model, and drafts of a style that it can learn.
private struct TinyLearning {
    let fixture: JobFixture
    let learnings: Learnings
    var job = TrainingJob.learning
    var keeps: [StarredKeep]

    init() throws {
        fixture = try JobFixture()
        learnings = Learnings(path: fixture.folder.path("copydesk.learned"))
        job.settings.schedule.peak = 2e-2
        // The tiny model knows no language that it could forget.
        keeps = (0..<40).map { number in
            let prompt = "Say \(number): "
            let text = "yes yes yes \(number)"
            return StarredKeep(
                id: "g\(number)/0", row: .completion(prompt: prompt, answer: text, endsTurn: false), text: text,
                promptKey: prompt, isEdited: number.isMultiple(of: 2), template: nil, model: "tiny")
        }
    }

    func training(_ name: String = "style-1", on base: (any ModelSource)? = nil) throws -> LearningTraining {
        try LearningTraining(
            in: try learnings.newFolder(named: name), rows: try LearningRows(keeps, seed: job.settings.seed),
            general: [], job: job, template: nil, plannedPairs: 12, source: try base ?? fixture.source(),
            name: "tiny", threadCount: 2)
    }

    /// The model after it has read the general text a few times.
    func literateBase() throws -> any ModelSource {
        var school = fixture
        school.job.data = [.rows([.text(GeneralText.sample, isStart: true, isEnd: true)], name: "general text")]
        school.job.settings.epochs = 8
        school.job.settings.schedule.peak = 2e-2
        let results = try #require(try school.train(in: "school"))
        return try ModelFiles.open(path: results.folder)
    }

    /// Trains up to an update, and stops.
    func trainStopped(at step: Int, named name: String) throws -> LearningFolder {
        let training = try training(name)
        try training.open()
        let stop = StopSignal()
        let record = try training.train(stopSignal: stop) { event in
            if case .progress(let now, _) = event, now == step { stop.raise() }
        }
        #expect(record == nil)
        training.close()
        return training.folder
    }

    /// Goes on to the end.
    func trainOn(_ folder: LearningFolder) throws -> LearningRecord {
        let rows = try LearningRows(keeps, of: try folder.record(), name: folder.name)
        let training = try LearningTraining(
            resuming: folder, rows: rows, source: try fixture.source(), threadCount: 1)
        try training.open()
        return try #require(try training.train(stopSignal: StopSignal()) { _ in })
    }

    /// Requests that the tiny model answers with a few bytes.
    func requests(_ count: Int = 12) -> [ComparedRequest] {
        (0..<count).map { number in
            var request = GenerationRequest(prompt: .raw("Say \(number): "), seed: UInt64(number))
            request.sampling.maxTokens = 6
            return ComparedRequest(
                prompt: .init(title: "Say", template: nil, text: "Say \(number): ", isHeldOut: number < 3),
                request: request)
        }
    }
}

@Suite struct `A learning` {
    @Test func `goes from rows to an adapter, to pairs, to a verdict`() async throws {
        try await onThread {
            let tiny = try TinyLearning()
            let training = try tiny.training()
            #expect(!training.folder.exists, "nothing is written before the training is opened")
            try training.open()
            var record = try #require(try training.train(stopSignal: StopSignal()) { _ in })
            training.close()
            #expect(training.folder.run.holdsRun && record.trainedCount == 32 && record.heldOutCount == 8)
            let losses = try #require(record.losses)
            #expect(losses.heldOutAfter < losses.heldOutBefore - 0.1, "the style is learned: \(losses)")
            // Measured again with the model that was never touched.
            let base = try tiny.fixture.source()
            let adapter = try AdapterFiles.open(path: training.folder.adapterPath, for: base)
            #expect(adapter.hash == record.adapter?.hash)

            // Whatever the guard says about this model, the pairs can be written.
            try training.folder.update { $0.state = .writing }
            var counts: [Int] = []
            record = try #require(
                try training.folder.writePairs(
                    tiny.requests(24), learned: tiny.keeps.map(\.text), source: base, threadCount: 2, givesWayTo: nil,
                    stopSignal: StopSignal()
                ) { counts.append($0) })
            #expect(counts == Array(1...12))
            let comparison = try #require(record.comparison)
            #expect(comparison.count == 12 && comparison.prompts[0].isHeldOut && !comparison.prompts[11].isHeldOut)
            #expect(comparison.answeredCount == 0, "no pair has equal drafts")
            #expect(comparison.blind.pairs.contains { $0.base != $0.adapted }, "the adapter writes other texts")
            var folder = training.folder
            folder = LearningFolder(path: folder.path)
            while let next = try folder.record().comparison?.next { try folder.answer(.left, pair: next) }
            #expect(try folder.record().state == .compared)
            #expect(try folder.record().comparison?.outcome != nil)
        }
    }

    @Test func `writes the same pairs from the same seed`() async throws {
        try await onThread {
            let tiny = try TinyLearning()
            let training = try tiny.training()
            try training.open()
            _ = try training.train(stopSignal: StopSignal()) { _ in }
            let base = try tiny.fixture.source()
            func pairs(_ requests: [ComparedRequest]) throws -> [BlindComparison.Pair] {
                let writer = try PairWriter(
                    source: base, name: "tiny", adapter: training.folder.adapterPath, threadCount: 1)
                let written = try writer.pairs(for: requests, count: 3, stopSignal: StopSignal()) { _ in }
                return try #require(written).pairs
            }
            let requests = tiny.requests(4)
            let first = try pairs(requests)
            #expect(first.count == 3 && first.allSatisfy { $0.base != $0.adapted })
            #expect(try pairs(requests) == first)
            // A prompt that the model cannot take leaves its place to the next one.
            var long = requests
            long[1].request.prompt = .raw(String(repeating: "long ", count: 40))
            #expect(try pairs(long) == [first[0], first[2]] + pairs(Array(requests[1...])).suffix(1))
        }
    }

    @Test func `that is stopped between two pairs writes the others, and none twice`() async throws {
        try await onThread {
            let tiny = try TinyLearning()
            let training = try tiny.training()
            try training.open()
            _ = try training.train(stopSignal: StopSignal()) { _ in }
            training.close()
            let folder = training.folder
            try folder.update { $0.state = .writing }
            let (base, requests, stop) = (try tiny.fixture.source(), tiny.requests(24), StopSignal())
            func write(_ stop: StopSignal, _ report: (Int) -> Void) throws -> LearningRecord? {
                try folder.writePairs(
                    requests, learned: [], source: base, threadCount: 1, givesWayTo: nil, stopSignal: stop,
                    report: report)
            }
            #expect(try write(stop) { if $0 == 3 { stop.raise() } } == nil)
            let stopped = try folder.record()
            #expect(stopped.state == .writing && stopped.comparison == nil && (stopped.written?.count ?? 0) >= 3)
            // A pair that is kept is not written again, even if it were another one now.
            try folder.update { $0.written?[0].pair = .init(base: "kept", adapted: "from before") }
            let record = try #require(try write(StopSignal()) { _ in })
            #expect(record.state == .ready && record.written == nil)
            let pairs = try #require(record.comparison).blind.pairs
            #expect(pairs.count == 12 && pairs.first == .init(base: "kept", adapted: "from before"))
            let writer = try PairWriter(source: base, name: "tiny", adapter: folder.adapterPath, threadCount: 1)
            let whole = try #require(
                try writer.pairs(for: requests, count: 12, stopSignal: StopSignal()) { _ in })
            #expect(Array(pairs.suffix(8)) == Array(whole.pairs.suffix(8)))
        }
    }

    @Test func `that is stopped goes on to the same adapter`() async throws {
        try await onThread {
            let tiny = try TinyLearning()
            let whole = try tiny.training("whole")
            try whole.open()
            let expected = try #require(try whole.train(stopSignal: StopSignal()) { _ in })

            let folder = try tiny.trainStopped(at: 5, named: "parts")
            #expect(try folder.record().state == .training)
            let record = try tiny.trainOn(folder)
            #expect(record.adapter == expected.adapter && record.losses == expected.losses)
            #expect(record.bestStep == expected.bestStep)
        }
    }

    @Test func `does not take the folder of another one that began meanwhile`() async throws {
        try await onThread {
            let tiny = try TinyLearning()
            let (first, second) = (try tiny.training(), try tiny.training())
            try first.open()
            #expect(throws: LearningError.taken(name: "style-1")) { try second.open() }
            #expect(try first.folder.record().state == .training)
        }
    }

    @Test func `does not go on with another base`() async throws {
        try await onThread {
            let tiny = try TinyLearning()
            let first = try tiny.training()
            try first.open()
            first.close()
            try first.folder.update { $0.base.hash = "another" }
            let rows = try LearningRows(tiny.keeps, of: try first.folder.record(), name: "style-1")
            #expect(throws: LearningError.changedBase(name: "style-1", base: "tiny")) {
                try LearningTraining(
                    resuming: first.folder, rows: rows, source: try tiny.fixture.source(), threadCount: 1)
            }
        }
    }

    @Test func `ends early and keeps the best when the held-out drafts get worse`() async throws {
        try await onThread {
            var tiny = try TinyLearning()
            // The held-out drafts say the opposite, so each update makes them worse.
            let rows = try LearningRows(tiny.keeps, seed: tiny.job.settings.seed)
            let heldOut = Set(rows.heldOut.map(\.id))
            for index in tiny.keeps.indices where heldOut.contains(tiny.keeps[index].id) {
                let text = "\u{1}\u{2}\u{3}\(index)"
                tiny.keeps[index].text = text
                tiny.keeps[index].row = .completion(prompt: tiny.keeps[index].promptKey, answer: text, endsTurn: false)
            }
            tiny.job.settings.epochs = 30
            tiny.job.settings.schedule.peak = 1e-1
            let training = try tiny.training()
            try training.open()
            let record = try #require(try training.train(stopSignal: StopSignal()) { _ in })
            let lines = try RunLog.lines(of: training.folder.run.logPath)
            let last = try #require(lines.last?.step)
            #expect(last < training.prepared.run.plan.stepCount, "the run ended early")
            let measured = lines.filter { $0.validationLoss != nil }
            let best = try #require(measured.min { ($0.validationLoss ?? 0) < ($1.validationLoss ?? 0) })
            #expect(record.bestStep == best.step)
            #expect(last - best.step == training.prepared.job.patience)
            // What was written is the best one, not the last one.
            let losses = try #require(record.losses)
            #expect(abs(losses.heldOutAfter - (best.validationLoss ?? 0)) < 1e-4)
        }
    }

    @Test func `declines an adapter that forgot too much`() async throws {
        try await onThread {
            var tiny = try TinyLearning()
            // Bytes that the general text has none of.
            for index in tiny.keeps.indices {
                let text = "\u{1}\u{2}\u{3}\u{4}\(index)"
                tiny.keeps[index].text = text
                tiny.keeps[index].row = .completion(prompt: tiny.keeps[index].promptKey, answer: text, endsTurn: false)
            }
            let base = try tiny.literateBase()
            let training = try tiny.training(on: base)
            try training.open()
            let record = try #require(try training.train(stopSignal: StopSignal()) { _ in })
            training.close()
            let losses = try #require(record.losses)
            #expect(losses.generalRise > 0.02, "\(losses)")
            #expect(record.state == .declined && losses.refusal == .forgotTooMuch)
            #expect(throws: LearningError.notReady(name: "style-1", state: .declined)) {
                try training.folder.writePairs(
                    tiny.requests(), learned: [], source: base, threadCount: 1, givesWayTo: nil,
                    stopSignal: StopSignal()
                ) { _ in }
            }
        }
    }

    @Test func `does not compare an adapter that was changed`() async throws {
        try await onThread {
            let tiny = try TinyLearning()
            let training = try tiny.training()
            try training.open()
            _ = try training.train(stopSignal: StopSignal()) { _ in }
            training.close()
            try training.folder.update { record in
                record.state = .writing
                record.adapter?.hash = "0000"
            }
            #expect(throws: LearningError.damagedAdapter(path: training.folder.adapterPath)) {
                try training.folder.writePairs(
                    tiny.requests(), learned: [], source: try tiny.fixture.source(), threadCount: 1, givesWayTo: nil,
                    stopSignal: StopSignal()
                ) { _ in }
            }
        }
    }
}

@Suite struct `A row with a weight` {
    @Test func `counts in the loss as its weight says`() throws {
        let fixture = try JobFixture()
        let source = try fixture.source()
        let rows = [CorpusRow.pair(prompt: "a", answer: "bb"), .pair(prompt: "c", answer: "ddd")]
        func set(_ input: CorpusInput) throws -> CorpusSet {
            try EncodedCorpus([input], encoding: EncodingOptions(maxLength: 32), model: source, name: "tiny").training
        }
        let plain = try set(.rows(rows, name: "rows"))
        let weighted = try set(.weighted([.init(rows[0], weight: 1), .init(rows[1], weight: 3)], name: "rows"))
        #expect(plain.fingerprint != weighted.fingerprint)
        #expect(plain.fingerprint == (try set(.weighted(rows.map { .init($0, weight: 1) }, name: "rows"))).fingerprint)
        let (first, second) = (try plain.documents(ofRow: 1)[0], try weighted.documents(ofRow: 1)[0])
        #expect(second.tokens == first.tokens && second.weights == first.weights.map { $0 * 3 })
        #expect(try weighted.documents(ofRow: 0)[0] == plain.documents(ofRow: 0)[0])
        #expect(second.labelCount > 0)
    }
}
