import Generation

// The Templates pane: the templates by family, the free prompt before them, and a filter.

struct TemplatesPane: Sendable {
    private(set) var items: [TemplateItem] = []
    private(set) var hasLoaded = false
    var filter = TextEditor()
    var isFiltering = false
    /// The selected template's name; `nil` for the free prompt, which is first, and for a conversation.
    var selected: String? { didSet { selectedConversation = nil } }
    /// The id of the selected conversation; `nil` if a template or the free prompt is selected.
    var selectedConversation: Int64?
    /// True if the conversations in the trash are listed, and nothing else.
    private(set) var inTrash = false
    private var choiceBeforeTrash: Choice?
    /// The last conversations, or those with the words of the filter.
    var conversations: [ConversationEntry] = []
    /// The conversations that are awaited.
    var awaitedConversations: ConversationsRequest?
    /// First visible row of the list.
    private(set) var top = 0

    /// The context of keys while this pane has the focus.
    var context: Context { isFiltering ? .filter : .templates }

    var title: String { inTrash ? "Trash" : Pane.templates.title }

    var selectedItem: TemplateItem? { selectedConversation == nil ? selected.flatMap(item) : nil }

    var selectedEntry: ConversationEntry? { selectedConversation.flatMap { id in conversations.first { $0.id == id } } }

    /// True if there is anybody to talk with.
    var hasPersonas: Bool { items.contains(where: \.isPersona) }

    /// A row that can be selected.
    enum Choice: Sendable, Hashable {
        case freePrompt
        case template(String)
        case conversation(Int64)
    }

    var choice: Choice {
        get { selectedConversation.map(Choice.conversation) ?? selected.map(Choice.template) ?? .freePrompt }
        set {
            switch newValue {
            case .freePrompt: selected = nil
            case .template(let name): selected = name
            case .conversation(let id):
                selected = nil
                selectedConversation = id
            }
        }
    }

    func item(named name: String) -> TemplateItem? { items.first { $0.name == name } }

    /// A template of this name that can be read.
    func usableItem(named name: String) -> TemplateItem? { items.first { $0.name == name && $0.brokenReason == nil } }

    // MARK: Messages and keys

    /// - Parameter selectsFirst: true if the first template becomes selected when the free prompt is.
    mutating func take(_ newItems: [TemplateItem], selectsFirst: Bool) {
        items = newItems
        hasLoaded = true
        if let selected, item(named: selected) == nil { self.selected = nil }
        if choice == .freePrompt && selectsFirst { selected = items.first?.name }
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
        let current = choices.firstIndex(of: choice) ?? 0
        choice = choices[(current + step).clamped(to: 0...choices.count - 1)]
        // The headings above the first choice are shown with it.
        if choice == choices.first { top = 0 }
    }

    mutating func settle(in surroundings: PaneSurroundings) {
        let rows = rows
        let choices = rows.compactMap(\.selection)
        if !choices.contains(choice), let first = choices.first { choice = first }
        let index = rows.firstIndex { $0.selection == choice } ?? 0
        top = scrolled(top, toShow: index, count: rows.count, visible: listPlace(in: surroundings).rows)
    }

    // MARK: Trash

    mutating func toggleTrash() {
        inTrash.toggle()
        conversations = []
        top = 0
        if inTrash {
            choiceBeforeTrash = choice
        } else if let before = choiceBeforeTrash {
            choice = before
            choiceBeforeTrash = nil
        }
    }

    /// Takes a conversation out of the list before the store has told of it.
    mutating func remove(_ id: Int64) {
        let place = conversations.firstIndex { $0.id == id } ?? 0
        conversations.removeAll { $0.id == id }
        guard selectedConversation == id, !conversations.isEmpty else { return }
        selectedConversation = conversations[min(place, conversations.count - 1)].id
    }

    // MARK: Rows

    enum Row: Sendable, Hashable {
        case blank
        case heading(String)
        case freePrompt
        case item(TemplateItem)
        case conversation(ConversationEntry)

        /// The choice that the row stands for; `nil` if it cannot be selected.
        var selection: Choice? {
            switch self {
            case .blank, .heading: nil
            case .freePrompt: .freePrompt
            case .item(let item): .template(item.name)
            case .conversation(let entry): .conversation(entry.id)
            }
        }
    }

    /// The list, headings included.
    var rows: [Row] {
        guard !inTrash else {
            return conversations.isEmpty ? [] : [.heading("Conversations")] + conversations.map(Row.conversation)
        }
        var rows: [Row] = showsFreePrompt ? [.freePrompt] : []
        var family: String?
        let found = found
        let lastPersona = found.lastIndex(where: \.isPersona)
        if hasPersonas, lastPersona == nil { addConversations(to: &rows) }
        for (index, item) in found.enumerated() {
            if item.familyTitle != family {
                if !rows.isEmpty { rows.append(.blank) }
                rows.append(.heading(item.familyTitle))
                family = item.familyTitle
            }
            rows.append(.item(item))
            if index == lastPersona { addConversations(to: &rows) }
        }
        return rows
    }

    /// Below the personas, the conversations.
    private func addConversations(to rows: inout [Row]) {
        guard !conversations.isEmpty else { return }
        if !rows.isEmpty { rows.append(.blank) }
        rows.append(.heading("Conversations"))
        rows += conversations.map(Row.conversation)
    }

    /// True if the selected row is listed.
    var isSelectionListed: Bool { rows.contains { $0.selection == choice } }

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
