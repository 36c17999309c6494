// Merging the sessions that dead studios left.
// - Every text of every session is in the result; only exact copies are left out.
// - The newest session decides which form opens. If an older text has no free place, it becomes a kept text.

extension StudioSession {
    /// Merges sessions, given in any order, into one that has all their texts.
    /// - Returns: `nil` if there are no sessions; `unsavedEdits` and `editorFile` of the result are empty.
    public static func merged(_ sessions: [StudioSession]) -> StudioSession? {
        // If times are equal, the result must not depend on the order of files in the folder.
        let ordered = sessions.sorted { ($0.savedAt, $0.formKey ?? "") > ($1.savedAt, $1.formKey ?? "") }
        guard var result = ordered.first?.withoutUnsavedEdits() else { return nil }
        for older in ordered.dropFirst() { result.takeTexts(of: older.withoutUnsavedEdits()) }
        return result
    }

    private mutating func takeTexts(of older: StudioSession) {
        if formKey.flatMap({ values[$0] }) == nil {
            // The newest session has no form to open.
            formKey = older.formKey
            templateName = older.templateName
            freePromptIsRaw = older.freePromptIsRaw
        }
        for (key, text) in older.values.sorted(by: { $0.key < $1.key }) {
            if let mine = values[key] {
                let isRaw = older.formKey == key && older.freePromptIsRaw
                if mine != text { keep(KeptText(.form(key: key, values: text, isRaw: isRaw))) }
            } else {
                values[key] = text
            }
        }
        if let edit = older.openEdit {
            if openEdit == nil { openEdit = edit } else if openEdit != edit { keep(KeptText(.edit(edit))) }
        }
        for text in older.kept { keep(text) }
    }

    /// Turns the edits that the store did not confirm into an open edit or into kept texts.
    private func withoutUnsavedEdits() -> StudioSession {
        var session = self
        session.unsavedEdits = []
        session.editorFile = nil
        for edit in unsavedEdits.reversed() where edit != session.openEdit {
            if session.openEdit == nil { session.openEdit = edit } else { session.keep(KeptText(.edit(edit))) }
        }
        return session
    }

    /// Keeps a text, unless the session has the same one.
    public mutating func keep(_ text: KeptText) {
        guard !kept.contains(text) else { return }
        switch text.content {
        case .form(let key, let values, _) where self.values[key] == values && text.path == nil: return
        case .edit(let edit) where openEdit == edit && text.path == nil: return
        default: kept.append(text)
        }
    }

    /// Removes an edit if `isInStore` says that the store has its text.
    public mutating func dropEdits(where isInStore: (OpenEdit) -> Bool) {
        if let edit = openEdit, isInStore(edit) { openEdit = nil }
        unsavedEdits.removeAll(where: isInStore)
        kept.removeAll { if case .edit(let edit) = $0.content { isInStore(edit) } else { false } }
    }

    /// Takes over the text in the file of an editor whose studio died.
    /// - Parameter text: the file's text; `nil` if it is gone.
    /// - Returns: true if the session did not have this text.
    public mutating func takeEditorFile(_ text: String?) -> Bool {
        guard let file = editorFile else { return false }
        editorFile = nil
        guard let text, text != file.text else { return false }
        keep(KeptText(content(of: file, text: text), path: file.path))
        return true
    }

    private func content(of file: EditorFile, text: String) -> KeptText.Content {
        switch file.place {
        case .field(let key, let name):
            .form(key: key, values: (values[key] ?? [:]).merging([name: text]) { $1 }, isRaw: freePromptIsRaw)
        case .draft(let draftId, let generationId):
            .edit(.init(draftId: draftId, generationId: generationId, text: text, base: file.base))
        }
    }
}
