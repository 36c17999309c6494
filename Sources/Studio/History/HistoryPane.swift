import Generation

// The History pane: pages of earlier generations on demand, found by words, and the trash.
// - A function that needs other entries returns the page to ask for. An answer is ignored if it is not the awaited one.
// - Only the writer, or the end of its entry, changes which entry is selected: however deep it lies, a list that is read
//   anew still holds it.

struct HistoryPane: Sendable {
    private(set) var entries: [HistoryEntry] = []
    private var hasMore = false
    private(set) var hasLoaded = false
    /// The page that is awaited.
    private(set) var awaited: HistoryPageRequest?
    /// True if the awaited page replaces listed entries behind its cursor; false if it continues the list.
    private var awaitsListed = false
    /// The query that `entries` answer.
    private var listed: HistoryQuery?
    var search = TextEditor()
    var isSearching = false
    private(set) var inTrash = false
    private(set) var selected: Int64?
    /// First visible row.
    private(set) var top = 0
    /// Why the last page could not be loaded.
    private(set) var failure: String?

    private static let pageCount = 100
    /// The most entries that are read anew at once; a selected entry behind them is read with its neighbours.
    private static let longestPage = 2000
    private static let neighbourCount = 50

    /// The context of keys while this pane has the focus.
    var context: Context { isSearching ? .search : .history }

    var title: String { inTrash ? "Trash" : Pane.history.title }

    private var selectedIndex: Int? { selected.flatMap { id in entries.firstIndex { $0.id == id } } }

    var selectedEntry: HistoryEntry? { selectedIndex.map { entries[$0] } }

    // MARK: Pages

    /// The drafts that the pane lists.
    var query: HistoryQuery { HistoryQuery(text: search.text, inTrash: inTrash) }

    /// Asks for the newest entries again, as many as are listed, within limits.
    mutating func askAnew() -> HistoryPageRequest {
        let request = HistoryPageRequest(
            query: query, limit: entries.count.clamped(to: HistoryPane.pageCount...HistoryPane.longestPage))
        awaited = request
        awaitsListed = false
        return request
    }

    /// Asks for the next page; `nil` if there is none, or one is awaited already.
    private mutating func askForMore() -> HistoryPageRequest? {
        guard hasMore, awaited == nil, failure == nil, let last = entries.last else { return nil }
        let request = HistoryPageRequest(
            query: query, after: .init(createdAt: last.createdAt, id: last.id), limit: HistoryPane.pageCount)
        awaited = request
        awaitsListed = false
        return request
    }

    /// Asks for the selected entry and its neighbours.
    /// - Parameter newest: how many entries were read before it.
    private mutating func askForNeighbours(after newest: Int) -> HistoryPageRequest? {
        guard let selectedIndex else { return nil }
        let anchor = entries[max(newest - 1, selectedIndex - HistoryPane.neighbourCount)]
        let request = HistoryPageRequest(
            query: query, after: .init(createdAt: anchor.createdAt, id: anchor.id),
            limit: 3 * HistoryPane.neighbourCount)
        awaited = request
        awaitsListed = true
        return request
    }

    /// - Parameter shown: the generation in the Draft pane if the writer is there: its entry is selected.
    /// - Returns: the page to ask for if the selected entry lies behind this one.
    mutating func take(
        _ page: [HistoryEntry], for request: HistoryPageRequest, hasMore: Bool, shown: Int64?
    ) -> HistoryPageRequest? {
        guard awaited == request else { return nil }
        awaited = nil
        failure = nil
        hasLoaded = true
        let place = selectedIndex ?? 0
        defer {
            if selectedIndex == nil, !entries.isEmpty {
                // The selected entry is gone: select the one in its place.
                selected = entries[min(place, entries.count - 1)].id
            }
        }
        if let cursor = request.after {
            if awaitsListed { replace(after: cursor, by: page, hasMore: hasMore) } else { append(page, hasMore) }
            return nil
        }
        let wasListed = listed == request.query
        listed = request.query
        if let shown, page.contains(where: { $0.id == shown }) { selected = shown }
        if wasListed, hasMore, selectedIndex != nil, !page.contains(where: { $0.id == selected }),
            let older = listedEntries(behind: page)
        {
            entries = page + older
            return askForNeighbours(after: page.count)
        }
        entries = page
        self.hasMore = hasMore
        return nil
    }

    private mutating func append(_ page: [HistoryEntry], _ hasMore: Bool) {
        let known = Set(entries.map(\.id))
        entries += page.filter { !known.contains($0.id) }
        self.hasMore = hasMore
    }

    /// Puts a page that was read anew in the place of the listed entries that it covers.
    private mutating func replace(after cursor: HistoryCursor, by page: [HistoryEntry], hasMore: Bool) {
        guard let anchor = entries.firstIndex(where: { $0.id == cursor.id }) else { return }
        let before = entries[...anchor]
        let known = Set(before.map(\.id))
        let page = page.filter { !known.contains($0.id) }
        guard hasMore else {
            // The anchor may have gone meanwhile, and a search then finds nothing behind it.
            guard !page.isEmpty else { return }
            entries = before + page
            self.hasMore = false
            return
        }
        guard let older = listedEntries(behind: page) else { return }
        entries = before + page + older
    }

    /// The listed entries that are older than those of a page; `nil` if the page has none of the listed entries.
    private func listedEntries(behind page: [HistoryEntry]) -> [HistoryEntry]? {
        let inPage = Set(page.map(\.id))
        let listed = Dictionary(zip(entries.map(\.id), entries.indices)) { first, _ in first }
        guard let last = page.reversed().lazy.compactMap({ listed[$0.id] }).first else { return nil }
        return entries[(last + 1)...].filter { !inPage.contains($0.id) }
    }

    /// - Returns: false if the answer is late.
    mutating func fail(_ request: HistoryPageRequest, sentence: String) -> Bool {
        guard awaited == request else { return false }
        awaited = nil
        failure = sentence
        return true
    }

    // MARK: Keys

    /// - Returns: the page to ask for if the words of the search changed.
    mutating func type(_ key: KeyPress) -> HistoryPageRequest? {
        let before = search.text
        _ = search.handle(key, columns: 80)
        return search.text == before ? nil : askAnew()
    }

    /// - Returns: the page to ask for if there were words to clear.
    mutating func clearSearch() -> HistoryPageRequest? {
        guard !search.isEmpty else { return nil }
        search = TextEditor()
        return askAnew()
    }

    /// - Returns: the page to ask for if the end of the list is near.
    mutating func move(by step: Int) -> HistoryPageRequest? {
        guard !entries.isEmpty else { return nil }
        let next = ((selectedIndex ?? 0) + step).clamped(to: 0...entries.count - 1)
        selected = entries[next].id
        if next == 0 { top = 0 }
        guard next + 20 > entries.count else { return nil }
        // If a page failed, it is asked for again when the writer moves on.
        failure = nil
        return askForMore()
    }

    /// Selects an entry if it is listed.
    mutating func select(_ id: Int64) {
        if entries.contains(where: { $0.id == id }) { selected = id }
    }

    mutating func toggleTrash() -> HistoryPageRequest {
        inTrash.toggle()
        selected = nil
        top = 0
        entries = []
        listed = nil
        hasLoaded = false
        return askAnew()
    }

    /// - Returns: the page to ask for if the end of the list is in sight.
    mutating func settle(in surroundings: PaneSurroundings, isVisible: Bool) -> HistoryPageRequest? {
        if selectedIndex == nil { selected = entries.first?.id }
        let rows = rows(at: surroundings.clock)
        let visible = surroundings.listPlace.rows
        let selectedIndex = selectedIndex
        let index = rows.firstIndex { if case .entry(let entry) = $0 { entry == selectedIndex } else { false } } ?? 0
        top = scrolled(top, toShow: index, count: rows.count, visible: visible)
        return isVisible && top + visible >= rows.count ? askForMore() : nil
    }

    // MARK: Rows

    enum Row: Sendable, Hashable {
        case blank
        case heading(String)
        /// An index of `entries`.
        case entry(Int)
    }

    /// The list by day, headings included.
    func rows(at clock: Clock) -> [Row] {
        var rows: [Row] = []
        let today = clock.date(clock.now)
        var day: Int?
        for (index, entry) in entries.enumerated() {
            let date = clock.date(entry.createdAt)
            if date.day != day {
                if !rows.isEmpty { rows.append(.blank) }
                rows.append(.heading(date.heading(seenFrom: today)))
                day = date.day
            }
            rows.append(.entry(index))
        }
        return rows
    }
}
