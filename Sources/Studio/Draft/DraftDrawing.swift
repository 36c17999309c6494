import Generation

// The Draft pane: the form above, the variants below; or one variant to read, to edit, or two to compare.

extension StudioState {
    func drawDraft(on canvas: inout Canvas) {
        let surroundings = surroundings(of: .draft)
        switch draft.mode {
        case .reader: return draft.drawReader(on: &canvas, in: surroundings)
        case .edit(let edit): return draft.drawEdit(edit, on: &canvas, in: surroundings)
        case .compare(let comparison): return draft.drawComparison(comparison, on: &canvas, in: surroundings)
        case .overview: break
        }
        if draft.chat != nil { return drawChat(on: &canvas) }
        let geometry = draft.geometry(in: surroundings)
        if draft.form != nil { drawForm(on: &canvas, geometry) }
        if let generation = shownGeneration {
            draft.drawVariants(of: generation, on: &canvas, geometry, in: surroundings)
        } else {
            drawHint(on: &canvas, in: geometry.variants.inset(left: 1))
        }
    }

    private func drawHint(on canvas: inout Canvas, in place: Rect) {
        guard let form = draft.form else {
            let open = KeyTable.label(.openTemplate, in: .templates)
            let generate = KeyTable.label(.generate, in: .field)
            let isAlone = layout.panes[.templates] == nil
            let text =
                modelFailure
                ?? (isAlone
                    ? "Nothing is open. \(KeyTable.label(.showTemplates, in: .variants)) goes to the templates: choose "
                        + "one with ↑ ↓ and press \(open); then \(generate) writes."
                    : "Choose a template with ↑ ↓ and press \(open); then \(generate) writes. "
                        + "\(KeyTable.label(.help, in: .templates)) shows every key.")
            return drawParagraph(text, on: &canvas, in: place.inset(top: min(1, max(0, place.rows - 3))))
        }
        let count = form.variantCount
        let generate = KeyTable.label(.generate, in: .field)
        var text =
            form.template?.isPersona == true
            ? "\(generate) begins the conversation."
            : "\(generate) writes \(count) \(count == 1 ? "variant" : "variants")."
        if can(.fillExamples) {
            text += " \(KeyTable.label(.fillExamples, in: .field)) fills the empty fields with their examples."
        }
        if form.template == nil {
            text +=
                " \(KeyTable.label(.toggleRaw, in: .field)): \(form.isRaw ? "raw, the text is continued" : "chat, it is answered")."
        }
        let top = place.rows >= 4 ? 1 : 0
        drawParagraph(text, on: &canvas, in: place.inset(top: top))
        if let summary = form.template?.summary, place.rows > 8 {
            let used = wrappedLines(text, columns: max(1, place.columns)).count
            drawParagraph(
                summary, on: &canvas, in: place.inset(top: top + used + 1), style: Style(.secondary, italic: true))
        }
    }

    // MARK: Form

    private func drawForm(on canvas: inout Canvas, _ geometry: DraftGeometry) {
        guard let form = draft.form else { return }
        let place = geometry.form
        for rows in geometry.fields {
            for line in 0..<rows.rows {
                let offset = rows.top + line - form.top
                guard offset >= 0, offset < place.rows else { continue }
                drawField(rows, line: line, of: form, on: &canvas, row: place.row + offset, geometry)
            }
        }
        let below = geometry.formContentRows - form.top - place.rows
        if below > 0, place.rows > 0 {
            canvas.putRight(
                "↓ \(below)", row: place.endRow - 1, endColumn: place.endColumn, columns: 6, style: quiet)
        }
    }

    private func drawField(
        _ rows: DraftGeometry.FieldRows, line: Int, of form: Form, on canvas: inout Canvas, row: Int,
        _ geometry: DraftGeometry
    ) {
        let field = form.fields[rows.field]
        let editor = form.editors[rows.field]
        let isActive = focus == .draft && draft.part == .form && form.focused == rows.field
        let column = geometry.form.column
        let valueColumn = column + geometry.labelColumns
        var valueColumns = geometry.valueColumns(geometry.form.columns)
        if line == 0 {
            let style = isActive ? Style(.accent, bold: true) : quiet
            if isActive { canvas.put("›", row: row, column: column, columns: 1, style: style) }
            canvas.put(
                onOneLine(field.label), row: row, column: column + 1, columns: geometry.labelColumns - 2, style: style)
        } else if line == 1 && isActive {
            let place = editor.layout(columns: valueColumns).line(of: editor.cursor)
            let texts = ["line \(place.number) of \(place.count)", "\(place.number)/\(place.count)"]
            canvas.put(
                texts.first { $0.count <= geometry.labelColumns - 2 } ?? "\(place.number)", row: row,
                column: column + 1, columns: geometry.labelColumns - 2, style: quiet)
        }
        let isFromBrand = form.isFromBrand(rows.field)
        if line == 1 && !isActive && isFromBrand {
            canvas.put(Self.brandMark, row: row, column: column + 1, columns: geometry.labelColumns - 2, style: quiet)
        }
        let showsCursor = isActive && dialog == nil
        if field.kind == .multiline && !editor.isEmpty {
            drawLines(
                of: editor, line: line, rows: rows.rows, on: &canvas, row: row, column: valueColumn,
                columns: valueColumns, showsCursor: showsCursor)
            return
        }
        guard line == 0 else { return }
        if let problem = form.shownProblem(ofField: rows.field, isTyping: isActive) {
            valueColumns -= drawProblem(problem, on: &canvas, row: row, column: valueColumn, columns: valueColumns)
        }
        if isFromBrand && valueColumns >= 30 {
            let mark = Self.brandMark
            canvas.putRight(mark, row: row, endColumn: valueColumn + valueColumns, columns: mark.count, style: quiet)
            valueColumns -= mark.count + 2
        }
        if editor.isEmpty {
            drawEmptyValue(of: field, on: &canvas, row: row, column: valueColumn, columns: valueColumns)
            if showsCursor { canvas.setCursor(row: row, column: valueColumn) }
        } else if field.kind == .choice && !field.choices.isEmpty {
            drawLine(
                editor, on: &canvas, row: row, column: valueColumn, columns: valueColumns - 2,
                showsCursor: showsCursor && field.isOpen, style: isActive ? Style(bold: true) : .plain)
            let used = min(columns(of: editor.text), max(0, valueColumns - 2))
            canvas.put(
                "▾", row: row, column: valueColumn + used + 1, columns: 1, style: isActive ? Style(.accent) : quiet)
            if showsCursor && !field.isOpen { canvas.setCursor(row: row, column: valueColumn) }
        } else {
            drawLine(
                editor, on: &canvas, row: row, column: valueColumn, columns: valueColumns, showsCursor: showsCursor)
        }
    }

    /// Beside a value that the writer's brand filled in.
    private static let brandMark = "brand"

    private func drawEmptyValue(
        of field: TemplateItem.Field, on canvas: inout Canvas, row: Int, column: Int, columns limit: Int
    ) {
        let note = field.mayBeEmpty ? "" : "required"
        let noteColumns = note.isEmpty || limit < 30 ? 0 : note.count + 2
        // A field that is left empty takes its default.
        let example = onOneLine(field.defaultValue.isEmpty ? field.example : field.defaultValue)
        let text = example.isEmpty ? "—" : example
        let mark = field.kind == .choice && !field.choices.isEmpty ? " ▾" : ""
        let style = Style(.secondary, dim: true, italic: true)
        canvas.put(
            clipped(text, columns: limit - noteColumns - mark.count) + mark, row: row, column: column,
            columns: limit - noteColumns, style: style)
        if noteColumns > 0 {
            canvas.putRight(note, row: row, endColumn: column + limit, columns: note.count, style: Style(.warning))
        }
    }

    /// Draws the mark of a problem at the end of a value, with a few words if there is room.
    /// - Returns: its width in columns, including the gap before it.
    private func drawProblem(
        _ problem: FieldProblem, on canvas: inout Canvas, row: Int, column: Int, columns limit: Int
    ) -> Int {
        let words = "! \(shortWords(for: problem))"
        let note = limit >= columns(of: words) + 12 ? words : "!"
        canvas.putRight(note, row: row, endColumn: column + limit, columns: columns(of: note), style: Style(.warning))
        return min(limit, columns(of: note) + 2)
    }

    private func shortWords(for problem: FieldProblem) -> String {
        switch problem {
        case .missing: "required"
        case .notAChoice: "not a choice"
        case .notANumber: "not a number"
        case .outOfRange(_, let isTooLarge, let minimum, let maximum):
            (isTooLarge ? maximum : minimum).map { "\(isTooLarge ? "at most" : "at least") \(FieldNumber.text($0))" }
                ?? ""
        }
    }

    private func drawLines(
        of editor: TextEditor, line: Int, rows: Int, on canvas: inout Canvas, row: Int, column: Int,
        columns limit: Int, showsCursor: Bool
    ) {
        let layout = editor.layout(columns: limit)
        let cursor = layout.position(of: editor.cursor)
        let top = showsCursor || focus == .draft ? max(0, min(cursor.row - rows + 1, layout.rows.count - rows)) : 0
        let index = top + line
        guard layout.rows.indices.contains(index) else { return }
        canvas.put(layout.glyphs[layout.rows[index]], row: row, column: column, columns: limit)
        if line == rows - 1 && index + 1 < layout.rows.count {
            canvas.put("…", row: row, column: column + limit, columns: 1, style: quiet)
        }
        if showsCursor && index == cursor.row { canvas.setCursor(row: row, column: column + cursor.column) }
    }
}
