// Renders a conversation in the form that a model was trained on, with the template in the model's own file.
// - The template gets the variables that Hugging Face transformers passes to it.
// - If a template refuses system messages, their text goes into the first message of the user.

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

/// A model's chat template.
package struct ChatTemplate: Sendable {
    private let template: JinjaTemplate
    private let model: String
    private let bosText: String
    private let eosText: String
    private let switches: ThinkingSwitches

    /// - Throws: `ChatTemplateError` if the template is not valid Jinja.
    package init(source: String, model: String, bosText: String, eosText: String) throws {
        do {
            template = try JinjaTemplate(source: source, name: "tokenizer.chat_template")
        } catch {
            throw ChatTemplateError.invalid(model: model, reason: "\(error)")
        }
        self.model = model
        self.bosText = bosText
        self.eosText = eosText
        switches = ThinkingSwitches(source: source, variables: template.referencedVariables())
    }

    /// True if the template can be told to go without thoughts.
    var canTurnThoughtsOff: Bool { switches.canTurnOff }

    /// The text of a conversation.
    ///
    /// If the template refuses the effort, it gets the variables of `auto`; if it refuses system messages, the user's
    /// first message holds their text.
    /// - Parameter addGenerationPrompt: true to end the text with the beginning of the assistant's answer.
    /// - Throws: `ChatTemplateError` with the reason that the template gives.
    package func render(
        _ messages: [Message], addGenerationPrompt: Bool, effort: ReasoningEffort = .auto
    ) throws -> String {
        let forms = [messages, Self.foldingSystemText(messages)].compactMap(\.self)
        var settings = [switches.variables(for: effort), switches.variables(for: .auto), [:]]
        // The same variables would fail in the same way.
        settings = settings.indices.filter { !settings[..<$0].contains(settings[$0]) }.map { settings[$0] }
        var reason = ""
        for setting in settings {
            for form in forms {
                do {
                    return try renderPlainly(form, addGenerationPrompt, setting)
                } catch {
                    reason = "\(error)"
                }
            }
        }
        throw ChatTemplateError.failed(model: model, reason: reason)
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
        return try template.render(variables.merging(setting) { $1 })
    }

    /// Puts the text of system messages before the first message of the user; `nil` if either is missing.
    static func foldingSystemText(_ messages: [Message]) -> [Message]? {
        let systemText = messages.filter { $0.role == .system }.map(\.content).joined(separator: "\n\n")
        var rest = messages.filter { $0.role != .system }
        guard rest.count < messages.count, let first = rest.firstIndex(where: { $0.role == .user }) else { return nil }
        rest[first].content = systemText + "\n\n" + rest[first].content
        return rest
    }
}
