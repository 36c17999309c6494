// The ways to quantize a model, by the names that are usual in names of GGUF files.
// Names, numbers (`llama_ftype`) and mixes are those of llama.cpp, so a file made here is what its name promises.

import Tensors

/// How a model is quantized: one element type for most matrices, better ones if they are worth it (`TensorTypeChoice`).
public enum QuantizationRecipe: String, Sendable, CaseIterable {
    case f32, f16, bf16
    case q8_0, q6_k, q5_k_m, q5_k_s, q5_1, q5_0, q4_k_m, q4_k_s, q4_1, q4_0, iq4_nl, iq4_xs
    case q3_k_l, q3_k_m, q3_k_s, q2_k, mxfp4_moe

    /// - Parameter name: in any case; `q4_k` and the like mean the medium mixes.
    public init?(named name: String) {
        let name = name.lowercased()
        let aliases: [String: QuantizationRecipe] = [
            "q3_k": .q3_k_m, "q4_k": .q4_k_m, "q5_k": .q5_k_m, "mxfp4": .mxfp4_moe,
        ]
        guard let recipe = aliases[name] ?? QuantizationRecipe(rawValue: name) else { return nil }
        self = recipe
    }

    /// The element type of most matrices.
    public var elementType: ElementType {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        case .q8_0: .q8_0
        case .q6_k: .q6_K
        case .q5_k_m, .q5_k_s: .q5_K
        case .q5_1: .q5_1
        case .q5_0: .q5_0
        case .q4_k_m, .q4_k_s: .q4_K
        case .q4_1: .q4_1
        case .q4_0: .q4_0
        case .iq4_nl: .iq4_nl
        case .iq4_xs: .iq4_xs
        case .q3_k_l, .q3_k_m, .q3_k_s: .q3_K
        case .q2_k: .q2_K
        case .mxfp4_moe: .mxfp4
        }
    }

    /// The value of `general.file_type` (llama.h, `llama_ftype`).
    public var fileType: UInt32 {
        switch self {
        case .f32: 0
        case .f16: 1
        case .q4_0: 2
        case .q4_1: 3
        case .q8_0: 7
        case .q5_0: 8
        case .q5_1: 9
        case .q2_k: 10
        case .q3_k_s: 11
        case .q3_k_m: 12
        case .q3_k_l: 13
        case .q4_k_s: 14
        case .q4_k_m: 15
        case .q5_k_s: 16
        case .q5_k_m: 17
        case .q6_k: 18
        case .iq4_nl: 25
        case .iq4_xs: 30
        case .bf16: 32
        case .mxfp4_moe: 38
        }
    }
}
