// The methods of Python's built-in types that templates may call.

enum Methods {
    private static let list: Set<String> = ["count", "index", "copy"]
    private static let tuple: Set<String> = ["count", "index"]
    private static let dictionary: Set<String> = ["get", "items", "keys", "values", "copy"]
    private static let integer: Set<String> = ["bit_length"]
    private static let float: Set<String> = ["is_integer"]
    private static let cycler: Set<String> = ["next", "reset"]
    private static let range: Set<String> = ["count", "index"]

    private static let listChanges: Set<String> = [
        "append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove",
    ]
    private static let dictionaryChanges: Set<String> = ["clear", "pop", "popitem", "setdefault", "update"]

    static func has(_ value: JinjaValue, _ name: String) -> Bool {
        switch value {
        case .string: StringMethods.names.contains(name)
        case .list: list.contains(name)
        case .tuple: tuple.contains(name)
        case .dictionary: dictionary.contains(name)
        case .integer, .bool: integer.contains(name)
        case .float: float.contains(name)
        case .object(is CyclerObject): cycler.contains(name)
        case .object(is RangeObject): range.contains(name)
        case .none, .undefined, .object: false
        }
    }

    /// Methods that Python has but its immutable sandbox refuses.
    static func isRefused(_ value: JinjaValue, _ name: String) -> Bool {
        switch value {
        case .list: listChanges.contains(name)
        case .dictionary: dictionaryChanges.contains(name)
        default: false
        }
    }

    static func call(
        _ receiver: JinjaValue, _ name: String, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        switch receiver {
        case .string(let text): return try StringMethods.call(text, name, arguments, evaluator)
        case .list(let items), .tuple(let items): return try call(items, receiver, name, arguments, evaluator)
        case .dictionary(let dictionary): return try call(dictionary, name, arguments, evaluator)
        case .integer, .bool:
            _ = try arguments.bind("\(name)()", [])
            let number = receiver.asInteger ?? 0
            return .integer(Int.bitWidth - number.magnitude.leadingZeroBitCount)
        case .float(let number):
            _ = try arguments.bind("\(name)()", [])
            return .bool(number.isFinite && number == number.rounded())
        case .object(let cycler as CyclerObject): return try call(cycler, name, arguments)
        case .object(let range as RangeObject):
            return try call(range.items, receiver, name, arguments, evaluator)
        case .none, .undefined, .object:
            throw JinjaError("\(receiver.typeName) has no method '\(name)'.")
        }
    }

    private static func call(
        _ items: [JinjaValue], _ receiver: JinjaValue, _ name: String, _ arguments: CallArguments,
        _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        if name == "copy" {
            _ = try arguments.bind("copy()", [])
            return receiver
        }
        let parameters = name == "index" ? ["value", "start", "stop"] : ["value"]
        let bound = try arguments.bind("\(name)()", parameters, required: 1)
        try evaluator.budget.charge(items.count)
        if name == "count" {
            var count = 0
            for item in items where try evaluator.equals(item, bound.value(0)) { count += 1 }
            return .integer(count)
        }
        let range = PythonIndex.clamped(
            start: try bound.integer(1, default: 0), stop: try bound.integer(2, default: items.count),
            count: items.count)
        for index in range where try evaluator.equals(items[index], bound.value(0)) { return .integer(index) }
        throw JinjaError("\(try Printer.repr(bound.value(0), evaluator.budget)) is not in the \(receiver.typeName).")
    }

    private static func call(
        _ dictionary: JinjaDictionary, _ name: String, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        if name == "get" {
            let bound = try arguments.bind("get()", ["key", "default"], required: 1)
            try evaluator.budget.charge(key: bound.value(0))
            if JinjaKey(bound.value(0)) == nil, bound.value(0).isDefined {
                throw JinjaError("a value of type \(bound.value(0).typeName) cannot be a key.")
            }
            return dictionary.value(for: bound.value(0)) ?? bound.value(1)
        }
        _ = try arguments.bind("\(name)()", [])
        try evaluator.budget.charge(dictionary.count)
        let items: [JinjaValue]
        switch name {
        case "keys": items = dictionary.keys
        case "values": items = dictionary.values
        case "items": items = zip(dictionary.keys, dictionary.values).map { .tuple([$0, $1]) }
        default: return .dictionary(dictionary)
        }
        return .object(evaluator.keep(ViewObject(items, label: "dict_\(name)")))
    }

    private static func call(
        _ cycler: CyclerObject, _ name: String, _ arguments: CallArguments
    ) throws(JinjaError) -> JinjaValue {
        _ = try arguments.bind("\(name)()", [])
        guard name == "next" else {
            cycler.position = 0
            return .none
        }
        let item = cycler.items[cycler.position]
        cycler.position = (cycler.position + 1) % cycler.items.count
        return item
    }
}

enum PythonIndex {
    /// The range from `start` to `stop`; negative positions count from the end.
    static func clamped(start: Int, stop: Int, count: Int) -> Range<Int> {
        func position(_ index: Int) -> Int {
            index < 0 ? max(0, index < -count ? 0 : index + count) : min(index, count)
        }
        let first = position(start)
        return first..<max(first, position(stop))
    }

    /// The same, but nil if it begins after its end or after the whole: not even the empty text is found there.
    static func window(start: Int, stop: Int, count: Int) -> Range<Int>? {
        let range = clamped(start: start, stop: stop, count: count)
        let end = clamped(start: stop, stop: stop, count: count).lowerBound
        return start > count || range.lowerBound > end ? nil : range
    }
}
