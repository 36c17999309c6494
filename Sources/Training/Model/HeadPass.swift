// The end of the model: the last norm, the output matrix and the loss.
// Logits are never there for all rows at once, and rows without a label are left out (`CrossEntropy`).

import Inference
import Tensors

/// Loss and gradient of the model's end.
struct HeadPass: Sendable {
    private let model: TrainedModel
    private let space: PassSpace
    private let entropy: CrossEntropy
    private let statistics = FloatMatrix(rowCount: 1, columnCount: 2)
    private let head: TrainedProjection.Weight

    init(model: TrainedModel, space: PassSpace) {
        let shape = model.blueprint.configuration
        self.model = model
        self.space = space
        head = model.output?.weight ?? model.embedding
        entropy = CrossEntropy(
            width: shape.width, vocabularyCount: shape.vocabularySize, softcap: shape.finalSoftcap,
            precision: space.precision.ofProducts)
    }

    /// The sum over labels of weight · cross-entropy.
    ///
    /// If `factor` is given, `space.gradient` becomes the gradient of factor · loss with respect to `input`, and those of
    /// the end's own tensors are added.
    /// - Parameter input: the output of the last layer.
    func loss(_ batch: TokenBatch, input: FloatMatrix, factor: Double?, team: WorkerTeam) -> Double {
        let n = batch.tokens.count
        statistics.reserve(rows: n)
        entropy.set(labels: batch.labels, weights: batch.weights)
        let norm = model.outputNorm.norm(model.blueprint)
        team.run { worker in
            worker.normalize(input, rows: n, by: norm, into: space.normalized, keeping: statistics)
            worker.barrier()
            worker.crossEntropy(
                entropy, hidden: space.normalized, rows: n, head: head.operand, factor: Float(factor ?? 1),
                hiddenGradient: factor == nil ? nil : space.normalizedGradient,
                headGradient: factor == nil ? nil : head.parameter?.gradient)
            guard factor != nil else { return }
            worker.barrier()
            if let gradient = model.outputNorm.weight.gradient {
                worker.normalizeWeightGradient(
                    input, rows: n, by: norm, statistics: statistics, outputGradient: space.normalizedGradient,
                    into: gradient, biasGradient: model.outputNorm.bias?.gradient)
            }
            worker.normalizeBackward(
                input, rows: n, by: norm, statistics: statistics, outputGradient: space.normalizedGradient,
                into: space.gradient)
        }
        return entropy.lossSum
    }
}
