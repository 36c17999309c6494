import Generation

// The drawing of the parameters: the search, one row for each option, and the help on the selected one.
// - A mark stands before a value if it differs from the default (•) or has a problem (✗): colour is never the only sign.
// - The height does not depend on the results of a search, so nothing jumps.

extension ParametersDialog {
    /// The places of the dialog's parts.
    private struct Shares {
        var search: Rect
        var list: Rect
        /// The line between list and explanation; `nil` if there is little room.
        var ruleRow: Int?
        var notes: Rect
    }

    private func place(in surroundings: DialogSurroundings) -> Rect {
        var all = self
        all.clearSearch()
        return surroundings.place(rows: all.items.count + 6, columns: 88)
    }

    private func shares(_ inside: Rect) -> Shares {
        let noteRows = inside.rows >= 14 ? 4 : inside.rows >= 6 ? 2 : inside.rows >= 4 ? 1 : 0
        let ruleRows = inside.rows >= 12 ? 1 : 0
        let searchRows = inside.rows >= 3 ? 1 : 0
        var search = inside
        search.rows = searchRows
        var list = inside
        list.row += searchRows
        list.rows = max(1, inside.rows - searchRows - ruleRows - noteRows)
        var notes = inside
        notes.row = list.endRow + ruleRows
        notes.rows = noteRows
        return Shares(search: search, list: list, ruleRow: ruleRows > 0 ? list.endRow : nil, notes: notes)
    }

    /// Lines of the list that are visible at once.
    func visibleRows(in surroundings: DialogSurroundings) -> Int { shares(place(in: surroundings)).list.rows }

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let inside = place(in: surroundings)
        let shares = shares(inside)
        surroundings.drawPanel("Parameters", inside: inside, on: &canvas)
        if shares.search.rows > 0 { drawSearch(on: &canvas, shares.search) }
        let items = items
        if items.isEmpty {
            canvas.put(
                "No option has these words.", row: shares.list.row, column: shares.list.column + 2,
                columns: shares.list.columns - 2, style: .quiet)
        }
        for offset in 0..<shares.list.rows where items.indices.contains(top + offset) {
            let row = shares.list.row + offset
            switch items[top + offset] {
            case .heading(let title):
                canvas.put(
                    title, row: row, column: shares.list.column + 2, columns: shares.list.columns - 2,
                    style: Style(bold: true))
            case .field(let index): drawField(index, on: &canvas, row: row, shares.list)
            }
        }
        if let row = shares.ruleRow {
            canvas.rule(row: row, column: inside.column, columns: inside.columns)
            surroundings.drawScrollMark(top: top, count: items.count, inside: shares.list, on: &canvas, row: row)
        } else {
            let row = surroundings.isFramed ? inside.endRow : inside.row - 1
            surroundings.drawScrollMark(top: top, count: items.count, inside: shares.list, on: &canvas, row: row)
        }
        if !items.isEmpty { drawNotes(on: &canvas, shares.notes) }
    }

    private func drawSearch(on canvas: inout Canvas, _ place: Rect) {
        if isSearching || !search.isEmpty {
            let style = isSearching ? Style(.accent) : .quiet
            canvas.put("▏", row: place.row, column: place.column, columns: 1, style: style)
            drawLine(
                search, on: &canvas, row: place.row, column: place.column + 1, columns: place.columns - 1,
                showsCursor: isSearching)
            return
        }
        let common = ParametersDialog.fields.count - hiddenFieldCount
        let all = ParametersDialog.fields.count
        let text = showsAll ? "All \(all) options" : "The common \(common) of \(all) options"
        canvas.put(text, row: place.row, column: place.column + 2, columns: place.columns - 2, style: .quiet)
    }

    private var hiddenFieldCount: Int {
        ParametersDialog.fields.count { field in
            if case .option(let option) = field.content { option.group != .common } else { false }
        }
    }

    /// Mark, label, value and a few words on it.
    private func drawField(_ index: Int, on canvas: inout Canvas, row: Int, _ place: Rect) {
        let field = ParametersDialog.fields[index]
        let isSelected = index == selected
        let isTyped = isSelected && !isSearching
        let hasProblem = problem(of: index) != nil
        let style = isSelected ? Style(.accent, bold: true) : .quiet
        if isSelected { canvas.put("›", row: row, column: place.column, columns: 1, style: style) }
        if hasProblem {
            canvas.put("✗", row: row, column: place.column + 1, columns: 1, style: Style(.failure))
        } else if isChanged(index) {
            canvas.put("•", row: row, column: place.column + 1, columns: 1, style: Style(.accent))
        }
        let labelColumns = min(20, max(4, place.columns / 2 - 2))
        canvas.put(field.label, row: row, column: place.column + 2, columns: labelColumns - 1, style: style)
        let column = place.column + 2 + labelColumns
        let editor = editors[index]
        let shortColumns = min(10, max(1, place.endColumn - column))
        // If a value is long, such as a seed or a list, it takes the place of the hint.
        let isLong = columns(of: editor.text) >= shortColumns
        let valueColumns = isLong ? max(1, place.endColumn - column) : shortColumns
        drawLine(
            editor, on: &canvas, row: row, column: column, columns: valueColumns, showsCursor: isTyped,
            style: hasProblem ? Style(.failure) : .plain)
        if editor.isEmpty {
            canvas.put(
                emptyWord(field), row: row, column: column, columns: valueColumns, style: Style(.secondary, dim: true))
        }
        let noteColumn = column + valueColumns + 1
        guard !isLong, place.endColumn - noteColumn >= 8 else { return }
        canvas.put(
            hasProblem ? takes(index) : field.hint, row: row, column: noteColumn,
            columns: place.endColumn - noteColumn, style: hasProblem ? Style(.failure) : .quiet)
    }

    /// The word that an empty row shows.
    private func emptyWord(_ field: ParametersDialog.Field) -> String {
        switch field.content {
        case .seed: "fresh"
        case .variants: ""
        case .option(let option):
            switch option.kind {
            case .text, .texts, .biases: "none"
            case .number, .count, .oneOf, .choice: ""
            }
        }
    }

    // MARK: The selected row

    private func drawNotes(on canvas: inout Canvas, _ place: Rect) {
        guard place.rows > 0 else { return }
        let field = ParametersDialog.fields[selected]
        let problem = problem(of: selected)
        let width = max(1, place.columns - 2)
        var lines: [(text: String, style: Style)] = []
        if place.rows == 1 {
            let text = problem == nil ? shortNote(on: field) : "takes \(takes(selected))"
            lines = [(clipped(text, columns: width), problem == nil ? .plain : Style(.failure))]
        } else if let problem {
            let key = KeyTable.label(.resetParameters, in: .parameters)
            let sentence = "\(problem) Correct the row, or \(key) takes the template’s values."
            lines = wrappedLines(sentence, columns: width).map { ($0, Style(.failure)) }
        } else if place.rows < 4 {
            lines = wrappedLines(field.help, columns: width).map { ($0, .plain) }
        } else {
            lines = wrappedLines(field.help, columns: width).prefix(2).map { ($0, .plain) }
            lines += facts(on: field, columns: width).map { ($0, .quiet) }
        }
        for (offset, line) in lines.prefix(place.rows).enumerated() {
            let isCut = offset == place.rows - 1 && lines.count > place.rows
            canvas.put(
                isCut ? clipped(line.text + "…", columns: width) : line.text, row: place.row + offset,
                column: place.column + 2, columns: width, style: line.style)
        }
    }

    /// The most important words, if there is only one line.
    private func shortNote(on field: ParametersDialog.Field) -> String {
        guard case .option(let option) = field.content, case .texts = option.kind else { return field.hint }
        return "several: one | two · \\n line break"
    }

    /// The option's name, its valid values and its default; for a list, the way to write several items.
    private func facts(on field: ParametersDialog.Field, columns width: Int) -> [String] {
        guard case .option(let option) = field.content else { return [] }
        var facts = [option.name]
        switch option.kind {
        case .number, .count, .oneOf, .choice:
            facts += [option.kind.takes, "default \(option.line(of: option.defaultValue))"]
            if let neutral = option.neutral, neutral != option.defaultValue {
                facts.append("neutral \(option.line(of: neutral))")
            }
            return [facts.joined(separator: " · ")]
        case .text: return ["\(option.name) · on one line: \\n line break · \\\\ backslash"]
        case .texts:
            return [
                "\(option.name) · \(option.kind.takes) · several: one | two",
                "\\n line break · \\| bar · \\\\ backslash · \" x\" keeps the space",
            ]
        case .biases: return ["\(option.name) · \(option.kind.takes)", "several: 42:-5 | 99:1.5"]
        }
    }
}
