// One layer forward and backward. The names of the steps are those of the forward pass:
//
//     normalized = norm(x);  q, k, v = W normalized;  q, k = rotate(norm(q), norm(k))
//     middle = x + norm(W attention(q, k, v))
//     y = middle + norm(W (activation(gate) · up)),  gate and up = W norm(middle)
//
// - Norms of q and k, and those after attention and feed-forward, are there in some families only.
// - Rows: one for each token. A worker owns its rows in operations on rows; products and attention read all rows, so a
//   barrier comes before and after them.

import Inference
import Tensors

/// The passes of one layer.
struct LayerPass: Sendable {
    private let layer: TrainedLayer
    private let index: Int
    private let blueprint: ModelBlueprint
    private let space: PassSpace
    private let shape: ModelConfiguration
    /// False in the first layer if nothing before it is trained.
    private let wantsInputGradient: Bool
    /// The batch as this layer's attention sees it.
    private let heads: AttentionBatch

    init(model: TrainedModel, index: Int, space: PassSpace) {
        heads = space.attention[index]
        layer = model.layers[index]
        self.index = index
        blueprint = model.blueprint
        shape = model.blueprint.configuration
        self.space = space
        wantsInputGradient = index > 0 || model.part == .everything
    }

    // MARK: Forward

    /// Computes `output` from `input`, and fills `record`. The caller puts a barrier before and after.
    /// - Parameter output: nil if only the record is wanted.
    func forward(
        _ worker: Worker, _ batch: TokenBatch, from input: FloatMatrix, to output: FloatMatrix?, record: LayerRecord
    ) {
        let n = batch.tokens.count
        attention(worker, batch, from: input, record: record)
        feedForward(worker, rows: n, to: output, record: record)
    }

    private func attention(_ worker: Worker, _ batch: TokenBatch, from input: FloatMatrix, record: LayerRecord) {
        let n = batch.tokens.count
        normalize(worker, input, rows: n, layer.attentionNorm, record.attentionStatistics, into: space.normalized)
        worker.barrier()
        worker.pack(space.normalized, rows: n, into: space.packed)
        worker.barrier()
        projectHeads(worker, rows: n, record: record)
        worker.barrier()
        normalizeAndRotate(worker, batch, record: record)
        worker.barrier()
        worker.attendCausally(
            heads, queries: record.query, keys: record.key, values: record.value, into: record.attention,
            logSumExp: record.logSums)
        worker.barrier()
        worker.pack(record.attention, rows: n, into: space.packed)
        worker.barrier()
        addBranch(
            worker, layer.attentionOutput, adapted: record.adapted[layer.attentionPlace], rows: n, to: input,
            into: record.middle, norm: layer.attentionPostNorm, branch: record.attentionBranch,
            statistics: record.attentionBranchStatistics)
    }

    private func feedForward(_ worker: Worker, rows n: Int, to output: FloatMatrix?, record: LayerRecord) {
        normalize(
            worker, record.middle, rows: n, layer.feedForwardNorm, record.feedForwardStatistics, into: space.normalized)
        worker.barrier()
        worker.pack(space.normalized, rows: n, into: space.packed)
        worker.barrier()
        if let gate = layer.gate, let gateRows = record.gate {
            gate.forward(
                worker, packed: space.packed, rows: n, into: gateRows.values, adds: false,
                adapted: record.adapted[layer.attentionPlace + 1], space: space)
            worker.barrier()
        }
        layer.up.forward(
            worker, packed: space.packed, rows: n, into: record.up.values, adds: false,
            adapted: record.adapted[layer.downPlace - 1], space: space)
        worker.barrier()
        for rows in record.activationRows { worker.keep(rows, rows: n) }
        if output == nil, layer.down.adapter == nil, layer.feedForwardPostNorm == nil { return }
        activate(worker, rows: n, record: record)
        worker.barrier()
        worker.pack(space.activated, rows: n, into: space.packed)
        worker.barrier()
        addBranch(
            worker, layer.down, adapted: record.adapted[layer.downPlace], rows: n, to: record.middle, into: output,
            norm: layer.feedForwardPostNorm, branch: record.feedForwardBranch,
            statistics: record.feedForwardBranchStatistics)
    }

    // sum = residual + norm(W x) for the packed x; only what the record keeps if `sum` is nil.
    private func addBranch(
        _ worker: Worker, _ projection: TrainedProjection, adapted: FloatMatrix?, rows n: Int, to residual: FloatMatrix,
        into sum: FloatMatrix?, norm: NormParameters?, branch: FloatMatrix?, statistics: FloatMatrix?
    ) {
        if let sum { worker.copy(residual, rows: n, into: sum) }
        guard let norm, let branch, let statistics else {
            worker.barrier()
            projection.forward(
                worker, packed: space.packed, rows: n, into: sum, adds: true, adapted: adapted, space: space)
            worker.barrier()
            return
        }
        projection.forward(
            worker, packed: space.packed, rows: n, into: branch, adds: false, adapted: adapted, space: space)
        worker.barrier()
        normalize(worker, branch, rows: n, norm, statistics, into: space.normalized)
        if let sum { worker.add(space.normalized, times: 1, to: sum, rows: n) }
        worker.barrier()
    }

    private func projectHeads(_ worker: Worker, rows n: Int, record: LayerRecord) {
        let (query, key) = (record.rawQuery ?? record.query, record.rawKey ?? record.key)
        switch layer.queryKeyValue {
        case .separate(let queries, let keys, let values):
            for (place, (projection, rows)) in [(queries, query), (keys, key), (values, record.value)]
                .enumerated()
            {
                projection.forward(
                    worker, packed: space.packed, rows: n, into: rows, adds: false, adapted: record.adapted[place],
                    space: space)
                if place < 2 { worker.barrier() }
            }
        case .fused(let all):
            guard let fused = space.fused else { return }
            all.forward(
                worker, packed: space.packed, rows: n, into: fused, adds: false, adapted: record.adapted[0],
                space: space)
            worker.barrier()
            var column = 0
            for rows in [query, key, record.value] {
                worker.copy(fused, column: column, rows: n, into: rows, column: 0, columnCount: rows.columnCount)
                column += rows.columnCount
            }
        }
    }

    private func normalizeAndRotate(_ worker: Worker, _ batch: TokenBatch, record: LayerRecord) {
        let n = batch.tokens.count
        if let norm = queryNorm, let raw = record.rawQuery, let statistics = record.queryStatistics {
            worker.normalize(raw, rows: n, by: norm, into: record.query, keeping: statistics)
        }
        if let norm = keyNorm, let raw = record.rawKey, let statistics = record.keyStatistics {
            worker.normalize(raw, rows: n, by: norm, into: record.key, keeping: statistics)
        }
        guard let table = blueprint.rotation(ofLayer: index), let layout = shape.rotationLayout else { return }
        for (rows, heads) in [(record.query, shape.headCount), (record.key, shape.keyValueHeadCount)] {
            worker.rotate(
                rows, rows: n, positions: batch.positions, headCount: heads, headWidth: shape.headWidth,
                table: table,
                layout: layout)
        }
    }

    private func activate(_ worker: Worker, rows n: Int, record: LayerRecord) {
        worker.activate(
            (record.gate ?? record.up).values, up: record.gate == nil ? nil : record.up.values, rows: n,
            kind: blueprint.activation, into: space.activated)
    }

    private func normalize(
        _ worker: Worker, _ x: FloatMatrix, rows n: Int, _ norm: NormParameters, _ statistics: FloatMatrix,
        into y: FloatMatrix
    ) {
        worker.normalize(x, rows: n, by: norm.norm(blueprint), into: y, keeping: statistics)
    }

    private var queryNorm: TrainedNorm? { layer.queryNorm.map { headNorm($0, count: shape.headCount) } }
    private var keyNorm: TrainedNorm? { layer.keyNorm.map { headNorm($0, count: shape.keyValueHeadCount) } }

    private func headNorm(_ weight: Parameter, count: Int) -> TrainedNorm {
        TrainedNorm(kind: .rms, epsilon: shape.normEpsilon, headCount: count, weight: .only(weight.values))
    }

    // MARK: Backward

    /// Turns the gradient of the layer's output in `space.gradient` into that of its input, and adds the gradients of its
    /// tensors. The caller puts a barrier before and after.
    func backward(_ worker: Worker, _ batch: TokenBatch, input: FloatMatrix, record: LayerRecord) {
        feedForwardBackward(worker, rows: batch.tokens.count, record: record)
        attentionBackward(worker, batch, input: input, record: record)
    }

    private func feedForwardBackward(_ worker: Worker, rows n: Int, record: LayerRecord) {
        let branchGradient = branchBackward(
            worker, rows: n, norm: layer.feedForwardPostNorm, branch: record.feedForwardBranch,
            statistics: record.feedForwardBranchStatistics)
        let (gate, up) = (record.gate?.values, record.up.values)
        for rows in record.activationRows { worker.restore(rows, rows: n) }
        if layer.down.readsInput { activate(worker, rows: n, record: record) }
        layer.down.backward(
            worker, input: space.activated, gradient: branchGradient, rows: n, into: space.activatedGradient,
            adds: false, adapted: record.adapted[layer.downPlace], space: space)
        // From here on the gradients of gate and up stand in their places.
        worker.activateBackward(
            gate ?? up, up: gate == nil ? nil : up, rows: n, kind: blueprint.activation,
            outputGradient: space.activatedGradient, into: gate ?? up, upGradient: gate == nil ? nil : up)
        normalize(
            worker, record.middle, rows: n, layer.feedForwardNorm, record.feedForwardStatistics, into: space.normalized)
        if let projection = layer.gate, let gate {
            projection.backward(
                worker, input: space.normalized, gradient: gate, rows: n, into: space.normalizedGradient,
                adds: false, adapted: record.adapted[layer.attentionPlace + 1], space: space)
        }
        layer.up.backward(
            worker, input: space.normalized, gradient: up, rows: n, into: space.normalizedGradient,
            adds: layer.gate != nil, adapted: record.adapted[layer.downPlace - 1], space: space)
        normalizeBackward(
            worker, record.middle, rows: n, layer.feedForwardNorm, record.feedForwardStatistics,
            gradient: space.normalizedGradient, into: space.gradient, adds: true)
        worker.barrier()
    }

    private func attentionBackward(_ worker: Worker, _ batch: TokenBatch, input: FloatMatrix, record: LayerRecord) {
        let n = batch.tokens.count
        let branchGradient = branchBackward(
            worker, rows: n, norm: layer.attentionPostNorm, branch: record.attentionBranch,
            statistics: record.attentionBranchStatistics)
        layer.attentionOutput.backward(
            worker, input: record.attention, gradient: branchGradient, rows: n, into: space.attentionGradient,
            adds: false, adapted: record.adapted[layer.attentionPlace], space: space)
        worker.attendBackward(
            heads, queries: record.query, keys: record.key, values: record.value, output: record.attention,
            logSumExp: record.logSums, outputGradient: space.attentionGradient,
            into: space.queryGradient,
            keyGradient: space.keyGradient, valueGradient: space.valueGradient)
        worker.barrier()
        headsBackward(worker, batch, record: record)
        worker.barrier()
        normalize(worker, input, rows: n, layer.attentionNorm, record.attentionStatistics, into: space.normalized)
        projectHeadsBackward(worker, rows: n, record: record)
        guard wantsInputGradient || layer.attentionNorm.weight.gradient != nil else { return }
        normalizeBackward(
            worker, input, rows: n, layer.attentionNorm, record.attentionStatistics,
            gradient: space.normalizedGradient, into: space.gradient, adds: true)
    }

    /// The gradient of a branch's product: that of the residual, led back through the branch's norm if it has one.
    private func branchBackward(
        _ worker: Worker, rows n: Int, norm: NormParameters?, branch: FloatMatrix?, statistics: FloatMatrix?
    ) -> FloatMatrix {
        guard let norm, let branch, let statistics, let branchGradient = space.branchGradient else {
            return space.gradient
        }
        normalizeBackward(
            worker, branch, rows: n, norm, statistics, gradient: space.gradient, into: branchGradient, adds: false)
        worker.barrier()
        return branchGradient
    }

    // Back through rotation and norms of the heads, in place.
    private func headsBackward(_ worker: Worker, _ batch: TokenBatch, record: LayerRecord) {
        let n = batch.tokens.count
        if let table = blueprint.rotation(ofLayer: index), let layout = shape.rotationLayout {
            let gradients = [(space.queryGradient, shape.headCount), (space.keyGradient, shape.keyValueHeadCount)]
            for (gradient, heads) in gradients {
                worker.rotateBackward(
                    gradient, rows: n, positions: batch.positions, headCount: heads, headWidth: shape.headWidth,
                    table: table, layout: layout)
            }
        }
        let heads = [
            (queryNorm, layer.queryNorm, record.rawQuery, record.queryStatistics, space.queryGradient),
            (keyNorm, layer.keyNorm, record.rawKey, record.keyStatistics, space.keyGradient),
        ]
        for (norm, weight, raw, statistics, gradient) in heads {
            guard let norm, let raw, let statistics else { continue }
            worker.barrier()
            if let weightGradient = weight?.gradient {
                worker.normalizeWeightGradient(
                    raw, rows: n, by: norm, statistics: statistics, outputGradient: gradient, into: weightGradient)
                worker.barrier()
            }
            worker.normalizeBackward(
                raw, rows: n, by: norm, statistics: statistics, outputGradient: gradient, into: gradient)
        }
    }

    private func projectHeadsBackward(_ worker: Worker, rows n: Int, record: LayerRecord) {
        let target = wantsInputGradient || layer.attentionNorm.weight.gradient != nil ? space.normalizedGradient : nil
        switch layer.queryKeyValue {
        case .separate(let query, let key, let value):
            let parts = [(query, space.queryGradient), (key, space.keyGradient), (value, space.valueGradient)]
            for (place, (projection, gradient)) in parts.enumerated() {
                projection.backward(
                    worker, input: space.normalized, gradient: gradient, rows: n, into: target, adds: place > 0,
                    adapted: record.adapted[place], space: space)
            }
        case .fused(let all):
            guard let fused = space.fusedGradient else { return }
            var column = 0
            for gradient in [space.queryGradient, space.keyGradient, space.valueGradient] {
                worker.copy(
                    gradient, column: 0, rows: n, into: fused, column: column, columnCount: gradient.columnCount)
                column += gradient.columnCount
            }
            all.backward(
                worker, input: space.normalized, gradient: fused, rows: n, into: target, adds: false,
                adapted: record.adapted[0], space: space)
        }
    }

    // Adds the gradients of the norm's own tensors, and computes that of its input.
    private func normalizeBackward(
        _ worker: Worker, _ x: FloatMatrix, rows n: Int, _ parameters: NormParameters, _ statistics: FloatMatrix,
        gradient: FloatMatrix, into inputGradient: FloatMatrix, adds: Bool
    ) {
        let norm = parameters.norm(blueprint)
        if let weightGradient = parameters.weight.gradient {
            worker.normalizeWeightGradient(
                x, rows: n, by: norm, statistics: statistics, outputGradient: gradient, into: weightGradient,
                biasGradient: parameters.bias?.gradient)
        }
        worker.normalizeBackward(
            x, rows: n, by: norm, statistics: statistics, outputGradient: gradient, into: inputGradient, adds: adds)
    }
}

extension TrainedLayer {
    // Places in `projections`, which are those of `LayerRecord.adapted`: queries, keys and values (or one fused), the
    // attention's output, gate (if any), up, down.
    var attentionPlace: Int { queryKeyValue.projections.count }
    var downPlace: Int { projections.count - 1 }
}
