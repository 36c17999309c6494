// `copydesk chat`: one answer from a pipe, JSON, going on with a conversation, and what bad input gets.

import Foundation
import Generation
import ScriptedServer
import Testing

@testable import copydesk

@Suite struct `Chatting from a pipe` {
    private func conversation(_ run: Run) throws -> [String: Any] {
        try #require(try run.json["conversation"] as? [String: Any])
    }

    @Test func `gives one answer, keeps it, and goes on with it`() throws {
        let home = try Home()
        let first = try home.run("chat", "--seed", "1", "--json", input: "Hi\n")
        #expect(first.status == 0, "\(first.error)")
        let turns = try first.objects("turns")
        #expect(turns.map { $0["role"] as? String } == ["user", "assistant"])
        #expect(turns[0]["text"] as? String == "Hi")
        let drafts = try #require(turns[1]["drafts"] as? [[String: Any]])
        #expect(drafts.count == 1 && drafts[0]["text"] as? String == turns[1]["text"] as? String)
        let id = try #require(try conversation(first)["id"] as? Int)
        let uuid = try #require(try conversation(first)["uuid"] as? String)
        #expect(try conversation(first)["title"] as? String == "Hi")
        #expect(try conversation(first)["model"] as? String == "built-in")

        let second = try home.run("chat", "--cid", String(id), "--json", input: "And you?")
        #expect(try second.objects("turns").count == 4, "\(second.error)")
        let third = try home.run("chat", "-c", "One more")
        #expect(third.status == 0 && !third.output.isEmpty)
        let last = try home.run("chat", "--cid", String(uuid.prefix(8)), "--json", "Last")
        #expect(try last.objects("turns").count == 8)
        #expect(try conversation(last)["uuid"] as? String == uuid)
    }

    @Test func `prints who said what in a short form, with drafts for answers alone`() throws {
        let home = try Home()
        let run = try home.run("chat", "--json", "Hi")
        #expect(try Set(run.json.keys) == ["conversation", "turns"])
        #expect(try Set(conversation(run).keys) == ["id", "uuid", "title", "persona", "model"])
        let turns = try run.objects("turns")
        #expect(Set(turns[0].keys) == ["id", "role", "text"])
        #expect(Set(turns[1].keys) == ["id", "role", "text", "drafts"])
        let drafts = try #require(turns[1]["drafts"] as? [[String: Any]])
        #expect(Set(drafts[0].keys) == ["id", "text", "reasoning", "finishReason", "cutOff", "active"])
    }

    @Test func `replaces words for which nothing was sent, and asks again with the same ones`() throws {
        let home = try Home()
        let long = String(repeating: "tea ", count: 900)
        for _ in 0..<2 {
            let refused = try home.run("chat", "--context", "refuse", "--no-save", long)
            #expect(refused.status == 1)
        }
        let first = try home.run("chat", "--context", "refuse", long)
        #expect(first.status == 1 && first.error.contains("is kept in conversation 1"), "\(first.error)")
        #expect(try home.run("chat", "-c", long).status == 1)
        let second = try home.run("chat", "-c", "--json", "Hi")
        #expect(try second.objects("turns").map { $0["role"] as? String } == ["user", "assistant"], "\(second.error)")
        #expect(try second.objects("turns")[0]["text"] as? String == "Hi")
    }

    @Test func `keeps the model of a conversation if another one cannot be opened`() throws {
        let home = try Home()
        #expect(try home.run("chat", "Hi").status == 0)
        let refused = try home.run("chat", "--cid", "1", "-m", "no-such-model", "And?")
        #expect(refused.status == 1 && refused.error.contains("no-such-model"), "\(refused.error)")
        let next = try home.run("chat", "--cid", "1", "--json", "And?")
        #expect(next.status == 0, "\(next.error)")
        #expect(try next.objects("turns").count == 4)
    }

    @Test func `goes on with no conversation in the trash, which the history puts there and takes out`() throws {
        let home = try Home()
        #expect(try home.run("chat", "Hi").status == 0)
        let deleted = try home.run("history", "delete", "--conversation", "1")
        #expect(deleted.output.contains("Undo: copydesk history restore --conversation 1"), "\(deleted.error)")
        #expect(try home.run("history", "list", "--conversations", "--json").objects("conversations").isEmpty)
        let refused = try home.run("chat", "--cid", "1", "And?")
        #expect(refused.status == 1 && refused.error.contains("is in the trash"), "\(refused.error)")
        #expect(try home.run("history", "restore", "--conversation", "1").output == "Restored: conversation 1.\n")
        #expect(try home.run("chat", "--cid", "1", "And?").status == 0)
        #expect(try home.run("history", "delete").status == 2)
        let missing = try home.run("history", "delete", "--conversation", "9").error
        #expect(missing.contains("There is no conversation '9'"), "\(missing)")
    }

    @Test func `begins with the greeting that is chosen, and says with what it filled in the persona`() throws {
        let home = try Home()
        try home.write(
            #"{"spec":"chara_card_v2","data":{"name":"Mira","first_mes":"One.","alternate_greetings":["Two."]}}"#,
            to: "mira.json")
        #expect(try home.run("import", home.path("mira.json")).status == 0)
        let run = try home.run("chat", "--persona", "mira", "--greeting", "2", "--json", "Hi")
        #expect(try run.objects("turns").first?["text"] as? String == "Two.", "\(run.error)")
        let wrong = try home.run("chat", "--persona", "mira", "--greeting", "3", "Hi")
        #expect(wrong.status == 2 && wrong.error.contains("Give a number from 1 to 2"), "\(wrong.error)")
        let filled = try home.run("chat", "--persona", "support-agent", "Hi")
        #expect(filled.error.contains("  product: the Brisk electric kettle"), "\(filled.error)")
        #expect(filled.error.contains("copydesk chat --persona support-agent -p product=…"))
        let own = try home.run("chat", "--persona", "support-agent", "-p", "product=x", "-p", "policy=y", "Hi")
        #expect(!own.error.contains("examples"), "\(own.error)")
    }

    @Test func `gives the same answer from the same seed, and several drafts if asked`() throws {
        let home = try Home()
        func texts(_ arguments: String...) throws -> [String] {
            let run = try home.run(["chat", "--json", "--no-save", "Write of tea."] + arguments)
            let drafts = try run.objects("turns").last?["drafts"] as? [[String: Any]]
            return try #require(drafts).compactMap { $0["text"] as? String }
        }
        #expect(try texts("--seed", "7") == texts("--seed", "7"))
        #expect(try texts("-n", "3").count == 3)
        #expect(!FileManager.default.fileExists(atPath: home.path("data/copydesk.db")))
    }

    @Test func `sends the persona, the greeting and the turns to a server`() throws {
        let home = try Home()
        let server = try ServerScript.writer { _ in ["Robin: ", "Fine."] }
        try home.add(server)
        let run = try home.run("chat", "--persona", "companion", "-m", "local/tiny", "--json", "Hello")
        #expect(run.status == 0, "\(run.error)")
        let turns = try run.objects("turns")
        #expect(turns.map { $0["role"] as? String } == ["assistant", "user", "assistant"])
        // The speaker's own name is no part of the answer.
        #expect(turns[2]["text"] as? String == "Fine.")
        let asked = try #require(server.requests.last { $0.path == "/v1/chat/completions" })
        let messages = try #require(asked.json["messages"] as? [[String: Any]])
        #expect(messages.first?["role"] as? String == "system")
        #expect(messages.last?["content"] as? String == "Hello")
    }

    @Test(arguments: [
        (["--cid", "99", "Hi"], "history list --conversations", 1), (["-c", "Hi"], "Begin one without -c", 1),
        (["--persona", "editr", "Hi"], "editor", 1), (["-c", "--persona", "editor", "Hi"], "keeps its persona", 2),
        (["--context", "leaveout", "Hi"], "Did you mean 'leave-out'?", 2), ([], "Nothing to say", 2),
        (["-m", "no-such-model", "Hi"], "There is no model 'no-such-model'", 1), (["-n", "0", "Hi"], "-n 3", 2),
    ])
    func `says in a sentence what is wrong`(arguments: [String], sentence: String, status: Int32) throws {
        let home = try Home()
        let run = try home.run(["chat"] + arguments)
        #expect(run.status == status && run.error.contains(sentence), "\(run.status): \(run.error)")
    }

    @Test func `names the option that chooses another model if the conversation's is gone, and keeps everything`()
        throws
    {
        let home = try Home()
        let server = try ServerScript.writer { _ in ["Yes."] }
        try home.add(server)
        #expect(try home.run("chat", "-m", "local/tiny", "Hi").status == 0)
        try FileManager.default.removeItem(atPath: home.path("config/config.yaml"))
        let gone = try home.run("chat", "-c", "Again")
        #expect(gone.status == 1 && gone.error.contains("-m NAME"), "\(gone.error)")
        let other = try home.run("chat", "-c", "-m", "built-in", "--json", "Again")
        #expect(try other.objects("turns").count == 4, "\(other.error)")
        #expect(try conversation(other)["model"] as? String == "built-in")
    }
}

@Suite struct `What a chat tells` {
    @Test func `an answer that was cut off goes on by a word of the chat, not by another command`() {
        var draft = SavedDraft(
            id: 7, generationId: 1, ordinal: 0, text: "Half", finishReason: .cutOff, tokenCount: 1, createdAt: 0,
            updatedAt: 0)
        var generation = SavedGeneration(
            id: 1, title: "", model: ModelIdentity(name: "m", hash: "", engine: ""), seed: 0)
        func told(_ door: DraftNotes.Door) -> String {
            generation.drafts = [draft]
            return DraftNotes.sentences(about: generation, at: door).joined()
        }
        #expect(told(.chat).hasSuffix("What had come is kept. /continue goes on from there."))
        #expect(told(.answer(conversation: 5)).hasSuffix("copydesk chat --cid 5, and there /continue"))
        #expect(told(.generate).hasSuffix("copydesk generate --continue 7"))
        draft.text = ""
        #expect(told(.chat).hasSuffix("Nothing of it had come. /retry writes it again."))
    }

    @Test func `its help keeps its words whole in any width`() {
        let words = Set(ChatWord.helpText(columns: 200).split(whereSeparator: \.isWhitespace))
        for columns in [40, 80, 100] {
            let text = ChatWord.helpText(columns: columns)
            #expect(Set(text.split(whereSeparator: \.isWhitespace)) == words)
            if columns >= 80 { #expect(text.split(separator: "\n").allSatisfy { $0.count <= columns }) }
        }
        for word in ChatWord.allCases { #expect(ChatWord.helpText(columns: 80).contains("/\(word.rawValue) ")) }
    }

    @Test func `each branch is told by its last turn`() {
        func turn(_ id: Int64, after parent: Int64?) -> Turn {
            Turn(id: id, parentTurnId: parent, role: .user, text: "")
        }
        let ends = BranchEnd.all(of: [
            turn(1, after: nil), turn(2, after: 1), turn(3, after: 2), turn(4, after: 1), turn(5, after: nil),
        ])
        #expect(ends.map(\.turn.id) == [3, 4, 5] && ends.map(\.turnCount) == [3, 2, 1])
        #expect(BranchEnd.all(of: []).isEmpty)
    }
}

@Suite struct `A line of a chat` {
    @Test(arguments: [
        ("Hello", ChatWord.Line.say("Hello")), ("  ", .nothing), ("//etc", .say("/etc")),
        ("/etc/hosts is what?", .say("/etc/hosts is what?")), ("/Retry", .word(.retry, argument: "")),
        ("/system Be  brief.\nAlways.", .word(.system, argument: "Be  brief.\nAlways.")),
        ("/exit", .word(.quit, argument: "")),
    ])
    func `is said, or is a word with a slash`(text: String, line: ChatWord.Line) {
        #expect(ChatWord.read(text) == line)
    }

    @Test func `with an unknown word gets a sentence with the nearest one`() {
        guard case .unknown(let sentence) = ChatWord.read("/swip 2") else {
            Issue.record("it was taken")
            return
        }
        #expect(sentence.contains("There is no /swip. Did you mean /swipe?"))
    }

    @Test func `is edited by the usual keys, and brings back earlier ones`() {
        var line = LineBuffer(history: ["first", "second"])
        for character in "good tea" { _ = line.handle(.character(character)) }
        _ = line.handle(.control("w"))
        _ = line.handle(.paste("晚上\n好"))
        #expect(line.text == "good 晚上\n好")
        _ = line.handle(.backspace)
        _ = line.handle(.up)
        #expect(line.text == "good 晚上\n")
        _ = line.handle(.up)
        #expect(line.text == "second")
        _ = line.handle(.up)
        _ = line.handle(.up)
        #expect(line.text == "first")
        for _ in 0..<3 { _ = line.handle(.down) }
        #expect(line.text == "good 晚上\n")
    }

    @Test func `goes on after a backslash, is sent by Enter, cleared by Ctrl-C, ended by Ctrl-D`() {
        var line = LineBuffer("one\\")
        #expect(line.handle(.enter) == .edited && line.text == "one\n")
        _ = line.handle(.character("é"))
        #expect(line.handle(.enter) == .sent("one\né"))
        #expect(line.handle(.control("d")) == .edited)
        #expect(line.handle(.control("c")) == .cancelled(wasEmpty: false) && line.text.isEmpty)
        #expect(line.handle(.control("c")) == .cancelled(wasEmpty: true))
        #expect(line.handle(.control("d")) == .ended)
    }

    @Test func `wraps by columns, and shows the rows around the cursor`() {
        let wide = LineLayout(prompt: "> ", Array("晚上好晚上好"), cursor: 6, columns: 11, height: 24)
        #expect(wide.rows == ["> 晚上好晚", "  上好"] && wide.cursorRow == 1 && wide.cursorColumn == 6)
        let controls = LineLayout(prompt: "> ", Array("a\u{1B}b\tc"), cursor: 0, columns: 40, height: 24)
        #expect(controls.rows == ["> a␛b    c"] && controls.cursorColumn == 2)
        let long = Array(String(repeating: "x\n", count: 50))
        let window = LineLayout(prompt: "> ", long, cursor: long.count, columns: 40, height: 10)
        #expect(window.rows.count == 9 && window.cursorRow == 8)
    }
}

@Suite(.enabled(if: tmuxPath != nil, "tmux is not installed"), .serialized)
struct `A chat on a terminal` {
    @Test func `greets, answers, edits, shows its turns and its context, and ends`() throws {
        let home = try Home()
        let session = try StudioSession(
            home: home, rows: 40, columns: 80, arguments: ["chat", "--persona", "companion", "--seed", "1"])
        _ = try session.wait(for: "Robin: Hey Alex")
        try session.type("Tea, please.")
        try session.press("Enter")
        _ = try session.wait("an answer and the next prompt") { screen in
            screen.contains("Alex> Tea, please.\nRobin: ") && screen.hasSuffixIgnoringSpace("Alex>")
        }
        try session.type("/nothing")
        try session.press("Enter")
        _ = try session.wait(for: "There is no /nothing.")
        try session.type("/edit")
        try session.press("Enter")
        _ = try session.wait(for: "Enter sends the new text")
        try session.press("C-u")
        try session.type("Coffee, please.")
        try session.press("Enter")
        _ = try session.wait("the answer to the edited words") { screen in
            screen.contains("Alex> Coffee, please.\nRobin: ") && screen.hasSuffixIgnoringSpace("Alex>")
        }
        try session.type("/turns")
        try session.press("Enter")
        _ = try session.wait(for: "2. Alex (version 2 of 2): Coffee, please.")
        try session.type("/branches")
        try session.press("Enter")
        _ = try session.wait(for: "2. 3 turns (open), to Robin: ")
        try session.type("/branches 1")
        try session.press("Enter")
        _ = try session.wait(for: "(3 turns)")
        try session.type("/turns")
        try session.press("Enter")
        _ = try session.wait(for: "2. Alex (version 1 of 2): Tea, please.")
        try session.type("/branches 2")
        try session.press("Enter")
        try session.type("/context")
        try session.press("Enter")
        _ = try session.wait(for: "Rule if it is full: leave-out")
        try session.press("C-d")
        _ = try session.wait(for: "ended with 0")
        let kept = try home.run("chat", "-c", "--json", "More.").objects("turns")
        #expect(kept.count == 5 && kept[1]["text"] as? String == "Coffee, please.")
    }
}

extension String {
    fileprivate func hasSuffixIgnoringSpace(_ text: String) -> Bool {
        trimmingCharacters(in: .whitespacesAndNewlines).hasSuffix(text)
    }
}
