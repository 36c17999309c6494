// Turns a template and the values of its fields into a prompt.
// - Values are trimmed. In a one-line field, line breaks become spaces; a multiline field keeps its lines.
// - An empty value counts as missing: the default is used, or the empty string, which is false in `{% if %}`.
// - The examples of the fields are used only if no value was given at all, so a draft never mixes them with the user's
//   words.
// - The template's finished examples stand before the request, unless one asks the same as the request.

import Generation
import Jinja

/// A template with its fields filled in: everything that a generation request needs except the seed.
public struct FilledPrompt: Sendable, Hashable {
    /// The system message, if the template has one, two turns for each example, and the user's message.
    public let messages: [Message]
    /// Text to continue, for a model without a chat template; `nil` if the template has none.
    public let completion: String?
    /// Every field's value as it was filled in, including defaults, examples and empty values.
    public let values: [String: String]
    public let variantCount: Int
    public let limits: LengthLimits
    public let sampling: SamplingOptions
    /// What every draft has to keep besides the limits.
    public let conditions: DraftConditions
}

extension PromptTemplate {
    /// Puts values into the fields and renders the texts.
    /// - Parameters:
    ///   - values: by field name; empty ones count as missing.
    ///   - useExamples: true to use the examples if no given value differs from its default.
    ///   - base: the user's own sampling options; those of the template override them.
    /// - Throws: `TemplateError`, which names the field; `isPersona` for a persona, which has no prompt to answer.
    public func fill(
        values: [String: String] = [:], useExamples: Bool = false, over base: SamplingOptions = .init()
    ) throws(TemplateError) -> FilledPrompt {
        if isPersona { throw .isPersona(name) }
        let values = try complete(values, useExamples: useExamples)
        return try RoomyThread.run { () throws(TemplateError) in try filled(with: values, over: base) }
    }

    private func filled(
        with values: [String: String], over base: SamplingOptions
    ) throws(TemplateError) -> FilledPrompt {
        let context = context(values)
        let examples = examples.filter { $0.values != values }
        var messages: [Message] = []
        if let system {
            let text = try render(system, context)
            if !text.isEmpty { messages.append(Message(.system, text)) }
        }
        for example in examples {
            messages.append(Message(.user, try render(body, self.context(example.values)), isExample: true))
            messages.append(Message(.assistant, example.output, isExample: true))
        }
        messages.append(Message(.user, try render(body, context)))
        return FilledPrompt(
            messages: messages, completion: try completionText(context, examples), values: values,
            variantCount: variantCount, limits: limits, sampling: sampling.applied(to: base),
            conditions: conditions(values))
    }

    private func completionText(
        _ context: [String: JinjaValue], _ examples: [TemplateExample]
    ) throws(TemplateError) -> String? {
        guard let completion else { return nil }
        guard !self.examples.isEmpty else { return try render(completion, context) }
        let form = CompletionForm(source: completion)
        var finished: [(request: String, output: String)] = []
        for example in examples {
            finished.append((try render(form.item, self.context(example.values)), example.output))
        }
        return form.text(examples: finished, request: try render(form.item, context))
    }

    private func conditions(_ values: [String: String]) -> DraftConditions {
        var conditions = DraftConditions()
        conditions.parts = parts
        conditions.examples = exampleTexts
        conditions.names = fields.filter(\.isNamed).compactMap { NamedValue.name(in: values[$0.name] ?? "") }
        conditions.inputs = fields.compactMap { values[$0.name] }.filter { !$0.isEmpty }
        return conditions
    }

    func context(_ values: [String: String]) -> [String: JinjaValue] {
        var context: [String: JinjaValue] = [:]
        for field in fields { context[field.name] = field.jinjaValue(values[field.name] ?? "") }
        return context
    }

    /// The texts that a draft does not write again: the outputs of the examples, and the text of the completion form.
    private var exampleTexts: [String] {
        let outputs = examples.map { example in
            // The labels of parts are the decoder's, and no text.
            parts.reduce(example.output) { $0.replacing("\($1.name): ", with: "") }
        }
        let own = completion.map { CompletionForm(source: $0).introduction } ?? ""
        return outputs + (own.isEmpty ? [] : [own])
    }

    /// The fields, for an error: `product (required), tone`.
    public var fieldList: String {
        fields.isEmpty
            ? "none" : fields.map { $0.isRequired ? "\($0.name) (required)" : $0.name }.joined(separator: ", ")
    }

    /// Checks the given values and adds defaults and examples; one value for each field.
    /// - Throws: `TemplateError`, which names the field.
    public func complete(_ given: [String: String], useExamples: Bool) throws(TemplateError) -> [String: String] {
        for name in given.keys.sorted() where field(named: name) == nil {
            let nearest = NearestName.to(name, among: fields.map(\.name))
            throw .unknownField(name: name, nearest: nearest, template: self.name, fields: fieldList)
        }
        var values: [String: String] = [:]
        for field in fields { values[field.name] = field.rule.tidy(given[field.name] ?? "") }
        let isUntouched = fields.allSatisfy { ["", $0.defaultValue].contains(values[$0.name]) }
        for field in fields {
            var text = values[field.name] ?? ""
            if text.isEmpty, field.defaultValue.isEmpty, useExamples, isUntouched { text = field.example }
            do {
                values[field.name] = try field.value(of: text)
            } catch {
                throw .field(field, error)
            }
        }
        return values
    }

    func render(_ source: String, _ context: [String: JinjaValue]) throws(TemplateError) -> String {
        do {
            let text = try JinjaTemplate(source: source, name: name, options: .forPrompts).render(context)
            // A space after "Headline:" would make a model without a chat template start with an unusual token.
            return FieldText.trimmed(text)
        } catch {
            let problem = TemplateProblem(file: name, line: error.line, column: error.column, reason: error.reason)
            throw .rendering(template: name, problem: problem)
        }
    }
}

extension PromptField {
    func jinjaValue(_ value: String) -> JinjaValue {
        guard kind == .number, let number = FieldNumber.value(value) else { return .string(value) }
        // Read as a whole number first: a `Double` holds no more than 53 bits of it.
        return (Int(value) ?? Int(exactly: number)).map(JinjaValue.integer) ?? .float(number)
    }
}

extension JinjaOptions {
    /// For prompt templates: all variables are known, so an undefined one is an error.
    static let forPrompts: JinjaOptions = {
        var options = JinjaOptions()
        options.undefined = .strict
        return options
    }()
}
