// Studios that are killed in real terminals: what was typed, edited or said to be saved is there afterwards.

import Foundation
import Glibc
import Testing

@Suite(.enabled(if: tmuxPath != nil, "tmux is not installed"), .serialized)
struct `Studios that are killed` {
    private func start(_ home: Home, environment: [String: String] = [:]) throws -> StudioSession {
        let studio = try StudioSession(home: home, rows: 24, columns: 100, environment: environment)
        // If an edit opens again at once, the list is scrolled to its template: the filter's row is there all the same.
        try studio.wait(for: "filter…")
        return studio
    }

    private func typePrompt(_ text: String, _ studio: StudioSession) throws {
        try studio.press("f")
        try studio.wait(for: "Prompt")
        try studio.type(text)
        try studio.wait(for: text)
    }

    /// Makes one draft, and opens it for editing.
    private func editDraft(_ home: Home, _ studio: StudioSession) throws {
        try studio.press("3")
        try studio.wait(for: "Enter open")
        try studio.press("Enter")
        try studio.wait(for: "r again")
        try studio.press("e")
        try studio.wait(for: "^S save")
    }

    private func makeDraft(_ home: Home) throws {
        let run = try home.run("generate", "slogan", "--examples", "-n", "1", "--seed", "3")
        try #require(run.status == 0)
    }

    private func drafts(_ home: Home) throws -> [String] {
        try home.run("history", "search", "", "--json").objects("drafts").map { $0["text"] as? String ?? "" }
    }

    @Test(arguments: [
        (SIGKILL, SIGKILL), (SIGKILL, SIGTERM), (SIGHUP, SIGKILL), (SIGTERM, SIGHUP),
    ])
    func `two studios on one folder both keep what was typed, however each is ended`(first: Int32, second: Int32) throws
    {
        let home = try Home()
        do {
            let files = try FolderWatch(home.path("data"))
            let one = try start(home)
            let two = try start(home)
            try typePrompt("the older thought", one)
            try files.wait(forSessionWith: "the older thought")
            try typePrompt("the newer thought", two)
            try files.wait(forSessionWith: "the newer thought")
            try one.signal(first)
            try one.wait(for: "ended with")
            try two.signal(second)
            try two.wait(for: "ended with")
        }
        let studio = try start(home)
        try studio.wait(for: "the newer thought")
        try studio.wait(for: "Alt-K shows 1 kept text")
        try studio.press("M-k")
        try studio.wait(for: "Free prompt: the older thought")
        try studio.press("Enter")
        try studio.wait(for: "Prompt  the older thought")
        try studio.press("M-k")
        try studio.wait(for: "Free prompt: the newer thought")
    }

    @Test func `an edit killed when it is said to be saved is in the store`() throws {
        let home = try Home()
        try makeDraft(home)
        do {
            let studio = try start(home)
            try editDraft(home, studio)
            try studio.type("Kept: ")
            try studio.press("C-s")
            try studio.wait(for: "A is saved as a new revision")
            try studio.signal(SIGKILL)
            try studio.wait(for: "ended with 137")
        }
        #expect(try drafts(home).count { $0.hasPrefix("Kept: ") } == 1)
        let studio = try start(home)
        try studio.press("3")
        try studio.wait(for: "Today")
        try studio.press("Enter")
        let screen = try studio.wait(for: "Kept: ")
        #expect(!screen.contains("unsaved edit"))
    }

    @Test func `an edit that the store makes wait is not said to be saved, and a kill leaves it in the session`() throws
    {
        let home = try Home()
        try makeDraft(home)
        do {
            let files = try FolderWatch(home.path("data"))
            let studio = try start(home)
            try editDraft(home, studio)
            let lock = open(home.path("data/copydesk.db-lock"), O_RDWR | O_CLOEXEC)
            try #require(lock >= 0 && flock(lock, LOCK_EX) == 0)
            defer { close(lock) }
            try studio.type("Kept: ")
            try studio.press("C-s")
            let screen = try studio.wait(for: "─ saving… ─")
            #expect(!screen.contains("saved as a new revision"))
            try files.wait(forSessionWith: "\"unsavedEdits\":[{")
            try studio.signal(SIGKILL)
            try studio.wait(for: "ended with 137")
        }
        #expect(try drafts(home).allSatisfy { !$0.hasPrefix("Kept: ") })
        let studio = try start(home)
        try studio.wait(for: "Your unsaved edit is here again")
        try studio.wait(for: "Kept: ")
        try studio.press("C-s")
        try studio.wait(for: "A is saved as a new revision")
        #expect(try drafts(home).count { $0.hasPrefix("Kept: ") } == 1)
    }

    @Test func `after a restore an unsaved edit does not open on the draft that has its id by then`() throws {
        let home = try Home()
        try makeDraft(home)
        let backup = try home.run("backup", "backup.db")
        try #require(backup.status == 0)
        try makeDraft(home)
        do {
            let files = try FolderWatch(home.path("data"))
            let studio = try start(home)
            try editDraft(home, studio)
            try studio.type("Mine: ")
            try files.wait(forSessionWith: "Mine: ")
            try studio.signal(SIGKILL)
            try studio.wait(for: "ended with 137")
        }
        let restore = try home.run("restore", "backup.db")
        try #require(restore.status == 0)
        try makeDraft(home)  // of the same ids as the one that was edited, and by its seed of the same text
        let before = try drafts(home)
        let studio = try start(home)
        try studio.wait(for: "so your unsaved edit is kept: K shows it")
        try studio.press("K")
        try studio.wait(for: "Free prompt: Mine: ")
        try studio.press("Enter")
        try studio.wait(for: "Your text is in the form Free prompt again")
        #expect(try drafts(home) == before)
    }

    @Test func `of two studios the one whose save failed does not write over the newer edit of the other`() throws {
        let home = try Home()
        try makeDraft(home)
        let one = try start(home)
        try editDraft(home, one)
        let lock = open(home.path("data/copydesk.db-lock"), O_RDWR | O_CLOEXEC)
        try #require(lock >= 0 && flock(lock, LOCK_EX) == 0)
        try one.type("Older: ")
        try one.press("C-s")
        try one.wait(for: "S tries again.")
        close(lock)
        let two = try start(home)
        try editDraft(home, two)
        try two.type("Newer: ")
        try two.press("C-s")
        try two.wait(for: "A is saved as a new revision")
        try one.press("S")
        try one.wait(for: "A was changed elsewhere meanwhile, so your edit is not saved over it.")
        #expect(try drafts(home).count { $0.hasPrefix("Newer: ") } == 1)
        // Chosen from the kept texts, it opens over the newer text and replaces it as a revision.
        try one.press("K")
        try one.wait(for: "Edit: Older: ")
        try one.press("Enter")
        try one.wait(for: "A has another text by now: ^S replaces it")
        try one.press("C-s")
        try one.wait(for: "A is saved as a new revision")
        #expect(try drafts(home).count { $0.hasPrefix("Older: ") } == 1)
    }

    @Test func `what an editor wrote when the studio was killed is offered with the name of its file`() throws {
        let home = try Home()
        try makeDraft(home)
        try home.write("#!/bin/sh\nprintf 'by hand' >\"$1\"\nkill -9 $PPID\n", to: "editor")
        chmod(home.path("editor"), 0o755)
        try FileManager.default.createDirectory(atPath: home.path("tmp"), withIntermediateDirectories: false)
        let environment = ["EDITOR": home.path("editor"), "TMPDIR": home.path("tmp")]
        do {
            let studio = try start(home, environment: environment)
            try studio.press("3")
            try studio.wait(for: "Enter open")
            try studio.press("Enter")
            try studio.wait(for: "r again")
            try studio.press("E")
            try studio.wait(for: "ended with 137")
        }
        let studio = try start(home, environment: environment)
        try studio.wait(for: "K shows 1 kept text")
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: home.path("tmp")).first)
        // The name is longer than a line of the screen.
        try studio.wait("the file's name") { screen in
            screen.filter { !$0.isWhitespace }.contains("\(home.path("tmp"))/\(name)/draft.md")
        }
        try studio.press("K")
        try studio.wait(for: "Edit: by hand")
        try studio.press("Enter")
        try studio.wait(for: "^S save")
        try studio.press("C-s")
        try studio.wait(for: "A is saved as a new revision")
        #expect(try drafts(home) == ["by hand"])
        try studio.press("q")
        try studio.wait(for: "ended with 0")
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path("tmp")).isEmpty)
    }
}

/// Tells when a file of a folder is replaced.
private final class FolderWatch {
    private let path: String
    private let descriptor = inotify_init1(Int32(IN_CLOEXEC))

    init(_ path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try #require(inotify_add_watch(descriptor, path, UInt32(IN_MOVED_TO)) >= 0)
    }

    deinit { close(descriptor) }

    /// Waits until a session file holds a text.
    func wait(forSessionWith text: String) throws {
        while try !sessions().contains(where: { $0.contains(text) }) {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            try #require(poll(&waiting, 1, 60_000) > 0, "no session was written with '\(text)'")
            var events = [UInt8](repeating: 0, count: 4096)
            _ = read(descriptor, &events, events.count)
        }
    }

    private func sessions() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path)
            .filter { $0.hasPrefix("session-") && $0.hasSuffix(".json") }
            .compactMap { try? String(contentsOfFile: "\(path)/\($0)", encoding: .utf8) }
    }
}
