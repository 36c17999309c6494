// Decides whether a small batch runs on one worker alone or on all of them.
// - A token of a small model takes half a millisecond, with dozens of barriers. One thread is then faster than two, and
//   many times faster if other programs need the cores too.
// - The better mode depends on the model, the batch and the machine's load, so it is measured at run time.
// - Only speed depends on it: the results are the same for every number of workers.

import Synchronization

/// Chooses between one worker and all of them by the time of the last batches of that size.
final class WorkSharing: Sendable {
    private struct History {
        /// Seconds of a batch, smoothed.
        var alone: Double?
        var shared: Double?
        var batchesSinceTrial = 0
        var isTrial = false
        /// Trials in a row that did not change the choice.
        var confirmations = 0

        /// Nil until both modes were measured.
        var prefersAlone: Bool? { alone.flatMap { alone in shared.map { alone < $0 } } }
    }

    /// Larger batches are always shared.
    static let mostRows = 16
    /// Bounds the cost of trials: if a mode is n times slower, it is tried n times less often, and half as often after
    /// every trial that did not change the choice.
    private static let trialSpacing = 32.0
    private static let mostSpacing = 4096.0
    private static let mostConfirmations = 4

    private let startsAlone: Bool
    /// How many batches run before the other mode is tried; more for large models, because it nearly always loses there
    /// and a trial is expensive.
    private let firstTrial: Double
    private let histories = Mutex([History](repeating: History(), count: 5))

    /// - Parameter weightBytes: bytes that a forward pass reads.
    init(weightBytes: Int) {
        startsAlone = weightBytes < 32 << 20
        firstTrial = startsAlone ? 4 : 32
    }

    /// True if one worker should run the next batch of `rows` rows alone.
    func runsAlone(rows: Int) -> Bool {
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

    /// Records how long the batch took.
    func record(rows: Int, alone: Bool, seconds: Double) {
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
            // A trial is a single measurement, so it weighs more, and a faster one is believed at once. A time below
            // half the old one is believed at once too, because the first batches wait for the file.
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
