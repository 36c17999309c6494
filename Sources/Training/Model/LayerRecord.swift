// What the forward pass of a layer leaves for its backward pass.
// - Normalized rows and activated columns are not kept, because computing them again is cheaper than their memory.
// - The inputs of the activation, which are most of it, are kept in bf16 in bf16 mode.
// - If the records of a batch would be too large, the first layer's serves all layers, and each layer is computed again
//   before its backward pass: only the layers' inputs are kept (`TrainingPass`).

import Inference
import Tensors

/// The kept activations of one layer: a row for each token of the batch.
final class LayerRecord: Sendable {
    /// The residual after attention, which the feed-forward reads. [width]
    let middle: FloatMatrix
    /// Mean and 1 / deviation of each norm's rows. [2]
    let attentionStatistics: FloatMatrix
    let feedForwardStatistics: FloatMatrix
    /// Normalized, if the family does that, and rotated. [heads × head width]
    let query: FloatMatrix
    let key: FloatMatrix
    let value: FloatMatrix
    /// Before they are normalized, with the statistics of each head; nil if they are not.
    let rawQuery: FloatMatrix?
    let rawKey: FloatMatrix?
    let queryStatistics: FloatMatrix?
    let keyStatistics: FloatMatrix?
    /// What the heads read, one beside the other. [heads × head width]
    let attention: FloatMatrix
    /// Logarithm of the sum of each softmax. [heads]
    let logSums: FloatMatrix
    /// Before the activation. [feed-forward width]
    let gate: KeptRows?
    let up: KeptRows
    /// Outputs of attention and feed-forward before they are normalized, with statistics; nil if they are not.
    let attentionBranch: FloatMatrix?
    let feedForwardBranch: FloatMatrix?
    let attentionBranchStatistics: FloatMatrix?
    let feedForwardBranchStatistics: FloatMatrix?
    /// Of each projection with an adapter, by its place in `TrainedLayer.projections`: scale · A x. [rank]
    let adapted: [FloatMatrix?]

    init(_ layer: TrainedLayer, blueprint: ModelBlueprint, space: PassSpace) {
        let shape = blueprint.configuration
        func rows(_ columns: Int) -> FloatMatrix { FloatMatrix(rowCount: 1, columnCount: columns) }
        func rows(_ columns: Int, if wanted: Bool) -> FloatMatrix? { wanted ? rows(columns) : nil }
        let hasHeadNorms = blueprint.normalizesQueryAndKey
        middle = rows(shape.width)
        attentionStatistics = rows(2)
        feedForwardStatistics = rows(2)
        query = rows(shape.queryWidth)
        key = rows(shape.keyValueWidth)
        value = rows(shape.keyValueWidth)
        rawQuery = rows(shape.queryWidth, if: hasHeadNorms)
        rawKey = rows(shape.keyValueWidth, if: hasHeadNorms)
        queryStatistics = rows(2 * shape.headCount, if: hasHeadNorms)
        keyStatistics = rows(2 * shape.keyValueHeadCount, if: hasHeadNorms)
        attention = rows(shape.queryWidth)
        logSums = rows(shape.headCount)
        func kept(_ shared: FloatMatrix?) -> KeptRows {
            shared.map { KeptRows(roundedFrom: $0) } ?? KeptRows(columnCount: shape.feedForwardWidth)
        }
        gate = blueprint.isGated ? kept(space.gate) : nil
        up = kept(space.up)
        attentionBranch = rows(shape.width, if: blueprint.hasPostNorms)
        feedForwardBranch = rows(shape.width, if: blueprint.hasPostNorms)
        attentionBranchStatistics = rows(2, if: blueprint.hasPostNorms)
        feedForwardBranchStatistics = rows(2, if: blueprint.hasPostNorms)
        adapted = layer.projections.map { $0.adapter.map { rows($0.rank) } }
    }

    private var matrices: [FloatMatrix] {
        [
            middle, attentionStatistics, feedForwardStatistics, query, key, value, attention, logSums, rawQuery, rawKey,
            queryStatistics, keyStatistics, attentionBranch, feedForwardBranch, attentionBranchStatistics,
            feedForwardBranchStatistics,
        ].compactMap(\.self) + adapted.compactMap(\.self)
    }

    /// The inputs of the activation.
    var activationRows: [KeptRows] { [gate, up].compactMap(\.self) }

    func reserve(rows: Int) {
        for matrix in matrices { matrix.reserve(rows: rows) }
        for kept in activationRows { kept.reserve(rows: rows) }
    }

    /// The rank of the adapter of each projection; nil if there is none.
    var adaptedRanks: [Int?] { adapted.map { $0?.columnCount } }

    /// Bytes for each token.
    var bytesPerRow: Int {
        matrices.reduce(0) { $0 + $1.columnCount * 4 } + activationRows.reduce(0) { $0 + $1.bytesPerRow }
    }
}
