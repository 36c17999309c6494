// What signals and odd terminals do to the studio: the terminal is given back, and no text is lost.

import Foundation
import Glibc
import Testing

@Suite struct `The studio and its terminal` {
    private static let leavesOwnScreen = "\u{1B}[?1049l"

    private func start(_ home: Home, environment: [String: String] = [:]) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal(home: home, rows: 24, columns: 100, environment: environment)
        try terminal.read(until: "Article headline")
        return terminal
    }

    private func sessions(_ home: Home) throws -> String {
        try FileManager.default.contentsOfDirectory(atPath: home.path("data"))
            .filter { $0.hasPrefix("session-") && $0.hasSuffix(".json") }
            .map { try String(contentsOfFile: home.path("data/\($0)"), encoding: .utf8) }.joined()
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func `a terminal that reads nothing does not keep the studio from ending with its text saved`(
        signal: Int32
    ) async throws {
        try await onThread {
            let home = try Home()
            let terminal = try start(home)
            try terminal.type("f")
            try terminal.read(until: "Prompt")
            try terminal.type("read thought")
            try terminal.read(until: "thought")
            try terminal.fill()
            try terminal.type(" and unread thought")
            try terminal.signal(signal)
            #expect(try terminal.end() == 0)
            #expect(try sessions(home).contains("read thought and unread thought"))
        }
    }

    @Test func `exported LINES and COLUMNS do not change the size that the studio draws in`() async throws {
        try await onThread {
            let home = try Home()
            let terminal = try start(home, environment: ["LINES": "5", "COLUMNS": "5"])
            // The last row is the footer; with five rows nothing is drawn below the fifth.
            try terminal.read(until: "\u{1B}[24;")
            try terminal.signal(SIGTERM)
            #expect(try terminal.end() == 0)
        }
    }

    @Test(arguments: [SIGUSR1, SIGUSR2, SIGALRM, SIGXCPU, SIGSYS, SIGVTALRM, SIGPROF, SIGPWR, firstRealTimeSignal])
    func `a signal that ends the program gives the terminal back first`(signal: Int32) async throws {
        try await onThread {
            let home = try Home()
            let terminal = try start(home)
            try terminal.signal(signal)
            try terminal.read(until: signal == SIGSYS ? "the program crashed" : "a signal ended the program")
            #expect(terminal.output.contains(Self.leavesOwnScreen))
            #expect(try terminal.end() == -signal)
        }
    }

    @Test func `a limit on file sizes does not end the studio`() async throws {
        try await onThread {
            let home = try Home()
            let terminal = try start(home)
            try terminal.signal(SIGXFSZ)
            try terminal.type("f")
            try terminal.read(until: "Prompt")
            try terminal.signal(SIGTERM)
            #expect(try terminal.end() == 0)
        }
    }

    // The system stops no process whose parent belongs to another session, so here it goes on at once.
    @Test func `stopped from outside, the studio gives the terminal back, and draws again later`() async throws {
        try await onThread {
            let home = try Home()
            let terminal = try start(home)
            try terminal.signal(SIGTSTP)
            // Bracketed paste, which ncurses knows nothing of, and then the screen.
            try terminal.read(until: "\u{1B}[?2004l")
            try terminal.read(until: Self.leavesOwnScreen)
            try terminal.signal(SIGCONT)
            // All of it, and not only what differs.
            try terminal.read(until: "Article headline")
            try terminal.signal(SIGTERM)
            #expect(try terminal.end() == 0)
        }
    }
}

/// The first real-time signal; Glibc's macro is a call.
private let firstRealTimeSignal: Int32 = 34
