import CNcurses
import Glibc
import Studio

/// The terminal while the studio has it: painting, and handing it to other programs for a while.
@UIActor
public final class TerminalScreen {
    private let painter: Painter
    /// True if the next frame must be painted whole, even if nothing changed.
    var isStale = true

    init(palette: Palette) { painter = Painter(palette: palette) }

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
        var pid: pid_t = 0
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        let result = posix_spawnp(&pid, arguments[0], nil, nil, pointers, environ)
        guard result == 0 else {
            return .failure(HandOverError(program: arguments[0], reason: String(cString: strerror(result))))
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return .success(status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F))
    }

    /// Asks the terminal to put text on the clipboard (OSC 52). If a terminal cannot do it, it ignores this.
    public func copyToClipboard(base64 text: String) {
        let sequence = Array("\u{1B}]52;c;\(text)\u{07}".utf8)
        _ = sequence.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}

/// Why another program could not have the terminal.
public struct HandOverError: Error, Equatable, CustomStringConvertible {
    public var program: String
    public var reason: String

    public var description: String { "'\(program)' cannot be run: \(reason)." }
}
