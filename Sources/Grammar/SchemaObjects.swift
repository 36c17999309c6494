// Objects as grammars: properties in order, further properties, and names that match a pattern.

import Generation

extension SchemaWriter {
    mutating func object(_ keywords: Keywords, at path: String, name: String) throws -> String {
        let counts = try SchemaKeywords.counts("minProperties", "maxProperties", keywords, at: path)
        let named = try namedProperties(keywords, at: path)
        let space = common(.space)
        let furtherMember = try further(keywords, named: named.map(\.name), at: path, name: name)
        // A further name could be written twice and would count once, so at most one is counted.
        guard furtherMember == nil || counts.least <= named.count(where: \.isRequired) + 1 else {
            throw JSONSchemaError.unsupported(
                path: path, keyword: "minProperties",
                advice:
                    "Names that are not listed could be written twice: list them under 'properties', or require fewer.")
        }
        guard !named.isEmpty else {
            guard furtherMember != nil || counts.least == 0 else {
                throw JSONSchemaError.impossible(
                    path: path, problem: "'minProperties' is \(counts.least) and no property is allowed")
            }
            return members(furtherMember, counts, space: space)
        }
        var written: [(text: String, isRequired: Bool)] = []
        for property in named {
            let shown = String(decoding: property.name, as: UTF8.self)
            let place = "\(path)/properties/" + Self.pointerPart(shown)
            let mayBeLeftOut = leavesOutImpossible && !property.isRequired
            let value =
                mayBeLeftOut
                ? try possible(property.schema, at: place, name: "\(name)-\(shown)")
                : try value(property.schema, at: place, name: "\(name)-\(shown)")
            guard let value else { continue }
            let key = GrammarText.literal(CompactJSON.quoted(property.name) + ":")
            written.append((addRule("\(name)-\(shown)", "\(key) \(space) \(value)"), property.isRequired))
        }
        let requiredCount = named.count(where: \.isRequired)
        let isCounted =
            counts.least > requiredCount || counts.most.map { $0 < written.count || furtherMember != nil } ?? false
        let first =
            isCounted
            ? try countedChain(written, further: furtherMember, counts, at: path, name: name)
            : chain(written, further: furtherMember, space: space, name: name)
        return "\"{\" \(space) \(first) \"}\""
    }

    /// A member whose name is not that of a property; nil if the schema allows none.
    private mutating func further(
        _ keywords: Keywords, named: [[UInt8]], at path: String, name: String
    ) throws -> String? {
        let space = common(.space)
        let described = try described(keywords, at: path)
        let patterns = keywords["patternProperties"]?.members ?? []
        let isOpen = described.allSatisfy { $0.value.truth == false } && keywords["required"] == nil
        let schema = keywords["additionalProperties"] ?? .bool(isOpen)
        let names = keywords["propertyNames"]
        // If there are patterns, only names that match one of them are written.
        if let (pattern, value) = patterns.first {
            guard patterns.count == 1, names == nil else {
                throw JSONSchemaError.unsupported(
                    path: path, keyword: patterns.count == 1 ? "propertyNames" : "patternProperties",
                    advice: "A name could match two patterns: keep only one of them.")
            }
            let text = String(decoding: pattern, as: UTF8.self)
            let taken = described.map(\.key) + named
            let schema = JSONValue.schema("pattern", .string(pattern))
            if let other = try taken.first(where: { try isName($0, schema) }) {
                let shown = String(decoding: other, as: UTF8.self)
                throw JSONSchemaError.unsupported(
                    path: path, keyword: "patternProperties",
                    advice: "The pattern '\(text)' matches the property '\(shown)' too: change one of the two.")
            }
            let key = try key(matching: schema, at: path, name: name)
            let place = "\(path)/patternProperties/" + Self.pointerPart(text)
            guard let member = try possible(value, at: place, name: "\(name)-further") else { return nil }
            return addRule("\(name)-member", "\(key) \":\" \(space) \(member)")
        }
        // If 'propertyNames' lists names, those are already properties.
        guard schema.truth != false, names?["enum"] == nil,
            let member = try possible(schema, at: "\(path)/additionalProperties", name: "\(name)-further")
        else { return nil }
        let taken = described.map(\.key) + named
        var key = names == nil ? keyOther(than: taken, name: name) : ""
        if let names {
            guard try !taken.contains(where: { try isName($0, names) }) else {
                throw JSONSchemaError.unsupported(
                    path: path, keyword: "propertyNames",
                    advice: "A further name could repeat that of a property: leave out 'additionalProperties'.")
            }
            key = try self.key(matching: names, at: path, name: name)
        }
        return addRule("\(name)-member", "\(key) \":\" \(space) \(member)")
    }

    /// The grammar of the names that are valid for a schema.
    private mutating func key(matching schema: JSONValue, at path: String, name: String) throws -> String {
        try value(.all([.types([.string]), schema]), at: "\(path)/propertyNames", name: "\(name)-name")
    }

    /// True if a name is valid for a schema.
    private func isName(_ key: [UInt8], _ schema: JSONValue) throws -> Bool {
        try isWritten(.string(key), for: .all([.types([.string]), schema]))
    }

    /// The members one after another, counted: for each place, a rule for each number of members before it.
    private mutating func countedChain(
        _ members: [(text: String, isRequired: Bool)], further: String?, _ counts: (least: Int, most: Int?),
        at path: String, name: String
    ) throws -> String {
        let space = common(.space)
        let cap = counts.most ?? counts.least
        guard cap <= 100, members.count <= 100 else {
            throw JSONSchemaError.tooLarge(
                path: path, keyword: counts.most == nil ? "minProperties" : "maxProperties", value: String(cap),
                most: "100 beside 'properties'")
        }
        func next(_ count: Int) -> Int { counts.most == nil ? min(count + 1, cap) : count + 1 }
        // The members after all named properties, by the number of members before.
        var rests: [String?] = Array(repeating: nil, count: cap + 1)
        for count in (0...cap).reversed() {
            var options: [String] = count >= counts.least ? [count == 0 ? "\"\"" : space] : []
            let comma = count == 0 ? "" : "\",\" \(space) "
            if let further, counts.most.map({ count < $0 }) ?? true {
                if next(count) == count {
                    options = ["(\(comma)\(further))* \(space)"]
                } else if let rest = rests[next(count)] {
                    options.append("\(comma)\(further) \(rest)")
                }
            }
            if !options.isEmpty { rests[count] = addRule("\(name)-rest", options.joined(separator: " | ")) }
        }
        for member in members.reversed() {
            rests = (0...cap).map { count in
                var options: [String] = []
                let comma = count == 0 ? "" : "\",\" \(space) "
                if counts.most.map({ count < $0 }) ?? true, let rest = rests[next(count)] {
                    options.append("\(comma)\(member.text) \(rest)")
                }
                if !member.isRequired, let rest = rests[count] { options.append(rest) }
                return options.isEmpty ? nil : addRule("\(name)-rest", options.joined(separator: " | "))
            }
        }
        guard let first = rests[0] else {
            throw JSONSchemaError.impossible(
                path: path, problem: "the properties and 'minProperties' or 'maxProperties' contradict each other")
        }
        return first
    }

    /// The members one after another, starting with the first.
    ///
    /// Each place has two rules, for no member and for some member before it. So any optional member may be left out,
    /// and
    /// commas come only between members.
    private mutating func chain(
        _ members: [(text: String, isRequired: Bool)], further: String?, space: String, name: String
    ) -> String {
        var afterNone = further.map { "(\($0) (\",\" \(space) \($0))* \(space))?" } ?? "\"\""
        var afterSome = further.map { "(\",\" \(space) \($0))* \(space)" } ?? space
        for member in members.reversed() {
            let rest = addRule("\(name)-rest", afterSome)
            let first = "\(member.text) \(rest)"
            let next = "\",\" \(space) \(member.text) \(rest)"
            if member.isRequired {
                (afterNone, afterSome) = (first, next)
            } else {
                let skipped = addRule("\(name)-skip", afterNone)
                (afterNone, afterSome) = ("\(first) | \(skipped)", "\(next) | \(rest)")
            }
        }
        return addRule("\(name)-members", afterNone)
    }

    /// An object without named properties.
    private func members(_ member: String?, _ counts: (least: Int, most: Int?), space: String) -> String {
        guard let member, counts.most != 0 else { return "\"{\" \(space) \"}\"" }
        let rest = GrammarText.repetition(
            "(\",\" \(space) \(member))", least: max(counts.least - 1, 0), most: counts.most.map { $0 - 1 })
        let all = "\(member) \(rest) \(space)"
        return counts.least > 0 ? "\"{\" \(space) \(all) \"}\"" : "\"{\" \(space) (\(all))? \"}\""
    }

    /// The properties that may be written, in order; required ones without a description come last.
    private func namedProperties(
        _ keywords: Keywords, at path: String
    ) throws -> [(name: [UInt8], schema: JSONValue, isRequired: Bool)] {
        var properties = try described(keywords, at: path)
        var required: [[UInt8]] = []
        if let names = keywords["required"] {
            required = (names.items ?? []).compactMap(\.bytes)
            guard let items = names.items, items.count == required.count else {
                throw JSONSchemaError.wrongValue(path: path, keyword: "required", expected: "an array of names")
            }
        }
        var named: [(name: [UInt8], schema: JSONValue, isRequired: Bool)] = []
        // Each name that 'propertyNames' lists becomes a property.
        if let listed = keywords["propertyNames"]?["enum"]?.items, keywords["patternProperties"] == nil {
            let further = keywords["additionalProperties"] ?? .bool(true)
            let others = listed.compactMap(\.bytes).filter { name in !properties.contains { $0.key == name } }
            properties += others.map { ($0, further) }
        }
        for (key, schema) in properties where !named.contains(where: { $0.name == key }) {
            let isRequired = required.contains(key)
            let isNamed = try keywords["propertyNames"].map { try isName(key, $0) } ?? true
            if schema.truth == false || !isNamed {
                guard !isRequired else { throw Self.forbidden(key, at: path) }
                continue
            }
            named.append((key, schema, isRequired))
        }
        for key in required where !named.contains(where: { $0.name == key }) {
            let schema = try schema(ofRequired: key, keywords)
            if schema.truth == false { throw Self.forbidden(key, at: path) }
            named.append((key, schema, true))
        }
        return named
    }

    /// The schema of a required property that 'properties' does not describe.
    private func schema(ofRequired key: [UInt8], _ keywords: Keywords) throws -> JSONValue {
        if let names = keywords["propertyNames"], try !isName(key, names) { return .bool(false) }
        for (pattern, schema) in keywords["patternProperties"]?.members ?? []
        where try isName(key, .schema("pattern", .string(pattern))) {
            return schema
        }
        return keywords["additionalProperties"] ?? .bool(true)
    }

    private func described(_ keywords: Keywords, at path: String) throws -> Keywords {
        guard let properties = keywords["properties"] else { return [] }
        guard let members = properties.members else {
            throw JSONSchemaError.wrongValue(path: path, keyword: "properties", expected: "an object of schemas")
        }
        return members
    }

    private static func forbidden(_ key: [UInt8], at path: String) -> JSONSchemaError {
        .impossible(
            path: path, problem: "'\(String(decoding: key, as: UTF8.self))' is required but not allowed")
    }

    static func pointerPart(_ name: String) -> String {
        name.unicodeScalars.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
    }

    /// A name in quotes that differs from all the given names.
    mutating func keyOther(than names: [[UInt8]], name: String) -> String {
        let texts = names.map { Array(String(decoding: $0, as: UTF8.self).unicodeScalars) }
            .filter { $0.allSatisfy { SchemaPattern.plain.contains($0.value) } }
        guard !texts.isEmpty else { return common(.key) }
        return "\"\\\"\" \(ending(otherThan: texts.map { $0[...] }, name: name)) \"\\\"\""
    }

    /// The rest of a name, so that the name differs from all the given ones.
    private mutating func ending(otherThan rests: [ArraySlice<Unicode.Scalar>], name: String) -> String {
        var groups: [(first: Unicode.Scalar, rests: [ArraySlice<Unicode.Scalar>])] = []
        for rest in rests {
            guard let first = rest.first else { continue }
            if let index = groups.firstIndex(where: { $0.first == first }) {
                groups[index].rests.append(rest.dropFirst())
            } else {
                groups.append((first, [rest.dropFirst()]))
            }
        }
        let taken = ScalarRanges(groups.map { $0.first.value...$0.first.value })
        let plain = GrammarText.characterClass(SchemaPattern.plain)
        var alternatives = [GrammarText.characterClass(SchemaPattern.plain.subtracting(taken)) + " \(plain)*"]
        for group in groups {
            let rest = ending(otherThan: group.rests, name: name)
            alternatives.append(GrammarText.literal(String(group.first)) + " \(rest)")
        }
        // The name may end here if no given name does.
        if !rests.contains(where: \.isEmpty) { alternatives.append("\"\"") }
        return addRule("\(name)-key", alternatives.joined(separator: " | "))
    }
}
