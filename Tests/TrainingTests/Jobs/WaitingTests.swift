// Runs that wait for something else, and runs seen from outside.

import Files
import Foundation
import Generation
import Synchronization
import Testing

@testable import Training

@Suite struct `A run that gives way` {
    @Test func `computes nothing while an activity goes on, and everything after it`() async throws {
        try await onThread {
            let fixture = try JobFixture()
            let activity = ActivityFile(path: fixture.folder.path("writing.lock"))
            var writing = activity.begin()
            let prepared = try fixture.prepared()
            prepared.givesWayTo = activity
            try prepared.open(resuming: false, allowsChanges: false)
            let folder = RunFolder(path: fixture.folder.path("run"))
            let updates = Mutex(0)
            let end = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                _ = try? prepared.train(stopSignal: StopSignal()) { event in
                    if case .progress = event { updates.withLock { $0 += 1 } }
                }
                end.signal()
            }
            while !FileManager.default.fileExists(atPath: folder.logPath) { usleep(1000) }
            #expect(try RunStatus(of: folder).state == .paused)
            #expect(updates.withLock { $0 } == 0)
            withExtendedLifetime(writing) {}
            writing = nil
            #expect(try RunStatus(of: folder).state == .running)
            end.wait()
            #expect(updates.withLock { $0 } == prepared.run.plan.stepCount)
            prepared.close()
            #expect(try RunStatus(of: folder).state == .finished)
        }
    }

    @Test func `does not count the time that it waited`() throws {
        var fixture = try JobFixture()
        fixture.job.settings.stepLimit = 3
        let prepared = try fixture.prepared()
        try prepared.open(resuming: false, allowsChanges: false)
        var waited = 0.0
        prepared.run.waitForTurn = { _ in
            let start = ContinuousClock.now
            usleep(100_000)
            waited += (ContinuousClock.now - start) / .seconds(1)
        }
        let start = ContinuousClock.now
        _ = try prepared.train(stopSignal: StopSignal()) { _ in }
        let whole = (ContinuousClock.now - start) / .seconds(1)
        let lines = try RunLog.lines(of: fixture.folder.path("run/log.jsonl"))
        // As fast as now, the two updates after the first would take twice what the log counts for the first.
        let counted = try #require(lines.first?.secondsLeft) / 2
        #expect(lines.count == 3 && waited >= 0.3)
        #expect(counted <= whole - waited)
    }

    @Test func `gives an update up if it is stopped in the middle, and goes on to the same bytes`() throws {
        var fixture = try JobFixture()
        fixture.job.settings.batchSize = 2
        fixture.job.settings.accumulation = 3
        _ = try fixture.train(in: "whole")
        let first = try fixture.prepared(in: "parts")
        try first.open(resuming: false, allowsChanges: false)
        let signal = StopSignal()
        var calls = 0
        first.run.waitForTurn = { signal in
            calls += 1
            // Before the second batch of the second update.
            if calls == 5 { signal.raise() }
        }
        #expect(try first.train(stopSignal: signal) { _ in } == nil)
        #expect(try RunStatus(of: RunFolder(path: fixture.folder.path("parts"))).checkpoints == [1])
        first.close()
        let second = try fixture.prepared(in: "parts")
        try second.open(resuming: true, allowsChanges: false)
        _ = try second.train(stopSignal: StopSignal()) { _ in }
        #expect(try fixture.bytes("whole/final.gguf") == fixture.bytes("parts/final.gguf"))
    }
}

@Suite struct `Runs seen from outside` {
    @Test func `are listed, the newest first, until their folders are gone`() throws {
        let fixture = try JobFixture()
        let known = KnownRuns(path: fixture.folder.path("list"))
        #expect(known.folders().isEmpty)
        for name in ["first", "第二"] {
            _ = try fixture.train(in: name)
            try known.add(RunFolder(path: fixture.folder.path(name)))
        }
        func names() -> [String] { known.folders().map { URL(filePath: $0.path).lastPathComponent } }
        #expect(names() == ["第二", "first"])
        // A run that goes on is the newest again, and is listed once.
        try known.add(RunFolder(path: fixture.folder.path("first")))
        #expect(names() == ["first", "第二"])
        try FileManager.default.removeItem(atPath: fixture.folder.path("first"))
        #expect(names() == ["第二"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: known.path).count == 1)
        try "{".write(toFile: known.path + "/odd.json", atomically: true, encoding: .utf8)
        #expect(names() == ["第二"])
    }

    @Test func `name their process while they go on, and only then`() throws {
        let fixture = try JobFixture()
        let folder = RunFolder(path: fixture.folder.path("run"))
        #expect(throws: TrainingError.noRun(folder: folder.path)) { try folder.requestStop() }
        let prepared = try fixture.prepared()
        try prepared.open(resuming: false, allowsChanges: false)
        #expect(folder.process == getpid() && folder.isRunning)
        prepared.close()
        #expect(folder.process == nil && !folder.isRunning)
        #expect(throws: TrainingError.notRunning(folder: folder.path)) { try folder.requestStop() }
        // A number that was left behind means nobody, even if a process has it.
        let descriptor = open(folder.path + "/.lock", O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        try "1\n".write(toFile: folder.path + "/.lock", atomically: false, encoding: .utf8)
        try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        #expect(folder.isRunning && folder.process == nil)
        #expect(throws: TrainingError.cannotStop(folder: folder.path)) { try folder.requestStop() }
    }

    @Test func `are followed line by line, and anew when the log was cut`() throws {
        let fixture = try JobFixture()
        _ = try fixture.train()
        let folder = RunFolder(path: fixture.folder.path("run"))
        let whole = try Data(contentsOf: URL(filePath: folder.logPath))
        let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
        try #require(ends.count > 6)
        var follower = RunFollower(folder)
        func show(_ count: Int) throws {
            let handle = try FileHandle(forUpdating: URL(filePath: folder.logPath))
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: whole.prefix(count))
            try handle.close()
        }
        try show(ends[2] + 1)
        #expect(try follower.look().line?.step == 3 && follower.digest.training.count == 3)
        // A line that is being written waits for its end.
        try show(ends[4] - 2)
        #expect(try follower.look().line?.step == 4)
        try show(ends[4] + 1)
        #expect(try follower.look().line?.step == 5 && follower.digest.training.map(\.step) == [1, 2, 3, 4, 5])
        try show(ends[1] + 1)
        #expect(try follower.look().line?.step == 2 && follower.digest.training.count == 2)
        try show(whole.count)
        #expect(try follower.look() == RunStatus(of: folder))
    }
}
