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
        case .templates: templates.context
        case .draft: draft.context
        case .history: history.context
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
            type(key)
            return
        }
        // Of several lines, the text has the keys first that move between fields.
        if context == .field, draft.form?.focusedField?.kind == .multiline,
            [.submitForm, .nextField, .previousField].contains(action)
        {
            if draft.typeInForm(key, in: surroundings(of: .draft)) || key == .enter { return }
        }
        perform(action)
    }

    /// Gives a key that has no action to the text that is being typed.
    private mutating func type(_ key: KeyPress) {
        switch context {
        case .filter: templates.type(key)
        case .search: ask(history.type(key))
        case .field, .choiceField: _ = draft.typeInForm(key, in: surroundings(of: .draft))
        case .edit: draft.typeInEdit(key, in: surroundings(of: .draft))
        default: break
        }
    }
}
