// A small reader of JSON for fixtures: keys keep their order and numbers their kind, which Foundation loses.

@testable import Jinja

struct JSONReader {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func read(_ bytes: [UInt8]) throws -> JinjaValue {
        var reader = JSONReader(bytes)
        let value = try reader.value()
        reader.skipSpace()
        guard reader.index == bytes.count else { throw reader.failure("text after the value") }
        return value
    }

    private func failure(_ reason: String) -> Failure { Failure(description: "byte \(index): \(reason)") }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[index]) { index += 1 }
    }

    private mutating func skip(_ character: Character) -> Bool {
        guard index < bytes.count, bytes[index] == character.asciiValue else { return false }
        index += 1
        return true
    }

    private mutating func skip(word: String) -> Bool {
        guard bytes[index...].starts(with: word.utf8) else { return false }
        index += word.utf8.count
        return true
    }

    private mutating func value() throws -> JinjaValue {
        skipSpace()
        guard index < bytes.count else { throw failure("expected a value") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try dictionary()
        case UInt8(ascii: "["): return try list()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): if skip(word: "true") { return true }
        case UInt8(ascii: "f"): if skip(word: "false") { return false }
        case UInt8(ascii: "n"): if skip(word: "null") { return .none }
        default: return try number()
        }
        throw failure("unknown word")
    }

    private mutating func list() throws -> JinjaValue {
        index += 1
        var items: [JinjaValue] = []
        skipSpace()
        if skip("]") { return .list(items) }
        while true {
            items.append(try value())
            skipSpace()
            if skip("]") { return .list(items) }
            guard skip(",") else { throw failure("expected ',' in a list") }
        }
    }

    private mutating func dictionary() throws -> JinjaValue {
        index += 1
        var result = JinjaDictionary()
        skipSpace()
        if skip("}") { return .dictionary(result) }
        while true {
            skipSpace()
            let key = try string()
            skipSpace()
            guard skip(":") else { throw failure("expected ':'") }
            result[key] = try value()
            skipSpace()
            if skip("}") { return .dictionary(result) }
            guard skip(",") else { throw failure("expected ',' in an object") }
        }
    }

    private mutating func number() throws -> JinjaValue {
        let start = index
        while index < bytes.count, "+-.0123456789eE".utf8.contains(bytes[index]) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if let integer = Int(text) { return .integer(integer) }
        guard let float = Double(text) else { throw failure("not a number: '\(text)'") }
        return .float(float)
    }

    private mutating func string() throws -> String {
        guard skip("\"") else { throw failure("expected a string") }
        var result: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: result, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\"), index < bytes.count else {
                result.append(byte)
                continue
            }
            let escape = bytes[index]
            index += 1
            switch escape {
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "u"): result += try escapedScalar()
            default: result.append(escape)
            }
        }
        throw failure("a string without end")
    }

    private mutating func codeUnit() throws -> UInt32 {
        guard index + 4 <= bytes.count else { throw failure("a cut escape") }
        let text = String(decoding: bytes[index..<index + 4], as: UTF8.self)
        guard let unit = UInt32(text, radix: 16) else { throw failure("not hexadecimal: '\(text)'") }
        index += 4
        return unit
    }

    private mutating func escapedScalar() throws -> [UInt8] {
        var code = try codeUnit()
        if (0xD800..<0xDC00).contains(code), skip(word: "\\u") {
            code = 0x10000 + (code - 0xD800) << 10 + (try codeUnit() - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("a lone surrogate") }
        return Array(String(scalar).utf8)
    }
}

extension JinjaValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var number: Int? { if case .integer(let number) = self { number } else { nil } }

    var items: [JinjaValue] { if case .list(let items) = self { items } else { [] } }

    subscript(_ key: String) -> JinjaValue? {
        if case .dictionary(let dictionary) = self { dictionary[key] } else { nil }
    }

    /// The fields as a template's context.
    var context: [String: JinjaValue] {
        guard case .dictionary(let dictionary) = self else { return [:] }
        var context: [String: JinjaValue] = [:]
        for (key, value) in zip(dictionary.keys, dictionary.values) { context[key.text ?? ""] = value }
        return context
    }
}
