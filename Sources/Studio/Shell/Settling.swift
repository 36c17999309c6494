import Generation

// After every message: texts wrapped to their places, and selections and scroll positions within bounds.

extension StudioState {
    mutating func settle() {
        if undoSteps.count > 50 { undoSteps.removeFirst(undoSteps.count - 50) }
        forgetGenerations()
        guard !layout.isTooSmall else { return }
        settleTemplates()
        settleHistory()
        settleDraft()
        settleDialog()
    }

    private mutating func settleTemplates() {
        let rows = templateRows
        let choices = rows.compactMap(\.selection)
        if !choices.contains(templates.selected), let first = choices.first { templates.selected = first }
        let index = rows.firstIndex { $0.selection == .some(templates.selected) } ?? 0
        templates.top = scrolled(
            templates.top, toShow: index, count: rows.count, visible: listPlace(of: .templates).rows)
    }

    private mutating func settleHistory() {
        if history.selectedIndex == nil { history.selected = history.entries.first?.id }
        let rows = historyRows
        let selected = history.selectedIndex
        let index = rows.firstIndex { if case .entry(let entry) = $0 { entry == selected } else { false } } ?? 0
        history.top = scrolled(history.top, toShow: index, count: rows.count, visible: listPlace(of: .history).rows)
        if history.top + listPlace(of: .history).rows >= rows.count && layout.panes[.history] != nil {
            loadMoreHistory()
        }
    }

    private mutating func settleDraft() {
        if let key = draft.shown, !generations.contains(where: { $0.key == key }) { draft.shown = nil }
        if draft.form == nil && draft.part == .form && shownGeneration != nil { draft.part = .variants }
        if draft.part == .variants && shownGeneration == nil && draft.form != nil { draft.part = .form }
        if shownGeneration == nil, case .overview = draft.mode {
        } else if shownGeneration == nil {
            draft.mode = .overview
        }
        markFieldProblems()
        settleFields()
        settleVariants()
        switch draft.mode {
        case .edit(var edit):
            draft.mode = .overview
            edit.editor.prepareLayout(columns: textColumns)
            let layout = edit.editor.layout(columns: textColumns)
            let row = layout.position(of: edit.editor.cursor).row
            edit.top = scrolled(edit.top, toShow: row, count: layout.rows.count, visible: readerRows)
            draft.mode = .edit(edit)
        case .reader:
            let rows = selectedVariant?.layout.rows.count ?? 0
            let last = max(0, rows - readerRows)
            draft.readerTop = selectedVariant?.follows == true ? last : draft.readerTop.clamped(to: 0...last)
        case .compare(var comparison):
            comparison.setColumns(comparisonColumns)
            draft.mode = .compare(comparison)
            draft.readerTop = draft.readerTop.clamped(to: 0...max(0, comparisonRowCount(comparison) - readerRows))
        case .overview: break
        }
    }

    private mutating func settleFields() {
        guard var form = draft.form else { return }
        form.focused = form.focused.clamped(to: 0...max(0, form.fields.count - 1))
        draft.form = form
        let width = fieldColumns
        for index in form.editors.indices where form.fields[index].kind == .multiline {
            draft.form?.editors[index].prepareLayout(columns: width)
        }
        let geometry = draftGeometry
        guard let place = geometry.fields.first(where: { $0.field == form.focused }) else { return }
        var cursorRow = place.top
        if form.fields[form.focused].kind == .multiline, let editor = draft.form?.editors[form.focused] {
            let row = editor.layout(columns: width).position(of: editor.cursor).row
            cursorRow += min(row, place.rows - 1)
        }
        let top = scrolled(
            form.top, toShow: cursorRow, count: geometry.formContentRows, visible: geometry.form.rows)
        draft.form?.top = top
    }

    private mutating func settleVariants() {
        guard let generation = shownGeneration else { return }
        let width = textColumns
        change(generation.key) { generation in
            generation.selected = generation.selected.clamped(to: 0...max(0, generation.variants.count - 1))
            for index in generation.variants.indices { generation.variants[index].setColumns(width) }
        }
        let geometry = draftGeometry
        change(generation.key) { generation in
            for card in geometry.cards {
                let last = max(0, generation.variants[card.variant].layout.rows.count - card.textRows)
                let follows = generation.variants[card.variant].follows
                let top = generation.variants[card.variant].top
                generation.variants[card.variant].top = follows ? last : top.clamped(to: 0...last)
            }
            guard geometry.cards.indices.contains(generation.selected) else { return }
            let card = geometry.cards[generation.selected]
            let visible = geometry.variants.rows
            // First its end, then its rule: where both do not fit, the rule is what counts.
            generation.top = min(generation.top, card.top)
            generation.top = max(generation.top, min(card.top, card.top + 1 + card.textRows - visible))
            generation.top = generation.top.clamped(to: 0...max(0, geometry.stackRows - visible))
        }
    }
}

/// The first visible row that shows a row, moved as little as possible.
func scrolled(_ top: Int, toShow row: Int, count: Int, visible: Int) -> Int {
    guard visible > 0 else { return 0 }
    var top = top
    if row < top { top = row }
    if row >= top + visible { top = row - visible + 1 }
    return top.clamped(to: 0...max(0, count - visible))
}
