// Parses a grammar's text into rules.
// - Depth and numbers are bounded, so no text exhausts the stack. Memory use is a small multiple of the text.

struct GBNFParser {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private var names: [[UInt8]: Int] = [:]
    private var uses: [(name: String, index: Int)] = []
    private var bodies: [GrammarExpression?] = []

    private static let deepest = 128
    private static let mostRepetitions = 100_000

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// Reads all rules.
    mutating func grammar() throws -> (rules: [GrammarRule], root: Int) {
        skipSpace(newlines: true)
        while index < scalars.count { try rule() }
        for use in uses {
            guard let id = names[Array(use.name.utf8)], bodies[id] != nil else {
                throw GrammarError.unknownRule(place(use.index), name: use.name)
            }
        }
        guard let root = names[Array("root".utf8)], bodies[root] != nil else { throw GrammarError.noRoot }
        var rules = bodies.map { GrammarRule(name: "", body: $0 ?? .sequence([])) }
        for (name, id) in names { rules[id].name = String(decoding: name, as: UTF8.self) }
        return (rules, root)
    }

    private mutating func rule() throws {
        let start = index
        let name = takeName()
        guard !name.isEmpty else { throw unexpected("the name of a rule") }
        skipSpace(newlines: false)
        guard take("::=") else { throw unexpected("::= behind the name '\(name)'") }
        let id = id(of: name)
        guard bodies[id] == nil else { throw GrammarError.doubleRule(place(start), name: name) }
        skipSpace(newlines: true)
        let body = try alternatives(isGroup: false)
        bodies[id] = body
        guard index == scalars.count || isNewline(scalars[index]) else {
            throw unexpected(
                scalars[index] == ")" ? "the end of the rule (no group is open)" : "the end of the rule")
        }
        skipSpace(newlines: true)
    }

    private mutating func alternatives(isGroup: Bool) throws -> GrammarExpression {
        var all = [try sequence(isGroup: isGroup)]
        while take("|") {
            skipSpace(newlines: true)
            all.append(try sequence(isGroup: isGroup))
        }
        return all.count == 1 ? all[0] : .alternatives(all)
    }

    private mutating func sequence(isGroup: Bool) throws -> GrammarExpression {
        var items: [GrammarExpression] = []
        while index < scalars.count {
            let start = index
            switch scalars[index] {
            case "\"": items.append(try literal())
            case "[": items.append(try characterClass())
            case ".":
                index += 1
                items.append(.oneOf(.all))
            case "(": items.append(try group())
            case "?", "*", "+", "{":
                throw GrammarError.nothingToRepeat(place(index), sign: String(scalars[index]))
            case "<", "!": throw GrammarError.tokenReference(place(index))
            case let scalar where isNameScalar(scalar): items.append(reference())
            default: return items.count == 1 ? items[0] : .sequence(items)
            }
            skipSpace(newlines: isGroup)
            items[items.count - 1] = try repeated(items[items.count - 1], from: start, newlines: isGroup)
        }
        return items.count == 1 ? items[0] : .sequence(items)
    }

    private mutating func group() throws -> GrammarExpression {
        let start = index
        index += 1
        depth += 1
        guard depth <= Self.deepest else { throw GrammarError.deepNesting(place(start), most: Self.deepest) }
        skipSpace(newlines: true)
        let body = try alternatives(isGroup: true)
        depth -= 1
        guard take(")") else {
            if index == scalars.count { throw GrammarError.unclosed(place(start), what: "group", closing: ")") }
            throw unexpected("a part of the group, | or )")
        }
        return body
    }

    private mutating func reference() -> GrammarExpression {
        let start = index
        let name = takeName()
        uses.append((name, start))
        return .rule(id(of: name))
    }

    /// An item with the repetitions after it.
    private mutating func repeated(
        _ item: GrammarExpression, from start: Int, newlines: Bool
    ) throws -> GrammarExpression {
        var item = item
        var count = 0
        while index < scalars.count {
            let (least, most): (Int, Int?)
            switch scalars[index] {
            case "?": (least, most) = (0, 1)
            case "*": (least, most) = (0, nil)
            case "+": (least, most) = (1, nil)
            case "{": (least, most) = try numbers()
            default: return item
            }
            index += 1
            count += 1
            guard count <= 8 else {
                throw GrammarError.unexpected(
                    place(index - 1), found: "a repetition of a repetition", expected: "the next part of the rule")
            }
            item = .repetition(item, least: least, most: most)
            skipSpace(newlines: newlines)
        }
        return item
    }

    /// The numbers of {m}, {m,} or {m,n}; stops before the closing brace.
    private mutating func numbers() throws -> (least: Int, most: Int?) {
        let start = index
        index += 1
        skipSpace(newlines: false)
        let least = try number() ?? 0
        var most: Int? = least
        let hasLeast = index > start + 1 && isDigit(scalars[index - 1])
        skipSpace(newlines: false)
        if take(",") {
            skipSpace(newlines: false)
            most = try number()
            skipSpace(newlines: false)
            guard hasLeast || most != nil else { throw unexpected("a number of repetitions") }
        } else if !hasLeast, index < scalars.count {
            throw unexpected("a number of repetitions")
        }
        guard index < scalars.count else {
            throw GrammarError.unclosed(place(start), what: "repetition", closing: "}")
        }
        guard scalars[index] == "}" else { throw unexpected("a number, a comma or }") }
        if let most, most < least {
            throw GrammarError.backwardRepetition(place(start), least: least, most: most)
        }
        return (least, most)
    }

    private mutating func number() throws -> Int? {
        let start = index
        while index < scalars.count, isDigit(scalars[index]) { index += 1 }
        guard index > start else { return nil }
        let digits = String(String.UnicodeScalarView(scalars[start..<index].prefix(20)))
        guard let value = Int(digits), value <= Self.mostRepetitions else {
            throw GrammarError.largeRepetition(place(start), found: digits, most: Self.mostRepetitions)
        }
        return value
    }

    // MARK: Characters

    private mutating func literal() throws -> GrammarExpression {
        let start = index
        index += 1
        var bytes: [UInt8] = []
        while index < scalars.count {
            if take("\"") { return .literal(bytes) }
            bytes += ScalarRanges.bytes(try character(in: "literal", from: start))
        }
        throw GrammarError.unclosed(place(start), what: "literal", closing: "\"")
    }

    private mutating func characterClass() throws -> GrammarExpression {
        let start = index
        index += 1
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while index < scalars.count {
            if take("]") {
                guard !ranges.isEmpty || isNegated else { throw GrammarError.emptyClass(place(start)) }
                let set = ScalarRanges(ranges)
                return .oneOf(isNegated ? set.inverted : set)
            }
            let first = index
            let low = try character(in: "class", from: start)
            var high = low
            if index + 1 < scalars.count, scalars[index] == "-", scalars[index + 1] != "]" {
                index += 1
                high = try character(in: "class", from: start)
            }
            guard low <= high else {
                let range = String(String.UnicodeScalarView(scalars[first..<index]))
                throw GrammarError.backwardRange(place(first), range: range)
            }
            ranges.append(low...high)
        }
        throw GrammarError.unclosed(place(start), what: "class", closing: "]")
    }

    private mutating func character(in what: String, from start: Int) throws -> UInt32 {
        let scalar = scalars[index]
        guard scalar == "\\" else {
            index += 1
            return scalar.value
        }
        guard index + 1 < scalars.count else {
            throw GrammarError.unclosed(place(start), what: what, closing: what == "class" ? "]" : "\"")
        }
        let letter = scalars[index + 1]
        switch letter {
        case "n": return skip(2, giving: 0x0A)
        case "r": return skip(2, giving: 0x0D)
        case "t": return skip(2, giving: 0x09)
        case "\\", "\"", "[", "]", "-", "^": return skip(2, giving: letter.value)
        case "x": return try codePoint(digits: 2)
        case "u": return try codePoint(digits: 4)
        case "U": return try codePoint(digits: 8)
        default: throw GrammarError.unknownEscape(place(index), escape: "\\\(Self.shown(letter))")
        }
    }

    private mutating func skip(_ count: Int, giving value: UInt32) -> UInt32 {
        index += count
        return value
    }

    private mutating func codePoint(digits: Int) throws -> UInt32 {
        let written = String(String.UnicodeScalarView(scalars[(index + 2)...].prefix(digits)))
        let escape = "\\\(scalars[index + 1])\(written)"
        guard written.utf8.count == digits, written.allSatisfy(\.isHexDigit), let value = UInt32(written, radix: 16)
        else { throw GrammarError.unknownEscape(place(index), escape: escape) }
        guard Unicode.Scalar(value) != nil else { throw GrammarError.badCodePoint(place(index), escape: escape) }
        return skip(2 + digits, giving: value)
    }

    // MARK: Pieces

    private mutating func id(of name: String) -> Int {
        let key = Array(name.utf8)
        if let id = names[key] { return id }
        names[key] = bodies.count
        bodies.append(nil)
        return bodies.count - 1
    }

    private mutating func takeName() -> String {
        let start = index
        while index < scalars.count, isNameScalar(scalars[index]) { index += 1 }
        return String(String.UnicodeScalarView(scalars[start..<index]))
    }

    private mutating func take(_ text: String) -> Bool {
        let wanted = text.unicodeScalars
        guard scalars[index...].starts(with: wanted) else { return false }
        index += wanted.count
        return true
    }

    /// Skips spaces and comments, and newlines if `newlines` is true. A comment ends before its newline.
    private mutating func skipSpace(newlines: Bool) {
        while index < scalars.count {
            switch scalars[index] {
            case " ", "\t": index += 1
            case "\n", "\r":
                guard newlines else { return }
                index += 1
            case "#": while index < scalars.count, !isNewline(scalars[index]) { index += 1 }
            default: return
            }
        }
    }

    private func isNewline(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        isDigit(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "-"
            || scalar == "_"
    }

    private func unexpected(_ expected: String) -> GrammarError {
        let found = index < scalars.count ? "'\(Self.shown(scalars[index]))'" : "the end of the grammar"
        return .unexpected(place(index), found: found, expected: expected)
    }

    private func place(_ index: Int) -> GrammarPlace {
        var place = GrammarPlace(line: 1, column: 1)
        for (offset, scalar) in scalars[..<index].enumerated() {
            let isPair = scalar == "\r" && offset + 1 < scalars.count && scalars[offset + 1] == "\n"
            if isNewline(scalar), !isPair {
                place.line += 1
                place.column = 1
            } else {
                place.column += 1
            }
        }
        return place
    }

    /// A character as a sentence shows it.
    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
            "U+\(String(scalar.value, radix: 16, uppercase: true))"
        default: String(scalar)
        }
    }
}
