import Generation

// The facts of the studio that a dialog may see, and the frame that every dialog has.
// - On a small screen a dialog has no frame: its title and its rows take the whole width.

/// The room for a dialog, and the few facts of the studio that a dialog may need.
struct DialogSurroundings: Sendable {
    let size: ScreenSize
    /// The rows between title and bottom rule, over all panes.
    let body: Rect
    private let studio: StudioState

    init(_ studio: StudioState) {
        size = studio.size
        body = studio.layout.body
        self.studio = studio
    }

    var modelName: String { studio.modelName }
    var modelSections: [SectionList.Section] { studio.modelSections }
    var serverNames: [String] { studio.servers.map(\.name) }
    var downloadSections: [SectionList.Section] { studio.downloadSections }
    /// Why nothing can be downloaded, or why the last model could not be looked up.
    var downloadProblem: String? { studio.downloadProblem }
    /// Why the last model that was named could not be looked up or opened.
    var lookUpProblem: String? { studio.downloads.problem }

    var runs: Runs { studio.runs }
    var learnings: KnownLearnings { studio.learnings }
    /// True if the terminal shows ASCII characters alone.
    var isASCII: Bool { studio.appearance.ascii }

    /// True if an export has not started because an earlier one is being written.
    func isWaiting(_ request: ExportRequest) -> Bool {
        studio.exports.dropFirst().contains { $0.work == .export(request) && !$0.hasStarted }
    }

    /// The commands that can be carried out now.
    var commands: [Action] { Action.allCases.filter { $0.isCommand && studio.can($0) } }

    var isFramed: Bool { body.rows >= 6 && body.columns >= 30 }

    /// The inside of a dialog that would like so many rows and columns.
    func place(rows: Int, columns: Int) -> Rect {
        let width = min(body.columns, columns + (isFramed ? 4 : 2))
        let height = min(body.rows, rows + (isFramed ? 2 : 1))
        let row = body.row + max(0, (body.rows - height) / 3)
        let column = body.column + max(0, (body.columns - width) / 2)
        let outer = Rect(row: row, column: column, rows: height, columns: width)
        return isFramed
            ? outer.inset(left: 2, right: 2, top: 1, bottom: 1) : outer.inset(left: 1, right: 1, top: 1)
    }

    /// The columns of a long list.
    var listColumns: Int { size.columns >= 120 ? 96 : 76 }

    /// A sentence wrapped for a dialog of at most so many columns.
    func lines(of text: String, columns: Int) -> [String] {
        wrappedLines(text, columns: max(1, min(columns, size.columns - 6)))
    }

    // MARK: Drawing

    /// Clears a dialog's place and draws its frame and title.
    func drawPanel(_ title: String, inside: Rect, on canvas: inout Canvas) {
        let titleStyle = Style(.accent, bold: true)
        guard isFramed else {
            canvas.panelEndRow = inside.endRow
            canvas.clear(Rect(row: inside.row - 1, column: 0, rows: inside.rows + 1, columns: size.columns))
            canvas.put(title, row: inside.row - 1, column: 1, columns: size.columns - 2, style: titleStyle)
            return
        }
        let outer = Rect(
            row: inside.row - 1, column: inside.column - 2, rows: inside.rows + 2, columns: inside.columns + 4)
        canvas.panelEndRow = outer.endRow
        canvas.clear(outer)
        for row in [outer.row, outer.endRow - 1] {
            canvas.rule(row: row, column: outer.column + 1, columns: outer.columns - 2, style: .quiet)
        }
        canvas.verticalRule(column: outer.column, rows: outer.row + 1..<outer.endRow - 1, style: .quiet)
        canvas.verticalRule(column: outer.endColumn - 1, rows: outer.row + 1..<outer.endRow - 1, style: .quiet)
        let corners = [
            ("┌", outer.row, outer.column), ("┐", outer.row, outer.endColumn - 1),
            ("└", outer.endRow - 1, outer.column), ("┘", outer.endRow - 1, outer.endColumn - 1),
        ]
        for (sign, row, column) in corners { canvas.put(sign, row: row, column: column, columns: 1, style: .quiet) }
        canvas.put(
            " \(title) ", row: outer.row, column: outer.column + 2, columns: outer.columns - 4, style: titleStyle)
    }

    /// `↑ 3 ↓ 12 more` in the lower edge of the frame, or beside the title if there is no frame.
    func drawScrollMark(top: Int, count: Int, inside: Rect, on canvas: inout Canvas) {
        drawScrollMark(
            top: top, count: count, inside: inside, on: &canvas, row: isFramed ? inside.endRow : inside.row - 1)
    }

    /// The same in a row of the dialog's own.
    func drawScrollMark(top: Int, count: Int, inside: Rect, on canvas: inout Canvas, row: Int) {
        let below = count - top - inside.rows
        guard below > 0 || top > 0 else { return }
        var text = " "
        if top > 0 { text += "↑ \(top) " }
        if below > 0 { text += "↓ \(below) more " }
        canvas.putRight(text, row: row, endColumn: inside.endColumn, columns: text.count, style: .quiet)
    }
}

/// A row of a dialog's list: mark, title, and at the right its key or detail.
func drawListRow(
    _ title: String, detail: String, isSelected: Bool, on canvas: inout Canvas, row: Int, in place: Rect,
    detailStyle: Style
) {
    let style = isSelected ? Style(.accent, bold: true) : .plain
    if isSelected { canvas.put("›", row: row, column: place.column, columns: 1, style: style) }
    let used = canvas.put(
        onOneLine(title), row: row, column: place.column + 2, columns: place.columns - 2, style: style)
    let free = place.columns - used - 5
    if free >= 3 {
        let text = clipped(onOneLine(detail), columns: free)
        canvas.putRight(text, row: row, endColumn: place.endColumn, columns: free, style: detailStyle)
    }
}
