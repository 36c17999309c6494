import Generation

// Edits that come back from a session, and edits whose draft was changed elsewhere meanwhile.
// - An edit opens by itself only on the draft that it began from, with the text that it began from.
// - Any other edit waits among the kept texts until the writer chooses it; nothing is overwritten without asking.

extension StudioState {
    /// Puts an unsaved edit back into the editor after its generation was opened.
    mutating func restoreEdit(in generation: OpenGeneration) {
        guard let edit = keeping.editToRestore, edit.generationId == generation.generationId else { return }
        guard generation.mayBe(edit.base),
            let index = generation.variants.firstIndex(where: { $0.draftId == edit.draftId })
        else { return keepEditThatCannotOpen(generation: edit.generationId, isGone: true) }
        keeping.editToRestore = nil
        let letter = Variant.letter(index)
        let present = generation.variants[index].text
        let isAsItWas = beganFrom(present, edit)
        draft.change(generation.key) { $0.selected = index }
        guard !present.utf8.elementsEqual(edit.text.utf8) else {
            // The store has the edit, but the studio was killed before the answer came: there is nothing left to do.
            if keeping.editIsChosen { say("\(letter) has this text already" + keptNote) }
            return
        }
        guard isAsItWas || keeping.editIsChosen else {
            keeping.keep(KeptText(.edit(edit)))
            let reason = edit.base == nil ? "may have been changed" : "was changed elsewhere"
            return sayRestored(
                "\(letter) \(reason) since your edit, which is kept: \(label(.showKept)) shows it", isFailure: true)
        }
        self.edit()
        guard case .edit(var session) = draft.mode else { return keeping.keep(KeptText(.edit(edit))) }
        session.editor.setText(edit.text)
        draft.mode = .edit(session)
        guard isAsItWas else {
            let save = KeyTable.label(.saveEdit, in: .edit)
            return say(
                "Your edit of \(letter) is open. \(letter) has another text by now: \(save) replaces it, and it stays as a "
                    + "revision" + keptNote)
        }
        sayRestored("Your unsaved edit is here again" + keptNote)
    }

    /// True if an edit began from a draft's present text, itself or by way of earlier unsaved edits.
    private func beganFrom(_ present: String, _ edit: StudioSession.OpenEdit) -> Bool {
        let earlier = keeping.kept.compactMap { text -> StudioSession.OpenEdit? in
            guard case .edit(let other) = text.content, other.draftId == edit.draftId else { return nil }
            return other.base?.generationUUID == edit.base?.generationUUID ? other : nil
        }
        var base = edit.base
        // Each step goes one edit back, so the loop ends even if the edits form a circle.
        for _ in 0...earlier.count {
            guard let text = base?.text else { return false }
            if text.utf8.elementsEqual(present.utf8) { return true }
            base = earlier.first { $0.text.utf8.elementsEqual(text.utf8) }?.base
        }
        return false
    }

    /// Keeps an edit whose generation could not be opened.
    /// - Parameter isGone: true if the draft is no longer in the store, so that its text has no place of its own.
    mutating func keepEditThatCannotOpen(generation id: Int64, isGone: Bool) {
        guard let edit = keeping.editToRestore, edit.generationId == id else { return }
        keeping.editToRestore = nil
        keeping.keep(isGone ? .loose(edit.text) : KeptText(.edit(edit)))
        let reason = isGone ? "Its draft is gone, so your unsaved edit" : "Your unsaved edit"
        sayRestored("\(reason) is kept: \(label(.showKept)) shows it", isFailure: true)
    }

    /// Keeps an edit that the store refused because its draft was changed elsewhere.
    /// - Parameter present: the text that the store has; `nil` if the draft is no longer there.
    mutating func keepRefusedEdit(_ operation: Int, present: String?) {
        guard let index = pendingWrites.firstIndex(where: { $0.operation == operation && $0.isSent }),
            case .revision(let draftId, let text, _, let base) = pendingWrites[index].write
        else { return }
        let refused = pendingWrites.remove(at: index)
        quitsWhenSaved = false
        if present != nil, let id = refused.generationId {
            keeping.keep(KeptText(.edit(.init(draftId: draftId, generationId: id, text: text, base: base))))
        } else {
            keeping.keep(.loose(text))
        }
        let letter = show(present, ofDraft: draftId) ?? "The draft"
        let reason =
            present == nil
            ? "\(letter) is no longer in the store, so your edit is not saved"
            : "\(letter) was changed elsewhere meanwhile, so your edit is not saved over it"
        say("\(reason). Your text is kept: \(label(.showKept)) shows it.", isFailure: true)
        saveSessionIfChanged()
        sendWrites()
    }

    /// Shows the store's text of a draft, and forgets the undo steps of edits that the store does not have.
    /// - Returns: the variant's letter; `nil` if it is not open.
    private mutating func show(_ present: String?, ofDraft draftId: Int64) -> String? {
        for generation in draft.generations {
            guard let index = generation.variants.firstIndex(where: { $0.draftId == draftId }) else { continue }
            if let present { draft.change(generation.key) { $0.variants[index].replaceText(present) } }
            draft.undoSteps.removeAll { step in
                if case .edit(generation.key, index, _) = step { true } else { false }
            }
            return Variant.letter(index)
        }
        return nil
    }
}
