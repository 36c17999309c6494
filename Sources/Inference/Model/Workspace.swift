// The matrices of a forward pass, and the matmuls of every layer bound to them.
// - Made once for a transformer and grown to its largest batch; a token allocates nothing large.
// - One forward pass uses them at a time, because the transformer holds a lock.

import Tensors

/// The scratch memory of a transformer.
final class Workspace: Sendable {
    /// The layers' running sum: a row of `width` for each token.
    let residual: FloatMatrix
    /// The normalized input of the next matmuls.
    let normalized: FloatMatrix
    let query: FloatMatrix
    let key: FloatMatrix
    let value: FloatMatrix
    let attention: FloatMatrix
    /// A layer's attention or feed-forward output, if it is normalized before it is added.
    let branch: FloatMatrix
    let gate: FloatMatrix
    let up: FloatMatrix
    let experts: ExpertWorkspace?
    let layers: [BoundLayer]

    init(shape: ModelConfiguration, weights: ModelWeights, activation: ActivationKind) {
        func matrix(_ columns: Int) -> FloatMatrix { FloatMatrix(rowCount: 16, columnCount: columns) }
        residual = matrix(shape.width)
        normalized = matrix(shape.width)
        query = matrix(shape.queryWidth)
        key = matrix(shape.keyValueWidth)
        value = matrix(shape.keyValueWidth)
        attention = matrix(shape.queryWidth)
        branch = matrix(shape.width)
        // If no layer has this width, no tensor was checked against it, and it may be any number.
        let isDense = weights.layers.contains { $0.feedForward != nil }
        gate = matrix(isDense ? shape.feedForwardWidth : 1)
        up = matrix(isDense ? shape.feedForwardWidth : 1)
        let experts = weights.layers.contains { !$0.experts.isEmpty } ? ExpertWorkspace(shape: shape) : nil
        self.experts = experts
        let (residual, query, key, value, branch, gate, up) = (residual, query, key, value, branch, gate, up)
        layers = weights.layers.map { layer in
            // Add directly to the residual, unless the output is normalized first.
            let sum = (output: layer.attentionPostNorm == nil ? residual : branch, adds: layer.attentionPostNorm == nil)
            return BoundLayer(
                weights: layer, query: MultiplyJob(layer.query, query),
                keyValue: [MultiplyJob(layer.key, key), MultiplyJob(layer.value, value)],
                attentionOutput: MultiplyJob(layer.attentionOutput, sum.output, adds: sum.adds),
                feedForward: layer.feedForward.map {
                    FeedForwardProducts(
                        $0, activation: activation, gate: gate, up: up,
                        down: { MultiplyJob($0, sum.output, adds: sum.adds) })
                },
                experts: experts.flatMap { $0.products(layer, activation: activation) })
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

/// A layer as a forward pass runs it: its matmuls, bound to the workspace.
///
/// A class, because every worker copies every layer for every token: a class costs one retain, a struct one per matrix,
/// and the workers would contend for those reference counts.
final class BoundLayer: Sendable {
    let weights: LayerWeights
    let query: ProductGroup
    let keyValue: ProductGroup
    let queryKeyValue: ProductGroup
    let attentionOutput: ProductGroup
    let feedForward: FeedForwardProducts?
    let experts: ExpertProducts?

    init(
        weights: LayerWeights, query: MultiplyJob, keyValue: [MultiplyJob], attentionOutput: MultiplyJob,
        feedForward: FeedForwardProducts?, experts: ExpertProducts?
    ) {
        self.weights = weights
        self.query = ProductGroup([query])
        self.keyValue = ProductGroup(keyValue)
        queryKeyValue = ProductGroup([query] + keyValue)
        self.attentionOutput = ProductGroup([attentionOutput])
        self.feedForward = feedForward
        self.experts = experts
    }
}

/// The matmuls of a feed-forward: down(activation(gate) * up), or down(activation(up)) without a gate.
struct FeedForwardProducts: Sendable {
    /// Leaves the activated rows in `activated`, in the form that `down` wants.
    let gateUp: ProductGroup
    let activated: FloatMatrix
    let down: ProductGroup

    init(
        _ weights: FeedForwardWeights, activation: ActivationKind, gate: FloatMatrix, up: FloatMatrix,
        down: (Projection) -> MultiplyJob
    ) {
        self.down = ProductGroup([down(weights.down)])
        activated = weights.gate == nil ? up : gate
        gateUp = ProductGroup(
            (weights.gate.map { [MultiplyJob($0, gate)] } ?? []) + [MultiplyJob(weights.up, up)],
            activation: activation, preparesOutput: self.down.wantsPreparedInput)
    }
}

extension MultiplyJob {
    init(_ projection: Projection, _ output: FloatMatrix, adds: Bool = false) {
        self.init(weight: projection.weight, bias: projection.bias, output: output, adds: adds)
    }
}
