import Generation

// The places of turns, ruler and composer, and moving among them.
// - Only the turns in sight, and those that are passed on the way, are laid out.
// - A turn has a row for the name, the rows of its text, and a blank row after it.
// - The last exchange may stand at the top of the pane with room below it, so that nothing moves while its answer grows.

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

    func chatCards(ofTurn index: Int) -> [Variant] {
        if let generation = writtenGeneration(ofTurn: index) { return generation.variants }
        guard let chat, chat.turns.indices.contains(index) else { return [] }
        return chat.turns[index].cards
    }

    /// The card that counts in a turn.
    func chatActive(ofTurn index: Int) -> Int {
        if let generation = writtenGeneration(ofTurn: index) { return generation.selected }
        return chat?.activeIndex(ofTurn: index) ?? 0
    }

    /// The cards of a turn that stand side by side: some around the one that counts at the end of the branch, else that one.
    func chatColumns(ofTurn index: Int, columns: Int) -> [Int] {
        let count = chatCards(ofTurn: index).count
        let active = chatActive(ofTurn: index).clamped(to: 0...max(0, count - 1))
        guard let chat, index == chat.turns.count - 1, count > 1, chat.turns[index].turn.role == .assistant else {
            return [active]
        }
        let fit = max(1, (columns + ChatGeometry.gap) / (ChatGeometry.leastColumn + ChatGeometry.gap))
        let shown = min(count, fit)
        let first = (active - shown / 2).clamped(to: 0...count - shown)
        return Array(first..<first + shown)
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
        if let known = shown.height, known.columns == all { return known.rows }
        // Side by side they share the whole width; alone, a line is as long as is comfortable to read.
        if let generation = writtenGeneration(ofTurn: index) {
            let width = chatTextWidth(ofTurn: index, place: place)
            change(generation.key) { open in
                for card in open.variants.indices { open.variants[card].setColumns(width) }
            }
        } else {
            let greetings = index == 0 && shown.turn.role == .assistant && chat?.isInStore == false
            // The cards have to be there before their number counts.
            if shown.cards.isEmpty {
                let texts = greetings ? chat?.conversation.persona.greetings ?? [] : []
                chat?.turns[index].prepare(columns: place.textColumns, greetings: texts)
            }
            let width = chatTextWidth(ofTurn: index, place: place)
            chat?.turns[index].prepare(columns: width, greetings: [])
        }
        chat?.changeSummary(aboveTurn: index) { $0.prepare(columns: max(1, place.textColumns - 2)) }
        let rows = 2 + chatBodyRows(ofTurn: index, place: place) + (chat?.summary(aboveTurn: index)?.rowCount ?? 0)
        if writtenGeneration(ofTurn: index) == nil { chat?.turns[index].height = (all, rows) }
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
    /// - Parameter below: rows that stay free below it.
    mutating func chatAnchor(showingEndOf index: Int, above below: Int = 0, place: ChatGeometry) -> ChatAnchor {
        // The blank row after it need not be in sight.
        var left = max(1, place.turns.rows + 1 - below)
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

    /// The anchor of a new exchange: below the words there is room for the answer, as long as its tokens let it become,
    /// so that nothing moves while it grows; earlier turns stay in sight above.
    mutating func chatExchange(place: ChatGeometry) -> ChatAnchor {
        guard let index = chat?.turns.lastIndex(where: { $0.turn.role == .user }) else {
            return ChatAnchor(turn: 0, row: 0)
        }
        return chatAnchor(showingEndOf: index, above: answerRows(place: place), place: place)
    }

    /// Rows that an answer may need, as far as they can be guessed; at most two thirds of the pane.
    private func answerRows(place: ChatGeometry) -> Int {
        guard let chat else { return 0 }
        let most = max(4, place.turns.rows * 2 / 3)
        let settings = chat.conversation.settings
        let index = chat.turns.count - 1
        let columns = max(8, chatTextWidth(ofTurn: index, place: place))
        // About four columns a token, a few lines that end early, and the rows of name and blank.
        let tokens = settings.sampling.maxTokens.clamped(to: 0...100_000)
        return min(most, settings.limits.lines.map { max(1, $0) + 4 } ?? most, tokens * 4 / columns + 5)
    }

    /// True if the end of the conversation is in sight.
    mutating func showsChatEnd(in surroundings: PaneSurroundings) -> Bool {
        guard let chat, !chat.turns.isEmpty else { return false }
        return chatBottom(place: chatGeometry(in: surroundings)) <= chat.anchor
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
        if let known = chat?.turns[anchor.turn].height, known.columns != max(1, place.turns.columns - 2) {
            // At another width, the row that shows the same words is another one.
            anchor.row = anchor.row * chatHeight(anchor.turn, place: place) / max(1, known.rows)
        }
        anchor.row = anchor.row.clamped(to: 0...max(0, chatHeight(anchor.turn, place: place) - 1))
        let bottom = chatBottom(place: place)
        if chat?.follows == true {
            anchor = bottom
        } else if bottom < anchor {
            anchor = min(anchor, max(bottom, chatExchange(place: place)))
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

    // MARK: Moving

    mutating func scrollChat(by rows: Int, in surroundings: PaneSurroundings) {
        let count = chat?.turns.count ?? 0
        guard count > 0, let before = chat?.anchor else { return }
        let place = chatGeometry(in: surroundings)
        var anchor = before
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
        if rows > 0 { anchor = min(anchor, max(bottom, before)) }
        chat?.anchor = anchor
        chat?.follows = false
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
        let start = ChatAnchor(turn: index, row: 0)
        let least = min(chatAnchor(showingEndOf: index, place: place), start)
        guard start < before || before < least else { return }
        chat?.anchor = start < before ? start : least
        chat?.follows = false
    }

    mutating func moveChatToEdge(isEnd: Bool, in surroundings: PaneSurroundings) {
        let count = chat?.turns.count ?? 0
        guard count > 0 else { return }
        chat?.selected = isEnd ? count - 1 : 0
        chat?.selectsSummary = false
        chat?.follows = isEnd
        if !isEnd { chat?.anchor = ChatAnchor(turn: 0, row: 0) }
    }
}
