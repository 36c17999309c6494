// Parses tokens into statements; ParserExpressions.swift parses expressions.
// - Nesting of tags and expressions is limited, so no template overflows the stack of the parser or the evaluator.
// - An unknown filter or test is an error here. Inside `if` it is an error only when it is reached, as in jinja2.

struct Parser {
    static let deepestTags = 60
    static let deepestExpression = 150

    let source: SourceText
    private let tokens: [Token]
    private var index = 0
    var expressionDepth = 0
    private var openTags: [(name: String, offset: Int)] = []
    private var loopDepth = 0
    // How many `if` statements and expressions surround the current place.
    var conditionalDepth = 0

    init(_ source: SourceText, options: JinjaOptions) throws(JinjaError) {
        self.source = source
        var lexer = Lexer(source, options: options)
        tokens = try lexer.tokens()
    }

    mutating func parse() throws(JinjaError) -> [Statement] {
        try parseBody(until: [])
    }

    // MARK: Tokens

    var current: Token { tokens[index] }
    var following: Token { tokens[min(index + 1, tokens.count - 1)] }

    mutating func advance() {
        if index < tokens.count - 1 { index += 1 }
    }

    func isName(_ name: String) -> Bool { current.kind == .name(name) }
    func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }

    mutating func skip(name: String) -> Bool {
        guard isName(name) else { return false }
        advance()
        return true
    }

    mutating func skip(symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(symbol: String) throws(JinjaError) {
        guard skip(symbol: symbol) else { throw fail("expected '\(symbol)', found \(current.description).") }
    }

    mutating func expect(name: String) throws(JinjaError) {
        guard skip(name: name) else { throw fail("expected '\(name)', found \(current.description).") }
    }

    mutating func expectName(_ role: String) throws(JinjaError) -> String {
        guard case .name(let name) = current.kind else {
            throw fail("expected \(role), found \(current.description).")
        }
        advance()
        return name
    }

    private mutating func expect(_ kind: Token.Kind) throws(JinjaError) {
        guard current.kind == kind else {
            let wanted = Token(kind: kind, offset: 0).description
            throw fail("expected \(wanted), found \(current.description).")
        }
        advance()
    }

    func fail(_ reason: String, at offset: Int? = nil) -> JinjaError {
        source.error(reason, at: offset ?? current.offset)
    }

    // MARK: Bodies

    /// Parses statements up to a tag with one of the names; stops at that name.
    private mutating func parseBody(until ends: [String]) throws(JinjaError) -> [Statement] {
        var body: [Statement] = []
        while true {
            let token = current
            switch token.kind {
            case .data(let text):
                body.append(.text(text))
                advance()
            case .variableBegin:
                advance()
                body.append(.output(try parseTuple()))
                try expect(.variableEnd)
            case .blockBegin:
                advance()
                if case .name(let name) = current.kind, ends.contains(name) { return body }
                if let statement = try parseStatement() { body.append(statement) }
                try expect(.blockEnd)
            case .end:
                guard let open = openTags.last else { return body }
                throw fail(
                    "the template ends inside '\(open.name)'. Close it with {% \(ends.last ?? "end") %}.",
                    at: open.offset)
            default:
                throw fail("unexpected \(token.description).")
            }
        }
    }

    /// Parses the rest of an opening tag, a body, and the name of the closing tag.
    private mutating func parseBlock(until ends: [String]) throws(JinjaError) -> (body: [Statement], end: String) {
        _ = skip(symbol: ":")
        try expect(.blockEnd)
        let body = try parseBody(until: ends)
        return (body, try expectName("a tag"))
    }

    private mutating func parseBlock(until end: String) throws(JinjaError) -> [Statement] {
        try parseBlock(until: [end]).body
    }

    // MARK: Statements

    private mutating func parseStatement() throws(JinjaError) -> Statement? {
        let offset = current.offset
        guard case .name(let name) = current.kind else {
            throw fail("expected the name of a tag, found \(current.description).")
        }
        guard openTags.count < Self.deepestTags else {
            throw fail("tags are nested more than \(Self.deepestTags) deep. Move some of it into a macro.")
        }
        advance()
        openTags.append((name, offset))
        defer { openTags.removeLast() }
        switch name {
        case "for": return try parseFor(offset)
        case "if": return try parseIf()
        case "set": return try parseSet(offset)
        case "macro": return try parseMacro(offset)
        case "call": return try parseCall(offset)
        case "filter": return try parseFilterBlock()
        case "with": return try parseWith()
        case "print": return try parsePrint()
        case "generation":
            return .scope(
                try outsideLoop { parser throws(JinjaError) in try parser.parseBlock(until: "endgeneration") })
        case "autoescape": return try parseAutoescape()
        case "block": return try parseNamedBlock()
        case "break", "continue":
            guard loopDepth > 0 else { throw fail("'\(name)' stands outside of a loop.", at: offset) }
            return name == "break" ? .breakLoop : .continueLoop
        case "include", "import", "from", "extends":
            throw fail(
                "'\(name)' is not supported: a template cannot read other files. Copy its text here.", at: offset)
        case "do":
            throw fail("'do' is not supported. Use {% set _ = … %}.", at: offset)
        default:
            throw unknownTag(name, at: offset)
        }
    }

    private func unknownTag(_ name: String, at offset: Int) -> JinjaError {
        let enclosing = openTags.dropLast().last
        if name.hasPrefix("end") || name == "else" || name == "elif" {
            guard let enclosing else { return fail("'\(name)' closes nothing: no tag is open here.", at: offset) }
            return fail("'\(name)' does not fit here: the innermost open tag is '\(enclosing.name)'.", at: offset)
        }
        return fail("unknown tag '\(name)'.", at: offset)
    }

    /// Parses the body of a function, in which `break` cannot leave an enclosing loop.
    private mutating func outsideLoop<Result>(
        _ read: (inout Parser) throws(JinjaError) -> Result
    ) throws(JinjaError) -> Result {
        let depth = loopDepth
        loopDepth = 0
        defer { loopDepth = depth }
        return try read(&self)
    }

    private mutating func parseFor(_ offset: Int) throws(JinjaError) -> Statement {
        let target = try parseTarget(endsBefore: "in")
        try expect(name: "in")
        let items = try parseTuple(allowsConditional: false, endsBefore: "recursive")
        let test = skip(name: "if") ? try parseExpression() : nil
        let isRecursive = skip(name: "recursive")
        if target.names.contains("loop") {
            throw fail("'loop' is the loop itself and cannot be its variable.", at: offset)
        }
        loopDepth += 1
        var (body, end) = try parseBlock(until: ["else", "endfor"])
        loopDepth -= 1
        var otherwise: [Statement] = []
        if end == "else" { (otherwise, end) = try parseBlock(until: ["endfor"]) }
        return .loop(
            LoopStatement(
                target: target, items: items, test: test, isRecursive: isRecursive, body: body, otherwise: otherwise,
                offset: offset))
    }

    private mutating func parseIf() throws(JinjaError) -> Statement {
        conditionalDepth += 1
        defer { conditionalDepth -= 1 }
        var branches: [(test: Expression, body: [Statement])] = []
        while true {
            let test = try parseTuple(allowsConditional: false)
            let (body, end) = try parseBlock(until: ["elif", "else", "endif"])
            branches.append((test, body))
            if end == "elif" { continue }
            let otherwise = end == "else" ? try parseBlock(until: "endif") : []
            return .conditional(branches, otherwise: otherwise)
        }
    }

    private mutating func parseSet(_ offset: Int) throws(JinjaError) -> Statement {
        let target = try parseTarget(allowsFields: true)
        if skip(symbol: "=") { return .set(target, try parseTuple()) }
        let filter = isSymbol("|") ? try parseFilters(of: nil) : nil
        return .setBlock(target, filter: filter, body: try parseBlock(until: "endset"), offset: offset)
    }

    private mutating func parseWith() throws(JinjaError) -> Statement {
        var assignments: [(Target, Expression)] = []
        while current.kind != .blockEnd, !isSymbol(":") {
            if !assignments.isEmpty { try expect(symbol: ",") }
            let target = try parseTarget()
            try expect(symbol: "=")
            assignments.append((target, try parseExpression()))
        }
        return .with(assignments, body: try parseBlock(until: "endwith"))
    }

    private mutating func parsePrint() throws(JinjaError) -> Statement {
        var items: [Expression] = []
        let offset = current.offset
        while current.kind != .blockEnd {
            if !items.isEmpty { try expect(symbol: ",") }
            items.append(try parseExpression())
        }
        return .output(Expression(.concatenation(items), offset: offset))
    }

    private mutating func parseFilterBlock() throws(JinjaError) -> Statement {
        let filter = try parseFilters(of: nil, startsInside: true)
        return .filterBlock(filter, body: try parseBlock(until: "endfilter"))
    }

    private mutating func parseAutoescape() throws(JinjaError) -> Statement {
        let setting = try parseExpression()
        guard case .constant(.bool(false)) = setting.kind else {
            throw fail(
                "'autoescape' is not supported: text is never escaped. Use the 'escape' filter.", at: setting.offset)
        }
        return .scope(try parseBlock(until: "endautoescape"))
    }

    private mutating func parseNamedBlock() throws(JinjaError) -> Statement {
        let name = try expectName("the block's name")
        _ = skip(name: "scoped")
        _ = skip(name: "required")
        let body = try outsideLoop { parser throws(JinjaError) in try parser.parseBlock(until: "endblock") }
        _ = skip(name: name)
        return .scope(body)
    }

    // MARK: Macros

    private mutating func parseMacro(_ offset: Int) throws(JinjaError) -> Statement {
        let name = try expectName("the macro's name")
        let parameters = try parseSignature()
        let body = try outsideLoop { parser throws(JinjaError) in try parser.parseBlock(until: "endmacro") }
        return .macro(MacroStatement(name: name, parameters: parameters, body: body, offset: offset))
    }

    private mutating func parseCall(_ offset: Int) throws(JinjaError) -> Statement {
        let parameters = isSymbol("(") ? try parseSignature() : []
        let call = try parseExpression()
        guard case .call = call.kind else {
            throw fail("'call' needs a call, as in {% call box() %}.", at: call.offset)
        }
        let body = try outsideLoop { parser throws(JinjaError) in try parser.parseBlock(until: "endcall") }
        let caller = MacroStatement(name: nil, parameters: parameters, body: body, offset: offset)
        return .callBlock(call, caller: caller)
    }

    private mutating func parseSignature() throws(JinjaError) -> [(name: String, fallback: Expression?)] {
        try expect(symbol: "(")
        var parameters: [(name: String, fallback: Expression?)] = []
        var names: Set<String> = []
        while !isSymbol(")") {
            if !parameters.isEmpty { try expect(symbol: ",") }
            let offset = current.offset
            let name = try expectName("a parameter's name")
            let fallback = skip(symbol: "=") ? try parseExpression() : nil
            if fallback == nil, parameters.last?.fallback != nil {
                throw fail("parameter '\(name)' needs a default, because the one before it has one.", at: offset)
            }
            guard names.insert(name).inserted else {
                throw fail("there are two parameters '\(name)'.", at: offset)
            }
            parameters.append((name, fallback))
        }
        try expect(symbol: ")")
        return parameters
    }

    // MARK: Targets

    private static let constants: Set<String> = ["true", "false", "none", "True", "False", "None"]

    /// Parses the target of an assignment: a name, names with commas, or a field of a namespace.
    private mutating func parseTarget(allowsFields: Bool = false, endsBefore end: String? = nil) throws(JinjaError)
        -> Target
    {
        var items: [Target] = []
        var isTuple = false
        let offset = current.offset
        while true {
            if isTuple, isTargetEnd(end) { break }
            items.append(try parseSingleTarget(allowsFields: allowsFields))
            guard skip(symbol: ",") else { break }
            isTuple = true
        }
        guard isTuple else {
            guard let first = items.first else { throw fail("expected a name to assign to.", at: offset) }
            return first
        }
        return .tuple(items)
    }

    private func isTargetEnd(_ end: String?) -> Bool {
        if let end, isName(end) { return true }
        return current.kind == .blockEnd || isSymbol(")") || isSymbol("=")
    }

    private mutating func parseSingleTarget(allowsFields: Bool) throws(JinjaError) -> Target {
        if isSymbol("(") {
            expressionDepth += 1
            defer { expressionDepth -= 1 }
            guard expressionDepth < Self.deepestExpression else { throw fail("brackets are nested too deeply.") }
            advance()
            let target = try parseTarget(allowsFields: allowsFields)
            try expect(symbol: ")")
            return target
        }
        let offset = current.offset
        guard case .name(let name) = current.kind, !Self.constants.contains(name) else {
            throw fail("cannot assign to \(current.description): expected a name.", at: offset)
        }
        advance()
        if isSymbol("."), allowsFields {
            advance()
            return .field(namespace: name, try expectName("a field's name"))
        }
        return .name(name)
    }
}
