import Foundation
import Generation
import Tensors
import Testing

@testable import Inference

/// The tokenizers of folders that were made from GGUF files.
@Suite struct `Writing tokenizers` {
    private static func texts() throws -> [String] {
        try TokenizerFixture.decode([String].self, "folders/texts.json")
            + ["<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", "<|endoftext|><|im_end|>", "x <|im_end|> y"]
    }

    @Test func `the folder of the built-in model cuts texts as the file does`() throws {
        let scratch = try ScratchFolder()
        let source = try GGUFFile.open(path: Fixtures.builtInModel)
        let path = scratch.path + "/model"
        let result = try HuggingFaceWriter().write(source, to: path)
        #expect(result.notes == [])
        let folder = try ModelFiles.open(path: path)
        let (written, original) = (
            try Tokenizer(vocabulary: Vocabulary(of: folder), path: path), try Tokenizer(file: source)
        )
        #expect(written.vocabulary.tokens == original.vocabulary.tokens)
        for text in try Self.texts() {
            for special in [false, true] {
                let ids = original.encode(text, parseSpecial: special)
                #expect(written.encode(text, parseSpecial: special) == ids, "\(text.debugDescription)")
                #expect(written.decode(ids, hidingControl: false) == original.decode(ids, hidingControl: false))
            }
            #expect(
                written.encodeForModel(text, parseSpecial: true) == original.encodeForModel(text, parseSpecial: true))
        }
        #expect(written.eosID == original.eosID)
        #expect(written.endTokens == original.endTokens)
        #expect(try folder.string("tokenizer.chat_template") == source.string("tokenizer.chat_template"))
    }

    private struct Small: Decodable {
        struct Cases: Decodable {
            struct Case: Decodable {
                var text: String
                var ids: [TokenID]
            }
            var tokens: [String]
            var scores: [Double]?
            var cases: [Case]
        }
        var sentencePieces: Cases
    }

    private static func sentencePieces() throws -> (Vocabulary, [Small.Cases.Case]) {
        let small = try TokenizerFixture.decode(Small.self, "small.json").sentencePieces
        let tokens = small.tokens.map { Array($0.utf8) }
        var vocabulary = Vocabulary(model: .sentencePieces, preTokenizer: "default", tokens: ByteStrings(tokens))
        vocabulary.scores = small.scores ?? []
        vocabulary.types = small.tokens.map { name in
            switch name {
            case "<unk>": .unknown
            case "<s>", "</s>": .control
            default: ByteFallback.byte(of: Array(name.utf8)[...]) == nil ? .normal : .byte
            }
        }
        (vocabulary.unknownID, vocabulary.bosID, vocabulary.eosID) = (0, 1, 2)
        (vocabulary.addsBOS, vocabulary.addsSpacePrefix) = (true, true)
        return (vocabulary, small.cases)
    }

    private static func read(_ description: TokenizerDescription, _ scratch: ScratchFolder) throws -> Tokenizer {
        let file = try #require(description.file())
        _ = try scratch.write(file.fileBytes(), as: "tokenizer.json")
        return try Tokenizer(vocabulary: Vocabulary(folder: scratch.path, tokenCount: nil), path: scratch.path)
    }

    @Test func `merges of a SentencePiece vocabulary cut texts as its scores do`() throws {
        let scratch = try ScratchFolder()
        let (vocabulary, cases) = try Self.sentencePieces()
        let tokenizer = try Self.read(TokenizerDescription(vocabulary: vocabulary), scratch)
        let original = try Tokenizer(vocabulary: vocabulary, path: "small")
        #expect(!cases.isEmpty)
        for item in cases { #expect(original.encode(item.text, parseSpecial: false) == item.ids) }
        for text in cases.map(\.text) + (try Self.texts()) {
            let ids = original.encode(text, parseSpecial: true)
            #expect(tokenizer.encode(text, parseSpecial: true) == ids, "\(text.debugDescription)")
        }
        #expect(tokenizer.encodeForModel("a", parseSpecial: false).first == 1)
        #expect(tokenizer.vocabulary.type(of: 3) == .byte)
    }

    @Test func `a text cannot become a signal by merging`() throws {
        let scratch = try ScratchFolder()
        let names = ["<unk>", "<s>", "<", "s", ">", "s>", "▁"]
        var vocabulary = Vocabulary(
            model: .sentencePieces, preTokenizer: "default", tokens: ByteStrings(names.map { Array($0.utf8) }))
        vocabulary.types = [.unknown, .control, .normal, .normal, .normal, .normal, .normal]
        vocabulary.scores = [0, 0, -1, -2, -3, -4, -5]
        vocabulary.unknownID = 0
        let tokenizer = try Self.read(TokenizerDescription(vocabulary: vocabulary), scratch)
        #expect(tokenizer.encode("<s>", parseSpecial: false) == [2, 5])
        #expect(tokenizer.encode("<s>", parseSpecial: true) == [1])
    }

    @Test func `defined words of spaces are found before merging, as in the file`() throws {
        let scratch = try ScratchFolder()
        let names = ["<unk>", "  ", "    ", "▁", "a", "b", "▁a", "ab", "\n", "\n\n"]
        var vocabulary = Vocabulary(
            model: .sentencePieces, preTokenizer: "default", tokens: ByteStrings(names.map { Array($0.utf8) }))
        vocabulary.types = [
            .unknown, .userDefined, .userDefined, .normal, .normal, .normal, .normal, .normal, .userDefined,
            .userDefined,
        ]
        vocabulary.scores = [0, 0, 0, -9, -8, -7, -1, -2, 0, 0]
        vocabulary.unknownID = 0
        let original = try Tokenizer(vocabulary: vocabulary, path: "defined")
        let tokenizer = try Self.read(TokenizerDescription(vocabulary: vocabulary), scratch)
        for (text, ids) in [
            ("a    b", [4, 2, 5]), ("  a a", [1, 4, 6]), ("     a", [2, 6]), ("ab\n\n\nab", [7, 9, 8, 7]),
        ] {
            let ids = ids.map { TokenID($0) }
            #expect(original.encode(text, parseSpecial: false) == ids, "\(text)")
            #expect(tokenizer.encode(text, parseSpecial: false) == ids, "\(text)")
            #expect(String(decoding: tokenizer.decode(ids), as: UTF8.self) == text)
        }
    }

    private struct Reference: Decodable {
        var tokenizer: String
        var settings: String
        var plain: [[TokenID]]
    }

    /// Metadata alone, as a GGUF file has it.
    private struct Head: ModelSource {
        let path = "head"
        let files: [MappedFile] = []
        let metadata: [String: MetadataValue]
        let tensorNames: [String] = []
        func hasTensor(_ name: String) -> Bool { false }
        func shape(of name: String) -> [Int]? { nil }
        func weight(_ name: String) throws -> WeightMatrix { throw missing(name) }
        func weights(_ name: String) throws -> [WeightMatrix] { throw missing(name) }
        func vector(_ name: String) throws -> WeightVector { throw missing(name) }
        private func missing(_ name: String) -> ModelFileError { .missingTensor(path: path, name: name) }
    }

    @Test(arguments: ["qwen2", "llama3", "llama2", "gemma"])
    func `a tokenizer that went from a folder into a GGUF file comes out again`(name: String) throws {
        let reference = try TokenizerFixture.decode(Reference.self, "folders/\(name).json")
        let texts = try TokenizerFixture.decode([String].self, "folders/texts.json")
        let first = try ScratchFolder()
        _ = try first.write(Array(reference.tokenizer.utf8), as: "tokenizer.json")
        _ = try first.write(Array(reference.settings.utf8), as: "tokenizer_config.json")
        let keys = try Vocabulary(folder: first.path, tokenCount: nil).metadata
        let vocabulary = try Vocabulary(metadataOf: Head(metadata: keys))
        let (original, scratch) = (try Tokenizer(vocabulary: vocabulary, path: name), try ScratchFolder())
        let tokenizer = try Self.read(TokenizerDescription(vocabulary: vocabulary), scratch)
        var equalCount = 0
        for (text, ids) in zip(texts, reference.plain) {
            let found = tokenizer.encode(text, parseSpecial: true)
            #expect(found == original.encode(text, parseSpecial: true), "\(text.debugDescription)")
            if found == ids { equalCount += 1 }
        }
        // GGUF has no keys for how a special token treats the text beside it, so some texts are cut in another way.
        #expect(equalCount > texts.count * 3 / 4)
    }

    @Test(arguments: PreTokenizer.names)
    func `each pre-tokenizer's written expressions cut as its scanners do`(name: String) throws {
        let cuts = try #require(PreTokenizer(named: name)?.cuts)
        let written = try cuts.map { cut in
            // Punctuation is of an older Unicode than any expression; it is written as a step of its own.
            switch cut.pattern {
            case .run(PatternSets.signs), .one(PatternSets.signs): return cut
            default:
                return SplitCut(
                    pattern: .expression(try RegularExpression(WrittenPatterns.expression(of: cut.pattern))))
            }
        }
        for text in try Self.texts() {
            let bytes = Array(text.utf8)
            let laidOut = ScalarText(bytes, 0..<bytes.count)
            #expect(
                SplitCut.pieces(laidOut, by: written) == SplitCut.pieces(laidOut, by: cuts), "\(text.debugDescription)")
        }
    }

    @Test(arguments: ["llama-bpe", "qwen2", "qwen35", "gpt-4o", "tekken", "deepseek-v3", "smollm", "gpt-2"])
    func `a folder's pre-tokenizer gets its name in GGUF files again`(name: String) throws {
        let scratch = try ScratchFolder()
        var alphabet: [[UInt8]] = []
        for byte in UInt8.min...UInt8.max {
            var text: [UInt8] = []
            ByteAlphabet.append(byte, to: &text)
            alphabet.append(text)
        }
        var vocabulary = Vocabulary(model: .bytePairs, preTokenizer: name, tokens: ByteStrings(alphabet))
        vocabulary.composes = PreTokenizer(named: name)?.composes ?? false
        let tokenizer = try Self.read(TokenizerDescription(vocabulary: vocabulary), scratch)
        // Llama 3's expression has two names.
        #expect(tokenizer.vocabulary.preTokenizer == (name == "llama-bpe" ? "dbrx" : name))
    }

    /// A file with other metadata.
    private struct Changed: ModelOverlay {
        let base: any ModelSource
        let metadata: [String: MetadataValue]
        var authorSampling: AuthorSampling { AuthorSampling(metadataOf: self) }
    }

    private static func changed(_ change: (inout [String: MetadataValue]) -> Void) throws -> Changed {
        let file = try GGUFFile.open(path: Fixtures.builtInModel)
        var metadata = file.metadata
        change(&metadata)
        return Changed(base: file, metadata: metadata)
    }

    @Test func `the end token is the one that the chat template ends an answer with`() throws {
        let scratch = try ScratchFolder()
        let source = try Self.changed {
            $0["tokenizer.ggml.eos_token_id"] = .uint32(0)
            $0["tokenizer.ggml.eot_token_id"] = nil
            $0["general.sampling.temp"] = .float32(0.7)
            $0["general.sampling.top_k"] = .int32(20)
        }
        let original = try Tokenizer(file: source)
        let end = try #require(original.token(named: "<|im_end|>"))
        #expect(original.eosID == 0)
        _ = try HuggingFaceWriter().write(source, to: scratch.path + "/model")
        func text(_ name: String) throws -> String {
            try String(contentsOfFile: "\(scratch.path)/model/\(name)", encoding: .utf8)
        }
        #expect(try text("tokenizer_config.json").contains(#""eos_token": "<|im_end|>""#))
        #expect(try text("config.json").contains(#""eos_token_id": \#(end),"#))
        let generation = try text("generation_config.json")
        #expect(generation.contains(#""eos_token_id": [\#(end), 0]"#))
        #expect(generation.contains(#""temperature": 0.7"#) && generation.contains(#""top_k": 20"#))
        #expect(generation.contains(#""do_sample": true"#))
    }

    @Test func `a tokenizer that cannot be written is missing with a note`() throws {
        let scratch = try ScratchFolder()
        let source = try Self.changed { $0["tokenizer.ggml.pre"] = .string(Array("unheard-of".utf8)) }
        let result = try HuggingFaceWriter().write(source, to: scratch.path + "/model")
        #expect(
            result.notes == [
                "\(source.path): has a tokenizer of a kind that cannot be written as tokenizer.json (gpt2, "
                    + "unheard-of), so the folder has none. Copy tokenizer.json and tokenizer_config.json of the "
                    + "original model into it."
            ])
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/model").sorted()
        #expect(names == ["config.json", "model.safetensors"])
    }

    @Test func `a folder's own tokenizer is copied, with the ends and the template of the model`() throws {
        let scratch = try ScratchFolder()
        let base = scratch.path + "/base"
        _ = try HuggingFaceWriter().write(try GGUFFile.open(path: Fixtures.builtInModel), to: base)
        let tokenizer = try Data(contentsOf: URL(filePath: base + "/tokenizer.json"))
        try Data(#"{"eos_token": {"content": "<|endoftext|>"}, "padding_side": "left"}"#.utf8)
            .write(to: URL(filePath: base + "/tokenizer_config.json"))
        let template = "{% for m in messages %}{{ m.content }}<|im_end|>{% endfor %}"
        try Data(template.utf8).write(to: URL(filePath: base + "/chat_template.jinja"))
        try Data(#"{"_from_model_config": true, "top_k": 7, "eos_token_id": 0}"#.utf8)
            .write(to: URL(filePath: base + "/generation_config.json"))
        let copy = scratch.path + "/copy"
        _ = try HuggingFaceWriter(weights: .bf16).write(try ModelFiles.open(path: base), to: copy)
        #expect(try Data(contentsOf: URL(filePath: copy + "/tokenizer.json")) == tokenizer)
        let settings = try FolderFiles.fields(copy, "tokenizer_config.json")
        #expect(try settings.text("eos_token") == "<|im_end|>")
        #expect(try settings.text("padding_side") == "left")
        #expect(try ModelFiles.open(path: copy).string("tokenizer.chat_template") == template)
        let generation = try FolderFiles.fields(copy, "generation_config.json")
        #expect(try generation.int("top_k") == 7)
        #expect(generation.value("_from_model_config") == nil)
        #expect(try generation.integers("eos_token_id")?.last == 0)
    }
}
