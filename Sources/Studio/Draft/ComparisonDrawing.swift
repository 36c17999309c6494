import Generation

// Two variants side by side: the words in which they differ underlined, the same words dim.

extension StudioState {
    /// Columns of each side of a comparison.
    var comparisonColumns: Int { max(1, (place(of: .draft).columns - 5) / 2) }

    /// The rows that the longer side of a comparison takes.
    func comparisonRowCount(_ comparison: Comparison) -> Int {
        max(comparison.leftLayout.rows.count, comparison.rightLayout.rows.count)
    }

    func drawComparison(_ comparison: Comparison, on canvas: inout Canvas, in place: Rect) {
        guard let generation = shownGeneration else { return }
        let columns = comparisonColumns
        let sides = [
            (comparison.left, comparison.leftLayout, comparison.difference.left, place.column + 1),
            (comparison.right, comparison.rightLayout, comparison.difference.right, place.column + columns + 4),
        ]
        canvas.verticalRule(column: place.column + columns + 2, rows: place.row..<place.endRow)
        for (index, layout, differs, column) in sides {
            let head = Rect(row: place.row, column: column, rows: 1, columns: columns)
            drawRule(
                of: index, in: generation, on: &canvas, row: place.row, head, textRows: readerRows,
                top: 0, isSelected: index == comparison.left)
            for line in 0..<max(0, place.rows - 1) {
                let row = draft.readerTop + line
                guard layout.rows.indices.contains(row) else { break }
                draw(layout, row: row, differs, on: &canvas, at: place.row + 1 + line, column: column, columns: columns)
            }
        }
    }

    private func draw(
        _ layout: EditorLayout, row: Int, _ differs: [Bool], on canvas: inout Canvas, at screenRow: Int, column: Int,
        columns limit: Int
    ) {
        var used = 0
        for index in layout.rows[row] {
            let width = Int(layout.glyphs[index].width)
            if used + width > limit { return }
            let isOther = differs.indices.contains(index) && differs[index]
            let style = isOther ? Style(.accent, underline: true) : Style(.secondary, dim: true)
            canvas.put(
                layout.glyphs[index...index], row: screenRow, column: column + used, columns: width, style: style)
            used += width
        }
    }
}
