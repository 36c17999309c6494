// A grammar as its rules: the parsed text, before it becomes a network of states.
// - Every rule that is named exists, and `root` is one of them. No rule begins with itself, and every rule can end.
// - The state before the first byte can be computed.

/// A grammar in llama.cpp's GBNF.
///
/// The notation is that of llama.cpp's grammars/README.md: rules `name ::= …`, "literals", [classes], groups,
/// alternatives, `? * + {m} {m,} {m,n}`, `.` for any character, and `#` comments. Token names are not supported.
public struct GBNFGrammar: Sendable {
    /// The text that it was parsed from.
    public let text: String
    let rules: [GrammarRule]
    /// The index of the rule `root`.
    let root: Int
    let network: GrammarNetwork

    /// The longest grammar that is accepted, in bytes.
    public static let longestText = 1 << 20

    /// - Throws: `GrammarError`, which names the place of the problem or the rule.
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

/// The body of a rule or a part of it.
indirect enum GrammarExpression: Sendable, Equatable {
    /// UTF-8.
    case literal([UInt8])
    case oneOf(ScalarRanges)
    case rule(Int)
    case sequence([GrammarExpression])
    case alternatives([GrammarExpression])
    /// If `most` is `nil`, the repetition is unlimited.
    case repetition(GrammarExpression, least: Int, most: Int?)
}
