// A studio that is started again in a real terminal: what was chosen is there.

import Foundation
import Glibc
import Testing

@Suite(.enabled(if: tmuxPath != nil, "tmux is not installed"), .serialized)
struct `A studio that is started again` {
    /// A home with a second model, `tiny`.
    private func homeWithModel() throws -> Home {
        let home = try Home()
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        try FileManager.default.createDirectory(atPath: home.path("data/models"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: home.path("data/models/tiny.gguf"),
            withDestinationPath: root.appending(path: "Sources/CEmbed/built-in.gguf").path)
        return home
    }

    private func studio(_ home: Home, _ arguments: String...) throws -> StudioSession {
        try StudioSession(home: home, rows: 24, columns: 80, arguments: arguments)
    }

    private func quit(_ studio: StudioSession) throws {
        try studio.press("q")
        try studio.wait(for: "ended with 0")
    }

    private func open(_ words: String, _ studio: StudioSession) throws {
        try studio.press("M-1")
        try studio.press("g")
        try studio.wait(for: "Article headline")
        try studio.press("/")
        try studio.type(words)
        try studio.press("Enter", "Enter")
        try studio.wait(for: "temp")
    }

    private func setTemperature(_ text: String, _ studio: StudioSession) throws {
        try studio.press("F3")
        try studio.wait(for: "Temperature")
        try studio.press("C-u")
        try studio.type(text)
        try studio.wait(for: text)
        try studio.press("Enter")
        try studio.wait(for: "temp \(text)")
    }

    @Test func `has the temperature of each template, and of a kill too`() throws {
        let home = try Home()
        do {
            let studio = try studio(home)
            try open("article", studio)
            try setTemperature("1.3", studio)
            try open("slogan", studio)
            try studio.wait("the temperature of another template") { !$0.contains("temp 1.3") && $0.contains("temp ") }
            try setTemperature("0.2", studio)
            try open("article", studio)
            try studio.wait(for: "temp 1.3")
            // A second after a change it is in the file.
            let file = home.path("data/copydesk.studio.json")
            try studio.wait("both temperatures in the file") { _ in
                let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
                return text.contains("1.3") && text.contains("0.2")
            }
            try studio.signal(SIGKILL)
            try studio.wait(for: "ended with 137")
        }
        let studio = try studio(home)
        try open("slogan", studio)
        try studio.wait(for: "temp 0.2")
        try open("article", studio)
        try studio.wait(for: "temp 1.3")
    }

    @Test func `has the model that was chosen, which a model of the command line beats`() throws {
        let home = try homeWithModel()
        do {
            let studio = try studio(home)
            try studio.wait(for: " built-in")
            try studio.press("m")
            try studio.wait(for: "tiny")
            try studio.press("Down", "Enter")
            try studio.wait("tiny in the status line") { $0.contains("\n tiny") }
            try quit(studio)
        }
        do {
            let studio = try studio(home, "-m", "built-in")
            try studio.wait("the built-in model in the status line") { $0.contains("\n built-in") }
            try quit(studio)
        }
        do {
            let studio = try studio(home)
            try studio.wait("tiny in the status line") { $0.contains("\n tiny") }
            try quit(studio)
        }
        // A command takes the model of config.yaml, not the studio's.
        let run = try home.run("generate", "--prompt", "Tea.", "-n", "1", "--json", "-o", "max_tokens=2")
        #expect(try (run.json["generation"] as? [String: Any])?["model"] as? String == "built-in")
    }

    @Test func `says that its model is gone, opens another one, and has it when it is back`() throws {
        let home = try homeWithModel()
        try home.write(#"{"format": 1, "model": "tiny"}"#, to: "data/copydesk.studio.json")
        try FileManager.default.moveItem(atPath: home.path("data/models/tiny.gguf"), toPath: home.path("tiny.away"))
        do {
            let studio = try studio(home)
            let screen = try studio.wait(for: "There is no model 'tiny'.")
            let words = screen.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(
                words.contains(
                    "The model 'tiny', which you chose last, cannot be opened, so built-in writes until you choose another "
                        + "one."))
            try studio.press("f")
            try studio.wait(for: "Prompt")
            try studio.type("Tea")
            try studio.press("C-g")
            try studio.wait("two variants that are done") { $0.components(separatedBy: "─ done ").count == 3 }
            try studio.wait(for: "r again")
            try quit(studio)
        }
        try FileManager.default.moveItem(atPath: home.path("tiny.away"), toPath: home.path("data/models/tiny.gguf"))
        let studio = try studio(home)
        try studio.wait("tiny in the status line") { $0.contains("\n tiny") }
    }

    @Test func `shows the generation that was open, and proposes the last export again`() throws {
        let home = try Home()
        var shown = ""
        do {
            let studio = try studio(home)
            try open("article", studio)
            try studio.type("the benefits of exercise")
            try studio.press("C-g")
            try studio.wait("five variants that are done") { $0.components(separatedBy: "─ done ").count == 6 }
            try studio.press("x")
            try studio.wait(for: "Export")
            try studio.press("C-u")
            try studio.type("\(home.path("first.html"))")
            try studio.press("Enter")
            try studio.wait(for: "exported to")
            try studio.press("Down", "Enter")
            shown = try studio.wait("variant B in the reader") { $0.contains("› B ──") && $0.contains("Esc back") }
            try quit(studio)
        }
        let studio = try studio(home)
        let line = try #require(shown.split(separator: "\n").dropFirst(3).first)
        try studio.wait("variant B in the reader") {
            $0.contains("› B ──") && $0.contains("Esc back") && $0.contains(line)
        }
        try studio.press("x")
        try studio.wait(for: "← HTML →")
        try studio.press("Enter")
        try studio.wait(for: "exported to")
        #expect(FileManager.default.fileExists(atPath: home.path("article-headline-b.html")))
        try quit(studio)
        #expect(try home.run("history", "delete", "1").status == 0)
    }

    @Test func `shows an unsent form before the generation that was open`() throws {
        let home = try Home()
        #expect(try home.run("generate", "slogan", "--examples", "-n", "1").status == 0)
        try home.write(
            #"{"open": {"generation": 1, "pane": "draft"}}"#, to: "data/copydesk.studio.json")
        do {
            let studio = try studio(home)
            try studio.wait(for: "─ done ")
            try studio.press("M-1")
            try studio.press("f")
            try studio.wait(for: "Prompt")
            try studio.type("a thought")
            try studio.wait(for: "a thought")
            try studio.signal(SIGTERM)
            try studio.wait(for: "ended with 0")
        }
        let studio = try studio(home)
        try studio.wait(for: "a thought")
    }

    @Test func `says nothing of a generation that is gone`() throws {
        let home = try Home()
        try home.write(
            #"{"open": {"generation": 77, "pane": "draft"}}"#, to: "data/copydesk.studio.json")
        let studio = try studio(home)
        try studio.wait(for: "Article headline")
        let screen = try studio.wait(for: " built-in")
        #expect(!screen.contains("no longer"))
        try quit(studio)
        #expect(try !String(contentsOfFile: home.path("data/copydesk.studio.json"), encoding: .utf8).contains("77"))
    }

    @Test func `says that its choices were set aside`() throws {
        let home = try Home()
        try home.write("{", to: "data/copydesk.studio.json")
        let studio = try studio(home)
        try studio.wait(for: "copydesk.studio.damaged")
    }
}
