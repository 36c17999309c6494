// Fields and subscripts: `value.name` and `value[key]`.
// - `value.name` prefers a method to a key of that name and `value['name']` prefers the key, as in jinja2.
// - Methods that change a list or a dictionary are refused, as in jinja2's immutable sandbox.

extension Evaluator {
    func attribute(_ name: String, of value: JinjaValue) throws(JinjaError) -> JinjaValue {
        if case .object(let macro as MacroObject) = value { try budget.charge(items: macro.statement.parameters.count) }
        if case .undefined(let why) = value { throw JinjaError("\(why), so it has no '\(name)'.") }
        if let found = ownAttribute(name, of: value) { return found }
        if case .dictionary(let dictionary) = value, let found = dictionary[name] { return found }
        return missing(name, in: value)
    }

    func item(_ key: JinjaValue, of value: JinjaValue) throws(JinjaError) -> JinjaValue {
        if case .undefined(let why) = value { throw JinjaError("\(why), so it has no items.") }
        // Charge the name in any case, because it is looked up in tables even if the value has no keys.
        try budget.charge(key: key)
        if let found = try subscripted(value, key) { return found }
        if case .string(let name) = key.plain {
            return ownAttribute(name, of: value) ?? missing(name, in: value)
        }
        let described = try Printer.repr(key, budget)
        return .undefined("\(value.objectDescription) has no element \(described)")
    }

    private func missing(_ name: String, in value: JinjaValue) -> JinjaValue {
        let name = PythonText.quoted(JinjaError.shortened(name, limit: 100))
        return .undefined("'\(value.objectDescription)' has no attribute \(name)")
    }

    /// The result of Python's `value[key]`; `nil` if it would raise.
    private func subscripted(_ value: JinjaValue, _ key: JinjaValue) throws(JinjaError) -> JinjaValue? {
        switch value.plain {
        case .dictionary(let dictionary): return dictionary.value(for: key)
        case .list(let items), .tuple(let items):
            return position(key, count: items.count).map { items[$0] }
        case .string(let text):
            guard key.asInteger != nil else { return nil }
            try budget.charge(walkedBytes: text.utf8.count)
            let scalars = Array(text.unicodeScalars)
            return position(key, count: scalars.count).map { .string(String(scalars[$0])) }
        case .object(let group as GroupObject): return position(key, count: 2).map { group.pair[$0] }
        case .object(let range as RangeObject):
            return position(key, count: range.count).map { .integer(range.start + $0 * range.step) }
        default: return nil
        }
    }

    private func position(_ key: JinjaValue, count: Int) -> Int? {
        guard let index = key.asInteger else { return nil }
        if index >= 0 { return index < count ? index : nil }
        return index >= -count ? index + count : nil
    }

    /// An attribute of the value's type: methods, and the fields of objects.
    private func ownAttribute(_ name: String, of value: JinjaValue) -> JinjaValue? {
        if case .object(let object) = value, let found = objectAttribute(name, of: object) { return found }
        if let part = numberPart(name, of: value) { return part }
        if Methods.has(value.plain, name) { return .object(keep(MethodObject(value.plain, name))) }
        if Methods.isRefused(value, name) {
            return .undefined("'\(name)' would change a \(value.typeName), which templates cannot do")
        }
        return nil
    }

    /// In Python numbers also have the parts of complex numbers and fractions.
    private func numberPart(_ name: String, of value: JinjaValue) -> JinjaValue? {
        switch (value, name) {
        case (.float, "real"): value
        case (.float, "imag"): .float(0)
        case (.integer, "real"), (.integer, "numerator"), (.bool, "real"), (.bool, "numerator"):
            value.asInteger.map { .integer($0) }
        case (.integer, "imag"), (.bool, "imag"): .integer(0)
        case (.integer, "denominator"), (.bool, "denominator"): .integer(1)
        default: nil
        }
    }

    private func objectAttribute(_ name: String, of object: JinjaObject) -> JinjaValue? {
        switch object {
        case let loop as LoopObject: return loop.attribute(name)
        case let namespace as NamespaceObject: return namespace.fields[name]
        case let macro as MacroObject: return macro.attribute(name)
        case let range as RangeObject:
            switch name {
            case "start": return .integer(range.start)
            case "stop": return .integer(range.stop)
            case "step": return .integer(range.step)
            default: return nil
            }
        case let group as GroupObject:
            return name == "grouper" ? group.grouper : name == "list" ? .list(group.members) : nil
        case let cycler as CyclerObject where name == "current": return cycler.items[cycler.position]
        default: return nil
        }
    }
}

extension MacroObject {
    func attribute(_ name: String) -> JinjaValue? {
        switch name {
        case "name": statement.name.map { .string($0) } ?? JinjaValue.none
        case "arguments": .tuple(statement.parameters.map { .string($0.name) })
        case "catch_kwargs": .bool(statement.usesKeywords)
        case "catch_varargs": .bool(statement.usesExtras)
        case "caller": .bool(statement.usesCaller)
        default: nil
        }
    }
}

extension JinjaValue {
    /// The value's name in messages: "dict object".
    var objectDescription: String {
        if case .none = self { return "None" }
        return "\(typeName) object"
    }
}
