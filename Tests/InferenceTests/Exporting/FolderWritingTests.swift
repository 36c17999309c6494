import Foundation
import Generation
import Tensors
import Testing

@testable import Inference

/// Folders for transformers. Fixtures/models/check_folders.py holds them against transformers itself.
@Suite struct `Writing folders` {
    /// A file that can be written as a folder.
    private static let models = [
        "llama-odd", "llama-wide-heads", "llama-linear-f16", "gpt2-odd", "gpt2-untied-f16", "qwen2", "qwen2-yarn",
        "qwen2-yarn-turns", "qwen3", "gemma", "gemma2", "gemma3", "phi3", "phi3-long", "smollm3", "granite",
        "granite-untied", "granitemoe", "granitemoe-shared", "mixtral", "qwen3moe", "lfm2", "lfm2-long-kernel",
        "lfm2-convolutions",
    ]

    private static func file(_ name: String) throws -> GGUFFile {
        try GGUFFile.open(path: TinyModel.folder.appending(path: "\(name).gguf").path)
    }

    @Test(arguments: models)
    func `a folder has the logits of its file`(name: String) throws {
        let scratch = try ScratchFolder()
        let source = try Self.file(name)
        let path = scratch.path + "/model"
        _ = try HuggingFaceWriter().write(source, to: path)
        let folder = try ModelFiles.open(path: path)
        let model = try TinyModel.named(name)
        let difference = try LogitComparison.greatestDifference(between: source, and: folder, ids: model.ids)
        // Divisors of the rotation that are found again may differ in their last bit.
        #expect(difference <= 3e-5)
        let transformer = try Transformer(file: folder, team: WorkerTeam(threadCount: 2))
        #expect(largestDifference(try transformer.logits(model.ids), try model.expectedLogits()) <= 1e-3)
    }

    @Test(arguments: models)
    func `the reader finds every tensor under its own name again`(name: String) throws {
        let source = try Self.file(name)
        let architecture = try source.string("general.architecture")
        for tensor in source.tensorNames where !tensor.hasPrefix("rope_") && !ExpertTensors.holds(tensor) {
            let written = try #require(HuggingFaceNames.written(tensor, architecture: architecture))
            #expect(HuggingFaceNames.translate(written, architecture)?.0 == tensor)
        }
    }

    @Test(arguments: [
        "llama-wide-heads", "gpt2-odd", "gemma3", "phi3", "qwen2", "granite", "llama-yarn", "gemma2-uncapped",
        "gemma3-one-base", "qwen2-windowed", "smollm3-unrotated", "smollm3-windowed", "gpt2-relu",
        "gpt2-inverse-layers", "gpt2-only-inverse-layers", "granitemoe-shared", "mixtral", "qwen3moe-unnormalized",
        "qwen3moe-dense-layer", "lfm2", "lfm2-long-kernel", "lfm2-adjusted",
    ])
    func `a folder that was read is written with the same bytes in its tensors`(name: String) throws {
        let scratch = try ScratchFolder()
        let source = try HuggingFaceFolder.open(path: Fixtures.folder.appending(path: "files/\(name)").path)
        let path = scratch.path + "/model"
        _ = try HuggingFaceWriter(weights: .usual(of: source)).write(source, to: path)
        let copy = try HuggingFaceFolder.open(path: path)
        #expect(try LogitComparison.greatestDifference(between: source, and: copy) <= 1e-6)
        // If embeddings are tied, the source may have the matrix under either name.
        #expect(Set(copy.tensors.keys).isSubset(of: source.tensors.keys))
        for (name, entry) in copy.tensors {
            let original = try #require(source.tensors[name])
            #expect(entry.shape == original.shape)
            for (one, other) in zip(try entry.matrices(), try original.matrices()) {
                for row in 0..<one.rowCount {
                    // 1 + weight loses the last bits of a small weight.
                    let difference = zip(one.decodedRow(row), other.decodedRow(row)).map { abs($0 - $1) }.max()
                    #expect(difference ?? 1 <= (source.metadata.isOfGemma ? 5e-7 : 0), "\(name)")
                }
            }
        }
    }

    @Test func `a hybrid without other layers is written as the model that it is`() throws {
        let scratch = try ScratchFolder()
        let source = try HuggingFaceFolder.open(
            path: Fixtures.folder.appending(path: "files/granite-dense-hybrid").path)
        _ = try HuggingFaceWriter().write(source, to: scratch.path + "/model")
        let copy = try HuggingFaceFolder.open(path: scratch.path + "/model")
        #expect(try FolderFiles.fields(copy.path, "config.json").text("model_type") == "granite")
        #expect(try LogitComparison.greatestDifference(between: source, and: copy) <= 1e-6)
    }

    @Test(arguments: [
        (HuggingFaceWriter.Weights.bf16, Float(0.01), "bfloat16"), (.f16, 0.001, "float16"), (.f32, 0, "float32"),
    ])
    func `values are rounded once to the type`(
        weights: HuggingFaceWriter.Weights, bound: Float, name: String
    ) throws {
        let type = weights.elementType
        let scratch = try ScratchFolder()
        let source = try Self.file("qwen3")
        let path = scratch.path + "/model"
        _ = try HuggingFaceWriter(weights: weights).write(source, to: path)
        let folder = try HuggingFaceFolder.open(path: path)
        #expect(folder.tensors.values.allSatisfy { $0.type == type })
        let (read, original) = (try folder.weight("blk.0.ffn_up.weight"), try source.weight("blk.0.ffn_up.weight"))
        let expected = WeightMatrix(
            type: type, rows: 1, columns: original.columnCount, bytes: type.encode(original.decodedRow(3)))
        #expect(read.decodedRow(3) == expected.decodedRow(0))
        let difference = zip(read.decodedRow(3), original.decodedRow(3)).map { abs($0 - $1) / max(abs($1), 1e-3) }
        #expect((difference.max() ?? 1) <= bound)
        let settings = try FolderFiles.fields(path, "config.json")
        #expect(try settings.text("dtype") == name)
    }

    @Test func `config.json has every number that transformers would otherwise guess`() throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/model"
        _ = try HuggingFaceWriter().write(try Self.file("llama-wide-heads"), to: path)
        let text = try String(contentsOfFile: path + "/config.json", encoding: .utf8)
        #expect(
            text == """
                {
                  "architectures": ["LlamaForCausalLM"],
                  "model_type": "llama",
                  "dtype": "float32",
                  "torch_dtype": "float32",
                  "vocab_size": 61,
                  "tie_word_embeddings": false,
                  "bos_token_id": null,
                  "eos_token_id": null,
                  "pad_token_id": null,
                  "hidden_size": 24,
                  "intermediate_size": 28,
                  "num_hidden_layers": 2,
                  "num_attention_heads": 4,
                  "num_key_value_heads": 2,
                  "head_dim": 10,
                  "max_position_embeddings": 128,
                  "rms_norm_eps": 1e-05,
                  "hidden_act": "silu",
                  "attention_bias": true,
                  "mlp_bias": true,
                  "rope_parameters": {
                    "rope_type": "llama3",
                    "factor": 8.0,
                    "low_freq_factor": 1.0,
                    "high_freq_factor": 4.0,
                    "original_max_position_embeddings": 32,
                    "rope_theta": 500.0
                  },
                  "rope_scaling": {
                    "rope_type": "llama3",
                    "factor": 8.0,
                    "low_freq_factor": 1.0,
                    "high_freq_factor": 4.0,
                    "original_max_position_embeddings": 32
                  },
                  "rope_theta": 500.0
                }

                """)
    }

    @Test(arguments: [
        (500_000.0, 128, 8.0, 1.0, 4.0, 8192), (500_000, 64, 32, 1, 4, 8192), (10_000, 64, 4, 2, 8, 4096),
        (10_000, 96, 6.5, 1, 3, 3000), (500, 10, 8, 1, 4, 32), (1_000_000, 80, 16, 0.5, 6, 65_536),
    ])
    func `Llama 3's numbers are found again from the divisors that a file holds`(
        base: Double, width: Int, factor: Double, low: Double, high: Double, original: Int
    ) throws {
        func divisors(_ scaling: WrittenJSON) throws -> [Float] {
            let text = WrittenJSON.object([
                "max_position_embeddings": .whole(1_000_000), "rope_theta": .number(base), "rope_scaling": scaling,
            ]).fileBytes()
            let fields = JSONFields(json: try JSONValue(parsing: text), path: "config.json")
            let reader = try RotationScalingReader(fields, headWidth: width, standardBase: 10_000)
            return try #require(try reader.read().vectors["rope_freqs.weight"])
        }
        let expected = try divisors(
            .object([
                "rope_type": .text("llama3"), "factor": .number(factor), "low_freq_factor": .number(low),
                "high_freq_factor": .number(high), "original_max_position_embeddings": .whole(original),
            ]))
        #expect(expected.last == Float(factor) && expected.first == 1)
        let found = try #require(FolderRotation.llama3(expected.map(Double.init), base: base, width: width))
        for (one, other) in zip(try divisors(.object(found)), expected) {
            #expect(abs(one - other) <= 1e-5 * other)
        }
    }

    @Test func `weights keep their type if none is asked for`() throws {
        #expect(HuggingFaceWriter.Weights.usual(of: try Self.file("llama-q8")) == .bf16)
        #expect(HuggingFaceWriter.Weights.usual(of: try Self.file("gemma3")) == .f16)
        #expect(HuggingFaceWriter.Weights.usual(of: try Self.file("qwen2")) == .f32)
        let scratch = try ScratchFolder()
        let path = scratch.path + "/model"
        _ = try HuggingFaceWriter(weights: .bf16).write(try Self.file("gpt2-odd"), to: path)
        #expect(HuggingFaceWriter.Weights.usual(of: try ModelFiles.open(path: path)) == .bf16)
    }

    @Test func `a tied model has no output matrix in the file`() throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/model"
        _ = try HuggingFaceWriter().write(try Self.file("llama-odd"), to: path)
        #expect(try HuggingFaceFolder.open(path: path).tensors["lm_head.weight"] == nil)
        #expect(try FolderFiles.fields(path, "config.json").truth("tie_word_embeddings") == true)
    }

    @Test func `other members of a folder's config.json stay as they stand there`() throws {
        let scratch = try ScratchFolder()
        let base = scratch.path + "/base"
        let original = Fixtures.folder.appending(path: "files/qwen2").path
        try FileManager.default.copyItem(atPath: original, toPath: base)
        var text = try String(contentsOfFile: base + "/config.json", encoding: .utf8)
        let brace = try #require(text.lastIndex(of: "}"))
        text.replaceSubrange(brace..., with: #", "classifier_dropout": 0.10, "note": {"a\"b": [1, "}", 2.0]}}"#)
        try text.write(toFile: base + "/config.json", atomically: true, encoding: .utf8)
        _ = try HuggingFaceWriter(weights: .bf16).write(
            try HuggingFaceFolder.open(path: base), to: scratch.path + "/model")
        let written = try String(contentsOfFile: scratch.path + "/model/config.json", encoding: .utf8)
        #expect(written.contains(#""classifier_dropout": 0.10"#))
        #expect(written.contains(#""note": {"a\"b": [1, "}", 2.0]}"#))
        #expect(written.contains(#""dtype": "bfloat16""#))
    }

    @Test func `a model without a place in transformers is refused with the reason, and nothing is written`() throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/model"
        let tensor = WithBias(base: try Self.file("qwen2"))
        let error = #expect(throws: FolderError.self) { _ = try HuggingFaceWriter().write(tensor, to: path) }
        #expect(
            error?.description
                == "\(tensor.path): has the tensor 'blk.1.attn_output.bias', and transformers' models of the "
                + "type 'qwen2' have none like it, so a folder would be another model. Use the file itself.")
        let unrotated = Fixtures.folder.appending(path: "files/granite-unrotated-hybrid").path
        let setting = #expect(throws: FolderError.self) {
            _ = try HuggingFaceWriter().write(try HuggingFaceFolder.open(path: unrotated), to: path)
        }
        #expect(
            setting?.description == "\(unrotated): has layers without rotation, and transformers' models of the type "
                + "'granitemoeshared' have no setting for it, so a folder would be another model. Use the file itself.")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == [])
    }

    @Test func `a folder is replaced only if that is wanted and it holds a model`() throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/model"
        let source = try Self.file("qwen2")
        _ = try HuggingFaceWriter().write(source, to: path + "/")
        let first = try String(contentsOfFile: path + "/config.json", encoding: .utf8)
        #expect(throws: FolderError.exists(path: path)) { _ = try HuggingFaceWriter().write(source, to: path) }
        let folder = try HuggingFaceFolder.open(path: path)
        #expect(throws: FolderError.isSource(path: path)) {
            _ = try HuggingFaceWriter(replaces: true).write(folder, to: path)
        }
        #expect(try String(contentsOfFile: path + "/config.json", encoding: .utf8) == first)
        _ = try HuggingFaceWriter(weights: .f16, replaces: true).write(source, to: path)
        #expect(try String(contentsOfFile: path + "/config.json", encoding: .utf8).contains("float16"))
        try FileManager.default.removeItem(atPath: path + "/config.json")
        #expect(throws: FolderError.otherContents(path: path)) {
            _ = try HuggingFaceWriter(replaces: true).write(source, to: path)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["model"])
    }

    @Test func `what a process that died has left is removed, and what another one writes is not`() throws {
        let scratch = try ScratchFolder()
        let files = FileManager.default
        let names = [".model.17.part", ".model.18.part", ".model.copy.part", ".other.19.part"]
        for name in names {
            let folder = scratch.path + "/" + name
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
            _ = try scratch.write([1, 2, 3], as: name + "/model.safetensors")
        }
        let lock = open(scratch.path + "/.model.18.part", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        _ = try HuggingFaceWriter().write(try Self.file("qwen2"), to: scratch.path + "/model")
        let left = try files.contentsOfDirectory(atPath: scratch.path).sorted()
        #expect(left == [".model.18.part", ".model.copy.part", ".other.19.part", "model"])
    }

    @Test func `a folder that was moved aside by a process that died has its name back`() throws {
        let scratch = try ScratchFolder()
        let files = FileManager.default
        let path = scratch.path + "/model"
        let source = try Self.file("qwen2")
        _ = try HuggingFaceWriter().write(source, to: path)
        try files.moveItem(atPath: path, toPath: scratch.path + "/.model.17.part.old")
        try files.createDirectory(atPath: scratch.path + "/.model.17.part", withIntermediateDirectories: true)
        let stop = StopSignal()
        #expect(throws: CancellationError.self) {
            _ = try HuggingFaceWriter(weights: .f16).write(source, to: path, stopSignal: stop) {
                if $0.index == 3 { stop.raise() }
            }
        }
        #expect(try files.contentsOfDirectory(atPath: scratch.path) == ["model"])
        #expect(try String(contentsOfFile: path + "/config.json", encoding: .utf8).contains("float32"))
        try files.moveItem(atPath: path, toPath: scratch.path + "/.model.17.part.old")
        _ = try HuggingFaceWriter(weights: .f16).write(source, to: path)
        #expect(try files.contentsOfDirectory(atPath: scratch.path) == ["model"])
        #expect(try String(contentsOfFile: path + "/config.json", encoding: .utf8).contains("float16"))
    }

    @Test func `a stop leaves nothing, and a folder that would be replaced as it was`() throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/model"
        let source = try Self.file("qwen2")
        _ = try HuggingFaceWriter().write(source, to: path)
        let stop = StopSignal()
        #expect(throws: CancellationError.self) {
            _ = try HuggingFaceWriter(weights: .f16, replaces: true).write(source, to: path, stopSignal: stop) {
                if $0.index == 3 { stop.raise() }
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["model"])
        #expect(try String(contentsOfFile: path + "/config.json", encoding: .utf8).contains("float32"))
    }
}

extension [String: MetadataValue] {
    fileprivate var isOfGemma: Bool { keys.contains { $0.hasPrefix("gemma") } }
}

/// A model with a bias that its family does not have.
private struct WithBias: ModelOverlay {
    let base: any ModelSource
    private static let name = "blk.1.attn_output.bias"

    var tensorNames: [String] { base.tensorNames + [Self.name] }
    func hasTensor(_ name: String) -> Bool { tensorNames.contains(name) }
    func shape(of name: String) -> [Int]? { name == Self.name ? [24] : base.shape(of: name) }
    func vector(_ name: String) throws -> WeightVector {
        name == Self.name ? WeightVector(values: Array(repeating: 1, count: 24)) : try base.vector(name)
    }
}
