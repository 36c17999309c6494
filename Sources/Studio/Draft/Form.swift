import Generation
import Text

// The form of a template or of a free prompt: the typed texts, and the options to write with.
// - `editors` has one for each field, in the fields' order.
// - A text that breaks its field's rule stays as it is and is marked; nothing is generated until it is corrected.

struct Form: Sendable {
    /// `nil`: the writer's own prompt.
    var template: TemplateItem?
    let fields: [TemplateItem.Field]
    var editors: [TextEditor]
    var focused = 0
    /// The first visible row, if the form is higher than its place.
    var top = 0
    /// True if a free prompt goes to the model unchanged and is continued.
    var isRaw = false
    var sampling: SamplingOptions
    var variantCount: Int
    var limits: LengthLimits
    /// `nil`: a fresh one for each generation.
    var seed: UInt64?
    /// The draft that the text of the form was taken from.
    var parentDraftId: Int64?
    var relation: SavedGeneration.Relation?
    /// The key of its unsent text: the template's name, and the generation if the form was opened from history.
    let key: String
    /// True if something was typed since it was opened or sent.
    var isUnsent = false
    /// Fields that were left with an invalid text, or filled with one from a session or history, until they are corrected.
    private(set) var markedFields: Set<Int> = []

    static let promptField = "prompt"

    init(template: TemplateItem?, key: String? = nil) {
        self.template = template
        self.key = key ?? template?.name ?? ""
        fields =
            template?.fields ?? [
                TemplateItem.Field(
                    name: Form.promptField, label: "Prompt", kind: .multiline,
                    example: "Write a haiku about the first snow.", isRequired: true)
            ]
        editors = fields.map { field in
            TextEditor(template?.brand[field.name] ?? field.defaultValue, isMultiline: field.kind == .multiline)
        }
        sampling = template?.sampling ?? SamplingOptions()
        variantCount = min(max(1, template?.variantCount ?? 2), Form.largestVariantCount)
        limits = template?.limits ?? LengthLimits()
    }

    static let largestVariantCount = GenerationRequest.variantRange.upperBound

    var title: String { template?.title ?? "Free prompt" }

    var values: [String: String] {
        Dictionary(zip(fields.map(\.name), editors.map(\.text)), uniquingKeysWith: { first, _ in first })
    }

    var focusedField: TemplateItem.Field? { fields.indices.contains(focused) ? fields[focused] : nil }

    /// True if a field has the value of the writer's brand.
    func isFromBrand(_ index: Int) -> Bool {
        guard let value = template?.brand[fields[index].name] else { return false }
        return editors[index].text == value
    }

    mutating func setValues(_ values: [String: String]) {
        for (index, field) in fields.enumerated() {
            if let value = values[field.name] {
                editors[index] = TextEditor(value, isMultiline: field.kind == .multiline)
            }
        }
        markProblems(except: nil)
    }

    /// Takes the new options of its template. What the form has otherwise, because it came from history, stays.
    /// - Parameters:
    ///   - before: a new form of the template as it was.
    ///   - after: a new form of the template as it is.
    mutating func follow(from before: Form, to after: Form) {
        if sampling == before.sampling { sampling = after.sampling }
        if variantCount == before.variantCount { variantCount = after.variantCount }
        if limits == before.limits { limits = after.limits }
    }

    // MARK: Rules

    /// The first field that keeps the form from being sent, and why.
    var firstProblem: (field: Int, problem: FieldProblem)? {
        for index in fields.indices {
            if fields[index].rule.takesAnyText && !editors[index].isBlank { continue }
            if let problem = fields[index].problem(of: editors[index].text) { return (index, problem) }
        }
        return nil
    }

    /// The problem to show beside a field. While a field is being typed into, it has none as long as the text may become
    /// valid, unless the field is marked already. An empty field has none.
    func shownProblem(ofField index: Int, isTyping: Bool) -> FieldProblem? {
        guard let problem = problem(ofText: index) else { return nil }
        if !isTyping || markedFields.contains(index) { return problem }
        return fields[index].rule.mayBecomeValid(editors[index].text) ? nil : problem
    }

    /// Marks the fields whose text is invalid, and removes the marks of those that are corrected.
    /// - Parameter typing: the field that is being typed into; it gets no new mark.
    mutating func markProblems(except typing: Int?) {
        for index in fields.indices where index != typing || markedFields.contains(index) {
            if problem(ofText: index) == nil { markedFields.remove(index) } else { markedFields.insert(index) }
        }
    }

    /// Focuses a field and marks it.
    mutating func focusProblem(ofField index: Int) {
        focused = index
        markProblems(except: nil)
    }

    /// `nil` for an empty text too.
    private func problem(ofText index: Int) -> FieldProblem? {
        guard !fields[index].rule.takesAnyText, !editors[index].isBlank else { return nil }
        return fields[index].problem(of: editors[index].text)
    }

    mutating func fillExamples() -> Int {
        var filled = 0
        for index in fields.indices where editors[index].isBlank {
            guard !fields[index].example.isEmpty else { continue }
            editors[index].setText(fields[index].example)
            filled += 1
        }
        return filled
    }

    /// Replaces a choice by the next or the previous one.
    mutating func moveChoice(by step: Int) {
        guard let field = focusedField, !field.choices.isEmpty else { return }
        let count = field.choices.count
        let current = field.rule.choiceIndex(of: editors[focused].text)
        let next = current.map { ($0 + step + count) % count } ?? (step > 0 ? 0 : count - 1)
        editors[focused].setText(field.choices[next])
    }

    /// The request for the form's text.
    var request: StudioRequest {
        let source: StudioRequest.Source
        let title: String
        if let template {
            source = .template(name: template.name, fields: values)
            title = template.title
        } else {
            let prompt = values[Form.promptField] ?? ""
            source = .freePrompt(text: prompt, raw: isRaw)
            title = Title.of(prompt)
        }
        return StudioRequest(
            source: source, title: title, variantCount: variantCount, sampling: sampling, limits: limits, seed: seed,
            parentDraftId: parentDraftId, relation: relation)
    }
}
