import Generation

// A list to choose one row from. Each row carries its request, so the list need not know its use.

struct ListDialog: StudioDialog {
    enum Kind: Sendable, Hashable {
        /// Follows the models that are known, and marks the one in use.
        case models
        case choices, refine, kept
    }

    struct Row: Sendable, Hashable {
        var title: String
        var detail = ""
        /// Asked for if the row is chosen.
        var choice: DialogRequest
        /// Asked for if the row is to be discarded; `nil` if it cannot be.
        var discard: DialogRequest?
    }

    let kind: Kind
    let title: String
    private var rows: [Row]
    private var selected: Int
    /// First visible row.
    private var top = 0

    init(_ kind: Kind, title: String, rows: [Row], selected: Int? = nil) {
        self.kind = kind
        self.title = title
        self.rows = rows
        self.selected = selected ?? 0
    }

    var context: Context { .list }

    private var selectedRow: Row? { rows.indices.contains(selected) ? rows[selected] : nil }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        switch action {
        case .accept: .close(selectedRow?.choice)
        case .discardKept: selectedRow?.discard.map { .ask($0) } ?? .stay
        case .close: .close(nil)
        default: .stay
        }
    }

    mutating func move(by rows: Int) { selected += rows }

    mutating func settle(in surroundings: DialogSurroundings) {
        selected = selected.clamped(to: 0...max(0, rows.count - 1))
        if kind == .models, rows != surroundings.modelRows {
            let chosen = selectedRow?.choice ?? .useModel(name: surroundings.modelName)
            rows = surroundings.modelRows
            selected = rows.firstIndex { $0.choice == chosen } ?? 0
        }
        top = scrolled(top, toShow: selected, count: rows.count, visible: max(1, place(in: surroundings).rows))
    }

    func hint(of binding: Binding) -> String? {
        binding.action == .discardKept && kind != .kept ? nil : binding.hint
    }

    // MARK: Drawing

    private func place(in surroundings: DialogSurroundings) -> Rect {
        let widest = rows.map { columns(of: $0.title) + columns(of: $0.detail) + 9 }.max() ?? 0
        return surroundings.place(rows: max(1, rows.count), columns: max(40, min(80, widest)))
    }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let inside = place(in: surroundings)
        surroundings.drawPanel(title, inside: inside, on: &canvas)
        if rows.isEmpty {
            let text = kind == .models ? "Looking for models…" : "Nothing to choose from."
            canvas.put(text, row: inside.row, column: inside.column + 2, columns: inside.columns - 2, style: .quiet)
        }
        for offset in 0..<inside.rows {
            let index = top + offset
            guard rows.indices.contains(index) else { break }
            let isUsed = rows[index].choice == .useModel(name: surroundings.modelName)
            drawListRow(
                rows[index].title + (isUsed ? "  ✓" : ""), detail: rows[index].detail, isSelected: index == selected,
                on: &canvas, row: inside.row + offset, in: inside, detailStyle: .quiet)
        }
        surroundings.drawScrollMark(top: top, count: rows.count, inside: inside, on: &canvas)
    }
}
