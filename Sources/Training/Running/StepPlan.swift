// Which examples each update reads: the arithmetic of batches, accumulation and epochs.
// - An update reads `accumulation` micro-batches of `batchSize` examples; the last micro-batch of an epoch and the last
//   update of an epoch may be shorter, and are made nevertheless.
// - The counts are those of transformers' `Trainer` (version 5).

/// The updates of a run over `exampleCount` examples.
public struct StepPlan: Sendable, Equatable {
    public let exampleCount: Int
    public let batchSize: Int
    public let accumulation: Int
    /// The number of updates in the run.
    public let stepCount: Int

    /// One update: the epoch, and the places in the epoch's order of examples for each of its micro-batches.
    public struct Step: Sendable, Equatable {
        public var epoch: Int
        public var microBatches: [Range<Int>]
        /// Epochs done after this update, with a fraction.
        public var epochsDone: Double
    }

    /// - Parameters:
    ///   - exampleCount: at least 1.
    ///   - batchSize: at least 1; more than the examples counts as all of them.
    ///   - epochs: may have a fraction. Not used if there is a `stepLimit`.
    ///   - stepLimit: the number of updates, however many epochs that is.
    public init(exampleCount: Int, batchSize: Int, accumulation: Int, epochs: Double, stepLimit: Int? = nil) {
        precondition(exampleCount > 0 && batchSize > 0 && accumulation > 0, "something to train on")
        self.exampleCount = exampleCount
        self.batchSize = min(batchSize, exampleCount)
        self.accumulation = accumulation
        let batches = (exampleCount + self.batchSize - 1) / self.batchSize
        // Not (batches + accumulation - 1) / accumulation, because an accumulation may be any number.
        let perEpoch = batches / accumulation + (batches % accumulation > 0 ? 1 : 0)
        let wanted = (max(epochs, 0) * Double(perEpoch)).rounded(.up)
        stepCount = stepLimit ?? Int(min(wanted, Double(Int32.max)))
    }

    /// Micro-batches of an epoch.
    public var batchesPerEpoch: Int { (exampleCount + batchSize - 1) / batchSize }
    /// Updates of an epoch.
    public var stepsPerEpoch: Int { batchesPerEpoch / accumulation + (batchesPerEpoch % accumulation > 0 ? 1 : 0) }
    /// How many epochs the run begins.
    public var epochCount: Int { (stepCount + stepsPerEpoch - 1) / stepsPerEpoch }

    /// Update `index`, from 0.
    public func step(_ index: Int) -> Step {
        precondition(index >= 0, "updates are counted from 0")
        let (epoch, within) = index.quotientAndRemainder(dividingBy: stepsPerEpoch)
        let first = within * accumulation
        let end = first + min(accumulation, batchesPerEpoch - first)
        let microBatches = (first..<end).map { $0 * batchSize..<min(($0 + 1) * batchSize, exampleCount) }
        return Step(
            epoch: epoch, microBatches: microBatches, epochsDone: Double(epoch) + Double(end) / Double(batchesPerEpoch))
    }
}
