// `-p field=@file` and `--prompt-file`: texts that do not stand on the command line.

import Foundation
import Testing

@testable import copydesk

@Suite struct `Texts from files in arguments` {
    private let shown = ["inspect", "prompt", "one-sentence-summary"]

    @Test func `a field's text can come from a file or from standard input, and gives the same prompt as typed`() throws
    {
        let home = try Home()
        try home.write("Die Gärtner trafen sich.\r\n\r\nSie pflanzten 玫瑰.\r\n", to: "notes.txt")
        let typed = try home.run(shown + ["-p", "text=Die Gärtner trafen sich.\n\nSie pflanzten 玫瑰."])
        let file = try home.run(shown + ["-p", "text=@notes.txt"])
        let input = try home.run(
            shown + ["-p", "text=@-"], input: "Die Gärtner trafen sich.\n\nSie pflanzten 玫瑰.\n")
        #expect(typed.status == 0 && typed.output.contains("pflanzten 玫瑰."))
        #expect(file.output == typed.output, "\(file.error)")
        #expect(input.output == typed.output, "\(input.error)")
    }

    @Test func `two signs are a literal one, and a sign inside a text is nothing special`() throws {
        #expect(ArgumentText.Source("@@anna") == .literal("@anna"))
        #expect(ArgumentText.Source("@@@") == .literal("@@"))
        #expect(ArgumentText.Source("me@home.org") == .literal("me@home.org"))
        #expect(ArgumentText.Source("") == .literal(""))
        #expect(ArgumentText.Source("@-") == .standardInput)
        #expect(ArgumentText.Source("@-x") == .file("-x"))
        let run = try Home().run(shown + ["-p", "text=@@anna wrote."])
        #expect(run.output.contains("@anna wrote.") && !run.output.contains("@@"))
    }

    @Test func `a prompt file is the prompt, also from standard input`() throws {
        let home = try Home()
        try home.write("Describe a harbour at night.\n", to: "brief.txt")
        let typed = try home.run("inspect", "prompt", "--prompt", "Describe a harbour at night.")
        #expect(typed.status == 0 && typed.output.contains("harbour"))
        #expect(try home.run("inspect", "prompt", "--prompt-file", "brief.txt").output == typed.output)
        let input = try home.run("inspect", "prompt", "--prompt-file", "-", input: "Describe a harbour at night.\n")
        #expect(input.output == typed.output)
    }

    @Test func `a missing file is named, with the way to write the sign itself`() throws {
        let run = try Home().run(shown + ["-p", "text=@nobody"])
        #expect(run.status == 1)
        #expect(
            run.error
                == "copydesk: There is no file nobody. Check the name. A text that begins with @ is given as "
                + "-p text=@@….\n")
    }

    @Test func `a text that is too large is refused before it is made into tokens`() throws {
        let home = try Home()
        let text = String(repeating: "word ", count: 220_000)
        try home.write(text, to: "long.txt")
        let file = try home.run(shown + ["-p", "text=@long.txt"])
        #expect(file.status == 1 && file.error.contains("long.txt is larger than one megabyte."))
        let prompt = try home.run("inspect", "prompt", "--prompt-file", "long.txt")
        #expect(prompt.status == 1 && prompt.error.contains("larger than one megabyte."))
        let input = try home.run(shown + ["-p", "text=@-"], input: text)
        #expect(input.status == 1 && input.error.contains("Standard input is larger than one megabyte."))
    }

    @Test(arguments: [
        ["one-sentence-summary", "-", "-p", "text=@-"],
        ["--prompt-file", "-", "-"],
        ["translate", "-p", "text=@-", "-p", "language=@-"],
    ])
    func `standard input is read by one argument only`(arguments: [String]) throws {
        let run = try Home().run(["inspect", "prompt"] + arguments, input: "Text")
        #expect(run.status == 2)
        #expect(run.error.contains("Standard input can be read once"))
    }

    @Test func `a prompt is given in one way`() throws {
        let home = try Home()
        try home.write("A", to: "a.txt")
        #expect(try home.run("inspect", "prompt", "--prompt-file", "a.txt", "--prompt", "B").status == 2)
        #expect(try home.run("inspect", "prompt", "translate", "--prompt-file", "a.txt").status == 2)
    }

    @Test func `the help says who can read a command line`() throws {
        let help = try Home().run("generate", "--help")
        #expect(help.output.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains("(ps)"))
    }
}
