// Whether small batches are shared out among the workers, or run by one of them alone.
// - A token of a small model is worked out in half a millisecond, with dozens of barriers on the way: one thread is
//   then faster than two, and many times faster where other programs want the cores too.
// - Which is better depends on the model, the batch and the machine's load, so it is measured while it runs.
// - Only speed depends on it: results are the same for every number of workers.

import Synchronization

/// Chooses between one worker and all of them, by how long the last batches of a size took.
final class WorkSharing: Sendable {
    private struct History {
        /// Seconds of a batch, smoothed.
        var alone: Double?
        var shared: Double?
        var batchesSinceTrial = 0
        var isTrial = false
        /// Trials in a row that changed nothing.
        var confirmations = 0

        /// Nil until both ways were seen.
        var prefersAlone: Bool? { alone.flatMap { alone in shared.map { alone < $0 } } }
    }

    /// Batches of more rows are always shared.
    static let mostRows = 16
    /// A trial may cost this part of the time: a way that is n times slower is tried n times less often, and half as
    /// often after every trial that changed nothing.
    private static let trialSpacing = 32.0
    private static let mostSpacing = 4096.0
    private static let mostConfirmations = 4

    private let startsAlone: Bool
    /// Batches before the other way is tried: many where it is all but sure to lose, and a token takes long.
    private let firstTrial: Double
    private let histories = Mutex([History](repeating: History(), count: 5))

    /// - Parameter weightBytes: what a forward pass reads.
    init(weightBytes: Int) {
        startsAlone = weightBytes < 32 << 20
        firstTrial = startsAlone ? 4 : 32
    }

    /// Whether the next batch of `rows` rows is to be run by one worker.
    func isAlone(rows: Int) -> Bool {
        guard rows <= Self.mostRows else { return false }
        return histories.withLock { histories in
            let index = Self.index(rows)
            histories[index].batchesSinceTrial += 1
            let history = histories[index]
            let preferred = history.prefersAlone ?? startsAlone
            var spacing = firstTrial
            if let alone = history.alone, let shared = history.shared {
                let loss = max(alone, shared) / max(min(alone, shared), 1e-9)
                spacing = min(loss * Self.trialSpacing * Double(1 << history.confirmations), Self.mostSpacing)
            }
            histories[index].isTrial = Double(history.batchesSinceTrial) > spacing
            if histories[index].isTrial { histories[index].batchesSinceTrial = 0 }
            return histories[index].isTrial ? !preferred : preferred
        }
    }

    /// Notes how long the batch took.
    func note(rows: Int, alone: Bool, seconds: Double) {
        guard rows <= Self.mostRows else { return }
        histories.withLock { histories in
            let index = Self.index(rows)
            let preferred = histories[index].prefersAlone
            defer {
                if histories[index].prefersAlone != preferred {
                    histories[index].confirmations = 0
                } else if histories[index].isTrial {
                    histories[index].confirmations = min(histories[index].confirmations + 1, Self.mostConfirmations)
                }
            }
            // A trial is a single look, so it counts for more; a faster one is believed at once. So is what takes less
            // than half the time: the first batches wait for the file.
            func smoothed(_ old: Double?) -> Double {
                guard let old, seconds > (histories[index].isTrial ? old : old / 2) else { return seconds }
                return old + (seconds - old) * (histories[index].isTrial ? 0.5 : 0.25)
            }
            if alone {
                histories[index].alone = smoothed(histories[index].alone)
            } else {
                histories[index].shared = smoothed(histories[index].shared)
            }
        }
    }

    // 1, 2, 3 to 4, 5 to 8, 9 to 16 rows.
    private static func index(_ rows: Int) -> Int {
        rows <= 1 ? 0 : min(Int.bitWidth - (rows - 1).leadingZeroBitCount, 4)
    }
}
