// The text of floats: Python's `repr`, and the fixed and scientific forms of format strings.
// - Fixed and scientific forms use the float's exact decimal value, rounded half to even.

enum FloatText {
    /// `repr`: the fewest digits that identify the number, in scientific form from 1e16 on and below 1e-4.
    static func repr(_ number: Double) -> String {
        if let special = special(number) { return special }
        let sign = number.sign == .minus ? "-" : ""
        if number == 0 { return sign + "0.0" }
        let (digits, exponent) = shortestDigits(number.magnitude)
        if exponent >= 16 || exponent < -4 { return sign + scientific(digits, exponent: exponent) }
        return sign + positional(digits, exponent: exponent, minimumFraction: 1)
    }

    static func special(_ number: Double) -> String? {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        return nil
    }

    /// The fewest digits that identify the number, and the power of ten of the first; `number` is positive.
    private static func shortestDigits(_ number: Double) -> (digits: [UInt8], exponent: Int) {
        var digits: [UInt8] = []
        var exponent = 0
        var pointAt: Int?
        var text = number.description.utf8[...]
        if let mark = text.firstIndex(of: UInt8(ascii: "e")) {
            exponent = Int(String(text[text.index(after: mark)...]) ?? "") ?? 0
            text = text[..<mark]
        }
        for byte in text {
            if byte == UInt8(ascii: ".") { pointAt = digits.count } else { digits.append(byte - UInt8(ascii: "0")) }
        }
        exponent += (pointAt ?? digits.count) - 1
        while digits.count > 1, digits.first == 0 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
        return (digits, exponent)
    }

    private static func scientific(_ digits: [UInt8], exponent: Int, letter: String = "e") -> String {
        var text = text(digits.prefix(1))
        if digits.count > 1 { text += "." + self.text(digits.dropFirst()) }
        let power = String(exponent.magnitude)
        return text + letter + (exponent < 0 ? "-" : "+") + (power.count < 2 ? "0" : "") + power
    }

    private static func positional(_ digits: [UInt8], exponent: Int, minimumFraction: Int) -> String {
        var whole = exponent < 0 ? "0" : text(digits.prefix(exponent + 1))
        if exponent >= digits.count { whole += String(repeating: "0", count: exponent + 1 - digits.count) }
        var fraction = exponent < 0 ? String(repeating: "0", count: -exponent - 1) : ""
        fraction += text(digits.dropFirst(max(0, exponent + 1)))
        if fraction.utf8.count < minimumFraction {
            fraction += String(repeating: "0", count: minimumFraction - fraction.utf8.count)
        }
        return fraction.isEmpty ? whole : whole + "." + fraction
    }

    private static func text(_ digits: some Sequence<UInt8>) -> String {
        String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    }

    // MARK: Format strings

    /// `%.3f`: a finite magnitude with that many digits after the point.
    static func fixed(_ magnitude: Double, precision: Int) -> String {
        let exact = exactDigits(magnitude)
        let (digits, exponent) = rounded(
            exact.digits, exponent: exact.exponent, keeping: exact.exponent + 1 + precision)
        return positional(
            padded(digits, exponent: exponent, precision: precision), exponent: exponent, minimumFraction: precision)
    }

    private static func padded(_ digits: [UInt8], exponent: Int, precision: Int) -> [UInt8] {
        let wanted = exponent + 1 + precision
        return wanted > digits.count ? digits + [UInt8](repeating: 0, count: wanted - digits.count) : digits
    }

    /// `%.3e`: a finite magnitude in scientific form.
    static func exponential(_ magnitude: Double, precision: Int) -> String {
        let exact = exactDigits(magnitude)
        var (digits, exponent) = rounded(exact.digits, exponent: exact.exponent, keeping: precision + 1)
        if magnitude == 0 { (digits, exponent) = ([0], 0) }
        digits += [UInt8](repeating: 0, count: max(0, precision + 1 - digits.count))
        return scientific(digits, exponent: exponent)
    }

    /// `%.6g`: that many significant digits, in the shorter form, without zeros at the end.
    static func general(_ magnitude: Double, precision: Int, keepsZeros: Bool = false) -> String {
        let precision = max(1, precision)
        let exact = exactDigits(magnitude)
        var (digits, exponent) = rounded(exact.digits, exponent: exact.exponent, keeping: precision)
        if magnitude == 0 { (digits, exponent) = ([0], 0) }
        if keepsZeros { digits += [UInt8](repeating: 0, count: max(0, precision - digits.count)) }
        while !keepsZeros, digits.count > 1, digits.last == 0 { digits.removeLast() }
        if exponent < -4 || exponent >= precision { return scientific(digits, exponent: exponent) }
        return positional(digits, exponent: exponent, minimumFraction: 0)
    }

    /// Python's `round(number, digits)`: to the nearest; halves to even, by the exact value.
    static func rounded(_ number: Double, digits: Int) -> Double {
        guard number.isFinite, number != 0, digits < 330 else { return number }
        if digits < -310 { return 0 * number }
        let exact = exactDigits(number.magnitude)
        let (kept, exponent) = rounded(exact.digits, exponent: exact.exponent, keeping: exact.exponent + 1 + digits)
        let value = Double("\(text(kept))e\(exponent - kept.count + 1)") ?? .infinity
        return number.sign == .minus ? -value : value
    }

    /// All digits of a finite magnitude and the power of ten of the first.
    private static func exactDigits(_ magnitude: Double) -> (digits: [UInt8], exponent: Int) {
        guard magnitude != 0 else { return ([0], 0) }
        // significand * 2^power, as digits, least significant first, with `point` of them after the point.
        var significand = magnitude.significandBitPattern
        var power = -1074
        if magnitude.isNormal {
            significand |= 1 << 52
            power = Int(magnitude.exponent) - 52
        }
        while significand & 1 == 0 {
            significand >>= 1
            power += 1
        }
        var digits: [UInt8] = []
        while significand > 0 {
            digits.append(UInt8(significand % 10))
            significand /= 10
        }
        // Dividing by two is multiplying by five and moving the point.
        for _ in 0..<abs(power) { multiply(&digits, by: power < 0 ? 5 : 2) }
        let point = max(0, -power)
        let exponent = digits.count - 1 - point
        return (digits.reversed(), exponent)
    }

    private static func multiply(_ digits: inout [UInt8], by factor: UInt8) {
        var carry: UInt8 = 0
        for index in digits.indices {
            let product = digits[index] * factor + carry
            digits[index] = product % 10
            carry = product / 10
        }
        if carry > 0 { digits.append(carry) }
    }

    /// The first `keeping` digits, rounded; if none are left, one zero.
    private static func rounded(_ digits: [UInt8], exponent: Int, keeping: Int) -> (digits: [UInt8], exponent: Int) {
        guard keeping < digits.count else { return (digits, exponent) }
        guard keeping >= 0 else { return ([0], 0) }
        var kept = Array(digits.prefix(keeping))
        let next = digits[keeping]
        let isTie = next == 5 && digits[(keeping + 1)...].allSatisfy { $0 == 0 }
        let roundsUp = isTie ? (kept.last ?? 0) % 2 == 1 : next >= 5
        guard roundsUp else { return kept.isEmpty ? ([0], 0) : (kept, exponent) }
        var index = kept.count - 1
        while index >= 0 {
            if kept[index] < 9 {
                kept[index] += 1
                return (kept, exponent)
            }
            kept[index] = 0
            index -= 1
        }
        return ([1] + kept, exponent + 1)
    }
}
