import Testing

@testable import Grammar

/// A matcher for expectations, whose arguments are not changed in place.
final class GrammarReading {
    private(set) var matcher: GrammarMatcher
    init(_ grammar: GBNFGrammar) { matcher = GrammarMatcher(grammar) }
    init(_ other: GrammarReading) { matcher = other.matcher }
    var isComplete: Bool { matcher.isComplete }
    var byteCount: Int { matcher.byteCount }
    func accept(_ bytes: some Collection<UInt8>) -> Bool { matcher.accept(bytes) }
    func accept(_ text: String) -> Bool { matcher.accept(text) }
    func rewind(toByteCount count: Int) { matcher.rewind(toByteCount: count) }
}

/// Whether a grammar accepts a text whole, read byte by byte.
func accepts(_ grammar: GBNFGrammar, _ text: String) -> Bool {
    var matcher = GrammarMatcher(grammar)
    return text.utf8.allSatisfy { matcher.accept([$0]) } && matcher.isComplete
}

/// How many bytes of a text a grammar accepts.
func acceptedCount(_ grammar: GBNFGrammar, _ text: String) -> Int {
    var matcher = GrammarMatcher(grammar)
    return text.utf8.prefix { matcher.accept([$0]) }.count
}

enum SampleGrammars {
    static let arithmetic = """
        # sums and products
        root ::= expr "\\n"?
        expr ::= term ([-+] term)*
        term ::= factor ([*/] factor)*
        factor ::= [0-9]+ | "(" expr ")"
        """
    static let list = """
        root ::= ("- " item)+   # one or more
        item ::= [^\\n]{1,12} "\\n"
        """
    static let json = #"""
        root   ::= object
        value  ::= object | array | string | number | ("true" | "false" | "null")
        object ::= "{" ws ( string ":" ws value ("," ws string ":" ws value)* )? ws "}"
        array  ::= "[" ws ( value ("," ws value)* )? ws "]"
        string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt/] | "u" [0-9a-fA-F]{4}) )* "\""
        number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9]+)?
        ws ::= | " " | "\n" [ \t]{0,20}
        """#
    static let greeting = """
        root ::= hello ", " (
            name    # who is greeted
            | "all " [ぁ-ゟ]+
        ) "!" | "…" .
        hello ::= "\\x48ello" | "H\\u00e4llo" | "\\U0001F44B"
        name ::= [A-Z] [a-zä-]*
        """
    /// A text that can be read in 2^n ways.
    static let ambiguous = """
        root ::= s
        s ::= "a" s "b"? | "a" s "b" | "a" s "c"? |
        """
}

@Suite struct `A grammar` {
    @Test(arguments: [
        (
            SampleGrammars.arithmetic, ["1", "12+(3*4)-5/(6)\n", "((((7))))"],
            ["", "1+", "(1", "1)", "a", "1\n\n", "()"]
        ),
        (
            SampleGrammars.list, ["- a\n", "- eins\n- zwölf Zwölfe\n", "- 你好\n"],
            ["", "- \n", "- a", "-a\n", "- a\nb\n", "- thirteen char\n"]
        ),
        (
            SampleGrammars.json, ["{}", #"{"a": [1, -2.5e+3, true, null], "b": {"ü\n\u00fc": ""}}"#],
            ["[]", "{", #"{"a": 01}"#, #"{"a": "\x"}"#, #"{"a" : 1}"#, "{}}", #"{"a": 1,}"#]
        ),
        (
            SampleGrammars.greeting, ["Hello, Ada!", "Hällo, all ひら!", "👋, Bär-bel!", "…x", "…\n", "…🙂"],
            ["hello, Ada!", "Hello, ada!", "Hello, all !", "Hello, Ada", "…", "…xy"]
        ),
        (SampleGrammars.ambiguous, ["", "aaa", "aaabbb", "aabc"], ["b", "aabbb"]),
        (
            "root ::= \"a\"{2} [b]{1,} \"cd\"{0,2} (\"e\" | )", ["aab", "aabbbcdcde"],
            ["ab", "aa", "aabcdcdcd", "aabee"]
        ),
        ("root ::= [^\\]a-c-]+ | [\\^x]", ["d[", "^", "x"], ["]", "-", "b", ""]),
        ("root ::= (\"a\"? \"b\"*)* \"c\"", ["c", "abbac", "bbbc"], ["a", "cc"]),
        ("\n\nroot::=a|\n  \"x\"\r\na::=\"y\"\r\n", ["x", "y"], ["xy"]),
        ("root ::= list\nlist ::= \"a\" list | \"a\"", ["a", String(repeating: "a", count: 20_000)], [""]),
    ])
    func `accepts its texts and refuses others`(text: String, good: [String], bad: [String]) throws {
        let grammar = try GBNFGrammar(text)
        for text in good { #expect(accepts(grammar, text), "\(text.prefix(40))") }
        for text in bad { #expect(!accepts(grammar, text), "\(text)") }
    }

    @Test func `reads a text alike wherever it is cut`() throws {
        let grammar = try GBNFGrammar(SampleGrammars.greeting)
        for text in ["Hällo, all ひら!", "👋, Bär!", "…🙂", "Hällo, ひ"] {
            let bytes = Array(text.utf8)
            let whole = acceptedCount(grammar, text)
            for cut in 0...bytes.count {
                let matcher = GrammarReading(grammar)
                #expect(matcher.accept(bytes[..<cut]) == (cut <= whole))
                guard cut <= whole else { continue }
                #expect(matcher.accept(bytes[cut...]) == (whole == bytes.count))
            }
        }
    }

    @Test func `accepts no bytes that are no UTF-8`() throws {
        let grammar = try GBNFGrammar("root ::= .*")
        for bytes: [UInt8] in [
            [0x80], [0xC0], [0xC1, 0x80], [0xED, 0xA0], [0xF4, 0x90], [0xF5], [0xE0, 0x80], [0xFF],
        ] {
            let matcher = GrammarReading(grammar)
            #expect(!matcher.accept(bytes))
            #expect(matcher.byteCount == 0)
        }
        let matcher = GrammarReading(grammar)
        #expect(matcher.accept([0xF0, 0x9F]))
        #expect(!matcher.isComplete)
        #expect(matcher.accept([0x99, 0x82]))
        #expect(matcher.isComplete)
    }

    @Test func `goes back and on as if nothing had been`() throws {
        let grammar = try GBNFGrammar(SampleGrammars.json)
        let matcher = GrammarReading(grammar)
        #expect(matcher.accept(#"{"a": [1, 2"#))
        let copy = GrammarReading(matcher)
        #expect(copy.accept("]}"))
        #expect(copy.isComplete && !matcher.isComplete)
        matcher.rewind(toByteCount: 6)
        #expect(matcher.accept("true}"))
        #expect(matcher.isComplete)
        matcher.rewind(toByteCount: 0)
        #expect(!matcher.accept("["))
        #expect(matcher.accept("{}"))
    }

    @Test func `a text that can be read in many ways takes no longer for it`() throws {
        let grammar = try GBNFGrammar(SampleGrammars.ambiguous)
        let many = String(repeating: "a", count: 60)
        #expect(accepts(grammar, many + String(repeating: "b", count: 20) + String(repeating: "c", count: 40)))
        #expect(!accepts(grammar, many + String(repeating: "b", count: 61)))
    }

    @Test func `nests as deep as rules may be open, and what is begun can be ended`() throws {
        let grammar = try GBNFGrammar("root ::= \"(\" root \")\" | \"[\" pair \"]\"\npair ::= root \",\" root | \"x\"")
        let text = String(repeating: "(", count: 3000)
        let depth = acceptedCount(grammar, text)
        #expect((900...1000).contains(depth))
        let whole = text.prefix(depth) + "[x]" + String(repeating: ")", count: depth)
        #expect(accepts(grammar, String(whole)))
    }
}

@Suite struct `A broken grammar` {
    @Test func `whose beginning takes too long to work out is refused`() throws {
        // Each rule is the next one twice or not at all: 2^18 ways to begin.
        let rules = (1...18).map { "r\($0) ::= \($0 < 18 ? "r\($0 + 1) r\($0 + 1)" : "\"x\"?")" }
        let text = (["root ::= r1 r1"] + rules).joined(separator: "\n")
        #expect(throws: GrammarError.manyBeginnings(most: 20_000)) { try GBNFGrammar(text) }
        #expect(throws: GrammarError.manyBeginnings(most: 20_000)) {
            try GBNFGrammar("root ::= " + String(repeating: "[a-z]? ", count: 20_001))
        }
        #expect(
            "\(GrammarError.manyBeginnings(most: 20_000))"
                == "The grammar has more than 20000 places at which a text may begin. "
                + "List fewer alternatives, and write x{0,n} in place of x? x? ….")
    }

    @Test func `that opens too many rules before a text begins is refused`() throws {
        let rules = (1...1200).map { "r\($0) ::= r\($0 + 1) \"b\"" } + ["r1201 ::= \"a\""]
        let text = (["root ::= r1 \"c\""] + rules).joined(separator: "\n")
        #expect(throws: GrammarError.deepBeginning(most: 1000)) { try GBNFGrammar(text) }
    }

    private static let sentences: [(String, String)] = [
        ("", "The grammar has no rule 'root', which stands for the complete text. Add one: root ::= …"),
        ("a ::= \"b\"", "The grammar has no rule 'root', which stands for the complete text. Add one: root ::= …"),
        (
            "root ::= a\nb ::= \"x\"",
            "The grammar, line 1, column 10: there is no rule 'a'. Add it, or correct the name."
        ),
        (
            "root ::= expr\nexpr ::= term | \"x\"\nterm ::= \"\" expr \"+\"",
            "The grammar's rule 'expr' begins with itself (expr → term → expr). "
                + "Write it as a repetition, such as: expr ::= item (sign item)*."
        ),
        (
            "root ::= \"a\"? root",
            "The grammar's rule 'root' begins with itself (root → root). "
                + "Write it as a repetition, such as: root ::= item (sign item)*."
        ),
        (
            "root ::= \"a\" more\nmore ::= \"b\" more",
            "The grammar's rule 'root' never ends: each of its alternatives needs it again. "
                + "Add an alternative without it."
        ),
        (
            "root ::= (\"a\"{1000}){1000}",
            "The grammar's rule 'root' unfolds to more than 200000 states in all. "
                + "Lower the numbers of its repetitions, or leave their upper limits out."
        ),
        (
            "root ::= \"a\"\nroot ::= \"b\"",
            "The grammar, line 2, column 1: the rule 'root' exists already. "
                + "Rename one, or join them as alternatives with |."
        ),
        (
            "root ::= \"a",
            "The grammar, line 1, column 10: the literal that begins here does not end. Close it with \"."
        ),
        ("root ::= [a", "The grammar, line 1, column 10: the class that begins here does not end. Close it with ]."),
        (
            "root ::= (\n\"a\"",
            "The grammar, line 1, column 10: the group that begins here does not end. Close it with )."
        ),
        (
            "root ::= \"a\"{2",
            "The grammar, line 1, column 13: the repetition that begins here does not end. Close it with }."
        ),
        (
            "root ::= \"a\" )",
            "The grammar, line 1, column 14: found ')' where the end of the rule (no group is open) is expected."
        ),
        ("root = \"a\"", "The grammar, line 1, column 6: found '=' where ::= behind the name 'root' is expected."),
        ("root ::= \"a\"\n\"b\"", "The grammar, line 2, column 1: found '\"' where the name of a rule is expected."),
        (
            "root ::= *",
            "The grammar, line 1, column 10: there is nothing before '*' to repeat. "
                + "Put a literal, a class, a rule or a group before it."
        ),
        (
            "root ::= \"a\\q\"",
            "The grammar, line 1, column 12: '\\q' is not an escape. Write \\n, \\r, \\t, \\\\, \\\", \\[, \\], \\-, \\^, "
                + "\\x and 2, \\u and 4 or \\U and 8 hexadecimal digits, or a backslash as \\\\."
        ),
        (
            "root ::= \"\\uD800\"",
            "The grammar, line 1, column 11: '\\uD800' is not a character. "
                + "Characters go from 0 to 10FFFF without D800 to DFFF."
        ),
        (
            "root ::= [z-a]",
            "The grammar, line 1, column 11: the range z-a goes backward. Write the lower character first."
        ),
        (
            "root ::= []",
            "The grammar, line 1, column 10: the class of characters is empty. Put characters between [ and ], "
                + "or write \\] for a bracket in it."
        ),
        (
            "root ::= \"a\"{3,2}",
            "The grammar, line 1, column 13: {3,2} asks for at least 3 and at most 2. Write the lower number first."
        ),
        (
            "root ::= \"a\"{99999999999999999999999}",
            "The grammar, line 1, column 14: 99999999999999999999 repetitions are too many. "
                + "Write a number up to 100000, or leave it out for no limit."
        ),
        ("root ::= \"a\"{}", "The grammar, line 1, column 14: found '}' where a number of repetitions is expected."),
        (
            "root ::= <think>",
            "The grammar, line 1, column 10: tokens such as <think> cannot be named. Write their text as a literal."
        ),
        (
            "root ::= " + String(repeating: "(", count: 200),
            "The grammar, line 1, column 138: groups are nested deeper than 128. Make rules of some of them."
        ),
    ]

    @Test(arguments: sentences)
    func `is told in a sentence`(text: String, sentence: String) {
        #expect { try GBNFGrammar(text) } throws: { "\($0)" == sentence }
    }

    @Test func `that is too long is not read`() {
        let text = "root ::= \"a\"" + String(repeating: " ", count: 1 << 20)
        #expect(throws: GrammarError.tooLong(byteCount: text.utf8.count, most: 1 << 20)) { try GBNFGrammar(text) }
    }

    @Test func `made of anything neither crashes nor hangs`() {
        var random = SeededRandom(seed: 7)
        let pieces = [
            "root", "a", "b-1", "::=", " ", "\n", "|", "(", ")", "[", "]", "[^", "a-z", "\"x\"", "\"", "\\", "\\x41",
            "\\u12",
            "*", "+", "?", "{", "}", "{2,3}", "{,4}", "{9}", "#", ".", ",", "é", "\u{0}", "<t>", "root ::= ",
            "\na ::= ",
        ]
        var goodCount = 0
        for _ in 0..<3000 {
            let text =
                (random.next() % 2 == 0 ? "root ::= " : "")
                + (0..<Int(random.next() % 24)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
            guard let grammar = try? GBNFGrammar(text) else { continue }
            goodCount += 1
            _ = acceptedCount(grammar, "xaAxxé\u{0}aaaa")
        }
        #expect(goodCount > 50)
    }
}

/// Numbers that are the same for the same seed: SplitMix64.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
