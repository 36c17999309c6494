import Generation
import Templates
import Text

/// A request for drafts and its origin: everything that the store keeps about it before the first token.
public struct DraftOrder: Sendable, Equatable {
    public var request: GenerationRequest
    /// Short name of the template; `nil` for a free prompt.
    public var templateName: String?
    public var templateHash: String?
    /// The template's title, or the beginning of a free prompt.
    public var title: String
    public var fields: [String: String]
    public var systemPrompt: String?
    public var parentDraftId: Int64?
    public var relation: SavedGeneration.Relation?
    /// The turn of a conversation that it writes, and that conversation; `nil` if it belongs to none.
    public var turnId: Int64?
    public var conversationId: Int64?

    public init(
        request: GenerationRequest, templateName: String? = nil, templateHash: String? = nil, title: String,
        fields: [String: String] = [:], systemPrompt: String? = nil, parentDraftId: Int64? = nil,
        relation: SavedGeneration.Relation? = nil
    ) {
        self.request = request
        self.templateName = templateName
        self.templateHash = templateHash
        self.title = title
        self.fields = fields
        self.systemPrompt = systemPrompt
        self.parentDraftId = parentDraftId
        self.relation = relation
    }

    /// A seed that is short enough to type again.
    public static func freshSeed() -> UInt64 { UInt64.random(in: 0...UInt64(UInt32.max)) }

    /// True if a free prompt goes to the model as it stands.
    public var isRawFreePrompt: Bool {
        guard templateName == nil, case .raw = request.prompt else { return false }
        return true
    }
}

extension DraftOrder {
    /// The characters that are kept of each text of a prompt that was refused for its size.
    static let headCharacters = 2000

    /// The same order with only the beginning of each long text.
    func withHeads() -> DraftOrder {
        func head(_ text: String) -> String {
            let head = text.prefix(Self.headCharacters)
            return head.endIndex == text.endIndex ? text : head + "…"
        }
        var order = self
        order.fields = fields.mapValues(head)
        order.systemPrompt = systemPrompt.map(head)
        order.request.completionPrompt = nil
        switch request.prompt {
        case .raw(let text): order.request.prompt = .raw(head(text))
        case .chat(let messages):
            order.request.prompt = .chat(
                messages.map { message in
                    var message = message
                    message.content = head(message.content)
                    return message
                })
        }
        return order
    }
}

extension DraftOrder {
    /// A template with its fields filled in.
    public init(filled: FilledPrompt, template: PromptTemplate, seed: UInt64) {
        self.init(
            request: GenerationRequest(
                prompt: .chat(filled.messages), completionPrompt: filled.completion,
                variantCount: filled.variantCount, sampling: filled.sampling, limits: filled.limits, seed: seed),
            templateName: template.name, templateHash: template.hash, title: template.title, fields: filled.values,
            systemPrompt: filled.messages.first { $0.role == .system }?.content)
        request.conditions = filled.conditions
    }

    /// A prompt in the user's own words.
    /// - Parameters:
    ///   - prompt: line breaks at its end, as files have one, are left out of a chat.
    ///   - raw: true if the text goes to the model as it stands; then `system` is not used.
    public init(prompt text: String, system: String?, raw: Bool, seed: UInt64) {
        var prompt = text
        while !raw, prompt.last?.isNewline == true { prompt.removeLast() }
        var messages = system.map { [Message(.system, $0)] } ?? []
        messages.append(Message(.user, prompt))
        self.init(
            request: GenerationRequest(prompt: raw ? .raw(prompt) : .chat(messages), seed: seed),
            title: Title.of(prompt), fields: ["prompt": prompt], systemPrompt: raw ? nil : system)
    }
}

extension DraftOrder {
    /// Replaces the template's system prompt, or adds one. A raw prompt has none and stays as it is.
    public mutating func replaceSystemPrompt(with text: String) {
        guard case .chat(let messages) = request.prompt else { return }
        request.prompt = .chat([Message(.system, text)] + messages.filter { $0.role != .system })
        systemPrompt = text
    }

    /// Sends the template's completion form as it stands; if it has none, its messages one after another.
    public mutating func continueRaw() {
        guard case .chat(let messages) = request.prompt else { return }
        request.prompt = .raw(request.completionPrompt ?? messages.plainText)
        systemPrompt = nil
    }
}
