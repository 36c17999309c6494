import Foundation
import Testing

@Suite(.enabled(if: tmuxPath != nil, "tmux is not installed"), .serialized)
struct `Sessions of the studio in a terminal` {
    /// Opens the template `Article headline`, fills it in and generates; waits until all variants are done.
    private func draftHeadlines(_ studio: StudioSession) throws {
        try studio.wait(for: "Article headline")
        try studio.press("/")
        try studio.type("article")
        try studio.press("Enter", "Enter")
        try studio.wait(for: "Topic")
        try studio.type("the benefits of exercise")
        try studio.wait(for: "the benefits of exercise")
        try studio.press("C-g")
        try studio.wait("three variants that are done") { $0.components(separatedBy: "─ done ").count > 3 }
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
        try studio.wait("a word of the exported file") { $0.contains("xported") || $0.contains("ritten to") }
        let files = try FileManager.default.contentsOfDirectory(atPath: home.folder.path).filter { $0.hasSuffix(".md") }
        let file = try #require(files.first)
        let exported = try String(contentsOfFile: home.path(file), encoding: .utf8)
        #expect(try texts(home).contains { exported.contains($0) })
        try studio.press("q")
        try studio.wait(for: "ended with 0")
    }

    @Test func `what was generated stands in the store when the studio is killed`() throws {
        let home = try Home()
        do {
            let studio = try StudioSession(home: home, rows: 30, columns: 120)
            try draftHeadlines(studio)
        }  // the terminal is closed with the studio in it
        #expect(try texts(home).count >= 3)
    }

    @Test func `what is typed and not sent is there again after the terminal was closed`() throws {
        let home = try Home()
        do {
            let studio = try StudioSession(home: home, rows: 24, columns: 80)
            try studio.wait(for: "Article headline")
            try studio.press("f")
            try studio.wait(for: "Prompt")
            try studio.type("a thought that must not be lost")
            try studio.wait(for: "a thought that must not be lost")
            try studio.press("Escape", "q")
            try studio.wait(for: "ended with 0")
        }
        let studio = try StudioSession(home: home, rows: 24, columns: 80)
        try studio.wait(for: "Article headline")
        try studio.press("f")
        try studio.wait(for: "a thought that must not be lost")
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
        try studio.wait(for: "Edited: ")
        try studio.press("u")
        try studio.wait("the text before the edit") { !$0.contains("Edited: ") }
        try studio.press("q")
        try studio.wait(for: "ended with 0")
        #expect(Set(try texts(home)) == Set(before))
    }

    @Test func `any resize is survived and the text is drawn again`() throws {
        let studio = try StudioSession(home: Home(), rows: 24, columns: 80)
        try draftHeadlines(studio)
        for (rows, columns) in [(12, 40), (5, 20), (3, 10), (60, 200), (24, 80)] {
            try studio.resize(rows: rows, columns: columns)
        }
        try studio.wait("all three variants") { $0.components(separatedBy: "─ done ").count > 3 }
    }

    @Test func `Chinese text is typed, shown and found`() throws {
        let home = try Home()
        let studio = try StudioSession(home: home, rows: 24, columns: 80)
        try studio.wait(for: "Article headline")
        try studio.press("f")
        try studio.wait(for: "Prompt")
        try studio.type("写一个关于春天的标题")
        try studio.wait(for: "写一个关于春天的标题")
        try studio.press("C-g")
        try studio.wait(for: "─ done ")
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
