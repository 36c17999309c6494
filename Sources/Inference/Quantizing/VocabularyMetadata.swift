// A vocabulary as the keys of a GGUF file, for models from other formats.

import Generation

extension Vocabulary {
    /// The keys `tokenizer.ggml.*` that `Vocabulary(metadataOf:)` reads back as this vocabulary.
    public var metadata: [String: MetadataValue] {
        var keys: [String: MetadataValue] = [
            "model": .string(Array(model.rawValue.utf8)),
            "pre": .string(Array(preTokenizer.utf8)),
            "tokens": .array(MetadataArray(strings: tokens)),
            "add_bos_token": .bool(addsBOS),
            "add_eos_token": .bool(addsEOS),
            "add_space_prefix": .bool(addsSpacePrefix),
        ]
        if !types.isEmpty { keys["token_type"] = .array(MetadataArray(integers: types.map { Int($0.rawValue) })) }
        if !scores.isEmpty { keys["scores"] = .array(MetadataArray(floats: scores.map { Float($0) })) }
        // A vocabulary of bytes alone has none, and says so.
        if model == .bytePairs || merges.count > 0 { keys["merges"] = .array(MetadataArray(strings: merges)) }
        if removesExtraWhitespace { keys["remove_extra_whitespaces"] = .bool(true) }
        if ignoresMerges { keys["ignore_merges"] = .bool(true) }
        if !charactersMap.isEmpty {
            keys["precompiled_charsmap"] = .array(MetadataArray(integers: charactersMap.map { Int($0) }, as: .uint8))
        }
        func put(_ key: String, _ id: TokenID?) {
            guard let id, let number = UInt32(exactly: id) else { return }
            keys[key] = .uint32(number)
        }
        put("bos_token_id", bosID)
        put("eos_token_id", eosID)
        put("unknown_token_id", unknownID ?? unusedUnknownID)
        put("seperator_token_id", separatorID)
        put("padding_token_id", paddingID)
        // GGUF has keys for two more end tokens.
        let ends = furtherEndIDs.filter { $0 != eosID }
        put("eot_token_id", ends.first)
        put("eom_token_id", ends.dropFirst().first)
        return Dictionary(uniqueKeysWithValues: keys.map { ("tokenizer.ggml." + $0.key, $0.value) })
    }
}
