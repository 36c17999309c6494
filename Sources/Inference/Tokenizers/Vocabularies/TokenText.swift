// The text of a token: the decoding side of a vocabulary.

import Generation

enum TokenText {
    /// Appends the text of a token: spaces as spaces, a byte token as its byte, a special token as its name.
    /// - Parameter index: a place in `vocabulary.tokens`.
    static func append(_ index: Int, of vocabulary: Vocabulary, to text: inout [UInt8]) {
        let names = vocabulary.tokens
        let name = names[index]
        let model = vocabulary.model
        switch vocabulary.type(of: TokenID(index)) {
        // In a tokenizer.json these tokens write spaces as ▁ too.
        case .userDefined where vocabulary.pipeline != nil && model != .bytePairs:
            SpaceEscaping.appendUnescaped(name, to: &text)
        case .control, .unknown, .userDefined: text += name
        case .byte where ByteFallback.byte(of: name) != nil: text.append(ByteFallback.byte(of: name) ?? 0)
        case .normal, .undefined, .unused, .byte:
            if model != .bytePairs {
                SpaceEscaping.appendUnescaped(name, to: &text)
            } else if !ByteAlphabet.decode(names.buffer, names.range(index), into: &text) {
                text += name
            }
        }
    }
}

/// Finds the tokens that end a text.
enum EndTokens {
    /// Names of such tokens in the known model families, for files that do not mark them.
    private static let names = [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<end_of_turn>", "<|endoftext|>",
        "<|eom_id|>", "<EOT>", "<|end_of_text|>", "<end_of_utterance>", "<turn|>", "<｜end▁of▁sentence｜>",
    ]

    static func find(_ vocabulary: Vocabulary, _ tokens: TokenTable) -> Set<TokenID> {
        var ends = Set(vocabulary.furtherEndIDs)
        if let eosID = vocabulary.eosID { ends.insert(eosID) }
        for name in names {
            if let id = tokens.find(Array(name.utf8)) { ends.insert(id) }
        }
        // Harmony's <|end|> closes one channel of an answer, not the answer.
        let isHarmony = ["<|return|>", "<|call|>"].allSatisfy { tokens.find(Array($0.utf8)) != nil }
        if isHarmony, let end = tokens.find(Array("<|end|>".utf8)) { ends.remove(end) }
        return ends
    }
}
