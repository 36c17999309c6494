// Filters from text to text.

extension Filters {
    /// Applies a filter without arguments to a text.
    private static func changed(
        _ name: String, _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator,
        _ change: (String) throws(JinjaError) -> String
    ) throws(JinjaError) -> JinjaValue {
        _ = try arguments.bind("the filter '\(name)'", [])
        let result = try change(try text(value, evaluator))
        // The result may be up to five times as long, if all of it is escaped.
        try evaluator.budget.charge(bytes: result.utf8.count)
        return .string(result)
    }

    static func upper(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        try changed("upper", value, arguments, evaluator, PythonText.uppercased)
    }

    static func lower(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        try changed("lower", value, arguments, evaluator, PythonText.lowercased)
    }

    static func capitalize(
        _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        try changed("capitalize", value, arguments, evaluator, PythonText.capitalized)
    }

    static func string(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        try changed("string", value, arguments, evaluator) { $0 }
    }

    static func escape(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        try changed("escape", value, arguments, evaluator, escaped)
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&#34;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Capital letters after spaces, hyphens and opening brackets, unlike `str.title`.
    static func title(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        try changed("title", value, arguments, evaluator) { text in
            let scalars = Array(text.unicodeScalars)
            var result = ""
            var startsWord = true
            for index in scalars.indices {
                let scalar = scalars[index]
                let isSeparator = PythonText.isWhitespace(scalar) || ["-", "(", "{", "[", "<"].contains(scalar)
                result += startsWord ? PythonText.upper(scalar) : PythonText.lowercased(scalars, at: index)
                startsWord = isSeparator
            }
            return result
        }
    }

    static func stripTags(
        _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        try changed("striptags", value, arguments, evaluator) { text throws(JinjaError) in
            var kept = String.UnicodeScalarView()
            var rest = text.unicodeScalars[...]
            while let open = rest.firstIndex(of: "<") {
                guard let close = rest[open...].firstIndex(of: ">") else { break }
                kept.append(contentsOf: rest[..<open])
                rest = rest[rest.index(after: close)...]
            }
            kept.append(contentsOf: rest)
            let words = kept.split(whereSeparator: PythonText.isWhitespace).map { String($0) }
            return try unescaped(words.joined(separator: " "), evaluator.budget)
        }
    }

    private static func unescaped(_ text: String, _ budget: Budget) throws(JinjaError) -> String {
        var result = text
        for (entity, character) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&nbsp;", "\u{A0}"),
            ("&amp;", "&"),
        ] {
            result = try StringMethods.replacing(result, entity, with: character, count: -1, budget)
        }
        return result
    }

    static func trim(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'trim'", ["chars"])
        let set = bound.isGiven(0) ? Set(try bound.string(0, default: "").unicodeScalars) : nil
        return .string(StringMethods.stripped(try text(value, evaluator), set))
    }

    static func replace(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'replace'", ["old", "new", "count"], required: 2)
        let count = bound.isGiven(2) ? try bound.integer(2, default: -1) : -1
        return .string(
            try StringMethods.replacing(
                try text(value, evaluator), try evaluator.text(of: bound.value(0)),
                with: try evaluator.text(of: bound.value(1)), count: count, evaluator.budget))
    }

    static func center(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'center'", ["width"])
        return .string(
            try StringMethods.padded(
                try text(value, evaluator), width: try bound.integer(0, default: 80), fill: " ", "center",
                evaluator.budget))
    }

    static func format(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        guard arguments.positional.isEmpty || arguments.keyword.isEmpty else {
            throw JinjaError("the filter 'format' takes named or unnamed values, not both.")
        }
        let values =
            arguments.keyword.isEmpty
            ? JinjaValue.tuple(arguments.positional)
            : .dictionary(JinjaDictionary(arguments.keyword.map { ($0.name, $0.value) }))
        return .string(try PercentFormat.format(try text(value, evaluator), values, evaluator))
    }

    static func indent(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'indent'", ["width", "first", "blank"])
        guard case .string(let text) = value else {
            throw value.mustBeString(for: "the filter 'indent'")
        }
        let indent: String
        if case .string(let text)? = bound.values[0] {
            indent = text
        } else {
            indent = try Operators.repeated(" ", try bound.integer(0, default: 4), evaluator.budget)
        }
        let indentsBlank = bound.isTrue(2, default: false)
        try evaluator.budget.charge(walkedBytes: text.utf8.count)
        let lines = try StringMethods.lines(text + "\n", evaluator.budget)
        let (added, overflows) = lines.count.multipliedReportingOverflow(by: indent.utf8.count)
        try evaluator.budget.charge(bytes: overflows ? Int.max : added)
        var result = bound.isTrue(1, default: false) ? indent : ""
        for (index, line) in lines.enumerated() {
            if index > 0 { result += "\n" + (line.isEmpty && !indentsBlank ? "" : indent) }
            result += line
        }
        return .string(result)
    }

    static func truncate(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind("the filter 'truncate'", ["length", "killwords", "end", "leeway"])
        let length = try bound.integer(0, default: 255)
        let end = try bound.string(2, default: "...")
        let leeway = bound.isGiven(3) ? try bound.integer(3, default: 5) : 5
        let endCount = end.unicodeScalars.count
        guard length >= endCount else {
            throw JinjaError("truncate needs a length of at least \(endCount), the length of its end.")
        }
        guard leeway >= 0 else { throw JinjaError("truncate needs a leeway of at least 0.") }
        guard case .string(let text) = value else {
            // A text that is short enough does not change.
            let count = try Filters.length(value, CallArguments(), evaluator).asInteger ?? 0
            guard count - leeway > length else { return value }
            throw value.mustBeString(for: "the filter 'truncate'")
        }
        try evaluator.budget.charge(walkedBytes: text.utf8.count)
        let scalars = Array(text.unicodeScalars)
        if scalars.count - leeway <= length { return value }
        var kept = scalars.prefix(length - endCount)
        if !bound.isTrue(1, default: false), let space = kept.lastIndex(of: " ") { kept = kept.prefix(upTo: space) }
        return .string(PythonText.string(kept) + end)
    }

    static func wordCount(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        _ = try arguments.bind("the filter 'wordcount'", [])
        let words = try text(value, evaluator).unicodeScalars.split { !(PythonText.isAlphanumeric($0) || $0 == "_") }
        return .integer(words.count)
    }

    static func urlEncode(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        _ = try arguments.bind("the filter 'urlencode'", [])
        let pairs: [JinjaValue]
        switch value {
        case .dictionary(let dictionary): pairs = zip(dictionary.keys, dictionary.values).map { .tuple([$0, $1]) }
        case .list, .tuple, .object: pairs = try evaluator.iterate(value)
        default:
            let encoded = percentEncoded(try text(value, evaluator), isQuery: false)
            try evaluator.budget.charge(bytes: encoded.utf8.count)
            return .string(encoded)
        }
        var parts: [String] = []
        for pair in pairs {
            let items = try evaluator.iterate(pair)
            guard items.count == 2 else { throw JinjaError("urlencode needs pairs of name and value.") }
            parts.append(
                percentEncoded(try text(items[0], evaluator), isQuery: true) + "="
                    + percentEncoded(try text(items[1], evaluator), isQuery: true))
        }
        return .string(try StringMethods.joined(parts, separator: "&", evaluator.budget))
    }

    /// RFC 3986: keeps letters, digits and "_.-~", and "/" in paths; in queries a space becomes "+".
    private static func percentEncoded(_ text: String, isQuery: Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch Unicode.Scalar(byte) {
            case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-", "~": result.append(byte)
            case "/" where !isQuery: result.append(byte)
            case " " where isQuery: result.append(UInt8(ascii: "+"))
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func urlize(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        throw JinjaError("the filter 'urlize' is not supported: templates here make text, not web pages.")
    }

    static func xmlAttributes(
        _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind("the filter 'xmlattr'", ["autospace"])
        guard case .dictionary(let dictionary) = value else {
            throw JinjaError("the filter 'xmlattr' needs a dictionary, not a value of type \(value.typeName).")
        }
        var parts: [String] = []
        for (key, value) in zip(dictionary.keys, dictionary.values) where value.isDefined && value != .none {
            let name = try text(key, evaluator)
            let isForbidden = { (scalar: Unicode.Scalar) in
                ["/", ">", "="].contains(scalar)
                    || scalar.isASCII && PythonText.isWhitespace(scalar) && scalar.value < 0x1C
                    || scalar == " "
            }
            guard !name.unicodeScalars.contains(where: isForbidden) else {
                throw JinjaError("'\(name)' cannot be the name of an attribute.")
            }
            parts.append("\(escaped(name))=\"\(escaped(try text(value, evaluator)))\"")
        }
        let result = parts.joined(separator: " ")
        return .string(bound.isTrue(0, default: true) && !result.isEmpty ? " " + result : result)
    }
}

extension JinjaValue {
    func mustBeString(for function: String) -> JinjaError {
        if case .undefined(let why) = self { return JinjaError("\(why).") }
        return JinjaError("\(function) needs a string, not a value of type \(typeName).")
    }
}
