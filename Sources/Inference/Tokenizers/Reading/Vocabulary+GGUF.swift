// Reads a vocabulary from the keys `tokenizer.ggml.*`.
// Absent keys have the defaults of llama.cpp (llama-vocab.cpp), because files rely on them.

import Generation

extension Vocabulary {
    /// - Throws: `ModelFileError`, which names the key.
    init(metadataOf source: some ModelSource) throws {
        let name = try source.string("tokenizer.ggml.model")
        guard let model = Model(rawValue: name) else {
            throw ModelFileError.unsupportedTokenizer(
                path: source.path, field: "tokenizer.ggml.model", name: name,
                known: Model.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let tokens = try source.byteStrings("tokenizer.ggml.tokens")
        guard tokens.count > 0, tokens.count <= Int(TokenID.max) else {
            throw ModelFileError.outOfRange(
                path: source.path, key: "tokenizer.ggml.tokens", value: "a list of \(tokens.count)",
                allowed: "a list of at least one token")
        }
        self.init(
            model: model, preTokenizer: try source.string("tokenizer.ggml.pre", default: "default"), tokens: tokens)

        types = try Self.perToken(
            of: source.path, "tokenizer.ggml.token_type", count: tokens.count,
            try source.optionalIntArray("tokenizer.ggml.token_type"), allowed: "from 0 to 6"
        ) { UInt8(exactly: $0).flatMap(TokenType.init) }
        scores = try Self.perToken(
            of: source.path, "tokenizer.ggml.scores", count: tokens.count,
            try source.optionalFloatArray("tokenizer.ggml.scores"), allowed: "finite"
        ) { $0.isFinite ? Double($0) : nil }
        if model == .bytePairs || model == .spacedPairs {
            merges = try source.byteStrings("tokenizer.ggml.merges")
        }
        try readSpecialTokens(source)
        addsBOS = try source.bool("tokenizer.ggml.add_bos_token", default: addsBOSByDefault)
        addsEOS = try source.bool("tokenizer.ggml.add_eos_token", default: model == .unigram)
        addsSpacePrefix = try source.bool("tokenizer.ggml.add_space_prefix", default: model == .sentencePieces)
        removesExtraWhitespace = try source.bool("tokenizer.ggml.remove_extra_whitespaces", default: false)
        lowercases = try source.bool("tokenizer.ggml.normalizer.lowercase", default: true)
        removesAccents = try source.bool("tokenizer.ggml.normalizer.strip_accents", default: lowercases)
        charactersMap =
            try source.optionalIntArray("tokenizer.ggml.precompiled_charsmap")?
            .map { UInt8(truncatingIfNeeded: $0) } ?? []
        ignoresMerges = try source.bool(
            "tokenizer.ggml.ignore_merges", default: PreTokenizer(named: preTokenizer)?.ignoresMerges ?? false)
        composes = model == .bytePairs && PreTokenizer(named: preTokenizer)?.composes ?? false
        if Self.isPhi3(source) { takeSpaceAfterSpecialTokens() }
    }

    // Files have no key for the text around a token; Phi-3 is recognized by the model's name.
    private static func isPhi3(_ source: some ModelSource) -> Bool {
        let name = (try? source.optionalString("general.name"))?.lowercased() ?? ""
        return name.contains("phi-3") || name.contains("phi3")
    }

    private mutating func takeSpaceAfterSpecialTokens() {
        let excepted = Set(["<unk>", "<s>", "<|endoftext|>"].map { Array($0.utf8) })
        for place in types.indices where [.control, .userDefined, .unknown].contains(types[place]) {
            if !excepted.contains(Array(tokens[place])) { matchRules[TokenID(place)] = .takesSpaceAfter }
        }
    }

    private var addsBOSByDefault: Bool {
        switch model {
        case .sentencePieces, .wordPieces: true
        case .bytePairs: PreTokenizer(named: preTokenizer)?.addsBOS ?? false
        case .spacedPairs: true
        case .unigram: false
        }
    }

    private mutating func readSpecialTokens(_ source: some ModelSource) throws {
        bosID = try id(source, "bos_token_id") ?? (model == .sentencePieces ? known(1) : nil)
        eosID = try id(source, "eos_token_id") ?? (model == .sentencePieces ? known(2) : nil)
        unknownID = try id(source, "unknown_token_id") ?? (model == .sentencePieces ? known(0) : nil)
        // The misspelling is the format's own.
        separatorID = try id(source, "seperator_token_id")
        paddingID = try id(source, "padding_token_id")
        if model == .wordPieces {
            bosID = try id(source, "cls_token_id") ?? bosID
            eosID = separatorID
        }
        for key in ["eot_token_id", "eom_token_id"] {
            if let end = try id(source, key) { furtherEndIDs.append(end) }
        }
        markEndsAsControl()
    }

    // Some files give an end token the type of a normal one; Hugging Face's tokenizers find it by name all the same.
    private mutating func markEndsAsControl() {
        let ends = furtherEndIDs + [eosID].compactMap(\.self)
        if types.isEmpty, !ends.isEmpty { types = [TokenType](repeating: .normal, count: tokens.count) }
        for end in ends where [.normal, .undefined].contains(type(of: end)) { types[Int(end)] = .control }
    }

    private func known(_ id: TokenID) -> TokenID? { Int(id) < tokens.count ? id : nil }

    /// A special token's id; nil if the key is absent or means "none" (all bits set, as some converters write).
    private func id(_ source: some ModelSource, _ key: String) throws -> TokenID? {
        let key = "tokenizer.ggml." + key
        guard let value = try source.optionalInt(key), value != -1, value != Int(UInt32.max) else { return nil }
        guard value >= 0, value < tokens.count else {
            throw ModelFileError.outOfRange(
                path: source.path, key: key, value: "\(value)",
                allowed: "below the number of tokens, \(tokens.count)")
        }
        return TokenID(value)
    }

    // It takes the path instead of the source, because only functions without an unknown type are specialized: these
    // lists are as long as the vocabulary.
    private static func perToken<Item: CustomStringConvertible, Value>(
        of path: String, _ key: String, count: Int, _ items: [Item]?, allowed: String,
        _ convert: (Item) -> Value?
    ) throws -> [Value] {
        guard let items else { return [] }
        guard items.count == count else {
            throw ModelFileError.outOfRange(
                path: path, key: key, value: "a list of \(items.count)",
                allowed: "as long as the list of tokens, \(count)")
        }
        return try items.enumerated().map { id, item in
            guard let value = convert(item) else {
                throw ModelFileError.outOfRange(
                    path: path, key: key, value: "\(item) for token \(id)", allowed: allowed)
            }
            return value
        }
    }
}
