// The work that a render may still do.
// - A step is charged for every node, for every few items of a built list, for every 64 bytes of text that is copied
//   or compared, and for every 16 bytes of text that is walked by code points. So time and memory are bounded.

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

    /// Charges a text of this many bytes before it is built.
    func charge(bytes count: Int) throws(JinjaError) {
        guard count <= textLimit else { throw JinjaError("the text grows beyond \(textLimit) bytes.") }
        try charge(count / 64)
    }

    /// Charges a text that is appended to another.
    func charge(adding count: Int, to whole: Int) throws(JinjaError) {
        guard whole + count <= textLimit else { throw JinjaError("the text grows beyond \(textLimit) bytes.") }
        try charge(count / 64)
    }

    /// Charges a text of this many bytes before it is split into code points, which costs more than a copy.
    func charge(walkedBytes count: Int) throws(JinjaError) {
        guard count <= textLimit else { throw JinjaError("the text grows beyond \(textLimit) bytes.") }
        try charge(count / 16)
    }

    /// Charges the use of a value as a key: its text is copied, and tuples can share parts.
    func charge(key value: JinjaValue) throws(JinjaError) {
        switch value.plain {
        case .string(let text): try charge(walkedBytes: text.utf8.count)
        case .tuple(let items):
            try charge(1 + items.count)
            for item in items { try charge(key: item) }
        default: return
        }
    }

    /// Charges the text arguments of a function, which may be far longer than the text that it searches.
    func charge(textIn arguments: CallArguments) throws(JinjaError) {
        for value in arguments.positional { try charge(textIn: value) }
        for (_, value) in arguments.keyword { try charge(textIn: value) }
    }

    private func charge(textIn value: JinjaValue) throws(JinjaError) {
        switch value.plain {
        case .string(let text): try charge(walkedBytes: text.utf8.count)
        case .tuple(let items):
            // `startswith` takes a tuple of texts.
            try charge(items.count)
            for case .string(let text) in items { try charge(walkedBytes: text.utf8.count) }
        default: return
        }
    }

    /// Charges the exact digits of a float. Their number grows with the exponent, and each step of it walks all of
    /// them.
    func charge(digitsOf number: Double) throws(JinjaError) {
        guard number.isFinite, number != 0 else { return }
        let power = Int(number.exponent.magnitude) + 52
        try charge(power * power / 1000)
    }

    /// Charges a list of this many items before it is built.
    func charge(items count: Int) throws(JinjaError) {
        try charge(count / 4)
    }
}
