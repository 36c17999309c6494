// `"%s of %d" % (a, b)`, as in Python's printf-style formatting.

enum PercentFormat {
    /// - Parameter arguments: a tuple of values, a dictionary for named ones, or a single value.
    static func format(_ format: String, _ arguments: JinjaValue, _ evaluator: Evaluator) throws(JinjaError) -> String {
        try evaluator.budget.charge(walkedBytes: format.utf8.count)
        var run = Run(format, arguments, evaluator)
        return try run.result()
    }

    private struct Run {
        var scanner: FormatScanner
        let values: [JinjaValue]
        let names: JinjaDictionary?
        /// True if unused arguments are no error: Python allows them if the argument can be subscripted, even a list.
        let mayBeUnused: Bool
        let evaluator: Evaluator
        var used = 0

        init(_ format: String, _ arguments: JinjaValue, _ evaluator: Evaluator) {
            scanner = FormatScanner(format)
            self.evaluator = evaluator
            if case .tuple(let items) = arguments { values = items } else { values = [arguments] }
            if case .dictionary(let dictionary) = arguments { names = dictionary } else { names = nil }
            mayBeUnused =
                switch arguments {
                case .dictionary, .list, .undefined, .object(is RangeObject): true
                default: false
                }
        }

        mutating func result() throws(JinjaError) -> String {
            var result = ""
            while let scalar = scanner.next() {
                if scalar == "%" { result += try field() } else { result.unicodeScalars.append(scalar) }
                guard result.utf8.count <= evaluator.budget.textLimit else {
                    throw JinjaError("the text grows too long.")
                }
            }
            try evaluator.budget.charge(bytes: result.utf8.count)
            guard used == values.count || mayBeUnused else {
                throw JinjaError("the format uses \(used) of \(values.count) values.")
            }
            return result
        }

        private mutating func nextValue() throws(JinjaError) -> JinjaValue {
            guard used < values.count else { throw JinjaError("the format needs more than \(values.count) values.") }
            used += 1
            return values[used - 1]
        }

        private mutating func field() throws(JinjaError) -> String {
            var named: JinjaValue?
            if scanner.skip("(") {
                var name = String.UnicodeScalarView()
                while let scalar = scanner.next(), scalar != ")" { name.append(scalar) }
                guard let names else {
                    throw JinjaError("the format names '\(String(name))', so it needs a dictionary.")
                }
                guard let value = names[String(name)] else {
                    throw JinjaError("the format needs a value for '\(String(name))'.")
                }
                named = value
            }
            var layout = try flags()
            if scanner.skip("*") {
                guard let width = try nextValue().asInteger else {
                    throw JinjaError("'*' needs an integer for the width.")
                }
                layout.width = min(FieldLayout.widest, width)
            } else {
                layout.width = try scanner.number() ?? 0
            }
            if scanner.skip(".") { layout.precision = try scanner.number() ?? 0 }
            while let size = scanner.current, ["h", "l", "L"].contains(size) { scanner.index += 1 }
            guard let letter = scanner.next() else {
                throw JinjaError("the format ends after '%'. Write %% for a percent sign.")
            }
            if letter == "%" { return "%" }
            let value: JinjaValue
            if let named { value = named } else { value = try nextValue() }
            return try text(of: value, letter, layout)
        }

        private mutating func flags() throws(JinjaError) -> FieldLayout {
            var layout = FieldLayout()
            while let flag = scanner.current {
                switch flag {
                case "-": layout.alignment = "<"
                case "0": if layout.alignment == nil { (layout.alignment, layout.fill) = ("=", "0") }
                case "+": layout.sign = "+"
                case " ": if layout.sign == nil { layout.sign = " " }
                case "#": layout.isAlternate = true
                default: return layout
                }
                if layout.alignment == "<" { layout.fill = " " }
                scanner.index += 1
            }
            return layout
        }

        private func text(of value: JinjaValue, _ letter: Unicode.Scalar, _ layout: FieldLayout) throws(JinjaError)
            -> String
        {
            switch letter {
            case "s", "r", "a":
                var layout = layout
                if layout.alignment == nil || layout.alignment == "=" { (layout.alignment, layout.fill) = (">", " ") }
                if letter == "s" { return layout.text(of: try evaluator.text(of: value)) }
                let text = try Printer.repr(value, evaluator.budget)
                return layout.text(of: letter == "a" ? PythonText.escapingNonASCII(text) : text)
            case "d", "i", "u", "x", "X", "o":
                guard let number = Int(truncating: value, allowsFloats: letter == "d" || letter == "i" || letter == "u")
                else {
                    throw mismatch(value, letter, "an integer")
                }
                return layout.text(of: number, ["d", "i", "u"].contains(letter) ? "d" : letter)
            case "e", "E", "f", "F", "g", "G":
                guard let number = Operators.float(value) else { throw mismatch(value, letter, "a number") }
                try evaluator.budget.charge(digitsOf: number)
                return layout.text(of: number, letter)
            case "c":
                if case .string(let text) = value, text.unicodeScalars.count == 1 {
                    return layout.filled(text, standard: ">")
                }
                guard let code = value.asInteger, let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else {
                    throw mismatch(value, letter, "one character")
                }
                return layout.filled(String(scalar), standard: ">")
            default: throw JinjaError("unknown format '%\(letter)'.")
            }
        }

        private func mismatch(_ value: JinjaValue, _ letter: Unicode.Scalar, _ wanted: String) -> JinjaError {
            if case .undefined(let why) = value { return JinjaError("\(why).") }
            return JinjaError("'%\(letter)' needs \(wanted), not a value of type \(value.typeName).")
        }
    }
}

extension Int {
    /// An integer, a Boolean or, if allowed, the integer part of a float that fits.
    init?(truncating value: JinjaValue, allowsFloats: Bool) {
        if let number = value.asInteger {
            self = number
        } else if allowsFloats, case .float(let number) = value, let whole = Int(exactly: number.rounded(.towardZero)) {
            self = whole
        } else {
            return nil
        }
    }
}
