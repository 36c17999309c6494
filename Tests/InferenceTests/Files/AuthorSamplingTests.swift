// The sampling options that the author of a model recommends in its files.

import Foundation
import Generation
import Testing

@testable import Inference

private func float(_ value: Float) -> [UInt8] { GGUFBuilder.number(value.bitPattern) }

@Suite struct `The author's sampling in a GGUF file` {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func read(_ change: (inout GGUFBuilder) -> Void) throws -> AuthorSampling {
        var builder = GGUFBuilder.sample
        change(&builder)
        return try folder.open(builder.bytes).authorSampling
    }

    @Test func `is read under llama.cpp's names`() throws {
        let author = try read { file in
            file.add(key: "general.sampling.temp", type: 6, value: float(0.3))
            file.add(key: "general.sampling.top_k", type: 5, value: GGUFBuilder.number(Int32(5)))
            file.add(key: "general.sampling.top_p", type: 6, value: float(0.9))
            file.add(key: "general.sampling.min_p", type: 12, value: GGUFBuilder.number((0.05).bitPattern))
            file.add(key: "general.sampling.penalty_repeat", type: 6, value: float(1.2))
            file.add(key: "general.sampling.penalty_last_n", type: 5, value: GGUFBuilder.number(Int32(32)))
            file.add(key: "general.sampling.xtc_probability", type: 6, value: float(0.5))
            file.add(key: "general.sampling.xtc_threshold", type: 6, value: float(0.2))
            file.add(key: "general.sampling.mirostat", type: 5, value: GGUFBuilder.number(Int32(2)))
            file.add(key: "general.sampling.mirostat_tau", type: 6, value: float(4))
            file.add(key: "general.sampling.mirostat_eta", type: 6, value: float(0.2))
            file.add(key: "tokenizer.ggml.suppress_tokens", int32s: [2, 3])
        }
        #expect(
            author.overrides.all == [
                "temperature": .number(0.3), "top_k": .count(5), "top_p": .number(0.9), "min_p": .number(0.05),
                "repetition_penalty": .number(1.2), "penalty_window": .count(32), "xtc_probability": .number(0.5),
                "xtc_threshold": .number(0.2), "mirostat": .count(2), "mirostat_tau": .number(4),
                "mirostat_eta": .number(0.2), "logit_bias": .biases([2: -100, 3: -100]),
            ])
        #expect(author.notes == [])
    }

    @Test func `takes negative numbers as llama.cpp does`() throws {
        let author = try read { file in
            file.add(key: "general.sampling.temp", type: 6, value: float(-1))
            file.add(key: "general.sampling.top_k", type: 5, value: GGUFBuilder.number(Int32(-1)))
            file.add(key: "general.sampling.penalty_last_n", type: 5, value: GGUFBuilder.number(Int32(-1)))
        }
        #expect(
            author.overrides.all == [
                "temperature": .number(0), "top_k": .count(0), "penalty_window": .count(1_000_000),
            ])
    }

    @Test func `passes over what no option takes, and says so`() throws {
        let author = try read { file in
            file.add(key: "general.sampling.temp", string: "hot")
            file.add(key: "general.sampling.top_k", type: 6, value: float(2.5))
            file.add(key: "general.sampling.top_p", type: 6, value: float(.nan))
            file.add(key: "general.sampling.min_p", type: 6, value: float(7))
            file.add(key: "general.sampling.penalty_repeat", type: 6, value: float(.infinity))
            file.add(key: "general.sampling.mirostat", type: 5, value: GGUFBuilder.number(Int32(1)))
            file.add(key: "general.sampling.sequence", string: "kyp")
            file.add(key: "tokenizer.ggml.suppress_tokens", int32s: [-2])
        }
        #expect(author.overrides.isEmpty)
        let notes = author.notes.map { $0.replacingOccurrences(of: folder.path + "/", with: "") }
        #expect(
            notes == [
                "tiny.gguf: general.sampling.temp is 'hot', and temperature takes a number from 0 to 5. "
                    + "The value is passed over.",
                "tiny.gguf: general.sampling.top_k is 2.5, and top_k takes a whole number from 0 to 1000000. "
                    + "The value is passed over.",
                "tiny.gguf: general.sampling.top_p is nan, and top_p takes a number from 0 to 1. "
                    + "The value is passed over.",
                "tiny.gguf: general.sampling.min_p is 7, and min_p takes a number from 0 to 1. "
                    + "The value is passed over.",
                "tiny.gguf: general.sampling.penalty_repeat is inf, and repetition_penalty takes a number from 0.1 to 10. "
                    + "The value is passed over.",
                "tiny.gguf: general.sampling.mirostat is 1, and mirostat takes one of the numbers 0 and 2. "
                    + "The value is passed over.",
                "tiny.gguf: tokenizer.ggml.suppress_tokens is a list of numbers, and logit_bias takes pairs of a token's "
                    + "id and a number from -100 to 100, such as 42:-5. The value is passed over.",
                "tiny.gguf: general.sampling.sequence is not used, because there is no such option here.",
            ])
    }

    @Test func `is empty for a file without it, such as the model inside the program`() throws {
        #expect(try BuiltInModel.file.get().authorSampling == AuthorSampling())
        #expect(try BuiltInModel.generator().authorSampling.isEmpty)
    }
}

@Suite struct `The author's sampling in a model folder` {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    /// The folder of a model with this generation_config.json.
    private func open(_ configuration: String) throws -> HuggingFaceFolder {
        let source = Fixtures.folder.path + "/files/qwen2/"
        for name in ["config.json", "model.safetensors"] {
            try FileManager.default.copyItem(atPath: source + name, toPath: folder.path + "/" + name)
        }
        _ = try folder.write(Array(configuration.utf8), as: "generation_config.json")
        return try HuggingFaceFolder.open(path: folder.path)
    }

    private func notes(_ author: AuthorSampling) -> [String] {
        author.notes.map { $0.replacingOccurrences(of: folder.path + "/", with: "") }
    }

    @Test func `is read under transformers' names`() throws {
        let author = try open(
            """
            {"do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.8, "min_p": 0.0, "repetition_penalty": 1.05,
             "typical_p": 0.9, "epsilon_cutoff": 0.001, "eta_cutoff": 0.002, "no_repeat_ngram_size": 4,
             "min_new_tokens": 3, "stop_strings": ["CC", "\\n\\n"], "suppress_tokens": [7], "eos_token_id": [1, 2],
             "pad_token_id": null, "num_beams": 1, "bad_words_ids": [], "transformers_version": "5"}
            """
        ).authorSampling
        #expect(
            author.overrides.all == [
                "temperature": .number(0.6), "top_k": .count(20), "top_p": .number(0.8), "min_p": .number(0),
                "repetition_penalty": .number(1.05), "typical_p": .number(0.9), "epsilon_cutoff": .number(0.001),
                "eta_cutoff": .number(0.002), "no_repeat_ngram_size": .count(4), "min_tokens": .count(3),
                "stop": .texts(["CC", "\n\n"]), "logit_bias": .biases([7: -100]),
            ])
        #expect(author.notes == [])
    }

    @Test func `without sampling is greedy, and one stop string is a list of one`() throws {
        let author = try open(#"{"do_sample": false, "temperature": 0.6, "stop_strings": "END"}"#).authorSampling
        #expect(author.overrides.all == ["temperature": .number(0), "stop": .texts(["END"])])
    }

    @Test func `says what does not count`() throws {
        let author = try open(
            """
            {"temperature": [1], "top_p": "0.9", "top_k": true, "stop_strings": [1, "a"], "max_new_tokens": 2048,
             "num_beams": 4, "bad_words_ids": [[3]]}
            """
        ).authorSampling
        #expect(author.overrides.isEmpty)
        #expect(
            notes(author) == [
                "generation_config.json: temperature is a list of numbers, and temperature takes a number from 0 to 5. "
                    + "The value is passed over.",
                "generation_config.json: top_k is true, and top_k takes a whole number from 0 to 1000000. "
                    + "The value is passed over.",
                "generation_config.json: top_p is '0.9', and top_p takes a number from 0 to 1. "
                    + "The value is passed over.",
                "generation_config.json: stop_strings is an array, and stop takes texts that are not empty. "
                    + "The value is passed over.",
                "generation_config.json: max_new_tokens (2048) is not used, because the template and you say how long a "
                    + "draft may get.",
                "generation_config.json: num_beams is not used, because there is no such option here.",
                "generation_config.json: bad_words_ids is not used, because there is no such option here.",
            ])
    }

    @Test(arguments: ["", "[1]", "{\"temperature\": ", "\u{0}"])
    func `that is no JSON object does not keep the folder from opening`(text: String) throws {
        let author = try open(text).authorSampling
        #expect(author.overrides.isEmpty && author.notes.count == 1)
        #expect(notes(author)[0].hasPrefix("generation_config.json: "))
    }

    @Test func `goes into the GGUF file that is made of the folder`() throws {
        let source = try open(
            #"{"temperature": 0.6, "top_k": 20, "stop_strings": ["CC"], "suppress_tokens": [7, 9], "typical_p": 0.9}"#)
        let made = try folder.open(
            GGUFWriter(metadata: source.inFileLayout.metadata.map { ($0, $1) }, tensors: []).bytes())
        #expect(made.authorSampling == source.authorSampling && !made.authorSampling.overrides.isEmpty)
        #expect(made.metadata["general.sampling.temp"]?.number == Double(Float(0.6)))
    }
}
