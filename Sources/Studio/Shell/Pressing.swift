import Generation

// A key press: first the key table of where the writer is, then what is being typed into.

extension StudioState {
    /// Where keys are read now.
    var context: Context {
        dialog?.context ?? paneContext
    }

    /// Where keys are read once no dialog is in front.
    var paneContext: Context {
        switch focus {
        case .templates: return templates.isFiltering ? .filter : .templates
        case .history: return history.isSearching ? .search : .history
        case .draft:
            switch draft.mode {
            case .edit: return .edit
            case .reader: return .reader
            case .compare: return .compare
            case .overview:
                guard draft.part == .form, let field = draft.form?.focusedField else { return .variants }
                return field.kind == .choice && !field.choices.isEmpty ? .choiceField : .field
            }
        }
    }

    /// The key for an action as sentences name it: the one that works once dialogs are closed.
    func label(_ action: Action) -> String { KeyTable.label(action, in: paneContext) }

    mutating func press(_ key: KeyPress) {
        let context = context
        let action = KeyTable.action(for: key, in: context)
        if layout.isTooSmall {
            // Nothing can be seen, so nothing is changed.
            if let action, [.interrupt, .suspend].contains(action) { perform(action) }
            return
        }
        let isAnswer = (dialog as? ConfirmDialog)?.option(for: key) != nil
        if action != .quit && !isAnswer { quitsWhenSaved = false }
        if dialog != nil { return pressInDialog(key, for: action) }
        guard let action else {
            type(key, in: context)
            return
        }
        if goesToText(action, in: context) {
            if type(key, in: context) { return }
            if key == .enter { return }
        }
        perform(action)
    }

    /// Keys that move between fields belong to the text first where it has several lines or a cursor to move.
    private func goesToText(_ action: Action, in context: Context) -> Bool {
        guard context == .field, draft.form?.focusedField?.kind == .multiline else { return false }
        return action == .submitForm || action == .nextField || action == .previousField
    }

    /// Gives a key to what is typed into.
    @discardableResult
    private mutating func type(_ key: KeyPress, in context: Context) -> Bool {
        switch context {
        case .filter:
            let before = templates.filter.text
            let isTaken = templates.filter.handle(key, columns: 80)
            if templates.filter.text != before { templates.selectBestMatch() }
            return isTaken
        case .search:
            let before = history.search.text
            let isTaken = history.search.handle(key, columns: 80)
            if history.search.text != before { loadHistoryAnew() }
            return isTaken
        case .field, .choiceField: return typeInForm(key)
        case .edit:
            guard case .edit(var edit) = draft.mode else { return false }
            draft.mode = .overview
            let isTaken = edit.editor.handle(key, columns: textColumns)
            draft.mode = .edit(edit)
            return isTaken
        default: return false
        }
    }

    private mutating func typeInForm(_ key: KeyPress) -> Bool {
        guard let form = draft.form, let field = form.focusedField else { return false }
        let focused = form.focused
        if field.kind == .choice && !field.isOpen && !field.choices.isEmpty {
            guard case .character(let letter) = key else { return false }
            return chooseByLetter(letter)
        }
        let columns = fieldColumns
        let before = form.editors[focused].revision
        let isTaken = draft.form?.editors[focused].handle(key, columns: columns) ?? false
        if draft.form?.editors[focused].revision != before { draft.form?.isUnsent = true }
        return isTaken
    }

    /// The next choice that begins with a letter; a space takes the next one of all.
    private mutating func chooseByLetter(_ letter: Character) -> Bool {
        guard var form = draft.form, let field = form.focusedField else { return false }
        let current = field.rule.choiceIndex(of: form.editors[form.focused].text) ?? -1
        for step in 1...field.choices.count {
            let choice = field.choices[(current + step) % field.choices.count]
            guard letter == " " || choice.lowercased().hasPrefix(letter.lowercased()) else { continue }
            form.editors[form.focused].setText(choice)
            form.isUnsent = true
            draft.form = form
            return true
        }
        return false
    }
}
