// A terminal without a window, for what tmux cannot show: a terminal that reads nothing, and the bytes themselves.

import Foundation
import Glibc
import Testing

final class PseudoTerminal {
    private let terminal: Int32
    private let path: String
    private let pid: pid_t
    private var hasEnded = false
    /// Everything that the program wrote and `read` has taken.
    private(set) var output = ""
    /// The part behind the text that was waited for last.
    private var unread = ""
    private static let patienceMilliseconds: Int32 = 60_000

    /// Opens the studio in a terminal of this size.
    init(home: Home, rows: UInt16, columns: UInt16, environment: [String: String] = [:]) throws {
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // The requests of Linux to unlock a terminal and to tell its number, which Glibc's module lacks.
        let (unlock, tellNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
        var locked: CInt = 0
        var number: CInt = 0
        try #require(
            terminal >= 0 && ioctl(terminal, unlock, &locked) == 0 && ioctl(terminal, tellNumber, &number) == 0)
        path = "/dev/pts/\(number)"
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try #require(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
        var variables = home.environment.merging(environment) { $1 }
        variables["TERM"] = "xterm-256color"
        variables["TMUX"] = nil
        pid = try Self.spawn(on: path, variables)
    }

    deinit {
        if !hasEnded {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        close(terminal)
    }

    /// Starts the program as the leader of a session, so that the terminal is its own.
    private static func spawn(on path: String, _ variables: [String: String]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, path, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads that tests run on block signals, and their children would too.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        let newSession: Int16 = 0x80  // POSIX_SPAWN_SETSID, which Glibc's module lacks
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | newSession)
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(executable.path), nil]
        var assignments: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + assignments { free(pointer) } }
        var pid: pid_t = 0
        try #require(posix_spawn(&pid, executable.path, &actions, &attributes, &arguments, &assignments) == 0)
        return pid
    }

    /// Reads what the program writes until a text comes, behind the one that was waited for before.
    func read(until text: String) throws {
        while true {
            if let place = unread.firstRange(of: text) {
                unread = String(unread[place.upperBound...])
                return
            }
            var waiting = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            try #require(poll(&waiting, 1, Self.patienceMilliseconds) > 0, "waited in vain for '\(text)': \(output)")
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = Glibc.read(terminal, &bytes, bytes.count)
            try #require(count > 0, "the program ended without '\(text)': \(output)")
            let piece = String(decoding: bytes[..<count], as: UTF8.self)
            unread += piece
            output += piece
        }
    }

    func type(_ text: String) throws {
        let bytes = Array(text.utf8)
        try #require(write(terminal, bytes, bytes.count) == bytes.count)
    }

    /// Fills what the terminal takes without reading, so that any further output has to wait.
    func fill() throws {
        let other = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        try #require(other >= 0)
        defer { close(other) }
        let bytes = [UInt8](repeating: 0x2E, count: 4096)
        // The system moves what was written to another buffer a little later, and then takes more.
        var fullCount = 0
        while fullCount < 20 {
            let taken = write(other, bytes, bytes.count) > 0 || write(other, bytes, 1) > 0
            fullCount = taken ? 0 : fullCount + 1
            if !taken { _ = poll(nil, 0, 10) }
        }
        try #require(errno == EAGAIN)
    }

    func signal(_ number: Int32) throws { try #require(kill(pid, number) == 0) }

    /// Waits for the end of the program.
    /// - Returns: its exit status; below 0 the signal that ended it.
    func end() throws -> Int32 {
        for _ in 0..<Self.patienceMilliseconds / 20 {
            var status: Int32 = 0
            let ended = waitpid(pid, &status, WNOHANG)
            try #require(ended >= 0)
            if ended == pid {
                hasEnded = true
                return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
            }
            _ = poll(nil, 0, 20)
        }
        Issue.record("the program still runs")
        throw StudioSession.WaitedInVain()
    }
}
