// Standard output and standard error.
// - Results go to standard output, everything else to standard error.
// - Text from outside is cleaned before it reaches a terminal; a file or a pipe gets it as it is.

import Drafting
import Export
import Foundation
import Text

/// Standard output is closed: `copydesk … | head` has seen enough.
struct BrokenPipe: Error {}

enum Console {
    // Asked anew each time, because a run in the background leaves the terminal.
    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }
    static let inputIsTerminal = isatty(STDIN_FILENO) == 1

    /// - Throws: as `write` does.
    static func print(_ line: String) throws {
        try write(line + "\n")
    }

    /// - Throws: `BrokenPipe`, or an error that says why standard output cannot be written.
    static func write(_ text: String) throws {
        try write(Array((outputIsTerminal ? cleaned(text) : text).utf8), to: STDOUT_FILENO)
    }

    /// Sentences for a person, broken between words on a terminal.
    static func printError(_ line: String) {
        let text = cleaned(line)
        let shown = errorColumns.map { WordWrap.text(text, columns: $0) } ?? text
        try? write(Array((shown + "\n").utf8), to: STDERR_FILENO)
    }

    /// Writes to standard error without a line feed.
    static func writeError(_ text: String) throws { try write(Array(cleaned(text).utf8), to: STDERR_FILENO) }

    /// Shows a line that the next one replaces; does nothing if standard error is not a terminal.
    static func showProgress(_ line: String) {
        guard errorIsTerminal else { return }
        try? write(Array(("\r\u{1B}[K" + cleaned(line)).utf8), to: STDERR_FILENO)
    }

    static func clearProgress() {
        guard errorIsTerminal else { return }
        try? write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO)
    }

    /// Shows a few words behind the text on the terminal, on the line where it is being written. The cursor stays.
    static func showAside(_ words: String) {
        guard errorIsTerminal else { return }
        // Down and up again, so that there is a line below for words that wrap; then save the place, write, go back.
        try? write(Array("\u{1B}D\u{1B}M\u{1B}7\u{1B}[J\(cleaned(words))\u{1B}8".utf8), to: STDERR_FILENO)
    }

    static func clearAside() {
        guard errorIsTerminal else { return }
        try? write(Array("\u{1B}[J".utf8), to: STDERR_FILENO)
    }

    static func printJSON(_ value: some Encodable) throws { try write(DraftJSON.text(of: value)) }

    /// Standard input may be endless and must not fill the memory.
    static let largestInputBytes = 1 << 30

    /// All of standard input.
    /// - Parameter size: the most bytes, in words.
    static func readInputBytes(
        atMost byteLimit: Int = largestInputBytes, _ size: String = "one gigabyte"
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw Failure("Standard input cannot be read: \(String(cString: strerror(errno))). Give it a text.")
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= byteLimit else {
                throw Failure("Standard input is larger than \(size). Give the part of it that matters.")
            }
        }
    }

    /// All of standard input as a text for a prompt.
    /// - Throws: `Failure` if it cannot be read, or is no text.
    static func readInput() throws -> String { try text(of: try readInputBytes(), named: "Standard input") }

    /// All of standard input as it is, for commands that measure a text.
    /// - Throws: `Failure` if it cannot be read, or is not UTF-8.
    static func readExactInput() throws -> String {
        guard let text = String(validating: try readInputBytes(), as: UTF8.self) else {
            throw Failure("Standard input is not UTF-8 text. Convert it first, for example with iconv.")
        }
        return text
    }

    /// A text from outside.
    /// - Parameter name: of its source, at the beginning of a sentence.
    /// - Throws: `Failure` if it is no text.
    static func text(of bytes: [UInt8], named name: String) throws -> String {
        do {
            return try OutsideText.text(of: bytes)
        } catch {
            throw Failure(error.sentence(named: name))
        }
    }

    /// A text of the command line.
    static func text(of argument: String, named name: String) throws -> String {
        do {
            return try OutsideText.text(of: argument)
        } catch {
            throw Failure(error.sentence(named: name))
        }
    }

    /// The sentence of an error for a person at the command line, with the commands and options that help.
    static func sentence(of error: any Error) -> String {
        switch error {
        case let error as any HintedError: error.sentenceWithHint
        default: ErrorSentence.of(error)
        }
    }

    private static func cleaned(_ text: String) -> String { TerminalText.cleaned(text) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EPIPE { throw BrokenPipe() }
                throw Failure("Standard output cannot be written: \(String(cString: strerror(errno))).")
            }
            rest = rest.dropFirst(count)
        }
    }
}

/// An error that is its sentence.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
