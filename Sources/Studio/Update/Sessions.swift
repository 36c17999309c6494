import Generation

// What is typed and not sent: written to the session while the writer types, and put back at the next start.
// - A text is in the session until it is sent, confirmed by the store, or discarded by the writer.

extension StudioState {
    /// Seconds between two writes of the session while something changes; what a kill can lose is this and one tick.
    static let sessionSeconds = 0.25

    var session: StudioSession {
        var values = unsent
        if let form = draft.form, form.isUnsent { values[form.key] = form.values }
        var session = StudioSession(
            templateName: draft.form?.template?.name, formKey: draft.form?.key, values: values,
            freePromptIsRaw: draft.form?.isRaw ?? false, openEdit: editToRestore, kept: kept, editorFile: editorFile)
        session.unsavedEdits = pendingWrites.compactMap { pending in
            guard case .revision(let draftId, let text, _) = pending.write else { return nil }
            return .init(draftId: draftId, generationId: pending.generationId ?? 0, text: text)
        }
        for generation in generations {
            // Without an id of the store they have no place to come back to.
            for variant in generation.variants where variant.hasUnsentEdit { session.keep(.loose(variant.text)) }
        }
        addOpenEdit(to: &session)
        return session
    }

    private func addOpenEdit(to session: inout StudioSession) {
        guard case .edit(let edit) = draft.mode, edit.editor.isChanged,
            let generation = generations.first(where: { $0.key == edit.generation }),
            generation.variants.indices.contains(edit.variant)
        else { return }
        guard let generationId = generation.generationId, let draftId = generation.variants[edit.variant].draftId
        else { return session.keep(.loose(edit.editor.text)) }
        let waiting = session.openEdit
        session.openEdit = .init(draftId: draftId, generationId: generationId, text: edit.editor.text)
        if let waiting { session.keep(KeptText(.edit(waiting))) }
    }

    mutating func saveSessionIfChanged() {
        guard session != lastSession else {
            sessionMayDiffer = false
            lastSessionTime = now
            return
        }
        saveSession()
    }

    mutating func saveSession() {
        let session = session
        sessionMayDiffer = false
        lastSessionTime = now
        lastSession = session
        ask(.saveSession(session))
    }

    mutating func takeSessionFailure(_ sentence: String) {
        lastSession = nil
        lastSessionTime = now
        sessionFailure = sentence
        guard isQuitting else {
            return say("What you typed cannot be kept: \(sentence)", isFailure: true)
        }
        isQuitting = false
        confirm(
            "Quit", "What you typed cannot be kept: \(sentence) Quitting now would lose it.",
            .init(key: "n", title: "Stay", answer: .cancel),
            .init(key: "y", title: "Quit and lose it", answer: .abandon))
    }

    // MARK: Putting back

    mutating func restore(_ session: StudioSession) {
        for (key, values) in session.values.sorted(by: { $0.key < $1.key }) {
            let open = draft.form.flatMap { $0.key == key && $0.isUnsent ? $0.values : nil }
            if let mine = open ?? unsent[key] {
                if mine != values { keep(KeptText(.form(key: key, values: values, isRaw: session.freePromptIsRaw))) }
            } else {
                unsent[key] = values
            }
        }
        for text in session.kept { keep(text) }
        for edit in session.unsavedEdits { keep(KeptText(.edit(edit))) }
        let hasForm = reopenForm(of: session)
        if let edit = session.openEdit {
            if editToRestore == nil {
                editToRestore = edit
                ask(.openGeneration(id: edit.generationId))
            } else {
                keep(KeptText(.edit(edit)))
            }
        }
        if hasForm {
            say("What you typed last time is here again" + keptNote)
        } else if !keptRows.isEmpty {
            say("You have unsent texts from last time" + keptNote)
        }
    }

    /// Opens the form that was open; false if there is none, or another one is open already.
    private mutating func reopenForm(of session: StudioSession) -> Bool {
        let key = session.formKey ?? session.templateName ?? ""
        guard draft.form == nil, let values = session.values[key] else { return false }
        guard formTemplate(ofKey: key) != nil || templateName(ofKey: key).isEmpty else { return false }
        openForm(key: key, values: values, isRaw: session.freePromptIsRaw)
        return true
    }

    /// Opens a form with a text that was typed earlier.
    mutating func openForm(key: String, values: [String: String], isRaw: Bool) {
        let name = templateName(ofKey: key)
        let item = formTemplate(ofKey: key)
        var form = Form(
            template: item ?? (name.isEmpty ? nil : missingTemplate(name, title: name, values)), key: key)
        fill(&form, with: values)
        form.isRaw = isRaw
        draft.form = form
        draft.mode = .overview
        draft.part = .form
        focus = .draft
        templates.selected = item?.name
    }

    /// Puts values that were typed earlier into a form; what has no field in it any more is kept apart.
    mutating func fill(_ form: inout Form, with values: [String: String]) {
        form.setValues(values)
        form.isUnsent = true
        let names = Set(form.fields.map(\.name))
        for (name, text) in values.sorted(by: { $0.key < $1.key }) where !names.contains(name) && !text.isEmpty {
            keep(.loose(text))
        }
    }

    func templateName(ofKey key: String) -> String {
        key.split(separator: "\u{1F}", omittingEmptySubsequences: false).first.map(String.init) ?? ""
    }

    private func formTemplate(ofKey key: String) -> TemplateItem? {
        let name = templateName(ofKey: key)
        return templates.items.first { $0.name == name && $0.brokenReason == nil }
    }

    /// Puts an edit that was not saved back into the editor, once its generation is open.
    mutating func restoreEdit(in generation: OpenGeneration) {
        guard let edit = editToRestore, edit.generationId == generation.generationId else { return }
        guard let index = generation.variants.firstIndex(where: { $0.draftId == edit.draftId }) else {
            return keepEditThatCannotOpen(generation: edit.generationId, isGone: true)
        }
        editToRestore = nil
        change(generation.key) { $0.selected = index }
        // A save that was confirmed to nobody, because the studio was killed: there is nothing left to do.
        guard generation.variants[index].text != edit.text else { return }
        self.edit()
        guard case .edit(var session) = draft.mode else { return keep(KeptText(.edit(edit))) }
        session.editor.setText(edit.text)
        draft.mode = .edit(session)
        say("Your unsaved edit is here again" + keptNote)
    }

    /// Keeps an edit whose generation could not be opened.
    /// - Parameter isGone: the draft is no longer in the store, so its text has no place of its own.
    mutating func keepEditThatCannotOpen(generation id: Int64, isGone: Bool) {
        guard let edit = editToRestore, edit.generationId == id else { return }
        editToRestore = nil
        keep(isGone ? .loose(edit.text) : KeptText(.edit(edit)))
        let reason = isGone ? "Its draft is gone, so your unsaved edit" : "Your unsaved edit"
        say("\(reason) is kept: \(KeyTable.label(.showKept, in: context)) shows it", isFailure: true)
    }

    // MARK: $EDITOR

    mutating func beginEditor(_ target: EditorTarget, path: String, text: String) {
        editorFile = .init(path: path, place: place(of: target), text: text)
        saveSessionIfChanged()
    }

    private func place(of target: EditorTarget) -> StudioSession.EditorFile.Place {
        switch target {
        case .field(let name): return .field(formKey: draft.form?.key ?? "", name: name)
        case .variant(let key, let index):
            guard let generation = generations.first(where: { $0.key == key }), let id = generation.generationId,
                generation.variants.indices.contains(index), let draftId = generation.variants[index].draftId
            else { return .field(formKey: "", name: Form.promptField) }
            return .draft(draftId: draftId, generationId: id)
        }
    }

    /// Keeps what stands in the file of an editor that failed.
    mutating func keepFromEditor(_ text: String?, sentence: String) {
        var session = session
        session.kept = []
        let file = editorFile
        let hasText = session.takeEditorFile(text)
        editorFile = nil
        if hasText, let found = session.kept.first {
            keep(found)
            say("\(sentence) \(KeyTable.label(.showKept, in: context)) shows it.", isFailure: true)
        } else {
            say(sentence, isFailure: true)
            if text != nil, let file { ask(.removeEditorFile(path: file.path, holding: [file.text])) }
        }
        saveSessionIfChanged()
    }
}
