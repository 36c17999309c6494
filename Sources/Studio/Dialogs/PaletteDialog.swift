import Generation

// The command palette: every command that works now, found by the letters of its name.

struct PaletteDialog: StudioDialog {
    /// The context in which it was opened: its commands come first, with the keys that they have there.
    let opener: Context
    var input = TextEditor()
    /// The commands that can be carried out, as of the last message.
    var commands: [Action]
    private var selected = 0
    /// First visible row of the list.
    private var top = 0

    init(openedIn opener: Context, commands: [Action] = []) {
        self.opener = opener
        self.commands = commands
    }

    var context: Context { .palette }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        switch action {
        case .accept:
            let found = found
            return found.indices.contains(selected) ? .close(.perform(found[selected])) : .stay
        case .close: return .close(nil)
        default:
            _ = input.handle(key, columns: 80)
            selected = 0
            top = 0
            return .stay
        }
    }

    mutating func move(by rows: Int) { selected += rows }

    mutating func settle(in surroundings: DialogSurroundings) {
        commands = surroundings.commands
        let count = found.count
        selected = selected.clamped(to: 0...max(0, count - 1))
        let visible = max(1, place(in: surroundings).rows - 1)
        top = scrolled(top, toShow: selected, count: count, visible: visible)
    }

    // MARK: Finding

    /// The commands that hold every typed letter in order, the best first.
    var found: [Action] {
        // The commands of the opener come first, in the order of the footer.
        let near = KeyTable.own(opener).map(\.action).filter(commands.contains)
        let ordered = near + commands.filter { !near.contains($0) }
        let wanted = input.text.lowercased().filter { !$0.isWhitespace }
        guard !wanted.isEmpty else { return ordered }
        return ordered.compactMap { action in fuzzyScore(wanted, in: action.title.lowercased()).map { (action, $0) } }
            // If two scores are equal, the shorter title is nearer to the typed letters.
            .sorted { ($0.1, -$0.0.title.count) > ($1.1, -$1.0.title.count) }.map(\.0)
    }

    // MARK: Drawing

    private static let wantedRows = min(18, Action.allCases.count { $0.isCommand } + 1)

    private func place(in surroundings: DialogSurroundings) -> Rect {
        surroundings.place(rows: PaletteDialog.wantedRows, columns: 64)
    }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let inside = place(in: surroundings)
        surroundings.drawPanel("Commands", inside: inside, on: &canvas)
        canvas.put("▏", row: inside.row, column: inside.column, columns: 1, style: Style(.accent))
        drawLine(
            input, on: &canvas, row: inside.row, column: inside.column + 1, columns: inside.columns - 1,
            showsCursor: true)
        let found = found
        if found.isEmpty {
            canvas.put(
                "No command has these letters.", row: inside.row + 1, column: inside.column + 2,
                columns: inside.columns - 2, style: .quiet)
        }
        var list = inside
        list.row += 1
        list.rows -= 1
        for offset in 0..<max(0, list.rows) {
            let index = top + offset
            guard found.indices.contains(index) else { break }
            let key = KeyTable.key(for: found[index], in: opener)?.label ?? ""
            drawListRow(
                found[index].title, detail: key, isSelected: index == selected, on: &canvas, row: list.row + offset,
                in: list, detailStyle: Style(.accent))
        }
        surroundings.drawScrollMark(top: top, count: found.count, inside: list, on: &canvas)
    }
}

/// How well a title holds letters in their order: higher for runs and for beginnings of words; `nil` if it does not.
func fuzzyScore(_ wanted: String, in title: String) -> Int? {
    let letters = Array(title)
    var place = 0
    var score = 0
    var previous = -2
    for letter in wanted {
        // The beginning of a word is better than the next place that fits.
        var found: Int?
        for index in place..<letters.count where letters[index] == letter {
            if found == nil { found = index }
            if index == previous + 1 || index == 0 || letters[index - 1] == " " {
                found = index
                break
            }
        }
        guard let index = found else { return nil }
        score += index == previous + 1 ? 8 : 0
        score += index == 0 || letters[index - 1] == " " ? 6 : 0
        score -= index / 8
        previous = index
        place = index + 1
        if place > letters.count { return nil }
    }
    return score
}
