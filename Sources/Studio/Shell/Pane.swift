/// The three panes, left to right.
enum Pane: Int, Sendable, Hashable, CaseIterable {
    case templates, draft, history

    var title: String {
        switch self {
        case .templates: "Templates"
        case .draft: "Draft"
        case .history: "History"
        }
    }
}

extension StudioState {
    mutating func moveFocus(by step: Int) {
        if focus == .draft, let part = draft.chat?.part, draft.chat?.edit == nil {
            let isEmpty = draft.chat?.turns.isEmpty ?? true
            if (step > 0 && part == .turns) || (step < 0 && part == .composer && !isEmpty) {
                draft.chat?.part = step > 0 ? .composer : .turns
                return
            }
        }
        // Form and variants are two stops, though they are one pane.
        if focus == .draft, case .overview = draft.mode, shownGeneration != nil, draft.form != nil {
            if step > 0 && draft.part == .form { return draft.part = .variants }
            if step < 0 && draft.part == .variants { return draft.part = .form }
        }
        let count = Pane.allCases.count
        focus = Pane(rawValue: (focus.rawValue + step + count) % count) ?? .templates
        if focus == .draft { draft.chat?.part = .composer }
        if focus == .draft, case .overview = draft.mode, shownGeneration != nil, draft.form != nil {
            draft.part = step > 0 ? .form : .variants
        }
    }
}
