// The page of keys, from the key table: the focused pane first, then the whole screen, then the other panes.

struct HelpEntry: Sendable, Hashable {
    var keys: String
    var title: String
}

enum HelpRow: Sendable, Hashable {
    case blank
    case heading(String)
    /// One entry, or two side by side.
    case entries([HelpEntry])
}

extension StudioState {
    private var helpColumns: Int { min(104, size.columns - (size.columns >= 30 ? 4 : 2)) }

    /// Rows of help that are visible at once.
    var helpVisibleRows: Int { max(1, dialogPlace(rows: 1000, columns: helpColumns).rows) }

    func helpRows(of context: Context) -> [HelpRow] {
        let isWide = helpColumns >= 96
        var rows: [HelpRow] = []
        func add(_ title: String, _ entries: [HelpEntry]) {
            guard !entries.isEmpty else { return }
            if !rows.isEmpty { rows.append(.blank) }
            rows.append(.heading(title))
            var index = 0
            while index < entries.count {
                let end = min(entries.count, index + (isWide ? 2 : 1))
                rows.append(.entries(Array(entries[index..<end])))
                index = end
            }
        }
        let own = KeyTable.own(context)
        add(context.title, own.map(entry))
        add("Everywhere", KeyTable.bindings(in: context).filter { !own.contains($0) }.map(entry))
        if context.takesText { add("While typing", HelpEntry.whileTyping) }
        for other in [Context.templates, .field, .choiceField, .variants, .reader, .edit, .history]
        where other != context {
            add(other.title, KeyTable.own(other).map(entry))
        }
        if !context.takesText { add("While typing", HelpEntry.whileTyping) }
        return rows
    }

    private func entry(_ binding: Binding) -> HelpEntry {
        HelpEntry(keys: binding.keys.prefix(3).map(\.label).joined(separator: " "), title: binding.action.title)
    }

    func drawHelp(of context: Context, top: Int, on canvas: inout Canvas) {
        let rows = helpRows(of: context)
        let inside = dialogPlace(rows: rows.count, columns: helpColumns)
        drawPanel("Keys", inside: inside, on: &canvas)
        let isWide = helpColumns >= 96
        let half = isWide ? inside.columns / 2 : inside.columns
        let keyColumns = min(16, max(6, half / 3))
        for (offset, helpRow) in rows.dropFirst(top).prefix(inside.rows).enumerated() {
            let row = inside.row + offset
            switch helpRow {
            case .blank: break
            case .heading(let title):
                canvas.put(title, row: row, column: inside.column, columns: inside.columns, style: Style(bold: true))
            case .entries(let entries):
                for (index, entry) in entries.enumerated() {
                    let column = inside.column + index * half
                    canvas.put(
                        entry.keys, row: row, column: column + 1, columns: keyColumns - 1, style: Style(.accent))
                    canvas.put(
                        entry.title, row: row, column: column + keyColumns + 1, columns: half - keyColumns - 2)
                }
            }
        }
        drawScrollMark(top: top, count: rows.count, inside: inside, on: &canvas)
    }
}

extension HelpEntry {
    /// What `TextEditor` does by itself; the one list of keys beside the key table.
    static let whileTyping: [HelpEntry] = [
        HelpEntry(keys: "← → Home End", title: "Move in the line"),
        HelpEntry(keys: "Ctrl-← Ctrl-→", title: "Move by a word"),
        HelpEntry(keys: "^W", title: "Delete the word before"),
        HelpEntry(keys: "^U", title: "Delete to the start of the line"),
        HelpEntry(keys: "^K", title: "Delete to the end of the line"),
        HelpEntry(keys: "^_", title: "Undo the typing"),
        HelpEntry(keys: "Ctrl-Home", title: "To the beginning of the text"),
        HelpEntry(keys: "Ctrl-End", title: "To the end of the text"),
    ]
}
