// Filters of numbers.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Filters {
    static func absolute(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        _ = try arguments.bind("the filter 'abs'", [])
        if case .float(let number) = value { return .float(number.magnitude) }
        guard let number = value.asInteger else { throw value.mustBeNumber(for: "the filter 'abs'") }
        return number < 0 ? try Operators.negate(.integer(number)) : .integer(number)
    }

    static func integer(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'int'", ["default", "base"])
        let fallback = bound.values[0] ?? .integer(0)
        switch value {
        case .string(let text):
            try evaluator.budget.charge(walkedBytes: text.utf8.count)
            let base = try bound.integer(1, default: 10)
            if let number = NumberText.integer(text, base: base) { return .integer(number) }
            guard let number = NumberText.float(text) else { return fallback }
            return Int(truncating: .float(number), allowsFloats: true).map { .integer($0) } ?? fallback
        case .undefined(let why): throw JinjaError("\(why).")
        default: return Int(truncating: value, allowsFloats: true).map { .integer($0) } ?? fallback
        }
    }

    static func float(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'float'", ["default"])
        if case .undefined(let why) = value { throw JinjaError("\(why).") }
        if case .string(let text) = value {
            try evaluator.budget.charge(walkedBytes: text.utf8.count)
            return NumberText.float(text).map { .float($0) } ?? bound.values[0] ?? .float(0)
        }
        return Operators.float(value).map { .float($0) } ?? bound.values[0] ?? .float(0)
    }

    static func round(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'round'", ["precision", "method"])
        let precision = try bound.integer(0, default: 0)
        let method = try bound.string(1, default: "common")
        guard let number = Operators.float(value) else { throw value.mustBeNumber(for: "the filter 'round'") }
        switch method {
        case "common":
            try evaluator.budget.charge(digitsOf: number)
            guard let whole = value.asInteger else { return .float(FloatText.rounded(number, digits: precision)) }
            return precision >= 0
                ? .integer(whole) : .integer(Int(exactly: FloatText.rounded(number, digits: precision)) ?? whole)
        case "ceil", "floor":
            let scale = pow(10, Double(precision))
            let scaled = (number * scale).rounded(method == "ceil" ? .up : .down)
            return .float(scaled / scale)
        default: throw JinjaError("round knows the methods common, ceil and floor, not '\(method)'.")
        }
    }

    static func fileSize(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'filesizeformat'", ["binary"])
        let isBinary = bound.isTrue(0, default: false)
        let number: Double?
        if case .string(let text) = value {
            try evaluator.budget.charge(walkedBytes: text.utf8.count)
            number = NumberText.float(text)
        } else {
            number = Operators.float(value)
        }
        guard let bytes = number else { throw value.mustBeNumber(for: "the filter 'filesizeformat'") }
        let base = isBinary ? 1024.0 : 1000.0
        if bytes == 1 { return .string("1 Byte") }
        if bytes < base { return .string("\(Int(exactly: bytes.rounded(.towardZero)) ?? 0) Bytes") }
        var size = bytes / base
        var prefixes = "kMGTPEZY".unicodeScalars.map { String($0) }[...]
        while size >= base, prefixes.count > 1 {
            size /= base
            prefixes.removeFirst()
        }
        try evaluator.budget.charge(digitsOf: size)
        let prefix = prefixes.first ?? ""
        let unit = isBinary ? prefix.uppercased() + "iB" : prefix + "B"
        return .string((FloatText.special(size) ?? FloatText.fixed(size, precision: 1)) + " " + unit)
    }
}

enum NumberText {
    /// The result of Python's `int(text, base)`; `nil` if it would raise or the number does not fit 64 bits.
    static func integer(_ text: String, base: Int) -> Int? {
        guard base == 0 || (2...36).contains(base) else { return nil }
        var digits = StringMethods.stripped(text, nil).unicodeScalars[...]
        var sign = ""
        if let first = digits.first, first == "-" || first == "+" {
            sign = String(digits.removeFirst())
        }
        var radix = base
        let prefix = String(digits.prefix(2)).lowercased()
        if let named = ["0x": 16, "0o": 8, "0b": 2][prefix], base == named || base == 0 {
            radix = named
            digits = digits.dropFirst(2)
            if digits.first == "_" { digits.removeFirst() }
        }
        guard let cleaned = withoutUnderscores(digits) else { return nil }
        if radix == 0 { radix = 10 }
        return Int(sign + cleaned, radix: radix)
    }

    /// The result of Python's `float(text)`.
    static func float(_ text: String) -> Double? {
        let trimmed = StringMethods.stripped(text, nil).lowercased()
        let unsigned = trimmed.drop { $0 == "-" || $0 == "+" }
        if trimmed.unicodeScalars.count - unsigned.unicodeScalars.count > 1 { return nil }
        if ["inf", "infinity"].contains(unsigned) { return trimmed.hasPrefix("-") ? -.infinity : .infinity }
        if unsigned == "nan" { return .nan }
        guard unsigned.utf8.allSatisfy({ "0123456789._e+-".utf8.contains($0) }) else { return nil }
        guard let cleaned = withoutUnderscores(trimmed.unicodeScalars[...]) else { return nil }
        // Swift does not parse "5." and ".5" on every platform.
        var parts = cleaned.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard let mantissa = parts.first, mantissa.utf8.contains(where: { (48...57).contains($0) }) else { return nil }
        parts[0] = mantissa.hasSuffix(".") ? mantissa + "0" : mantissa
        let start = parts[0].firstIndex { $0 != "-" && $0 != "+" } ?? parts[0].startIndex
        if parts[0][start...].hasPrefix(".") { parts[0].insert("0", at: start) }
        return Double(parts.joined(separator: "e"))
    }

    /// `nil` if an underscore is not between two digits.
    private static func withoutUnderscores(_ text: Substring.UnicodeScalarView) -> String? {
        let scalars = Array(text)
        for (index, scalar) in scalars.enumerated() where scalar == "_" {
            guard index > 0, index + 1 < scalars.count, scalars[index - 1] != "_", scalars[index + 1] != "_" else {
                return nil
            }
        }
        let kept = scalars.filter { $0 != "_" }
        return kept.isEmpty ? nil : PythonText.string(kept)
    }
}

extension JinjaValue {
    func mustBeNumber(for function: String) -> JinjaError {
        if case .undefined(let why) = self { return JinjaError("\(why).") }
        return JinjaError("\(function) needs a number, not a value of type \(typeName).")
    }
}
