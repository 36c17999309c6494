// Conditional keywords as alternatives: `not`, `if`, `dependentRequired` and the like.
// - A value that is valid for an alternative and for the other keywords is valid for the schema.
// - If the opposite of a schema cannot be expressed completely, the alternatives cover a part of the valid values.

import Generation

extension SchemaWriter {
    /// The alternatives of one conditional keyword, and the other keywords; nil if there is no such keyword.
    mutating func conditions(
        _ keywords: Keywords, at path: String
    ) throws -> (alternatives: [JSONValue], others: Keywords)? {
        if let schema = keywords["not"], !SchemaOpposite.isExclusion(schema) {
            var opposite = SchemaOpposite(writer: self, path: "\(path)/not")
            return (try opposite.alternatives(of: schema), keywords.without("not"))
        }
        if let condition = keywords["if"] {
            let (then, otherwise) = (keywords["then"] ?? .bool(true), keywords["else"] ?? .bool(true))
            let others = keywords.without("if").without("then").without("else")
            var opposite = SchemaOpposite(writer: self, path: "\(path)/if")
            let unmet = try opposite.alternatives(of: condition)
            return ([.all([condition, then])] + unmet.map { .all([$0, otherwise]) }, others)
        }
        for name in ["dependentRequired", "dependentSchemas", "dependencies"] {
            guard let value = keywords[name] else { continue }
            guard let members = value.members else {
                throw JSONSchemaError.wrongValue(path: path, keyword: name, expected: "an object of properties")
            }
            guard let (key, consequence) = members.first else { return ([.bool(true)], keywords.without(name)) }
            var others = keywords.without(name)
            if members.count > 1 { others.set(name, .object(Array(members.dropFirst()))) }
            let present = JSONValue.schema("required", .array([.string(key)]))
            let consequent = consequence.items == nil ? consequence : .schema("required", consequence)
            return ([.withoutProperty(key), .all([present, consequent])], others)
        }
        // Without 'if' they have no meaning.
        for name in ["then", "else"] where keywords[name] != nil { return ([.bool(true)], keywords.without(name)) }
        return nil
    }
}

/// The opposite of a schema: alternatives that together allow the values that are not valid for it.
struct SchemaOpposite {
    var writer: SchemaWriter
    let path: String

    /// True if a `not` only excludes single values; the grammars of the types take care of those.
    static func isExclusion(_ schema: JSONValue) -> Bool {
        schema.members.map { $0.count == 1 && $0[0].key.elementsEqual("enum".utf8) } ?? false
    }

    mutating func alternatives(of schema: JSONValue) throws -> [JSONValue] {
        switch schema {
        case .bool(true): return []
        case .bool(false): return [.bool(true)]
        case .object(let written):
            let keywords = try writer.flattened(written, at: path)
            // A value that breaks one keyword is invalid.
            return try keywords.flatMap { key, value in
                try alternatives(of: String(decoding: key, as: UTF8.self), value, in: keywords)
            }
        default: throw JSONSchemaError.notASchema(path: path)
        }
    }

    private mutating func alternatives(
        of keyword: String, _ value: JSONValue, in keywords: SchemaWriter.Keywords
    ) throws -> [JSONValue] {
        switch keyword {
        case "type":
            let types = try SchemaTypes.read(value, at: path)
            let others = SchemaType.allCases.filter { type in
                // "A number that is not an integer" cannot be expressed.
                !types.contains(type) && type != .integer && !(type == .number && types.contains(.integer))
            }
            return others.isEmpty ? [] : [.types(others)]
        case "const": return others(than: [value])
        case "enum":
            guard let items = value.items else {
                throw JSONSchemaError.wrongValue(path: path, keyword: keyword, expected: "an array of values")
            }
            return others(than: items)
        case "not": return [value]
        case "anyOf":
            var all: [JSONValue] = [.bool(true)]
            for schema in value.items ?? [] {
                let opposites = try alternatives(of: schema)
                all = all.flatMap { one in opposites.map { .all([one, $0]) } }
                guard all.count <= 64 else { throw unsupported("anyOf") }
            }
            return all
        case "required":
            return (value.items ?? []).compactMap(\.bytes).map { .all([.types([.object]), .withoutProperty($0)]) }
        case "properties":
            return try (value.members ?? []).flatMap { key, schema in
                try alternatives(of: schema).map { .withProperty(key, $0) }
            }
        case "items" where keywords["prefixItems"] == nil && value.items == nil:
            return [.all([.types([.array]), .schema("contains", .schema("not", value))])]
        case "contains" where keywords["minContains"] == nil && keywords["maxContains"] == nil:
            return [.all([.types([.array]), .schema("items", .schema("not", value))])]
        default: return try outside(keyword, value)
        }
    }

    /// The opposite of a bound.
    private func outside(_ keyword: String, _ value: JSONValue) throws -> [JSONValue] {
        let numbers = [
            "minimum": "exclusiveMaximum", "exclusiveMinimum": "maximum", "maximum": "exclusiveMinimum",
            "exclusiveMaximum": "minimum",
        ]
        if let opposite = numbers[keyword] { return [.all([.types([.number]), .schema(opposite, value)])] }
        let counts: [(type: SchemaType, least: String, most: String)] = [
            (.string, "minLength", "maxLength"), (.array, "minItems", "maxItems"),
            (.object, "minProperties", "maxProperties"),
        ]
        for (type, least, most) in counts where keyword == least || keyword == most {
            guard let count = value.double, count >= 0, count < Double(SchemaKeywords.largestCount) else {
                throw unsupported(keyword)
            }
            if keyword == least {
                return count < 1 ? [] : [.all([.types([type]), .schema(most, .number(count - 1))])]
            }
            return [.all([.types([type]), .schema(least, .number(count + 1))])]
        }
        throw unsupported(keyword)
    }

    /// All values except these: numbers between them, other texts, and the types that none of them has.
    private func others(than values: [JSONValue]) -> [JSONValue] {
        var types: [SchemaType] = [.string, .boolean, .null]
        for type in [SchemaType.object, .array] where !values.contains(where: type.includes) { types.append(type) }
        let numbers = Set(values.compactMap(\.double)).sorted()
        if numbers.isEmpty { types.append(.number) }
        let named = values.filter { value in
            switch value {
            case .string, .bool, .null: true
            default: false
            }
        }
        let exclusion = JSONValue.schema("not", .schema("enum", .array(named)))
        var all: [JSONValue] = [named.isEmpty ? .types(types) : .all([.types(types), exclusion])]
        guard let first = numbers.first, let last = numbers.last else { return all }
        all.append(.all([.types([.number]), .schema("exclusiveMaximum", .number(first))]))
        for (low, high) in zip(numbers, numbers.dropFirst()) {
            let between: [JSONValue] = [
                .types([.number]), .schema("exclusiveMinimum", .number(low)),
                .schema("exclusiveMaximum", .number(high)),
            ]
            all.append(.all(between))
        }
        all.append(.all([.types([.number]), .schema("exclusiveMinimum", .number(last))]))
        return all
    }

    private func unsupported(_ keyword: String) -> JSONSchemaError {
        .unsupported(
            path: path, keyword: keyword,
            advice: "Its opposite cannot be described here: describe the allowed values instead.")
    }
}

extension JSONValue {
    static func schema(_ keyword: String, _ value: JSONValue) -> JSONValue { .object([(Array(keyword.utf8), value)]) }
    static func all(_ schemas: [JSONValue]) -> JSONValue { .schema("allOf", .array(schemas)) }
    static func types(_ types: [SchemaType]) -> JSONValue {
        .schema("type", .array(types.map { .string(Array($0.rawValue.utf8)) }))
    }
    static func withoutProperty(_ key: [UInt8]) -> JSONValue { .schema("properties", .object([(key, .bool(false))])) }
    static func withProperty(_ key: [UInt8], _ schema: JSONValue) -> JSONValue {
        .all([
            .types([.object]), .schema("required", .array([.string(key)])),
            .schema("properties", .object([(key, schema)])),
        ])
    }
}
