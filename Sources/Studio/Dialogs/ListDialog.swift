import Generation

// A list to choose one row from. Each row carries its request, so the list need not know its use.
// - In a list that grows with the writer's own templates, typing filters the rows.

struct ListDialog: StudioDialog {
    enum Kind: Sendable, Hashable {
        /// Follows the models that are known, and marks the one in use.
        case models
        case choices, refine, kept, candidates
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
    /// The typed letters, in a list that can be filtered.
    private var filter = TextEditor()
    private var selected: Int
    /// First visible row.
    private var top = 0

    init(_ kind: Kind, title: String, rows: [Row], selected: Int? = nil) {
        self.kind = kind
        self.title = title
        self.rows = rows
        self.selected = selected ?? 0
    }

    var context: Context { isFiltered ? .filterList : .list }

    private var isFiltered: Bool { kind == .refine }

    /// The rows whose title and detail hold all typed words.
    private var found: [Row] {
        let words = filter.text.lowercased().split(whereSeparator: \.isWhitespace)
        return words.isEmpty
            ? rows
            : rows.filter { row in
                let text = "\(row.title) \(row.detail)".lowercased()
                return words.allSatisfy { text.contains($0) }
            }
    }

    private var selectedRow: Row? { found.indices.contains(selected) ? found[selected] : nil }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        switch action {
        case .accept: return isFiltered && selectedRow == nil ? .stay : .close(selectedRow?.choice)
        case .discardKept: return selectedRow?.discard.map { .ask($0) } ?? .stay
        case .close: return .close(nil)
        default:
            guard isFiltered else { return .stay }
            _ = filter.handle(key, columns: 80)
            selected = 0
            top = 0
            return .stay
        }
    }

    mutating func move(by rows: Int) { selected += rows }

    mutating func settle(in surroundings: DialogSurroundings) {
        selected = selected.clamped(to: 0...max(0, found.count - 1))
        if kind == .models, rows != surroundings.modelRows {
            let chosen = selectedRow?.choice ?? .useModel(name: surroundings.modelName)
            rows = surroundings.modelRows
            selected = rows.firstIndex { $0.choice == chosen } ?? 0
        }
        let visible = max(1, place(in: surroundings).rows - (isFiltered ? 1 : 0))
        top = scrolled(top, toShow: selected, count: found.count, visible: visible)
    }

    func hint(of binding: Binding) -> String? {
        binding.action == .discardKept && kind != .kept ? nil : binding.hint
    }

    // MARK: Drawing

    private var emptyText: String {
        if kind == .models { return "Looking for models…" }
        return filter.isEmpty ? "Nothing to choose from." : "Nothing has these words."
    }

    private func place(in surroundings: DialogSurroundings) -> Rect {
        let widest = rows.map { columns(of: $0.title) + columns(of: $0.detail) + 9 }.max() ?? 0
        let count = max(1, rows.count) + (isFiltered ? 1 : 0)
        return surroundings.place(rows: count, columns: max(40, min(80, widest)))
    }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        var inside = place(in: surroundings)
        surroundings.drawPanel(title, inside: inside, on: &canvas)
        if isFiltered {
            canvas.put("▏", row: inside.row, column: inside.column, columns: 1, style: Style(.accent))
            drawLine(
                filter, on: &canvas, row: inside.row, column: inside.column + 1, columns: inside.columns - 1,
                showsCursor: true)
            inside.row += 1
            inside.rows -= 1
        }
        let rows = found
        if rows.isEmpty {
            let text = emptyText
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
