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
                        weights: weights, query: MultiplyJob(weights.query, query),
                        keyValue: [MultiplyJob(weights.key, key), MultiplyJob(weights.value, value)],
                        output: MultiplyJob(weights.output, sum.output, adds: sum.adds)))
            case .convolution(let weights):
                guard let convolution else { preconditionFailure("a convolution sees at least one position") }
                mixer = .convolution(
                    BoundConvolution(
                        weights: weights, projection: convolution,
                        output: MultiplyJob(weights.output, sum.output, adds: sum.adds)))
            }
            return BoundLayer(
                weights: layer, mixer: mixer,
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
        convolution?.reserve(rows: rows)
        experts?.reserve(rows: rows)
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
    let first: ProductGroup
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
}

/// The matmuls of a layer's attention.
final class BoundAttention: Sendable {
    let weights: AttentionWeights
    let query: ProductGroup
    let keyValue: ProductGroup
    let queryKeyValue: ProductGroup
    let output: ProductGroup

    init(weights: AttentionWeights, query: MultiplyJob, keyValue: [MultiplyJob], output: MultiplyJob) {
        self.weights = weights
        self.query = ProductGroup([query])
        self.keyValue = ProductGroup(keyValue)
        queryKeyValue = ProductGroup([query] + keyValue)
        self.output = ProductGroup([output])
    }
}

/// The matmuls of a layer's short convolution.
final class BoundConvolution: Sendable {
    let weights: ConvolutionWeights
    /// The two gates and the inputs of each row.
    let projection: FloatMatrix
    let input: ProductGroup
    let output: ProductGroup

    init(weights: ConvolutionWeights, projection: FloatMatrix, output: MultiplyJob) {
        self.weights = weights
        self.projection = projection
        input = ProductGroup([MultiplyJob(weights.input, projection)])
        self.output = ProductGroup([output])
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
