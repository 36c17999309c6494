// Adapters written and read again, and files that do not fit or that nobody can compute with.

import Foundation
import Inference
import Tensors
import Testing

/// A folder that is removed with its owner.
private final class Scratch {
    let path = NSTemporaryDirectory() + "copydesk-adapters-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A copy of an adapter's folder with a changed value in its settings.
    func folder(_ name: String, of adapter: TinyAdapter, _ change: (inout [String: Any]) -> Void) throws -> String {
        let copy = path + "/" + name
        try FileManager.default.copyItem(atPath: adapter.path, toPath: copy)
        let file = URL(filePath: copy + "/adapter_config.json")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        var settings = try #require(json)
        change(&settings)
        try JSONSerialization.data(withJSONObject: settings).write(to: file)
        return copy
    }
}

@Suite struct AdapterFileTests {
    @Test(arguments: TinyAdapter.all)
    func `a written GGUF file gives the same logits`(adapter: TinyAdapter) throws {
        let scratch = try Scratch()
        let file = try adapter.file()
        var original = try adapter.adapter()
        original.baseHash = FileFingerprint.hash(of: file)
        try AdapterFiles.writeGGUF(original, to: scratch.path + "/a.gguf")
        let read = try AdapterFiles.open(path: scratch.path + "/a.gguf", for: file)
        #expect(read.baseHash == original.baseHash && read.baseName == adapter.model && read.name == adapter.name)
        let ids = try adapter.tinyModel.ids
        let found = try logits(file, [AppliedAdapter(read)], ids: ids)
        let expected = try logits(file, [AppliedAdapter(original)], ids: ids)
        #expect(largestDifference(found, expected) <= 2e-5)
    }

    @Test(arguments: TinyAdapter.all)
    func `a written folder has the same values`(adapter: TinyAdapter) throws {
        let scratch = try Scratch()
        let file = try adapter.file()
        let original = try adapter.adapter()
        try AdapterFiles.writeFolder(original, for: file, to: scratch.path + "/a")
        let read = try AdapterFiles.open(path: scratch.path + "/a", for: file)
        #expect(read.entries == original.entries)
        // Nothing is left beside it.
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["a"])
        #expect(throws: AdapterError.exists(path: scratch.path + "/a")) {
            try AdapterFiles.writeFolder(original, for: file, to: scratch.path + "/a")
        }
        try AdapterFiles.writeFolder(original, for: file, to: scratch.path + "/a", replaces: true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["a"])
    }

    @Test func `the targets of a written folder are exact`() throws {
        let scratch = try Scratch()
        func targets(_ adapter: TinyAdapter, keeping: (String) -> Bool) throws -> [String] {
            var some = try adapter.adapter()
            some.entries = some.entries.filter { keeping($0.key) }
            let path = scratch.path + "/\(UUID().uuidString)"
            try AdapterFiles.writeFolder(some, for: adapter.file(), to: path)
            let json =
                try JSONSerialization.jsonObject(
                    with: Data(contentsOf: URL(filePath: path + "/adapter_config.json"))) as? [String: Any]
            let settings = try #require(json)
            #expect(settings["fan_in_fan_out"] as? Bool == (adapter.name == "gpt2"))
            #expect(settings["peft_type"] as? String == "LORA" && settings["task_type"] as? String == "CAUSAL_LM")
            return try #require(settings["target_modules"] as? [String])
        }
        let llama = try TinyAdapter.named("llama"), gpt2 = try TinyAdapter.named("gpt2")
        #expect(try targets(llama) { $0.contains("attn_q") || $0.contains("attn_v") } == ["q_proj", "v_proj"])
        #expect(try targets(llama) { $0.contains("blk.1.attn_q") } == ["model.layers.1.self_attn.q_proj"])
        // "c_proj" alone would name the matrices of the feed-forward too.
        #expect(try targets(gpt2) { $0.contains("attn") } == ["attn.c_proj", "c_attn"])
    }

    @Test func `an alpha of 0 or none in a GGUF file is a scale of 1`() throws {
        let adapter = try TinyAdapter.named("llama")
        let scratch = try Scratch()
        let entries = try adapter.adapter().entries.mapValues { entry in
            var entry = entry
            entry.scale = 1
            return entry
        }
        func tensors() -> [GGUFWriter.Tensor] {
            entries.sorted { $0.key < $1.key }.flatMap { name, entry in
                [
                    GGUFWriter.Tensor(name: name + ".lora_a", shape: [entry.inputCount, entry.rank], type: .f32) {
                        ElementType.f32.encode(entry.a)
                    },
                    GGUFWriter.Tensor(name: name + ".lora_b", shape: [entry.rank, entry.outputCount], type: .f32) {
                        ElementType.f32.encode(entry.b)
                    },
                ]
            }
        }
        func text(_ value: String) -> MetadataValue { .string(Array(value.utf8)) }
        for alpha: Float? in [0, nil] {
            var metadata = [
                ("general.architecture", text("llama")), ("general.type", text("adapter")),
                ("adapter.type", text("lora")),
            ]
            if let alpha { metadata.append(("adapter.lora.alpha", .float32(alpha))) }
            let path = scratch.path + "/alpha.gguf"
            try GGUFWriter(metadata: metadata.map { (key: $0.0, value: $0.1) }, tensors: tensors()).write(to: path)
            #expect(try AdapterFiles.open(path: path, for: adapter.file()).entries == entries)
        }
    }

    @Test func `what nobody can compute with is refused by its name`() throws {
        let adapter = try TinyAdapter.named("llama")
        let scratch = try Scratch()
        let cases: [(key: String, value: Any, part: String)] = [
            ("use_dora", true, "it is a DoRA adapter"), ("bias", "all", "it changes biases (bias is 'all')"),
            ("modules_to_save", ["embed_tokens", "norm"], "(modules_to_save: embed_tokens, norm)"),
            ("peft_type", "LOHA", "it is an adapter of the kind LOHA"),
            ("init_lora_weights", "pissa_niter_4", "its training changed the model's own weights first"),
            ("layer_replication", [[0, 1]], "it repeats layers"), ("target_parameters", ["experts.w1"], "of experts"),
            ("alora_invocation_tokens", [1, 2], "it begins only behind certain tokens"),
            ("rank_pattern", ["layers.(0|1).q_proj": 3], "regular expression 'layers.(0|1).q_proj'"),
            ("target_modules", ["q_proj"], "which target_modules does not name"),
            ("r", 4, "should have the rank 4"), ("r", 0, "must be from 1 to 65536"), ("r", "x", "should be an integer"),
            ("lora_alpha", [1], "should be a number"), ("alpha_pattern", ["q_proj": "x"], "an object of numbers"),
        ]
        for (index, (key, value, part)) in cases.enumerated() {
            let path = try scratch.folder("\(index)", of: adapter) { $0[key] = value }
            var sentence = "read"
            do { _ = try AdapterFiles.open(path: path, for: adapter.file()) } catch { sentence = "\(error)" }
            #expect(sentence.contains(part) && sentence.hasPrefix(path), "\(key): \(sentence)")
        }
        let none = try scratch.folder("none", of: adapter) { $0["peft_type"] = nil }
        #expect(throws: ModelFileError.missingKey(path: none + "/adapter_config.json", key: "peft_type")) {
            try AdapterFiles.open(path: none, for: adapter.file())
        }
    }

    @Test func `a folder without settings or weights says what is missing`() throws {
        let adapter = try TinyAdapter.named("llama")
        let scratch = try Scratch()
        let file = try adapter.file()
        #expect(throws: AdapterError.notAnAdapter(path: scratch.path, what: "a folder without adapter_config.json")) {
            try AdapterFiles.open(path: scratch.path, for: file)
        }
        let path = try scratch.folder("bare", of: adapter) { _ in }
        try FileManager.default.removeItem(atPath: path + "/adapter_model.safetensors")
        #expect(throws: AdapterError.noWeights(folder: path, pickled: false)) {
            try AdapterFiles.open(path: path, for: file)
        }
        try Data([0x80]).write(to: URL(filePath: path + "/adapter_model.bin"))
        #expect(throws: AdapterError.noWeights(folder: path, pickled: true)) {
            try AdapterFiles.open(path: path, for: file)
        }
        #expect(throws: AdapterError.notAnAdapter(path: Fixtures.builtInModel, what: "a model")) {
            try AdapterFiles.open(path: Fixtures.builtInModel, for: file)
        }
    }

    @Test func `a model that the adapter was not made for is refused in words`() throws {
        let llama = try TinyAdapter.named("llama"), qwen2 = try TinyAdapter.named("qwen2")
        func sentence(_ model: any ModelSource, _ adapter: LoRAAdapter) -> String {
            do {
                _ = try AdaptedModel(model, [AppliedAdapter(adapter)])
                return "fits"
            } catch {
                return "\(error)"
            }
        }
        let other = try qwen2.file(), own = try llama.file()
        #expect(
            try sentence(other, llama.adapter())
                == "\(llama.path): is an adapter for models of the architecture 'llama', and \(other.path) is of 'qwen2'. "
                + "Use it with the model that it was made for.")
        let small = try TinyAdapter.named("llama-q8").file()
        #expect(
            try sentence(small, llama.adapter()).contains(
                "changes 'blk.0.attn_k.weight' of 20 outputs and 24 inputs, and that of \(small.path) has 16 outputs and 32 inputs."
            ))
        var more = try llama.adapter()
        more.entries["blk.7.attn_q.weight"] = more.entries["blk.1.attn_q.weight"]
        #expect(sentence(own, more).contains("changes 'blk.7.attn_q.weight', and \(own.path) has no such matrix."))
        var embedding = try llama.adapter()
        embedding.entries["token_embd.weight"] = LoRAAdapter.Entry(
            inputCount: 24, outputCount: 61, rank: 1, a: .init(repeating: 1, count: 24),
            b: .init(repeating: 1, count: 61), scale: 1)
        #expect(sentence(own, embedding).contains("changes 'token_embd.weight'"))
    }

    @Test func `another file of the same model gets a notice, not a refusal`() throws {
        let adapter = try TinyAdapter.named("llama")
        let file = try adapter.file()
        var made = try adapter.adapter()
        made.baseHash = FileFingerprint.hash(of: file)
        #expect(try AdaptedModel(file, [AppliedAdapter(made)]).notices == [])
        made.baseHash = "0123456789abcdef"
        #expect(
            try AdaptedModel(file, [AppliedAdapter(made)]).notices == [
                "\(adapter.path): was made for another file of this model, so its effect may differ."
            ])
    }
}
