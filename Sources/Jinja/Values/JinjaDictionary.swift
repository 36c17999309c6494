// A dictionary in insertion order, like Python's `dict`.
// - `keyList` and `valueList` have the same count; entries are never removed.
// - Keys compare as in Python: 1, 1.0 and true are one key; strings compare by code points.
// - A small dictionary has no `positions`, and keys are searched; otherwise `positions` maps every key to its index.

/// Keys and values in the order in which keys were first set.
public struct JinjaDictionary: Sendable, ExpressibleByDictionaryLiteral {
    private(set) var keyList: [JinjaValue] = []
    private(set) var valueList: [JinjaValue] = []
    private var positions: [JinjaKey: Int] = [:]

    private static let searchedCount = 8

    public init() {}

    public init(dictionaryLiteral elements: (JinjaValue, JinjaValue)...) {
        for (key, value) in elements { set(key, value) }
    }

    /// - Parameter pairs: set in turn; a repeated key keeps its place and takes the later value.
    public init(_ pairs: [(String, JinjaValue)]) {
        for (key, value) in pairs { self[key] = value }
    }

    public var count: Int { keyList.count }
    public var isEmpty: Bool { keyList.isEmpty }
    public var keys: [JinjaValue] { keyList }
    public var values: [JinjaValue] { valueList }

    public subscript(_ key: String) -> JinjaValue? {
        get { value(for: .string(key)) }
        set { if let newValue { set(.string(key), newValue) } }
    }

    /// The value of a key; `nil` if the key is missing or its type cannot be a key.
    public func value(for key: JinjaValue) -> JinjaValue? {
        guard let hashed = JinjaKey(key), let index = index(of: hashed) else { return nil }
        return valueList[index]
    }

    /// Sets a value; returns false if the key is a list, a dictionary or an object, which cannot be keys.
    @discardableResult
    public mutating func set(_ key: JinjaValue, _ value: JinjaValue) -> Bool {
        guard let hashed = JinjaKey(key) else { return false }
        if let index = index(of: hashed) {
            valueList[index] = value
            return true
        }
        keyList.append(key)
        valueList.append(value)
        if !positions.isEmpty {
            positions[hashed] = keyList.count - 1
        } else if keyList.count > Self.searchedCount {
            for (index, key) in keyList.enumerated() {
                if let key = JinjaKey(key) { positions[key] = index }
            }
        }
        return true
    }

    private func index(of key: JinjaKey) -> Int? {
        if !positions.isEmpty { return positions[key] }
        return keyList.firstIndex { key.matches($0) }
    }
}

/// A key in the form that Python compares.
enum JinjaKey: Hashable, Sendable {
    case none
    case integer(Int)
    case float(UInt64)
    // Bytes, because Swift compares strings by canonical equivalence and Python by code points.
    case string([UInt8])
    case tuple([JinjaKey])

    init?(_ value: JinjaValue) {
        switch value {
        case .none: self = .none
        case .bool(let flag): self = .integer(flag ? 1 : 0)
        case .integer(let number): self = .integer(number)
        case .float(let number):
            if let whole = Int(exactly: number) { self = .integer(whole) } else { self = .float(number.bitPattern) }
        case .string(let text): self = .string(Array(text.utf8))
        case .tuple(let items):
            var keys: [JinjaKey] = []
            for item in items {
                guard let key = JinjaKey(item) else { return nil }
                keys.append(key)
            }
            self = .tuple(keys)
        case .object(let markup as MarkupObject): self = .string(Array(markup.text.utf8))
        case .undefined, .list, .dictionary, .object: return nil
        }
    }

    /// True if a value equals this key; long text is not copied for it.
    func matches(_ value: JinjaValue) -> Bool {
        switch (self, value.plain) {
        case (.string(let bytes), .string(let text)):
            bytes.count == text.utf8.count && text.utf8.elementsEqual(bytes)
        case (.string, _), (_, .string): false
        default: JinjaKey(value) == self
        }
    }
}
