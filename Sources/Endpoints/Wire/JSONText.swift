import Generation

/// Writes JSON. The keys of an object stay in the order that they are given in.
enum JSONText {
    static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(string($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    static func array(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }

    /// The shortest digits that give this number: 0.7, not 0.699999988.
    static func number(_ number: Float) -> String {
        number == number.rounded() && abs(number) < 1e6 ? String(Int(number)) : "\(number)"
    }

    static func string(_ text: String) -> String {
        var result: [UInt8] = [UInt8(ascii: "\"")]
        result.reserveCapacity(text.utf8.count + 2)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
            case 0x0A: result += Array("\\n".utf8)
            case 0x09: result += Array("\\t".utf8)
            case 0..<0x20: result += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
        return String(decoding: result, as: UTF8.self)
    }
}

extension JSONText {
    /// Writes a value that was read.
    static func value(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let truth): "\(truth)"
        case .number(let number): number.isFinite ? Int(exactly: number).map(String.init) ?? "\(number)" : "null"
        case .string(let bytes): string(String(decoding: bytes, as: UTF8.self))
        case .array(let items): array(items.map { self.value($0) })
        case .object(let members):
            object(members.map { (String(decoding: $0.key, as: UTF8.self), self.value($0.value)) })
        }
    }
}
