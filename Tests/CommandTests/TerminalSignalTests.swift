// What signals and odd terminals do to the studio: the terminal is given back, and no text is lost.

import Foundation
import Glibc
import Testing

@Suite struct `The studio and its terminal` {
    private func start(_ home: Home, environment: [String: String] = [:]) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal(home: home, rows: 24, columns: 100, environment: environment)
        try terminal.read(until: "Article headline")
        return terminal
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
}
