// The tests of `is`.

enum ValueTests {
    typealias Test = @Sendable (JinjaValue, CallArguments, Evaluator) throws(JinjaError) -> Bool

    static let names = Set(plain.keys).union(arithmetic.keys).union(comparisons.keys)

    static func apply(
        _ name: String, to value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> Bool {
        if ["lower", "upper", "filter", "test"].contains(name), case .string(let text) = value.plain {
            try evaluator.budget.charge(walkedBytes: text.utf8.count)
        }
        if let test = plain[name] {
            _ = try arguments.bind("the test '\(name)'", [])
            return name == "escaped" ? value.markup != nil : test(value.plain)
        }
        if let operation = comparisons[name] {
            let other = try arguments.bind("the test '\(name)'", ["other"], required: 1).value(0)
            return try Operators.compare(operation, value, other, evaluator)
        }
        guard let test = arithmetic[name] else { throw JinjaError(Suggestions.unknown("test", name, among: names)) }
        return try test(value.plain, arguments, evaluator)
    }

    /// Tests of the value alone.
    private static let plain: [String: @Sendable (JinjaValue) -> Bool] = [
        "defined": { $0.isDefined },
        "undefined": { !$0.isDefined },
        "none": { if case .none = $0 { true } else { false } },
        "boolean": { if case .bool = $0 { true } else { false } },
        "true": { if case .bool(true) = $0 { true } else { false } },
        "false": { if case .bool(false) = $0 { true } else { false } },
        "integer": { if case .integer = $0 { true } else { false } },
        "float": { if case .float = $0 { true } else { false } },
        "number": { Operators.float($0) != nil },
        "string": { if case .string = $0 { true } else { false } },
        "mapping": { if case .dictionary = $0 { true } else { false } },
        "sequence": { isSequence($0) },
        "iterable": { isIterable($0) },
        "callable": { if case .object(is CallableObject) = $0 { true } else { false } },
        "escaped": { _ in false },
        "filter": { if case .string(let name) = $0 { Filters.names.contains(name) } else { false } },
        "test": { if case .string(let name) = $0 { names.contains(name) } else { false } },
    ]

    /// Tests that compute or take arguments.
    private static let arithmetic: [String: Test] = [
        "lower": { value, arguments, evaluator throws(JinjaError) in
            _ = try arguments.bind("the test 'lower'", [])
            return StringMethods.isLower(try evaluator.text(of: value))
        },
        "upper": { value, arguments, evaluator throws(JinjaError) in
            _ = try arguments.bind("the test 'upper'", [])
            return StringMethods.isUpper(try evaluator.text(of: value))
        },
        "odd": { value, arguments, evaluator throws(JinjaError) in
            _ = try arguments.bind("the test 'odd'", [])
            return try remainder(value, .integer(2), evaluator) == .integer(1)
        },
        "even": { value, arguments, evaluator throws(JinjaError) in
            _ = try arguments.bind("the test 'even'", [])
            return try remainder(value, .integer(2), evaluator) == .integer(0)
        },
        "divisibleby": { value, arguments, evaluator throws(JinjaError) in
            let bound = try arguments.bind("the test 'divisibleby'", ["num"], required: 1)
            return try remainder(value, bound.value(0), evaluator) == .integer(0)
        },
        "in": { value, arguments, evaluator throws(JinjaError) in
            try evaluator.contains(try arguments.bind("the test 'in'", ["seq"], required: 1).value(0), value)
        },
        "sameas": { value, arguments, evaluator throws(JinjaError) in
            try isSame(value, try arguments.bind("the test 'sameas'", ["other"], required: 1).value(0), evaluator)
        },
    ]

    private static func remainder(
        _ value: JinjaValue, _ divisor: JinjaValue, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        guard Operators.float(value) != nil else { throw Operators.mismatch("%", value, divisor) }
        return try Operators.compute(.remainder, value, divisor, evaluator)
    }

    private static let comparisons: [String: ComparisonOperator] = [
        "==": .equal, "eq": .equal, "equalto": .equal, "!=": .notEqual, "ne": .notEqual, "<": .less, "lt": .less,
        "lessthan": .less, "<=": .lessOrEqual, "le": .lessOrEqual, ">": .greater, "gt": .greater,
        "greaterthan": .greater, ">=": .greaterOrEqual, "ge": .greaterOrEqual,
    ]

    private static func isSequence(_ value: JinjaValue) -> Bool {
        switch value {
        case .string, .list, .tuple, .dictionary, .object(is RangeObject): true
        // jinja2 calls an undefined value a sequence, because it has a length and answers for every field.
        case .undefined: true
        default: false
        }
    }

    private static func isIterable(_ value: JinjaValue) -> Bool {
        switch value {
        case .string, .list, .tuple, .dictionary, .undefined: true
        case .object(let object):
            object is IteratorObject || object is ViewObject || object is RangeObject || object is LoopObject
        case .none, .bool, .integer, .float: false
        }
    }

    /// Python's `is`, as far as values can tell: the same constant, or equal and of the same type.
    private static func isSame(
        _ left: JinjaValue, _ right: JinjaValue, _ evaluator: Evaluator
    ) throws(JinjaError) -> Bool {
        switch (left, right) {
        case (.undefined, .undefined): true
        case (.object(let left), .object(let right)): left === right
        default: left.typeName == right.typeName ? try evaluator.equals(left, right) : false
        }
    }
}
