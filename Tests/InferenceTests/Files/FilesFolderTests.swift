import Foundation
import Generation
import Testing

@testable import Inference

/// Hugging Face folders say what the GGUF files of the same models say.
struct FilesFolderTests {
    private static let fixtures = Fixtures.folder.path

    @Test(arguments: [
        "llama-wide-heads", "gpt2-odd", "gemma3", "phi3", "mixtral", "qwen2", "granite", "granitemoe-shared", "lfm2",
        "lfm2-long-kernel",
    ])
    func `a folder answers as the GGUF file of the same model`(name: String) throws {
        let folder = try HuggingFaceFolder.open(path: Self.fixtures + "/files/" + name).inFileLayout
        let file = try GGUFFile.open(path: Self.fixtures + "/models/" + name + ".gguf")
        for tensor in file.tensorNames.sorted() {
            let shape = try #require(file.shape(of: tensor))
            #expect(folder.shape(of: tensor) == shape, "\(tensor)")
            if shape.count == 1 {
                let (ours, theirs) = (try folder.vector(tensor).values, try file.vector(tensor).values)
                #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) <= 1e-6 * abs($1) }, "\(tensor)")
                continue
            }
            let (ours, theirs) = (try folder.weights(tensor), try file.weights(tensor))
            #expect(ours.count == theirs.count, "\(tensor)")
            for (our, their) in zip(ours, theirs) {
                for row in 0..<their.rowCount { #expect(our.decodedRow(row) == their.decodedRow(row), "\(tensor)") }
            }
        }
        for (key, value) in file.metadata where !key.hasPrefix("general.") && !key.hasPrefix("tokenizer.") {
            guard let number = value.number else { continue }
            guard let ours = folder.metadata[key]?.number else {
                // Left out where the model rotates whole heads, and where the embedding says it.
                #expect(key.hasSuffix(".rope.dimension_count") || key.hasSuffix(".vocab_size"), "\(key)")
                continue
            }
            #expect(abs(ours - number) <= 1e-6 * abs(number), "\(key)")
        }
    }

    @Test func `a model in several files opens by its index`() throws {
        let folder = try ScratchFolder()
        let source = Self.fixtures + "/files/qwen2/"
        for name in ["config.json", "model.safetensors"] {
            try FileManager.default.copyItem(atPath: source + name, toPath: folder.path + "/" + name)
        }
        try FileManager.default.moveItem(
            atPath: folder.path + "/model.safetensors", toPath: folder.path + "/model-00001-of-00001.safetensors")
        let index = #"{"weight_map": {"model.norm.weight": "model-00001-of-00001.safetensors"}}"#
        _ = try folder.write(Array(index.utf8), as: "model.safetensors.index.json")
        #expect(try HuggingFaceFolder.open(path: folder.path).hasTensor("output_norm.weight"))

        let outside = #"{"weight_map": {"a": "../secret.safetensors"}}"#
        _ = try folder.write(Array(outside.utf8), as: "model.safetensors.index.json")
        let error = try #require(throws: ModelFileError.self) { _ = try HuggingFaceFolder.open(path: folder.path) }
        #expect(
            folder.sentence(error)
                == "model.safetensors.index.json: weight_map cannot be read: '../secret.safetensors' is not a file name. "
                + "The file is damaged: download it again.")
    }

    @Test func `folders of one shape are told apart by their weights and by their settings`() throws {
        let folder = try ScratchFolder()
        let source = Self.fixtures + "/files/gpt2-inverse-layers/"
        let weights = try Data(contentsOf: URL(fileURLWithPath: source + "model.safetensors"))
        let config = try String(contentsOfFile: source + "config.json", encoding: .utf8)
        func hash(_ weights: Data, _ config: String) throws -> String {
            _ = try folder.write(Array(weights), as: "model.safetensors")
            _ = try folder.write(Array(config.utf8), as: "config.json")
            return FileFingerprint.hash(of: try HuggingFaceFolder.open(path: folder.path))
        }
        let first = try hash(weights, config)
        #expect(try hash(weights, config) == first)
        #expect(try hash(weights.dropLast() + [weights[weights.count - 1] ^ 1], config) != first)
        let other = config.replacingOccurrences(
            of: "\"scale_attn_weights\": true", with: "\"scale_attn_weights\": false")
        #expect(other != config)
        #expect(try hash(weights, other) != first)
    }

    @Test func `one matrix for input and output may be saved as the output's`() throws {
        let folder = try ScratchFolder()
        let source = Self.fixtures + "/files/gemma3"
        try FileManager.default.copyItem(atPath: source + "/config.json", toPath: folder.path + "/config.json")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: source + "/model.safetensors"))
        let name = try #require(bytes.range(of: Data(#""model.embed_tokens.weight""#.utf8)))
        // Spaces keep the head's length.
        bytes.replaceSubrange(name, with: Data(#""lm_head.weight"           "#.utf8))
        _ = try folder.write(Array(bytes), as: "model.safetensors")
        let original = try HuggingFaceFolder.open(path: source).weight("token_embd.weight")
        let renamed = try HuggingFaceFolder.open(path: folder.path).weight("token_embd.weight")
        #expect(renamed.decodedRow(3) == original.decodedRow(3))
    }

    @Test func `a folder without a configuration says what belongs into it`() throws {
        let folder = try ScratchFolder()
        let error = try #require(throws: ModelFileError.self) { _ = try ModelFiles.open(path: folder.path) }
        #expect(
            error.description
                == "\(folder.path): has no config.json. "
                + "Give a folder with config.json, safetensors and tokenizer.json, or a GGUF file.")
    }

    @Test func `an architecture that is not known is named`() throws {
        let folder = try ScratchFolder()
        _ = try folder.write(Array(#"{"model_type": "bert"}"#.utf8), as: "config.json")
        _ = try folder.write(GGUFBuilder.number(UInt64(2)) + Array("{}".utf8), as: "model.safetensors")
        let error = try #require(throws: ModelFileError.self) { _ = try ModelFiles.open(path: folder.path) }
        #expect(
            folder.sentence(error).hasPrefix(
                "config.json: the architecture 'bert' is not supported. Use a model of one"))
    }

    private struct SmallVocabulary: Decodable {
        struct Pairs: Decodable {
            var tokens: [String]
            var merges: [String]
            var cases: [Case]
        }
        struct Case: Decodable {
            var pre: String
            var text: String
            var ids: [TokenID]
        }
        var bytePairs: Pairs
    }

    private struct WrittenTokenizer: Encodable {
        struct Model: Encodable {
            var type = "BPE"
            var vocab: [String: Int]
            var merges: [[String]]
        }
        struct Pattern: Encodable {
            var Regex: String
        }
        struct Step: Encodable {
            var type: String
            var pattern: Pattern?
            var use_regex: Bool?
        }
        struct Steps: Encodable {
            var type = "Sequence"
            var pretokenizers: [Step]
        }
        struct Added: Encodable {
            var id: Int
            var content: String
            var special: Bool
        }
        var model: Model
        var pre_tokenizer: Steps
        var added_tokens: [Added]
    }

    @Test func `a tokenizer.json gives the ids of the tokenizer it describes`() throws {
        let small = try TokenizerFixture.decode(SmallVocabulary.self, "small.json").bytePairs
        let pattern =
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"#
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        let written = WrittenTokenizer(
            model: .init(
                vocab: Dictionary(uniqueKeysWithValues: small.tokens.enumerated().map { ($1, $0) }),
                merges: small.merges.map { $0.split(separator: " ").map(String.init) }),
            pre_tokenizer: .init(pretokenizers: [
                .init(type: "Split", pattern: .init(Regex: pattern)), .init(type: "ByteLevel", use_regex: false),
            ]),
            added_tokens: [.init(id: small.tokens.count + 1, content: "<|end|>", special: true)])
        let folder = try ScratchFolder()
        _ = try folder.write(Array(try JSONEncoder().encode(written)), as: "tokenizer.json")
        _ = try folder.write(
            Array(#"{"eos_token": {"content": "<|end|>"}, "add_bos_token": false}"#.utf8), as: "tokenizer_config.json")
        let tokenizer = try Tokenizer(vocabulary: Vocabulary(folder: folder.path, tokenCount: nil), path: folder.path)
        for item in small.cases where item.pre == "qwen2" {
            let ids = tokenizer.encode(item.text, parseSpecial: false)
            #expect(ids == item.ids, "\(item.text.debugDescription)")
        }
        #expect(tokenizer.eosID == TokenID(small.tokens.count + 1))
        #expect(tokenizer.encode("<|end|>", parseSpecial: true) == [TokenID(small.tokens.count + 1)])
        #expect(tokenizer.bytes(of: TokenID(small.tokens.count)).isEmpty)
    }

    @Test func `a damaged tokenizer.json gets a sentence`() throws {
        let folder = try ScratchFolder()
        func complaint(_ text: String) throws -> String {
            _ = try folder.write(Array(text.utf8), as: "tokenizer.json")
            let error = try #require(throws: ModelFileError.self) {
                _ = try Vocabulary(folder: folder.path, tokenCount: nil)
            }
            return folder.sentence(error)
        }
        #expect(
            try complaint(#"{"model": {"type": "BPE", "vocab": {"a": 1"#)
                == "tokenizer.json: the JSON cannot be read: a closing brace is missing at byte 42. "
                + "The file is damaged: download it again.")
        #expect(
            try complaint(#"{"model": {"type": "BPE", "vocab": {"a": 1152921504606846976}}}"#)
                == "tokenizer.json: key 'a token's id' is 1152921504606846976; it must be from 0 to 1025. "
                + "The file is damaged: convert or download it again.")
        #expect(
            try complaint(#"{"model": {"type": "WordLevel", "vocab": {}}}"#)
                == "tokenizer.json: model.type is 'WordLevel', which is not supported. Use a model with one of BPE, Unigram."
        )
    }

    private func complaint(safetensors head: String, data: [UInt8] = []) throws -> String {
        let folder = try ScratchFolder()
        let text = Array(head.utf8)
        let path = try folder.write(GGUFBuilder.number(UInt64(text.count)) + text + data, as: "a.safetensors")
        let error = try #require(throws: ModelFileError.self) { _ = try SafetensorsFile(path: path) }
        return folder.sentence(error)
    }

    @Test func `broken safetensors files get sentences`() throws {
        #expect(
            try complaint(safetensors: #"{"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#, data: [0, 0])
                == "a.safetensors: tensor 'w' needs 16 bytes and the file has 2 left. "
                + "The file is cut short: download it again.")
        #expect(
            try complaint(safetensors: #"{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,8]}}"#, data: Array(0..<16))
                == "a.safetensors: tensor 'w' cannot be read: its shape takes 16 bytes and its place has 8. "
                + "The file is damaged: download it again.")
        #expect(
            try complaint(safetensors: #"{"w":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}"#)
                .hasPrefix("a.safetensors: tensor 'w' has element type F8_E4M3, which is not supported."))
        #expect(
            try complaint(safetensors: #"{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#)
                == "a.safetensors: tensor 'w' has the shape [4294967296, 4294967296], which is larger than any memory. "
                + "The file is damaged: download it again.")
        #expect(
            try complaint(safetensors: String(repeating: "[", count: 5000))
                == "a.safetensors: the head cannot be read: values are nested deeper than 128 at byte 128. "
                + "The file is damaged: download it again.")
    }

    @Test func `JSON keeps apart names that are canonically equal`() throws {
        let text = "{\"\u{E9}\": 1, \"e\u{301}\": 2, \"\\u00e9x\": [true, null, -1.5e2, \"\\ud83d\\ude00\"]}"
        let json = try JSONValue(parsing: Array(text.utf8), path: "a", field: "b")
        #expect(json.members?.count == 3)
        #expect(json["\u{E9}"]?.int == 1)
        #expect(json["\u{E9}x"]?.items?[2].double == -150)
        #expect(json["\u{E9}x"]?.items?[3].text == "😀")
    }
}
