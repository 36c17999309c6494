// The grammars of single types: objects, arrays, strings, numbers.

/// Rules that do not depend on the schema.
enum CommonRule: String {
    case value, object, member, array, string, character, key, space, number, integer

    var body: String {
        switch self {
        case .value: #"json-object | json-array | json-string | json-number | "true" | "false" | "null""#
        case .object: #""{" json-space (json-member ("," json-space json-member)* json-space)? "}""#
        case .member: #"json-string ":" json-space json-value"#
        case .array: #""[" json-space (json-value ("," json-space json-value)* json-space)? "]""#
        case .string: #""\"" json-character* "\"""#
        // \u without surrogates: each way to write a character stands for one.
        case .character:
            #"[^"\\\x00-\x1F\x7F] | "\\" (["\\/bfnrt] | "u" ([0-9a-cA-CefEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}))"#
        case .key: #""\"" [^"\\\x00-\x1F\x7F]* "\"""#
        case .space: #"(" " | "\n" [ \t]{0,20})?"#
        case .number: #""-"? ("0" | [1-9] [0-9]{0,14}) ("." [0-9]{1,15})? ([eE] [+-]? [0-9]{1,2})?"#
        case .integer: #""0" | "-"? [1-9] [0-9]{0,14}"#
        }
    }

    /// The rules named in it.
    var uses: [CommonRule] {
        switch self {
        case .value: [.object, .array, .string, .number]
        case .object: [.member, .space]
        case .member: [.string, .value, .space]
        case .array: [.value, .space]
        case .string: [.character]
        case .character, .key, .space, .number, .integer: []
        }
    }
}

extension SchemaWriter {
    // MARK: Objects

    mutating func object(_ keywords: Keywords, at path: String, name: String) throws -> String {
        let counts = try SchemaKeywords.counts("minProperties", "maxProperties", keywords, at: path)
        let named = try namedProperties(keywords, at: path)
        let isOpen = keywords["properties"] == nil && keywords["required"] == nil
        let further = keywords["additionalProperties"] ?? .bool(isOpen)
        let space = common(.space)
        var furtherMember: String?
        if further.truth != false {
            let key = keyOther(than: named.map(\.name), name: name)
            let value = try value(further, at: "\(path)/additionalProperties", name: "\(name)-further")
            furtherMember = addRule("\(name)-member", "\(key) \":\" \(space) \(value)")
        }
        guard !named.isEmpty else {
            return members(furtherMember, counts, space: space)
        }
        let requiredCount = named.count(where: \.isRequired)
        guard counts.least <= requiredCount, counts.most.map({ $0 >= named.count && furtherMember == nil }) ?? true
        else {
            throw JSONSchemaError.unsupported(
                path: path, keyword: counts.least > requiredCount ? "minProperties" : "maxProperties",
                advice: "Beside 'properties', say what is needed with 'required' and 'additionalProperties'.")
        }
        var written: [(text: String, isRequired: Bool)] = []
        for property in named {
            let shown = String(decoding: property.name, as: UTF8.self)
            let place = "\(path)/properties/" + Self.pointerPart(shown)
            let value = try value(property.schema, at: place, name: "\(name)-\(shown)")
            let key = GrammarText.literal(JSONText.quoted(property.name) + ":")
            written.append((addRule("\(name)-\(shown)", "\(key) \(space) \(value)"), property.isRequired))
        }
        let first = chain(written, further: furtherMember, space: space, name: name)
        return "\"{\" \(space) \(first) \"}\""
    }

    /// The members one after another, from the first on.
    ///
    /// For each place there are two rules, for nothing and for something written before it: so any of the optional
    /// members may be left out, and commas stand only between members.
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

    /// The properties that may be written, in order; what is required but not described comes last.
    private func namedProperties(
        _ keywords: Keywords, at path: String
    ) throws -> [(name: [UInt8], schema: JSONValue, isRequired: Bool)] {
        let properties = try described(keywords, at: path)
        var required: [[UInt8]] = []
        if let names = keywords["required"] {
            required = (names.items ?? []).compactMap(\.bytes)
            guard let items = names.items, items.count == required.count else {
                throw JSONSchemaError.wrongValue(path: path, keyword: "required", expected: "an array of names")
            }
        }
        var named: [(name: [UInt8], schema: JSONValue, isRequired: Bool)] = []
        for (key, schema) in properties where !named.contains(where: { $0.name == key }) {
            let isRequired = required.contains(key)
            if case .bool(false) = schema {
                guard !isRequired else { throw Self.forbidden(key, at: path) }
                continue
            }
            named.append((key, schema, isRequired))
        }
        for key in required where !named.contains(where: { $0.name == key }) {
            let schema = keywords["additionalProperties"] ?? .bool(true)
            if schema.truth == false { throw Self.forbidden(key, at: path) }
            named.append((key, schema, true))
        }
        return named
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
            path: path, problem: "'\(String(decoding: key, as: UTF8.self))' is required and not allowed")
    }

    static func pointerPart(_ name: String) -> String {
        name.unicodeScalars.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
    }

    /// A name in quotes that is none of some names.
    private mutating func keyOther(than names: [[UInt8]], name: String) -> String {
        let texts = names.map { Array(String(decoding: $0, as: UTF8.self).unicodeScalars) }
            .filter { $0.allSatisfy { SchemaPattern.plain.contains($0.value) } }
        guard !texts.isEmpty else { return common(.key) }
        return "\"\\\"\" \(ending(otherThan: texts.map { $0[...] }, name: name)) \"\\\"\""
    }

    /// What follows in a name, so that it is none of some.
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
        // The name may end here if it is none of those.
        if !rests.contains(where: \.isEmpty) { alternatives.append("\"\"") }
        return addRule("\(name)-key", alternatives.joined(separator: " | "))
    }

    // MARK: Arrays

    mutating func array(_ keywords: Keywords, at path: String, name: String) throws -> String {
        let space = common(.space)
        let counts = try SchemaKeywords.counts("minItems", "maxItems", keywords, at: path)
        let isTuple = keywords["items"]?.items != nil
        let first = keywords[isTuple ? "items" : "prefixItems"]
        let rest = keywords[isTuple ? "additionalItems" : "items"]
        guard first == nil || first?.items != nil else {
            throw JSONSchemaError.wrongValue(path: path, keyword: "prefixItems", expected: "an array of schemas")
        }
        var fixed: [String] = []
        for (index, schema) in (first?.items ?? []).enumerated().prefix(counts.most ?? .max) {
            let place = "\(path)/\(isTuple ? "items" : "prefixItems")/\(index)"
            fixed.append(try value(schema, at: place, name: "\(name)-\(index + 1)"))
        }
        // Behind the items that are described one by one, more are written only where they are asked for.
        let isClosed = rest?.truth == false || (rest == nil && !fixed.isEmpty && counts.least <= fixed.count)
        let least = max(counts.least - fixed.count, 0)
        let most = isClosed ? 0 : counts.most.map { $0 - fixed.count }
        guard !isClosed || least == 0 else {
            throw JSONSchemaError.impossible(
                path: path, problem: "at least \(counts.least) items are asked for, and \(fixed.count) allowed")
        }
        let item = most == 0 ? "" : try value(rest ?? .bool(true), at: "\(path)/items", name: "\(name)-item")
        if fixed.isEmpty { return items(item, least, most, space: space, name: name) }
        let comma = "\",\" \(space)"
        let more = most == 0 ? "" : GrammarText.repetition("(\(comma) \(item))", least: least, most: most)
        return "\"[\" \(space) \(fixed.joined(separator: " \(comma) ")) \(more) \(space) \"]\""
    }

    private mutating func items(_ item: String, _ least: Int, _ most: Int?, space: String, name: String) -> String {
        guard most != 0 else { return "\"[\" \(space) \"]\"" }
        // A rule of its own, so that many items do not repeat what one is made of.
        let one = item.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } ? item : addRule("\(name)-item", item)
        let more = GrammarText.repetition(
            "(\",\" \(space) \(one))", least: max(least - 1, 0), most: most.map { $0 - 1 })
        let all = "\(one) \(more) \(space)"
        return least > 0 ? "\"[\" \(space) \(all) \"]\"" : "\"[\" \(space) (\(all))? \"]\""
    }

    // MARK: Strings

    private static let formats: [String: String] = [
        "date": date, "time": time, "date-time": "\(date) \"T\" \(time)",
        "uuid": "[0-9a-f]{8} \"-\" [0-9a-f]{4} \"-\" [0-9a-f]{4} \"-\" [0-9a-f]{4} \"-\" [0-9a-f]{12}",
    ]
    // Every day that each year has; the 29th of February is left out.
    private static let date =
        "[0-9]{4} \"-\" (\"02-\" (\"0\" [1-9] | \"1\" [0-9] | \"2\" [0-8]) | (\"0\" [469] | \"11\") \"-\" "
        + "(\"0\" [1-9] | [12] [0-9] | \"30\") | (\"0\" [13578] | \"1\" [02]) \"-\" (\"0\" [1-9] | [12] [0-9] | \"3\" [01]))"
    private static let time =
        "([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9] \":\" [0-5] [0-9] (\".\" [0-9]{1,6})? "
        + "(\"Z\" | [+-] ([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9])"

    mutating func string(_ keywords: Keywords, at path: String) throws -> String {
        let counts = try SchemaKeywords.counts("minLength", "maxLength", keywords, at: path)
        let isBounded = counts.least > 0 || counts.most != nil
        for name in ["pattern", "format"] {
            guard let value = keywords[name] else { continue }
            guard let text = value.text else {
                throw JSONSchemaError.wrongValue(path: path, keyword: name, expected: "text")
            }
            if isBounded || keywords["pattern"] != nil && keywords["format"] != nil {
                throw JSONSchemaError.unsupported(
                    path: path, keyword: name,
                    advice:
                        "It stands alone: leave out 'minLength', 'maxLength' and the other of 'pattern' and 'format'.")
            }
            let body = name == "format" ? try format(text, at: path) : try pattern(text, at: path)
            return "\"\\\"\" \(body) \"\\\"\""
        }
        guard isBounded else { return common(.string) }
        let characters = GrammarText.repetition(common(.character), least: counts.least, most: counts.most)
        return "\"\\\"\" \(characters) \"\\\"\""
    }

    private func format(_ name: String, at path: String) throws -> String {
        guard let body = Self.formats[name] else {
            throw JSONSchemaError.unsupported(
                path: path, keyword: "format: \(name)",
                advice: "Known are \(Self.formats.keys.sorted().joined(separator: ", ")); "
                    + "or describe the text with 'pattern'.")
        }
        return body
    }

    private func pattern(_ text: String, at path: String) throws -> String {
        var pattern = SchemaPattern(text)
        do {
            return try pattern.grammar()
        } catch let problem as SchemaPattern.Problem {
            throw JSONSchemaError.badPattern(path: path, pattern: text, problem: problem.text)
        }
    }

    // MARK: Numbers

    private static let largestNumber = 999_999_999_999_999

    mutating func integer(_ keywords: Keywords, at path: String) throws -> String {
        guard let (low, high) = try bounds(keywords, at: path) else { return common(.integer) }
        let (least, most) = (low.least ?? min(-Self.largestNumber, high.most ?? 0), high.most ?? Self.largestNumber)
        guard least <= most else {
            throw JSONSchemaError.impossible(path: path, problem: "no whole number lies between the bounds")
        }
        return NumberRange.grammar(least, most)
    }

    /// A number between bounds: a whole one, or one with a fraction strictly between two whole ones.
    mutating func number(_ keywords: Keywords, at path: String) throws -> String {
        guard let (low, high) = try bounds(keywords, at: path) else { return common(.number) }
        let (least, most) = (low.least ?? -Self.largestNumber, high.most ?? Self.largestNumber)
        let fraction = "\".\" [0-9]{0,14} [1-9]"
        var parts: [String] = least <= most ? [NumberRange.grammar(least, most)] : []
        let (below, above) = (low.ceiling ?? -Self.largestNumber, high.floor ?? Self.largestNumber)
        if max(below, 0) < above {
            parts.append(NumberRange.magnitudes(max(below, 0), above - 1) + " " + fraction)
        }
        if max(-above, 0) < -below {
            parts.append("\"-\" " + NumberRange.magnitudes(max(-above, 0), -below - 1) + " " + fraction)
        }
        guard !parts.isEmpty else {
            throw JSONSchemaError.unsupported(
                path: path, keyword: "minimum", advice: "Leave room for a whole number between the bounds.")
        }
        return GrammarText.either(parts)
    }

    /// What the bounds leave: whole numbers from `least` to `most`, all numbers from `ceiling` to `floor`.
    /// - Returns: `nil` without bounds.
    private func bounds(
        _ keywords: Keywords, at path: String
    ) throws -> (low: (least: Int?, ceiling: Int?), high: (most: Int?, floor: Int?))? {
        guard SchemaKeywords.ofNumbers.contains(where: { keywords[$0] != nil }) else { return nil }
        var low: (least: Int?, ceiling: Int?) = (nil, nil)
        var high: (most: Int?, floor: Int?) = (nil, nil)
        for name in SchemaKeywords.ofNumbers {
            guard let bound = try bound(name, keywords, at: path) else { continue }
            let (down, up) = (Int(bound.rounded(.down)), Int(bound.rounded(.up)))
            switch name {
            case "minimum", "exclusiveMinimum":
                let first = name == "minimum" ? up : down + 1
                low = (max(low.least ?? first, first), max(low.ceiling ?? up, up))
            default:
                let last = name == "maximum" ? down : up - 1
                high = (min(high.most ?? last, last), min(high.floor ?? down, down))
            }
        }
        return (low, high)
    }

    private func bound(_ name: String, _ keywords: Keywords, at path: String) throws -> Double? {
        guard let value = keywords[name] else { return nil }
        guard let number = value.double else {
            throw JSONSchemaError.wrongValue(path: path, keyword: name, expected: "a number")
        }
        guard abs(number) < Double(Self.largestNumber) else {
            throw JSONSchemaError.tooLarge(
                path: path, keyword: name, value: JSONText.text(of: number), most: String(Self.largestNumber))
        }
        return number
    }
}
