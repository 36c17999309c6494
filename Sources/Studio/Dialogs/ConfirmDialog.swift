import Generation

// A question with two or three answers. Each answer has a letter that chooses it at once.

struct ConfirmDialog: StudioDialog {
    struct Option: Sendable, Hashable {
        /// Pressed alone, it chooses the option.
        var key: Character
        var title: String
        /// `nil` if the option only closes the question.
        var answer: DialogRequest?
    }

    let title: String
    let question: String
    private let options: [Option]
    private var selected = 0

    init(title: String, question: String, options: [Option]) {
        self.title = title
        self.question = question
        self.options = options
    }

    var context: Context { .confirm }

    /// The option that a letter chooses.
    private func option(for key: KeyPress) -> Option? {
        guard case .character(let letter) = key else { return nil }
        return options.first { $0.key == letter }
    }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        // The letters come before the key table, in which `h` and `l` move.
        if let option = option(for: key) { return .close(option.answer) }
        switch action {
        case .accept: return options.indices.contains(selected) ? .close(options[selected].answer) : .stay
        case .close: return .close(nil)
        case .previousValue: change(by: -1)
        case .nextValue: change(by: 1)
        default: break
        }
        return .stay
    }

    private mutating func change(by step: Int) {
        selected = (selected + step + options.count) % max(1, options.count)
    }

    var footerItems: [FooterItem]? {
        options.map { FooterItem(key: String($0.key), hint: $0.title.lowercased()) }
    }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let lines = surroundings.lines(of: question, columns: 56)
        let inside = surroundings.place(rows: lines.count + 2, columns: 58)
        surroundings.drawPanel(title, inside: inside, on: &canvas)
        // The answers matter most: they keep the last row, however small the screen is.
        for (index, line) in lines.enumerated() where index < inside.rows - 1 {
            canvas.put(line, row: inside.row + index, column: inside.column, columns: inside.columns)
        }
        var column = inside.column
        for (index, option) in options.enumerated() {
            let style = index == selected ? Style(.accent, bold: true, reverse: true) : .plain
            column += canvas.put(
                " \(option.key) \(option.title) ", row: inside.endRow - 1, column: column,
                columns: inside.endColumn - column, style: style)
            column += 1
        }
    }
}

extension StudioState {
    mutating func confirm(_ title: String, _ question: String, _ options: ConfirmDialog.Option...) {
        dialog = ConfirmDialog(title: title, question: question, options: options)
    }
}
