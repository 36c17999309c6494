import Foundation
import Glibc
import Testing

@Suite(.enabled(if: tmuxPath != nil, "tmux is not installed"), .serialized)
struct `Sessions of the studio in a terminal` {
    /// Opens the template `Article headline`, fills it in and generates; waits until all five variants are done.
    private func draftHeadlines(_ studio: StudioSession) throws {
        try studio.wait(for: "Article headline")
        try studio.press("/")
        try studio.type("article")
        try studio.press("Enter", "Enter")
        try studio.wait(for: "Topic")
        try studio.type("the benefits of exercise")
        try studio.wait(for: "the benefits of exercise")
        try studio.press("C-g")
        try studio.wait("five variants that are done") { $0.components(separatedBy: "─ done ").count == 6 }
        try studio.wait(for: "r again")
    }

    /// Opens a free prompt and types into it.
    private func typePrompt(_ text: String, _ studio: StudioSession) throws {
        try studio.wait(for: "Article headline")
        try studio.press("f")
        try studio.wait(for: "Prompt")
        try studio.type(text)
        try studio.wait(for: text)
    }

    private func texts(_ home: Home) throws -> [String] {
        try home.run("history", "search", "exercise", "--json").objects("drafts").map { $0["text"] as? String ?? "" }
    }

    @Test(arguments: [(24, 80), (45, 160)])
    func `from a template to an exported draft`(rows: Int, columns: Int) throws {
        let home = try Home()
        let studio = try StudioSession(home: home, rows: rows, columns: columns)
        try draftHeadlines(studio)
        try studio.press("s")
        try studio.wait(for: "★")
        try studio.press("x")
        try studio.wait(for: "Export")
        try studio.press("Enter")
        try studio.wait(for: "1 draft exported to article-headline-a.md")
        let exported = try String(contentsOfFile: home.path("article-headline-a.md"), encoding: .utf8)
        #expect(try texts(home).contains { exported.contains($0) })
        try studio.press("q")
        try studio.wait(for: "ended with 0")
        #expect(try !studio.isOnOwnScreen)
    }

    @Test func `an export into a pipe that nobody reads can be cancelled, and does not hold up the end`() throws {
        let home = try Home()
        try #require(mkfifo(home.path("pipe"), 0o600) == 0)
        let studio = try StudioSession(home: home, rows: 30, columns: 120)
        try draftHeadlines(studio)
        try studio.press("x")
        try studio.wait(for: "Export")
        try studio.press("C-u")
        try studio.type("pipe")
        try studio.press("Enter")
        try studio.wait(for: "pipe is there already.")
        try studio.press("y")
        try studio.wait(for: "exporting to pipe…")
        try studio.press("Escape")
        try studio.wait(for: "stopping…")
        try studio.press("q")
        try studio.wait(for: "ended with 0")
    }

    @Test func `what was generated stands in the store when the terminal is closed`() throws {
        let home = try Home()
        do {
            let studio = try StudioSession(home: home, rows: 30, columns: 120)
            try draftHeadlines(studio)
        }  // the terminal is closed with the studio in it
        #expect(try texts(home).count == 5)
    }

    @Test func `what is typed and not sent is there again at the next start`() throws {
        let home = try Home()
        do {
            let studio = try StudioSession(home: home, rows: 24, columns: 80)
            try typePrompt("a thought that must not be lost", studio)
            // Escape and a key at once would be one key with Alt.
            try studio.press("Escape")
            try studio.wait(for: "Enter open")
            try studio.press("q")
            try studio.wait(for: "ended with 0")
        }
        let studio = try StudioSession(home: home, rows: 24, columns: 80)
        try studio.wait(for: "a thought that must not be lost")
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func `what is typed a moment before the studio is ended is there again`(signal: Int32) throws {
        let home = try Home()
        do {
            let studio = try StudioSession(home: home, rows: 24, columns: 80)
            try typePrompt("half a thought", studio)
            try studio.signal(signal)
            try studio.wait(for: "ended with 0")
            #expect(try !studio.isOnOwnScreen)
        }
        let studio = try StudioSession(home: home, rows: 24, columns: 80)
        try studio.wait(for: "half a thought")
    }

    @Test func `a fault of the program gives the terminal back and says so`() throws {
        let home = try Home()
        let studio = try StudioSession(home: home, rows: 24, columns: 80)
        try studio.wait(for: "Article headline")
        try studio.signal(SIGSEGV)
        try studio.wait(for: "the program crashed")
        #expect(try !studio.isOnOwnScreen)
    }

    @Test func `an edit is kept with the text before it, and can be undone`() throws {
        let home = try Home()
        let studio = try StudioSession(home: home, rows: 24, columns: 80)
        try draftHeadlines(studio)
        let before = try texts(home)
        try studio.press("e")
        try studio.wait(for: "^S")
        try studio.type("Edited: ")
        try studio.press("C-s")
        try studio.wait(for: "saved as a new revision")
        try studio.press("u")
        try studio.wait("the text before the edit") { !$0.contains("Edited: ") }
        try studio.press("q")
        try studio.wait(for: "ended with 0")
        #expect(Set(try texts(home)) == Set(before))
    }

    @Test func `a draft is edited in the writer's own editor, and an editor that fails harms nothing`() throws {
        let home = try Home()
        try home.write(
            "#!/bin/sh\nprintf 'by hand: ' | cat - \"$1\" >\"$1.new\" && mv \"$1.new\" \"$1\"\n", to: "editor")
        chmod(home.path("editor"), 0o755)
        let studio = try StudioSession(
            home: home, rows: 24, columns: 80,
            // The file of an editor that fails stays, so it is in a folder that is removed with the test.
            environment: ["EDITOR": home.path("editor"), "TMPDIR": home.folder.path])
        try draftHeadlines(studio)
        try studio.press("E")
        try studio.wait(for: "by hand: ")
        try home.write("#!/bin/sh\necho ruined >\"$1\"; exit 3\n", to: "editor")
        try studio.press("E")
        let screen = try studio.wait(for: "ended with status 3")
        #expect(screen.contains("by hand: ") && !screen.contains("ruined"))
    }

    @Test func `an editor with a window of its own keeps its file, and its text is read when it is saved`() throws {
        let home = try Home()
        try home.write("#!/bin/sh\nprintf '%s' \"$1\" >'\(home.path("opened"))'\n", to: "my editor")
        chmod(home.path("my editor"), 0o755)
        let studio = try StudioSession(
            home: home, rows: 24, columns: 80,
            environment: ["EDITOR": home.path("my\\ editor"), "TMPDIR": home.folder.path])
        try draftHeadlines(studio)
        try studio.press("E")
        try studio.wait(for: "came back at once")
        let file = try String(contentsOfFile: home.path("opened"), encoding: .utf8)
        try Data("by hand\n".utf8).write(to: URL(filePath: file))
        try studio.press("r")
        try studio.wait(for: "by hand")
        #expect(FileManager.default.fileExists(atPath: file))
    }

    @Test func `what another process writes and a template that is edited show up by themselves`() throws {
        let home = try Home()
        let studio = try StudioSession(home: home, rows: 30, columns: 120)
        try studio.wait(for: "Nothing is written yet.")
        #expect(try home.run("generate", "slogan", "--examples", "-n", "1").status == 0)
        try studio.wait("the slogan in History") { !$0.contains("Nothing is written yet.") && $0.contains("Today") }
        try home.write(
            "---\nname: Haiku of mine\nfields:\n  - {name: topic, example: bees, required: true}\n---\nA haiku about {{ topic }}\n",
            to: "config/templates/haiku.md")
        try studio.press("/")
        try studio.type("haiku of mine")
        try studio.wait(for: "Haiku of mine")
    }

    @Test func `a store that is deleted under the studio is told of, and put back it takes what waits`() throws {
        let home = try Home()
        let studio = try StudioSession(home: home, rows: 24, columns: 80)
        try draftHeadlines(studio)
        try FileManager.default.moveItem(atPath: home.path("data/copydesk.db"), toPath: home.path("data/elsewhere"))
        try studio.press("s")
        try studio.wait(for: "was moved or deleted")
        try studio.press("q")
        try studio.wait(for: "Not everything is saved")
        try studio.press("n")
        try FileManager.default.moveItem(atPath: home.path("data/elsewhere"), toPath: home.path("data/copydesk.db"))
        try studio.press("S")
        try studio.wait(for: "is starred")
        let drafts = try home.run("history", "search", "exercise", "--json").objects("drafts")
        #expect(drafts.contains { $0["starred"] as? Bool == true })
    }

    @Test func `any resize is survived and the text is drawn again`() throws {
        let home = try Home()
        let studio = try StudioSession(home: home, rows: 24, columns: 80)
        try draftHeadlines(studio)
        for (rows, columns) in [(12, 40), (5, 20), (3, 10), (60, 200), (24, 80)] {
            try studio.resize(rows: rows, columns: columns)
        }
        try studio.wait("all five variants") { $0.components(separatedBy: "─ done ").count == 6 }
    }

    @Test func `Chinese text is typed, shown and found`() throws {
        let home = try Home()
        let studio = try StudioSession(home: home, rows: 24, columns: 80)
        try typePrompt("写一个关于春天的标题", studio)
        try studio.press("C-g")
        try studio.wait("the end of the writing") {
            $0.contains("r again") && !$0.contains("writing 1 of") && !$0.contains("writing 2 of")
        }
        try studio.press("q")
        try studio.wait(for: "ended with 0")
        #expect(try home.run("history", "search", "春天", "--json").objects("drafts").count >= 1)
    }

    @Test func `a terminal that cannot place its cursor is told so in a sentence`() throws {
        let run = try Home().run(
            ["-c", "TERM=dumb exec script -qec '\(executable.path)' /dev/null"], program: URL(filePath: "/bin/sh"))
        #expect(run.status == 1)
        #expect((run.output + run.error).contains("copydesk generate"))
    }
}
