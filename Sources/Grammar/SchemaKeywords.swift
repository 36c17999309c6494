// The keywords of a schema: which are known, which types they apply to, and how two schemas become one.

import Generation

/// A type of JSON values.
enum SchemaType: String, CaseIterable, Sendable {
    case object, array, string, integer, number, boolean, null

    func includes(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.object, .object), (.array, .array), (.string, .string), (.number, .number), (.boolean, .bool),
            (.null, .null):
            true
        case (.integer, .number(let number)): number.rounded() == number
        default: false
        }
    }
}

enum SchemaKeywords {
    private static let annotations = [
        "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples",
        "deprecated", "readOnly", "writeOnly", "contentMediaType", "contentEncoding", "$anchor",
    ]
    static let ofObjects = [
        "properties", "required", "additionalProperties", "minProperties", "maxProperties", "patternProperties",
        "propertyNames",
    ]
    static let ofArrays = [
        "items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains", "minContains",
        "maxContains",
    ]
    static let ofStrings = ["minLength", "maxLength", "pattern", "format"]
    static let ofNumbers = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]
    private static let general = ["type", "enum", "const", "anyOf", "oneOf"]
    private static let conditions = [
        "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedProperties",
        "unevaluatedItems",
    ]
    private static let advice: [String: String] = [
        "$dynamicRef": "Its target is known only during validation: write '$ref'.",
        "contentSchema": "It describes JSON inside a string: leave it out.",
    ]

    static func isAnnotation(_ key: [UInt8]) -> Bool {
        annotations.contains { key.elementsEqual($0.utf8) } || key.starts(with: "x-".utf8)
    }

    /// - Throws: `JSONSchemaError.unsupported` for the first unknown keyword.
    static func check(_ keywords: SchemaWriter.Keywords, at path: String) throws {
        let known = general + conditions + ofObjects + ofArrays + ofStrings + ofNumbers
        for (key, _) in keywords {
            let name = String(decoding: key, as: UTF8.self)
            if known.contains(name) { continue }
            throw JSONSchemaError.unsupported(
                path: path, keyword: name, advice: advice[name] ?? "Leave it out, or correct its name.")
        }
    }

    /// Replaces `unevaluated…` in a schema whose parts are all merged: it then means further properties and items.
    static func closed(_ keywords: SchemaWriter.Keywords, at path: String) throws -> SchemaWriter.Keywords {
        var closed = keywords
        let isTuple = keywords["items"]?.items != nil
        for (name, further) in [
            ("unevaluatedProperties", "additionalProperties"),
            ("unevaluatedItems", isTuple ? "additionalItems" : "items"),
        ] {
            guard let value = keywords[name] else { continue }
            closed = closed.without(name)
            if value.truth == true || closed[further] != nil { continue }
            if let other = (["anyOf", "oneOf", "contains"] + conditions).first(where: {
                closed[$0] != nil && !$0.hasPrefix("unevaluated")
            }) {
                throw JSONSchemaError.unsupported(
                    path: path, keyword: name,
                    advice: "It cannot be combined with '\(other)': leave it out, or use '\(further)'.")
            }
            closed.set(further, value)
        }
        return closed
    }

    /// The value of a keyword that is a count.
    static func count(_ name: String, _ keywords: SchemaWriter.Keywords, at path: String) throws -> Int? {
        guard let value = keywords[name] else { return nil }
        guard let number = value.double, number >= 0, number.rounded() == number else {
            throw JSONSchemaError.wrongValue(path: path, keyword: name, expected: "a whole number, 0 or more")
        }
        guard number <= Double(largestCount) else {
            throw JSONSchemaError.tooLarge(
                path: path, keyword: name, value: CompactJSON.text(of: number), most: String(largestCount))
        }
        return Int(number)
    }

    static let largestCount = 10_000

    /// The minimum and maximum count that two keywords give.
    static func counts(
        _ least: String, _ most: String, _ keywords: SchemaWriter.Keywords, at path: String
    ) throws -> (least: Int, most: Int?) {
        let low = try count(least, keywords, at: path) ?? 0
        let high = try count(most, keywords, at: path)
        if let high, high < low {
            throw JSONSchemaError.impossible(path: path, problem: "'\(least)' is \(low) and '\(most)' is \(high)")
        }
        return (low, high)
    }
}

enum SchemaTypes {
    /// The types that a schema allows. If it has no `type`, they follow from its keywords.
    static func types(of keywords: SchemaWriter.Keywords, at path: String) throws -> [SchemaType] {
        if let type = keywords["type"] { return try read(type, at: path) }
        var types: [SchemaType] = []
        let groups: [(SchemaType, [String])] = [
            (.object, SchemaKeywords.ofObjects), (.array, SchemaKeywords.ofArrays),
            (.string, SchemaKeywords.ofStrings), (.number, SchemaKeywords.ofNumbers),
        ]
        for (type, names) in groups where names.contains(where: { keywords[$0] != nil }) { types.append(type) }
        return types.isEmpty ? [.object, .array, .string, .number, .boolean, .null] : types
    }

    static func read(_ value: JSONValue, at path: String) throws -> [SchemaType] {
        let names = value.items ?? [value]
        let types = names.compactMap { $0.text.flatMap(SchemaType.init(rawValue:)) }
        guard types.count == names.count, !types.isEmpty else {
            throw JSONSchemaError.wrongValue(
                path: path, keyword: "type",
                expected: "one of object, array, string, number, integer, boolean and null, or a list of them")
        }
        let unique = SchemaType.allCases.filter(types.contains)
        // Integers are numbers, so "number" includes "integer".
        return unique.contains(.number) ? unique.filter { $0 != .integer } : unique
    }
}

/// Merges two schemas that must both hold.
enum SchemaMerging {
    typealias Keywords = SchemaWriter.Keywords

    static func merge(_ left: Keywords, _ right: Keywords, at path: String) throws -> Keywords {
        if left.isEmpty { return right }
        if right.isEmpty { return left }
        for (one, other) in [(left, right), (right, left)] where one["patternProperties"] != nil {
            guard other["additionalProperties"].map({ $0.truth == true }) ?? true else {
                throw JSONSchemaError.unsupported(
                    path: path, keyword: "patternProperties",
                    advice: "Another schema has 'additionalProperties': merge the two by hand.")
            }
        }
        var merged = try withProperties(left, right)
        let done = ["properties", "additionalProperties"]
        for (key, value) in left + right {
            let name = String(decoding: key, as: UTF8.self)
            if done.contains(name) || merged[name] != nil { continue }
            guard let first = left[name], let second = right[name] else {
                merged.set(name, value)
                continue
            }
            merged.set(name, try both(name, first, second, at: path))
        }
        // If both are present, only values in `enum` that equal `const` are left.
        if merged["const"] != nil, merged["enum"] != nil {
            let values = try listedValues(merged, at: path) ?? []
            merged = merged.without("const")
            merged.set("enum", .array(values))
        }
        return merged
    }

    private static func both(_ name: String, _ left: JSONValue, _ right: JSONValue, at path: String) throws -> JSONValue
    {
        if CompactJSON.text(of: left) == CompactJSON.text(of: right) { return left }
        switch name {
        case "type":
            let (first, second) = (try SchemaTypes.read(left, at: path), try SchemaTypes.read(right, at: path))
            var shared = first.filter(second.contains)
            if first.contains(.integer) && second.contains(.number)
                || first.contains(.number) && second.contains(.integer)
            {
                shared.append(.integer)
            }
            guard !shared.isEmpty else {
                throw JSONSchemaError.impossible(path: path, problem: "two types that exclude each other are required")
            }
            return .array(shared.map { .string(Array($0.rawValue.utf8)) })
        case "required": return .array((left.items ?? []) + (right.items ?? []))
        case "minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum":
            return (left.double ?? 0) > (right.double ?? 0) ? left : right
        case "maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum":
            return (left.double ?? 0) < (right.double ?? 0) ? left : right
        case "uniqueItems": return .bool(left.truth == true || right.truth == true)
        case "propertyNames",
            "items" where left.items == nil && right.items == nil:
            return joined(left, right)
        case "anyOf", "oneOf":
            // Combine each of one side with any of the other.
            return .array((left.items ?? []).map { joined($0, .schema(name, right)) })
        case "dependentRequired", "dependentSchemas":
            let members = (left.members ?? []) + (right.members ?? [])
            guard Set(members.map(\.key)).count == members.count else { break }
            return .object(members)
        case "not":
            if SchemaOpposite.isExclusion(left), SchemaOpposite.isExclusion(right) {
                return .schema("enum", .array((left["enum"]?.items ?? []) + (right["enum"]?.items ?? [])))
            }
            return .schema("anyOf", .array([left, right]))
        case "enum":
            let texts = Set((right.items ?? []).map { Array(CompactJSON.text(of: $0).utf8) })
            return .array((left.items ?? []).filter { texts.contains(Array(CompactJSON.text(of: $0).utf8)) })
        default: break
        }
        throw JSONSchemaError.unsupported(
            path: path, keyword: name,
            advice: "Two schemas that must both hold have different values for it: merge them by hand.")
    }

    /// The properties of both sides. A property of one side must also satisfy the other side's `additionalProperties`.
    private static func withProperties(_ left: Keywords, _ right: Keywords) throws -> Keywords {
        var merged: Keywords = []
        var properties: Keywords = []
        let (first, second) = (left["properties"]?.members ?? [], right["properties"]?.members ?? [])
        func further(_ keywords: Keywords) -> JSONValue { keywords["additionalProperties"] ?? .bool(true) }
        for (key, schema) in first {
            let other = second.last { $0.key == key }?.value ?? further(right)
            properties.append((key, joined(schema, other)))
        }
        for (key, schema) in second where !first.contains(where: { $0.key == key }) {
            properties.append((key, joined(further(left), schema)))
        }
        if left["properties"] != nil || right["properties"] != nil { merged.set("properties", .object(properties)) }
        switch (left["additionalProperties"], right["additionalProperties"]) {
        case (nil, nil): break
        case (let one?, nil), (nil, let one?): merged.set("additionalProperties", one)
        case (let one?, let other?): merged.set("additionalProperties", joined(one, other))
        }
        return merged
    }

    static func joined(_ left: JSONValue, _ right: JSONValue) -> JSONValue {
        switch (left, right) {
        case (.bool(false), _), (_, .bool(false)): .bool(false)
        case (.bool(true), let other), (let other, .bool(true)): other
        default: .object([(Array("allOf".utf8), .array([left, right]))])
        }
    }

    /// The values that `enum` and `const` allow; `nil` if the schema has neither.
    static func listedValues(_ keywords: Keywords, at path: String) throws -> [JSONValue]? {
        var values: [JSONValue]?
        if let list = keywords["enum"] {
            guard let items = list.items, !items.isEmpty else {
                throw JSONSchemaError.wrongValue(path: path, keyword: "enum", expected: "an array of values")
            }
            values = items
        }
        if let only = keywords["const"] {
            let text = Array(CompactJSON.text(of: only).utf8)
            values = values?.filter { text == Array(CompactJSON.text(of: $0).utf8) } ?? [only]
        }
        return values
    }
}

/// Tells if no value can be valid for two schemas of a `oneOf`.
struct SchemaExclusion {
    var writer: SchemaWriter

    mutating func areApart(_ schemas: [(schema: JSONValue, path: String)], at path: String) throws -> Bool {
        var all: [SchemaWriter.Keywords] = []
        for schema in schemas {
            guard case .object(let keywords) = schema.schema else { return false }
            all.append(try writer.flattened(keywords, at: schema.path))
        }
        for first in all.indices {
            for second in all.indices where first < second {
                guard try isApart(all[first], all[second], at: path) else { return false }
            }
        }
        return true
    }

    private mutating func isApart(_ left: SchemaWriter.Keywords, _ right: SchemaWriter.Keywords, at path: String) throws
        -> Bool
    {
        if let first = try SchemaMerging.listedValues(left, at: path),
            let second = try SchemaMerging.listedValues(right, at: path)
        {
            return areApart(first, second)
        }
        let (first, second) = (try types(left, at: path), try types(right, at: path))
        if first.allSatisfy({ !second.contains($0) }) { return true }
        guard first == [.object], second == [.object] else { return false }
        let (firstNames, secondNames) = (required(left), required(right))
        for name in firstNames where secondNames.contains(name) {
            if let a = try listed(name, in: left, at: path), let b = try listed(name, in: right, at: path),
                areApart(a, b)
            {
                return true
            }
        }
        // An object written for one schema lacks a name that the other requires.
        return isMissing(secondNames, in: left) && isMissing(firstNames, in: right)
    }

    /// The types that a schema allows; an integer counts as a number.
    private func types(_ keywords: SchemaWriter.Keywords, at path: String) throws -> [SchemaType] {
        if let values = try SchemaMerging.listedValues(keywords, at: path) {
            return SchemaType.allCases.filter { type in type != .integer && values.contains { type.includes($0) } }
        }
        guard keywords["anyOf"] == nil, keywords["oneOf"] == nil else { return SchemaType.allCases }
        return try SchemaTypes.types(of: keywords, at: path).map { $0 == .integer ? .number : $0 }
    }

    private func required(_ keywords: SchemaWriter.Keywords) -> [[UInt8]] {
        (keywords["required"]?.items ?? []).compactMap(\.bytes)
    }

    private mutating func listed(_ name: [UInt8], in keywords: SchemaWriter.Keywords, at path: String) throws
        -> [JSONValue]?
    {
        guard let schema = keywords["properties"]?.members?.last(where: { $0.key == name })?.value,
            case .object(let inner) = schema
        else { return nil }
        return try SchemaMerging.listedValues(try writer.flattened(inner, at: path), at: path)
    }

    private func isMissing(_ names: [[UInt8]], in keywords: SchemaWriter.Keywords) -> Bool {
        guard (keywords["additionalProperties"] ?? .bool(false)).truth == false else { return false }
        guard let properties = keywords["properties"]?.members else { return false }
        let known = Set(properties.map(\.key) + required(keywords))
        return names.contains { !known.contains($0) }
    }

    private func areApart(_ left: [JSONValue], _ right: [JSONValue]) -> Bool {
        let texts = Set(left.map { Array(CompactJSON.text(of: $0).utf8) })
        return right.allSatisfy { !texts.contains(Array(CompactJSON.text(of: $0).utf8)) }
    }
}
