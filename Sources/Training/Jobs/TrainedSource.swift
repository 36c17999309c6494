// A model in training as a source of tensors, so that whatever takes a model takes it: the writers of files, and the core
// that writes text.

import Inference
import Tensors

/// The base model with the tensors of the run in place of its own.
struct TrainedSource: ModelOverlay {
    let base: any ModelSource
    private let parameters: [String: Parameter]

    init(_ model: TrainedModel) {
        base = model.blueprint.source
        parameters = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0) })
    }

    func weight(_ name: String) throws -> WeightMatrix {
        guard let parameter = parameters[name] else { return try base.weight(name) }
        return WeightMatrix(rows: parameter.rowCount, columns: parameter.columnCount, values: parameter.allValues)
    }

    func weights(_ name: String) throws -> [WeightMatrix] {
        parameters[name] == nil ? try base.weights(name) : [try weight(name)]
    }

    func vector(_ name: String) throws -> WeightVector {
        guard let parameter = parameters[name] else { return try base.vector(name) }
        return WeightVector(values: parameter.allValues)
    }
}

extension TrainedSource {
    /// The model with what was trained, adapters too.
    static func whole(of model: TrainedModel) throws -> any ModelSource {
        guard !model.adapters.isEmpty else { return TrainedSource(model) }
        let adapter = model.loraAdapter(name: nil, baseName: nil)
        return try AdaptedModel(model.blueprint.source, [AppliedAdapter(adapter)])
    }
}

extension Parameter {
    /// The values row by row.
    var allValues: [Float] {
        var all: [Float] = []
        all.reserveCapacity(elementCount)
        for row in 0..<rowCount { all += values.row(row) }
        return all
    }
}
