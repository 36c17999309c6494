// A small valid model folder in which the fuzzed bytes replace one file at a time.

import Foundation
import Generation
import Inference
import Tensors

/// The process's scratch folder.
final class ModelFolder: Sendable {
    static let shared = ModelFolder()

    let path: String
    private let sound: String

    private init() {
        sound =
            URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Tests/InferenceTests/Fixtures/files/qwen2").standardized.path
        path = NSTemporaryDirectory() + "copydesk-fuzz-\(getpid())"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: ModelFolder.shared.path) }
    }

    /// Writes a new file each time, because the old one may still be mapped.
    func put(_ bytes: [UInt8], as name: String) throws {
        unlink(path + "/" + name)
        try Data(bytes).write(to: URL(filePath: path + "/" + name))
    }

    /// Opens the folder with `bytes` as one of its files, reads all tensors, and runs the model.
    func read(_ bytes: [UInt8], as name: String) throws {
        for name in ["config.json", "model.safetensors", "model.safetensors.index.json"] {
            unlink(path + "/" + name)
        }
        for other in ["config.json", "model.safetensors"] where other != name {
            try? FileManager.default.createSymbolicLink(
                atPath: path + "/" + other, withDestinationPath: sound + "/" + other)
        }
        try put(bytes, as: name)
        let source = try ModelFiles.open(path: path)
        try FuzzReader.readTensors(source)
        let transformer = try Transformer(file: source, team: WorkerTeam(threadCount: 1))
        let cache = transformer.makeCache()
        for token: TokenID in [1, 2, 3, 0] {
            _ = try transformer.forward([BatchRow(token: token, cache: 0, wantsLogits: true)], caches: [cache])
        }
    }
}
