import Generation

// Summaries of older turns, each at its place in the conversation: above the first turn that it does not take in.
// - A summary is a draft: its text can be edited, and the text before stays as a revision. Written once more, it is a
//   version beside the others, and one of them goes to the model.
// - It is folded to one line until it is opened, so it never stands between the reader and the turns.

/// A summary, and as much of it as is laid out.
struct ShownSummary: Sendable {
    private(set) var summary: TurnSummary
    /// The version that counts; `nil` until it comes into sight unfolded.
    private(set) var card: Variant?
    var isUnfolded = false

    init(_ summary: TurnSummary) { self.summary = summary }

    mutating func take(_ fresh: TurnSummary) {
        if fresh.active?.text != summary.active?.text { card = nil }
        summary = fresh
    }

    /// Lays the text out if it is unfolded.
    mutating func prepare(columns: Int) {
        guard isUnfolded else { return }
        if card == nil { card = Variant(text: summary.active?.text ?? "") }
        if card?.layout.columns != columns { card?.setColumns(columns) }
    }

    /// Its line, its text if it is unfolded, and a blank row.
    var rowCount: Int { 2 + (isUnfolded ? max(1, card?.cardRowCount ?? 1) : 0) }
}

extension ChatPane {
    /// The summary above a turn.
    func summary(aboveTurn index: Int) -> ShownSummary? {
        turns.indices.contains(index) ? summaries[turns[index].turn.id] : nil
    }

    /// The summary that is selected instead of the turn below it.
    var selectedSummary: ShownSummary? { selectsSummary ? summary(aboveTurn: selected) : nil }

    /// True if a later summary of the branch takes this one in.
    func isTakenIn(summaryAboveTurn index: Int) -> Bool {
        !summaries.isEmpty && turns.dropFirst(index + 1).contains { summaries[$0.turn.id] != nil }
    }

    mutating func changeSummary(aboveTurn index: Int, _ body: (inout ShownSummary) -> Void) {
        guard turns.indices.contains(index), var summary = summaries[turns[index].turn.id] else { return }
        body(&summary)
        summaries[turns[index].turn.id] = summary
        turns[index].height = nil
    }

    /// Takes the summaries of the store. One that is unfolded stays so.
    mutating func take(_ fresh: [Int64: TurnSummary]) {
        guard !fresh.isEmpty || !summaries.isEmpty else { return }
        for index in turns.indices where summaries[turns[index].turn.id]?.summary != fresh[turns[index].turn.id] {
            turns[index].height = nil
        }
        var known: [Int64: ShownSummary] = [:]
        for (turn, summary) in fresh {
            var shown = summaries[turn] ?? ShownSummary(summary)
            shown.take(summary)
            known[turn] = shown
        }
        summaries = known
    }
}

extension StudioState {
    // MARK: Actions

    /// True if an action on turns has a meaning for the selected summary, and can be carried out now.
    func canOnSummary(_ action: Action) -> Bool {
        guard let shown = draft.chat?.selectedSummary else { return false }
        let isFree = draft.running == nil && !isSummarizing
        switch action {
        case .answerAgain, .trashTurn: return isFree
        case .editTurn: return isFree && shown.summary.active?.finishReason != nil
        case .nextSwipe, .previousSwipe: return isFree && shown.summary.versions.count > 1
        case .continueAnswer, .branchHere, .branchToNew, .pinTurn, .star, .editLastWords: return false
        default: return true
        }
    }

    /// True while a summary of the conversation that is shown is written once more.
    var isSummarizing: Bool {
        jobs.all.contains { job in
            if case .summary(let request) = job.work {
                request.conversation.id == draft.chat?.conversation.id
            } else {
                false
            }
        }
    }

    /// Carries an action on turns out for the selected summary.
    /// - Returns: false if a turn is selected, or the action is not about a turn.
    mutating func performOnSummary(_ action: Action) -> Bool {
        guard let chat = draft.chat, let shown = chat.selectedSummary, let saved = shown.summary.active else {
            return false
        }
        let turn = chat.turns[chat.selected].turn.id
        switch action {
        case .toggleThoughts: draft.chat?.changeSummary(aboveTurn: chat.selected) { $0.isUnfolded.toggle() }
        case .editTurn:
            guard canOnSummary(action) else { return true }
            draft.chat?.edit = TurnEdit(
                turn: turn, role: .assistant, editor: TextEditor(saved.text, isMultiline: true), summary: saved)
        case .answerAgain: if canOnSummary(action) { rewrite(saved, ofTurn: turn) }
        case .nextSwipe: swipe(shown.summary, ofTurn: turn, by: 1)
        case .previousSwipe: swipe(shown.summary, ofTurn: turn, by: -1)
        case .copyTurn:
            ask(.copy(saved.text))
            sayCopying("The summary is copied, \(saved.text.count) characters")
        case .showPrompt: askForPrompt(of: saved)
        case .trashTurn:
            guard canOnSummary(action) else { return true }
            choose(nil, ofTurn: turn, insteadOf: saved.id, done: "The summary is gone; the turns before it count again")
            draft.chat?.selectsSummary = false
        case .continueAnswer, .branchHere, .branchToNew, .pinTurn, .star:
            say("This is a summary; \(KeyTable.label(.nextTurn, in: .turns)) goes to the turn below it")
        default: return false
        }
        return true
    }

    private mutating func rewrite(_ saved: SavedDraft, ofTurn turn: Int64) {
        guard let chat = draft.chat else { return }
        notice = nil
        start(.summary(SummaryRequest(conversation: chat.conversation, turn: turn, draft: saved.id)))
        draft.chat?.changeSummary(aboveTurn: chat.selected) { $0.isUnfolded = true }
    }

    private mutating func swipe(_ summary: TurnSummary, ofTurn turn: Int64, by step: Int) {
        guard canOnSummary(.nextSwipe) else {
            guard !isSummarizing, draft.running == nil else { return }
            return say(
                "This is the only version; \(KeyTable.label(.answerAgain, in: .turns)) writes another one beside it")
        }
        let next = summary.activeIndex + step
        guard summary.versions.indices.contains(next) else { return }
        choose(
            summary.versions[next].id, ofTurn: turn, insteadOf: summary.activeId,
            done: "Version \(next + 1) of \(summary.versions.count) goes to the model")
    }

    /// Makes another draft the summary at a place; `nil` takes the summary away.
    private mutating func choose(_ draftId: Int64?, ofTurn turn: Int64, insteadOf earlier: Int64, done: String) {
        guard let id = draft.chat?.conversation.id else { return }
        draft.undoSteps.append(.summary(turn: turn, was: earlier, conversation: id))
        let undo = KeyTable.label(.undo, in: .turns)
        change(.setSummary(turn: turn, draft: draftId), done: "\(done); \(undo) undoes it")
    }

    /// Keeps an edited summary as the text of its draft.
    mutating func keepSummary(_ saved: SavedDraft, text: String) {
        guard let chat = draft.chat else { return }
        draft.chat?.edit = nil
        if let index = chat.index(ofTurn: chat.edit?.turn ?? 0) {
            draft.chat?.changeSummary(aboveTurn: index) { $0.isUnfolded = true }
        }
        draft.undoSteps.append(
            .summaryText(draft: saved.id, earlier: saved.text, later: text, conversation: chat.conversation.id))
        write(
            .revision(draftId: saved.id, text: text, origin: .edit, base: EditBase(text: saved.text)),
            generationId: saved.generationId, done: "The summary is saved; its old text stays as a revision")
    }

    /// Shows a summary that was found in history; one that the open branch does not have opens as the draft that it is.
    mutating func showSummary(ofGeneration id: Int64) {
        let index = draft.chat?.turns.firstIndex { shown in
            draft.chat?.summaries[shown.turn.id]?.summary.versions.contains { $0.generationId == id } ?? false
        }
        guard let index else { return ask(.openGeneration(id: id)) }
        draft.chat?.changeSummary(aboveTurn: index) { $0.isUnfolded = true }
        draft.showTurn(index, in: surroundings(of: .draft))
        draft.chat?.selectsSummary = true
        draft.chat?.part = .turns
    }

    // MARK: The end of a job

    /// Takes the last message of a job that wrote a summary once more.
    mutating func endSummary(_ request: SummaryRequest, _ message: JobMessage) {
        switch message {
        case .finished(.summarized):
            draft.undoSteps.append(
                .summary(turn: request.turn, was: request.draft, conversation: request.conversation.id))
            say("The summary is written once more; \(KeyTable.label(.undo, in: .turns)) goes back to the old one")
        case .failed(let sentence): say("\(sentence) The old summary stays.", isFailure: true)
        default: say("The old summary stays")
        }
        if draft.chat?.conversation.id == request.conversation.id { refreshChat() }
        loadHistoryAnew()
    }

    // MARK: Drawing

    /// Draws the summary above a turn.
    /// - Returns: its rows.
    func drawSummary(
        aboveTurn index: Int, of chat: ChatPane, on canvas: inout Canvas, row: Int, _ geometry: ChatGeometry
    ) -> Int {
        guard let shown = chat.summary(aboveTurn: index) else { return 0 }
        let place = geometry.turns
        let column = place.column + 1
        let limit = max(1, place.columns - 2)
        if row >= place.row, row < place.endRow {
            drawHead(of: shown, aboveTurn: index, of: chat, on: &canvas, row: row, column: column, columns: limit)
        }
        guard shown.isUnfolded, let card = shown.card else { return shown.rowCount }
        let rows = card.cardRows
        for offset in rows.indices where row + 1 + offset >= place.row && row + 1 + offset < place.endRow {
            guard case .text(let line) = rows[offset] else { continue }
            canvas.put(
                card.layout.glyphs(inRow: line), row: row + 1 + offset, column: column + 2, columns: limit - 2,
                style: Style(.secondary, italic: true))
        }
        return shown.rowCount
    }

    /// `▸ summary of 20 turns  2/3`
    private func drawHead(
        of shown: ShownSummary, aboveTurn index: Int, of chat: ChatPane, on canvas: inout Canvas, row: Int,
        column: Int, columns limit: Int
    ) {
        let isSelected = index == chat.selected && chat.selectsSummary && chat.part == .turns && focus == .draft
        if isSelected {
            canvas.put("›", row: row, column: column - 1, columns: 1, style: Style(.accent, bold: true))
        }
        let sign = shown.isUnfolded ? "▾" : "▸"
        var parts = ["\(sign) summary of \(index) \(index == 1 ? "turn" : "turns")"]
        if shown.summary.versions.count > 1 {
            parts[0] += "  \(shown.summary.activeIndex + 1)/\(shown.summary.versions.count)"
        }
        if isRewriting(aboveTurn: chat.turns[index].turn.id) {
            parts.append("being written once more…")
        } else if chat.isTakenIn(summaryAboveTurn: index) {
            parts.append("taken in by a later one")
        } else if isSelected {
            parts.append("\(KeyTable.label(.toggleThoughts, in: .turns)) \(shown.isUnfolded ? "folds" : "unfolds") it")
        }
        canvas.put(
            parts.joined(separator: " · "), row: row, column: column, columns: limit,
            style: isSelected ? Style(.accent, bold: true) : .quiet)
    }

    private func isRewriting(aboveTurn turn: Int64) -> Bool {
        jobs.all.contains { job in
            if case .summary(let request) = job.work { request.turn == turn } else { false }
        }
    }
}
