// The text of values, characters and numbers, in JSON and in a grammar.

import Generation

/// JSON as a schema's grammar writes it.
package enum CompactJSON {
    /// A value as JSON without spaces.
    package static func text(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let truth): truth ? "true" : "false"
        case .number(let number): text(of: number)
        case .string(let bytes): quoted(bytes)
        case .array(let items): "[" + items.map(text(of:)).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { quoted($0.key) + ":" + text(of: $0.value) }.joined(separator: ",") + "}"
        }
    }

    static func text(of number: Double) -> String {
        if let whole = Int(exactly: number), whole.magnitude < 1 << 53 { return String(whole) }
        return String(number)
    }

    static func quoted(_ bytes: [UInt8]) -> String {
        var text = "\""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20: text += "\\u00" + GrammarText.hexadecimal(scalar.value, digits: 2)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

/// Pieces of a grammar's text.
enum GrammarText {
    static func literal(_ text: String) -> String {
        var written = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": written += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                written += "\\x" + hexadecimal(scalar.value, digits: 2)
            default: written.unicodeScalars.append(scalar)
            }
        }
        return written + "\""
    }

    static func characterClass(_ set: ScalarRanges) -> String {
        "["
            + set.ranges.map { range in
                range.count == 1
                    ? character(range.lowerBound)
                    : character(range.lowerBound) + "-" + character(range.upperBound)
            }.joined() + "]"
    }

    private static func character(_ value: UInt32) -> String {
        if let scalar = Unicode.Scalar(value), scalar.isASCII, scalar.properties.isAlphabetic || 48...57 ~= value {
            return String(scalar)
        }
        return value <= 0xFF
            ? "\\x" + hexadecimal(value, digits: 2)
            : value <= 0xFFFF ? "\\u" + hexadecimal(value, digits: 4) : "\\U" + hexadecimal(value, digits: 8)
    }

    static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
    }

    /// Alternatives as one item; a single one stays as it is.
    static func either(_ alternatives: [String]) -> String {
        alternatives.count == 1 ? alternatives[0] : "(" + alternatives.joined(separator: " | ") + ")"
    }

    static func repetition(_ item: String, least: Int, most: Int?) -> String {
        switch (least, most) {
        case (0, nil): "\(item)*"
        case (1, nil): "\(item)+"
        case (0, 1): "\(item)?"
        case (1, 1): item
        case (_, nil): "\(item){\(least),}"
        case (_, let most?): least == most ? "\(item){\(least)}" : "\(item){\(least),\(most)}"
        }
    }
}

/// Rules that do not depend on the schema.
enum CommonRule: String {
    case value, object, member, array, string, character, key, space, number, integer

    var body: String {
        switch self {
        case .value: #"json-object | json-array | json-string | json-number | "true" | "false" | "null""#
        case .object: #""{" json-space (json-member ("," json-space json-member)* json-space)? "}""#
        case .member: #"json-string ":" json-space json-value"#
        case .array: #""[" json-space (json-value ("," json-space json-value)* json-space)? "]""#
        case .string: #""\"" json-character* "\"""#
        // Surrogates come in pairs, so each alternative is one character.
        case .character:
            #"[^"\\\x00-\x1F\x7F] | "\\" (["\\/bfnrt] | "u" ([0-9a-cA-CefEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2} | "#
                + #"[dD] [89abAB] [0-9a-fA-F]{2} "\\u" [dD] [c-fC-F] [0-9a-fA-F]{2}))"#
        case .key: #""\"" [^"\\\x00-\x1F\x7F]* "\"""#
        case .space: #"(" " | "\n" [ \t]{0,20})?"#
        case .number: #""-"? ("0" | [1-9] [0-9]{0,14}) ("." [0-9]{1,15})? ([eE] [+-]? [0-9]{1,2})?"#
        case .integer: #""0" | "-"? [1-9] [0-9]{0,14}"#
        }
    }

    /// The rules that its body names.
    var uses: [CommonRule] {
        switch self {
        case .value: [.object, .array, .string, .number]
        case .object: [.member, .space]
        case .member: [.string, .value, .space]
        case .array: [.value, .space]
        case .string: [.character]
        case .character, .key, .space, .number, .integer: []
        }
    }
}

/// Integers between bounds, as a grammar.
enum NumberRange {
    /// The numbers from `low` to `high` without leading zeros.
    static func grammar(_ low: Int, _ high: Int) -> String {
        var parts: [String] = []
        if low < 0 { parts.append("\"-\" " + magnitudes(max(1, high < 0 ? -high : 1), -low)) }
        if high >= 0 { parts.append(magnitudes(max(low, 0), high)) }
        return GrammarText.either(parts)
    }

    /// The numbers from `low` to `high`, both at least 0.
    static func magnitudes(_ low: Int, _ high: Int) -> String {
        var parts: [String] = []
        var first = low
        for length in String(low).utf8.count...String(high).utf8.count {
            let last = min(high, Int(String(repeating: "9", count: length)) ?? high)
            parts += sameLength(Array(String(first).utf8)[...], Array(String(last).utf8)[...])
            first = last + 1
        }
        return GrammarText.either(parts)
    }

    private static func sameLength(_ low: ArraySlice<UInt8>, _ high: ArraySlice<UInt8>) -> [String] {
        guard let first = low.first, let last = high.first else { return [""] }
        let (restLow, restHigh) = (low.dropFirst(), high.dropFirst())
        let digits =
            restLow.isEmpty ? "" : " " + GrammarText.repetition("[0-9]", least: restLow.count, most: restLow.count)
        if first == last {
            if isAll(restLow, "0"), isAll(restHigh, "9") { return [digit(first, first) + digits] }
            let rest = sameLength(restLow, restHigh)
            return [digit(first, first) + " " + GrammarText.either(rest)]
        }
        var parts: [String] = []
        var (from, to) = (first, last)
        if !isAll(restLow, "0") {
            let nines = restLow.map { _ in UInt8(ascii: "9") }
            parts.append(digit(first, first) + " " + GrammarText.either(sameLength(restLow, nines[...])))
            from += 1
        }
        if !isAll(restHigh, "9") {
            let zeros = restHigh.map { _ in UInt8(ascii: "0") }
            parts.append(digit(last, last) + " " + GrammarText.either(sameLength(zeros[...], restHigh)))
            to -= 1
        }
        if from <= to { parts.append(digit(from, to) + digits) }
        return parts
    }

    private static func isAll(_ digits: ArraySlice<UInt8>, _ digit: Unicode.Scalar) -> Bool {
        digits.allSatisfy { $0 == UInt8(ascii: digit) }
    }

    private static func digit(_ low: UInt8, _ high: UInt8) -> String {
        let (a, b) = (Unicode.Scalar(low), Unicode.Scalar(high))
        return low == high ? "\"\(a)\"" : "[\(a)-\(b)]"
    }
}
