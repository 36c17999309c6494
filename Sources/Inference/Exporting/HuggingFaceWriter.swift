// Writes a model as a folder that transformers loads: config.json, model.safetensors, tokenizer and chat template.
// - A folder is there whole or not at all: it is written under another name beside its place, and takes its name when
//   all of it is on the disk.
// - Weights are read, changed and rounded one tensor at a time.

import Files
import Foundation
import Generation
import Tensors

/// Writes models as folders.
public struct HuggingFaceWriter: Sendable {
    /// The types that a folder can have for its weights.
    public enum Weights: String, Sendable, CaseIterable {
        case f32, bf16, f16

        var elementType: ElementType {
            switch self {
            case .f32: .f32
            case .bf16: .bf16
            case .f16: .f16
            }
        }

        /// The type of most of a model's weights; BF16 if they are quantized.
        public static func usual(of source: any ModelSource) -> Weights {
            var elements: [ElementType: Int] = [:]
            // Reading a matrix may change it, and its type with it.
            for entry in (source as? HuggingFaceFolder)?.tensors.values.map(\.self) ?? [] {
                elements[entry.type, default: 0] += entry.elementCount
            }
            guard elements.isEmpty else { return named(elements) }
            for name in source.tensorNames where name.hasPrefix("blk.") {
                guard let matrix = try? source.weight(name), matrix.rowCount > 1 else { continue }
                elements[matrix.type, default: 0] += matrix.rowCount * matrix.columnCount
            }
            return named(elements)
        }

        private static func named(_ elements: [ElementType: Int]) -> Weights {
            let type = elements.max { $0.value < $1.value }?.key
            return allCases.first { $0.elementType == type } ?? .bf16
        }
    }

    /// The folder that was written.
    public struct Result: Sendable, Equatable {
        public var bytes: Int
        /// What the folder lacks, in sentences.
        public var notes: [String]
    }

    /// Values are rounded to it once: to the nearest, and to the even one of two.
    public var weights: Weights
    /// True if a folder with a model that has the name already is replaced.
    public var replaces: Bool
    private let team: WorkerTeam

    public init(weights: Weights = .f32, threadCount: Int = 1, replaces: Bool = false) {
        self.weights = weights
        self.replaces = replaces
        team = WorkerTeam(threadCount: max(threadCount, 1))
    }

    /// Writes the folder.
    /// - Parameters:
    ///   - source: a GGUF file, a folder, or another source with GGUF's names, such as a model in training.
    ///   - path: of the new folder; the folder above it must be there.
    ///   - stopSignal: checked every few rows.
    ///   - report: called before each tensor.
    /// - Throws: `FolderError` if the model or the place cannot be used; `QuantizingError` if the type cannot hold a
    ///   value; `ModelError` or `ModelFileError` if the model cannot be read; `FileError` if the folder cannot be
    ///   written; `CancellationError` if the stop signal was raised. What was at its place is then as it was.
    public func write(
        _ source: any ModelSource, to path: String, stopSignal: StopSignal = StopSignal(),
        report: @escaping (WritingProgress) -> Void = { _ in }
    ) throws -> Result {
        let place = try FolderPlace(path: path, source: source, replaces: replaces)
        let model = try FolderModel(source)
        let encoder = TensorEncoder(path: source.path, team: team, stopSignal: stopSignal)
        let tensors = try FolderTensors(model: model, type: weights.elementType, encoder: encoder).list {
            report(WritingProgress(tensor: $0, index: $1, count: $2))
        }
        let texts = try FolderTexts(model)
        let configuration = FolderConfiguration(model: model, tokens: texts.tokens, weights: weights)
        let settings = WrittenJSON.object(try configuration.members()).fileBytes()
        try place.write { folder in
            try SafetensorsWriter(tensors: tensors).write(to: folder + "/model.safetensors")
            for (name, bytes) in texts.files + [("config.json", settings)] {
                let file = try ReplacementFile(path: "\(folder)/\(name)")
                try file.write(bytes)
                try file.commit()
            }
        }
        return Result(bytes: place.byteCount, notes: texts.notes)
    }
}
