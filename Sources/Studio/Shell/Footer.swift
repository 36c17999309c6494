// The last line: the keys that work right now, the most important first, and always the key that shows all of them.

struct FooterItem: Sendable, Hashable {
    var key: String
    var hint: String
    var columns: Int { Studio.columns(of: key) + 1 + Studio.columns(of: hint) }
}

extension StudioState {
    /// The items of the footer if there were room for all of them.
    var footerItems: [FooterItem] {
        if let items = dialog?.footerItems { return items }
        let context = context
        var bindings = KeyTable.bindings(in: context).filter { $0.hint != nil && $0.action != .help && can($0.action) }
        if context == .variants || context == .field || context == .choiceField,
            let index = bindings.firstIndex(where: { $0.action == .generate })
        {
            bindings.insert(bindings.remove(at: index), at: 0)
        }
        // On a narrow screen there is room for two keys; the second is the one that leads to all others.
        if context == .composer, isAnswering || size.columns < 50,
            let index = bindings.firstIndex(where: { $0.action == .leaveComposer })
        {
            bindings.insert(bindings.remove(at: index), at: isAnswering ? 0 : 1)
        }
        if isTypingOnFocusedVariantEnd { bindings.removeAll { $0.action == .follow } }
        return bindings.compactMap { binding in
            guard let key = binding.keys.first, let hint = dialog.map({ $0.hint(of: binding) }) ?? hint(of: binding)
            else { return nil }
            return FooterItem(key: key.label, hint: hint)
        }
    }

    /// True if the whole text is visible, so that there is no end to follow.
    private var isTypingOnFocusedVariantEnd: Bool {
        guard context == .variants, let card = draft.selectedCard(in: surroundings(of: .draft)),
            let variant = selectedVariant
        else { return false }
        return variant.cardRowCount <= card.textRows
    }

    private func hint(of binding: Binding) -> String? {
        switch binding.action {
        case .submitForm:
            guard let form = draft.form else { return binding.hint }
            return form.focused + 1 < form.fields.count
                ? "next" : can(.generate) ? (form.template?.isPersona == true ? "begin" : "generate") : nil
        case .nextField:
            guard let form = draft.form, form.focused + 1 >= form.fields.count else { return binding.hint }
            return shownGeneration == nil ? "next pane" : "variants"
        case .generate where draft.form?.template?.isPersona == true: return "begin"
        case .leaveComposer where draft.chat?.edit != nil: return "leave"
        case .leaveComposer where isAnswering: return "stop"
        case .send where draft.chat?.edit?.role == .assistant: return "keep"
        case .send where isAnswering: return nil
        case .editTurn where draft.chat.map({ draft.writtenGeneration(ofTurn: $0.selected) != nil }) == true: return nil
        case .nextSwipe where draft.chat?.selectedSummary != nil: return "next version"
        case .nextSwipe where draft.chat?.isGreeting(draft.chat?.selected ?? 0) == true && can(.nextSwipe):
            return draft.chat?.swipe(ofTurn: 0) == nil ? nil : "next greeting"
        case .freePrompt where templates.inTrash: return nil
        case .nextSwipe where draft.chat.map({ $0.swipe(ofTurn: $0.selected) == nil }) == true: return nil
        case .pinTurn: return draft.chat?.selectedTurn?.turn.isPinned == true ? "unpin" : binding.hint
        case .star where draft.chat != nil:
            return draft.chat.flatMap { $0.activeDraft(ofTurn: $0.selected)?.starred } == true ? "unstar" : binding.hint
        case .star: return selectedVariant?.starred == true ? "unstar" : binding.hint
        case .trash: return selectedVariant?.inTrash == true ? "take back" : binding.hint
        case .showTrash: return history.inTrash ? "leave trash" : binding.hint
        case .openTemplate where templates.inTrash: return nil
        case .showTrashedConversations:
            return templates.inTrash ? "leave trash" : templates.selectedEntry == nil ? nil : binding.hint
        case .answerAgain where draft.chat?.selectedSummary != nil: return "rewrite"
        case .trashTurn where draft.chat?.selectedSummary != nil: return "remove"
        case .toggleThoughts where draft.chat?.selectedSummary != nil:
            return draft.chat?.selectedSummary?.isUnfolded == true ? "fold" : "unfold"
        case .zoom: return isZoomed ? "all panes" : size.columns >= 100 ? binding.hint : nil
        case .dismiss:
            let search = focus == .history ? history.search : templates.filter
            return search.isEmpty ? "stop" : binding.hint
        case .toggleRaw: return draft.form?.isRaw == true ? "chat" : "raw"
        default: return binding.hint
        }
    }

    func drawKeys(on canvas: inout Canvas, row: Int) {
        guard layout.statusRow != nil || (notice == nil && saveFailure == nil) else { return }
        let gap = size.columns >= 100 ? 3 : 2
        var column = 1
        var end = size.columns - 1
        let helpKey = KeyTable.bindings(in: context).first { $0.action == .help }?.keys.first
        let help = helpKey.map { FooterItem(key: $0.label, hint: "keys") }
        if let help { end -= help.columns + gap }
        for item in footerItems {
            guard column + item.columns <= end else { break }
            column = draw(item, on: &canvas, row: row, column: column) + gap
        }
        if let help, column + help.columns < size.columns { _ = draw(help, on: &canvas, row: row, column: column) }
    }

    private func draw(_ item: FooterItem, on canvas: inout Canvas, row: Int, column: Int) -> Int {
        let limit = size.columns - column
        var used = canvas.put(item.key, row: row, column: column, columns: limit, style: Style(.accent, bold: true)) + 1
        used += canvas.put(item.hint, row: row, column: column + used, columns: limit - used, style: Style(.secondary))
        return column + used
    }
}
