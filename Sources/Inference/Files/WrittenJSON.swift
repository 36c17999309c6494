// JSON for the files of a model folder.
// - Whole numbers and others are told apart, because transformers refuses `1` for a number that may have a fraction,
//   and `1.0` for a count.
// - Members of a file that was read are kept as they stand there, byte for byte.
// RFC 8259.

import Generation

/// A JSON value to be written.
enum WrittenJSON {
    case null
    case truth(Bool)
    case whole(Int)
    /// Written with a point or an exponent: `1.0`, `1e-05`. Must be finite.
    case number(Double)
    case text([UInt8])
    case list([WrittenJSON])
    case object([Member])
    /// JSON text, as it stands in another file.
    case verbatim(ArraySlice<UInt8>)

    typealias Member = (key: [UInt8], value: WrittenJSON)

    static func text(_ text: String) -> WrittenJSON { .text(Array(text.utf8)) }

    /// A single-precision number by its shortest digits, which give the same number again: 0.1, not 0.10000000149.
    static func number(_ number: Float) -> WrittenJSON { .number(Double("\(number)") ?? Double(number)) }

    static func whole(_ value: Int?) -> WrittenJSON { value.map { .whole($0) } ?? .null }

    static func text(_ value: [UInt8]?) -> WrittenJSON { value.map { .text($0) } ?? .null }

    static func object(_ pairs: KeyValuePairs<String, WrittenJSON>) -> WrittenJSON {
        .object(members(pairs))
    }

    /// The text of a file: objects with one member a line, and a line break at the end.
    func fileBytes() -> [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes, indentation: 0)
        bytes.append(0x0A)
        return bytes
    }

    private func append(to bytes: inout [UInt8], indentation: Int) {
        switch self {
        case .null: bytes += "null".utf8
        case .truth(let truth): bytes += (truth ? "true" : "false").utf8
        case .whole(let number): bytes += "\(number)".utf8
        case .number(let number): bytes += "\(number)".utf8
        case .text(let text): Self.append(text, to: &bytes)
        case .verbatim(let text): bytes += text
        case .list(let items):
            let isLong = items.contains { $0.isComposed }
            Self.append(items, to: &bytes, brackets: "[]", indentation: isLong ? indentation : nil) { item, bytes in
                item.append(to: &bytes, indentation: indentation + 1)
            }
        case .object(let members):
            Self.append(members, to: &bytes, brackets: "{}", indentation: indentation) { member, bytes in
                Self.append(member.key, to: &bytes)
                bytes += ": ".utf8
                member.value.append(to: &bytes, indentation: indentation + 1)
            }
        }
    }

    private var isComposed: Bool {
        switch self {
        case .list, .object: true
        case .null, .truth, .whole, .number, .text, .verbatim: false
        }
    }

    /// - Parameter indentation: nil to write all items on one line.
    private static func append<Item>(
        _ items: [Item], to bytes: inout [UInt8], brackets: StaticString, indentation: Int?,
        _ write: (Item, inout [UInt8]) -> Void
    ) {
        let signs = brackets.withUTF8Buffer { Array($0) }
        func breakLine(_ extra: Int) {
            guard let indentation, !items.isEmpty else { return }
            bytes.append(0x0A)
            bytes += [UInt8](repeating: 0x20, count: 2 * (indentation + extra))
        }
        bytes.append(signs[0])
        for (index, item) in items.enumerated() {
            if index > 0 { bytes += (indentation == nil ? ", " : ",").utf8 }
            breakLine(1)
            write(item, &bytes)
        }
        breakLine(0)
        bytes.append(signs[1])
    }

    /// Appends a string with its quotes.
    private static func append(_ text: [UInt8], to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0..<0x20: bytes += "\\u00".utf8 + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension WrittenJSON {
    /// The members of a JSON object, with their values as they stand in its text.
    /// - Parameter text: a JSON object that `JSONValue` has read without an error.
    static func verbatimMembers(of text: ArraySlice<UInt8>) -> [Member] {
        var members: [Member] = []
        var index = text.startIndex
        func skip(while isWanted: (UInt8) -> Bool) { while index < text.endIndex, isWanted(text[index]) { index += 1 } }
        /// Moves to the end of a string that begins here.
        func skipString() {
            index += 1
            while index < text.endIndex, text[index] != UInt8(ascii: "\"") {
                index += text[index] == UInt8(ascii: "\\") ? 2 : 1
            }
            index = min(index + 1, text.endIndex)
        }
        skip { $0 != UInt8(ascii: "{") }
        index = min(index + 1, text.endIndex)
        while true {
            skip { ![UInt8(ascii: "\""), UInt8(ascii: "}")].contains($0) }
            guard index < text.endIndex, text[index] == UInt8(ascii: "\"") else { return members }
            let name = index
            skipString()
            guard let key = (try? JSONValue(parsing: Array(text[name..<index])))?.bytes else { return members }
            skip { [0x20, 0x0A, 0x0D, 0x09, UInt8(ascii: ":")].contains($0) }
            let start = index
            var depth = 0
            scan: while index < text.endIndex {
                switch text[index] {
                case UInt8(ascii: "\""):
                    skipString()
                    continue scan
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { break scan }
                    depth -= 1
                case UInt8(ascii: ",") where depth == 0: break scan
                default: break
                }
                index += 1
            }
            let value = text[start..<index]
            guard let end = value.lastIndex(where: { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }) else { return members }
            members.append((key, .verbatim(value[start...end])))
        }
    }
}

extension [WrittenJSON.Member] {
    /// The value of that name.
    subscript(name: String) -> WrittenJSON? { last { $0.key.elementsEqual(name.utf8) }?.value }

    /// Gives a member a value, in its place if it is there already.
    mutating func set(_ name: String, _ value: WrittenJSON) {
        if let index = firstIndex(where: { $0.key.elementsEqual(name.utf8) }) {
            self[index].value = value
        } else {
            append((key: [UInt8](name.utf8), value: value))
        }
    }

    mutating func remove(_ names: [String]) {
        removeAll { member in names.contains { member.key.elementsEqual($0.utf8) } }
    }
}

extension WrittenJSON {
    static func members(_ members: KeyValuePairs<String, WrittenJSON>) -> [Member] {
        members.map { (Array($0.key.utf8), $0.value) }
    }
}
