import Generation

// The drawing of a conversation: turns with quiet names, the ruler of the context, the composer.

extension StudioState {
    func drawChat(on canvas: inout Canvas) {
        guard let chat = draft.chat else { return }
        let surroundings = surroundings(of: .draft)
        let geometry = draft.chatGeometry(in: surroundings)
        var marks = ""
        if chat.turns.isEmpty {
            drawChatHint(on: &canvas, in: geometry.turns)
        } else {
            marks = drawTurns(of: chat, on: &canvas, geometry)
        }
        if let row = geometry.rulerRow {
            drawRuler(of: chat, on: &canvas, row: row, in: geometry.composer, marks: marks)
        }
        drawComposer(of: chat, on: &canvas, in: geometry.composer)
    }

    private func drawChatHint(on canvas: inout Canvas, in place: Rect) {
        guard let chat = draft.chat, place.rows > 0 else { return }
        let send = KeyTable.label(.send, in: .composer)
        let name = onOneLine(chat.conversation.persona.speakers.assistant, limit: 60)
        var text = "Write the first words below; \(send) sends them to \(name)."
        if let summary = templates.item(named: chat.personaName)?.summary, !summary.isEmpty { text += "\n\n" + summary }
        drawParagraph(text, on: &canvas, in: place.inset(left: 1, right: 1, top: place.rows >= 4 ? 1 : 0))
    }

    // MARK: Turns

    /// - Returns: the marks for what is out of sight.
    private func drawTurns(of chat: ChatPane, on canvas: inout Canvas, _ geometry: ChatGeometry) -> String {
        let place = geometry.turns
        var row = place.row - chat.anchor.row
        var index = chat.anchor.turn
        while index < chat.turns.count, row < place.endRow {
            row += drawTurn(index, of: chat, on: &canvas, row: row, geometry)
            index += 1
        }
        var marks: [String] = []
        let above = chat.anchor.turn + (chat.anchor.row > 0 ? 1 : 0)
        if above > 0 { marks.append("↑ \(above)") }
        if row > place.endRow + 1 || index < chat.turns.count {
            // While an answer is written, leaving the composer would stop it.
            let key =
                draft.context == .composer ? KeyTable.label(.pageDown, in: .composer) : draft.turnKey(.follow)
            marks.append("↓ \(key)")
        }
        return marks.isEmpty ? "" : " \(marks.joined(separator: "  ")) "
    }

    /// - Returns: the rows of the turn.
    private func drawTurn(
        _ index: Int, of chat: ChatPane, on canvas: inout Canvas, row: Int, _ geometry: ChatGeometry
    ) -> Int {
        let place = geometry.turns
        let above = drawSummary(aboveTurn: index, of: chat, on: &canvas, row: row, geometry)
        let row = row + above
        let all = max(1, place.columns - 2)
        let cards = draft.chatCards(ofTurn: index)
        let shown = draft.chatColumns(ofTurn: index, columns: all)
        let width = draft.chatTextWidth(ofTurn: index, place: geometry)
        let isSelected =
            index == chat.selected && !chat.selectsSummary && chat.part == .turns && focus == .draft && chat.edit == nil
        var rows = 1
        for (offset, card) in shown.enumerated() {
            let column = place.column + 1 + offset * (width + ChatGeometry.gap)
            let isActive = card == draft.chatActive(ofTurn: index)
            if row >= place.row, row < place.endRow {
                drawName(
                    ofTurn: index, card: card, of: chat, on: &canvas, row: row, column: column, columns: width,
                    isFirst: offset == 0, isMarked: isSelected && isActive,
                    more: moreText(ofTurn: index, card: card, shown: shown))
            }
            rows = max(
                rows,
                drawBody(
                    ofTurn: index, card: card, cards, on: &canvas, row: row + 1, column: column, columns: width, place,
                    isQuiet: shown.count > 1 && !isActive))
        }
        return rows + 2 + above
    }

    /// `Innkeeper  2/3 ★  stopped · c continues`
    private func drawName(
        ofTurn index: Int, card: Int, of chat: ChatPane, on canvas: inout Canvas, row: Int, column: Int,
        columns limit: Int, isFirst: Bool, isMarked: Bool, more: String
    ) {
        let shown = chat.turns[index]
        if isMarked {
            canvas.put("›", row: row, column: column - 1, columns: 1, style: Style(.accent, bold: true))
        }
        var used = 0
        func add(_ text: String, _ style: Style) {
            guard !text.isEmpty, used < limit - 2 else { return }
            used += canvas.put(text, row: row, column: column + used, columns: limit - used, style: style) + 2
        }
        let isActive = card == draft.chatActive(ofTurn: index)
        if isFirst || isMarked {
            let style = isMarked ? Style(.accent, bold: true) : Style(.secondary, bold: shown.turn.role == .user)
            add(chat.speaker(shown.turn), style)
        }
        add(swipeText(ofTurn: index, card: card), isActive ? Style(.secondary, bold: true) : .quiet)
        add(more, .quiet)
        let drafts = shown.turn.drafts
        if card < draft.firstWritten(ofTurn: index), drafts.indices.contains(card), drafts[card].starred {
            add("★", Style(.star, bold: true))
        }
        if shown.turn.isPinned { add("pinned", .quiet) }
        if chat.ruler?.outside.contains(shown.turn.id) == true { add("outside the context", .quiet) }
        let state = turnState(ofTurn: index, card: card)
        add(state.text, state.style)
    }

    private func swipeText(ofTurn index: Int, card: Int) -> String {
        if draft.writtenGeneration(ofTurn: index) != nil {
            let count = draft.chatCards(ofTurn: index).count
            return count > 1 ? "\(card + 1)/\(count)" : ""
        }
        guard let swipe = draft.chat?.swipe(ofTurn: index) else { return "" }
        let isCard = draft.chatCards(ofTurn: index).count > 1
        return "\((isCard ? card : swipe.place) + 1)/\(swipe.count)"
    }

    /// `→ 3 more` at the last of several answers side by side that are not all.
    private func moreText(ofTurn index: Int, card: Int, shown: [Int]) -> String {
        let hidden = draft.chatCards(ofTurn: index).count - 1 - card
        guard shown.count > 1, card == shown.last, hidden > 0 else { return "" }
        return "→ \(hidden) more"
    }

    /// - Returns: the rows of the text.
    private func drawBody(
        ofTurn index: Int, card: Int, _ cards: [Variant], on canvas: inout Canvas, row: Int, column: Int,
        columns limit: Int, _ place: Rect, isQuiet: Bool
    ) -> Int {
        if let note = draft.chatNote(ofTurn: index, card: card) {
            let lines = wrappedLines(note, columns: limit)
            for (offset, line) in lines.enumerated() where row + offset >= place.row && row + offset < place.endRow {
                canvas.put(line, row: row + offset, column: column, columns: limit, style: Style(.warning))
            }
            return max(1, lines.count)
        }
        guard cards.indices.contains(card) else { return 1 }
        let variant = cards[card]
        let rows = variant.cardRows
        let first = max(0, place.row - row)
        let last = min(rows.count, place.endRow - row)
        if first < last {
            for offset in first..<last {
                draft.draw(
                    rows[offset], of: variant, on: &canvas, row: row + offset, column: column, columns: limit)
            }
            drawWritingEnd(ofTurn: index, variant, rows, on: &canvas, row: row, column: column, columns: limit, place)
        }
        return max(1, rows.count)
    }

    /// The mark at the end of a text that is being written.
    private func drawWritingEnd(
        ofTurn index: Int, _ variant: Variant, _ rows: [CardRow], on canvas: inout Canvas, row: Int, column: Int,
        columns limit: Int, _ place: Rect
    ) {
        guard variant.phase == .writing, let generation = draft.writtenGeneration(ofTurn: index),
            generation.key == draft.running?.job, case .text(let line)? = rows.last
        else { return }
        let end = row + rows.count - 1
        guard end >= place.row, end < place.endRow else { return }
        let used = min(variant.layout.usedColumns(inRow: line), limit - 1)
        canvas.put("▌", row: end, column: column + used, columns: 1, style: Style(.accent))
    }

    // MARK: Composer

    private func drawComposer(of chat: ChatPane, on canvas: inout Canvas, in place: Rect) {
        let editor = chat.edit?.editor ?? chat.composer
        let isActive = focus == .draft && (chat.part == .composer || chat.edit != nil)
        let columns = max(1, place.columns - 2)
        canvas.put(
            "▏", row: place.row, column: place.column, columns: 1, style: isActive ? Style(.accent) : .quiet)
        let column = place.column + 1
        if editor.isEmpty {
            let name = onOneLine(chat.conversation.persona.speakers.assistant, limit: 60)
            let text =
                chat.edit == nil ? (isActive ? "Write to \(name)…" : "\(label(.compose)) writes to \(name)") : "…"
            canvas.put(
                text, row: place.row, column: column, columns: columns,
                style: Style(.secondary, dim: true, italic: true))
            if isActive && dialog == nil { canvas.setCursor(row: place.row, column: column) }
            return
        }
        let layout = editor.layout(columns: ChatGeometry.composerColumns(pane: surroundings(of: .draft).place))
        let cursor = layout.position(of: editor.cursor)
        let top = scrolled(
            max(0, cursor.row - place.rows + 1), toShow: cursor.row, count: layout.rows.count, visible: place.rows)
        for offset in 0..<place.rows {
            guard layout.rows.indices.contains(top + offset) else { break }
            let row = place.row + offset
            if offset > 0 {
                canvas.put(
                    "▏", row: row, column: place.column, columns: 1, style: isActive ? Style(.accent) : .quiet)
            }
            canvas.put(
                layout.glyphs[layout.rows[top + offset]], row: row, column: column, columns: columns,
                style: isActive ? .plain : Style(.secondary))
            if top + offset == cursor.row, isActive, dialog == nil {
                canvas.setCursor(row: row, column: min(column + cursor.column, place.endColumn - 1))
            }
        }
    }
}
