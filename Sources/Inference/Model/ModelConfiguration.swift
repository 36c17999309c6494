// The numbers of a model, read from a file's metadata and checked.
// - Before a number sizes or divides anything, it is in its range and fits the other numbers.
// - Tensors are checked against these numbers when the weights are loaded (`ModelWeights`).

import Glibc
import Tensors

/// The shape of a transformer: the numbers of its file, and those that its architecture implies.
public struct ModelConfiguration: Sendable, Equatable {
    /// The settings in which one layer differs from its neighbours.
    public struct Layer: Sendable, Equatable {
        /// How many positions a row sees, its own included; nil: all.
        public var windowWidth: Int?
        /// True if queries and keys are rotated.
        public var isRotated: Bool
        /// Factor of the dot products of queries and keys.
        public var attentionScale: Float
        /// True if the layer has a short convolution in place of attention.
        public var isConvolution: Bool
        /// The layer's number among those of its kind, under which caches keep what it has computed.
        public var cacheIndex: Int
    }

    /// How the rotation's angles stretch to longer contexts.
    public enum RotationScaling: Sendable, Equatable {
        case none
        case linear(factor: Double)
        case yarn(YaRN)
        /// arXiv:2402.13753: the file has factors for short and for long texts.
        case longFactors(originalLength: Int)
    }

    public var architecture: String  // general.architecture
    public var vocabularySize: Int  // rows of token_embd.weight; vocab_size (Hugging Face)
    public var contextLength: Int  // n_ctx_train, max_position_embeddings
    public var width: Int  // n_embd, hidden_size
    public var layerCount: Int  // n_layer, num_hidden_layers
    public var headCount: Int  // n_head, num_attention_heads
    public var keyValueHeadCount: Int  // n_head_kv, num_key_value_heads
    public var headWidth: Int  // n_embd_head_k, head_dim
    public var feedForwardWidth: Int  // n_ff, intermediate_size
    public var normEpsilon: Float
    public var attentionSoftcap: Float  // 0: none
    public var finalSoftcap: Float  // 0: none
    public var embeddingScale: Float
    /// Factor of what each block adds to the residual; residual_multiplier (Hugging Face).
    public var residualScale: Float
    /// Divisor of the logits; logits_scaling (Hugging Face).
    public var logitDivisor: Float
    /// How a head's columns are paired; nil: positions are learned.
    public var rotationLayout: RotationLayout?
    public var rotatedWidth: Int  // n_rot; even, at most headWidth
    public var rotationBase: Double  // rope_theta
    /// Of layers with a window, if they have a base of their own; never stretched.
    public var windowedRotationBase: Double?
    public var rotationScaling: RotationScaling
    /// Factor of the rotation's cosines and sines.
    public var rotationMagnitude: Double
    public var expertCount: Int  // n_expert, num_local_experts; 0: none
    public var expertUsedCount: Int  // n_expert_used, num_experts_per_tok
    public var expertWidth: Int  // n_ff_exp, moe_intermediate_size
    /// True if the weights of the chosen experts are scaled to sum to 1; norm_topk_prob (Hugging Face).
    public var normalizesExpertWeights: Bool
    /// Width of the feed-forward for all rows beside the experts; 0: none. shared_intermediate_size (Hugging Face).
    public var sharedExpertWidth: Int
    /// How many positions a short convolution sees, the row's own included; 0: none. conv_L_cache (Hugging Face).
    public var convolutionLength: Int
    public var layers: [Layer]

    /// Columns of all query heads together.
    public var queryWidth: Int { headCount * headWidth }
    /// Columns of all key heads, and of all value heads, together.
    public var keyValueWidth: Int { keyValueHeadCount * headWidth }
}

extension ModelConfiguration {
    /// Reads the numbers of `file`.
    /// - Throws: `ModelFileError` naming the key, the value found and the values allowed; `ModelError` if this program
    ///   cannot run the model.
    init(file: any ModelSource, architecture row: Architecture) throws {
        let read = HyperparameterReader(file: file, prefix: row.name)
        architecture = row.name
        vocabularySize = 0  // set from the embedding's rows when the weights are loaded
        contextLength = try read.integer("context_length", in: 1...16_777_216)
        width = try read.integer("embedding_length", in: 1...1_048_576)
        layerCount = try read.integer("block_count", in: 1...4096)
        headCount = try read.integer("attention.head_count", in: 1...65_536, layerCount: layerCount)
        let isConvolution: [Bool]
        (keyValueHeadCount, isConvolution) = try Self.keyValueHeads(
            read, row, headCount: headCount, layerCount: layerCount)
        convolutionLength = isConvolution.contains(true) ? try read.integer("shortconv.l_cache", in: 1...1024) : 0
        guard try read.truth("attention.causal", default: true) else {
            throw read.unsupported("attention in both directions")
        }
        feedForwardWidth = try read.integer("feed_forward_length", in: 1...16_777_216, layerCount: layerCount)
        guard headCount % keyValueHeadCount == 0 else {
            throw read.bad("attention.head_count_kv", keyValueHeadCount, "a divisor of the \(headCount) heads")
        }

        if read.has("attention.key_length") {
            headWidth = try read.integer("attention.key_length", in: 1...65_536)
        } else {
            guard width % headCount == 0 else {
                throw read.bad("attention.head_count", headCount, "a divisor of the width \(width)")
            }
            headWidth = width / headCount
        }
        let valueWidth = try read.integer("attention.value_length", in: 1...65_536, default: headWidth)
        guard valueWidth == headWidth else {
            throw read.unsupported("a value width other than the key width")
        }

        let epsilonKey = row.norm == .layer ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon"
        normEpsilon = try Float(read.number(epsilonKey, in: 0...1))
        attentionSoftcap =
            try row.attentionSoftcap.map {
                try Float(read.number("attn_logit_softcapping", in: 0...1e9, default: $0))
            } ?? 0
        finalSoftcap =
            try row.finalSoftcap.map {
                try Float(read.number("final_logit_softcapping", in: 0...1e9, default: $0))
            } ?? 0
        (embeddingScale, residualScale, logitDivisor) = try Self.scales(read, row, width: width)

        let layout = try Self.layout(read, row)
        rotationLayout = layout
        (rotatedWidth, rotationBase, windowedRotationBase) = try Self.rotation(read, row, headWidth: headWidth)
        (rotationScaling, rotationMagnitude) = try Self.scaling(read, contextLength: contextLength)
        (expertCount, expertUsedCount, expertWidth) = try Self.experts(read, row, width: feedForwardWidth)
        normalizesExpertWeights = try read.truth("expert_weights_norm", default: true)
        sharedExpertWidth =
            row.mayShareExpert
            ? try read.integer("expert_shared_feed_forward_length", in: 0...16_777_216, default: 0) : 0
        let windows = try Self.windows(read, row, layerCount: layerCount)
        let rotated = try read.pattern("attention.rope_pattern", period: row.unrotatedEvery ?? 0, count: layerCount)
        let isUnrotated = try row.rotatesOnlyIfFinetuned && !read.truth("rope.scaling.finetuned", default: true)
        let scaleWidth = row.wideScaleLayerCount == layerCount ? width / headCount : headWidth
        let usualScale = 1 / Double(max(scaleWidth, 1)).squareRoot()
        let scales = try read.numbers("attention.scale", in: 0...1e6, default: 0, count: layerCount)
        layers = (0..<layerCount).map { index in
            Layer(
                windowWidth: windows[index], isRotated: rotated[index] && layout != nil && !isUnrotated,
                attentionScale: Float(scales[index] > 0 ? scales[index] : usualScale),
                isConvolution: isConvolution[index],
                cacheIndex: isConvolution[..<index].count { $0 == isConvolution[index] })
        }
    }

    /// The number of heads of keys and values in layers with attention, and which layers have a convolution instead.
    private static func keyValueHeads(
        _ read: HyperparameterReader, _ row: Architecture, headCount: Int, layerCount: Int
    ) throws -> (count: Int, isConvolution: [Bool]) {
        let key = "attention.head_count_kv"
        guard row.hasConvolutions else {
            let count = try read.integer(key, in: 1...65_536, default: headCount, layerCount: layerCount)
            return (count, Array(repeating: false, count: layerCount))
        }
        let listed = try read.integers(key, in: 0...65_536, default: headCount, count: layerCount)
        let counts = Set(listed.filter { $0 > 0 })
        guard counts.count <= 1 else {
            throw read.unsupported("'\(row.name).\(key)' with several values other than 0")
        }
        return (counts.first ?? headCount, listed.map { $0 == 0 })
    }

    private static func scales(
        _ read: HyperparameterReader, _ row: Architecture, width: Int
    ) throws -> (embedding: Float, residual: Float, logits: Float) {
        guard row.hasScales else { return (row.scalesEmbedding ? Float(width).squareRoot() : 1, 1, 1) }
        let range = 1e-6...1e6
        return (
            Float(try read.number("embedding_scale", in: range, default: 1)),
            Float(try read.number("residual_scale", in: range, default: 1)),
            Float(try read.number("logit_scale", in: range))
        )
    }

    /// GGUF files pair columns as their architecture does. Sources that keep the row order of Hugging Face's files say
    /// `halves`.
    private static func layout(_ read: HyperparameterReader, _ row: Architecture) throws -> RotationLayout? {
        guard case .rotary(let usual) = row.positions else { return nil }
        switch try read.string("rope.layout", default: "") {
        case "": return usual
        case "halves": return .halves
        case "interleaved": return .interleaved
        case let other: throw read.unsupported("the rotation layout '\(other)'")
        }
    }

    private static func rotation(
        _ read: HyperparameterReader, _ row: Architecture, headWidth: Int
    ) throws -> (width: Int, base: Double, windowedBase: Double?) {
        guard case .rotary = row.positions else { return (0, 1, nil) }
        let width = try read.integer("rope.dimension_count", in: 1...65_536, default: headWidth)
        guard width <= headWidth, width % 2 == 0 else {
            throw read.bad("rope.dimension_count", width, "even and at most the head width \(headWidth)")
        }
        let base = try read.number("rope.freq_base", in: 1...1e12, default: 10_000)
        let key = "rope.freq_base_swa"
        let windowedBase =
            read.has(key) ? try read.number(key, in: 1...1e12) : row.windowedRotationBase
        return (width, base, windowedBase)
    }

    private static func scaling(
        _ read: HyperparameterReader, contextLength: Int
    ) throws -> (RotationScaling, magnitude: Double) {
        let factorKey = read.has("rope.scaling.factor") ? "rope.scaling.factor" : "rope.scale_linear"
        let found = try read.number(factorKey, in: 0...1e6, default: 1)
        let factor = found == 0 ? 1 : found
        let originalLength = try read.integer(
            "rope.scaling.original_context_length", in: 1...16_777_216, default: contextLength)
        let magnitude = try read.number("rope.scaling.attn_factor", in: 1e-6...1e6, default: 1)
        let type = try read.string("rope.scaling.type", default: "linear")
        // Phi 3 files have the factors, but no key for the kind of scaling.
        if read.file.hasTensor("rope_factors_long.weight") {
            return (.longFactors(originalLength: originalLength), magnitude)
        }
        switch type {
        case "none": return (.none, magnitude)
        case "linear": return (factor == 1 ? .none : .linear(factor: factor), magnitude)
        case "longrope": return (.longFactors(originalLength: originalLength), magnitude)
        case "yarn":
            var yarn = YaRN(factor: factor, originalLength: originalLength)
            yarn.fastTurns = try read.number("rope.scaling.yarn_beta_fast", in: 1e-6...1e6, default: yarn.fastTurns)
            yarn.slowTurns = try read.number("rope.scaling.yarn_beta_slow", in: 1e-6...1e6, default: yarn.slowTurns)
            yarn.magnitude = try read.number(
                "rope.scaling.yarn_attn_factor", in: 1e-6...1e6, default: yarn.usualMagnitude)
            return (.yarn(yarn), magnitude * yarn.magnitude)
        default: throw read.unsupported("the rotation scaling '\(type)'")
        }
    }

    private static func experts(
        _ read: HyperparameterReader, _ row: Architecture, width: Int
    ) throws -> (count: Int, used: Int, width: Int) {
        let count = try read.integer("expert_count", in: 0...4096, default: 0)
        switch row.experts {
        case .none where count > 0: throw read.unsupported("'\(row.name)' with experts")
        case .required where count == 0: throw read.bad("expert_count", 0, "at least 1")
        default: break
        }
        guard count > 0 else { return (0, 0, 0) }
        let used = try read.integer("expert_used_count", in: 1...4096)
        guard used <= count else { throw read.bad("expert_used_count", used, "at most the \(count) experts") }
        return (count, used, try read.integer("expert_feed_forward_length", in: 1...16_777_216, default: width))
    }

    private static func windows(
        _ read: HyperparameterReader, _ row: Architecture, layerCount: Int
    ) throws -> [Int?] {
        let key = "attention.sliding_window"
        let isWindowed: [Bool]
        let width: Int
        switch row.window {
        case .none: return Array(repeating: nil, count: layerCount)
        case .listed:
            guard read.has(key + "_pattern") else { return Array(repeating: nil, count: layerCount) }
            width = try read.integer(key, in: 0...Int(Int32.max), default: 0)
            isWindowed = try read.pattern(key + "_pattern", period: 0, count: layerCount)
        case .everyLayer:
            width = try read.integer(key, in: 0...Int(Int32.max), default: 0)
            isWindowed = Array(repeating: true, count: layerCount)
        case .allButEvery(let period, let standard):
            width = try read.integer(key, in: 0...Int(Int32.max), default: standard ?? 0)
            isWindowed = try read.pattern(key + "_pattern", period: period, count: layerCount)
        }
        return isWindowed.map { $0 && width > 0 ? width : nil }
    }
}
