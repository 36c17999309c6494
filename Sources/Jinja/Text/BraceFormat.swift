// `"{} of {total}".format(…)`, as in Python's `str.format`.

enum BraceFormat {
    static func format(_ format: String, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> String
    {
        let names = Dictionary(arguments.keyword.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        var run = Run(arguments: arguments, names: names, evaluator: evaluator)
        return try run.result(of: format, depth: 0)
    }

    private struct Run {
        let arguments: CallArguments
        let names: [String: JinjaValue]
        let evaluator: Evaluator
        var automatic = 0
        /// True if a field had an explicit number.
        var isNumbered = false

        mutating func result(of format: String, depth: Int) throws(JinjaError) -> String {
            guard depth < 2 else { throw JinjaError("format() nests braces at most two deep.") }
            var scanner = FormatScanner(format)
            var result = ""
            while let scalar = scanner.next() {
                switch scalar {
                case "{" where scanner.skip("{"), "}" where scanner.skip("}"): result.unicodeScalars.append(scalar)
                case "{": result += try field(&scanner, depth: depth)
                case "}": throw JinjaError("a single '}' in format(). Write '}}' for a brace.")
                default: result.unicodeScalars.append(scalar)
                }
                guard result.utf8.count <= evaluator.budget.textLimit else {
                    throw JinjaError("the text grows too long.")
                }
            }
            try evaluator.budget.charge(bytes: result.utf8.count)
            return result
        }

        private mutating func field(_ scanner: inout FormatScanner, depth: Int) throws(JinjaError) -> String {
            var name = String.UnicodeScalarView()
            while let scalar = scanner.current, scalar != "}", scalar != ":", scalar != "!" {
                guard scalar != "{" else { throw JinjaError("unexpected '{' in a field of format().") }
                name.append(scalar)
                scanner.index += 1
            }
            var conversion: Unicode.Scalar?
            if scanner.skip("!") { conversion = scanner.next() }
            var layout = String.UnicodeScalarView()
            if scanner.skip(":") {
                var open = 0
                while let scalar = scanner.current, scalar != "}" || open > 0 {
                    if scalar == "{" { open += 1 }
                    if scalar == "}" { open -= 1 }
                    layout.append(scalar)
                    scanner.index += 1
                }
            }
            guard scanner.skip("}") else { throw JinjaError("a '{' in format() has no '}'. Write '{{' for a brace.") }
            var value = try value(named: String(name))
            switch conversion {
            case nil: break
            case "r"?: value = .string(try Printer.repr(value, evaluator.budget))
            case "a"?: value = .string(PythonText.escapingNonASCII(try Printer.repr(value, evaluator.budget)))
            case "s"?: value = .string(try evaluator.text(of: value))
            default: throw JinjaError("unknown conversion in format(): expected !s or !r.")
            }
            guard !layout.isEmpty else { return try evaluator.text(of: value) }
            return try text(of: value, try result(of: String(layout), depth: depth + 1))
        }

        /// The value of a field: `0`, `name`, `name.field`, `name[key]`.
        private mutating func value(named path: String) throws(JinjaError) -> JinjaValue {
            var scanner = FormatScanner(path)
            var first = String.UnicodeScalarView()
            while let scalar = scanner.current, scalar != ".", scalar != "[" {
                first.append(scalar)
                scanner.index += 1
            }
            try evaluator.budget.charge()
            var value = try argument(String(first))
            while let mark = scanner.next() {
                var key = String.UnicodeScalarView()
                let isSubscript = mark == "["
                while let scalar = scanner.current, isSubscript ? scalar != "]" : scalar != "." && scalar != "[" {
                    key.append(scalar)
                    scanner.index += 1
                }
                if isSubscript {
                    guard scanner.skip("]") else { throw JinjaError("a '[' in format() has no ']'.") }
                    value = try evaluator.item(Int(String(key)).map { .integer($0) } ?? .string(String(key)), of: value)
                } else {
                    value = try evaluator.attribute(String(key), of: value)
                }
            }
            return value
        }

        private mutating func argument(_ name: String) throws(JinjaError) -> JinjaValue {
            var index = Int(name)
            if name.isEmpty {
                index = automatic
                automatic += 1
            } else if index != nil {
                isNumbered = true
            }
            guard automatic == 0 || !isNumbered else {
                throw JinjaError("format() has fields with numbers and fields without.")
            }
            if let index {
                guard arguments.positional.indices.contains(index) else {
                    throw JinjaError("format() has no argument \(index): \(arguments.positional.count) are given.")
                }
                return arguments.positional[index]
            }
            guard let value = names[name] else {
                throw JinjaError("format() has no argument '\(name)'.")
            }
            return value
        }

        private func text(of value: JinjaValue, _ specification: String) throws(JinjaError) -> String {
            guard !specification.isEmpty else { return try evaluator.text(of: value) }
            let (layout, letter) = try Self.layout(specification)
            switch value {
            case .string(let text):
                guard letter == nil || letter == "s", layout.grouping == nil else {
                    throw mismatch(value, specification)
                }
                return layout.text(of: text)
            case .integer(let number):
                guard let letter else { return layout.text(of: number, "d") }
                if ["d", "b", "o", "x", "X"].contains(letter) { return layout.text(of: number, letter) }
                if letter == "n" { return layout.text(of: number, "d") }
                if letter == "c", let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init) {
                    return layout.filled(String(scalar), standard: "<")
                }
                return try text(of: Double(number), letter, layout, value, specification)
            case .bool(let flag):
                guard let letter else { return layout.text(of: flag ? 1 : 0, "d") }
                return try text(of: .integer(flag ? 1 : 0), specification + (letter == "s" ? "d" : ""))
            case .float(let number):
                guard let letter else {
                    guard layout.precision != nil else {
                        let repr = FloatText.repr(number)
                        let sign = layout.sign == "+" && number.sign == .plus ? "+" : ""
                        return layout.filled(
                            sign + repr, standard: ">", signLength: number.sign == .minus ? 1 : sign.utf8.count)
                    }
                    try evaluator.budget.charge(digitsOf: number)
                    return layout.text(of: number, "g")
                }
                return try text(of: number, letter, layout, value, specification)
            default: throw mismatch(value, specification)
            }
        }

        private func text(
            of number: Double, _ letter: Unicode.Scalar, _ layout: FieldLayout, _ value: JinjaValue,
            _ specification: String
        ) throws(JinjaError) -> String {
            guard ["e", "E", "f", "F", "g", "G", "%", "n"].contains(letter) else {
                throw mismatch(value, specification)
            }
            try evaluator.budget.charge(digitsOf: number)
            return layout.text(of: number, letter == "n" ? "g" : letter)
        }

        private func mismatch(_ value: JinjaValue, _ specification: String) -> JinjaError {
            if case .undefined(let why) = value { return JinjaError("\(why).") }
            return JinjaError("the format '\(specification)' does not fit a value of type \(value.typeName).")
        }

        /// Parses `[[fill]align][sign][#][0][width][,][.precision][letter]`.
        private static func layout(_ text: String) throws(JinjaError) -> (FieldLayout, letter: Unicode.Scalar?) {
            let alignments: [Unicode.Scalar] = ["<", ">", "^", "="]
            var scanner = FormatScanner(text)
            var layout = FieldLayout()
            if let following = scanner.following, alignments.contains(following), let fill = scanner.next() {
                layout.fill = fill
                layout.alignment = scanner.next()
            } else if let current = scanner.current, alignments.contains(current) {
                layout.alignment = scanner.next()
            }
            if let sign = scanner.current, ["+", "-", " "].contains(sign) { layout.sign = scanner.next() }
            layout.isAlternate = scanner.skip("#")
            if scanner.skip("0"), layout.alignment == nil { (layout.fill, layout.alignment) = ("0", "=") }
            layout.width = try scanner.number() ?? 0
            if let mark = scanner.current, mark == "," || mark == "_" { layout.grouping = scanner.next() }
            if scanner.skip(".") {
                guard let precision = try scanner.number() else {
                    throw JinjaError("a format needs a number after '.'.")
                }
                layout.precision = precision
            }
            let letter = scanner.next()
            guard scanner.current == nil else { throw JinjaError("invalid format '\(text)'.") }
            return (layout, letter)
        }
    }
}
