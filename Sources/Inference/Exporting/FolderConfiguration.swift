// config.json of a model, from the model's own numbers.
// - Every number is written out, also where it is the default of transformers: defaults differ between versions.
// - If the model comes from a folder, the other members of its config.json are kept.
// Names as transformers' configuration classes have them (configuration_*.py, version 5), and what version 4 reads.

import Foundation
import Generation
import Tensors

/// Tokens that config.json and generation_config.json name by their ids.
struct FolderTokens: Equatable {
    var bos: Int?
    /// The token that ends an answer.
    var eos: Int?
    var padding: Int?
    /// Every token that ends a text, `eos` first.
    var ends: [Int] = []
}

/// Makes config.json.
struct FolderConfiguration {
    let model: FolderModel
    /// nil if the model has no vocabulary.
    let tokens: FolderTokens?
    let weights: HuggingFaceWriter.Weights

    private var configuration: ModelConfiguration { model.configuration }

    /// - Throws: `FolderError` if transformers has no setting for a number of the model.
    func members() throws -> [WrittenJSON.Member] {
        var members = model.base
        members.remove(Self.replaced)
        members.set("architectures", .list([.text(model.className)]))
        members.set("model_type", .text(model.type))
        // Version 4 reads `torch_dtype`.
        for name in ["dtype", "torch_dtype"] { members.set(name, .text(typeName)) }
        members.set("vocab_size", .whole(configuration.vocabularySize))
        members.set("tie_word_embeddings", .truth(model.tiesEmbeddings))
        if let tokens {
            members.set("bos_token_id", .whole(tokens.bos))
            members.set("eos_token_id", .whole(tokens.eos))
            members.set("pad_token_id", .whole(tokens.padding))
        } else {
            // Without them transformers takes the ids of another model.
            for name in ["bos_token_id", "eos_token_id", "pad_token_id"] where members[name] == nil {
                members.set(name, .null)
            }
        }
        if model.type == "gpt2" {
            try setGPT2(&members)
        } else {
            setSizes(&members)
            try setExperts(&members)
            setConvolutions(&members)
            setRotation(&members)
            try setAttention(&members)
        }
        return members
    }

    /// Members of a folder's config.json that are always written anew, or that no longer hold.
    private static let replaced = ["auto_map", "quantization_config", "vision_config", "tie_embedding"]

    private var typeName: String {
        switch weights {
        case .f32: "float32"
        case .bf16: "bfloat16"
        case .f16: "float16"
        }
    }

    // MARK: All but GPT-2

    private func setSizes(_ members: inout [WrittenJSON.Member]) {
        members.set("hidden_size", .whole(configuration.width))
        let isOfExperts = configuration.expertCount > 0 && model.type != "qwen3_moe"
        members.set(
            "intermediate_size", .whole(isOfExperts ? configuration.expertWidth : configuration.feedForwardWidth))
        members.set("num_hidden_layers", .whole(configuration.layerCount))
        members.set("num_attention_heads", .whole(configuration.headCount))
        members.set("num_key_value_heads", .whole(configuration.keyValueHeadCount))
        members.set("head_dim", .whole(configuration.headWidth))
        members.set("max_position_embeddings", .whole(configuration.contextLength))
        members.set(model.type == "lfm2" ? "norm_eps" : "rms_norm_eps", .number(configuration.normEpsilon))
        for name in model.type.hasPrefix("gemma") ? ["hidden_activation", "hidden_act"] : ["hidden_act"] {
            members.set(name, .text(activationName))
        }
        if let isBiased = model.hasAttentionBias { members.set("attention_bias", .truth(isBiased)) }
        if let isBiased = model.hasFeedForwardBias { members.set("mlp_bias", .truth(isBiased)) }
        guard model.type.hasPrefix("granite") else { return }
        members.set("embedding_multiplier", .number(configuration.embeddingScale))
        members.set("residual_multiplier", .number(configuration.residualScale))
        members.set("logits_scaling", .number(configuration.logitDivisor))
    }

    private func setExperts(_ members: inout [WrittenJSON.Member]) throws {
        guard configuration.expertCount > 0 else { return }
        let name = model.type == "qwen3_moe" ? "num_experts" : "num_local_experts"
        members.set(name, .whole(configuration.expertCount))
        members.set("num_experts_per_tok", .whole(configuration.expertUsedCount))
        switch model.type {
        case "qwen3_moe":
            members.set("moe_intermediate_size", .whole(configuration.expertWidth))
            members.set("norm_topk_prob", .truth(configuration.normalizesExpertWeights))
            members.set("decoder_sparse_step", .whole(1))
            members.set("mlp_only_layers", .list(model.denseLayers.map { .whole($0) }))
        default:
            guard model.denseLayers.isEmpty, configuration.normalizesExpertWeights else {
                throw model.unsupported("experts in some layers only, or weights of experts that are not scaled")
            }
            if model.type == "granitemoeshared" {
                members.set("shared_intermediate_size", .whole(configuration.sharedExpertWidth))
            }
        }
    }

    private func setConvolutions(_ members: inout [WrittenJSON.Member]) {
        guard model.type == "lfm2" else { return }
        let isConvolution = configuration.layers.map(\.isConvolution)
        members.set("layer_types", .list(isConvolution.map { .text($0 ? "conv" : "full_attention") }))
        members.set("full_attn_idxs", .list(isConvolution.indices.filter { !isConvolution[$0] }.map { .whole($0) }))
        members.set("conv_L_cache", .whole(max(configuration.convolutionLength, 1)))
        members.set("conv_bias", .truth(model.hasConvolutionBias == true))
        // The width stands there as it is.
        members.set("block_auto_adjust_ff_dim", .truth(false))
        members.set("block_ff_dim", .whole(configuration.feedForwardWidth))
    }

    private var activationName: String {
        let key = model.architecture.name + ".hidden_activation"
        if let name = try? model.source.optionalString(key) { return name }
        return switch model.architecture.activation {
        case .silu: "silu"
        case .gelu: "gelu"
        case .geluTanh: model.type == "gpt2" ? "gelu_new" : "gelu_pytorch_tanh"
        case .geluSigmoid: "quick_gelu"
        case .relu: "relu"
        }
    }

    /// The rotation. What a folder says of its model's stays as it stands.
    private func setRotation(_ members: inout [WrittenJSON.Member]) {
        let base = WrittenJSON.number(Float(configuration.rotationBase))
        defer { members.set("rope_theta", base) }
        let isKept = ["rope_parameters", "rope_scaling"].contains { name in
            if case .verbatim(let text)? = members[name] { !text.elementsEqual("null".utf8) } else { false }
        }
        let windowed = configuration.windowedRotationBase.map { WrittenJSON.number(Float($0)) }
        if let windowed { members.set("rope_local_base_freq", windowed) }
        guard !isKept else { return }
        let parameters = FolderRotation(configuration: configuration, factors: model.frequencyFactors).parameters()
        if let windowed {
            let simple = WrittenJSON.object(["rope_type": .text("default"), "rope_theta": windowed])
            members.set(
                "rope_parameters", .object(["full_attention": .object(parameters), "sliding_attention": simple]))
        } else {
            members.set("rope_parameters", .object(parameters))
        }
        if let share = parameters["partial_rotary_factor"] { members.set("partial_rotary_factor", share) }
        var scaling = parameters
        scaling.remove(["rope_theta", "partial_rotary_factor"])
        // Phi 3 has this number outside.
        if model.type == "phi3", let original = scaling["original_max_position_embeddings"] {
            members.set("original_max_position_embeddings", original)
            scaling = phi3Scaling(scaling) ?? []
        }
        // Version 4 reads the stretching here.
        members.set("rope_scaling", scaling.count > 1 ? .object(scaling) : .null)
    }

    /// The three members that version 4 takes for Phi 3; nil if they do not give the model's factor of rotated values.
    private func phi3Scaling(_ scaling: [WrittenJSON.Member]) -> [WrittenJSON.Member]? {
        guard case .longFactors(let original) = configuration.rotationScaling, original > 1,
            let short = scaling["short_factor"], let long = scaling["long_factor"]
        else { return nil }
        let stretch = Double(configuration.contextLength) / Double(original)
        let usual = stretch > 1 ? (1 + log(stretch) / log(Double(original))).squareRoot() : 1
        guard abs(usual - configuration.rotationMagnitude) < 1e-5 else { return nil }
        return WrittenJSON.members(["type": .text("longrope"), "short_factor": short, "long_factor": long])
    }

    /// The scale of the scores, caps, windows, and layers without rotation.
    private func setAttention(_ members: inout [WrittenJSON.Member]) throws {
        try setScale(&members)
        switch model.type {
        case "gemma2":
            members.set("attn_logit_softcapping", cap(configuration.attentionSoftcap))
            members.set("final_logit_softcapping", cap(configuration.finalSoftcap))
        case "gemma3_text":
            members.set("attn_logit_softcapping", .null)
            members.set("final_logit_softcapping", cap(configuration.finalSoftcap))
        default: break
        }
        try setWindows(&members)
        let isRotated = configuration.layers.map(\.isRotated)
        if model.type == "smollm3" {
            members.set("no_rope_layers", .list(isRotated.map { .whole($0 ? 1 : 0) }))
        } else if isRotated.contains(false) {
            throw model.unsupported("layers without rotation")
        }
    }

    private func cap(_ value: Float) -> WrittenJSON { value > 0 ? .number(value) : .null }

    private func setScale(_ members: inout [WrittenJSON.Member]) throws {
        let scales = configuration.layers.map(\.attentionScale)
        guard let scale = scales.first, scales.allSatisfy({ $0 == scale }) else {
            throw model.unsupported("another scale of attention in each layer")
        }
        switch model.type {
        case "granite", "granitemoe", "granitemoeshared": members.set("attention_multiplier", .number(scale))
        case "gemma2", "gemma3_text":
            let scalar = (1 / (Double(scale) * Double(scale)))
            guard let whole = Int(exactly: scalar.rounded()), whole > 0, abs(scalar / Double(whole) - 1) < 1e-5 else {
                throw model.unsupported("a scale of attention of \(scale)")
            }
            members.set("query_pre_attn_scalar", .whole(whole))
        default:
            guard isUsual(scale) else { throw model.unsupported("a scale of attention of \(scale)") }
        }
    }

    /// True if dot products are divided by the square root of a head's width.
    private func isUsual(_ scale: Float) -> Bool {
        abs(Double(scale) * Double(configuration.headWidth).squareRoot() - 1) < 1e-5
    }

    private func setWindows(_ members: inout [WrittenJSON.Member]) throws {
        let windows = configuration.layers.map(\.windowWidth)
        let width = windows.compactMap(\.self).first
        let isAll = !windows.contains(nil)
        let kinds = WrittenJSON.list(windows.map { .text($0 == nil ? "full_attention" : "sliding_attention") })
        switch model.type {
        case "mistral", "mixtral", "phi3":
            guard width == nil || isAll else { throw model.unsupported("windows in some layers only") }
            members.set("sliding_window", .whole(width))
        case "qwen3_moe":
            guard width == nil || isAll else { throw model.unsupported("windows in some layers only") }
            members.set("use_sliding_window", .truth(width != nil))
            members.set("sliding_window", .whole(width))
        case "qwen2", "qwen3", "smollm3":
            members.set("use_sliding_window", .truth(width != nil))
            members.set("sliding_window", .whole(width))
            members.set("layer_types", kinds)
            // Versions without `layer_types` give the window to all layers from this one on.
            if model.type != "smollm3" {
                members.set("max_window_layers", .whole(windows.firstIndex { $0 != nil } ?? windows.count))
            }
        case "gemma2", "gemma3_text":
            if let width { members.set("sliding_window", .whole(width)) }
            members.set("layer_types", kinds)
            let period = (windows.firstIndex { $0 == nil } ?? windows.count) + 1
            // Version 4.50 has no `layer_types`.
            if model.type == "gemma3_text", width != nil {
                members.set("sliding_window_pattern", .whole(period))
            }
        default:
            guard width == nil else { throw model.unsupported("windows of attention") }
        }
    }

    // MARK: GPT-2

    private func setGPT2(_ members: inout [WrittenJSON.Member]) throws {
        guard configuration.headWidth * configuration.headCount == configuration.width,
            configuration.keyValueHeadCount == configuration.headCount
        else { throw model.unsupported("heads of another width than the model's width divided by their number") }
        members.set("n_embd", .whole(configuration.width))
        members.set("n_layer", .whole(configuration.layerCount))
        members.set("n_head", .whole(configuration.headCount))
        members.set("n_inner", .whole(configuration.feedForwardWidth))
        let positions = model.source.shape(of: "position_embd.weight")?.last ?? configuration.contextLength
        members.set("n_positions", .whole(positions))
        members.set("n_ctx", .whole(positions))
        members.set("layer_norm_epsilon", .number(configuration.normEpsilon))
        members.set("activation_function", .text(activationName))
        let (isScaled, isByLayer) = try gpt2Scales()
        members.set("scale_attn_weights", .truth(isScaled))
        members.set("scale_attn_by_inverse_layer_idx", .truth(isByLayer))
    }

    /// Whether scores are divided by the root of a head's width, and by the number of the layer.
    private func gpt2Scales() throws -> (isScaled: Bool, isByLayer: Bool) {
        let scales = configuration.layers.map { Double($0.attentionScale) }
        let usual = 1 / Double(configuration.headWidth).squareRoot()
        for (isScaled, isByLayer) in [(true, false), (false, false), (true, true), (false, true)] {
            let expected = scales.indices.map { (isScaled ? usual : 1) / Double(isByLayer ? $0 + 1 : 1) }
            if zip(scales, expected).allSatisfy({ abs($0 / $1 - 1) < 1e-5 }) { return (isScaled, isByLayer) }
        }
        throw model.unsupported("an unusual scale of attention")
    }
}
