// How a run stands, read from its folder while it runs or afterwards.

import Files
import Foundation

/// The state of a run.
public struct RunStatus: Sendable, Equatable {
    public enum State: String, Sendable {
        case running
        /// Running, and computing nothing while a draft is written.
        case paused
        /// Between two updates, with a checkpoint to go on from.
        case stopped
        /// It ended without a word: its process was killed, or the machine went down.
        case interrupted
        case failed
        case finished
    }

    public var state: State
    /// True while a process works on it.
    public var isRunning: Bool { state == .running || state == .paused }
    public var facts: RunFacts
    /// The newest line of the log about updates.
    public var line: LogLine?
    /// The newest evaluation.
    public var evaluation: LogLine?
    /// The evaluation with the lowest loss.
    public var best: LogLine?
    /// Steps of the checkpoints that are there, ascending.
    public var checkpoints: [Int]

    /// - Throws: `TrainingError.noRun`.
    public init(of folder: RunFolder) throws {
        try self.init(of: folder, LogDigest((try? RunLog.lines(of: folder.logPath)) ?? []))
    }

    init(of folder: RunFolder, _ digest: LogDigest) throws {
        facts = try folder.facts()
        (line, evaluation, best) = (digest.line, digest.evaluation, digest.best)
        checkpoints = CheckpointFolder(path: folder.path).steps()
        state =
            switch facts.end?.kind {
            case _ where folder.isRunning:
                facts.givesWayTo.map { ActivityFile(path: $0).isActive } ?? false ? .paused : .running
            case .finished: .finished
            case .stopped: .stopped
            case .failed: .failed
            case nil: .interrupted
            }
    }
}
