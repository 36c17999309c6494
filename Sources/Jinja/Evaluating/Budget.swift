// What a render may still do.
// - Every node costs a step, and so do every few items of a built list, every 64 bytes of text that is copied or
//   compared, and every 16 bytes of text that is walked by code points; so time and memory end.

final class Budget {
    private var steps: Int
    private let stepBudget: Int
    let textLimit: Int

    init(_ options: JinjaOptions) {
        stepBudget = max(1, options.stepBudget)
        steps = stepBudget
        textLimit = max(0, options.outputLimit)
    }

    func charge(_ count: Int = 1) throws(JinjaError) {
        steps -= min(count, stepBudget)
        guard steps >= 0 else {
            throw JinjaError("the template does more than \(stepBudget) steps. Is there a loop that never ends?")
        }
    }

    /// Charges text of so many bytes before it is built.
    func charge(bytes count: Int) throws(JinjaError) {
        guard count <= textLimit else { throw JinjaError("the text grows beyond \(textLimit) bytes.") }
        try charge(count / 64)
    }

    /// Charges text that is added to a text.
    func charge(adding count: Int, to whole: Int) throws(JinjaError) {
        guard whole + count <= textLimit else { throw JinjaError("the text grows beyond \(textLimit) bytes.") }
        try charge(count / 64)
    }

    /// Charges text of so many bytes before it is taken apart into code points, which costs more than a copy.
    func charge(walkedBytes count: Int) throws(JinjaError) {
        guard count <= textLimit else { throw JinjaError("the text grows beyond \(textLimit) bytes.") }
        try charge(count / 16)
    }

    /// Charges what a value costs as a key: its text is copied, and tuples can share parts.
    func charge(key value: JinjaValue) throws(JinjaError) {
        switch value.plain {
        case .string(let text): try charge(walkedBytes: text.utf8.count)
        case .tuple(let items):
            try charge(1 + items.count)
            for item in items { try charge(key: item) }
        default: return
        }
    }

    /// Charges the text that a function is given, which may be far longer than what it is looked for in.
    func charge(textIn arguments: CallArguments) throws(JinjaError) {
        for value in arguments.positional { try charge(textIn: value) }
        for (_, value) in arguments.keyword { try charge(textIn: value) }
    }

    private func charge(textIn value: JinjaValue) throws(JinjaError) {
        switch value.plain {
        case .string(let text): try charge(walkedBytes: text.utf8.count)
        case .tuple(let items):
            // `startswith` takes several.
            try charge(items.count)
            for case .string(let text) in items { try charge(walkedBytes: text.utf8.count) }
        default: return
        }
    }

    /// Charges the exact digits of a float, whose number grows with its exponent and is walked once for each.
    func charge(digitsOf number: Double) throws(JinjaError) {
        guard number.isFinite, number != 0 else { return }
        let power = Int(number.exponent.magnitude) + 52
        try charge(power * power / 1000)
    }

    /// Charges a list of so many items before it is built.
    func charge(items count: Int) throws(JinjaError) {
        try charge(count / 4)
    }
}
