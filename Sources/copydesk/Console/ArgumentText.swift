// Texts that an argument gives itself or takes from a file.
// - `@notes.txt` is the text of that file, `@-` is standard input, and `@@` is a literal @ at the beginning.
// - Every text has an upper bound in bytes, so that a wrong file is refused before anything is made into tokens.
// - Standard input is read by one argument at most, because there is nothing left for a second one.

import ArgumentParser
import Foundation

enum ArgumentText {
    /// What the help says wherever a text of a person can be given.
    static let privacyHelp =
        "Other users of this machine can see a command line (ps), but not the text of a file or of standard input."

    /// Where the text of an argument stands.
    enum Source: Equatable {
        case literal(String)
        case file(String)
        case standardInput

        /// - Parameter argument: the value of `-p field=value`.
        init(_ argument: String) {
            if argument.hasPrefix("@@") {
                self = .literal(String(argument.dropFirst()))
            } else if argument == "@-" {
                self = .standardInput
            } else if argument.hasPrefix("@") {
                self = .file(String(argument.dropFirst()))
            } else {
                self = .literal(argument)
            }
        }
    }

    /// The text of a field's value.
    /// - Throws: `Failure` if the file cannot be read, is too large or is no text.
    static func field(_ name: String, _ value: String) throws -> String {
        switch Source(value) {
        case .literal(let text): return try Console.text(of: text, named: "The field '\(name)'")
        case .standardInput: return try standardInput()
        case .file(let path):
            guard !path.isEmpty else {
                throw Failure(
                    "The field '\(name)' names no file behind @. Give -p \(name)=@FILE, or -p \(name)=@@ for the sign "
                        + "itself.")
            }
            do {
                return try withoutLastLineEnds(TextFile.read(path))
            } catch let error as Failure {
                throw Failure("\(error) A text that begins with @ is given as -p \(name)=@@….")
            }
        }
    }

    /// The text of `--prompt-file`.
    static func file(_ path: String) throws -> String {
        try path == "-" ? standardInput() : withoutLastLineEnds(TextFile.read(path))
    }

    /// All of standard input, if it is not larger than a file may be.
    static func standardInput() throws -> String {
        let bytes = try Console.readInputBytes(atMost: TextFile.largestBytes, "one megabyte")
        return withoutLastLineEnds(try Console.text(of: bytes, named: "Standard input"))
    }

    private static func withoutLastLineEnds(_ text: String) -> String { text.trimmingSuffix(while: \.isNewline) }

    /// - Parameter readers: the arguments that read standard input, as they were given.
    /// - Throws: `ValidationError` if there are two.
    static func checkStandardInput(readers: [String]) throws {
        guard readers.count > 1 else { return }
        throw ValidationError(
            "Standard input can be read once, and \(readers.joined(separator: " and ")) read it. Put one of the texts "
                + "into a file.")
    }
}

extension [KeyValue] {
    /// The pairs that take their value from standard input, as they were given.
    func standardInputReaders(option: String) -> [String] {
        filter { ArgumentText.Source($0.value) == .standardInput }.map { "\(option) \($0.key)=@-" }
    }
}
