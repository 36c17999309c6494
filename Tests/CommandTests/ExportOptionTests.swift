// What `export` writes besides the drafts, and what it leaves out.

import Foundation
import Testing

@Suite struct `Options of exports` {
    private func home() throws -> Home {
        let home = try Home()
        let note = String(repeating: "The kettle whistles. ", count: 10)
        let run = try home.run(
            "generate", "one-sentence-summary", "-", "-n", "2", "--seed", "3", "-o", "max_tokens=12", input: note)
        #expect(run.status == 0, "\(run.error)")
        return home
    }

    @Test func `- as the file is standard output, and an id that is named twice is written once`() throws {
        let home = try home()
        let plain = try home.run("export", "1", "--format", "txt")
        #expect(plain.status == 0 && plain.output.contains("Draft 1 ·"))
        #expect(try home.run("export", "1", "-O", "-", "--format", "txt").output == plain.output)
        #expect(try home.run("export", "-O", "-", "1", "--format", "txt").output == plain.output)
        #expect(try home.run("export", "1", "1", "--format", "txt").output == plain.output)
        #expect(try home.run("export", "1", "2", "1", "-O", "two.jsonl").error.hasPrefix("2 drafts written"))
    }

    @Test func `the text that was summarised is left out, and the drafts alone are ready to send`() throws {
        let home = try home()
        let usual = try home.run("export", "--all")
        #expect(!usual.output.contains("whistles. The kettle") && usual.output.contains("- text: left out, "))
        let sources = try home.run("export", "--all", "--sources")
        #expect(sources.output.contains("whistles. The kettle"))
        let drafts = try home.run("export", "--all", "--format", "jsonl").output.split(separator: "\n").map {
            let draft = try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            return try #require(draft?["text"] as? String)
        }
        let alone = try home.run("export", "--all", "--format", "txt", "--drafts-only")
        #expect(alone.output == drafts.joined(separator: "\n\n") + "\n")
        #expect(try home.run("export", "1", "--drafts-only").output == drafts[0] + "\n")
    }

    @Test func `CSV is guarded unless it is asked not to be, and has a byte order mark if it is asked for`() throws {
        let home = try home()
        try home.write(
            "---\nname: Sum\nfields:\n  - {name: x, example: a}\nlimits: {characters: 20}\n"
                + "sampling:\n  grammar: 'root ::= \"=1+1\"'\n---\n{{ x }}\n", to: "config/templates/sum.md")
        #expect(try home.run("generate", "sum", "--examples", "-n", "1").output == "=1+1\n")
        let guarded = try home.run("export", "--template", "sum", "--format", "csv")
        #expect(guarded.output.contains(",'=1+1,"), "\(guarded.output)")
        let plain = try home.run("export", "--template", "sum", "--format", "csv", "--no-guard", "--bom")
        #expect(plain.output.contains(",=1+1,") && plain.output.hasPrefix("\u{FEFF}id,"), "\(plain.output)")
    }

    @Test(arguments: [
        (["--bom"], "--bom is for csv, and this export is md."),
        (["--format", "json", "--no-guard"], "--no-guard is for csv"),
        (["--format", "csv", "--drafts-only"], "--drafts-only is for md, txt, html, and this export is csv."),
        (["--drafts-only", "--sources"], "Give --drafts-only or --sources, not both."),
    ])
    func `an option that a format does not have is refused`(arguments: [String], sentence: String) throws {
        let run = try Home().run(["export", "--all"] + arguments)
        #expect(run.status == 2 && run.error.contains(sentence), "\(run.error)")
    }

    private static let office = ["soffice", "libreoffice"].first { name in
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
        }
    }

    @Test(.enabled(if: office != nil, "LibreOffice is not installed"))
    func `LibreOffice reads a guarded cell as text`() throws {
        let home = try home()
        try home.write(
            "---\nname: Sum\nfields:\n  - {name: x, example: a}\nsampling:\n  grammar: 'root ::= \"=1+1\"'\n---\n{{ x }}\n",
            to: "config/templates/sum.md")
        _ = try home.run("generate", "sum", "--examples", "-n", "1")
        _ = try home.run("export", "--template", "sum", "-O", "sum.csv", "--bom")
        let office = try #require(Self.office)
        home.environment["HOME"] = home.folder.path
        let run = try home.run(
            ["-c", "\(office) --headless --convert-to html sum.csv"], program: URL(filePath: "/bin/sh"))
        #expect(run.status == 0, "\(run.error)")
        let page = try String(contentsOfFile: home.path("sum.html"), encoding: .utf8)
        #expect(page.contains("=1+1") && !page.contains(">2<"), "\(page)")
    }
}
