// Equality, order and membership of values. Each charges for the data that it looks at.

extension Evaluator {
    /// Python's `==`.
    func equals(_ left: JinjaValue, _ right: JinjaValue, depth: Int = 0) throws(JinjaError) -> Bool {
        if options.undefined == .strict {
            try refuseUndefined(left)
            try refuseUndefined(right)
        }
        switch (left.plain, right.plain) {
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            guard left.count == right.count else { return false }
            try enter(depth, count: left.count)
            for (left, right) in zip(left, right) where !(try equals(left, right, depth: depth + 1)) { return false }
            return true
        case (.dictionary(let left), .dictionary(let right)):
            guard left.count == right.count else { return false }
            try enter(depth, count: left.count)
            for (key, value) in zip(left.keys, left.values) {
                try budget.charge(key: key)
                guard let other = right.value(for: key), try equals(value, other, depth: depth + 1) else {
                    return false
                }
            }
            return true
        case (.string(let left), .string(let right)):
            guard left.utf8.count == right.utf8.count else { return false }
            try budget.charge(bytes: left.utf8.count)
            return left.utf8.elementsEqual(right.utf8)
        case (.object(let left), .object(let right)):
            guard left !== right, type(of: left) == type(of: right) else { return left === right }
            guard let left = left.comparisonItems, let right = right.comparisonItems else {
                return left.isEqual(to: right)
            }
            return try equals(.list(left), .list(right), depth: depth)
        case (let left, let right): return left == right
        }
    }

    private func enter(_ depth: Int, count: Int) throws(JinjaError) {
        guard depth < Printer.deepestValue else { throw JinjaError("the values are nested too deeply to compare.") }
        try budget.charge(count)
    }

    /// Negative, zero or positive in Python's order; `nil` if one of the two is NaN.
    func order(
        _ left: JinjaValue, _ right: JinjaValue, _ symbol: String = "<", depth: Int = 0
    ) throws(JinjaError) -> Int? {
        switch (left.plain, right.plain) {
        case (.string(let left), .string(let right)):
            // UTF-8 bytes sort in the order of code points.
            try budget.charge(bytes: min(left.utf8.count, right.utf8.count))
            return left.utf8.elementsEqual(right.utf8) ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            try enter(depth, count: min(left.count, right.count))
            for (left, right) in zip(left, right) where !(try equals(left, right, depth: depth + 1)) {
                return try order(left, right, symbol, depth: depth + 1)
            }
            return left.count - right.count
        default:
            if let left = left.asInteger, let right = right.asInteger {
                return left < right ? -1 : left == right ? 0 : 1
            }
            guard let leftNumber = Operators.float(left), let rightNumber = Operators.float(right) else {
                throw Operators.mismatch(symbol, left, right)
            }
            if leftNumber.isNaN || rightNumber.isNaN { return nil }
            return leftNumber < rightNumber ? -1 : leftNumber == rightNumber ? 0 : 1
        }
    }

    /// Python's `needle in haystack`.
    func contains(_ haystack: JinjaValue, _ needle: JinjaValue) throws(JinjaError) -> Bool {
        switch haystack.plain {
        case .string(let text):
            guard case .string(let part) = needle.plain else {
                throw Operators.mismatch("in", needle, haystack)
            }
            try budget.charge(bytes: text.utf8.count)
            try budget.charge(bytes: part.utf8.count)
            return TextSearch(Array(part.utf8)).first(in: Array(text.utf8)) != nil
        case .dictionary(let dictionary):
            try budget.charge(key: needle)
            guard JinjaKey(needle) != nil else {
                if case .undefined = needle { return false }
                throw JinjaError("a value of type \(needle.typeName) cannot be a key.")
            }
            return dictionary.value(for: needle) != nil
        case .none, .bool, .integer, .float:
            throw JinjaError("'in' needs something to search, not a value of type \(haystack.typeName).")
        default:
            let items = try iterate(haystack)
            try budget.charge(items: items.count)
            for item in items where try equals(item, needle) { return true }
            return false
        }
    }
}
