import Generation

// The line above the composer: what the context of the next answer holds, and what will leave it; or the turn under edit.
// - The context is asked for again when the branch has changed, and a moment after the last typed word.

extension StudioState {
    func drawRuler(of chat: ChatPane, on canvas: inout Canvas, row: Int, in place: Rect, marks: String) {
        let isActive = focus == .draft && (chat.part == .composer || chat.edit != nil)
        canvas.rule(
            row: row, column: place.column, columns: place.columns, style: isActive ? Style(.accent) : .quiet)
        let marksColumns = columns(of: marks)
        canvas.putRight(
            marks, row: row, endColumn: place.endColumn - 1, columns: marksColumns, style: .quiet)
        var column = place.column + 1
        func add(_ text: String, _ style: Style) {
            let free = place.endColumn - column - marksColumns - 2
            guard !text.isEmpty, free >= 8 else { return }
            column +=
                canvas.put(
                    " \(clipped(text, columns: free - 2)) ", row: row, column: column, columns: free, style: style)
                + 1
        }
        if let edit = chat.edit {
            let send = KeyTable.label(.send, in: .composer)
            let word =
                edit.role == .user
                ? "\(send) asks again with it"
                : edit.summary == nil ? "\(send) keeps it as another answer" : "\(send) saves it, the old text stays"
            add(edit.summary == nil ? "editing" : "editing the summary", Style(.accent, bold: true))
            add("\(word) · \(KeyTable.label(.leaveComposer, in: .composer)) leaves", .quiet)
            return
        }
        defer { drawComposerLines(of: chat, on: &canvas, row: row, endColumn: place.endColumn - 1 - marksColumns) }
        guard let ruler = chat.ruler else { return }
        if let obstacle = ruler.obstacle { return add(onOneLine(obstacle), Style(.failure)) }
        let leaving = leavingText(ruler, of: chat)
        let free = place.columns - marksColumns - 5 - (leaving.isEmpty ? 0 : columns(of: leaving) + 3)
        add(rulerText(ruler, columns: free), .quiet)
        add(leaving, Style(.warning))
    }

    /// `line 6 of 400`, if the composer does not show all lines.
    private func drawComposerLines(of chat: ChatPane, on canvas: inout Canvas, row: Int, endColumn: Int) {
        let place = surroundings(of: .draft).place
        let layout = chat.composer.layout(columns: ChatGeometry.composerColumns(pane: place))
        guard layout.rows.count > draft.chatGeometry(in: surroundings(of: .draft)).composer.rows else { return }
        let line = layout.position(of: chat.composer.cursor).row + 1
        let text = " line \(line) of \(layout.rows.count) "
        canvas.putRight(text, row: row, endColumn: endColumn, columns: columns(of: text), style: .quiet)
    }

    /// `system 120 · turns 830 · answer 256 · 1206 of 2048 tokens`, as much as fits.
    func rulerText(_ ruler: RulerNumbers, columns limit: Int) -> String {
        let about = ruler.isExact ? "" : "about "
        let sum =
            ruler.length.map { "\(about)\(ruler.total) of \($0) tokens" }
            ?? "\(about)\(ruler.total - ruler.answer) tokens, all are sent"
        // Before the first word is said, only the words of the chat template stand for turns.
        let isUnused = draft.chat.map { $0.turns.isEmpty && $0.composer.isBlank } ?? false
        let parts = [
            ("system", ruler.system), ("pinned", ruler.pinned), ("summary", ruler.summary),
            ("turns", isUnused ? 0 : ruler.turns), ("answer", ruler.answer),
        ].filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
        let left = ruler.outside.isEmpty ? "" : "\(ruler.outside.count) outside"
        let end = ruler.length.map { "of \($0)" } ?? "all sent"
        // The more there is to say beside it, the less it says.
        let choices = [parts + [left, sum], parts.isEmpty ? [left, sum] : parts + [left, end], [left, sum]]
        let texts = choices.map { $0.filter { !$0.isEmpty }.joined(separator: " · ") }
        return texts.first { columns(of: $0) <= limit } ?? sum
    }

    /// `3 oldest turns leave with this`. Only of the words that were counted, by the model that will write, the
    /// number is certain; else it is said to be about right.
    private func leavingText(_ ruler: RulerNumbers, of chat: ChatPane) -> String {
        guard ruler.leavingCount > 0 else { return "" }
        let count = ruler.leavingCount
        let model = chat.conversation.model
        let isCounted = ruler.isExact && !chat.composer.isBlank && chat.asked == contextQuestion
        let isCertain = isCounted && [modelName, modelOpenedAs, ""].contains(model)
        let turns = "\(isCertain ? "" : "about ")\(count) oldest \(count == 1 ? "turn" : "turns")"
        let end = isCertain ? "with this" : "next"
        switch chat.conversation.settings.contextRule {
        case .leaveOut: return "\(turns) \(count == 1 ? "leaves" : "leave") \(end)"
        case .summarize: return "\(turns) \(count == 1 ? "is" : "are") summed up \(end)"
        case .refuse: return "\(turns) too many"
        }
    }

    // MARK: Asking

    /// The question that the ruler should answer now; `nil` if no context is planned.
    private var contextQuestion: ContextQuestion? {
        guard let chat = draft.chat, draft.answer.map({ $0.isEnded }) ?? true else { return nil }
        // An empty title, a new time: nothing of it changes the context.
        return ContextQuestion(conversation: chat.conversation, words: chat.composer.text, revision: chat.revision)
    }

    /// True if the ruler will be asked for again.
    var isRulerStale: Bool { draft.chat != nil && contextQuestion != nil && contextQuestion != draft.chat?.asked }

    mutating func askForRuler() {
        guard isRulerStale, let question = contextQuestion else { return }
        draft.chat?.asked = question
        ask(.planContext(question))
    }

    mutating func takeRuler(_ ruler: RulerNumbers?, for question: ContextQuestion) {
        guard draft.chat?.asked == question else { return }
        draft.chat?.ruler = ruler
    }
}
