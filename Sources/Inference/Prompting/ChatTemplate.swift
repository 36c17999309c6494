// Renders a conversation in the form that a model was trained on, with the template in the model's own file.
// - The template gets the variables that Hugging Face transformers passes to it.
// - If a template refuses a conversation or leaves out a text, it gets the conversation in another form.

import Generation
import Jinja

/// An error of a model's chat template. Its sentences name no options or keys: each caller adds its own.
public enum ChatTemplateError: Error, Equatable, CustomStringConvertible {
    /// The template is not valid Jinja, so the model cannot be opened.
    case invalid(model: String, reason: String)
    /// The template failed on a conversation. Raw text does without the template.
    case failed(model: String, reason: String)

    public var description: String {
        switch self {
        case .invalid(let model, let reason):
            "\(model): the model's chat template cannot be used: \(reason) Use another file of this model."
        case .failed(let model, let reason):
            "\(model): the model's chat template cannot be used: \(reason) "
                + "Send the prompt as raw text, or use another file of this model."
        }
    }
}

/// A rendered conversation, and how the template was brought to take it.
struct FittedConversation: Sendable {
    var text: String
    var form: MessageForm
    /// How many messages are missing in the text.
    var lossCount: Int
    fileprivate var addsGenerationPrompt: Bool
    fileprivate var setting: [String: JinjaValue]

    /// What the user should know about it, in a sentence.
    var notice: String? {
        guard lossCount > 0 else { return form.notice }
        return "The model's chat template leaves out \(lossCount == 1 ? "a message" : "\(lossCount) messages") of this "
            + "conversation, so the model does not read all of it."
    }
}

/// A model's chat template.
package struct ChatTemplate: Sendable {
    private let template: JinjaTemplate
    private let model: String
    private let bosText: String
    private let eosText: String
    /// More than any known template needs for a message, so that a long conversation is rendered whole.
    private static let stepsOfMessage = 2_000
    private let switches: ThinkingSwitches
    private let thoughtEnd: String?

    /// - Parameter thoughtEnd: the marker at the end of a thought; what stands before it in an answer is not sent again.
    /// - Throws: `ChatTemplateError` if the template is not valid Jinja.
    package init(source: String, model: String, bosText: String, eosText: String, thoughtEnd: String? = nil) throws {
        do {
            template = try JinjaTemplate(source: source, name: "tokenizer.chat_template")
        } catch {
            throw ChatTemplateError.invalid(model: model, reason: "\(error)")
        }
        self.model = model
        self.bosText = bosText
        self.eosText = eosText
        self.thoughtEnd = thoughtEnd
        switches = ThinkingSwitches(source: source, variables: template.referencedVariables())
    }

    /// True if the template can be told to go without thoughts.
    var canTurnThoughtsOff: Bool { switches.canTurnOff }

    /// The text of a conversation, in a form that the template takes.
    /// - Parameter addGenerationPrompt: true to end the text with the beginning of the assistant's answer.
    /// - Throws: `ChatTemplateError` with the reason that the template gives.
    package func render(
        _ messages: [Message], addGenerationPrompt: Bool, effort: ReasoningEffort = .auto
    ) throws -> String {
        try fit(messages, addGenerationPrompt: addGenerationPrompt, effort: effort).text
    }

    /// Renders a conversation. If the template refuses it or leaves out a text, the conversation gets another form; if it
    /// refuses the effort, it gets the variables of `auto`.
    ///
    /// If every form loses a text, the one that loses the fewest counts, and its notice says so.
    /// - Parameter addGenerationPrompt: true to end the text with the beginning of the assistant's answer.
    /// - Throws: `ChatTemplateError` with the reason that the template gives for the conversation as it is.
    func fit(
        _ messages: [Message], addGenerationPrompt: Bool, effort: ReasoningEffort
    ) throws -> FittedConversation {
        var settings = [switches.variables(for: effort), switches.variables(for: .auto), [:]]
        // The same variables would fail in the same way.
        settings = settings.indices.filter { !settings[..<$0].contains(settings[$0]) }.map { settings[$0] }
        var reason = ""
        for setting in settings {
            do {
                return try fit(messages, addGenerationPrompt, setting)
            } catch {
                reason = "\(error)"
            }
        }
        // Templates for tools may use these without asking if there are any. A date would keep a text from being replayed.
        let withoutTools = switches.variables(for: .auto).merging([
            "tools": .list([]), "functions": .string("[]"), "datetime": .string("unknown"),
        ]) { $1 }
        if let fitted = try? fit(messages, addGenerationPrompt, withoutTools) { return fitted }
        throw ChatTemplateError.failed(model: model, reason: reason)
    }

    /// - Throws: why the template refuses the conversation as it is, if it refuses every other form too.
    private func fit(
        _ messages: [Message], _ addGenerationPrompt: Bool, _ setting: [String: JinjaValue]
    ) throws -> FittedConversation {
        func attempt(_ form: MessageForm) throws -> FittedConversation {
            let text = try renderPlainly(form.messages, addGenerationPrompt, setting)
            return FittedConversation(
                text: text, form: form, lossCount: form.lossCount(in: text, thoughtEnd: thoughtEnd),
                addsGenerationPrompt: addGenerationPrompt, setting: setting)
        }
        let plain = Result { try attempt(MessageForm(messages: messages, changes: [])) }
        var best = try? plain.get()
        if let best, best.lossCount == 0 { return best }
        for form in MessageForm.others(of: messages) {
            guard let fitted = try? attempt(form), fitted.lossCount < best?.lossCount ?? .max else { continue }
            best = fitted
            if fitted.lossCount == 0 { break }
        }
        return try best ?? plain.get()
    }

    /// Renders a conversation again, with a text added to its last message.
    func render(_ fitted: FittedConversation, adding end: String) throws -> String {
        var messages = fitted.form.messages
        if let last = messages.indices.last { messages[last].content += end }
        return try renderPlainly(messages, fitted.addsGenerationPrompt, fitted.setting)
    }

    private func renderPlainly(
        _ messages: [Message], _ addGenerationPrompt: Bool, _ setting: [String: JinjaValue]
    ) throws -> String {
        let variables: [String: JinjaValue] = [
            "messages": .list(
                messages.map { message in
                    .dictionary(["role": .string(message.role.rawValue), "content": .string(message.content)])
                }),
            "add_generation_prompt": .bool(addGenerationPrompt),
            "bos_token": .string(bosText), "eos_token": .string(eosText),
            "tools": .none, "documents": .none,
            // The draft is wanted without the reasoning that leads to it, unless the request asks for reasoning.
            "enable_thinking": .bool(false),
        ]
        return try template.render(
            variables.merging(setting) { $1 }, moreSteps: min(messages.count, 1 << 20) * Self.stepsOfMessage)
    }
}
