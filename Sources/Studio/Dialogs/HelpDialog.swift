// The page of keys, read from the key table: first the keys of the place in which it was opened, then those that work
// everywhere, then those of other places.

struct HelpDialog: StudioDialog {
    /// The context in which it was opened.
    let opener: Context
    /// First visible row.
    private var top = 0

    init(of opener: Context) { self.opener = opener }

    var context: Context { .help }

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        action == .close ? .close(nil) : .stay
    }

    mutating func move(by rows: Int) { top += rows }

    mutating func settle(in surroundings: DialogSurroundings) {
        let count = HelpDialog.rows(of: opener, columns: HelpDialog.columns(in: surroundings)).count
        top = top.clamped(to: 0...max(0, count - HelpDialog.visibleRows(in: surroundings)))
    }

    private static func columns(in surroundings: DialogSurroundings) -> Int {
        let columns = surroundings.size.columns
        return min(104, columns - (columns >= 30 ? 4 : 2))
    }

    /// Rows that a page as long as this one shows at once.
    static func visibleRows(in surroundings: DialogSurroundings) -> Int {
        max(1, surroundings.place(rows: 1000, columns: columns(in: surroundings)).rows)
    }

    // MARK: Rows

    struct Entry: Sendable, Hashable {
        var keys: String
        var title: String
    }

    enum Row: Sendable, Hashable {
        case blank
        case heading(String)
        /// One entry, or two side by side.
        case entries([Entry])
    }

    /// Two entries stand side by side from so many columns.
    private static let wideColumns = 96

    static func rows(of opener: Context, columns: Int) -> [Row] {
        var rows: [Row] = []
        func add(_ title: String, _ entries: [Entry]) {
            guard !entries.isEmpty else { return }
            if !rows.isEmpty { rows.append(.blank) }
            rows.append(.heading(title))
            var index = 0
            while index < entries.count {
                let end = min(entries.count, index + (columns >= wideColumns ? 2 : 1))
                rows.append(.entries(Array(entries[index..<end])))
                index = end
            }
        }
        let own = KeyTable.own(opener)
        add(opener.title, own.map(entry))
        add("Everywhere", KeyTable.bindings(in: opener).filter { !own.contains($0) }.map(entry))
        if opener.takesText { add("While typing", whileTyping) }
        for other in [
            Context.templates, .field, .choiceField, .variants, .reader, .edit, .turns, .composer, .history,
        ]
        where other != opener {
            add(other.title, KeyTable.own(other).map(entry))
        }
        if !opener.takesText { add("While typing", whileTyping) }
        return rows
    }

    private static func entry(_ binding: Binding) -> Entry {
        Entry(keys: binding.keys.prefix(3).map(\.label).joined(separator: " "), title: binding.action.title)
    }

    /// The keys that `TextEditor` reads by itself: the one list of keys beside the key table.
    private static let whileTyping: [Entry] = [
        Entry(keys: "← → Home End", title: "Move in the line"),
        Entry(keys: "Ctrl-← Ctrl-→", title: "Move by a word"),
        Entry(keys: "^W", title: "Delete the previous word"),
        Entry(keys: "^U", title: "Delete to the start of the line"),
        Entry(keys: "^K", title: "Delete to the end of the line"),
        Entry(keys: "^_", title: "Undo the typing"),
        Entry(keys: "Ctrl-Home", title: "To the beginning of the text"),
        Entry(keys: "Ctrl-End", title: "To the end of the text"),
    ]

    // MARK: Drawing

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings) {
        let columns = HelpDialog.columns(in: surroundings)
        let rows = HelpDialog.rows(of: opener, columns: columns)
        let inside = surroundings.place(rows: rows.count, columns: columns)
        surroundings.drawPanel("Keys", inside: inside, on: &canvas)
        let half = columns >= HelpDialog.wideColumns ? inside.columns / 2 : inside.columns
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
        surroundings.drawScrollMark(top: top, count: rows.count, inside: inside, on: &canvas)
    }
}
