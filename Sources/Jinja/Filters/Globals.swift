// The functions that every template can call.

enum Globals {
    static let names: Set<String> = [
        "range", "dict", "namespace", "cycler", "joiner", "lipsum", "raise_exception", "strftime_now",
    ]

    /// Made again for each render, because objects belong to one render.
    static var functions: [String: JinjaValue] {
        var functions: [String: JinjaValue] = [:]
        for (name, body) in bodies { functions[name] = .object(FunctionObject(name, body)) }
        return functions
    }

    private static var bodies: [(String, Native)] {
        [
            ("range", range), ("dict", dictionary), ("namespace", namespace), ("cycler", cycler), ("joiner", joiner),
            ("lipsum", lipsum), ("raise_exception", raise), ("strftime_now", now),
        ]
    }

    private static func range(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        guard arguments.keyword.isEmpty else { throw JinjaError("range() takes no named arguments.") }
        let bound = try arguments.bind("range()", ["start", "stop", "step"], required: 1)
        let first = try bound.integer(0, default: 0)
        let isShort = bound.values[1] == nil
        return .object(
            try RangeObject(
                start: isShort ? 0 : first, stop: isShort ? first : try bound.integer(1, default: 0),
                step: try bound.integer(2, default: 1)))
    }

    /// The fields of `dict`: from a dictionary or pairs, and from named arguments.
    private static func fields(
        _ function: String, _ evaluator: Evaluator, _ arguments: CallArguments
    ) throws(JinjaError) -> JinjaDictionary {
        var fields = JinjaDictionary()
        guard arguments.positional.count <= 1 else {
            throw JinjaError("\(function) takes at most one unnamed argument.")
        }
        if let source = arguments.positional.first {
            if case .dictionary(let dictionary) = source {
                fields = dictionary
            } else {
                for item in try evaluator.iterate(source) {
                    try evaluator.budget.charge()
                    let pair = try evaluator.iterate(item)
                    guard pair.count == 2 else { throw JinjaError("\(function) needs pairs of key and value.") }
                    try evaluator.budget.charge(key: pair[0])
                    guard fields.set(pair[0], pair[1]) else {
                        throw JinjaError("a value of type \(pair[0].typeName) cannot be a key.")
                    }
                }
            }
        }
        try evaluator.budget.charge(fields.count + arguments.keyword.count)
        for (name, value) in arguments.keyword { fields[name] = value }
        _ = try evaluator.contained(fields.values)
        return fields
    }

    private static func dictionary(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue
    {
        .dictionary(try fields("dict()", evaluator, arguments))
    }

    private static func namespace(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        .object(evaluator.keep(NamespaceObject(try fields("namespace()", evaluator, arguments))))
    }

    private static func cycler(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        guard !arguments.positional.isEmpty else { throw JinjaError("cycler() needs something to cycle through.") }
        return .object(evaluator.keep(CyclerObject(arguments.positional)))
    }

    private static func joiner(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind("joiner()", ["sep"])
        return .object(evaluator.keep(JoinerObject(bound.values[0] ?? .string(", "))))
    }

    private static func lipsum(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        throw JinjaError("lipsum() is not supported: it would put random filler into the text.")
    }

    private static func raise(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind("raise_exception()", ["message"], required: 1)
        var error = JinjaError(try evaluator.text(of: bound.value(0)))
        error.isRaisedByTemplate = true
        throw error
    }

    private static func now(_ evaluator: Evaluator, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        let bound = try arguments.bind("strftime_now()", ["format"], required: 1)
        try evaluator.budget.charge(textIn: arguments)
        let text = DateText.format(evaluator.options.now(), try bound.string(0, default: ""))
        try evaluator.budget.charge(bytes: text.utf8.count)
        return .string(text)
    }
}
