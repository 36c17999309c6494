// The objects of templates: functions, iterators, ranges, views, namespaces, cyclers and joiners.

typealias Native = (Evaluator, CallArguments) throws(JinjaError) -> JinjaValue

/// An object that can be called; `loop` and macros can be too.
class CallableObject: JinjaObject, @unchecked Sendable {
    func call(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        throw JinjaError("a \(typeName) cannot be called.")
    }
}

final class FunctionObject: CallableObject, @unchecked Sendable {
    let name: String
    private let body: Native

    init(_ name: String, _ body: @escaping Native) {
        self.name = name
        self.body = body
    }

    override var typeName: String { "function" }

    override func call(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        try body(evaluator, arguments)
    }
}

/// A method bound to its value: `text.strip`, not yet called.
final class MethodObject: CallableObject, @unchecked Sendable {
    private(set) var receiver: JinjaValue
    let name: String

    init(_ receiver: JinjaValue, _ name: String) {
        self.receiver = receiver
        self.name = name
    }

    override var typeName: String { "builtin_function_or_method" }
    override func releaseContents() { receiver = .none }

    override func call(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        try Methods.call(receiver, name, arguments, evaluator)
    }
}

/// The result of filters such as `map` and `select`: items that can be iterated once, without length or index.
final class IteratorObject: JinjaObject, @unchecked Sendable {
    private var items: [JinjaValue]
    // How many were taken. Removing them from the array would move the rest each time.
    private var taken = 0
    private let label: String

    init(_ items: [JinjaValue], label: String = "generator") {
        self.items = items
        self.label = label
    }

    override var typeName: String { label }
    override func releaseContents() { (items, taken) = ([], 0) }

    /// The items that were not taken yet.
    func takeAll() -> [JinjaValue] {
        defer { (items, taken) = ([], 0) }
        return taken == 0 ? items : Array(items[taken...])
    }

    func takeFirst() -> JinjaValue? {
        guard taken < items.count else { return nil }
        taken += 1
        return items[taken - 1]
    }
}

/// `keys()`, `values()` and `items()` of a dictionary.
final class ViewObject: JinjaObject, @unchecked Sendable {
    private(set) var items: [JinjaValue]
    private let label: String

    init(_ items: [JinjaValue], label: String) {
        self.items = items
        self.label = label
    }

    override var typeName: String { label }
    override var comparisonItems: [JinjaValue]? { label == "dict_values" ? nil : items }
    override func releaseContents() { items = [] }
}

final class RangeObject: JinjaObject, @unchecked Sendable {
    static let longest = 100_000

    let start: Int
    let stop: Int
    let step: Int
    let count: Int

    init(start: Int, stop: Int, step: Int) throws(JinjaError) {
        guard step != 0 else { throw JinjaError("the step of range() cannot be 0.") }
        (self.start, self.stop, self.step) = (start, stop, step)
        let (distance, overflows) = (step > 0 ? stop : start).subtractingReportingOverflow(step > 0 ? start : stop)
        let stride = step.magnitude
        count = distance <= 0 && !overflows ? 0 : overflows ? Int.max : Int((UInt(distance) - 1) / stride) + 1
        guard count <= Self.longest else { throw JinjaError("range() gives at most \(Self.longest) numbers.") }
    }

    override var typeName: String { "range" }
    // With at most `longest` items no product overflows, because every item is between start and stop.
    var items: [JinjaValue] { (0..<count).map { .integer(start + $0 * step) } }

    /// True if both have the same numbers, as Python compares ranges.
    override func isEqual(to other: JinjaObject) -> Bool {
        guard let other = other as? RangeObject, count == other.count else { return false }
        return count == 0 || start == other.start && (count == 1 || step == other.step)
    }
}

/// `namespace()`: the only object whose fields a template can set.
final class NamespaceObject: JinjaObject, @unchecked Sendable {
    var fields: JinjaDictionary

    init(_ fields: JinjaDictionary) { self.fields = fields }

    override var typeName: String { "Namespace" }
    override func releaseContents() { fields = JinjaDictionary() }
}

final class CyclerObject: JinjaObject, @unchecked Sendable {
    private(set) var items: [JinjaValue]
    var position = 0

    init(_ items: [JinjaValue]) { self.items = items }

    override var typeName: String { "Cycler" }
    override func releaseContents() { items = [] }
}

final class JoinerObject: CallableObject, @unchecked Sendable {
    private var separator: JinjaValue
    private var isUsed = false

    init(_ separator: JinjaValue) { self.separator = separator }

    override var typeName: String { "Joiner" }
    override func releaseContents() { separator = .none }

    override func call(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        defer { isUsed = true }
        return isUsed ? separator : .string("")
    }
}

/// The variable `loop`.
final class LoopObject: CallableObject, @unchecked Sendable {
    private(set) var items: [JinjaValue]
    var index = 0
    let depth: Int
    private var recurse: ((Evaluator, JinjaValue, Int) throws(JinjaError) -> JinjaValue)?
    private var lastChanged: JinjaValue?

    init(
        _ items: [JinjaValue], depth: Int, recurse: ((Evaluator, JinjaValue, Int) throws(JinjaError) -> JinjaValue)?
    ) {
        self.items = items
        self.depth = depth
        self.recurse = recurse
    }

    override var typeName: String { "LoopContext" }

    override func releaseContents() {
        items = []
        recurse = nil
        lastChanged = nil
    }

    override func call(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind("loop", ["iterable"], required: 1)
        guard let recurse else {
            throw JinjaError("loop() can be called only in a loop marked 'recursive'.")
        }
        return try recurse(evaluator, bound.value(0), depth + 1)
    }

    func attribute(_ name: String) -> JinjaValue? {
        switch name {
        case "index": .integer(index + 1)
        case "index0": .integer(index)
        case "revindex": .integer(items.count - index)
        case "revindex0": .integer(items.count - index - 1)
        case "first": .bool(index == 0)
        case "last": .bool(index == items.count - 1)
        case "length": .integer(items.count)
        case "depth": .integer(depth)
        case "depth0": .integer(depth - 1)
        case "previtem": index > 0 ? items[index - 1] : .undefined("there is no previous item")
        case "nextitem": index + 1 < items.count ? items[index + 1] : .undefined("there is no next item")
        case "cycle":
            .object(
                FunctionObject("cycle") { [self] evaluator, arguments throws(JinjaError) in
                    guard !arguments.positional.isEmpty else {
                        throw JinjaError("loop.cycle() needs something to cycle through.")
                    }
                    return arguments.positional[index % arguments.positional.count]
                })
        case "changed":
            .object(
                FunctionObject("changed") { [self] evaluator, arguments throws(JinjaError) in
                    let value = JinjaValue.tuple(arguments.positional)
                    if let lastChanged, try evaluator.equals(lastChanged, value) { return .bool(false) }
                    lastChanged = value
                    return .bool(true)
                })
        default: nil
        }
    }
}

final class MacroObject: CallableObject, @unchecked Sendable {
    let statement: MacroStatement
    private(set) var scope: Scope?

    init(_ statement: MacroStatement, scope: Scope) {
        self.statement = statement
        self.scope = scope
    }

    override var typeName: String { "Macro" }
    override func releaseContents() { scope = nil }

    override func call(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        try evaluator.call(self, arguments)
    }
}

/// One group of `groupby`: a pair with the fields `grouper` and `list`.
final class GroupObject: JinjaObject, @unchecked Sendable {
    private(set) var grouper: JinjaValue
    private(set) var members: [JinjaValue]

    init(_ grouper: JinjaValue, _ members: [JinjaValue]) {
        self.grouper = grouper
        self.members = members
    }

    override var typeName: String { "_GroupTuple" }
    override var comparisonItems: [JinjaValue]? { pair }
    var pair: [JinjaValue] { [grouper, .list(members)] }

    override func releaseContents() {
        grouper = .none
        members = []
    }
}
