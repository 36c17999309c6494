import Generation

// A long list in sections, with a heading for each: the rows of the dialogs about models.
// - The selected row stays selected by its id when the rows change, as when an answer comes.
// - The note of the selected row is shown in full below the list. A dialog has room for the longest one, so that its
//   frame never jumps.

struct SectionList: Sendable {
    struct Row: Sendable, Hashable {
        /// Unique in the list.
        var id: String
        var title: String
        /// After the title, one below the other in all rows; a single one may take all columns.
        var cells: [String] = []
        /// True for the row in use.
        var isMarked = false
        /// The share that is done, from 0 to 1, drawn as a meter before the cells; `nil` for none.
        var fraction: Double?
        /// Shown in full below the list while the row is selected.
        var note = ""
        /// True if the note says why the row cannot be used.
        var isFailure = false
        /// Asked for if the row is chosen; `nil` if it cannot be.
        var choice: DialogRequest?
        var cancel: DialogRequest?
        var discard: DialogRequest?
    }

    struct Section: Sendable, Hashable {
        /// Empty for none.
        var title = ""
        var rows: [Row] = []
        /// Lines that cannot be selected, such as that a server is being asked.
        var lines: [String] = []
    }

    private enum Item {
        case blank
        case heading(String)
        case line(String)
        /// With the index of its section.
        case row(Row, Int)
    }

    /// The columns of rows that are aligned with each other.
    private struct Columns {
        var title = 0
        /// Of the cells, in the rows that have several.
        var cells: [Int] = []
    }

    /// True if the cells of all sections are aligned; false if each section has columns of its own.
    let alignsSections: Bool
    /// Cells that are aligned at the right, by their index.
    let rightAligned: Set<Int>
    private(set) var sections: [Section] = []
    private(set) var selected: String?
    /// The row to select as soon as it is there; `nil` once the writer has moved.
    private var awaited: String?
    private var top = 0

    init(alignsSections: Bool = true, rightAligned: Set<Int> = [], selected: String? = nil) {
        self.alignsSections = alignsSections
        self.rightAligned = rightAligned
        self.selected = selected
        awaited = selected
    }

    private var rows: [Row] { sections.flatMap(\.rows) }

    var selectedRow: Row? { rows.first { $0.id == selected } }

    var isEmpty: Bool { sections.allSatisfy { $0.rows.isEmpty && $0.lines.isEmpty } }

    /// Rows that the list takes if there is room for all of it.
    var wantedRows: Int { items(isDense: false).count }

    /// Selects a row now, or as soon as it is there.
    mutating func select(_ id: String) { (selected, awaited) = (id, id) }

    /// Selects the row of an id, or the first one if there is none.
    mutating func selectFirst(preferring id: String) {
        awaited = nil
        selected = rows.contains { $0.id == id } ? id : rows.first?.id
    }

    /// Takes new rows. If the selected one is gone, its neighbour is selected.
    mutating func take(_ new: [Section]) {
        let place = rows.firstIndex { $0.id == selected } ?? 0
        sections = new.filter { !$0.rows.isEmpty || !$0.lines.isEmpty }
        let rows = rows
        if let awaited, rows.contains(where: { $0.id == awaited }) { selected = awaited }
        if !rows.isEmpty, !rows.contains(where: { $0.id == selected }) {
            selected = rows[min(place, rows.count - 1)].id
        }
    }

    mutating func move(by step: Int) {
        let rows = rows
        awaited = nil
        guard !rows.isEmpty else { return }
        guard let place = rows.firstIndex(where: { $0.id == selected }) else { return selected = rows.first?.id }
        selected = rows[(place + step).clamped(to: 0...rows.count - 1)].id
    }

    /// The sections with only the rows that hold all words.
    static func filtered(_ sections: [Section], by text: String) -> [Section] {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { return sections }
        return sections.map { section in
            let rows = section.rows.filter { row in
                let text = ([row.title] + row.cells).joined(separator: " ").lowercased()
                return words.allSatisfy { text.contains($0) }
            }
            return Section(title: section.title, rows: rows)
        }
    }

    // MARK: Layout

    private func items(isDense: Bool) -> [Item] {
        var items: [Item] = []
        for (index, section) in sections.enumerated() {
            if !items.isEmpty && !isDense { items.append(.blank) }
            if !section.title.isEmpty { items.append(.heading(section.title)) }
            items += section.lines.map(Item.line) + section.rows.map { Item.row($0, index) }
        }
        return items
    }

    /// On a small screen every row counts.
    private func isDense(_ rows: Int) -> Bool { rows < 10 }

    /// The rows of the longest note and of the rule above it.
    func mostNoteRows(columns: Int) -> Int {
        let most = rows.map { $0.note.isEmpty ? 0 : noteLines(of: $0, columns: columns).count }.max() ?? 0
        return most == 0 ? 0 : most + 1
    }

    /// The rows of the selected row's note and of the rule above it; the list keeps half of `rows`.
    func noteRows(of rows: Int, columns: Int) -> Int {
        guard let row = selectedRow, !row.note.isEmpty else { return 0 }
        let given = min(noteLines(of: row, columns: columns).count + 1, rows / 2)
        return given < 2 ? 0 : given
    }

    private func noteLines(of row: Row, columns: Int) -> [String] {
        wrappedLines(onOneLine(row.note, limit: 1000), columns: max(1, columns - 2))
    }

    mutating func settle(rows visible: Int) {
        let items = items(isDense: isDense(visible))
        let place = items.firstIndex { if case .row(let row, _) = $0 { row.id == selected } else { false } } ?? 0
        // The first row of a section shows its heading too.
        var first = place
        while first > 0, place - first < 2 {
            if case .row = items[first - 1] { break }
            first -= 1
        }
        top = scrolled(top, toShow: first, count: items.count, visible: visible)
        top = scrolled(top, toShow: place, count: items.count, visible: visible)
    }

    // MARK: Drawing

    func draw(on canvas: inout Canvas, in place: Rect) {
        let items = items(isDense: isDense(place.rows))
        let columns = sections.map { self.columns(of: alignsSections ? rows : $0.rows, in: place) }
        for (offset, item) in items.dropFirst(top).prefix(place.rows).enumerated() {
            let row = place.row + offset
            switch item {
            case .blank: break
            case .heading(let title):
                canvas.put(
                    onOneLine(title), row: row, column: place.column, columns: place.columns,
                    style: Style(.secondary, bold: true))
            case .line(let text):
                canvas.put(
                    onOneLine(text), row: row, column: place.column + 2, columns: place.columns - 2,
                    style: Style(.secondary, italic: true))
            case .row(let listed, let section):
                draw(listed, on: &canvas, row: row, in: place, columns[section])
            }
        }
    }

    private func columns(of rows: [Row], in place: Rect) -> Columns {
        let widest = rows.map { Studio.columns(of: shownTitle(of: $0)) }.max() ?? 0
        let most = max(8, (place.columns - 2) * (place.columns >= 60 ? 55 : 70) / 100)
        var columns = Columns(title: min(widest, most))
        for row in rows where row.cells.count > 1 {
            for (index, cell) in row.cells.enumerated() {
                if index == columns.cells.count { columns.cells.append(0) }
                columns.cells[index] = max(columns.cells[index], Studio.columns(of: cell))
            }
        }
        return columns
    }

    private func shownTitle(of row: Row) -> String { onOneLine(row.title) + (row.isMarked ? "  ✓" : "") }

    private func draw(
        _ listed: Row, on canvas: inout Canvas, row: Int, in place: Rect, _ columns: Columns
    ) {
        let isSelected = listed.id == selected
        let style = isSelected ? Style(.accent, bold: true) : .plain
        if isSelected { canvas.put("›", row: row, column: place.column, columns: 1, style: style) }
        let width = listed.cells.isEmpty ? place.columns - 2 : columns.title
        canvas.put(
            clipped(shownTitle(of: listed), columns: width), row: row, column: place.column + 2, columns: width,
            style: style)
        var column = place.column + 2 + columns.title + 2
        let end = place.endColumn
        if let fraction = listed.fraction, end - column >= 16 {
            let bar = meter(fraction, cells: 8)
            column += canvas.put(bar, row: row, column: column, columns: end - column, style: Style(.accent)) + 1
        }
        let cellStyle = listed.isFailure ? Style(.warning) : Style.quiet
        for (index, cell) in listed.cells.enumerated() where end - column >= 3 {
            let isSingle = listed.cells.count == 1
            let wide = isSingle ? end - column : columns.cells[index]
            if wide == 0 { continue }
            let text = clipped(onOneLine(cell), columns: min(wide, end - column))
            let shown = !isSingle && rightAligned.contains(index) ? paddedLeft(text, columns: wide) : text
            canvas.put(shown, row: row, column: column, columns: end - column, style: cellStyle)
            column += wide + 2
        }
    }

    /// Draws the selected row's note under a rule.
    func drawNote(on canvas: inout Canvas, in place: Rect) {
        guard place.rows > 0, let row = selectedRow, !row.note.isEmpty else { return }
        canvas.rule(row: place.row, column: place.column, columns: place.columns, style: .quiet)
        var lines = noteLines(of: row, columns: place.columns)
        let most = place.rows - 1
        if lines.count > most {
            lines = Array(lines.prefix(most))
            lines[most - 1] = clipped(lines[most - 1] + " …", columns: place.columns - 2)
        }
        for (offset, line) in lines.enumerated() {
            canvas.put(
                line, row: place.row + 1 + offset, column: place.column + 2, columns: place.columns - 2,
                style: row.isFailure ? Style(.failure) : .plain)
        }
    }

    func drawScrollMark(in surroundings: DialogSurroundings, _ place: Rect, on canvas: inout Canvas, edgeRow: Int) {
        surroundings.drawScrollMark(
            top: top, count: items(isDense: isDense(place.rows)).count, inside: place, on: &canvas, row: edgeRow)
    }
}
