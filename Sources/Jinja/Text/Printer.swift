// Values as text: `str` and `repr`, and JSON as `json.dumps` writes it.
// - Nesting and size are limited, because values can share parts and so print far larger than they are in memory.

enum Printer {
    static let deepestValue = 100

    /// Python's `repr`.
    static func repr(_ value: JinjaValue, _ budget: Budget) throws(JinjaError) -> String {
        var result = ""
        try append(value, to: &result, budget, depth: 0)
        return result
    }

    private static func append(
        _ value: JinjaValue, to result: inout String, _ budget: Budget, depth: Int
    ) throws(JinjaError) {
        guard depth < deepestValue else { throw JinjaError("the value is nested too deeply to print.") }
        guard result.utf8.count <= budget.textLimit else {
            throw JinjaError("the text grows beyond \(budget.textLimit) bytes.")
        }
        try budget.charge()
        switch value {
        case .none: result += "None"
        case .undefined: result += "Undefined"
        case .bool(let flag): result += flag ? "True" : "False"
        case .integer(let number): result += String(number)
        case .float(let number): result += FloatText.repr(number)
        case .string(let text):
            try append(quoted: text, to: &result, budget)
        case .list(let items): try append(items, "[", "]", to: &result, budget, depth)
        case .tuple(let items): try append(items, "(", items.count == 1 ? ",)" : ")", to: &result, budget, depth)
        case .dictionary(let dictionary): try append(dictionary, to: &result, budget, depth)
        case .object(let object): try append(object, to: &result, budget, depth)
        }
    }

    private static func append(quoted text: String, to result: inout String, _ budget: Budget) throws(JinjaError) {
        try budget.charge(walkedBytes: text.utf8.count)
        let quoted = PythonText.quoted(text)
        // Escapes may have made it longer.
        try budget.charge(adding: quoted.utf8.count, to: result.utf8.count)
        result += quoted
    }

    private static func append(
        _ items: [JinjaValue], _ open: String, _ close: String, to result: inout String, _ budget: Budget, _ depth: Int
    ) throws(JinjaError) {
        result += open
        for (index, item) in items.enumerated() {
            if index > 0 { result += ", " }
            try append(item, to: &result, budget, depth: depth + 1)
        }
        result += close
    }

    private static func append(
        _ dictionary: JinjaDictionary, to result: inout String, _ budget: Budget, _ depth: Int
    ) throws(JinjaError) {
        result += "{"
        for (index, key) in dictionary.keys.enumerated() {
            if index > 0 { result += ", " }
            try append(key, to: &result, budget, depth: depth + 1)
            result += ": "
            try append(dictionary.values[index], to: &result, budget, depth: depth + 1)
        }
        result += "}"
    }

    private static func append(
        _ object: JinjaObject, to result: inout String, _ budget: Budget, _ depth: Int
    ) throws(JinjaError) {
        switch object {
        case let namespace as NamespaceObject:
            result += "<Namespace "
            try append(namespace.fields, to: &result, budget, depth)
            result += ">"
        case let markup as MarkupObject:
            result += "Markup("
            try append(quoted: markup.text, to: &result, budget)
            result += ")"
        case let group as GroupObject: try append(group.pair, "(", ")", to: &result, budget, depth)
        case let view as ViewObject:
            result += view.typeName + "("
            try append(view.items, "[", "]", to: &result, budget, depth)
            result += ")"
        case let range as RangeObject:
            result += "range(\(range.start), \(range.stop)" + (range.step == 1 ? ")" : ", \(range.step))")
        case let loop as LoopObject: result += "<LoopContext \(loop.index + 1)/\(loop.items.count)>"
        case let macro as MacroObject:
            result += "<Macro " + (macro.statement.name.map(PythonText.quoted) ?? "None") + ">"
        case let method as MethodObject:
            result += "<built-in method \(method.name) of \(method.receiver.typeName) object>"
        case let function as FunctionObject: result += "<function \(function.name)>"
        default: result += "<\(object.typeName) object>"
        }
    }
}

extension Evaluator {
    /// Python's `str`.
    func text(of value: JinjaValue) throws(JinjaError) -> String {
        try refuseUndefined(value)
        switch value {
        case .string(let text): return text
        case .object(let markup as MarkupObject): return markup.text
        case .undefined: return ""
        case .integer(let number): return String(number)
        default: return try Printer.repr(value, budget)
        }
    }
}

/// JSON in the layout of Python's `json.dumps(ensure_ascii=False)`.
struct JSONText {
    /// The indent of one level; `nil` writes everything on one line.
    var indent: String?
    var itemSeparator: String
    var keySeparator: String
    var sortsKeys = false
    var escapesNonASCII = false
    let evaluator: Evaluator
    private var result = ""

    init(indent: String?, separators: (item: String, key: String)? = nil, evaluator: Evaluator) {
        self.indent = indent
        itemSeparator = separators?.item ?? (indent == nil ? ", " : ",")
        keySeparator = separators?.key ?? ": "
        self.evaluator = evaluator
    }

    /// - Throws: an error if a value is undefined or an object, or if a key cannot be written in JSON.
    mutating func text(of value: JinjaValue) throws(JinjaError) -> String {
        result = ""
        try append(value, depth: 0)
        return result
    }

    private mutating func append(_ value: JinjaValue, depth: Int) throws(JinjaError) {
        guard depth < Printer.deepestValue else { throw JinjaError("the value is nested too deeply for JSON.") }
        guard result.utf8.count <= evaluator.budget.textLimit else {
            throw JinjaError("the text grows beyond \(evaluator.budget.textLimit) bytes.")
        }
        try evaluator.budget.charge()
        switch value.plain {
        case .none: result += "null"
        case .bool(let flag): result += flag ? "true" : "false"
        case .integer(let number): result += String(number)
        case .float(let number): result += Self.number(number)
        case .string(let text):
            try appendQuoted(text)
        case .list(let items), .tuple(let items):
            guard !items.isEmpty else { return result += "[]" }
            result += "["
            for (index, item) in items.enumerated() {
                try appendSeparator(index, depth: depth + 1)
                try append(item, depth: depth + 1)
            }
            try appendLine(depth)
            result += "]"
        case .dictionary(let dictionary): try append(dictionary, depth: depth)
        case .undefined(let why): throw JinjaError("\(why), so it has no JSON.")
        case .object: throw JinjaError("a value of type \(value.typeName) has no JSON.")
        }
    }

    private mutating func append(_ dictionary: JinjaDictionary, depth: Int) throws(JinjaError) {
        guard !dictionary.isEmpty else { return result += "{}" }
        result += "{"
        var order = Array(dictionary.keys.indices)
        if sortsKeys { order = try Filters.sortedIndices(dictionary.keys, evaluator) }
        for (index, position) in order.enumerated() {
            try appendSeparator(index, depth: depth + 1)
            try appendKey(dictionary.keys[position])
            result += keySeparator
            try append(dictionary.values[position], depth: depth + 1)
        }
        try appendLine(depth)
        result += "}"
    }

    private mutating func appendKey(_ key: JinjaValue) throws(JinjaError) {
        switch key {
        case .string(let text): try appendQuoted(text)
        case .integer(let number): result += "\"\(number)\""
        case .float(let number): result += "\"\(Self.number(number))\""
        case .bool(let flag): result += flag ? "\"true\"" : "\"false\""
        case .none: result += "\"null\""
        default: throw JinjaError("a key of type \(key.typeName) has no JSON.")
        }
    }

    private static func number(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return FloatText.repr(number)
    }

    private mutating func appendSeparator(_ index: Int, depth: Int) throws(JinjaError) {
        if index > 0 {
            try evaluator.budget.charge(adding: itemSeparator.utf8.count, to: result.utf8.count)
            result += itemSeparator
        }
        try appendLine(depth)
    }

    private mutating func appendLine(_ depth: Int) throws(JinjaError) {
        guard let indent else { return }
        try evaluator.budget.charge(adding: indent.utf8.count * depth, to: result.utf8.count)
        result += "\n" + String(repeating: indent, count: depth)
    }

    private mutating func appendQuoted(_ text: String) throws(JinjaError) {
        try evaluator.budget.charge(walkedBytes: text.utf8.count)
        let start = result.utf8.count
        result += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{08}": result += "\\b"
            case "\u{0C}": result += "\\f"
            default:
                if scalar.value < 0x20 || escapesNonASCII && scalar.value > 0x7E {
                    for unit in String(scalar).utf16 {
                        let code = String(unit, radix: 16)
                        result += "\\u" + String(repeating: "0", count: 4 - code.count) + code
                    }
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        result += "\""
        try evaluator.budget.charge(adding: result.utf8.count - start, to: start)
    }
}
