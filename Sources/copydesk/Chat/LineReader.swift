// Reads a text at a prompt of a terminal, with keys to edit it.
// - The terminal is in its raw mode only while a text is read, and in its own again on every way out.
// - Keys that are typed ahead, while an answer is written, are not lost, and not shown in the middle of it.

import Dispatch
import Foundation
import Studio
import Synchronization
import Terminal

/// A prompt of a terminal. One read at a time.
final class LineReader: @unchecked Sendable {
    enum Outcome: Equatable {
        case text(String)
        /// Ctrl-C; `wasEmpty` if nothing was typed.
        case cancelled(wasEmpty: Bool)
        /// Ctrl-D, or the terminal is gone.
        case ended
    }

    /// A sequence of an Escape is complete after so many milliseconds without another byte.
    private static let escapeMilliseconds: Int32 = 50

    // All of these belong to the read that is going on.
    private var decoder = KeyDecoder()
    private var keysAhead: [KeyPress] = []
    private var paintedRow = 0
    private let own: termios?
    private let environment: [String: String]

    init(environment: [String: String]) {
        self.environment = environment
        var attributes = termios()
        own = tcgetattr(STDIN_FILENO, &attributes) == 0 ? attributes : nil
    }

    /// Reads a text on a thread that may block.
    /// - Parameter text: what stands there to begin with.
    func read(prompt: String, text: String = "", history: [String]) async -> Outcome {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: self.readNow(prompt, LineBuffer(text, history: history)))
            }
        }
    }

    /// The terminal as it is while an answer is written: keys are not shown, and Ctrl-C is a signal.
    func beginAnswer() {
        guard var quiet = own else { return }
        quiet.c_lflag &= ~tcflag_t(ECHO | ICANON)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet)
    }

    /// The terminal's own mode. It can be called from any thread.
    func restore() {
        guard var own else { return }
        tcsetattr(STDIN_FILENO, TCSADRAIN, &own)
    }

    private func beginReading() {
        guard var raw = own else { return }
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
        raw.c_iflag &= ~tcflag_t(IXON)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
        put("\u{1B}[?2004h")  // pastes are marked
    }

    private func endReading() {
        put("\u{1B}[?2004l")
        restore()
    }

    private func readNow(_ prompt: String, _ start: LineBuffer) -> Outcome {
        var buffer = start
        beginReading()
        defer { endReading() }
        paintedRow = 0
        paint(prompt, buffer)
        while let key = nextKey() {
            let outcome = buffer.handle(key)
            switch outcome {
            case .edited: break
            case .sent, .cancelled, .ended:
                // The whole text stays on the screen, and what follows begins on a line of its own.
                if case .sent(let text) = outcome {
                    buffer.setText(text)
                    paint(prompt, buffer)
                }
                put("\n")
            case .openEditor: edit(&buffer)
            case .suspended:
                endReading()
                raise(SIGTSTP)
                beginReading()
                paintedRow = 0
            }
            switch outcome {
            case .sent(let text): return .text(text)
            case .cancelled(let wasEmpty): return .cancelled(wasEmpty: wasEmpty)
            case .ended: return .ended
            default: if keysAhead.isEmpty { paint(prompt, buffer) }
            }
        }
        put("\n")
        return .ended
    }

    /// `nil` if the terminal is gone.
    private func nextKey() -> KeyPress? {
        while keysAhead.isEmpty {
            var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let count = poll(&waiting, 1, decoder.isWaiting ? Self.escapeMilliseconds : -1)
            if count == 0 {
                keysAhead = decoder.flush()
                continue
            }
            if count < 0, errno == EINTR { continue }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let length = bytes.withUnsafeMutableBytes { Foundation.read(STDIN_FILENO, $0.baseAddress, $0.count) }
            if length < 0, errno == EINTR || errno == EAGAIN { continue }
            guard length > 0 else { return nil }
            keysAhead = decoder.decode(bytes[..<length])
        }
        return keysAhead.removeFirst()
    }

    private func edit(_ buffer: inout LineBuffer) {
        endReading()
        put("\n")
        defer {
            beginReading()
            paintedRow = 0
        }
        do {
            let path = try EditorFiles.make(buffer.text)
            let editor = EditorCommand(environment: environment)
            let start = ContinuousClock.now
            let result = ForegroundProgram.run(editor.arguments(editing: path))
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            switch ExternalEditor.outcome(of: editor, result, seconds: seconds, path, holding: buffer.text) {
            case .edited(let text):
                if let text { buffer.setText(text) }
                EditorFiles.remove(path)
            case .returnedAtOnce: EditorFiles.remove(path)
            case .notRun(let sentence):
                EditorFiles.remove(path)
                Console.printError("copydesk: \(sentence)")
            case .failed(_, let sentence): Console.printError("copydesk: \(sentence)")
            }
        } catch {
            Console.printError("copydesk: \(Console.sentence(of: error))")
        }
    }

    // MARK: Drawing

    private func paint(_ prompt: String, _ buffer: LineBuffer) {
        let size = Self.size
        let layout = LineLayout(
            prompt: prompt, buffer.characters, cursor: buffer.cursor, columns: size.columns, height: size.rows)
        var text = "\r" + (paintedRow > 0 ? "\u{1B}[\(paintedRow)A" : "") + "\u{1B}[J"
        text += layout.rows.joined(separator: "\r\n")
        let below = layout.rows.count - 1 - layout.cursorRow
        text += "\r" + (below > 0 ? "\u{1B}[\(below)A" : "")
        if layout.cursorColumn > 0 { text += "\u{1B}[\(layout.cursorColumn)C" }
        paintedRow = layout.cursorRow
        put(text)
    }

    /// How wide the terminal is.
    var columns: Int { Self.size.columns }

    private static var size: (rows: Int, columns: Int) {
        var window = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return (24, 80)
        }
        return (Int(window.ws_row), Int(window.ws_col))
    }

    /// Writes what is meant for the terminal itself.
    private func put(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
