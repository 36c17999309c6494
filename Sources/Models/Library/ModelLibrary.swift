// The models that have a name: the built-in one, those in the user's models folder and in the folders of the settings, and
// those that other programs left on this machine.
// - A model is a GGUF file, or a folder with config.json and safetensors, as `from_pretrained` takes it.
// - The user's own models come first, so none of another program ever takes the name of one of them.
// - A name holds no slash. With one it is a path, or ENDPOINT/MODEL if its first part is a server's name.
// - If a name is not in the list, it is used as a path.
// - Listing reads only the head of each file. A model of another program is listed only if it is complete.

import CEmbed
import Foundation
import Generation
import Inference

/// An open model, with the name that the user gave.
public struct OpenedModel: Sendable {
    public let name: String
    public let file: any ModelSource
    public var origin = LibraryOrigin.own

    /// True if adapters are on top of it.
    public var isAdapted: Bool { file is AdaptedModel }

    /// The sampling options that the author of the model recommends in its files.
    public var authorSampling: SamplingOverrides { file.authorSampling.overrides }
}

public struct ModelLibrary: Sendable {
    /// The name of the model inside the program.
    public static let builtInName = "built-in"
    /// The folder inside the models folder that holds what is not complete; it is never listed.
    static let unfinishedFolder = ".partial"

    /// The folder of the user's own models; it may not exist.
    public let folder: String
    /// More folders with models, which the user's settings name; they may be absent.
    public let moreFolders: [String]
    /// The models of other programs.
    public let outside: OutsideModels
    /// Names that stand for others.
    public let aliases: [String: String]
    /// The names of the servers; a name that begins with one and a slash is no path.
    public private(set) var endpointNames: [String]
    let headers: ModelHeaders

    /// - Parameters:
    ///   - outside: where to look for models of other programs; `.none` looks for none.
    ///   - aliases: names, and the model that each stands for: a name, a path, or ENDPOINT/MODEL.
    ///   - endpointNames: the names of the servers.
    ///   - headersFile: a file of the program's own that remembers the heads of model files, so that they need not be read
    ///     again; `nil` remembers them only as long as the program runs.
    public init(
        folder: String, moreFolders: [String] = [], outside: OutsideModels = .none, aliases: [String: String] = [:],
        endpointNames: [String] = [], headersFile: String? = nil
    ) {
        self.folder = folder
        self.moreFolders = moreFolders
        self.outside = outside
        self.aliases = aliases
        self.endpointNames = endpointNames
        headers = ModelHeaders(path: headersFile)
    }

    /// The same library with the names of more servers.
    func withEndpoints(_ names: [String]) -> ModelLibrary {
        var library = self
        library.endpointNames += names.filter { !endpointNames.contains($0) }
        return library
    }

    /// What the user calls the model of a name or path; `nil` for the built-in one. An alias gives the name that it stands
    /// for, a server's model is ENDPOINT/MODEL. Nothing is opened.
    public func name(of nameOrPath: String?) -> String {
        let target = (try? withoutAlias(nameOrPath)) ?? nameOrPath
        guard let target, target != Self.builtInName else { return Self.builtInName }
        if let choice = adapted(target) {
            return ModelChoice(base: name(of: choice.base), adapters: choice.adapters.map(name)).text
        }
        if EndpointName(target, among: endpointNames) != nil { return target }
        if !target.contains("/"), ownEntries.contains(where: { $0.name == target }) { return target }
        return ModelFileName.stem(target)
    }

    /// Opens a model by its name or path; `nil` opens the built-in one.
    /// - Throws: `ModelLibraryError` if the name is unknown or a server's model, `ModelFileError` if the file is not a valid
    ///   model.
    public func open(_ nameOrPath: String?) throws -> OpenedModel {
        guard let target = try withoutAlias(nameOrPath), target != Self.builtInName else { return try openBuiltIn() }
        if let choice = adapted(target) { return try open(choice) }
        if let parts = EndpointName(target, among: endpointNames) {
            guard !parts.model.isEmpty else { throw ModelLibraryError.noServerModel(endpoint: parts.endpoint) }
            throw ModelLibraryError.onServer(name: target, endpoint: parts.endpoint)
        }
        if let entry = entry(named: target) {
            return OpenedModel(name: entry.name, file: try openFile(entry.path), origin: entry.origin)
        }
        guard FileManager.default.fileExists(atPath: target) || isOnlyPath(target) else {
            if endpointNames.contains(target) { throw ModelLibraryError.noServerModel(endpoint: target) }
            throw ModelLibraryError.unknown(name: target, known: names, endpoints: endpointNames, folder: folder)
        }
        return OpenedModel(
            name: ModelFileName.stem(target), file: try openFile(target),
            origin: outside.owner(of: target)?.origin ?? .own)
    }

    private func openFile(_ path: String) throws -> any ModelSource {
        if FileFacts(path)?.isFolder == true, AdapterFiles.isAdapter(path: path) {
            throw ModelLibraryError.isAdapter(name: ModelFileName.stem(path))
        }
        let file = try ModelFiles.open(path: path)
        if AdapterFiles.isAdapter(file) { throw ModelLibraryError.isAdapter(name: ModelFileName.stem(path)) }
        return file
    }

    /// True if a text can be meant as nothing but a path, so that the error of opening it says more than a list of names.
    private func isOnlyPath(_ text: String) -> Bool {
        if ["/", "./", "../", "~/"].contains(where: text.hasPrefix) { return true }
        if text.lowercased().hasSuffix(".gguf") { return true }
        // A relative path whose folder is there; other names with slashes may be models of a server that is not known.
        guard let slash = text.lastIndex(of: "/") else { return false }
        return FileManager.default.fileExists(atPath: String(text[..<slash]))
    }

    /// The sampling options that the author of a model recommends, from the header of its file; none if it cannot be read.
    public func authorSampling(of nameOrPath: String?) -> SamplingOverrides {
        (try? open(nameOrPath))?.authorSampling ?? SamplingOverrides()
    }

    /// Opens the source of a new model: a folder by its path as Hugging Face's libraries save it, or a name as `open` takes it.
    /// - Throws: as `open` does.
    public func openSource(_ pathOrName: String) throws -> OpenedModel {
        guard FileFacts(pathOrName)?.isFolder == true else { return try open(pathOrName) }
        return OpenedModel(
            name: ModelFileName.stem(pathOrName), file: try ModelFiles.open(path: pathOrName),
            origin: outside.owner(of: pathOrName)?.origin ?? .own)
    }

    /// All names, the built-in model first, and without aliases.
    public var names: [String] { [Self.builtInName] + entries.map(\.name) }

    /// The names of the models that can be used, and the aliases, sorted.
    public var usableNames: [String] { list().filter(\.isUsable).map(\.name) + aliases.keys.sorted() }

    /// The facts about every model. One of the user's own that cannot be used is listed with the reason.
    public func list() -> [ModelDescription] {
        var list: [ModelDescription] = []
        do {
            list.append(ModelDescription(try openBuiltIn()))
        } catch {
            list.append(
                ModelDescription(name: Self.builtInName, path: nil, origin: .builtIn, problem: "\(error)"))
        }
        list += entries.map(description)
        headers.save()
        return list
    }

    private func description(of entry: ModelEntry) -> ModelDescription {
        var description: ModelDescription
        if entry.isArriving {
            let sentence = "\(entry.path): is being downloaded or copied; \(entry.bytes) bytes are there so far."
            description = ModelDescription(name: entry.name, path: entry.path, problem: sentence)
            description.bytes = entry.bytes
        } else {
            description = headers.header(of: entry.path).description
        }
        description.name = entry.name
        description.path = entry.path
        description.origin = entry.origin
        description.otherNames = entry.otherNames.isEmpty ? nil : entry.otherNames
        return description
    }

    private func openBuiltIn() throws -> OpenedModel {
        let bytes = UnsafeRawBufferPointer(start: ce_model_bytes(), count: ce_model_byte_count())
        return try OpenedModel(
            name: Self.builtInName, file: GGUFFile.open(staticBytes: bytes, name: Self.builtInName), origin: .builtIn)
    }
}
