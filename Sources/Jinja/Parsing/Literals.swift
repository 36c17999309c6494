// Numbers and strings of templates, in Python's notation.

enum NumberLiteral {
    /// Parses a number: decimal, 0x, 0o, 0b, or a float; single underscores may separate digits.
    /// - Throws: an error at the number if it does not fit 64 bits.
    static func read(
        _ source: SourceText, from start: Int, allowsFloat: Bool
    ) throws(JinjaError) -> (kind: Token.Kind, end: Int) {
        let bytes = source.bytes
        if bytes[start] == UInt8(ascii: "0"), start + 2 < bytes.count {
            let radix = [UInt8(ascii: "x"): 16, UInt8(ascii: "o"): 8, UInt8(ascii: "b"): 2][bytes[start + 1] | 0x20]
            if let radix {
                let first = bytes[start + 2] == UInt8(ascii: "_") ? start + 3 : start + 2
                let end = digitsEnd(bytes, from: first, radix: radix)
                if end > first { return (.integer(try integer(source, first..<end, radix: radix)), end) }
            }
        }
        let whole = digitsEnd(bytes, from: start, radix: 10)
        if allowsFloat, let end = floatEnd(bytes, afterWhole: whole) {
            let text = source.text(start..<end).filter { $0 != "_" }
            return (.float(Double(text) ?? .infinity), end)
        }
        // "0" may repeat but not lead: 007 is the number 0 and then the number 7, which no expression allows.
        var end = whole
        if bytes[start] == UInt8(ascii: "0") {
            end = start
            while end < whole, bytes[end] == UInt8(ascii: "0") || bytes[end] == UInt8(ascii: "_") { end += 1 }
        }
        return (.integer(try integer(source, start..<end, radix: 10)), end)
    }

    private static func integer(_ source: SourceText, _ range: Range<Int>, radix: Int) throws(JinjaError) -> Int {
        guard let number = Int(source.text(range).filter { $0 != "_" }, radix: radix) else {
            throw source.error("this number is too large: integers go up to \(Int.max).", at: range.lowerBound)
        }
        return number
    }

    /// The end of the digits; an underscore is allowed only between two digits.
    private static func digitsEnd(_ bytes: [UInt8], from start: Int, radix: Int) -> Int {
        var index = start
        while index < bytes.count {
            if isDigit(bytes[index], radix: radix) {
                index += 1
            } else if bytes[index] == UInt8(ascii: "_"), index > start, index + 1 < bytes.count,
                isDigit(bytes[index + 1], radix: radix)
            {
                index += 2
            } else {
                break
            }
        }
        return index
    }

    private static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
        guard let value = Character(Unicode.Scalar(byte)).hexDigitValue else { return false }
        return value < radix
    }

    private static func floatEnd(_ bytes: [UInt8], afterWhole whole: Int) -> Int? {
        var end = whole
        var isFloat = false
        if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
            let fraction = digitsEnd(bytes, from: end + 1, radix: 10)
            if fraction > end + 1 {
                end = fraction
                isFloat = true
            }
        }
        if end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "e") {
            var first = end + 1
            if first < bytes.count, bytes[first] == UInt8(ascii: "+") || bytes[first] == UInt8(ascii: "-") {
                first += 1
            }
            let exponent = digitsEnd(bytes, from: first, radix: 10)
            if exponent > first {
                end = exponent
                isFloat = true
            }
        }
        return isFloat ? end : nil
    }
}

enum StringLiteral {
    private static let simpleEscapes: [Unicode.Scalar: Unicode.Scalar] = [
        "\\": "\\", "'": "'", "\"": "\"", "a": "\u{07}", "b": "\u{08}", "f": "\u{0C}", "n": "\n", "r": "\r",
        "t": "\t", "v": "\u{0B}",
    ]

    /// A string's text with Python's escapes resolved; an unknown escape stays as it is.
    /// - Throws: an error at an escape that is incomplete or not a character.
    static func unescape(_ source: SourceText, _ range: Range<Int>) throws(JinjaError) -> String {
        let text = source.text(range)
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        var result = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            guard scalar == "\\", index < scalars.count else {
                result.append(scalar)
                continue
            }
            let escape = scalars[index]
            index += 1
            if let simple = simpleEscapes[escape] {
                result.append(simple)
            } else if escape == "\n" {
                continue
            } else if let digits = ["x": 2, "u": 4, "U": 8][escape] {
                guard let code = code(scalars, at: index, digits: digits, radix: 16) else {
                    throw source.error(
                        "'\\\(escape)' needs \(digits) hexadecimal digits after it.", at: range.lowerBound)
                }
                guard let character = Unicode.Scalar(code) else {
                    throw source.error("'\\\(escape)' names no character here.", at: range.lowerBound)
                }
                result.append(character)
                index += digits
            } else if ("0"..."7").contains(escape) {
                var digits = 1
                while digits < 3, index + digits - 1 < scalars.count, ("0"..."7").contains(scalars[index + digits - 1])
                {
                    digits += 1
                }
                if let code = code(scalars, at: index - 1, digits: digits, radix: 8),
                    let character = Unicode.Scalar(code)
                {
                    result.append(character)
                }
                index += digits - 1
            } else if escape == "N" {
                throw source.error("'\\N{…}' is not supported: write the character itself.", at: range.lowerBound)
            } else {
                result.append("\\")
                result.append(escape)
            }
        }
        return String(result)
    }

    private static func code(_ scalars: [Unicode.Scalar], at start: Int, digits: Int, radix: Int) -> UInt32? {
        guard start + digits <= scalars.count else { return nil }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<start + digits])
        let digitsText = String(text)
        guard digitsText.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else { return nil }
        return UInt32(digitsText, radix: radix)
    }
}
