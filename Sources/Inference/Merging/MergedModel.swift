// A model whose weights hold the updates of adapters: W + upᵀ · down, in place of W with the updates beside it.
// - The sum is made in double precision and rounded once, to a 32-bit float; the writer rounds it once more to its type.
// - Matrices that no adapter changes are the base's own.

import Tensors

/// Adapters merged into their model, for writing it as a file.
struct MergedModel: ModelOverlay {
    let model: AdaptedModel

    var base: any ModelSource { model }
    func updates(of name: String) -> [LowRankUpdate] { [] }

    func weight(_ name: String) throws -> WeightMatrix {
        let weight = try model.weight(name)
        guard let update = LowRankUpdate.sum(model.updates(of: name)) else { return weight }
        var values: [Float] = []
        values.reserveCapacity(weight.rowCount * weight.columnCount)
        var row = 0
        update.rows { added in
            for (value, change) in zip(weight.decodedRow(row), added) { values.append(Float(Double(value) + change)) }
            row += 1
        }
        return WeightMatrix(rows: weight.rowCount, columns: weight.columnCount, values: values)
    }

    func weights(_ name: String) throws -> [WeightMatrix] {
        // An adapter changes whole matrices only, never those of single experts.
        model.updates(of: name).isEmpty ? try model.weights(name) : [try weight(name)]
    }
}
