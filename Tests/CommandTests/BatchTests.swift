// `copydesk batch`: drafts for every row of a file, and what happens when it is stopped on the way.

import Foundation
import ScriptedServer
import Synchronization
import Testing

@testable import copydesk

/// A template whose fields have every rule.
private let template = """
    ---
    name: Note
    family: headlines
    fields:
      - {name: topic, label: Main topic, kind: multiline, example: tea, required: true}
      - {name: tone, kind: choice, choices: [warm, dry], example: warm}
      - {name: words, kind: number, min: 5, max: 50, example: "10"}
    variants: 1
    ---
    Write {{ words }} words of {{ topic }} {{ tone }}.
    """

/// What the server was asked for: the last message.
private func asked(_ request: ScriptedRequest) -> String {
    let messages = request.json["messages"] as? [[String: Any]]
    return messages?.last?["content"] as? String ?? ""
}

/// A home with the template and a server whose drafts repeat the request and its seed.
private func batchHome(
    end: String? = "stop", _ more: @escaping @Sendable (ScriptedRequest) -> [String]? = { _ in nil }
) throws -> (home: Home, server: ScriptedServer) {
    let home = try Home()
    try home.write(template, to: "config/templates/note.md")
    let server = try ServerScript.writer(end: end) { request in
        more(request) ?? ["<\(asked(request))> ", "\(request.json["seed"] ?? "")"]
    }
    try home.add(server)
    return (home, server)
}

extension Home {
    fileprivate func batch(_ more: String..., input: String = "rows.csv", output: String = "out.csv") throws -> Run {
        try run(
            ["batch", "note", "-m", "local/tiny", "--seed", "5", "--input", input, "--output", output] + more)
    }

    fileprivate func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    }

    fileprivate func table(_ name: String = "out.csv", _ delimiter: UInt8 = 0x2C) throws -> BatchTable {
        let isColumns = !name.hasSuffix(".jsonl")
        return try BatchTable(reading: path(name), as: isColumns ? .columns(delimiter: delimiter) : .jsonLines)
    }
}

extension BatchTable {
    fileprivate func texts(_ name: String) -> [String] {
        guard let place = column(named: name) else { return [] }
        return rows.map { $0.texts[place] ?? "" }
    }
}

@Suite struct `Drafts for every row of a file` {
    @Test func `columns are fields, and all columns stay in the output with their text`() async throws {
        try await onThread {
            let (home, _) = try batchHome()
            let rows =
                "id,Main topic,note,Tone\r\n1,\"tea, or\r\n\"\"coffee\"\"\",\" x \",warm\r\n2,玫瑰花园,\"a;b\",DRY\r\n"
            try home.write(rows, to: "rows.csv")
            let run = try home.batch("-p", "words=9")
            #expect(run.status == 0, "\(run.error)")
            #expect(run.output == "out.csv: 2 rows written.\n")
            let table = try home.table()
            #expect(
                table.columns
                    == ["id", "Main topic", "note", "Tone", "draft", "model", "seed", "ended", "error", "row_key"])
            #expect(table.texts("Main topic") == ["tea, or\r\n\"coffee\"", "玫瑰花园"])
            #expect(table.texts("note") == [" x ", "a;b"])
            let seeds = table.texts("seed")
            #expect(Set(seeds).count == 2)
            #expect(
                table.texts("draft") == [
                    "<Write 9 words of tea, or\n\"coffee\" warm.> \(seeds[0])",
                    "<Write 9 words of 玫瑰花园 dry.> \(seeds[1])",
                ])
            #expect(table.texts("model") == ["local/tiny", "local/tiny"])
            #expect(table.texts("ended") == ["stop", "stop"])
            #expect(table.texts("error") == ["", ""])
        }
    }

    @Test(arguments: [(";", UInt8(0x3B)), ("\t", 0x09)])
    func `semicolons and tabs are seen, and a byte order mark and the delimiter stay`(
        sign: String, byte: UInt8
    ) async throws {
        try await onThread {
            let (home, _) = try batchHome()
            try home.write("\u{FEFF}topic\(sign)words\r\ntea, hot\(sign)7\r\n", to: "rows.csv")
            let run = try home.batch("-n", "2")
            #expect(run.status == 0, "\(run.error)")
            // Tabs belong into a .tsv; a .csv gets commas then.
            let table = try home.table("out.csv", byte == 0x09 ? 0x2C : byte)
            #expect(table.hasByteOrderMark)
            #expect(table.columns.starts(with: ["topic", "words", "draft", "draft_2"]))
            #expect(table.texts("draft_2").first?.hasPrefix("<Write 7 words of tea, hot") == true)
        }
    }

    @Test func `JSON Lines keep the spelling of their values, and rows may lack names`() async throws {
        try await onThread {
            let (home, _) = try batchHome()
            try home.write(
                """
                {"topic": "tea \\u73ab", "price": 1.50, "n": 12345678901234567890, "tags": ["a", {"b": ","}]}

                {"words": 8, "topic": "coffee", "price": null}
                """, to: "rows.jsonl")
            let run = try home.batch(input: "rows.jsonl", output: "out.jsonl")
            #expect(run.status == 0, "\(run.error)")
            let lines = try home.read("out.jsonl").split(separator: "\n")
            #expect(lines.count == 2)
            #expect(
                lines[0].hasPrefix(
                    #"{"topic":"tea \u73ab","price":1.50,"n":12345678901234567890,"tags":["a", {"b": ","}],"draft":"<"#),
                "\(lines[0])")
            #expect(lines[1].hasPrefix(#"{"words":8,"topic":"coffee","price":null,"draft":"<Write 8 words of coffee"#))
            #expect(lines[1].contains(#""error":null"#))
            let again = try home.batch("--json", input: "rows.jsonl", output: "out.jsonl")
            #expect(try again.json["kept"] as? Int == 2 && again.json["written"] as? Int == 0)
        }
    }

    @Test func `conditions choose rows, and all of them must hold`() async throws {
        try await onThread {
            let (home, server) = try batchHome()
            try home.write(
                "topic,lang,state\nGreen Tea,de,new\ntea,de,done\ncoffee,de,new\ntea,en,new\n", to: "rows.csv")
            let run = try home.batch("--where", "lang=de", "--where", "state!=done", "--where", "topic~TEA")
            #expect(run.status == 0, "\(run.error)")
            #expect(try home.table().texts("topic") == ["Green Tea"])
            let wider = try home.batch("--where", "lang=de")
            #expect(wider.output == "out.csv: 2 rows written; 1 kept.\n", "\(wider.error)")
            #expect(try home.table().texts("topic") == ["Green Tea", "tea", "coffee"])
            // What is there stays, though the condition leaves it out now.
            let other = try home.batch("--where", "lang=en")
            #expect(other.output == "out.csv: 1 row written.\n")
            #expect(try home.table().rows.count == 4)
            #expect(server.requests.count { $0.path.hasSuffix("/chat/completions") } == 4)
            let none = try home.batch("--where", "lang=fr", output: "none.csv")
            #expect(none.status == 1)
            #expect(none.error == "copydesk: None of the 4 rows of rows.csv meets the condition. Look at --where.\n")
            #expect(!FileManager.default.fileExists(atPath: home.path("none.csv")))
        }
    }

    @Test func `every draft is in the history, with the tag of its batch`() async throws {
        try await onThread {
            let (home, _) = try batchHome()
            try home.write("topic\ntea\ncoffee\n", to: "rows.csv")
            let report = try home.batch("--json").json
            let tag = try #require(report["tag"] as? String)
            #expect(tag.hasPrefix("batch:"))
            let list = try home.run("history", "list", "--tag", tag)
            #expect(list.output.split(separator: "\n").count { $0.contains("Note") } == 2, "\(list.output)")
            let (other, _) = try copydeskHome(rows: "topic\ntea\n")
            #expect(try other.batch("--no-save").status == 0)
            #expect(try other.run("history", "list").output.contains("Note") == false)
        }
    }

    private func copydeskHome(rows: String) throws -> (Home, ScriptedServer) {
        let (home, server) = try batchHome()
        try home.write(rows, to: "rows.csv")
        return (home, server)
    }
}

@Suite struct `A batch that goes on` {
    private static let rows = "topic\n" + (1...6).map { "topic \($0)\n" }.joined()

    @Test func `killed at any row it leaves a whole file, and goes on to the same drafts`() async throws {
        try await onThread {
            let (whole, _) = try batchHome()
            try whole.write(Self.rows, to: "rows.csv")
            #expect(try whole.batch().status == 0)
            // The second half of a key names the model, and each of these servers has an address of its own.
            let half = try Regex("-[0-9a-f]{16}\\b")
            let expected = try whole.read("out.csv").replacing(half, with: "")
            #expect(try expected != whole.read("out.csv"))
            for row in 1...6 {
                let process = Mutex<pid_t>(0)
                let isKnown = DispatchSemaphore(value: 0)
                let kills = Mutex(true)
                let (home, server) = try batchHome { request in
                    guard asked(request).contains("topic \(row) "), kills.withLock({ $0 }) else { return nil }
                    isKnown.wait()
                    kills.withLock { $0 = false }
                    kill(process.withLock { $0 }, SIGKILL)
                    return []
                }
                try home.write(Self.rows, to: "rows.csv")
                let arguments = [
                    "batch", "note", "-m", "local/tiny", "--seed", "5", "--input", "rows.csv", "--output", "out.csv",
                ]
                let run = try home.run(arguments) { started in
                    process.withLock { $0 = started.processIdentifier }
                    isKnown.signal()
                }
                #expect(run.status == -SIGKILL)
                let left = try home.table()
                #expect(left.problems.isEmpty && left.rows.count < row)
                #expect(expected.hasPrefix(try home.read("out.csv").replacing(half, with: "")))
                let before = server.requests.count { $0.path.hasSuffix("/chat/completions") }
                #expect(before == row)
                let more = try home.batch()
                #expect(more.status == 0, "\(more.error)")
                #expect(try home.read("out.csv").replacing(half, with: "") == expected)
                let after = server.requests.count { $0.path.hasSuffix("/chat/completions") }
                #expect(after - before == 6 - left.rows.count)
            }
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `stopped by a signal it saves what is finished, and says how to go on`(number: Int32) async throws {
        try await onThread {
            let process = Mutex<pid_t>(0)
            let isKnown = DispatchSemaphore(value: 0)
            let stops = Mutex(true)
            let (home, _) = try batchHome { request in
                guard asked(request).contains("topic 3 "), stops.withLock({ $0 }) else { return nil }
                isKnown.wait()
                stops.withLock { $0 = false }
                kill(process.withLock { $0 }, number)
                return nil
            }
            try home.write(Self.rows, to: "rows.csv")
            let run = try home.run(
                ["batch", "note", "-m", "local/tiny", "--seed", "5", "--input", "rows.csv", "--output", "out.csv"]
            ) { started in
                process.withLock { $0 = started.processIdentifier }
                isKnown.signal()
            }
            #expect(run.status == 130)
            #expect(run.error.contains("the same command goes on with the other"), "\(run.error)")
            let texts = try home.table().texts("topic")
            #expect(texts.starts(with: ["topic 1", "topic 2"]) && texts.count < 6)
            #expect(try home.batch().status == 0)
            #expect(try home.table().texts("topic") == (1...6).map { "topic \($0)" })
        }
    }

    @Test func `changed rows are written anew, moved ones are kept, and others are left out`() async throws {
        try await onThread {
            let (home, server) = try batchHome()
            try home.write("topic,id\na,1\nb,2\nb,2\nc,3\n", to: "rows.csv")
            #expect(try home.batch().status == 0)
            let first = try home.table()
            // Two equal rows have drafts of their own.
            #expect(Set(first.texts("seed")).count == 4)
            try home.write("topic,id\nc,3\nb,2\na,9\nb,2\nd,4\n", to: "rows.csv")
            let run = try home.batch("--json")
            #expect(try run.json["kept"] as? Int == 3 && run.json["written"] as? Int == 2, "\(run.output)")
            #expect(try run.json["dropped"] as? Int == 1)
            let second = try home.table()
            #expect(second.texts("topic") == ["c", "b", "a", "b", "d"])
            #expect(second.texts("draft")[0] == first.texts("draft")[3])
            #expect(second.texts("draft")[2] != first.texts("draft")[0])
            #expect(server.requests.count { $0.path.hasSuffix("/chat/completions") } == 6)
        }
    }

    @Test func `another template, model or option does not mix with what is there`() async throws {
        try await onThread {
            let (home, _) = try batchHome()
            try home.write("topic\ntea\n", to: "rows.csv")
            #expect(try home.batch().status == 0)
            let before = try home.read("out.csv")
            for more in [["-n", "2"], ["-o", "max_tokens=9"], ["-p", "tone=dry"], ["-s", "Be brief."]] {
                let run = try home.run(
                    ["batch", "note", "-m", "local/tiny", "--seed", "5", "--input", "rows.csv", "--output", "out.csv"]
                        + more)
                #expect(run.status == 1 && run.error.contains("begin anew with --force"), "\(more) \(run.error)")
                #expect(try home.read("out.csv") == before)
            }
            let forced = try home.batch("-n", "2", "--force")
            #expect(forced.status == 0 && forced.output == "out.csv: 1 row written.\n")
            #expect(try home.table().columns.contains("draft_2"))
        }
    }

    @Test func `two runs never write the same file at once`() async throws {
        try await onThread {
            let isReached = DispatchSemaphore(value: 0)
            let mayGo = DispatchSemaphore(value: 0)
            let (home, _) = try batchHome { request in
                guard asked(request).contains("topic 2 ") else { return nil }
                isReached.signal()
                mayGo.wait()
                return nil
            }
            try home.write(Self.rows, to: "rows.csv")
            let arguments = [
                "batch", "note", "-m", "local/tiny", "--seed", "5", "--input", "rows.csv", "--output", "out.csv",
            ]
            let run = try home.run(arguments) { _ in
                defer { mayGo.signal() }
                isReached.wait()
                let second = try home.run(arguments)
                #expect(second.status == 1)
                #expect(
                    second.error
                        == "copydesk: Another batch writes out.csv at this moment. Wait for it, or give another name.\n"
                )
            }
            #expect(run.status == 0, "\(run.error)")
            #expect(try home.table().rows.count == 6)
            #expect(!FileManager.default.fileExists(atPath: home.path(".out.csv.lock")))
        }
    }

    @Test func `a file that no batch has written is not replaced, and the input never is`() async throws {
        try await onThread {
            let (home, _) = try batchHome()
            try home.write("topic\ntea\n", to: "rows.csv")
            try home.write("name,price\nx,1\n", to: "out.csv")
            let run = try home.batch()
            #expect(run.status == 1 && run.error.contains("no batch has written it"))
            #expect(try home.read("out.csv") == "name,price\nx,1\n")
            let same = try home.batch("--force", output: "./rows.csv")
            #expect(same.status == 1 && same.error.contains("is the input and the output"), "\(same.error)")
            #expect(try home.read("rows.csv") == "topic\ntea\n")
        }
    }

    @Test func `a row that fails has its reason, the others are written, and the next run tries it again`() async throws
    {
        try await onThread {
            let isDown = Mutex(true)
            let home = try Home()
            try home.write(template, to: "config/templates/note.md")
            let server = try ScriptedServer { request, reply in
                if request.path.hasSuffix("/models") {
                    return reply.answer(body: #"{"object":"list","data":[{"id":"tiny","object":"model"}]}"#)
                }
                if asked(request).contains("bad"), isDown.withLock({ $0 }) {
                    return reply.answer("400 Bad Request", body: #"{"error":{"message":"no such words","code":400}}"#)
                }
                reply.beginEvents()
                reply.event(
                    #"{"model":"tiny","choices":[{"index":0,"delta":{"content":"Fine."},"finish_reason":"stop"}]}"#)
                reply.event("[DONE]")
            }
            try home.add(server)
            try home.write("topic\ngood\nbad\nbetter\n", to: "rows.csv")
            let run = try home.batch()
            #expect(run.status == 1)
            #expect(run.output == "out.csv: 3 rows written, 1 of them failed.\n")
            #expect(run.error.contains("1 row of 3 failed; the column 'error' says why."))
            let table = try home.table()
            #expect(table.texts("draft") == ["Fine.", "", "Fine."])
            #expect(table.texts("error")[1].contains("no such words"), "\(table.texts("error"))")
            #expect(table.texts("error")[0] == "" && table.texts("error")[2] == "")
            isDown.withLock { $0 = false }
            let again = try home.batch()
            #expect(again.status == 0 && again.output == "out.csv: 1 row written; 2 kept.\n", "\(again.error)")
            #expect(try home.table().texts("draft") == ["Fine.", "Fine.", "Fine."])
        }
    }
}

@Suite struct `What a batch refuses before it writes anything` {
    /// The error of a run that writes nothing and asks no server.
    private func error(_ rows: String, _ more: [String] = [], name: String = "rows.csv") throws -> String {
        let (home, server) = try batchHome()
        try home.write(rows, to: name)
        let run = try home.run(
            ["batch", "note", "-m", "local/tiny", "--input", name, "--output", "out.csv"] + more)
        #expect(run.status == 1, "\(run.output) \(run.error)")
        #expect(!FileManager.default.fileExists(atPath: home.path("out.csv")))
        #expect(!server.requests.contains { $0.path.hasSuffix("/chat/completions") })
        return run.error
    }

    @Test func `rows against the rules of fields are listed with their numbers, all of them`() async throws {
        try await onThread {
            let error = try error("topic,words,tone\ntea,many,warm\n\"a\nb\",7,sad\n,8,warm\nok,9,dry\nx,90,warm\n")
            #expect(
                error == """
                    copydesk: rows.csv has 4 rows that cannot be used, so nothing is written. Correct them:
                      row 1 (line 2): Words takes a number from 5 to 50, and 'many' is not one.
                      row 2 (line 3): Tone cannot be 'sad': choose one of warm, dry.
                      row 3 (line 5): Main topic is empty.
                      row 5 (line 7): Words takes a number from 5 to 50, and '90' is too large.

                    """)
        }
    }

    @Test func `broken rows are told with their lines`() async throws {
        try await onThread {
            let short = try error("topic,words\ntea\ncoffee,7\n\"open,8\n")
            #expect(short.contains("row 1 (line 2): it has 1 field, and the first line has 2."))
            #expect(short.contains("row 3 (line 4): a quotation mark is not closed."))
            let json = try error(
                "{\"topic\": \"a\"}\n{\"topic\": \n[1]\n{\"topic\":1,\"topic\":2}\n", name: "rows.jsonl")
            #expect(json.contains("row 2 (line 2): it is no JSON"))
            #expect(json.contains("row 3 (line 3): it is an array, and not an object"))
            #expect(json.contains("row 4 (line 4): it has 'topic' twice."))
        }
    }

    @Test func `columns that are missing, double or unknown are named`() async throws {
        try await onThread { () throws in
            let empty = try error("")
            #expect(empty.contains("rows.csv has no rows."), "\(empty)")
            #expect(try error("topic\r\n").contains("rows.csv has no rows."))
            #expect(try error("topic,words,topic\na,7,b\n").contains("has two columns 'topic' (1 and 3)."))
            #expect(try error("topic,Main Topic\na,b\n").contains("both fill the field 'topic'."))
            #expect(try error("topic,\na,b\n").contains("Column 2 of rows.csv has no name in the first line."))
            #expect(try error("thema,ort\na,b\n").contains("No column of rows.csv is a field of note."))
            #expect(try error("words,ort\n7,b\n").contains("note needs the field 'topic', and no column of rows.csv"))
            #expect(try error("topic\na\n", ["--where", "topik=a"]).contains("Did you mean 'topic'?"))
            #expect(try error("topic\na\n", ["--map", "topik=topic"]).contains("has no column 'topik'."))
            #expect(try error("topic\na\n", ["--map", "topic=topik"]).contains("topik"))
            #expect(try error("topic\na\n", ["-p", "topic=b"]).contains("by -p and by the column 'topic'"))
            #expect(try error("topic,draft\na,b\n").contains("has a column 'draft', and a batch adds one"))
        }
    }

    @Test func `a column that is mapped fills its field, and one that is mapped to nothing fills none`() async throws {
        try await onThread {
            let (home, server) = try batchHome()
            try home.write("thema,topic\ntee,x\n", to: "rows.csv")
            let run = try home.batch("--map", "Thema=topic", "--map", "topic=")
            #expect(run.status == 0, "\(run.error)")
            #expect(server.requests.contains { asked($0).contains("words of tee") })
            let renamed = try home.batch("--prefix", "neu_", "--map", "thema=", output: "other.csv")
            #expect(renamed.status == 0, "\(renamed.error)")
            #expect(try home.table("other.csv").columns.contains("neu_draft"))
        }
    }

    @Test(arguments: [
        ["--input", "rows.txt", "--output", "out.csv"], ["--input", "rows.csv", "--output", "out.xlsx"],
        ["--input", "rows.csv", "--output", "out.csv", "--where", "nothing"],
        ["--input", "rows.csv", "--output", "out.csv", "--where", "=x"],
        ["--input", "rows.csv", "--output", "out.csv", "--delimiter", "ab"],
        ["--input", "rows.csv", "--output", "out.csv", "-n", "0"],
    ])
    func `arguments that mean nothing are refused as usage`(arguments: [String]) async throws {
        try await onThread {
            let (home, _) = try batchHome()
            #expect(try home.run(["batch", "note"] + arguments).status == 2)
        }
    }
}

@Suite struct `Time left and seeds` {
    @Test func `the line says how far it is and what is left`() {
        var counts = BatchCounts(asked: 200)
        #expect(counts.line(seconds: 0) == "row 1 of 200")
        counts.written = 12
        counts.failed = 2
        #expect(counts.line(seconds: 24) == "row 13 of 200, 2 failed, about 6 min left")
        #expect(BatchCounts.words(40) == "40 s")
        #expect(BatchCounts.words(12_000) == "3 h 20 min")
        #expect(BatchCounts.words(.nan) == "1 s" && BatchCounts.words(.infinity).hasSuffix("min"))
    }

    @Test func `a row's key and seed depend on neither other rows nor their order`() {
        func table(_ rows: [[String?]]) -> BatchTable {
            var table = BatchTable()
            table.columns = ["a", "b"]
            table.rows = rows.enumerated().map { .init(number: $0 + 1, line: $0 + 2, texts: $1) }
            return table
        }
        let keys = BatchKeys.rows(of: table([["x", "1"], ["y", "2"], ["x", "1"]]))
        #expect(Set(keys).count == 3)
        #expect(BatchKeys.rows(of: table([["y", "2"], ["x", "1"]])) == [keys[1], keys[0]])
        #expect(BatchKeys.rows(of: table([["x1", ""], ["x", "1"]]))[0] != keys[0])
        #expect(BatchKeys.rows(of: table([["x", nil]])) != BatchKeys.rows(of: table([["x", ""]])))
        #expect(BatchKeys.seed(of: keys[0], in: 1) != BatchKeys.seed(of: keys[0], in: 2))
        #expect(BatchKeys.seed(of: keys[0], in: 1) <= UInt64(UInt32.max))
    }
}
