// The forward and backward pass of a batch.
// - One pass for all families, as in the forward pass of the inference core; `LayerPass` has the layers, `HeadPass` the
//   loss. Each is written once forward and once backward, operation by operation in the opposite order.
// - Gradients of several batches add up until they are cleared.
// - A batch's documents do not meet: their tokens share products, but never attention.

import Generation
import Inference
import Tensors

/// Computes losses and gradients of a model in training. For one thread at a time.
public final class TrainingPass: @unchecked Sendable {
    let model: TrainedModel
    let team: WorkerTeam
    let space: PassSpace
    private let layers: [LayerPass]
    private let head: HeadPass
    /// Inputs of all layers, and the output of the last one: [tokens × width] each.
    private let inputs: [FloatMatrix]
    private let records: [LayerRecord]
    /// The layer whose record serves each layer if layers are computed again: the first one with such adapters.
    private let sharedPlaces: [Int]
    /// Whether layers are computed again before their backward pass; nil: if the records of a batch would be too large.
    private let recomputes: Bool?

    /// Records of all layers together may have so many bytes.
    private static let recordLimit = 768 << 20

    /// - Parameter recomputes: nil: if a batch is large. It changes no bit of any result.
    public init(model: TrainedModel, team: WorkerTeam, precision: TrainingPrecision, recomputes: Bool? = nil) {
        self.model = model
        self.team = team
        let shape = model.blueprint.configuration
        space = PassSpace(model: model, precision: precision)
        inputs = (0...shape.layerCount).map { _ in FloatMatrix(rowCount: 1, columnCount: shape.width) }
        self.recomputes = recomputes
        let space = space
        let records = model.layers.map { LayerRecord($0, blueprint: model.blueprint, space: space) }
        self.records = records
        sharedPlaces = records.indices.map { index in
            records.firstIndex { $0.adaptedRanks == records[index].adaptedRanks } ?? index
        }
        layers = model.layers.indices.map { LayerPass(model: model, index: $0, space: space) }
        head = HeadPass(model: model, space: space)
    }

    /// Sets all gradients to zero.
    public func clearGradients() {
        team.run { worker in
            for parameter in model.parameters {
                if let gradient = parameter.gradient { worker.clear(gradient, rows: parameter.rowCount) }
            }
        }
    }

    /// Adds the gradient of `factor` times the batch's loss to the parameters' gradients.
    /// - Returns: the batch's loss: the sum over labels of weight · cross-entropy, in nats.
    public func accumulate(_ batch: TokenBatch, factor: Double) -> Double {
        guard !batch.tokens.isEmpty else { return 0 }
        prepare(batch)
        forward(batch)
        let loss = head.loss(batch, input: inputs[layers.count], factor: factor, team: team)
        backward(batch)
        return loss
    }

    /// The batch's loss alone: the sum over labels of weight · cross-entropy, in nats.
    public func loss(of batch: TokenBatch) -> Double {
        guard !batch.tokens.isEmpty else { return 0 }
        prepare(batch)
        forward(batch)
        return head.loss(batch, input: inputs[layers.count], factor: nil, team: team)
    }

    private func prepare(_ batch: TokenBatch) {
        let count = batch.tokens.count
        for matrix in inputs { matrix.reserve(rows: count) }
        for record in records(batch) { record.reserve(rows: count) }
        space.reserve(rows: count)
        space.set(documents: batch.documents)
        model.blueprint.rotation?.prepare(batch.positions)
        model.blueprint.windowedRotation?.prepare(batch.positions)
    }

    private func recomputes(_ batch: TokenBatch) -> Bool {
        recomputes ?? (records.reduce(0) { $0 + $1.bytesPerRow } * batch.tokens.count > Self.recordLimit)
    }

    /// The record of each layer.
    private func records(_ batch: TokenBatch) -> [LayerRecord] {
        recomputes(batch) ? sharedPlaces.map { records[$0] } : records
    }

    private func forward(_ batch: TokenBatch) {
        let records = records(batch)
        team.run { worker in
            embed(worker, batch)
            for (index, layer) in layers.enumerated() {
                worker.barrier()
                layer.forward(worker, batch, from: inputs[index], to: inputs[index + 1], record: records[index])
            }
            worker.barrier()
        }
    }

    private func backward(_ batch: TokenBatch) {
        let (records, recomputes) = (records(batch), recomputes(batch))
        team.run { worker in
            for (index, layer) in layers.enumerated().reversed() {
                if recomputes, index + 1 < layers.count {
                    layer.forward(worker, batch, from: inputs[index], to: nil, record: records[index])
                    worker.barrier()
                }
                layer.backward(worker, batch, input: inputs[index], record: records[index])
                worker.barrier()
            }
            embedBackward(worker, batch)
        }
    }

    // MARK: Embedding

    private func embed(_ worker: Worker, _ batch: TokenBatch) {
        let scale = model.blueprint.configuration.embeddingScale
        switch model.embedding {
        case .floats(let table): worker.lookUp(table.values, indexes: batch.tokens, into: inputs[0], scale: scale)
        case .file(let table): worker.embed(table, tokens: batch.tokens, into: inputs[0], scale: scale)
        }
        if let positions = model.positions {
            worker.lookUp(positions.values, indexes: batch.positions, into: inputs[0], adds: true)
        }
    }

    private func embedBackward(_ worker: Worker, _ batch: TokenBatch) {
        if let gradient = model.embedding.parameter?.gradient {
            worker.lookUpBackward(
                space.gradient, indexes: batch.tokens, scale: model.blueprint.configuration.embeddingScale,
                into: gradient)
        }
        if let gradient = model.positions?.gradient {
            worker.lookUpBackward(space.gradient, indexes: batch.positions, into: gradient)
        }
    }
}

/// The memory that all layers use one after another.
final class PassSpace: Sendable {
    /// The gradient of the residual stream: of the output of the layer that is computed, then of its input. [width]
    let gradient: FloatMatrix
    /// Normalized rows, the input of products. [width]
    let normalized: FloatMatrix
    let normalizedGradient: FloatMatrix
    /// The gradient of a branch's output, before its norm; nil if it has none. [width]
    let branchGradient: FloatMatrix?
    /// Gradients of queries, keys, values and of what the heads read.
    let queryGradient: FloatMatrix
    let keyGradient: FloatMatrix
    let valueGradient: FloatMatrix
    let attentionGradient: FloatMatrix
    /// Queries, keys and values of one fused product, and their gradient; nil if the model has none.
    let fused: FloatMatrix?
    let fusedGradient: FloatMatrix?
    /// [feed-forward width]
    let activated: FloatMatrix
    let activatedGradient: FloatMatrix
    /// What the layers' records of gate and up are rounded from; nil in f32, where each record has its own.
    let gate: FloatMatrix?
    let up: FloatMatrix?
    /// Of adapters. [rank]
    let adapted: FloatMatrix?
    /// The left operands of products.
    let packed: PackedMatrix
    let packedTransposed: PackedMatrix
    let packedAdapter: PackedMatrix
    /// Of each layer; layers with the same window share one.
    let attention: [AttentionBatch]
    let precision: TrainingPrecision
    private let widest: Int
    private let rank: Int

    init(model: TrainedModel, precision: TrainingPrecision) {
        let shape = model.blueprint.configuration
        self.precision = precision
        func rows(_ columns: Int) -> FloatMatrix { FloatMatrix(rowCount: 1, columnCount: columns) }
        gradient = rows(shape.width)
        normalized = rows(shape.width)
        normalizedGradient = rows(shape.width)
        branchGradient = model.blueprint.hasPostNorms ? rows(shape.width) : nil
        queryGradient = rows(shape.queryWidth)
        keyGradient = rows(shape.keyValueWidth)
        valueGradient = rows(shape.keyValueWidth)
        attentionGradient = rows(shape.queryWidth)
        var isFused = false
        if case .fused? = model.layers.first?.queryKeyValue { isFused = true }
        fused = isFused ? rows(shape.queryWidth + 2 * shape.keyValueWidth) : nil
        fusedGradient = isFused ? rows(shape.queryWidth + 2 * shape.keyValueWidth) : nil
        activated = rows(shape.feedForwardWidth)
        activatedGradient = rows(shape.feedForwardWidth)
        func shared(_ columns: Int) -> FloatMatrix? { precision == .bf16 ? rows(columns) : nil }
        gate = model.blueprint.isGated ? shared(shape.feedForwardWidth) : nil
        up = shared(shape.feedForwardWidth)
        adapted = model.adapters.first.map { rows($0.adapter.rank) }
        packed = PackedMatrix(precision: precision.ofProducts)
        packedTransposed = PackedMatrix(precision: precision.ofProducts)
        packedAdapter = PackedMatrix(precision: precision.ofProducts)
        var batches: [AttentionBatch] = []
        attention = shape.layers.map { layer in
            let wanted = AttentionShape(
                headCount: shape.headCount, keyValueHeadCount: shape.keyValueHeadCount, headWidth: shape.headWidth,
                scale: layer.attentionScale, softcap: shape.attentionSoftcap, window: layer.windowWidth,
                precision: precision.ofProducts)
            if let batch = batches.first(where: { $0.shape == wanted }) { return batch }
            let batch = AttentionBatch(shape: wanted)
            batches.append(batch)
            return batch
        }
        let outputs = model.layers.flatMap(\.projections).map(\.outputs)
        widest = max(shape.width, shape.feedForwardWidth, outputs.max() ?? 0)
        rank = model.adapters.map(\.adapter.rank).max() ?? 0
    }

    /// Sets the documents of the batch that is computed next.
    func set(documents: [Range<Int>]) {
        var seen: Set<ObjectIdentifier> = []
        for batch in attention where seen.insert(ObjectIdentifier(batch)).inserted { batch.set(documents: documents) }
    }

    func reserve(rows: Int) {
        let all: [FloatMatrix?] = [
            gradient, normalized, normalizedGradient, branchGradient, queryGradient, keyGradient, valueGradient,
            attentionGradient, fused, fusedGradient, activated, activatedGradient, gate, up, adapted,
        ]
        for matrix in all { matrix?.reserve(rows: rows) }
        packed.reserve(rows: rows, depth: widest)
        packedTransposed.reserve(rows: widest, depth: rows)
        packedAdapter.reserve(rows: rows, depth: rank)
    }
}

extension TrainingPrecision {
    var ofProducts: ProductPrecision { self == .bf16 ? .bf16 : .f32 }
}
