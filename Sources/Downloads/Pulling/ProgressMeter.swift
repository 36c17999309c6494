// Reports how far a download is, with the rate of the last seconds.

import Generation

/// Counts the bytes of one pull.
final class ProgressMeter {
    private static let pauseSeconds = 0.1
    /// The rate is that of so many seconds, because a network changes.
    private static let windowSeconds = 5.0

    private let total: Int?
    private let report: (JobProgress) -> Void
    private var phase: JobProgress.Phase?
    private var lastReport = ContinuousClock.now
    /// Moments and the bytes that were there then, the oldest first.
    private var moments: [(time: ContinuousClock.Instant, bytes: Int)] = []

    init(total: Int?, report: @escaping (JobProgress) -> Void) {
        (self.total, self.report) = (total, report)
    }

    /// Tells the bytes of the whole pull that are done in a phase.
    func update(_ newPhase: JobProgress.Phase, done: Int, total phaseTotal: Int? = nil, isLast: Bool = false) {
        let now = ContinuousClock.now
        let isNew = newPhase != phase
        // Bytes that have to come again are no progress of a negative rate.
        if isNew || (moments.last?.bytes ?? 0) > done { moments = [] }
        phase = newPhase
        guard isNew || isLast || (now - lastReport) / .seconds(1) >= Self.pauseSeconds else { return }
        lastReport = now
        moments.append((now, done))
        moments.removeAll { (now - $0.time) / .seconds(1) > Self.windowSeconds }
        let rate = rate(now, done)
        let total = phaseTotal ?? self.total
        let left = total.flatMap { total in rate.map { $0 > 0 ? Double(max(0, total - done)) / $0 : nil } } ?? nil
        report(
            JobProgress(phase: newPhase, done: done, total: total, unit: .bytes, perSecond: rate, secondsLeft: left))
    }

    private func rate(_ now: ContinuousClock.Instant, _ done: Int) -> Double? {
        guard let first = moments.first, case let seconds = (now - first.time) / .seconds(1), seconds > 0.05 else {
            return nil
        }
        return Double(done - first.bytes) / seconds
    }
}
