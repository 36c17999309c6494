// Painting frames with ncurses.
// - Only rows that differ from the last frame go to ncurses, which sends only the differing cells.
// - A cluster takes the columns that our own table gives it. If the C library's table, which ncurses uses, has another
//   width, a stand-in of the right width is drawn, so that nothing after it shifts.

import CNcurses
import Glibc
import Studio

@UIActor
final class Painter {
    private let palette: Palette
    private let drawsWholeClusters: Bool
    private var shown: Frame?
    /// The clusters of the rows that are being painted.
    private var wholeClusters: [WholeCluster] = []

    init(palette: Palette, drawsWholeClusters: Bool) {
        self.palette = palette
        self.drawsWholeClusters = drawsWholeClusters
    }

    /// Forgets the screen's content, so that the next frame is painted whole.
    func forget() {
        shown = nil
        cn_repaint_all()
    }

    func paint(_ frame: Frame) {
        let old = shown.flatMap { $0.size == frame.size ? $0 : nil }
        let width = frame.size.columns
        for row in 0..<frame.size.rows {
            let range = row * width..<(row + 1) * width
            if let old, old.cells[range] == frame.cells[range] { continue }
            paint(row: row, cells: frame.cells[range])
        }
        if let cursor = frame.cursor {
            cn_cursor(Int32(cursor.row), Int32(cursor.column))
        } else {
            cn_cursor(-1, 0)
        }
        cn_paint()
        drawWholeClusters()
        shown = frame
    }

    /// Draws what ncurses cannot, after it drew its part.
    private func drawWholeClusters() {
        let bytes = wholeClusters.flatMap(\.bytes)
        wholeClusters = []
        guard !bytes.isEmpty else { return }
        bytes.withUnsafeBytes { cn_write($0.baseAddress, $0.count) }
    }

    private func paint(row: Int, cells: ArraySlice<Cell>) {
        var column = 0
        let cells = Array(cells)
        while column < cells.count {
            let cell = cells[column]
            let isWide = column + 1 < cells.count && cells[column + 1].text.isEmpty && !cell.text.isEmpty
            let (attributes, foreground) = palette.look(of: cell.style)
            let pair = foreground < 0 ? 0 : cn_pair(foreground)
            let scalars = drawable(cell.text, columns: isWide ? 2 : 1)
            cn_put(Int32(row), Int32(column), scalars, Int32(scalars.count), attributes, pair)
            if drawsWholeClusters, isWide, WholeCluster.isNeeded(for: cell.text, drawnCount: scalars.count) {
                wholeClusters.append(
                    WholeCluster(row: row, column: column, text: cell.text, isReverse: cell.style.reverse))
            }
            if isWide, scalars.first.map({ cn_width(UInt32(bitPattern: $0)) }) != 2 {
                cn_put(Int32(row), Int32(column + 1), [0x20], 1, attributes, pair)
            }
            column += isWide ? 2 : 1
        }
    }

    /// The code points of a cluster that ncurses can draw in this many columns: the first one and its combining marks.
    private func drawable(_ cluster: String, columns: Int32) -> [Int32] {
        guard let base = cluster.unicodeScalars.first else { return [0x20] }
        let width = cn_width(base.value)
        guard width == columns || (width == 1 && columns == 2) else {
            return [columns == 1 && width == 2 ? 0x00B7 : 0xFFFD]
        }
        var scalars = [Int32(base.value)]
        for scalar in cluster.unicodeScalars.dropFirst() {
            // Only the first part of a joined cluster is shown, because joiners and selectors confuse terminals that cannot join.
            if scalar.value == 0x200D { break }
            guard cn_width(scalar.value) == 0, !(0xFE00...0xFE0F).contains(scalar.value), scalars.count < 5 else {
                continue
            }
            scalars.append(Int32(scalar.value))
        }
        return scalars
    }
}
