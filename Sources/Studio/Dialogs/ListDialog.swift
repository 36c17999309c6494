import Generation

// A list to choose one row from. Each row carries its request, so the list need not know its use.
// - In a list that grows with the writer's own templates, typing filters the rows.

struct ListDialog: StudioDialog {
    enum Kind: Sendable, Hashable {
        case choices, refine, kept, candidates
    }

    struct Row: Sendable, Hashable {
        var title: String
        var detail = ""
        /// Shown in full below the list while the row is selected: items, none of which is broken if it fits a line.
        var note: [String] = []
        /// Asked for if the row is chosen.
        var choice: DialogRequest
        /// Asked for if the row is to be discarded; `nil` if it cannot be.
        var discard: DialogRequest?
    }

    let kind: Kind
    let title: String
    private let rows: [Row]
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
        let inside = place(in: surroundings)
        let visible = max(1, inside.rows - (isFiltered ? 1 : 0) - noteRows(in: inside))
        top = scrolled(top, toShow: selected, count: found.count, visible: visible)
    }

    func hint(of binding: Binding) -> String? {
        binding.action == .discardKept && kind != .kept ? nil : binding.hint
    }

    // MARK: Drawing

    private var emptyText: String {
        filter.isEmpty ? "Nothing to choose from." : "Nothing has these words."
    }

    private func place(in surroundings: DialogSurroundings) -> Rect {
        let widest = rows.map { columns(of: $0.title) + columns(of: $0.detail) + 9 }.max() ?? 0
        let hasNotes = rows.contains { !$0.note.isEmpty }
        let width = hasNotes ? 80 : max(40, min(80, widest))
        let innerColumns = surroundings.place(rows: 1, columns: width).columns
        let count = max(1, rows.count) + (isFiltered ? 1 : 0) + wantedNoteRows(columns: innerColumns)
        return surroundings.place(rows: count, columns: width)
    }

    /// The rows of the longest note and of the rule above it, whichever row is selected, so that nothing jumps.
    private func wantedNoteRows(columns: Int) -> Int {
        let most = rows.map { $0.note.isEmpty ? 0 : noteLines($0.note, columns: columns).count }.max() ?? 0
        return most == 0 ? 0 : most + 1
    }

    /// The list keeps three rows if there are so many.
    private func noteRows(in inside: Rect) -> Int {
        let rows = min(wantedNoteRows(columns: inside.columns), max(0, inside.rows - 3))
        return rows < 2 ? 0 : rows
    }

    private func noteLines(_ note: [String], columns width: Int) -> [String] {
        let width = max(1, width - 2)
        var lines: [String] = []
        for (index, item) in note.enumerated() {
            let text = index + 1 < note.count ? item + "," : item
            if let last = lines.last, columns(of: last) + 1 + columns(of: text) <= width {
                lines[lines.count - 1] = "\(last) \(text)"
            } else {
                lines += wrappedLines(text, columns: width)
            }
        }
        return lines
    }

    /// Draws the note on the selected row.
    private func drawNote(on canvas: inout Canvas, _ place: Rect) {
        guard place.rows > 0, let note = selectedRow?.note else { return }
        canvas.rule(row: place.row, column: place.column, columns: place.columns, style: .quiet)
        for (offset, line) in noteLines(note, columns: place.columns).prefix(place.rows - 1).enumerated() {
            canvas.put(line, row: place.row + 1 + offset, column: place.column + 2, columns: place.columns - 2)
        }
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
        let noteRows = noteRows(in: inside)
        inside.rows -= noteRows
        drawNote(
            on: &canvas, Rect(row: inside.endRow, column: inside.column, rows: noteRows, columns: inside.columns))
        let rows = found
        if rows.isEmpty {
            let text = emptyText
            canvas.put(text, row: inside.row, column: inside.column + 2, columns: inside.columns - 2, style: .quiet)
        }
        for offset in 0..<inside.rows {
            let index = top + offset
            guard rows.indices.contains(index) else { break }
            drawListRow(
                rows[index].title, detail: rows[index].detail, isSelected: index == selected, on: &canvas,
                row: inside.row + offset, in: inside, detailStyle: .quiet)
        }
        let edge = inside.endRow + noteRows
        surroundings.drawScrollMark(
            top: top, count: rows.count, inside: inside, on: &canvas, row: surroundings.isFramed ? edge : inside.row - 1
        )
    }
}
