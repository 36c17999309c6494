// Training runs for the studio: read from their folders, off the event loop's thread.

import Dispatch
import Foundation
import Studio
import Synchronization
import Training

extension EffectRunner {
    func lookAtRuns(_ folder: String?) {
        inBackground(on: runs.queue) { [runs] in
            let seen = runs.look(at: folder)
            return .runsSeen(seen.items, details: seen.details)
        } failed: {
            .notice($0, isFailure: true)
        }
    }

    func stopRun(_ folder: String) {
        inBackground(on: files) {
            try RunFolder(path: folder).requestStop()
            return nil
        } failed: {
            .notice($0, isFailure: true)
        }
    }
}

/// Reads runs, and of those that it has read before only what is new.
final class RunsReader: Sendable {
    /// Its own, because the first look at a long log takes a while.
    let queue = DispatchQueue(label: "copydesk.runs")
    private let known: KnownRuns
    private let followers = Mutex<[String: RunFollower]>([:])
    /// The list has so many at most.
    private static let mostRuns = 100
    /// A curve has more points than a terminal has columns, and not so many that it is slow to draw.
    private static let mostPoints = 2000

    init(_ known: KnownRuns) { self.known = known }

    func look(at chosen: String?) -> (items: [RunItem], details: RunDetails?) {
        followers.withLock { followers in
            var kept: [String: RunFollower] = [:]
            var items: [RunItem] = []
            for folder in known.folders().prefix(Self.mostRuns) {
                var follower = followers[folder.path] ?? RunFollower(folder)
                // A run whose folder goes away meanwhile is left out.
                if let status = try? follower.look() { items.append(RunItem(status, folder: folder.path)) }
                kept[folder.path] = follower
            }
            followers = kept
            return (items, chosen.flatMap { kept[$0] }.map(Self.details))
        }
    }

    private static func details(_ follower: RunFollower) -> RunDetails {
        func points(_ all: [LogDigest.Point]) -> [RunDetails.Point] {
            let stride = (all.count + mostPoints - 1) / mostPoints
            return all.enumerated().filter { stride < 2 || $0.offset % stride == (all.count - 1) % stride }
                .map { RunDetails.Point(step: $0.element.step, loss: $0.element.loss) }
        }
        let digest = follower.digest
        return RunDetails(
            folder: follower.folder.path, training: points(digest.training), validation: points(digest.validation),
            sample: digest.sample.flatMap { line in
                line.sample.map { RunDetails.Sample(step: line.step, text: $0) }
            })
    }
}

extension RunItem {
    init(_ status: RunStatus, folder: String) {
        self.init(
            folder: folder, model: "\(RunWords.kind(status.facts.part)) of \(status.facts.model)",
            state: State(status.state), step: status.line?.step ?? 0, steps: status.facts.stepCount,
            loss: status.line?.loss, secondsLeft: status.isRunning ? status.line?.secondsLeft : nil,
            reason: status.state == .failed ? status.facts.end?.reason : nil)
    }
}

extension RunItem.State {
    init(_ state: RunStatus.State) {
        self =
            switch state {
            case .running: .running
            case .paused: .paused
            case .stopped: .stopped
            case .interrupted: .interrupted
            case .failed: .failed
            case .finished: .finished
            }
    }
}
