// Tells by its content whether a model file is complete; no program's word is needed.
// - GGUF: the head and the table of tensors can be read, every tensor lies inside the file, and all parts are there.
// - safetensors: the file ends exactly with its last tensor, all files of the index are there, and so is the tokenizer.
// - Only the heads are read, never the weights.

import Inference
import Tensors

/// A complete file that is no model that writes.
public enum ModelCheckError: Error, Equatable, CustomStringConvertible {
    case noWriter(path: String, what: String)

    public var description: String {
        switch self {
        case .noWriter(let path, let what): "\(path): is \(what). Give the file of the model itself."
        }
    }
}

/// A model whose files are complete.
public struct CheckedModel: Sendable, Equatable {
    /// Of the weights, in order.
    public var files: [String]
    /// The size of all of them.
    public var bytes: Int
}

/// Checks model files by their content.
public enum ModelFileCheck {
    /// - Parameter path: a GGUF file (any part of a split model), or a model folder.
    /// - Throws: `ModelFileError` if it is incomplete, damaged or of a kind that cannot be read; `ModelCheckError` if it is no
    ///   model that writes; `ModelError` if its architecture does not run here.
    @discardableResult
    public static func check(path: String) throws -> CheckedModel {
        let model = try open(path: path)
        try requireSupported(model)
        let paths = Set(model.files.map(\.path)).sorted()
        return CheckedModel(files: paths, bytes: paths.reduce(0) { $0 + (FileFacts($1)?.bytes ?? 0) })
    }

    /// Checks the files of one model that may still have other names, as those of a download have.
    /// - Parameter paths: a GGUF file, all parts of a split one, a model folder, or the files of one.
    /// - Throws: as `check(path:)`.
    public static func check(paths: [String]) throws {
        let folders = paths.filter { FileFacts($0)?.isFolder == true }
        for folder in folders { try check(path: folder) }
        let paths = paths.filter { !folders.contains($0) }
        let ggufs = paths.filter { start(of: $0) == Array("GGUF".utf8) || $0.lowercased().hasSuffix(".gguf") }
        if !ggufs.isEmpty {
            let file = try GGUFFile.open(parts: ggufs)
            try requireWriter(file)
            try requireSupported(file)
        }
        for path in paths where !ggufs.contains(path) {
            // A safetensors file begins with the length of a head in JSON, which is shorter than 2^40.
            let start = start(of: path, count: 9)
            let isSafetensors = start.count == 9 && start[8] == UInt8(ascii: "{") && start[5...7].allSatisfy { $0 == 0 }
            if isSafetensors || path.hasSuffix(".safetensors") { try ModelFiles.checkSafetensors(path: path) }
        }
    }

    /// Opens a model's head and checks that it is complete.
    static func open(path: String) throws -> any ModelSource {
        guard FileFacts(path)?.isFolder == true else {
            // The name says how many parts there are, even if the file's own keys do not.
            let parts = ModelFileName.parts(of: path)
            for (index, part) in parts.enumerated() where FileFacts(part) == nil && parts.count > 1 {
                throw ModelFileError.missingPart(path: part, part: index + 1, count: parts.count)
            }
            let file = try GGUFFile.open(path: path)
            try requireWriter(file)
            return file
        }
        for file in try ModelFiles.weightFiles(ofFolder: path) { try ModelFiles.checkSafetensors(path: file) }
        guard FileFacts(path + "/tokenizer.json") != nil else {
            throw ModelFileError.missingFile(folder: path, name: "tokenizer.json")
        }
        return try ModelFiles.open(path: path)
    }

    /// - Throws: `ModelError.unknownArchitecture`.
    static func requireSupported(_ file: some ModelSource) throws {
        guard let architecture = (try? file.optionalString("general.architecture")) ?? nil,
            !Transformer.supportedArchitectures.contains(architecture)
        else { return }
        throw ModelError.unknownArchitecture(
            path: file.path, found: architecture, supported: Transformer.supportedArchitectures)
    }

    private static func requireWriter(_ file: GGUFFile) throws {
        let type = (try? file.optionalString("general.type")) ?? nil
        let architecture = (try? file.optionalString("general.architecture")) ?? nil
        func refuse(_ what: String) -> ModelCheckError { .noWriter(path: file.path, what: what) }
        switch type {
        case "adapter": throw refuse("an adapter, which changes another model and writes nothing alone")
        case "imatrix": throw refuse("an importance matrix, from which models are quantized")
        case "mmproj": throw refuse("a projector, the part of a model that reads pictures")
        default: break
        }
        if architecture == "clip" { throw refuse("a projector, the part of a model that reads pictures") }
        if file.tensors.isEmpty { throw refuse("a vocabulary without weights") }
    }

    private static func start(of path: String, count: Int = 4) -> [UInt8] {
        (try? MappedFile(path: path))?.read(offset: 0, count: count) ?? []
    }
}

extension ModelFileError {
    /// True if the files may be complete and well, and are only of a kind that this program cannot run.
    var isUnsupported: Bool {
        switch self {
        case .unsupportedVersion, .bigEndian, .unsupportedElementType, .unsupportedArchitecture, .unsupportedScaling,
            .unsupportedSetting, .unsupportedTokenizer:
            true
        default: false
        }
    }
}
