import Foundation
import Generation
import Tensors
import Testing

@testable import Inference

/// Hugging Face folders give the logits and the ids that transformers and tokenizers give for them.
struct FilesReferenceTests {
    private static let fixtures = Fixtures.folder

    private static func transformer(_ name: String) throws -> Transformer {
        let source = try ModelFiles.open(path: fixtures.appending(path: "files/" + name).path)
        return try Transformer(file: source, team: WorkerTeam(threadCount: 2))
    }

    @Test(arguments: [
        "llama-wide-heads", "gpt2-odd", "gemma3", "phi3", "mixtral", "qwen2", "granite", "granitemoe-shared", "lfm2",
        "lfm2-long-kernel",
    ])
    func `a folder gives the reference's logits`(name: String) throws {
        let model = try TinyModel.named(name)
        #expect(largestDifference(try Self.transformer(name).logits(model.ids), try model.expectedLogits()) <= 1e-3)
    }

    private struct Reference: Decodable {
        var ids: [Int32]
        var logits: [[Float]]
    }

    @Test(arguments: [
        "qwen3moe-unnormalized", "smollm3-unrotated", "llama-yarn", "gemma2-uncapped", "gemma3-one-base",
        "qwen2-windowed", "qwen3moe-dense-layer", "smollm3-windowed", "gpt2-relu", "gpt2-inverse-layers",
        "gpt2-only-inverse-layers", "granite-dense-hybrid", "granite-unrotated-hybrid", "lfm2-adjusted",
    ])
    func `settings that only config.json has change the logits as there`(name: String) throws {
        let path = Self.fixtures.appending(path: "files/\(name)/reference.json")
        let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: path))
        let difference = largestDifference(try Self.transformer(name).logits(reference.ids), reference.logits)
        #expect(difference <= 1e-3)
    }

    @Test func `rows of queries and keys stay in the mapped file`() throws {
        let path = Self.fixtures.appending(path: "files/llama-wide-heads").path
        let source = try ModelFiles.open(path: path)
        #expect(try source.string("llama.rope.layout") == "halves")
        #expect(source.inFileLayout.metadata["llama.rope.layout"] == nil)
        #expect(source.inFileLayout.inFileLayout.shape(of: "blk.0.attn_q.weight") == [24, 40])
    }

    private struct TokenizerCase: Decodable {
        var tokenizer: String
        var settings: String
        var plain: [[TokenID]]
        var whole: [[TokenID]]
    }

    @Test(arguments: [
        "qwen2", "llama3", "prefix-space", "llama2", "metaspace-first", "metaspace-words", "gemma", "unigram",
        "unigram-words", "unigram-bytes", "digits-of-bytes", "behaviors", "whitespace", "normalized-names",
        "unknown-fused", "unknown-each",
    ])
    func `a folder's tokenizer gives the reference's ids`(name: String) throws {
        let cases = try TokenizerFixture.decode(TokenizerCase.self, "folders/\(name).json")
        let texts = try TokenizerFixture.decode([String].self, "folders/texts.json")
        let folder = try ScratchFolder()
        _ = try folder.write(Array(cases.tokenizer.utf8), as: "tokenizer.json")
        _ = try folder.write(Array(cases.settings.utf8), as: "tokenizer_config.json")
        let tokenizer = try Tokenizer(
            vocabulary: Vocabulary(folder: folder.path, tokenCount: nil), path: folder.path)
        #expect(texts.count == cases.plain.count && texts.count == cases.whole.count)
        for (index, text) in texts.enumerated() {
            #expect(tokenizer.encode(text, parseSpecial: true) == cases.plain[index], "\(text.debugDescription)")
            var whole = cases.whole[index]
            // A beginning that the text has written itself is not written again.
            if let first = cases.plain[index].first, first == tokenizer.bosID {
                whole.removeFirst(tokenizer.vocabulary.beginIDs.count)
            }
            #expect(tokenizer.encodeForModel(text, parseSpecial: true) == whole, "\(text.debugDescription)")
        }
    }

    @Test func `ends of texts come from all the files that name them`() throws {
        let cases = try TokenizerFixture.decode(TokenizerCase.self, "folders/llama3.json")
        let folder = try ScratchFolder()
        _ = try folder.write(Array(cases.tokenizer.utf8), as: "tokenizer.json")
        _ = try folder.write(Array(#"{"eos_token": {"content": "<|end|>"}}"#.utf8), as: "tokenizer_config.json")
        _ = try folder.write(Array(#"{"eos_token_id": 5}"#.utf8), as: "config.json")
        _ = try folder.write(
            Array(#"{"eos_token_id": [6, 7, -1]}"#.utf8), as: "generation_config.json")
        let tokenizer = try Tokenizer(
            vocabulary: Vocabulary(folder: folder.path, tokenCount: nil), path: folder.path)
        let named = try #require(tokenizer.token(named: "<|end|>"))
        #expect(tokenizer.eosID == named)
        #expect(tokenizer.endTokens == [named, 5, 6, 7])
    }

    @Test func `a setting that is not run is refused by name`() throws {
        func complaint(_ extra: String, type: String = "llama") throws -> String {
            let json =
                #"{"model_type": "\#(type)", "hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1, "#
                + #""intermediate_size": 8, \#(extra)}"#
            let value = try JSONValue(parsing: Array(json.utf8), path: "config.json", field: "the JSON")
            return try #require(throws: ModelFileError.self) {
                _ = try HuggingFaceConfiguration(JSONFields(json: value, path: "config.json"))
            }.description
        }
        #expect(
            try complaint(#""hidden_act": "mish""#)
                == "config.json: key 'hidden_act' is 'mish', which is not supported for models of type 'llama'. "
                + "Use another form of the model, such as its GGUF file.")
        #expect(
            try complaint(#""quantization_config": {"quant_method": "gptq"}"#)
                == "config.json: key 'quantization_config.quant_method' is 'gptq', which is not supported for "
                + "models of type 'llama'. Use another form of the model, such as its GGUF file.")
        #expect(
            try complaint(#""hidden_size": 8.5"#)
                == "config.json: key 'hidden_size' should be an integer and is the number 8.5. "
                + "The file is damaged: convert or download it again.")
        let kinds = #""num_local_experts": 0, "layer_types": ["attention", "mamba"]"#
        #expect(
            try complaint(kinds, type: "granitemoehybrid")
                == "config.json: key 'layer_types' is 'mamba', which is not supported for models of type "
                + "'granitemoehybrid'. Use another form of the model, such as its GGUF file.")
        let windowed = #""layer_types": ["conv", "sliding_attention"]"#
        #expect(try complaint(windowed, type: "lfm2").contains("'layer_types' is 'sliding_attention'"))
        #expect(try complaint(#""rope_scaling": {"type": "mrope"}"#).contains("the rotation scaling 'mrope'"))
    }
}
