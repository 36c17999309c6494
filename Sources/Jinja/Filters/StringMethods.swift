// The methods of Python's `str`, over code points.

enum StringMethods {
    /// A string and its code points.
    struct Text {
        let string: String
        let name: String
        var scalars: [Unicode.Scalar] { Array(string.unicodeScalars) }
    }

    static let names: Set<String> = [
        "capitalize", "casefold", "center", "count", "endswith", "expandtabs", "find", "format", "format_map", "index",
        "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable",
        "isspace", "istitle", "isupper", "join", "ljust", "lower", "lstrip", "partition", "removeprefix",
        "removesuffix", "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines",
        "startswith", "strip", "swapcase", "title", "upper", "zfill",
    ]

    static func call(
        _ string: String, _ name: String, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        try evaluator.budget.charge(walkedBytes: string.utf8.count)
        try evaluator.budget.charge(textIn: arguments)
        let text = Text(string: string, name: "\(name)()")
        if let result = try cased(text, name, arguments) { return result }
        if let result = try question(text, name, arguments) { return result }
        switch name {
        case "strip", "lstrip", "rstrip":
            return try strip(text, arguments, left: name != "rstrip", right: name != "lstrip")
        case "split", "rsplit": return try split(text, arguments, evaluator, fromEnd: name == "rsplit")
        case "splitlines": return try splitLines(text, arguments, evaluator)
        case "partition", "rpartition": return try partition(text, arguments, fromEnd: name == "rpartition")
        case "join": return try join(text, arguments, evaluator)
        case "replace": return try replace(text, arguments, evaluator)
        case "startswith", "endswith": return try affix(text, arguments, atEnd: name == "endswith")
        case "find", "rfind", "index", "rindex", "count": return try search(text, name, arguments)
        case "removeprefix", "removesuffix": return try remove(text, arguments, atEnd: name == "removesuffix")
        case "center", "ljust", "rjust", "zfill": return try pad(text, name, arguments, evaluator)
        case "expandtabs": return try expandTabs(text, arguments, evaluator)
        case "format": return .string(try BraceFormat.format(string, arguments, evaluator))
        case "format_map":
            let bound = try arguments.bind(text.name, ["mapping"], required: 1)
            guard case .dictionary(let dictionary) = bound.value(0) else { throw bound.mismatch(0, "a dictionary") }
            var named = CallArguments()
            try evaluator.budget.charge(dictionary.count)
            for (key, value) in zip(dictionary.keys, dictionary.values) {
                if case .string(let name) = key { named.keyword.append((name, value)) }
            }
            return .string(try BraceFormat.format(string, named, evaluator))
        default: throw JinjaError("str has no method '\(name)'.")
        }
    }

    private static func cased(_ text: Text, _ name: String, _ arguments: CallArguments) throws(JinjaError)
        -> JinjaValue?
    {
        let change: (String) -> String
        switch name {
        case "upper": change = PythonText.uppercased
        case "lower": change = PythonText.lowercased
        case "casefold": change = PythonText.caseFolded
        case "capitalize": change = PythonText.capitalized
        case "title": change = PythonText.titled
        case "swapcase": change = PythonText.swappedCase
        default: return nil
        }
        _ = try arguments.bind(text.name, [])
        return .string(change(text.string))
    }

    private static func question(_ text: Text, _ name: String, _ arguments: CallArguments) throws(JinjaError)
        -> JinjaValue?
    {
        let scalars = text.string.unicodeScalars
        let answer: Bool
        switch name {
        case "isalnum": answer = !scalars.isEmpty && scalars.allSatisfy(PythonText.isAlphanumeric)
        case "isalpha": answer = !scalars.isEmpty && scalars.allSatisfy(PythonText.isAlphabetic)
        case "isascii": answer = scalars.allSatisfy(\.isASCII)
        case "isdecimal": answer = !scalars.isEmpty && scalars.allSatisfy(PythonText.isDecimal)
        case "isdigit": answer = !scalars.isEmpty && scalars.allSatisfy(PythonText.isDigit)
        case "isnumeric": answer = !scalars.isEmpty && scalars.allSatisfy(PythonText.isNumeric)
        case "isspace": answer = !scalars.isEmpty && scalars.allSatisfy(PythonText.isWhitespace)
        case "isprintable": answer = scalars.allSatisfy { $0 == " " || PythonText.isPrintable($0) }
        case "isidentifier":
            answer =
                scalars.first.map { $0 == "_" || $0.properties.isXIDStart } ?? false
                && scalars.allSatisfy { $0.properties.isXIDContinue }
        case "islower": answer = isLower(text.string)
        case "isupper": answer = isUpper(text.string)
        case "istitle": answer = isTitle(scalars)
        default: return nil
        }
        _ = try arguments.bind(text.name, [])
        return .bool(answer)
    }

    static func isLower(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        return scalars.contains(where: PythonText.isLowercase)
            && !scalars.contains { PythonText.isUppercase($0) || PythonText.isTitlecase($0) }
    }

    static func isUpper(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        return scalars.contains(where: PythonText.isUppercase)
            && !scalars.contains { PythonText.isLowercase($0) || PythonText.isTitlecase($0) }
    }

    private static func isTitle(_ scalars: String.UnicodeScalarView) -> Bool {
        var previousIsCased = false
        var hasCased = false
        for scalar in scalars {
            if PythonText.isUppercase(scalar) || PythonText.isTitlecase(scalar) {
                if previousIsCased { return false }
                (previousIsCased, hasCased) = (true, true)
            } else if PythonText.isLowercase(scalar) {
                guard previousIsCased else { return false }
                hasCased = true
            } else {
                previousIsCased = false
            }
        }
        return hasCased
    }

    // MARK: Cutting

    private static func strip(
        _ text: Text, _ arguments: CallArguments, left: Bool, right: Bool
    ) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind(text.name, ["chars"])
        let set = bound.isGiven(0) ? Set(try bound.string(0, default: "").unicodeScalars) : nil
        return .string(stripped(text.string, set, left: left, right: right))
    }

    /// - Parameter set: the characters to strip; `nil` strips whitespace.
    static func stripped(_ text: String, _ set: Set<Unicode.Scalar>?, left: Bool = true, right: Bool = true) -> String {
        func isStripped(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? PythonText.isWhitespace(scalar) }
        var part = text.unicodeScalars[...]
        if left { part = part.drop(while: isStripped) }
        if right { while let last = part.last, isStripped(last) { part.removeLast() } }
        return String(part)
    }

    private static func split(
        _ text: Text, _ arguments: CallArguments, _ evaluator: Evaluator, fromEnd: Bool
    ) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind(text.name, ["sep", "maxsplit"])
        let limit = try bound.integer(1, default: -1)
        let most = limit < 0 ? Int.max : limit
        var scalars = text.scalars
        if fromEnd { scalars.reverse() }
        var parts: [[Unicode.Scalar]]
        if bound.isGiven(0) {
            var separator = Array(try bound.string(0, default: "").unicodeScalars)
            guard !separator.isEmpty else { throw JinjaError("\(text.name) cannot split at an empty string.") }
            if fromEnd { separator.reverse() }
            parts = try split(scalars, at: separator, most: most, evaluator.budget)
        } else {
            parts = try splitAtSpace(scalars, most: most, evaluator.budget)
        }
        if fromEnd { parts = parts.reversed().map { $0.reversed() } }
        return .list(parts.map { .string(PythonText.string($0)) })
    }

    private static func split(
        _ scalars: [Unicode.Scalar], at separator: [Unicode.Scalar], most: Int, _ budget: Budget
    ) throws(JinjaError) -> [[Unicode.Scalar]] {
        var parts: [[Unicode.Scalar]] = []
        var start = 0
        let search = TextSearch(separator)
        while parts.count < most, let index = search.first(in: scalars, from: start) {
            try budget.charge()
            parts.append(Array(scalars[start..<index]))
            start = index + separator.count
        }
        return parts + [Array(scalars[start...])]
    }

    private static func splitAtSpace(
        _ scalars: [Unicode.Scalar], most: Int, _ budget: Budget
    ) throws(JinjaError) -> [[Unicode.Scalar]] {
        var parts: [[Unicode.Scalar]] = []
        var rest = scalars[...].drop(while: PythonText.isWhitespace)
        while !rest.isEmpty {
            if parts.count == most {
                // As in Python, the rest keeps the whitespace at its end.
                return parts + [Array(rest)]
            }
            let word = rest.prefix { !PythonText.isWhitespace($0) }
            try budget.charge()
            parts.append(Array(word))
            rest = rest.dropFirst(word.count).drop(while: PythonText.isWhitespace)
        }
        return parts
    }

    private static func splitLines(_ text: Text, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind(text.name, ["keepends"])
        let keepsEnds = bound.isTrue(0, default: false)
        return .list(try lines(text.string, keepsEnds: keepsEnds, evaluator.budget).map { .string($0) })
    }

    static func lines(_ text: String, keepsEnds: Bool = false, _ budget: Budget) throws(JinjaError) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var lines: [String] = []
        var start = 0
        var index = 0
        while index < scalars.count {
            guard PythonText.isLineEnd(scalars[index]) else {
                index += 1
                continue
            }
            let end =
                scalars[index] == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
                ? index + 2 : index + 1
            try budget.charge()
            lines.append(PythonText.string(scalars[start..<(keepsEnds ? end : index)]))
            (start, index) = (end, end)
        }
        if start < scalars.count { lines.append(PythonText.string(scalars[start...])) }
        return lines
    }

    private static func partition(_ text: Text, _ arguments: CallArguments, fromEnd: Bool) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind(text.name, ["sep"], required: 1)
        let separator = Array(try bound.string(0, default: "").unicodeScalars)
        guard !separator.isEmpty else { throw JinjaError("\(text.name) cannot split at an empty string.") }
        let scalars = text.scalars
        let found =
            fromEnd
            ? TextSearch.last(of: separator, in: scalars)
            : TextSearch(separator).first(in: scalars)
        guard let index = found else {
            return .tuple(fromEnd ? ["", "", .string(text.string)] : [.string(text.string), "", ""])
        }
        return .tuple(
            [scalars[..<index], scalars[index..<index + separator.count], scalars[(index + separator.count)...]]
                .map { .string(PythonText.string($0)) })
    }

    // MARK: Joining and replacing

    private static func join(_ text: Text, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind(text.name, ["iterable"], required: 1)
        var parts: [String] = []
        for (index, item) in try evaluator.iterate(bound.value(0)).enumerated() {
            guard case .string(let part) = item.plain else {
                throw JinjaError("join() needs strings, and item \(index) is of type \(item.typeName).")
            }
            parts.append(part)
        }
        return .string(try joined(parts, separator: text.string, evaluator.budget))
    }

    static func joined(_ parts: [String], separator: String, _ budget: Budget) throws(JinjaError) -> String {
        var bytes = 0
        for part in parts {
            bytes += part.utf8.count + separator.utf8.count
            guard bytes <= budget.textLimit + separator.utf8.count else { break }
        }
        try budget.charge(bytes: max(0, bytes - separator.utf8.count))
        return parts.joined(separator: separator)
    }

    private static func replace(_ text: Text, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind(text.name, ["old", "new", "count"], required: 2)
        let count = try bound.integer(2, default: -1)
        return .string(
            try replacing(
                text.string, try bound.string(0, default: ""), with: try bound.string(1, default: ""), count: count,
                evaluator.budget))
    }

    /// - Parameter count: the most replacements; negative replaces all.
    static func replacing(
        _ text: String, _ old: String, with new: String, count: Int, _ budget: Budget
    ) throws(JinjaError) -> String {
        let most = count < 0 ? Int.max : count
        if old.isEmpty { return try interleaved(text, new, most: most, budget) }
        let (bytes, part, replacement) = (Array(text.utf8), Array(old.utf8), Array(new.utf8))
        var result: [UInt8] = []
        var start = 0
        var replaced = 0
        let search = TextSearch(part)
        while replaced < most, let index = search.first(in: bytes, from: start) {
            result += bytes[start..<index]
            result += replacement
            start = index + part.count
            replaced += 1
            guard result.count <= budget.textLimit else { break }
        }
        result += bytes[start...]
        try budget.charge(bytes: result.count)
        return String(decoding: result, as: UTF8.self)
    }

    /// The result of replacing the empty string, as in Python: the new text before every character and at the end.
    private static func interleaved(_ text: String, _ new: String, most: Int, _ budget: Budget) throws(JinjaError)
        -> String
    {
        var result = ""
        var left = most
        for scalar in text.unicodeScalars {
            if left > 0 { result += new }
            left -= left > 0 ? 1 : 0
            result.unicodeScalars.append(scalar)
            guard result.utf8.count <= budget.textLimit else { break }
        }
        if left > 0 { result += new }
        try budget.charge(bytes: result.utf8.count)
        return result
    }

    // MARK: Searching

    private static func affix(_ text: Text, _ arguments: CallArguments, atEnd: Bool) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind(text.name, [atEnd ? "suffix" : "prefix", "start", "end"], required: 1)
        let scalars = text.scalars
        let range = PythonIndex.window(
            start: bound.isGiven(1) ? try bound.integer(1, default: 0) : 0,
            stop: bound.isGiven(2) ? try bound.integer(2, default: 0) : scalars.count, count: scalars.count)
        let part = range.map { Array(scalars[$0]) }
        let candidates: [JinjaValue]
        if case .tuple(let items) = bound.value(0) { candidates = items } else { candidates = [bound.value(0)] }
        for candidate in candidates {
            guard case .string(let affix) = candidate else { throw bound.mismatch(0, "a string or a tuple of strings") }
            let wanted = Array(affix.unicodeScalars)
            guard let part else { continue }
            if TextSearch.matches(wanted, part, at: atEnd ? part.count - wanted.count : 0) { return .bool(true) }
        }
        return .bool(false)
    }

    private static func search(_ text: Text, _ name: String, _ arguments: CallArguments) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind(text.name, ["sub", "start", "end"], required: 1)
        let part = Array(try bound.string(0, default: "").unicodeScalars)
        let scalars = text.scalars
        let window = PythonIndex.window(
            start: bound.isGiven(1) ? try bound.integer(1, default: 0) : 0,
            stop: bound.isGiven(2) ? try bound.integer(2, default: 0) : scalars.count, count: scalars.count)
        guard let range = window else {
            if name.hasSuffix("index") { throw JinjaError("\(text.name) does not find the string.") }
            return .integer(name == "count" ? 0 : -1)
        }
        let whole = Array(scalars[..<range.upperBound])
        if name == "count" {
            if part.isEmpty { return .integer(range.count + 1) }
            var count = 0
            var start = range.lowerBound
            let search = TextSearch(part)
            while let index = search.first(in: whole, from: start) {
                count += 1
                start = index + part.count
            }
            return .integer(count)
        }
        let found =
            name.hasPrefix("r")
            ? TextSearch.last(of: part, in: whole).flatMap { $0 >= range.lowerBound ? $0 : nil }
            : TextSearch(part).first(in: whole, from: range.lowerBound)
        if found == nil, name.hasSuffix("index") { throw JinjaError("\(text.name) does not find the string.") }
        return .integer(found ?? -1)
    }

    private static func remove(_ text: Text, _ arguments: CallArguments, atEnd: Bool) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind(text.name, [atEnd ? "suffix" : "prefix"], required: 1)
        let scalars = text.scalars
        let affix = Array(try bound.string(0, default: "").unicodeScalars)
        guard !affix.isEmpty, TextSearch.matches(affix, scalars, at: atEnd ? scalars.count - affix.count : 0) else {
            return .string(text.string)
        }
        return .string(PythonText.string(atEnd ? scalars.dropLast(affix.count) : scalars.dropFirst(affix.count)))
    }

    // MARK: Filling

    private static func pad(
        _ text: Text, _ name: String, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind(text.name, name == "zfill" ? ["width"] : ["width", "fillchar"], required: 1)
        let width = try bound.integer(0, default: 0)
        if name == "zfill" {
            let sign = text.string.utf8.first.flatMap { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") ? $0 : nil }
            let fill = try Operators.repeated("0", width - text.string.unicodeScalars.count, evaluator.budget)
            guard let sign else { return .string(fill + text.string) }
            return .string(String(Unicode.Scalar(sign)) + fill + String(text.string.unicodeScalars.dropFirst()))
        }
        let fill = try bound.string(1, default: " ")
        guard fill.unicodeScalars.count == 1 else { throw JinjaError("\(text.name) fills with exactly one character.") }
        return .string(try padded(text.string, width: width, fill: fill, name, evaluator.budget))
    }

    static func padded(
        _ text: String, width: Int, fill: String, _ alignment: String, _ budget: Budget
    ) throws(JinjaError) -> String {
        let count = text.unicodeScalars.count
        guard width > count else { return text }
        let missing = width - count
        // If the spaces cannot be split evenly, Python puts the extra one left if the width is odd.
        let left =
            switch alignment {
            case "ljust": 0
            case "rjust": missing
            default: missing / 2 + (missing & width & 1)
            }
        return try Operators.repeated(fill, left, budget) + text + Operators.repeated(fill, missing - left, budget)
    }

    private static func expandTabs(
        _ text: Text, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind(text.name, ["tabsize"])
        let size = try bound.integer(0, default: 8)
        var result = ""
        var column = 0
        for scalar in text.string.unicodeScalars {
            if scalar == "\t" {
                guard size > 0 else { continue }
                let width = size - column % size
                result += try Operators.repeated(" ", width, evaluator.budget)
                column += width
                guard result.utf8.count <= evaluator.budget.textLimit else {
                    throw JinjaError("the text grows too long.")
                }
            } else {
                result.unicodeScalars.append(scalar)
                column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
            }
        }
        try evaluator.budget.charge(bytes: result.utf8.count)
        return .string(result)
    }
}
