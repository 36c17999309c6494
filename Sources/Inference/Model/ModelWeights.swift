// The tensors of a model, each checked against the configuration before it is used.
// - Matrices stay in the mapped file; only norms and biases (a few KB a layer) are decoded.
// - Immutable and shared by every sequence.

import Tensors

/// A matrix, the bias that is added to its products, and the update of the adapters; each if there is any.
struct Projection: Sendable {
    let weight: WeightMatrix
    let bias: WeightVector?
    var update: LowRankUpdate?
}

/// The scale of a normalization and its shift, if any.
struct NormWeights: Sendable {
    let weight: WeightVector
    let bias: WeightVector?
}

extension NormWeights {
    fileprivate func divided(by divisor: Float) -> NormWeights {
        guard divisor != 1 else { return self }
        return NormWeights(
            weight: WeightVector(values: weight.values.map { $0 / divisor }),
            bias: bias.map { WeightVector(values: $0.values.map { $0 / divisor }) })
    }
}

/// The feed-forward of one layer, or of one expert: down(activation(gate) * up).
struct FeedForwardWeights: Sendable {
    let gate: Projection?
    let up: Projection
    let down: Projection
}

/// The attention of one layer.
struct AttentionWeights: Sendable {
    let query: Projection
    let key: Projection
    let value: Projection
    let output: Projection
    let queryNorm: WeightVector?
    let keyNorm: WeightVector?
}

/// The short convolution of one layer.
struct ConvolutionWeights: Sendable {
    /// Three parts, one below the other: the gate of the inputs, the gate of the sums, the inputs.
    let input: Projection
    /// (position, column), the oldest position first.
    let positions: WeightVector
    let bias: WeightVector?
    let output: Projection
}

/// The tensors of one layer.
struct LayerWeights: Sendable {
    /// The part that sees other positions.
    enum Mixer: Sendable {
        case attention(AttentionWeights)
        case convolution(ConvolutionWeights)
    }

    let mixerNorm: NormWeights
    let mixer: Mixer
    let mixerPostNorm: NormWeights?
    let feedForwardNorm: NormWeights
    let feedForward: FeedForwardWeights?
    let router: Projection?
    let experts: [FeedForwardWeights]
    let feedForwardPostNorm: NormWeights?
}

/// All tensors of a model.
struct ModelWeights: Sendable {
    let embedding: WeightMatrix
    let positions: WeightMatrix?
    let layers: [LayerWeights]
    let outputNorm: NormWeights
    let output: Projection
    /// Divisors of the rotation's frequencies: rotatedWidth / 2 of them, if the file has them.
    let frequencyFactors: [Float]?
    let longFrequencyFactors: [Float]?

    /// All matrices, in the order in which a forward pass reads them.
    var matrices: [WeightMatrix] {
        layers.flatMap { layer -> [WeightMatrix] in
            let feedForwards = (layer.feedForward.map { [$0] } ?? []) + layer.experts
            let mixer =
                switch layer.mixer {
                case .attention(let weights): [weights.query, weights.key, weights.value, weights.output]
                case .convolution(let weights): [weights.input, weights.output]
                }
            return mixer.map(\.weight) + (layer.router.map { [$0.weight] } ?? [])
                + feedForwards.flatMap { [$0.gate?.weight, $0.up.weight, $0.down.weight].compactMap(\.self) }
        } + [output.weight]
    }
}

extension ModelWeights {
    /// Loads the tensors of `file`, and sets the vocabulary size in `configuration`.
    /// - Throws: `ModelFileError` naming the tensor that is missing or does not have the expected shape.
    init(file: any ModelSource, architecture: Architecture, configuration: inout ModelConfiguration) throws {
        let loader = WeightLoader(file: file, architecture: architecture)
        let vocabularySize = try loader.rowCount("token_embd.weight")
        guard (1...16_777_216).contains(vocabularySize) else {
            throw ModelFileError.outOfRange(
                path: file.path, key: "token_embd.weight", value: "a table of \(vocabularySize) tokens",
                allowed: "a table of 1 to 16777216")
        }
        configuration.vocabularySize = vocabularySize
        if case .learned = architecture.positions {
            // The table bounds the context, even if the file names a longer one.
            let count = try loader.rowCount("position_embd.weight")
            positions = try loader.matrix("position_embd.weight", rows: count, columns: configuration.width)
            configuration.contextLength = min(configuration.contextLength, count)
        } else {
            positions = nil
        }
        let shape = configuration
        embedding = try loader.matrix("token_embd.weight", rows: vocabularySize, columns: shape.width)
        // Logits are products of the normalized rows, so the norm's weights can carry their divisor.
        outputNorm = try loader.norm(architecture.outputNorm, count: shape.width).divided(by: shape.logitDivisor)
        if loader.has("output.weight") {
            output = try loader.projection("output", rows: vocabularySize, columns: shape.width, bias: [])
        } else {
            output = Projection(
                weight: embedding, bias: try loader.optionalVector("output.bias", count: vocabularySize),
                update: LowRankUpdate.sum(file.updates(of: "output.weight")))
        }
        layers = try (0..<shape.layerCount).map { try loader.layer($0, shape: shape) }

        // Llama 3 files have one set of divisors; "longrope" files have one for short and one for long texts.
        let half = shape.rotatedWidth / 2
        if case .longFactors = shape.rotationScaling {
            frequencyFactors = try loader.factors("rope_factors_short.weight", count: half)
            longFrequencyFactors = try loader.factors("rope_factors_long.weight", count: half)
        } else {
            frequencyFactors = try loader.factors("rope_freqs.weight", count: half)
            longFrequencyFactors = nil
        }
    }
}

extension WeightLoader {
    fileprivate func layer(_ index: Int, shape: ModelConfiguration) throws -> LayerWeights {
        let name = "blk.\(index)."
        let hasPostNorms = architecture.hasPostNorms
        // Some layers of a model with experts may have a single feed-forward for all rows.
        let hasExperts = shape.expertCount > 0 && (has(name + "ffn_gate_inp.weight") || !has(name + "ffn_down.weight"))
        return LayerWeights(
            mixerNorm: try norm(name + "attn_norm", count: shape.width),
            mixer: shape.layers[index].isConvolution
                ? .convolution(try convolution(name + "shortconv.", shape: shape))
                : .attention(try attention(name, shape: shape)),
            mixerPostNorm: hasPostNorms ? try norm(name + "post_attention_norm", count: shape.width) : nil,
            feedForwardNorm: try norm(name + "ffn_norm", count: shape.width),
            feedForward: hasExperts ? try sharedExpert(name, shape: shape) : try feedForward(name, shape: shape),
            router: hasExperts
                ? try projection(name + "ffn_gate_inp", rows: shape.expertCount, columns: shape.width, bias: []) : nil,
            experts: hasExperts ? try experts(name, shape: shape) : [],
            feedForwardPostNorm: hasPostNorms ? try norm(name + "post_ffw_norm", count: shape.width) : nil)
    }

    private func attention(_ name: String, shape: ModelConfiguration) throws -> AttentionWeights {
        let (query, key, value) = try queryKeyValue(name, shape: shape)
        let hasHeadNorms = architecture.normalizesQueryAndKey
        return AttentionWeights(
            query: query, key: key, value: value,
            output: try projection(
                name + "attn_output", rows: shape.width, columns: shape.queryWidth, bias: .attentionOutput),
            queryNorm: hasHeadNorms ? try vector(name + "attn_q_norm.weight", count: shape.headWidth) : nil,
            keyNorm: hasHeadNorms ? try vector(name + "attn_k_norm.weight", count: shape.headWidth) : nil)
    }

    private func convolution(_ name: String, shape: ModelConfiguration) throws -> ConvolutionWeights {
        let (width, length) = (shape.width, shape.convolutionLength)
        let input = try projection(name + "in_proj", rows: 3 * width, columns: width, bias: [])
        // Files have a row for each column of the input; the sum runs over a row for each position.
        let matrix = try matrix(name + "conv.weight", rows: width, columns: length)
        var positions = [Float](repeating: 0, count: length * width)
        for column in 0..<width {
            for (position, weight) in matrix.decodedRow(column).enumerated() {
                positions[position * width + column] = weight
            }
        }
        return ConvolutionWeights(
            input: input, positions: WeightVector(values: positions),
            bias: try optionalVector(name + "conv.bias", count: width),
            output: try projection(name + "out_proj", rows: width, columns: width, bias: []))
    }

    /// One fused tensor (queries, keys and values one below the other) or three.
    private func queryKeyValue(
        _ name: String, shape: ModelConfiguration
    ) throws -> (Projection, Projection, Projection) {
        let (queries, keys) = (shape.queryWidth, shape.keyValueWidth)
        guard has(name + "attn_qkv.weight") || !has(name + "attn_q.weight") else {
            return (
                try projection(name + "attn_q", rows: queries, columns: shape.width, bias: .queryKeyValue),
                try projection(name + "attn_k", rows: keys, columns: shape.width, bias: .queryKeyValue),
                try projection(name + "attn_v", rows: keys, columns: shape.width, bias: .queryKeyValue)
            )
        }
        let fused = try projection(
            name + "attn_qkv", rows: queries + 2 * keys, columns: shape.width, bias: .queryKeyValue)
        return (
            fused.slice(0..<queries), fused.slice(queries..<queries + keys),
            fused.slice(queries + keys..<queries + 2 * keys)
        )
    }

    private func feedForward(_ name: String, shape: ModelConfiguration) throws -> FeedForwardWeights {
        let width = shape.feedForwardWidth
        let down = try projection(name + "ffn_down", rows: shape.width, columns: width, bias: .feedForward)
        if architecture.gateIsInUp {
            let both = try projection(name + "ffn_up", rows: 2 * width, columns: shape.width, bias: .feedForward)
            return FeedForwardWeights(gate: both.slice(0..<width), up: both.slice(width..<2 * width), down: down)
        }
        let gate =
            architecture.isGated
            ? try projection(name + "ffn_gate", rows: width, columns: shape.width, bias: .feedForward) : nil
        let up = try projection(name + "ffn_up", rows: width, columns: shape.width, bias: .feedForward)
        return FeedForwardWeights(gate: gate, up: up, down: down)
    }

    /// The feed-forward for all rows beside the experts.
    /// - Returns: nil if the model has none.
    private func sharedExpert(_ name: String, shape: ModelConfiguration) throws -> FeedForwardWeights? {
        let width = shape.sharedExpertWidth
        guard width > 0 else { return nil }
        return FeedForwardWeights(
            gate: try projection(name + "ffn_gate_shexp", rows: width, columns: shape.width, bias: []),
            up: try projection(name + "ffn_up_shexp", rows: width, columns: shape.width, bias: []),
            down: try projection(name + "ffn_down_shexp", rows: shape.width, columns: width, bias: []))
    }

    /// Three tensors hold the matrices of all experts, one after the other.
    private func experts(_ name: String, shape: ModelConfiguration) throws -> [FeedForwardWeights] {
        let (count, width) = (shape.expertCount, shape.expertWidth)
        guard has(name + "ffn_down_exps.weight") || !has(name + "ffn_down.0.weight") else {
            // Files of early 2024 have separate tensors for each expert.
            return try (0..<count).map { expert in
                FeedForwardWeights(
                    gate: try projection(name + "ffn_gate.\(expert)", rows: width, columns: shape.width, bias: []),
                    up: try projection(name + "ffn_up.\(expert)", rows: width, columns: shape.width, bias: []),
                    down: try projection(name + "ffn_down.\(expert)", rows: shape.width, columns: width, bias: []))
            }
        }
        let gates = try matrices(name + "ffn_gate_exps.weight", count: count, rows: width, columns: shape.width)
        let ups = try matrices(name + "ffn_up_exps.weight", count: count, rows: width, columns: shape.width)
        let downs = try matrices(name + "ffn_down_exps.weight", count: count, rows: shape.width, columns: width)
        return (0..<count).map { expert in
            FeedForwardWeights(
                gate: Projection(weight: gates[expert], bias: nil), up: Projection(weight: ups[expert], bias: nil),
                down: Projection(weight: downs[expert], bias: nil))
        }
    }
}
