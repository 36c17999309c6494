import Generation

// The name of a file to load into a field of the form.

struct PathDialog: StudioDialog {
    /// The field's name.
    let field: String
    private(set) var input = TextEditor()
    private(set) var failure: String?
    private var isLoading = false

    init(field: String) { self.field = field }

    var context: Context { .path }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        switch action {
        case .accept:
            guard !isLoading, !input.isBlank else { return .stay }
            isLoading = true
            failure = nil
            return .ask(.loadFile(path: input.text))
        case .close: return .close(nil)
        default:
            _ = input.handle(key, columns: 80)
            failure = nil
            return .stay
        }
    }

    /// True if it waits for this file.
    func awaits(_ path: String) -> Bool { isLoading && input.text == path }

    mutating func fail(_ sentence: String) {
        isLoading = false
        failure = sentence
    }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let problem = failure.map { surroundings.lines(of: $0, columns: 60) } ?? []
        let inside = surroundings.place(rows: 1 + problem.count, columns: 62)
        surroundings.drawPanel(isLoading ? "Load a file · reading…" : "Load a file", inside: inside, on: &canvas)
        canvas.put("▏", row: inside.row, column: inside.column, columns: 1, style: Style(.accent))
        if input.isEmpty {
            canvas.put(
                "~/notes/article.txt", row: inside.row, column: inside.column + 1, columns: inside.columns - 1,
                style: Style(.secondary, dim: true, italic: true))
        }
        drawLine(
            input, on: &canvas, row: inside.row, column: inside.column + 1, columns: inside.columns - 1,
            showsCursor: true)
        for (index, line) in problem.enumerated() where index + 1 < inside.rows {
            canvas.put(
                line, row: inside.row + 1 + index, column: inside.column, columns: inside.columns,
                style: Style(.failure))
        }
    }
}

extension StudioState {
    /// Says why a file could not be loaded: in its dialog, or in the status line if that is closed.
    mutating func takeFileFailure(path: String, sentence: String) {
        guard var asked = dialog as? PathDialog, asked.awaits(path) else { return say(sentence, isFailure: true) }
        asked.fail(sentence)
        dialog = asked
    }
}
