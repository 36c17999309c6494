import Foundation
import Generation
import Testing

@testable import Inference

/// Files beside the tests.
enum TokenizerFixture {
    static func decode<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        let url = Fixtures.folder.appending(path: "tokenizers/" + name)
        return try JSONDecoder().decode(type, from: Data(contentsOf: url))
    }

    /// The model that the program carries.
    static func builtIn() throws -> Tokenizer {
        try Tokenizer(file: GGUFFile.open(path: Fixtures.builtInModel))
    }

    /// A trained model that lies beside a development checkout.
    static let storiesPath = Fixtures.repository
        .appending(path: "../shared/vectors/stories260K/stories260K.gguf")
        .standardizedFileURL.path
}

private struct Cases: Decodable {
    struct Case: Decodable {
        var text: String
        var ids: [TokenID]
        var pre: String?
    }
    var tokens: [String]
    var merges: [String]?
    var scores: [Double]?
    var cases: [Case]

    var strings: ByteStrings { ByteStrings(tokens.map { Array($0.utf8) }) }
}

private struct SmallVocabularies: Decodable {
    var bytePairs: Cases
    var sentencePieces: Cases
    var unigram: Cases
    var wordPieces: Cases
}

private struct BuiltInCases: Decodable {
    struct Case: Decodable {
        var bytes: Data
        var ids: [TokenID]
    }
    var cases: [Case]
}

struct TokenizerTests {
    @Test func `the built-in vocabulary gives the ids that Hugging Face gives`() throws {
        let tokenizer = try TokenizerFixture.builtIn()
        let cases = try TokenizerFixture.decode(BuiltInCases.self, "built-in.json").cases
        #expect(cases.count >= 190)
        for item in cases {
            let ids = tokenizer.encode([UInt8](item.bytes), parseSpecial: true)
            #expect(ids == item.ids, "\(String(decoding: item.bytes, as: UTF8.self).debugDescription)")
        }
    }

    @Test func `what is encoded is decoded to the same bytes`() throws {
        let tokenizer = try TokenizerFixture.builtIn()
        for item in try TokenizerFixture.decode(BuiltInCases.self, "built-in.json").cases {
            let bytes = [UInt8](item.bytes)
            let ids = tokenizer.encode(bytes, parseSpecial: false, keepingBrokenBytes: true)
            #expect(tokenizer.decode(ids, hidingControl: false) == bytes)
        }
    }

    @Test(arguments: [
        "gpt-2", "smollm", "llama-bpe", "qwen2", "qwen35", "gpt-4o", "tekken", "deepseek-v3", "deepseek-coder", "bloom",
    ])
    func `each pre-tokenizer cuts as Hugging Face's expression does`(name: String) throws {
        try expectCuts(of: name, leastCases: 60)
    }

    @Test(arguments: [
        "kimi-k2", "jais-2", "bailingmoe2", "exaone-moe", "spark2_5", "tiny_aya", "superbpe", "youtu",
        "granite-embed-multi-97m",
    ])
    func `each pre-tokenizer that is an expression cuts as Hugging Face's engine does`(name: String) throws {
        try expectCuts(of: name, leastCases: 30)
    }

    private func expectCuts(of name: String, leastCases: Int) throws {
        let small = try TokenizerFixture.decode(SmallVocabularies.self, "small.json").bytePairs
        var vocabulary = Vocabulary(model: .bytePairs, preTokenizer: name, tokens: small.strings)
        vocabulary.merges = ByteStrings((small.merges ?? []).map { Array($0.utf8) })
        vocabulary.ignoresMerges = PreTokenizer(named: name)?.ignoresMerges ?? false
        let tokenizer = try Tokenizer(vocabulary: vocabulary, path: "small")
        let cases = small.cases.filter { $0.pre == name }
        #expect(cases.count >= leastCases)
        for item in cases {
            #expect(tokenizer.encode(item.text, parseSpecial: false) == item.ids, "\(item.text.debugDescription)")
        }
    }

    @Test func `SentencePiece pieces are joined as Hugging Face joins them`() throws {
        let small = try TokenizerFixture.decode(SmallVocabularies.self, "small.json").sentencePieces
        let tokenizer = try Tokenizer(vocabulary: sentencePieces(small), path: "small")
        for item in small.cases {
            #expect(tokenizer.encode(item.text, parseSpecial: false) == item.ids, "\(item.text.debugDescription)")
            #expect(tokenizer.decode(item.ids) == Array(item.text.utf8))
        }
    }

    private func sentencePieces(_ small: Cases) -> Vocabulary {
        var vocabulary = Vocabulary(model: .sentencePieces, preTokenizer: "default", tokens: small.strings)
        vocabulary.scores = small.scores ?? []
        vocabulary.types = small.tokens.indices.map {
            $0 == 0 ? .unknown : $0 < 3 ? .control : $0 < 259 ? .byte : .normal
        }
        vocabulary.addsSpacePrefix = true
        vocabulary.unknownID = 0
        vocabulary.bosID = 1
        vocabulary.eosID = 2
        return vocabulary
    }

    @Test func `unigram pieces are the likeliest as Hugging Face finds them`() throws {
        let small = try TokenizerFixture.decode(SmallVocabularies.self, "small.json").unigram
        var vocabulary = Vocabulary(model: .unigram, preTokenizer: "default", tokens: small.strings)
        vocabulary.scores = small.scores ?? []
        vocabulary.types = small.tokens.indices.map { $0 == 0 ? .unknown : .normal }
        vocabulary.addsSpacePrefix = true
        vocabulary.unknownID = 0
        let tokenizer = try Tokenizer(vocabulary: vocabulary, path: "small")
        for item in small.cases {
            #expect(tokenizer.encode(item.text, parseSpecial: false) == item.ids, "\(item.text.debugDescription)")
        }
    }

    @Test func `word pieces are the longest ones, of words as Hugging Face cuts them for BERT`() throws {
        let small = try TokenizerFixture.decode(SmallVocabularies.self, "small.json").wordPieces
        var vocabulary = Vocabulary(model: .wordPieces, preTokenizer: "bert-bge", tokens: small.strings)
        vocabulary.types = small.tokens.map { $0 == "[UNK]" ? .unknown : .normal }
        vocabulary.unknownID = vocabulary.types.firstIndex(of: .unknown).map { TokenID($0) }
        let tokenizer = try Tokenizer(vocabulary: vocabulary, path: "small")
        #expect(small.cases.count >= 100)
        for item in small.cases {
            #expect(tokenizer.encode(item.text, parseSpecial: false) == item.ids, "\(item.text.debugDescription)")
        }
    }

    @Test(arguments: [(nil, nil, "e"), (false, nil, "É"), (true, false, "é"), (false, true, "E")])
    func `word pieces keep capitals and accents where the file says so`(
        lowercases: Bool?, removesAccents: Bool?, piece: String
    ) throws {
        let folder = try ScratchFolder()
        var builder = GGUFBuilder()
        let pieces = ["[UNK]", "E", "e", "É", "é"]
        builder.add(key: "tokenizer.ggml.model", string: "bert")
        builder.add(key: "tokenizer.ggml.tokens", strings: pieces.map { $0 == "[UNK]" ? $0 : "▁" + $0 })
        for (key, value) in [("lowercase", lowercases), ("strip_accents", removesAccents)] {
            guard let value else { continue }
            builder.add(key: "tokenizer.ggml.normalizer." + key, type: 7, value: [value ? 1 : 0])
        }
        let tokenizer = try Tokenizer(file: folder.open(builder.bytes))
        let place = try #require(pieces.firstIndex { Array($0.utf8) == Array(piece.utf8) })
        #expect(tokenizer.encode("\u{C9}", parseSpecial: false) == [TokenID(place)])
    }

    @Test func `the file's rules put tokens at the beginning and the end, once`() throws {
        var vocabulary = sentencePieces(
            try TokenizerFixture.decode(SmallVocabularies.self, "small.json").sentencePieces)
        vocabulary.addsBOS = true
        vocabulary.addsEOS = true
        let tokenizer = try Tokenizer(vocabulary: vocabulary, path: "small")
        let plain = tokenizer.encode("Hello", parseSpecial: false)
        #expect(tokenizer.encodeForModel("Hello", parseSpecial: false) == [1] + plain + [2])
        #expect(tokenizer.encodeForModel("<s>Hello", parseSpecial: true) == [1] + plain + [2])
    }

    @Test func `control tokens are read from text only where asked, and hidden where asked`() throws {
        let tokenizer = try TokenizerFixture.builtIn()
        let end = try #require(tokenizer.token(named: "<|im_end|>"))
        #expect(tokenizer.encode("a<|im_end|>b", parseSpecial: true).contains(end))
        #expect(!tokenizer.encode("a<|im_end|>b", parseSpecial: false).contains(end))
        #expect(tokenizer.isControl(end))
        #expect(tokenizer.endTokens.contains(end))
        #expect(tokenizer.bytes(of: end) == Array("<|im_end|>".utf8))
        #expect(tokenizer.bytes(of: end, hidingControl: true).isEmpty)
        #expect(tokenizer.bytes(of: -1).isEmpty)
        #expect(tokenizer.bytes(of: .max).isEmpty)
    }

    @Test func `user-defined tokens are always matched, the longest first`() throws {
        var vocabulary = Vocabulary(
            model: .bytePairs, preTokenizer: "gpt-2",
            tokens: ByteStrings(["a", "b", "ab", "abb", "<end>"].map { Array($0.utf8) }))
        vocabulary.types = [.normal, .normal, .userDefined, .userDefined, .control]
        let tokenizer = try Tokenizer(vocabulary: vocabulary, path: "small")
        #expect(tokenizer.encode("aabbabab", parseSpecial: false) == [0, 3, 2, 2])
    }

    @Test func `space that is a token is taken by the one before, or is a token again`() throws {
        var vocabulary = Vocabulary(
            model: .bytePairs, preTokenizer: "gpt-2", tokens: ByteStrings(["a", "\t", "\n"].map { Array($0.utf8) }))
        vocabulary.types = [.normal, .userDefined, .userDefined]
        vocabulary.matchRules = [1: [.takesSpaceBefore, .takesSpaceAfter], 2: .takesSpaceAfter]
        let tokenizer = try Tokenizer(vocabulary: vocabulary, path: "small")
        #expect(tokenizer.encode("a \t\t\ta", parseSpecial: false) == [0, 1, 0])
        #expect(tokenizer.encode("a\n\n a", parseSpecial: false) == [0, 2, 2, 0])
    }

    @Test func `Phi-3's tokens take the space behind them, but for three`() throws {
        let names = ["<unk>", "<s>", "<|endoftext|>", "</s>", "<|end|>", "▁", "a"]
        func ids(_ text: String, inModelNamed name: String) throws -> [TokenID] {
            let folder = try ScratchFolder()
            var builder = GGUFBuilder()
            builder.add(key: "general.name", string: name)
            builder.add(key: "tokenizer.ggml.model", string: "llama")
            builder.add(key: "tokenizer.ggml.tokens", strings: names)
            builder.add(key: "tokenizer.ggml.token_type", int32s: [2, 3, 3, 4, 3, 1, 1])
            builder.add(key: "tokenizer.ggml.scores", floats: [0, 0, 0, 0, 0, -1, -1])
            builder.add(key: "tokenizer.ggml.add_space_prefix", type: 7, value: [0])
            return try Tokenizer(file: folder.open(builder.bytes)).encode(text, parseSpecial: true)
        }
        for name in ["Phi-3 Mini", "my PHI3.5"] {
            #expect(try ids("<|end|>  a</s> a", inModelNamed: name) == [4, 6, 3, 6])
            #expect(try ids("<unk> a<s> a<|endoftext|> a", inModelNamed: name) == [0, 5, 6, 1, 5, 6, 2, 5, 6])
        }
        #expect(try ids("<|end|> a", inModelNamed: "Phi 2") == [4, 5, 6])
    }

    @Test(arguments: [("qwen2", true), ("command-r", true), ("mpt", true), ("olmo", true), ("qwen35", false)])
    func `a GGUF file's text is composed where the model's own tokenizer does so`(name: String, composes: Bool) throws {
        let folder = try ScratchFolder()
        var builder = GGUFBuilder()
        builder.add(key: "tokenizer.ggml.model", string: "gpt2")
        builder.add(key: "tokenizer.ggml.pre", string: name)
        // "e", the two bytes of the acute accent, and those of the letter with it, joined.
        builder.add(key: "tokenizer.ggml.tokens", strings: ["e", "Ì", "ģ", "Ã", "©", "Ã©"])
        builder.add(key: "tokenizer.ggml.merges", strings: ["Ã ©"])
        let tokenizer = try Tokenizer(file: folder.open(builder.bytes))
        #expect(tokenizer.encode("e\u{301}", parseSpecial: false) == (composes ? [5] : [0, 1, 2]))
        #expect(tokenizer.encode("\u{E9}", parseSpecial: false) == [5])
        let kept = tokenizer.encode(Array("e\u{301}".utf8), parseSpecial: false, keepingBrokenBytes: true)
        #expect(kept == [0, 1, 2])
    }

    @Test func `the token that ends a text is matched by its name, whatever type the file gives it`() throws {
        let folder = try ScratchFolder()
        var builder = GGUFBuilder()
        builder.add(key: "tokenizer.ggml.model", string: "gpt2")
        builder.add(key: "tokenizer.ggml.tokens", strings: ["<|endoftext|>", "a", "<", "</s>"])
        builder.add(key: "tokenizer.ggml.token_type", int32s: [1, 1, 1, 1])
        builder.add(key: "tokenizer.ggml.merges", strings: [])
        builder.add(key: "tokenizer.ggml.eos_token_id", uint32: 0)
        let tokenizer = try Tokenizer(file: folder.open(builder.bytes))
        #expect(tokenizer.encode("a<|endoftext|>a", parseSpecial: true) == [1, 0, 1])
        #expect(tokenizer.encode("a<|endoftext|>a", parseSpecial: false) == [1, 2, 1])
        // Ends no text, though it does in other models.
        #expect(tokenizer.encode("a</s>", parseSpecial: true) == [1, 2])
    }

    @Test(arguments: [
        ("\u{AC00}\u{11B9}", "\u{AC12}"), ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"),
        ("\u{1105}\u{1176}", "\u{1105}\u{1176}"), ("\u{1113}\u{1171}", "\u{1113}\u{1171}"),
        ("\u{AC01}\u{11A8}", "\u{AC01}\u{11A8}"), ("e\u{301}\u{1100}\u{1161}o\u{308}", "\u{E9}\u{AC00}\u{F6}"),
        ("a\u{F73}\u{301}", "\u{E1}\u{F71}\u{F72}"), ("o\u{327}\u{301}", "\u{F3}\u{327}"),
        ("o\u{1DFA}\u{301}", "o\u{1DFA}\u{301}"),
    ])
    func `characters are composed as Hugging Face composes them, Hangul too`(text: String, composed: String) {
        #expect(TextNormalization.composed.apply(to: Array(text.utf8)) == Array(composed.utf8))
        #expect(TextNormalization.compatiblyComposed.apply(to: Array(text.utf8)) == Array(composed.utf8))
    }

    @Test func `a sign that Hugging Face does not know yet stays with the space before it`() throws {
        let falcon = try #require(PreTokenizer(named: "falcon"))
        func pieces(_ text: String) -> [Range<Int>] {
            falcon.pieces(ScalarText(Array(text.utf8), 0..<text.utf8.count))
        }
        #expect(pieces(" \u{2E42}") == [0..<1, 1..<2])
        #expect(pieces(" \u{2E43}") == [0..<2])
    }

    @Test func `marks stand in their canonical order when compatible characters are taken apart`() {
        let text = Array("\u{1FDD}\u{20EB}".utf8)
        let ordered = Array(" \u{20EB}\u{314}\u{300}".utf8)
        #expect(TextNormalization.compatiblyDecomposed.apply(to: text) == ordered)
        #expect(TextNormalization.compatiblyComposed.apply(to: text) == ordered)
    }

    @Test func `a tokenizer.json's unigram model knows tokens of bytes by their names`() throws {
        var vocabulary = Vocabulary(
            model: .unigram, preTokenizer: "default",
            tokens: ByteStrings(["<unk>", "<0xE2>", "<", "a"].map { Array($0.utf8) }))
        vocabulary.types = [.unknown, .byte, .normal, .normal]
        vocabulary.scores = [0, 0, -1, -1]
        vocabulary.unknownID = 0
        vocabulary.pipeline = TextPipeline()
        let tokenizer = try Tokenizer(vocabulary: vocabulary, path: "small")
        #expect(tokenizer.encode("a<0xE2><", parseSpecial: false) == [3, 1, 2])
    }

    @Test func `canonically equal texts are different tokens`() throws {
        let composed: [UInt8] = [0xC3, 0xA9]
        let decomposed: [UInt8] = [0x65, 0xCC, 0x81]
        let table = TokenTable(ByteStrings([composed, decomposed]))
        #expect(table.find(composed) == 0)
        #expect(table.find(decomposed) == 1)
    }

    @Test func `a pre-tokenizer that is not known is named with those that are`() throws {
        let vocabulary = Vocabulary(model: .bytePairs, preTokenizer: "klingon", tokens: ByteStrings([[0x61]]))
        let error = try #require(throws: ModelFileError.self) {
            _ = try Tokenizer(vocabulary: vocabulary, path: "tiny.gguf")
        }
        #expect(
            error.description.hasPrefix(
                "tiny.gguf: tokenizer.ggml.pre is 'klingon', which is not supported. Use a model with one of "))
        #expect(error.description.contains("qwen2, "))
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: TokenizerFixture.storiesPath), "needs ../shared/vectors"))
    func `a real SentencePiece vocabulary gives back its text`() throws {
        let tokenizer = try Tokenizer(file: GGUFFile.open(path: TokenizerFixture.storiesPath))
        let text = "Once upon a time, there was a little girl named Lily. \u{1F600}"
        let ids = tokenizer.encodeForModel(text, parseSpecial: false)
        #expect(ids.prefix(5) == [1, 403, 407, 261, 378])
        #expect(tokenizer.decode(ids) == Array(text.utf8))
    }
}

struct TokenizerBadInputTests {
    private func complaint(_ change: (inout GGUFBuilder) -> Void) throws -> String {
        let folder = try ScratchFolder()
        var builder = GGUFBuilder()
        change(&builder)
        let file = try folder.open(builder.bytes)
        return folder.sentence(try #require(throws: ModelFileError.self) { _ = try Tokenizer(file: file) })
    }

    @Test func `a tokenizer of another kind is named`() throws {
        #expect(
            try complaint { $0.add(key: "tokenizer.ggml.model", string: "rwkv") }
                == "tiny.gguf: tokenizer.ggml.model is 'rwkv', which is not supported. "
                + "Use a model with one of gpt2, llama, gemma4, t5, bert.")
    }

    @Test func `lists must be as long as the list of tokens`() throws {
        #expect(
            try complaint { builder in
                builder.add(key: "tokenizer.ggml.model", string: "llama")
                builder.add(key: "tokenizer.ggml.tokens", strings: ["a", "b"])
                builder.add(key: "tokenizer.ggml.token_type", int32s: [1])
            }
                == "tiny.gguf: key 'tokenizer.ggml.token_type' is a list of 1; it must be as long as the list of tokens, 2. "
                + "The file is damaged: convert or download it again.")
    }

    @Test func `special ids must be tokens`() throws {
        #expect(
            try complaint { builder in
                builder.add(key: "tokenizer.ggml.model", string: "llama")
                builder.add(key: "tokenizer.ggml.tokens", strings: ["a", "b"])
                builder.add(key: "tokenizer.ggml.eos_token_id", uint32: 2)
            }
                == "tiny.gguf: key 'tokenizer.ggml.eos_token_id' is 2; it must be below the number of tokens, 2. "
                + "The file is damaged: convert or download it again.")
    }

    @Test func `byte pairs need their merges`() throws {
        #expect(
            try complaint { builder in
                builder.add(key: "tokenizer.ggml.model", string: "gpt2")
                builder.add(key: "tokenizer.ggml.tokens", strings: ["a", "b"])
            }
                == "tiny.gguf: has no key 'tokenizer.ggml.merges', which is needed to run the model. "
                + "The file is incomplete: convert or download it again.")
    }
}
