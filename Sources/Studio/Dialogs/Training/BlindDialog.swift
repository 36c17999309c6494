import Generation

// The blind comparison: a prompt on top, and two drafts of it, A and B, beside each other or one below the other.
// - It knows no more than what stands on the two sides, so nothing that it draws can tell whose they are.
// - An answer is taken for the pair on the screen alone; the next pair is shown when the store has the answer.

struct BlindDialog: StudioDialog {
    /// Of the learning.
    let name: String
    private let pairs: [BlindPairs.Pair]
    private var answeredCount: Int
    private var index: Int
    /// True until the answer to the pair on the screen is kept.
    private var isKeeping = false
    private var showsWholePrompt = false
    /// True if the prompt is longer than its place.
    private var isPromptCut = false
    /// The first visible row of the drafts.
    private var top = 0

    /// - Returns: `nil` if every pair has an answer.
    init?(_ comparison: BlindPairs) {
        guard let next = comparison.next, comparison.pairs.indices.contains(next) else { return nil }
        name = comparison.name
        pairs = comparison.pairs
        answeredCount = comparison.answeredCount
        index = next
    }

    var context: Context { .blind }

    /// Shows the next pair, from its beginning.
    mutating func show(_ next: Int, answeredCount count: Int) {
        guard pairs.indices.contains(next) else { return }
        (index, answeredCount) = (next, count)
        (isKeeping, showsWholePrompt, top) = (false, false, 0)
    }

    /// After an answer that was not kept.
    mutating func allowAnswer() { isKeeping = false }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        switch action {
        case .preferLeft: answer(.left)
        case .preferRight: answer(.right)
        case .preferNeither: answer(.equal)
        case .close: .close(key == .control("c") ? nil : .openLearnings(selecting: name))
        case .unfoldPrompt: unfoldPrompt()
        default: .stay
        }
    }

    private mutating func answer(_ answer: PairAnswer) -> DialogOutcome {
        guard !isKeeping else { return .stay }
        isKeeping = true
        return .ask(.answerPair(name: name, pair: index, answer))
    }

    private mutating func unfoldPrompt() -> DialogOutcome {
        showsWholePrompt.toggle()
        top = 0
        return .stay
    }

    mutating func move(by rows: Int) { top += rows }

    mutating func settle(in surroundings: DialogSurroundings) {
        let parts = parts(in: surroundings)
        top = top.clamped(to: 0...max(0, parts.rows.count - parts.texts.rows))
        isPromptCut = promptLines(pairs[index], columns: parts.inside.columns).count > parts.prompt.count
    }

    func hint(of binding: Binding) -> String? {
        switch binding.action {
        case .unfoldPrompt: showsWholePrompt ? "less of the prompt" : isPromptCut ? binding.hint : nil
        default: binding.hint
        }
    }

    // MARK: Drawing

    /// Fewer columns for each draft make it hard to read.
    private static let leastColumns = 34

    /// A row of the drafts: both sides, or one text over the whole width.
    private enum Row {
        case sides(String, String)
        case whole(String)
        /// The letter of a draft, above it.
        case letter(String)
    }

    private struct Parts {
        var inside: Rect
        var prompt: [String]
        /// The letters above both sides stand still, if the sides are beside each other.
        var letters: Rect
        var texts: Rect
        var rows: [Row]
        /// Columns of a side; `nil` if the drafts stand one below the other.
        var sideColumns: Int?
    }

    private func parts(in surroundings: DialogSurroundings) -> Parts {
        let body = surroundings.body
        let inside = surroundings.place(rows: body.rows, columns: min(body.columns, 156))
        let pair = pairs[index]
        let all = promptLines(pair, columns: inside.columns)
        let most = max(1, showsWholePrompt ? inside.rows * 2 / 3 : inside.rows / 4)
        var prompt = Array(all.prefix(most))
        if all.count > most, let last = prompt.indices.last {
            prompt[last] = clipped(prompt[last], columns: inside.columns - 2) + " …"
        }
        // A rule below the prompt, if there is room.
        let ruleRows = inside.rows >= 8 ? 1 : 0
        var texts = inside.inset(top: prompt.count + ruleRows)
        let side = (inside.columns - 3) / 2
        var letters = texts
        letters.rows = 0
        guard side >= Self.leastColumns else {
            return Parts(
                inside: inside, prompt: prompt, letters: letters, texts: texts,
                rows: below(pair, columns: inside.columns), sideColumns: nil)
        }
        letters.rows = min(1, texts.rows)
        texts = texts.inset(top: letters.rows)
        return Parts(
            inside: inside, prompt: prompt, letters: letters, texts: texts, rows: beside(pair, columns: side),
            sideColumns: side)
    }

    private func promptLines(_ pair: BlindPairs.Pair, columns: Int) -> [String] {
        let text = pair.prompt.isEmpty ? pair.title : pair.prompt
        return wrappedLines(text, columns: max(1, columns))
    }

    private func beside(_ pair: BlindPairs.Pair, columns: Int) -> [Row] {
        let (left, right) = (wrappedLines(pair.left, columns: columns), wrappedLines(pair.right, columns: columns))
        return (0..<max(left.count, right.count)).map { line in
            .sides(line < left.count ? left[line] : "", line < right.count ? right[line] : "")
        }
    }

    private func below(_ pair: BlindPairs.Pair, columns: Int) -> [Row] {
        let width = max(1, columns)
        return [.letter("A")] + wrappedLines(pair.left, columns: width).map { .whole($0) } + [.whole(""), .letter("B")]
            + wrappedLines(pair.right, columns: width).map { .whole($0) }
    }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let parts = parts(in: surroundings)
        let count = "Pair \(index + 1) of \(pairs.count)"
        let room = max(0, parts.inside.columns - columns(of: count) - 6)
        let name = pairs[index].prompt.isEmpty ? "" : clipped(onOneLine(pairs[index].title), columns: room)
        surroundings.drawPanel(name.isEmpty ? count : "\(count) · \(name)", inside: parts.inside, on: &canvas)
        var row = parts.inside.row
        for line in parts.prompt {
            canvas.put(
                line, row: row, column: parts.inside.column, columns: parts.inside.columns, style: Style(italic: true))
            row += 1
        }
        if row < parts.letters.row {
            canvas.rule(row: row, column: parts.inside.column, columns: parts.inside.columns, style: .quiet)
        }
        drawTexts(parts, on: &canvas)
        surroundings.drawScrollMark(
            top: top, count: parts.rows.count, inside: parts.texts, on: &canvas,
            row: surroundings.isFramed ? parts.inside.endRow : parts.inside.row - 1)
    }

    private func drawTexts(_ parts: Parts, on canvas: inout Canvas) {
        let letterStyle = Style(.accent, bold: true)
        let left = parts.inside.column
        if let side = parts.sideColumns {
            canvas.put("A", row: parts.letters.row, column: left, columns: side, style: letterStyle)
            canvas.put("B", row: parts.letters.row, column: left + side + 3, columns: side, style: letterStyle)
            canvas.verticalRule(
                column: left + side + 1, rows: parts.letters.row..<parts.texts.endRow, style: .quiet)
        }
        for (offset, line) in parts.rows.dropFirst(top).prefix(parts.texts.rows).enumerated() {
            let row = parts.texts.row + offset
            switch line {
            case .sides(let one, let other):
                let side = parts.sideColumns ?? parts.inside.columns
                canvas.put(one, row: row, column: left, columns: side)
                canvas.put(other, row: row, column: left + side + 3, columns: side)
            case .whole(let text): canvas.put(text, row: row, column: left, columns: parts.inside.columns)
            case .letter(let letter):
                canvas.put(letter, row: row, column: left, columns: parts.inside.columns, style: letterStyle)
            }
        }
    }

    /// `12 of 20`, for the status line.
    var standing: String {
        "\(answeredCount) of \(pairs.count) answered\(isKeeping ? " · keeping the answer…" : "")"
    }
}
