import Foundation
import Inference

@testable import Models

/// A home folder with trees of other programs, removed with it.
final class ModelTrees {
    let home = NSTemporaryDirectory() + "copydesk-trees-\(UUID().uuidString)"
    var own: String { home + "/own" }
    var hub: String { home + "/.cache/huggingface/hub" }
    var ollama: String { home + "/.ollama/models" }

    deinit {
        chmod(home + "/service", 0o700)
        try? FileManager.default.removeItem(atPath: home)
    }

    /// The library of the own folder and of the trees in the home folder.
    func library(
        environment: [String: String] = [:], moreFolders: [String] = [], aliases: [String: String] = [:],
        endpointNames: [String] = [], headersFile: String? = nil
    ) -> ModelLibrary {
        ModelLibrary(
            folder: own, moreFolders: moreFolders, outside: outside(environment), aliases: aliases,
            endpointNames: endpointNames, headersFile: headersFile)
    }

    func outside(_ environment: [String: String] = [:]) -> OutsideModels {
        OutsideModels(environment: environment, home: home, ollamaService: home + "/service/models")
    }

    /// Writes a file; its time is an hour ago unless it is fresh, because only fresh ones are looked at twice.
    @discardableResult
    func write(_ bytes: [UInt8], to path: String, isFresh: Bool = false) throws -> String {
        let path = path.hasPrefix("/") ? path : "\(home)/\(path)"
        let folder = URL(filePath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: path))
        if !isFresh {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: path)
        }
        return path
    }

    @discardableResult
    func write(_ text: String, to path: String) throws -> String { try write(Array(text.utf8), to: path) }

    func link(_ path: String, to target: String) throws {
        let path = path.hasPrefix("/") ? path : "\(home)/\(path)"
        try FileManager.default.createDirectory(
            atPath: URL(filePath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }

    /// A file of a repository in a cache of Hugging Face's layout: a blob and a link to it.
    func hubFile(
        _ bytes: [UInt8], _ repository: String, _ name: String, blob: String? = nil, commit: String = commit,
        root: String? = nil
    ) throws {
        let folder = "\(root ?? hub)/models--\(repository.replacingOccurrences(of: "/", with: "--"))"
        let blob = blob ?? hash(repository + name + commit)
        try write(bytes, to: "\(folder)/blobs/\(blob)")
        let depth = name.split(separator: "/").count
        let up = String(repeating: "../", count: depth + 1)
        try link("\(folder)/snapshots/\(commit)/\(name)", to: "\(up)blobs/\(blob)")
    }

    /// A model of Ollama: a manifest and its blob.
    func ollamaModel(
        _ bytes: [UInt8], _ path: String, root: String? = nil, manifests: String = "manifests",
        size: Int? = nil, blobName: String? = nil, moreLayers: String = ""
    ) throws {
        let root = root ?? ollama
        let hash = hash(path)
        try write(bytes, to: "\(root)/blobs/\(blobName ?? "sha256-" + hash)")
        let manifest =
            #"{"schemaVersion":2,"config":{"digest":"sha256:\#(self.hash("c"))","size":3},"layers":["#
            + #"{"mediaType":"application/vnd.ollama.image.license","digest":"sha256:\#(self.hash("l"))","size":9},"#
            + #"{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:\#(hash)","size":\#(size ?? bytes.count)}"#
            + moreLayers + "]}"
        try write(manifest, to: "\(root)/\(manifests)/\(path)")
    }

    /// 64 hexadecimal digits that a text stands for.
    func hash(_ text: String) -> String {
        let digits = text.utf8.reduce(UInt64(5381)) { ($0 &* 33) ^ UInt64($1) }
        let hexadecimal = String(digits, radix: 16)
        return String(repeating: "0", count: 64 - hexadecimal.count) + hexadecimal
    }

    static let commit = "0123456789abcdef0123456789abcdef01234567"

    /// All files of the home folder with their times, to show that nothing was written.
    func state() throws -> Set<String> {
        let names = FileManager.default.enumerator(atPath: home)?.compactMap { $0 as? String } ?? []
        return Set(
            try names.map { name in
                let facts = try FileManager.default.attributesOfItem(atPath: "\(home)/\(name)")
                return "\(name) \(facts[.modificationDate] ?? "") \(facts[.size] ?? "")"
            })
    }
}

/// Small files that are complete.
enum TinyModel {
    /// A GGUF file of one tensor.
    /// - Parameter value: makes files with different bytes.
    static func gguf(
        _ value: UInt8 = 0, type: String? = nil, architecture: String? = "llama",
        split: (number: Int, count: Int)? = nil, hasTensors: Bool = true
    ) throws -> [UInt8] {
        var metadata: [(key: String, value: MetadataValue)] = []
        if let architecture { metadata.append(("general.architecture", .string(Array(architecture.utf8)))) }
        if let type { metadata.append(("general.type", .string(Array(type.utf8)))) }
        if let split {
            metadata += [
                ("split.no", .uint16(UInt16(split.number - 1))), ("split.count", .uint16(UInt16(split.count))),
            ]
        }
        let bytes = [UInt8](repeating: value, count: 32 * 4 * 4)
        let tensor = GGUFWriter.Tensor(
            name: "part\(split?.number ?? 1).weight", shape: [32, 4], type: .f32, bytes: { bytes })
        return try GGUFWriter(metadata: metadata, tensors: hasTensors ? [tensor] : []).bytes()
    }

    /// An adapter in GGUF format, of one matrix.
    static func adapter() throws -> [UInt8] {
        let texts = ["general.architecture": "llama", "general.type": "adapter", "adapter.type": "lora"]
        let tensors = [("a", [4, 1]), ("b", [1, 4])].map { half, shape in
            GGUFWriter.Tensor(
                name: "blk.0.attn_q.weight.lora_\(half)", shape: shape, type: .f32,
                bytes: { [UInt8](repeating: 0, count: 16) })
        }
        return try GGUFWriter(
            metadata: texts.sorted { $0.key < $1.key }.map { ($0.key, .string(Array($0.value.utf8))) }, tensors: tensors
        ).bytes()
    }

    /// A safetensors file of one tensor, with `extra` bytes behind it.
    static func safetensors(_ name: String = "model.embed_tokens.weight", extra: Int = 0) -> [UInt8] {
        let head = #"{"\#(name)":{"dtype":"F32","shape":[2,4],"data_offsets":[0,32]}}"#
        let length = UInt64(head.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + Array(head.utf8)
            + [UInt8](repeating: 0, count: max(0, 32 + extra))
    }

    static let config =
        #"{"model_type":"llama","hidden_size":4,"num_hidden_layers":1,"num_attention_heads":1,"#
        + #""intermediate_size":8,"vocab_size":2,"max_position_embeddings":64,"rms_norm_eps":1e-5}"#
}

extension ModelLibrary {
    /// The names of what is listed, without the built-in model.
    var listed: [String] { list().map(\.name).filter { $0 != Self.builtInName } }
    func origin(of name: String) -> LibraryOrigin? { list().first { $0.name == name }?.origin }
}
