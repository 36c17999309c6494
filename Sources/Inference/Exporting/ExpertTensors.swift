// The matrices of experts, which GGUF files keep in one tensor for all experts of a layer.
// - Mixtral and Qwen have a tensor for each matrix of each expert, Granite two for all experts together: one with gates
//   above ups, one with the matrices down.
// Names as transformers' models save them.

/// Where the experts of one model go.
struct ExpertTensors {
    /// `model_type`.
    let type: String
    let configuration: ModelConfiguration

    /// One tensor in transformers' file.
    struct Part: Equatable {
        var written: String
        /// In the order of PyTorch.
        var shape: [Int]
        /// GGUF's tensors; for each expert their matrices stand one below the other.
        var names: [String]
        var experts: Range<Int>
    }

    private static let ends = ["gate", "up", "down"].flatMap { ["_\($0)_exps.weight", "_\($0)_shexp.weight"] }

    /// True for a tensor with the matrices of experts, or of what stands beside them.
    static func holds(_ tensor: String) -> Bool { ends.contains { tensor.hasSuffix($0) } }

    /// The tensors that one of GGUF's tensors becomes. That of ups stands for gates and ups if they are one tensor, and
    /// that of gates is then none. nil if the type has no such tensors.
    func parts(of tensor: String) -> [Part]? {
        guard let layer = TensorTypeChoice.layer(tensor), let kind = Self.ends.first(where: { tensor.hasSuffix($0) })
        else { return nil }
        let matrix = kind.split(separator: "_").first.map(String.init) ?? ""
        let isShared = kind.contains("shexp")
        switch type {
        case "mixtral" where !isShared:
            let name = ["gate": "w1", "down": "w2", "up": "w3"][matrix] ?? ""
            return each(tensor, "model.layers.\(layer).block_sparse_moe.experts", name, matrix)
        case "qwen3_moe" where !isShared:
            return each(tensor, "model.layers.\(layer).mlp.experts", "\(matrix)_proj", matrix)
        case "granitemoe", "granitemoeshared": return granite(tensor, layer: layer, matrix, isShared: isShared)
        default: return nil
        }
    }

    /// A tensor for each expert.
    private func each(_ tensor: String, _ prefix: String, _ name: String, _ matrix: String) -> [Part] {
        let (inner, width) = (configuration.expertWidth, configuration.width)
        return (0..<configuration.expertCount).map { expert in
            Part(
                written: "\(prefix).\(expert).\(name).weight",
                shape: matrix == "down" ? [width, inner] : [inner, width],
                names: [tensor], experts: expert..<expert + 1)
        }
    }

    private func granite(_ tensor: String, layer: Int, _ matrix: String, isShared: Bool) -> [Part] {
        let width = configuration.width
        let inner = isShared ? configuration.sharedExpertWidth : configuration.expertWidth
        let count = isShared ? 1 : configuration.expertCount
        let sizes = isShared ? [] : [count]
        let prefix = "model.layers.\(layer)." + (isShared ? "shared_mlp" : "block_sparse_moe")
        switch matrix {
        case "down":
            return [
                Part(
                    written: prefix + ".output_linear.weight", shape: sizes + [width, inner], names: [tensor],
                    experts: 0..<count)
            ]
        case "up":
            return [
                Part(
                    written: prefix + ".input_linear.weight", shape: sizes + [2 * inner, width],
                    names: [tensor.replacing("_up_", with: "_gate_"), tensor], experts: 0..<count)
            ]
        default: return []
        }
    }
}
