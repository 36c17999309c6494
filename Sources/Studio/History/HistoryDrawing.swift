import Generation

// The drawing of the History pane: a line to search in, and generations and conversations by day.

extension HistoryPane {
    /// - Parameter shown: the entry of what the Draft pane shows.
    func draw(on canvas: inout Canvas, in surroundings: PaneSurroundings, shown: Int64?) {
        let place = surroundings.place
        let list = surroundings.listPlace
        if place.rows >= 4 {
            drawSearchLine(
                on: &canvas, row: place.row, in: place, editor: search,
                isTyping: isSearching && surroundings.hasCursor, placeholder: "search…")
        }
        let rows = rows(at: surroundings.clock)
        for offset in 0..<list.rows {
            let index = top + offset
            guard rows.indices.contains(index) else { break }
            switch rows[index] {
            case .blank: break
            case .heading(let text):
                canvas.put(text, row: list.row + offset, column: list.column, columns: list.columns - 1, style: .quiet)
            case .entry(let entry):
                draw(
                    entries[entry], on: &canvas, row: list.row + offset, in: list, surroundings,
                    isShown: entries[entry].id == shown)
            }
        }
        if rows.isEmpty { drawParagraph(emptyText, on: &canvas, in: list.inset(left: 2, right: 1, top: 1)) }
    }

    private var emptyText: String {
        if let failure = failure { return failure }
        if !hasLoaded { return "Loading…" }
        if !search.isEmpty {
            return "Nothing is found. \(KeyTable.label(.dismiss, in: .history)) clears the search."
        }
        if inTrash { return "The trash is empty. \(KeyTable.label(.showTrash, in: .history)) goes back." }
        return
            "Nothing is written yet. Open a template with \(KeyTable.label(.openTemplate, in: .templates)) and press "
            + "\(KeyTable.label(.generate, in: .field)): everything you generate is kept here."
    }

    private func draw(
        _ entry: HistoryEntry, on canvas: inout Canvas, row: Int, in list: Rect, _ surroundings: PaneSurroundings,
        isShown: Bool
    ) {
        let isSelected = entry.id == selected
        let style = surroundings.rowStyle(isSelected: isSelected)
        let column = list.column
        if isSelected { canvas.put("›", row: row, column: column, columns: 1, style: style) }
        if entry.starred { canvas.put("★", row: row, column: column + 1, columns: 1, style: Style(.star)) }
        let date = surroundings.clock.date(entry.createdAt)
        let isWide = list.columns >= 24
        var used = column + 3
        if isWide {
            canvas.put(date.time, row: row, column: used, columns: 5, style: isSelected ? style : .quiet)
            used += 6
        }
        let mark = statusMark(of: entry)
        let end = list.endColumn - 1
        let count = paddedLeft("\(entry.draftCount)", columns: 3)
        canvas.putRight(count, row: row, endColumn: end, columns: 4, style: .quiet)
        var free = end - 4 - used
        if let mark {
            canvas.put(mark.text, row: row, column: end - 4, columns: 1, style: mark.style)
            free -= 1
        }
        var titleStyle = style
        if isShown { titleStyle.underline = true }
        let title = (entry.conversationId == nil ? "" : "Chat: ") + onOneLine(entry.title, limit: 200)
        let titleColumns = canvas.put(title, row: row, column: used, columns: free, style: titleStyle)
        // If there is room, the beginning of the text helps to tell entries with equal titles apart.
        let rest = free - titleColumns - 2
        if rest >= 12, !entry.excerpt.isEmpty {
            let excerpt = onOneLine(entry.excerpt, limit: 300)
            canvas.put(
                excerpt, row: row, column: used + titleColumns + 2, columns: rest, style: Style(.secondary, dim: true))
        }
    }

    private func statusMark(of entry: HistoryEntry) -> (text: String, style: Style)? {
        switch entry.status {
        case .complete: nil
        case .running: ("•", Style(.accent))
        case .stopped: ("-", Style(.secondary))
        case .failed: ("✗", Style(.failure))
        case .interrupted: ("!", Style(.warning))
        }
    }
}
