import Generation

// What has to reach the disk: changes of the store, held until they are confirmed, and what is typed and not sent.

extension StudioState {
    mutating func write(_ write: StoreWrite) {
        let pending = PendingWrite(operation: nextOperation, write: write)
        nextOperation += 1
        pendingWrites.append(pending)
        ask(.write(operation: pending.operation, write))
    }

    mutating func confirmWrite(_ operation: Int) {
        guard let index = pendingWrites.firstIndex(where: { $0.operation == operation }) else { return }
        let wasRefused = pendingWrites[index].failure != nil
        let write = pendingWrites.remove(at: index).write
        if wasRefused && saveFailure == nil { say("Saved") }
        if case .revision = write { return }
        loadHistoryAnew()
    }

    mutating func refuseWrite(_ operation: Int, sentence: String) {
        guard let index = pendingWrites.firstIndex(where: { $0.operation == operation }) else { return }
        pendingWrites[index].failure = sentence
    }

    /// Why something is not saved; `nil` where all is.
    var saveFailure: String? {
        generations.lazy.compactMap(\.notSaved).first ?? pendingWrites.lazy.compactMap(\.failure).first
    }

    mutating func retrySave() {
        for generation in generations where generation.notSaved != nil {
            ask(.saveGeneration(job: generation.key, texts: generation.variants.map(\.text)))
        }
        for index in pendingWrites.indices where pendingWrites[index].failure != nil {
            ask(.write(operation: pendingWrites[index].operation, pendingWrites[index].write))
        }
        if saveFailure != nil { say("Trying again…") }
    }

    /// Drops generations that are neither shown, running nor unsaved.
    mutating func forgetGenerations() {
        guard generations.count > 1 else { return }
        let editKey: Int? = if case .edit(let edit) = draft.mode { edit.generation } else { nil }
        let undoKeys = Set(
            undoSteps.suffix(50).compactMap { step -> Int? in
                switch step {
                case .edit(let key, _, _), .star(let key, _, _), .trash(let key, _, _): key
                case .trashGeneration: nil
                }
            })
        generations.removeAll { generation in
            generation.key != draft.shown && generation.key != running?.job && generation.key != editKey
                && !generation.isUnsaved && !undoKeys.contains(generation.key)
        }
    }

    // MARK: What is typed and not sent

    var session: StudioSession {
        var values = unsent
        if let form = draft.form, form.isUnsent { values[form.key] = form.values }
        var openEdit = editToRestore
        if case .edit(let edit) = draft.mode, edit.editor.isChanged,
            let generation = generations.first(where: { $0.key == edit.generation }),
            let generationId = generation.generationId, let draftId = generation.variants[edit.variant].draftId
        {
            openEdit = .init(draftId: draftId, generationId: generationId, text: edit.editor.text)
        }
        return StudioSession(
            templateName: draft.form?.template?.name, formKey: draft.form?.key, values: values,
            freePromptIsRaw: draft.form?.isRaw ?? false,
            openEdit: openEdit)
    }

    mutating func saveSessionIfChanged() {
        sessionMayDiffer = false
        lastSessionTime = now
        let session = session
        guard session != lastSession else { return }
        lastSession = session
        ask(.saveSession(session))
    }

    mutating func restore(_ session: StudioSession) {
        for (key, values) in session.values where unsent[key] == nil { unsent[key] = values }
        lastSession = session
        reopenForm(of: session)
        if let edit = session.openEdit {
            editToRestore = edit
            ask(.openGeneration(id: edit.generationId))
            say("Your unsaved edit is here again")
        }
    }

    private mutating func reopenForm(of session: StudioSession) {
        let key = session.formKey ?? session.templateName ?? ""
        guard draft.form == nil, let values = session.values[key] else { return }
        let name = key.split(separator: "\u{1F}", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        let item = templates.items.first { $0.name == name && $0.brokenReason == nil }
        guard item != nil || name.isEmpty else { return }
        var form = Form(template: item, key: key)
        form.setValues(values)
        form.isUnsent = true
        form.isRaw = session.freePromptIsRaw
        draft.form = form
        draft.part = .form
        focus = .draft
        templates.selected = item?.name
        say("What you typed last time is here again")
    }
}
