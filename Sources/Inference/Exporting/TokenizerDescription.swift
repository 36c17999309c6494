// tokenizer.json, made from the vocabulary of a GGUF file.
// - Every token keeps its id. Signals and defined words are also `added_tokens`, which are found by name.
// - The steps are those that our own tokenizer takes for such a file.
// Format: tokenizers (Hugging Face), serialization of `Tokenizer`.

import Generation

/// Makes tokenizer.json.
struct TokenizerDescription {
    let vocabulary: Vocabulary
    /// True for Gemma, whose tokens are merged in the order of their ids and not of their scores.
    let mergesByID: Bool
    /// Defined tokens of spaces alone stay as GGUF files spell them: they are found in the text as it is, as
    /// SentencePiece finds them, and so no run of spaces is cut in another way.
    private var names: ByteStrings { vocabulary.tokens }

    init(vocabulary: Vocabulary, mergesByID: Bool = false) {
        self.vocabulary = vocabulary
        self.mergesByID = mergesByID
    }

    /// The complete file; nil if the vocabulary is of a kind that is not written.
    func file() -> WrittenJSON? {
        guard let model = model(), let steps = steps() else { return nil }
        return .object([
            "version": .text("1.0"), "truncation": .null, "padding": .null, "added_tokens": .list(addedTokens()),
            "normalizer": steps.normalizer, "pre_tokenizer": steps.preTokenizer, "post_processor": postProcessor(),
            "decoder": steps.decoder, "model": model,
        ])
    }

    // MARK: Tokens

    /// True if a token has a name that a JSON file can hold.
    private func isNamed(_ index: Int) -> Bool {
        !names[index].isEmpty && String(validating: names[index], as: UTF8.self) != nil
    }

    private func addedTokens() -> [WrittenJSON] {
        var seen: Set<[UInt8]> = []
        return (0..<names.count).compactMap { index in
            let id = TokenID(index)
            let type = vocabulary.type(of: id)
            guard [.control, .userDefined, .unknown].contains(type), isNamed(index),
                seen.insert(Array(names[index])).inserted
            else { return nil }
            let rules = vocabulary.matchRules[id] ?? []
            return .object([
                "id": .whole(index), "content": .text(Array(names[index])),
                "single_word": .truth(rules.contains(.wholeWordsOnly)),
                "lstrip": .truth(rules.contains(.takesSpaceBefore)),
                "rstrip": .truth(rules.contains(.takesSpaceAfter)), "normalized": .truth(false),
                "special": .truth(type != .userDefined),
            ])
        }
    }

    /// Names and ids; if two tokens have one name, the first counts.
    private func vocabularyMembers() -> [WrittenJSON.Member] {
        var seen: Set<[UInt8]> = []
        return (0..<names.count).compactMap { index in
            let name = Array(names[index])
            guard isNamed(index), seen.insert(name).inserted else { return nil }
            return (name, .whole(index))
        }
    }

    // MARK: Model

    private func model() -> WrittenJSON? {
        let isByteLevel = vocabulary.model == .bytePairs
        let hasScores = vocabulary.model == .sentencePieces
        guard let merges = hasScores ? derivedMerges() : listedMerges() else { return nil }
        let unknown = isByteLevel ? nil : vocabulary.unknownID.map { Array(names[Int($0)]) }
        return .object([
            "type": .text("BPE"), "dropout": .null, "unk_token": .text(unknown), "continuing_subword_prefix": .null,
            "end_of_word_suffix": .null, "fuse_unk": .truth(hasScores || vocabulary.fusesUnknown),
            "byte_fallback": .truth(!isByteLevel && vocabulary.fallsBackToBytes),
            "ignore_merges": .truth(vocabulary.ignoresMerges), "vocab": .object(vocabularyMembers()),
            "merges": .list(merges),
        ])
    }

    /// The merges of the file. Those that can never happen, because a token is missing, are left out.
    private func listedMerges() -> [WrittenJSON]? {
        let table = TokenTable(names)
        let lines = vocabulary.merges
        return (0..<lines.count).compactMap { index in
            let line = lines.range(index)
            guard line.count >= 3,
                let space = lines.buffer[(line.lowerBound + 1)..<line.upperBound].firstIndex(of: 0x20)
            else { return nil }
            let (left, right) = (line.lowerBound..<space, (space + 1)..<line.upperBound)
            guard table.findPair(lines.buffer, left, right) != nil else { return nil }
            return pair(lines.buffer[left], lines.buffer[right])
        }
    }

    private func derivedMerges() -> [WrittenJSON]? {
        guard vocabulary.model == .sentencePieces, mergesByID || vocabulary.scores.count == names.count else {
            return nil
        }
        let scores = mergesByID ? (0..<names.count).map { -Double($0) } : vocabulary.scores
        let merges = DerivedMerges.list(names, scores: scores) { index in
            // Before merging, every space has become ▁.
            isNamed(index) && !names[index].contains(0x20)
                && [.normal, .userDefined, .unused, .undefined].contains(vocabulary.type(of: TokenID(index)))
        }
        return merges.map { pair(names[Int($0.left)], names[Int($0.right)]) }
    }

    private func pair(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> WrittenJSON {
        .list([.text(Array(left)), .text(Array(right))])
    }

    // MARK: Steps

    private typealias Steps = (normalizer: WrittenJSON, preTokenizer: WrittenJSON, decoder: WrittenJSON)

    /// nil if the vocabulary is of a kind that is not written.
    private func steps() -> Steps? {
        switch vocabulary.model {
        case .bytePairs:
            guard let cuts = PreTokenizer(named: vocabulary.preTokenizer)?.cuts else { return nil }
            let normalizer: WrittenJSON = vocabulary.composes ? .object(["type": .text("NFC")]) : .null
            let decoder = WrittenJSON.object([
                "type": .text("ByteLevel"), "add_prefix_space": .truth(false), "trim_offsets": .truth(true),
                "use_regex": .truth(false),
            ])
            return (normalizer, preTokenizer(cuts), decoder)
        case .sentencePieces: return spacedSteps(cuts: .null)
        case .spacedPairs:
            // In such a file no token spans the end of a line, unless it comes from a folder.
            return spacedSteps(cuts: vocabulary.preTokenizer == "whole" ? .null : step(.lines))
        case .unigram, .wordPieces: return nil
        }
    }

    /// The steps of a vocabulary that has ▁ for spaces.
    private func spacedSteps(cuts: WrittenJSON) -> Steps {
        let hasPrefix = vocabulary.addsSpacePrefix
        func replace(_ pattern: String, _ content: String) -> WrittenJSON {
            .object([
                "type": .text("Replace"), "pattern": .object(["String": .text(pattern)]), "content": .text(content),
            ])
        }
        let prefix = WrittenJSON.object(["type": .text("Prepend"), "prepend": .text("▁")])
        let normalizers = (hasPrefix ? [prefix] : []) + [replace(" ", "▁")]
        let strip = WrittenJSON.object([
            "type": .text("Strip"), "content": .text(" "), "start": .whole(1), "stop": .whole(0),
        ])
        let decoders =
            [
                replace("▁", " "), .object(["type": .text("ByteFallback")]), .object(["type": .text("Fuse")]),
            ] + (hasPrefix ? [strip] : [])
        return (
            .object(["type": .text("Sequence"), "normalizers": .list(normalizers)]), cuts,
            .object(["type": .text("Sequence"), "decoders": .list(decoders)])
        )
    }

    /// The cuts of a byte-level vocabulary, then the bytes in GPT-2's alphabet.
    private func preTokenizer(_ cuts: [SplitCut]) -> WrittenJSON {
        var cuts = cuts[...]
        var endsWithGPT2 = false
        if case .gpt2? = cuts.last?.pattern {
            cuts.removeLast()
            endsWithGPT2 = true
        }
        let last = WrittenJSON.object([
            "type": .text("ByteLevel"), "add_prefix_space": .truth(vocabulary.addsSpacePrefix),
            "trim_offsets": .truth(true), "use_regex": .truth(endsWithGPT2),
        ])
        guard !cuts.isEmpty else { return last }
        return .object(["type": .text("Sequence"), "pretokenizers": .list(cuts.map { step($0.pattern) } + [last])])
    }

    private func step(_ pattern: SplitPattern) -> WrittenJSON {
        switch pattern {
        case .numbers(limit: 1): .object(["type": .text("Digits"), "individual_digits": .truth(true)])
        case .numbers(limit: .max): .object(["type": .text("Digits"), "individual_digits": .truth(false)])
        case .run(PatternSets.signs): .object(["type": .text("Punctuation"), "behavior": .text("Contiguous")])
        case .one(PatternSets.signs): .object(["type": .text("Punctuation"), "behavior": .text("Isolated")])
        default:
            .object([
                "type": .text("Split"),
                "pattern": .object(["Regex": .text(WrittenPatterns.expression(of: pattern))]),
                "behavior": .text("Isolated"), "invert": .truth(false),
            ])
        }
    }

    // MARK: Around the text

    /// The tokens around every text.
    private func postProcessor() -> WrittenJSON {
        func special(_ id: TokenID) -> (name: [UInt8], item: WrittenJSON)? {
            guard names.count > Int(id), id >= 0 else { return nil }
            let name = Array(names[Int(id)])
            return (name, .object(["SpecialToken": .object(["id": .text(name), "type_id": .whole(0)])]))
        }
        let begins = vocabulary.beginIDs
        let ends = vocabulary.addsEOS ? [vocabulary.eosID].compactMap(\.self) : []
        guard !begins.isEmpty || !ends.isEmpty else {
            guard vocabulary.model == .bytePairs else { return .null }
            return .object([
                "type": .text("ByteLevel"), "add_prefix_space": .truth(false), "trim_offsets": .truth(false),
                "use_regex": .truth(false),
            ])
        }
        func sequence(_ name: String, _ type: Int) -> WrittenJSON {
            .object(["Sequence": .object(["id": .text(name), "type_id": .whole(type)])])
        }
        let (first, last) = (begins.compactMap { special($0)?.item }, ends.compactMap { special($0)?.item })
        let tokens = Set(begins + ends).sorted().compactMap { id in
            special(id).map { name, _ in
                (
                    key: name,
                    value: WrittenJSON.object([
                        "id": .text(name), "ids": .list([.whole(Int(id))]), "tokens": .list([.text(name)]),
                    ])
                )
            }
        }
        return .object([
            "type": .text("TemplateProcessing"), "single": .list(first + [sequence("A", 0)] + last),
            "pair": .list(first + [sequence("A", 0)] + last + first + [sequence("B", 1)] + last),
            "special_tokens": .object(tokens),
        ])
    }
}
