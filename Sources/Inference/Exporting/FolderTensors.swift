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
        /// In the order of PyTorch, the fastest-running size last.
        let shape: [Int]
        /// Reads the tensor: matrices one below the other, a vector as a matrix of one row.
        let read: () throws -> [WeightMatrix]
    }

    /// - Parameter report: called before each tensor with its name in GGUF, its place and the number of all.
    /// - Throws: `FolderError` if a tensor has no place.
    func list(report: @escaping (String, Int, Int) -> Void) throws -> [SafetensorsWriter.Tensor] {
        let plans = try plans()
        return plans.enumerated().map { index, plan in
            SafetensorsWriter.Tensor(name: plan.written, shape: plan.shape, type: type) { write in
                report(plan.name, index, plans.count)
                try encoder.encode(try plan.read(), as: type, tensor: plan.name) { part in
                    try part.withUnsafeBytes { try write($0) }
                }
            }
        }
    }

    /// First the tensors outside the layers, then layer by layer.
    private func plans() throws -> [Plan] {
        let source = model.source
        let biased = Set(model.biasedParts)
        let names = Set(source.tensorNames)
        var plans: [Plan] = []
        for name in names where !Self.isSetting(name) {
            guard let shape = source.shape(of: name) else {
                throw ModelFileError.missingTensor(path: source.path, name: name)
            }
            if name.hasSuffix(".bias"), !biased.contains(Self.part(of: name)) { throw noPlace(name) }
            if ExpertTensors.holds(name) {
                plans += try expertPlans(name)
            } else {
                plans.append(try plan(name, shape: shape))
            }
        }
        for layer in 0..<model.configuration.layerCount {
            for part in biased where !names.contains("blk.\(layer).\(part).bias") {
                guard let rows = source.shape(of: "blk.\(layer).\(part).weight")?.dropFirst().first else { continue }
                plans.append(try zeros("blk.\(layer).\(part).bias", count: rows))
            }
        }
        return plans.sorted {
            (TensorTypeChoice.layer($0.name) ?? -1, $0.written) < (TensorTypeChoice.layer($1.name) ?? -1, $1.written)
        }
    }

    /// - Parameter shape: fastest-running first, as in GGUF.
    private func plan(_ name: String, shape: [Int]) throws -> Plan {
        let source = model.source
        let written = try written(name)
        let heads = (model.configuration.headCount, model.configuration.keyValueHeadCount)
        let change = HuggingFaceNames.change(name, model.architecture.name, isMatrix: shape.count == 2, heads)
        // Trailing sizes of 1 do not count: [64] and [64, 1] are the same shape.
        if name.hasSuffix(".bias") || name.contains("norm") {
            return Plan(name: name, written: written, shape: [shape[0]]) {
                let values = change.undo(try source.vector(name).values)
                return [WeightMatrix(rows: 1, columns: values.count, values: values)]
            }
        }
        guard shape.count == 2, change.isUndoable else { throw noPlace(name) }
        let rowsFirst = [shape[1], shape[0]]
        let writtenShape: [Int] =
            switch change {
            // transformers keeps GPT-2's matrices with inputs as rows, and a convolution's rows as matrices.
            case .transposed: shape
            case .oneRowEach: [shape[1], 1, shape[0]]
            case .none, .pairsSideBySide, .onePlus, .half: rowsFirst
            }
        return Plan(name: name, written: written, shape: writtenShape) { [change.undo(try source.weight(name))] }
    }

    /// A bias that transformers' model has and the source has not.
    private func zeros(_ name: String, count: Int) throws -> Plan {
        Plan(name: name, written: try written(name), shape: [count]) {
            [WeightMatrix(rows: 1, columns: count, values: [Float](repeating: 0, count: count))]
        }
    }

    private func expertPlans(_ name: String) throws -> [Plan] {
        let source = model.source
        guard let parts = ExpertTensors(type: model.type, configuration: model.configuration).parts(of: name) else {
            throw noPlace(name)
        }
        return parts.map { part in
            Plan(name: name, written: part.written, shape: part.shape) {
                let matrices = try part.names.map { try source.weights($0) }
                return part.experts.flatMap { expert in
                    matrices.compactMap { $0.indices.contains(expert) ? $0[expert] : nil }
                }
            }
        }
    }

    private func written(_ name: String) throws -> String {
        guard let written = HuggingFaceNames.written(name, architecture: model.architecture.name) else {
            throw noPlace(name)
        }
        return written
    }

    private func noPlace(_ name: String) -> FolderError {
        .tensor(path: model.source.path, name: name, type: model.type)
    }

    /// True for the tensors that config.json holds as numbers.
    private static func isSetting(_ name: String) -> Bool {
        ["rope_freqs.weight", "rope_factors_short.weight", "rope_factors_long.weight"].contains(name)
    }

    /// `attn_q` of `blk.0.attn_q.bias`, `output_norm` of `output_norm.bias`.
    private static func part(of name: String) -> String {
        let parts = name.split(separator: ".").dropLast()
        return (parts.first == "blk" ? parts.dropFirst(2) : parts).joined(separator: ".")
    }
}
