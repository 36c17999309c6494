// Writing models anew: which type each tensor gets, what is kept, and what is refused.

import Foundation
import Generation
import Inference
import Tensors
import Testing

/// A model with a vocabulary that it does not have.
private struct Tokenized: ModelOverlay {
    let base: any ModelSource
    var metadata: [String: MetadataValue]

    init(base: GGUFFile) { (self.base, metadata) = (base, base.metadata) }
}

@Suite struct QuantizingTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    /// A model of llama's shape with as many layers, whose matrices have a few rows of `columns` random values.
    private func model(layers: Int = 16, columns: Int = 256, type: ElementType = .f32) throws -> GGUFFile {
        var random = SeededRandom(seed: 21)
        func tensor(_ name: String, _ shape: [Int]) -> GGUFWriter.Tensor {
            let type = shape.count > 1 ? type : .f32
            let values = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &random) }
            return GGUFWriter.Tensor(name: name, shape: shape, type: type) { type.encode(values) }
        }
        var tensors = [
            tensor("token_embd.weight", [columns, 5]), tensor("output.weight", [columns, 5]),
            tensor("output_norm.weight", [columns]), tensor("blk.0.ffn_gate_inp.weight", [columns, 2]),
        ]
        for layer in 0..<layers {
            for name in ["attn_q", "attn_v", "attn_output", "ffn_up", "ffn_down"] {
                tensors.append(tensor("blk.\(layer).\(name).weight", [columns, 3]))
            }
            tensors.append(tensor("blk.\(layer).attn_norm.weight", [columns]))
        }
        let metadata: [(key: String, value: MetadataValue)] = [
            ("general.architecture", .string(Array("llama".utf8))), ("llama.block_count", .uint32(UInt32(layers))),
            ("general.name", .string(Array("Tiny".utf8))), ("general.file_type", .uint32(0)),
            ("split.count", .uint32(1)),
            ("tokenizer.ggml.tokens", .array(MetadataArray(strings: ByteStrings([Array("a".utf8), Array("é".utf8)])))),
        ]
        return try folder.open(GGUFWriter(metadata: metadata, tensors: tensors).bytes())
    }

    private func quantize(
        _ source: any ModelSource, _ recipe: QuantizationRecipe, threads: Int = 2, as name: String = "new.gguf",
        allowsRequantizing: Bool = false, replaces: Bool = true
    ) throws -> GGUFFile {
        let quantizer = ModelQuantizer(
            recipe: recipe, threadCount: threads, allowsRequantizing: allowsRequantizing, replaces: replaces)
        _ = try quantizer.write(source, to: folder.path + "/" + name)
        return try GGUFFile.open(path: folder.path + "/" + name)
    }

    /// A folder of the fixtures with a tokenizer of as many tokens as its model has.
    private func modelFolder(_ name: String) throws -> any ModelSource {
        let letters = (0..<60).map { "\"\($0 < 52 ? "" : "a")\(Character(Unicode.Scalar(UInt8(0x61 + $0 % 26))))" }
        let vocabulary = letters.enumerated().map { index, letter in
            // Small letters, capitals, then pairs.
            "\(26..<52 ~= index ? letter.uppercased() : letter)\": \(index)"
        }
        let tokenizer =
            #"{"model": {"type": "BPE", "vocab": {\#(vocabulary.joined(separator: ", ")), "<|end|>": 60}, "#
            + #""merges": ["a a", "a b"]}, "added_tokens": [{"id": 60, "content": "<|end|>", "special": true}], "#
            + #""pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}, "#
            + #""decoder": {"type": "ByteLevel"}}"#
        _ = try folder.write(Array(tokenizer.utf8), as: "tokenizer.json")
        for file in ["config.json", "model.safetensors"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + file,
                withDestinationPath: Fixtures.folder.appending(path: "files/\(name)/\(file)").path)
        }
        return try ModelFiles.open(path: folder.path)
    }

    @Test(arguments: ["granite", "granitemoe-shared", "lfm2", "lfm2-long-kernel"])
    func `a folder written as a GGUF file has the same logits`(name: String) throws {
        let file = try quantize(modelFolder(name), .f32)
        let model = try TinyModel.named(name)
        let transformer = try Transformer(file: file, team: WorkerTeam(threadCount: 1))
        let expected = try model.expectedLogits()
        let largest = expected.joined().reduce(0) { max($0, abs($1)) }
        #expect(try largestDifference(transformer.logits(model.ids), expected) <= 1e-5 * largest)
    }

    @Test func `short convolutions stay 32-bit floats`() throws {
        for recipe in [QuantizationRecipe.f16, .bf16, .q8_0, .q4_k_m] {
            let path = TinyModel.folder.appendingPathComponent("lfm2-q8.gguf").path
            var source = Tokenized(base: try GGUFFile.open(path: path))
            source.metadata["tokenizer.ggml.tokens"] = .array(MetadataArray(strings: ByteStrings([Array("a".utf8)])))
            let file = try quantize(source, recipe, allowsRequantizing: true)
            #expect(file.tensors["blk.1.shortconv.conv.weight"]?.type == .f32)
            #expect(file.tensors["blk.1.shortconv.in_proj.weight"]?.type != .f32)
        }
    }

    @Test func `q4_k_m gives more bits to the output, to values and to downs of some layers`() throws {
        let file = try quantize(model(), .q4_k_m)
        #expect(file.tensors["output.weight"]?.type == .q6_K)
        #expect(file.tensors["token_embd.weight"]?.type == .q4_K)
        #expect(file.tensors["blk.3.attn_q.weight"]?.type == .q4_K)
        #expect(file.tensors["blk.3.attn_norm.weight"]?.type == .f32)
        #expect(file.tensors["blk.0.ffn_gate_inp.weight"]?.type == .f32)
        let better = (0..<16).filter { file.tensors["blk.\($0).ffn_down.weight"]?.type == .q6_K }
        // Two in front, two behind, and each third from the fifth.
        #expect(better == [0, 1, 4, 7, 10, 13, 14, 15])
        #expect(better == (0..<16).filter { file.tensors["blk.\($0).attn_v.weight"]?.type == .q6_K })
    }

    @Test func `q2_k spares what matters most`() throws {
        let file = try quantize(model(layers: 2), .q2_k)
        let types = ["attn_q", "attn_v", "attn_output", "ffn_up", "ffn_down"]
            .map { file.tensors["blk.1.\($0).weight"]?.type }
        #expect(types == [.q2_K, .q3_K, .q3_K, .q2_K, .q3_K])
    }

    @Test(arguments: [
        (QuantizationRecipe.q4_k_m, 96, ElementType.q5_0), (.q5_k_s, 96, .q5_1), (.q6_k, 96, .q8_0),
        (.q2_k, 96, .q4_0), (.iq4_xs, 96, .iq4_nl), (.q4_k_m, 80, .f16), (.q8_0, 80, .f16),
    ])
    func `rows that are no whole number of blocks fall back`(
        recipe: QuantizationRecipe, columns: Int, expected: ElementType
    ) throws {
        let file = try quantize(model(layers: 8, columns: columns), recipe)
        #expect(file.tensors["blk.2.attn_q.weight"]?.type == expected)
    }

    @Test(arguments: QuantizationRecipe.allCases)
    func `every recipe writes a file that opens and is near the old one`(recipe: QuantizationRecipe) throws {
        let source = try model(layers: 3)
        let file = try quantize(source, recipe)
        #expect(try file.int("general.file_type") == Int(recipe.fileType))
        let old = try source.weight("blk.2.attn_q.weight"), new = try file.weight("blk.2.attn_q.weight")
        // Two bits of values all over -1...1 miss by a sixth of the range, and more where the scale is rounded.
        let error = zip(old.decodedRow(1), new.decodedRow(1)).map { abs($0 - $1) }.max() ?? 9
        #expect(error < 0.5)
    }

    @Test func `what the file says of itself is kept, but for its types and its parts`() throws {
        let file = try quantize(model(layers: 1), .q8_0)
        #expect(try file.string("general.name") == "Tiny")
        #expect(try file.int("general.file_type") == 7)
        #expect(try file.int("general.quantization_version") == 2)
        #expect(try file.byteStrings("tokenizer.ggml.tokens") == ByteStrings([Array("a".utf8), Array("é".utf8)]))
        #expect(file.metadata["split.count"] == nil)
        #expect(file.version == 3)
    }

    @Test func `the bytes do not depend on the number of threads`() throws {
        let source = try model(layers: 2)
        let files = try [1, 3].map { threads in
            _ = try quantize(source, .q4_k_m, threads: threads)
            return try Data(contentsOf: URL(fileURLWithPath: folder.path + "/new.gguf"))
        }
        #expect(files[0] == files[1])
    }

    @Test func `blocks of 8 bits come back as they were after a way over floats`() throws {
        let source = try model(layers: 1, type: .q8_0)
        let floats = try quantize(source, .f32, as: "floats.gguf", allowsRequantizing: true)
        let again = try quantize(floats, .q8_0)
        for name in ["output.weight", "blk.0.ffn_down.weight"] {
            #expect(try again.weight(name).rowBytes(2) == source.weight(name).rowBytes(2))
        }
    }

    @Test func `a model that is quantized is refused unless the loss is accepted`() throws {
        let source = try model(layers: 1, type: .q8_0)
        let error = try #require(throws: QuantizingError.self) { _ = try quantize(source, .q4_0) }
        #expect(
            folder.sentence(error)
                == "tiny.gguf: tensor 'output.weight' is Q8_0 already, and quantizing it again loses more. "
                + "Start from a file in F32, F16 or BF16, or accept the loss.")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/new.gguf"))
        let file = try quantize(source, .q4_0, allowsRequantizing: true)
        #expect(file.tensors["blk.0.attn_q.weight"]?.type == .q4_0)
    }

    @Test(arguments: [
        (Float.nan, "holds values that are NaN or infinite. The file is damaged: convert or download it again."),
        (1e6, "holds 1000000.0, and the largest number of Q8_0 is 65504. Choose BF16 or F32."),
    ])
    func `values that no block can hold are refused, and nothing is left behind`(value: Float, rest: String) throws {
        var values = [Float](repeating: 1, count: 64)
        values[40] = value
        let tensor = GGUFWriter.Tensor(name: "blk.0.attn_q.weight", shape: [32, 2], type: .f32) {
            ElementType.f32.encode(values)
        }
        let tokens = MetadataValue.array(MetadataArray(strings: ByteStrings([Array("a".utf8)])))
        let source = try folder.open(
            GGUFWriter(metadata: [("tokenizer.ggml.tokens", tokens)], tensors: [tensor]).bytes())
        let error = try #require(throws: QuantizingError.self) { _ = try quantize(source, .q8_0) }
        #expect(folder.sentence(error) == "tiny.gguf: tensor 'blk.0.attn_q.weight' " + rest)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tiny.gguf"])
    }

    @Test func `a file that exists is kept unless it is to be replaced, and the source always`() throws {
        let source = try model(layers: 1)
        _ = try quantize(source, .q8_0)
        let kept = try #require(throws: QuantizingError.self) { _ = try quantize(source, .q4_0, replaces: false) }
        #expect(
            folder.sentence(kept) == "new.gguf: exists already. Choose another name, or remove it first.")
        #expect(try quantize(source, .q4_0).int("general.file_type") == 2)
        let same = try #require(throws: QuantizingError.self) { _ = try quantize(source, .q4_0, as: "tiny.gguf") }
        #expect(
            folder.sentence(same) == "tiny.gguf: is the model that is being read. Choose another name for the new one.")
    }

    @Test func `the source is known by any name, and so is a part of it`() throws {
        let source = try model(layers: 1)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/soft.gguf", withDestinationPath: source.path)
        try FileManager.default.linkItem(atPath: source.path, toPath: folder.path + "/hard.gguf")
        for name in ["soft.gguf", "hard.gguf", "./tiny.gguf"] {
            let error = try #require(throws: QuantizingError.self) { _ = try quantize(source, .q4_0, as: name) }
            #expect(
                folder.sentence(error).hasSuffix(
                    "is the model that is being read. Choose another name for the new one."))
        }
        let parts = TinyModel.folder.appendingPathComponent("../files/qwen2").standardized.path
        for name in ["config.json", "model.safetensors"] {
            try FileManager.default.copyItem(atPath: parts + "/" + name, toPath: folder.path + "/" + name)
        }
        let error = try #require(throws: QuantizingError.self) {
            _ = try quantize(ModelFiles.open(path: folder.path), .q4_0, as: "model.safetensors")
        }
        #expect(error == .sameFile(path: folder.path + "/model.safetensors"))
    }

    @Test func `stopped in the middle, nothing is left and what was there stays`() throws {
        let source = try model(layers: 4)
        _ = try folder.write(Array("mine".utf8), as: "new.gguf")
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let stopSignal = StopSignal()
        let quantizer = ModelQuantizer(recipe: .q4_0, threadCount: 2, replaces: true)
        var partialCounts: Set<Int> = []
        #expect(throws: CancellationError.self) {
            _ = try quantizer.write(source, to: folder.path + "/new.gguf", stopSignal: stopSignal) { progress in
                let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
                partialCounts.insert((names ?? []).count { $0.hasPrefix(".copydesk-") })
                if progress.index == 5 { stopSignal.raise() }
            }
        }
        #expect(partialCounts == [1])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
        #expect(try String(contentsOfFile: folder.path + "/new.gguf", encoding: .utf8) == "mine")
    }

    @Test func `a tensor is written in parts, and its memory is let go`() throws {
        let rows = 3000, columns = 1024
        let values = (0..<rows * columns).map { Float($0 % 1000) / 1000 }
        let tensor = GGUFWriter.Tensor(name: "blk.0.attn_q.weight", shape: [columns, rows], type: .f16) {
            ElementType.f16.encode(values)
        }
        let tokens = MetadataValue.array(MetadataArray(strings: ByteStrings([Array("a".utf8)])))
        let source = try folder.open(
            GGUFWriter(metadata: [("tokenizer.ggml.tokens", tokens)], tensors: [tensor]).bytes())
        let file = try quantize(source, .q8_0)
        let old = try source.weight("blk.0.attn_q.weight"), new = try file.weight("blk.0.attn_q.weight")
        for row in [0, 255, 256, 511, 512, 1024, 2999] {
            #expect(new.rowBytes(row) == ElementType.q8_0.encode(old.decodedRow(row)))
        }
    }

    @Test func `a place that cannot be written is named`() throws {
        let source = try model(layers: 1)
        let missing = try #require(throws: QuantizingError.self) {
            _ = try quantize(source, .q4_0, as: "none/new.gguf")
        }
        #expect(
            folder.sentence(missing).hasPrefix("none/new.gguf: cannot be written, because there is no folder"))
        let isFolder = try #require(throws: QuantizingError.self) { _ = try quantize(source, .q4_0, as: ".") }
        #expect(folder.sentence(isFolder).contains("is a folder. Give the name of the new file"))
        let device = try #require(throws: QuantizingError.self) {
            _ = try ModelQuantizer(recipe: .q4_0, threadCount: 1, replaces: true).write(source, to: "/dev/null")
        }
        #expect(
            device.description == "/dev/null: is not a regular file, so it is not replaced. "
                + "Give the name of the new file, such as model.gguf.")
        #expect(
            QuantizingError.cannotWrite(path: "a.gguf", reason: "No space left on device").description
                == "a.gguf: cannot be written: No space left on device. "
                + "Check the free space and the permissions there, or choose another folder.")
    }

    @Test(arguments: ["qwen2", "llama-wide-heads", "gpt2-odd", "mixtral"])
    func `a Hugging Face folder becomes a file that says the same`(name: String) throws {
        for file in ["config.json", "model.safetensors"] {
            try FileManager.default.copyItem(
                atPath: TinyModel.folder.appendingPathComponent("../files/\(name)/\(file)").standardized.path,
                toPath: folder.path + "/" + file)
        }
        let tokenizer =
            #"{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}, "#
            + #""pre_tokenizer": {"type": "ByteLevel"}, "added_tokens": [{"id": 3, "content": "<s>", "special": true}]}"#
        _ = try folder.write(Array(tokenizer.utf8), as: "tokenizer.json")
        let source = try ModelFiles.open(path: folder.path)
        let file = try quantize(source, .f32)
        func logits(_ source: any ModelSource) throws -> [[Float]] {
            try Transformer(file: source, team: WorkerTeam(threadCount: 1)).logits([3, 0, 2, 1, 2])
        }
        // A folder's rotated rows lie in another order than a file's, so their products are summed in another order.
        for (written, read) in zip(try logits(file), try logits(source)) {
            #expect(zip(written, read).allSatisfy { abs($0 - $1) <= 1e-5 })
        }
        let text = Array("abba<s>".utf8)
        let before = try Tokenizer(file: source), after = try Tokenizer(file: file)
        #expect(after.encode(text, parseSpecial: true) == before.encode(text, parseSpecial: true))
        #expect(after.vocabularySize == before.vocabularySize)
    }

    /// A folder with qwen2's weights, four tokens in tokenizer.json, and what `config` says besides.
    private func namedFolder(config: String, tokenizer: String) throws -> String {
        let source = TinyModel.folder.appendingPathComponent("../files/qwen2").standardized
        let path = folder.path + "/Tiny-Chat"
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try FileManager.default.copyItem(
            atPath: source.path + "/model.safetensors", toPath: path + "/model.safetensors")
        let usual = try String(contentsOf: source.appendingPathComponent("config.json"), encoding: .utf8)
            .split(separator: "\n").filter { !$0.contains("_token_id") && !$0.contains("_name_or_path") }
        _ = try folder.write(
            Array(("{" + config + usual.dropFirst().joined()).utf8), as: "Tiny-Chat/config.json")
        _ = try folder.write(Array(tokenizer.utf8), as: "Tiny-Chat/tokenizer_config.json")
        let vocabulary =
            #"{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}, "#
            + #""pre_tokenizer": {"type": "ByteLevel"}, "added_tokens": ["#
            + ["<s>", "<end>", "<pad>", "<sep>"].enumerated()
            .map { #"{"id": \#($0 + 3), "content": "\#($1)", "special": true}"# }.joined(separator: ", ") + "]}"
        _ = try folder.write(Array(vocabulary.utf8), as: "Tiny-Chat/tokenizer.json")
        return path
    }

    @Test func `a Hugging Face folder's special tokens are kept`() throws {
        let path = try namedFolder(
            config: #""eos_token_id": [4, 6, 5], "#,
            tokenizer: #"{"bos_token": "<s>", "eos_token": {"content": "<end>"}, "pad_token": "<pad>", "#
                + #""unk_token": "<pad>", "sep_token": "<sep>", "add_bos_token": true}"#)
        let file = try quantize(ModelFiles.open(path: path), .f32)
        let keys = [
            "bos": 3, "eos": 4, "padding": 5, "unknown": 5, "seperator": 6, "eot": 5, "eom": 6,
        ]
        for (key, id) in keys { #expect(try file.int("tokenizer.ggml.\(key)_token_id") == id, "\(key)") }
        #expect(try file.bool("tokenizer.ggml.add_bos_token"))
        #expect(try !file.bool("tokenizer.ggml.add_eos_token"))
        let before = try Tokenizer(file: ModelFiles.open(path: path)), after = try Tokenizer(file: file)
        #expect(after.endTokens == before.endTokens)
        #expect(after.encodeForModel("ab", parseSpecial: true) == [3, 2])
        // Characters that are no tokens stay nothing, as before.
        #expect(after.encode("azb", parseSpecial: true) == before.encode("azb", parseSpecial: true))
    }

    @Test func `numbers of config.json are written in the types that files usually have`() throws {
        let path = try namedFolder(config: "", tokenizer: "{}")
        let file = try quantize(ModelFiles.open(path: path), .f32)
        for (key, value) in file.metadata {
            switch value {
            case .int64, .float64: Issue.record("\(key) has 64 bits")
            default: break
            }
        }
        #expect(try file.int("qwen2.context_length") == 128)
    }

    @Test func `ids of config.json and generation_config.json do where no tokens are named`() throws {
        let path = try namedFolder(config: #""eos_token_id": 4, "pad_token_id": 5, "#, tokenizer: "{}")
        _ = try folder.write(Array(#"{"bos_token_id": 3}"#.utf8), as: "Tiny-Chat/generation_config.json")
        let file = try quantize(ModelFiles.open(path: path), .f32)
        for (key, id) in ["bos": 3, "eos": 4, "padding": 5] {
            #expect(try file.int("tokenizer.ggml.\(key)_token_id") == id, "\(key)")
        }
        #expect(file.metadata["tokenizer.ggml.unknown_token_id"] == nil)
    }

    @Test(arguments: [
        (#""_name_or_path": "people/Tea-1B", "#, "Tea-1B"), (#""_name_or_path": "/data/run 3/", "#, "run 3"),
        (#""_name_or_path": "", "#, "Tiny-Chat"), (#""_name_or_path": ".", "#, "Tiny-Chat"), ("", "Tiny-Chat"),
    ])
    func `a folder's model has the name that config.json gives it, or the folder's`(
        config: String, name: String
    ) throws {
        let path = try namedFolder(config: config, tokenizer: "{}")
        #expect(try quantize(ModelFiles.open(path: path + "/"), .f32).string("general.name") == name)
    }

    @Test func `a folder that says what no GGUF file can say is refused`() throws {
        let path = TinyModel.folder.appendingPathComponent("../files/gpt2-inverse-layers").standardized.path
        let error = try #require(throws: QuantizingError.self) { _ = try quantize(ModelFiles.open(path: path), .f32) }
        #expect(
            error.description == "\(path): scales the attention of each layer differently, and GGUF has no key "
                + "for that. Use the folder itself as the model.")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `names of recipes are read in capitals and without the mix`() {
        #expect(QuantizationRecipe(named: "Q4_K_M") == .q4_k_m)
        #expect(QuantizationRecipe(named: "q5_k") == .q5_k_m)
        #expect(QuantizationRecipe(named: "q9") == nil)
    }
}
