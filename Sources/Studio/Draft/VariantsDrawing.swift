import Generation

// The drawing of a generation: its variants one below the other, each under a rule with its letter, length and state.

extension DraftPane {
    func drawVariants(
        of generation: OpenGeneration, on canvas: inout Canvas, _ geometry: DraftGeometry,
        in surroundings: PaneSurroundings
    ) {
        let place = geometry.variants
        if generation.isChoosing { return drawChoosing(generation, on: &canvas, in: place) }
        for card in geometry.cards {
            let variant = generation.variants[card.variant]
            let rows = variant.cardRows
            for line in 0..<1 + card.textRows {
                let offset = card.top + line - generation.top
                guard offset >= 0, offset < place.rows else { continue }
                let row = place.row + offset
                if line == 0 {
                    let isSelected = card.variant == generation.selected
                    drawRule(
                        of: card.variant, in: generation, on: &canvas, row: row, place, textRows: card.textRows,
                        top: variant.top, isSelected: isSelected && surroundings.isFocused && part == .variants,
                        surroundings)
                } else {
                    drawText(
                        rows, of: variant, in: generation, index: card.variant, textRow: variant.top + line - 1,
                        on: &canvas, row: row, place)
                }
            }
        }
        let below = geometry.stackRows - generation.top - place.rows
        if below > 1, place.rows > 1 {
            let text = " ↓ \(below) rows "
            canvas.putRight(text, row: place.endRow - 1, endColumn: place.endColumn, columns: 14, style: .quiet)
        }
    }

    private func drawText(
        _ rows: [CardRow], of variant: Variant, in generation: OpenGeneration, index: Int, textRow: Int,
        on canvas: inout Canvas, row: Int, _ place: Rect
    ) {
        let column = place.column + 1
        let columns = place.columns - 1
        let layout = variant.layout
        if variant.text.isEmpty, let failure = generation.failure, index == 0 {
            let lines = wrappedLines(failure, columns: max(1, columns - 1))
            guard lines.indices.contains(textRow) else { return }
            canvas.put(lines[textRow], row: row, column: column, columns: columns, style: Style(.failure))
            return
        }
        guard rows.indices.contains(textRow) else { return }
        draw(rows[textRow], of: variant, on: &canvas, row: row, column: column, columns: columns)
        let lastRow = layout.rows.count - 1
        if variant.phase == .writing && rows[textRow] == .text(lastRow) && generation.key == running?.job {
            let used = min(layout.usedColumns(inRow: lastRow), columns - 1)
            canvas.put("▌", row: row, column: column + used, columns: 1, style: Style(.accent))
        }
    }

    // MARK: Rule

    /// `─ A ── 24/30 ▰▰▰▰▰▰▰▰▱▱ ─ done ─────────── ★ ─`, and `─ B ── = A ─ 24/30 … ─ done · again ─` for a twin. Parts have
    /// their lengths themselves.
    func drawRule(
        of index: Int, in generation: OpenGeneration, on canvas: inout Canvas, row: Int, _ place: Rect, textRows: Int,
        top: Int, isSelected: Bool, _ surroundings: PaneSurroundings
    ) {
        let variant = generation.variants[index]
        let lineStyle = isSelected ? Style(.accent) : .quiet
        canvas.rule(row: row, column: place.column, columns: place.columns, style: lineStyle)
        if isSelected { canvas.put("›", row: row, column: place.column, columns: 1, style: Style(.accent, bold: true)) }
        var column = place.column + 1
        let end = place.endColumn
        func add(_ text: String, _ style: Style, gap: Int) {
            guard column + 2 < end else { return }
            column += canvas.put(" \(text) ", row: row, column: column, columns: end - column - 1, style: style) + gap
        }
        let letterStyle = isSelected ? Style(.accent, bold: true) : variant.inTrash ? .quiet : Style(bold: true)
        add(Variant.letter(index), letterStyle, gap: 2)
        if variant.inTrash {
            add(surroundings.pendingWrites.isSaving(.trash, variant) ? "to the trash…" : "in the trash", .quiet, gap: 1)
            return
        }
        if let twin = variant.details.twinOf { add("= \(Variant.letter(twin))", Style(.warning), gap: 1) }
        let length = LengthMeter(variant.layout.length, limits: generation.request.limits) { variant.text }
        if variant.parts.isEmpty, variant.phase != .waiting || !variant.text.isEmpty {
            if let text = length.text(hasBar: place.columns >= 44) {
                add(text, length.isOver ? Style(.failure) : .quiet, gap: 1)
            }
        }
        let state = stateText(of: index, in: generation, surroundings)
        let below = variant.cardRowCount - top - textRows
        let more = textRows > 0 ? moreText(above: top, below: below) : nil
        // A long reason is cut, so that the marks at the right end of the rule keep their place; "again" stays whole.
        let again = variant.details.attempts > 1 ? " · again" : ""
        let marks = (variant.starred ? 4 : 0) + (more.map { $0.count + 1 } ?? 0)
        let free = max(10, end - column - 4 - marks)
        let reason = clipped(state.text, columns: max(4, free - again.count))
        add(clipped(reason + again, columns: free), state.style, gap: 1)

        var right = end - 1
        if variant.starred && right - 3 > column {
            // The star is shown only after the store confirmed it.
            let sign = surroundings.pendingWrites.isSaving(.star, variant) ? " … " : " ★ "
            canvas.put(sign, row: row, column: right - 3, columns: 3, style: Style(.star, bold: true))
            right -= 4
        }
        if let more, right - more.count > column {
            canvas.putRight(more, row: row, endColumn: right, columns: more.count, style: .quiet)
        }
    }

    private func moreText(above: Int, below: Int) -> String? {
        switch (above > 0, below > 0) {
        case (false, false): nil
        case (false, true): " ↓ \(below) more "
        case (true, false): " ↑ \(above) "
        case (true, true): " ↑ \(above) ↓ \(below) more "
        }
    }

    private func stateText(
        of index: Int, in generation: OpenGeneration, _ surroundings: PaneSurroundings
    ) -> (text: String, style: Style) {
        let variant = generation.variants[index]
        let isStopping = surroundings.jobs.isCancelled(generation.key)
        // The first open variant is the one that its generator waits for.
        if !isStopping, generation.variants.firstIndex(where: { !$0.isEnded }) == index,
            let wait = waitText(ofJob: generation.key, now: surroundings.clock.now)
        {
            return (wait, Style(.warning))
        }
        switch variant.phase {
        case .waiting:
            return (isStopping ? "stopping…" : "waiting", .quiet)
        case .writing where generation.notSaved != nil && !isStopping:
            return ("writing… · not saved", Style(.failure))
        case .writing: return (isStopping ? "stopping…" : "writing…", Style(.accent))
        case .ended where surroundings.pendingWrites.isRefused(variant) || generation.notSaved != nil:
            return ("not saved", Style(.failure))
        case .ended where surroundings.pendingWrites.isSaving(.text, variant): return ("saving…", Style(.accent))
        case .ended where variant.isEdited: return ("edited", Style(.success))
        case .ended(let reason):
            switch reason {
            case .stop: return ("done", Style(.success))
            case .limit where variant.text.isEmpty: return (generation.request.limits.nothingFits, Style(.warning))
            case .limit: return ("done · kept to the limit", Style(.success))
            case .length where variant.thoughtsTookAll: return ("only thoughts", Style(.warning))
            case .length:
                let room = generation.contextRoom.map { "context full: \($0) tokens" }
                return (room ?? "ended at the most tokens", Style(.warning))
            case .stopped: return ("stopped", Style(.warning))
            case .failed:
                let reason = variant.text.isEmpty ? nil : generation.failure
                return (reason.map { "failed: \(onOneLine($0))" } ?? "failed", Style(.failure))
            case .interrupted: return ("interrupted", Style(.warning))
            case .cutOff:
                let key = KeyTable.label(.continueDraft, in: .variants)
                return ("cut off by the server · \(key) continues", Style(.warning))
            }
        }
    }
}
