// Numbers between bounds, and multiples, as grammars of their digits.
// - Each number has one spelling: no leading zeros, no zeros at the end of a fraction, no exponent.
// - Bounds are the decimal numbers that the schema writes.

/// A bound of a magnitude: the integer part, and the digits of the fraction without zeros at the end.
struct DecimalBound: Equatable {
    var whole: Int
    var fraction: [UInt8]
    /// True if the bound itself is excluded.
    var isStrict: Bool

    /// - Parameter magnitude: not negative, below 1e15.
    init(_ magnitude: Double, isStrict: Bool) {
        // Swift prints the shortest digits that identify the number. Below 1e16 it uses an exponent only for tiny
        // numbers.
        let parts = "\(magnitude)".split(separator: "e")
        let digits = (parts.first ?? "0").split(separator: ".", omittingEmptySubsequences: false)
        var fraction = digits.count > 1 ? Array(digits[1].utf8) : []
        whole = Int(digits.first ?? "0") ?? 0
        if parts.count > 1, let shift = Int(parts[1]), shift < 0 {
            let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: min(-shift - 1, 400))
            fraction = zeros + String(whole).utf8 + fraction
            whole = 0
        }
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        self.fraction = fraction
        self.isStrict = isStrict
    }

    /// The bound times 10^decimals, rounded down. `isExact` is true if nothing was lost.
    func scaled(by decimals: Int) -> (floor: Int, isExact: Bool) {
        var value = whole
        for place in 0..<decimals {
            value = value * 10 + (place < fraction.count ? Int(fraction[place] - UInt8(ascii: "0")) : 0)
        }
        return (value, fraction.count <= decimals)
    }
}

/// The range that `minimum`, `maximum` and the like allow.
struct NumberBounds {
    var low: (value: Double, isStrict: Bool)?
    var high: (value: Double, isStrict: Bool)?

    /// The part at or above zero (`isNegative` is false) or below zero, as magnitudes; nil if it is empty.
    func magnitudes(isNegative: Bool) -> (low: DecimalBound, high: DecimalBound?)? {
        let (near, far) = isNegative ? (high, low) : (low, high)
        let sign: Double = isNegative ? -1 : 1
        var least = DecimalBound(0, isStrict: isNegative)
        if let near, near.value * sign > 0 || near.value == 0 && near.isStrict {
            least = DecimalBound(abs(near.value), isStrict: near.isStrict)
        }
        guard let far else { return (least, nil) }
        guard far.value * sign > 0 || far.value == 0 && !far.isStrict && !isNegative else { return nil }
        return (least, DecimalBound(abs(far.value), isStrict: far.isStrict))
    }
}

/// Numbers between two magnitudes, with and without a fraction.
enum DecimalRange {
    static let largest = 999_999_999_999_999

    /// - Returns: no alternatives if there is no such number.
    static func alternatives(_ low: DecimalBound, _ high: DecimalBound?, wholeOnly: Bool) -> [String] {
        let top = high ?? DecimalBound(Double(largest), isStrict: false)
        let least = low.fraction.isEmpty && !low.isStrict ? low.whole : low.whole + 1
        let most = top.fraction.isEmpty && top.isStrict ? top.whole - 1 : top.whole
        var parts: [String] = least <= most ? [NumberRange.magnitudes(least, most)] : []
        guard !wholeOnly, low.whole <= top.whole else { return parts }
        // As many digits as a 64-bit float can distinguish, and enough for those of the bounds.
        let usual = high == nil ? 15 : max(1, 15 - String(top.whole).utf8.count)
        let budget = max(usual, max(low.fraction.count, top.fraction.count) + 1)
        func add(_ whole: String, _ fraction: String?) {
            if let fraction { parts.append("\(whole) \".\" \(fraction)") }
        }
        // Every written fraction is above zero, so an empty lower fraction is no bound.
        let lowFraction = low.fraction.isEmpty ? nil : low.fraction[...]
        if low.whole == top.whole {
            add(
                NumberRange.magnitudes(low.whole, low.whole),
                fraction(lowFraction, low.isStrict, top.fraction[...], top.isStrict, budget))
            return parts
        }
        var (first, last) = (low.whole, top.whole - 1)
        if let lowFraction {
            add(NumberRange.magnitudes(first, first), fraction(lowFraction, low.isStrict, nil, false, budget))
            first += 1
        }
        if first <= last { add(NumberRange.magnitudes(first, last), fraction(nil, false, nil, false, usual)) }
        last += 1
        add(
            NumberRange.magnitudes(last, last),
            fraction(nil, false, top.fraction[...], top.isStrict, budget))
        return parts
    }

    /// The digits of a fraction between two others (nil: no bound). The last digit is not zero.
    private static func fraction(
        _ low: ArraySlice<UInt8>?, _ lowIsStrict: Bool, _ high: ArraySlice<UInt8>?, _ highIsStrict: Bool, _ budget: Int
    ) -> String? {
        if low == nil, high == nil { return budget > 1 ? "[0-9]{0,\(budget - 1)} [1-9]" : "[1-9]" }
        let zero = UInt8(ascii: "0")
        // After all digits of the upper bound, more digits would exceed it, because the last one is not zero.
        if let high, high.isEmpty { return nil }
        let (from, to) = (low?.first ?? zero, high?.first ?? UInt8(ascii: "9"))
        guard from <= to, budget > 0 else { return nil }
        var digitsOfRest: [(rest: String, digits: [UInt8])] = []
        for digit in from...to {
            let restOfLow = digit == from ? low.map { $0.dropFirst() } : nil
            let restOfHigh = digit == to ? high.map { $0.dropFirst() } : nil
            let isAboveLow = restOfLow.map { $0.isEmpty && !lowIsStrict } ?? true
            let isBelowHigh = restOfHigh.map { !$0.isEmpty || !highIsStrict } ?? true
            let mayEnd = digit != zero && isAboveLow && isBelowHigh
            let openLow = restOfLow.flatMap { $0.isEmpty ? nil : $0 }
            let more = budget > 1 ? fraction(openLow, lowIsStrict, restOfHigh, highIsStrict, budget - 1) : nil
            guard mayEnd || more != nil else { continue }
            let rest = more.map { mayEnd ? "(\($0))?" : "(\($0))" } ?? ""
            if let index = digitsOfRest.firstIndex(where: { $0.rest == rest }) {
                digitsOfRest[index].digits.append(digit)
            } else {
                digitsOfRest.append((rest, [digit]))
            }
        }
        guard !digitsOfRest.isEmpty else { return nil }
        return GrammarText.either(digitsOfRest.map { "\(GrammarText.digits($0.digits)) \($0.rest)" })
    }
}

extension GrammarText {
    /// A class of digits.
    static func digits(_ digits: [UInt8]) -> String {
        characterClass(ScalarRanges(digits.map { UInt32($0)...UInt32($0) }))
    }
}

/// Numbers whose digits, without the point, are a multiple of `modulus`.
struct MultipleRules {
    let modulus: Int
    /// Number of digits after the point; the last is not zero.
    let decimals: Int
    let name: String
    private var rules: [String: String?] = [:]

    init(modulus: Int, decimals: Int, name: String) {
        (self.modulus, self.decimals, self.name) = (modulus, decimals, name)
    }

    /// The numbers from `low` to `high` in units of the last digit; nil if there are none.
    mutating func grammar(_ low: Int, _ high: Int, _ writer: inout SchemaWriter) -> String? {
        guard low <= high else { return nil }
        let shortest = decimals + 1
        var parts: [String] = []
        for length in max(String(low).utf8.count, shortest)...max(String(high).utf8.count, shortest) {
            let text = { (number: Int) -> [UInt8] in
                let digits = Array(String(number).utf8)
                return [UInt8](repeating: UInt8(ascii: "0"), count: max(length - digits.count, 0)) + digits
            }
            let nines = Int(String(repeating: "9", count: length)) ?? high
            let first = max(low, length == shortest ? 0 : (nines + 1) / 10)
            let last = min(high, nines)
            guard first <= last else { continue }
            if let rule = rule(text(first)[...], text(last)[...], isFree: false, remainder: 0, &writer) {
                parts.append(rule)
            }
        }
        return parts.isEmpty ? nil : GrammarText.either(parts)
    }

    /// The remaining digits: any if `isFree` is true, otherwise between those of two numbers.
    private mutating func rule(
        _ low: ArraySlice<UInt8>, _ high: ArraySlice<UInt8>, isFree: Bool, remainder: Int, _ writer: inout SchemaWriter
    ) -> String? {
        let zero = UInt8(ascii: "0")
        if low.isEmpty { return remainder == 0 ? "" : nil }
        let isFree = isFree || low.allSatisfy { $0 == zero } && high.allSatisfy { $0 == zero + 9 }
        let key = "\(low.count)-\(remainder)"
        if isFree, let known = rules[key] { return known }
        var digitsOfRest: [(rest: String, digits: [UInt8])] = []
        let (from, to) = isFree ? (zero, zero + 9) : (low.first ?? zero, high.first ?? zero)
        for digit in from...to where !(decimals > 0 && low.count == 1 && digit == zero) {
            let (isLowest, isHighest) = (!isFree && digit == from, !isFree && digit == to)
            let nines = low.dropFirst().map { _ in zero + 9 }, zeros = low.dropFirst().map { _ in zero }
            let rest = rule(
                isLowest ? low.dropFirst() : zeros[...], isHighest ? high.dropFirst() : nines[...],
                isFree: !isLowest && !isHighest, remainder: (remainder * 10 + Int(digit - zero)) % modulus, &writer)
            guard let rest else { continue }
            if let index = digitsOfRest.firstIndex(where: { $0.rest == rest }) {
                digitsOfRest[index].digits.append(digit)
            } else {
                digitsOfRest.append((rest, [digit]))
            }
        }
        let point = decimals > 0 && low.count == decimals ? "\".\" " : ""
        let body = digitsOfRest.map { "\(point)\(GrammarText.digits($0.digits)) \($0.rest)" }.joined(separator: " | ")
        let rule = digitsOfRest.isEmpty ? nil : writer.addRule("\(name)-digits", body)
        if isFree { rules[key] = .some(rule) }
        return rule
    }
}

extension SchemaWriter {
    mutating func integer(_ keywords: Keywords, at path: String, name: String) throws -> String {
        try numbers(keywords, wholeOnly: true, at: path, name: name) ?? common(.integer)
    }

    mutating func number(_ keywords: Keywords, at path: String, name: String) throws -> String {
        try numbers(keywords, wholeOnly: false, at: path, name: name) ?? common(.number)
    }

    /// - Returns: nil if the schema has no keywords about numbers.
    private mutating func numbers(
        _ keywords: Keywords, wholeOnly: Bool, at path: String, name: String
    ) throws -> String? {
        guard SchemaKeywords.ofNumbers.contains(where: { keywords[$0] != nil }) else { return nil }
        let bounds = try bounds(keywords, at: path)
        let step = try step(keywords, wholeOnly: wholeOnly, at: path)
        var parts: [String] = []
        for isNegative in [true, false] {
            guard let (low, high) = bounds.magnitudes(isNegative: isNegative) else { continue }
            let magnitudes =
                if let step {
                    multiples(of: step, low, high, isNegative: isNegative, name: name)
                } else {
                    DecimalRange.alternatives(low, high, wholeOnly: wholeOnly)
                }
            guard !magnitudes.isEmpty else { continue }
            parts.append((isNegative ? "\"-\" " : "") + GrammarText.either(magnitudes))
        }
        guard !parts.isEmpty else {
            let kind = wholeOnly ? "whole number" : "number"
            throw JSONSchemaError.impossible(
                path: path,
                problem: "no \(kind)\(step == nil ? "" : " that 'multipleOf' allows") lies between the bounds")
        }
        return GrammarText.either(parts)
    }

    private func bounds(_ keywords: Keywords, at path: String) throws -> NumberBounds {
        var bounds = NumberBounds()
        for name in ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"] {
            guard let value = keywords[name] else { continue }
            guard let number = value.double else {
                throw JSONSchemaError.wrongValue(path: path, keyword: name, expected: "a number")
            }
            guard abs(number) < Double(DecimalRange.largest) else {
                throw JSONSchemaError.tooLarge(
                    path: path, keyword: name, value: CompactJSON.text(of: number), most: String(DecimalRange.largest))
            }
            let new = (value: number, isStrict: name.hasPrefix("exclusive"))
            if name.hasSuffix("inimum") {
                let old = bounds.low ?? new
                bounds.low = new.value > old.value || new.value == old.value && new.isStrict ? new : old
            } else {
                let old = bounds.high ?? new
                bounds.high = new.value < old.value || new.value == old.value && new.isStrict ? new : old
            }
        }
        return bounds
    }

    /// `multipleOf` as an integer number of units; 10^decimals units are 1.
    private func step(
        _ keywords: Keywords, wholeOnly: Bool, at path: String
    ) throws -> (units: Int, decimals: Int)? {
        guard let value = keywords["multipleOf"] else { return nil }
        guard let number = value.double, number > 0 else {
            throw JSONSchemaError.wrongValue(path: path, keyword: "multipleOf", expected: "a number above 0")
        }
        let decimal = DecimalBound(min(number, 1e9), isStrict: false)
        let decimals = decimal.fraction.count
        if number <= 1e9, decimals <= 6 {
            var units = decimal.scaled(by: decimals).floor
            if wholeOnly { units /= Self.commonDivisor(units, Self.powersOfTen[decimals]) }
            var odd = units
            while odd % 10 == 0 { odd /= 10 }
            if odd <= Self.largestStep { return (units, wholeOnly ? 0 : decimals) }
        }
        throw JSONSchemaError.unsupported(
            path: path, keyword: "multipleOf",
            advice:
                "Numbers up to \(Self.largestStep) are supported, with more zeros or a point, such as 60, 2500 and 0.05: "
                + "list the values with 'enum', or leave it out.")
    }

    private static let largestStep = 100
    private static let powersOfTen = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]

    private static func commonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : commonDivisor(b, a % b) }

    private mutating func multiples(
        of step: (units: Int, decimals: Int), _ low: DecimalBound, _ high: DecimalBound?, isNegative: Bool, name: String
    ) -> [String] {
        // Twelve digits before the point and six after it fit 64 bits.
        let most = 999_999_999_999
        guard low.whole <= most else { return [] }
        var parts: [String] = []
        for decimals in 0...step.decimals {
            // A number with fewer decimals is a multiple if it is one with zeros added.
            var units = step.units / Self.commonDivisor(step.units, Self.powersOfTen[step.decimals - decimals])
            let (floor, isExact) = low.scaled(by: decimals)
            var first = isExact && !low.isStrict ? floor : floor + 1
            var last = most * Self.powersOfTen[decimals]
            if let high, high.whole <= most {
                let (floor, isExact) = high.scaled(by: decimals)
                last = isExact && high.isStrict ? floor - 1 : floor
            }
            var zeros = 0
            if decimals == 0 {
                if first == 0 { parts.append("\"0\"") }
                first = max(first, 1)
                while units % 10 == 0 {
                    (units, zeros, first, last) = (units / 10, zeros + 1, (first + 9) / 10, last / 10)
                }
            }
            var rules = MultipleRules(modulus: units, decimals: decimals, name: name)
            if let text = rules.grammar(first, last, &self) {
                parts.append(zeros == 0 ? text : "\(text) \"\(String(repeating: "0", count: zeros))\"")
            }
        }
        return parts
    }
}
