import Generation

// Two variants side by side: the words in which they differ underlined, the words that both have dim.

/// Two variants as they were when the comparison was opened.
struct Comparison: Sendable {
    let left: Int
    let right: Int
    private let difference: WordDifference
    private let texts: (left: [Character], right: [Character])
    private var leftLayout: EditorLayout
    private var rightLayout: EditorLayout

    init(left: Int, right: Int, of generation: OpenGeneration, columns: Int) {
        self.left = left
        self.right = right
        let leftText = generation.variants[left].text
        let rightText = generation.variants[right].text
        difference = WordDifference(leftText, rightText)
        texts = (Array(leftText), Array(rightText))
        leftLayout = EditorLayout(texts.left, columns: columns + 1)
        rightLayout = EditorLayout(texts.right, columns: columns + 1)
    }

    mutating func setColumns(_ columns: Int) {
        guard leftLayout.columns != columns + 1 else { return }
        leftLayout = EditorLayout(texts.left, columns: columns + 1)
        rightLayout = EditorLayout(texts.right, columns: columns + 1)
    }

    /// The rows of the longer side.
    var rowCount: Int { max(leftLayout.rows.count, rightLayout.rows.count) }

    /// Columns of each side in a pane of so many.
    static func columns(ofPane columns: Int) -> Int { max(1, (columns - 5) / 2) }

    enum Side: CaseIterable {
        case left, right
    }

    func index(of side: Side) -> Int { side == .left ? left : right }

    func draw(
        _ side: Side, row: Int, on canvas: inout Canvas, at screenRow: Int, column: Int, columns limit: Int
    ) {
        let layout = side == .left ? leftLayout : rightLayout
        let differs = side == .left ? difference.left : difference.right
        guard layout.rows.indices.contains(row) else { return }
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

extension DraftPane {
    func drawComparison(_ comparison: Comparison, on canvas: inout Canvas, in surroundings: PaneSurroundings) {
        guard let generation = shownGeneration else { return }
        let place = surroundings.place
        let columns = Comparison.columns(ofPane: place.columns)
        canvas.verticalRule(column: place.column + columns + 2, rows: place.row..<place.endRow)
        for side in Comparison.Side.allCases {
            let column = place.column + (side == .left ? 1 : columns + 4)
            let head = Rect(row: place.row, column: column, rows: 1, columns: columns)
            drawRule(
                of: comparison.index(of: side), in: generation, on: &canvas, row: place.row, head,
                textRows: readerRows(in: surroundings), top: 0,
                isSelected: comparison.index(of: side) == comparison.left, surroundings)
            for line in 0..<max(0, place.rows - 1) {
                comparison.draw(
                    side, row: readerTop + line, on: &canvas, at: place.row + 1 + line, column: column,
                    columns: columns)
            }
        }
    }
}
