// A whole session of the studio in a real terminal: tmux draws, we press keys and read the screen.
// - Nothing sleeps: a control client of tmux tells of every change, and each is looked at until what is waited for stands there.

import Foundation
import Glibc
import Testing

let tmuxPath = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/bin/tmux"].first {
    FileManager.default.isExecutableFile(atPath: $0)
}

final class StudioSession {
    private let socket = "copydesk-\(UUID().uuidString.prefix(8))"
    private let control = Process()
    private let events = Pipe()
    private let commands = Pipe()
    private let patienceSeconds: Double = 60

    /// Opens the studio in a terminal of this size.
    init(home: Home, rows: Int, columns: Int, arguments: [String] = [], environment: [String: String] = [:]) throws {
        let variables = home.environment.merging(environment) { $1 }
            .filter {
                ["COPYDESK_DATA", "COPYDESK_CONFIG", "LANG", "TZ", "EDITOR", "NO_COLOR", "HOME", "PATH"].contains(
                    $0.key)
            }
        let assignments = variables.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
        let program = ([executable.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        try tmux(
            "-f", "/dev/null", "new-session", "-d", "-s", "s", "-x", String(columns), "-y", String(rows),
            "env -u TMUX \(assignments) \(program); echo \"ended with $?\"; exec cat")
        try tmux("set", "-g", "window-size", "manual")
        control.executableURL = URL(filePath: try #require(tmuxPath))
        control.arguments = ["-L", socket, "-C", "attach", "-t", "s"]
        control.standardInput = commands
        control.standardOutput = events
        control.standardError = FileHandle.nullDevice
        try control.run()
    }

    deinit {
        _ = try? tmux("kill-server")
        control.waitUntilExit()
    }

    /// Presses keys by tmux's names: `Enter`, `C-g`, `Escape`, `j`.
    func press(_ keys: String...) throws { try tmux(["send-keys", "-t", "s"] + keys) }

    func type(_ text: String) throws { try tmux("send-keys", "-t", "s", "-l", text) }

    func resize(rows: Int, columns: Int) throws {
        try tmux("resize-window", "-t", "s", "-x", String(columns), "-y", String(rows))
    }

    var screen: String { get throws { try tmux("capture-pane", "-p", "-t", "s") } }

    /// Waits until the screen shows a text; gives the screen then.
    @discardableResult
    func wait(for text: String) throws -> String { try wait("'\(text)'") { $0.contains(text) } }

    @discardableResult
    func wait(_ what: String, until holds: (String) -> Bool) throws -> String {
        let deadline = ContinuousClock.now + .seconds(patienceSeconds)
        while true {
            let shown = try screen
            if holds(shown) { return shown }
            guard ContinuousClock.now < deadline, waitForEvent() else {
                Issue.record("waited in vain for \(what); the screen:\n\(shown)")
                throw WaitedInVain()
            }
        }
    }

    struct WaitedInVain: Error {}

    /// Blocks until tmux tells of something, or a second went by; false when tmux is gone.
    private func waitForEvent() -> Bool {
        let descriptor = events.fileHandleForReading.fileDescriptor
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 1000) > 0 else { return true }
        return !events.fileHandleForReading.availableData.isEmpty
    }

    @discardableResult
    private func tmux(_ arguments: String...) throws -> String { try tmux(arguments) }

    @discardableResult
    private func tmux(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: try #require(tmuxPath))
        process.arguments = ["-L", socket, "-u"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
