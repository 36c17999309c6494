// Model files in which each token fixes the next one, so that a test knows what the model writes.
// A llama of one layer whose attention and feed-forward add nothing: the embedding is one-hot, and the output matrix
// says what follows.

import Foundation
import Generation
import Inference
import Testing

/// A vocabulary of letters and some tokens of a test's own, and what follows each of them.
struct MarkovModel {
    /// Special tokens that have no letters, such as `<|im_end|>`; the first one ends a text.
    var controls: [String]
    /// Special tokens that have letters, such as Qwen's `<think>`.
    var defined: [String] = []
    /// Longer texts that are one token.
    var words: [String] = []
    /// What follows a token, with equal probabilities; after any other token the text ends.
    var next: [String: [String]] = [:]
    var template: String?
    var contextLength = 1024

    /// The names of all tokens; the printable characters come last.
    var names: [String] {
        controls + defined + words + ["\n"] + (0x20...0x7E).map { String(Unicode.Scalar(UInt8($0))) }
    }

    func file(in folder: ScratchFolder) throws -> GGUFFile {
        let names = names
        var builder = GGUFBuilder()
        builder.add(key: "general.architecture", string: "llama")
        addTokenizer(to: &builder, names)
        let width = names.count + names.count % 2
        for (key, value) in [
            ("context_length", contextLength), ("embedding_length", width), ("block_count", 1),
            ("feed_forward_length", 2), ("attention.head_count", 1), ("vocab_size", names.count),
        ] { builder.add(key: "llama." + key, uint32: UInt32(value)) }
        builder.add(
            key: "llama.attention.layer_norm_rms_epsilon", type: 6, value: GGUFBuilder.number(Float(1e-6).bitPattern))
        addWeights(to: &builder, names, width: width)
        let path = try folder.write(builder.bytes, as: "markov.gguf")
        return try GGUFFile.open(path: path)
    }

    func generator(threadCount: Int = 1) throws -> LocalGenerator {
        let folder = try ScratchFolder()
        return try LocalGenerator(file: file(in: folder), name: "markov", threadCount: threadCount)
    }

    func tokenizer() throws -> Tokenizer { try Tokenizer(file: file(in: ScratchFolder())) }

    private func addTokenizer(to builder: inout GGUFBuilder, _ names: [String]) {
        builder.add(key: "tokenizer.ggml.model", string: "gpt2")
        builder.add(key: "tokenizer.ggml.pre", string: "gpt-2")
        builder.add(
            key: "tokenizer.ggml.tokens",
            strings: names.enumerated().map { index, name in
                // The alphabet of byte-level vocabularies.
                index < controls.count + defined.count
                    ? name : name.replacingOccurrences(of: " ", with: "Ġ").replacingOccurrences(of: "\n", with: "Ċ")
            })
        let types =
            controls.map { _ in Int32(3) } + defined.map { _ in 4 }
            + names.dropFirst(controls.count + defined.count).map { _ in 1 }
        builder.add(key: "tokenizer.ggml.token_type", int32s: types)
        builder.add(key: "tokenizer.ggml.merges", strings: [])
        builder.add(key: "tokenizer.ggml.eos_token_id", uint32: 0)
        builder.add(key: "tokenizer.ggml.add_bos_token", type: 7, value: [0])
        if let template { builder.add(key: "tokenizer.chat_template", string: template) }
    }

    private func addWeights(to builder: inout GGUFBuilder, _ names: [String], width: Int) {
        let count = names.count
        var embedding = [Float](repeating: 0, count: count * width)
        var output = [Float](repeating: 0, count: count * width)
        for (token, name) in names.enumerated() {
            embedding[token * width + token] = 1
            for follower in next[name] ?? [controls[0]] {
                if let row = names.firstIndex(of: follower) { output[row * width + token] = 4 }
            }
        }
        func zeros(_ name: String, _ rows: Int, _ columns: Int) {
            builder.add(
                tensor: "blk.0.\(name).weight", sizes: [UInt64(columns), UInt64(rows)],
                floats: Array(repeating: 0, count: rows * columns))
        }
        let ones = [Float](repeating: 1, count: width)
        builder.add(tensor: "token_embd.weight", sizes: [UInt64(width), UInt64(count)], floats: embedding)
        builder.add(tensor: "output.weight", sizes: [UInt64(width), UInt64(count)], floats: output)
        for name in ["output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"] {
            builder.add(tensor: name + ".weight", sizes: [UInt64(width)], floats: ones)
        }
        for name in ["attn_q", "attn_k", "attn_v", "attn_output"] { zeros(name, width, width) }
        for name in ["ffn_gate", "ffn_up"] { zeros(name, 2, width) }
        zeros("ffn_down", width, 2)
    }
}
