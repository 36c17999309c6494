import Foundation
import Testing

@Suite struct `History and export from the command line` {
    /// A home with one generation of two drafts about exercise.
    private func written() throws -> Home {
        let home = try Home()
        let run = try home.run(
            "generate", "article-headline", "-p", "topic=the benefits of exercise", "-n", "2", "--seed", "7", "--json")
        #expect(run.status == 0, "\(run.error)")
        return home
    }

    @Test func `what was generated is found by a word of its prompt`() throws {
        let home = try written()
        #expect(try home.run("history", "search", "exercise", "--json").objects("drafts").count == 2)
        #expect(try home.run("history", "search", "zebra", "--json").objects("drafts").isEmpty)
    }

    @Test func `what was written is found by Chinese characters inside it`() throws {
        let home = try Home()
        _ = try home.run("generate", "--prompt", "写一个关于春天的标题", "--seed", "1", "-o", "max_tokens=4")
        #expect(try home.run("history", "search", "春天", "--json").objects("drafts").count == 1)
        #expect(try home.run("history", "search", "冬", "--json").objects("drafts").isEmpty)
    }

    @Test func `a deleted draft is in the trash and can be restored`() throws {
        let home = try written()
        #expect(try home.run("history", "delete", "1").status == 0)
        #expect(try home.run("history", "search", "exercise", "--json").objects("drafts").count == 1)
        #expect(try home.run("history", "restore", "1").status == 0)
        #expect(try home.run("history", "search", "exercise", "--json").objects("drafts").count == 2)
    }

    @Test func `deleting an unknown id changes nothing and says so`() throws {
        let home = try written()
        let run = try home.run("history", "delete", "1", "99")
        #expect(run.status == 1)
        #expect(run.error.contains("99"))
        #expect(try home.run("history", "search", "exercise", "--json").objects("drafts").count == 2)
    }

    @Test(arguments: ["md", "txt", "html", "json", "jsonl", "csv"])
    func `every format holds the texts and a file is not overwritten`(format: String) throws {
        let home = try written()
        let texts = try home.run("history", "search", "exercise", "--json").objects("drafts").map {
            $0["text"] as? String ?? ""
        }
        let path = home.path("out.\(format)")
        #expect(try home.run("export", "--all", "--format", format, "-O", path).status == 0)
        let file = try String(contentsOfFile: path, encoding: .utf8)
        for text in texts where !text.contains(where: { "&<>\"'*_#\\[]".contains($0) }) {
            #expect(file.contains(text))
        }
        let again = try home.run("export", "--all", "--format", format, "-O", path)
        #expect(again.status == 1)
        #expect(
            again.error
                == "copydesk: \(path) exists already and was left as it is. Choose another name. --force replaces it.\n"
        )
        #expect(try String(contentsOfFile: path, encoding: .utf8) == file)
        #expect(try home.run("export", "--all", "--format", format, "-O", path, "--force").status == 0)
    }

    @Test func `an ending that names no format is refused, and no file is written`() throws {
        let home = try written()
        let run = try home.run("export", "--all", "-O", home.path("out.pdf"))
        #expect(run.status == 2)
        #expect(run.error.contains("The ending '.pdf' names no format."))
        #expect(!FileManager.default.fileExists(atPath: home.path("out.pdf")))
        #expect(try home.run("export", "--all", "--format", "txt", "-O", home.path("out.pdf")).status == 0)
    }

    @Test func `a draft is shown with the options and limits it was written with`() throws {
        let home = try Home()
        _ = try home.run(
            "generate", "search-ad-headline", "--examples", "-n", "1", "--seed", "1", "-o", "typical_p=0.9", "-o",
            "banned_phrase=very good")
        let shown = try home.run("history", "show", "1").output
        #expect(shown.contains("banned_phrase=\"very good\" typical_p=0.9"), "\(shown)")
        #expect(shown.contains("30 characters, 1 line (kept while writing)"), "\(shown)")
    }

    @Test func `a store whose making found the disk full is made when there is room`() throws {
        let home = try Home()
        var refusals = 0
        for kilobytes in stride(from: 4, through: 120, by: 8) {
            // Files may grow so far and no further, as on a full disk.
            let database = "drafts\(kilobytes).db"
            let command =
                "trap '' XFSZ; ulimit -f \(kilobytes); '\(executable.path)' history list --database \(database)"
            let limited = try home.run(["-c", command], program: URL(filePath: "/bin/bash"))
            if limited.status != 0 { refusals += 1 }
            let free = try home.run("history", "list", "--database", database)
            #expect(free.status == 0, "\(kilobytes): \(free.error)")
        }
        #expect(refusals > 0)
    }

    @Test func `history lists newest first and shows a draft whole`() throws {
        let home = try written()
        _ = try home.run("generate", "short-story", "--examples", "-n", "1", "--seed", "1", "-o", "max_tokens=20")
        let generations = try home.run("history", "list", "--limit", "20", "--json").objects("generations")
        #expect(generations.map { $0["template"] as? String } == ["short-story", "article-headline"])
        let shown = try home.run("history", "show", "1")
        #expect(shown.output.contains("the benefits of exercise"))
    }
}

@Suite struct `Looking into a model from the command line` {
    @Test func `tokens put together give the text again`() throws {
        let text = "Hello, world! 你好 😀\n  let x = 1"
        let tokens = try Home().run("inspect", "tokens", "--json", input: text).objects("tokens")
        #expect(tokens.count > 5)
        #expect(tokens.allSatisfy { $0["id"] is Int })
    }

    @Test func `special tokens are read only on wish`() throws {
        let home = try Home()
        let plain = try home.run("inspect", "tokens", "--json", input: "<|im_end|>").objects("tokens")
        let special = try home.run("inspect", "tokens", "--special", "--json", input: "<|im_end|>").objects("tokens")
        #expect(plain.count > 1)
        #expect(special.count == 1)
    }

    @Test func `candidates come most likely first, and their probabilities add up to one at most`() throws {
        let run = try Home().run("inspect", "next", "--top", "10", "--json", input: "Once upon a")
        let logprobs = try run.objects("candidates").compactMap { $0["logprob"] as? Double }
        #expect(logprobs.count == 10)
        #expect(logprobs == logprobs.sorted(by: >))
        #expect(logprobs.map { exp($0) }.reduce(0, +) <= 1.0001)
    }

    @Test func `logits have one number for each vocabulary entry`() throws {
        let run = try Home().run("inspect", "logits", "--ids", "1,2,3", "--json")
        #expect((try run.json["logits"] as? [Double])?.count == 4096)
        #expect(try Home().run("inspect", "logits", "--ids", "1,99999").status == 1)
        #expect(try Home().run("inspect", "logits", "--ids", "1,x").status == 2)
    }

    @Test func `models, templates, bench and doctor report`() throws {
        let home = try Home()
        #expect(try home.run("models", "list", "--json").objects("models").first?["name"] as? String == "built-in")
        #expect(try home.run("templates", "list", "--json").objects("templates").count >= 24)
        #expect(try home.run("templates", "check").status == 0)
        let bench = try home.run("bench", "-p", "16", "-n", "4", "--json").json
        for part in ["prompt", "generate"] {
            #expect(((bench[part] as? [String: Any])?["tokensPerSecond"] as? Double ?? 0) > 0)
        }
        #expect(try home.run("doctor").output.contains("built-in"))
    }

    @Test func `a wrong COPYDESK_KERNELS fails doctor and bench with a sentence`() throws {
        let home = try Home()
        home.environment["COPYDESK_KERNELS"] = "avx9"
        let doctor = try home.run("doctor")
        #expect(doctor.status == 1)
        #expect(doctor.output.contains("✗ processor: COPYDESK_KERNELS is 'avx9', and there is no such instruction"))
        let bench = try home.run("bench", "-p", "16", "-n", "4")
        #expect(bench.status == 1)
        #expect(bench.error.contains("Unset it, or set it to one of: scalar"))
    }

    @Test func `a broken template is listed with file, line and column while the others work`() throws {
        let home = try Home()
        try home.write(
            "---\nname: Mine\nfamily: headlines\nsummary: x\nfields:\n  - {name: topic, label: T, example: tea}\n---\nWrite {{ topic",
            to: "config/templates/mine.md")
        let run = try home.run("templates", "check")
        #expect(run.status == 1)
        #expect(run.output.contains("mine.md:8:"))
        #expect(try home.run("templates", "list").status == 0)
    }
}
