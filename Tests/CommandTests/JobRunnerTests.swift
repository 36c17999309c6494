// The runner of jobs, with work that the test speaks for, and with exports of a store.

import Drafting
import Foundation
import Generation
import Store
import Studio
import Synchronization
import Testing

@testable import copydesk

/// Takes what a runner delivers, for a test that waits for it.
private struct Inbox {
    let runner: JobRunner
    private var messages: AsyncStream<StudioMessage>.Iterator
    private var endings: AsyncStream<Void>.Iterator

    init(now: @escaping @Sendable () -> Double = { 0 }) {
        let (messages, message) = AsyncStream.makeStream(of: StudioMessage.self)
        let (endings, ending) = AsyncStream.makeStream(of: Void.self)
        runner = JobRunner(now: now) {
            message.yield($0)
        } ended: {
            ending.yield()
        }
        self.messages = messages.makeAsyncIterator()
        self.endings = endings.makeAsyncIterator()
    }

    mutating func next() async -> StudioMessage? { await messages.next() }

    /// The messages up to the next end of a job.
    mutating func untilEnd() async -> [StudioMessage] {
        var all: [StudioMessage] = []
        while let message = await messages.next() {
            all.append(message)
            switch message {
            case .job(_, .finished), .job(_, .failed), .job(_, .cancelled):
                await endings.next()
                return all
            default: break
            }
        }
        return all
    }
}

/// Holds work until the test lets it go on.
private struct Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let opening: AsyncStream<Void>.Continuation

    init() { (stream, opening) = AsyncStream.makeStream(of: Void.self) }

    func open() { opening.finish() }
    func wait() async { for await _ in stream {} }
}

private func steps(_ done: Int, _ phase: JobProgress.Phase = .writing) -> JobProgress {
    JobProgress(phase: phase, done: done, total: 100, unit: .steps)
}

@Suite struct `The runner of jobs` {
    @Test func `delivers all messages of a job in their order, and its result last`() async {
        var inbox = Inbox()
        inbox.runner.start(7) { control in
            try control.begin()
            control.report(steps(1))
            control.send(.text(variant: 0, piece: "a"))
            return .generated
        }
        #expect(
            await inbox.untilEnd() == [
                .job(7, .started), .job(7, .progress(steps(1))),
                .generation(job: 7, .text(variant: 0, piece: "a")), .job(7, .finished(.generated)),
            ])
        #expect(inbox.runner.isIdle)
    }

    @Test func `tells a failure as a sentence`() async {
        var inbox = Inbox()
        inbox.runner.start(1) { _ in throw Failure("There is no room. Make some.") }
        #expect(await inbox.untilEnd() == [.job(1, .failed(sentence: "There is no room. Make some."))])
    }

    @Test func `reports at most ten times a second, and each new phase at once`() async {
        let time = Mutex(0.0)
        var inbox = Inbox(now: { time.withLock { $0 } })
        inbox.runner.start(1) { control in
            try control.begin()
            for step in 0..<64 {
                control.report(steps(step))
                time.withLock { $0 += 1.0 / 64 }
            }
            control.report(steps(0, .readingPrompt))
            return .generated
        }
        let messages = await inbox.untilEnd()
        // A sixty-fourth of a second lies between two steps, so seven steps take more than a tenth.
        let expected = stride(from: 0, to: 64, by: 7).map { StudioMessage.job(1, .progress(steps($0))) }
        #expect(messages.dropFirst().dropLast() == expected + [.job(1, .progress(steps(0, .readingPrompt)))])
    }

    @Test func `cancels one job and leaves the others`() async {
        var inbox = Inbox()
        let gate = Gate()
        for job in 1...2 {
            inbox.runner.start(job) { control in
                try control.begin()
                await gate.wait()
                try control.checkCancellation()
                return .generated
            }
            #expect(await inbox.next() == .job(job, .started))
        }
        inbox.runner.cancel(1)
        inbox.runner.cancel(9)
        #expect(!inbox.runner.isIdle)
        gate.open()
        let ends = await inbox.untilEnd() + inbox.untilEnd()
        #expect(ends.count == 2 && ends.contains(.job(1, .cancelled)) && ends.contains(.job(2, .finished(.generated))))
        #expect(inbox.runner.isIdle)
    }

    @Test func `ends a job that waits at once, and nothing of it comes later`() async {
        var inbox = Inbox()
        let (gate, turn) = (Gate(), Gate())
        inbox.runner.start(1) { control in
            defer { turn.open() }
            await gate.wait()
            try control.begin()
            control.report(steps(1))
            return .generated
        }
        inbox.runner.cancel(1)
        #expect(await inbox.untilEnd() == [.job(1, .cancelled)])
        gate.open()
        await turn.wait()
        inbox.runner.start(2) { _ in .generated }
        #expect(await inbox.untilEnd() == [.job(2, .finished(.generated))])
    }

    @Test func `tells a job that was done before it was cancelled as done`() async {
        var inbox = Inbox()
        let gate = Gate()
        inbox.runner.start(1) { control in
            try control.begin()
            await gate.wait()
            return .exported(path: "a.md", draftCount: 2)
        }
        #expect(await inbox.next() == .job(1, .started))
        inbox.runner.cancelAll()
        gate.open()
        #expect(await inbox.untilEnd() == [.job(1, .finished(.exported(path: "a.md", draftCount: 2)))])
    }

    @Test func `knows which jobs the end of the studio must await`() async {
        var inbox = Inbox()
        let (export, writing) = (Gate(), Gate())
        inbox.runner.start(1) { _ in
            await export.wait()
            return .fileExists
        }
        #expect(!inbox.runner.isIdle && inbox.runner.mayBeLeft)
        inbox.runner.start(2, isAwaited: true) { _ in
            await writing.wait()
            return .generated
        }
        #expect(!inbox.runner.mayBeLeft)
        writing.open()
        _ = await inbox.untilEnd()
        #expect(!inbox.runner.isIdle && inbox.runner.mayBeLeft)
        export.open()
        _ = await inbox.untilEnd()
        #expect(inbox.runner.isIdle)
    }
}

@Suite struct `An export as a job` {
    private let home: Home
    private let store: DraftStore
    private let folder: String

    init() throws {
        home = try Home()
        store = try DraftStore.open(path: home.path("drafts.db"))
        let model = ModelIdentity(name: "m", hash: "", engine: "")
        for text in ["one", "two", "three"] {
            let draft = SavedDraft(id: 0, generationId: 0, ordinal: 0, text: text, createdAt: 0, updatedAt: 0)
            _ = try store.beginGeneration(SavedGeneration(title: text, model: model, seed: 1, drafts: [draft]))
        }
        folder = home.path("out")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func request(overwrite: Bool = false) -> ExportRequest {
        ExportRequest(
            scope: .found(HistoryQuery()), format: .text, path: folder + "/drafts.txt", overwrite: overwrite)
    }

    private func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder) }

    @Test func `tells its progress and the drafts that it wrote`() async throws {
        let time = Mutex(0.0)
        var inbox = Inbox(now: {
            time.withLock {
                $0 += 1; return $0
            }
        })
        inbox.runner.start(1) { [store, request = request()] in try store.export(request, $0) }
        let progress = (1...3).map { JobProgress(phase: .writing, done: $0, total: 3, unit: .drafts) }
        #expect(
            await inbox.untilEnd() == [.job(1, .started)] + progress.map { .job(1, .progress($0)) } + [
                .job(1, .finished(.exported(path: folder + "/drafts.txt", draftCount: 3)))
            ])
        #expect(try files() == ["drafts.txt"])
    }

    @Test func `asks before it replaces a file, and then replaces it`() async throws {
        try "Earlier.".write(toFile: folder + "/drafts.txt", atomically: true, encoding: .utf8)
        var inbox = Inbox()
        inbox.runner.start(1) { [store, request = request()] in try store.export(request, $0) }
        #expect(await inbox.untilEnd().last == .job(1, .finished(.fileExists)))
        #expect(try String(contentsOfFile: folder + "/drafts.txt", encoding: .utf8) == "Earlier.")
        inbox.runner.start(2) { [store, request = request(overwrite: true)] in try store.export(request, $0) }
        _ = await inbox.untilEnd()
        #expect(try String(contentsOfFile: folder + "/drafts.txt", encoding: .utf8).contains("three"))
    }

    @Test func `leaves no half file if it is cancelled`() async throws {
        let control = Mutex<JobControl?>(nil)
        // The first report looks at the clock, and that cancels the job.
        var inbox = Inbox(now: {
            control.withLock { $0?.cancel() }; return 0
        })
        inbox.runner.start(1) { [store, request = request()] own in
            control.withLock { $0 = own }
            return try store.export(request, own)
        }
        #expect(
            await inbox.untilEnd() == [
                .job(1, .started), .job(1, .progress(JobProgress(phase: .writing, done: 1, total: 3, unit: .drafts))),
                .job(1, .cancelled),
            ])
        #expect(try files().isEmpty)
    }

    @Test func `says why it cannot be written`() async throws {
        var inbox = Inbox()
        let request = ExportRequest(scope: .found(HistoryQuery()), format: .text, path: folder + "/no/drafts.txt")
        inbox.runner.start(1) { [store] in try store.export(request, $0) }
        let sentence =
            "\(folder)/no/drafts.txt cannot be written: there is no folder \(folder)/no. Make it first, or choose another "
            + "place."
        #expect(await inbox.untilEnd().last == .job(1, .failed(sentence: sentence)))
    }
}
