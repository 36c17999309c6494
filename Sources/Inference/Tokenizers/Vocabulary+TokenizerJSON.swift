// Reads a vocabulary from Hugging Face's tokenizer.json, with the files beside it that say what begins and ends a text.
// - What the file describes is recognised as one of the ways of cutting that are built; nothing is guessed.

extension Vocabulary {
    /// - Parameter tokenCount: rows of the model's embedding; tokens that have no name are filled up to it.
    /// - Throws: `ModelFileError` naming the file and what in it is missing or not supported.
    public init(folder: String, tokenCount: Int?) throws {
        let file = try FolderFiles.fields(folder, "tokenizer.json")
        self = try TokenizerJSON(json: file.json, path: file.path).vocabulary(tokenCount: tokenCount)
        try readSpecialTokens(folder)
    }

    /// Takes special tokens from tokenizer_config.json, config.json and generation_config.json.
    private mutating func readSpecialTokens(_ folder: String) throws {
        let table = TokenTable(tokens)
        let settings = try FolderFiles.optionalFields(folder, "tokenizer_config.json")
        func named(_ key: String) throws -> TokenID? {
            guard let settings, let value = settings.value(key) else { return nil }
            let name = try value.members == nil ? settings.bytes(key) : settings.fields(key)?.bytes("content")
            return name.flatMap { table.find($0) }
        }
        let configuration = try FolderFiles.optionalFields(folder, "config.json")
        let generation = try FolderFiles.optionalFields(folder, "generation_config.json")
        let type = try configuration?.text("model_type") ?? ""
        func listed(_ fields: JSONFields?, _ key: String) throws -> [TokenID] {
            try ids(fields, key, standard: HuggingFaceDefaults.number(key, of: type).map { Int($0) })
        }
        let begin = try listed(configuration, "bos_token_id") + listed(generation, "bos_token_id")
        bosID = try bosID ?? named("bos_token") ?? begin.first
        if unknownID == nil { unusedUnknownID = try named("unk_token") }
        let ends = try listed(generation, "eos_token_id") + listed(configuration, "eos_token_id")
        let namedEnd = try named("eos_token")
        eosID = eosID ?? namedEnd ?? ends.first
        furtherEndIDs = Set(ends + [namedEnd].compactMap(\.self)).sorted()
        let padding = try listed(configuration, "pad_token_id") + listed(generation, "pad_token_id")
        paddingID = try named("pad_token") ?? padding.first
        separatorID = try separatorID ?? named("sep_token")
        addsBOS = try settings?.truth("add_bos_token") ?? addsBOS
        addsEOS = try settings?.truth("add_eos_token") ?? addsEOS
    }

    /// The token or the tokens of that key.
    /// - Parameter standard: what is written where nobody chose a token, whatever the vocabulary.
    private func ids(_ fields: JSONFields?, _ key: String, standard: Int?) throws -> [TokenID] {
        guard let fields, let value = fields.value(key) else { return [] }
        guard let numbers = try value.items == nil ? fields.int(key).map({ [$0] }) : fields.integers(key) else {
            return []
        }
        return try numbers.compactMap { number in
            if tokens.count > number, number >= 0 { return TokenID(number) }
            // Padding never reaches the model, and files have had the place behind the last token for it.
            guard number == -1 || number == standard || key == "pad_token_id" else {
                throw fields.outOfRange(key, number, "below the number of tokens, \(tokens.count)")
            }
            return nil
        }
    }
}

/// One tokenizer.json.
private struct TokenizerJSON {
    let json: JSONValue
    let path: String

    func vocabulary(tokenCount: Int?) throws -> Vocabulary {
        guard let model = json["model"], let type = model["type"]?.text ?? (model["merges"] == nil ? nil : "BPE") else {
            throw ModelFileError.missingKey(path: path, key: "model.type")
        }
        switch type {
        case "BPE": return try bytePairs(model, tokenCount)
        case "Unigram": return try unigram(model, tokenCount)
        default: throw unsupported("model.type", type, "BPE, Unigram")
        }
    }

    private func bytePairs(_ model: JSONValue, _ tokenCount: Int?) throws -> Vocabulary {
        var names: [(id: Int, name: [UInt8])] = []
        for (key, value) in model["vocab"]?.members ?? [] {
            guard let id = value.int else { throw malformed("model.vocab", "a token's id is no integer") }
            names.append((id, key))
        }
        let reader = PipelineReader(json: json, path: path)
        let (pipeline, isByteLevel) = try reader.pipeline()
        var vocabulary = try collect(
            names, tokenCount, model: isByteLevel ? .bytePairs : .spacedPairs,
            preTokenizer: isByteLevel ? reader.writtenName : "whole")
        vocabulary.merges = try merges(model)
        vocabulary.ignoresMerges = model["ignore_merges"]?.truth ?? false
        vocabulary.fusesUnknown = model["fuse_unk"]?.truth ?? false
        for field in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let text = model[field]?.text, !text.isEmpty { throw unsupported("model." + field, text, "none") }
        }
        reader.put(pipeline, into: &vocabulary)
        return vocabulary
    }

    private func merges(_ model: JSONValue) throws -> ByteStrings {
        let items = model["merges"]?.items ?? []
        var merges = ByteStrings(count: items.count, byteCount: items.count * 8)
        for item in items {
            if let line = item.bytes {
                merges.append(line)
            } else if let pair = item.items, pair.count == 2, let left = pair[0].bytes, let right = pair[1].bytes {
                merges.append(left + [0x20] + right)
            } else {
                throw malformed("model.merges", "a merge is no pair")
            }
        }
        return merges
    }

    private func unigram(_ model: JSONValue, _ tokenCount: Int?) throws -> Vocabulary {
        var names: [(id: Int, name: [UInt8])] = []
        var scores: [Double] = []
        for item in model["vocab"]?.items ?? [] {
            guard let pair = item.items, pair.count == 2, let name = pair[0].bytes, let score = pair[1].double else {
                throw malformed("model.vocab", "a piece is no pair of a text and a score")
            }
            names.append((names.count, name))
            scores.append(score)
        }
        var vocabulary = try collect(names, tokenCount, model: .unigram, preTokenizer: "default")
        scores += [Double](repeating: 0, count: max(0, vocabulary.tokens.count - scores.count))
        vocabulary.scores = scores
        if let unknown = model["unk_id"]?.int, vocabulary.types.indices.contains(unknown) {
            vocabulary.unknownID = TokenID(unknown)
            vocabulary.types[unknown] = .unknown
        }
        let reader = PipelineReader(json: json, path: path)
        reader.put(try reader.pipeline().pipeline, into: &vocabulary)
        return vocabulary
    }

    /// Puts the tokens in order of their ids, with the added ones among them.
    private func collect(
        _ names: [(id: Int, name: [UInt8])], _ tokenCount: Int?, model: Vocabulary.Model, preTokenizer: String
    ) throws -> Vocabulary {
        let added = json["added_tokens"]?.items ?? []
        // Ids have few gaps; one far out would only make a list of nothing.
        let most = 2 * (names.count + added.count) + 1024
        var count = tokenCount.map { min($0, most) } ?? 0
        var texts: [[UInt8]] = []
        var types: [TokenType] = []
        func put(_ id: Int, _ name: [UInt8], _ type: TokenType) throws {
            guard id >= 0, id < most else {
                throw ModelFileError.outOfRange(
                    path: path, key: "a token's id", value: "\(id)", allowed: "from 0 to \(most - 1)")
            }
            while texts.count <= id {
                texts.append([])
                types.append(.unused)
            }
            texts[id] = name
            types[id] = type
        }
        let hasByteTokens = json["model"]?["byte_fallback"]?.truth == true
        for (id, name) in names {
            try put(id, name, hasByteTokens && ByteFallback.byte(of: name[...]) != nil ? .byte : .normal)
        }
        for token in added {
            guard let id = token["id"]?.int, let name = token["content"]?.bytes else {
                throw malformed("added_tokens", "a token has no id or content")
            }
            try put(id, name, token["special"]?.truth == true ? .control : .userDefined)
        }
        count = max(count, texts.count)
        guard count > 0 else { throw malformed("model.vocab", "it is empty") }
        while texts.count < count {
            texts.append([])
            types.append(.unused)
        }
        var vocabulary = Vocabulary(model: model, preTokenizer: preTokenizer, tokens: ByteStrings(texts))
        vocabulary.types = types
        vocabulary.fallsBackToBytes = hasByteTokens
        if let unknown = json["model"]?["unk_token"]?.bytes {
            vocabulary.unknownID = TokenTable(vocabulary.tokens).find(unknown)
        }
        for token in added {
            guard let id = token["id"]?.int.flatMap(TokenID.init(exactly:)) else { continue }
            var rules: TokenMatchRules = []
            if token["lstrip"]?.truth == true { rules.insert(.takesSpaceBefore) }
            if token["rstrip"]?.truth == true { rules.insert(.takesSpaceAfter) }
            if token["single_word"]?.truth == true { rules.insert(.wholeWordsOnly) }
            if token["normalized"]?.truth ?? !(token["special"]?.truth ?? false) { rules.insert(.isNormalized) }
            if !rules.isEmpty { vocabulary.matchRules[id] = rules }
        }
        try readTemplate(into: &vocabulary)
        return vocabulary
    }

    /// The tokens that the file puts around every text.
    private func readTemplate(into vocabulary: inout Vocabulary) throws {
        let table = TokenTable(vocabulary.tokens)
        func id(_ name: JSONValue?) -> TokenID? { name?.bytes.flatMap { table.find($0) } }
        for step in PipelineReader.all(json["post_processor"]) where !step.isNull {
            switch step["type"]?.text {
            case "TemplateProcessing":
                let items = step["single"]?.items ?? []
                let text = items.firstIndex { $0["Sequence"] != nil } ?? items.count
                let begin = items.prefix(text).compactMap { id($0["SpecialToken"]?["id"]) }
                let end = items.dropFirst(text + 1).compactMap { id($0["SpecialToken"]?["id"]) }
                guard end.count <= 1 else {
                    throw unsupported("post_processor.single", "\(end.count) tokens behind the text", "none, one token")
                }
                (vocabulary.addsBOS, vocabulary.addsEOS) = (!begin.isEmpty, !end.isEmpty)
                vocabulary.bosID = begin.first
                vocabulary.furtherBeginIDs = Array(begin.dropFirst())
                vocabulary.eosID = end.first
            case "RobertaProcessing", "BertProcessing":
                (vocabulary.addsBOS, vocabulary.addsEOS) = (true, true)
                vocabulary.bosID = id(step["cls"]?.items?.first)
                vocabulary.eosID = id(step["sep"]?.items?.first)
            case "ByteLevel": break
            case let other: throw unsupported("post_processor", other ?? "", "TemplateProcessing, ByteLevel")
            }
        }
    }

    private func malformed(_ field: String, _ problem: String) -> ModelFileError {
        .malformed(path: path, field: field, problem: problem)
    }

    private func unsupported(_ field: String, _ name: String, _ known: String) -> ModelFileError {
        .unsupportedTokenizer(path: path, field: field, name: name, known: known)
    }
}
