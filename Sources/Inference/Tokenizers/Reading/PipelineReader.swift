// Reads the steps of a tokenizer.json before and after its model: `normalizer`, `pre_tokenizer` and `decoder`.
// - Unknown steps are errors that name the step.

struct PipelineReader {
    let fields: JSONFields

    /// The steps before the model. `isByteLevel` is true if the model sees bytes in GPT-2's alphabet.
    func pipeline() throws -> (pipeline: TextPipeline, isByteLevel: Bool) {
        try checkSize()
        try checkDecoder()
        var pipeline = TextPipeline(normalization: try normalization())
        let items = try Self.steps(fields, "pre_tokenizer")
        let isByteLevel = try items.contains { try $0.text("type") == "ByteLevel" }
        for item in items {
            for step in try steps(item) {
                // Neighbouring cuts share one `ScalarText`.
                if case .cuts(let cuts) = step, case .cuts(let before)? = pipeline.steps.last {
                    pipeline.steps[pipeline.steps.count - 1] = .cuts(before + cuts)
                } else {
                    pipeline.steps.append(step)
                }
            }
        }
        // If the byte alphabet is the last step, the byte-level encoder does it.
        if case .byteAlphabet? = pipeline.steps.last {
            pipeline.steps.removeLast()
            if case .cuts(let cuts)? = pipeline.steps.last, !hasAlphabet(pipeline) {
                pipeline.steps.removeLast()
                pipeline.wordCuts = cuts
            }
        }
        return (pipeline, isByteLevel)
    }

    /// Bounds the steps, because each runs over every text and over the names of tokens. Real files have fewer than
    /// ten.
    private func checkSize() throws {
        var addedBytes = 0
        for name in ["normalizer", "pre_tokenizer", "decoder"] {
            let steps = try Self.steps(fields, name)
            guard steps.count <= Self.mostSteps else {
                throw ModelFileError.malformed(
                    path: fields.path, field: name,
                    problem: "it has \(steps.count) steps, and at most \(Self.mostSteps) are allowed")
            }
            for step in steps where name == "normalizer" {
                addedBytes += try step.bytes("prepend")?.count ?? 0
                addedBytes += try step.bytes("content")?.count ?? 0
            }
        }
        guard addedBytes <= Self.mostAddedBytes else {
            throw ModelFileError.malformed(
                path: fields.path, field: "normalizer",
                problem: "its steps add \(addedBytes) bytes to a text, and at most \(Self.mostAddedBytes) are allowed")
        }
    }

    private static let mostSteps = 100
    private static let mostAddedBytes = 65_536

    private func hasAlphabet(_ pipeline: TextPipeline) -> Bool {
        pipeline.steps.contains { if case .byteAlphabet = $0 { true } else { false } }
    }

    /// Puts the pipeline into a vocabulary, and sets the fields that GGUF files and decoding use for it.
    func put(_ pipeline: TextPipeline, into vocabulary: inout Vocabulary) throws {
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
        let items = try Self.steps(fields, "pre_tokenizer")
        vocabulary.removesExtraWhitespace = try items.contains { try $0.text("type") == "WhitespaceSplit" }
        // The keys of GGUF can only say how spaces are treated and that pieces are words.
        let isKnown = try items.allSatisfy {
            try ["Metaspace", "WhitespaceSplit", "ByteLevel"].contains($0.text("type"))
                || $0.fields("pattern")?.text("String") == " "
        }
        if vocabulary.model != .bytePairs, !isKnown { vocabulary.preTokenizer = "" }
        let maps = try Self.steps(fields, "normalizer").compactMap { try charactersMap($0) }
        vocabulary.charactersMap = maps.first ?? []
    }

    /// llama.cpp's name for the cuts of a byte-level vocabulary; empty if it has none.
    func writtenName() throws -> String {
        var chain: [String] = []
        for item in try Self.steps(fields, "pre_tokenizer") {
            switch try item.text("type") {
            case "ByteLevel": if try item.truth("use_regex") != false { chain.append("gpt2") }
            case "Digits": chain.append(try item.truth("individual_digits") == true ? "digits" : "numbers")
            case "Split" where try item.text("behavior") ?? "Isolated" == "Isolated" && item.truth("invert") != true:
                let pattern = try item.fields("pattern")
                chain.append(try pattern?.text("Regex") ?? pattern?.text("String") ?? "")
            case let other: chain.append(other ?? "")
            }
        }
        return WrittenPatterns.name(of: chain) ?? ""
    }

    // MARK: Normalizer

    private func normalization() throws -> [TextNormalization] {
        var steps: [TextNormalization] = []
        // If replacements apply to each other's results, the text could grow without bound.
        var growth = 1
        for step in try Self.steps(fields, "normalizer") {
            let type = try step.text("type") ?? ""
            if let form = TextNormalization(rawForm: type) {
                steps.append(form)
                continue
            }
            switch type {
            case "Strip", "StripNormalizer":
                steps.append(
                    .strip(left: try step.truth("strip_left") ?? true, right: try step.truth("strip_right") ?? true))
            case "Precompiled":
                if let map = try charactersMap(step), !map.isEmpty {
                    guard let table = CharactersMap(map) else { throw unreadableMap(step) }
                    steps.append(.table(table))
                }
            case "Prepend": steps.append(.prepend(try step.required("prepend", step.bytes("prepend"))))
            case "Replace":
                let content = try step.required("content", step.bytes("content"))
                let (pattern, source) = try pattern(step)
                let least = max(1, pattern?.count ?? 1)
                growth *= min(max(1, (content.count + least - 1) / least), 1000)
                guard growth <= 64 else {
                    throw ModelFileError.malformed(
                        path: fields.path, field: "normalizer",
                        problem: "its replacements can make a text more than 64 times longer")
                }
                if let pattern, !pattern.isEmpty {
                    steps.append(.replace(pattern, with: content))
                } else {
                    steps.append(
                        .replaceMatches(
                            try expression(source ?? "", "normalizer.pattern"), with: content))
                }
            default:
                throw unsupported(
                    "normalizer", type,
                    "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Nmt, Strip, Precompiled, Prepend, Replace")
            }
        }
        return steps
    }

    /// The step's table of SentencePiece; nil if it has none.
    private func charactersMap(_ step: JSONFields) throws -> [UInt8]? {
        guard let text = try step.text("precompiled_charsmap") else { return nil }
        guard let map = Base64.decode(text) else { throw unreadableMap(step) }
        return map
    }

    private func unreadableMap(_ step: JSONFields) -> ModelFileError {
        .malformed(path: fields.path, field: step.prefix + "precompiled_charsmap", problem: "it is not a valid table")
    }

    /// The pattern that a step searches: a text or an expression.
    private func pattern(_ step: JSONFields) throws -> (literal: [UInt8]?, expression: String?) {
        let pattern = try step.required("pattern", step.fields("pattern"))
        if let expression = try pattern.text("Regex") { return (nil, expression) }
        return (try pattern.required("String", pattern.bytes("String")), nil)
    }

    // MARK: Pre-tokenizer

    private func steps(_ item: JSONFields) throws -> [PieceStep] {
        let type = try item.text("type") ?? ""
        switch type {
        case "ByteLevel":
            var steps: [PieceStep] = try item.truth("add_prefix_space") == true ? [.leadingSpace] : []
            if try item.truth("use_regex") ?? true { steps.append(.cuts([SplitCut(pattern: .gpt2)])) }
            return steps + [.byteAlphabet]
        case "Digits":
            let limit = try item.truth("individual_digits") == true ? 1 : Int.max
            return [.cuts([SplitCut(pattern: .numbers(limit: limit))])]
        case "Punctuation":
            return [.cuts([SplitCut(pattern: .one(PatternSets.signs), behavior: try behavior(item))])]
        case "Whitespace":
            // `\w+|[^\w\s]+`, with the two joiners (U+200C, U+200D) as parts of words.
            let words = try expression(#"[\w\x{200C}\x{200D}]+|[^\w\s\x{200C}\x{200D}]+"#, "pre_tokenizer")
            return [.cuts([SplitCut(pattern: .expression(words), behavior: .removed, isInverted: true)])]
        case "WhitespaceSplit": return [.cuts([whitespaceSplit])]
        case "BertPreTokenizer": return [.cuts([whitespaceSplit, SplitCut(pattern: .one(PatternSets.signs))])]
        case "CharDelimiterSplit":
            let delimiter = try item.required("delimiter", item.text("delimiter"))
            return [.cuts([SplitCut(pattern: .literal(scalars(delimiter)), behavior: .removed)])]
        case "Split": return [.cuts([try split(item)])]
        case "Metaspace":
            let mark = try item.text("replacement") ?? "▁"
            guard mark == "▁" else { throw unsupported("pre_tokenizer.replacement", mark, "▁") }
            let hasPrefix = try item.truth("add_prefix_space") ?? true
            let scheme = try item.text("prepend_scheme") ?? (hasPrefix ? "always" : "never")
            guard let prefix = PieceStep.Prefix(rawValue: scheme) else {
                throw unsupported("pre_tokenizer.prepend_scheme", scheme, "always, first, never")
            }
            return [.spaceMarks(prefix, beginsPieces: try item.truth("split") ?? true)]
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

    private func split(_ item: JSONFields) throws -> SplitCut {
        let (literal, source) = try pattern(item)
        var cut = SplitCut(pattern: .literal(scalars(String(decoding: literal ?? [], as: UTF8.self))))
        if let source {
            cut.pattern =
                try WrittenPatterns.scanner(of: source) ?? .expression(expression(source, "pre_tokenizer.pattern"))
        }
        cut.behavior = try behavior(item)
        cut.isInverted = try item.truth("invert") ?? false
        return cut
    }

    private func behavior(_ item: JSONFields) throws -> SplitCut.Behavior {
        let name = try item.text("behavior") ?? "Isolated"
        guard let behavior = SplitCut.Behavior(rawValue: name) else {
            throw unsupported(
                "pre_tokenizer.behavior", name, "Isolated, Removed, MergedWithPrevious, MergedWithNext, Contiguous")
        }
        return behavior
    }

    private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    private func expression(_ source: String, _ field: String) throws -> RegularExpression {
        do {
            return try RegularExpression(source)
        } catch {
            throw unsupported(field, "\(source.prefix(200))' with '\(error.problem)", "the usual expressions")
        }
    }

    // MARK: Decoder

    /// Decoding does not run the file's decoder, so a decoder that would give another text is refused.
    private func checkDecoder() throws {
        for step in try Self.steps(fields, "decoder") {
            let type = try step.text("type") ?? ""
            switch type {
            case "ByteLevel", "ByteFallback", "Fuse", "Metaspace", "Strip": break
            case "Replace" where try step.fields("pattern")?.text("String") == "▁" && step.text("content") == " ": break
            default:
                throw unsupported(
                    "decoder", type, "ByteLevel, ByteFallback, Fuse, Metaspace, Strip, Replace of ▁ by a space")
            }
        }
    }

    /// The parts of a sequence, or the step itself. Sequences may be nested.
    static func steps(_ fields: JSONFields, _ name: String) throws -> [JSONFields] {
        try fields.fields(name).map(parts) ?? []
    }

    private static func parts(_ step: JSONFields) throws -> [JSONFields] {
        for name in ["pretokenizers", "normalizers", "processors", "decoders"] {
            if let parts = try step.objects(name) { return try parts.flatMap(Self.parts) }
        }
        return [step]
    }

    private func unsupported(_ field: String, _ name: String, _ known: String) -> ModelFileError {
        .unsupportedTokenizer(path: fields.path, field: field, name: name, known: known)
    }
}
