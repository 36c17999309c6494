// Lays out one value in a field, for `%` formats and for `format()`.

/// The part of a format between "%" or ":" and its letter.
struct FieldLayout {
    var fill: Unicode.Scalar = " "
    /// "<", ">", "^" or "="; `nil` means the default of the type.
    var alignment: Unicode.Scalar?
    /// "+" or " " before positive numbers.
    var sign: Unicode.Scalar?
    var isAlternate = false
    var width = 0
    var grouping: Unicode.Scalar?
    var precision: Int?

    static let widest = 10_000

    /// Pads text to the width. `signLength`: how much of the text "=" keeps before the padding.
    func filled(_ text: String, standard: Unicode.Scalar, signLength: Int = 0) -> String {
        let missing = width - text.unicodeScalars.count
        guard missing > 0 else { return text }
        func filling(_ count: Int) -> String { String(repeating: String(fill), count: count) }
        switch alignment ?? standard {
        case "<": return text + filling(missing)
        case "^": return filling(missing / 2) + text + filling(missing - missing / 2)
        case "=":
            let scalars = text.unicodeScalars
            return PythonText.string(scalars.prefix(signLength)) + filling(missing)
                + PythonText.string(scalars.dropFirst(signLength))
        default: return filling(missing) + text
        }
    }

    private func signText(isNegative: Bool) -> String {
        isNegative ? "-" : sign.map { $0 == "-" ? "" : String($0) } ?? ""
    }

    /// An integer: letters d, b, o, x, X.
    func text(of number: Int, _ letter: Unicode.Scalar) -> String {
        let radix = ["b": 2, "o": 8, "x": 16, "X": 16][letter] ?? 10
        var digits = String(number.magnitude, radix: radix, uppercase: letter == "X")
        if let precision { digits = String(repeating: "0", count: max(0, precision - digits.utf8.count)) + digits }
        if let grouping { digits = grouped(digits, by: radix == 10 ? 3 : 4, grouping) }
        let prefix = signText(isNegative: number < 0) + (isAlternate && radix != 10 ? "0\(letter)" : "")
        return filled(prefix + digits, standard: ">", signLength: prefix.utf8.count)
    }

    /// A float: letters e, f, g and their capitals, and %.
    func text(of number: Double, _ letter: Unicode.Scalar) -> String {
        let sign = signText(isNegative: number.sign == .minus && !number.isNaN)
        var body: String
        let precision = min(precision ?? 6, 400)
        if let special = FloatText.special(number.magnitude) {
            body = special
        } else {
            switch letter {
            case "e", "E": body = FloatText.exponential(number.magnitude, precision: precision)
            case "g", "G": body = FloatText.general(number.magnitude, precision: precision, keepsZeros: isAlternate)
            case "%": body = FloatText.fixed(number.magnitude * 100, precision: precision)
            default: body = FloatText.fixed(number.magnitude, precision: precision)
            }
            if let grouping {
                let whole = body.prefix { $0.isNumber }
                body = grouped(String(whole), by: 3, grouping) + body.dropFirst(whole.count)
            }
        }
        if letter == "E" || letter == "G" || letter == "F" { body = body.uppercased() }
        if letter == "%" { body += "%" }
        return filled(sign + body, standard: ">", signLength: sign.utf8.count)
    }

    private func grouped(_ digits: String, by size: Int, _ separator: Unicode.Scalar) -> String {
        var result = ""
        for (index, digit) in digits.unicodeScalars.enumerated() {
            if index > 0, (digits.utf8.count - index) % size == 0 { result.unicodeScalars.append(separator) }
            result.unicodeScalars.append(digit)
        }
        return result
    }

    func text(of string: String) -> String {
        let cut = precision.map { PythonText.string(string.unicodeScalars.prefix($0)) } ?? string
        return filled(cut, standard: "<")
    }
}

/// Scans a format by code points.
struct FormatScanner {
    let scalars: [Unicode.Scalar]
    var index = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
    var following: Unicode.Scalar? { index + 1 < scalars.count ? scalars[index + 1] : nil }

    mutating func next() -> Unicode.Scalar? {
        guard index < scalars.count else { return nil }
        index += 1
        return scalars[index - 1]
    }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        index += 1
        return true
    }

    /// A number of digits; `nil` if there is none.
    mutating func number() throws(JinjaError) -> Int? {
        var value: Int?
        while let digit = current, ("0"..."9").contains(digit) {
            let number = (value ?? 0) * 10 + Int(digit.value - 48)
            guard number <= FieldLayout.widest else {
                throw JinjaError("a format's width is at most \(FieldLayout.widest).")
            }
            value = number
            index += 1
        }
        return value
    }
}
