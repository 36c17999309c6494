import Generation

// Texts from earlier sessions that are not on the screen: listed, taken up again, or discarded.

extension StudioState {
    /// The forms with unsent text, except the open one, and then the kept texts.
    var keptRows: [ListDialog.Row] {
        let forms = keeping.unsent.sorted { $0.key < $1.key }.compactMap { key, values -> ListDialog.Row? in
            let text = StudioState.excerpt(ChatKey(key) == nil ? values : ChatKey.words(values))
            guard key != draft.form?.key, !text.isEmpty else { return nil }
            return keptRow(.form(key: key), title: rowTitle(formName(ofKey: key), text), detail: "not sent")
        }
        return waitingEditorRows + forms
            + keeping.kept.enumerated().map { index, text in
                let detail = text.path.map { "$EDITOR: \($0)" }
                switch text.content {
                case .form(let key, let values, _):
                    let title = rowTitle(
                        formName(ofKey: key), StudioState.excerpt(ChatKey(key) == nil ? values : ChatKey.words(values)),
                        path: text.path)
                    return keptRow(.kept(index: index), title: title, detail: detail ?? "not sent")
                case .edit(let edit):
                    let title = rowTitle("Edit", onOneLine(edit.text, limit: 200), path: text.path)
                    return keptRow(.kept(index: index), title: title, detail: detail ?? "not saved")
                }
            }
    }

    /// The text that an editor with a window of its own may have.
    private var waitingEditorRows: [ListDialog.Row] {
        guard keeping.waitingEditor != nil, let file = keeping.editorFile else { return [] }
        let title = rowTitle("In your editor", onOneLine(file.text, limit: 200), path: file.path)
        return [keptRow(.editor, title: title, detail: "$EDITOR: \(file.path)")]
    }

    private func keptRow(_ place: KeptPlace, title: String, detail: String) -> ListDialog.Row {
        ListDialog.Row(
            title: title, detail: detail, choice: .takeKept(place), discard: .askToDiscardKept(place, title: title))
    }

    /// - Parameter path: the path of a file, if the row has to leave room for one.
    private func rowTitle(_ name: String, _ text: String, path: String? = nil) -> String {
        clipped("\(name): \(text)", columns: path == nil ? 56 : 32)
    }

    private func formName(ofKey key: String) -> String {
        switch ChatKey(key) {
        case .conversation: return "Conversation"
        case .persona(let name): return templates.item(named: name)?.title ?? name
        case nil: break
        }
        let name = templateName(ofKey: key)
        return name.isEmpty ? "Free prompt" : templates.item(named: name)?.title ?? name
    }

    private static func excerpt(_ values: [String: String]) -> String {
        let texts = values.sorted { $0.key < $1.key }.map { onOneLine($0.value, limit: 200) }
        return texts.filter { !$0.isEmpty }.joined(separator: " · ")
    }

    /// `; K shows 2 kept texts`, or "" if there are none.
    var keptNote: String {
        let count = keptRows.count
        guard count > 0 else { return "" }
        let key = label(.showKept)
        let note = "; \(key) shows \(count) kept \(count == 1 ? "text" : "texts")"
        let paths = keeping.kept.compactMap(\.path)
        return paths.isEmpty ? note : note + ", also in the file of your editor, " + paths.joined(separator: ", ")
    }

    // MARK: The list

    mutating func openKept() {
        let rows = keptRows
        guard !rows.isEmpty else { return say("No texts are kept from earlier.") }
        dialog = ListDialog(.kept, title: "Kept texts", rows: rows)
    }

    mutating func takeKept(_ place: KeptPlace) {
        switch place {
        case .form(let key): leaveEdit(then: .takeUnsent(key: key))
        case .kept(let index):
            if keeping.kept.indices.contains(index) { leaveEdit(then: .takeKept(keeping.kept[index])) }
        case .editor: _ = isWaitingForEditor()
        }
    }

    mutating func openUnsentForm(_ key: String) {
        if openUnsentChat(key) { return }
        stashForm()
        guard let values = keeping.unsent[key] else { return }
        openForm(key: key, values: values, isRaw: false)
        sayTaken(key)
    }

    /// Tells the writer the form that has the kept text now.
    private mutating func sayTaken(_ key: String) {
        say("Your text is in the form \(formName(ofKey: key)) again" + keptNote)
    }

    /// Puts a kept text in its place; the text that was there is kept instead.
    mutating func take(_ text: KeptText) {
        guard keeping.kept.contains(text) else { return }
        switch text.content {
        case .form(let key, let values, _) where ChatKey(key) != nil:
            keeping.remove(text)
            takeWords(values, key: key)
        case .form(let key, let values, let isRaw):
            stashForm()
            keeping.remove(text)
            if let other = keeping.unsent[key], other != values {
                keeping.keep(KeptText(.form(key: key, values: other, isRaw: draft.form?.isRaw ?? false)))
            }
            openForm(key: key, values: values, isRaw: isRaw)
            sayTaken(key)
        case .edit(let edit):
            keeping.remove(text)
            if let waiting = keeping.editToRestore { keeping.keep(KeptText(.edit(waiting))) }
            keeping.editToRestore = edit
            keeping.editIsChosen = true
            keeping.restoreProblems = []
            ask(.openGeneration(id: edit.generationId))
        }
        forgetFile(of: text)
    }

    /// Removes a file of $EDITOR after the session no longer names it.
    private mutating func forgetFile(of text: KeptText) {
        guard let path = text.path, !keeping.kept.contains(where: { $0.path == path }) else { return }
        saveSessionIfChanged()
        let texts: [String] =
            switch text.content {
            case .form(_, let values, _): values.values.sorted()
            case .edit(let edit): [edit.text]
            }
        ask(.removeEditorFile(path: path, holding: texts))
    }

    /// - Parameter title: of the row that lists the text.
    mutating func askToDiscardKept(_ place: KeptPlace, title: String) {
        confirm(
            "Discard", "“\(clipped(title, columns: 50))” is kept nowhere else.",
            .init(key: "n", title: "Keep it"),
            .init(key: "y", title: "Discard it", answer: .discardKept(place)))
    }

    mutating func discardKept(_ place: KeptPlace) {
        switch place {
        case .form(let key): keeping.unsent[key] = nil
        case .editor: return leaveEditorFile()
        case .kept(let index):
            guard keeping.kept.indices.contains(index) else { break }
            let text = keeping.kept[index]
            keeping.remove(text)
            forgetFile(of: text)
        }
        saveSessionIfChanged()
        if keptRows.isEmpty { say("No kept texts are left") } else { openKept() }
    }
}

/// The place of a text that the list of kept texts shows.
enum KeptPlace: Sendable, Hashable {
    /// A form that was left with unsent text, by its key.
    case form(key: String)
    /// An index of `Keeping.kept`.
    case kept(index: Int)
    /// The file of an editor that came back at once.
    case editor
}
