// A text that is too long for the status line.

struct MessageDialog: StudioDialog {
    let title: String
    let text: String
    /// First visible line.
    private var top = 0

    init(title: String, text: String) {
        self.title = title
        self.text = text
    }

    var context: Context { .message }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        action == .close ? .close(nil) : .stay
    }

    mutating func move(by rows: Int) { top += rows }

    private func lines(in surroundings: DialogSurroundings) -> [String] { surroundings.lines(of: text, columns: 72) }

    mutating func settle(in surroundings: DialogSurroundings) {
        let visible = HelpDialog.visibleRows(in: surroundings)
        top = top.clamped(to: 0...max(0, lines(in: surroundings).count - visible))
    }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let lines = lines(in: surroundings)
        let inside = surroundings.place(rows: lines.count, columns: 74)
        surroundings.drawPanel(title, inside: inside, on: &canvas)
        for (offset, line) in lines.dropFirst(top).prefix(inside.rows).enumerated() {
            canvas.put(line, row: inside.row + offset, column: inside.column, columns: inside.columns)
        }
        surroundings.drawScrollMark(top: top, count: lines.count, inside: inside, on: &canvas)
    }
}
