// The patterns that cut a text, by the name in `tokenizer.ggml.pre`.
// Names as llama.cpp's converter writes them; each is the pre-tokenizer of the model's own tokenizer.json.

/// A chain of cuts; each cuts the pieces of the one before.
struct PreTokenizer: Sendable {
    var cuts: [SplitCut]
    /// True if a word that is one token is used without merging.
    var ignoresMerges = false
    /// True to put a beginning-of-text token first if the file does not say.
    var addsBOS = false
    /// True to join marks with the characters before them first (Unicode's NFC).
    var composes = false

    /// - Parameter name: the result is nil if the name is unknown.
    init?(named name: String) {
        guard let row = Self.table[name] else { return nil }
        self = row
    }

    init(
        _ patterns: SplitPattern..., ignoresMerges: Bool = false, addsBOS: Bool = false, composes: Bool = false
    ) {
        cuts = patterns.map { SplitCut(pattern: $0) }
        self.ignoresMerges = ignoresMerges
        self.addsBOS = addsBOS
        self.composes = composes
    }

    /// All names in order, for messages.
    static var names: [String] { table.keys.sorted() }

    /// Cuts a text; the pieces cover all of it.
    func pieces(_ text: ScalarText) -> [Range<Int>] { SplitCut.pieces(text, by: cuts) }

    private static let table: [String: PreTokenizer] = {
        var table: [String: PreTokenizer] = [:]
        func add(_ names: String..., is row: PreTokenizer) {
            for name in names { table[name] = row }
        }
        let llama3 = WordPattern()
        let qwen = WordPattern(digitLimit: 1)
        let digits = SplitPattern.numbers(limit: 1)

        add(
            "gpt-2", "jais", "trillion", "granite-docling", "phi-2", "jina-es", "jina-de", "gigachat",
            "jina-v1-en", "jina-v2-es", "jina-v2-de", "jina-v2-code", "roberta-bpe", "a.x-4.0", "mellum",
            "modern-bert", "exaone4", is: PreTokenizer(.gpt2))
        add("mpt", "olmo", is: PreTokenizer(.gpt2, composes: true))
        add(
            "smollm", "starcoder", "refact", "codeshell", "exaone", "minerva-7b", "mellum2",
            is: PreTokenizer(digits, .gpt2))
        add("command-r", is: PreTokenizer(digits, .gpt2, composes: true))
        add(
            "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano",
            is: PreTokenizer(.words(llama3), ignoresMerges: true, addsBOS: true))
        add("dbrx", "smaug-bpe", "chatglm-bpe", is: PreTokenizer(.words(llama3)))
        add("glm4", "glm5", is: PreTokenizer(.words(llama3), ignoresMerges: true))
        add(
            "stablelm2", "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez", "hunyuan", "solar-open", "grok-2",
            is: PreTokenizer(.words(qwen)))
        add("qwen2", is: PreTokenizer(.words(qwen), composes: true))
        // llama.cpp's test cases for qwen35 contain marks without a letter, so marks count as letters.
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
        add("falcon", is: PreTokenizer(.run(PatternSets.signs), .gpt2, .digitTriples))
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
        add("gemma4", "sarvam-moe", "granite-embed-multi-311m", is: PreTokenizer(.lines))
        add("jais-2", is: PreTokenizer(expression(Expressions.jais2)))
        add(
            "youtu",
            is: PreTokenizer(
                expression(Expressions.youtuScripts), .casedWords(CasedWordPattern(digitLimit: 1)), ignoresMerges: true)
        )
        add("granite-embed-multi-97m", is: PreTokenizer(.casedWords(CasedWordPattern())))
        add(
            "tiny_aya", "cohere2moe",
            is: PreTokenizer(expression(Expressions.digitGroupsFromEnd), .casedWords(CasedWordPattern())))
        add("kimi-k2", is: PreTokenizer(expression(Expressions.kimi)))
        add("superbpe", is: PreTokenizer(.numbers(limit: .max), expression(Expressions.placesBeforeTriples)))
        add("bailingmoe", "bailingmoe2", "llada-moe", is: PreTokenizer(expression(Expressions.bailing)))
        add("exaone-moe", is: PreTokenizer(expression(Expressions.exaoneMoE)))
        add(
            "spark2_5",
            is: PreTokenizer(
                .numbers(limit: 3), .run(PatternSets.chineseAndKana), expression(Expressions.spark), digits))
        add(
            "chameleon",
            is: PreTokenizer(
                expression("<sentinel:[0-9]+>"), expression("(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z"),
                expression("([\\t\\n]|    |  )"), digits, .one(PatternSets.signs), .gpt2, addsBOS: true))
        return table
    }()

    private static func expression(_ source: String) -> SplitPattern {
        guard let expression = try? RegularExpression(source) else { preconditionFailure("\(source) can be read") }
        return .expression(expression)
    }
}

/// Expressions of the models' own tokenizer.json that no scanner implements.
private enum Expressions {
    private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    private static let tail = #"|\s*[\r\n]+|\s+(?!\S)|\s+"#

    static let jais2 =
        contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"#
        + [512, 256, 128, 64, 32, 16, 8, 4].map { #"\s{\#($0)}(?!\S)|"# }.joined() + #"\s{1,2}(?!\S)|\s{1}"#
    static let bailing =
        #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"#
    static let exaoneMoE =
        contractions + #"|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?"#
        + #"|\s*[\r\n]|\s+(?!\S)|\s+"#
    static let spark =
        ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"##
        + #"| ?[\p{P}\p{S}]+|[\r\n]|\s+(?!\S)|\s+"#
    static let youtuScripts = "[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥぀-ゟ゠-ヿ]+"
    static let digitGroupsFromEnd = #"\d{1,3}(?=(?:\d{3})*\b)"#
    static let placesBeforeTriples = #"(?=(\d{3})+(?!\d))"#

    static let kimi: String = {
        let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
        let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
        let lead = #"[^\r\n\p{L}\p{N}]?"#
        return #"[\p{Han}]+|"# + lead + upper + "*" + lower + "+" + contractions + "?|" + lead + upper + "+" + lower
            + "*"
            + contractions + #"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"# + tail
    }()
}
