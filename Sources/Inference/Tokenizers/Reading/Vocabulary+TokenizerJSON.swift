// Reads a vocabulary from Hugging Face's tokenizer.json, and from the files beside it that name the first and last
// tokens.
// - The file must describe one of the ways of cutting that exist here; nothing is guessed.

import Generation

extension Vocabulary {
    /// - Parameter tokenCount: rows of the model's embedding; the vocabulary is filled up to it with nameless tokens.
    /// - Throws: `ModelFileError`, which names the file and the missing or unsupported part of it.
    public init(folder: String, tokenCount: Int?) throws {
        let file = try FolderFiles.fields(folder, "tokenizer.json")
        self = try TokenizerJSON(fields: file).vocabulary(tokenCount: tokenCount)
        try readSpecialTokens(folder)
    }

    /// Reads special tokens from tokenizer_config.json, config.json and generation_config.json.
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

    /// The token or tokens under that key.
    /// - Parameter standard: the default of config.json, which may be outside the vocabulary.
    private func ids(_ fields: JSONFields?, _ key: String, standard: Int?) throws -> [TokenID] {
        guard let fields, let value = fields.value(key) else { return [] }
        guard let numbers = try value.items == nil ? fields.int(key).map({ [$0] }) : fields.integers(key) else {
            return []
        }
        return try numbers.compactMap { number in
            if tokens.count > number, number >= 0 { return TokenID(number) }
            // Padding never reaches the model, and some files give it the id after the last token.
            guard number == -1 || number == standard || key == "pad_token_id" else {
                throw fields.outOfRange(key, number, "below the number of tokens, \(tokens.count)")
            }
            return nil
        }
    }
}

/// One tokenizer.json.
private struct TokenizerJSON {
    let fields: JSONFields

    func vocabulary(tokenCount: Int?) throws -> Vocabulary {
        let model = try fields.required("model", fields.fields("model"))
        let type = try model.required("type", model.text("type") ?? (model.value("merges") == nil ? nil : "BPE"))
        switch type {
        case "BPE": return try bytePairs(model, tokenCount)
        case "Unigram": return try unigram(model, tokenCount)
        default: throw unsupported("model.type", type, "BPE, Unigram")
        }
    }

    private func bytePairs(_ model: JSONFields, _ tokenCount: Int?) throws -> Vocabulary {
        var names: [(id: Int, name: [UInt8])] = []
        for (key, value) in try model.required("vocab", model.members("vocab")) {
            guard let id = value.int else { throw malformed("model.vocab", "a token's id is not an integer") }
            names.append((id, key))
        }
        let reader = PipelineReader(fields: fields)
        let (pipeline, isByteLevel) = try reader.pipeline()
        var vocabulary = try collect(
            names, tokenCount, model: isByteLevel ? .bytePairs : .spacedPairs,
            preTokenizer: isByteLevel ? try reader.writtenName() : "whole")
        vocabulary.merges = try merges(model, of: vocabulary.tokens)
        vocabulary.ignoresMerges = try model.truth("ignore_merges") ?? false
        vocabulary.fusesUnknown = try model.truth("fuse_unk") ?? false
        for field in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let text = try model.text(field), !text.isEmpty { throw unsupported("model." + field, text, "none") }
        }
        try reader.put(pipeline, into: &vocabulary)
        return vocabulary
    }

    /// - Throws: `ModelFileError` if a merge is not a pair of tokens; Hugging Face's tokenizers refuse it too.
    private func merges(_ model: JSONFields, of tokens: ByteStrings) throws -> ByteStrings {
        let items = try model.required("merges", model.items("merges"))
        let table = TokenTable(tokens)
        var merges = ByteStrings(count: items.count, byteCount: items.count * 8)
        for item in items {
            let line: [UInt8]
            if let written = item.bytes {
                // Lists that come from a file of their own begin with its version.
                if written.starts(with: "#version".utf8) { continue }
                guard written.count(where: { $0 == 0x20 }) == 1 else { throw noPair }
                line = written
            } else if let pair = item.items, pair.count == 2, let left = pair[0].bytes, let right = pair[1].bytes {
                line = left + [0x20] + right
            } else {
                throw noPair
            }
            guard let space = line.dropFirst().firstIndex(of: 0x20),
                table.findPair(line, 0..<space, (space + 1)..<line.count) != nil
            else {
                let text = String(decoding: line.prefix(100), as: UTF8.self)
                throw malformed("model.merges", "the merge '\(text)' has or makes a token that is not in model.vocab")
            }
            merges.append(line)
        }
        return merges
    }

    private var noPair: ModelFileError { malformed("model.merges", "a merge is not a pair") }

    private func unigram(_ model: JSONFields, _ tokenCount: Int?) throws -> Vocabulary {
        var names: [(id: Int, name: [UInt8])] = []
        var scores: [Double] = []
        for item in try model.required("vocab", model.items("vocab")) {
            guard let pair = item.items, pair.count == 2, let name = pair[0].bytes, let score = pair[1].double,
                score.isFinite
            else { throw malformed("model.vocab", "a piece is not a pair of a text and a score") }
            names.append((names.count, name))
            scores.append(score)
        }
        var vocabulary = try collect(names, tokenCount, model: .unigram, preTokenizer: "default")
        scores += [Double](repeating: 0, count: max(0, vocabulary.tokens.count - scores.count))
        vocabulary.scores = scores
        if let unknown = try model.int("unk_id") {
            guard names.indices.contains(unknown) else {
                throw model.outOfRange("unk_id", unknown, "below the number of tokens, \(names.count)")
            }
            vocabulary.unknownID = TokenID(unknown)
            vocabulary.types[unknown] = .unknown
        }
        let reader = PipelineReader(fields: fields)
        try reader.put(try reader.pipeline().pipeline, into: &vocabulary)
        return vocabulary
    }

    /// Puts the tokens in the order of their ids, with the added ones among them.
    private func collect(
        _ names: [(id: Int, name: [UInt8])], _ tokenCount: Int?, model: Vocabulary.Model, preTokenizer: String
    ) throws -> Vocabulary {
        let added = try fields.objects("added_tokens") ?? []
        // Ids have few gaps; a single huge id would only make a huge list.
        let most = 2 * (names.count + added.count) + 1024
        var count = tokenCount.map { min($0, most) } ?? 0
        var texts: [[UInt8]] = []
        var types: [TokenType] = []
        func put(_ id: Int, _ name: [UInt8], _ type: TokenType, _ field: String) throws {
            guard id >= 0, id < most else {
                throw ModelFileError.outOfRange(
                    path: fields.path, key: "a token's id", value: "\(id)", allowed: "from 0 to \(most - 1)")
            }
            while texts.count <= id {
                texts.append([])
                types.append(.unused)
            }
            guard types[id] == .unused || texts[id] == name else {
                let pair = [texts[id], name].map { "'\(String(decoding: $0.prefix(100), as: UTF8.self))'" }
                throw malformed(field, "the tokens \(pair.joined(separator: " and ")) have the same id, \(id)")
            }
            texts[id] = name
            types[id] = type
        }
        let settings = try fields.fields("model")
        let hasByteTokens = try settings?.truth("byte_fallback") == true
        for (id, name) in names {
            let isByte = hasByteTokens && ByteFallback.byte(of: name[...]) != nil
            try put(id, name, isByte ? .byte : .normal, "model.vocab")
        }
        var matchRules: [TokenID: TokenMatchRules] = [:]
        for token in added {
            let id = try token.required("id", token.int("id"))
            let isSpecial = try token.truth("special") ?? false
            let name = try token.required("content", token.bytes("content"))
            try put(id, name, isSpecial ? .control : .userDefined, "added_tokens")
            var rules: TokenMatchRules = []
            if try token.truth("lstrip") == true { rules.insert(.takesSpaceBefore) }
            if try token.truth("rstrip") == true { rules.insert(.takesSpaceAfter) }
            if try token.truth("single_word") == true { rules.insert(.wholeWordsOnly) }
            if try token.truth("normalized") ?? !isSpecial { rules.insert(.isNormalized) }
            if !rules.isEmpty { matchRules[TokenID(id)] = rules }
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
        vocabulary.matchRules = matchRules
        let table = TokenTable(vocabulary.tokens)
        if let unknown = try settings?.bytes("unk_token") { vocabulary.unknownID = table.find(unknown) }
        try readTemplate(into: &vocabulary, table)
        return vocabulary
    }

    /// Reads the tokens that the file puts around every text.
    private func readTemplate(into vocabulary: inout Vocabulary, _ table: TokenTable) throws {
        func id(_ name: [UInt8]?) -> TokenID? { name.flatMap { table.find($0) } }
        for step in try PipelineReader.steps(fields, "post_processor") {
            switch try step.text("type") {
            case "TemplateProcessing":
                let items = try step.required("single", step.objects("single"))
                let text = items.firstIndex { $0.value("Sequence") != nil } ?? items.count
                func ids(_ items: some Sequence<JSONFields>) throws -> [TokenID] {
                    try items.compactMap { id(try $0.fields("SpecialToken")?.bytes("id")) }
                }
                let (begin, end) = (try ids(items.prefix(text)), try ids(items.dropFirst(text + 1)))
                guard end.count <= 1 else {
                    throw unsupported("post_processor.single", "\(end.count) tokens after the text", "none, one token")
                }
                (vocabulary.addsBOS, vocabulary.addsEOS) = (!begin.isEmpty, !end.isEmpty)
                vocabulary.bosID = begin.first
                vocabulary.furtherBeginIDs = Array(begin.dropFirst())
                vocabulary.eosID = end.first
            case "RobertaProcessing", "BertProcessing":
                (vocabulary.addsBOS, vocabulary.addsEOS) = (true, true)
                vocabulary.bosID = id(try step.items("cls")?.first?.bytes)
                vocabulary.eosID = id(try step.items("sep")?.first?.bytes)
            case "ByteLevel": break
            case let other: throw unsupported("post_processor", other ?? "", "TemplateProcessing, ByteLevel")
            }
        }
    }

    private func malformed(_ field: String, _ problem: String) -> ModelFileError {
        .malformed(path: fields.path, field: field, problem: problem)
    }

    private func unsupported(_ field: String, _ name: String, _ known: String) -> ModelFileError {
        .unsupportedTokenizer(path: fields.path, field: field, name: name, known: known)
    }
}
