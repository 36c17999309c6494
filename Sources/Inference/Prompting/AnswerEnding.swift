// What a chat template writes around an answer: found once for each model, by an answer that is a single sign.
// - The end of an answer is the first token behind it that ends a text for this model. If the template writes none, it is
//   the token that ends every text, because a model that never learns to stop goes on for ever.

import Generation
import Text

/// The frame of an answer in one model's template.
struct AnswerEnding: Sendable, Equatable {
    /// White space that the template writes between the prompt and the answer.
    var lead = ""
    /// White space or other text between the answer and its end token.
    var tail = ""
    /// The end token; `nil` if the vocabulary has none.
    var token: TokenID?
    /// True if the template drops white space at the answer's beginning, and at its end.
    var trimsStart = false
    var trimsEnd = false

    /// - Parameter builder: of a model with or without a chat template.
    static func find(_ builder: PromptBuilder) -> AnswerEnding {
        let tokenizer = builder.tokenizer
        var ending = AnswerEnding(token: tokenizer.eosID)
        let question = Message(.user, "a")
        guard let template = builder.template,
            let sent = try? builder.make(GenerationRequest(prompt: .chat([question]), seed: 0)),
            let frame = frame(of: sign, question, template)
        else { return ending }
        let lead = frame.before.hasPrefix(sent.text) ? String(frame.before.dropFirst(sent.text.count)) : ""
        if TextLength.trimmed(lead).isEmpty { ending.lead = lead }
        let ends = tokenizer.endTokens.map { (id: $0, name: String(decoding: tokenizer.bytes(of: $0), as: UTF8.self)) }
            .filter { !$0.name.isEmpty }
        let places = ends.compactMap { end in frame.after.firstRange(of: end.name).map { ($0.lowerBound, end.id) } }
        if let first = places.min(by: { ($0.0, $0.1) < ($1.0, $1.1) }) {
            ending.tail = String(frame.after[..<first.0])
            ending.token = first.1
        }
        if let spaced = self.frame(of: " \(sign) ", question, template) {
            ending.trimsStart = spaced.before == frame.before
            ending.trimsEnd = spaced.after == frame.after
        }
        return ending
    }

    private static let sign = "\u{F0000}"

    /// What the template writes before the sign in an answer, and behind it.
    private static func frame(
        of answer: String, _ question: Message, _ template: ChatTemplate
    ) -> (before: String, after: String)? {
        let messages = [question, Message(.assistant, answer)]
        guard let text = try? template.render(messages, addGenerationPrompt: false),
            let place = text.firstRange(of: sign)
        else { return nil }
        return (String(text[..<place.lowerBound]), String(text[place.upperBound...]))
    }

    /// The text of an answer as the template writes it, up to its end token.
    /// - Parameter startsOpen: true if the prompt has opened a thought that the answer goes on with.
    func text(of answer: String, startsOpen: Bool) -> String {
        var text = answer.unicodeScalars[...]
        if trimsStart { text = text.drop { $0.properties.isWhitespace } }
        while trimsEnd, let last = text.last, last.properties.isWhitespace { text.removeLast() }
        return (startsOpen ? "" : lead) + String(text) + tail
    }
}
