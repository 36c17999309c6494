// How a text at a prompt is drawn: rows of a terminal, wrapped by columns, and the place of the cursor.
// - No row is wider than the terminal less one column, so the terminal itself never wraps.
// - If there are more rows than the terminal has, those around the cursor are drawn.

import Export
import Text

struct LineLayout: Equatable {
    var rows: [String]
    /// Row and column of the cursor, from 0.
    var cursorRow: Int
    var cursorColumn: Int

    private static let tabColumns = 4

    /// - Parameters:
    ///   - prompt: what stands before the text.
    ///   - columns: the width of the terminal.
    ///   - height: its rows.
    init(prompt: String, _ characters: [Character], cursor: Int, columns: Int, height: Int) {
        let width = max(4, columns - 1)
        let indent = String(repeating: " ", count: min(Self.columns(of: prompt), width / 2))
        rows = [prompt]
        var used = Self.columns(of: prompt)
        (cursorRow, cursorColumn) = (0, used)
        func breakRow(_ rows: inout [String]) {
            rows.append(indent)
            used = indent.count
        }
        for index in 0...characters.count {
            let character = index < characters.count ? characters[index] : nil
            let cell = character.map(Self.cell)
            if let cell, character?.isNewline == false, used + cell.columns > width { breakRow(&rows) }
            if index == cursor { (cursorRow, cursorColumn) = (rows.count - 1, used) }
            guard let cell, let character else { break }
            if character.isNewline {
                breakRow(&rows)
            } else {
                rows[rows.count - 1] += cell.text
                used += cell.columns
            }
        }
        let most = max(1, height - 1)
        guard rows.count > most else { return }
        let first = min(max(0, cursorRow - most / 2), rows.count - most)
        rows = Array(rows[first..<(first + most)])
        cursorRow -= first
    }

    private static func columns(of text: String) -> Int { text.reduce(0) { $0 + Columns.of($1) } }

    /// A character as it is drawn; those that would act on the terminal are symbols.
    private static func cell(_ character: Character) -> (text: String, columns: Int) {
        guard character != "\t" else { return (String(repeating: " ", count: tabColumns), tabColumns) }
        let text = TerminalText.cleaned(String(character))
        return (text, columns(of: text))
    }
}
