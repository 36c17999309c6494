import Generation

// What each pane remembers between two screens.

struct TemplatesPane: Sendable {
    var items: [TemplateItem] = []
    var hasLoaded = false
    var filter = TextEditor()
    var isFiltering = false
    /// The chosen template's name; `nil` for the free prompt, which is first.
    var selected: String?
    /// First visible row of the list.
    var top = 0

    /// What the filter leaves, in order.
    var found: [TemplateItem] {
        let words = searchWords(filter.text)
        guard !words.isEmpty else { return items }
        return items.filter { item in
            let text = "\(item.title) \(item.familyTitle) \(item.name) \(item.summary)".lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    var showsFreePrompt: Bool {
        let words = searchWords(filter.text)
        return words.allSatisfy { "free prompt".contains($0) }
    }

    /// Of what is found, a title that holds the typed text as it stands comes before one that holds its words.
    mutating func selectBestMatch() {
        let typed = filter.text.lowercased()
        guard !typed.isEmpty, let first = found.first else { return }
        selected = (found.first { $0.title.lowercased().contains(typed) } ?? first).name
    }

    var selectedItem: TemplateItem? { selected.flatMap { name in items.first { $0.name == name } } }
}

/// The words of a search, in lower case.
func searchWords(_ text: String) -> [String] {
    text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
}

struct DraftPane: Sendable {
    enum Part: Sendable, Hashable {
        case form, variants
    }

    enum Mode: Sendable {
        /// The form above, the variants below.
        case overview
        case reader
        case edit(EditSession)
        case compare(Comparison)
    }

    var form: Form?
    var part = Part.form
    var mode = Mode.overview
    /// The shown generation's key.
    var shown: Int?
    /// First visible row in reader and comparison.
    var readerTop = 0
}

/// A variant under edit.
struct EditSession: Sendable {
    var generation: Int
    var variant: Int
    var editor: TextEditor
    /// What the edit began from.
    var base: EditBase
    var top = 0
}

/// Two variants side by side, as they were when the comparison was opened.
struct Comparison: Sendable {
    let left: Int
    let right: Int
    let difference: WordDifference
    private let texts: (left: [Character], right: [Character])
    private(set) var leftLayout: EditorLayout
    private(set) var rightLayout: EditorLayout

    init(left: Int, right: Int, of generation: OpenGeneration, columns: Int) {
        self.left = left
        self.right = right
        let leftText = generation.variants[left].text
        let rightText = generation.variants[right].text
        difference = WordDifference(leftText, rightText)
        texts = (Array(leftText), Array(rightText))
        leftLayout = EditorLayout(texts.left, columns: columns + 1)
        rightLayout = EditorLayout(texts.right, columns: columns + 1)
    }

    mutating func setColumns(_ columns: Int) {
        guard leftLayout.columns != columns + 1 else { return }
        leftLayout = EditorLayout(texts.left, columns: columns + 1)
        rightLayout = EditorLayout(texts.right, columns: columns + 1)
    }
}

struct HistoryPane: Sendable {
    var entries: [HistoryEntry] = []
    var hasMore = false
    var hasLoaded = false
    /// The query whose answer is awaited.
    var awaited: HistoryQuery?
    var search = TextEditor()
    var isSearching = false
    var inTrash = false
    var selected: Int64?
    var top = 0
    /// Why the last page could not be loaded.
    var failure: String?

    var selectedIndex: Int? { selected.flatMap { id in entries.firstIndex { $0.id == id } } }
}
