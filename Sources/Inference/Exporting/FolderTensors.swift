// The tensors of a model as a safetensors file for transformers has them.
// - Names, order of rows and values are Hugging Face's; `LayoutChange` says what GGUF changed.
// - A tensor is read, changed and rounded when it is written, so memory holds one changed tensor at most.
// - Every tensor of the source gets a place, or the model is refused: none is left out in silence.

import Generation
import Tensors

/// Makes the list of tensors.
struct FolderTensors {
    let model: FolderModel
    let type: ElementType
    let encoder: TensorEncoder

    private struct Plan {
        /// GGUF's.
        let name: String
        /// transformers'.
        let written: String
        /// Fastest-running first, as in GGUF.
        let shape: [Int]
        let change: LayoutChange
        /// True for a bias that transformers' model has and the source has not.
        var isZero = false
    }

    /// - Parameter report: called before each tensor with its name in GGUF, its place and the number of all.
    /// - Throws: `FolderError` if a tensor has no place.
    func list(report: @escaping (String, Int, Int) -> Void) throws -> [SafetensorsWriter.Tensor] {
        let plans = try plans()
        return plans.enumerated().map { index, plan in
            // transformers keeps GPT-2's matrices with inputs as rows.
            let shape = plan.change == .transposed ? plan.shape : plan.shape.reversed()
            return SafetensorsWriter.Tensor(name: plan.written, shape: shape, type: type) { write in
                report(plan.name, index, plans.count)
                try encoder.encode([try matrix(plan)], as: type, tensor: plan.name) { part in
                    try part.withUnsafeBytes { try write($0) }
                }
            }
        }
    }

    private func matrix(_ plan: Plan) throws -> WeightMatrix {
        guard plan.shape.count == 1 else { return plan.change.undo(try model.source.weight(plan.name)) }
        let count = plan.shape[0]
        let values = plan.isZero ? [Float](repeating: 0, count: count) : try model.source.vector(plan.name).values
        return WeightMatrix(rows: 1, columns: count, values: plan.change.undo(values))
    }

    /// First the tensors outside the layers, then layer by layer.
    private func plans() throws -> [Plan] {
        let source = model.source
        let heads = (model.configuration.headCount, model.configuration.keyValueHeadCount)
        let biased = Set(model.biasedParts)
        var plans: [Plan] = []
        func add(_ name: String, shape: [Int], isZero: Bool = false) throws {
            let change = HuggingFaceNames.change(
                name, model.architecture.name, isMatrix: shape.count == 2, heads)
            guard let written = HuggingFaceNames.written(name, architecture: model.architecture.name),
                change.isUndoable
            else { throw FolderError.tensor(path: source.path, name: name, type: model.type) }
            plans.append(Plan(name: name, written: written, shape: shape, change: change, isZero: isZero))
        }
        let names = Set(source.tensorNames)
        for name in names where !Self.isSetting(name) {
            guard let found = source.shape(of: name) else {
                throw ModelFileError.missingTensor(path: source.path, name: name)
            }
            if name.hasSuffix(".bias"), !biased.contains(Self.part(of: name)), name != "output_norm.bias" {
                throw FolderError.tensor(path: source.path, name: name, type: model.type)
            }
            // Trailing sizes of 1 do not count: [64] and [64, 1] are the same shape.
            let isVector = name.hasSuffix(".bias") || name.contains("norm")
            try add(name, shape: isVector ? [found[0]] : found)
        }
        for layer in 0..<model.configuration.layerCount {
            for part in biased where !names.contains("blk.\(layer).\(part).bias") {
                guard let rows = source.shape(of: "blk.\(layer).\(part).weight")?.dropFirst().first else { continue }
                try add("blk.\(layer).\(part).bias", shape: [rows], isZero: true)
            }
        }
        return plans.sorted {
            (TensorTypeChoice.layer($0.name) ?? -1, $0.written) < (TensorTypeChoice.layer($1.name) ?? -1, $1.written)
        }
    }

    /// True for the tensors that config.json holds as numbers.
    private static func isSetting(_ name: String) -> Bool {
        ["rope_freqs.weight", "rope_factors_short.weight", "rope_factors_long.weight"].contains(name)
    }

    /// `attn_q` of `blk.0.attn_q.bias`.
    private static func part(of name: String) -> String {
        name.split(separator: ".").dropFirst(2).dropLast().joined(separator: ".")
    }
}
