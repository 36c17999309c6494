// Turns a JSON schema into a grammar of valid values.
// - Every text of the grammar is valid. If the schema leaves things open, some valid values cannot be written:
//   properties come in the schema's order, and others come only if `additionalProperties` asks for them.
// - A keyword that cannot be enforced is an error that names it. Only annotations are ignored.
// JSON Schema 2020-12 (core and validation), and the spellings of draft 7 for definitions and tuples.

import Generation

/// The grammar of a JSON schema's values.
public struct JSONSchemaGrammar: Sendable {
    public let grammar: GBNFGrammar

    /// The longest schema that is accepted, in bytes.
    public static let longestText = 1 << 18

    /// - Parameter schema: JSON.
    /// - Throws: `JSONSchemaError` with the path of the part that cannot be used.
    public init(_ schema: String) throws {
        let bytes = Array(schema.utf8)
        guard bytes.count <= Self.longestText else {
            throw JSONSchemaError.tooLong(byteCount: bytes.count, most: Self.longestText)
        }
        let root: JSONValue
        do {
            root = try JSONValue(parsing: bytes)
        } catch {
            throw JSONSchemaError.notJSON(problem: error.problem)
        }
        var writer = SchemaWriter(root: root)
        do {
            grammar = try GBNFGrammar(try writer.grammar())
        } catch GrammarError.leftRecursion(let rules) {
            throw JSONSchemaError.endless(path: writer.path(ofRule: rules.first ?? "root"))
        } catch GrammarError.endless(let rule) {
            throw JSONSchemaError.endless(path: writer.path(ofRule: rule))
        } catch GrammarError.tooLong, GrammarError.tooLarge {
            throw JSONSchemaError.tooLarge(
                path: "#", keyword: "the sum of all lengths and counts", value: "very large",
                most: "about \(GrammarNetwork.largest / 2)")
        } catch GrammarError.manyBeginnings(let most) {
            throw JSONSchemaError.tooLarge(
                path: "#", keyword: "the number of values and schemas to choose from", value: "very large",
                most: "\(most)")
        } catch let error as GrammarError {
            throw JSONSchemaError.grammar(error)
        }
    }
}

/// Writes the grammar of a schema.
struct SchemaWriter {
    /// A schema's keywords; `nil` if the schema is `true`, which allows everything.
    typealias Keywords = [(key: [UInt8], value: JSONValue)]

    let root: JSONValue
    private var rules: [(name: String, body: String)] = []
    private var ruleNames: Set<String> = ["root"]
    private var paths: [String: String] = [:]
    private var references: [String: String] = [:]
    private var pending: [(name: String, schema: JSONValue, path: String)] = []
    private var depth = 0
    /// True inside an alternative that may contradict others: parts without valid values are then left out.
    var leavesOutImpossible = false
    /// How many schemas were read, with a referenced one counted each time, because short schemas can unfold to huge
    /// ones.
    private var lookCount = 0
    private static let deepest = 160
    private static let mostLooks = 20_000

    init(root: JSONValue) { self.root = root }

    mutating func grammar() throws -> String {
        references["#"] = "root"
        return try grammar(of: root)
    }

    /// The grammar of a schema, which may refer to places in the root schema.
    mutating func grammar(of schema: JSONValue) throws -> String {
        paths["root"] = "#"
        pending = [("root", schema, "#")]
        while let next = pending.popLast() {
            rules.append((next.name, try value(next.schema, at: next.path, name: next.name)))
        }
        return rules.map { "\($0.name) ::= \($0.body)\n" }.joined()
    }

    /// The path of the schema from which a rule was made.
    func path(ofRule rule: String) -> String {
        var rule = rule
        while !rule.isEmpty {
            if let path = paths[rule] { return path }
            rule = String(rule.dropLast())
        }
        return "#"
    }

    // MARK: Rules

    /// Adds a rule, and makes its name unique.
    mutating func addRule(_ name: String, _ body: String) -> String {
        let name = newName(name)
        rules.append((name, body))
        return name
    }

    /// Adds the body of a rule whose name was reserved before.
    mutating func add(_ name: String, _ body: String) { rules.append((name, body)) }

    mutating func newName(_ name: String) -> String {
        let base = String(
            String.UnicodeScalarView(
                name.unicodeScalars.prefix(48).map {
                    $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) ? $0 : "-"
                }))
        var unique = base
        var number = 2
        while !ruleNames.insert(unique).inserted {
            unique = "\(base)-\(number)"
            number += 1
        }
        return unique
    }

    /// A rule that all schemas share, added at its first use.
    mutating func common(_ rule: CommonRule) -> String {
        let name = "json-" + rule.rawValue
        if ruleNames.insert(name).inserted {
            rules.append((name, rule.body))
            for other in rule.uses { _ = common(other) }
        }
        return name
    }

    // MARK: Values

    /// The grammar of a schema's values, as one item.
    mutating func value(_ schema: JSONValue, at path: String, name: String) throws -> String {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw JSONSchemaError.endless(path: path) }
        guard case .object(let written) = schema else {
            switch schema.truth {
            case true?: return common(.value)
            case false?: throw JSONSchemaError.impossible(path: path, problem: "the schema is false")
            case nil: throw JSONSchemaError.notASchema(path: path)
            }
        }
        if let reference = try soleReference(written, at: path) { return try rule(for: reference, at: path) }
        var keywords = try flattened(written, at: path)
        try SchemaKeywords.check(keywords, at: path)
        for choice in ["anyOf", "oneOf"] {
            if let branches = keywords[choice] {
                return try self.choice(choice, branches, keywords.without(choice), at: path, name: name)
            }
        }
        if let (alternatives, others) = try conditions(keywords, at: path) {
            return try either(alternatives, beside: others, at: path, name: name)
        }
        keywords = try SchemaKeywords.closed(keywords, at: path)
        if keywords["enum"] != nil || keywords["const"] != nil { return try listed(keywords, at: path) }
        let types = try SchemaTypes.types(of: keywords, at: path)
        return GrammarText.either(
            try types.map { try value(ofType: $0, keywords, at: path, name: name) })
    }

    /// The grammar of a schema's values; nil if it has none.
    mutating func possible(_ schema: JSONValue, at path: String, name: String) throws -> String? {
        do {
            return try value(schema, at: path, name: name)
        } catch let error as JSONSchemaError where error.isImpossible {
            return nil
        }
    }

    private mutating func value(
        ofType type: SchemaType, _ keywords: Keywords, at path: String, name: String
    ) throws -> String {
        switch type {
        case .null: GrammarText.either(try valid([.null], keywords, at: path).map { literal($0) })
        case .boolean:
            GrammarText.either(try valid([.bool(true), .bool(false)], keywords, at: path).map { literal($0) })
        case .object: try object(keywords, at: path, name: name)
        case .array: try array(keywords, at: path, name: name)
        case .string: try string(keywords, at: path, name: name)
        case .integer: try integer(keywords, at: path, name: name)
        case .number: try number(keywords, at: path, name: name)
        }
    }

    /// The rule of a referenced schema; it is written later, once.
    mutating func rule(for reference: String, at path: String) throws -> String {
        let (schema, target) = try SchemaReference.resolve(reference, in: root, at: path)
        if let name = references[target] { return name }
        let name = newName(String(target.split(separator: "/").last ?? "root"))
        references[target] = name
        paths[name] = target
        pending.append((name, schema, target))
        return name
    }

    // MARK: Combinations

    /// The reference, if the schema has nothing else.
    private func soleReference(_ keywords: Keywords, at path: String) throws -> String? {
        guard let reference = keywords["$ref"] else { return nil }
        guard let text = reference.text else {
            throw JSONSchemaError.wrongValue(path: path, keyword: "$ref", expected: "text such as \"#/$defs/name\"")
        }
        return keywords.allSatisfy { $0.key.elementsEqual("$ref".utf8) || SchemaKeywords.isAnnotation($0.key) }
            ? text : nil
    }

    /// A schema with `$ref` and `allOf` merged into it.
    mutating func flattened(_ keywords: Keywords, at path: String, depth: Int = 0) throws -> Keywords {
        guard depth < 32 else { throw JSONSchemaError.endless(path: path) }
        lookCount += 1
        guard lookCount <= Self.mostLooks else {
            throw JSONSchemaError.tooLarge(
                path: path, keyword: "the number of schemas with those referred to",
                value: "more than \(Self.mostLooks)", most: String(Self.mostLooks))
        }
        var own = keywords.filter { !SchemaKeywords.isAnnotation($0.key) }
        var parts: [(schema: JSONValue, path: String)] = []
        if let reference = own["$ref"]?.text {
            parts.append(try SchemaReference.resolve(reference, in: root, at: path))
            own = own.without("$ref")
        }
        if let all = own["allOf"] {
            guard let items = all.items else {
                throw JSONSchemaError.wrongValue(path: path, keyword: "allOf", expected: "an array of schemas")
            }
            for (index, item) in items.enumerated() { parts.append((item, "\(path)/allOf/\(index)")) }
            own = own.without("allOf")
        }
        for part in parts {
            switch part.schema {
            case .bool(true): break
            case .object(let other):
                let other = try flattened(other, at: part.path, depth: depth + 1)
                own = try SchemaMerging.merge(own, SchemaKeywords.closed(other, at: part.path), at: path)
            case .bool(false): throw JSONSchemaError.impossible(path: part.path, problem: "the schema is false")
            default: throw JSONSchemaError.notASchema(path: part.path)
            }
        }
        return own
    }
}

extension SchemaWriter.Keywords {
    subscript(name: String) -> JSONValue? { last { $0.key.elementsEqual(name.utf8) }?.value }
    func without(_ name: String) -> Self { filter { !$0.key.elementsEqual(name.utf8) } }
    mutating func set(_ name: String, _ value: JSONValue) {
        self = without(name)
        append((key: [UInt8](name.utf8), value: value))
    }
}
