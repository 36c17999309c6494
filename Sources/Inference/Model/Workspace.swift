// The matrices that a forward pass works in, and the products of every layer bound to them.
// - Made once for a transformer and grown to its largest batch; nothing large is allocated for a token.
// - One forward pass uses them at a time: the transformer's lock sees to that.

import Tensors

/// The scratch memory of a transformer.
final class Workspace: Sendable {
    /// What the layers hand on: a row of `width` for each token.
    let residual: FloatMatrix
    /// The normalized input of the next products.
    let normalized: FloatMatrix
    let query: FloatMatrix
    let key: FloatMatrix
    let value: FloatMatrix
    let attention: FloatMatrix
    /// A layer's attention or feed-forward output, where it is normalized before it is added.
    let branch: FloatMatrix
    let gate: FloatMatrix
    let up: FloatMatrix
    let experts: ExpertWorkspace?
    let layers: [BoundLayer]

    init(shape: ModelConfiguration, weights: ModelWeights) {
        func matrix(_ columns: Int) -> FloatMatrix { FloatMatrix(rowCount: 16, columnCount: columns) }
        residual = matrix(shape.width)
        normalized = matrix(shape.width)
        query = matrix(shape.queryWidth)
        key = matrix(shape.keyValueWidth)
        value = matrix(shape.keyValueWidth)
        attention = matrix(shape.queryWidth)
        branch = matrix(shape.width)
        // A width that no layer has was held against no tensor, and may be any number.
        let isDense = weights.layers.contains { $0.feedForward != nil }
        gate = matrix(isDense ? shape.feedForwardWidth : 1)
        up = matrix(isDense ? shape.feedForwardWidth : 1)
        let experts = weights.layers.contains { !$0.experts.isEmpty } ? ExpertWorkspace(shape: shape) : nil
        self.experts = experts
        let (residual, query, key, value, branch, gate, up) = (residual, query, key, value, branch, gate, up)
        layers = weights.layers.map { layer in
            // Straight onto the residual, but for outputs that are normalized first.
            let sum = (output: layer.attentionPostNorm == nil ? residual : branch, adds: layer.attentionPostNorm == nil)
            let feedForward = layer.feedForward
            return BoundLayer(
                weights: layer,
                query: [MultiplyJob(layer.query, query)],
                keyValue: [MultiplyJob(layer.key, key), MultiplyJob(layer.value, value)],
                attentionOutput: [MultiplyJob(layer.attentionOutput, sum.output, adds: sum.adds)],
                gateUp: feedForward.map { [$0.gate.map { MultiplyJob($0, gate) }, MultiplyJob($0.up, up)] }?
                    .compactMap(\.self) ?? [],
                down: feedForward.map { [MultiplyJob($0.down, sum.output, adds: sum.adds)] } ?? [],
                experts: experts.flatMap { $0.jobs(layer) })
        }
    }

    func reserve(rows: Int) {
        guard rows > residual.rowCount else { return }
        for matrix in [residual, normalized, query, key, value, attention, branch, gate, up] {
            matrix.reserve(rows: rows)
        }
        experts?.reserve(rows: rows)
    }
}

/// A layer as a forward pass runs it: its products, bound to the workspace. Jobs of one list read the same input and
/// run together.
///
/// A class, for every worker takes up every layer for every token: that counts one reference, where a structure counts
/// one for each of its matrices, and the workers take these counts from each other.
final class BoundLayer: Sendable {
    let weights: LayerWeights
    let query: [MultiplyJob]
    let keyValue: [MultiplyJob]
    let queryKeyValue: [MultiplyJob]
    let attentionOutput: [MultiplyJob]
    let gateUp: [MultiplyJob]
    let down: [MultiplyJob]
    let experts: ExpertJobs?

    init(
        weights: LayerWeights, query: [MultiplyJob], keyValue: [MultiplyJob], attentionOutput: [MultiplyJob],
        gateUp: [MultiplyJob], down: [MultiplyJob], experts: ExpertJobs?
    ) {
        self.weights = weights
        self.query = query
        self.keyValue = keyValue
        queryKeyValue = query + keyValue
        self.attentionOutput = attentionOutput
        self.gateUp = gateUp
        self.down = down
        self.experts = experts
    }
}

extension MultiplyJob {
    init(_ projection: Projection, _ output: FloatMatrix, adds: Bool = false) {
        self.init(weight: projection.weight, bias: projection.bias, output: output, adds: adds)
    }
}

extension [MultiplyJob] {
    /// Whether the input must be in int8 form.
    var wantPreparedInput: Bool { contains { $0.weight.type.isQuantized } }
}
