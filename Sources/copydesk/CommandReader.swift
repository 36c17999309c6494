// Reads the words of the command line into a command.
//
// What always holds:
// - The command is the one that the tree of all commands gives. Building that tree takes a few milliseconds, which is
//   long before the first word of a server's answer, so a command is first read alone.
// - Only a command that reads all its words without an error is taken from there. Help, a version, a shell's completion
//   and every mistake go to the whole tree, because its texts name the commands above.

import ArgumentParser

enum CommandReader {
    /// - Parameter words: what was typed behind the program's name.
    /// - Throws: the parser's errors, and one for a first word that is not a command.
    static func command(from words: [String]) throws -> any ParsableCommand {
        if let command = commandReadAlone(from: words) { return command }
        try Copydesk.checkCommandName(in: words.first)
        return try Copydesk.parseAsRoot(words)
    }

    /// The command that the first word names, or nil if only the whole tree can say what the words mean.
    private static func commandReadAlone(from words: [String]) -> (any ParsableCommand)? {
        guard let name = words.first, !words.contains(where: isForTheShell),
            let named = Copydesk.command(named: name),
            let command = try? named.parseAsRoot(Array(words.dropFirst())),
            // The parser answers a wish for help with a command of its own.
            type(of: command) == named || named.configuration.subcommands.contains(where: { $0 == type(of: command) })
        else { return nil }
        return command
    }

    /// True for the words by which a shell asks for completions; the parser looks at them first, wherever they stand.
    private static func isForTheShell(_ word: String) -> Bool {
        word.hasPrefix("---completion") || word.hasPrefix("--generate-completion-script")
    }
}
