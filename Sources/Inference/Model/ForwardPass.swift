// The forward pass: one for all architectures; all workers of a team run it side by side.
// - Every worker runs this code from top to bottom, and each operation splits its rows or weight rows among them.
// - Consecutive operations on the same rows need no barrier, because one worker owns a row. Matmuls and attention read
//   the results of all workers, so a barrier comes before and after them.
// - Once the last layer has stored its keys or inputs, it keeps only the rows whose logits are wanted.

import Tensors

/// One batch on its way through a transformer.
struct ForwardPass: Sendable {
    private let plan: BatchPlan
    private let shape: ModelConfiguration
    private let architecture: Architecture
    private let weights: ModelWeights
    private let rotations: RotationTables?
    private let space: Workspace
    private let logits: FloatMatrix?
    private let output: ProjectionGroup?

    init(transformer: Transformer, plan: BatchPlan, rotations: RotationTables?, logits: FloatMatrix?) {
        self.plan = plan
        shape = transformer.configuration
        architecture = transformer.architecture
        weights = transformer.weights
        self.rotations = rotations
        space = transformer.workspace
        self.logits = logits
        let count = plan.wantedIndexes.count
        output = logits.map { logits in
            let group = ProjectionGroup([.init(projection: transformer.weights.output, output: logits)])
            group.reserve(rows: count)
            return group
        }
    }

    func run(_ worker: Worker) {
        worker.embed(weights.embedding, tokens: plan.tokens, into: space.residual, scale: shape.embeddingScale)
        if let positions = weights.positions {
            worker.addRows(of: positions, indexes: plan.all.positions, to: space.residual)
        }
        for index in 0..<shape.layerCount - 1 {
            mix(worker, layer: index, rows: plan.all)
            feedForward(worker, layer: index, rows: plan.tokens.count)
        }
        let last = shape.layerCount - 1
        mix(worker, layer: last, rows: plan.wanted)
        guard let logits, let output else { return }
        let count = plan.wantedIndexes.count
        feedForward(worker, layer: last, rows: count)
        normalize(worker, weights.outputNorm, rows: count)
        worker.prepare(space.normalized, rows: count, for: output)
        worker.barrier()
        worker.multiply(output, input: space.normalized, rows: count)
        if shape.finalSoftcap > 0 {
            worker.barrier()
            worker.softcap(logits, rows: count, cap: shape.finalSoftcap)
        }
    }

    /// Adds a layer's attention or convolution to the residual. Only `rows` continue, and are the first rows of the
    /// residual afterwards.
    private func mix(_ worker: Worker, layer index: Int, rows: BatchPlan.Rows) {
        let layer = space.layers[index]
        let count = plan.tokens.count
        normalize(worker, layer.weights.mixerNorm, rows: count)
        worker.prepare(space.normalized, rows: count, for: layer.first)
        worker.barrier()
        switch layer.mixer {
        case .attention(let products): attend(worker, products, layer: index, rows: rows)
        case .convolution(let products): convolve(worker, products, layer: index, rows: rows)
        }
        addBranch(worker, norm: layer.weights.mixerPostNorm, rows: rows.positions.count)
    }

    /// Stores keys and values of all rows, and multiplies the attention of `rows` into the residual or the branch.
    private func attend(_ worker: Worker, _ products: BoundAttention, layer index: Int, rows: BatchPlan.Rows) {
        let count = plan.tokens.count
        let queryCount = rows.positions.count
        if queryCount < count {
            worker.multiply(products.keyValue, input: space.normalized, rows: count)
            worker.multiply(products.query, input: space.normalized, inputRows: plan.wantedIndexes)
            if worker.index == 0 { keepWantedRows() }
        } else {
            worker.multiply(products.queryKeyValue, input: space.normalized, rows: count, before: products.output)
        }
        worker.barrier()
        let place = shape.layers[index].cacheIndex
        normalizeAndRotate(
            worker, space.key, positions: plan.all.positions, heads: shape.keyValueHeadCount,
            norm: products.weights.keyNorm, index
        )
        worker.store(keys: space.key, values: space.value, layer: place, into: plan.targets)
        guard queryCount > 0 else { return }
        normalizeAndRotate(
            worker, space.query, positions: rows.positions, heads: shape.headCount, norm: products.weights.queryNorm,
            index)
        worker.barrier()
        worker.attend(
            queries: space.query, rows: shape.layers[index].windowWidth == nil ? rows.global : rows.windowed,
            layer: place, headCount: shape.headCount, keyValueHeadCount: shape.keyValueHeadCount,
            headWidth: shape.headWidth, scale: shape.layers[index].attentionScale, softcap: shape.attentionSoftcap,
            into: space.attention)
        worker.barrier()
        if products.output.wantsPreparedInput {
            worker.prepare(space.attention, rows: queryCount)
            worker.barrier()
        }
        worker.multiply(
            products.output, input: space.attention, rows: queryCount, before: space.layers[index].feedForward?.gateUp)
        worker.barrier()
    }

    /// Stores the gated inputs of all rows, and multiplies the convolution of `rows` into the residual or the branch.
    private func convolve(_ worker: Worker, _ products: BoundConvolution, layer index: Int, rows: BatchPlan.Rows) {
        let count = plan.tokens.count
        let rowCount = rows.positions.count
        let isPart = rowCount < count
        worker.multiply(products.input, input: space.normalized, rows: count, before: products.output)
        if isPart, worker.index == 0 { keepWantedRows() }
        worker.barrier()
        let place = shape.layers[index].cacheIndex
        worker.storeInputs(products.projection, convolution: place, into: plan.targets)
        guard rowCount > 0 else { return }
        worker.barrier()
        // The normalized rows have been multiplied, so their matrix is free.
        worker.convolve(
            products.projection, sources: isPart ? plan.wantedIndexes : nil, rows: rows.global, convolution: place,
            weights: products.weights.positions, bias: products.weights.bias, into: space.normalized)
        worker.prepare(space.normalized, rows: rowCount, for: products.output)
        worker.barrier()
        worker.multiply(
            products.output, input: space.normalized, rows: rowCount, before: space.layers[index].feedForward?.gateUp)
        worker.barrier()
    }

    /// Adds a layer's feed-forward to rows 0..<n of the residual.
    private func feedForward(_ worker: Worker, layer index: Int, rows n: Int) {
        let layer = space.layers[index]
        normalize(worker, layer.weights.feedForwardNorm, rows: n)
        if let experts = layer.experts, let expertSpace = space.experts {
            if experts.wantsPreparedInput { worker.prepare(space.normalized, rows: n) }
            worker.barrier()
            worker.runExperts(
                experts, expertSpace, shape: shape, input: space.normalized, rows: n, sum: space.residual)
        }
        guard let products = layer.feedForward else { return }
        worker.prepare(space.normalized, rows: n, for: products.gateUp)
        worker.barrier()
        worker.multiply(products.gateUp, input: space.normalized, rows: n, before: products.down)
        worker.barrier()
        let next = index + 1 < shape.layerCount ? space.layers[index + 1].first : output
        worker.multiply(products.down, input: products.activated, rows: n, before: next)
        worker.barrier()
        addBranch(worker, norm: layer.weights.feedForwardPostNorm, rows: n)
    }

    /// Normalizes and rotates the heads of queries or keys.
    private func normalizeAndRotate(
        _ worker: Worker, _ x: FloatMatrix, positions: [Int32], heads: Int, norm: WeightVector?, _ layer: Int
    ) {
        if let norm {
            worker.normalizeHeads(
                x, rows: positions.count, headWidth: shape.headWidth, headCount: heads, weight: norm,
                epsilon: shape.normEpsilon)
        }
        guard shape.layers[layer].isRotated, let rotations, let layout = shape.rotationLayout else { return }
        worker.rotate(
            x, rows: positions.count, positions: positions, headCount: heads, headWidth: shape.headWidth,
            table: shape.layers[layer].windowWidth == nil ? rotations.global : rotations.windowed, layout: layout)
    }

    private func normalize(_ worker: Worker, _ norm: NormWeights, rows n: Int) {
        worker.normalize(
            space.residual, rows: n, weight: norm.weight, bias: norm.bias, kind: architecture.norm,
            epsilon: shape.normEpsilon, into: space.normalized)
    }

    /// Adds the branch to the residual if it has a norm or a factor; without them, its matmul already added it.
    private func addBranch(_ worker: Worker, norm: NormWeights?, rows n: Int) {
        guard norm != nil || shape.residualScale != 1 else { return }
        if let norm {
            worker.normalize(
                space.branch, rows: n, weight: norm.weight, bias: norm.bias, kind: architecture.norm,
                epsilon: shape.normEpsilon, into: space.branch)
        }
        worker.add(space.branch, times: shape.residualScale, to: space.residual, rows: n)
    }

    // In ascending order, so that every row moves before it is overwritten.
    private func keepWantedRows() {
        for (target, source) in plan.wantedIndexes.enumerated() where target < source {
            space.residual.setRow(target, to: space.residual.row(source))
        }
    }
}
