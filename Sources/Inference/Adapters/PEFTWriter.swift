// Writes adapters as PEFT saves them: a folder with adapter_config.json and adapter_model.safetensors, in F32.
// - The folder gets its name when both files are complete and on the disk.
// - The targets are exact, because PEFT makes an update, of random values, for every module that a target's name ends.

import Files
import Foundation
import Tensors

enum PEFTWriter {
    /// adapter_config.json.
    private struct Settings: Encodable {
        var peft_type = "LORA"
        var task_type = "CAUSAL_LM"
        var r: Int
        var lora_alpha: Double
        var lora_dropout = 0.0
        var target_modules: [String]
        var rank_pattern: [String: Int]
        var alpha_pattern: [String: Double]
        var base_model_name_or_path: String?
        var fan_in_fan_out: Bool
        var bias = "none"
        var inference_mode = true
        var use_rslora = false
        var use_dora = false
        var init_lora_weights = true
    }

    /// - Parameters:
    ///   - base: the model of the adapter.
    ///   - replaces: true if a folder of that name may be replaced.
    /// - Throws: `AdapterError`, or `ModelFileError` for numbers of the model that are missing.
    static func write(_ adapter: LoRAAdapter, for base: any ModelSource, to folder: String, replaces: Bool) throws {
        let names = PEFTNames(architecture: adapter.architecture)
        let rows = try RotatedRows(base)
        var modules: [(module: String, name: String, entry: LoRAAdapter.Entry)] = []
        for name in adapter.names {
            guard let entry = adapter.entries[name] else { continue }
            guard let module = names.module(name) else {
                throw AdapterError.noName(tensor: name, architecture: adapter.architecture)
            }
            modules.append((module, name, rows.toFolder(entry, name)))
        }
        let tensors = modules.flatMap { module, _, entry in
            [
                SafetensorsWriter.Tensor(
                    name: "base_model.model.\(module).lora_A.weight", shape: [entry.rank, entry.inputCount],
                    values: entry.a),
                SafetensorsWriter.Tensor(
                    name: "base_model.model.\(module).lora_B.weight", shape: [entry.outputCount, entry.rank],
                    values: entry.b),
            ]
        }
        let settings = try settings(adapter, modules.map { ($0.module, $0.entry) }, targets(adapter, names, base))
        try NewFolder.write(folder, replaces: replaces) { place in
            let texts = [("format", "pt")] + (adapter.baseHash.map { [(PEFTReader.hashKey, $0)] } ?? [])
            try SafetensorsWriter(metadata: texts.map { (key: $0.0, value: $0.1) }, tensors: tensors)
                .write(to: place + "/" + PEFTReader.weightsName)
            let file = try ReplacementFile(path: place + "/" + PEFTReader.settingsName)
            try file.write(settings)
            try file.commit()
        }
    }

    private static func settings(
        _ adapter: LoRAAdapter, _ modules: [(module: String, entry: LoRAAdapter.Entry)], _ targets: [String]
    ) throws -> [UInt8] {
        func alpha(_ entry: LoRAAdapter.Entry) -> Double { Double(entry.scale) * Double(entry.rank) }
        var counts: [[Double]: Int] = [:]
        for (_, entry) in modules { counts[[Double(entry.rank), alpha(entry)], default: 0] += 1 }
        // The commonest rank and alpha are those of the file; modules with others are listed.
        let usual = counts.max { ($0.value, $0.key.first ?? 0) < ($1.value, $1.key.first ?? 0) }?.key
        guard let first = modules.first?.entry else { throw AdapterError.noTensors(path: adapter.path) }
        let rank = usual.map { Int($0[0]) } ?? first.rank, usualAlpha = usual?[1] ?? alpha(first)
        var settings = Settings(
            r: rank, lora_alpha: usualAlpha, target_modules: targets, rank_pattern: [:], alpha_pattern: [:],
            base_model_name_or_path: adapter.baseName, fan_in_fan_out: adapter.architecture == "gpt2")
        for (module, entry) in modules {
            if entry.rank != rank { settings.rank_pattern[module] = entry.rank }
            if alpha(entry) != usualAlpha { settings.alpha_pattern[module] = alpha(entry) }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(settings)) + [UInt8(ascii: "\n")]
    }

    /// A short name for each kind of module that is adapted in all layers, and complete names for the others.
    private static func targets(_ adapter: LoRAAdapter, _ names: PEFTNames, _ base: any ModelSource) -> [String] {
        var targets: Set<String> = []
        for (inner, adapted) in Dictionary(grouping: adapter.names, by: { names.inner($0) ?? "lm_head" }) {
            let all = base.tensorNames.filter { names.inner($0) == inner }
            if inner != "lm_head", all.count == adapted.count {
                targets.insert(names.target(inner))
            } else {
                targets.formUnion(adapted.compactMap(names.module))
            }
        }
        return targets.sorted()
    }
}

/// Writes a folder that is complete or not there.
enum NewFolder {
    /// - Parameter fill: writes files into a folder that does not have its name yet.
    /// - Throws: the errors of `fill`; `AdapterError` if the folder cannot be made, or exists and is not replaced.
    static func write(_ folder: String, replaces: Bool, fill: (String) throws -> Void) throws {
        let files = FileManager.default
        let target = URL(fileURLWithPath: folder).standardizedFileURL.path
        guard replaces || !files.fileExists(atPath: target) else { throw AdapterError.exists(path: folder) }
        let place = FilePath.folder(of: target) + "/.copydesk-new-\(UUID().uuidString)"
        var isMoved = false
        do {
            try files.createDirectory(atPath: place, withIntermediateDirectories: false)
            defer { if !isMoved { try? files.removeItem(atPath: place) } }
            try fill(place)
            if files.fileExists(atPath: target) {
                let old = place + "-old"
                try files.moveItem(atPath: target, toPath: old)
                defer { try? files.removeItem(atPath: old) }
                do {
                    try files.moveItem(atPath: place, toPath: target)
                } catch {
                    try? files.moveItem(atPath: old, toPath: target)
                    throw error
                }
            } else {
                try files.moveItem(atPath: place, toPath: target)
            }
            isMoved = true
        } catch let error as FileError {
            throw AdapterError.cannotWrite(path: folder, reason: String(cString: strerror(error.code)))
        } catch let error as CocoaError {
            throw AdapterError.cannotWrite(path: folder, reason: reason(error))
        }
    }

    private static func reason(_ error: CocoaError) -> String {
        let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError
        guard let underlying, underlying.domain == NSPOSIXErrorDomain, let code = CInt(exactly: underlying.code) else {
            return "the folder cannot be made"
        }
        return String(cString: strerror(code))
    }
}
