// The settings of a run: everything that decides what it computes.
// - They are kept in each checkpoint. A run that goes on with others would not be the same run, so it is refused unless
//   the person asks for the change.

import Generation

/// How numbers are computed in products.
public enum TrainingPrecision: String, Sendable, CaseIterable, Codable {
    case f32
    /// Weights, inputs and output gradients of products are rounded to bf16 and summed as floats. Everything else stays
    /// f32: the residual stream, norms, rotations, softmax, loss, gradients of weights, the optimizer.
    case bf16
}

/// The settings of one run.
public struct RunSettings: Sendable, Equatable, Codable {
    /// How often the examples are read. A fraction ends in the middle of the last one.
    public var epochs = 1.0
    /// The number of updates; nil: as `epochs` says.
    public var stepLimit: Int?
    /// Examples of a micro-batch, which is computed at once.
    public var batchSize = 4
    /// Micro-batches of an update.
    public var accumulation = 1
    public var schedule = LearningRateSchedule(shape: .cosine, peak: 1e-3)
    public var optimizer = AdamWSettings()
    /// The greatest L2 norm of a gradient; a longer one is shortened to it. 0: never.
    public var clip = 1.0
    public var precision = TrainingPrecision.f32
    /// Of the order of examples.
    public var seed: UInt64 = 1
    /// Updates between two evaluations; 0: at checkpoints alone.
    public var evaluationInterval = 0
    /// Updates between two checkpoints; 0: one at the end.
    public var checkpointInterval = 0
    /// How many checkpoints stay, the newest and the best included; 0: all.
    public var checkpointLimit = 2
    /// Updates of a line in the log.
    public var logInterval = 1

    public init() {}

    /// The names of settings that differ from `other`, among those that decide the weights.
    public func differences(from other: RunSettings) -> [String] {
        var names: [String] = []
        if batchSize != other.batchSize { names.append("batch") }
        if accumulation != other.accumulation { names.append("accumulate") }
        if epochs != other.epochs || stepLimit != other.stepLimit { names.append("number of steps") }
        if schedule != other.schedule { names.append("learning rate or schedule") }
        if optimizer != other.optimizer { names.append("optimizer") }
        if clip != other.clip { names.append("clip") }
        if precision != other.precision { names.append("precision") }
        if seed != other.seed { names.append("seed") }
        return names
    }
}

/// The settings of AdamW. Loshchilov and Hutter, arXiv:1711.05101.
public struct AdamWSettings: Sendable, Equatable, Codable {
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var epsilon = 1e-8
    /// Of matrices; norms and biases do not decay.
    public var weightDecay = 0.0

    public init() {}
}
