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
