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
    /// A convolution's two gates and its inputs; nil if no layer has one.
    let convolution: FloatMatrix?
    /// A block's output, if it is normalized or multiplied before it is added.
    let branch: FloatMatrix
    let gate: FloatMatrix
    let up: FloatMatrix
    let experts: ExpertWorkspace?
    let layers: [BoundLayer]

    private typealias Target = ProjectionGroup.Target

    init(shape: ModelConfiguration, weights: ModelWeights, activation: ActivationKind) {
        func matrix(_ columns: Int) -> FloatMatrix { FloatMatrix(rowCount: 16, columnCount: columns) }
        residual = matrix(shape.width)
        normalized = matrix(shape.width)
        query = matrix(shape.queryWidth)
        key = matrix(shape.keyValueWidth)
        value = matrix(shape.keyValueWidth)
        attention = matrix(shape.queryWidth)
        let convolution = shape.convolutionLength > 0 ? matrix(3 * shape.width) : nil
        self.convolution = convolution
        branch = matrix(shape.width)
        // If no layer has the file's width, no tensor was checked against it, and it may be any number.
        let feedForwardWidth = weights.layers.lazy.compactMap { $0.feedForward?.down.weight.columnCount }.first ?? 1
        gate = matrix(feedForwardWidth)
        up = matrix(feedForwardWidth)
        let experts = weights.layers.contains { !$0.experts.isEmpty } ? ExpertWorkspace(shape: shape) : nil
        self.experts = experts
        let (residual, query, key, value, branch, gate, up) = (residual, query, key, value, branch, gate, up)
        layers = weights.layers.map { layer in
            // Add directly to the residual, unless the output is normalized or multiplied first.
            let adds = layer.mixerPostNorm == nil && shape.residualScale == 1
            let sum = (output: adds ? residual : branch, adds: adds)
            let mixer: BoundLayer.Mixer
            switch layer.mixer {
            case .attention(let weights):
                mixer = .attention(
                    BoundAttention(
                        weights: weights, query: Target(projection: weights.query, output: query),
                        keyValue: [
                            Target(projection: weights.key, output: key),
                            Target(projection: weights.value, output: value),
                        ],
                        output: Target(projection: weights.output, output: sum.output, adds: sum.adds)))
            case .convolution(let weights):
                guard let convolution else { preconditionFailure("a convolution sees at least one position") }
                mixer = .convolution(
                    BoundConvolution(
                        weights: weights, projection: convolution,
                        output: Target(projection: weights.output, output: sum.output, adds: sum.adds)))
            }
            return BoundLayer(
                weights: layer, mixer: mixer,
                feedForward: layer.feedForward.map {
                    FeedForwardProducts(
                        $0, activation: activation, gate: gate, up: up,
                        down: { Target(projection: $0, output: sum.output, adds: sum.adds) })
                },
                experts: experts.flatMap { $0.products(layer, activation: activation) })
        }
    }

    func reserve(rows: Int) {
        guard rows > residual.rowCount else { return }
        for matrix in [residual, normalized, query, key, value, attention, branch, gate, up] {
            matrix.reserve(rows: rows)
        }
        convolution?.reserve(rows: rows)
        experts?.reserve(rows: rows)
        for layer in layers { layer.reserve(rows: rows) }
    }
}

/// A layer as a forward pass runs it: its matmuls, bound to the workspace.
///
/// A class, because every worker copies every layer for every token: a class costs one retain, a struct one per matrix,
/// and the workers would contend for those reference counts.
final class BoundLayer: Sendable {
    enum Mixer: Sendable {
        case attention(BoundAttention)
        case convolution(BoundConvolution)
    }

    let weights: LayerWeights
    let mixer: Mixer
    /// The first matmuls of the layer.
    let first: ProjectionGroup
    let feedForward: FeedForwardProducts?
    let experts: ExpertProducts?

    init(weights: LayerWeights, mixer: Mixer, feedForward: FeedForwardProducts?, experts: ExpertProducts?) {
        self.weights = weights
        self.mixer = mixer
        first =
            switch mixer {
            case .attention(let attention): attention.queryKeyValue
            case .convolution(let convolution): convolution.input
            }
        self.feedForward = feedForward
        self.experts = experts
    }

    /// Makes room for what adapters need of a batch.
    func reserve(rows: Int) {
        switch mixer {
        case .attention(let attention):
            for group in [attention.query, attention.keyValue, attention.queryKeyValue, attention.output] {
                group.reserve(rows: rows)
            }
        case .convolution(let convolution):
            convolution.input.reserve(rows: rows)
            convolution.output.reserve(rows: rows)
        }
        feedForward?.reserve(rows: rows)
        experts?.reserve(rows: rows)
    }
}

/// The matmuls of a layer's attention.
final class BoundAttention: Sendable {
    let weights: AttentionWeights
    let query: ProjectionGroup
    let keyValue: ProjectionGroup
    let queryKeyValue: ProjectionGroup
    let output: ProjectionGroup

    init(
        weights: AttentionWeights, query: ProjectionGroup.Target, keyValue: [ProjectionGroup.Target],
        output: ProjectionGroup.Target
    ) {
        self.weights = weights
        self.query = ProjectionGroup([query])
        self.keyValue = ProjectionGroup(keyValue)
        queryKeyValue = ProjectionGroup([query] + keyValue)
        self.output = ProjectionGroup([output])
    }
}

/// The matmuls of a layer's short convolution.
final class BoundConvolution: Sendable {
    let weights: ConvolutionWeights
    /// The two gates and the inputs of each row.
    let projection: FloatMatrix
    let input: ProjectionGroup
    let output: ProjectionGroup

    init(weights: ConvolutionWeights, projection: FloatMatrix, output: ProjectionGroup.Target) {
        self.weights = weights
        self.projection = projection
        input = ProjectionGroup([ProjectionGroup.Target(projection: weights.input, output: projection)])
        self.output = ProjectionGroup([output])
    }
}

/// The matmuls of a feed-forward: down(activation(gate) * up), or down(activation(up)) without a gate.
struct FeedForwardProducts: Sendable {
    /// Leaves the activated rows in `activated`, in the form that `down` wants.
    let gateUp: ProjectionGroup
    let activated: FloatMatrix
    let down: ProjectionGroup

    init(
        _ weights: FeedForwardWeights, activation: ActivationKind, gate: FloatMatrix, up: FloatMatrix,
        down: (Projection) -> ProjectionGroup.Target
    ) {
        self.down = ProjectionGroup([down(weights.down)])
        activated = weights.gate == nil ? up : gate
        gateUp = ProjectionGroup(
            (weights.gate.map { [ProjectionGroup.Target(projection: $0, output: gate)] } ?? [])
                + [ProjectionGroup.Target(projection: weights.up, output: up)],
            activation: activation, preparesOutput: self.down.wantsPreparedInput)
    }

    func reserve(rows: Int) {
        gateUp.reserve(rows: rows)
        down.reserve(rows: rows)
    }
}
