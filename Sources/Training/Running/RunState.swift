// What a checkpoint says beside its tensors.

/// Where a run stands after an update, and what it was started with.
public struct RunState: Sendable, Equatable, Codable {
    /// Raised when a checkpoint of an older program could not be read rightly any more.
    public static let currentVersion = 1

    public struct Best: Sendable, Equatable, Codable {
        public var step: Int
        /// Loss of the validation examples, nats a label.
        public var loss: Double
    }

    public var version = RunState.currentVersion
    /// Updates of the plan that are behind, skipped ones included; the checkpoint's number.
    public var step: Int
    /// Updates that changed the weights: the time of optimizer and schedule.
    public var updates: Int
    public var settings: RunSettings
    public var best: Best?
    /// Bytes of the log that belong to the updates behind.
    public var logBytes: UInt64
    /// What the next line of the log already counts; nil in checkpoints of older programs.
    var tally: LogTally?
    /// Fingerprints of what the run depends on, by name: data, order, base, tokenizer, adapter.
    public var origins: [String: String]
}
