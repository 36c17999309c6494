import Generation

// The Templates pane: the templates by family, the free prompt before them, and a filter.

struct TemplatesPane: Sendable {
    private(set) var items: [TemplateItem] = []
    private(set) var hasLoaded = false
    var filter = TextEditor()
    var isFiltering = false
    /// The selected template's name; `nil` for the free prompt, which is first.
    var selected: String?
    /// First visible row of the list.
    private(set) var top = 0

    /// The context of keys while this pane has the focus.
    var context: Context { isFiltering ? .filter : .templates }

    var selectedItem: TemplateItem? { selected.flatMap(item) }

    func item(named name: String) -> TemplateItem? { items.first { $0.name == name } }

    /// A template of this name that can be read.
    func usableItem(named name: String) -> TemplateItem? { items.first { $0.name == name && $0.brokenReason == nil } }

    // MARK: Messages and keys

    /// - Parameter selectsFirst: true if the first template becomes selected when the free prompt is.
    mutating func take(_ newItems: [TemplateItem], selectsFirst: Bool) {
        items = newItems
        hasLoaded = true
        if let selected, item(named: selected) == nil { self.selected = nil }
        if selected == nil && selectsFirst { selected = items.first?.name }
    }

    mutating func type(_ key: KeyPress) {
        let before = filter.text
        _ = filter.handle(key, columns: 80)
        if filter.text != before { selectBestMatch() }
    }

    /// Prefers a title that holds the typed text as it stands to one that holds its words.
    private mutating func selectBestMatch() {
        let typed = filter.text.lowercased()
        guard !typed.isEmpty, let first = found.first else { return }
        selected = (found.first { $0.title.lowercased().contains(typed) } ?? first).name
    }

    mutating func move(by step: Int) {
        let choices = rows.compactMap(\.selection)
        guard !choices.isEmpty else { return }
        let current = choices.firstIndex(of: selected) ?? 0
        selected = choices[(current + step).clamped(to: 0...choices.count - 1)]
        // The headings above the first choice are shown with it.
        if selected == choices.first { top = 0 }
    }

    mutating func settle(in surroundings: PaneSurroundings) {
        let rows = rows
        let choices = rows.compactMap(\.selection)
        if !choices.contains(selected), let first = choices.first { selected = first }
        let index = rows.firstIndex { $0.selection == .some(selected) } ?? 0
        top = scrolled(top, toShow: index, count: rows.count, visible: listPlace(in: surroundings).rows)
    }

    // MARK: Rows

    enum Row: Sendable, Hashable {
        case blank
        case heading(String)
        case freePrompt
        case item(TemplateItem)

        /// The selection that the row stands for: `.some(nil)` is the free prompt.
        var selection: String?? {
            switch self {
            case .blank, .heading: nil
            case .freePrompt: .some(nil)
            case .item(let item): .some(item.name)
            }
        }
    }

    /// The list, headings included.
    var rows: [Row] {
        var rows: [Row] = showsFreePrompt ? [.freePrompt] : []
        var family: String?
        for item in found {
            if item.familyTitle != family {
                if !rows.isEmpty { rows.append(.blank) }
                rows.append(.heading(item.familyTitle))
                family = item.familyTitle
            }
            rows.append(.item(item))
        }
        return rows
    }

    /// True if the selected row is listed.
    var isSelectionListed: Bool { rows.contains { $0.selection == .some(selected) } }

    /// The templates that the filter lets through, in order.
    private var found: [TemplateItem] {
        let words = TemplatesPane.words(of: filter.text)
        guard !words.isEmpty else { return items }
        return items.filter { item in
            let text = "\(item.title) \(item.familyTitle) \(item.name) \(item.summary)".lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    private var showsFreePrompt: Bool {
        TemplatesPane.words(of: filter.text).allSatisfy { "free prompt".contains($0) }
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
