import Foundation
import Testing

@Suite struct `Training a tokenizer` {
    private static let text = String(repeating: "the cat sat on the mat, and the hat sat on the cat\n", count: 40)

    /// The files that a run left in the folder, besides the texts.
    private static func leftovers(_ home: Home) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: home.folder.path)
            .filter { $0.hasPrefix(".copydesk-") || $0 == "tokenizer.json" }
    }

    @Test func `the new file and the report say the same`() throws {
        let home = try Home()
        try home.write(Self.text, to: "a.txt")
        try home.write(#"{"prompt": "the cat", "response": "sat on the mat"}"# + "\n", to: "b.jsonl")
        let json = try home.run(
            "tokenizer", "train", "a.txt", "b.jsonl", "--vocab", "270", "--special", "<|a|>", "--special", "<|b|>",
            "--min-frequency", "2", "-O", "tokenizer.json", "--json"
        ).json
        #expect(
            Set(json.keys) == [
                "path", "vocabulary", "specials", "merges", "bytes", "words", "differentWords", "brokenPieces",
                "forgottenWords", "seconds",
            ])
        #expect(json["vocabulary"] as? Int == 270 && json["specials"] as? Int == 2 && json["merges"] as? Int == 12)
        #expect(json["bytes"] as? Int == Self.text.utf8.count + 52)
        let file = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: home.path("tokenizer.json"))))
        let model = try #require((file as? [String: Any])?["model"] as? [String: Any])
        #expect((model["vocab"] as? [String: Int])?["<|b|>"] == 1)
        #expect((model["merges"] as? [[String]])?.first == ["a", "t"])
    }

    @Test func `a file that exists is replaced only if that is asked for`() throws {
        let home = try Home()
        try home.write(Self.text, to: "a.txt")
        try home.write("mine", to: "tokenizer.json")
        let refused = try home.run("tokenizer", "train", "a.txt", "--vocab", "260", "-O", "tokenizer.json")
        #expect(refused.status == 1)
        #expect(
            refused.error == "copydesk: tokenizer.json exists already and was left as it is. Choose another name. "
                + "--force replaces it.\n")
        #expect(try String(contentsOfFile: home.path("tokenizer.json"), encoding: .utf8) == "mine")
        let replaced = try home.run("tokenizer", "train", "a.txt", "--vocab", "260", "-O", "tokenizer.json", "--force")
        #expect(replaced.status == 0, "\(replaced.error)")
        #expect(
            replaced.output == "tokenizer.json: 260 tokens (0 special, 4 merges), learned from 600 words, 10 of them "
                + "different, in 2040 bytes\n")
        #expect(try String(contentsOfFile: home.path("tokenizer.json"), encoding: .utf8).hasPrefix("{\n"))
    }

    @Test func `what the numbers alone would hide is said`() throws {
        let home = try Home()
        try Data([UInt8(ascii: "a"), 0xFF, UInt8(ascii: "b"), 0x0A]).write(to: home.folder.appending(path: "a.txt"))
        let run = try home.run("tokenizer", "train", "a.txt", "--vocab", "5000", "-O", "tokenizer.json")
        #expect(run.status == 0)
        #expect(
            run.error == "copydesk: 1 piece of the text is not UTF-8 and counted as U+FFFD.\n"
                + "copydesk: The vocabulary has 258 tokens and not 5000, because no pair is left to merge. More text gives "
                + "more tokens.\n")
    }

    @Test func `what is refused is said in a sentence, and nothing is written`() throws {
        let home = try Home()
        try home.write(Self.text, to: "a.txt")
        try home.write("{\"text\": \"a\"}\n{\"name\": 1}\n", to: "b.jsonl")
        func refusal(_ arguments: String...) throws -> String {
            let run = try home.run(["tokenizer", "train"] + arguments + ["-O", "tokenizer.json"])
            #expect(run.status == 1 && run.output == "", "\(arguments)")
            return run.error
        }
        #expect(
            try refusal("a.txt", "--vocab", "256", "--special", "<|a|>")
                == "copydesk: A vocabulary of 256 tokens has no room for the 256 bytes and 1 special token. Ask for at least "
                + "257, and for more so that something is learned. --vocab sets the number.\n")
        #expect(
            try refusal("none.txt", "--vocab", "300")
                == "copydesk: none.txt cannot be read: No such file or directory. Check the name.\n")
        #expect(
            try refusal("a.txt", "b.jsonl", "--vocab", "300")
                == "copydesk: b.jsonl, line 2: it has neither text, nor prompt and response, nor messages. Each line holds "
                + "a JSON object with text, with prompt and response, or with messages. Correct the line, or remove it.\n"
        )
        #expect(try home.run("tokenizer", "train", "a.txt", "--vocab", "300").status == 2)
        #expect(try Self.leftovers(home) == [])
    }

    @Test func `a disk without room leaves nothing behind and harms nothing`() throws {
        let home = try Home()
        try home.write(Self.text, to: "a.txt")
        try home.write("mine", to: "tokenizer.json")
        let line = #"ulimit -f 1; exec "$0" tokenizer train a.txt --vocab 300 -O tokenizer.json --force"#
        let run = try home.run(["-c", line, executable.path], program: URL(filePath: "/bin/sh"))
        #expect(run.status == 1)
        #expect(run.error == "copydesk: tokenizer.json cannot be written: File too large. Free some space.\n")
        #expect(try Self.leftovers(home) == ["tokenizer.json"])
        #expect(try String(contentsOfFile: home.path("tokenizer.json"), encoding: .utf8) == "mine")
    }

    @Test func `an interrupt leaves nothing behind, even while a pipe is silent`() throws {
        let home = try Home()
        try #require(mkfifo(home.path("pipe"), 0o600) == 0)
        let run = try home.run("tokenizer", "train", "pipe", "--vocab", "300", "-O", "tokenizer.json") { process in
            let end = ContinuousClock.now + .seconds(300)
            while try Self.leftovers(home).isEmpty, process.isRunning, ContinuousClock.now < end { usleep(5000) }
            #expect(try Self.leftovers(home).count == 1)
            process.interrupt()
        }
        #expect(run.status == 130 && run.output == "", "\(run.error)")
        #expect(try Self.leftovers(home) == [])
    }
}
