// Chooses the element type of each tensor of a quantized model.
// - Vectors, norms, learned positions, convolutions and the routers of experts are never quantized: they are small and
//   matter much.
// - If a row is not a whole number of blocks, the tensor gets a type with smaller blocks, or F16 if none fits.
// The rules are those of llama.cpp's llama-quantize (src/llama-quant.cpp, without an importance matrix), so that a
// model gets the sizes and types that people know.

import Tensors

/// Chooses element types for one model and one recipe.
struct TensorTypeChoice {
    let recipe: QuantizationRecipe
    let layerCount: Int
    let expertCount: Int
    /// How many query heads share one key and value head.
    let headsPerKeyValueHead: Int
    /// True for Llama's 70B models: their value matrices are an eighth of the size of the queries' and deserve more
    /// bits.
    let isLlama70B: Bool
    /// True if the embedding is also the output matrix.
    let isTied: Bool
    /// Layers that have a value (or fused query, key and value) matrix, in order.
    let valueLayers: [Int]

    /// - Throws: `ModelFileError` if a key of the model has the wrong type.
    init(recipe: QuantizationRecipe, source: any ModelSource) throws {
        self.recipe = recipe
        let architecture = try source.string("general.architecture", default: "")
        // Some files give the number of heads per layer; the first layer's is good enough here.
        func number(_ key: String) -> Int? {
            switch source.metadata["\(architecture).\(key)"] {
            case .array(let items): items.integers?.first
            case let value: value?.integer
            }
        }
        let names = source.tensorNames
        layerCount = max(number("block_count") ?? 0, (names.compactMap(Self.layer).max() ?? -1) + 1)
        expertCount = number("expert_count") ?? 0
        let heads = max(number("attention.head_count") ?? 1, 1)
        // 0 if the first layer has a convolution in place of attention.
        let keyValueHeads = max(number("attention.head_count_kv") ?? heads, 0)
        headsPerKeyValueHead = keyValueHeads > 0 ? heads / keyValueHeads : 0
        isLlama70B = architecture == "llama" && layerCount == 80 && heads != keyValueHeads
        isTied = !names.contains("output.weight")
        valueLayers = names.filter { Role(name: $0) == .attentionValue }.compactMap(Self.layer).sorted()
    }

    /// The role of a tensor, if the rules care about it.
    private enum Role {
        case output, embedding, attentionValue, attentionKey, attentionOutput, feedForwardDown, other

        init(name: String) {
            if name == "output.weight" {
                self = .output
            } else if name == "token_embd.weight" {
                self = .embedding
            } else if name.contains("attn_v.weight") || name.contains("attn_qkv.weight") {
                self = .attentionValue
            } else if name.contains("attn_k.weight") {
                self = .attentionKey
            } else if name.contains("attn_output.weight") {
                self = .attentionOutput
            } else if name.contains("ffn_down") {
                self = .feedForwardDown
            } else {
                self = .other
            }
        }
    }

    /// The layer of a tensor `blk.12.…`; nil for tensors outside the layers.
    static func layer(_ name: String) -> Int? {
        guard name.hasPrefix("blk.") else { return nil }
        return Int(name.dropFirst(4).prefix { $0 != "." })
    }

    private static let convolution = "shortconv.conv.weight"

    /// True if a tensor is a matrix that may get another type.
    static func isQuantizable(_ name: String, shape: [Int]) -> Bool {
        guard shape.dropFirst().contains(where: { $0 > 1 }), name.hasSuffix("weight") else { return false }
        return !["_norm.weight", "ffn_gate_inp.weight", "position_embd", convolution].contains { name.contains($0) }
    }

    /// The new type of a tensor.
    /// - Parameter shape: fastest-running first.
    /// - Parameter type: its type in the source.
    func type(of name: String, shape: [Int], now type: ElementType) -> ElementType {
        guard Self.isQuantizable(name, shape: shape) else {
            // llama.cpp reads convolutions only as 32-bit floats.
            if name.contains(Self.convolution) { return .f32 }
            // GGUF files keep vectors as 32-bit floats; safetensors often have 16 bits.
            return shape.dropFirst().contains { $0 > 1 } ? type : .f32
        }
        guard recipe.elementType.isQuantized else { return recipe.elementType }
        return Self.fallback(wanted(name, shape: shape), columns: shape[0])
    }

    private func wanted(_ name: String, shape: [Int]) -> ElementType {
        let role = Role(name: name)
        if role == .output || isTied && role == .embedding { return output(columns: shape[0]) }
        if recipe == .mxfp4_moe { return shape.count > 2 && shape[2] > 1 ? .mxfp4 : .q8_0 }
        let layer = Self.layer(name) ?? 0
        switch role {
        case .attentionValue: return attentionValue(valueLayers.firstIndex(of: layer) ?? layer)
        case .attentionKey: return expertCount == 8 ? .q8_0 : recipe.elementType
        case .attentionOutput: return attentionOutput
        case .feedForwardDown: return feedForwardDown(layer)
        case .output, .embedding, .other: return recipe.elementType
        }
    }

    /// The output matrix, whose errors affect every token.
    private func output(columns: Int) -> ElementType {
        let type = recipe.elementType
        if recipe == .mxfp4_moe || type == .q8_0 || columns % type.blockElementCount != 0 { return .q8_0 }
        return .q6_K
    }

    private func attentionValue(_ index: Int) -> ElementType {
        if expertCount == 8 { return .q8_0 }
        let isShared = headsPerKeyValueHead >= 4
        let type: ElementType =
            switch recipe {
            case .q2_k: isShared ? .q4_K : .q3_K
            case .q3_k_m: index < 2 ? .q5_K : .q4_K
            case .q3_k_l: .q5_K
            case .iq4_nl where isShared, .iq4_xs where isShared: .q5_K
            case .q4_k_s where index < 4: .q5_K
            case .q4_k_m where hasMoreBits(index, of: valueLayers.count): .q6_K
            case .q5_k_m where hasMoreBits(index, of: valueLayers.count): .q6_K
            default: recipe.elementType
            }
        return isLlama70B && (type == .q3_K || type == .q4_K) ? .q5_K : type
    }

    private func feedForwardDown(_ layer: Int) -> ElementType {
        switch recipe {
        case .q2_k: .q3_K
        case .q3_k_m: layer < layerCount / 16 ? .q5_K : .q4_K
        case .q3_k_l: .q5_K
        case .q4_k_m where hasMoreBits(layer, of: layerCount): .q6_K
        case .q5_k_m where hasMoreBits(layer, of: layerCount): .q6_K
        case .q4_k_s where layer < layerCount / 8: .q5_K
        case .iq4_nl where layer < layerCount / 8, .iq4_xs where layer < layerCount / 8: .q5_K
        default: recipe.elementType
        }
    }

    private var attentionOutput: ElementType {
        if expertCount == 8 {
            return switch recipe {
            case .q2_k, .q3_k_s, .q3_k_m, .q4_k_s, .q4_k_m, .iq4_nl, .iq4_xs: .q5_K
            default: recipe.elementType
            }
        }
        return switch recipe {
        case .q2_k: .q3_K
        case .q3_k_m: .q4_K
        case .q3_k_l: .q5_K
        default: recipe.elementType
        }
    }

    /// True for the first and the last eighth of the layers, and for every third layer between.
    private func hasMoreBits(_ index: Int, of count: Int) -> Bool {
        index < count / 8 || index >= 7 * count / 8 || (index - count / 8) % 3 == 2
    }

    private static func fallback(_ type: ElementType, columns: Int) -> ElementType {
        func fits(_ type: ElementType) -> Bool { columns % type.blockElementCount == 0 }
        guard !fits(type) else { return type }
        let smaller: ElementType =
            switch type {
            case .q2_K, .q3_K: .q4_0
            case .q4_K: .q5_0
            case .q5_K: .q5_1
            case .q6_K: .q8_0
            case .iq4_xs: .iq4_nl
            default: .f16
            }
        return fits(smaller) ? smaller : .f16
    }
}
