// Arrays as grammars: items one by one, items of one schema, distinct items, and items that must be contained.

import Generation

extension SchemaWriter {
    mutating func array(_ keywords: Keywords, at path: String, name: String) throws -> String {
        let space = common(.space)
        let counts = try SchemaKeywords.counts("minItems", "maxItems", keywords, at: path)
        let isTuple = keywords["items"]?.items != nil
        let first = keywords[isTuple ? "items" : "prefixItems"]
        let rest = keywords[isTuple ? "additionalItems" : "items"]
        guard first == nil || first?.items != nil else {
            throw JSONSchemaError.wrongValue(path: path, keyword: "prefixItems", expected: "an array of schemas")
        }
        for special in ["uniqueItems", "contains"] {
            guard let value = keywords[special], value.truth != false || special == "contains" else { continue }
            guard first == nil, special == "contains" || keywords["contains"] == nil else {
                throw JSONSchemaError.unsupported(
                    path: path, keyword: special,
                    advice: "Beside 'prefixItems' or 'contains', leave it out: describe each item with 'prefixItems'.")
            }
            if special == "contains" { return try containing(value, keywords, counts, at: path, name: name) }
            if counts.most.map({ $0 > 1 }) ?? true {
                return try unique(rest ?? .bool(true), counts, at: path, name: name)
            }
        }
        var fixed: [String] = []
        for (index, schema) in (first?.items ?? []).enumerated().prefix(counts.most ?? .max) {
            let place = "\(path)/\(isTuple ? "items" : "prefixItems")/\(index)"
            fixed.append(try value(schema, at: place, name: "\(name)-\(index + 1)"))
        }
        // After the items that are described one by one, others are written only if the schema asks for them.
        let isClosed = rest?.truth == false || (rest == nil && !fixed.isEmpty && counts.least <= fixed.count)
        let least = max(counts.least - fixed.count, 0)
        let most = isClosed ? 0 : counts.most.map { $0 - fixed.count }
        guard !isClosed || least == 0 else {
            throw JSONSchemaError.impossible(
                path: path, problem: "at least \(counts.least) items are required and \(fixed.count) are allowed")
        }
        let item = most == 0 ? "" : try value(rest ?? .bool(true), at: "\(path)/items", name: "\(name)-item")
        if fixed.isEmpty { return items(item, least, most, space: space, name: name) }
        let comma = "\",\" \(space)"
        var tail = most == 0 ? "" : GrammarText.repetition("(\(comma) \(item))", least: least, most: most)
        // All described items are written, unless `minItems` allows fewer.
        let needed = keywords["minItems"] == nil ? fixed.count : counts.least
        for (index, item) in fixed.enumerated().reversed() where index > 0 {
            tail = "\(comma) \(item) \(tail)"
            if index >= needed { tail = addRule("\(name)-rest", "(\(tail))?") }
        }
        let all = "\(fixed[0]) \(tail) \(space)"
        return needed == 0 ? "\"[\" \(space) (\(all))? \"]\"" : "\"[\" \(space) \(all) \"]\""
    }

    private mutating func items(_ item: String, _ least: Int, _ most: Int?, space: String, name: String) -> String {
        guard most != 0 else { return "\"[\" \(space) \"]\"" }
        let one = named(item, name)
        let more = GrammarText.repetition(
            "(\",\" \(space) \(one))", least: max(least - 1, 0), most: most.map { $0 - 1 })
        let all = "\(one) \(more) \(space)"
        return least > 0 ? "\"[\" \(space) \(all) \"]\"" : "\"[\" \(space) (\(all))? \"]\""
    }

    /// A rule of its own, so that an item's grammar is not repeated.
    private mutating func named(_ item: String, _ name: String) -> String {
        item.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } ? item : addRule("\(name)-item", item)
    }

    // MARK: Distinct items

    private static let mostUnique = 10

    /// One rule for each set of values that are not written yet.
    private mutating func unique(
        _ item: JSONValue, _ counts: (least: Int, most: Int?), at path: String, name: String
    ) throws -> String {
        guard let values = try finiteValues(item, at: "\(path)/items"), values.count <= Self.mostUnique else {
            throw JSONSchemaError.unsupported(
                path: path, keyword: "uniqueItems",
                advice:
                    "It needs items from an 'enum' of at most \(Self.mostUnique) values: list them, or leave it out.")
        }
        guard values.count >= counts.least else {
            throw JSONSchemaError.impossible(
                path: path, problem: "\(counts.least) different items are required and there are \(values.count) values"
            )
        }
        let space = common(.space)
        var rules: [Int: String] = [:]
        func rest(_ left: Int, _ writer: inout SchemaWriter) -> String {
            if let known = rules[left] { return known }
            let written = values.count - left.nonzeroBitCount
            var options: [String] = written >= counts.least ? [space] : []
            if counts.most.map({ written < $0 }) ?? true {
                for (index, value) in values.enumerated() where left & 1 << index != 0 {
                    let comma = written == 0 ? "" : "\",\" \(space) "
                    options.append("\(comma)\(value) \(rest(left & ~(1 << index), &writer))")
                }
            }
            let rule = writer.addRule("\(name)-left", options.joined(separator: " | "))
            rules[left] = rule
            return rule
        }
        return "\"[\" \(space) \(rest(1 << values.count - 1, &self)) \"]\""
    }

    /// The texts of a schema with few values; nil if it does not list them.
    private mutating func finiteValues(_ schema: JSONValue, at path: String) throws -> [String]? {
        guard case .object(let written) = schema else { return nil }
        let keywords = try flattened(written, at: path)
        let values: [JSONValue]
        if let listed = try listedValues(keywords, at: path) {
            values = listed
        } else if keywords["type"] != nil {
            let types = try SchemaTypes.types(of: keywords, at: path)
            guard types.allSatisfy({ $0 == .boolean || $0 == .null }) else { return nil }
            values = types.flatMap { $0 == .null ? [JSONValue.null] : [.bool(true), .bool(false)] }
        } else {
            return nil
        }
        var texts: [String] = []
        for text in values.map({ literal($0) }) where !texts.contains(text) { texts.append(text) }
        return texts
    }

    // MARK: Items that must be contained

    /// One rule for each count of items and of contained ones, as far as the limits need the counts.
    private mutating func containing(
        _ kind: JSONValue, _ keywords: Keywords, _ counts: (least: Int, most: Int?), at path: String, name: String
    ) throws -> String {
        let wanted = try SchemaKeywords.counts("minContains", "maxContains", keywords, at: path)
        let least = keywords["minContains"] == nil ? 1 : wanted.least
        let item = keywords["items"] ?? .bool(true)
        let mostStates = 400
        let (lastCount, lastWanted) = (counts.most ?? counts.least, wanted.most ?? least)
        guard (lastCount + 1) * (lastWanted + 1) <= mostStates else {
            throw JSONSchemaError.unsupported(
                path: path, keyword: "contains",
                advice: "Its counts and those of the items are too large together: choose smaller ones.")
        }
        let one = named(
            try value(SchemaMerging.joined(item, kind), at: "\(path)/contains", name: "\(name)-kind"), name)
        // If there is a maximum, all other items must not be of the contained kind.
        var opposite = SchemaOpposite(writer: self, path: "\(path)/contains")
        let others = wanted.most == nil ? nil : try opposite.alternatives(of: kind)
        let otherItem = others.map {
            SchemaMerging.joined(item, $0.isEmpty ? .bool(false) : .schema("anyOf", .array($0)))
        }
        let other = try possible(otherItem ?? item, at: "\(path)/items", name: "\(name)-other").map { named($0, name) }
        let space = common(.space)
        var rules: [[Int]: String] = [:]
        func rest(_ count: Int, _ found: Int, isFirst: Bool, _ writer: inout SchemaWriter) -> String? {
            let key = [count, found, isFirst ? 1 : 0]
            if let known = rules[key] { return known.isEmpty ? nil : known }
            let rule = writer.newName("\(name)-rest")
            rules[key] = rule
            var options: [String] = count >= counts.least && found >= least ? [space] : []
            let comma = isFirst ? "" : "\",\" \(space) "
            let next = counts.most == nil ? min(count + 1, lastCount) : count + 1
            if counts.most.map({ count < $0 }) ?? true {
                if wanted.most.map({ found < $0 }) ?? true,
                    let tail = rest(
                        next, wanted.most == nil ? min(found + 1, least) : found + 1, isFirst: false, &writer)
                {
                    options.append("\(comma)\(one) \(tail)")
                }
                if let other, let tail = rest(next, found, isFirst: false, &writer) {
                    options.append("\(comma)\(other) \(tail)")
                }
            }
            guard !options.isEmpty else {
                rules[key] = ""
                return nil
            }
            writer.add(rule, options.joined(separator: " | "))
            return rule
        }
        guard let all = rest(0, 0, isFirst: true, &self), !all.isEmpty else {
            throw JSONSchemaError.impossible(
                path: path, problem: "'contains' requires \(least) items and \(counts.most ?? 0) are allowed")
        }
        return "\"[\" \(space) \(all) \"]\""
    }
}
