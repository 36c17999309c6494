// The completion form: a text that a base model continues, because it does not answer questions.
// - It is an introduction, the template's examples, and the request. The author writes the request once; each example is
//   the same text, filled with the example's values, and its output.
// - The introduction is the paragraphs before the first one with Jinja in it, so it may have finished examples of its own.

import Generation

/// The source of a completion form in two pieces.
struct CompletionForm {
    /// Paragraphs without Jinja; may be empty.
    let introduction: String
    /// The Jinja text of one request, which ends where the answer begins: `Product: {{ product }}\nHeadline:`.
    let item: String

    init(source: String) {
        let paragraphs = source.split(separator: "\n\n", omittingEmptySubsequences: false)
        let first = paragraphs.firstIndex { $0.contains("{{") || $0.contains("{%") } ?? paragraphs.endIndex
        // A form without Jinja asks for nothing: all of it is the request.
        let introductionCount = first == paragraphs.endIndex ? 0 : first
        introduction = paragraphs[..<introductionCount].joined(separator: "\n\n")
        item = paragraphs[introductionCount...].joined(separator: "\n\n")
    }

    /// The whole text.
    /// - Parameters:
    ///   - examples: the rendered requests of the examples, each with its output.
    ///   - request: the rendered request, which the model answers.
    func text(examples: [(request: String, output: String)], request: String) -> String {
        let joint = examples.contains { $0.output.contains("\n") } ? "\n" : " "
        let finished = examples.map { $0.request + ($0.request.hasSuffix(":") ? joint : "\n") + $0.output }
        let introduction = FieldText.trimmed(introduction)
        return ((introduction.isEmpty ? [] : [introduction]) + finished + [request]).joined(separator: "\n\n")
    }
}
