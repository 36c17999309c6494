// JSON as it is written: objects keep their order, and every text is valid JSON whatever it contains.

import Generation

/// A JSON value to be written.
indirect enum AnswerValue: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case number(Double)
    case string(String)
    case array([AnswerValue])
    case object([(String, AnswerValue)])

    /// On one line, because an event ends with its line.
    var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let truth): text += truth ? "true" : "false"
        case .int(let int): text += "\(int)"
        // JSON has no infinity; OpenAI writes this for a probability of nothing.
        case .number(let number): text += number.isFinite ? "\(number)" : "-9999.0"
        case .string(let string): Self.quote(string, to: &text)
        case .array(let items):
            text += "["
            for (index, item) in items.enumerated() {
                if index > 0 { text += "," }
                item.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.quote(member.0, to: &text)
                text += ":"
                member.1.write(to: &text)
            }
            text += "}"
        }
    }

    private static func quote(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case let scalar where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension AnswerValue {
    /// A value that was read, to be written again: a schema inside a request.
    init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let truth): self = .bool(truth)
        case .number(let number): self = Int(exactly: number).map(AnswerValue.int) ?? .number(number)
        case .string(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
        case .array(let items): self = .array(items.map(AnswerValue.init))
        case .object(let members):
            self = .object(members.map { (String(decoding: $0.key, as: UTF8.self), AnswerValue($0.value)) })
        }
    }
}

extension AnswerValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .int(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: AnswerValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, AnswerValue)...) { self = .object(elements) }
}
