// Arithmetic, comparison and slicing as in Python.
// - Integers have 64 bits. If Python's would be larger, the result is an error.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

enum Operators {
    /// Python's truth: empty values, zero, `none` and undefined are false.
    static func truth(_ value: JinjaValue) -> Bool {
        switch value {
        case .none, .undefined: false
        case .bool(let flag): flag
        case .integer(let number): number != 0
        case .float(let number): number != 0
        case .string(let text): !text.isEmpty
        case .list(let items), .tuple(let items): !items.isEmpty
        case .dictionary(let dictionary): !dictionary.isEmpty
        case .object(let view as ViewObject): !view.items.isEmpty
        case .object(let range as RangeObject): range.count > 0
        case .object(let markup as MarkupObject): !markup.text.isEmpty
        case .object: true
        }
    }

    static func float(_ value: JinjaValue) -> Double? {
        if case .float(let number) = value { return number }
        return value.asInteger.map(Double.init)
    }

    static let overflow = JinjaError("the number grows too large: integers go up to \(Int.max).")

    static func negate(_ value: JinjaValue) throws(JinjaError) -> JinjaValue {
        if case .float(let number) = value { return .float(-number) }
        guard let number = value.asInteger else { throw unaryMismatch("-", value) }
        guard number != Int.min else { throw overflow }
        return .integer(-number)
    }

    static func positive(_ value: JinjaValue) throws(JinjaError) -> JinjaValue {
        if case .float = value { return value }
        guard let number = value.asInteger else { throw unaryMismatch("+", value) }
        return .integer(number)
    }

    private static func unaryMismatch(_ symbol: String, _ value: JinjaValue) -> JinjaError {
        if case .undefined(let why) = value { return JinjaError("\(why).") }
        return JinjaError("'\(symbol)' does not work on a value of type \(value.typeName).")
    }

    static func mismatch(_ symbol: String, _ left: JinjaValue, _ right: JinjaValue) -> JinjaError {
        for case .undefined(let why) in [left, right] { return JinjaError("\(why).") }
        return JinjaError("'\(symbol)' does not work between \(left.typeName) and \(right.typeName).")
    }

    // MARK: Arithmetic

    static func compute(
        _ operation: BinaryOperator, _ left: JinjaValue, _ right: JinjaValue, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        if let result = try markup(operation, left, right, evaluator) { return result }
        let (left, right) = (left.plain, right.plain)
        if let result = try joined(operation, left, right, evaluator) { return result }
        if let left = left.asInteger, let right = right.asInteger { return try compute(operation, left, right) }
        guard let leftNumber = float(left), let rightNumber = float(right) else {
            throw mismatch(operation.rawValue, left, right)
        }
        return .float(try compute(operation, leftNumber, rightNumber))
    }

    /// The operators of strings, lists and tuples; `nil` for other types.
    private static func joined(
        _ operation: BinaryOperator, _ left: JinjaValue, _ right: JinjaValue, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue? {
        let budget = evaluator.budget
        switch (operation, left, right) {
        case (.add, .string(let left), .string(let right)):
            try budget.charge(bytes: left.utf8.count + right.utf8.count)
            return .string(left + right)
        case (.add, .list(let left), .list(let right)):
            try budget.charge(items: left.count + right.count)
            return .list(left + right)
        case (.add, .tuple(let left), .tuple(let right)):
            try budget.charge(items: left.count + right.count)
            return .tuple(left + right)
        case (.remainder, .string(let format), _):
            return .string(try PercentFormat.format(format, right, evaluator))
        case (.multiply, .string(let text), _):
            guard let count = right.asInteger else { return nil }
            return .string(try repeated(text, count, budget))
        case (.multiply, _, .string(let text)):
            guard let count = left.asInteger else { return nil }
            return .string(try repeated(text, count, budget))
        case (.multiply, .list(let items), _):
            guard let count = right.asInteger else { return nil }
            return .list(try repeated(items, count, budget))
        case (.multiply, _, .list(let items)):
            guard let count = left.asInteger else { return nil }
            return .list(try repeated(items, count, budget))
        case (.multiply, .tuple(let items), _):
            guard let count = right.asInteger else { return nil }
            return .tuple(try repeated(items, count, budget))
        case (.multiply, _, .tuple(let items)):
            guard let count = left.asInteger else { return nil }
            return .tuple(try repeated(items, count, budget))
        default: return nil
        }
    }

    static func repeated(_ text: String, _ count: Int, _ budget: Budget) throws(JinjaError) -> String {
        guard count > 0, !text.isEmpty else { return "" }
        let (bytes, overflows) = text.utf8.count.multipliedReportingOverflow(by: count)
        try budget.charge(bytes: overflows ? Int.max : bytes)
        return String(repeating: text, count: count)
    }

    private static func repeated(_ items: [JinjaValue], _ count: Int, _ budget: Budget) throws(JinjaError)
        -> [JinjaValue]
    {
        guard count > 0, !items.isEmpty else { return [] }
        let (total, overflows) = items.count.multipliedReportingOverflow(by: count)
        try budget.charge(items: overflows ? Int.max : total)
        return Array(repeatElement(items, count: count).joined())
    }

    private static func compute(_ operation: BinaryOperator, _ left: Int, _ right: Int) throws(JinjaError) -> JinjaValue
    {
        switch operation {
        case .add: return .integer(try checked(left.addingReportingOverflow(right)))
        case .subtract: return .integer(try checked(left.subtractingReportingOverflow(right)))
        case .multiply: return .integer(try checked(left.multipliedReportingOverflow(by: right)))
        case .divide:
            guard right != 0 else { throw JinjaError("division by zero.") }
            return .float(Double(left) / Double(right))
        case .floorDivide:
            guard right != 0 else { throw JinjaError("division by zero.") }
            let quotient = try checked(left.dividedReportingOverflow(by: right))
            return .integer(left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient)
        case .remainder:
            guard right != 0 else { throw JinjaError("division by zero.") }
            guard right != -1 else { return .integer(0) }
            let rest = left % right
            return .integer(rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest)
        case .power:
            guard right >= 0 else { return .float(try compute(.power, Double(left), Double(right))) }
            return .integer(try power(left, right))
        }
    }

    private static func checked(_ result: (partialValue: Int, overflow: Bool)) throws(JinjaError) -> Int {
        guard !result.overflow else { throw overflow }
        return result.partialValue
    }

    private static func power(_ base: Int, _ exponent: Int) throws(JinjaError) -> Int {
        if base == 0 || base == 1 { return exponent == 0 ? 1 : base }
        if base == -1 { return exponent % 2 == 0 ? 1 : -1 }
        guard exponent < 64 else { throw overflow }
        var result = 1
        for _ in 0..<exponent { result = try checked(result.multipliedReportingOverflow(by: base)) }
        return result
    }

    private static func compute(_ operation: BinaryOperator, _ left: Double, _ right: Double) throws(JinjaError)
        -> Double
    {
        switch operation {
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .divide:
            guard right != 0 else { throw JinjaError("division by zero.") }
            return left / right
        case .floorDivide:
            guard right != 0 else { throw JinjaError("division by zero.") }
            return ((left - floorRemainder(left, right)) / right).rounded()
        case .remainder:
            guard right != 0 else { throw JinjaError("division by zero.") }
            return floorRemainder(left, right)
        case .power:
            guard left != 0 || right >= 0 else { throw JinjaError("zero cannot be raised to a negative power.") }
            guard left >= 0 || right == right.rounded() else {
                throw JinjaError("a negative number cannot be raised to a fraction.")
            }
            let result = pow(left, right)
            guard result.isFinite || !left.isFinite || !right.isFinite else {
                throw JinjaError("the number grows too large.")
            }
            return result
        }
    }

    private static func floorRemainder(_ left: Double, _ right: Double) -> Double {
        let rest = left.truncatingRemainder(dividingBy: right)
        if rest == 0 { return right < 0 ? -0.0 : 0.0 }
        return (rest < 0) != (right < 0) ? rest + right : rest
    }

    // MARK: Comparison

    static func compare(
        _ operation: ComparisonOperator, _ left: JinjaValue, _ right: JinjaValue, _ evaluator: Evaluator
    ) throws(JinjaError) -> Bool {
        switch operation {
        case .equal: return try evaluator.equals(left, right)
        case .notEqual: return !(try evaluator.equals(left, right))
        case .contained: return try evaluator.contains(right, left)
        case .notContained: return !(try evaluator.contains(right, left))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let order = try evaluator.order(left, right, operation.rawValue) else { return false }
            switch operation {
            case .less: return order < 0
            case .lessOrEqual: return order <= 0
            case .greater: return order > 0
            default: return order >= 0
            }
        }
    }

    // MARK: Slices

    static func slice(
        _ value: JinjaValue, start: Int?, stop: Int?, step: Int?, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        if let text = value.markup {
            return try slice(.string(text), start: start, stop: stop, step: step, evaluator).asMarkup
        }
        switch value {
        case .string(let text):
            try evaluator.budget.charge(walkedBytes: text.utf8.count)
            let scalars = Array(text.unicodeScalars)
            let indices = try indices(count: scalars.count, start: start, stop: stop, step: step)
            return .string(PythonText.string(indices.map { scalars[$0] }))
        case .list(let items):
            try evaluator.budget.charge(items: items.count)
            return .list(try indices(count: items.count, start: start, stop: stop, step: step).map { items[$0] })
        case .tuple(let items):
            try evaluator.budget.charge(items: items.count)
            return .tuple(try indices(count: items.count, start: start, stop: stop, step: step).map { items[$0] })
        case .object(let range as RangeObject):
            let (first, end, stride) = try bounds(count: range.count, start: start, stop: stop, step: step)
            // The end of a range may be one step after the largest integer.
            func place(_ index: Int) throws(JinjaError) -> Int {
                try checked(
                    range.start.addingReportingOverflow(try checked(index.multipliedReportingOverflow(by: range.step))))
            }
            let step = try checked(range.step.multipliedReportingOverflow(by: stride))
            return .object(try RangeObject(start: try place(first), stop: try place(end), step: step))
        case .undefined(let why): throw JinjaError("\(why).")
        default: throw JinjaError("a value of type \(value.typeName) cannot be sliced.")
        }
    }

    private static func indices(count: Int, start: Int?, stop: Int?, step: Int?) throws(JinjaError) -> StrideTo<Int> {
        let (first, end, stride) = try bounds(count: count, start: start, stop: stop, step: step)
        return Swift.stride(from: first, to: end, by: stride)
    }

    /// Python's `slice.indices`: negative bounds count from the end, and all are clamped.
    private static func bounds(
        count: Int, start: Int?, stop: Int?, step: Int?
    ) throws(JinjaError) -> (first: Int, end: Int, stride: Int) {
        let step = step ?? 1
        guard step != 0 else { throw JinjaError("the step of a slice cannot be 0.") }
        let (lowest, highest) = step < 0 ? (-1, count - 1) : (0, count)
        func clamped(_ bound: Int) -> Int {
            bound < 0 ? max(lowest, bound < -count ? lowest : bound + count) : min(highest, bound)
        }
        let first = start.map(clamped) ?? (step < 0 ? highest : lowest)
        let end = stop.map(clamped) ?? (step < 0 ? lowest : highest)
        // A step longer than the sequence has the same result as one of its length, and this one cannot overflow.
        return (first, end, max(-count - 1, min(count + 1, step)))
    }
}
