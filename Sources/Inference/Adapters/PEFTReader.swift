// Reads adapters as PEFT saves them: a folder with adapter_config.json and adapter_model.safetensors.
// - A tensor's name is that of a module of transformers; the architecture of the model says which matrix that is.
// - lora_A is rank × inputs and lora_B outputs × rank, also for GPT-2, whose own matrices are transposed.

import Foundation
import Tensors

enum PEFTReader {
    static let settingsName = "adapter_config.json"
    static let weightsName = "adapter_model.safetensors"
    /// The fingerprint of the model that the adapter was made for, beside the tensors, because PEFT warns of settings that
    /// it does not know.
    static let hashKey = "copydesk_base_hash"

    /// - Parameter base: the model that it shall change; its names and its numbers of heads are used.
    /// - Throws: `AdapterError` or `ModelFileError`, which name the file.
    static func read(_ folder: String, for base: any ModelSource) throws -> LoRAAdapter {
        let settings = try settings(folder)
        let path = try weightsPath(folder)
        let tensors = try SafetensorsTensors(path: path)
        let architecture = try base.string("general.architecture")
        let rows = try RotatedRows(base)
        var entries: [String: LoRAAdapter.Entry] = [:]
        for (module, pair) in try modules(tensors).sorted(by: { $0.key < $1.key }) {
            guard settings.targets(module) else {
                throw AdapterError.unsupported(
                    path: path, what: "it has tensors of '\(module)', which target_modules does not name")
            }
            let matrices = HuggingFaceNames.matrices(module + ".weight", architecture)
            guard !matrices.isEmpty, matrices.allSatisfy({ LoRAAdapter.isProjection($0.name) }) else {
                throw AdapterError.unknownTensor(path: path, tensor: pair.a)
            }
            let entry = try pair.entry(
                tensors, rank: settings.rank(of: module), scale: settings.scale(of: module))
            for (name, half) in matrices {
                var part = entry
                if let half {
                    let count = entry.outputCount / 2
                    guard count > 0 else { throw AdapterError.unknownTensor(path: path, tensor: pair.b) }
                    part = entry.reordered(Array(half * count..<(half + 1) * count))
                }
                entries[name] = rows.fromFolder(part, name)
            }
        }
        guard !entries.isEmpty else { throw AdapterError.noTensors(path: path) }
        return LoRAAdapter(
            architecture: architecture, entries: entries, path: folder,
            name: URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent, baseName: settings.baseName,
            baseHash: tensors.texts[hashKey])
    }

    static func settings(_ folder: String) throws -> PEFTSettings {
        guard let fields = try FolderFiles.optionalFields(folder, settingsName) else {
            throw AdapterError.notAnAdapter(path: folder, what: "a folder without adapter_config.json")
        }
        return try PEFTSettings(fields)
    }

    static func weightsPath(_ folder: String) throws -> String {
        let path = folder + "/" + weightsName
        guard FileManager.default.fileExists(atPath: path) else {
            let pickled = FileManager.default.fileExists(atPath: folder + "/adapter_model.bin")
            throw AdapterError.noWeights(folder: folder, pickled: pickled)
        }
        return path
    }

    /// The pairs of tensors by the names of their modules.
    static func modules(_ tensors: SafetensorsTensors) throws -> [String: AdapterPair] {
        var halves: [String: (a: String?, b: String?)] = [:]
        // PEFT saves a copy of the frozen matrix too if it is that of the embedding or the output.
        for name in tensors.names where !name.hasSuffix(".base_layer.weight") {
            guard let (module, isA) = module(name) else { throw refusal(of: name, path: tensors.path) }
            var half = halves[module] ?? (nil, nil)
            if isA { half.a = name } else { half.b = name }
            halves[module] = half
        }
        return try AdapterPair.pairs(halves, path: tensors.path, a: ".lora_A.weight", b: ".lora_B.weight")
    }

    /// The module of a tensor, without the names of PEFT's own wrapping, and the half that it is.
    private static func module(_ name: String) -> (String, isA: Bool)? {
        for (mark, isA) in [(".lora_A.", true), (".lora_B.", false)] {
            guard let range = name.firstRange(of: mark) else { continue }
            // `lora_A.weight`, or with the adapter's name as in memory: `lora_A.default.weight`.
            let end = name[range.upperBound...]
            guard end == "weight" || end.hasSuffix(".weight") && end.split(separator: ".").count == 2 else {
                return nil
            }
            var module = String(name[..<range.lowerBound])
            let prefix = "base_model.model."
            if module.hasPrefix(prefix) { module.removeFirst(prefix.count) }
            return (module, isA)
        }
        return nil
    }

    private static func refusal(of name: String, path: String) -> AdapterError {
        func refuse(_ what: String) -> AdapterError { .unsupported(path: path, what: what) }
        if name.contains("lora_embedding_") { return refuse("it changes an embedding ('\(name)')") }
        if name.contains("lora_magnitude_vector") { return refuse("it is a DoRA adapter ('\(name)')") }
        if name.hasSuffix(".bias") { return refuse("it changes a bias ('\(name)')") }
        return refuse("it replaces a whole tensor of the model ('\(name)')")
    }
}
