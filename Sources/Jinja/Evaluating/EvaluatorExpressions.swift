// Evaluates expressions.

extension Evaluator {
    func evaluate(_ expression: Expression) throws(JinjaError) -> JinjaValue {
        switch expression.kind {
        case .constant(let value): return value
        case .name(let name):
            // Free in most templates. Deeply nested scopes are charged, because a lookup walks outward through all of
            // them.
            if scope.depth >= 16 { try budget.charge(scope.depth / 16) }
            return scope.value(name) ?? .undefined(name: name)
        default: break
        }
        depth += 1
        defer { depth -= 1 }
        do throws(JinjaError) {
            try budget.charge()
            guard depth < Self.deepestNodes else { throw JinjaError("the template is nested too deeply.") }
            return try compute(expression.kind)
        } catch {
            throw source.placed(error, at: expression.offset)
        }
    }

    // Split into several small functions, because each level of recursion takes the stack of the largest one.
    private func compute(_ kind: Expression.Kind) throws(JinjaError) -> JinjaValue {
        switch kind {
        case .constant, .name, .list, .tuple, .dictionary: try computeLiteral(kind)
        case .attribute, .item, .slice, .call, .filter, .test: try computeAccess(kind)
        case .not, .and, .or, .comparison, .conditional: try computeLogic(kind)
        case .negated, .positive, .binary, .concatenation: try computeArithmetic(kind)
        }
    }

    private func computeLiteral(_ kind: Expression.Kind) throws(JinjaError) -> JinjaValue {
        switch kind {
        case .constant(let value): value
        case .name(let name): scope.value(name) ?? .undefined(name: name)
        case .list(let items): .list(try contained(try evaluate(items)))
        case .tuple(let items): .tuple(try contained(try evaluate(items)))
        case .dictionary(let pairs): try dictionary(pairs)
        default: .none
        }
    }

    private func computeAccess(_ kind: Expression.Kind) throws(JinjaError) -> JinjaValue {
        switch kind {
        case .attribute(let base, let name): try attribute(name, of: try evaluate(base))
        case .item(let base, let key): try item(try evaluate(key), of: try evaluate(base))
        case .slice(let base, let start, let stop, let step): try slice(base, start, stop, step)
        case .call(let function, let arguments): try call(function, try evaluate(arguments))
        case .filter(let base, let name, let arguments): try filter(base, name, arguments)
        case .test(let base, let name, let arguments): try test(base, name, arguments)
        default: .none
        }
    }

    private func computeLogic(_ kind: Expression.Kind) throws(JinjaError) -> JinjaValue {
        switch kind {
        case .not(let base): .bool(!(try isTrue(base)))
        case .and(let left, let right): try and(left, right)
        case .or(let left, let right): try or(left, right)
        case .comparison(let first, let others): try comparison(first, others)
        case .conditional(let condition, let then, let otherwise): try conditional(condition, then, otherwise)
        default: .none
        }
    }

    private func computeArithmetic(_ kind: Expression.Kind) throws(JinjaError) -> JinjaValue {
        switch kind {
        case .negated(let base): try Operators.negate(try evaluate(base))
        case .positive(let base): try Operators.positive(try evaluate(base))
        case .binary(let operation, let left, let right):
            try Operators.compute(operation, try evaluate(left), try evaluate(right), self)
        case .concatenation(let items): try concatenation(items)
        default: .none
        }
    }

    private func evaluate(_ items: [Expression]) throws(JinjaError) -> [JinjaValue] {
        // Constants and names cost no step of their own, but their values take memory here.
        try budget.charge(items.count)
        var values: [JinjaValue] = []
        values.reserveCapacity(items.count)
        for item in items { values.append(try evaluate(item)) }
        return values
    }

    func evaluate(_ list: ArgumentList) throws(JinjaError) -> CallArguments {
        var arguments = CallArguments()
        try budget.charge(list.positional.count + list.keyword.count)
        for item in list.positional { arguments.positional.append(try evaluate(item)) }
        for (name, value) in list.keyword { arguments.keyword.append((name, try evaluate(value))) }
        if let spread = list.spread { arguments.positional += try iterate(try evaluate(spread)) }
        try budget.charge(items: arguments.positional.count)
        if let spread = list.keywordSpread {
            guard case .dictionary(let dictionary) = try evaluate(spread) else {
                throw source.error("'**' needs a dictionary.", at: spread.offset)
            }
            try budget.charge(dictionary.count)
            var names = Set(arguments.keyword.map(\.name))
            for (key, value) in zip(dictionary.keys, dictionary.values) {
                guard case .string(let name) = key else { throw JinjaError("names of arguments must be strings.") }
                try budget.charge(key: key)
                guard names.insert(name).inserted else {
                    throw JinjaError("argument '\(name)' is given twice.")
                }
                arguments.keyword.append((name, value))
            }
        }
        return arguments
    }

    func isTrue(_ expression: Expression) throws(JinjaError) -> Bool {
        let value = try evaluate(expression)
        do throws(JinjaError) {
            return try isTrue(value)
        } catch {
            throw source.placed(error, at: expression.offset)
        }
    }

    func isTrue(_ value: JinjaValue) throws(JinjaError) -> Bool {
        try refuseUndefined(value)
        return Operators.truth(value)
    }

    /// With the strict policy, every use of an undefined value is an error.
    func refuseUndefined(_ value: JinjaValue) throws(JinjaError) {
        if options.undefined == .strict, case .undefined(let why) = value { throw JinjaError("\(why).") }
    }

    private func and(_ left: Expression, _ right: Expression) throws(JinjaError) -> JinjaValue {
        let value = try evaluate(left)
        return try isTrue(value) ? try evaluate(right) : value
    }

    private func or(_ left: Expression, _ right: Expression) throws(JinjaError) -> JinjaValue {
        let value = try evaluate(left)
        return try isTrue(value) ? value : try evaluate(right)
    }

    private func conditional(
        _ condition: Expression, _ then: Expression, _ otherwise: Expression?
    ) throws(JinjaError) -> JinjaValue {
        if try isTrue(condition) { return try evaluate(then) }
        guard let otherwise else {
            return .undefined("the inline if-expression has no else and its condition is false")
        }
        return try evaluate(otherwise)
    }

    private func concatenation(_ items: [Expression]) throws(JinjaError) -> JinjaValue {
        var result = ""
        for item in items {
            let text = try text(of: try evaluate(item))
            try budget.charge()
            try budget.charge(adding: text.utf8.count, to: result.utf8.count)
            result += text
        }
        return .string(result)
    }

    private func comparison(
        _ first: Expression, _ others: [(ComparisonOperator, Expression)]
    ) throws(JinjaError) -> JinjaValue {
        var left = try evaluate(first)
        for (operation, expression) in others {
            let right = try evaluate(expression)
            guard try Operators.compare(operation, left, right, self) else { return .bool(false) }
            left = right
        }
        return .bool(true)
    }

    private func dictionary(_ pairs: [(key: Expression, value: Expression)]) throws(JinjaError) -> JinjaValue {
        try budget.charge(pairs.count)
        var dictionary = JinjaDictionary()
        for (keyExpression, valueExpression) in pairs {
            let key = try evaluate(keyExpression)
            try budget.charge(key: key)
            guard dictionary.set(key, try evaluate(valueExpression)) else {
                throw source.error("a value of type \(key.typeName) cannot be a key.", at: keyExpression.offset)
            }
        }
        _ = try contained(dictionary.values)
        return .dictionary(dictionary)
    }

    private func slice(
        _ base: Expression, _ start: Expression?, _ stop: Expression?, _ step: Expression?
    ) throws(JinjaError) -> JinjaValue {
        let value = try evaluate(base)
        var bounds: [Int?] = []
        for expression in [start, stop, step] {
            let bound = try expression.map { expression throws(JinjaError) in try evaluate(expression) } ?? .none
            switch bound {
            case .none: bounds.append(nil)
            case .undefined(let why): throw JinjaError("\(why).")
            default:
                guard let number = bound.asInteger else {
                    throw JinjaError("the parts of a slice are integers, not values of type \(bound.typeName).")
                }
                bounds.append(number)
            }
        }
        return try Operators.slice(value, start: bounds[0], stop: bounds[1], step: bounds[2], self)
    }

    // MARK: Calls, filters, tests

    func call(_ function: Expression, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        // A direct call such as `text.strip()` needs no method object.
        if case .attribute(let base, let name) = function.kind {
            let receiver = try evaluate(base)
            if Methods.has(receiver, name) { return try Methods.call(receiver, name, arguments, self) }
            if let text = receiver.markup, Methods.has(.string(text), name) {
                return try Methods.call(.string(text), name, arguments, self).asMarkup
            }
            return try call(try attribute(name, of: receiver), arguments)
        }
        return try call(try evaluate(function), arguments)
    }

    func call(_ function: JinjaValue, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        switch function {
        case .object(let object as CallableObject): return try object.call(self, arguments)
        case .undefined(let why): throw JinjaError("\(why).")
        default: throw JinjaError("a value of type \(function.typeName) cannot be called.")
        }
    }

    private func filter(_ base: Expression?, _ name: String, _ list: ArgumentList) throws(JinjaError) -> JinjaValue {
        guard let base else { throw JinjaError("the filter '\(name)' has nothing to filter.") }
        return try Filters.apply(name, to: try evaluate(base), try evaluate(list), self)
    }

    /// Applies a chain of filters that has no value of its own, as in a filter block.
    func apply(_ filter: Expression?, to value: JinjaValue) throws(JinjaError) -> JinjaValue {
        guard let filter, case .filter(let base, let name, let list) = filter.kind else { return value }
        let value = try apply(base, to: value)
        do throws(JinjaError) {
            return try Filters.apply(name, to: value, try evaluate(list), self)
        } catch {
            throw source.placed(error, at: filter.offset)
        }
    }

    private func test(_ base: Expression, _ name: String, _ list: ArgumentList) throws(JinjaError) -> JinjaValue {
        .bool(try ValueTests.apply(name, to: try evaluate(base), try evaluate(list), self))
    }

    // MARK: Values

    /// The items, after checking that they are not nested too deeply.
    func contained(_ items: [JinjaValue]) throws(JinjaError) -> [JinjaValue] {
        for item in items { try budget.charge(itemsWithin: item) }
        return items
    }

    /// The items that a loop over the value visits.
    func iterate(_ value: JinjaValue) throws(JinjaError) -> [JinjaValue] {
        try refuseUndefined(value)
        switch value.plain {
        case .undefined: return []
        case .list(let items), .tuple(let items): return items
        case .dictionary(let dictionary): return dictionary.keys
        case .string(let text):
            try budget.charge(items: text.utf8.count)
            return text.unicodeScalars.map { .string(String($0)) }
        case .object(let object as IteratorObject): return object.takeAll()
        case .object(let object as ViewObject): return object.items
        case .object(let object as GroupObject): return object.pair
        case .object(let object as RangeObject):
            try budget.charge(items: object.count)
            return object.items
        default: throw JinjaError("a value of type \(value.typeName) cannot be looped over.")
        }
    }
}

extension Budget {
    /// Charges a value that becomes part of another, and refuses nesting that is too deep.
    func charge(itemsWithin value: JinjaValue, depth: Int = 0) throws(JinjaError) {
        let items: [JinjaValue]
        switch value {
        case .list(let list), .tuple(let list): items = list
        case .dictionary(let dictionary): items = dictionary.values
        case .object(let view as ViewObject): items = view.items
        default: return
        }
        guard depth < Printer.deepestValue else { throw JinjaError("lists and dictionaries are nested too deeply.") }
        // Shared parts are walked again each time, so each visit is charged.
        try charge(1 + items.count)
        for item in items { try charge(itemsWithin: item, depth: depth + 1) }
    }
}
