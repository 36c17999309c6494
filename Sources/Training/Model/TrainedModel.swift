// The tensors of a model in training by their use, and building them from a file.
// - Trained tensors become floats. A frozen matrix stays as the file has it, quantized or not.
// - The order of `parameters` is fixed: norms of gradients and checkpoints depend on it.

import Inference
import Tensors

/// Which tensors are trained.
public enum TrainedPart: Sendable, Equatable, Codable {
    /// All of them.
    case everything
    /// Adapters of frozen matrices.
    case adapters(rank: Int, alpha: Double, targets: AdapterTargets)
}

/// Which matrices get adapters.
public enum AdapterTargets: String, Sendable, CaseIterable, Codable {
    /// Every matrix of attention and feed-forward.
    case all
    /// Queries and values alone, as in the LoRA paper.
    case qv

    /// - Parameter name: GGUF's name of a layer's matrix. The one that holds queries, keys and values belongs to both.
    func contains(_ name: String) -> Bool {
        self == .all || ["attn_q.", "attn_v.", "attn_qkv."].contains { name.contains($0) }
    }
}

/// The weights of one product: outputs × inputs, with what is added to it.
struct TrainedProjection: Sendable {
    enum Weight: Sendable {
        case floats(Parameter)
        /// As the file stores it: never changed.
        case file(WeightMatrix)
    }

    let name: String
    let weight: Weight
    let bias: Parameter?
    let adapter: AdapterParameters?
    let inputs: Int
    let outputs: Int
}

/// The scale of a normalization and its shift, if any.
struct NormParameters: Sendable {
    let weight: Parameter
    let bias: Parameter?

    /// The norm as operations take it.
    func norm(_ blueprint: ModelBlueprint) -> TrainedNorm {
        TrainedNorm(
            kind: blueprint.norm, epsilon: blueprint.configuration.normEpsilon, weight: .only(weight.values),
            bias: bias.map { .only($0.values) })
    }
}

/// The projections of a layer's attention.
enum QueryKeyValue: Sendable {
    case separate(query: TrainedProjection, key: TrainedProjection, value: TrainedProjection)
    /// One matrix: queries, keys and values one below the other.
    case fused(TrainedProjection)

    var projections: [TrainedProjection] {
        switch self {
        case .separate(let query, let key, let value): [query, key, value]
        case .fused(let all): [all]
        }
    }
}

/// The tensors of one layer.
struct TrainedLayer: Sendable {
    let attentionNorm: NormParameters
    let queryKeyValue: QueryKeyValue
    let queryNorm: Parameter?
    let keyNorm: Parameter?
    let attentionOutput: TrainedProjection
    let attentionPostNorm: NormParameters?
    let feedForwardNorm: NormParameters
    let gate: TrainedProjection?
    let up: TrainedProjection
    let down: TrainedProjection
    let feedForwardPostNorm: NormParameters?

    /// In the order of the forward pass.
    var projections: [TrainedProjection] {
        queryKeyValue.projections + [attentionOutput] + [gate, up, down].compactMap(\.self)
    }
}

/// A model in training: its tensors by their use.
public final class TrainedModel: Sendable {
    public let blueprint: ModelBlueprint
    public let part: TrainedPart
    let embedding: TrainedProjection.Weight
    let positions: Parameter?
    let layers: [TrainedLayer]
    let outputNorm: NormParameters
    /// nil if the output matrix is the embedding.
    let output: TrainedProjection?
    /// The tensors that are trained, in the order of the forward pass.
    public let parameters: [Parameter]

    /// Reads the tensors of a model. Adapters begin at A random and B zero (`initialize`).
    /// - Throws: `ModelFileError` if a tensor cannot be read.
    public init(_ blueprint: ModelBlueprint, part: TrainedPart) throws {
        let loader = TrainedTensorLoader(blueprint: blueprint, part: part)
        self.blueprint = blueprint
        self.part = part
        embedding = try loader.weight("token_embd.weight")
        positions = blueprint.learnsPositions ? try loader.parameter("position_embd.weight") : nil
        layers = try (0..<blueprint.configuration.layerCount).map { try loader.layer($0) }
        outputNorm = try loader.norm("output_norm")
        output = loader.has("output.weight") ? try loader.projection("output", adapts: false) : nil
        var list: [Parameter?] = [embedding.parameter, positions]
        for layer in layers { list += layer.parameters }
        list += outputNorm.parameters
        if let output { list += output.parameters }
        parameters = list.compactMap(\.self).filter { $0.gradient != nil }
    }

    /// Sets new adapters to their beginning: A evenly spread between ±1 / √inputs, B zero, so that the model is its base.
    public func initializeAdapters(seed: UInt64) {
        for (_, adapter) in adapters {
            let (rows, columns) = (adapter.a.rowCount, adapter.a.columnCount)
            let values = RandomNumbers(seed: seed, stream: adapter.a.name)
                .uniforms(rows * columns, bound: 1 / Double(columns).squareRoot())
            for row in 0..<rows {
                adapter.a.values.setRow(row, to: Array(values[row * columns..<(row + 1) * columns]))
            }
            let zeros = [Float](repeating: 0, count: adapter.b.columnCount)
            for row in 0..<adapter.b.rowCount { adapter.b.values.setRow(row, to: zeros) }
        }
    }

    /// The number of trained values.
    public var trainedCount: Int { parameters.reduce(0) { $0 + $1.elementCount } }

    /// The adapters by the names of their matrices, in order.
    public var adapters: [(name: String, adapter: AdapterParameters)] {
        layers.flatMap { layer in
            layer.projections.compactMap { projection in projection.adapter.map { (projection.name, $0) } }
        }
    }
}

extension TrainedProjection.Weight {
    var parameter: Parameter? { if case .floats(let parameter) = self { parameter } else { nil } }
}

extension TrainedProjection {
    fileprivate var parameters: [Parameter?] { [weight.parameter, bias, adapter?.a, adapter?.b] }
}

extension NormParameters {
    fileprivate var parameters: [Parameter?] { [weight, bias] }
}

extension TrainedLayer {
    fileprivate var parameters: [Parameter?] {
        let norms: [NormParameters?] = [attentionNorm, attentionPostNorm, feedForwardNorm, feedForwardPostNorm]
        return norms.compactMap(\.self).flatMap(\.parameters) + [queryNorm, keyNorm]
            + projections.flatMap(\.parameters)
    }
}

/// Reads tensors of a file as training uses them.
private struct TrainedTensorLoader {
    let blueprint: ModelBlueprint
    let part: TrainedPart

    private var trainsAll: Bool { part == .everything }
    private var file: any ModelSource { blueprint.source }

    func has(_ name: String) -> Bool { file.hasTensor(name) }

    func parameter(_ name: String) throws -> Parameter {
        Parameter(name: name, matrix: try file.weight(name), isTrained: trainsAll)
    }

    func vector(_ name: String) throws -> Parameter {
        Parameter(name: name, vector: try file.vector(name).values, isTrained: trainsAll)
    }

    func weight(_ name: String) throws -> TrainedProjection.Weight {
        trainsAll ? .floats(try parameter(name)) : .file(try file.weight(name))
    }

    func norm(_ name: String) throws -> NormParameters {
        NormParameters(
            weight: try vector(name + ".weight"), bias: has(name + ".bias") ? try vector(name + ".bias") : nil)
    }

    func projection(_ name: String, adapts: Bool = true) throws -> TrainedProjection {
        let full = name + ".weight"
        let shape = file.shape(of: full) ?? []
        let (inputs, outputs) = (shape.first ?? 0, shape.count > 1 ? shape[1] : 1)
        var adapter: AdapterParameters?
        if case .adapters(let rank, let alpha, let targets) = part, adapts, targets.contains(full) {
            adapter = AdapterParameters(name: full, inputs: inputs, outputs: outputs, rank: rank, alpha: alpha)
        }
        return TrainedProjection(
            name: full, weight: try weight(full), bias: has(name + ".bias") ? try vector(name + ".bias") : nil,
            adapter: adapter, inputs: inputs, outputs: outputs)
    }

    func layer(_ index: Int) throws -> TrainedLayer {
        let name = "blk.\(index)."
        let queryKeyValue: QueryKeyValue =
            has(name + "attn_qkv.weight")
            ? .fused(try projection(name + "attn_qkv"))
            : .separate(
                query: try projection(name + "attn_q"), key: try projection(name + "attn_k"),
                value: try projection(name + "attn_v"))
        let hasPostNorms = blueprint.hasPostNorms
        let hasHeadNorms = blueprint.normalizesQueryAndKey
        return TrainedLayer(
            attentionNorm: try norm(name + "attn_norm"), queryKeyValue: queryKeyValue,
            queryNorm: hasHeadNorms ? try vector(name + "attn_q_norm.weight") : nil,
            keyNorm: hasHeadNorms ? try vector(name + "attn_k_norm.weight") : nil,
            attentionOutput: try projection(name + "attn_output"),
            attentionPostNorm: hasPostNorms ? try norm(name + "post_attention_norm") : nil,
            feedForwardNorm: try norm(name + "ffn_norm"),
            gate: blueprint.isGated ? try projection(name + "ffn_gate") : nil,
            up: try projection(name + "ffn_up"), down: try projection(name + "ffn_down"),
            feedForwardPostNorm: hasPostNorms ? try norm(name + "post_ffw_norm") : nil)
    }
}
