// Reads what a tokenizer.json does to a text before its model cuts it: `normalizer`, `pre_tokenizer` and `decoder`.
// - What is not known is refused by its name.

struct PipelineReader {
    let json: JSONValue
    let path: String

    /// What is done to a text, and whether the model sees bytes in GPT-2's alphabet.
    func pipeline() throws -> (pipeline: TextPipeline, isByteLevel: Bool) {
        try checkDecoder()
        var pipeline = TextPipeline(normalization: try normalization())
        let isByteLevel = Self.all(json["pre_tokenizer"]).contains { $0["type"]?.text == "ByteLevel" }
        for item in Self.all(json["pre_tokenizer"]) where !item.isNull {
            for step in try steps(item) {
                // Cuts in a row are made on one laid-out text.
                if case .cuts(let cuts) = step, case .cuts(let before)? = pipeline.steps.last {
                    pipeline.steps[pipeline.steps.count - 1] = .cuts(before + cuts)
                } else {
                    pipeline.steps.append(step)
                }
            }
        }
        // What nothing follows, the encoder of bytes does itself.
        if case .byteAlphabet? = pipeline.steps.last {
            pipeline.steps.removeLast()
            if case .cuts(let cuts)? = pipeline.steps.last, !hasAlphabet(pipeline) {
                pipeline.steps.removeLast()
                pipeline.wordCuts = cuts
            }
        }
        return (pipeline, isByteLevel)
    }

    private func hasAlphabet(_ pipeline: TextPipeline) -> Bool {
        pipeline.steps.contains { if case .byteAlphabet = $0 { true } else { false } }
    }

    /// Puts the pipeline into a vocabulary, with what GGUF files and decoding know of it.
    func put(_ pipeline: TextPipeline, into vocabulary: inout Vocabulary) {
        vocabulary.pipeline = pipeline
        vocabulary.addsSpacePrefix =
            pipeline.normalization.contains { step in
                if case .prepend(let text) = step { text == SpaceEscaping.mark || text == [0x20] } else { false }
            }
            || pipeline.steps.contains { step in
                switch step {
                case .leadingSpace, .spaceMarks(.always, _), .spaceMarks(.first, _): true
                case .cuts, .byteAlphabet, .spaceMarks(.never, _): false
                }
            }
        let items = Self.all(json["pre_tokenizer"]).filter { !$0.isNull }
        vocabulary.removesExtraWhitespace = items.contains { $0["type"]?.text == "WhitespaceSplit" }
        // GGUF files know of spaces alone, and of no pieces but words.
        let isKnown = items.allSatisfy {
            ["Metaspace", "WhitespaceSplit", "ByteLevel"].contains($0["type"]?.text)
                || $0["pattern"]?["String"]?.text == " "
        }
        if vocabulary.model != .bytePairs, !isKnown { vocabulary.preTokenizer = "" }
        let maps = Self.all(json["normalizer"]).compactMap { $0["precompiled_charsmap"]?.text }
        vocabulary.charactersMap = maps.first.flatMap { Base64.decode($0) } ?? []
    }

    /// llama.cpp's name for the cuts of a byte-level vocabulary; empty where it has none.
    var writtenName: String {
        var chain: [String] = []
        for item in Self.all(json["pre_tokenizer"]) {
            switch item["type"]?.text {
            case "ByteLevel": if item["use_regex"]?.truth != false { chain.append("gpt2") }
            case "Digits": chain.append(item["individual_digits"]?.truth == true ? "digits" : "numbers")
            case "Split" where item["behavior"]?.text ?? "Isolated" == "Isolated" && item["invert"]?.truth != true:
                chain.append(item["pattern"]?["Regex"]?.text ?? item["pattern"]?["String"]?.text ?? "")
            case let other: chain.append(other ?? "")
            }
        }
        return WrittenPatterns.name(of: chain) ?? ""
    }

    // MARK: Normalizer

    private func normalization() throws -> [TextNormalization] {
        var steps: [TextNormalization] = []
        // Replacements that replace each other's results could make anything of a byte.
        var growth = 1
        for step in Self.all(json["normalizer"]) where !step.isNull {
            let type = step["type"]?.text ?? ""
            if let form = TextNormalization(rawForm: type) {
                steps.append(form)
                continue
            }
            switch type {
            case "Strip", "StripNormalizer":
                steps.append(
                    .strip(left: step["strip_left"]?.truth ?? true, right: step["strip_right"]?.truth ?? true))
            case "Precompiled":
                let map = step["precompiled_charsmap"]?.text.flatMap { Base64.decode($0) } ?? []
                if let table = CharactersMap(map) { steps.append(.table(table)) }
            case "Prepend": steps.append(.prepend(step["prepend"]?.bytes ?? []))
            case "Replace":
                let content = step["content"]?.bytes ?? []
                let pattern = step["pattern"]?["String"]?.bytes
                let least = max(1, pattern?.count ?? 1)
                growth *= min(max(1, (content.count + least - 1) / least), 1000)
                guard growth <= 64 else {
                    throw ModelFileError.malformed(
                        path: path, field: "normalizer",
                        problem: "its replacements make a text more than 64 times longer")
                }
                if let pattern, !pattern.isEmpty {
                    steps.append(.replace(pattern, with: content))
                } else {
                    steps.append(
                        .replaceMatches(
                            try expression(step["pattern"]?["Regex"]?.text ?? "", "normalizer.pattern"), with: content))
                }
            default:
                throw unsupported(
                    "normalizer", type,
                    "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Nmt, Strip, Precompiled, Prepend, Replace")
            }
        }
        return steps
    }

    // MARK: Pre-tokenizer

    private func steps(_ item: JSONValue) throws -> [PieceStep] {
        let type = item["type"]?.text ?? ""
        switch type {
        case "ByteLevel":
            var steps: [PieceStep] = item["add_prefix_space"]?.truth == true ? [.leadingSpace] : []
            if item["use_regex"]?.truth ?? true { steps.append(.cuts([SplitCut(pattern: .gpt2)])) }
            return steps + [.byteAlphabet]
        case "Digits":
            return [.cuts([SplitCut(pattern: .numbers(limit: item["individual_digits"]?.truth == true ? 1 : .max))])]
        case "Punctuation":
            return [.cuts([SplitCut(pattern: .one(PatternSets.signs), behavior: try behavior(item))])]
        case "Whitespace":
            // `\w+|[^\w\s]+`, where the two joiners are of words.
            let words = try expression(#"[\w\x{200C}\x{200D}]+|[^\w\s\x{200C}\x{200D}]+"#, "pre_tokenizer")
            return [.cuts([SplitCut(pattern: .expression(words), behavior: .removed, isInverted: true)])]
        case "WhitespaceSplit": return [.cuts([whitespaceSplit])]
        case "BertPreTokenizer": return [.cuts([whitespaceSplit, SplitCut(pattern: .one(PatternSets.signs))])]
        case "CharDelimiterSplit":
            return [.cuts([SplitCut(pattern: .literal(scalars(item["delimiter"]?.text)), behavior: .removed)])]
        case "Split": return [.cuts([try split(item)])]
        case "Metaspace":
            let mark = item["replacement"]?.text ?? "▁"
            guard mark == "▁" else { throw unsupported("pre_tokenizer.replacement", mark, "▁") }
            let scheme = item["prepend_scheme"]?.text ?? (item["add_prefix_space"]?.truth == false ? "never" : "always")
            guard let prefix = PieceStep.Prefix(rawValue: scheme) else {
                throw unsupported("pre_tokenizer.prepend_scheme", scheme, "always, first, never")
            }
            return [.spaceMarks(prefix, beginsPieces: item["split"]?.truth ?? true)]
        default:
            throw unsupported(
                "pre_tokenizer", type,
                "ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, BertPreTokenizer, "
                    + "CharDelimiterSplit, Metaspace")
        }
    }

    private var whitespaceSplit: SplitCut {
        SplitCut(pattern: .one(ScalarSet(classes: .whitespace)), behavior: .removed)
    }

    private func split(_ item: JSONValue) throws -> SplitCut {
        var cut = SplitCut(pattern: .literal(scalars(item["pattern"]?["String"]?.text)))
        if let source = item["pattern"]?["Regex"]?.text {
            cut.pattern =
                try WrittenPatterns.scanner(of: source) ?? .expression(expression(source, "pre_tokenizer.pattern"))
        }
        cut.behavior = try behavior(item)
        cut.isInverted = item["invert"]?.truth ?? false
        return cut
    }

    private func behavior(_ item: JSONValue) throws -> SplitCut.Behavior {
        let name = item["behavior"]?.text ?? "Isolated"
        guard let behavior = SplitCut.Behavior(rawValue: name) else {
            throw unsupported(
                "pre_tokenizer.behavior", name, "Isolated, Removed, MergedWithPrevious, MergedWithNext, Contiguous")
        }
        return behavior
    }

    private func scalars(_ text: String?) -> [UInt32] { text?.unicodeScalars.map(\.value) ?? [] }

    private func expression(_ source: String, _ field: String) throws -> RegularExpression {
        do {
            return try RegularExpression(source)
        } catch {
            throw unsupported(field, "\(source.prefix(200))' with '\(error.problem)", "the usual expressions")
        }
    }

    // MARK: Decoder

    /// Tokens are read back by what they are; a decoder that would read them otherwise is refused.
    private func checkDecoder() throws {
        for step in Self.all(json["decoder"]) where !step.isNull {
            let type = step["type"]?.text ?? ""
            switch type {
            case "ByteLevel", "ByteFallback", "Fuse", "Metaspace", "Strip": break
            case "Replace" where step["pattern"]?["String"]?.text == "▁" && step["content"]?.text == " ": break
            default:
                throw unsupported(
                    "decoder", type, "ByteLevel, ByteFallback, Fuse, Metaspace, Strip, Replace of ▁ by a space")
            }
        }
    }

    /// The parts of a sequence, or the one thing itself; sequences may stand in each other.
    static func all(_ value: JSONValue?) -> [JSONValue] {
        guard let value else { return [] }
        let parts = ["pretokenizers", "normalizers", "processors", "decoders"].lazy.compactMap { value[$0]?.items }
            .first
        return parts.map { $0.flatMap { all($0) } } ?? [value]
    }

    private func unsupported(_ field: String, _ name: String, _ known: String) -> ModelFileError {
        .unsupportedTokenizer(path: path, field: field, name: name, known: known)
    }
}
