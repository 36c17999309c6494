// Expressions, in jinja2's order of precedence: if, or, and, not, comparisons, + -, ~, * / // %, **, unary, then
// postfix: fields, subscripts, calls, filters and tests.

extension Parser {
    mutating func parseExpression(allowsConditional: Bool = true) throws(JinjaError) -> Expression {
        expressionDepth += 1
        defer { expressionDepth -= 1 }
        guard expressionDepth < Self.deepestExpression else { throw tooDeep(at: current.offset) }
        return allowsConditional ? try parseConditional() : try parseOperators(from: .or)
    }

    private func tooDeep(at offset: Int) -> JinjaError {
        fail("this expression is nested too deeply. Compute parts of it with {% set %} first.", at: offset)
    }

    private func make(_ kind: Expression.Kind, at offset: Int) throws(JinjaError) -> Expression {
        let expression = Expression(kind, offset: offset)
        guard expression.height < Self.deepestExpression else { throw tooDeep(at: offset) }
        return expression
    }

    /// Parses one expression, or several with commas, which make a tuple.
    mutating func parseTuple(
        allowsConditional: Bool = true, endsBefore end: String? = nil, isInBrackets: Bool = false
    ) throws(JinjaError) -> Expression {
        let offset = current.offset
        var items: [Expression] = []
        var isTuple = false
        while !isTupleEnd(end) {
            items.append(try parseExpression(allowsConditional: allowsConditional))
            guard skip(symbol: ",") else { break }
            isTuple = true
        }
        if !isTuple {
            if let only = items.first { return only }
            guard isInBrackets else { throw fail("expected an expression, found \(current.description).") }
        }
        return try make(.tuple(items), at: offset)
    }

    private func isTupleEnd(_ end: String?) -> Bool {
        if let end, isName(end) { return true }
        return current.kind == .variableEnd || current.kind == .blockEnd || isSymbol(")")
    }

    // MARK: Operators

    private enum Level: Int {
        case or, and, not, comparison, sum, concatenation, product, power
    }

    private enum Operation {
        case or, and, concatenation
        case comparison(ComparisonOperator)
        case arithmetic(BinaryOperator)
    }

    private mutating func parseConditional() throws(JinjaError) -> Expression {
        let offset = current.offset
        var value = try parseOperators(from: .or)
        while isName("if") {
            advance()
            conditionalDepth += 1
            defer { conditionalDepth -= 1 }
            let test = try parseOperators(from: .or)
            let otherwise = skip(name: "else") ? try parseExpression() : nil
            value = try make(.conditional(test: test, then: value, otherwise: otherwise), at: offset)
        }
        return value
    }

    /// Parses operators that bind at least as tightly as `lowest`. This is one function for all levels, because one per
    /// level would all be on the stack for each bracket. All group to the left, even the power, as in jinja2 and unlike
    /// Python.
    private mutating func parseOperators(from lowest: Level) throws(JinjaError) -> Expression {
        var left = try parseOperand(from: lowest)
        while let (level, operation) = nextOperation(), level.rawValue >= lowest.rawValue {
            let offset = current.offset
            if case .comparison = operation {
                left = try parseComparisons(of: left, at: offset)
                continue
            }
            if case .concatenation = operation {
                left = try parseConcatenation(of: left, at: offset)
                continue
            }
            advance()
            let right: Expression
            if let tighter = Level(rawValue: level.rawValue + 1) {
                right = try parseOperators(from: tighter)
            } else {
                right = try parseUnary()
            }
            left = try join(left, operation, right, at: offset)
        }
        return left
    }

    private mutating func parseOperand(from lowest: Level) throws(JinjaError) -> Expression {
        guard lowest.rawValue <= Level.not.rawValue, isName("not") else { return try parseUnary() }
        var offsets: [Int] = []
        while isName("not") {
            offsets.append(current.offset)
            advance()
        }
        var value = try parseOperators(from: .comparison)
        for offset in offsets.reversed() { value = try make(.not(value), at: offset) }
        return value
    }

    private func nextOperation() -> (Level, Operation)? {
        switch current.kind {
        case .name("or"): return (.or, .or)
        case .name("and"): return (.and, .and)
        case .name("in"): return (.comparison, .comparison(.contained))
        case .name("not"): return following.kind == .name("in") ? (.comparison, .comparison(.notContained)) : nil
        case .symbol("~"): return (.concatenation, .concatenation)
        case .symbol(let symbol):
            if let comparison = ComparisonOperator(rawValue: symbol) { return (.comparison, .comparison(comparison)) }
            guard let arithmetic = BinaryOperator(rawValue: symbol) else { return nil }
            switch arithmetic {
            case .add, .subtract: return (.sum, .arithmetic(arithmetic))
            case .power: return (.power, .arithmetic(arithmetic))
            case .multiply, .divide, .floorDivide, .remainder: return (.product, .arithmetic(arithmetic))
            }
        default: return nil
        }
    }

    private func join(
        _ left: Expression, _ operation: Operation, _ right: Expression, at offset: Int
    ) throws(JinjaError) -> Expression {
        switch operation {
        case .or: return try make(.or(left, right), at: offset)
        case .and: return try make(.and(left, right), at: offset)
        case .arithmetic(let arithmetic): return try make(.binary(arithmetic, left, right), at: offset)
        case .concatenation, .comparison: preconditionFailure("chains are read whole")
        }
    }

    /// Parses a chain of "~" into one node, so that a long chain is not a deep tree.
    private mutating func parseConcatenation(of first: Expression, at offset: Int) throws(JinjaError) -> Expression {
        var items = [first]
        var start = offset
        if case .concatenation(let inner) = first.kind { (items, start) = (inner, first.offset) }
        while case (_, .concatenation)? = nextOperation() {
            advance()
            items.append(try parseOperators(from: .product))
        }
        return try make(.concatenation(items), at: start)
    }

    private mutating func parseComparisons(of first: Expression, at offset: Int) throws(JinjaError) -> Expression {
        var others: [(ComparisonOperator, Expression)] = []
        while case (_, .comparison(let comparison))? = nextOperation() {
            advance()
            if comparison == .notContained { advance() }
            others.append((comparison, try parseOperators(from: .sum)))
        }
        return try make(.comparison(first, others), at: offset)
    }

    private mutating func parseUnary(allowsFilters: Bool = true) throws(JinjaError) -> Expression {
        let offset = current.offset
        expressionDepth += 1
        defer { expressionDepth -= 1 }
        guard expressionDepth < Self.deepestExpression else { throw tooDeep(at: offset) }
        var value: Expression
        if skip(symbol: "-") {
            value = try make(.negated(try parseUnary(allowsFilters: false)), at: offset)
        } else if skip(symbol: "+") {
            value = try make(.positive(try parseUnary(allowsFilters: false)), at: offset)
        } else {
            value = try parsePrimary()
        }
        value = try parsePostfix(of: value)
        return allowsFilters ? try parseFiltersAndTests(of: value) : value
    }

    // MARK: Values

    private mutating func parsePrimary() throws(JinjaError) -> Expression {
        let offset = current.offset
        switch current.kind {
        case .name(let name):
            advance()
            switch name {
            case "true", "True": return try make(.constant(.bool(true)), at: offset)
            case "false", "False": return try make(.constant(.bool(false)), at: offset)
            case "none", "None": return try make(.constant(.none), at: offset)
            default: return try make(.name(name), at: offset)
            }
        case .string(var text):
            advance()
            while case .string(let more) = current.kind {
                text += more
                advance()
            }
            return try make(.constant(.string(text)), at: offset)
        case .integer(let number):
            advance()
            return try make(.constant(.integer(number)), at: offset)
        case .float(let number):
            advance()
            return try make(.constant(.float(number)), at: offset)
        case .symbol("("):
            advance()
            let value = try parseTuple(isInBrackets: true)
            try expect(symbol: ")")
            return value
        case .symbol("["): return try parseList(offset)
        case .symbol("{"): return try parseDictionary(offset)
        default:
            throw fail("expected an expression, found \(current.description).")
        }
    }

    private mutating func parseList(_ offset: Int) throws(JinjaError) -> Expression {
        advance()
        var items: [Expression] = []
        while !isSymbol("]") {
            items.append(try parseExpression())
            guard skip(symbol: ",") else { break }
        }
        try expect(symbol: "]")
        return try make(.list(items), at: offset)
    }

    private mutating func parseDictionary(_ offset: Int) throws(JinjaError) -> Expression {
        advance()
        var pairs: [(key: Expression, value: Expression)] = []
        while !isSymbol("}") {
            let key = try parseExpression()
            try expect(symbol: ":")
            pairs.append((key, try parseExpression()))
            guard skip(symbol: ",") else { break }
        }
        try expect(symbol: "}")
        return try make(.dictionary(pairs), at: offset)
    }

    // MARK: Postfix

    private mutating func parsePostfix(of base: Expression) throws(JinjaError) -> Expression {
        var value = base
        while true {
            let offset = current.offset
            if isSymbol("(") {
                value = try make(.call(value, try parseArguments()), at: value.offset)
            } else if isSymbol("[") {
                value = try parseSubscript(of: value)
            } else if skip(symbol: ".") {
                switch current.kind {
                case .name(let name): value = try make(.attribute(value, name), at: offset + 1)
                case .integer(let number):
                    let index = try make(.constant(.integer(number)), at: current.offset)
                    value = try make(.item(value, index), at: offset)
                default: throw fail("expected a name or a number after '.', found \(current.description).")
                }
                advance()
            } else {
                return value
            }
        }
    }

    private mutating func parseSubscript(of base: Expression) throws(JinjaError) -> Expression {
        let offset = current.offset
        advance()
        var bounds: [Expression?] = []
        var bound: Expression?
        while !isSymbol("]") {
            if skip(symbol: ":") {
                bounds.append(bound)
                bound = nil
            } else {
                guard bound == nil else { throw fail("expected ']', found \(current.description).") }
                bound = try parseExpression()
                if isSymbol(","), bounds.isEmpty, let first = bound { bound = try parseSubscriptTuple(first) }
            }
        }
        advance()
        if bounds.isEmpty {
            guard let bound else { throw fail("expected an index between '[' and ']'.", at: offset) }
            return try make(.item(base, bound), at: offset)
        }
        bounds.append(bound)
        guard bounds.count <= 3 else {
            throw fail("a slice has at most three parts: start, stop and step.", at: offset)
        }
        let step = bounds.count > 2 ? bounds[2] : nil
        return try make(.slice(base, start: bounds[0], stop: bounds[1], step: step), at: offset)
    }

    private mutating func parseSubscriptTuple(_ first: Expression) throws(JinjaError) -> Expression {
        var items = [first]
        while skip(symbol: ",") {
            if isSymbol("]") { break }
            items.append(try parseExpression())
        }
        return try make(.tuple(items), at: first.offset)
    }

    mutating func parseArguments() throws(JinjaError) -> ArgumentList {
        let offset = current.offset
        try expect(symbol: "(")
        var list = ArgumentList()
        var names: Set<String> = []
        while !isSymbol(")") {
            if skip(symbol: "*") {
                guard list.spread == nil, list.keywordSpread == nil else { throw fail("misplaced '*'.", at: offset) }
                list.spread = try parseExpression()
            } else if skip(symbol: "**") {
                guard list.keywordSpread == nil else { throw fail("misplaced '**'.", at: offset) }
                list.keywordSpread = try parseExpression()
            } else if case .name(let name) = current.kind, following.kind == .symbol("=") {
                guard list.keywordSpread == nil else { throw fail("a named argument stands after '**'.") }
                guard names.insert(name).inserted else {
                    throw fail("argument '\(name)' is given twice.")
                }
                advance()
                advance()
                list.keyword.append((name, try parseExpression()))
            } else {
                guard list.spread == nil, list.keywordSpread == nil, list.keyword.isEmpty else {
                    throw fail("an argument without a name stands after named ones.")
                }
                list.positional.append(try parseExpression())
            }
            guard isSymbol(")") || isSymbol(",") else {
                throw fail("expected ',' or ')', found \(current.description).")
            }
            _ = skip(symbol: ",")
        }
        advance()
        return list
    }

    // MARK: Filters and tests

    private mutating func parseFiltersAndTests(of base: Expression) throws(JinjaError) -> Expression {
        var value = base
        while true {
            if isSymbol("|") {
                value = try parseFilters(of: value)
            } else if isName("is") {
                value = try parseTest(of: value)
            } else if isSymbol("(") {
                value = try make(.call(value, try parseArguments()), at: value.offset)
            } else {
                return value
            }
        }
    }

    /// Parses `|name(…)` any number of times. `startsInside`: the first name comes without a bar.
    mutating func parseFilters(of base: Expression?, startsInside: Bool = false) throws(JinjaError) -> Expression {
        var value = base
        var needsBar = !startsInside
        while !needsBar || isSymbol("|") {
            if needsBar { advance() }
            needsBar = true
            let offset = current.offset
            let name = try parseDottedName("a filter's name")
            if conditionalDepth == 0, !Filters.names.contains(name) {
                throw fail(Suggestions.unknown("filter", name, among: Filters.names), at: offset)
            }
            let arguments = isSymbol("(") ? try parseArguments() : ArgumentList()
            value = try make(.filter(value, name, arguments), at: offset)
        }
        guard let value else { throw fail("expected a filter, found \(current.description).") }
        return value
    }

    private mutating func parseDottedName(_ role: String) throws(JinjaError) -> String {
        var name = try expectName(role)
        while skip(symbol: ".") { name += "." + (try expectName(role)) }
        return name
    }

    private mutating func parseTest(of value: Expression) throws(JinjaError) -> Expression {
        advance()
        let isNegated = skip(name: "not")
        let offset = current.offset
        let name = try parseDottedName("a test's name")
        if conditionalDepth == 0, !ValueTests.names.contains(name) {
            throw fail(Suggestions.unknown("test", name, among: ValueTests.names), at: offset)
        }
        var arguments = ArgumentList()
        if isSymbol("(") {
            arguments = try parseArguments()
        } else if try startsTestArgument() {
            arguments.positional = [try parsePostfix(of: try parsePrimary())]
        }
        let test = try make(.test(value, name, arguments), at: offset)
        return isNegated ? try make(.not(test), at: offset) : test
    }

    private func startsTestArgument() throws(JinjaError) -> Bool {
        switch current.kind {
        case .name("else"), .name("or"), .name("and"): false
        case .name("is"): throw fail("tests cannot be chained with 'is'. Join them with 'and'.")
        case .name, .string, .integer, .float, .symbol("["), .symbol("{"): true
        default: false
        }
    }
}
