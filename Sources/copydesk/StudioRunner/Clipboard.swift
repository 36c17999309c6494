// The clipboard, by whichever program of this environment takes the text.
// - A program that fails, or that does not end, is passed over for the next one.
// - If there is none, the terminal is asked (OSC 52). A terminal that cannot do it says nothing.

import Foundation
import Synchronization

enum Clipboard {
    struct Way: Equatable {
        /// The name for sentences.
        var name: String
        /// A program that takes the text on standard input, and its arguments.
        var command: [String]
    }

    /// The most seconds that a program may take.
    private static let patience = 3.0

    /// The ways to try in an environment, in their order.
    static func ways(in environment: [String: String]) -> [Way] {
        func isSet(_ variable: String) -> Bool { environment[variable]?.isEmpty == false }
        var ways: [Way] = []
        if isSet("WAYLAND_DISPLAY") { ways.append(Way(name: "wl-copy", command: ["wl-copy"])) }
        if isSet("DISPLAY") {
            ways.append(Way(name: "xclip", command: ["xclip", "-selection", "clipboard"]))
            ways.append(Way(name: "xsel", command: ["xsel", "--clipboard", "--input"]))
        }
        ways.append(Way(name: "pbcopy", command: ["pbcopy"]))
        if isSet("TMUX") {
            // -w also gives the text to the terminal's clipboard; tmux before 3.2 does not know it.
            ways.append(Way(name: "tmux", command: ["tmux", "load-buffer", "-w", "-"]))
            ways.append(Way(name: "tmux", command: ["tmux", "load-buffer", "-"]))
        }
        return ways
    }

    /// Hands a text to the first program that takes it, and waits for that.
    /// - Returns: the program's name; `nil` if none took it.
    static func copy(_ text: String, environment: [String: String]) -> String? {
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return ways(in: environment).first { way in
            let path = folders.map { $0 + "/" + way.command[0] }.first {
                FileManager.default.isExecutableFile(atPath: $0)
            }
            guard let path else { return false }
            return takes(text, URL(filePath: path), Array(way.command.dropFirst()), environment)
        }?.name
    }

    private static func takes(
        _ text: String, _ program: URL, _ arguments: [String], _ environment: [String: String]
    ) -> Bool {
        // A file, not a pipe: a program that does not read cannot hold us up.
        guard let input = unlinkedFile(Data(text.utf8)) else { return false }
        defer { try? input.close() }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        guard (try? process.run()) != nil else { return false }
        guard ended.wait(timeout: .now() + patience) == .success else {
            process.terminate()
            return false
        }
        return process.terminationReason == .exit && process.terminationStatus == 0
    }

    /// A file without a name that holds these bytes, to be read from its beginning.
    private static func unlinkedFile(_ data: Data) -> FileHandle? {
        let path = NSTemporaryDirectory() + "copydesk-copy-\(UUID().uuidString)"
        guard (try? PrivateFile.create(path, with: data)) != nil else { return nil }
        defer { unlink(path) }
        return FileHandle(forReadingAtPath: path)
    }
}
