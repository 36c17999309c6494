import Generation

// The actions of History on the rest of the studio: opening a generation in the Draft pane, and the trash.

extension StudioState {
    // MARK: Pages

    /// Asks for the newest entries again, as many as are listed.
    mutating func loadHistoryAnew() { ask(history.askAnew()) }

    mutating func ask(_ page: HistoryPageRequest?) {
        // If one message changes the history twice, one answer is enough.
        if let page, !effects.contains(.loadHistory(page)) { ask(.loadHistory(page)) }
    }

    mutating func takeHistory(_ page: HistoryPageRequest, entries: [HistoryEntry], hasMore: Bool) {
        let shown = focus == .history ? nil : shownEntry
        ask(history.take(entries, for: page, hasMore: hasMore, shown: shown))
    }

    mutating func takeHistoryFailure(_ page: HistoryPageRequest, sentence: String) {
        if history.fail(page, sentence: sentence) { say(sentence, isFailure: true) }
    }

    /// The entry of what the Draft pane shows.
    var shownEntry: Int64? {
        guard let chat = draft.chat else { return shownGeneration?.generationId }
        return chat.isInStore ? HistoryEntry.id(ofConversation: chat.conversation.id) : nil
    }

    // MARK: Opening

    mutating func openSelectedGeneration() {
        guard let entry = history.selectedEntry else { return }
        if let place = entry.conversation, !history.inTrash { return leaveEdit(then: .openConversation(place)) }
        leaveEdit(then: .openGeneration(entry.id))
    }

    mutating func openGeneration(_ id: Int64) {
        if let generation = draft.generation(ofId: id),
            generation.key == draft.running?.job || generation.key == draft.shown
        {
            present(generation)
        } else {
            ask(.openGeneration(id: id))
        }
    }

    /// - Parameter written: the model's own text of each draft that was changed since, by the draft's id.
    mutating func show(_ saved: SavedGeneration, written: [Int64: String]) {
        if draft.changedEdit != nil {
            return keepEditThatCannotOpen(generation: saved.id, isGone: false)
        }
        if let index = draft.generations.firstIndex(where: { $0.generationId == saved.id }) {
            let known = draft.generations[index]
            // If it runs or is not saved, the studio has more of it than the store.
            if known.key == draft.running?.job || known.isUnsaved { return present(known) }
            var fresh = OpenGeneration(key: known.key, saved: saved, written: written)
            fresh.selected = min(known.selected, max(0, fresh.variants.count - 1))
            fresh.apply(pendingWrites)
            draft.generations[index] = fresh
            return present(fresh)
        }
        var generation = OpenGeneration(key: jobs.newNumber(), saved: saved, written: written)
        generation.apply(pendingWrites)
        draft.generations.append(generation)
        present(generation)
    }

    private mutating func present(_ generation: OpenGeneration) {
        draft.shown = generation.key
        draft.mode = .overview
        draft.part = .variants
        focus = .draft
        showForm(of: generation)
        restoreEdit(in: generation)
    }

    /// Opens the form with the values of the generation's request.
    private mutating func showForm(of generation: OpenGeneration) {
        stashForm()
        let request = generation.request
        let origin = generation.generationId.map { "\u{1F}\($0)" } ?? ""
        var form: Form
        switch request.source {
        case .template(let name, let fields):
            let item = templates.usableItem(named: name)
            form = Form(template: item ?? missingTemplate(name, title: request.title, fields), key: name + origin)
            form.setValues(fields)
            templates.selected = item?.name ?? templates.selected
        case .freePrompt(let text, let raw):
            form = Form(template: nil, key: origin)
            form.setValues([Form.promptField: text])
            form.isRaw = raw
            templates.selected = nil
        }
        form.sampling = request.sampling
        form.variantCount = min(max(1, request.variantCount), Form.largestVariantCount)
        form.limits = request.limits
        if let values = keeping.unsent[form.key] { fill(&form, with: values) }
        draft.form = form
    }

    /// Stands for a template that is gone: one field for each value.
    func missingTemplate(_ name: String, title: String, _ fields: [String: String]) -> TemplateItem {
        TemplateItem(
            name: name, title: title, familyTitle: "",
            fields: fields.sorted { $0.key < $1.key }.map { field in
                TemplateItem.Field(
                    name: field.key, label: field.key, kind: field.value.contains("\n") ? .multiline : .line)
            })
    }

    // MARK: Trash

    mutating func toggleTrashView() {
        focus = .history
        ask(history.toggleTrash())
    }

    mutating func trashGeneration() {
        guard !history.inTrash, let entry = history.selectedEntry else { return }
        if let id = entry.conversationId { return trashConversation(id, title: entry.title) }
        if let generation = draft.generation(ofId: entry.id), generation.key == draft.running?.job {
            return say("It is being written. Stop it first.")
        }
        draft.undoSteps.append(.trashGeneration(id: entry.id, title: entry.title))
        let key = KeyTable.label(.undo, in: .history)
        write(.trashGeneration(id: entry.id), done: "\(entry.title) is in the trash; \(key) undoes it")
        markTrash(of: entry.id, true)
    }

    mutating func restoreGeneration() {
        guard history.inTrash, let entry = history.selectedEntry else { return }
        write(.restoreGeneration(id: entry.id), done: "\(entry.title) is back from the trash")
        markTrash(of: entry.id, false)
    }

    private mutating func markTrash(of id: Int64, _ inTrash: Bool) {
        guard let generation = draft.generation(ofId: id) else { return }
        draft.change(generation.key) { generation in
            for index in generation.variants.indices { generation.variants[index].inTrash = inTrash }
        }
    }
}
