import Generation

// The drawing of the Templates pane: the filter, the list, and below a narrow list the selected template's summary.

extension TemplatesPane {
    private static let summaryRows = 3

    /// True if the summary stands below the list; a wide list has every summary beside its title.
    private func hasSummary(in place: Rect) -> Bool { place.rows >= 16 && place.columns < 60 }

    func listPlace(in surroundings: PaneSurroundings) -> Rect {
        let place = surroundings.listPlace
        return hasSummary(in: surroundings.place) ? place.inset(bottom: TemplatesPane.summaryRows + 1) : place
    }

    func draw(on canvas: inout Canvas, in surroundings: PaneSurroundings) {
        let place = surroundings.place
        let list = listPlace(in: surroundings)
        if place.rows >= 4 {
            drawSearchLine(
                on: &canvas, row: place.row, in: place, editor: filter, isTyping: isFiltering && surroundings.hasCursor,
                placeholder: "filter…")
        }
        let rows = rows
        for offset in 0..<list.rows {
            let index = top + offset
            guard rows.indices.contains(index) else { break }
            draw(rows[index], on: &canvas, row: list.row + offset, in: list, surroundings)
        }
        if !hasLoaded {
            canvas.put("Loading…", row: list.row, column: list.column + 2, columns: list.columns - 2, style: .quiet)
        } else if rows.isEmpty {
            drawParagraph(emptyText, on: &canvas, in: list.inset(left: 2, right: 1))
        }
        if hasSummary(in: place) { drawSummary(on: &canvas, in: place, below: list) }
    }

    private var emptyText: String {
        if !filter.isEmpty || !inTrash {
            return "Nothing matches. \(KeyTable.label(.dismiss, in: .templates)) clears the filter."
        }
        if awaitedConversations != nil { return "Loading…" }
        return
            "No conversation is in the trash. \(KeyTable.label(.showTrashedConversations, in: .templates)) goes back."
    }

    private func draw(
        _ templateRow: Row, on canvas: inout Canvas, row: Int, in list: Rect, _ surroundings: PaneSurroundings
    ) {
        let title: String
        let isBroken: Bool
        switch templateRow {
        case .blank: return
        case .heading(let text):
            canvas.put(text, row: row, column: list.column, columns: list.columns - 1, style: .quiet)
            return
        case .freePrompt: (title, isBroken) = ("Free prompt", false)
        case .item(let item): (title, isBroken) = (item.title, item.brokenReason != nil)
        case .conversation(let entry):
            (title, isBroken) = (entry.shownTitle, false)
        }
        let isSelected = templateRow.selection == choice
        let style = surroundings.rowStyle(isSelected: isSelected, failed: isBroken)
        if isSelected { canvas.put("›", row: row, column: list.column, columns: 1, style: style) }
        let used = canvas.put(
            onOneLine(title), row: row, column: list.column + 2, columns: list.columns - 3 - (isBroken ? 2 : 0),
            style: style)
        if isBroken { canvas.put("✗", row: row, column: list.column + 3 + used, columns: 1, style: Style(.failure)) }
        let summaryColumn = max(summaryColumn, used + 4)
        guard list.columns >= 59 else { return }
        let summary: String
        switch templateRow {
        case .item(let item): summary = item.brokenReason ?? item.summary
        case .conversation(let entry): summary = entry.preview
        case .blank, .heading, .freePrompt: return
        }
        canvas.put(
            onOneLine(summary), row: row, column: list.column + summaryColumn,
            columns: list.columns - summaryColumn - 1, style: Style(.secondary, dim: !isSelected))
    }

    /// The column of the summaries in a wide list: after the longest title, unless that is very long.
    private var summaryColumn: Int { min(44, max(24, (items.map { columns(of: $0.title) }.max() ?? 0) + 4)) }

    private func drawSummary(on canvas: inout Canvas, in place: Rect, below list: Rect) {
        let text: String
        var style = Style(.secondary, italic: true)
        if let item = selectedItem {
            text = item.brokenReason.map { "Broken: \($0)" } ?? item.summary
            if item.brokenReason != nil { style = Style(.failure) }
        } else if let entry = selectedEntry {
            let count = entry.turnCount
            text =
                "\(entry.conversation.persona.title), \(count) \(count == 1 ? "turn" : "turns"): \(onOneLine(entry.preview))"
        } else if inTrash {
            return
        } else {
            text = "Your own words: a question, a task, or the beginning of a text."
        }
        var area = Rect(
            row: list.endRow + 1, column: place.column + 1, rows: TemplatesPane.summaryRows,
            columns: place.columns - 2)
        area.rows = max(0, min(area.rows, place.endRow - area.row))
        drawParagraph(text, on: &canvas, in: area, style: style)
    }
}

extension ConversationEntry {
    /// Its title, or its persona's if nobody has said anything yet.
    var shownTitle: String { conversation.title.isEmpty ? conversation.persona.title : conversation.title }
}
