// The regular expressions of tokenizer.json files: recognizes them, and writes them.

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

    private static let gpt2 =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    private static let scanners: [String: SplitPattern] = [
        gpt2: .gpt2,
        llama: .words(WordPattern()),
        qwen: .words(WordPattern(digitLimit: 1)),
        markedQwen: .words(WordPattern(digitLimit: 1, letters: [.letter, .mark])),
        cased(contractions + "?", digits: #"\p{N}{1,3}"#): .casedWords(CasedWordPattern()),
        cased("", digits: #"\p{N}"#): .casedWords(CasedWordPattern(takesContractions: false, digitLimit: 1)),
        markedWords: .markedWords,
        #"\p{N}{1,3}"#: .numbers(limit: 3),
        #"\p{N}"#: .numbers(limit: 1),
        chineseAndKana + "+": .run(PatternSets.chineseAndKana),
        lineBreaks: .one(PatternSets.lineBreaks),
    ]

    private static let chineseAndKana = "[一-龥぀-ゟ゠-ヿ]"
    private static let lineBreaks = "[\r\n]"

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

// MARK: Writing

extension WrittenPatterns {
    /// The expression that a scanner implements, spelled as the models' own files spell it.
    static func expression(of pattern: SplitPattern) -> String {
        switch pattern {
        case .gpt2: return gpt2
        case .words(let words):
            let isMarked = words.letters.contains(.mark)
            return (words.cutsContractions ? contractions + "|" : "") + #"[^\r\n\p{L}\p{N}]?"#
                + (isMarked ? #"[\p{L}\p{M}]+|"# : #"\p{L}+|"#) + digits(words.digitLimit)
                + (isMarked ? #"| ?[^\s\p{L}\p{M}\p{N}]+"# : #"| ?[^\s\p{L}\p{N}]+"#)
                + (words.signsTakeLineBreaks ? #"[\r\n]*"# : "") + spaces
        case .casedWords(let words):
            return cased(words.takesContractions ? contractions + "?" : "", digits: digits(words.digitLimit))
        case .markedWords: return markedWords
        case .numbers(let limit): return digits(limit)
        case .digitTriples: return "[0-9][0-9][0-9]"
        case .run(let set): return members(set) + "+"
        case .spacedRun(let set): return #"\s?"# + members(set) + "+"
        case .one(let set): return members(set)
        case .trailingSpace: return #"\s+$"#
        case .lines: return "[^\n]+|[\n]+"
        case .spacedRunWithout(let set): return " ?" + members(set, isInverted: true) + "+"
        case .literal(let scalars): return scalars.map(escaped).joined()
        case .expression(let expression): return expression.source
        }
    }

    private static func digits(_ limit: Int) -> String {
        switch limit {
        case 1: #"\p{N}"#
        case .max: #"\p{N}+"#
        default: #"\p{N}{1,\#(limit)}"#
        }
    }

    /// A set in brackets.
    private static func members(_ set: ScalarSet, isInverted: Bool = false) -> String {
        if set == PatternSets.chineseAndKana, !isInverted { return chineseAndKana }
        if set == PatternSets.lineBreaks, !isInverted { return lineBreaks }
        let classes: [(UnicodeClass, String)] = [
            (.letter, #"\p{L}"#), (.mark, #"\p{M}"#), (.number, #"\p{N}"#), (.punctuation, #"\p{P}"#),
            (.symbol, #"\p{S}"#), (.whitespace, #"\s"#),
        ]
        let named = classes.filter { set.classes.contains($0.0) }.map(\.1)
        let ranges = set.ranges.map { range in
            range.count == 1
                ? escaped(range.lowerBound) : "\(escaped(range.lowerBound))-\(escaped(range.upperBound))"
        }
        return (isInverted ? "[^" : "[") + (named + ranges).joined() + "]"
    }

    private static func escaped(_ scalar: UInt32) -> String { #"\x{"# + String(scalar, radix: 16) + "}" }
}
