// Reads an adapter, and runs it on top of a small model if it fits.

import Foundation
import Generation
import Inference
import Tensors

enum AdapterReading {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Tests/InferenceTests/Fixtures").standardized.path
    private static let names = ["adapter_config.json", "adapter_model.safetensors"]

    /// - Parameter bytes: a GGUF file, or one of the two files of a folder, whose other file is valid.
    static func read(_ bytes: [UInt8]) throws {
        let base = try HuggingFaceFolder.open(path: fixtures + "/files/qwen2")
        if bytes.starts(with: Array("GGUF".utf8)) {
            try bytes.withUnsafeBytes { try run(AdapterFiles.open(staticBytes: $0, name: "fuzzed.gguf"), base) }
            return
        }
        let folder = ModelFolder.shared.path + "/adapter"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Settings are JSON text; a file of tensors begins with the length of its head.
        let changed = bytes.count > 8 && bytes[4..<8].allSatisfy { $0 == 0 } ? names[1] : names[0]
        for name in names {
            unlink(folder + "/" + name)
            guard name != changed else { continue }
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/" + name, withDestinationPath: fixtures + "/adapters/qwen2/" + name)
        }
        try ModelFolder.shared.put(bytes, as: "adapter/" + changed)
        _ = try AdapterFiles.facts(path: folder)
        try run(AdapterFiles.open(path: folder, for: base), base)
    }

    private static func run(_ adapter: LoRAAdapter, _ base: any ModelSource) throws {
        let model = try AdaptedModel(base, [AppliedAdapter(adapter, scale: 0.5)])
        let transformer = try Transformer(file: model, team: WorkerTeam(threadCount: 1))
        let rows = [1, 2, 3].map { BatchRow(token: $0, cache: 0, wantsLogits: true) }
        _ = try transformer.forward(rows, caches: [transformer.makeCache()])
    }
}
