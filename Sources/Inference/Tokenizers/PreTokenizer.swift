// Which patterns cut the text, by the name that a file gives in `tokenizer.ggml.pre`.
// Names as llama.cpp's converter writes them; each stands for the pre-tokenizer in the model's own tokenizer.json.

/// A chain of patterns; each cuts the pieces that the ones before left.
struct PreTokenizer: Sendable {
    var patterns: [SplitPattern]
    /// Whether a word that is a token as a whole is taken without merging.
    var ignoresMerges = false
    /// Whether a beginning-of-text token is put in front where the file does not say.
    var addsBOS = false

    /// - Parameter name: nil is returned for a name that is not known.
    init?(named name: String) {
        guard let row = Self.table[name] else { return nil }
        self = row
    }

    init(_ patterns: SplitPattern..., ignoresMerges: Bool = false, addsBOS: Bool = false) {
        self.patterns = patterns
        self.ignoresMerges = ignoresMerges
        self.addsBOS = addsBOS
    }

    /// Names that are known, in order, for messages.
    static var names: [String] { table.keys.sorted() }

    /// Cuts a text; the pieces cover all of it.
    func pieces(_ text: ScalarText) -> [Range<Int>] {
        var pieces = text.count > 0 ? [0..<text.count] : []
        for pattern in patterns {
            var cut: [Range<Int>] = []
            cut.reserveCapacity(max(pieces.count, text.count / 4))
            for piece in pieces { Self.cut(text, piece, by: pattern, into: &cut) }
            pieces = cut
        }
        return pieces
    }

    private static func cut(
        _ text: ScalarText, _ piece: Range<Int>, by pattern: SplitPattern, into pieces: inout [Range<Int>]
    ) {
        var gap = piece.lowerBound
        var index = gap
        while index < piece.upperBound {
            let stop = pattern.match(text, index, piece.upperBound)
            if stop == index {
                index += 1
                continue
            }
            if gap < index { pieces.append(gap..<index) }
            pieces.append(index..<stop)
            gap = stop
            index = stop
        }
        if gap < index { pieces.append(gap..<index) }
    }

    private static let table: [String: PreTokenizer] = {
        var table: [String: PreTokenizer] = [:]
        func add(_ names: String..., is row: PreTokenizer) {
            for name in names { table[name] = row }
        }
        let llama3 = WordPattern()
        let qwen = WordPattern(digitLimit: 1)
        let digits = SplitPattern.numbers(limit: 1)

        add(
            "gpt-2", "mpt", "olmo", "jais", "trillion", "granite-docling", "phi-2", "jina-es", "jina-de", "gigachat",
            "jina-v1-en", "jina-v2-es", "jina-v2-de", "jina-v2-code", "roberta-bpe", "a.x-4.0", "mellum",
            "modern-bert", "exaone4", is: PreTokenizer(.gpt2))
        add(
            "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2",
            is: PreTokenizer(digits, .gpt2))
        add(
            "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano",
            is: PreTokenizer(.words(llama3), ignoresMerges: true, addsBOS: true))
        add("dbrx", "smaug-bpe", "chatglm-bpe", is: PreTokenizer(.words(llama3)))
        add("glm4", "glm5", is: PreTokenizer(.words(llama3), ignoresMerges: true))
        add(
            "qwen2", "stablelm2", "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez", "hunyuan", "solar-open", "grok-2",
            is: PreTokenizer(.words(qwen)))
        add("qwen35", is: PreTokenizer(.words(WordPattern(digitLimit: 1, letters: [.letter, .mark]))))
        add("ufakzeka", is: PreTokenizer(.words(WordPattern(cutsContractions: false, digitLimit: 1))))
        add("seed-coder", is: PreTokenizer(.words(WordPattern(digitLimit: 1, signsTakeLineBreaks: false))))
        add("laguna", is: PreTokenizer(.lines, .words(qwen)))
        add(
            "minicpm5",
            is: PreTokenizer(.numbers(limit: 3), .words(WordPattern(digitLimit: .max)), ignoresMerges: true))
        add("gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2", is: PreTokenizer(.casedWords(CasedWordPattern())))
        add(
            "tekken",
            is: PreTokenizer(
                .casedWords(CasedWordPattern(takesContractions: false, digitLimit: 1)), ignoresMerges: true,
                addsBOS: true))
        add(
            "falcon",
            is: PreTokenizer(.run(PatternSets.falconSigns), .gpt2, .digitTriples))
        add(
            "default",
            is: PreTokenizer(.run(PatternSets.defaultSigns), .gpt2, .numbers(limit: .max), .digitTriples))
        add(
            "deepseek-coder",
            is: PreTokenizer(
                .one(PatternSets.lineBreaks), .spacedRun(ScalarSet(classes: .letter)),
                .spacedRun(ScalarSet(classes: .punctuation)), .run(PatternSets.eastAsian), digits))
        add(
            "deepseek-llm",
            is: PreTokenizer(
                .one(PatternSets.lineBreaks), .spacedRun(PatternSets.deepSeekLetters),
                .spacedRun(PatternSets.deepSeekSigns), .trailingSpace, .run(PatternSets.eastAsian),
                .numbers(limit: .max)))
        add(
            "deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4",
            is: PreTokenizer(.numbers(limit: 3), .run(PatternSets.chineseAndKana), .markedWords))
        add("poro-chat", "bloom", "gpt3-finnish", is: PreTokenizer(.spacedRunWithout(PatternSets.bloomStops)))
        add("viking", is: PreTokenizer(.spacedRunWithout(PatternSets.bloomStops), digits))
        add("gemma4", "sarvam-moe", is: PreTokenizer(.lines))
        return table
    }()
}
