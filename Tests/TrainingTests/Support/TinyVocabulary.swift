// A vocabulary of the 256 bytes and two special tokens, as tokenizer.json has it.

import Foundation

enum TinyVocabulary {
    /// The characters that stand for bytes, as in GPT-2's vocabulary.
    private static let alphabet: [Character] = {
        var next = 256
        return (0..<256).map { byte in
            if (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte) {
                return Character(Unicode.Scalar(UInt8(byte)))
            }
            defer { next += 1 }
            return Character(Unicode.Scalar(UInt32(next)) ?? " ")
        }
    }()

    /// Writes tokenizer.json into a folder: token 0 ends a text, 1 is another special one.
    static func write(to folder: String) throws {
        let specials = ["<|endoftext|>", "<|other|>"]
        var vocabulary: [String: Int] = [:]
        for (id, name) in (specials + alphabet.map(String.init)).enumerated() { vocabulary[name] = id }
        let added = specials.enumerated().map { id, name in
            [
                "id": id, "content": name, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
                "special": true,
            ] as [String: Any]
        }
        let byteLevel: [String: Any] = [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
        ]
        let json: [String: Any] = [
            "version": "1.0", "truncation": NSNull(), "padding": NSNull(), "added_tokens": added,
            "normalizer": NSNull(), "pre_tokenizer": byteLevel, "post_processor": NSNull(), "decoder": byteLevel,
            "model": [
                "type": "BPE", "dropout": NSNull(), "unk_token": NSNull(), "continuing_subword_prefix": NSNull(),
                "end_of_word_suffix": NSNull(), "fuse_unk": false, "byte_fallback": false, "vocab": vocabulary,
                "merges": [[String]](),
            ],
        ]
        try JSONSerialization.data(withJSONObject: json).write(to: URL(filePath: folder + "/tokenizer.json"))
    }
}
