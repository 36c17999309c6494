// Filters that sort or group items, or find the smallest or largest.
// - Sorting is stable, as in Python, and ignores case by default.

extension Filters {
    /// A string in lower case; other values do not change.
    private static func ignoringCase(_ value: JinjaValue, _ evaluator: Evaluator) throws(JinjaError) -> JinjaValue {
        guard case .string(let text) = value else { return value }
        // A list can hold one long string many times, but each key is a copy.
        try evaluator.budget.charge(walkedBytes: text.utf8.count)
        return .string(PythonText.lowercased(text))
    }

    private static func ignoringCase(_ values: [JinjaValue], _ evaluator: Evaluator) throws(JinjaError) -> [JinjaValue]
    {
        var keys: [JinjaValue] = []
        for value in values { keys.append(try ignoringCase(value, evaluator)) }
        return keys
    }

    /// The positions of the keys in sorted order.
    static func sortedIndices(_ keys: [JinjaValue], reverse: Bool = false, _ evaluator: Evaluator) throws(JinjaError)
        -> [Int]
    {
        var indices = Array(keys.indices)
        guard indices.count > 1 else { return indices }
        // Bottom-up merge sort, because comparisons may throw and equal keys must keep their order.
        var width = 1
        while width < indices.count {
            var merged: [Int] = []
            merged.reserveCapacity(indices.count)
            var start = 0
            while start < indices.count {
                var left = start
                let middle = min(start + width, indices.count)
                var right = middle
                let end = min(start + 2 * width, indices.count)
                while left < middle || right < end {
                    var takesRight = left == middle
                    if !takesRight, right < end {
                        try evaluator.budget.charge()
                        let order = try evaluator.order(keys[indices[right]], keys[indices[left]]) ?? 0
                        takesRight = reverse ? order > 0 : order < 0
                    }
                    merged.append(indices[takesRight ? right : left])
                    if takesRight { right += 1 } else { left += 1 }
                }
                start = end
            }
            indices = merged
            width *= 2
        }
        return indices
    }

    static func sort(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'sort'", ["reverse", "case_sensitive", "attribute"])
        let isCaseSensitive = bound.isTrue(1, default: false)
        let paths = try AttributePath.several(bound.value(2))
        let items = try evaluator.iterate(value)
        try evaluator.budget.charge(items: items.count)
        var keys: [JinjaValue] = []
        for item in items {
            try evaluator.budget.charge(paths.count)
            var parts: [JinjaValue] = []
            for path in paths {
                let part = try path.value(in: item, evaluator)
                parts.append(isCaseSensitive ? part : try ignoringCase(part, evaluator))
            }
            keys.append(.list(parts))
        }
        let order = try sortedIndices(keys, reverse: bound.isTrue(0, default: false), evaluator)
        return .list(try evaluator.contained(order.map { items[$0] }))
    }

    static func sortDictionary(
        _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind("the filter 'dictsort'", ["case_sensitive", "by", "reverse"])
        let by = try bound.string(1, default: "key")
        guard by == "key" || by == "value" else {
            throw JinjaError("dictsort sorts by 'key' or by 'value', not by '\(by)'.")
        }
        guard case .dictionary(let dictionary) = value else {
            if case .undefined(let why) = value { throw JinjaError("\(why).") }
            throw JinjaError("the filter 'dictsort' needs a dictionary, not a value of type \(value.typeName).")
        }
        try evaluator.budget.charge(items: dictionary.count)
        var keys = by == "key" ? dictionary.keys : dictionary.values
        if !bound.isTrue(0, default: false) { keys = try ignoringCase(keys, evaluator) }
        let order = try sortedIndices(keys, reverse: bound.isTrue(2, default: false), evaluator)
        return .list(try evaluator.contained(order.map { .tuple([dictionary.keys[$0], dictionary.values[$0]]) }))
    }

    static func unique(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'unique'", ["case_sensitive", "attribute"])
        let isCaseSensitive = bound.isTrue(0, default: false)
        let path = try AttributePath(bound, 1)
        var seen: Set<JinjaKey> = []
        var hasUndefined = false
        var kept: [JinjaValue] = []
        for item in try evaluator.iterate(value) {
            try evaluator.budget.charge()
            let subject = try path?.value(in: item, evaluator) ?? item
            if !subject.isDefined {
                if !hasUndefined { kept.append(item) }
                hasUndefined = true
                continue
            }
            let compared = isCaseSensitive ? subject : try ignoringCase(subject, evaluator)
            try evaluator.budget.charge(key: compared)
            guard let key = JinjaKey(compared) else {
                throw JinjaError("unique cannot compare values of type \(subject.typeName).")
            }
            if seen.insert(key).inserted { kept.append(item) }
        }
        return .object(evaluator.keep(IteratorObject(kept)))
    }

    static func minimum(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        try extreme("min", value, arguments, evaluator, isGreatest: false)
    }

    static func maximum(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        try extreme("max", value, arguments, evaluator, isGreatest: true)
    }

    private static func extreme(
        _ name: String, _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator, isGreatest: Bool
    ) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind("the filter '\(name)'", ["case_sensitive", "attribute"])
        let isCaseSensitive = bound.isTrue(0, default: false)
        let path = try AttributePath(bound, 1)
        var best: (item: JinjaValue, key: JinjaValue)?
        for item in try evaluator.iterate(value) {
            try evaluator.budget.charge()
            let subject = try path?.value(in: item, evaluator) ?? item
            let key = isCaseSensitive ? subject : try ignoringCase(subject, evaluator)
            guard let current = best else {
                best = (item, key)
                continue
            }
            let order = try evaluator.order(key, current.key) ?? 0
            if isGreatest ? order > 0 : order < 0 { best = (item, key) }
        }
        return best?.item ?? .undefined("the sequence is empty, so it has no \(name)")
    }

    static func group(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'groupby'", ["attribute", "default", "case_sensitive"], required: 1)
        let path = try AttributePath(bound.value(0))
        let fallback = bound.isGiven(1) ? bound.value(1) : nil
        let isCaseSensitive = bound.isTrue(2, default: false)
        let items = try evaluator.contained(try evaluator.iterate(value))
        try evaluator.budget.charge(items: items.count)
        var names: [JinjaValue] = []
        for item in items { names.append(try path.value(in: item, evaluator, fallback: fallback)) }
        let keys = isCaseSensitive ? names : try ignoringCase(names, evaluator)
        var groups: [(first: Int, members: [JinjaValue])] = []
        for index in try sortedIndices(keys, evaluator) {
            if let last = groups.last, try evaluator.equals(keys[last.first], keys[index]) {
                groups[groups.count - 1].members.append(items[index])
            } else {
                groups.append((index, [items[index]]))
            }
        }
        return .list(groups.map { group in .object(evaluator.keep(GroupObject(names[group.first], group.members))) })
    }
}
