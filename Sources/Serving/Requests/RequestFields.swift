// Reads the fields of a request's JSON.
// - A field that is null counts as absent; unknown fields are never looked at.
// - A value of the wrong type is refused with the name of its field.

import Generation

struct RequestFields {
    private let body: JSONValue
    /// The text that it was read from, for numbers that a Double cannot hold.
    private let bytes: [UInt8]

    /// - Throws: `APIError` if the bytes are no JSON object.
    init(_ bytes: [UInt8]) throws(APIError) {
        do {
            body = try JSONValue(parsing: bytes)
        } catch {
            throw APIError("The body is not JSON: \(error.problem).")
        }
        guard case .object = body else {
            throw APIError("The body has to be a JSON object, and it is \(body.kindName).")
        }
        self.bytes = bytes
    }

    /// The value of a field; `nil` if it is absent or null.
    subscript(name: String) -> JSONValue? { body[name].flatMap { $0.isNull ? nil : $0 } }

    /// The refusal of a value: "n takes a whole number from 1 to 64, and 'two' is not one."
    static func wrong(_ name: String, takes: String, _ value: JSONValue) -> APIError {
        APIError("\(name) takes \(takes), and \(value.shortText) is not that.", param: name)
    }

    func text(_ name: String) throws(APIError) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.text else { throw Self.wrong(name, takes: "a text", value) }
        return text
    }

    func truth(_ name: String) throws(APIError) -> Bool {
        guard let value = self[name] else { return false }
        guard let truth = value.truth else { throw Self.wrong(name, takes: "true or false", value) }
        return truth
    }

    func count(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let value = self[name] else { return nil }
        guard let count = value.int, range.contains(count) else {
            throw Self.wrong(name, takes: SamplingOption.Kind.count(range).takes, value)
        }
        return count
    }

    /// The seed, exactly: 64 bits are more than a Double holds. `nil` if there is none, or if it is -1, which means any.
    func seed() throws(APIError) -> UInt64? {
        guard let value = self["seed"] else { return nil }
        if value.int == -1 { return nil }
        guard let number = value.double, let seed = exactSeed(number) else {
            throw Self.wrong("seed", takes: "a whole number from 0 to \(UInt64.max)", value)
        }
        return seed
    }

    private func exactSeed(_ number: Double) -> UInt64? {
        // Below this, a Double holds every whole number.
        if number.magnitude < 9_007_199_254_740_992 { return UInt64(exactly: number) }
        return MemberText.find("seed", in: bytes).flatMap { UInt64($0) }
    }
}

/// Finds the text of a member of the outermost object in valid JSON.
enum MemberText {
    /// - Returns: the last member of that name, as `JSONValue` takes it; `nil` if its name is written with escapes.
    static func find(_ name: String, in json: [UInt8]) -> String? {
        var found: String?
        var depth = 0
        var index = 0
        while index < json.count {
            switch json[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                let start = index + 1
                index = endOfString(start, in: json)
                guard depth == 1, json[start..<index].elementsEqual(name.utf8) else { break }
                let rest = json[index...].dropFirst().drop(while: isSpace)
                guard rest.first == UInt8(ascii: ":") else { break }
                let value = rest.dropFirst().drop(while: isSpace).prefix { !isSpace($0) && $0 != 0x2C && $0 != 0x7D }
                found = String(decoding: value, as: UTF8.self)
            default: break
            }
            index += 1
        }
        return found
    }

    /// The place of the closing quotation mark.
    private static func endOfString(_ start: Int, in json: [UInt8]) -> Int {
        var index = start
        while index < json.count, json[index] != UInt8(ascii: "\"") {
            index += json[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index, json.count)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
