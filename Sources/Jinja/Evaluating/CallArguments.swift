// The arguments of a call, and how they bind to the parameters of a function.

struct CallArguments {
    var positional: [JinjaValue] = []
    var keyword: [(name: String, value: JinjaValue)] = []

    /// Binds the arguments to parameters, as a Python function does.
    /// - Parameter required: how many of the first parameters have no default.
    /// - Throws: an error if there are too many arguments, or one is repeated, unknown or missing.
    func bind(_ function: String, _ parameters: [String], required: Int = 0) throws(JinjaError) -> BoundArguments {
        guard positional.count <= parameters.count else {
            let most = parameters.count
            throw JinjaError(
                "\(function) takes \(most == 0 ? "no arguments" : most == 1 ? "one argument" : "at most \(most) arguments"),"
                    + " not \(positional.count).")
        }
        // Functions treat markup as plain text.
        var values: [JinjaValue?] = positional.map(\.plain)
        values += [JinjaValue?](repeating: nil, count: parameters.count - positional.count)
        for (name, value) in keyword {
            guard let index = parameters.firstIndex(of: name) else {
                throw JinjaError("\(function) has no argument '\(name)'.")
            }
            guard values[index] == nil else { throw JinjaError("\(function) is given the argument '\(name)' twice.") }
            values[index] = value.plain
        }
        if let missing = values.prefix(required).firstIndex(where: { $0 == nil }) {
            throw JinjaError("\(function) needs the argument '\(parameters[missing])'.")
        }
        return BoundArguments(function: function, parameters: parameters, values: values)
    }
}

struct BoundArguments {
    let function: String
    let parameters: [String]
    let values: [JinjaValue?]

    /// The value of a parameter; `none` if it was not given.
    func value(_ index: Int) -> JinjaValue { values[index] ?? .none }

    /// True if a parameter was given and is not `none`.
    func isGiven(_ index: Int) -> Bool { values[index].map { $0 != .none } ?? false }

    func integer(_ index: Int, default fallback: Int) throws(JinjaError) -> Int {
        guard let value = values[index] else { return fallback }
        guard let number = value.asInteger else { throw mismatch(index, "an integer") }
        return number
    }

    func string(_ index: Int, default fallback: String) throws(JinjaError) -> String {
        guard let value = values[index] else { return fallback }
        guard case .string(let text) = value else { throw mismatch(index, "a string") }
        return text
    }

    func isTrue(_ index: Int, default fallback: Bool) -> Bool {
        values[index].map(Operators.truth) ?? fallback
    }

    func mismatch(_ index: Int, _ wanted: String) -> JinjaError {
        let value = value(index)
        if case .undefined(let why) = value { return JinjaError("\(why).") }
        return JinjaError(
            "\(function) needs \(wanted) for '\(parameters[index])', not a value of type \(value.typeName).")
    }
}
