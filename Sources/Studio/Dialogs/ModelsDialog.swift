import Generation

// The choice of the model: those of this machine, of other programs, of servers, other names for them, and the way to
// more of them.
// - It follows the answers of servers while it is open, and never waits for them.
// - A model that a server does not list can be typed as SERVER/MODEL.

struct ModelsDialog: StudioDialog {
    private var list: SectionList
    private var filter = TextEditor()
    private var isFiltering = false
    /// True if the list has not followed the filter yet.
    private var isFilterNew = false

    static let getModelID = "get a model"

    /// - Parameter selected: the model that is selected first.
    init(selected: String) { list = SectionList(selected: selected) }

    var context: Context { isFiltering ? .modelFilter : .models }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        switch action {
        case .accept: return list.selectedRow?.choice.map { .close($0) } ?? .stay
        case .close:
            guard !filter.isEmpty else { return .close(nil) }
            clearFilter()
        case .filterModels: isFiltering = true
        case .endTyping: isFiltering = false
        case .cancelTyping: clearFilter()
        case .askServers: return .ask(.askServers)
        case .getModel: return .close(.openDownloads)
        default:
            let text = filter.text
            if isFiltering { _ = filter.handle(key, columns: 80) }
            isFilterNew = isFilterNew || filter.text != text
        }
        return .stay
    }

    private mutating func clearFilter() {
        filter = TextEditor()
        isFiltering = false
    }

    mutating func move(by rows: Int) { list.move(by: rows) }

    mutating func settle(in surroundings: DialogSurroundings) {
        let all = surroundings.modelSections
        list.take(filter.isEmpty ? all : SectionList.filtered(all, by: filter.text) + typed(among: all, surroundings))
        if isFilterNew { list.selectFirst(preferring: filter.text) }
        isFilterNew = false
        let parts = parts(in: surroundings)
        list.settle(rows: parts.list.rows)
    }

    /// The row of a model that was typed by its name on a server.
    private func typed(among all: [SectionList.Section], _ surroundings: DialogSurroundings) -> [SectionList.Section] {
        let path = onOneLine(filter.text)
        if StudioState.isFilePath(path) {
            let row = SectionList.Row(
                id: path, title: path, cells: ["opens this file"], choice: .useModel(name: path))
            return [SectionList.Section(title: "A file", rows: [row])]
        }
        let name = filter.text.filter { !$0.isWhitespace }
        guard let slash = name.firstIndex(of: "/"), name.index(after: slash) < name.endIndex,
            surroundings.serverNames.contains(String(name[..<slash])),
            !all.contains(where: { $0.rows.contains { $0.id == name } })
        else { return [] }
        let row = SectionList.Row(id: name, title: name, cells: ["as typed"], choice: .useModel(name: name))
        return [SectionList.Section(title: "Not listed by its server", rows: [row])]
    }

    func hint(of binding: Binding) -> String? {
        switch binding.action {
        case .close where !filter.isEmpty: "all models"
        case .accept where list.selectedRow?.isFailure == true: "read"
        default: binding.hint
        }
    }

    // MARK: Drawing

    private func parts(in surroundings: DialogSurroundings) -> (inside: Rect, list: Rect, note: Rect) {
        let width = surroundings.listColumns
        let columns = surroundings.place(rows: 1, columns: width).columns
        let noteRows = list.mostNoteRows(columns: columns)
        let least = surroundings.serverNames.isEmpty ? 4 : 12
        let inside = surroundings.place(rows: max(least, list.wantedRows) + noteRows + 1, columns: width)
        let taken = hasFilterRow ? 1 : 0
        var place = inside.inset(top: min(taken, inside.rows))
        let given = list.noteRows(of: place.rows, columns: place.columns)
        place.rows -= given
        let note = Rect(row: place.endRow, column: place.column, rows: given, columns: place.columns)
        return (inside, place, note)
    }

    private var hasFilterRow: Bool { isFiltering || !filter.isEmpty }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let parts = parts(in: surroundings)
        surroundings.drawPanel("Models", inside: parts.inside, on: &canvas)
        if hasFilterRow {
            var row = parts.inside
            row.column -= 1
            row.columns += 3
            drawSearchLine(
                on: &canvas, row: parts.inside.row, in: row, editor: filter, isTyping: isFiltering,
                placeholder: "filter…")
        }
        if list.isEmpty {
            let text = filter.isEmpty ? "Looking for models…" : "No model has these words."
            canvas.put(
                text, row: parts.list.row, column: parts.list.column + 2, columns: parts.list.columns - 2, style: .quiet
            )
        }
        list.draw(on: &canvas, in: parts.list)
        list.drawNote(on: &canvas, in: parts.note)
        let edge = surroundings.isFramed ? parts.inside.endRow : parts.inside.row - 1
        list.drawScrollMark(in: surroundings, parts.list, on: &canvas, edgeRow: edge)
    }
}
