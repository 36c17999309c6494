// Writes a copy of a model with its weights in other element types.
// - The new file is one GGUF file of version 3 with all keys of the old one; `general.file_type` names the new mix.
// - Tensors are read, encoded and written a few rows at a time. The file gets its name only when it is complete.

import Files
import Foundation
import Generation
import Tensors

/// Quantizes models.
public struct ModelQuantizer: Sendable {
    /// The file that was written.
    public struct Result: Sendable, Equatable {
        public var bytes: Int
        public var elements: Int
        /// How many tensors have each element type.
        public var tensors: [ElementType: Int]

        public var bitsPerWeight: Double { elements > 0 ? 8 * Double(bytes) / Double(elements) : 0 }
    }

    public var recipe: QuantizationRecipe
    /// True if tensors that are already quantized may be quantized again.
    public var allowsRequantizing: Bool
    /// True if an existing file of the new name may be replaced.
    public var replaces: Bool
    /// The types of the new file's matrices by their names, in place of those of the recipe.
    var ownTypes: [String: ElementType]?
    private let team: WorkerTeam

    public init(
        recipe: QuantizationRecipe, threadCount: Int, allowsRequantizing: Bool = false, replaces: Bool = false
    ) {
        self.recipe = recipe
        self.allowsRequantizing = allowsRequantizing
        self.replaces = replaces
        team = WorkerTeam(threadCount: max(threadCount, 1))
    }

    private struct Plan {
        let name: String
        let shape: [Int]
        let type: ElementType
    }

    /// - Parameter stopSignal: checked every few rows.
    /// - Parameter report: called before each tensor.
    /// - Throws: `QuantizingError`; `ModelFileError` if the model cannot be read; `CancellationError` if the stop
    ///   signal
    ///   was raised. If it throws, nothing is written, and an existing file of that name stays.
    public func write(
        _ source: any ModelSource, to path: String, stopSignal: StopSignal = StopSignal(),
        report: @escaping (WritingProgress) -> Void = { _ in }
    ) throws -> Result {
        try checkTarget(path, source: source)
        let source = try source.withoutAdapters().inFileLayout
        try checkKeys(source)
        let plans = try plans(source)
        let encoder = TensorEncoder(path: source.path, team: team, stopSignal: stopSignal)
        let tensors = plans.enumerated().map { index, plan in
            GGUFWriter.Tensor(name: plan.name, shape: plan.shape, type: plan.type) { write in
                report(WritingProgress(tensor: plan.name, index: index, count: plans.count))
                try encoder.encode(Self.matrices(source, plan), as: plan.type, tensor: plan.name, write: write)
            }
        }
        AbandonedFiles.remove(in: FilePath.folder(of: path))
        do {
            try GGUFWriter(metadata: metadata(source), tensors: tensors).write(to: path)
        } catch let error as FileError {
            throw QuantizingError.cannotWrite(path: path, reason: String(cString: strerror(error.code)))
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return Result(
            bytes: (attributes?[.size] as? NSNumber)?.intValue ?? 0,
            elements: plans.reduce(0) { $0 + $1.shape.reduce(1, *) },
            tensors: Dictionary(plans.map { ($0.type, 1) }, uniquingKeysWith: +))
    }

    private func checkTarget(_ path: String, source: any ModelSource) throws {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isFolder) {
            guard !isFolder.boolValue else { throw QuantizingError.isFolder(path: path) }
            guard Self.isRegular(path) else { throw QuantizingError.notAFile(path: path) }
            guard !source.files.contains(where: { $0.isFile(at: path) }) else {
                throw QuantizingError.sameFile(path: path)
            }
            guard replaces else { throw QuantizingError.exists(path: path) }
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard files.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw QuantizingError.noFolder(path: path, folder: folder)
        }
    }

    /// Refuses models whose settings GGUF cannot store.
    private func checkKeys(_ source: any ModelSource) throws {
        let architecture = try source.string("general.architecture", default: "")
        if case .array? = source.metadata[architecture + ".attention.scale"] {
            throw QuantizingError.scaleOfEachLayer(path: source.path)
        }
    }

    private static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Every tensor with its new type: first those outside the layers, then layer by layer.
    private func plans(_ source: any ModelSource) throws -> [Plan] {
        let choice = try TensorTypeChoice(recipe: recipe, source: source)
        let names = source.tensorNames.sorted {
            (TensorTypeChoice.layer($0) ?? -1, $0) < (TensorTypeChoice.layer($1) ?? -1, $1)
        }
        return try names.map { name in
            guard let shape = source.shape(of: name) else {
                throw ModelFileError.missingTensor(path: source.path, name: name)
            }
            // Vectors are written as the floats that the model uses; some sources compute them.
            if shape.count == 1 { return Plan(name: name, shape: shape, type: .f32) }
            guard let matrix = try source.weights(name).first else {
                throw ModelFileError.missingTensor(path: source.path, name: name)
            }
            let type = ownTypes?[name] ?? choice.type(of: name, shape: shape, now: matrix.type)
            guard type == matrix.type || !matrix.type.isQuantized || allowsRequantizing else {
                throw QuantizingError.quantizedAlready(path: source.path, tensor: name, type: matrix.type)
            }
            return Plan(name: name, shape: shape, type: type)
        }
    }

    private static func matrices(_ source: any ModelSource, _ plan: Plan) throws -> [WeightMatrix] {
        // Write vectors as the model uses them, because some sources change their values while reading.
        guard plan.shape.count == 1 else { return try source.weights(plan.name) }
        let values = try source.vector(plan.name).values
        return [WeightMatrix(rows: 1, columns: values.count, values: values)]
    }

    /// The number of the commonest type.
    private func fileType(_ types: [String: ElementType]?) -> MetadataValue {
        let counts = Dictionary((types ?? [:]).values.map { ($0, 1) }, uniquingKeysWith: +)
        let commonest = counts.max { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }?.key
        return .uint32((QuantizationRecipe.allCases.first { $0.elementType == commonest } ?? .f32).fileType)
    }

    /// The keys of the source, architecture first, without those that describe a split.
    private func metadata(_ source: any ModelSource) throws -> [(key: String, value: MetadataValue)] {
        var metadata = source.metadata
        if metadata["tokenizer.ggml.tokens"] == nil {
            let vocabulary = try Vocabulary(of: source)
            guard !vocabulary.preTokenizer.isEmpty else {
                throw ModelFileError.unsupportedTokenizer(
                    path: source.path, field: "pre_tokenizer", name: "one without a name in GGUF files",
                    known: PreTokenizer.names.joined(separator: ", "))
            }
            metadata.merge(vocabulary.metadata) { own, _ in own }
        }
        let fileType = ownTypes == nil ? .uint32(recipe.fileType) : metadata["general.file_type"] ?? fileType(ownTypes)
        metadata["general.file_type"] = fileType
        metadata["general.quantization_version"] = .uint32(2)
        for key in ["split.no", "split.count", "split.tensors.count"] { metadata[key] = nil }
        let first = "general.architecture"
        return metadata.sorted { ($0.key == first ? "" : $0.key) < ($1.key == first ? "" : $1.key) }
            .map { (key: $0.key, value: $0.value) }
    }
}
