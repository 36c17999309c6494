// Text as Python treats it: code points, their classes and cases, and the printed form of strings.

enum PythonText {
    /// A quoted text as Python's `ascii` writes it.
    static func escapingNonASCII(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            guard !scalar.isASCII else {
                result.unicodeScalars.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16)
            let (sign, width) = scalar.value < 0x100 ? ("\\x", 2) : scalar.value < 0x10000 ? ("\\u", 4) : ("\\U", 8)
            result += sign + String(repeating: "0", count: width - digits.utf8.count) + digits
        }
        return result
    }

    /// A text for comparing without case; characters whose capital is longer are expanded.
    static func caseFolded(_ text: String) -> String {
        if isASCII(text) { return lowercased(text) }
        var result = ""
        for scalar in text.unicodeScalars {
            let capital = scalar.properties.uppercaseMapping.unicodeScalars
            switch scalar.value {
            // The long s, the final sigma and the micro sign are only variants of other small letters.
            case 0x17F, 0x3C2, 0xB5: for part in capital { result += part.properties.lowercaseMapping }
            case _ where capital.count > 1: for part in capital { result += part.properties.lowercaseMapping }
            default: result += scalar.properties.lowercaseMapping
            }
        }
        return result
    }

    /// `str.isspace` of one code point.
    static func isWhitespace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// The code points at which `str.splitlines` splits.
    static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// True if `repr` writes the code point itself.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    static func isAlphabetic(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    static func isDecimal(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .decimalNumber }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.numericType == .decimal || scalar.properties.numericType == .digit
    }

    static func isNumeric(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.numericType != nil }

    static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool { isAlphabetic(scalar) || isNumeric(scalar) }

    static func isLowercase(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isLowercase }
    static func isUppercase(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isUppercase }
    static func isTitlecase(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .titlecaseLetter }
    static func isCased(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isCased }

    static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        // Building bytes is several times faster than appending to a string's view.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(scalars.underestimatedCount)
        for scalar in scalars {
            if scalar.isASCII { bytes.append(UInt8(scalar.value)) } else { bytes.append(contentsOf: scalar.utf8) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func uppercased(_ text: String) -> String {
        if isASCII(text) { return ascii(text) { (97...122).contains($0) ? $0 - 32 : $0 } }
        var result = ""
        for scalar in text.unicodeScalars { result += upper(scalar) }
        return result
    }

    static func lowercased(_ text: String) -> String {
        if isASCII(text) { return ascii(text) { (65...90).contains($0) ? $0 + 32 : $0 } }
        let scalars = Array(text.unicodeScalars)
        var result = ""
        for index in scalars.indices { result += lowercased(scalars, at: index) }
        return result
    }

    // Most text is ASCII, and reading the properties of each code point is many times slower.
    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    private static func ascii(_ text: String, _ change: (UInt8) -> UInt8) -> String {
        String(decoding: text.utf8.map(change), as: UTF8.self)
    }

    static func upper(_ scalar: Unicode.Scalar) -> String {
        guard scalar.isASCII else { return scalar.properties.uppercaseMapping }
        return String(Unicode.Scalar(("a"..."z").contains(scalar) ? UInt8(scalar.value) - 32 : UInt8(scalar.value)))
    }

    private static func title(_ scalar: Unicode.Scalar) -> String {
        scalar.isASCII ? upper(scalar) : scalar.properties.titlecaseMapping
    }

    /// The lower case of one code point; a sigma at the end of a word gets its final form.
    static func lowercased(_ scalars: [Unicode.Scalar], at index: Int) -> String {
        let scalar = scalars[index]
        if scalar.isASCII {
            return String(Unicode.Scalar(("A"..."Z").contains(scalar) ? UInt8(scalar.value) + 32 : UInt8(scalar.value)))
        }
        guard scalar == "\u{3A3}" else { return scalar.properties.lowercaseMapping }
        let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
        let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
        return before.map(isCased) ?? false && !(after.map(isCased) ?? false) ? "\u{3C2}" : "\u{3C3}"
    }

    static func capitalized(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = ""
        for index in scalars.indices {
            result += index == 0 ? title(scalars[0]) : lowercased(scalars, at: index)
        }
        return result
    }

    /// `str.title`: a capital letter after every character without case.
    static func titled(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = ""
        var previousIsCased = false
        for index in scalars.indices {
            result += previousIsCased ? lowercased(scalars, at: index) : title(scalars[index])
            previousIsCased = isCased(scalars[index])
        }
        return result
    }

    static func swappedCase(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = ""
        for index in scalars.indices {
            if isUppercase(scalars[index]) {
                result += lowercased(scalars, at: index)
            } else if isLowercase(scalars[index]) {
                result += upper(scalars[index])
            } else {
                result.unicodeScalars.append(scalars[index])
            }
        }
        return result
    }

    /// `repr` of a string: single quotes unless only double ones avoid escapes.
    static func quoted(_ text: String) -> String {
        let quote: Unicode.Scalar =
            text.utf8.contains(UInt8(ascii: "'")) && !text.utf8.contains(UInt8(ascii: "\"")) ? "\"" : "'"
        var result = String.UnicodeScalarView()
        result.append(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote, "\\":
                result.append("\\")
                result.append(scalar)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case _ where isPrintable(scalar): result.append(scalar)
            default: result.append(contentsOf: escaped(scalar).unicodeScalars)
            }
        }
        result.append(quote)
        return String(result)
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let code = String(scalar.value, radix: 16)
        let (letter, width) = scalar.value <= 0xFF ? ("x", 2) : scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
        return "\\\(letter)" + String(repeating: "0", count: width - code.count) + code
    }
}
