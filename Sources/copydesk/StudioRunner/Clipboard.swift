import Foundation

/// The local clipboard, if a program for it is installed. The runner also asks the terminal, by OSC 52.
enum Clipboard {
    /// Programs that take text on standard input, in the order to try, and the variable that must be set for each.
    private static let programs: [(arguments: [String], variable: String)] = [
        (["wl-copy"], "WAYLAND_DISPLAY"),
        (["xclip", "-selection", "clipboard"], "DISPLAY"),
        (["xsel", "--clipboard", "--input"], "DISPLAY"),
    ]

    /// Hands the text to the first program that is installed; does nothing if there is none.
    static func copy(_ text: String, environment: [String: String]) {
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for program in programs where environment[program.variable] != nil {
            guard
                let path = folders.map({ $0 + "/" + program.arguments[0] })
                    .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
            else { continue }
            let process = Process()
            process.executableURL = URL(filePath: path)
            process.arguments = Array(program.arguments.dropFirst())
            let input = Pipe()
            process.standardInput = input
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { continue }
            try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try? input.fileHandleForWriting.close()
            return
        }
    }
}
