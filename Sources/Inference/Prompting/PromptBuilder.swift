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
    /// What was changed so that the model's template takes the conversation, in a sentence.
    var notice: String?
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
    private let recent = RecentPrompts()

    /// - Parameter usesTemplate: false for prompts without the file's chat template.
    /// - Throws: `ChatTemplateError` if the file's template is not valid Jinja.
    init(
        file: any ModelSource, tokenizer: Tokenizer, name: String, contextLength: Int, usesTemplate: Bool = true
    ) throws {
        self.tokenizer = tokenizer
        self.contextLength = contextLength
        func text(of token: TokenID?) -> String {
            token.map { String(decoding: tokenizer.bytes(of: $0), as: UTF8.self) } ?? ""
        }
        let source = usesTemplate ? try file.optionalString("tokenizer.chat_template") : nil
        let thoughts = ThoughtFormat.find(template: source) { name in
            tokenizer.token(named: name).map { tokenizer.isMatchedByName($0) } ?? false
        }
        self.thoughts = thoughts
        template = try source.map { source in
            try ChatTemplate(
                source: source, model: name, bosText: text(of: tokenizer.bosID), eosText: text(of: tokenizer.eosID),
                thoughtEnd: thoughts?.closing)
        }
    }

    func prompt(for request: GenerationRequest) throws -> ModelPrompt {
        try recent.prompt(for: request) { try make(request) }
    }

    /// As `prompt(for:)`, without a look at the prompts before.
    func make(_ request: GenerationRequest) throws -> ModelPrompt {
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
        let shielded = messages.map { Message($0.role, shield.hide($0.content), isExample: $0.isExample) }
        let result =
            messages.last?.role == .assistant
            ? try continued(shielded, template, effort, shield) : try answered(shielded, template, effort, shield)
        return ModelPrompt(
            text: shield.reveal(result.text), tokens: beginning(shield.encode(result.text)),
            isAnswered: messages.last?.role != .assistant, thoughts: result.start, notice: result.fitted.notice)
    }

    private typealias Rendered = (text: String, start: ThoughtStart, fitted: FittedConversation)

    /// The conversation, and the beginning of an answer to it.
    private func answered(
        _ messages: [Message], _ template: ChatTemplate, _ effort: ReasoningEffort, _ shield: SpecialTextShield
    ) throws -> Rendered {
        let fitted = try template.fit(messages, addGenerationPrompt: true, effort: effort)
        let (text, start) = prepared(
            fitted.text, effort: effort, shield: shield, render: { try? template.render(fitted, adding: $0) })
        return (text, start, fitted)
    }

    /// The conversation up to the assistant's words, which come last.
    private func continued(
        _ messages: [Message], _ template: ChatTemplate, _ effort: ReasoningEffort, _ shield: SpecialTextShield
    ) throws -> Rendered {
        let fitted = Result { try template.fit(messages, addGenerationPrompt: false, effort: effort) }
        let lossCount = (try? fitted.get())?.lossCount ?? .max
        // If the template takes no answer at the end, the words follow the beginning of an answer.
        if lossCount > 0, let words = messages.last?.content,
            let answered = try? answered(Array(messages.dropLast()), template, .off, shield),
            answered.fitted.lossCount < lossCount
        {
            return (answered.text + words, .none, answered.fitted)
        }
        let conversation = try fitted.get()
        let mark = shield.unusedScalar
        let text = try template.render(conversation, adding: String(mark))
        guard let place = text.unicodeScalars.lastIndex(of: mark) else { return (text, .none, conversation) }
        let words = conversation.form.messages.last?.content ?? ""
        return (continued(String(text.unicodeScalars[..<place]), words: words), .none, conversation)
    }

    /// Adds the token that begins every text of this model, unless the text has it already.
    func beginning(_ tokens: [TokenID]) -> [TokenID] {
        tokens.first == tokenizer.bosID ? tokens : tokenizer.vocabulary.beginIDs + tokens
    }
}
