// What a command asks the person at the terminal. Without a terminal nothing is asked.

import Dispatch
import Foundation

enum Question {
    /// True if somebody can answer: standard input and standard error are a terminal.
    static var canBeAsked: Bool { Console.inputIsTerminal && Console.errorIsTerminal }

    /// Asks for yes or no. Anything but a yes is a no.
    static func confirm(_ question: String) -> Bool {
        try? Console.writeError("\(question) [y/N] ")
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        return ["y", "yes"].contains(answer ?? "")
    }

    /// Reads one line that the terminal does not show.
    /// - Returns: nil if the input ended.
    static func secret(_ question: String) -> String? {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return readLine() }
        try? Console.writeError(question)
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        // A signal must not leave a terminal that shows nothing.
        let restoring = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [before] in
                var before = before
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
                try? Console.writeError("\n")
                exit(ExitStatus.interrupted)
            }
            source.resume()
            return source
        }
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            for source in restoring { source.cancel() }
            try? Console.writeError("\n")
        }
        return readLine()
    }
}

extension Question {
    /// Reads one key that the terminal does not show, until it is one of some; Ctrl-C and Ctrl-D end the input.
    /// - Returns: nil if the input ended.
    static func key(_ question: String, among keys: Set<Character>) -> Character? {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        try? Console.writeError(question)
        var raw = before
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
        defer {
            tcsetattr(STDIN_FILENO, TCSADRAIN, &before)
            try? Console.writeError("\n")
        }
        while true {
            var byte: UInt8 = 0
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            // Ctrl-C and Ctrl-D are no signals here.
            guard count == 1, byte != 0x03, byte != 0x04 else { return nil }
            let key = Character(Unicode.Scalar(byte))
            if keys.contains(key) {
                try? Console.writeError("\(key)")
                return key
            }
        }
    }
}
