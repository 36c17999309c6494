import Generation
import Text

// The drawing of one variant in the whole Draft pane, to read it or to edit it.

extension DraftPane {
    func drawReader(on canvas: inout Canvas, in surroundings: PaneSurroundings) {
        guard let generation = shownGeneration, let variant = selectedVariant else { return }
        let inner = surroundings.place.inset(left: 1, right: 1)
        drawRule(
            of: generation.selected, in: generation, on: &canvas, row: inner.row, inner,
            textRows: readerRows(in: surroundings), top: readerTop, isSelected: surroundings.isFocused, surroundings)
        for line in 0..<max(0, inner.rows - 1) {
            let index = readerTop + line
            guard index < variant.layout.rows.count else { break }
            canvas.put(
                variant.layout.glyphs(inRow: index), row: inner.row + 1 + line, column: inner.column + 1,
                columns: inner.columns - 1)
        }
    }

    func drawEdit(_ edit: EditSession, on canvas: inout Canvas, in surroundings: PaneSurroundings) {
        let inner = surroundings.place.inset(left: 1, right: 1)
        let layout = edit.editor.layout(columns: textColumns(in: surroundings))
        let cursor = layout.position(of: edit.editor.cursor)
        drawEditRule(edit, layout, on: &canvas, row: inner.row, inner)
        for line in 0..<max(0, inner.rows - 1) {
            let index = edit.top + line
            guard layout.rows.indices.contains(index) else { break }
            let row = inner.row + 1 + line
            canvas.put(
                layout.glyphs[layout.rows[index]], row: row, column: inner.column + 1, columns: inner.columns - 1)
            if index == cursor.row && surroundings.hasCursor {
                canvas.setCursor(row: row, column: inner.column + 1 + cursor.column)
            }
        }
    }

    private func drawEditRule(
        _ edit: EditSession, _ layout: EditorLayout, on canvas: inout Canvas, row: Int, _ place: Rect
    ) {
        canvas.rule(row: row, column: place.column, columns: place.columns, style: Style(.accent))
        canvas.put("›", row: row, column: place.column, columns: 1, style: Style(.accent, bold: true))
        var column = place.column + 1
        func add(_ text: String, _ style: Style) {
            guard column + 2 < place.endColumn else { return }
            column += canvas.put(" \(text) ", row: row, column: column, columns: place.endColumn - column, style: style)
            column += 1
        }
        add(Variant.letter(edit.variant), Style(.accent, bold: true))
        add(edit.editor.isChanged ? "editing · changed" : "editing", Style(.accent))
        let limits = generation(edit.generation)?.request.limits ?? LengthLimits()
        let length = LengthMeter(RunningLength(edit.editor.characters), limits: limits) { edit.editor.text }
        if let text = length.text(hasBar: place.columns >= 60) {
            add(text, length.isOver ? Style(.failure) : .quiet)
        }
        let line = layout.line(of: edit.editor.cursor)
        let text = " line \(line.number) of \(line.count) "
        if column + text.count < place.endColumn {
            canvas.putRight(text, row: row, endColumn: place.endColumn - 1, columns: text.count, style: .quiet)
        }
    }
}
