// Typed values of the JSON objects in a model folder.
// - An absent or null name gives nil; a value of the wrong type always throws.

import Generation

/// A JSON object, with its name for messages.
struct JSONFields {
    let json: JSONValue
    /// Of the file, for messages.
    let path: String
    /// Comes before the names in messages, for example "rope_scaling.".
    var prefix = ""

    /// The value of that name, unless it is null.
    func value(_ name: String) -> JSONValue? { json[name].flatMap { $0.isNull ? nil : $0 } }

    func isNull(_ name: String) -> Bool { json[name]?.isNull ?? false }

    /// - Throws: `ModelFileError`, which names the key, the type it should have and its value.
    func int(_ name: String) throws -> Int? { try value(name, "an integer", \.int) }
    func number(_ name: String) throws -> Double? {
        try value(name, "a number") { $0.double.flatMap { $0.isFinite ? $0 : nil } }
    }
    func truth(_ name: String) throws -> Bool? { try value(name, "true or false", \.truth) }
    func text(_ name: String) throws -> String? { try value(name, "a string", \.text) }
    func bytes(_ name: String) throws -> [UInt8]? { try value(name, "a string", \.bytes) }
    func items(_ name: String) throws -> [JSONValue]? { try value(name, "a list", \.items) }
    func members(_ name: String) throws -> [(key: [UInt8], value: JSONValue)]? {
        try value(name, "an object", \.members)
    }

    /// The object of that name; messages call its own names "name.…".
    func fields(_ name: String) throws -> JSONFields? {
        guard try members(name) != nil, let json = value(name) else { return nil }
        return JSONFields(json: json, path: path, prefix: prefix + name + ".")
    }

    /// The objects of the list of that name.
    func objects(_ name: String) throws -> [JSONFields]? {
        try list(name, "a list of objects") { json in
            json.members.map { _ in JSONFields(json: json, path: path, prefix: prefix + name + ".") }
        }
    }

    func integers(_ name: String) throws -> [Int]? { try list(name, "a list of integers", \.int) }
    func numbers(_ name: String) throws -> [Double]? {
        try list(name, "a list of numbers") { $0.double.flatMap { $0.isFinite ? $0 : nil } }
    }

    /// The value, which must be present: nil throws an error that names the key.
    func required<Value>(_ name: String, _ value: Value?) throws -> Value {
        guard let value else { throw ModelFileError.missingKey(path: path, key: prefix + name) }
        return value
    }

    func wrongType(_ name: String, _ expected: String) -> ModelFileError {
        .wrongType(path: path, key: prefix + name, expected: expected, found: json[name]?.kindName ?? "missing")
    }

    func outOfRange(_ name: String, _ value: some CustomStringConvertible, _ allowed: String) -> ModelFileError {
        .outOfRange(path: path, key: prefix + name, value: value.description, allowed: allowed)
    }

    private func value<Value>(
        _ name: String, _ expected: String, _ convert: (JSONValue) -> Value?
    ) throws -> Value? {
        guard let value = value(name) else { return nil }
        guard let converted = convert(value) else { throw wrongType(name, expected) }
        return converted
    }

    private func list<Item>(
        _ name: String, _ expected: String, _ convert: (JSONValue) -> Item?
    ) throws -> [Item]? {
        guard let items = try value(name, expected, \.items) else { return nil }
        return try items.map { item in
            guard let converted = convert(item) else {
                throw ModelFileError.wrongType(
                    path: path, key: prefix + name, expected: expected, found: "a list with \(item.kindName)")
            }
            return converted
        }
    }
}
