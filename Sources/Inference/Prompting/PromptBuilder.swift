// Turns a request into the exact text and tokens that a model reads.
// - Text from users is only text: names of special tokens in it stay letters. If it has no such names, the tokens are
//   those of the rendered text.
// - If the model wants a token at the beginning of a text, the prompt has it exactly once.
// - A model with a small context is not shown the examples of a template: they would take the room of the answer.

import Generation

/// The text and the tokens that go to a model, and how to treat its output.
struct ModelPrompt: Sendable, Equatable {
    var text: String
    var tokens: [TokenID]
    /// True if the model writes an answer, whose surrounding whitespace can be dropped; false if it continues the text.
    var isAnswered: Bool
    /// What the model may write first.
    var thoughts = ThoughtStart.none
}

/// Makes prompts for one model.
struct PromptBuilder: Sendable {
    let tokenizer: Tokenizer
    /// `nil` if the model has none.
    let template: ChatTemplate?
    /// Tokens of prompt and answer together.
    let contextLength: Int
    /// Models with a smaller context are made for short prompts, and were seldom trained on long conversations.
    static let exampleContextLength = 1024
    /// False for a model that never sees the examples of a template.
    var showsExamples: Bool { contextLength >= Self.exampleContextLength }
    /// How the model marks its thoughts; `nil` if it has none.
    let thoughts: ThoughtFormat?

    /// - Throws: `ChatTemplateError` if the file's template is not valid Jinja.
    init(file: any ModelSource, tokenizer: Tokenizer, name: String, contextLength: Int) throws {
        self.tokenizer = tokenizer
        self.contextLength = contextLength
        func text(of token: TokenID?) -> String {
            token.map { String(decoding: tokenizer.bytes(of: $0), as: UTF8.self) } ?? ""
        }
        let source = try file.optionalString("tokenizer.chat_template")
        template = try source.map { source in
            try ChatTemplate(
                source: source, model: name, bosText: text(of: tokenizer.bosID), eosText: text(of: tokenizer.eosID))
        }
        thoughts = ThoughtFormat.find(template: source) { name in
            tokenizer.token(named: name).map { tokenizer.isMatchedByName($0) } ?? false
        }
    }

    func prompt(for request: GenerationRequest) throws -> ModelPrompt {
        switch request.prompt {
        case .raw(let text): return plain(text, isAnswered: false)
        case .chat(let messages):
            guard let template else {
                let text = request.completionPrompt ?? messages.plainText
                return plain(text, isAnswered: messages.last?.role != .assistant)
            }
            let effort = request.sampling.reasoning
            let plain = messages.filter { !$0.isExample }
            guard plain.count < messages.count, showsExamples else {
                return try chat(plain, template, effort)
            }
            let prompt = try chat(messages, template, effort)
            let isRoomy = prompt.tokens.count + request.sampling.maxTokens <= contextLength
            return isRoomy ? prompt : try chat(plain, template, effort)
        }
    }

    /// Raw text; names of special tokens in it become the tokens.
    private func plain(_ text: String, isAnswered: Bool) -> ModelPrompt {
        let tokens = beginning(tokenizer.encode(text, parseSpecial: true))
        return ModelPrompt(
            text: text, tokens: tokens, isAnswered: isAnswered,
            thoughts: thoughts?.start(afterRawText: text) ?? .none)
    }

    /// A conversation. If the last message is the assistant's, the model continues it.
    private func chat(
        _ messages: [Message], _ template: ChatTemplate, _ effort: ReasoningEffort
    ) throws -> ModelPrompt {
        let shield = SpecialTextShield(
            tokenizer: tokenizer, texts: messages.map(\.content), markers: Self.markers(of: thoughts, tokenizer))
        let shielded = messages.map { Message($0.role, shield.hide($0.content)) }
        let continues = messages.last?.role == .assistant
        func render(adding end: String) throws -> String {
            var marked = shielded
            if let last = marked.indices.last { marked[last].content += end }
            return try template.render(marked, addGenerationPrompt: !continues, effort: effort)
        }
        var text: String
        var start = ThoughtStart.none
        if continues {
            text = try render(adding: String(shield.unusedScalar))
            if let place = text.unicodeScalars.lastIndex(of: shield.unusedScalar) {
                text = continued(String(text.unicodeScalars[..<place]), words: shielded.last?.content ?? "")
            }
        } else {
            (text, start) = prepared(
                try render(adding: ""), effort: effort, shield: shield, render: { try? render(adding: $0) })
        }
        return ModelPrompt(
            text: shield.reveal(text), tokens: beginning(shield.encode(text)), isAnswered: !continues,
            thoughts: start)
    }

    /// Adds the token that begins every text of this model, unless the text has it already.
    private func beginning(_ tokens: [TokenID]) -> [TokenID] {
        tokens.first == tokenizer.bosID ? tokens : tokenizer.vocabulary.beginIDs + tokens
    }
}
