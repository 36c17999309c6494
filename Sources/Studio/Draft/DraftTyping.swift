import Generation

// Typing in the fields of the form, and in a variant under edit.

extension DraftPane {
    /// - Returns: false if the field does nothing with the key, such as ↑ in its first line.
    mutating func typeInForm(_ key: KeyPress, in surroundings: PaneSurroundings) -> Bool {
        guard let form, let field = form.focusedField else { return false }
        let focused = form.focused
        if field.kind == .choice && !field.isOpen && !field.choices.isEmpty {
            guard case .character(let letter) = key else { return false }
            return chooseByLetter(letter)
        }
        let columns = fieldColumns(in: surroundings)
        let before = form.editors[focused].revision
        let isTaken = self.form?.editors[focused].handle(key, columns: columns) ?? false
        if self.form?.editors[focused].revision != before { self.form?.isUnsent = true }
        return isTaken
    }

    /// Takes the next choice that begins with a letter; a space takes the next one of all.
    private mutating func chooseByLetter(_ letter: Character) -> Bool {
        guard var form, let field = form.focusedField else { return false }
        let current = field.rule.choiceIndex(of: form.editors[form.focused].text) ?? -1
        for step in 1...field.choices.count {
            let choice = field.choices[(current + step) % field.choices.count]
            guard letter == " " || choice.lowercased().hasPrefix(letter.lowercased()) else { continue }
            form.editors[form.focused].setText(choice)
            form.isUnsent = true
            self.form = form
            return true
        }
        return false
    }

    /// Types in the composer, or in the turn under edit.
    mutating func typeWords(_ key: KeyPress, in surroundings: PaneSurroundings) {
        let columns = ChatGeometry.composerColumns(pane: surroundings.place)
        if chat?.edit != nil {
            _ = chat?.edit?.editor.handle(key, columns: columns)
        } else {
            _ = chat?.composer.handle(key, columns: columns)
        }
    }

    mutating func typeInEdit(_ key: KeyPress, in surroundings: PaneSurroundings) {
        guard case .edit(var edit) = mode else { return }
        // Out of the pane while it changes, so that its text is not copied.
        mode = .overview
        _ = edit.editor.handle(key, columns: textColumns(in: surroundings))
        mode = .edit(edit)
    }
}
