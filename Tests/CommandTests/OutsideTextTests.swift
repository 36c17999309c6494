// Texts from outside by each door of the program: the same note gives the same prompt.

import Foundation
import Testing

@Suite struct `A text by each door` {
    private static let note = "The kettle whistles.\n\nTea is ready."
    private static let spellings = [
        note + "\n", "\u{FEFF}" + note + "\n", note.replacing("\n", with: "\r\n") + "\r\n",
        "\u{FEFF}" + note.replacing("\n", with: "\r\n"), note.replacing("\n", with: "\r"),
    ]

    private func prompt(_ home: Home, _ arguments: String..., input: String = "") throws -> String {
        let run = try home.run(["inspect", "prompt"] + arguments, input: input)
        #expect(run.status == 0, "\(run.error)")
        return run.output
    }

    @Test(arguments: spellings)
    func `gives the same prompt however its lines end`(spelling: String) throws {
        let home = try Home()
        try home.write(spelling, to: "note.txt")
        let field = try prompt(home, "one-sentence-summary", "-p", "text=\(Self.note)")
        #expect(field.contains(Self.note))
        #expect(try prompt(home, "one-sentence-summary", "-p", "text=\(spelling)") == field)
        #expect(try prompt(home, "one-sentence-summary", "-", input: spelling) == field)
        let free = try prompt(home, "--prompt", Self.note, "-s", "Be brief.\nBe kind.")
        #expect(try prompt(home, "--prompt", spelling, "-s", "Be brief.\r\nBe kind.") == free)
        #expect(try prompt(home, "-", "-s", "\u{FEFF}Be brief.\nBe kind.", input: spelling) == free)
        let file = try prompt(home, "--prompt", "Sum up.", "-f", "note.txt")
        #expect(file.contains("Sum up.\n\nFile note.txt:\n\(Self.note)"), "\(file)")
    }

    @Test func `a grammar with CR LF and a byte order mark is the same grammar`() throws {
        let home = try Home()
        try home.write("\u{FEFF}root ::= word\r\nword ::= \"yes\"\r\n", to: "yes.gbnf")
        let run = try home.run("generate", "--prompt", "x", "--no-save", "-n", "1", "--grammar", "yes.gbnf")
        #expect(run.output == "yes\n", "\(run.error)")
    }

    @Test func `a binary file is refused by each door, with the place of the first NUL`() throws {
        let home = try Home()
        try home.write("One\nTw\0o\n", to: "data.bin")
        let sentence = "is not text: it has a NUL character at line 2, column 3 (byte 7)"
        for arguments in [
            ["--prompt", "Sum up.", "-f", "data.bin"], ["one-sentence-summary", "-f", "data.bin"],
        ] {
            let run = try home.run(["generate", "--no-save"] + arguments)
            #expect(run.status == 1 && run.error.contains("copydesk: data.bin \(sentence)"), "\(run.error)")
        }
        let grammar = try home.run("generate", "--prompt", "x", "--no-save", "--grammar", "data.bin")
        #expect(grammar.status == 1 && grammar.error.contains("data.bin \(sentence)"), "\(grammar.error)")
        let input = try home.run("generate", "--no-save", "-", input: "One\nTw\0o\n")
        #expect(input.status == 1 && input.error.contains("Standard input \(sentence)"), "\(input.error)")
    }

    @Test func `an instruction, standard input and files make one prompt`() throws {
        let home = try Home()
        try home.write("Old.", to: "a/notes.txt")
        try home.write("New.\n", to: "b/notes.txt")
        let joined = try prompt(
            home, "--prompt", "Compare.", "-f", "a/notes.txt", "-f", "b/notes.txt", "-", input: "By hand.\n")
        #expect(
            joined.contains("Compare.\n\nBy hand.\n\nFile a/notes.txt:\nOld.\n\nFile b/notes.txt:\nNew."), "\(joined)")
        let template = try prompt(home, "one-sentence-summary", "-f", "a/notes.txt")
        // A file's name would become part of what is summarized.
        #expect(template.contains("Old.") && !template.contains("notes.txt"), "\(template)")
        let twice = try home.run("inspect", "prompt", "one-sentence-summary", "-p", "text=x", "-f", "a/notes.txt")
        #expect(twice.status == 2 && twice.error.contains("given by -p and by -f. Give it once."), "\(twice.error)")
        let none = try home.run("inspect", "prompt", "--prompt", "x", "-f", "none.txt")
        #expect(none.status == 1 && none.error.contains("There is no file none.txt."), "\(none.error)")
        let noField = try home.run("inspect", "prompt", "slogan", "-f", "a/notes.txt")
        #expect(
            noField.status == 1 && noField.error.contains("has no field for a text from a file"), "\(noField.error)")
    }

    @Test func `examples fill every field that is not given`() throws {
        let home = try Home()
        try home.write(
            "---\nname: Notes\nfields:\n  - {name: topic, example: kites}\n  - {name: tone, default: dry, example: warm}\n"
                + "  - {name: place, default: null, example: a hill}\n---\n[{{ topic }}|{{ tone }}|{{ place }}]\n",
            to: "config/templates/notes.md")
        #expect(try prompt(home, "notes", "--examples").contains("[kites|warm|a hill]"))
        #expect(try prompt(home, "notes", "--examples", "-p", "tone=sharp").contains("[kites|sharp|a hill]"))
        #expect(try prompt(home, "notes", "-p", "topic=x").contains("[x|dry|]"))
    }

    @Test(arguments: [
        (["generate", "--prompt", "x", "--seed", "-1"], "A seed is a whole number from 0 to 18446744073709551615."),
        (["generate", "--prompt", "x", "--seed", "1.5"], "A seed is a whole number from 0 to"),
        (
            ["generate", "--prompt", "x", "-n", "-1"],
            "variants takes a whole number from 1 to 64, and '-1' is not one."
        ),
        (["generate", "--prompt", "x", "-n", "many"], "It takes a whole number, such as 5."),
        (
            ["generate", "--prompt", "x", "--threads", "-2"],
            "--threads takes a number from 1 to 1024, and -2 is not one."
        ),
        (["inspect", "next", "--top", "-1"], "--top takes a number of at least 1, and -1 is not one."),
    ])
    func `a number that is wrong is told so, and not that it is missing`(arguments: [String], sentence: String) throws {
        let run = try Home().run(arguments)
        #expect(run.status == 2 && run.error.contains(sentence), "\(run.error)")
        #expect(!run.error.contains("Missing"))
    }

    @Test func `a prompt that leaves little room says so before and in the draft`() throws {
        let home = try Home()
        let words = String(repeating: "many words and more ", count: 95)
        let run = try home.run(
            "generate", "-", "--raw", "-n", "1", "--seed", "3", "-o", "max_tokens=160", "--json", input: words)
        #expect(run.status == 0, "\(run.error)")
        let match = try #require(
            run.error.firstMatch(of: /copydesk: There is room for (\d+) of 160 tokens: the prompt has (\d+) tokens/),
            "\(run.error)")
        let room = try #require(Int(match.1))
        #expect(try #require(Int(match.2)) + room == 512 && room < 160)
        let draft = try #require(try run.objects("drafts").first)
        if draft["finishReason"] as? String == "length" {
            let shown = try home.run("history", "show", "1")
            #expect(shown.output.contains("length: the prompt left room for \(room) of 160 tokens"), "\(shown.output)")
        }
        let short = try home.run("generate", "--prompt", "Tea", "-n", "1", "-o", "max_tokens=8", "--no-save")
        #expect(short.error.isEmpty)
    }
}
