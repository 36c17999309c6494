// Opens and writes adapters, whatever their format: PEFT's folders and GGUF files.

import Files
import Foundation
import Tensors

/// The facts about an adapter, from its head alone.
public struct AdapterFacts: Sendable, Equatable {
    /// nil if the file does not say it; PEFT's folders never do.
    public var architecture: String?
    public var name: String?
    public var baseName: String?
    public var parameterCount: Int
    /// The least and the greatest.
    public var ranks: ClosedRange<Int>
    public var matrixCount: Int
    public var byteCount: Int
    public var isFolder: Bool
}

/// Adapters as files.
public enum AdapterFiles {
    /// True for a folder with adapter_config.json, its weights, or a GGUF file that says that it is an adapter.
    public static func isAdapter(path: String) -> Bool {
        let path = place(path)
        guard isFolder(path) else { return (try? GGUFFile.open(path: path)).map(GGUFAdapter.isAdapter) ?? false }
        let files = FileManager.default
        return files.fileExists(atPath: path + "/" + PEFTReader.settingsName)
            && !["model.safetensors", "model.safetensors.index.json"].contains {
                files.fileExists(atPath: path + "/" + $0)
            }
    }

    /// True if an open file says that it is an adapter.
    public static func isAdapter(_ source: any ModelSource) -> Bool {
        (source as? GGUFFile).map(GGUFAdapter.isAdapter) ?? false
    }

    /// - Parameter base: the model that the adapter shall change.
    /// - Throws: `AdapterError` or `ModelFileError`. Whether the adapter fits is checked by `AdaptedModel`.
    public static func open(path: String, for base: any ModelSource) throws -> LoRAAdapter {
        let path = place(path)
        if isFolder(path) { return try PEFTReader.read(path, for: base) }
        return try GGUFAdapter.read(gguf(path))
    }

    /// Reads an adapter that lies in memory as long as the program runs, in GGUF format.
    public static func open(staticBytes: UnsafeRawBufferPointer, name: String) throws -> LoRAAdapter {
        try GGUFAdapter.read(GGUFFile.open(staticBytes: staticBytes, name: name))
    }

    /// - Throws: as `open`, but for what depends on a model.
    public static func facts(path: String) throws -> AdapterFacts {
        let path = place(path)
        guard isFolder(path) else {
            let file = try gguf(path)
            let adapter = try GGUFAdapter.read(file)
            return AdapterFacts(
                architecture: adapter.architecture, name: adapter.name, baseName: adapter.baseName,
                parameterCount: adapter.parameterCount, ranks: ranks(adapter.entries.values.map(\.rank)),
                matrixCount: adapter.entries.count, byteCount: file.files.reduce(0) { $0 + $1.byteCount },
                isFolder: false)
        }
        let settings = try PEFTReader.settings(path)
        let tensors = try SafetensorsTensors(path: PEFTReader.weightsPath(path))
        let modules = try PEFTReader.modules(tensors)
        guard !modules.isEmpty else { throw AdapterError.noTensors(path: tensors.path) }
        let shapes = modules.values.flatMap { [tensors.shape(of: $0.a) ?? [], tensors.shape(of: $0.b) ?? []] }
        let attributes = try? FileManager.default.attributesOfItem(atPath: tensors.path)
        return AdapterFacts(
            name: URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent, baseName: settings.baseName,
            // The sizes are those of tensors inside the file, so the sum cannot overflow.
            parameterCount: shapes.reduce(0) { $0 + $1.reduce(1, *) }, ranks: ranks(modules.keys.map(settings.rank)),
            matrixCount: modules.count, byteCount: (attributes?[.size] as? NSNumber)?.intValue ?? 0, isFolder: true)
    }

    /// Writes an adapter as PEFT loads it.
    /// - Parameters:
    ///   - base: the model of the adapter.
    ///   - replaces: true if a folder of that name may be replaced.
    /// - Throws: `AdapterError`; nothing is left then, and an existing folder stays.
    public static func writeFolder(
        _ adapter: LoRAAdapter, for base: any ModelSource, to folder: String, replaces: Bool = false
    ) throws {
        try PEFTWriter.write(adapter, for: base, to: folder, replaces: replaces)
    }

    /// Writes an adapter in GGUF format. An existing file of that name is replaced when the new one is complete.
    /// - Throws: `AdapterError`.
    public static func writeGGUF(_ adapter: LoRAAdapter, to path: String) throws {
        do {
            try GGUFAdapter.file(adapter).write(to: path)
        } catch let error as FileError {
            throw AdapterError.cannotWrite(path: path, reason: String(cString: strerror(error.code)))
        }
    }

    private static func gguf(_ path: String) throws -> GGUFFile {
        let file: GGUFFile
        do {
            file = try GGUFFile.open(path: path)
        } catch ModelFileError.notAModelFile(_, let looksLike) {
            throw AdapterError.notAnAdapter(path: path, what: looksLike)
        }
        try GGUFAdapter.check(file)
        return file
    }

    private static func ranks(_ ranks: [Int]) -> ClosedRange<Int> {
        let least = ranks.min() ?? 1
        return least...max(ranks.max() ?? least, least)
    }

    /// The folder of an adapter if its file of weights is given.
    private static func place(_ path: String) -> String {
        guard path.hasSuffix(".safetensors"), !isFolder(path) else { return path }
        let folder = FilePath.folder(of: path)
        return FileManager.default.fileExists(atPath: folder + "/" + PEFTReader.settingsName) ? folder : path
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
