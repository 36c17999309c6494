import Generation
import Text

// The rows of a variant on its card: its thoughts, folded to one line or in full, then its text; in a draft of parts, a line
// with the name and the length of each part before it.
// - Thoughts count for no limit.
// - A part is one line of the text; the last part is all lines that are left. A part that stays without text has
//   no row besides its name.

enum CardRow: Sendable, Hashable {
    /// The line that stands for the thoughts, folded or not.
    case thoughtsHead
    /// A row of the thoughts.
    case thoughts(Int)
    /// The name of a part, with its length.
    case part(Int)
    /// A row of the text.
    case text(Int)
    /// A row of the sentence that says why there is no text.
    case note(String)
}

extension Variant {
    /// True if the model thought until its tokens were used up, and wrote no text.
    var thoughtsTookAll: Bool { text.isEmpty && thoughts != nil && phase == .ended(.length) }

    /// How many rows `cardRows` has.
    var cardRowCount: Int { isPlain ? layout.rows.count : cardRows.count }

    private var isPlain: Bool { parts.isEmpty && thoughts == nil }

    var cardRows: [CardRow] {
        if isPlain { return layout.rows.indices.map(CardRow.text) }
        var rows: [CardRow] = []
        if let thoughts {
            rows.append(.thoughtsHead)
            if showsThoughts { rows += thoughts.rows.indices.map(CardRow.thoughts) }
        }
        if thoughtsTookAll {
            return rows + wrappedLines(tookAllSentence, columns: layout.columns).map(CardRow.note)
        }
        var named = 0
        for index in layout.rows.indices {
            while named < parts.count, named <= layout.rows[index].paragraph {
                rows.append(.part(named))
                named += 1
            }
            if !isEmptyPart(index) { rows.append(.text(index)) }
        }
        return rows + (named..<max(named, parts.count)).map(CardRow.part)
    }

    /// True if the row is all of a part without text, which has only its name: no text will come there any more.
    private func isEmptyPart(_ index: Int) -> Bool {
        let row = layout.rows[index]
        guard !parts.isEmpty, row.range.isEmpty, isEnded else {
            return false
        }
        return row.paragraph < parts.count - 1 || (row.paragraph == parts.count - 1 && index == layout.rows.count - 1)
    }

    private var tookAllSentence: String {
        "Its thoughts took all \(tokenCount) tokens, so no text was written. In the parameters, allow more tokens or less "
            + "reasoning."
    }

    /// `thought for 143 words`, `thinking… 12 words`.
    var thoughtsLine: String {
        let count = thoughts?.length.words ?? 0
        let words = "\(count) \(count == 1 ? "word" : "words")"
        return text.isEmpty && !isEnded ? "thinking… \(words)" : "thought for \(words)"
    }
}

extension DraftPane {
    /// Draws a row of a variant's card, whose text begins at `column`.
    func draw(
        _ cardRow: CardRow, of variant: Variant, on canvas: inout Canvas, row: Int, column: Int, columns: Int
    ) {
        let quiet = Style(.secondary, dim: true, italic: true)
        switch cardRow {
        case .text(let index):
            canvas.put(variant.layout.glyphs(inRow: index), row: row, column: column, columns: columns)
        case .thoughtsHead:
            let sign = variant.showsThoughts ? "▾" : "▸"
            let key = KeyTable.label(.toggleThoughts, in: .variants)
            let text = "\(sign) \(variant.thoughtsLine) · \(key) \(variant.showsThoughts ? "folds" : "shows") them"
            canvas.put(text, row: row, column: column, columns: columns, style: .quiet)
        case .thoughts(let index):
            guard let thoughts = variant.thoughts else { return }
            canvas.put(thoughts.glyphs(inRow: index), row: row, column: column, columns: columns, style: quiet)
        case .part(let index):
            guard variant.parts.indices.contains(index) else { return }
            drawHead(ofPart: index, of: variant, on: &canvas, row: row, column: column, columns: columns)
        case .note(let line): canvas.put(line, row: row, column: column, columns: columns, style: Style(.warning))
        }
    }

    /// `Headline  24/40 ▰▰▰▰▰▰▱▱▱▱`
    private func drawHead(
        ofPart index: Int, of variant: Variant, on canvas: inout Canvas, row: Int, column: Int, columns: Int
    ) {
        let part = DraftPart.split(variant.text, names: variant.parts.map(\.name))[index]
        let used = canvas.put(
            onOneLine(part.name), row: row, column: column, columns: columns, style: Style(.secondary, bold: true))
        let length = LengthMeter(RunningLength(part.text), limits: variant.parts[index].limits) { part.text }
        guard !part.text.isEmpty, let text = length.text(hasBar: columns >= 40), used + 2 < columns else { return }
        canvas.put(
            text, row: row, column: column + used + 2, columns: columns - used - 2,
            style: length.isOver ? Style(.failure) : .quiet)
    }
}

extension StudioState {
    mutating func toggleThoughts() {
        guard selectedVariant?.thoughts != nil else { return }
        draft.changeSelected {
            $0.showsThoughts.toggle()
            $0.top = 0
        }
        draft.readerTop = 0
    }
}
