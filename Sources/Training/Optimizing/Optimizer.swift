// AdamW over all trained tensors.
// - First and second moments are floats of the tensors' shapes. Frozen tensors have none.
// - The time counts updates that changed the weights.

import Foundation
import Inference
import Tensors

/// The optimizer of a run.
final class Optimizer: Sendable {
    let model: TrainedModel
    let settings: AdamWSettings
    /// Moments of each of the model's parameters, in their order.
    let first: [FloatMatrix]
    let second: [FloatMatrix]
    private let squares: SquareSums

    init(model: TrainedModel, settings: AdamWSettings) {
        self.model = model
        self.settings = settings
        func zeros() -> [FloatMatrix] {
            model.parameters.map { FloatMatrix(zeroRows: $0.rowCount, columnCount: $0.columnCount) }
        }
        first = zeros()
        second = zeros()
        squares = SquareSums(model.parameters.compactMap(\.gradient))
    }

    static func firstName(_ parameter: Parameter) -> String { "m:" + parameter.name }
    static func secondName(_ parameter: Parameter) -> String { "v:" + parameter.name }

    /// The moments as a file of a checkpoint.
    var moments: SafetensorsWriter {
        SafetensorsWriter(
            tensors: model.parameters.enumerated().flatMap { index, parameter in
                [
                    parameter.tensor(named: Self.firstName(parameter), values: first[index]),
                    parameter.tensor(named: Self.secondName(parameter), values: second[index]),
                ]
            })
    }

    /// The squared L2 norm of each tensor's gradient, in order.
    func squaredNorms(_ team: WorkerTeam) -> [Double] {
        team.run { $0.sumSquares(squares) }
        return model.parameters.indices.map { squares.sum(of: $0) }
    }

    /// Changes the weights by one update.
    /// - Parameters:
    ///   - time: the number of this update, from 1.
    ///   - gradientScale: a factor of all gradients, from clipping.
    func update(_ team: WorkerTeam, time: Int, rate: Double, gradientScale: Double) {
        team.run { worker in
            for (index, parameter) in model.parameters.enumerated() {
                guard let gradient = parameter.gradient else { continue }
                let step = AdamStep(
                    learningRate: rate, weightDecay: parameter.decays ? settings.weightDecay : 0,
                    beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon, number: time,
                    gradientScale: Float(gradientScale))
                worker.adam(
                    step, gradient: gradient, weights: parameter.values, first: first[index], second: second[index])
            }
        }
    }
}
