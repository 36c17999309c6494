// The members of a JSON object with the spelling of their values, so that a row is written again as it was read: `1.50`
// stays `1.50`, and a number with twenty digits keeps them all.

import Generation

enum JSONMembers {
    struct Member {
        var name: String
        /// The value as it stands in the text.
        var json: String
        /// The value as a field's text: of a string its characters, of null nothing, else the JSON.
        var text: String?
    }

    /// - Parameter bytes: the text of one JSON object.
    /// - Throws: `Failure`, the reason alone, if it is none.
    static func all(of bytes: [UInt8]) throws -> [Member] {
        let object: JSONValue
        do {
            object = try JSONValue(parsing: bytes)
        } catch {
            throw Failure("it is no JSON: \(error.problem).")
        }
        guard let values = object.members else {
            throw Failure("it is \(object.kindName), and not an object with a name for each column.")
        }
        let spellings = spellings(in: bytes)
        guard spellings.count == values.count else { throw Failure("its members cannot be told apart.") }
        return zip(values, spellings).map { value, json in
            let text: String? =
                switch value.value {
                case .null: nil
                case .string(let bytes): String(decoding: bytes, as: UTF8.self)
                default: json
                }
            return Member(name: String(decoding: value.key, as: UTF8.self), json: json, text: text)
        }
    }

    /// The texts of the values of a valid object, in their order.
    private static func spellings(in bytes: [UInt8]) -> [String] {
        var result: [String] = []
        var depth = 0
        var isInString = false
        var isEscaped = false
        var start: Int?
        for (index, byte) in bytes.enumerated() {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ":") where depth == 1: start = index + 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ","):
                if depth == 1, let from = start {
                    result.append(FieldText.trimmed(String(decoding: bytes[from..<index], as: UTF8.self)))
                    start = nil
                }
                if byte != UInt8(ascii: ",") { depth -= 1 }
            default: break
            }
        }
        return result
    }
}
