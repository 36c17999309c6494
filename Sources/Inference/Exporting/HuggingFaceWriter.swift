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
    /// The progress of writing.
    public struct Progress: Sendable, Equatable {
        /// GGUF's name of the next tensor.
        public var tensor: String
        public var index: Int
        public var count: Int
    }

    /// The folder that was written.
    public struct Result: Sendable, Equatable {
        public var bytes: Int
        /// What the folder lacks, in sentences.
        public var notes: [String]
    }

    /// F32, BF16 or F16. Values are rounded once, to the nearest, and to the even one of two.
    public var elementType: ElementType
    /// True if a folder with a model that has the name already is replaced.
    public var replaces: Bool
    private let team: WorkerTeam

    public init(elementType: ElementType = .f32, threadCount: Int = 1, replaces: Bool = false) {
        self.elementType = elementType
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
        report: @escaping (Progress) -> Void = { _ in }
    ) throws -> Result {
        guard [.f32, .bf16, .f16].contains(elementType) else { throw FolderError.elementType(name: elementType.name) }
        let place = try FolderPlace(path: path, source: source, replaces: replaces)
        let model = try FolderModel(source)
        let encoder = TensorEncoder(path: source.path, team: team, stopSignal: stopSignal)
        let tensors = try FolderTensors(model: model, type: elementType, encoder: encoder).list {
            report(Progress(tensor: $0, index: $1, count: $2))
        }
        let configuration = try FolderConfiguration(model: model, tokens: nil, elementType: elementType).members()
        try place.write { folder in
            try SafetensorsWriter(tensors: tensors).write(to: folder + "/model.safetensors")
            // If the folder is copied while it is written, config.json is not there yet.
            try Self.write(.object(configuration), to: folder + "/config.json")
        }
        return Result(bytes: place.byteCount, notes: [])
    }

    private static func write(_ json: WrittenJSON, to path: String) throws {
        let file = try ReplacementFile(path: path)
        try file.write(json.fileBytes())
        try file.commit()
    }
}
