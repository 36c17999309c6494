// The errors of a grammar, and what to do about each.
// - Every sentence about a grammar is made here. Lines and columns count from 1, columns in Unicode scalars.

/// A place in a grammar's text.
public struct GrammarPlace: Sendable, Hashable, CustomStringConvertible {
    public var line: Int
    public var column: Int
    public var description: String { "line \(line), column \(column)" }
}

/// Why a grammar cannot be used.
public enum GrammarError: Error, Equatable, CustomStringConvertible {
    case tooLong(byteCount: Int, most: Int)
    /// Something else was expected at a place.
    case unexpected(GrammarPlace, found: String, expected: String)
    /// A literal, class, group or repetition has no end; the place is that of its beginning.
    case unclosed(GrammarPlace, what: String, closing: String)
    case unknownEscape(GrammarPlace, escape: String)
    case badCodePoint(GrammarPlace, escape: String)
    case emptyClass(GrammarPlace)
    case backwardRange(GrammarPlace, range: String)
    case backwardRepetition(GrammarPlace, least: Int, most: Int)
    case largeRepetition(GrammarPlace, found: String, most: Int)
    case nothingToRepeat(GrammarPlace, sign: String)
    case deepNesting(GrammarPlace, most: Int)
    case tokenReference(GrammarPlace)
    case doubleRule(GrammarPlace, name: String)
    case unknownRule(GrammarPlace, name: String)
    case noRoot
    /// Rules that begin with themselves: the names in the order of the calls, with the first again at the end.
    case leftRecursion(rules: [String])
    /// A rule that no text can ever complete.
    case endless(rule: String)
    /// Repetitions unfold into too many states.
    case tooLarge(rule: String, most: Int)
    case besideSchema
    /// Too many places at which a text may begin.
    case manyBeginnings(most: Int)
    /// Too many rules that call each other before a text may begin.
    case deepBeginning(most: Int)
    /// While decoding: too many ways to read the text so far.
    case tooAmbiguous

    public var description: String {
        switch self {
        case .tooLong(let byteCount, let most):
            "The grammar has \(byteCount) bytes, and \(most) are allowed. Shorten it."
        case .unexpected(let place, let found, let expected):
            "The grammar, \(place): found \(found) where \(expected) is expected."
        case .unclosed(let place, let what, let closing):
            "The grammar, \(place): the \(what) that begins here does not end. Close it with \(closing)."
        case .unknownEscape(let place, let escape):
            "The grammar, \(place): '\(escape)' is not an escape. Write \\n, \\r, \\t, \\\\, \\\", \\[, \\], \\-, \\^, "
                + "\\x and 2, \\u and 4 or \\U and 8 hexadecimal digits, or a backslash as \\\\."
        case .badCodePoint(let place, let escape):
            "The grammar, \(place): '\(escape)' is not a character. "
                + "Characters go from 0 to 10FFFF without D800 to DFFF."
        case .emptyClass(let place):
            "The grammar, \(place): the class of characters is empty. Put characters between [ and ], "
                + "or write \\] for a bracket in it."
        case .backwardRange(let place, let range):
            "The grammar, \(place): the range \(range) goes backward. Write the lower character first."
        case .backwardRepetition(let place, let least, let most):
            "The grammar, \(place): {\(least),\(most)} asks for at least \(least) and at most \(most). "
                + "Write the lower number first."
        case .largeRepetition(let place, let found, let most):
            "The grammar, \(place): \(found) repetitions are too many. Write a number up to \(most), "
                + "or leave it out for no limit."
        case .nothingToRepeat(let place, let sign):
            "The grammar, \(place): there is nothing before '\(sign)' to repeat. "
                + "Put a literal, a class, a rule or a group before it."
        case .deepNesting(let place, let most):
            "The grammar, \(place): groups are nested deeper than \(most). Make rules of some of them."
        case .tokenReference(let place):
            "The grammar, \(place): tokens such as <think> cannot be named. Write their text as a literal."
        case .doubleRule(let place, let name):
            "The grammar, \(place): the rule '\(name)' exists already. "
                + "Rename one, or join them as alternatives with |."
        case .unknownRule(let place, let name):
            "The grammar, \(place): there is no rule '\(name)'. Add it, or correct the name."
        case .noRoot:
            "The grammar has no rule 'root', which stands for the complete text. Add one: root ::= …"
        case .leftRecursion(let rules):
            "The grammar's rule '\(rules.first ?? "")' begins with itself (\(rules.joined(separator: " → "))). "
                + "Write it as a repetition, such as: \(rules.first ?? "") ::= item (sign item)*."
        case .endless(let rule):
            "The grammar's rule '\(rule)' never ends: each of its alternatives needs it again. "
                + "Add an alternative without it."
        case .tooLarge(let rule, let most):
            "The grammar's rule '\(rule)' unfolds to more than \(most) states in all. "
                + "Lower the numbers of its repetitions, or leave their upper limits out."
        case .besideSchema:
            "A grammar and a JSON schema are given, but a text can follow only one of them. Leave one out."
        case .manyBeginnings(let most):
            "The grammar has more than \(most) places at which a text may begin. "
                + "List fewer alternatives, and write x{0,n} in place of x? x? …."
        case .deepBeginning(let most):
            "Every text of the grammar needs more than \(most) rules nested inside each other. Join some of them."
        case .tooAmbiguous:
            "The grammar or the schema allows too many ways to read the text so far. "
                + "List fewer alternatives or values; in a grammar write x{0,n} in place of x? x? …, "
                + "and do not repeat parts that can be empty."
        }
    }
}
