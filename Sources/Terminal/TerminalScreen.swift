import CNcurses
import Glibc
import Studio

/// The terminal while the studio has it: painting, and handing it to other programs for a while.
@UIActor
public final class TerminalScreen {
    private let painter: Painter
    /// True if the next frame must be painted whole, even if nothing changed.
    var isStale = true

    init(palette: Palette, drawsWholeClusters: Bool) {
        painter = Painter(palette: palette, drawsWholeClusters: drawsWholeClusters)
    }

    /// The terminal's size now.
    public var size: ScreenSize {
        var rows: Int32 = 0
        var columns: Int32 = 0
        cn_size(&rows, &columns)
        return ScreenSize(rows: Int(rows), columns: Int(columns))
    }

    func takeNewSize() -> ScreenSize {
        let size = size
        cn_resize(Int32(size.rows), Int32(size.columns))
        painter.forget()
        isStale = true
        return size
    }

    func paint(_ frame: Frame) {
        if isStale { painter.forget() }
        isStale = false
        painter.paint(frame)
    }

    /// Stops the process as Ctrl-Z does.
    /// - Returns: the size when it continues.
    public func suspend() -> ScreenSize {
        cn_leave()
        cn_suspend_process()
        cn_return()
        return takeNewSize()
    }

    /// Hands the terminal to another program and waits for it.
    ///
    /// Keys typed meanwhile are the other program's; the event loop stands still until it ends.
    /// - Parameter arguments: the program, looked up in PATH, and its arguments; not empty.
    /// - Returns: its exit status (128 and the signal if one ended it), or why it could not be started.
    public func handOver(to arguments: [String]) -> Result<Int32, HandOverError> {
        cn_leave()
        defer {
            cn_return()
            isStale = true
        }
        return ForegroundProgram.run(arguments)
    }

    /// Asks the terminal to put text on the clipboard (OSC 52). If a terminal cannot do it, it ignores this.
    public func copyToClipboard(base64 text: String) {
        let sequence = Array("\u{1B}]52;c;\(text)\u{07}".utf8)
        sequence.withUnsafeBytes { cn_write($0.baseAddress, $0.count) }
    }
}
