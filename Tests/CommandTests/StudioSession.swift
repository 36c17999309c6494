// A whole session of the studio in a real terminal: tmux draws, we press keys and read the screen.
// - Nothing sleeps: a control client of tmux tells of every change, and each is looked at until what is waited for stands there.
// - tmux is started by posix_spawn and not by Foundation's Process, which waits for the end of a socket that tmux's server
//   inherits and never closes.

import Foundation
import Glibc
import Testing

let tmuxPath = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/bin/tmux"].first {
    FileManager.default.isExecutableFile(atPath: $0)
}

final class StudioSession {
    private let socket = "copydesk-\(UUID().uuidString.prefix(8))"
    private var controlPid: pid_t = 0
    /// What the control client prints, and what keeps its input open.
    private var events: Int32 = -1
    private var commands: Int32 = -1
    private let patienceSeconds: Double = 60
    private var pidFile = ""

    /// Opens the studio in a terminal of this size.
    init(home: Home, rows: Int, columns: Int, arguments: [String] = [], environment: [String: String] = [:]) throws {
        let variables = home.environment.merging(environment) { $1 }
            .filter {
                [
                    "COPYDESK_DATA", "COPYDESK_CONFIG", "LANG", "TZ", "EDITOR", "NO_COLOR", "HOME", "PATH", "TMPDIR",
                    "HF_ENDPOINT",
                ].contains($0.key)
            }
        let assignments = variables.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: " ")
        let program = ([executable.path] + arguments).map { "\"\($0)\"" }.joined(separator: " ")
        try tmux(
            "-f", "/dev/null", "new-session", "-d", "-s", "s", "-x", String(columns), "-y", String(rows),
            "-c", home.folder.path,
            "sh -c 'echo $$ >\(socket).pid; exec env -u TMUX \(assignments) \(program)'; ended=$?; printf \"\\r\\nended with $ended\\r\\n\"; exec cat"
        )
        pidFile = home.path("\(socket).pid")
        try tmux("set", "-g", "window-size", "manual")
        let output = try Pipes()
        let input = try Pipes()
        controlPid = try spawn(["-C", "attach", "-t", "s"], input: input.reading, output: output.writing)
        close(input.reading)
        close(output.writing)
        events = output.reading
        commands = input.writing
    }

    deinit {
        _ = try? tmux("kill-server")
        close(commands)
        if controlPid > 0 { waitpid(controlPid, nil, 0) }
        close(events)
    }

    /// Presses keys by tmux's names: `Enter`, `C-g`, `Escape`, `j`.
    func press(_ keys: String...) throws { try tmux(["send-keys", "-t", "s"] + keys) }

    func type(_ text: String) throws { try tmux("send-keys", "-t", "s", "-l", text) }

    func resize(rows: Int, columns: Int) throws {
        try tmux("resize-window", "-t", "s", "-x", String(columns), "-y", String(rows))
    }

    var screen: String { get throws { try tmux("capture-pane", "-p", "-t", "s") } }

    /// Sends a signal to the program itself.
    func signal(_ number: Int32) throws {
        let text = try String(contentsOfFile: pidFile, encoding: .utf8)
        let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        try #require(kill(pid, number) == 0)
    }

    /// True while the program's screen covers the terminal's own.
    var isOnOwnScreen: Bool {
        get throws { try tmux("display-message", "-p", "-t", "s", "#{alternate_on}").hasPrefix("1") }
    }

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
        var waiting = pollfd(fd: events, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 1000) > 0 else { return true }
        return !Pipes.read(events, upTo: 1 << 16).isEmpty
    }

    @discardableResult
    private func tmux(_ arguments: String...) throws -> String { try tmux(arguments) }

    @discardableResult
    private func tmux(_ arguments: [String]) throws -> String {
        let output = try Pipes()
        let pid = try spawn(arguments, input: nil, output: output.writing)
        close(output.writing)
        defer { close(output.reading) }
        var bytes: [UInt8] = []
        while case let piece = Pipes.read(output.reading, upTo: 1 << 16), !piece.isEmpty { bytes += piece }
        waitpid(pid, nil, 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Starts tmux on this session's socket; a missing stream is /dev/null.
    private func spawn(_ arguments: [String], input: Int32?, output: Int32) throws -> pid_t {
        let program = try #require(tmuxPath)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var pointers: [UnsafeMutablePointer<CChar>?] =
            ([program, "-L", socket, "-u"] + arguments).map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        // The threads that tests run on block signals, and their children would too.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        try #require(posix_spawn(&pid, program, &actions, &attributes, pointers, environ) == 0)
        return pid
    }
}

/// A pipe that no other program inherits.
private struct Pipes {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    /// The bytes that can be read now, up to a limit; empty at the end.
    static func read(_ descriptor: Int32, upTo count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, Glibc.read(descriptor, buffer.baseAddress, count))
        }
    }
}
