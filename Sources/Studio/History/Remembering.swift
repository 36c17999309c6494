import Generation

// History: pages on demand, search, opening what was written earlier, and the trash.

extension StudioState {
    static let historyPageCount = 100

    // MARK: Pages

    /// Asks for the newest entries again, as many as are shown.
    mutating func loadHistoryAnew() {
        let query = HistoryQuery(
            text: history.search.text, inTrash: history.inTrash,
            limit: max(StudioState.historyPageCount, min(history.entries.count, 2000)))
        history.awaited = query
        // An awaited answer is not asked for twice in one message.
        if !effects.contains(.loadHistory(query)) { ask(.loadHistory(query)) }
    }

    mutating func loadMoreHistory() {
        guard history.hasMore, history.awaited == nil, history.failure == nil, let last = history.entries.last else {
            return
        }
        let query = HistoryQuery(
            text: history.search.text, inTrash: history.inTrash,
            after: .init(createdAt: last.createdAt, id: last.id), limit: StudioState.historyPageCount)
        history.awaited = query
        ask(.loadHistory(query))
    }

    mutating func takeHistory(_ query: HistoryQuery, entries: [HistoryEntry], hasMore: Bool) {
        guard history.awaited == query else { return }
        history.awaited = nil
        history.failure = nil
        history.hasLoaded = true
        history.hasMore = hasMore
        if query.after == nil {
            let place = history.selectedIndex ?? 0
            history.entries = entries
            // Seen from the Draft pane, the chosen line is that of the generation shown there.
            if focus != .history, let shown = shownGeneration?.generationId, entries.contains(where: { $0.id == shown })
            {
                history.selected = shown
            }
            if history.selectedIndex == nil, !entries.isEmpty {
                // What was selected has gone: the one in its place.
                history.selected = entries[min(place, entries.count - 1)].id
            }
        } else {
            let known = Set(history.entries.map(\.id))
            history.entries += entries.filter { !known.contains($0.id) }
        }
    }

    // MARK: Opening

    mutating func openSelectedGeneration() {
        guard let id = history.selected, history.selectedIndex != nil else { return }
        leaveEdit(then: .openGeneration(id))
    }

    mutating func openGeneration(_ id: Int64) {
        if let generation = generations.first(where: { $0.generationId == id }),
            generation.key == running?.job || generation.key == draft.shown
        {
            present(generation)
        } else {
            ask(.openGeneration(id: id))
        }
    }

    mutating func show(_ saved: SavedGeneration) {
        if case .edit(let edit) = draft.mode, edit.editor.isChanged {
            return keepEditThatCannotOpen(generation: saved.id, isGone: false)
        }
        if let index = generations.firstIndex(where: { $0.generationId == saved.id }) {
            let known = generations[index]
            // One that runs or is not saved has more than the store.
            if known.key == running?.job || known.isUnsaved { return present(known) }
            var fresh = OpenGeneration(key: known.key, saved: saved)
            fresh.selected = min(known.selected, max(0, fresh.variants.count - 1))
            fresh.apply(pendingWrites)
            generations[index] = fresh
            return present(fresh)
        }
        var generation = OpenGeneration(key: nextKey, saved: saved)
        generation.apply(pendingWrites)
        nextKey += 1
        generations.append(generation)
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

    /// Fills the form as it was when the generation was asked for.
    private mutating func showForm(of generation: OpenGeneration) {
        stashForm()
        let request = generation.request
        let origin = generation.generationId.map { "\u{1F}\($0)" } ?? ""
        var form: Form
        switch request.source {
        case .template(let name, let fields):
            let item = templates.items.first { $0.name == name && $0.brokenReason == nil }
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
        if let values = unsent[form.key] { fill(&form, with: values) }
        draft.form = form
    }

    /// A form for a generation whose template is no longer there: its fields as they were.
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
        history.inTrash.toggle()
        history.selected = nil
        history.top = 0
        history.entries = []
        history.hasLoaded = false
        loadHistoryAnew()
    }

    mutating func trashGeneration() {
        guard !history.inTrash, let index = history.selectedIndex else { return }
        let entry = history.entries[index]
        if let generation = generations.first(where: { $0.generationId == entry.id }), generation.key == running?.job {
            return say("It is being written. Stop it first.")
        }
        undoSteps.append(.trashGeneration(id: entry.id, title: entry.title))
        let key = KeyTable.label(.undo, in: .history)
        write(.trashGeneration(id: entry.id), done: "\(entry.title) is in the trash; \(key) takes it back")
        markTrash(of: entry.id, true)
    }

    mutating func restoreGeneration() {
        guard history.inTrash, let index = history.selectedIndex else { return }
        let entry = history.entries[index]
        write(.restoreGeneration(id: entry.id), done: "\(entry.title) is back from the trash")
        markTrash(of: entry.id, false)
    }

    private mutating func markTrash(of id: Int64, _ inTrash: Bool) {
        guard let generation = generations.first(where: { $0.generationId == id }) else { return }
        change(generation.key) { generation in
            for index in generation.variants.indices { generation.variants[index].inTrash = inTrash }
        }
    }

    mutating func askToEmptyTrash() {
        guard history.inTrash, !history.entries.isEmpty else { return }
        confirm(
            "Empty the trash", "Every draft in the trash is removed for good. This cannot be undone.",
            .init(key: "n", title: "Keep them"),
            .init(key: "y", title: "Remove for good", answer: .emptyTrash))
    }
}
