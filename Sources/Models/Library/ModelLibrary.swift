// The models that have a name: the built-in one, and the files and folders in the user's models folder.
// - A model is a GGUF file, or a folder with config.json and safetensors, as `from_pretrained` takes it.
// - If a name is not in the list, it is used as a path.
// - Listing reads only the header of each file.

import CEmbed
import Foundation
import Generation
import Inference

/// An open model, with the name that the user gave.
public struct OpenedModel: Sendable {
    public let name: String
    public let file: any ModelSource

    /// The sampling options that the author of the model recommends in its files.
    public var authorSampling: SamplingOverrides { file.authorSampling.overrides }
}

/// Why a model cannot be found by its name.
public enum ModelLibraryError: Error, Equatable, CustomStringConvertible {
    case unknown(name: String, known: [String], folder: String)

    public var description: String {
        switch self {
        case .unknown(let name, let known, let folder):
            "There is no model '\(name)'. The models are: \(known.joined(separator: ", ")). "
                + "Name one of them, give the path of a GGUF file or of a model folder, or put it into \(folder)."
        }
    }
}

public struct ModelLibrary: Sendable {
    /// The name of the model inside the program.
    public static let builtInName = "built-in"

    /// The folder of the user's own models; it may not exist.
    public let folder: String
    /// More folders with models, which the user's settings name; they may be absent.
    public let moreFolders: [String]

    public init(folder: String, moreFolders: [String] = []) {
        self.folder = folder
        self.moreFolders = moreFolders
    }

    /// What the user calls the model of a name or path; `nil` for the built-in one. Nothing is opened.
    public func name(of nameOrPath: String?) -> String {
        guard let nameOrPath, nameOrPath != Self.builtInName else { return Self.builtInName }
        return path(ofName: nameOrPath) == nil ? Self.name(ofPath: nameOrPath) : nameOrPath
    }

    /// Opens a model by its name or path; `nil` opens the built-in one.
    /// - Throws: `ModelLibraryError` if the name is unknown, `ModelFileError` if the file is not a valid model.
    public func open(_ nameOrPath: String?) throws -> OpenedModel {
        guard let nameOrPath, nameOrPath != Self.builtInName else { return try openBuiltIn() }
        let isPath = nameOrPath.contains("/") || nameOrPath.lowercased().hasSuffix(".gguf")
        if let path = path(ofName: nameOrPath) {
            return try OpenedModel(name: nameOrPath, file: ModelFiles.open(path: path))
        }
        guard isPath || FileManager.default.fileExists(atPath: nameOrPath) else {
            throw ModelLibraryError.unknown(name: nameOrPath, known: names, folder: folder)
        }
        return try OpenedModel(name: Self.name(ofPath: nameOrPath), file: ModelFiles.open(path: nameOrPath))
    }

    /// The sampling options that the author of a model recommends, from the header of its file; none if it cannot be read.
    public func authorSampling(of nameOrPath: String?) -> SamplingOverrides {
        (try? open(nameOrPath))?.authorSampling ?? SamplingOverrides()
    }

    /// Opens the source of a new model: a folder by its path as Hugging Face's libraries save it, or a name as `open` takes it.
    /// - Throws: as `open` does.
    public func openSource(_ pathOrName: String) throws -> OpenedModel {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: pathOrName, isDirectory: &isFolder), isFolder.boolValue else {
            return try open(pathOrName)
        }
        return try OpenedModel(name: Self.name(ofPath: pathOrName), file: ModelFiles.open(path: pathOrName))
    }

    /// All names, the built-in model first.
    public var names: [String] { [Self.builtInName] + files.map(Self.name(ofPath:)) }

    /// The facts about every model. A file that cannot be used is listed with the reason.
    public func list() -> [ModelDescription] {
        names.map { name in
            do {
                return ModelDescription(try open(name))
            } catch {
                return ModelDescription(name: name, path: path(ofName: name), problem: "\(error)")
            }
        }
    }

    private func openBuiltIn() throws -> OpenedModel {
        let bytes = UnsafeRawBufferPointer(start: ce_model_bytes(), count: ce_model_byte_count())
        return try OpenedModel(
            name: Self.builtInName, file: GGUFFile.open(staticBytes: bytes, name: Self.builtInName))
    }

    /// The GGUF files (of a split model the first part) and model folders in `folder`, sorted.
    private var files: [String] {
        var names: Set<String> = []
        return ([folder] + moreFolders).flatMap(Self.files(in:)).filter { names.insert(Self.name(ofPath: $0)).inserted }
    }

    /// GGUF files (of a split model the first part) and model folders of a folder, sorted.
    private static func files(in folder: String) -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return entries.filter { name in
            guard name.lowercased().hasSuffix(".gguf") else {
                return FileManager.default.fileExists(atPath: "\(folder)/\(name)/config.json")
            }
            guard let part = name.firstMatch(of: /-(\d{5})-of-\d{5}\.gguf$/) else { return true }
            return part.1 == "00001"
        }.sorted().map { folder + "/" + $0 }
    }

    private func path(ofName name: String) -> String? { files.first { Self.name(ofPath: $0) == name } }

    private static func name(ofPath path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        return last.lowercased().hasSuffix(".gguf") ? String(last.dropLast(5)) : last
    }
}
