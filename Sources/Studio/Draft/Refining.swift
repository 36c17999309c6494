import Generation

// Drafts made from a draft: refined with a template that takes a text, or continued.

extension StudioState {
    /// The templates that a variant can be refined with: those that take a text. The ones that rewrite come first.
    var refineRows: [ListDialog.Row] {
        let items = templates.items.filter { $0.brokenReason == nil && refineField(of: $0) != nil }
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

    /// The template that continues a text; `nil` if there is none.
    var continuingTemplate: TemplateItem? {
        templates.items.first { item in
            item.name.hasPrefix("continue") && item.brokenReason == nil && refineField(of: item) != nil
        }
    }

    mutating func continueDraft() {
        guard let item = continuingTemplate, can(.continueDraft) else { return }
        if case .edit = draft.mode { return }
        refine(with: item.name)
        draft.form?.relation = .continue
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
