// What a run sums up between two lines of its log.
// - A checkpoint keeps it, so the next line of a run that goes on counts the same updates as if it had not stopped.

/// Sums since the last line of the log.
struct LogTally: Sendable, Equatable, Codable {
    /// Of the updates' losses, nats a label.
    var loss = 0.0
    /// That changed the weights.
    var updates = 0
    /// That had no label.
    var skipped = 0
    var labels = 0
    var tokens = 0
    /// The learning rate of the last update.
    var rate = 0.0
    /// L2 norm of the last update's gradient.
    var norm = 0.0
    /// Seconds of computing before the checkpoint that the tally was read from.
    var seconds = 0.0

    /// False for numbers that no run writes, such as those of a damaged file.
    /// - Parameter step: of the checkpoint.
    func canBe(ofStep step: Int) -> Bool {
        let counts = [updates, skipped].allSatisfy { (0...step).contains($0) }
        // So many that sums neither overflow nor lose digits as Double.
        let sizes = [labels, tokens].allSatisfy { (0...1 << 53).contains($0) }
        return counts && sizes && [loss, rate, norm, seconds].allSatisfy(\.isFinite) && seconds >= 0
    }
}
