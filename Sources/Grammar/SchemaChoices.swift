// Listed values and alternatives: `enum`, `const`, `anyOf`, `oneOf`.

import Generation

extension SchemaWriter {
    mutating func choice(
        _ keyword: String, _ branches: JSONValue, _ shared: Keywords, at path: String, name: String
    ) throws -> String {
        guard let items = branches.items, !items.isEmpty else {
            throw JSONSchemaError.wrongValue(path: path, keyword: keyword, expected: "an array of schemas")
        }
        var alternatives: [(schema: JSONValue, path: String)] = []
        for (index, item) in items.enumerated() {
            if case .bool(false) = item { continue }
            alternatives.append((Self.join(item, beside: shared), "\(path)/\(keyword)/\(index)"))
        }
        guard !alternatives.isEmpty else {
            throw JSONSchemaError.impossible(path: path, problem: "each schema of '\(keyword)' is false")
        }
        if keyword == "oneOf" {
            var exclusion = SchemaExclusion(writer: self)
            guard try exclusion.areApart(alternatives, at: path) else {
                return try exactlyOne(of: items, beside: shared, at: path, name: name)
            }
        }
        return try either(alternatives, mayBeImpossible: !shared.isEmpty, at: path, name: name)
    }

    static func join(_ schema: JSONValue, beside shared: Keywords) -> JSONValue {
        if shared.isEmpty { return schema }
        // `allOf` rather than a plain union of keywords, so that keywords about "all other" parts see both sides.
        return .object(schema.truth == true ? shared : shared + [(Array("allOf".utf8), .array([schema]))])
    }

    /// Alternatives, each combined with the keywords that hold for all.
    mutating func either(
        _ alternatives: [JSONValue], beside shared: Keywords, at path: String, name: String
    ) throws -> String {
        let joined = alternatives.map { (schema: Self.join($0, beside: shared), path: path) }
        return try either(joined, mayBeImpossible: true, at: path, name: name)
    }

    /// - Parameter mayBeImpossible: true to leave out alternatives that no value satisfies, and properties without
    ///   values
    ///   in them; false to report them as errors of the schema.
    mutating func either(
        _ alternatives: [(schema: JSONValue, path: String)], mayBeImpossible: Bool, at path: String, name: String
    ) throws -> String {
        let wasLenient = leavesOutImpossible
        leavesOutImpossible = wasLenient || mayBeImpossible
        defer { leavesOutImpossible = wasLenient }
        var written: [String] = []
        for (index, alternative) in alternatives.enumerated() {
            let name = "\(name)-\(index + 1)"
            if !mayBeImpossible {
                written.append(try value(alternative.schema, at: alternative.path, name: name))
            } else if let text = try possible(alternative.schema, at: alternative.path, name: name) {
                written.append(text)
            }
        }
        guard !written.isEmpty else {
            throw JSONSchemaError.impossible(
                path: path, problem: "each of its cases contradicts the keywords beside it")
        }
        return GrammarText.either(written)
    }

    /// Alternatives that overlap: each is written without the values of the others.
    mutating func exactlyOne(
        of schemas: [JSONValue], beside shared: Keywords, at path: String, name: String
    ) throws -> String {
        do {
            var exclusion = SchemaExclusion(writer: self)
            let alternatives = try schemas.indices.map { index in
                let others = try schemas.indices.filter { other in
                    let pair = [(schema: schemas[index], path: path), (schema: schemas[other], path: path)]
                    return try other != index && !exclusion.areApart(pair, at: path)
                }
                return JSONValue.all([schemas[index]] + others.map { .schema("not", schemas[$0]) })
            }
            return try either(alternatives, beside: shared, at: path, name: name)
        } catch is JSONSchemaError {
            throw JSONSchemaError.ambiguousOneOf(path: path)
        }
    }

    /// The values of `enum` and `const` that `not` does not exclude; nil if the schema has neither.
    func listedValues(_ keywords: Keywords, at path: String) throws -> [JSONValue]? {
        try SchemaMerging.listedValues(keywords, at: path).map { try valid($0, keywords, at: path) }
    }

    /// The values that `not` does not exclude.
    func valid(_ values: [JSONValue], _ keywords: Keywords, at path: String) throws -> [JSONValue] {
        let excluded = Set((keywords["not"]?["enum"]?.items ?? []).map { Array(CompactJSON.text(of: $0).utf8) })
        let left = values.filter { !excluded.contains(Array(CompactJSON.text(of: $0).utf8)) }
        guard !left.isEmpty || values.isEmpty else {
            throw JSONSchemaError.impossible(path: path, problem: "'not' excludes every allowed value")
        }
        return left
    }

    /// The grammar of one value, with spaces allowed between its parts.
    mutating func literal(_ value: JSONValue) -> String {
        let parts: [String]
        let (open, close): (String, String)
        switch value {
        case .array(let items):
            (open, close) = ("[", "]")
            parts = items.map { literal($0) }
        case .object(let members):
            (open, close) = ("{", "}")
            parts = members.map {
                "\(GrammarText.literal(CompactJSON.quoted($0.key) + ":")) \(common(.space)) \(literal($0.value))"
            }
        default: return GrammarText.literal(CompactJSON.text(of: value))
        }
        let space = common(.space)
        let inner = parts.isEmpty ? "" : parts.joined(separator: " \",\" \(space) ") + " \(space)"
        return "\"\(open)\" \(space) \(inner) \"\(close)\""
    }

    /// The grammar of the values of `enum` or `const`.
    mutating func listed(_ keywords: Keywords, at path: String) throws -> String {
        let values = try listedValues(keywords, at: path) ?? []
        let types = keywords["type"] == nil ? nil : try SchemaTypes.types(of: keywords, at: path)
        var valid = values.filter { value in types?.contains { $0.includes(value) } ?? true }
        let known = ["enum", "const", "type", "not"]
        if let other = keywords.first(where: { !known.contains(String(decoding: $0.key, as: UTF8.self)) }) {
            guard valid.allSatisfy({ $0.items == nil && $0.members == nil }) else {
                throw JSONSchemaError.unsupported(
                    path: path, keyword: String(decoding: other.key, as: UTF8.self),
                    advice: "Beside 'enum' or 'const', leave it out and list only values that are valid for it.")
            }
            let rest = JSONValue.object(keywords.without("enum").without("const").without("not"))
            valid = try valid.filter { try isWritten($0, for: rest) }
        }
        guard !valid.isEmpty else {
            throw JSONSchemaError.impossible(path: path, problem: "no listed value is valid for the other keywords")
        }
        return GrammarText.either(valid.map { literal($0) })
    }

    /// True if a value's usual text is in the grammar of a schema.
    func isWritten(_ value: JSONValue, for schema: JSONValue) throws -> Bool {
        var writer = SchemaWriter(root: root)
        let text: String
        do {
            text = try writer.grammar(of: schema)
        } catch let error as JSONSchemaError where error.isImpossible {
            return false
        }
        var matcher = GrammarMatcher(try GBNFGrammar(text))
        return matcher.accept(CompactJSON.text(of: value)) && matcher.isComplete
    }
}
