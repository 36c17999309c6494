// The values of templates, in Python's types.
// - Strings count and compare by code points; Swift's canonical equivalence is never used.
// - Lists, tuples and dictionaries are values, so a template cannot change its caller's data.
// - Objects (functions, macros, namespaces, loops) are made while rendering and do not outlive it.

/// A value of a template: a variable from the caller, or the result of an expression.
public enum JinjaValue: Sendable {
    /// Python's `None`.
    case none
    /// A missing value, with the part of a sentence that says why: "'name' is undefined".
    case undefined(String)
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    case list([JinjaValue])
    case tuple([JinjaValue])
    case dictionary(JinjaDictionary)
    /// Functions, macros, namespaces, loops, iterators; made by templates, not by callers.
    case object(JinjaObject)
}

/// A value other than plain data. Only this module makes them.
// @unchecked: an object belongs to one render on one thread, and results never contain one.
public class JinjaObject: @unchecked Sendable {
    init() {}

    /// Python's name of the type, for messages and printing.
    var typeName: String { "object" }

    /// The items by which two objects of one type compare; `nil` if only the same object is equal.
    var comparisonItems: [JinjaValue]? { nil }

    /// Releases the values inside when a render ends.
    func releaseContents() {}

    func isEqual(to other: JinjaObject) -> Bool {
        guard type(of: self) == type(of: other), let items = comparisonItems else { return false }
        return items == other.comparisonItems
    }
}

extension JinjaValue {
    /// A missing variable or field.
    public static func undefined(name: String) -> JinjaValue { .undefined("'\(name)' is undefined") }

    /// A dictionary from pairs in order.
    public static func dictionary(_ pairs: KeyValuePairs<String, JinjaValue>) -> JinjaValue {
        .dictionary(JinjaDictionary(pairs.map { ($0.key, $0.value) }))
    }

    /// True if the value exists; `none` is a value.
    public var isDefined: Bool {
        if case .undefined = self { return false }
        return true
    }

    /// Python's name of the type.
    var typeName: String {
        switch self {
        case .none: "NoneType"
        case .undefined: "Undefined"
        case .bool: "bool"
        case .integer: "int"
        case .float: "float"
        case .string: "str"
        case .list: "list"
        case .tuple: "tuple"
        case .dictionary: "dict"
        case .object(let object): object.typeName
        }
    }
}

extension JinjaValue: Equatable {
    /// Python's `==`: 1, 1.0 and true are equal, a list never equals a tuple, and dictionaries ignore order.
    public static func == (left: JinjaValue, right: JinjaValue) -> Bool {
        switch (left, right) {
        case (.none, .none), (.undefined, .undefined): return true
        case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)): return left == right
        case (.dictionary(let left), .dictionary(let right)): return left == right
        case (.object(let left), .object(let right)): return left === right || left.isEqual(to: right)
        default: return left.numberEquals(right)
        }
    }

    private func numberEquals(_ other: JinjaValue) -> Bool {
        if let left = asInteger, let right = other.asInteger { return left == right }
        switch (self, other) {
        case (.float(let left), .float(let right)): return left == right
        case (.float(let number), _): return other.asInteger.map { Int(exactly: number) == $0 } ?? false
        case (_, .float(let number)): return asInteger.map { Int(exactly: number) == $0 } ?? false
        default: return false
        }
    }

    /// The number of an integer or a Boolean, which is a number in Python.
    var asInteger: Int? {
        switch self {
        case .bool(let flag): flag ? 1 : 0
        case .integer(let number): number
        default: nil
        }
    }
}

extension JinjaDictionary: Equatable {
    public static func == (left: JinjaDictionary, right: JinjaDictionary) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left.keyList, left.valueList).allSatisfy { key, value in right.value(for: key) == value }
    }
}

extension JinjaValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .float(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JinjaValue...) { self = .list(elements) }

    public init(dictionaryLiteral elements: (JinjaValue, JinjaValue)...) {
        var dictionary = JinjaDictionary()
        for (key, value) in elements { dictionary.set(key, value) }
        self = .dictionary(dictionary)
    }
}
