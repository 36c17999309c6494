// The table of filters by name.

enum Filters {
    typealias Filter = @Sendable (JinjaValue, CallArguments, Evaluator) throws(JinjaError) -> JinjaValue

    static var names: Dictionary<String, Filter>.Keys { table.keys }

    static func apply(
        _ name: String, to value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        guard let filter = table[name] else { throw JinjaError(Suggestions.unknown("filter", name, among: names)) }
        try evaluator.budget.charge(textIn: arguments)
        guard value.markup != nil || makesMarkup.contains(name) else { return try filter(value, arguments, evaluator) }
        if makesMarkup.contains(name), value.markup != nil { return value }
        let result = try filter(value.plain, arguments, evaluator)
        return makesMarkup.contains(name) || keepsMarkup.contains(name) ? result.asMarkup : result
    }

    private static let table: [String: Filter] = [
        // Text
        "capitalize": capitalize, "center": center, "e": escape, "escape": escape, "forceescape": escape,
        "format": format, "indent": indent, "lower": lower, "replace": replace, "safe": string, "string": string,
        "striptags": stripTags, "title": title, "tojson": json, "trim": trim, "truncate": truncate, "upper": upper,
        "urlencode": urlEncode, "urlize": urlize, "wordcount": wordCount, "wordwrap": wordWrap,
        "xmlattr": xmlAttributes,
        // Numbers
        "abs": absolute, "filesizeformat": fileSize, "float": float, "int": integer, "round": round,
        // Sequences
        "batch": batch, "count": length, "dictsort": sortDictionary, "first": first, "groupby": group, "items": items,
        "join": join, "last": last, "length": length, "list": list, "map": map, "max": maximum, "min": minimum,
        "random": random, "reject": reject, "rejectattr": rejectAttribute, "reverse": reverse, "select": select,
        "selectattr": selectAttribute, "slice": slice, "sort": sort, "sum": sum, "unique": unique,
        // Anything
        "attr": attribute, "d": fallback, "default": fallback, "pprint": prettyPrint,
    ]

    /// The text that a filter gets: `str(value)`.
    static func text(_ value: JinjaValue, _ evaluator: Evaluator) throws(JinjaError) -> String {
        let text = try evaluator.text(of: value)
        try evaluator.budget.charge(walkedBytes: text.utf8.count)
        return text
    }

    // MARK: Anything

    private static func fallback(
        _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind("the filter 'default'", ["default_value", "boolean"])
        let replaces = !value.isDefined || bound.isTrue(1, default: false) && !Operators.truth(value)
        return replaces ? bound.values[0] ?? .string("") : value
    }

    private static func attribute(
        _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind("the filter 'attr'", ["name"], required: 1)
        let name = try bound.string(0, default: "")
        // Unlike `value.name`, this never finds a key.
        if case .dictionary(let dictionary) = value, !Methods.has(value, name), dictionary[name] != nil {
            return .undefined("'dict object' has no attribute \(PythonText.quoted(name))")
        }
        return try evaluator.attribute(name, of: value)
    }

    private static func prettyPrint(
        _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        _ = try arguments.bind("the filter 'pprint'", [])
        return .string(try Printer.repr(value, evaluator.budget))
    }

    private static func json(
        _ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator
    ) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind("the filter 'tojson'", ["ensure_ascii", "indent", "separators", "sort_keys"])
        var indent: String?
        if bound.isGiven(1) {
            if case .string(let text) = bound.value(1) {
                indent = text
            } else {
                let width = min(FieldLayout.widest, try bound.integer(1, default: 0))
                indent = String(repeating: " ", count: max(0, width))
            }
        }
        var separators: (item: String, key: String)?
        if bound.isGiven(2) {
            let pair = try evaluator.iterate(bound.value(2))
            guard pair.count == 2, case .string(let item) = pair[0], case .string(let key) = pair[1] else {
                throw bound.mismatch(2, "two strings")
            }
            separators = (item, key)
        }
        var json = JSONText(indent: indent, separators: separators, evaluator: evaluator)
        json.escapesNonASCII = bound.isTrue(0, default: false)
        json.sortsKeys = bound.isTrue(3, default: false)
        return .string(try json.text(of: value))
    }
}
