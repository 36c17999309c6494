import Generation

// Moving in the panes: by a row, by a page, to an edge.

extension StudioState {
    /// How far a page goes: the visible rows of what is focused, less two to keep the thread.
    var pageRows: Int {
        switch context {
        case .templates, .filter: max(1, listPlace(of: .templates).rows - 2)
        case .history, .search: max(1, listPlace(of: .history).rows - 2)
        case .variants: max(1, (selectedCard?.textRows ?? 2) / 2)
        case .reader, .compare: max(1, readerRows - 2)
        default: max(1, layout.body.rows / 2)
        }
    }

    mutating func move(by step: Int) {
        switch context {
        case .templates, .filter: moveTemplate(by: step)
        case .history, .search: moveHistory(by: step)
        case .variants, .reader, .compare: scroll(by: step)
        default: break
        }
    }

    /// A step beyond every edge.
    static let farRows = 1_000_000

    mutating func moveToEdge(isEnd: Bool) {
        switch context {
        case .variants:
            changeSelected { $0.follows = isEnd }
            if !isEnd {
                changeSelected { $0.top = 0 }
                if let key = draft.shown { change(key) { $0.selected = 0 } }
            }
        case .reader, .compare:
            if !isEnd { changeSelected { $0.follows = false } }
            draft.readerTop = isEnd ? Int.max / 2 : 0
        default: move(by: isEnd ? StudioState.farRows : -StudioState.farRows)
        }
    }

    private mutating func moveTemplate(by step: Int) {
        let choices = templateRows.compactMap(\.selection)
        guard !choices.isEmpty else { return }
        let current = choices.firstIndex(of: templates.selected) ?? 0
        templates.selected = choices[(current + step).clamped(to: 0...choices.count - 1)]
        // At the first choice the headings above it are shown too.
        if templates.selected == choices.first { templates.top = 0 }
    }

    private mutating func moveHistory(by step: Int) {
        guard !history.entries.isEmpty else { return }
        let current = history.selectedIndex ?? 0
        let next = (current + step).clamped(to: 0...history.entries.count - 1)
        history.selected = history.entries[next].id
        if next == 0 { history.top = 0 }
        if next + 20 > history.entries.count {
            // A page that failed is tried again when the writer moves on.
            history.failure = nil
            loadMoreHistory()
        }
    }
}
