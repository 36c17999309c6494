import Generation

// What stands in front of the panes: one thin frame with a title, or the whole body where there is little room.

extension StudioState {
    // MARK: Places

    /// The inside of a dialog that would like so many rows and columns.
    func dialogPlace(rows: Int, columns: Int) -> Rect {
        let body = layout.body
        let isFramed = body.rows >= 6 && body.columns >= 30
        let width = min(body.columns, columns + (isFramed ? 4 : 2))
        let height = min(body.rows, rows + (isFramed ? 2 : 1))
        let row = body.row + max(0, (body.rows - height) / 3)
        let column = body.column + max(0, (body.columns - width) / 2)
        let outer = Rect(row: row, column: column, rows: height, columns: width)
        return isFramed
            ? outer.inset(left: 2, right: 2, top: 1, bottom: 1) : outer.inset(left: 1, right: 1, top: 1)
    }

    var isDialogFramed: Bool { layout.body.rows >= 6 && layout.body.columns >= 30 }

    /// Clears a dialog's place and draws its frame and title.
    func drawPanel(_ title: String, inside: Rect, on canvas: inout Canvas) {
        let style = quiet
        let titleStyle = Style(.accent, bold: true)
        guard isDialogFramed else {
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
            canvas.rule(row: row, column: outer.column + 1, columns: outer.columns - 2, style: style)
        }
        canvas.verticalRule(column: outer.column, rows: outer.row + 1..<outer.endRow - 1, style: style)
        canvas.verticalRule(column: outer.endColumn - 1, rows: outer.row + 1..<outer.endRow - 1, style: style)
        let corners = [
            ("┌", outer.row, outer.column), ("┐", outer.row, outer.endColumn - 1),
            ("└", outer.endRow - 1, outer.column), ("┘", outer.endRow - 1, outer.endColumn - 1),
        ]
        for (sign, row, column) in corners { canvas.put(sign, row: row, column: column, columns: 1, style: style) }
        canvas.put(
            " \(title) ", row: outer.row, column: outer.column + 2, columns: outer.columns - 4, style: titleStyle)
    }

    /// `↓ 12 more` in the lower edge of a dialog's frame.
    func drawScrollMark(top: Int, count: Int, inside: Rect, on canvas: inout Canvas) {
        let below = count - top - inside.rows
        guard below > 0 || top > 0 else { return }
        var text = " "
        if top > 0 { text += "↑ \(top) " }
        if below > 0 { text += "↓ \(below) more " }
        let row = isDialogFramed ? inside.endRow : inside.row - 1
        canvas.putRight(text, row: row, endColumn: inside.endColumn, columns: text.count, style: quiet)
    }

    // MARK: Drawing

    func drawDialog(on canvas: inout Canvas, _ layout: ScreenLayout) {
        switch dialog {
        case .help(let context, let top): drawHelp(of: context, top: top, on: &canvas)
        case .palette(let palette): draw(palette, on: &canvas)
        case .list(let list): draw(list, on: &canvas)
        case .parameters(let parameters): draw(parameters, on: &canvas)
        case .export(let export): draw(export, on: &canvas)
        case .path(let path): draw(path, on: &canvas)
        case .confirm(let confirm): draw(confirm, on: &canvas)
        case .message(let title, let text, let top): drawMessage(title, text, top: top, on: &canvas)
        case nil: break
        }
    }

    // MARK: Palette

    private var paletteWanted: Int { Action.allCases.count { $0.isCommand } + 1 }

    var paletteRows: Int { max(1, dialogPlace(rows: min(paletteWanted, 18), columns: 64).rows - 1) }

    private func draw(_ palette: PaletteDialog, on canvas: inout Canvas) {
        let inside = dialogPlace(rows: min(paletteWanted, 18), columns: 64)
        drawPanel("Commands", inside: inside, on: &canvas)
        canvas.put("▏", row: inside.row, column: inside.column, columns: 1, style: Style(.accent))
        drawLine(
            palette.input, on: &canvas, row: inside.row, column: inside.column + 1, columns: inside.columns - 1,
            showsCursor: true)
        let found = paletteActions(palette)
        if found.isEmpty {
            canvas.put(
                "No command has these letters.", row: inside.row + 1, column: inside.column + 2,
                columns: inside.columns - 2, style: quiet)
        }
        var list = inside
        list.row += 1
        list.rows -= 1
        for offset in 0..<max(0, list.rows) {
            let index = palette.top + offset
            guard found.indices.contains(index) else { break }
            let key = KeyTable.key(for: found[index], in: palette.context)?.label ?? ""
            drawRow(
                found[index].title, detail: key, isSelected: index == palette.selected, on: &canvas,
                row: list.row + offset, list, detailStyle: Style(.accent))
        }
        drawScrollMark(top: palette.top, count: found.count, inside: list, on: &canvas)
    }

    /// A row of a dialog's list: mark, title, and at the right its key or detail.
    private func drawRow(
        _ title: String, detail: String, isSelected: Bool, on canvas: inout Canvas, row: Int, _ place: Rect,
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

    // MARK: Lists

    private func listPlace(of list: ListDialog) -> Rect {
        let widest = list.rows.map { columns(of: $0.title) + columns(of: $0.detail) + 9 }.max() ?? 0
        return dialogPlace(rows: max(1, list.rows.count), columns: max(40, min(80, widest)))
    }

    func listDialogRows(_ list: ListDialog) -> Int { max(1, listPlace(of: list).rows) }

    private func draw(_ list: ListDialog, on canvas: inout Canvas) {
        let inside = listPlace(of: list)
        drawPanel(list.title, inside: inside, on: &canvas)
        if list.rows.isEmpty {
            let text = list.purpose == .model ? "Looking for models…" : "Nothing to choose from."
            canvas.put(text, row: inside.row, column: inside.column + 2, columns: inside.columns - 2, style: quiet)
        }
        for offset in 0..<inside.rows {
            let index = list.top + offset
            guard list.rows.indices.contains(index) else { break }
            let isUsed = list.purpose == .model && list.rows[index].value == modelName
            drawRow(
                list.rows[index].title + (isUsed ? "  ✓" : ""), detail: list.rows[index].detail,
                isSelected: index == list.selected, on: &canvas, row: inside.row + offset, inside,
                detailStyle: quiet)
        }
        drawScrollMark(top: list.top, count: list.rows.count, inside: inside, on: &canvas)
    }

    // MARK: Export and file

    private func draw(_ export: ExportDialog, on canvas: inout Canvas) {
        let problem = export.failure.map { wrappedLines($0, columns: max(1, min(62, size.columns - 6))) } ?? []
        let inside = dialogPlace(rows: 3 + (problem.isEmpty ? 0 : problem.count + 1), columns: 64)
        drawPanel(export.isExporting ? "Export · writing…" : "Export", inside: inside, on: &canvas)
        let scope = export.choices.indices.contains(export.choice) ? export.choices[export.choice].title : ""
        let values = [("What", scope), ("Format", export.format.title), ("File", "")]
        for (index, value) in values.enumerated() where index < inside.rows {
            let row = inside.row + index
            let isSelected = export.selected.rawValue == index
            let style = isSelected ? Style(.accent, bold: true) : quiet
            if isSelected { canvas.put("›", row: row, column: inside.column, columns: 1, style: style) }
            canvas.put(value.0, row: row, column: inside.column + 1, columns: 8, style: style)
            let column = inside.column + 9
            if index == ExportDialog.Row.path.rawValue {
                drawLine(
                    export.path, on: &canvas, row: row, column: column, columns: inside.endColumn - column,
                    showsCursor: isSelected)
            } else {
                canvas.put("← \(value.1) →", row: row, column: column, columns: inside.endColumn - column)
            }
        }
        for (index, line) in problem.enumerated() where 4 + index < inside.rows {
            canvas.put(
                line, row: inside.row + 4 + index, column: inside.column + 1, columns: inside.columns - 1,
                style: Style(.failure))
        }
        if !problem.isEmpty && inside.rows <= 4 {
            canvas.put(
                problem.joined(separator: " "), row: inside.endRow - 1, column: inside.column,
                columns: inside.columns, style: Style(.failure))
        }
    }

    private func draw(_ path: PathDialog, on canvas: inout Canvas) {
        let problem = path.failure.map { wrappedLines($0, columns: max(1, min(60, size.columns - 6))) } ?? []
        let inside = dialogPlace(rows: 1 + problem.count, columns: 62)
        drawPanel(path.isLoading ? "Load a file · reading…" : "Load a file", inside: inside, on: &canvas)
        canvas.put("▏", row: inside.row, column: inside.column, columns: 1, style: Style(.accent))
        if path.input.isEmpty {
            canvas.put(
                "~/notes/article.txt", row: inside.row, column: inside.column + 1, columns: inside.columns - 1,
                style: Style(.secondary, dim: true, italic: true))
        }
        drawLine(
            path.input, on: &canvas, row: inside.row, column: inside.column + 1, columns: inside.columns - 1,
            showsCursor: true)
        for (index, line) in problem.enumerated() where index + 1 < inside.rows {
            canvas.put(
                line, row: inside.row + 1 + index, column: inside.column, columns: inside.columns,
                style: Style(.failure))
        }
    }

    // MARK: Questions and messages

    private func draw(_ confirm: ConfirmDialog, on canvas: inout Canvas) {
        let lines = wrappedLines(confirm.question, columns: max(1, min(56, size.columns - 6)))
        let inside = dialogPlace(rows: lines.count + 2, columns: 58)
        drawPanel(confirm.title, inside: inside, on: &canvas)
        // The answers matter most: they keep the last row however little room there is.
        for (index, line) in lines.enumerated() where index < inside.rows - 1 {
            canvas.put(line, row: inside.row + index, column: inside.column, columns: inside.columns)
        }
        var column = inside.column
        for (index, option) in confirm.options.enumerated() {
            let isSelected = index == confirm.selected
            let style = isSelected ? Style(.accent, bold: true, reverse: true) : .plain
            let text = " \(option.key) \(option.title) "
            column += canvas.put(
                text, row: inside.endRow - 1, column: column, columns: inside.endColumn - column, style: style)
            column += 1
        }
    }

    func messageLines(_ text: String) -> [String] { wrappedLines(text, columns: max(1, min(72, size.columns - 6))) }

    private func drawMessage(_ title: String, _ text: String, top: Int, on canvas: inout Canvas) {
        let lines = messageLines(text)
        let inside = dialogPlace(rows: lines.count, columns: 74)
        drawPanel(title, inside: inside, on: &canvas)
        for (offset, line) in lines.dropFirst(top).prefix(inside.rows).enumerated() {
            canvas.put(line, row: inside.row + offset, column: inside.column, columns: inside.columns)
        }
        drawScrollMark(top: top, count: lines.count, inside: inside, on: &canvas)
    }
}
