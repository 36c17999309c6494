import Generation
import Templates
import Text

/// What is to be written, and where the wish came from: everything the store keeps of it before the first token.
struct DraftOrder: Sendable {
    var request: GenerationRequest
    var templateName: String?
    var templateHash: String?
    /// The template's title, or the beginning of a free prompt.
    var title: String
    var fields: [String: String] = [:]
    var systemPrompt: String?
    var parentDraftId: Int64?
    var relation: SavedGeneration.Relation?
}

extension DraftOrder {
    /// A template with its fields filled in.
    init(filled: FilledPrompt, template: PromptTemplate, seed: UInt64) {
        self.init(
            request: GenerationRequest(
                prompt: .chat(filled.messages), completionPrompt: filled.completion,
                variantCount: filled.variantCount, sampling: filled.sampling, limits: filled.limits, seed: seed),
            templateName: template.name, templateHash: template.hash, title: template.title, fields: filled.values,
            systemPrompt: filled.messages.first { $0.role == .system }?.content)
    }

    /// A prompt in the user's own words.
    init(prompt: String, system: String?, raw: Bool, seed: UInt64) {
        var messages = system.map { [Message(.system, $0)] } ?? []
        messages.append(Message(.user, prompt))
        self.init(
            request: GenerationRequest(prompt: raw ? .raw(prompt) : .chat(messages), seed: seed),
            title: Title.of(prompt), fields: raw ? ["prompt": prompt, "raw": "true"] : ["prompt": prompt],
            systemPrompt: raw ? nil : system)
    }
}

extension DraftOrder {
    /// Puts another system prompt in the place of the template's.
    mutating func replaceSystemPrompt(with text: String) {
        guard case .chat(let messages) = request.prompt else { return }
        request.prompt = .chat([Message(.system, text)] + messages.filter { $0.role != .system })
        systemPrompt = text
    }

    /// Sends the template's completion form as it stands, or its messages where it has none.
    mutating func continueRaw() {
        guard case .chat(let messages) = request.prompt else { return }
        request.prompt = .raw(request.completionPrompt ?? messages.map(\.content).joined(separator: "\n\n"))
        systemPrompt = nil
    }
}
