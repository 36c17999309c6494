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
            let word = edit.role == .user ? "\(send) asks again with it" : "\(send) keeps it as another answer"
            add("editing", Style(.accent, bold: true))
            add("\(word) · \(KeyTable.label(.leaveComposer, in: .composer)) leaves", .quiet)
            return
        }
        guard let ruler = chat.ruler else { return }
        if let obstacle = ruler.obstacle { return add(onOneLine(obstacle), Style(.failure)) }
        let leaving = leavingText(ruler, rule: chat.conversation.settings.contextRule)
        let free = place.columns - marksColumns - 8 - (leaving.isEmpty ? 0 : columns(of: leaving) + 3)
        add(rulerText(ruler, columns: free), .quiet)
        add(leaving, Style(.warning))
    }

    /// `system 120 · turns 830 · answer 256 · 1206 of 2048 tokens`, as much as fits.
    func rulerText(_ ruler: RulerNumbers, columns limit: Int) -> String {
        let about = ruler.isExact ? "" : "about "
        let sum =
            ruler.length.map { "\(about)\(ruler.total) of \($0) tokens" }
            ?? "\(about)\(ruler.total - ruler.answer) tokens, all are sent"
        let parts = [
            ("system", ruler.system), ("pinned", ruler.pinned), ("summary", ruler.summary), ("turns", ruler.turns),
            ("answer", ruler.answer),
        ].filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
        let full = (parts + [sum]).joined(separator: " · ")
        return columns(of: full) <= limit ? full : sum
    }

    private func leavingText(_ ruler: RulerNumbers, rule: ContextRule) -> String {
        guard ruler.leavingCount > 0 else { return "" }
        let count = ruler.leavingCount
        let turns = "\(count) oldest \(count == 1 ? "turn" : "turns")"
        switch rule {
        case .leaveOut: return "\(turns) \(count == 1 ? "leaves" : "leave") at the next answer"
        case .summarize: return "\(turns) will be summed up"
        case .refuse: return "\(turns) too many"
        }
    }

    // MARK: Asking

    /// The question that the ruler should answer now; `nil` if no context is planned.
    private var contextQuestion: ContextQuestion? {
        guard let chat = draft.chat, draft.answer.map({ $0.isEnded }) ?? true else { return nil }
        // An empty title, a new time: nothing of it changes the context.
        return ContextQuestion(conversation: chat.conversation, words: chat.composer.text)
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
