import Foundation
import Testing

@Suite struct `Options of generate` {
    private func drafts(_ home: Home, _ arguments: String...) throws -> [[String: Any]] {
        let run = try home.run(["generate", "--json", "--seed", "3"] + arguments)
        #expect(run.status == 0, "\(run.error)")
        return try run.objects("drafts")
    }

    private func text(_ draft: [String: Any]) -> String { draft["text"] as? String ?? "" }

    @Test(arguments: ["0", "0.8"])
    func `logprobs lists the most likely tokens of each position, and the one written`(temperature: String) throws {
        let drafts = try drafts(
            Home(), "--prompt", "Write a headline about tea.", "-n", "3", "-o", "max_tokens=12", "-o",
            "temperature=\(temperature)", "--logprobs", "5")
        #expect(drafts.count == 3)
        for draft in drafts {
            let positions = try #require(draft["logprobs"] as? [[String: Any]])
            #expect(!positions.isEmpty && positions.count <= draft["tokens"] as? Int ?? 0)
            #expect(positions.compactMap { $0["position"] as? Int } == Array(0..<positions.count))
            let written = positions.compactMap { $0["text"] as? String }.joined()
            #expect(written.contains(text(draft)), "\(written)")
            for position in positions {
                let top = try #require(position["top"] as? [[String: Any]])
                let ids = top.compactMap { $0["id"] as? Int }
                let logprobs = top.compactMap { $0["logprob"] as? Double }
                #expect(ids.count == 5 && Set(ids).count == 5)
                #expect(logprobs == logprobs.sorted(by: >))
                #expect(logprobs.map { exp($0) }.reduce(0, +) <= 1.0001)
                let chosen = try #require(position["id"] as? Int)
                let logprob = try #require(position["logprob"] as? Double)
                if let place = ids.firstIndex(of: chosen) {
                    #expect(logprobs[place] == logprob)
                } else {
                    #expect(logprob <= logprobs[4])
                }
                if temperature == "0" { #expect(chosen == ids[0]) }
            }
        }
    }

    @Test func `without speculation the same drafts are written`() throws {
        let home = try Home()
        let arguments = [
            "generate", "--json", "--seed", "3", "-n", "2", "--raw", "-o", "max_tokens=40", "-o", "temperature=0.5",
            "--prompt", String(repeating: "The lamp is on the table. The table is in the hall. ", count: 6),
        ]
        let ahead = try home.run(arguments).objects("drafts")
        let plain = try home.run(arguments + ["--no-speculation"]).objects("drafts")
        for key in ["text", "finishReason"] {
            #expect(ahead.map { $0[key] as? String } == plain.map { $0[key] as? String })
        }
        #expect(ahead.allSatisfy { !text($0).isEmpty })
    }

    @Test func `what must be included is, and what is banned is not`() throws {
        let home = try Home()
        let prompt = ["--prompt", "Write two sentences about a garden.", "-n", "4", "-o", "max_tokens=60"]
        func texts(_ options: String...) throws -> [String] {
            try home.run(["generate", "--json", "--seed", "3"] + prompt + options).objects("drafts").map(text)
        }
        let words: [Substring] = try texts().joined(separator: " ").split { !$0.isLetter }
        let word = try #require(words.max { $0.count < $1.count })
        for text in try texts("-o", "banned_phrase=\(word)") {
            #expect(!text.lowercased().contains(word.lowercased()), "\(text)")
        }
        for text in try texts("-o", "must_include=green tea", "-o", "must_include=Lisbon") {
            #expect(text.lowercased().contains("green tea") && text.lowercased().contains("lisbon"), "\(text)")
        }
    }

    @Test func `a bias keeps a token out`() throws {
        let home = try Home()
        func firstToken(_ options: String...) throws -> Int {
            let run = try home.run(
                [
                    "generate", "--prompt", "Write a headline about tea.", "-n", "1", "-o", "temperature=0", "-o",
                    "max_tokens=1", "--json", "--logprobs", "1",
                ] + options)
            let positions = try #require(try run.objects("drafts").first?["logprobs"] as? [[String: Any]])
            return try #require(positions.first?["id"] as? Int)
        }
        let likeliest = try firstToken()
        #expect(try firstToken("-o", "logit_bias=\(likeliest):-100") != likeliest)
        for bias in ["x:1", "5", "5:nan", "-1:2", "5:1e9", "5:1:2", ":", "99999999999:1"] {
            #expect(try home.run("generate", "--prompt", "x", "-o", "logit_bias=\(bias)").status == 2, "\(bias)")
        }
    }

    @Test func `a grammar and a schema hold every draft`() throws {
        let home = try Home()
        try home.write("root ::= (\"yes\" | \"no\") \".\"\n", to: "answer.gbnf")
        for draft in try drafts(
            home, "--prompt", "Is tea good?", "-n", "4", "--grammar", "answer.gbnf", "-o", "temperature=2")
        {
            #expect(["yes.", "no."].contains(text(draft)))
        }
        try home.write(
            #"""
            {"type": "object", "additionalProperties": false, "required": ["name", "price"],
             "properties": {"name": {"type": "string", "maxLength": 20}, "price": {"type": "integer"}}}
            """#, to: "lamp.json")
        let lamps = try drafts(home, "--prompt", "A lamp, as JSON:", "-n", "2", "--json-schema", "lamp.json")
        for draft in lamps where draft["finishReason"] as? String == "stop" {
            let lamp = try JSONSerialization.jsonObject(with: Data(text(draft).utf8)) as? [String: Any]
            #expect(lamp?.keys.sorted() == ["name", "price"])
            #expect((lamp?["name"] as? String)?.count ?? 99 <= 20 && lamp?["price"] is Int, "\(text(draft))")
        }
        #expect(lamps.contains { $0["finishReason"] as? String == "stop" })
    }

    @Test(arguments: [
        ("--grammar", "root ::= \"a\"\nother ::= (", "line 2"), ("--grammar", "root ::= nothing\n", "'nothing'"),
        ("--grammar", "", "root"), ("--json-schema", "{\"type\": ", "not JSON"),
        ("--json-schema", "{\"type\": \"objekt\"}", "'type'"), ("--json-schema", "", "not JSON"),
    ])
    func `a broken grammar or schema gets a sentence`(option: String, source: String, part: String) throws {
        let home = try Home()
        try home.write(source, to: "rules")
        let run = try home.run("generate", "--prompt", "Tea?", option, "rules")
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.error.hasPrefix("copydesk: The ") && run.error.contains(part), "\(run.error)")
        #expect(run.error.split(separator: "\n").count == 1)
    }

    @Test func `a missing file of rules gets a sentence, and two of them are wrong usage`() throws {
        let home = try Home()
        try home.write("x", to: "rules")
        #expect(
            try home.run("generate", "--prompt", "x", "--grammar", "none").error
                == "copydesk: There is no file none. Check the name.\n")
        #expect(
            try home.run("generate", "--prompt", "x", "--grammar", "").error
                == "copydesk: The name of the file is empty. Give a name.\n")
        #expect(
            try home.run("generate", "--prompt", "x", "--json-schema", "/dev/zero").error
                == "copydesk: /dev/zero is larger than one megabyte. Choose the part of it that matters.\n")
        let both = try home.run("generate", "--prompt", "x", "--grammar", "rules", "--json-schema", "rules")
        #expect(both.status == 2)
    }

    @Test func `the JSON names every option that -o takes`() throws {
        let home = try Home()
        let refused = try home.run("generate", "--prompt", "x", "-o", "nonsense=1")
        #expect(refused.status == 2)
        let list = try #require(refused.error.firstMatch(of: /The options are: (.*)\./)?.1)
        let names = list.split(separator: ", ").map(String.init)
        #expect(names.count > 20)
        let run = try home.run(
            "generate", "--prompt", "Hello", "-o", "max_tokens=3", "-o", "dry_multiplier=0.5", "--json", "--no-save")
        let generation = try #require(try run.json["generation"] as? [String: Any])
        let options = try #require(generation["options"] as? [String: Any])
        #expect(Set(names).subtracting(options.keys) == [])
        #expect(options["dry_multiplier"] as? Double == 0.5)
        #expect(options["max_tokens"] as? Int == 3)
    }
}

@Suite struct `Output that cannot be written` {
    private let story = "generate --prompt 'Tell a long story.' -n 1 -o max_tokens=400 -o min_tokens=400"

    private func shell(_ home: Home, _ redirection: String) throws -> Run {
        try home.run(
            ["-c", "'\(executable.path)' \(story) \(redirection)"], program: URL(filePath: "/bin/bash"))
    }

    @Test(arguments: [("> /dev/full", "No space left on device"), (">&-", "Bad file descriptor")])
    func `ends the draft with a sentence`(redirection: String, reason: String) throws {
        let home = try Home()
        let run = try shell(home, redirection)
        #expect(run.status == 1)
        #expect(run.error == "copydesk: Standard output cannot be written: \(reason).\n")
        let kept = try #require(try home.run("history", "list", "--json").objects("generations").first)
        #expect(kept["status"] as? String == "stopped")
        let draft = try #require((kept["drafts"] as? [[String: Any]])?.first)
        #expect(draft["tokens"] as? Int ?? 400 < 400)
    }

    @Test func `no text gets into a file that is opened where standard output was`() throws {
        let home = try Home()
        _ = try shell(home, ">&- --database drafts.db")
        for name in try FileManager.default.contentsOfDirectory(atPath: home.folder.path) where name.hasSuffix("-lock")
        {
            #expect(try Data(contentsOf: home.folder.appending(path: name)).isEmpty)
        }
    }

    @Test func `an interrupt keeps what was written and exits with 130`() throws {
        let home = try Home()
        let process = Process()
        process.executableURL = executable
        process.arguments = [
            "generate", "--prompt", "Tell a long story.", "-n", "1", "-o", "max_tokens=480", "-o", "min_tokens=480",
            "--threads", "1",
        ]
        process.environment = home.environment
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let first = try #require(try output.fileHandleForReading.read(upToCount: 1))
        process.interrupt()
        let rest = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        let kept = try #require(try home.run("history", "list", "--json").objects("generations").first)
        #expect(kept["status"] as? String == "stopped")
        let draft = try #require((kept["drafts"] as? [[String: Any]])?.first)
        #expect((draft["text"] as? String ?? "") + "\n" == String(decoding: first + rest, as: UTF8.self))
    }
}

@Suite struct `Benchmarks from the command line` {
    @Test func `the report has the documented keys`() throws {
        let json = try Home().run(
            "bench", "-p", "8", "-n", "2", "--variants", "2", "--prefix", "4", "--repeats", "1", "--threads", "1",
            "--json"
        ).json
        #expect(Set(json.keys) == ["model", "threads", "prompt", "generate", "variants"])
        #expect(json["threads"] as? Int == 1)
        let variants = try #require(json["variants"] as? [String: Any])
        #expect(Set(variants.keys) == ["count", "prefix", "tokens", "tokensPerSecond"])
        #expect(variants["tokens"] as? Int == 4)
    }

    @Test func `numbers beyond sense are refused in a sentence`() throws {
        let home = try Home()
        #expect(try home.run("bench", "-p", "0").status == 2)
        #expect(try home.run("bench", "--variants", "1000").error.contains("from 1 to 64, and 1000 is not one."))
        let long = try home.run("bench", "-n", "100000")
        #expect(long.status == 1)
        #expect(
            long.error
                == "copydesk: -n 100000: this model has room for at most 511 tokens. Give smaller numbers.\n")
    }
}
