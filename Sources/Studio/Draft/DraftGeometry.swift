import Generation

// The places of form and variants in the Draft pane. Scrolling and drawing use the same rows.
// - While a generation is written, each variant has the room that its text will probably need, so nothing jumps.
// - If a text is longer than its place, a part of it is shown, and the writer scrolls.

struct DraftGeometry: Sendable {
    struct FieldRows: Sendable {
        var field: Int
        /// First row within the form, and how many.
        var top: Int
        var rows: Int
    }

    struct Card: Sendable {
        var variant: Int
        /// Row of its rule within the stack of variants.
        var top: Int
        var textRows: Int
        /// Rule, text and the blank row after it.
        var rows: Int
    }

    var fields: [FieldRows] = []
    /// The rows of the whole form, even if fewer are visible.
    var formContentRows = 0
    var form = Rect(row: 0, column: 0, rows: 0, columns: 0)
    var variants = Rect(row: 0, column: 0, rows: 0, columns: 0)
    var cards: [Card] = []
    var stackRows = 0
    /// Columns of the labels and of the gap after them.
    var labelColumns = 0

    /// The longest line that is comfortable to read.
    static let longestLine = 100

    /// Columns at which variants are wrapped in a pane.
    static func textColumns(pane: Rect) -> Int { max(1, min(longestLine, pane.columns - 4)) }

    init(pane: Rect, form: Form?, generation: OpenGeneration?, isFormFocused: Bool, hasTopMargin: Bool) {
        // If other panes are visible, their lists begin one row lower, and so does the form.
        let inner = pane.inset(left: 1, right: 1, top: hasTopMargin && pane.rows >= 20 ? 1 : 0)
        let isRoomy = inner.rows >= 12
        if let form {
            let widest = form.fields.map { columns(of: $0.label) }.max() ?? 0
            labelColumns = min(widest, max(4, min(inner.columns >= 90 ? 32 : 20, inner.columns / 3))) + 3
            let free = generation == nil ? max(1, inner.rows - form.fields.count - 1) : max(3, inner.rows / 3)
            placeFields(of: form, isFormFocused: isFormFocused, columns: inner.columns, freeRows: free)
        }
        var formRows = min(formContentRows, inner.rows)
        if generation != nil {
            let most = isFormFocused ? max(3, inner.rows * 2 / 3) : max(1, inner.rows / 3)
            formRows = min(formRows, most)
            if inner.rows < 8 { formRows = isFormFocused ? min(formContentRows, inner.rows) : 0 }
        }
        self.form = Rect(row: inner.row, column: inner.column, rows: formRows, columns: inner.columns)
        let gap = formRows > 0 && isRoomy ? 1 : 0
        variants = Rect(
            row: inner.row + formRows + gap, column: inner.column, rows: max(0, inner.rows - formRows - gap),
            columns: inner.columns)
        if let generation { placeCards(of: generation, columns: DraftGeometry.textColumns(pane: pane)) }
    }

    private mutating func placeFields(of form: Form, isFormFocused: Bool, columns: Int, freeRows: Int) {
        var row = 0
        for (index, field) in form.fields.enumerated() {
            var rows = 1
            if field.kind == .multiline {
                let isFocused = isFormFocused && form.focused == index
                let content = form.editors[index].layout(columns: valueColumns(columns)).rows.count
                rows = isFocused ? min(max(content, 3), max(3, min(freeRows, 12))) : min(content, 3)
            }
            fields.append(FieldRows(field: index, top: row, rows: rows))
            row += rows
        }
        formContentRows = row
    }

    /// Columns of a value beside its label.
    func valueColumns(_ columns: Int) -> Int { max(1, columns - labelColumns - 1) }

    private mutating func placeCards(of generation: OpenGeneration, columns: Int) {
        // One line stands for all of them.
        if generation.isChoosing { return stackRows = 1 }
        let available = variants.rows
        let gap = available >= 8 ? 1 : 0
        let expected = DraftGeometry.expectedRows(of: generation, columns: columns)
        let wanted = generation.variants.indices.map { index -> Int in
            let variant = generation.variants[index]
            if variant.inTrash { return 0 }
            var content = max(1, variant.cardRowCount)
            if variant.text.isEmpty, index == 0, let failure = generation.failure {
                content = max(content, wrappedLines(failure, columns: columns).count)
            }
            return generation.isFinished ? content : max(content, expected)
        }
        let free = available - wanted.count * (1 + gap) + gap
        // Even if not all of them fit, each shows enough text to judge it: of parts that is all of them. A card is not
        // higher than the pane, because its own text scrolls within it.
        let least = generation.variants.map { max(1, $0.parts.isEmpty ? min(6, available - 2) : available - 1) }
        let shares = DraftGeometry.shared(free, among: wanted)
        var row = 0
        for index in generation.variants.indices {
            let textRows = min(wanted[index], max(shares[index], least[index]))
            let rows = 1 + textRows + gap
            cards.append(Card(variant: index, top: row, textRows: textRows, rows: rows))
            row += rows
        }
        stackRows = max(0, row - gap)
    }

    /// Shares rows evenly. If a variant needs fewer, the rest goes to those that need more.
    static func shared(_ rows: Int, among wanted: [Int]) -> [Int] {
        var given = Array(repeating: 0, count: wanted.count)
        var left = max(0, rows)
        var open = wanted.count
        for index in wanted.indices.sorted(by: { (wanted[$0], $0) < (wanted[$1], $1) }) {
            given[index] = min(wanted[index], left / max(1, open))
            left -= given[index]
            open -= 1
        }
        return given
    }

    /// The rows of a part, guessed from its limits.
    private static func partRows(_ limits: LengthLimits, _ columns: Int) -> Int {
        let characters = limits.characters ?? limits.words.map { $0.clamped(to: 0...100_000) * 7 } ?? columns
        return max(1, (characters.clamped(to: 1...1_000_000) + columns - 1) / columns)
    }

    /// The rows that a text will probably take, guessed from its limits.
    static func expectedRows(of generation: OpenGeneration, columns: Int) -> Int {
        if !generation.parts.isEmpty { return generation.parts.reduce(0) { $0 + 1 + partRows($1.limits, columns) } }
        let limits = generation.request.limits
        var characters = generation.request.sampling.maxTokens.multipliedReportingOverflow(by: 4).partialValue
        if let words = limits.words { characters = min(characters, words.clamped(to: 0...100_000) * 7) }
        if let most = limits.characters { characters = min(characters, most) }
        let rows = max(1, characters.clamped(to: 1...1_000_000) / columns + (characters > columns ? 1 : 0))
        guard let lines = limits.lines, limits.characters != nil || lines > 1 else { return rows }
        return min(rows + lines.clamped(to: 1...1000) - 1, 1000)
    }
}

extension Int {
    func clamped(to range: ClosedRange<Int>) -> Int { Swift.min(Swift.max(self, range.lowerBound), range.upperBound) }
}

extension DraftPane {
    func geometry(in surroundings: PaneSurroundings) -> DraftGeometry {
        DraftGeometry(
            pane: surroundings.place, form: form, generation: shownGeneration, isFormFocused: part == .form,
            hasTopMargin: !surroundings.hasTabs)
    }

    /// Columns at which variants are wrapped and edited.
    func textColumns(in surroundings: PaneSurroundings) -> Int { DraftGeometry.textColumns(pane: surroundings.place) }

    /// Columns at which fields of several lines are wrapped.
    func fieldColumns(in surroundings: PaneSurroundings) -> Int {
        let geometry = geometry(in: surroundings)
        return geometry.valueColumns(geometry.form.columns)
    }

    func selectedCard(in surroundings: PaneSurroundings) -> DraftGeometry.Card? {
        guard let generation = shownGeneration else { return nil }
        return geometry(in: surroundings).cards.first { $0.variant == generation.selected }
    }

    /// Rows of text in reader, comparison and editor: all rows of the pane but the first.
    func readerRows(in surroundings: PaneSurroundings) -> Int { max(1, surroundings.place.rows - 1) }
}
