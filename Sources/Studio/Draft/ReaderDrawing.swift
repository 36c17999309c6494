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
        let rows = variant.cardRows
        for line in 0..<max(0, inner.rows - 1) {
            let index = readerTop + line
            guard rows.indices.contains(index) else { break }
            draw(
                rows[index], of: variant, on: &canvas, row: inner.row + 1 + line, column: inner.column + 1,
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
        let length = meter(of: edit)
        if let text = length.meter.text(hasBar: place.columns >= 60) {
            add(length.name + text, length.meter.isOver ? Style(.failure) : .quiet)
        }
        let line = layout.line(of: edit.editor.cursor)
        let text = " line \(line.number) of \(line.count) "
        if column + text.count < place.endColumn {
            canvas.putRight(text, row: row, endColumn: place.endColumn - 1, columns: text.count, style: .quiet)
        }
    }

    /// The length of the text under edit; in a draft of parts, of the part that the cursor is in, with its name.
    private func meter(of edit: EditSession) -> (name: String, meter: LengthMeter) {
        let generation = generation(edit.generation)
        guard let parts = generation?.parts, !parts.isEmpty else {
            let limits = generation?.request.limits ?? LengthLimits()
            return ("", LengthMeter(RunningLength(edit.editor.characters), limits: limits) { edit.editor.text })
        }
        let line = edit.editor.characters.prefix(edit.editor.cursor).count { $0 == "\n" }
        let index = min(line, parts.count - 1)
        let part = DraftPart.split(edit.editor.text, names: parts.map(\.name))[index]
        let meter = LengthMeter(RunningLength(part.text), limits: parts[index].limits) { part.text }
        return (onOneLine(part.name) + " ", meter)
    }
}
