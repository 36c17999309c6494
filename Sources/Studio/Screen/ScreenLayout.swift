// The places of all parts of a screen of a given size.
// - Three panes are visible from 120 columns, two from 100, else one; if zoomed, always one.
// - If the screen is smaller than `smallest`, only a sentence is drawn; below 12 rows there are no rules.

struct ScreenLayout: Sendable, Hashable {
    static let smallest = ScreenSize(rows: 5, columns: 20)

    /// The visible panes, without title row and margins between them.
    private(set) var panes: [Pane: Rect] = [:]
    /// Columns of the thin rules between panes.
    private(set) var separators: [Int] = []
    /// True if the first row names all panes as tabs, and not each visible pane by its title.
    private(set) var hasTabs = false
    private(set) var topRuleRow: Int?
    private(set) var bottomRuleRow: Int?
    private(set) var statusRow: Int?
    private(set) var keysRow = 0
    let isTooSmall: Bool
    /// All rows between title and bottom rule, over all panes: the room for dialogs.
    private(set) var body = Rect(row: 0, column: 0, rows: 0, columns: 0)

    init(size: ScreenSize, focus: Pane, isZoomed: Bool) {
        isTooSmall = size.rows < ScreenLayout.smallest.rows || size.columns < ScreenLayout.smallest.columns
        guard !isTooSmall else { return }
        let shown = ScreenLayout.shownPanes(columns: size.columns, focus: focus, isZoomed: isZoomed)
        hasTabs = shown.count == 1
        keysRow = size.rows - 1
        var top = 1
        var bottom = size.rows - 1
        if size.rows >= 7 {
            bottom -= 1
            statusRow = bottom
        }
        if size.rows >= 12 {
            bottom -= 1
            bottomRuleRow = bottom
            if hasTabs {
                topRuleRow = 1
                top = 2
            }
        }
        body = Rect(row: top, column: 0, rows: bottom - top, columns: size.columns)

        var column = 0
        let fixed = shown.count == 2 ? [30, 30] : [25, 33]
        let draftColumns =
            size.columns
            - shown.filter { $0 != .draft }.reduce(0) { total, pane in
                total + fixed[pane == .templates ? 0 : 1] + 1
            }
        for pane in shown {
            let isSide = shown.count > 1 && pane != .draft
            let width = shown.count == 1 ? size.columns : isSide ? fixed[pane == .templates ? 0 : 1] : draftColumns
            panes[pane] = Rect(row: top, column: column, rows: bottom - top, columns: width)
            column += width
            if pane != shown.last {
                separators.append(column)
                column += 1
            }
        }
    }

    private static func shownPanes(columns: Int, focus: Pane, isZoomed: Bool) -> [Pane] {
        if isZoomed || columns < 100 { return [focus] }
        if columns >= 120 { return Pane.allCases }
        return focus == .history ? [.draft, .history] : [.templates, .draft]
    }
}
