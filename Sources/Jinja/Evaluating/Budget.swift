// What a render may still do.
// - Every node, every item of a built list and every 64 bytes of built text cost a step, so time and memory end.

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

    /// Charges a list of so many items before it is built.
    func charge(items count: Int) throws(JinjaError) {
        try charge(count / 4)
    }
}
