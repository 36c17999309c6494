// Files whose numbers make no model: each a clear error, never a trap and never a large allocation.

import Foundation
import Tensors
import Testing

@testable import Inference

/// A model file of which some keys and tensors are other than they should be.
private struct BrokenModel: ModelOverlay {
    let base: any ModelSource
    var metadata: [String: MetadataValue]
    var hidden: Set<String> = []
    var renamed: [String: String] = [:]
    var hasExpertsApart = false

    init(_ name: String) throws {
        base = try GGUFFile.open(path: TinyModel.folder.appendingPathComponent("\(name).gguf").path)
        metadata = base.metadata
    }

    var path: String { "tiny.gguf" }
    func origin(of key: String) -> (path: String, key: String) { (path, key) }
    var tensorNames: [String] { base.tensorNames.filter(hasTensor) }
    func hasTensor(_ name: String) -> Bool { shape(of: name) != nil }
    func shape(of name: String) -> [Int]? {
        if hasExpertsApart, name.contains("_exps") { return nil }
        if let expert = expert(name) { return base.shape(of: expert.stack)?.dropLast() }
        return hidden.contains(name) ? nil : base.shape(of: renamed[name] ?? name)
    }
    private func expert(_ name: String) -> (stack: String, index: Int)? {
        let parts = name.split(separator: ".")
        guard hasExpertsApart, parts.count == 5, parts[4] == "weight", let index = Int(parts[3]) else { return nil }
        return ("blk.\(parts[1]).\(parts[2])_exps.weight", index)
    }
    func weight(_ name: String) throws -> WeightMatrix {
        // "blk.0.ffn_up.3.weight" is the fourth matrix of "blk.0.ffn_up_exps.weight", if experts are to be apart.
        if let expert = expert(name) { return try base.weights(expert.stack)[expert.index] }
        return try base.weight(renamed[name] ?? name)
    }
    func weights(_ name: String) throws -> [WeightMatrix] { try base.weights(renamed[name] ?? name) }
    func vector(_ name: String) throws -> WeightVector { try base.vector(renamed[name] ?? name) }
}

@Suite struct ModelFileTests {
    private func load(_ file: BrokenModel) throws -> Transformer {
        try Transformer(file: file, team: WorkerTeam(threadCount: 1))
    }

    private func message(_ file: BrokenModel) -> String {
        do {
            _ = try load(file)
            return "loaded"
        } catch {
            return "\(error)"
        }
    }

    @Test func `an unknown architecture is named, with those that are known`() throws {
        var file = try BrokenModel("llama-odd")
        file.metadata["general.architecture"] = .string(Array("rwkv7".utf8))
        #expect(
            message(file)
                == "tiny.gguf: Copydesk does not run the architecture 'rwkv7'. Use a model of one of these: "
                + "llama, gpt2, qwen2, qwen3, qwen3moe, gemma, gemma2, gemma3, phi3, smollm3, granite, granitemoe, "
                + "lfm2.")
    }

    private func message(key: String, value: Int) throws -> String {
        var file = try BrokenModel("llama-odd")
        file.metadata["llama." + key] = .uint64(UInt64(value))
        return message(file)
    }

    @Test(arguments: [
        ("block_count", [0, 1 << 40]), ("attention.head_count", [0, 65_537, 1 << 60]),
        ("attention.head_count_kv", [0, 2, 4, 1 << 40]), ("embedding_length", [0, 1 << 31]),
        ("feed_forward_length", [0, 1 << 50]), ("context_length", [0, 1 << 30]),
        ("attention.key_length", [0, 1 << 33]), ("attention.value_length", [0]),
        ("rope.dimension_count", [0, 3, 8, 1 << 40]), ("expert_count", [4097]),
    ])
    func `a number out of its range is named with its key`(key: String, values: [Int]) throws {
        for value in values {
            let text = try message(key: key, value: value)
            #expect(text.hasPrefix("tiny.gguf: key 'llama.\(key)' is \(value); it must be "), "\(text)")
        }
    }

    @Test(arguments: [
        ("block_count", [3, 4096], "has no tensor 'blk.2.attn_norm.weight'"),
        ("attention.head_count", [2], "tensor 'blk.0.attn_q.weight' should have the shape [24, 12]"),
        ("attention.head_count", [5], "tensor 'blk.0.attn_q.weight' should have the shape [24, 30]"),
        ("embedding_length", [23], "tensor 'token_embd.weight' should have the shape [23, 61]"),
        ("embedding_length", [32], "tensor 'token_embd.weight' should have the shape [32, 61]"),
        ("feed_forward_length", [27], "tensor 'blk.0.ffn_down.weight' should have the shape [27, 24]"),
        ("feed_forward_length", [29], "tensor 'blk.0.ffn_down.weight' should have the shape [29, 24]"),
        ("attention.key_length", [5, 8], "a value width other than the key width is not supported"),
        ("attention.value_length", [4], "a value width other than the key width is not supported"),
    ])
    func `a number that the file contradicts is refused with the contradiction`(
        key: String, values: [Int], contradiction: String
    ) throws {
        for value in values {
            let text = try message(key: key, value: value)
            #expect(text.hasPrefix("tiny.gguf: \(contradiction)"), "\(key) = \(value): \(text)")
        }
    }

    /// Models of the family run without it: factors for long texts, and the biases of families that need none.
    private func isOptional(_ tensor: String, in model: TinyModel) -> Bool {
        tensor.hasPrefix("rope_factors_")
            || ["llama-wide-heads", "granite-untied", "lfm2-long-kernel"].contains(model.name)
                && tensor.hasSuffix(".bias")
    }

    @Test(arguments: TinyModel.all)
    func `the error for a missing key or tensor names it`(model: TinyModel) throws {
        let whole = try BrokenModel(model.name)
        for name in whole.base.tensorNames where !["rope_freqs.weight", "output.weight"].contains(name) {
            var file = whole
            file.hidden = [name]
            // If there are no queries of their own, they are looked for in a tensor with keys and values.
            let missed = name.replacing("attn_q.weight", with: "attn_qkv.weight")
            let expected = ModelFileError.missingTensor(path: "tiny.gguf", name: missed).description
            #expect(message(file) == (isOptional(name, in: model) ? "loaded" : expected), "\(name)")
        }
        for key in ["context_length", "embedding_length", "block_count", "attention.head_count"] {
            var file = whole
            file.metadata["\(model.architecture).\(key)"] = nil
            #expect(message(file).contains("\(model.architecture).\(key)"))
        }
    }

    @Test(arguments: [
        ("granite", "logit_scale", "has no key 'granite.logit_scale'"),
        ("lfm2", "shortconv.l_cache", "has no key 'lfm2.shortconv.l_cache'"),
    ])
    func `a number without a usual value is missed by name`(model: String, key: String, sentence: String) throws {
        var file = try BrokenModel(model)
        file.metadata["\(model).\(key)"] = nil
        #expect(message(file).hasPrefix("tiny.gguf: \(sentence)"), "\(message(file))")
    }

    @Test func `factors and convolutions that make no model are named`() throws {
        func complaint(_ model: String, _ key: String, _ value: MetadataValue) throws -> String {
            var file = try BrokenModel(model)
            file.metadata["\(model).\(key)"] = value
            return message(file)
        }
        for key in ["embedding_scale", "residual_scale", "logit_scale"] {
            for value in [0, -1, .nan, .infinity, 1e7] as [Float] {
                #expect(try complaint("granite", key, .float32(value)).contains("key 'granite.\(key)' "), "\(value)")
            }
        }
        for length in [0, 1025, 1 << 31] as [UInt32] {
            #expect(try complaint("lfm2", "shortconv.l_cache", .uint32(length)).contains("lfm2.shortconv.l_cache"))
        }
        #expect(
            try complaint("lfm2", "shortconv.l_cache", .uint32(4)).hasPrefix(
                "tiny.gguf: tensor 'blk.0.shortconv.conv.weight' should have the shape [4, 24]"))
        func heads(_ counts: [Int]) throws -> String {
            try complaint("lfm2", "attention.head_count_kv", .array(MetadataArray(integers: counts)))
        }
        #expect(try heads([0, 2, 0, 0, 2]) == "loaded")
        #expect(try heads([0, 2, 0, 0]).contains("'lfm2.attention.head_count_kv' is an array of 4 items"))
        #expect(try heads([0, 2, 0, 0, -2]).contains("'lfm2.attention.head_count_kv' is -2"))
        #expect(try heads([0, 2, 0, 0, 3]).contains("'lfm2.attention.head_count_kv' with several values other than 0"))
        #expect(try heads([0, 3, 0, 0, 3]).contains("a divisor of the 4 heads"))
        #expect(try heads([2, 2, 0, 0, 2]).hasPrefix("tiny.gguf: has no tensor 'blk.0.attn_"))
        #expect(try complaint("lfm2", "attention.causal", .bool(false)).contains("attention in both directions"))
    }

    @Test func `a Granite without a trained rotation rotates nothing`() throws {
        var file = try BrokenModel("granite")
        file.metadata["granite.rope.scaling.finetuned"] = .bool(true)
        #expect(try load(file).configuration.layers.allSatisfy { $0.isRotated })
        file.metadata["granite.rope.scaling.finetuned"] = .bool(false)
        #expect(try load(file).configuration.layers.allSatisfy { !$0.isRotated })
    }

    @Test func `values of another type, NaN, infinite or negative ones are errors`() throws {
        let values: [MetadataValue] = [
            .string([65]), .bool(true), .float32(.nan), .float32(-.infinity), .int32(-1), .float64(1e300),
            .array(MetadataArray(integers: [])), .array(MetadataArray(integers: [1, 2])),
        ]
        for key in ["block_count", "attention.layer_norm_rms_epsilon", "rope.freq_base", "attention.head_count"] {
            for value in values {
                var file = try BrokenModel("llama-odd")
                file.metadata["llama." + key] = value
                #expect(message(file).contains("llama." + key), "\(key) \(value)")
            }
        }
    }

    @Test(arguments: [[], [0.5], [0.5, 0.5, 0.5], [0.5, -1], [0.5, .nan]] as [[Float]])
    func `scales of attention that do not fit the layers are named`(scales: [Float]) throws {
        var file = try BrokenModel("llama-odd")
        file.metadata["llama.attention.scale"] = .array(MetadataArray(floats: scales))
        #expect(message(file).contains("key 'llama.attention.scale' is"))
    }

    @Test func `a tensor of another shape is named with both shapes`() throws {
        var file = try BrokenModel("llama-odd")
        file.renamed = ["blk.1.ffn_down.weight": "blk.1.ffn_up.weight"]
        #expect(
            message(file)
                == "tiny.gguf: tensor 'blk.1.ffn_down.weight' should have the shape [28, 24], as the model's numbers say "
                + "and has the shape [24, 28]. The file is damaged: convert or download it again.")
    }

    @Test func `unknown rotation scalings are named`() throws {
        var file = try BrokenModel("llama-odd")
        file.metadata["llama.rope.scaling.type"] = .string(Array("spiral".utf8))
        #expect(message(file).contains("the rotation scaling 'spiral' is not supported"))
    }

    @Test func `a model cannot use more experts than it has`() throws {
        var file = try BrokenModel("qwen3moe")
        file.metadata["qwen3moe.expert_used_count"] = .uint32(7)
        #expect(message(file).contains("qwen3moe.expert_used_count"))
    }

    @Test func `a width that no layer has takes no memory`() throws {
        var file = try BrokenModel("qwen3moe")
        file.metadata["qwen3moe.feed_forward_length"] = .uint32(16_777_216)
        #expect(try load(file).workspace.gate.columnCount == 1)
    }

    @Test func `experts in separate tensors give the same logits`() throws {
        let model = try TinyModel.named("mixtral")
        var file = try BrokenModel(model.name)
        file.hasExpertsApart = true
        #expect(try load(file).logits(model.ids) == model.transformer().logits(model.ids))
    }

    @Test func `a source can say how heads are paired and which layers are rotated`() throws {
        let model = try TinyModel.named("llama-odd")
        let usual = try model.transformer().logits(model.ids)
        var file = try BrokenModel(model.name)
        file.metadata["llama.rope.layout"] = .string(Array("interleaved".utf8))
        #expect(try load(file).logits(model.ids) == usual)
        file.metadata["llama.rope.layout"] = .string(Array("halves".utf8))
        #expect(try load(file).configuration.rotationLayout == .halves)
        #expect(try load(file).logits(model.ids) != usual)
        file.metadata["llama.rope.layout"] = .string(Array("thirds".utf8))
        #expect(message(file).contains("the rotation layout 'thirds' is not supported"))

        file = try BrokenModel(model.name)
        file.metadata["llama.attention.rope_pattern"] = .array(MetadataArray(integers: [1, 0]))
        #expect(try load(file).configuration.layers.map(\.isRotated) == [true, false])
        file.metadata["llama.attention.rope_pattern"] = .array(MetadataArray(integers: [1]))
        #expect(message(file).contains("llama.attention.rope_pattern"))
    }

    /// Every third byte of a tiny file's header changed: an error or a model, never a crash.
    @Test func `a flipped bit in the metadata gives an error or a model, never a trap`() throws {
        let model = try TinyModel.named("llama-odd")
        let path = TinyModel.folder.appendingPathComponent("\(model.name).gguf").path
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("model-bits-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let team = WorkerTeam(threadCount: 1)
        var refused = 0
        for index in stride(from: 0, to: 1800, by: 3) {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            let file = folder.appendingPathComponent("\(index).gguf")
            try Data(damaged).write(to: file)
            do {
                let transformer = try Transformer(file: GGUFFile.open(path: file.path), team: team)
                _ = try transformer.logits([1, 2, 3])
            } catch {
                refused += 1
                #expect("\(error)".count > 20)
            }
            try FileManager.default.removeItem(at: file)
        }
        #expect(refused > 300)
    }
}
