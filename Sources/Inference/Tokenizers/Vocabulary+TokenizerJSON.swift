// Reads a vocabulary from Hugging Face's tokenizer.json, with the files beside it that say what begins and ends a text.
// - What the file describes is recognised as one of the ways of cutting that are built; nothing is guessed.

extension Vocabulary {
    /// - Parameter tokenCount: rows of the model's embedding; tokens that have no name are filled up to it.
    /// - Throws: `ModelFileError` naming the file and what in it is missing or not supported.
    public init(folder: String, tokenCount: Int?) throws {
        let json = try FolderFiles.json(folder, "tokenizer.json")
        let path = folder + "/tokenizer.json"
        let reader = TokenizerJSON(json: json, path: path)
        self = try reader.vocabulary(tokenCount: tokenCount)
        try readSpecialTokens(folder)
    }

    /// Takes BOS and EOS from tokenizer_config.json, config.json and generation_config.json.
    private mutating func readSpecialTokens(_ folder: String) throws {
        let table = TokenTable(tokens)
        let tokenizer = try FolderFiles.optionalJSON(folder, "tokenizer_config.json")
        func named(_ key: String) -> TokenID? {
            let value = tokenizer?[key]
            return (value?.bytes ?? value?["content"]?.bytes).flatMap { table.find($0) }
        }
        func ids(_ json: JSONValue?, _ key: String) -> [TokenID] {
            let value = json?[key]
            let numbers = value?.items ?? value.map { [$0] } ?? []
            return numbers.compactMap { $0.int.flatMap(TokenID.init(exactly:)) }
                .filter { $0 >= 0 && Int($0) < tokens.count }
        }
        let configuration = try FolderFiles.optionalJSON(folder, "config.json")
        let generation = try FolderFiles.optionalJSON(folder, "generation_config.json")
        bosID = bosID ?? named("bos_token") ?? ids(configuration, "bos_token_id").first
        let ends = ids(generation, "eos_token_id") + ids(configuration, "eos_token_id")
        let namedEnd = named("eos_token")
        eosID = eosID ?? namedEnd ?? ends.first
        furtherEndIDs = Set(ends + [namedEnd].compactMap(\.self)).sorted()
        addsBOS = tokenizer?["add_bos_token"]?.truth ?? addsBOS
        addsEOS = tokenizer?["add_eos_token"]?.truth ?? addsEOS
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
        let isByteLevel =
            Self.types(json["pre_tokenizer"]).contains("ByteLevel")
            || Self.types(json["decoder"]).contains("ByteLevel")
        let preTokenizer = isByteLevel ? try self.preTokenizer() : "whole"
        var vocabulary = try collect(
            names, tokenCount, model: isByteLevel ? .bytePairs : .spacedPairs, preTokenizer: preTokenizer)
        vocabulary.merges = try merges(model)
        vocabulary.ignoresMerges = model["ignore_merges"]?.truth ?? false
        for field in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let text = model[field]?.text, !text.isEmpty { throw unsupported("model." + field, text, "none") }
        }
        vocabulary.addsSpacePrefix = try readNormalizer(into: &vocabulary)
        try readSpaces(isByteLevel: isByteLevel, into: &vocabulary)
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
        var scores: [Float] = []
        for item in model["vocab"]?.items ?? [] {
            guard let pair = item.items, pair.count == 2, let name = pair[0].bytes, let score = pair[1].double else {
                throw malformed("model.vocab", "a piece is no pair of a text and a score")
            }
            names.append((names.count, name))
            scores.append(Float(score))
        }
        var vocabulary = try collect(names, tokenCount, model: .unigram, preTokenizer: "default")
        scores += [Float](repeating: 0, count: max(0, vocabulary.tokens.count - scores.count))
        vocabulary.scores = scores
        if let unknown = model["unk_id"]?.int, vocabulary.types.indices.contains(unknown) {
            vocabulary.unknownID = TokenID(unknown)
            vocabulary.types[unknown] = .unknown
        }
        if model["byte_fallback"]?.truth == true { throw unsupported("model.byte_fallback", "true", "false") }
        vocabulary.addsSpacePrefix = try readNormalizer(into: &vocabulary)
        try readSpaces(isByteLevel: false, into: &vocabulary)
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
        for (id, name) in names { try put(id, name, ByteFallback.byte(of: name[...]) == nil ? .normal : .byte) }
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
        if let unknown = json["model"]?["unk_token"]?.bytes {
            vocabulary.unknownID = TokenTable(vocabulary.tokens).find(unknown)
        }
        for token in added {
            guard let id = token["id"]?.int.flatMap(TokenID.init(exactly:)) else { continue }
            var rules: TokenMatchRules = []
            if token["lstrip"]?.truth == true { rules.insert(.takesSpaceBefore) }
            if token["rstrip"]?.truth == true { rules.insert(.takesSpaceAfter) }
            if token["single_word"]?.truth == true { rules.insert(.wholeWordsOnly) }
            if !rules.isEmpty { vocabulary.matchRules[id] = rules }
        }
        readTemplate(into: &vocabulary)
        return vocabulary
    }

    /// The tokens that the file puts around every text.
    private func readTemplate(into vocabulary: inout Vocabulary) {
        let table = TokenTable(vocabulary.tokens)
        func id(_ name: JSONValue?) -> TokenID? { name?.bytes.flatMap { table.find($0) } }
        for step in Self.all(json["post_processor"]) {
            switch step["type"]?.text {
            case "TemplateProcessing":
                let items = step["single"]?.items ?? []
                let text = items.firstIndex { $0["Sequence"] != nil } ?? items.count
                vocabulary.addsBOS = text > 0
                vocabulary.addsEOS = text < items.count - 1
                if text > 0 { vocabulary.bosID = id(items[0]["SpecialToken"]?["id"]) }
                if text < items.count - 1 { vocabulary.eosID = id(items[items.count - 1]["SpecialToken"]?["id"]) }
            case "RobertaProcessing", "BertProcessing":
                (vocabulary.addsBOS, vocabulary.addsEOS) = (true, true)
                vocabulary.bosID = id(step["cls"]?.items?.first)
                vocabulary.eosID = id(step["sep"]?.items?.first)
            default: break
            }
        }
    }

    /// Reads what is done to a text first.
    /// - Returns: whether a space is put in front of it.
    private func readNormalizer(into vocabulary: inout Vocabulary) throws -> Bool {
        var hasPrefix = false
        // Replacements that replace each other's results could make anything of a byte.
        var growth = 1
        for step in Self.all(json["normalizer"]) where !step.isNull {
            let type = step["type"]?.text ?? ""
            let content = step["content"]?.bytes
            switch type {
            case "NFC", "NFD", "NFKC", "NFKD", "Lowercase":
                if let form = TextNormalization(rawForm: type) { vocabulary.normalization.append(form) }
            case "Nmt": vocabulary.normalization.append(.controlsToSpaces)
            case "Strip", "StripNormalizer":
                vocabulary.normalization.append(
                    .strip(left: step["strip_left"]?.truth ?? true, right: step["strip_right"]?.truth ?? true))
            case "Precompiled":
                let map = step["precompiled_charsmap"]?.text.flatMap { Base64.decode($0) } ?? []
                if let table = CharactersMap(map) { vocabulary.normalization.append(.table(table)) }
                vocabulary.charactersMap = map
            case "Prepend":
                guard let text = step["prepend"]?.bytes, text == SpaceEscaping.mark || text == [0x20] else {
                    throw unsupported("normalizer.prepend", step["prepend"]?.text ?? "", "▁")
                }
                hasPrefix = true
            case "Replace":
                let (pattern, expression) = (step["pattern"]?["String"]?.bytes, step["pattern"]?["Regex"]?.text)
                if pattern == [0x20], content == SpaceEscaping.mark { continue }
                if let pattern, !pattern.isEmpty, let content {
                    growth *= min(max(1, (content.count + pattern.count - 1) / pattern.count), 1000)
                    guard growth <= 64 else {
                        throw malformed("normalizer", "its replacements make a text more than 64 times longer")
                    }
                    vocabulary.normalization.append(.replace(pattern, with: content))
                } else if expression == " {2,}", content == [0x20] || content == SpaceEscaping.mark {
                    vocabulary.normalization.append(.mergeSpaces)
                } else {
                    throw unsupported("normalizer.pattern", expression ?? "", "a text, ' {2,}'")
                }
            default: throw unsupported("normalizer", type, "NFC, NFD, NFKC, NFKD, Lowercase, Strip, Replace, Prepend")
            }
        }
        return hasPrefix
    }

    /// Reads how words begin, and whether tokens reach over spaces.
    private func readSpaces(isByteLevel: Bool, into vocabulary: inout Vocabulary) throws {
        for step in Self.all(json["pre_tokenizer"]) where !step.isNull {
            switch step["type"]?.text ?? "" {
            case "ByteLevel" where isByteLevel:
                guard step["add_prefix_space"]?.truth == true else { continue }
                (vocabulary.addsSpacePrefix, vocabulary.spacePrefixRule) = (true, .whereMissing)
            case _ where isByteLevel: break
            case "Metaspace":
                let scheme =
                    step["prepend_scheme"]?.text ?? (step["add_prefix_space"]?.truth == false ? "never" : "always")
                vocabulary.splitsWords = step["split"]?.truth ?? true
                guard scheme != "never" else { continue }
                vocabulary.addsSpacePrefix = true
                vocabulary.spacePrefixRule = scheme == "first" ? .firstWhereMissing : .whereMissing
            case "WhitespaceSplit":
                vocabulary.removesExtraWhitespace = true
                vocabulary.normalization += [.blanksToSpaces, .mergeSpaces]
            // Spaces are written as ▁ by then, so this finds none.
            case "Split" where step["pattern"]?["String"]?.text == " ": break
            case let other: throw unsupported("pre_tokenizer", other, "ByteLevel, Metaspace, WhitespaceSplit")
            }
        }
    }

    /// The name of the chain of patterns that the file writes out.
    private func preTokenizer() throws -> String {
        var chain: [String] = []
        for item in Self.all(json["pre_tokenizer"]) {
            switch item["type"]?.text {
            case "ByteLevel": chain.append(item["use_regex"]?.truth == false ? "bytes" : "gpt2")
            case "Digits": chain.append(item["individual_digits"]?.truth == true ? "digits" : "numbers")
            case "Split": chain.append(item["pattern"]?["Regex"]?.text ?? item["pattern"]?["String"]?.text ?? "")
            case let other: chain.append(other ?? "")
            }
        }
        guard let name = WrittenPatterns.name(of: chain.filter { $0 != "bytes" }) else {
            throw unsupported("pre_tokenizer", chain.joined(separator: " then "), "the known pre-tokenizers")
        }
        return name
    }

    /// The parts of a sequence, or the one thing itself.
    private static func all(_ value: JSONValue?) -> [JSONValue] {
        guard let value else { return [] }
        let parts = ["pretokenizers", "normalizers", "processors", "decoders"].lazy.compactMap { value[$0]?.items }
            .first
        return parts ?? [value]
    }

    private static func types(_ value: JSONValue?) -> [String] { all(value).compactMap { $0["type"]?.text } }

    private func malformed(_ field: String, _ problem: String) -> ModelFileError {
        .malformed(path: path, field: field, problem: problem)
    }

    private func unsupported(_ field: String, _ name: String, _ known: String) -> ModelFileError {
        .unsupportedTokenizer(path: path, field: field, name: name, known: known)
    }
}
