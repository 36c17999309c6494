import Foundation
import Generation
import Testing

@testable import Grammar

@Suite struct `Texts held to a JSON schema` {
    /// One between two empty lines.
    private static let schemas = ##"""
        true

        {}

        {"type": "string"}

        {"type": ["integer", "null"]}

        {"type": "object", "properties": {
            "title": {"type": "string", "maxLength": 5}, "n": {"type": "number"},
            "tags": {"type": "array", "items": {"enum": ["a", "b\"c", 3, null, [1, {"x": 2.5}]]}, "minItems": 1,
            "maxItems": 3}}, "required": ["tags"], "additionalProperties": false}

        {"type": "object", "properties": {"a": {"type": "boolean"}, "ab": {"const": "x/y"}},
            "additionalProperties": {"type": "integer", "minimum": -3, "maximum": 12}}

        {"type": "object", "additionalProperties": {"type": "null"}, "minProperties": 1, "maxProperties": 3}

        {"type": "object", "required": ["x"], "properties": {"y~/z": {"type": "string", "minLength": 2}}}

        {"$defs": {"node": {"type": "object", "required": ["v"], "properties": {"v": {"type": "integer"},
            "kids": {"type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": 2}}}},
            "$ref": "#/$defs/node", "title": "Tree"}

        {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": false}

        {"type": "array", "items": [{"type": "integer"}], "additionalItems": {"type": "boolean"}, "minItems": 2}

        {"type": "array", "items": {"type": "integer"}, "maxItems": 0}

        {"anyOf": [{"type": "integer", "minimum": 98, "exclusiveMaximum": 1205}, {"type": "string", "format": "date"}]}

        {"type": "integer", "exclusiveMinimum": -21, "maximum": -7}

        {"type": "number", "exclusiveMinimum": 0, "maximum": 12.5}

        {"type": "number", "minimum": -3, "maximum": 2}

        {"minimum": 7}

        {"oneOf": [{"type": "null"},
            {"type": "object", "properties": {"kind": {"const": "a"}, "n": {"type": "integer"}}, "required": ["kind"]},
            {"type": "object", "properties": {"kind": {"const": "b"}}, "required": ["kind"]}]}

        {"allOf": [{"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]},
            {"properties": {"a": {"type": "integer", "maximum": 5}, "b": {"type": "string", "maxLength": 3}},
            "required": ["b"]}]}

        {"type": "object", "properties": {"a": {"type": "null"}},
            "anyOf": [{"required": ["a"]}, {"properties": {"b": {"type": "null"}}, "required": ["b"]}]}

        {"type": "string", "pattern": "^[A-Z]{2}-\\d{3,4}(x|\"y\\\\)?$"}

        {"type": "string", "pattern": "a.b+?|^c"}

        {"type": "string", "format": "date-time"}

        {"type": "string", "format": "uuid"}

        {"enum": ["a", 1, "b"], "type": "string"}

        {"type": "integer", "multipleOf": 7, "minimum": -30, "maximum": 365}

        {"type": "integer", "multipleOf": 2500}

        {"type": "number", "multipleOf": 0.05, "exclusiveMinimum": -1.5, "maximum": 20}

        {"type": "number", "minimum": 0.25, "exclusiveMaximum": 0.3}

        {"type": "number", "minimum": -2.75, "maximum": 1.05}

        {"type": "array", "items": {"enum": ["a", "b", 3, [1]]}, "uniqueItems": true, "minItems": 2, "maxItems": 3}

        {"type": "array", "items": {"type": "integer"}, "contains": {"minimum": 7}, "minItems": 2, "maxItems": 4}

        {"type": "array", "items": {"type": ["integer", "null"]}, "contains": {"type": "null"}, "minContains": 1,
            "maxContains": 2}

        {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "null"}], "minItems": 1, "items": false}

        {"type": "object", "properties": {"kind": {"enum": ["a", "b", "c"]}, "n": {"type": "integer", "minimum": 0}},
            "required": ["kind"], "if": {"properties": {"kind": {"const": "a"}}}, "then": {"required": ["n"]},
            "else": {"properties": {"n": false}}}

        {"type": "object", "properties": {"age": {"type": "integer", "minimum": 0, "maximum": 30},
            "guardian": {"type": "string"}}, "if": {"properties": {"age": {"minimum": 18}}, "required": ["age"]},
            "else": {"required": ["guardian"]}}

        {"type": "object", "properties": {"card": {"const": 1}, "address": {"const": 2}, "zip": {"const": 3}},
            "dependentRequired": {"card": ["address", "zip"], "zip": ["address"]}, "minProperties": 1}

        {"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"}, "c": {"type": "null"}},
            "minProperties": 1, "maxProperties": 2}

        {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"], "maxProperties": 3,
            "patternProperties": {"^x-[a-z]{1,3}$": {"type": "boolean"}}, "additionalProperties": false}

        {"type": "object", "propertyNames": {"pattern": "^[a-z]{2}$"}, "additionalProperties": {"type": "integer"}}

        {"type": "object", "propertyNames": {"enum": ["a", "b"]}, "additionalProperties": {"type": "integer"}}

        {"type": ["string", "integer", "boolean"], "not": {"enum": ["", "ab", "abc", true, 5]}}

        {"type": "object", "properties": {"a": false, "b": {"type": "null"}}, "additionalProperties": true}

        {"oneOf": [{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"],
            "additionalProperties": false}, {"type": "integer", "minimum": 0}, {"type": "integer", "maximum": 5}]}

        {"allOf": [{"properties": {"a": {"type": "integer"}}}, {"properties": {"b": {"type": "null"}}}],
            "type": "object", "unevaluatedProperties": false}

        {"allOf": [{"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 2}]},
            {"anyOf": [{"type": "null"}, {"enum": ["a", 7, "abc"]}]}]}
        """##.split(separator: "\n\n").map(String.init)

    @Test(arguments: schemas)
    func `are valid whichever way they go`(schema: String) throws {
        let machine = GrammarMachine(try JSONSchemaGrammar(schema).grammar)
        let parsed = try JSONValue(parsing: Array(schema.utf8))
        var random = SeededRandom(seed: 5)
        var texts: Set<String> = []
        for _ in 0..<20 {
            let text = try randomText(of: machine, &random)
            texts.insert(text)
            _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            let value = try JSONValue(parsing: Array(text.utf8))
            #expect(SchemaJudge(root: parsed).isValid(value, parsed), "\(text)")
        }
        #expect(texts.count > (schema.contains("\"maxItems\": 0") ? 0 : 1))
    }

    private static let bytes = TokenTrie(vocabularySize: 256) { [UInt8($0)] }

    /// A text of a grammar, drawn byte by byte; what closes is drawn often, so that it ends.
    private func randomText(of machine: GrammarMachine, _ random: inout SeededRandom) throws -> String {
        var matcher = GrammarMatcher(machine)
        var text: [UInt8] = []
        while text.count < 20_000 {
            let mask = try matcher.allowedTokens(in: Self.bytes)
            let allowed = (0...255).filter { mask[TokenID($0)] }.map { UInt8($0) }
            if matcher.isComplete, allowed.isEmpty || Int.random(in: 0..<3, using: &random) == 0 { break }
            let closing = allowed.filter { Array("\"]}01a".utf8).contains($0) }
            let isClosing = Int.random(in: 0..<3, using: &random) > 0 && !closing.isEmpty
            let next = try #require((isClosing ? closing : allowed).randomElement(using: &random))
            let isAccepted = matcher.accept([next])
            try #require(isAccepted)
            text.append(next)
        }
        #expect(matcher.isComplete)
        return String(decoding: text, as: UTF8.self)
    }

    private static let cases: [(String, [String], [String])] = [
        (
            #"{"type": "integer", "minimum": 0, "maximum": 1205}"#, ["0", "9", "10", "1199", "1205"],
            ["1206", "-1", "01", "1.0"]
        ),
        (
            #"{"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"}}}"#,
            [#"{}"#, #"{"a":null}"#, #"{"b": null}"#, "{\n  \"a\": null,\n  \"b\": null\n}"],
            [#"{"b":null,"a":null}"#, #"{"c":null}"#, #"{"a":null,}"#]
        ),
        (
            #"{"type": "string", "minLength": 1, "maxLength": 2}"#, [#""ü""#, #""\n\u00e9""#, #""\ud83d\ude00""#],
            [#""""#, #""abc""#, #""\ud83d""#, #""\ude00\ud83d""#, #""\ud83d\ude00ab""#]
        ),
        (
            #"{"type": "object", "properties": {"ab": {"type": "null"}}, "additionalProperties": {"type": "integer"}}"#,
            [#"{"ab":null,"abc":1}"#, #"{"a":1}"#, #"{"":1}"#, #"{"b":1}"#], [#"{"ab":1}"#, #"{"\u0061b":1}"#]
        ),
        (#"{"const": {"a": ["ü\u0001"]}}"#, ["{\"a\":[\"ü\\u0001\"]}"], ["{}"]),
        (#"{"type": "number", "exclusiveMinimum": 0}"#, ["0.1", "1", "1.25"], ["0", "0.0", "-1", "0.10"]),
        (
            #"{"type": "number", "minimum": 0.5, "exclusiveMaximum": 1.5}"#, ["0.5", "0.75", "1", "1.49999"],
            ["0", "0.49999", "1.5", "1.51", "-0.5"]
        ),
        (
            #"{"type": "number", "multipleOf": 0.25, "maximum": 10}"#, ["0", "0.25", "0.5", "9.75", "-1000.5", "10"],
            ["0.2", "0.750", "10.25", "0.1"]
        ),
        (
            #"{"type": "integer", "multipleOf": 60, "minimum": 1, "maximum": 3600}"#, ["60", "120", "3540", "3600"],
            ["0", "30", "3660", "6"]
        ),
        (
            #"{"enum": [{"a": [1, {}]}]}"#, [#"{"a":[1,{}]}"#, #"{ "a": [1, {}] }"#, "{\n  \"a\": [\n 1,\n {}\n]\n}"],
            ["{}"]
        ),
        (
            #"{"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": true}"#,
            ["[]", #"["b"]"#, #"["b", "a"]"#],
            [#"["a","a"]"#, #"["c"]"#]
        ),
        (
            ##"{"$ref": "#node", "$defs": {"n": {"$anchor": "node", "type": "array", "items": {"$ref": "#node"}}}}"##,
            ["[]", "[[],[[]]]"], ["[1]"]
        ),
        (
            #"{"type": "array", "prefixItems": [{"const": 1}, {"const": 2}], "minItems": 1}"#, ["[1]", "[1, 2]"],
            ["[]", "[2]", "[1,2,3]"]
        ),
        (
            #"{"type": "string", "format": "date"}"#, [#""2024-02-29""#, #""2000-02-29""#, #""1999-12-31""#],
            [#""2023-02-29""#, #""1900-02-29""#, #""2024-04-31""#]
        ),
        (
            #"{"type": "string", "format": "ipv4"}"#, [#""192.168.0.255""#, #""0.0.0.0""#],
            [#""256.0.0.1""#, #""1.2.3""#, #""01.2.3.4""#]
        ),
        (
            #"{"type": "string", "format": "email"}"#, [#""jo.smith+x@mail.example.org""#],
            [#""jo""#, #""jo.@example.org""#, #""jo@example""#]
        ),
        (
            #"{"type": "string", "format": "ipv6"}"#,
            [#""::1""#, #""2001:db8:0:0:0:0:2:1""#, #""fe80::a:1""#, #""::""#],
            [#""1:2:3:4:5:6:7""#, #""::1::2""#, #""12345::""#]
        ),
    ]

    @Test(arguments: cases)
    func `are accepted and refused one by one`(schema: String, good: [String], bad: [String]) throws {
        let grammar = try JSONSchemaGrammar(schema).grammar
        for text in good { #expect(accepts(grammar, text), "\(text)") }
        for text in bad { #expect(!accepts(grammar, text), "\(text)") }
    }
}

@Suite struct `A JSON schema that cannot be kept` {
    private static let sentences: [(String, String)] = [
        ("{", "The JSON schema is not JSON: a name in quotes is missing at byte 1. Correct it there."),
        ("3", "The JSON schema at #: a schema is an object, true or false. Put one there."),
        ("false", "The JSON schema at #: no value is valid, because the schema is false. Change one of the two."),
        (
            #"{"properties": {"a/b": {"not": {}}}}"#,
            "The JSON schema at #/properties/a~1b: no value is valid, because each of its cases contradicts the "
                + "keywords beside it. Change one of the two."
        ),
        (
            #"{"not": {"pattern": "^a"}}"#,
            "The JSON schema at #/not: 'pattern' cannot be enforced while writing. Its opposite cannot be described "
                + "here: describe the allowed values instead."
        ),
        (
            #"{"type": "array", "items": {"type": "string"}, "uniqueItems": true}"#,
            "The JSON schema at #: 'uniqueItems' cannot be enforced while writing. It needs items from an 'enum' of at "
                + "most 10 values: list them, or leave it out."
        ),
        (
            #"{"type": "integer", "multipleOf": 1013}"#,
            "The JSON schema at #: 'multipleOf' cannot be enforced while writing. Numbers up to 100 are supported, with "
                + "more zeros or a point, such as 60, 2500 and 0.05: list the values with 'enum', or leave it out."
        ),
        (
            #"{"type": "integer", "multipleOf": 7, "minimum": 1, "maximum": 6}"#,
            "The JSON schema at #: no value is valid, because no whole number that 'multipleOf' allows lies "
                + "between the bounds. Change one of the two."
        ),
        (
            #"{"type": "object", "properties": {"ab": {}}, "patternProperties": {"^a": {"type": "null"}}}"#,
            "The JSON schema at #: 'patternProperties' cannot be enforced while writing. The pattern '^a' matches the "
                + "property 'ab' too: change one of the two."
        ),
        (
            #"{"typ": "string"}"#,
            "The JSON schema at #: 'typ' cannot be enforced while writing. Leave it out, or correct its name."
        ),
        (
            #"{"type": "text"}"#,
            "The JSON schema at #: 'type' must be one of object, array, string, number, integer, boolean and null, "
                + "or a list of them. Correct its value."
        ),
        (
            ##"{"items": {"$ref": "#/$defs/x"}}"##,
            "The JSON schema at #/items: there is no '#/$defs/x' in this schema. "
                + "Refer to a place inside it, such as #/$defs/name."
        ),
        (
            ##"{"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}"##,
            "The JSON schema at #: a value needs another of the same kind, without end. "
                + "Make one of the properties on the way optional, or allow null or an empty array."
        ),
        (
            ##"{"$ref": "#"}"##,
            "The JSON schema at #: a value needs another of the same kind, without end. "
                + "Make one of the properties on the way optional, or allow null or an empty array."
        ),
        (
            #"{"type": "string", "maxLength": 1000000}"#,
            "The JSON schema at #: 'maxLength' is 1000000, and 10000 is the most. Choose a smaller number."
        ),
        (
            #"{"minItems": 3, "maxItems": 2}"#,
            "The JSON schema at #: no value is valid, because 'minItems' is 3 and 'maxItems' is 2. Change one of the two."
        ),
        (
            #"{"required": ["a"], "additionalProperties": false}"#,
            "The JSON schema at #: no value is valid, because 'a' is required but not allowed. Change one of the two."
        ),
        (
            #"{"oneOf": [{"type": "string", "pattern": "a"}, {"type": "string", "pattern": "b"}]}"#,
            "The JSON schema at #: a value could be valid for two schemas of 'oneOf'. "
                + "Give each a type of its own or a required property with a 'const' of its own, or write 'anyOf'."
        ),
        (
            #"{"type": "string", "pattern": "^a(?=b)"}"#,
            "The JSON schema at #: the pattern '^a(?=b)' cannot be enforced while writing: groups that begin with (? "
                + "are not supported, except (?:. Use characters, classes, groups, alternatives and repetitions."
        ),
        (
            #"{"type": "string", "format": "regex"}"#,
            "The JSON schema at #: 'format: regex' cannot be enforced while writing. Supported are date, date-time, "
                + "email, hostname, ipv4, ipv6, time, uri, uuid; or describe the text with 'pattern'."
        ),
    ]

    @Test(arguments: sentences)
    func `is told in a sentence`(schema: String, sentence: String) {
        #expect { try JSONSchemaGrammar(schema) } throws: { "\($0)" == sentence }
    }

    @Test(arguments: [
        ##"{"type": "object", "anyOf": [{"$ref": "#"}, {"type": "null"}]}"##, ##"{"allOf": [{"$ref": "#"}]}"##,
        ##"{"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"}"##,
        #"{"items": {"items": {"type": "string", "maxLength": 999}, "maxItems": 999}, "maxItems": 999}"#,
    ])
    func `by its size is refused before it takes long`(schema: String) throws {
        do {
            _ = try JSONSchemaGrammar(schema)
        } catch is JSONSchemaError {}
    }

    @Test func `made of anything neither crashes nor hangs`() throws {
        var random = SeededRandom(seed: 3)
        let keywords = [
            "type", "properties", "required", "items", "prefixItems", "enum", "const", "minLength", "maxLength",
            "minItems",
            "maxItems", "minimum", "maximum", "exclusiveMinimum", "pattern", "anyOf", "oneOf", "allOf", "$ref",
            "format",
            "additionalProperties", "minProperties", "not", "if", "then", "else", "multipleOf", "uniqueItems",
            "contains",
            "minContains", "maxContains", "patternProperties", "propertyNames", "dependentRequired", "maxProperties",
            "dependentSchemas", "unevaluatedProperties", "unevaluatedItems",
        ]
        func value(_ depth: Int) -> String {
            switch Int.random(in: 0..<(depth > 4 ? 6 : 10), using: &random) {
            case 0: ["true", "false", "null"].randomElement(using: &random) ?? ""
            case 1: String(Int.random(in: -5...40, using: &random))
            case 2: ["1.5", "1e300", "-1e15", "99999999999"].randomElement(using: &random) ?? ""
            case 3, 4, 5:
                [
                    "\"string\"", "\"object\"", "\"array\"", "\"integer\"", "\"number\"", "\"#\"", "\"#/items\"",
                    "\"a\"", "\"^[a-\"", "\"\"",
                ]
                .randomElement(using: &random) ?? ""
            case 6:
                "[" + (0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth + 1) }.joined(separator: ",")
                    + "]"
            default:
                "{"
                    + (0..<Int.random(in: 0..<4, using: &random)).map { _ in
                        "\"\(keywords.randomElement(using: &random) ?? "")\":\(value(depth + 1))"
                    }.joined(separator: ",") + "}"
            }
        }
        var goodCount = 0
        for _ in 0..<3000 where (try? JSONSchemaGrammar(value(0))) != nil { goodCount += 1 }
        #expect(goodCount > 50)
    }
}

/// Judges values by a schema, as the specification says it, independent of how grammars are made.
private struct SchemaJudge {
    let root: JSONValue

    func isValid(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        guard case .object(let keywords) = schema else { return schema.truth == true }
        return keywords.allSatisfy { holds(String(decoding: $0.key, as: UTF8.self), $0.value, value, schema) }
    }

    private func holds(_ keyword: String, _ rule: JSONValue, _ value: JSONValue, _ schema: JSONValue) -> Bool {
        let limit = rule.double ?? 0
        let rules = rule.items ?? []
        switch keyword {
        case "$ref":
            let parts = (rule.text ?? "").split(separator: "/").dropFirst()
            return parts.reduce(root as JSONValue?) { $0?[String($1)] }.map { isValid(value, $0) } ?? false
        case "type": return (rule.items ?? [rule]).contains { isOf($0.text ?? "", value) }
        case "enum": return rules.contains { same($0, value) }
        case "const": return same(rule, value)
        case "anyOf": return rules.contains { isValid(value, $0) }
        case "oneOf": return rules.count { isValid(value, $0) } == 1
        case "allOf": return rules.allSatisfy { isValid(value, $0) }
        case "minimum": return value.double.map { $0 >= limit } ?? true
        case "maximum": return value.double.map { $0 <= limit } ?? true
        case "exclusiveMinimum": return value.double.map { $0 > limit } ?? true
        case "exclusiveMaximum": return value.double.map { $0 < limit } ?? true
        case "minLength": return value.text.map { Double($0.unicodeScalars.count) >= limit } ?? true
        case "maxLength": return value.text.map { Double($0.unicodeScalars.count) <= limit } ?? true
        case "pattern":
            return value.text.map { $0.range(of: rule.text ?? "", options: .regularExpression) != nil } ?? true
        case "format": return value.text.map { isFormatted($0, rule.text ?? "") } ?? true
        case "minItems": return value.items.map { Double($0.count) >= limit } ?? true
        case "maxItems": return value.items.map { Double($0.count) <= limit } ?? true
        case "minProperties": return value.members.map { Double($0.count) >= limit } ?? true
        case "maxProperties": return value.members.map { Double($0.count) <= limit } ?? true
        case "prefixItems": return zip(rules, value.items ?? []).allSatisfy { isValid($1, $0) }
        case "items" where rule.items != nil: return zip(rules, value.items ?? []).allSatisfy { isValid($1, $0) }
        case "items", "additionalItems":
            let first = (schema["prefixItems"] ?? schema["items"])?.items?.count ?? 0
            return (value.items ?? []).dropFirst(first).allSatisfy { isValid($0, rule) }
        case "required": return value.members == nil || rules.allSatisfy { value[$0.text ?? ""] != nil }
        case "properties":
            return (value.members ?? []).allSatisfy { member in
                rule.members?.last { $0.key == member.key }.map { isValid(member.value, $0.value) } ?? true
            }
        case "additionalProperties":
            let known = schema["properties"]?.members ?? []
            return (value.members ?? []).allSatisfy { member in
                known.contains { $0.key == member.key } || isMatched(member.key, schema) || isValid(member.value, rule)
            }
        case "patternProperties":
            return (value.members ?? []).allSatisfy { member in
                (rule.members ?? []).allSatisfy { !matches(member.key, $0.key) || isValid(member.value, $0.value) }
            }
        case "propertyNames": return (value.members ?? []).allSatisfy { isValid(.string($0.key), rule) }
        case "unevaluatedProperties":
            let known = (schema["allOf"]?.items ?? []).flatMap { $0["properties"]?.members ?? [] }
            return (value.members ?? []).allSatisfy { member in known.contains { $0.key == member.key } }
        case "not": return !isValid(value, rule)
        case "if": return isValid(value, schema[isValid(value, rule) ? "then" : "else"] ?? .bool(true))
        case "then", "else", "minContains", "maxContains": return true
        case "dependentRequired":
            return (rule.members ?? []).allSatisfy { name, names in
                !(value.members ?? []).contains { $0.key == name } || holds("required", names, value, schema)
            }
        case "multipleOf":
            return value.double.map { abs(($0 / limit).rounded() * limit - $0) <= 1e-9 * max(abs($0), limit) } ?? true
        case "uniqueItems":
            let texts = (value.items ?? []).map { CompactJSON.text(of: $0) }
            return Set(texts).count == texts.count
        case "contains":
            guard let items = value.items else { return true }
            let count = Double(items.count { isValid($0, rule) })
            return count >= schema["minContains"]?.double ?? 1 && count <= schema["maxContains"]?.double ?? .infinity
        default: return ["title", "$defs"].contains(keyword)
        }
    }

    private func isMatched(_ key: [UInt8], _ schema: JSONValue) -> Bool {
        (schema["patternProperties"]?.members ?? []).contains { matches(key, $0.key) }
    }

    private func matches(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        String(decoding: text, as: UTF8.self)
            .range(of: String(decoding: pattern, as: UTF8.self), options: .regularExpression) != nil
    }

    private func isOf(_ type: String, _ value: JSONValue) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .number(let number): type == "number" || type == "integer" && number.rounded() == number
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }

    private func same(_ left: JSONValue, _ right: JSONValue) -> Bool {
        CompactJSON.text(of: left) == CompactJSON.text(of: right)
    }

    private func isFormatted(_ text: String, _ format: String) -> Bool {
        switch format {
        case "uuid": return UUID(uuidString: text) != nil
        case "date":
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone(secondsFromGMT: 0)
            formatter.dateFormat = "yyyy-MM-dd"
            formatter.isLenient = false
            return formatter.date(from: text) != nil
        default:
            let shape = #"^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"#
            return text.range(of: shape, options: .regularExpression) != nil
                && isFormatted(String(text.prefix(10)), "date")
        }
    }
}
