import Generation

// The session: unsent texts, written while the writer types and put back at the next start.
// - A text is in the session until it is sent, confirmed by the store, or discarded by the writer.

extension StudioState {
    /// Seconds between two writes of the session while something changes. If the studio is killed, the text of this time
    /// and of one tick is lost.
    static let sessionSeconds = 0.25

    var session: StudioSession {
        var values = keeping.unsent
        if let form = draft.form, form.isUnsent { values[form.key] = form.values }
        var formKey = draft.form?.key
        if let chat = draft.chat {
            let words = chat.unsentValues
            if !words.isEmpty {
                values[chat.key] = words
                formKey = chat.key
            }
        }
        var session = StudioSession(
            templateName: draft.form?.template?.name, formKey: formKey, values: values,
            freePromptIsRaw: draft.form?.isRaw ?? false, openEdit: keeping.editToRestore, kept: keeping.kept,
            editorFile: keeping.editorFile)
        session.unsavedEdits = pendingWrites.compactMap { pending in
            guard case .revision(let draftId, let text, _, let base) = pending.write else { return nil }
            return .init(draftId: draftId, generationId: pending.generationId ?? 0, text: text, base: base)
        }
        for generation in draft.generations {
            // A draft without an id has no place to which its edit could return.
            for variant in generation.variants where variant.hasUnsentEdit { session.keep(.loose(variant.text)) }
        }
        addOpenEdit(to: &session)
        return session
    }

    private func addOpenEdit(to session: inout StudioSession) {
        guard case .edit(let edit) = draft.mode, edit.editor.isChanged,
            let generation = draft.generation(edit.generation),
            generation.variants.indices.contains(edit.variant)
        else { return }
        guard let generationId = generation.generationId, let draftId = generation.variants[edit.variant].draftId
        else { return session.keep(.loose(edit.editor.text)) }
        let waiting = session.openEdit
        session.openEdit = .init(
            draftId: draftId, generationId: generationId, text: edit.editor.text, base: edit.base)
        if let waiting { session.keep(KeptText(.edit(waiting))) }
    }

    mutating func saveSessionIfChanged() {
        guard session != keeping.lastSession else {
            keeping.sessionMayDiffer = false
            keeping.lastSessionTime = now
            return
        }
        saveSession()
    }

    mutating func saveSession() {
        let session = session
        keeping.sessionMayDiffer = false
        keeping.lastSessionTime = now
        keeping.lastSession = session
        ask(.saveSession(session))
    }

    mutating func takeSessionFailure(_ sentence: String) {
        keeping.lastSession = nil
        keeping.lastSessionTime = now
        keeping.sessionFailure = sentence
        guard isQuitting else {
            return say("Your unsent text cannot be kept: \(sentence)", isFailure: true)
        }
        isQuitting = false
        confirm(
            "Quit", "Your unsent text cannot be kept: \(sentence) Quitting now would lose it.",
            .init(key: "n", title: "Stay"),
            .init(key: "y", title: "Quit and lose it", answer: .abandon))
    }

    // MARK: Putting back

    mutating func restore(_ session: StudioSession, problems: [String] = []) {
        for (key, values) in session.values.sorted(by: { $0.key < $1.key }) {
            let open = draft.form.flatMap { $0.key == key && $0.isUnsent ? $0.values : nil }
            if let mine = open ?? keeping.unsent[key] {
                if mine != values {
                    keeping.keep(KeptText(.form(key: key, values: values, isRaw: session.freePromptIsRaw)))
                }
            } else {
                keeping.unsent[key] = values
            }
        }
        for text in session.kept { keeping.keep(text) }
        for edit in session.unsavedEdits { keeping.keep(KeptText(.edit(edit))) }
        let hasForm = reopenForm(of: session)
        if let edit = session.openEdit {
            if keeping.editToRestore == nil {
                keeping.editToRestore = edit
                keeping.editIsChosen = false
                ask(.openGeneration(id: edit.generationId))
            } else {
                keeping.keep(KeptText(.edit(edit)))
            }
        }
        keeping.restoreProblems = problems
        if hasForm {
            sayRestored("Your text from last time is here again" + keptNote)
        } else if !keptRows.isEmpty {
            sayRestored("You have unsent texts from last time" + keptNote)
        } else if !problems.isEmpty {
            say(problems.joined(separator: " "), isFailure: true)
        }
        // If an edit is being opened, its message repeats them.
        if keeping.editToRestore == nil { keeping.restoreProblems = [] }
    }

    /// Says which text is here again, and after it the problems with earlier sessions.
    mutating func sayRestored(_ sentence: String, isFailure: Bool = false) {
        guard !keeping.restoreProblems.isEmpty else { return say(sentence, isFailure: isFailure) }
        say(([sentence + "."] + keeping.restoreProblems).joined(separator: " "), isFailure: true)
    }

    /// Opens the form that was open.
    /// - Returns: false if there was none, or another one is open already.
    private mutating func reopenForm(of session: StudioSession) -> Bool {
        let key = session.formKey ?? session.templateName ?? ""
        if draft.form == nil, draft.chat == nil, session.values[key] != nil, ChatKey(key) != nil {
            return openUnsentChat(key)
        }
        guard draft.form == nil, let values = session.values[key] else { return false }
        guard formTemplate(ofKey: key) != nil || templateName(ofKey: key).isEmpty else { return false }
        openForm(key: key, values: values, isRaw: session.freePromptIsRaw)
        return true
    }

    /// Opens a form with a text that was typed earlier.
    mutating func openForm(key: String, values: [String: String], isRaw: Bool) {
        let name = templateName(ofKey: key)
        let item = formTemplate(ofKey: key)
        var form = newForm(
            item ?? (name.isEmpty ? nil : missingTemplate(name, title: name, values)), key: key)
        fill(&form, with: values)
        form.isRaw = isRaw
        draft.form = form
        draft.mode = .overview
        draft.part = .form
        focus = .draft
        templates.selected = item?.name
    }

    /// Puts earlier values into a form. If the form no longer has a value's field, the value becomes a kept text.
    mutating func fill(_ form: inout Form, with values: [String: String]) {
        form.setValues(values)
        form.isUnsent = true
        let names = Set(form.fields.map(\.name))
        for (name, text) in values.sorted(by: { $0.key < $1.key }) where !names.contains(name) && !text.isEmpty {
            keeping.keep(.loose(text))
        }
    }

    func templateName(ofKey key: String) -> String {
        key.split(separator: "\u{1F}", omittingEmptySubsequences: false).first.map(String.init) ?? ""
    }

    private func formTemplate(ofKey key: String) -> TemplateItem? {
        let name = templateName(ofKey: key)
        return templates.usableItem(named: name)
    }

    // MARK: $EDITOR

    mutating func beginEditor(_ target: EditorTarget, path: String, text: String) {
        keeping.editorFile = .init(path: path, place: place(of: target), text: text, base: base(of: target))
        keeping.waitingEditor = nil
        saveSessionIfChanged()
    }

    private func place(of target: EditorTarget) -> StudioSession.EditorFile.Place {
        switch target {
        case .field(let name): return .field(formKey: draft.form?.key ?? "", name: name)
        case .words(let key, let isEdit):
            return .field(formKey: key, name: isEdit ? ChatKey.editField : Form.promptField)
        case .variant(let key, let index):
            guard let generation = draft.generation(key), let id = generation.generationId,
                generation.variants.indices.contains(index), let draftId = generation.variants[index].draftId
            else { return .field(formKey: "", name: Form.promptField) }
            return .draft(draftId: draftId, generationId: id)
        }
    }

    private func base(of target: EditorTarget) -> EditBase? {
        guard case .variant(let key, let index) = target else { return nil }
        if case .edit(let edit) = draft.mode, edit.generation == key, edit.variant == index { return edit.base }
        guard let generation = draft.generation(key),
            generation.variants.indices.contains(index)
        else { return nil }
        return generation.base(of: generation.variants[index])
    }

    /// Keeps the text in the file of an editor that failed.
    mutating func keepFromEditor(_ text: String?, sentence: String) {
        var session = session
        session.kept = []
        let file = keeping.editorFile
        let hasText = session.takeEditorFile(text)
        keeping.editorFile = nil
        if hasText, let found = session.kept.first {
            keeping.keep(found)
            say("\(sentence) \(label(.showKept)) shows it.", isFailure: true)
        } else {
            say(sentence, isFailure: true)
            if text != nil, let file { ask(.removeEditorFile(path: file.path, holding: [file.text])) }
        }
        saveSessionIfChanged()
    }
}
