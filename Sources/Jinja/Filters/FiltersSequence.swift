// Filters of lists and dictionaries.
// - Filters that jinja2 computes lazily are computed at once here, but their result can still be iterated only once.

extension Filters {
    private static func iterator(_ items: [JinjaValue], _ evaluator: Evaluator, label: String = "generator")
        -> JinjaValue
    {
        .object(evaluator.keep(IteratorObject(items, label: label)))
    }

    static func length(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        _ = try arguments.bind("the filter 'length'", [])
        try evaluator.refuseUndefined(value)
        switch value {
        case .undefined: return .integer(0)
        case .string(let text):
            try evaluator.budget.charge(walkedBytes: text.utf8.count)
            return .integer(text.unicodeScalars.count)
        case .list(let items), .tuple(let items): return .integer(items.count)
        case .dictionary(let dictionary): return .integer(dictionary.count)
        case .object(let view as ViewObject): return .integer(view.items.count)
        case .object(let range as RangeObject): return .integer(range.count)
        case .object(is GroupObject): return .integer(2)
        case .object(let loop as LoopObject): return .integer(loop.items.count)
        default:
            throw JinjaError(
                "a value of type \(value.typeName) has no length."
                    + (value.typeName == "generator" ? " Put '| list' before '| length'." : ""))
        }
    }

    static func first(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        _ = try arguments.bind("the filter 'first'", [])
        if case .object(let iterator as IteratorObject) = value {
            return iterator.takeFirst() ?? .undefined("the sequence is empty, so it has no first item")
        }
        return try evaluator.iterate(value).first ?? .undefined("the sequence is empty, so it has no first item")
    }

    static func last(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        _ = try arguments.bind("the filter 'last'", [])
        switch value {
        case .undefined(let why): throw JinjaError("\(why).")
        case .object(let iterator as IteratorObject):
            throw JinjaError("a \(iterator.typeName) cannot be read from its end. Put '| list' before '| last'.")
        default: return try evaluator.iterate(value).last ?? .undefined("the sequence is empty, so it has no last item")
        }
    }

    static func random(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        throw JinjaError("the filter 'random' is not supported: the same template must always give the same text.")
    }

    static func list(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        _ = try arguments.bind("the filter 'list'", [])
        let items = try evaluator.iterate(value)
        try evaluator.budget.charge(items: items.count)
        return .list(try evaluator.contained(items))
    }

    static func items(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        _ = try arguments.bind("the filter 'items'", [])
        switch value {
        case .undefined: return iterator([], evaluator)
        case .dictionary(let dictionary):
            try evaluator.budget.charge(dictionary.count)
            return iterator(zip(dictionary.keys, dictionary.values).map { .tuple([$0, $1]) }, evaluator)
        default: throw JinjaError("the filter 'items' needs a dictionary, not a value of type \(value.typeName).")
        }
    }

    static func join(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'join'", ["d", "attribute"])
        let separator = try bound.values[0].map { value throws(JinjaError) in try evaluator.text(of: value) } ?? ""
        let path = try AttributePath(bound, 1)
        var parts: [String] = []
        for item in try evaluator.iterate(value) {
            parts.append(try evaluator.text(of: try path?.value(in: item, evaluator) ?? item))
        }
        return .string(try StringMethods.joined(parts, separator: separator, evaluator.budget))
    }

    static func reverse(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        _ = try arguments.bind("the filter 'reverse'", [])
        switch value {
        case .string(let text):
            try evaluator.budget.charge(walkedBytes: text.utf8.count)
            return .string(PythonText.string(text.unicodeScalars.reversed()))
        case .undefined(let why): throw JinjaError("\(why).")
        case .object(is IteratorObject): return .list(try evaluator.iterate(value).reversed())
        default:
            let items = try evaluator.iterate(value)
            try evaluator.budget.charge(items: items.count)
            return iterator(items.reversed(), evaluator, label: "list_reverseiterator")
        }
    }

    static func batch(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'batch'", ["linecount", "fill_with"], required: 1)
        let size = try bound.integer(0, default: 1)
        let items = try evaluator.contained(try evaluator.iterate(value))
        try evaluator.budget.charge(items.count)
        guard size > 0 else {
            // With a length of 0 Python starts a new row at every item, because only the first row has that length.
            let rows =
                items.isEmpty ? [] : size == 0 ? [.list([])] + [JinjaValue.list(items)] : [JinjaValue.list(items)]
            return iterator(rows, evaluator)
        }
        var rows: [[JinjaValue]] = []
        for (index, item) in items.enumerated() {
            if index % size == 0 { rows.append([]) }
            rows[rows.count - 1].append(item)
        }
        if bound.isGiven(1), let last = rows.last, last.count < size {
            try evaluator.budget.charge(items: size)
            rows[rows.count - 1] += [JinjaValue](repeating: bound.value(1), count: size - last.count)
        }
        return iterator(rows.map { .list($0) }, evaluator)
    }

    static func slice(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'slice'", ["slices", "fill_with"], required: 1)
        let count = try bound.integer(0, default: 1)
        guard count != 0 else { throw JinjaError("the filter 'slice' needs at least one slice.") }
        let items = try evaluator.contained(try evaluator.iterate(value))
        try evaluator.budget.charge(items.count)
        try evaluator.budget.charge(max(0, count))
        guard count > 0 else { return iterator([], evaluator) }
        var columns: [JinjaValue] = []
        var start = 0
        for index in 0..<count {
            let isLonger = index < items.count % count
            let end = start + items.count / count + (isLonger ? 1 : 0)
            let fill = bound.isGiven(1) && !isLonger ? [bound.value(1)] : []
            columns.append(.list(items[start..<end] + fill))
            start = end
        }
        return iterator(columns, evaluator)
    }

    static func sum(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'sum'", ["attribute", "start"])
        let path = try AttributePath(bound, 0)
        var total = bound.values[1] ?? .integer(0)
        if case .string = total { throw JinjaError("sum cannot add up strings. Use '| join'.") }
        for item in try evaluator.iterate(value) {
            try evaluator.budget.charge()
            total = try Operators.compute(.add, total, try path?.value(in: item, evaluator) ?? item, evaluator)
        }
        return total
    }

    // MARK: map, select, reject

    static func map(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        // A false value is not iterated, so `none` has no items here.
        let items = try evaluator.isTrue(value) ? try evaluator.iterate(value) : []
        var results: [JinjaValue] = []
        if arguments.positional.isEmpty, arguments.keyword.contains(where: { $0.name == "attribute" }) {
            let bound = try arguments.bind("the filter 'map'", ["attribute", "default"])
            let path = try AttributePath(bound, 0)
            for item in items {
                try evaluator.budget.charge()
                let found = try path?.value(in: item, evaluator, fallback: bound.isGiven(1) ? bound.value(1) : nil)
                results.append(found ?? item)
            }
            return iterator(results, evaluator)
        }
        guard let first = arguments.positional.first else {
            if items.isEmpty { return iterator([], evaluator) }
            throw JinjaError("the filter 'map' needs the name of a filter, or attribute=….")
        }
        guard case .string(let name) = first else {
            throw JinjaError("the filter 'map' needs the name of a filter as a string.")
        }
        let rest = CallArguments(positional: Array(arguments.positional.dropFirst()), keyword: arguments.keyword)
        for item in items {
            try evaluator.budget.charge()
            results.append(try apply(name, to: item, rest, evaluator))
        }
        return iterator(results, evaluator)
    }

    static func select(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        try choose("select", value, arguments, evaluator, byAttribute: false, keeps: true)
    }

    static func reject(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        try choose("reject", value, arguments, evaluator, byAttribute: false, keeps: false)
    }

    static func selectAttribute(
        _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        try choose("selectattr", value, arguments, evaluator, byAttribute: true, keeps: true)
    }

    static func rejectAttribute(
        _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        try choose("rejectattr", value, arguments, evaluator, byAttribute: true, keeps: false)
    }

    private static func choose(
        _ filter: String, _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator, byAttribute: Bool,
        keeps: Bool
    ) throws(JinjaError) -> JinjaValue {
        guard try evaluator.isTrue(value) else { return iterator([], evaluator) }
        var arguments = arguments
        var path: AttributePath?
        if byAttribute {
            guard !arguments.positional.isEmpty else {
                throw JinjaError("the filter '\(filter)' needs the name of an attribute.")
            }
            path = try AttributePath(arguments.positional.removeFirst())
        }
        var test: String?
        if !arguments.positional.isEmpty {
            guard case .string(let name) = arguments.positional.removeFirst() else {
                throw JinjaError("the filter '\(filter)' needs the name of a test as a string.")
            }
            test = name
        }
        var chosen: [JinjaValue] = []
        for item in try evaluator.iterate(value) {
            try evaluator.budget.charge()
            let subject = try path?.value(in: item, evaluator) ?? item
            let passes: Bool
            if let test {
                passes = try ValueTests.apply(test, to: subject, arguments, evaluator)
            } else {
                passes = try evaluator.isTrue(subject)
            }
            if passes == keeps { chosen.append(item) }
        }
        return iterator(chosen, evaluator)
    }
}

/// `"address.city"` or `0`: the path from an item to the value that a filter uses.
struct AttributePath {
    private let steps: [JinjaValue]

    init(_ value: JinjaValue) throws(JinjaError) {
        switch value {
        case .integer: steps = [value]
        case .string(let path): steps = Self.steps(path)
        case .none: steps = []
        default:
            throw JinjaError("an attribute is named by a string or a number, not a value of type \(value.typeName).")
        }
    }

    private init(path: String) { steps = Self.steps(path) }

    /// The path in an argument; `nil` if it is not given.
    init?(_ bound: BoundArguments, _ index: Int) throws(JinjaError) {
        guard bound.isGiven(index) else { return nil }
        try self.init(bound.value(index))
    }

    /// Several paths separated by commas, as `sort` takes them.
    static func several(_ value: JinjaValue) throws(JinjaError) -> [AttributePath] {
        guard case .string(let paths) = value else { return [try AttributePath(value)] }
        return paths.split(separator: ",", omittingEmptySubsequences: false).map { AttributePath(path: String($0)) }
    }

    private static func steps(_ path: String) -> [JinjaValue] {
        path.split(separator: ".", omittingEmptySubsequences: false).map { part in
            let isNumber = !part.isEmpty && part.utf8.allSatisfy { (48...57).contains($0) }
            return isNumber ? Int(part).map { .integer($0) } ?? .string(String(part)) : .string(String(part))
        }
    }

    func value(in item: JinjaValue, _ evaluator: Evaluator, fallback: JinjaValue? = nil) throws(JinjaError)
        -> JinjaValue
    {
        var value = item
        for step in steps {
            value = try evaluator.item(step, of: value)
            if let fallback, !value.isDefined { value = fallback }
        }
        return value
    }
}
