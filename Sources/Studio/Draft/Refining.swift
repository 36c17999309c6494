import Generation
import Text

// Drafts made from a draft: refined with a template that takes a text, or continued.

extension StudioState {
    /// The templates that a variant can be refined with: those that take a text. The ones that rewrite come first.
    var refineRows: [ListDialog.Row] {
        let items = templates.items.filter { $0.brokenReason == nil && !$0.isPersona && refineField(of: $0) != nil }
        let rewriting = items.filter { $0.familyTitle == Self.rewriteFamilyTitle }
        return (rewriting + items.filter { $0.familyTitle != Self.rewriteFamilyTitle }).map {
            ListDialog.Row(title: $0.title, detail: $0.familyTitle, choice: .refine(template: $0.name))
        } + [ListDialog.Row(title: "In your own words", detail: "Free prompt", choice: .refine(template: ""))]
    }

    /// The title of the family whose templates change a text and keep its meaning.
    private static let rewriteFamilyTitle = "Rewrite"

    private func refineField(of item: TemplateItem) -> String? {
        item.fields.first { $0.kind == .multiline && $0.name == "text" }?.name
    }

    mutating func openRefine() {
        guard let variant = selectedVariant, !variant.text.isEmpty else { return }
        if case .edit = draft.mode { return }
        dialog = ListDialog(.refine, title: "Refine with", rows: refineRows)
    }

    /// Writes on at the end of the selected variant, as a new generation whose draft begins with its text.
    mutating func continueDraft() {
        guard can(.continueDraft), let generation = shownGeneration, let variant = selectedVariant else { return }
        var request = generation.request
        guard request.sampling.grammar == nil, request.sampling.jsonSchema == nil else {
            return say(
                "A draft with a grammar cannot be continued, because its rules begin at the first word. "
                    + "\(KeyTable.label(.regenerate, in: .variants)) writes it again.", isFailure: true)
        }
        if let limit = generation.request.limits.reached(by: variant.text) {
            return say(
                "\(Variant.letter(generation.selected)) has its limit of \(limit), so nothing can follow. "
                    + "\(KeyTable.label(.regenerate, in: .variants)) writes it again.", isFailure: true)
        }
        request.beginning = variant.text
        request.variantCount = 1
        request.sampling.bestOf = 0
        request.seed = nil
        request.parentDraftId = variant.draftId
        request.relation = .continue
        begin(request)
    }

    mutating func refine(with name: String) {
        guard let variant = selectedVariant else { return }
        let item = templates.item(named: name)
        stashForm()
        var form = newForm(item, key: "\(name)\u{1F}refine\(variant.draftId ?? 0)")
        if let item, let field = refineField(of: item) {
            form.setValues([field: variant.text])
        } else {
            form.setValues([Form.promptField: "Rewrite this text:\n\n" + variant.text])
            form.editors[0].moveCursor(to: "Rewrite this text".count)
        }
        if let values = keeping.unsent[form.key] { fill(&form, with: values) }
        form.focused = form.fields.indices.first { form.editors[$0].isEmpty } ?? 0
        form.parentDraftId = variant.draftId
        form.relation = item?.familyTitle.lowercased().hasPrefix("translat") == true ? .translate : .refine
        form.isUnsent = true
        draft.form = form
        draft.mode = .overview
        draft.part = .form
        focus = .draft
        templates.selected = item?.name
    }
}

extension LengthLimits {
    /// The limit that a text leaves no room in, such as `30 characters`; `nil` if more text fits.
    fileprivate func reached(by text: String) -> String? {
        guard hard else { return nil }
        let length = TextLength(of: text, countsWideAsTwo: countsWideAsTwo)
        let counts = [
            (characters, length.characters, "character"), (words, length.words, "word"),
        ]
        return counts.lazy.compactMap { limit, used, unit in
            limit.flatMap { used >= $0 ? "\($0) \(unit)\($0 == 1 ? "" : "s")" : nil }
        }.first
    }
}
