// How a run stands, read from its folder while it runs or afterwards.

import Foundation

/// The state of a run.
public struct RunStatus: Sendable, Equatable {
    public enum State: String, Sendable {
        case running
        /// Between two updates, with a checkpoint to go on from.
        case stopped
        /// It ended without a word: its process was killed, or the machine went down.
        case interrupted
        case failed
        case finished
    }

    public var state: State
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
        facts = try folder.facts()
        let lines = (try? RunLog.lines(of: folder.logPath)) ?? []
        line = lines.last { $0.targets != nil }
        let evaluations = lines.filter { $0.validationLoss != nil }
        evaluation = evaluations.last
        best = evaluations.min { ($0.validationLoss ?? .infinity) < ($1.validationLoss ?? .infinity) }
        checkpoints = CheckpointFolder(path: folder.path).steps()
        state =
            switch facts.end?.kind {
            case _ where folder.isRunning: .running
            case .finished: .finished
            case .stopped: .stopped
            case .failed: .failed
            case nil: .interrupted
            }
    }
}
