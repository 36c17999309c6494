import Generation

// The title of a conversation.

struct TitleDialog: StudioDialog {
    private var input: TextEditor

    init(_ title: String) { input = TextEditor(title) }

    var context: Context { .naming }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        switch action {
        case .accept:
            let title = onOneLine(input.text, limit: 200)
            return title.isEmpty ? .stay : .close(.setTitle(title))
        case .close: return .close(nil)
        default:
            _ = input.handle(key, columns: 80)
            return .stay
        }
    }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let inside = surroundings.place(rows: 1, columns: 62)
        surroundings.drawPanel("Title", inside: inside, on: &canvas)
        canvas.put("▏", row: inside.row, column: inside.column, columns: 1, style: Style(.accent))
        drawLine(
            input, on: &canvas, row: inside.row, column: inside.column + 1, columns: inside.columns - 1,
            showsCursor: true)
    }
}
