import Generation

// Templates and their forms.

extension StudioState {
    mutating func takeTemplates(_ items: [TemplateItem]) {
        let hadPersonas = templates.hasPersonas
        templates.take(items, selectsFirst: draft.form == nil && draft.chat == nil)
        if templates.hasPersonas && !hadPersonas { loadConversations() }
        followTemplate()
    }

    /// Gives an open form the new fields of its template. A typed text whose field is gone is kept beside the form.
    private mutating func followTemplate() {
        guard var form = draft.form, let name = form.template?.name,
            let item = templates.items.first(where: { $0.name == name && $0.brokenReason == nil })
        else { return }
        if item.fields == form.fields {
            form.follow(from: newForm(form.template), to: newForm(item))
            form.template = item
            draft.form = form
            return
        }
        keepTexts(of: form, withoutFieldIn: item)
        var fresh = newForm(item, key: form.key)
        fresh.setValues(form.values.filter { !$0.value.isEmpty })
        form.follow(from: newForm(form.template), to: fresh)
        fresh.parameters = form.parameters
        fresh.limits = form.limits
        fresh.isUnsent = form.isUnsent
        fresh.parentDraftId = form.parentDraftId
        fresh.relation = form.relation
        draft.form = fresh
    }

    /// Keeps the unsent texts of fields that a changed template no longer has, and says so.
    private mutating func keepTexts(of form: Form, withoutFieldIn item: TemplateItem) {
        guard form.isUnsent else { return }
        let names = Set(item.fields.map(\.name))
        let lost = form.fields.filter { field in
            guard !names.contains(field.name), let text = form.values[field.name] else { return false }
            return !text.isEmpty && text != field.defaultValue && text != form.template?.brand[field.name]
        }
        guard !lost.isEmpty else { return }
        for field in lost { keeping.keep(.loose(form.values[field.name] ?? "")) }
        let labels = lost.map(\.label).joined(separator: ", ")
        say("The template was changed and has no field \(labels) any more\(keptNote)")
    }

    mutating func takeFreePromptSampling(_ sampling: SamplingOptions) {
        let before = newForm(nil)
        freePromptSampling = sampling
        let after = newForm(nil)
        if draft.form?.template == nil { draft.form?.follow(from: before, to: after) }
    }

    /// A form as it opens: with the parameters that the writer chose, over those of its template or of the settings.
    /// - Parameter key: of its unsent text; `nil` for the template's own form.
    func newForm(_ template: TemplateItem?, key: String? = nil) -> Form {
        var form = usualForm(template, key: key)
        if let chosen = memory.choices.parameters[template?.name ?? ""] { form.parameters.take(chosen) }
        return form
    }

    /// A form without the writer's choices.
    func usualForm(_ template: TemplateItem?, key: String? = nil) -> Form {
        var form = Form(template: template, key: key)
        if template == nil { form.sampling = freePromptSampling }
        return form
    }

    // MARK: Opening

    mutating func openSelectedTemplate() {
        guard can(.openTemplate) else { return }
        if templates.inTrash {
            return say("It is in the trash; \(KeyTable.label(.restoreConversation, in: .templates)) takes it out")
        }
        if let item = templates.selectedItem, let reason = item.brokenReason {
            dialog = MessageDialog(title: item.title, text: reason)
            return
        }
        if let entry = templates.selectedEntry { return leaveEdit(then: .openConversation(.id(entry.id))) }
        if let item = templates.selectedItem, item.isPersona { return openPersona(item) }
        leaveEdit(then: .openForm(template: templates.selected))
    }

    mutating func openForm(template name: String?) {
        let item = name.flatMap { name in templates.items.first { $0.name == name } }
        guard name == nil || item != nil else { return }
        focus = .draft
        draft.mode = .overview
        draft.part = .form
        templates.selected = name
        templates.filter = TextEditor()
        if let form = draft.form, form.key == (name ?? ""), form.parentDraftId == nil { return }
        stashForm()
        var form = newForm(item)
        if let values = keeping.unsent[form.key] { fill(&form, with: values) }
        draft.form = form
        // A generation of another form stays in history; it leaves the pane unless it is still being written.
        if let shown = shownGeneration, !isFrom(shown, template: name) { draft.shown = runningGenerationFrom(name) }
    }

    private func isFrom(_ generation: OpenGeneration, template: String?) -> Bool {
        switch generation.request.source {
        case .template(let name, _): name == template
        case .freePrompt: template == nil
        }
    }

    private func runningGenerationFrom(_ template: String?) -> Int? {
        draft.generations.first { $0.key == draft.running?.job && isFrom($0, template: template) }?.key
    }

    /// Keeps the unsent text of the form before another form replaces it.
    mutating func stashForm() {
        stashChat()
        guard let form = draft.form else { return }
        if form.isUnsent { keeping.unsent[form.key] = form.values } else { keeping.unsent[form.key] = nil }
    }

    // MARK: Fields

    mutating func moveField(by step: Int) {
        guard var form = draft.form else { return }
        let next = form.focused + step
        if form.fields.indices.contains(next) {
            form.focused = next
            draft.form = form
        } else if step > 0 && shownGeneration != nil {
            draft.part = .variants
        } else if step > 0 {
            focus = .history
        } else {
            focus = .templates
        }
    }

    mutating func submitForm() {
        guard let form = draft.form else { return }
        if form.focused + 1 < form.fields.count { moveField(by: 1) } else { generate() }
    }

    mutating func moveChoice(by step: Int) {
        draft.form?.moveChoice(by: step)
        draft.form?.isUnsent = true
    }

    mutating func openChoices() {
        guard let form = draft.form, let field = form.focusedField, !field.choices.isEmpty else { return }
        let rows = field.choices.map {
            ListDialog.Row(title: $0, choice: .setField(index: form.focused, text: $0))
        }
        dialog = ListDialog(
            .choices, title: field.label, rows: rows,
            selected: field.rule.choiceIndex(of: form.editors[form.focused].text))
    }

    /// Goes to the field that keeps the form from being sent, and says why.
    mutating func showProblem(_ problem: FieldProblem, ofField index: Int) {
        guard let field = draft.form?.fields[index] else { return }
        draft.form?.focusProblem(ofField: index)
        focus = .draft
        draft.mode = .overview
        draft.part = .form
        say("\(problem.sentence(label: field.label)) \(remedy(for: problem, in: field))", isFailure: true)
        notice?.field = .init(name: field.name, problem: problem)
    }

    /// Takes back a sentence about a field as soon as the field no longer has this problem.
    mutating func settleFieldNotice() {
        guard let about = notice?.field else { return }
        let index = draft.form?.fields.firstIndex { $0.name == about.name }
        if let form = draft.form, let index, form.fields[index].problem(of: form.editors[index].text) == about.problem {
            return
        }
        notice = nil
    }

    private func remedy(for problem: FieldProblem, in field: PromptField) -> String {
        switch problem {
        case .missing: "Fill it in, or \(KeyTable.label(.fillExamples, in: .field)) takes the example."
        case .notAChoice: "\(KeyTable.label(.chooseFromList, in: .choiceField)) shows them."
        case .notANumber, .outOfRange: field.mayBeEmpty ? "Correct it, or leave it empty." : "Correct it."
        }
    }

    mutating func fillExamples() {
        guard var form = draft.form else { return }
        let filled = form.fillExamples()
        if filled > 0 { form.isUnsent = true }
        draft.form = form
        say(filled > 0 ? "Examples filled in" : "Every field is filled")
    }

    mutating func clearForm() {
        guard var form = draft.form else { return }
        for index in form.editors.indices { form.editors[index].setText("") }
        form.isUnsent = true
        form.focused = 0
        draft.form = form
        focus = .draft
        draft.part = .form
    }

    mutating func toggleRaw() {
        guard draft.form?.template == nil, draft.form != nil else { return }
        draft.form?.isRaw.toggle()
        say(draft.form?.isRaw == true ? "Raw: the model continues the text as it stands" : "Chat: the model answers")
    }

    mutating func leaveForm() {
        if shownGeneration != nil { draft.part = .variants } else { focus = .templates }
    }

    // MARK: Texts from elsewhere

    mutating func openLoadFile() {
        guard let field = draft.form?.focusedField, field.kind == .multiline else { return }
        dialog = PathDialog(field: field.name)
    }

    mutating func takeFile(path: String, text: String) {
        guard let asked = dialog as? PathDialog, asked.awaits(path) else { return }
        dialog = nil
        setField(asked.field, to: text)
        say("\(path) is loaded")
    }

    mutating func editFieldExternally() {
        guard let form = draft.form, let field = form.focusedField, field.kind == .multiline else { return }
        if isWaitingForEditor() { return }
        ask(.openEditor(.field(name: field.name), text: form.editors[form.focused].text))
    }

    /// Puts a choice into a field of the form, and leaves the focus where it is.
    mutating func setField(_ index: Int, to text: String) {
        guard draft.form?.editors.indices.contains(index) == true else { return }
        draft.form?.editors[index].setText(text)
        draft.form?.isUnsent = true
    }

    mutating func setField(_ name: String, to text: String) {
        guard var form = draft.form, let index = form.fields.firstIndex(where: { $0.name == name }) else { return }
        form.editors[index].setText(text)
        form.focused = index
        form.isUnsent = true
        draft.form = form
    }
}
