// Moving in the focused pane: by a row, by a page, to an edge.

extension StudioState {
    /// A step beyond every edge.
    static let farRows = 1_000_000

    mutating func move(by step: Int) {
        switch focus {
        case .templates: templates.move(by: step)
        case .history: ask(history.move(by: step))
        case .draft: draft.scroll(by: step, in: surroundings(of: .draft))
        }
    }

    mutating func moveByPage(_ pages: Int) { move(by: pages * pageRows) }

    /// The rows of a page: those that are visible, but for two that help to find the place again.
    private var pageRows: Int {
        let surroundings = surroundings(of: focus)
        switch focus {
        case .templates: return max(1, templates.listPlace(in: surroundings).rows - 2)
        case .history: return max(1, surroundings.listPlace.rows - 2)
        case .draft:
            if draft.chat != nil { return max(1, draft.chatGeometry(in: surroundings).turns.rows - 2) }
            guard case .overview = draft.mode else { return max(1, draft.readerRows(in: surroundings) - 2) }
            return max(1, (draft.selectedCard(in: surroundings)?.textRows ?? 2) / 2)
        }
    }

    mutating func moveToEdge(isEnd: Bool) {
        switch focus {
        case .draft where draft.chat != nil: draft.moveChatToEdge(isEnd: isEnd, in: surroundings(of: .draft))
        case .draft: draft.moveToEdge(isEnd: isEnd)
        case .templates, .history: move(by: isEnd ? StudioState.farRows : -StudioState.farRows)
        }
    }
}
