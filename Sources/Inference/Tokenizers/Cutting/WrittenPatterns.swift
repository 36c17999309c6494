// Recognizes the regular expressions of tokenizer.json files.

enum WrittenPatterns {
    /// The name of the pre-tokenizer with this chain of patterns; nil if it is unknown.
    static func name(of chain: [String]) -> String? { table[chain] }

    private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    private static let spaces = #"|\s*[\r\n]+|\s+(?!\S)|\s+"#
    private static let llama =
        contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"# + spaces
    private static let qwen = contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"# + spaces
    private static let markedQwen =
        contractions + #"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"# + spaces
    private static let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    private static let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#

    private static func cased(_ suffix: String, digits: String) -> String {
        #"[^\r\n\p{L}\p{N}]?"# + upper + "*" + lower + "+" + suffix + #"|[^\r\n\p{L}\p{N}]?"# + upper + "+" + lower
            + "*" + suffix + "|" + digits + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*"# + spaces
    }

    /// The scanner that implements an expression; nil if there is none.
    static func scanner(of expression: String) -> SplitPattern? { scanners[expression] }

    private static let scanners: [String: SplitPattern] = [
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: .gpt2,
        llama: .words(WordPattern()),
        qwen: .words(WordPattern(digitLimit: 1)),
        markedQwen: .words(WordPattern(digitLimit: 1, letters: [.letter, .mark])),
        cased(contractions + "?", digits: #"\p{N}{1,3}"#): .casedWords(CasedWordPattern()),
        cased("", digits: #"\p{N}"#): .casedWords(CasedWordPattern(takesContractions: false, digitLimit: 1)),
        markedWords: .markedWords,
        #"\p{N}{1,3}"#: .numbers(limit: 3),
        #"\p{N}"#: .numbers(limit: 1),
        "[一-龥぀-ゟ゠-ヿ]+": .run(PatternSets.chineseAndKana),
        "[\r\n]": .one(PatternSets.lineBreaks),
    ]

    private static let markedWords =
        ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"##
        + #"| ?[\p{P}\p{S}]+[\r\n]*"# + spaces

    private static let table: [[String]: String] = [
        ["gpt2"]: "gpt-2",
        ["digits", "gpt2"]: "smollm",
        [llama]: "dbrx",
        [qwen]: "qwen2",
        [markedQwen]: "qwen35",
        [cased(contractions + "?", digits: #"\p{N}{1,3}"#)]: "gpt-4o",
        [cased("", digits: #"\p{N}"#)]: "tekken",
        [
            #"\p{N}{1,3}"#, "[一-龥぀-ゟ゠-ヿ]+", markedWords,
        ]: "deepseek-v3",
    ]
}
