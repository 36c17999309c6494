// Reads JSON as bytes, because two different keys of a vocabulary may be equal as Swift's String.
// - Depth is bounded, so nesting cannot exhaust the stack; memory use is a small multiple of the text.
// RFC 8259.

/// A JSON value. Strings are UTF-8 bytes; objects keep their order and repeated keys.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string([UInt8])
    case array([JSONValue])
    case object([(key: [UInt8], value: JSONValue)])

    /// - Throws: `JSONError`, which names the problem and the byte.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            let place = error.byteOffsets.lowerBound
            throw JSONError(
                problem: "it is not UTF-8 text at byte \(place)", reason: "it is not UTF-8 text", byte: place)
        }
        var parser = JSONParser(bytes: bytes)
        do {
            self = try parser.document()
        } catch {
            throw JSONError(
                problem: "\(error.problem) at byte \(parser.index)", reason: error.problem, byte: parser.index)
        }
    }

    /// The value of that name; the last one if it is repeated, as most readers do.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key.elementsEqual(name.utf8) }?.value
    }

    package var isNull: Bool { if case .null = self { true } else { false } }

    /// The kind of value, for messages.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .number(let number): "the number \(Self.text(of: number))"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Without a point if it is whole: `65`.
    private static func text(of number: Double) -> String {
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
    }

    /// The value itself if it is short, for messages; otherwise its kind.
    package var shortText: String {
        switch self {
        case .bool(let truth): "\(truth)"
        case .number(let number): Self.text(of: number)
        case .string(let bytes) where bytes.count <= 100: "'\(String(decoding: bytes, as: UTF8.self))'"
        default: kindName
        }
    }

    package var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
    package var bytes: [UInt8]? { if case .string(let bytes) = self { bytes } else { nil } }
    package var double: Double? { if case .number(let number) = self { number } else { nil } }
    package var int: Int? { double.flatMap { Int(exactly: $0) } }
    package var truth: Bool? { if case .bool(let truth) = self { truth } else { nil } }
    package var items: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    package var members: [(key: [UInt8], value: JSONValue)]? {
        if case .object(let members) = self { members } else { nil }
    }
}

/// Why bytes are no JSON, and at which byte: "a string does not end at byte 12".
package struct JSONError: Error, Equatable {
    package var problem: String
    /// The problem without its place: "a string does not end".
    package var reason = ""
    /// The place, from 0.
    package var byte = 0
}

private struct JSONParser {
    let bytes: [UInt8]
    var index = 0
    private var depth = 0
    private static let deepest = 128

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        let value = try value()
        skipSpace()
        guard index == bytes.count else { throw JSONError(problem: "there is more text after the value") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        guard index < bytes.count else { throw JSONError(problem: "the text ends too early") }
        switch bytes[index] {
        case UInt8(ascii: "{"):
            return try nested { (parser: inout JSONParser) throws(JSONError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { (parser: inout JSONParser) throws(JSONError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func nested(_ read: (inout JSONParser) throws(JSONError) -> JSONValue) throws(JSONError)
        -> JSONValue
    {
        depth += 1
        guard depth <= Self.deepest else { throw JSONError(problem: "values are nested deeper than \(Self.deepest)") }
        defer { depth -= 1 }
        index += 1
        return try read(&self)
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        var members: [(key: [UInt8], value: JSONValue)] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw JSONError(problem: "a name in quotes is missing")
            }
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw JSONError(problem: "a colon is missing") }
            members.append((key, try value()))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw JSONError(problem: "a closing brace is missing") }
        return .object(members)
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        var items: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array(items) }
        repeat { items.append(try value()) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw JSONError(problem: "a closing bracket is missing") }
        return .array(items)
    }

    private mutating func string() throws(JSONError) -> [UInt8] {
        index += 1
        var text: [UInt8] = []
        var start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                // Most strings have no escapes and are copied in one step.
                let rest = bytes[start..<index]
                index += 1
                return text.isEmpty ? Array(rest) : text + rest
            }
            guard byte >= 0x20 else { throw JSONError(problem: "a control character is in a string") }
            index += 1
            guard byte == UInt8(ascii: "\\") else { continue }
            text += bytes[start..<index - 1]
            try escape(into: &text)
            start = index
        }
        throw JSONError(problem: "a string does not end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        guard index < bytes.count else { throw JSONError(problem: "a string does not end") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "u"):
            var scalar = try hexadecimal()
            if 0xD800..<0xDC00 ~= scalar, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            {
                let behind = index
                index += 2
                let low = try hexadecimal()
                if 0xDC00..<0xE000 ~= low {
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    // Half a pair, as of a text that was cut in the middle of an emoji; what follows is another character.
                    index = behind
                }
            }
            text += Array(String(Character(Unicode.Scalar(scalar) ?? "\u{FFFD}")).utf8)
        default: throw JSONError(problem: "an unknown escape")
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        // UInt32(_:radix:) would accept a sign.
        guard bytes.count - index >= 4, bytes[index] != UInt8(ascii: "+"), bytes[index] != UInt8(ascii: "-"),
            let value = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw JSONError(problem: "four hexadecimal digits are missing") }
        index += 4
        return value
    }

    private func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: true
        default: false
        }
    }

    private mutating func number() throws(JSONError) -> Double {
        let start = index
        var integer = 0
        while index < bytes.count, index - start < 15, 0x30...0x39 ~= bytes[index] {
            integer = 10 * integer + Int(bytes[index] - 0x30)
            index += 1
        }
        // Vocabularies are full of small integers; those are read without making a String.
        if index > start, index < bytes.count, !isOfNumber(bytes[index]) { return Double(integer) }
        while index < bytes.count, isOfNumber(bytes[index]) { index += 1 }
        guard index > start, index - start <= 64,
            let value = Double(String(decoding: bytes[start..<index], as: UTF8.self))
        else { throw JSONError(problem: "a value is missing") }
        return value
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[index...].starts(with: word.utf8) else { throw JSONError(problem: "a value is missing") }
        index += word.utf8.count
        return value
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }
}
