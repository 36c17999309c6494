import Foundation
import Generation
import Testing

@testable import Inference

/// A key of a model folder whose value is no such value gets a sentence that names the file and the key.
struct FilesFieldTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private static let fixtures = Fixtures.folder.path

    /// Opens the folder of a fixture whose config.json has `extra` at its end, where it wins.
    private func open(_ name: String, with extra: String) throws {
        let source = Self.fixtures + "/files/" + name
        var text = try String(contentsOfFile: source + "/config.json", encoding: .utf8)
        let end = try #require(text.lastIndex(of: "}"))
        text.replaceSubrange(end..., with: ", " + extra + "}")
        _ = try folder.write(Array(text.utf8), as: "config.json")
        for file in try FileManager.default.contentsOfDirectory(atPath: source) where file.hasPrefix("model") {
            try? FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + file, withDestinationPath: source + "/" + file)
        }
        let model = try ModelFiles.open(path: folder.path)
        let row = try #require(Architecture.named(try model.string("general.architecture")))
        _ = try ModelConfiguration(file: model, architecture: row)
    }

    private func complaint(_ name: String, with extra: String) throws -> String {
        folder.sentence(try #require(throws: ModelFileError.self) { try open(name, with: extra) })
    }

    @Test(arguments: [
        ("qwen2", #""rope_scaling": "x""#, "rope_scaling", "an object", "a string"),
        ("qwen2", #""rope_scaling": {"type": 5}"#, "rope_scaling.type", "a string", "the number 5"),
        ("qwen2", #""rope_parameters": {"rope_theta": "x"}"#, "rope_parameters.rope_theta", "a number", "a string"),
        ("qwen2", #""tie_word_embeddings": "x""#, "tie_word_embeddings", "true or false", "a string"),
        ("qwen2", #""rms_norm_eps": 1e999"#, "rms_norm_eps", "a number", "the number inf"),
        ("qwen2", #""num_attention_heads": "4""#, "num_attention_heads", "an integer", "a string"),
        ("gemma2-uncapped", #""query_pre_attn_scalar": "x""#, "query_pre_attn_scalar", "a number", "a string"),
        ("gemma2-uncapped", #""layer_types": "x""#, "layer_types", "a list", "a string"),
        ("smollm3-windowed", #""use_sliding_window": "x""#, "use_sliding_window", "true or false", "a string"),
        ("smollm3-windowed", #""no_rope_layers": {}"#, "no_rope_layers", "a list of integers", "an object"),
        (
            "smollm3-windowed", #""no_rope_layers": [1, "0", 1]"#, "no_rope_layers", "a list of integers",
            "a list with a string"
        ),
        ("qwen3moe-unnormalized", #""norm_topk_prob": 1"#, "norm_topk_prob", "true or false", "the number 1"),
        ("gpt2-odd", #""scale_attn_weights": "x""#, "scale_attn_weights", "true or false", "a string"),
        ("phi3", #""partial_rotary_factor": "x""#, "partial_rotary_factor", "a number", "a string"),
        ("granite", #""logits_scaling": "x""#, "logits_scaling", "a number", "a string"),
        (
            "granite-dense-hybrid", #""position_embedding_type": 1"#, "position_embedding_type", "a string",
            "the number 1"
        ),
        ("lfm2-adjusted", #""full_attn_idxs": 1"#, "full_attn_idxs", "a list of integers", "the number 1"),
        ("lfm2-adjusted", #""block_multiple_of": 0.5"#, "block_multiple_of", "an integer", "the number 0.5"),
        ("lfm2", #""tie_embedding": "x""#, "tie_embedding", "true or false", "a string"),
    ])
    func `config.json's values of a wrong type`(
        name: String, extra: String, key: String, expected: String, found: String
    ) throws {
        #expect(
            try complaint(name, with: extra)
                == "config.json: key '\(key)' should be \(expected) and is \(found). "
                + "The file is damaged: convert or download it again.")
    }

    @Test(arguments: [
        ("qwen2", "rope_scaling"), ("qwen2", "tie_word_embeddings"), ("gemma2-uncapped", "query_pre_attn_scalar"),
        ("gemma2-uncapped", "layer_types"), ("smollm3-windowed", "no_rope_layers"),
        ("smollm3-windowed", "use_sliding_window"), ("qwen3moe-unnormalized", "norm_topk_prob"),
        ("qwen2", "vocab_size"),
    ])
    func `config.json's null is no value`(name: String, key: String) throws {
        try open(name, with: "\"\(key)\": null")
    }

    @Test(arguments: [-1, 0, 1 << 40])
    func `config.json's size of the vocabulary`(count: Int) throws {
        #expect(
            try complaint("qwen2", with: #""vocab_size": \#(count)"#)
                == "config.json: key 'vocab_size' is \(count); it must be from 1 to 2147483647. "
                + "The file is damaged: convert or download it again.")
    }

    @Test func `config.json that is no object`() throws {
        _ = try folder.write(Array("[1]".utf8), as: "config.json")
        let error = try #require(throws: ModelFileError.self) { _ = try ModelFiles.open(path: folder.path) }
        #expect(
            folder.sentence(error)
                == "config.json: the JSON cannot be read: it should be an object and is an array. "
                + "The file is damaged: download it again.")
    }

    @Test(arguments: [
        ("qwen2", #""num_attention_heads": 0"#, "num_attention_heads", "0", "from 1 to 65536"),
        ("qwen2", #""num_key_value_heads": 5"#, "num_key_value_heads", "5", "a divisor of the 3 heads"),
        ("qwen2", #""rms_norm_eps": -1"#, "rms_norm_eps", "-1.0", "from 0.0 to 1.0"),
        ("gpt2-odd", #""n_layer": 99999"#, "n_layer", "99999", "from 1 to 4096"),
        ("granite", #""residual_multiplier": 0"#, "residual_multiplier", "0.0", "from 1e-6 to 1e6"),
        ("granite", #""attention_multiplier": -1"#, "attention_multiplier", "-1.0", "from 1e-6 to 1e6"),
        ("lfm2", #""conv_L_cache": 0"#, "conv_L_cache", "0", "from 1 to 1024"),
        ("lfm2", #""num_hidden_layers": 1073741824"#, "num_hidden_layers", "1073741824", "from 1 to 4096"),
        ("lfm2-adjusted", #""block_multiple_of": 0"#, "block_multiple_of", "0", "from 1 to 16777216"),
        ("lfm2-adjusted", #""block_ffn_dim_multiplier": 1e300"#, "block_ffn_dim_multiplier", "1e+300", "smaller"),
        ("lfm2-adjusted", #""block_ffn_dim_multiplier": -1"#, "block_ffn_dim_multiplier", "-1.0", "larger"),
        (
            "lfm2", #""layer_types": ["conv"]"#, "layer_types", "an array of 1 items",
            "one integer for each of the 5 layers"
        ),
        ("mixtral", #""num_local_experts": 99999"#, "num_local_experts", "99999", "from 0 to 4096"),
        (
            "smollm3-windowed", #""no_rope_layers": [1]"#, "no_rope_layers", "an array of 1 items",
            "one truth value for each of the 3 layers"
        ),
        (
            "gemma3", #""rope_parameters": {"sliding_attention": {"rope_theta": 0}}"#,
            "rope_parameters.sliding_attention.rope_theta", "0.0", "from 1.0 to 1000000000000.0"
        ),
        (
            "qwen2", #""rope_scaling": {"type": "linear", "factor": 1e9}"#, "rope_scaling.factor", "1000000000.0",
            "from 0.0 to 1000000.0"
        ),
        ("llama-yarn", #""rope_scaling": {"type": "yarn", "factor": 0}"#, "rope_scaling.factor", "0.0", "above 0"),
        (
            "llama-yarn", #""rope_theta": 0"#, "rope_theta", "0.0", "above 1 and at most 1e12"
        ),
        ("llama-yarn", #""head_dim": 2147483648"#, "head_dim", "2147483648", "from 2 to 65536"),
        (
            "llama-yarn", #""rope_scaling": {"type": "yarn", "original_max_position_embeddings": -1}"#,
            "rope_scaling.original_max_position_embeddings", "-1", "from 1 to 16777216"
        ),
        ("llama-wide-heads", #""head_dim": 2147483648"#, "head_dim", "2147483648", "from 2 to 65536"),
        (
            "llama-wide-heads",
            #""rope_parameters": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 1}"#,
            "rope_parameters.high_freq_factor", "1.0", "above low_freq_factor, 4.0"
        ),
    ])
    func `config.json's numbers that make no model are named as they are there`(
        name: String, extra: String, key: String, value: String, allowed: String
    ) throws {
        #expect(
            try complaint(name, with: extra)
                == "config.json: key '\(key)' is \(value); it must be \(allowed). "
                + "The file is damaged: convert or download it again.")
    }

    @Test func `config.json without a number that is needed`() throws {
        #expect(
            try complaint("llama-yarn", with: #""intermediate_size": null"#)
                == "config.json: has no key 'intermediate_size', which is needed to run the model. "
                + "The file is incomplete: convert or download it again.")
    }

    @Test func `weights of a type that is not run are named, and not missing`() throws {
        let source = Self.fixtures + "/files/qwen2"
        try FileManager.default.copyItem(atPath: source + "/config.json", toPath: folder.path + "/config.json")
        let head = #"{"model.norm.weight":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#
        _ = try folder.write(
            GGUFBuilder.number(UInt64(head.utf8.count)) + Array(head.utf8) + [UInt8](repeating: 0, count: 8),
            as: "model.safetensors")
        let error = try #require(throws: ModelFileError.self) { _ = try ModelFiles.open(path: folder.path) }
        #expect(
            folder.sentence(error).hasPrefix(
                "model.safetensors: tensor 'model.norm.weight' has element type F64, which is not supported. Use a file"
            ))
    }

    // Special tokens

    private func ends(_ file: String, _ text: String) throws -> Set<TokenID> {
        _ = try folder.write(
            Array(#"{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":[]}}"#.utf8), as: "tokenizer.json")
        _ = try folder.write(Array(text.utf8), as: file)
        return try Tokenizer(vocabulary: Vocabulary(folder: folder.path, tokenCount: nil), path: folder.path).endTokens
    }

    private func complaint(_ file: String, _ text: String) throws -> String {
        folder.sentence(try #require(throws: ModelFileError.self) { _ = try ends(file, text) })
    }

    @Test(arguments: ["config.json", "generation_config.json"])
    func `ids of special tokens that are none`(file: String) throws {
        for key in ["bos_token_id", "eos_token_id"] {
            for id in [99_999, -4, 2] {
                #expect(
                    try complaint(file, #"{"\#(key)": [0, \#(id)]}"#)
                        == "\(file): key '\(key)' is \(id); it must be below the number of tokens, 2. "
                        + "The file is damaged: convert or download it again.")
            }
            #expect(
                try complaint(file, #"{"\#(key)": "x"}"#)
                    == "\(file): key '\(key)' should be an integer and is a string. "
                    + "The file is damaged: convert or download it again.")
        }
        #expect(
            try complaint(file, #"{"eos_token_id": [0, 1e99]}"#)
                == "\(file): key 'eos_token_id' should be a list of integers and is a list with the number 1e+99. "
                + "The file is damaged: convert or download it again.")
        #expect(try complaint(file, "7").hasPrefix("\(file): the JSON cannot be read: it should be an object and is"))
    }

    @Test func `ids of special tokens that mean none`() throws {
        #expect(try ends("generation_config.json", #"{"eos_token_id": [1, -1], "pad_token_id": 2}"#) == [1])
        #expect(try ends("generation_config.json", #"{"eos_token_id": null, "bos_token_id": null}"#) == [])
        // What transformers writes of itself into the files of a model with fewer tokens.
        #expect(try ends("config.json", #"{"model_type": "gpt2", "eos_token_id": 50256}"#) == [])
    }

    @Test(arguments: [
        (#"{"eos_token": 5}"#, "eos_token", "a string", "the number 5"),
        (#"{"eos_token": {"content": []}}"#, "eos_token.content", "a string", "an array"),
        (#"{"add_bos_token": "x"}"#, "add_bos_token", "true or false", "a string"),
    ])
    func `tokenizer_config.json's values of a wrong type`(
        text: String, key: String, expected: String, found: String
    ) throws {
        #expect(
            try complaint("tokenizer_config.json", text)
                == "tokenizer_config.json: key '\(key)' should be \(expected) and is \(found). "
                + "The file is damaged: convert or download it again.")
    }

    @Test func `tokenizer_config.json that is no object`() throws {
        #expect(
            try complaint("tokenizer_config.json", "[]")
                == "tokenizer_config.json: the JSON cannot be read: it should be an object and is an array. "
                + "The file is damaged: download it again.")
    }

    @Test func `chat templates of a wrong type`() throws {
        func template(_ value: String) throws -> String? {
            _ = try folder.write(Array(#"{"chat_template": \#(value)}"#.utf8), as: "tokenizer_config.json")
            return try FolderFiles.chatTemplate(folder.path).map { String(decoding: $0, as: UTF8.self) }
        }
        func complaint(_ value: String) throws -> String {
            folder.sentence(try #require(throws: ModelFileError.self) { _ = try template(value) })
        }
        #expect(try template("\"a\"") == "a")
        #expect(try template("null") == nil)
        #expect(
            try template(#"[{"name": "tools", "template": "t"}, {"name": "default", "template": "d"}]"#) == "d")
        for (value, key, expected, found) in [
            ("5", "chat_template", "a string", "the number 5"), ("{}", "chat_template", "a string", "an object"),
            ("[5]", "chat_template", "a list of objects", "a list with the number 5"),
            (#"[{"name": "default", "template": 5}]"#, "chat_template.template", "a string", "the number 5"),
        ] {
            #expect(
                try complaint(value)
                    == "tokenizer_config.json: key '\(key)' should be \(expected) and is \(found). "
                    + "The file is damaged: convert or download it again.")
        }
    }
}
