// After every message, the pane wraps its texts to their places and keeps selections and scroll positions within bounds.

extension DraftPane {
    mutating func settle(in surroundings: PaneSurroundings) {
        if let key = shown, !generations.contains(where: { $0.key == key }) { shown = nil }
        if form == nil && part == .form && shownGeneration != nil { part = .variants }
        if part == .variants && shownGeneration == nil && form != nil { part = .form }
        if shownGeneration == nil { mode = .overview }
        settleChat(in: surroundings)
        markFieldProblems(in: surroundings)
        settleFields(in: surroundings)
        settleVariants(in: surroundings)
        switch mode {
        case .edit(var edit):
            mode = .overview
            edit.editor.prepareLayout(columns: textColumns(in: surroundings))
            let layout = edit.editor.layout(columns: textColumns(in: surroundings))
            let row = layout.position(of: edit.editor.cursor).row
            edit.top = scrolled(edit.top, toShow: row, count: layout.rows.count, visible: readerRows(in: surroundings))
            mode = .edit(edit)
        case .reader:
            let rows = selectedVariant?.cardRowCount ?? 0
            let last = max(0, rows - readerRows(in: surroundings))
            readerTop = selectedVariant?.follows == true ? last : readerTop.clamped(to: 0...last)
        case .compare(var comparison):
            comparison.setColumns(Comparison.columns(ofPane: surroundings.place.columns))
            mode = .compare(comparison)
            readerTop = readerTop.clamped(to: 0...max(0, comparison.rowCount - readerRows(in: surroundings)))
        case .overview: break
        }
    }

    /// Marks the fields whose text is invalid, except the one that is being typed into.
    private mutating func markFieldProblems(in surroundings: PaneSurroundings) {
        var typing: Int?
        if surroundings.isFocused, part == .form, case .overview = mode { typing = form?.focused }
        form?.markProblems(except: typing)
    }

    private mutating func settleFields(in surroundings: PaneSurroundings) {
        guard var form else { return }
        form.focused = form.focused.clamped(to: 0...max(0, form.fields.count - 1))
        self.form = form
        let width = fieldColumns(in: surroundings)
        for index in form.editors.indices where form.fields[index].kind == .multiline {
            form.editors[index].prepareLayout(columns: width)
        }
        self.form = form
        let geometry = geometry(in: surroundings)
        guard let place = geometry.fields.first(where: { $0.field == form.focused }) else { return }
        var cursorRow = place.top
        if form.fields[form.focused].kind == .multiline {
            let editor = form.editors[form.focused]
            let row = editor.layout(columns: width).position(of: editor.cursor).row
            cursorRow += min(row, place.rows - 1)
        }
        self.form?.top = scrolled(
            form.top, toShow: cursorRow, count: geometry.formContentRows, visible: geometry.form.rows)
    }

    private mutating func settleVariants(in surroundings: PaneSurroundings) {
        guard let generation = shownGeneration else { return }
        let width = textColumns(in: surroundings)
        change(generation.key) { generation in
            generation.selected = generation.selected.clamped(to: 0...max(0, generation.variants.count - 1))
            for index in generation.variants.indices { generation.variants[index].setColumns(width) }
        }
        let geometry = geometry(in: surroundings)
        change(generation.key) { generation in
            for card in geometry.cards {
                let last = max(0, generation.variants[card.variant].cardRowCount - card.textRows)
                let follows = generation.variants[card.variant].follows
                let top = generation.variants[card.variant].top
                generation.variants[card.variant].top = follows ? last : top.clamped(to: 0...last)
            }
            guard geometry.cards.indices.contains(generation.selected) else { return }
            let card = geometry.cards[generation.selected]
            let visible = geometry.variants.rows
            // Scroll to the card's end, then to its rule: if both do not fit, the rule matters more.
            generation.top = min(generation.top, card.top)
            generation.top = max(generation.top, min(card.top, card.top + 1 + card.textRows - visible))
            generation.top = generation.top.clamped(to: 0...max(0, geometry.stackRows - visible))
        }
    }
}
