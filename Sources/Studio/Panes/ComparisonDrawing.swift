import Generation

// Two variants side by side: the words in which they differ underlined, the same words dim.

/// Which words of two texts are not in their longest common sequence.
struct WordDifference: Sendable {
    /// For each character of the text, whether its word differs.
    private(set) var left: [Bool]
    private(set) var right: [Bool]

    init(_ leftText: String, _ rightText: String) {
        let leftCharacters = Array(leftText)
        let rightCharacters = Array(rightText)
        let leftWords = WordDifference.words(leftCharacters)
        let rightWords = WordDifference.words(rightCharacters)
        left = Array(repeating: false, count: leftCharacters.count)
        right = Array(repeating: false, count: rightCharacters.count)
        let common = WordDifference.common(
            leftWords.map { String(leftCharacters[$0]).lowercased() },
            rightWords.map { String(rightCharacters[$0]).lowercased() })
        for (index, word) in leftWords.enumerated() where !common.left.contains(index) {
            for place in word { left[place] = true }
        }
        for (index, word) in rightWords.enumerated() where !common.right.contains(index) {
            for place in word { right[place] = true }
        }
    }

    private static func words(_ characters: [Character]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for (index, character) in characters.enumerated() {
            let isIdeograph = Glyph(character).kind == .ideograph
            if character.isWhitespace || isIdeograph {
                if let begun = start { words.append(begun..<index) }
                start = nil
                if isIdeograph { words.append(index..<index + 1) }
            } else if start == nil {
                start = index
            }
        }
        if let begun = start { words.append(begun..<characters.count) }
        return words
    }

    /// Indices of the words of the longest common sequence; none where the texts are too long to compare.
    private static func common(_ left: [String], _ right: [String]) -> (left: Set<Int>, right: Set<Int>) {
        guard left.count * right.count <= 9_000_000 else { return ([], []) }
        var numbers: [String: Int] = [:]
        func number(_ word: String) -> Int {
            if let known = numbers[word] { return known }
            numbers[word] = numbers.count
            return numbers.count - 1
        }
        let leftNumbers = left.map(number)
        let rightNumbers = right.map(number)
        let width = right.count + 1
        // lengths[i * width + j]: the longest common sequence of what follows word i and word j.
        var lengths = [Int32](repeating: 0, count: (left.count + 1) * width)
        for i in stride(from: left.count - 1, through: 0, by: -1) {
            for j in stride(from: right.count - 1, through: 0, by: -1) {
                lengths[i * width + j] =
                    leftNumbers[i] == rightNumbers[j]
                    ? lengths[(i + 1) * width + j + 1] + 1
                    : max(lengths[(i + 1) * width + j], lengths[i * width + j + 1])
            }
        }
        var common: (left: Set<Int>, right: Set<Int>) = ([], [])
        var i = 0
        var j = 0
        while i < left.count && j < right.count {
            if leftNumbers[i] == rightNumbers[j] {
                common.left.insert(i)
                common.right.insert(j)
                i += 1
                j += 1
            } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
                i += 1
            } else {
                j += 1
            }
        }
        return common
    }
}

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
