// Writes a model with its adapters merged into the weights, as one GGUF file.
// - Each matrix keeps its element type unless another one is asked for. Quantized matrices never keep theirs unasked:
//   they would be quantized a second time, and lose more than the adapter may have changed.
// - The new file is read back, and its logits are compared with those of the model with the adapters on top.

import Generation
import Tensors

/// Why no merged model was written.
public enum MergeError: Error, Equatable, CustomStringConvertible {
    case nothingToMerge(path: String)
    case quantized(path: String, tensor: String, type: ElementType)
    case tiedOutput(path: String)

    public var description: String {
        switch self {
        case .nothingToMerge(let path):
            "\(path): has no adapter on top, so there is nothing to merge. Name an adapter too."
        case .quantized(let path, let tensor, let type):
            "\(path): tensor '\(tensor)' is \(type.name), and a merged matrix would have to be quantized again, which loses more. "
                + "Choose F16, BF16 or F32 for the new file, start from a model in one of these, or name a type of fewer bits "
                + "to accept the loss."
        case .tiedOutput(let path):
            "\(path): has one matrix for the embedding and the output, and an adapter changes the output alone. "
                + "Keep the adapter beside the model."
        }
    }
}

/// Merges adapters into a model.
public struct ModelMerger: Sendable {
    /// What was written, and how near it is.
    public struct Result: Sendable, Equatable {
        public var written: ModelQuantizer.Result
        /// How many matrices the adapters changed.
        public var changedMatrices: Int
        /// The greatest difference of a logit from those of the model with the adapters on top, over some tokens.
        public var logitDifference: Float
        /// The greatest change of a logit by the adapters, for comparison.
        public var logitChange: Float
    }

    /// The type of the new file; nil keeps the types of the model.
    public var recipe: QuantizationRecipe?
    /// True if an existing file of the new name may be replaced.
    public var replaces: Bool
    private let threadCount: Int

    public init(recipe: QuantizationRecipe?, threadCount: Int, replaces: Bool = false) {
        self.recipe = recipe
        self.threadCount = max(threadCount, 1)
        self.replaces = replaces
    }

    /// - Parameter report: called before each tensor.
    /// - Throws: `MergeError`, `QuantizingError`, `ModelFileError`; `CancellationError` if the stop signal was raised. If it
    ///   throws before the file is complete, nothing is written.
    public func write(
        _ source: any ModelSource, to path: String, stopSignal: StopSignal = StopSignal(),
        report: @escaping (WritingProgress) -> Void = { _ in }
    ) throws -> Result {
        guard let adapted = source as? AdaptedModel, !adapted.adapters.isEmpty else {
            throw MergeError.nothingToMerge(path: source.path)
        }
        guard let model = adapted.inFileLayout as? AdaptedModel else {
            preconditionFailure("the layout of files keeps the adapters")
        }
        let changed = Set(adapted.adapters.flatMap(\.adapter.names))
        guard !changed.contains("output.weight") || model.hasTensor("output.weight") else {
            throw MergeError.tiedOutput(path: model.path)
        }
        var quantizer = ModelQuantizer(
            recipe: recipe ?? .f32, threadCount: threadCount, allowsRequantizing: true, replaces: replaces)
        if recipe == nil { quantizer.ownTypes = try ownTypes(model, changed) }
        let written = try quantizer.write(
            MergedModel(model: model), to: path, stopSignal: stopSignal, report: report)
        let (difference, change) = try compare(path, with: adapted)
        return Result(
            written: written, changedMatrices: changed.count, logitDifference: difference, logitChange: change)
    }

    /// The types of the base's matrices.
    private func ownTypes(_ model: AdaptedModel, _ changed: Set<String>) throws -> [String: ElementType] {
        var types: [String: ElementType] = [:]
        for name in model.tensorNames.sorted() where (model.shape(of: name)?.count ?? 0) > 1 {
            guard let type = try model.weights(name).first?.type else { continue }
            guard !changed.contains(name) || !type.isQuantized else {
                throw MergeError.quantized(path: model.path, tensor: name, type: type)
            }
            types[name] = type
        }
        return types
    }

    /// The greatest differences of logits: the new file from the model with adapters, and that from the model alone.
    private func compare(_ path: String, with model: AdaptedModel) throws -> (difference: Float, change: Float) {
        func logits(_ source: any ModelSource) throws -> [[Float]] {
            let transformer = try Transformer(file: source, team: WorkerTeam(threadCount: threadCount))
            let size = transformer.configuration.vocabularySize
            // Any tokens will do.
            let count = min(24, transformer.configuration.contextLength)
            let rows = (0..<count).map { index in
                BatchRow(
                    token: TokenID(truncatingIfNeeded: (index * 7919 + 13) % size), cache: 0,
                    wantsLogits: index % 4 == 3)
            }
            let batch = try transformer.forward(rows, caches: [transformer.makeCache()])
            return (0..<batch.rowCount).map(batch.row)
        }
        func greatest(_ first: [[Float]], _ second: [[Float]]) -> Float {
            zip(first.joined(), second.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
        }
        let adapted = try logits(model)
        return (greatest(try logits(ModelFiles.open(path: path)), adapted), greatest(try logits(model.base), adapted))
    }
}
