// Numbers as people type them into fields and read them in sentences.
// - Digits of any script and the full-width signs of Chinese and Japanese keyboards are valid, and so is a decimal comma.
// - Grouped digits are invalid, because `1,000` can mean two numbers: the writer is asked which one.

public enum FieldNumber {
    enum Reading: Hashable {
        /// - normal: in ASCII, with a decimal point.
        case number(normal: String, Double)
        /// Grouped digits: the numbers that they may mean, in ASCII.
        case unclear([String])
        case none
    }

    /// Reads a number in ASCII with a decimal point; `nil` if the text is not a finite number.
    public static func value(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Double(text),
            number.isFinite
        else { return nil }
        return number
    }

    static func reading(of text: String) -> Reading {
        let plain = ascii(text)
        if let number = value(plain) { return .number(normal: plain, number) }
        let ungrouped = ungrouped(plain)
        let withPoint = plain.replacing(",", with: ".", maxReplacements: 1)
        guard withPoint != plain, let number = value(withPoint) else {
            return ungrouped.map { .unclear([$0]) } ?? .none
        }
        return ungrouped.map { .unclear([$0, withPoint]) } ?? .number(normal: withPoint, number)
    }

    /// True if a text can become a number within the bounds if more is typed: `1` if 10 is the least, but not `60` if 50 is
    /// the most.
    static func isBeginning(_ text: String, minimum: Double?, maximum: Double?) -> Bool {
        var rest = Substring(ascii(text).replacing(",", with: ".", maxReplacements: 1))
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        let whole = takeDigits(from: &rest)
        var fraction: Substring?
        if rest.first == "." {
            rest.removeFirst()
            fraction = takeDigits(from: &rest)
        }
        if let mark = rest.first {
            // With an exponent, any size is possible.
            guard "eE".contains(mark), !whole.isEmpty || fraction?.isEmpty == false else { return false }
            rest.removeFirst()
            if let sign = rest.first, "+-".contains(sign) { rest.removeFirst() }
            return rest.allSatisfy(isDigit)
        }
        let (low, high) = (minimum ?? -.infinity, maximum ?? .infinity)
        return isNegative
            ? reaches(from: -high, to: -low, whole: whole, fraction: fraction)
            : reaches(from: low, to: high, whole: whole, fraction: fraction)
    }

    /// True if the digits, or more digits after them, make a number within the bounds.
    private static func reaches(
        from low: Double, to high: Double, whole: Substring, fraction: Substring?
    ) -> Bool {
        if whole.isEmpty && fraction == nil { return high >= 0 }
        guard let start = Double("0\(whole).\(fraction ?? "")0"), start.isFinite else { return false }
        var unit = 1.0
        for _ in fraction ?? "" { unit /= 10 }
        func meets(_ scale: Double) -> Bool {
            start * scale <= high && (start + unit) * scale > low
        }
        if fraction != nil { return meets(1) }
        // Each further digit makes it ten times as large.
        var scale = 1.0
        while scale.isFinite, start * scale <= high {
            if meets(scale) { return true }
            scale *= 10
        }
        return false
    }

    /// The text with digits and signs of other scripts replaced by ASCII.
    private static func ascii(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{FF0E}", "\u{066B}": result.append(".")
            case "\u{FF0C}": result.append(",")
            case "\u{FF0B}": result.append("+")
            case "\u{FF0D}", "\u{2212}": result.append("-")
            default:
                if scalar.properties.numericType == .decimal, let digit = scalar.properties.numericValue,
                    let byte = Unicode.Scalar(UInt32(digit) + 48)
                {
                    result.append(byte)
                } else {
                    result.append(scalar)
                }
            }
        }
        return String(result)
    }

    /// `1000000.5` for `1,000,000.5`; `nil` if the digits are not in groups of three.
    private static func ungrouped(_ text: String) -> String? {
        var body = Substring(text)
        let sign = body.first.map { "+-".contains($0) } == true ? String(body.removeFirst()) : ""
        guard let mark = body.first(where: { !isDigit($0) }), ",. '’_\u{A0}\u{202F}\u{2009}".contains(mark) else {
            return nil
        }
        var fraction = ""
        if let last = body.lastIndex(where: { !isDigit($0) }), body[last] != mark, ".,".contains(body[last]) {
            fraction = String(body[body.index(after: last)...])
            body = body[..<last]
        }
        let groups = body.split(separator: mark, omittingEmptySubsequences: false)
        guard groups.count > 1, let first = groups.first, (1...3).contains(first.count), first.first != "0",
            groups.allSatisfy({ $0.allSatisfy(isDigit) }), groups.dropFirst().allSatisfy({ $0.count == 3 })
        else { return nil }
        return sign + groups.joined() + (fraction.isEmpty ? "" : "." + fraction)
    }

    private static func takeDigits(from text: inout Substring) -> Substring {
        let digits = text.prefix(while: isDigit)
        text = text[digits.endIndex...]
        return digits
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isWholeNumber }

    // MARK: In sentences

    /// `3` and not `3.0`.
    public static func text(_ number: Double) -> String {
        if let whole = Int(exactly: number) { return String(whole) }
        return String(number)
    }

    /// `a number from 1 to 10`, `a number of at least 1`, `a number`.
    public static func description(_ minimum: Double?, _ maximum: Double?) -> String {
        switch (minimum, maximum) {
        case (let minimum?, let maximum?): "a number from \(text(minimum)) to \(text(maximum))"
        case (let minimum?, nil): "a number of at least \(text(minimum))"
        case (nil, let maximum?): "a number of at most \(text(maximum))"
        case (nil, nil): "a number"
        }
    }
}
