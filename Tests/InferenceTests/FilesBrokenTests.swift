import Foundation
import Testing

@testable import Inference

/// The known ways in which model files are broken, one by one: each gets a sentence that names the field.
/// Those of a GGUF file's head alone stand in `GGUFBadInputTests`.
struct FilesBrokenTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    // GGUF

    private func tokenizerComplaint(_ change: (inout GGUFBuilder) -> Void) throws -> String {
        var builder = GGUFBuilder()
        builder.add(key: "tokenizer.ggml.model", string: "llama")
        change(&builder)
        let file = try folder.open(builder.bytes)
        return folder.sentence(try #require(throws: ModelFileError.self) { _ = try Tokenizer(file: file) })
    }

    @Test func `GGUF tensors that lie one over the other`() throws {
        var builder = GGUFBuilder()
        builder.add(tensor: "a", sizes: [16], floats: [Float](repeating: 0, count: 16))
        builder.add(tensor: "b", sizes: [8], offset: 32)
        #expect(
            try folder.complaint(builder.bytes)
                == "tiny.gguf: tensors 'a' and 'b' lie one over the other. The file is damaged: download it again.")
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
                    == "tiny.gguf: key '\(key)' should be a string and is no UTF-8 text. "
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

    // safetensors

    private func complaint(safetensors head: String, length: UInt64? = nil, data: Int = 0) throws -> String {
        let text = Array(head.utf8)
        let path = try folder.write(
            GGUFBuilder.number(length ?? UInt64(text.count)) + text + [UInt8](repeating: 0, count: data),
            as: "a.safetensors")
        return folder.sentence(
            try #require(throws: ModelFileError.self) { _ = try SafetensorsFile(path: path) })
    }

    @Test(arguments: [3, 1 << 40, 1 << 63, UInt64.max])
    func `safetensors head that reaches past the end`(length: UInt64) throws {
        #expect(
            try complaint(safetensors: "{}", length: length)
                == "a.safetensors: the head needs \(length) bytes and the file has 2 left. "
                + "The file is cut short: download it again.")
    }

    @Test func `safetensors file shorter than its length`() throws {
        let path = try folder.write([1, 2, 3], as: "a.safetensors")
        let error = try #require(throws: ModelFileError.self) { _ = try SafetensorsFile(path: path) }
        #expect(
            folder.sentence(error)
                == "a.safetensors: the length of the head needs 8 bytes and the file has 3 left. "
                + "The file is cut short: download it again.")
    }

    @Test func `safetensors tensors that lie one over the other`() throws {
        let head =
            #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"#
            + #""b":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}}"#
        #expect(
            try complaint(safetensors: head, data: 24)
                == "a.safetensors: tensors 'a' and 'b' lie one over the other. The file is damaged: download it again.")
    }

    @Test(arguments: [
        "[4,0]", "[16,0]", "[-4,12]", "[0.5,16]", "[0,1e300]", "[0]", "[0,4,8]", "\"0\"", "null",
        "[9007199254740993,0]",
    ])
    func `safetensors places that are none`(place: String) throws {
        let head = #"{"w":{"dtype":"F32","shape":[4],"data_offsets":\#(place)}}"#
        let sentence = try complaint(safetensors: head, data: 16)
        #expect(sentence.hasPrefix("a.safetensors: tensor 'w' "))
    }

    @Test(arguments: ["[-4]", "[1.5]", "[0]", "[1,1,1,1,4]", "4", "[4294967296,4294967296]", "[1e30]", "[[4]]"])
    func `safetensors shapes that are none`(shape: String) throws {
        let head = #"{"w":{"dtype":"F32","shape":\#(shape),"data_offsets":[0,16]}}"#
        #expect(try complaint(safetensors: head, data: 16).hasPrefix("a.safetensors: tensor 'w' "))
    }

    @Test func `safetensors tensors of one name`() throws {
        let entry = #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
        #expect(
            try complaint(safetensors: #"{"w":\#(entry),"w":\#(entry)}"#, data: 4)
                == "a.safetensors: tensor 'w' appears twice. The file is damaged: download it again.")
    }

    @Test func `safetensors masks and counters are passed over`() throws {
        let head =
            #"{"mask":{"dtype":"BOOL","shape":[1,1],"data_offsets":[0,1]},"#
            + #""w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#
        let path = try folder.write(
            GGUFBuilder.number(UInt64(head.utf8.count)) + Array(head.utf8) + [UInt8](repeating: 0, count: 8),
            as: "a.safetensors")
        #expect(try SafetensorsFile(path: path).tensors.map(\.name) == ["w"])
    }

    @Test(arguments: [
        (#""../a""#, "'../a' is no file name"), (#""/etc/passwd""#, "'/etc/passwd' is no file name"),
        (#""..""#, "'..' is no file name"), (#""""#, "'' is no file name"),
    ])
    func `an index that leads out of the folder`(name: String, problem: String) throws {
        _ = try folder.write(Array(#"{"model_type": "llama"}"#.utf8), as: "config.json")
        _ = try folder.write(Array(#"{"weight_map": {"a": \#(name)}}"#.utf8), as: "model.safetensors.index.json")
        let error = try #require(throws: ModelFileError.self) { _ = try FolderFiles.weightFiles(folder.path) }
        #expect(
            folder.sentence(error)
                == "model.safetensors.index.json: weight_map cannot be read: \(problem). "
                + "The file is damaged: download it again.")
    }

    @Test func `an index that names a file that is not there`() throws {
        _ = try folder.write(
            Array(#"{"weight_map": {"a": "model-00002-of-00002.safetensors"}}"#.utf8),
            as: "model.safetensors.index.json")
        let error = try #require(throws: ModelFileError.self) { _ = try FolderFiles.weightFiles(folder.path) }
        #expect(error.description.contains("has no model-00002-of-00002.safetensors"))
    }

    @Test func `experts of other shapes than the first are refused`() throws {
        let head =
            #"{"model.layers.0.block_sparse_moe.experts.0.w1.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"#
            + #""model.layers.0.block_sparse_moe.experts.1.w1.weight":{"dtype":"F32","shape":[1,1],"data_offsets":[16,20]}}"#
        _ = try folder.write(Array(#"{"model_type": "mixtral"}"#.utf8), as: "config.json")
        _ = try folder.write(
            GGUFBuilder.number(UInt64(head.utf8.count)) + Array(head.utf8) + [UInt8](repeating: 0, count: 20),
            as: "model.safetensors")
        let source = try ModelFiles.open(path: folder.path)
        let error = try #require(throws: ModelFileError.self) { _ = try source.weights("blk.0.ffn_gate_exps.weight") }
        #expect(error.description.contains("should have the shape of the other experts and has the shape [1, 1]"))
    }

    // tokenizer.json

    private func complaint(tokenizer text: String) throws -> String {
        _ = try folder.write(Array(text.utf8), as: "tokenizer.json")
        return folder.sentence(
            try #require(throws: ModelFileError.self) {
                _ = try Tokenizer(vocabulary: Vocabulary(folder: folder.path, tokenCount: nil), path: folder.path)
            })
    }

    @Test func `tokenizer nested 10000 deep`() throws {
        let deep = String(repeating: #"{"normalizer":"#, count: 10_000)
        #expect(try complaint(tokenizer: deep).contains("values are nested deeper than 128"))
        #expect(
            try complaint(tokenizer: String(repeating: "[", count: 10_000))
                .contains("values are nested deeper than 128"))
    }

    @Test(arguments: ["1e400", "-1", "0.5", "99999999999999999999", "1e18", "\"1\"", "null", "[1]"])
    func `tokenizer whose ids are no ids`(id: String) throws {
        let sentence = try complaint(tokenizer: #"{"model":{"type":"BPE","vocab":{"a":\#(id)},"merges":[]}}"#)
        #expect(sentence.hasPrefix("tokenizer.json: ") && sentence.contains("token's id"))
        let added = try complaint(
            tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0}},"added_tokens":[{"id":\#(id),"content":"b"}]}"#)
        #expect(added.hasPrefix("tokenizer.json: "))
    }

    @Test func `tokenizer with merges that are no pairs`() throws {
        for merge in ["[1,2]", #"["a"]"#, #"["a","b","c"]"#, "7", #""a""#, #""a a a""#, #""""#] {
            #expect(
                try complaint(tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[\#(merge)]}}"#)
                    == "tokenizer.json: model.merges cannot be read: a merge is no pair. "
                    + "The file is damaged: download it again.")
        }
    }

    @Test(arguments: [#"["a","x"]"#, #"["x","a"]"#, #"["a","b"]"#, #""b a""#, #""a ""#, #""  a""#, #"["a","b c"]"#])
    func `tokenizer with merges of tokens that it does not have`(merge: String) throws {
        let sentence = try complaint(
            tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0,"b":1,"aa":2},"merges":["a a",\#(merge)]}}"#)
        if merge.contains("  a") {
            #expect(sentence.contains("model.merges cannot be read: a merge is no pair."))
            return
        }
        let pair = merge.filter { !#"[]""#.contains($0) }.replacingOccurrences(of: ",", with: " ")
        #expect(
            sentence
                == "tokenizer.json: model.merges cannot be read: the merge '\(pair)' is of or makes a token that is not in "
                + "model.vocab. The file is damaged: download it again.")
    }

    @Test func `tokenizer whose merges begin with a version`() throws {
        _ = try folder.write(
            Array(##"{"model":{"type":"BPE","vocab":{"a":0,"aa":1},"merges":["#version: 0.2","a a"]}}"##.utf8),
            as: "tokenizer.json")
        #expect(try Vocabulary(folder: folder.path, tokenCount: nil).merges.count == 1)
    }

    @Test func `tokenizer that is no UTF-8 text`() throws {
        var bytes = Array(#"{"model":{"type":"BPE","vocab":{"é":0},"merges":[]}}"#.utf8)
        bytes[try #require(bytes.firstIndex(of: 0xC3))] = 0x43
        _ = try folder.write(bytes, as: "tokenizer.json")
        let error = try #require(throws: ModelFileError.self) {
            _ = try Vocabulary(folder: folder.path, tokenCount: nil)
        }
        #expect(
            folder.sentence(error)
                == "tokenizer.json: the JSON cannot be read: it is no UTF-8 text at byte 34. "
                + "The file is damaged: download it again.")
    }

    @Test func `a template that is no UTF-8 text`() throws {
        _ = try folder.write([0x61, 0xFF], as: "chat_template.jinja")
        let error = try #require(throws: ModelFileError.self) { _ = try FolderFiles.chatTemplate(folder.path) }
        #expect(
            folder.sentence(error)
                == "chat_template.jinja: the template cannot be read: it is no UTF-8 text. "
                + "The file is damaged: download it again.")
    }

    @Test func `tokenizer with two tokens of one id`() throws {
        #expect(
            try complaint(tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}}"#)
                == "tokenizer.json: model.vocab cannot be read: the tokens 'a' and 'b' have one id, 0. "
                + "The file is damaged: download it again.")
        #expect(
            try complaint(
                tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"#
                    + #""added_tokens":[{"id":0,"content":"a"},{"id":0,"content":"<s>"}]}"#)
                == "tokenizer.json: added_tokens cannot be read: the tokens 'a' and '<s>' have one id, 0. "
                + "The file is damaged: download it again.")
    }

    @Test(arguments: [-1, 2, 1 << 40])
    func `tokenizer whose unknown piece is none`(id: Int) throws {
        #expect(
            try complaint(tokenizer: #"{"model":{"type":"Unigram","vocab":[["a",0],["b",-1]],"unk_id":\#(id)}}"#)
                == "tokenizer.json: key 'model.unk_id' is \(id); it must be below the number of tokens, 2. "
                + "The file is damaged: convert or download it again.")
    }

    @Test(arguments: [
        (#""model":{"type":"BPE","vocab":"x","merges":[]}"#, "model.vocab", "an object", "a string"),
        (#""model":{"type":"Unigram","vocab":{"a":0}}"#, "model.vocab", "a list", "an object"),
        (#""model":{"type":"BPE","vocab":{"a":0},"merges":"x"}"#, "model.merges", "a list", "a string"),
        (#""model":{"type":5,"vocab":{"a":0},"merges":[]}"#, "model.type", "a string", "the number 5.0"),
        (#""model":"x""#, "model", "an object", "a string"),
        (#""added_tokens":"x""#, "added_tokens", "a list of objects", "a string"),
        (#""added_tokens":["x"]"#, "added_tokens", "a list of objects", "a list with a string"),
        (
            #""added_tokens":[{"id":1,"content":"b","special":"x"}]"#, "added_tokens.special", "true or false",
            "a string"
        ),
        (#""normalizer":"NFC""#, "normalizer", "an object", "a string"),
        (#""normalizer":{"type":"Prepend","prepend":5}"#, "normalizer.prepend", "a string", "the number 5.0"),
        (#""pre_tokenizer":{"type":"Split","pattern":"x"}"#, "pre_tokenizer.pattern", "an object", "a string"),
        (
            #""pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":"x"}]}"#,
            "pre_tokenizer.pretokenizers.individual_digits", "true or false", "a string"
        ),
        (
            #""post_processor":{"type":"TemplateProcessing","single":"x"}"#, "post_processor.single",
            "a list of objects", "a string"
        ),
    ])
    func `tokenizer with values of a wrong type`(part: String, key: String, expected: String, found: String) throws {
        #expect(
            try complaint(tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},\#(part)}"#)
                == "tokenizer.json: key '\(key)' should be \(expected) and is \(found). "
                + "The file is damaged: convert or download it again.")
    }

    @Test(arguments: [
        (#""model":{"type":"BPE","merges":[]}"#, "model.vocab"),
        (#""model":{"type":"BPE","vocab":{"a":0}}"#, "model.merges"), (#""model":null"#, "model"),
        (#""pre_tokenizer":{"type":"Split","pattern":{}}"#, "pre_tokenizer.pattern.String"),
        (#""normalizer":{"type":"Replace","content":""}"#, "normalizer.pattern"),
    ])
    func `tokenizer without what it needs`(part: String, key: String) throws {
        #expect(
            try complaint(tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},\#(part)}"#)
                == "tokenizer.json: has no key '\(key)', which is needed to run the model. "
                + "The file is incomplete: convert or download it again.")
    }

    @Test func `tokenizer whose table of characters is none`() throws {
        for map in ["?", "AAAA", "/////w=="] {
            #expect(
                try complaint(
                    tokenizer: #"{"model":{"type":"Unigram","vocab":[["a",0]]},"#
                        + #""normalizer":{"type":"Precompiled","precompiled_charsmap":"\#(map)"}}"#)
                    == "tokenizer.json: normalizer.precompiled_charsmap cannot be read: it is no such table. "
                    + "The file is damaged: download it again.")
        }
    }

    @Test func `tokenizer with names that stand twice takes the last`() throws {
        let text =
            #"{"model":{"type":"BPE","vocab":{"b":0,"b":1,"a":2,"ab":3},"merges":[],"merges":["a b"]},"#
            + #""decoder":{"type":"ByteLevel"},"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false}}"#
        _ = try folder.write(Array(text.utf8), as: "tokenizer.json")
        let tokenizer = try Tokenizer(
            vocabulary: Vocabulary(folder: folder.path, tokenCount: nil), path: folder.path)
        #expect(tokenizer.encode("a", parseSpecial: true) == [2])
        #expect(tokenizer.encode("ab", parseSpecial: true) == [3])
        #expect(tokenizer.vocabularySize == 4)
    }

    @Test func `tokenizer whose replacements feed each other`() throws {
        let step = #"{"type":"Replace","pattern":{"String":"a"},"content":"aaaaaaaa"}"#
        let steps = Array(repeating: step, count: 30).joined(separator: ",")
        #expect(
            try complaint(
                tokenizer: #"{"normalizer":{"type":"Sequence","normalizers":[\#(steps)]},"#
                    + #""model":{"type":"BPE","vocab":{"a":0},"merges":[]}}"#)
                == "tokenizer.json: normalizer cannot be read: its replacements make a text more than 64 times longer. "
                + "The file is damaged: download it again.")
    }

    @Test(arguments: [
        ("normalizer", "normalizers", "NFKC"), ("pre_tokenizer", "pretokenizers", "Digits"),
        ("decoder", "decoders", "Fuse"),
    ])
    func `tokenizer of more steps than any text can take`(field: String, list: String, type: String) throws {
        func text(_ count: Int) -> String {
            let steps = Array(repeating: #"{"type":"\#(type)"}"#, count: count).joined(separator: ",")
            return #"{"\#(field)":{"type":"Sequence","\#(list)":[\#(steps)]},"#
                + #""model":{"type":"BPE","vocab":{"a":0},"merges":[]}}"#
        }
        #expect(
            try complaint(tokenizer: text(20_000))
                == "tokenizer.json: \(field) cannot be read: it has 20000 steps, and at most 100 are run. "
                + "The file is damaged: download it again.")
        _ = try folder.write(Array(text(100).utf8), as: "tokenizer.json")
        _ = try Vocabulary(folder: folder.path, tokenCount: nil)
    }

    @Test func `tokenizer whose steps add more than any text is`() throws {
        func text(_ count: Int) -> String {
            let step = #"{"type":"Prepend","prepend":"\#(String(repeating: "a", count: count))"}"#
            return #"{"normalizer":{"type":"Sequence","normalizers":[\#(step),\#(step)]},"#
                + #""model":{"type":"BPE","vocab":{"a":0},"merges":[]}}"#
        }
        #expect(
            try complaint(tokenizer: text(50_000))
                == "tokenizer.json: normalizer cannot be read: its steps add 100000 bytes to a text, and at most 65536 are "
                + "added. The file is damaged: download it again.")
        _ = try folder.write(Array(text(32_768).utf8), as: "tokenizer.json")
        _ = try Vocabulary(folder: folder.path, tokenCount: nil)
    }

    @Test func `tokenizer of an unknown kind is named`() throws {
        #expect(
            try complaint(
                tokenizer:
                    #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"UnicodeScripts"}}"#)
                == "tokenizer.json: pre_tokenizer is 'UnicodeScripts', which is not supported. "
                + "Use a model with one of ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, "
                + "BertPreTokenizer, CharDelimiterSplit, Metaspace.")
        #expect(
            try complaint(
                tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"#
                    + #""pre_tokenizer":{"type":"Split","pattern":{"Regex":"a(?#b)"}}}"#)
                == "tokenizer.json: pre_tokenizer.pattern is 'a(?#b)' with "
                + "'a group that begins '(?' otherwise than with :, i, =, !, <=, <!, >', which is not supported. "
                + "Use a model with one of the usual expressions.")
        #expect(
            try complaint(tokenizer: #"{"model":{"type":"BPE","vocab":{"a":0}},"decoder":{"type":"CTC"}}"#)
                .hasPrefix("tokenizer.json: decoder is 'CTC', which is not supported."))
        #expect(
            try complaint(
                tokenizer:
                    #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"normalizer":{"type":"BertNormalizer"}}"#
            ).hasPrefix("tokenizer.json: normalizer is 'BertNormalizer', which is not supported."))
    }
}
