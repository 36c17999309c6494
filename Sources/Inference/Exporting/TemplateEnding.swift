// The token with which a chat template ends an answer: the one that stops the writing of a trained model.
// - Many files name another one, such as the end of a document, as their end token; a model that is trained on the
//   template's answers then writes on and on in programs that look for it alone.

import Foundation
import Generation

enum TemplateEnding {
    /// The end token right after an answer; nil if the template writes none there, or refuses such a conversation.
    /// - Parameter template: in Jinja.
    static func token(template: String, tokenizer: Tokenizer) -> TokenID? {
        func text(of token: TokenID?) -> String {
            token.map { String(decoding: tokenizer.bytes(of: $0), as: UTF8.self) } ?? ""
        }
        guard
            let chat = try? ChatTemplate(
                source: template, model: "", bosText: text(of: tokenizer.bosID), eosText: text(of: tokenizer.eosID)),
            let rendered = try? chat.render(
                [Message(.user, "question"), Message(.assistant, answer)],
                addGenerationPrompt: false),
            let end = rendered.range(of: answer)?.upperBound
        else { return nil }
        let rest = rendered[end...].drop(while: \.isWhitespace)
        guard let first = tokenizer.encode(String(rest), parseSpecial: true).first else { return nil }
        return tokenizer.isControl(first) || tokenizer.endTokens.contains(first) ? first : nil
    }

    /// A word that stands nowhere else in a template.
    private static let answer = "answerfortheending"
}
