// From a request to the exact text and tokens that a model reads.
// - What users typed is text: names of special tokens in it stay letters. Without such names the tokens are those
//   of the rendered text as a whole.
// - The token that begins a text is there once, if the model wants it.

import Generation

/// The text and the tokens that go to a model, and what becomes of the answer.
struct ModelPrompt: Sendable, Equatable {
    var text: String
    var tokens: [TokenID]
    /// Whether an answer follows, whose surrounding whitespace means nothing, or a continuation of the text.
    var isAnswered: Bool
}

/// Makes prompts for one model.
struct PromptBuilder: Sendable {
    let tokenizer: Tokenizer
    /// `nil` for a model without one.
    let template: ChatTemplate?

    /// - Throws: `ChatTemplateError` where the file's template is no valid Jinja.
    init(file: any ModelSource, tokenizer: Tokenizer, name: String) throws {
        self.tokenizer = tokenizer
        func text(of token: TokenID?) -> String {
            token.map { String(decoding: tokenizer.bytes(of: $0), as: UTF8.self) } ?? ""
        }
        template = try file.optionalString("tokenizer.chat_template").map { source in
            try ChatTemplate(
                source: source, model: name, bosText: text(of: tokenizer.bosID), eosText: text(of: tokenizer.eosID))
        }
    }

    func prompt(for request: GenerationRequest) throws -> ModelPrompt {
        switch request.prompt {
        case .raw(let text): return plain(text, isAnswered: false)
        case .chat(let messages):
            guard let template else {
                let text = request.completionPrompt ?? messages.map(\.content).joined(separator: "\n\n")
                return plain(text, isAnswered: true)
            }
            return try chat(messages, template)
        }
    }

    /// Text as it stands; names of special tokens in it become the tokens.
    private func plain(_ text: String, isAnswered: Bool) -> ModelPrompt {
        ModelPrompt(
            text: text, tokens: beginning(tokenizer.encode(text, parseSpecial: true)), isAnswered: isAnswered)
    }

    /// A conversation; one that ends with words of the assistant is continued behind them.
    private func chat(_ messages: [Message], _ template: ChatTemplate) throws -> ModelPrompt {
        let shield = SpecialTextShield(tokenizer: tokenizer, texts: messages.map(\.content))
        var shielded = messages.map { Message($0.role, shield.hide($0.content)) }
        let continues = messages.last?.role == .assistant
        let end = shield.unusedScalar
        if continues { shielded[shielded.count - 1].content.unicodeScalars.append(end) }
        var text = try template.render(shielded, addGenerationPrompt: !continues)
        if continues, let place = text.unicodeScalars.lastIndex(of: end) {
            text = String(text.unicodeScalars[..<place])
        }
        return ModelPrompt(
            text: shield.reveal(text), tokens: beginning(shield.encode(text)), isAnswered: !continues)
    }

    /// Puts the token before a text that begins every text of this model, unless it is there.
    private func beginning(_ tokens: [TokenID]) -> [TokenID] {
        tokens.first == tokenizer.bosID ? tokens : tokenizer.vocabulary.beginIDs + tokens
    }
}
