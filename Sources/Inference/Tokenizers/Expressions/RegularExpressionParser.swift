// Parses a regular expression into a program.
// - Unknown syntax is an error that names it; nothing is guessed.
// - Repeating something that can be empty is an error, so every repetition ends.

extension RegularExpression {
    /// Why an expression cannot be used; `problem` names the unsupported part.
    struct Failure: Error {
        var problem: String
    }

    /// - Throws: `Failure`.
    init(_ source: String) throws(Failure) {
        var parser = RegularExpressionParser(source)
        program = try parser.program()
        self.source = source
    }
}

private struct RegularExpressionParser {
    typealias Failure = RegularExpression.Failure

    private indirect enum Node {
        case set(ExpressionClass)
        case sequence([Node])
        case alternatives([Node])
        case repeated(Node, least: Int, most: Int, RegularExpression.Greed)
        case look(Node, isAhead: Bool, wanted: Bool)
        case atomic(Node)
        case boundary(RegularExpression.Boundary)
    }

    private let scalars: [UInt32]
    private var index = 0
    private var depth = 0
    private var ignoresCase = false
    private static let deepest = 50
    private static let mostSteps = 20_000
    private static let mostRepeats = 1000

    init(_ source: String) { scalars = source.unicodeScalars.map(\.value) }

    mutating func program() throws(Failure) -> RegularExpression.Program {
        let node = try alternatives()
        guard index == scalars.count else { throw Failure(problem: "a ')' too many") }
        return try Self.program(node)
    }

    // MARK: Reading

    private var next: UInt32? { index < scalars.count ? scalars[index] : nil }

    private mutating func skip(_ text: String) -> Bool {
        let wanted = text.unicodeScalars.map(\.value)
        guard scalars[index...].starts(with: wanted) else { return false }
        index += wanted.count
        return true
    }

    private mutating func alternatives() throws(Failure) -> Node {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { throw Failure(problem: "more than \(Self.deepest) nested brackets") }
        var options = [try sequence()]
        while skip("|") { options.append(try sequence()) }
        return options.count == 1 ? options[0] : .alternatives(options)
    }

    private mutating func sequence() throws(Failure) -> Node {
        var items: [Node] = []
        while let scalar = next, scalar != UInt32(ascii: "|"), scalar != UInt32(ascii: ")") {
            items.append(try repetition(of: try item()))
        }
        return items.count == 1 ? items[0] : .sequence(items)
    }

    private mutating func repetition(of first: Node) throws(Failure) -> Node {
        var node = first
        while let (least, most) = try bounds() {
            guard case .boundary = node else {
                guard Self.length(node).least > 0 || most <= 1 else {
                    throw Failure(problem: "a repetition of something that can be empty")
                }
                let isRange = scalars[index - 1] == UInt32(ascii: "}")
                if isRange, least == most, skip("?") {
                    // In Oniguruma `{n}?` is not lazy: it matches n times or not at all.
                    node = .repeated(.repeated(node, least: least, most: most, .greedy), least: 0, most: 1, .greedy)
                    continue
                }
                let greed: RegularExpression.Greed =
                    skip("?") ? .lazy : !isRange && skip("+") ? .possessive : .greedy
                node = .repeated(node, least: least, most: most, greed)
                continue
            }
            throw Failure(problem: "a repetition of an anchor")
        }
        return node
    }

    private mutating func bounds() throws(Failure) -> (Int, Int)? {
        if skip("*") { return (0, .max) }
        if skip("+") { return (1, .max) }
        if skip("?") { return (0, 1) }
        let start = index
        guard skip("{") else { return nil }
        let least = number()
        let most = skip(",") ? number() ?? (least == nil ? nil : .max) : least
        guard skip("}"), least != nil || most != nil, let most, case let first = least ?? 0, first <= most else {
            index = start
            throw Failure(problem: "a '{' without a count")
        }
        guard first <= Self.mostRepeats, most == .max || most <= Self.mostRepeats else {
            throw Failure(problem: "a count above \(Self.mostRepeats)")
        }
        return (first, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = next, 0x30...0x39 ~= digit {
            value = min(1_000_000, (value ?? 0) * 10 + Int(digit - 0x30))
            index += 1
        }
        return value
    }

    private mutating func item() throws(Failure) -> Node {
        let scalar = scalars[index]
        switch scalar {
        case UInt32(ascii: "("): return try group()
        case UInt32(ascii: "["): return .set(try bracket().prepared)
        case UInt32(ascii: "."):
            index += 1
            return .set(ExpressionClass.other(.ranges([0x0A...0x0A])).prepared)
        case UInt32(ascii: "^"):
            index += 1
            return .boundary(.lineStart)
        case UInt32(ascii: "$"):
            index += 1
            return .boundary(.lineEnd)
        case UInt32(ascii: "\\"): return try escape()
        case UInt32(ascii: "*"), UInt32(ascii: "+"), UInt32(ascii: "?"):
            throw Failure(problem: "a repetition of nothing")
        default:
            index += 1
            return .set(literal(scalar).prepared)
        }
    }

    private mutating func group() throws(Failure) -> Node {
        index += 1
        let outer = ignoresCase
        defer { ignoresCase = outer }
        var wrap: (Node) -> Node = { $0 }
        if skip("?:") {
        } else if skip("?i:") {
            ignoresCase = true
        } else if skip("?i)") {
            // Applies to the end of the enclosing group.
            ignoresCase = true
            return try alternatives()
        } else if skip("?=") {
            wrap = { .look($0, isAhead: true, wanted: true) }
        } else if skip("?!") {
            wrap = { .look($0, isAhead: true, wanted: false) }
        } else if skip("?<=") {
            wrap = { .look($0, isAhead: false, wanted: true) }
        } else if skip("?<!") {
            wrap = { .look($0, isAhead: false, wanted: false) }
        } else if skip("?>") {
            wrap = { .atomic($0) }
        } else if next == UInt32(ascii: "?") {
            throw Failure(problem: "a group that begins with '(?' and then not with :, i, =, !, <=, <! or >")
        }
        let node = try alternatives()
        guard skip(")") else { throw Failure(problem: "a '(' without its ')'") }
        return wrap(node)
    }

    private mutating func escape() throws(Failure) -> Node {
        let boundaries: [(String, RegularExpression.Boundary)] = [
            ("\\b", .word), ("\\B", .noWord), ("\\A", .textStart), ("\\z", .textEnd), ("\\Z", .lastLineEnd),
        ]
        for (name, boundary) in boundaries where skip(name) { return .boundary(boundary) }
        if skip("\\R") {
            let feeds: [ClosedRange<UInt32>] = [0x0A...0x0D, 0x85...0x85, 0x2028...0x2029]
            return .atomic(
                .alternatives([
                    .sequence([.set(.ranges([0x0D...0x0D])), .set(.ranges([0x0A...0x0A]))]), .set(.ranges(feeds)),
                ]))
        }
        if let set = try escapedClass() { return .set(set.prepared) }
        return .set(literal(try escapedScalar()).prepared)
    }

    /// `\s`, `\p{L}` and the like; nil if the escape is a scalar.
    private mutating func escapedClass() throws(Failure) -> ExpressionClass? {
        let classes: [(String, ExpressionClass)] = [
            ("s", .kinds(.whitespace)), ("d", .category(.decimalNumber)), ("w", .word),
            ("h", .ranges([0x30...0x39, 0x41...0x46, 0x61...0x66])),
        ]
        for (name, set) in classes {
            if skip("\\" + name) { return set }
            if skip("\\" + name.uppercased()) { return .other(set) }
        }
        let isOther = skip("\\P{")
        guard isOther || skip("\\p{") else { return nil }
        let isNot = skip("^")
        guard let end = scalars[index...].firstIndex(of: UInt32(ascii: "}")) else {
            throw Failure(problem: "a '{' without its '}'")
        }
        let name = String(String.UnicodeScalarView(scalars[index..<end].compactMap(Unicode.Scalar.init)))
        index = end + 1
        guard let set = Self.properties[name] else { throw Failure(problem: "the property '\(name)'") }
        return isOther != isNot ? .other(set) : set
    }

    private static let titles: ExpressionClass = .ranges([
        0x1C5...0x1C5, 0x1C8...0x1C8, 0x1CB...0x1CB, 0x1F2...0x1F2, 0x1F88...0x1F8F, 0x1F98...0x1F9F, 0x1FA8...0x1FAF,
        0x1FBC...0x1FBC, 0x1FCC...0x1FCC, 0x1FFC...0x1FFC,
    ])

    private static let properties: [String: ExpressionClass] = [
        "L": .kinds(.letter), "M": .kinds(.mark), "N": .kinds(.number), "P": .kinds(.punctuation),
        "S": .kinds(.symbol), "Z": .union([.category(.spaceSeparator), .ranges([0x2028...0x2029])]),
        "Lu": .both(.kinds(.upper), .other(titles)), "Lt": titles, "Ll": .kinds(.lower),
        "Lm": .category(.modifierLetter), "Lo": .both(.kinds(.otherLetter), .other(.category(.modifierLetter))),
        "Mn": .category(.nonspacingMark), "Mc": .category(.spacingMark), "Me": .category(.enclosingMark),
        "Nd": .category(.decimalNumber), "Nl": .category(.letterNumber), "No": .category(.otherNumber),
        "Pc": .category(.connectorPunctuation), "Pd": .category(.dashPunctuation), "Ps": .category(.openPunctuation),
        "Pe": .category(.closePunctuation), "Po": .category(.otherPunctuation), "Sm": .category(.mathSymbol),
        "Sc": .category(.currencySymbol), "Sk": .category(.modifierSymbol), "So": .category(.otherSymbol),
        "Zs": .category(.spaceSeparator), "Cc": .category(.control), "Cf": .category(.format),
        "Han": .ranges(PatternSets.han),
    ]

    private mutating func escapedScalar() throws(Failure) -> UInt32 {
        index += 1
        guard let scalar = next else { throw Failure(problem: "a backslash at the end") }
        index += 1
        switch scalar {
        case UInt32(ascii: "n"): return 0x0A
        case UInt32(ascii: "r"): return 0x0D
        case UInt32(ascii: "t"): return 0x09
        case UInt32(ascii: "f"): return 0x0C
        case UInt32(ascii: "v"): return 0x0B
        case UInt32(ascii: "a"): return 0x07
        case UInt32(ascii: "e"): return 0x1B
        case UInt32(ascii: "u"): return try hexadecimal(4...4)
        case UInt32(ascii: "x"):
            guard skip("{") else { return try hexadecimal(1...2) }
            let value = try hexadecimal(1...8)
            guard skip("}") else { throw Failure(problem: "a '{' without its '}'") }
            return value
        default:
            let isWord = 0x30...0x39 ~= scalar || 0x41...0x5A ~= scalar || 0x61...0x7A ~= scalar
            guard !isWord else {
                throw Failure(problem: "the escape '\\\(Unicode.Scalar(scalar).map(String.init) ?? "")'")
            }
            return scalar
        }
    }

    private mutating func hexadecimal(_ count: ClosedRange<Int>) throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        var digits = 0
        while digits < count.upperBound, let scalar = next.flatMap(Unicode.Scalar.init),
            let digit = Character(scalar).hexDigitValue, scalar.isASCII
        {
            value = value << 4 | UInt32(digit)
            digits += 1
            index += 1
        }
        guard digits >= count.lowerBound, value < 0x110000 else {
            throw Failure(problem: "a number that is not a character")
        }
        return value
    }

    /// A scalar; if case is ignored, also those that differ from it only by case.
    private func literal(_ scalar: UInt32) -> ExpressionClass {
        guard ignoresCase, let unicode = Unicode.Scalar(scalar) else { return .ranges([scalar...scalar]) }
        var forms: Set<UInt32> = [scalar]
        for text in [unicode.properties.lowercaseMapping, unicode.properties.uppercaseMapping] {
            guard text.unicodeScalars.count == 1, let form = text.unicodeScalars.first else { continue }
            forms.insert(form.value)
            for other in [form.properties.lowercaseMapping, form.properties.uppercaseMapping]
            where other.unicodeScalars.count == 1 {
                forms.formUnion(other.unicodeScalars.map(\.value))
            }
        }
        // The long s and the Kelvin sign fold to s and k.
        if forms.contains(0x73) { forms.insert(0x17F) }
        if forms.contains(0x6B) { forms.insert(0x212A) }
        return .ranges(forms.sorted().map { $0...$0 })
    }

    // MARK: Brackets

    /// `[a-z\s&&[^x]]`
    private mutating func bracket() throws(Failure) -> ExpressionClass {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { throw Failure(problem: "more than \(Self.deepest) nested brackets") }
        index += 1
        let isOther = skip("^")
        var whole: ExpressionClass?
        var part: [ExpressionClass] = []
        var letters: Set<String> = []
        var isFirst = true
        func joined() -> ExpressionClass {
            // The two together are one class of our table, which has the same version of Unicode as the other classes.
            if letters.isSuperset(of: ["Lm", "Lo"]) { part.append(.kinds(.otherLetter)) }
            let set = part.count == 1 ? part[0] : ExpressionClass.union(part)
            return whole.map { .both($0, set) } ?? set
        }
        while let scalar = next {
            if scalar == UInt32(ascii: "]"), !isFirst {
                index += 1
                return isOther ? .other(joined()) : joined()
            }
            isFirst = false
            if skip("&&") {
                whole = joined()
                (part, letters) = ([], [])
            } else if scalar == UInt32(ascii: "["), index + 1 < scalars.count, scalars[index + 1] == UInt32(ascii: ":")
            {
                throw Failure(problem: "a class named between '[:' and ':]'")
            } else if scalar == UInt32(ascii: "[") {
                part.append(try bracket())
            } else {
                for name in ["Lm", "Lo"]
                where scalars[index...].starts(with: "\\p{\(name)}".unicodeScalars.map(\.value)) {
                    letters.insert(name)
                }
                part.append(try member())
            }
        }
        throw Failure(problem: "a '[' without its ']'")
    }

    private mutating func member() throws(Failure) -> ExpressionClass {
        if next == UInt32(ascii: "\\"), let set = try escapedClass() { return set }
        let first = try memberScalar()
        guard next == UInt32(ascii: "-"), index + 1 < scalars.count, scalars[index + 1] != UInt32(ascii: "]"),
            scalars[index + 1] != UInt32(ascii: "[")
        else { return literal(first) }
        let start = index
        index += 1
        if next == UInt32(ascii: "\\"), try escapedClass() != nil {
            index = start
            return literal(first)
        }
        let last = try memberScalar()
        guard first <= last else { throw Failure(problem: "a range that goes backward") }
        guard ignoresCase, first < 0x80 || last - first < 0x100 else { return .ranges([first...last]) }
        return .union([.ranges([first...last])] + (first...min(last, first + 0x100)).map { literal($0) })
    }

    private mutating func memberScalar() throws(Failure) -> UInt32 {
        guard let scalar = next else { throw Failure(problem: "a '[' without its ']'") }
        // Inside brackets `\b` is the backspace.
        if skip("\\b") { return 0x08 }
        if scalar == UInt32(ascii: "\\") { return try escapedScalar() }
        index += 1
        return scalar
    }

    // MARK: Making the program

    /// The least and the most scalars of a match.
    private static func length(_ node: Node) -> (least: Int, most: Int?) {
        switch node {
        case .set: return (1, 1)
        case .boundary, .look: return (0, 0)
        case .atomic(let inner): return length(inner)
        case .sequence(let items):
            return items.map(length).reduce((0, 0)) { sum, next in
                (min(1 << 40, sum.0 + next.least), sum.1.flatMap { a in next.most.map { min(1 << 40, a + $0) } })
            }
        case .alternatives(let items):
            let lengths = items.map(length)
            let most = lengths.map(\.most).reduce(0 as Int?) { most, next in
                most.flatMap { a in next.map { max(a, $0) } }
            }
            return (lengths.map(\.least).min() ?? 0, most)
        case .repeated(let inner, let least, let most, _):
            let one = length(inner)
            return (
                min(1 << 40, one.least * least),
                most == .max ? nil : one.most.map { min(1 << 40, $0 * most) }
            )
        }
    }

    private static func program(_ node: Node) throws(Failure) -> RegularExpression.Program {
        var steps: [RegularExpression.Step] = []
        try append(node, to: &steps)
        steps.append(.end)
        let (least, most) = length(node)
        return RegularExpression.Program(steps: steps, length: least == most ? least : nil)
    }

    private static func append(_ node: Node, to steps: inout [RegularExpression.Step]) throws(Failure) {
        guard steps.count < mostSteps else { throw Failure(problem: "an expression that is too long") }
        switch node {
        case .set(let set): steps.append(.one(set))
        case .sequence(let items): for item in items { try append(item, to: &steps) }
        case .alternatives(let items):
            var exits: [Int] = []
            for item in items.dropLast() {
                let fork = steps.count
                steps.append(.end)
                try append(item, to: &steps)
                exits.append(steps.count)
                steps.append(.end)
                steps[fork] = .either(fork + 1, steps.count)
            }
            if let last = items.last { try append(last, to: &steps) }
            for exit in exits { steps[exit] = .jump(steps.count) }
        case .look(let inner, let isAhead, let wanted):
            let program = try program(inner)
            guard isAhead || program.length != nil else {
                throw Failure(problem: "a look-behind of varying length")
            }
            steps.append(.look(program, isAhead: isAhead, wanted: wanted))
        case .atomic(let inner): steps.append(.atomic(try program(inner)))
        case .boundary(let boundary): steps.append(.boundary(boundary))
        case .repeated(.set(let set), let least, let most, let greed):
            steps.append(.run(set, least: least, most: most, greed))
        case .repeated(let inner, let least, let most, .possessive):
            steps.append(.atomic(try program(.repeated(inner, least: least, most: most, .greedy))))
        case .repeated(let inner, let least, let most, let greed):
            try append(inner, least, most, isLazy: greed == .lazy, to: &steps)
        }
    }

    private static func append(
        _ inner: Node, _ least: Int, _ most: Int, isLazy: Bool, to steps: inout [RegularExpression.Step]
    ) throws(Failure) {
        func fork(_ on: Int, _ past: Int) -> RegularExpression.Step { isLazy ? .either(past, on) : .either(on, past) }
        for _ in 0..<least { try append(inner, to: &steps) }
        if most == .max {
            let start = steps.count
            steps.append(.end)
            try append(inner, to: &steps)
            steps.append(.jump(start))
            steps[start] = fork(start + 1, steps.count)
            return
        }
        var forks: [Int] = []
        for _ in least..<most {
            forks.append(steps.count)
            steps.append(.end)
            try append(inner, to: &steps)
        }
        for place in forks { steps[place] = fork(place + 1, steps.count) }
    }
}

extension UInt32 {
    fileprivate init(ascii scalar: Unicode.Scalar) { self = scalar.value }
}
