import Foundation
import Testing

@Suite struct `Evaluating a model` {
    private func text(_ home: Home) throws -> String {
        try home.write(
            String(repeating: "The garden was quiet, and a small bird sat on the gate. ", count: 30), to: "text.txt")
        return home.path("text.txt")
    }

    @Test func `the figure comes with the documented keys`() throws {
        let home = try Home()
        let json = try home.run("evaluate", text(home), "-c", "64", "--chunks", "2", "--json").json
        #expect(
            Set(json.keys) == [
                "model", "perplexity", "standardError", "meanLoss", "tokens", "scoredTokens", "chunks", "context",
                "seconds",
            ])
        #expect(json["context"] as? Int == 64)
        #expect(json["chunks"] as? Int == 2)
        #expect(json["scoredTokens"] as? Int == 62)
        let mean = try #require(json["meanLoss"] as? Double)
        #expect(abs((json["perplexity"] as? Double ?? 0) - exp(mean)) < 1e-6)
    }

    @Test func `a person gets one line, and standard input is a file too`() throws {
        let home = try Home()
        let run = try home.run("evaluate", text(home), "-c", "64", "--chunks", "2")
        #expect(run.status == 0)
        #expect(run.output.wholeMatch(of: /perplexity \d+\.\d{4} ± \d+\.\d{4}\n/) != nil, "\(run.output)")
        let input = try String(contentsOfFile: text(home), encoding: .utf8)
        let piped = try home.run("evaluate", "-", "-c", "64", "--chunks", "2", input: input)
        #expect(piped.output == run.output)
    }

    @Test func `a text that cannot be evaluated is said in a sentence`() throws {
        let home = try Home()
        try home.write("Too short.\n", to: "short.txt")
        try Data([0x61, 0xFF, 0x62]).write(to: URL(fileURLWithPath: home.path("latin.txt")))
        func error(_ arguments: String...) throws -> String {
            let run = try home.run(["evaluate"] + arguments)
            #expect(run.status == 1)
            #expect(run.output.isEmpty)
            return run.error
        }
        let short = try error("short.txt")
        #expect(
            short.wholeMatch(
                of:
                    /copydesk: short\.txt: The text has \d tokens, and a context of 512 needs 1024 or more\. Give a longer text, or choose a smaller context\. -c N sets the context\.\n/
            ) != nil, "\(short)")
        #expect(try error("none.txt") == "copydesk: There is no file none.txt. Check the name.\n")
        #expect(
            try error("latin.txt")
                == "copydesk: latin.txt is not UTF-8 text. Convert it first, for example with iconv.\n")
        #expect(try error(".") == "copydesk: . is a folder. Name a text file in it.\n")
        #expect(
            try error(text(home), "-c", "100000")
                == "copydesk: \(home.path("text.txt")): A context of 100000 is longer than this model's, "
                + "which is 512. Choose 512 or less. -c N sets the context.\n")
    }

    @Test func `wrong numbers are wrong usage`() throws {
        #expect(try Home().run("evaluate", "a.txt", "-c", "3").status == 2)
        #expect(try Home().run("evaluate", "a.txt", "--chunks", "0").status == 2)
        #expect(try Home().run("evaluate").status == 2)
    }
}
