import Foundation
import Testing

@Suite struct `Generating from the command line` {
    private let headlines = ["generate", "article-headline", "-p", "topic=the benefits of exercise", "--json"]

    private func texts(_ run: Run) throws -> [String] { try run.objects("drafts").map { $0["text"] as? String ?? "" } }

    @Test func `a template gives drafts with the documented keys`() throws {
        let home = try Home()
        let run = try home.run(headlines + ["-n", "3", "--seed", "7"])
        #expect(run.status == 0)
        let generation = try #require(try run.json["generation"] as? [String: Any])
        #expect(generation["id"] as? Int == 1)
        #expect(generation["template"] as? String == "article-headline")
        #expect(generation["seed"] as? Int == 7)
        #expect((generation["prompt"] as? String)?.contains("the benefits of exercise") == true)
        #expect((generation["options"] as? [String: Any])?["temperature"] as? Double == 0.7)
        let timings = try #require(generation["timings"] as? [String: Any])
        #expect((timings["promptTokens"] as? Int ?? 0) > 0)
        #expect((timings["generatedTokens"] as? Int ?? 0) > 0)
        let drafts = try run.objects("drafts")
        #expect(drafts.count == 3)
        for draft in drafts {
            let text = try #require(draft["text"] as? String)
            #expect(!text.isEmpty)
            #expect(draft["characters"] as? Int == text.count)
            #expect(["stop", "length", "limit"].contains(draft["finishReason"] as? String))
        }
    }

    @Test func `the same seed gives the same drafts, with one thread or two and with any number of variants`() throws {
        let home = try Home()
        let four = try texts(home.run(headlines + ["-n", "4", "--seed", "11", "--threads", "2"]))
        let again = try texts(home.run(headlines + ["-n", "4", "--seed", "11", "--threads", "1"]))
        let one = try texts(home.run(headlines + ["-n", "1", "--seed", "11", "--threads", "2"]))
        #expect(four == again)
        #expect(four.first == one.first)
        #expect(Set(four).count > 1)
    }

    @Test func `a hard limit of 30 characters is kept by every draft`() throws {
        let home = try Home()
        let run = try home.run("generate", "search-ad-headline", "--examples", "-n", "12", "--seed", "3", "--json")
        for text in try texts(run) {
            #expect((1...30).contains(text.count), "\(text)")
            #expect(!text.contains("\n"))
        }
    }

    @Test func `raw text is continued and max_tokens is kept`() throws {
        let home = try Home()
        let run = try home.run(
            "generate", "--prompt", "Once upon a time", "--raw", "-o", "max_tokens=10", "--seed", "1", "--json")
        let draft = try #require(try run.objects("drafts").first)
        #expect((draft["tokens"] as? Int ?? 99) <= 10)
        let generation = try #require(try run.json["generation"] as? [String: Any])
        #expect(generation["prompt"] as? String == "Once upon a time")
    }

    @Test func `standard input is the template's text`() throws {
        let home = try Home()
        let text = "The garden club met on Monday. They decided to plant roses."
        let run = try home.run("generate", "one-sentence-summary", "-", "--json", input: text + "\n")
        #expect(run.status == 0)
        let generation = try #require(try run.json["generation"] as? [String: Any])
        #expect((generation["prompt"] as? String)?.contains(text) == true)
    }

    @Test func `inspect prompt shows the exact prompt that goes to the model`() throws {
        let home = try Home()
        let shown = try home.run("inspect", "prompt", "article-headline", "-p", "topic=the benefits of exercise")
        let generation = try #require(try home.run(headlines).json["generation"] as? [String: Any])
        #expect(shown.output == generation["prompt"] as? String)
    }
}

@Suite struct `What bad input gets` {
    @Test func `a missing field is named, with the template's fields`() throws {
        let run = try Home().run("generate", "article-headline")
        #expect(run.status == 1)
        #expect(run.error.contains("topic"))
        #expect(run.error.contains("--examples"))
    }

    @Test func `an unknown template is named with the way to find one`() throws {
        let run = try Home().run("generate", "artcle-headline", "-p", "topic=x")
        #expect(run.status == 1)
        #expect(run.error.contains("artcle-headline"))
        #expect(run.error.contains("article-headline"))
    }

    @Test func `wrong usage exits with 2`() throws {
        let unknown = try Home().run("frobnicate")
        #expect(unknown.status == 2)
        #expect(unknown.error.contains("There is no command 'frobnicate'. The commands are: generate,"))
        #expect(try Home().run("generate", "--no-such-option").status == 2)
        #expect(try Home().run("generate", "article-headline", "-n", "0").status == 2)
        #expect(try Home().run("generate", "article-headline", "-o", "temperature=hot").status == 2)
    }

    @Test func `a missing, an empty and a foreign model file get different sentences`() throws {
        let home = try Home()
        try home.write("", to: "empty.gguf")
        try home.write("<html>not found</html>", to: "page.gguf")
        for (file, word) in [("none.gguf", "no such file"), ("empty.gguf", "empty"), ("page.gguf", "GGUF")] {
            let run = try home.run("generate", "--prompt", "Hi", "-m", home.path(file))
            #expect(run.status == 1)
            #expect(run.error.contains(word), "\(run.error)")
            #expect(run.error.contains(file))
        }
    }

    @Test func `a prompt longer than the context says how long it is and how much fits`() throws {
        let run = try Home().run(
            "generate", "one-sentence-summary", "-", input: String(repeating: "many words and more ", count: 400))
        #expect(run.status == 1)
        #expect(run.error.contains("512"))
    }

    @Test func `without a terminal the studio names the headless command`() throws {
        let run = try Home().run([])
        #expect(run.status == 1)
        #expect(run.error.contains("copydesk generate"))
        #expect(run.error.split(separator: "\n").count == 1)
    }

    @Test func `a data folder that cannot be written is said in a sentence`() throws {
        let home = try Home()
        try home.write("in the way", to: "file")
        home.environment["COPYDESK_DATA"] = home.path("file")
        let run = try home.run("history", "list")
        #expect(run.status == 1)
        #expect(run.error.hasPrefix("copydesk: "))
    }
}

@Suite struct `Values that a field does not take` {
    private static let template = """
        ---
        name: Event post
        fields:
          - {name: event, label: Event, example: Harvest fair, required: true}
          - {name: guests, label: Number of guests, kind: number, example: 20, min: 10, max: 5000}
          - {name: genre, label: Genre, choices: [science fiction, ghost story], example: science fiction}
        ---
        Invite {{ guests }} to {{ event }}.
        """

    private func home() throws -> Home {
        let home = try Home()
        try home.write(Self.template, to: "config/templates/event.md")
        return home
    }

    @Test(arguments: [
        (
            "guests=many",
            "Number of guests takes a number from 10 to 5000, and 'many' is not one. Give it as -p guests=20."
        ),
        (
            "guests=2,000",
            "Number of guests takes a number from 10 to 5000, and '2,000' is not one. Write 2000. Give it as -p guests=20."
        ),
        (
            "guests=9",
            "Number of guests takes a number from 10 to 5000, and '9' is too small. Give it as -p guests=20."
        ),
        (
            "genre=gost story",
            "Genre cannot be 'gost story': choose one of science fiction, ghost story. Did you mean 'ghost story'? "
                + "Give it as -p genre='science fiction'."
        ),
        (
            "event= ",
            "Event is empty. Give it with -p event=…, or take the template's examples with --examples. "
                + "The fields of event are: event (required), guests, genre."
        ),
    ])
    func `get a sentence with the field's label and the argument to give`(value: String, sentence: String) throws {
        let given = value.hasPrefix("event") ? ["-p", value] : ["-p", "event=Fair", "-p", value]
        for command in [["generate"], ["inspect", "prompt"]] {
            let run = try home().run(command + ["event"] + given)
            #expect(run.status == 1)
            #expect(run.error == "copydesk: \(sentence)\n")
        }
    }

    @Test func `full-width digits and a decimal comma are numbers in the prompt`() throws {
        for (given, prompt) in [("１２", "Invite 12 to Fair."), ("12,5", "Invite 12.5 to Fair.")] {
            let run = try home().run(
                "inspect", "prompt", "event", "-p", "event=Fair", "-p", "guests=\(given)", "--raw")
            #expect(run.output.contains(prompt), "\(run.output) \(run.error)")
        }
    }
}
