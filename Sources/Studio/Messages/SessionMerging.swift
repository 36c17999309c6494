// The sessions of dead studios made into one.
// - Every text of every session is in the result; only exact copies are left out.
// - The newest session decides what opens; texts that compete for its places are kept beside them.

extension StudioSession {
    /// One session with the texts of all, in any order.
    /// - Returns: `nil` for no sessions; `unsavedEdits` and `editorFile` of the result are empty.
    public static func merged(_ sessions: [StudioSession]) -> StudioSession? {
        // Of equal times the order must not depend on the folder's.
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

    /// The edits that the store did not confirm, as an open one or as kept texts.
    private func withoutUnsavedEdits() -> StudioSession {
        var session = self
        session.unsavedEdits = []
        session.editorFile = nil
        for edit in unsavedEdits.reversed() where edit != session.openEdit {
            if session.openEdit == nil { session.openEdit = edit } else { session.keep(KeptText(.edit(edit))) }
        }
        return session
    }

    /// Adds a text, unless the same is there.
    public mutating func keep(_ text: KeptText) {
        guard !kept.contains(text) else { return }
        switch text.content {
        case .form(let key, let values, _) where self.values[key] == values && text.path == nil: return
        case .edit(let edit) where openEdit == edit && text.path == nil: return
        default: kept.append(text)
        }
    }

    /// Removes the edits of which `isInStore` says that the store has their text.
    public mutating func dropEdits(where isInStore: (OpenEdit) -> Bool) {
        if let edit = openEdit, isInStore(edit) { openEdit = nil }
        unsavedEdits.removeAll(where: isInStore)
        kept.removeAll { if case .edit(let edit) = $0.content { isInStore(edit) } else { false } }
    }

    /// Takes over what stands in the file of an editor whose studio died.
    /// - Parameter text: the file's text; `nil` if it is gone.
    /// - Returns: whether there is something in it that the session did not have.
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
