import Generation
import Text

// A key press. If the key table has an action for it in the present context, that is carried out; else it is typed.

extension StudioState {
    /// The context in which keys are read now.
    var context: Context {
        dialog?.context ?? paneContext
    }

    /// The context in which keys are read if no dialog is in front.
    var paneContext: Context {
        switch focus {
        case .templates: templates.context
        case .draft: draft.context
        case .history: history.context
        }
    }

    /// The key that a sentence names for an action: the one that works after the dialog is closed.
    func label(_ action: Action) -> String { KeyTable.label(action, in: paneContext) }

    mutating func press(_ pressed: KeyPress) {
        memory.hasKey = true
        guard var key = cleaned(pressed) else { return }
        let context = context
        // A line feed is Enter, as terminals have it, except in the composer, in which it begins a line.
        if key == .control("j"), context != .composer { key = .enter }
        let action = KeyTable.action(for: key, in: context)
        if layout.isTooSmall {
            // If nothing can be seen, nothing should change.
            if let action, [.interrupt, .suspend].contains(action) { perform(action) }
            return
        }
        if action != .quit { quitsWhenSaved = false }
        if dialog != nil { return pressInDialog(key, for: action) }
        guard let action else {
            type(key)
            return
        }
        // In a field of several lines, keys that move between fields move in the text first.
        if context == .field, draft.form?.focusedField?.kind == .multiline,
            [.submitForm, .nextField, .previousField].contains(action)
        {
            if draft.typeInForm(key, in: surroundings(of: .draft)) || key == .enter { return }
        }
        if action == .editLastWords {
            // In words of several lines, ↑ moves; in an empty composer it takes the last words up.
            guard let chat = draft.chat, chat.edit == nil, chat.composer.isEmpty, can(action) else { return type(key) }
        }
        perform(action)
    }

    /// The key with a pasted text as texts from outside are read; `nil`, and a notice, if it is no text.
    private mutating func cleaned(_ key: KeyPress) -> KeyPress? {
        guard case .paste(let text) = key else { return key }
        do {
            return .paste(try OutsideText.text(of: text))
        } catch {
            say(error.sentence(named: "What you pasted"), isFailure: true)
            return nil
        }
    }

    /// Gives a key that has no action to the text that is being typed.
    private mutating func type(_ key: KeyPress) {
        switch context {
        case .filter:
            let before = templates.filter.revision
            templates.type(key)
            if templates.filter.revision != before { loadConversations() }
        case .composer: draft.typeWords(key, in: surroundings(of: .draft))
        case .search: ask(history.type(key))
        case .field, .choiceField: _ = draft.typeInForm(key, in: surroundings(of: .draft))
        case .edit: draft.typeInEdit(key, in: surroundings(of: .draft))
        default: break
        }
    }
}
