// Regular expressions of schemas as grammars of the text between the quotes of a JSON string.
// - Supports the part of ECMA-262's syntax that describes a regular language: no look-around, no back-references.
// - Characters that JSON escapes are written by their short escapes, so each text has one spelling.

struct SchemaPattern {
    struct Problem: Error {
        var text: String
    }

    /// Characters that need no escape in a JSON string.
    static let plain = ScalarRanges([0...0x1F, 0x22...0x22, 0x5C...0x5C, 0x7F...0x7F]).inverted
    private static let escapes: [(value: UInt32, letter: String)] = [
        (0x22, "\""), (0x5C, "\\"), (0x08, "b"), (0x0C, "f"), (0x0A, "n"), (0x0D, "r"), (0x09, "t"),
    ]
    private static let digits = ScalarRanges([0x30...0x39])
    private static let wordCharacters = ScalarRanges([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    private static let spaces = ScalarRanges([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    private static let lineEnds = ScalarRanges([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
    private static let deepest = 32
    private static let mostRepetitions = 10_000

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0

    init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

    /// The grammar of a character class inside a JSON string; `nil` if none of its characters can be written.
    static func grammar(of set: ScalarRanges) -> String? {
        var parts: [String] = []
        let plainPart = set.subtracting(plain.inverted)
        if !plainPart.isEmpty { parts.append(GrammarText.characterClass(plainPart)) }
        for (value, letter) in escapes where set.contains(value) { parts.append(GrammarText.literal("\\" + letter)) }
        return parts.isEmpty ? nil : GrammarText.either(parts)
    }

    /// - Throws: `Problem` if the text is not a regular expression, or not one that a grammar can express.
    mutating func grammar() throws -> String {
        let text = try alternatives()
        guard index == scalars.count else { throw Problem(text: "a ) closes no group") }
        return text
    }

    private mutating func alternatives() throws -> String {
        var all = [try branch()]
        while take("|") { all.append(try branch()) }
        return "(" + all.joined(separator: " | ") + ")"
    }

    /// A branch. At the top, any text may come before and after it unless it is anchored.
    private mutating func branch() throws -> String {
        let anything = "(\(Self.grammar(of: .all) ?? ""))*"
        let isTop = depth == 0
        let begins = isTop && take("^")
        var items: [String] = []
        var ends = false
        while index < scalars.count, scalars[index] != "|", scalars[index] != ")" {
            if isTop, scalars[index] == "$", index + 1 == scalars.count || scalars[index + 1] == "|" {
                index += 1
                ends = true
                break
            }
            let item = try atom()
            items.append(try repeated(item))
        }
        if isTop {
            if !begins { items.insert(anything, at: 0) }
            if !ends { items.append(anything) }
        }
        return items.isEmpty ? "\"\"" : items.joined(separator: " ")
    }

    private mutating func atom() throws -> String {
        let scalar = scalars[index]
        switch scalar {
        case "(": return try group()
        case "[": return try written(try characterClass())
        case ".":
            index += 1
            return try written(Self.lineEnds.inverted)
        case "^", "$":
            throw Problem(text: "\(scalar) is inside it, but is supported only at its beginning or end")
        case "*", "+", "?", "{": throw Problem(text: "there is nothing before \(scalar) to repeat")
        case "\\": return try written(try escape(isInClass: false))
        default:
            index += 1
            return try written(ScalarRanges([scalar.value...scalar.value]))
        }
    }

    private func written(_ set: ScalarRanges) throws -> String {
        guard let text = Self.grammar(of: set) else {
            throw Problem(text: "it requires a character that JSON text does not contain")
        }
        return text
    }

    private mutating func group() throws -> String {
        index += 1
        if take("?") {
            guard take(":") else { throw Problem(text: "groups that begin with (? are not supported, except (?:") }
        }
        depth += 1
        guard depth <= Self.deepest else { throw Problem(text: "groups are nested deeper than \(Self.deepest)") }
        let text = try alternatives()
        depth -= 1
        guard take(")") else { throw Problem(text: "a group does not end") }
        return text
    }

    private mutating func repeated(_ item: String) throws -> String {
        let (least, most): (Int, Int?)
        if take("*") {
            (least, most) = (0, nil)
        } else if take("+") {
            (least, most) = (1, nil)
        } else if take("?") {
            (least, most) = (0, 1)
        } else if take("{") {
            least = try number()
            most = take(",") ? (index < scalars.count && scalars[index] == "}" ? nil : try number()) : least
            guard take("}") else { throw Problem(text: "a } is missing") }
            if let most, most < least { throw Problem(text: "{\(least),\(most)} goes backward") }
        } else {
            return item
        }
        // A lazy repetition changes which match a search finds, not which texts match.
        _ = take("?")
        if index < scalars.count, ["*", "+", "?", "{"].contains(scalars[index]) {
            throw Problem(text: "there is nothing before \(scalars[index]) to repeat")
        }
        return GrammarText.repetition(item, least: least, most: most)
    }

    private mutating func number() throws -> Int {
        let start = index
        while index < scalars.count, ("0"..."9").contains(scalars[index]) { index += 1 }
        guard let value = Int(String(String.UnicodeScalarView(scalars[start..<index]))),
            value <= Self.mostRepetitions
        else { throw Problem(text: "a number of repetitions from 0 to \(Self.mostRepetitions) is missing") }
        return value
    }

    private mutating func characterClass() throws -> ScalarRanges {
        index += 1
        let isNegated = take("^")
        var set = ScalarRanges([])
        while index < scalars.count {
            if take("]") { return isNegated ? set.inverted : set }
            let low = try member()
            if index + 1 < scalars.count, scalars[index] == "-", scalars[index + 1] != "]" {
                index += 1
                let high = try member()
                guard let first = low.only, let last = high.only, first <= last else {
                    throw Problem(text: "a range in a class goes backward or does not join two characters")
                }
                set = set.union(ScalarRanges([first...last]))
            } else {
                set = set.union(low)
            }
        }
        throw Problem(text: "a class does not end")
    }

    private mutating func member() throws -> ScalarRanges {
        if scalars[index] == "\\" { return try escape(isInClass: true) }
        defer { index += 1 }
        return ScalarRanges([scalars[index].value...scalars[index].value])
    }

    private mutating func escape(isInClass: Bool) throws -> ScalarRanges {
        guard index + 1 < scalars.count else { throw Problem(text: "it ends with a backslash") }
        let letter = scalars[index + 1]
        index += 2
        let value: UInt32
        switch letter {
        case "d": return Self.digits
        case "D": return Self.digits.inverted
        case "w": return Self.wordCharacters
        case "W": return Self.wordCharacters.inverted
        case "s": return Self.spaces
        case "S": return Self.spaces.inverted
        case "n": value = 0x0A
        case "r": value = 0x0D
        case "t": value = 0x09
        case "f": value = 0x0C
        case "b" where isInClass: value = 0x08
        case "x": value = try codePoint(digits: 2)
        case "u": value = try codePoint(digits: 4)
        case _ where !letter.isASCII || letter.properties.isAlphabetic || ("0"..."9").contains(letter):
            throw Problem(text: "\\\(letter) is not supported")
        default: value = letter.value
        }
        return ScalarRanges([value...value])
    }

    private mutating func codePoint(digits: Int) throws -> UInt32 {
        let written = String(String.UnicodeScalarView(scalars[index...].prefix(digits)))
        guard written.utf8.count == digits, written.allSatisfy(\.isHexDigit), let value = UInt32(written, radix: 16),
            Unicode.Scalar(value) != nil
        else { throw Problem(text: "an escape is not a character") }
        index += digits
        return value
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard index < scalars.count, scalars[index] == scalar else { return false }
        index += 1
        return true
    }
}

extension ScalarRanges {
    /// The single character of the set; nil if it has none or several.
    fileprivate var only: UInt32? { ranges.count == 1 && ranges[0].count == 1 ? ranges[0].lowerBound : nil }
}
