// The syntax tree of a template.
// - Every expression has its byte offset in the source, for errors.
// - The parser limits an expression's `height`, so walking a tree never overflows the stack.

final class Expression: Sendable {
    enum Kind: Sendable {
        case constant(JinjaValue)
        case name(String)
        case list([Expression])
        case tuple([Expression])
        case dictionary([(key: Expression, value: Expression)])
        case attribute(Expression, String)
        case item(Expression, Expression)
        case slice(Expression, start: Expression?, stop: Expression?, step: Expression?)
        case call(Expression, ArgumentList)
        /// The value is `nil` if the filter applies to the text of a block.
        case filter(Expression?, String, ArgumentList)
        case test(Expression, String, ArgumentList)
        case not(Expression)
        case negated(Expression)
        case positive(Expression)
        case binary(BinaryOperator, Expression, Expression)
        case and(Expression, Expression)
        case or(Expression, Expression)
        case comparison(Expression, [(ComparisonOperator, Expression)])
        case concatenation([Expression])
        case conditional(test: Expression, then: Expression, otherwise: Expression?)
    }

    let kind: Kind
    let offset: Int
    /// Levels of expressions, this one included.
    let height: Int

    init(_ kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
        self.height = 1 + (kind.children.map(\.height).max() ?? 0)
    }
}

extension Expression.Kind {
    /// The direct subexpressions, in evaluation order as far as names depend on it.
    var children: [Expression] {
        switch self {
        case .constant, .name: []
        case .list(let items), .tuple(let items), .concatenation(let items): items
        case .dictionary(let pairs): pairs.flatMap { [$0.key, $0.value] }
        case .attribute(let base, _), .not(let base), .negated(let base), .positive(let base): [base]
        case .item(let base, let key): [base, key]
        case .slice(let base, let start, let stop, let step): [base] + [start, stop, step].compactMap(\.self)
        case .call(let function, let arguments): [function] + arguments.children
        case .filter(let base, _, let arguments): [base].compactMap(\.self) + arguments.children
        case .test(let base, _, let arguments): [base] + arguments.children
        case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right): [left, right]
        case .comparison(let first, let others): [first] + others.map(\.1)
        case .conditional(let test, let then, let otherwise): [test, then] + [otherwise].compactMap(\.self)
        }
    }
}

struct ArgumentList: Sendable {
    var positional: [Expression] = []
    var keyword: [(name: String, value: Expression)] = []
    /// The argument after `*`.
    var spread: Expression?
    /// The argument after `**`.
    var keywordSpread: Expression?

    var children: [Expression] {
        positional + keyword.map(\.value) + [spread, keywordSpread].compactMap(\.self)
    }
}

enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case remainder = "%"
    case power = "**"
}

enum ComparisonOperator: String, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case contained = "in"
    case notContained = "not in"
}

/// The target of an assignment.
indirect enum Target: Sendable {
    case name(String)
    /// `ns.name`: a field of a namespace.
    case field(namespace: String, String)
    case tuple([Target])

    var names: [String] {
        switch self {
        case .name(let name): [name]
        case .field: []
        case .tuple(let items): items.flatMap(\.names)
        }
    }
}

enum Statement: Sendable {
    case text(String)
    case output(Expression)
    case conditional([(test: Expression, body: [Statement])], otherwise: [Statement])
    case loop(LoopStatement)
    case set(Target, Expression)
    case setBlock(Target, filter: Expression?, body: [Statement], offset: Int)
    case macro(MacroStatement)
    /// A call that gets the block's text as the function `caller`.
    case callBlock(Expression, caller: MacroStatement)
    case filterBlock(Expression, body: [Statement])
    case with([(Target, Expression)], body: [Statement])
    /// Statements with a scope of their own: `generation`, `block`, `autoescape`.
    case scope([Statement])
    case breakLoop
    case continueLoop
}

final class LoopStatement: Sendable {
    let target: Target
    let items: Expression
    let test: Expression?
    let isRecursive: Bool
    let body: [Statement]
    let otherwise: [Statement]
    let offset: Int

    init(
        target: Target, items: Expression, test: Expression?, isRecursive: Bool, body: [Statement],
        otherwise: [Statement], offset: Int
    ) {
        self.target = target
        self.items = items
        self.test = test
        self.isRecursive = isRecursive
        self.body = body
        self.otherwise = otherwise
        self.offset = offset
    }
}

final class MacroStatement: Sendable {
    /// `nil` for the body of a call block.
    let name: String?
    let parameters: [(name: String, fallback: Expression?)]
    let parameterNames: Set<String>
    let body: [Statement]
    let offset: Int
    // As in jinja2, a call may pass `caller` only if the body mentions it.
    let usesCaller: Bool
    let usesKeywords: Bool
    let usesExtras: Bool

    init(name: String?, parameters: [(name: String, fallback: Expression?)], body: [Statement], offset: Int) {
        self.name = name
        self.parameters = parameters
        self.body = body
        self.offset = offset
        let mentioned = VariableFinder.mentionedNames(in: body)
        let declared = Set(parameters.map(\.name))
        parameterNames = declared
        usesCaller = mentioned.contains("caller")
        usesKeywords = mentioned.contains("kwargs") && !declared.contains("kwargs")
        usesExtras = mentioned.contains("varargs") && !declared.contains("varargs")
    }
}
