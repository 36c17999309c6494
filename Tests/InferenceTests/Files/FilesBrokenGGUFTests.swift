import Foundation
import Testing

@testable import Inference

/// The known ways in which what a GGUF file's metadata and tensors say is broken, one by one: each gets a sentence that
/// names the field. Those of its head alone stand in `GGUFBadInputTests`.
struct FilesBrokenGGUFTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func tokenizerComplaint(_ change: (inout GGUFBuilder) -> Void) throws -> String {
        var builder = GGUFBuilder()
        builder.add(key: "tokenizer.ggml.model", string: "llama")
        change(&builder)
        let file = try folder.open(builder.bytes)
        return folder.sentence(try #require(throws: ModelFileError.self) { _ = try Tokenizer(file: file) })
    }

    @Test func `GGUF tensors that overlap`() throws {
        var builder = GGUFBuilder()
        builder.add(tensor: "a", sizes: [16], floats: [Float](repeating: 0, count: 16))
        builder.add(tensor: "b", sizes: [8], offset: 32)
        #expect(
            try folder.complaint(builder.bytes)
                == "tiny.gguf: tensors 'a' and 'b' overlap. The file is damaged: download it again.")
    }

    @Test(arguments: [UInt64.max - 31, 1 << 63, UInt64(bitPattern: Int64.min) + 32])
    func `GGUF tensor whose offset and size wrap around`(offset: UInt64) throws {
        var builder = GGUFBuilder()
        builder.add(tensor: "t", sizes: [32], offset: offset)
        #expect(
            try folder.complaint(builder.bytes)
                == "tiny.gguf: tensor 't' needs 128 bytes and the file has 0 left. "
                + "The file is cut short: download it again.")
    }

    @Test func `GGUF tensor whose four sizes multiply to zero in 64 bits`() throws {
        var builder = GGUFBuilder()
        builder.add(tensor: "t", sizes: [1 << 16, 1 << 16, 1 << 16, 1 << 16], offset: 0)
        #expect(
            try folder.complaint(builder.bytes)
                == "tiny.gguf: tensor 't' has the shape [65536, 65536, 65536, 65536], which is larger than any memory. "
                + "The file is damaged: download it again.")
    }

    @Test func `GGUF tensor without dimensions`() throws {
        var builder = GGUFBuilder()
        builder.add(tensor: "t", sizes: [], offset: 0)
        #expect(
            try folder.complaint(builder.bytes)
                == "tiny.gguf: tensor 't' has 0 dimensions, and 1 to 4 are allowed. "
                + "The file is damaged: download it again.")
    }

    @Test func `GGUF numbers that are not finite or negative`() throws {
        func complaint(_ key: String, _ type: UInt32, _ value: [UInt8]) throws -> String {
            var builder = GGUFBuilder()
            builder.add(key: "llama.context_length", uint32: 64)
            for name in ["embedding_length", "feed_forward_length", "attention.head_count", "block_count"]
            where "llama." + name != key {
                builder.add(key: "llama." + name, uint32: name == "embedding_length" ? 8 : 2)
            }
            if key != "llama.attention.layer_norm_rms_epsilon" {
                builder.add(
                    key: "llama.attention.layer_norm_rms_epsilon", type: 6,
                    value: GGUFBuilder.number(Float(1e-5).bitPattern))
            }
            builder.add(key: key, type: type, value: value)
            let file = try folder.open(builder.bytes)
            let row = try #require(Architecture.named("llama"))
            return folder.sentence(
                try #require(throws: ModelFileError.self) { _ = try ModelConfiguration(file: file, architecture: row) })
        }
        #expect(
            try complaint("llama.attention.layer_norm_rms_epsilon", 6, GGUFBuilder.number(Float.nan.bitPattern))
                .hasPrefix("tiny.gguf: key 'llama.attention.layer_norm_rms_epsilon' should be a number and is nan."))
        #expect(
            try complaint("llama.rope.freq_base", 6, GGUFBuilder.number((-Float.infinity).bitPattern))
                .hasPrefix("tiny.gguf: key 'llama.rope.freq_base' should be a number and is -inf."))
        #expect(
            try complaint("llama.embedding_length", 5, GGUFBuilder.number(Int32(-2)))
                == "tiny.gguf: key 'llama.embedding_length' is -2; it must be from 1 to 1048576. "
                + "The file is damaged: convert or download it again.")
        #expect(
            try complaint("llama.block_count", 10, GGUFBuilder.number(UInt64(1) << 40))
                .hasPrefix("tiny.gguf: key 'llama.block_count' is 1099511627776; it must be"))
    }

    @Test func `GGUF scores and types of another count than tokens`() throws {
        #expect(
            try tokenizerComplaint {
                $0.add(key: "tokenizer.ggml.tokens", strings: ["a", "b"])
                $0.add(key: "tokenizer.ggml.scores", floats: [1])
            } == "tiny.gguf: key 'tokenizer.ggml.scores' is a list of 1; it must be as long as the list of tokens, 2. "
                + "The file is damaged: convert or download it again.")
        #expect(
            try tokenizerComplaint {
                $0.add(key: "tokenizer.ggml.tokens", strings: ["a"])
                $0.add(key: "tokenizer.ggml.token_type", int32s: [1, 1, 1])
            }
                == "tiny.gguf: key 'tokenizer.ggml.token_type' is a list of 3; it must be as long as the list of tokens, "
                + "1. The file is damaged: convert or download it again.")
    }

    @Test(arguments: ["bos_token_id", "eos_token_id", "unknown_token_id", "eot_token_id"])
    func `GGUF special token outside the vocabulary`(key: String) throws {
        #expect(
            try tokenizerComplaint {
                $0.add(key: "tokenizer.ggml.tokens", strings: ["a", "b"])
                $0.add(key: "tokenizer.ggml." + key, uint32: 2)
            } == "tiny.gguf: key 'tokenizer.ggml.\(key)' is 2; it must be below the number of tokens, 2. "
                + "The file is damaged: convert or download it again.")
    }

    @Test func `GGUF tokenizer keys of the wrong types`() throws {
        #expect(
            try tokenizerComplaint { $0.add(key: "tokenizer.ggml.tokens", int32s: [1, 2]) }
                .hasPrefix("tiny.gguf: key 'tokenizer.ggml.tokens' should be an array of strings and is"))
        #expect(
            try tokenizerComplaint {
                $0.add(key: "tokenizer.ggml.tokens", strings: ["a"])
                $0.add(key: "tokenizer.ggml.add_bos_token", uint32: 1)
            }.hasPrefix("tiny.gguf: key 'tokenizer.ggml.add_bos_token' should be a truth value and is"))
    }

    @Test func `GGUF merges of unknown tokens join nothing`() throws {
        var builder = GGUFBuilder()
        builder.add(key: "tokenizer.ggml.model", string: "gpt2")
        builder.add(key: "tokenizer.ggml.pre", string: "gpt-2")
        builder.add(key: "tokenizer.ggml.tokens", strings: ["a", "b", "ab"])
        builder.add(key: "tokenizer.ggml.merges", strings: ["x y", "a x", "", " ", "a", "a b", "ab ab", "b a"])
        let tokenizer = try Tokenizer(file: folder.open(builder.bytes))
        #expect(tokenizer.encode("abba", parseSpecial: true) == [2, 1, 0])
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func `GGUF scores that are no numbers`(score: Float) throws {
        #expect(
            try tokenizerComplaint {
                $0.add(key: "tokenizer.ggml.tokens", strings: ["a", "b"])
                $0.add(key: "tokenizer.ggml.scores", floats: [0, score])
            } == "tiny.gguf: key 'tokenizer.ggml.scores' is \(score) for token 1; it must be finite. "
                + "The file is damaged: convert or download it again.")
    }

    @Test(arguments: [Int32(7), -1, 257, .max])
    func `GGUF types of tokens that are none`(type: Int32) throws {
        #expect(
            try tokenizerComplaint {
                $0.add(key: "tokenizer.ggml.tokens", strings: ["a", "b"])
                $0.add(key: "tokenizer.ggml.token_type", int32s: [0, type])
            } == "tiny.gguf: key 'tokenizer.ggml.token_type' is \(type) for token 1; it must be from 0 to 6. "
                + "The file is damaged: convert or download it again.")
    }

    @Test func `GGUF texts that are no UTF-8`() throws {
        for key in ["tokenizer.chat_template", "general.architecture"] {
            var builder = GGUFBuilder()
            builder.add(key: key, type: 8, value: GGUFBuilder.number(UInt64(3)) + [0x61, 0xC3, 0x28])
            let file = try folder.open(builder.bytes)
            let error = try #require(throws: ModelFileError.self) { _ = try file.optionalString(key) }
            #expect(
                folder.sentence(error)
                    == "tiny.gguf: key '\(key)' should be a string and is text that is not UTF-8. "
                    + "The file is damaged: convert or download it again.")
        }
    }

    @Test func `GGUF lists where one number is meant`() throws {
        func complaint(_ key: String, _ values: [Int32]) throws -> String {
            var builder = GGUFBuilder()
            for name in ["embedding_length", "context_length", "block_count", "attention.head_count"]
            where "llama." + name != key {
                builder.add(key: "llama." + name, uint32: name == "embedding_length" ? 8 : 2)
            }
            builder.add(key: key, int32s: values)
            let file = try folder.open(builder.bytes)
            let row = try #require(Architecture.named("llama"))
            return folder.sentence(
                try #require(throws: ModelFileError.self) { _ = try ModelConfiguration(file: file, architecture: row) })
        }
        for name in ["embedding_length", "context_length", "block_count"] {
            #expect(
                try complaint("llama." + name, [2, 2])
                    == "tiny.gguf: key 'llama.\(name)' should be an integer and is an array whose items are each an integer. "
                    + "The file is damaged: convert or download it again.")
        }
        for name in ["attention.head_count", "attention.head_count_kv", "feed_forward_length"] {
            #expect(
                try complaint("llama." + name, [2, 2, 2])
                    == "tiny.gguf: key 'llama.\(name)' is an array of 3 items; it must be one integer, or one for each of "
                    + "the 2 layers. The file is damaged: convert or download it again.")
        }
    }

    @Test func `GGUF embedding with fewer rows than tokens refuses the token`() throws {
        let model = try TinyModel.named("llama-odd").transformer()
        let row = BatchRow(token: 61, cache: 0, wantsLogits: true)
        #expect(throws: ModelError.self) { _ = try model.forward([row], caches: [model.makeCache()]) }
    }
}
