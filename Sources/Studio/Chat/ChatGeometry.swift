import Generation

// The places of turns, ruler and composer, and moving among them.
// - Only the turns in sight, and those that are passed on the way, are laid out.
// - A turn has a row for the name, the rows of its text, and a blank row after it.
// - The newest turn ends at the bottom. While its answer grows, the turns above move up until the exchange fills the pane;
//   from there on nothing moves by itself, so that the beginning can be read while the end is written.

struct ChatGeometry: Sendable {
    var turns: Rect
    var rulerRow: Int?
    var composer: Rect
    /// Columns of a text that stands alone.
    var textColumns: Int

    init(pane: Rect, composer rows: Int, isEditing: Bool, hasTopMargin: Bool) {
        let inner = pane.inset(left: 1, right: 1, top: hasTopMargin && pane.rows >= 20 ? 1 : 0)
        let hasRuler = inner.rows >= 4
        let least = inner.rows >= 16 ? 3 : inner.rows >= 9 ? 2 : 1
        let most = max(least, isEditing ? inner.rows * 2 / 3 : inner.rows / 3)
        let composerRows = min(rows.clamped(to: least...most), max(1, inner.rows - 1))
        composer = Rect(
            row: inner.endRow - composerRows, column: inner.column, rows: composerRows, columns: inner.columns)
        rulerRow = hasRuler ? composer.row - 1 : nil
        turns = Rect(
            row: inner.row, column: inner.column, rows: max(0, inner.rows - composerRows - (hasRuler ? 1 : 0)),
            columns: inner.columns)
        textColumns = ChatGeometry.textColumns(pane: pane)
    }

    static func textColumns(pane: Rect) -> Int { DraftGeometry.textColumns(pane: pane) }

    /// The columns in which words are typed.
    static func composerColumns(pane: Rect) -> Int { max(1, pane.columns - 4) }

    /// Columns that a draft beside another one needs.
    static let leastColumn = 42
    /// Columns between drafts side by side.
    static let gap = 3
}

extension DraftPane {
    func chatGeometry(in surroundings: PaneSurroundings) -> ChatGeometry {
        let columns = ChatGeometry.composerColumns(pane: surroundings.place)
        let editor = chat?.edit?.editor ?? chat?.composer
        return ChatGeometry(
            pane: surroundings.place, composer: editor?.layout(columns: columns).rows.count ?? 1,
            isEditing: chat?.edit != nil, hasTopMargin: !surroundings.hasTabs)
    }

    // MARK: Cards

    /// The generation whose variants a turn shows, because they are written now or are not read from the store yet.
    func writtenGeneration(ofTurn index: Int) -> OpenGeneration? {
        guard let chat, let answer, chat.turns.indices.contains(index), index == chat.turns.count - 1,
            answer.conversationId == chat.conversation.id, chat.turns[index].turn.id == answer.turn
        else { return nil }
        return generation(answer.job)
    }

    /// The cards of a turn: those of its drafts in the store, and behind them those that are written now.
    func chatCards(ofTurn index: Int) -> [Variant] {
        guard let chat, chat.turns.indices.contains(index) else { return [] }
        let shown = chat.turns[index]
        guard let generation = writtenGeneration(ofTurn: index) else { return shown.cards }
        return savedCards(of: shown, before: generation) + generation.variants
    }

    /// How many cards of a turn stand before those that are written now.
    func firstWritten(ofTurn index: Int) -> Int {
        guard let chat, chat.turns.indices.contains(index), let generation = writtenGeneration(ofTurn: index) else {
            return chatCards(ofTurn: index).count
        }
        return savedCards(of: chat.turns[index], before: generation).count
    }

    private func savedCards(of shown: ShownTurn, before generation: OpenGeneration) -> [Variant] {
        let drafts = shown.turn.drafts
        guard !drafts.isEmpty else { return [] }
        // The store may have the first words of what is written already.
        let written = Set(generation.variants.compactMap(\.draftId))
        let cards = shown.cards.count == drafts.count ? shown.cards : drafts.map { Variant($0) }
        return zip(drafts, cards).filter { !written.contains($0.0.id) }.map(\.1)
    }

    /// The card that counts in a turn; while some are written, the one that the reader looks at.
    func chatActive(ofTurn index: Int) -> Int {
        guard let generation = writtenGeneration(ofTurn: index) else { return chat?.activeIndex(ofTurn: index) ?? 0 }
        let last = max(0, chatCards(ofTurn: index).count - 1)
        return (answer?.looksAt ?? firstWritten(ofTurn: index) + generation.selected).clamped(to: 0...last)
    }

    /// The draft of a card; `nil` if the store has none for it yet.
    func draftId(ofTurn index: Int, card: Int) -> Int64? {
        let cards = chatCards(ofTurn: index)
        return cards.indices.contains(card) ? cards[card].draftId : nil
    }

    /// The cards of a turn that stand side by side: at the end of the branch as many as fit of those that were written with
    /// the one that counts, else that one.
    func chatColumns(ofTurn index: Int, columns: Int) -> [Int] {
        let count = chatCards(ofTurn: index).count
        let active = chatActive(ofTurn: index).clamped(to: 0...max(0, count - 1))
        guard let chat, index == chat.turns.count - 1, count > 1, chat.turns[index].turn.role == .assistant else {
            return [active]
        }
        let fit = max(1, (columns + ChatGeometry.gap) / (ChatGeometry.leastColumn + ChatGeometry.gap))
        let shown = min(count, fit)
        let start = chatSet(ofTurn: index, card: active)
        let first = (start + (active - start) / shown * shown).clamped(to: 0...count - shown)
        return Array(first..<first + shown)
    }

    /// The first of the cards that were written together with a card.
    private func chatSet(ofTurn index: Int, card: Int) -> Int {
        let firstWritten = firstWritten(ofTurn: index)
        guard card < firstWritten, let drafts = chat?.turns[index].turn.drafts, drafts.indices.contains(card) else {
            return min(card, firstWritten)
        }
        return drafts.firstIndex { $0.generationId == drafts[card].generationId } ?? card
    }

    /// The columns of each of several texts side by side.
    static func chatColumnWidth(count: Int, columns: Int) -> Int {
        max(1, (columns - (count - 1) * ChatGeometry.gap) / max(1, count))
    }

    // MARK: Heights

    /// Lays a turn out and counts its rows.
    mutating func chatHeight(_ index: Int, place: ChatGeometry) -> Int {
        guard chat?.turns.indices.contains(index) == true, let shown = chat?.turns[index] else { return 0 }
        return chatHeight(of: shown, index, place: place)
    }

    private mutating func chatHeight(of shown: ShownTurn, _ index: Int, place: ChatGeometry) -> Int {
        let all = max(1, place.turns.columns - 2)
        let isLast = index == (chat?.turns.count ?? 0) - 1
        let written = writtenGeneration(ofTurn: index)?.key
        if written == nil, let known = shown.height, known.columns == all, known.isLast == isLast { return known.rows }
        let greetings = index == 0 && shown.turn.role == .assistant && chat?.isInStore == false
        // The cards have to be there before their number counts.
        if shown.cards.isEmpty {
            let texts = greetings ? chat?.conversation.persona.greetings ?? [] : []
            chat?.turns[index].prepare(columns: place.textColumns, greetings: texts)
        }
        // Side by side they share the whole width; alone, a line is as long as is comfortable to read.
        let width = chatTextWidth(ofTurn: index, place: place)
        chat?.turns[index].prepare(columns: width, greetings: [])
        if let written {
            change(written) { open in
                for card in open.variants.indices { open.variants[card].setColumns(width) }
            }
        }
        chat?.changeSummary(aboveTurn: index) { $0.prepare(columns: max(1, place.textColumns - 2)) }
        let rows = 2 + chatBodyRows(ofTurn: index, place: place) + (chat?.summary(aboveTurn: index)?.rowCount ?? 0)
        chat?.turns[index].height = written == nil ? (all, rows, isLast) : nil
        return rows
    }

    func chatTextWidth(ofTurn index: Int, place: ChatGeometry) -> Int {
        let all = max(1, place.turns.columns - 2)
        let count = chatColumns(ofTurn: index, columns: all).count
        return count == 1 ? min(place.textColumns, all) : DraftPane.chatColumnWidth(count: count, columns: all)
    }

    private func chatBodyRows(ofTurn index: Int, place: ChatGeometry) -> Int {
        let cards = chatCards(ofTurn: index)
        let width = chatTextWidth(ofTurn: index, place: place)
        let columns = chatColumns(ofTurn: index, columns: max(1, place.turns.columns - 2))
        return columns.map { column in
            guard cards.indices.contains(column) else { return 1 }
            return chatNote(ofTurn: index, card: column).map { wrappedLines($0, columns: width).count }
                ?? max(1, cards[column].cardRowCount)
        }.max() ?? 1
    }

    // MARK: Anchors

    /// The anchor with which a turn's last row is the last one in sight.
    mutating func chatAnchor(showingEndOf index: Int, place: ChatGeometry) -> ChatAnchor {
        // The blank row after it need not be in sight.
        var left = place.turns.rows + 1
        var index = index
        while index >= 0 {
            let height = chatHeight(index, place: place)
            if height >= left { return ChatAnchor(turn: index, row: height - left) }
            left -= height
            index -= 1
        }
        return ChatAnchor(turn: 0, row: 0)
    }

    mutating func chatBottom(place: ChatGeometry) -> ChatAnchor {
        chatAnchor(showingEndOf: (chat?.turns.count ?? 0) - 1, place: place)
    }

    /// The anchor at which the last exchange fills the pane: the end of its words at the top.
    mutating func chatExchange(place: ChatGeometry) -> ChatAnchor {
        guard let index = chat?.turns.lastIndex(where: { $0.turn.role == .user }) else {
            return ChatAnchor(turn: 0, row: 0)
        }
        let shown = max(4, place.turns.rows / 3).clamped(to: 0...max(1, place.turns.rows / 2))
        return ChatAnchor(turn: index, row: max(0, chatHeight(index, place: place) - shown))
    }

    mutating func settleChat(in surroundings: PaneSurroundings) {
        guard chat != nil else { return }
        let columns = ChatGeometry.composerColumns(pane: surroundings.place)
        chat?.composer.prepareLayout(columns: columns)
        chat?.edit?.editor.prepareLayout(columns: columns)
        let place = chatGeometry(in: surroundings)
        let count = chat?.turns.count ?? 0
        guard count > 0 else {
            chat?.anchor = ChatAnchor(turn: 0, row: 0)
            chat?.selected = 0
            return
        }
        let selected = (chat?.selected ?? 0).clamped(to: 0...count - 1)
        chat?.selected = selected
        if chat?.selectedSummary == nil { chat?.selectsSummary = false }
        var anchor = chat?.anchor ?? ChatAnchor(turn: 0, row: 0)
        anchor.turn = anchor.turn.clamped(to: 0...count - 1)
        anchor.row = chatRow(anchor, place: place)
        anchor.row = anchor.row.clamped(to: 0...max(0, chatHeight(anchor.turn, place: place) - 1))
        let bottom = chatBottom(place: place)
        switch chat?.following ?? .nothing {
        case .nothing: anchor = min(anchor, bottom)
        case .answer: anchor = min(bottom, chatExchange(place: place))
        case .end: anchor = bottom
        }
        chat?.anchor = anchor
        // What is drawn is laid out.
        var rows = -anchor.row
        var index = anchor.turn
        while index < count, rows < place.turns.rows {
            rows += chatHeight(index, place: place)
            index += 1
        }
    }

    /// The row of an anchor's turn that shows the words which stood there at another width.
    private mutating func chatRow(_ anchor: ChatAnchor, place: ChatGeometry) -> Int {
        let above = 1 + (chat?.summary(aboveTurn: anchor.turn)?.rowCount ?? 0)
        let active = chatActive(ofTurn: anchor.turn)
        let before = chatCards(ofTurn: anchor.turn)
        _ = chatHeight(anchor.turn, place: place)
        let after = chatCards(ofTurn: anchor.turn)
        guard before.indices.contains(active), after.indices.contains(active),
            before[active].layout.columns != after[active].layout.columns
        else { return anchor.row }
        let rows = before[active].cardRows
        guard rows.indices.contains(anchor.row - above), case .text(let line) = rows[anchor.row - above] else {
            return anchor.row
        }
        let moved = after[active].layout.row(ofRow: line, of: before[active].layout)
        let place = after[active].cardRows.firstIndex(of: .text(moved)) ?? anchor.row - above
        return above + place
    }

    // MARK: Moving

    mutating func scrollChat(by rows: Int, in surroundings: PaneSurroundings) {
        let count = chat?.turns.count ?? 0
        guard count > 0, var anchor = chat?.anchor else { return }
        let place = chatGeometry(in: surroundings)
        // A step beyond every edge is no reason to lay all turns out.
        anchor.row += rows.clamped(to: -10_000...10_000)
        while anchor.row < 0, anchor.turn > 0 {
            anchor.turn -= 1
            anchor.row += chatHeight(anchor.turn, place: place)
        }
        while anchor.turn + 1 < count {
            let height = chatHeight(anchor.turn, place: place)
            guard anchor.row >= height else { break }
            anchor.row -= height
            anchor.turn += 1
        }
        anchor.row = max(0, anchor.row)
        let bottom = chatBottom(place: place)
        anchor = min(anchor, bottom)
        chat?.anchor = anchor
        // Who comes to the end again reads on with it.
        chat?.following = rows > 0 && anchor == bottom ? .end : .nothing
        // The selection stays in sight.
        var last = anchor.turn
        var used = chatHeight(anchor.turn, place: place) - anchor.row
        while last + 1 < count, used < place.turns.rows {
            last += 1
            used += chatHeight(last, place: place)
        }
        let selected = (chat?.selected ?? 0).clamped(to: anchor.turn...max(anchor.turn, last))
        if selected != chat?.selected { chat?.selectsSummary = false }
        chat?.selected = selected
    }

    mutating func selectTurn(by step: Int, in surroundings: PaneSurroundings) {
        let count = chat?.turns.count ?? 0
        guard count > 0, let chat else { return }
        // A summary is a stop of its own before the turn below it.
        if step > 0, chat.selectedSummary != nil {
            self.chat?.selectsSummary = false
        } else if step < 0, chat.selectedSummary == nil, chat.summary(aboveTurn: chat.selected) != nil {
            self.chat?.selectsSummary = true
        } else {
            let next = (chat.selected + step).clamped(to: 0...count - 1)
            guard next != chat.selected else { return }
            showTurn(next, in: surroundings)
            if step > 0, chat.summary(aboveTurn: next) != nil { self.chat?.selectsSummary = true }
            return
        }
        let selectsSummary = self.chat?.selectsSummary ?? false
        showTurn(chat.selected, in: surroundings)
        self.chat?.selectsSummary = selectsSummary
    }

    /// Selects a turn and brings it into sight: its end, and if it is too long for the pane its beginning.
    mutating func showTurn(_ index: Int, in surroundings: PaneSurroundings) {
        guard chat?.turns.indices.contains(index) == true, let before = chat?.anchor else { return }
        let place = chatGeometry(in: surroundings)
        chat?.selected = index
        chat?.selectsSummary = false
        if index < (chat?.turns.count ?? 0) - 1 { chat?.following = .nothing }
        let start = ChatAnchor(turn: index, row: 0)
        let least = min(chatAnchor(showingEndOf: index, place: place), start)
        guard start < before || before < least else { return }
        chat?.anchor = start < before ? start : least
        chat?.following = .nothing
    }

    mutating func moveChatToEdge(isEnd: Bool, in surroundings: PaneSurroundings) {
        let count = chat?.turns.count ?? 0
        guard count > 0 else { return }
        chat?.selected = isEnd ? count - 1 : 0
        chat?.selectsSummary = false
        chat?.following = isEnd ? .end : .nothing
        if !isEnd { chat?.anchor = ChatAnchor(turn: 0, row: 0) }
    }
}
