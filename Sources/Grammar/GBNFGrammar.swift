// A grammar as its rules: what was written, before it becomes a network of states.
// - Every rule named is there, and `root` is one of them; nothing begins with itself, and everything can end.
// - Its texts have a beginning that can be worked out.

/// A grammar in llama.cpp's GBNF.
///
/// The notation is that of llama.cpp's grammars/README.md: rules `name ::= …`, "literals", [classes], groups,
/// alternatives, `? * + {m} {m,} {m,n}`, `.` for any character, and `#` comments. It does not name tokens.
public struct GBNFGrammar: Sendable {
    /// The text that it was read from.
    public let text: String
    let rules: [GrammarRule]
    /// The place of the rule `root`.
    let root: Int
    let network: GrammarNetwork

    /// The longest text that is read, in bytes.
    public static let longestText = 1 << 20

    /// - Throws: `GrammarError` with the place of what is wrong or the name of the rule.
    public init(_ text: String) throws {
        let byteCount = text.utf8.count
        guard byteCount <= Self.longestText else {
            throw GrammarError.tooLong(byteCount: byteCount, most: Self.longestText)
        }
        self.text = text
        var parser = GBNFParser(text)
        (rules, root) = try parser.grammar()
        network = try GrammarNetwork(rules: rules, root: root)
        let states = MachineStates(network)
        guard states.start == nil else { return }
        throw states.isOverloaded
            ? GrammarError.manyBeginnings(most: MachineStates.mostVisits)
            : GrammarError.deepBeginning(most: GrammarMatcher.deepest)
    }
}

/// A rule of a grammar.
struct GrammarRule: Sendable, Equatable {
    var name: String
    var body: GrammarExpression
}

/// What a rule or a part of it stands for.
indirect enum GrammarExpression: Sendable, Equatable {
    /// UTF-8.
    case literal([UInt8])
    case oneOf(ScalarRanges)
    case rule(Int)
    case sequence([GrammarExpression])
    case alternatives([GrammarExpression])
    /// `most` is `nil` for no limit.
    case repetition(GrammarExpression, least: Int, most: Int?)
}
