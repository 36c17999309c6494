// One whole screen as values: the terminal paints it, and tests read it as text.
// - Every row has exactly `size.columns` cells; a wide cluster takes its cell and an empty one right of it.
// - A cell's text is one cleaned grapheme cluster: no control characters, at most five code points, sixteen of an emoji.

/// The content of one column of one row.
public struct Cell: Sendable, Hashable {
    /// One grapheme cluster; "" for the right half of a wide one.
    public var text: String
    public var style: Style

    public init(_ text: String = " ", style: Style = .plain) {
        self.text = text
        self.style = style
    }

    public static let blank = Cell()
}

/// A whole screen: cells and the cursor.
public struct Frame: Sendable, Equatable {
    public struct Position: Sendable, Hashable {
        public var row: Int
        public var column: Int

        public init(row: Int, column: Int) {
            self.row = row
            self.column = column
        }
    }

    public let size: ScreenSize
    /// Row by row, `size.columns` cells each.
    public private(set) var cells: [Cell]
    /// The place of the terminal's cursor; `nil` hides it.
    public var cursor: Position?

    public init(size: ScreenSize) {
        self.size = size
        cells = Array(repeating: .blank, count: size.rows * size.columns)
    }

    /// The cell at a place. If the place is outside the screen, reading gives a blank cell and writing does nothing.
    public subscript(row: Int, column: Int) -> Cell {
        get { contains(row, column) ? cells[row * size.columns + column] : .blank }
        set { if contains(row, column) { cells[row * size.columns + column] = newValue } }
    }

    /// The text of each row without the spaces at its end.
    public var lines: [String] {
        (0..<size.rows).map { row in
            var line = ""
            for cell in cells[row * size.columns..<(row + 1) * size.columns] { line += cell.text }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private func contains(_ row: Int, _ column: Int) -> Bool {
        row >= 0 && row < size.rows && column >= 0 && column < size.columns
    }
}
