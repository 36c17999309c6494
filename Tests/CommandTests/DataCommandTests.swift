import Foundation
import Store
import Testing

@testable import copydesk

/// A token of which nobody says whether it is learned.
private struct MissingTarget: Error {}

@Suite struct `Looking at data` {
    private func rows(_ home: Home) throws {
        try home.write(
            """
            {"prompt": "Name a lamp.", "response": "Aurora"}
            {"prompt": "Name a lamp. ", "response": "Aurora"}
            {"prompt": "Name a tea.", "response": "Fog 🫖\\nMorning"}
            {"prompt": "", "response": "x"}
            {"text": "A garden behind the house."}
            """, to: "rows.jsonl")
    }

    /// Whole lines of text, each learned token in brackets.
    private func shown(_ tokens: [[String: Any]]) throws -> String {
        try tokens.map { token in
            #expect(token["id"] is Int && token.count == 3)
            let text = try #require(token["text"] as? String)
            return switch token["target"] as? Bool {
            case true?: "[\(text)]"
            case false?: text
            case nil: throw MissingTarget()
            }
        }.joined()
    }

    @Test func `JSON has the documented keys, and the labels of the first row`() throws {
        let home = try Home()
        try rows(home)
        let run = try home.run("data", "check", "rows.jsonl", "--json")
        let json = try run.json
        #expect(run.status == 0 && run.error.isEmpty)
        #expect(json["rows"] as? Int == 3 && json["read"] as? Int == 5 && json["duplicates"] as? Int == 1)
        #expect(json["dropped"] as? [String: Int] == ["empty": 1, "tooLong": 0, "noTarget": 0, "damaged": 0])
        let first = try run.objects("first")
        let shown = try shown(first)
        #expect(shown.hasPrefix("<|im_start|>user\nName a lamp.<|im_end|>\n<|im_start|>assistant\n["), "\(shown)")
        #expect(shown.replacing("][", with: "").hasSuffix("assistant\n[Aurora<|im_end|>]"), "\(shown)")
        let (tokens, targets) = (try #require(json["tokens"] as? Int), try #require(json["targets"] as? Int))
        #expect(targets > first.count { $0["target"] as? Bool == true } && tokens > targets)
        #expect(json["validation"] == nil && json["packing"] == nil)
        #expect((json["fingerprint"] as? String)?.hasPrefix("3:") == true)
    }

    @Test func `a person sees what is learned without colours, and what was left out`() throws {
        let home = try Home()
        try rows(home)
        let run = try home.run("data", "check", "rows.jsonl")
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.contains("rows        3 of 5"))
        #expect(lines.contains("left out    1 empty") && lines.contains("duplicates  1"))
        #expect(lines.contains("The first row (rows.jsonl, line 1), token by token:"))
        #expect(lines.contains { $0.hasPrefix("  read    <|im_start|>│user│⏎│") })
        let learned = lines.filter { $0.hasPrefix("  learned ") }.map { $0.dropFirst(10).replacing("│", with: "") }
        #expect(learned.joined() == "Aurora<|im_end|>")
        #expect(!run.output.contains("\u{1B}"))
        try home.write("{\"prompt\": \"A tea?\", \"response\": \"Fog 🫖\"}", to: "tea.jsonl")
        let tea = try home.run("data", "check", "tea.jsonl", "--prompt-weight", "0.25").output
        #expect(tea.contains("<F0") && !tea.contains("\u{FFFD}"), "parts of a character are bytes: \(tea)")
        #expect(tea.contains("  × 0.25  ") && tea.contains("prompts with the weight 0.25"))
    }

    @Test func `rows are divided, packed and limited as the options say`() throws {
        let home = try Home()
        try home.write(
            (0..<60).map { "A sentence about garden number \($0), and of its bird." }.joined(separator: "\n\n"),
            to: "texts/all.txt")
        let options = ["--documents", "blank", "--validation", "0.25", "--pack", "64", "--json"]
        let json = try home.run(["data", "check", "texts"] + options).json
        let validation = try #require(json["validation"] as? [String: Int])
        let count = try #require(validation["rows"])
        #expect(json["rows"] as? Int == 60 && (5...25).contains(count))
        let packing = try #require(json["packing"] as? [String: Any])
        let fill = try #require(packing["fill"] as? Double)
        #expect(packing["length"] as? Int == 64 && fill > 0.6 && fill <= 1)
        let other = try home.run(["data", "check", "texts", "--seed", "2"] + options).json
        #expect(other["fingerprint"] as? String != json["fingerprint"] as? String)
        let cut = try home.run("data", "check", "texts", "--max-length", "20", "--json").json
        #expect(cut["rows"] as? Int == 1 && (cut["examples"] as? Int ?? 0) > 20)
    }

    @Test func `a damaged line stops with its place, unless it may be skipped`() throws {
        let home = try Home()
        try home.write("{\"text\": \"A garden.\"}\n{\"text\": \n", to: "rows.jsonl")
        let run = try home.run("data", "check", "rows.jsonl", "--json")
        #expect(run.status == 1 && run.output.isEmpty)
        #expect(
            run.error
                == "copydesk: rows.jsonl, line 2: it is no JSON: the text ends too early at byte 9. Correct the line, or let damaged rows be skipped. --skip-damaged skips them.\n"
        )
        let skipped = try home.run("data", "check", "rows.jsonl", "--skip-damaged", "--json").json
        #expect(skipped["rows"] as? Int == 1 && (skipped["dropped"] as? [String: Int])?["damaged"] == 1)
    }

    @Test func `a starred draft is learned behind the prompt that it answers, also if it was continued`() throws {
        let home = try Home()
        let options = ["--seed", "3", "-o", "max_tokens=8", "--database", home.path("drafts.db")]
        #expect(try home.run(["generate", "--prompt", "Describe a garden."] + options).status == 0)
        #expect(try home.run(["generate", "--continue", "1"] + options).status == 0)
        let store = try DraftStore.open(path: home.path("drafts.db"))
        try store.setStarred(true, draftIds: [2])
        let text = try #require(try store.draft(id: 2)).text
        try store.close()
        let json = try home.run("data", "check", "--starred", "--json", "--database", home.path("drafts.db"))
        let shown = try shown(json.objects("first")).replacing("][", with: "")
        #expect(shown.hasSuffix("Describe a garden.<|im_end|>\n<|im_start|>assistant\n[\(text)<|im_end|>]"), "\(shown)")
        let prompt = "<|im_start|>assistant\n"
        let begun = "A quiet garden"
        #expect(StarredRows.withoutBeginning(of: begun + " with a gate.", at: prompt + begun) == prompt)
        #expect(StarredRows.withoutBeginning(of: begun, at: prompt + "A") == prompt + "A")
        #expect(StarredRows.withoutBeginning(of: "assistant\nA", at: prompt) == prompt)
        #expect(StarredRows.withoutBeginning(of: "", at: "") == "")
    }

    @Test(arguments: [
        (["none.jsonl"], 1, "copydesk: There is no file none.jsonl. Check the name.\n"),
        (
            ["rows.csv"], 1,
            "copydesk: rows.csv has no column 'text' or 'prompt' with 'response'; its columns are 'name', 'note'. Name those to read. --columns TEXT or --columns PROMPT,ANSWER names them.\n"
        ),
        (["pair.jsonl", "--max-length", "4"], 1, "--max-length N sets the limit.\n"),
        (["pair.jsonl", "--validation", "0.1"], 1, "--validation sets the share, and --seed the division.\n"),
        (["--starred"], 1, "Star some in the studio, or name files.\n"),
        ([], 2, "Name the files to look at, such as rows.jsonl, or give --starred."),
        (["rows.csv", "--columns", "name,"], 2, "Give it as --columns question,answer."),
        (["rows.csv", "--columns", "note", "--pack", "1"], 2, "--pack takes a number of tokens from 2 to"),
        (["rows.csv", "--max-length", "99999999999999999999"], 2, "--max-length"),
        (["rows.csv", "--documents", "line", "--separator", "x"], 2, "Give --documents or --separator, not both."),
        (["rows.csv", "--prompt-weight", "nan"], 2, "--prompt-weight takes a number from 0 to 1"),
        (["rows.csv", "--validation", "1"], 2, "--validation takes a share from 0 to below 1"),
    ])
    func `what cannot be read is said in a sentence`(arguments: [String], status: Int, part: String) throws {
        let home = try Home()
        try home.write("name,note\na,b\n", to: "rows.csv")
        try home.write("{\"prompt\": \"a\", \"response\": \"b\"}", to: "pair.jsonl")
        // A store with a draft that nobody has starred.
        if arguments == ["--starred"] {
            #expect(try home.run("generate", "slogan", "-p", "product=tea", "-n", "1").status == 0)
        }
        let run = try home.run(["data", "check"] + arguments)
        #expect(Int(run.status) == status && run.output.isEmpty && run.error.contains(part), "\(run.error)")
    }
}
