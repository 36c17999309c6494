// Several chats at one conversation, words that were not sent, and the trash of conversations, as users meet them.

import Foundation
import ScriptedServer
import Synchronization
import Testing

@testable import copydesk

extension Run {
    /// `role: text` of each turn of the JSON output.
    fileprivate func turns() throws -> [String] {
        try objects("turns").map { "\($0["role"] as? String ?? ""): \($0["text"] as? String ?? "")" }
    }
}

/// A server that repeats what it is asked, and of which a test knows how often.
private func echo(fails: @escaping @Sendable (String) -> Bool = { _ in false }) throws -> ScriptedServer {
    try ServerScript.writer { request in
        let messages = request.json["messages"] as? [[String: Any]] ?? []
        let last = messages.last?["content"] as? String ?? ""
        return fails(last) ? [] : ["to \(last)"]
    }
}

@Suite struct `Several chats at one conversation` {
    @Test func `by pipes come one after another, each with its answer, and none is lost`() throws {
        let home = try Home()
        try home.add(try echo())
        #expect(try home.run("chat", "-m", "local/tiny", "first").status == 0)
        let runs = Mutex<[Run]>([])
        // Each run uses files of its own in the home, which does not change.
        nonisolated(unsafe) let folder = home
        // Threads of their own, because each of them blocks until its program ends.
        let group = DispatchGroup()
        for index in 1...3 {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                guard let run = try? folder.run("chat", "--cid", "1", "hello \(index)") else { return }
                runs.withLock { $0.append(run) }
            }
        }
        group.wait()
        #expect(runs.withLock { $0.map(\.status) } == [0, 0, 0], "\(runs.withLock { $0.map(\.error) })")
        let turns = try home.run("chat", "-c", "--json", "last").turns()
        #expect(turns.count == 10)
        for index in 1...3 {
            let place = try #require(turns.firstIndex(of: "user: hello \(index)"), "\(turns)")
            #expect(turns[place + 1] == "assistant: to hello \(index)")
        }
    }
}

@Suite struct `Words that get no answer` {
    @Test func `of a pipe are not kept as turns if nothing was sent, and the next ones take their place if it failed`()
        throws
    {
        let home = try Home()
        try home.add(try echo { $0.contains("silent") })
        #expect(try home.run("chat", "-m", "local/tiny", "first").status == 0)
        for _ in 1...3 { #expect(try home.run("chat", "-c", "be silent").status == 1) }
        #expect(try home.run("chat", "-c", "silent too").status == 1)
        let listed = try home.run("history", "list", "--conversations", "--json").objects("conversations")
        #expect(listed.first?["turns"] as? Int ?? 9 <= 4)
        let exported = try home.run("export", "--conversation", "1", "--format", "txt").output
        #expect(!exported.contains("be silent") && exported.contains("silent too"))
        let turns = try home.run("chat", "-c", "--json", "now").turns()
        #expect(turns == ["user: first", "assistant: to first", "user: now", "assistant: to now"])
    }

    @Test func `stay out of a conversation that must not leave turns out, however often they are tried`() throws {
        let home = try Home()
        // Each of them fits alone, and both together do not.
        let first = String(repeating: "Tell me more of the old harbor. ", count: 25)
        let long = String(repeating: "Tell me more of the old harbor. ", count: 40)
        #expect(try home.run("chat", "--context", "refuse", "-o", "max_tokens=60", first).status == 0)
        for _ in 1...3 {
            let refused = try home.run("chat", "-c", long)
            #expect(refused.status == 1 && refused.error.contains("Nothing was sent"), "\(refused.error)")
            #expect(refused.error.contains("Conversation 1 is as it was before."), "\(refused.error)")
        }
        let turns = try home.run("chat", "-c", "--json", "And you?").turns()
        #expect(turns.count == 4 && turns[2] == "user: And you?")
    }

    @Test func `are too long by themselves, and no older turn is blamed`() throws {
        let home = try Home()
        let long = String(repeating: "Tell me more of the old harbor. ", count: 90)
        let refused = try home.run("chat", "--context", "refuse", long)
        #expect(refused.status == 1 && refused.error.contains("Shorten your words"), "\(refused.error)")
        #expect(!refused.error.contains("oldest turns"))
        #expect(refused.error.contains("What you said is kept in conversation 1"), "\(refused.error)")
    }
}

@Suite struct `Conversations in the trash` {
    @Test func `go there and come back whole, and are not gone on with by mistake`() throws {
        let home = try Home()
        for words in ["one", "two"] { #expect(try home.run("chat", words).status == 0) }
        let moved = try home.run("history", "delete", "--conversation", "1")
        #expect(moved.output.contains("Undo: copydesk history restore --conversation 1"), "\(moved.error)")
        let refused = try home.run("chat", "--cid", "1", "again")
        #expect(refused.status == 1 && refused.error.contains("history restore --conversation 1"), "\(refused.error)")
        #expect(try home.run("history", "list", "--conversations", "--json").objects("conversations").count == 1)
        #expect(try home.run("history", "restore", "--conversation", "1").output.contains("Restored: conversation 1."))
        #expect(try home.run("chat", "--cid", "1", "--json", "again").objects("turns").count == 4)
    }

    @Test func `keep their turns if an early answer is deleted, which says how many it closes`() throws {
        let home = try Home()
        #expect(try home.run("chat", "one").status == 0)
        for words in ["two", "three"] { #expect(try home.run("chat", "-c", words).status == 0) }
        let deleted = try home.run("history", "delete", "1")
        #expect(deleted.output.contains("4 turns follow it"), "\(deleted.output)")
        #expect(deleted.output.contains("copydesk history delete --conversation 1"))
        let cut = try home.run("export", "--conversation", "1", "--format", "txt").output
        #expect(cut.contains("one") && !cut.contains("three"))
        #expect(try home.run("history", "restore", "1").status == 0)
        let whole = try home.run("export", "--conversation", "1", "--format", "txt").output
        #expect(whole.contains("three"))
        #expect(try home.run("chat", "-c", "--json", "four").objects("turns").count == 8)
    }

    @Test(arguments: [
        (["chat", "--cid", "", "Hi"], "--cid takes the id", "Usage: copydesk chat"),
        (["chat"], "Nothing to say", "See 'copydesk chat --help'"),
        (["history", "delete"], "--conversation ID", "Usage: copydesk history delete"),
    ])
    func `a wrong use names the command that was used`(arguments: [String], sentence: String, usage: String) throws {
        let run = try Home().run(arguments)
        #expect(run.status == 2 && run.error.contains(sentence) && run.error.contains(usage), "\(run.error)")
    }
}

@Suite(.enabled(if: tmuxPath != nil, "tmux is not installed"), .serialized)
struct `Chats on two terminals` {
    private func open(_ home: Home, _ arguments: String...) throws -> StudioSession {
        try StudioSession(home: home, rows: 40, columns: 90, arguments: ["chat"] + arguments)
    }

    private func say(_ text: String, _ session: StudioSession, until shown: String) throws {
        try session.type(text)
        try session.press("Enter")
        _ = try session.wait("\(shown) and the next prompt") {
            $0.contains(shown) && $0.trimmingCharacters(in: .whitespacesAndNewlines).hasSuffix(">")
        }
    }

    @Test func `in the studio, words that do not fit stay in the composer and out of the conversation`() throws {
        let home = try Home()
        #expect(try home.run("chat", "--context", "refuse", "-o", "max_tokens=60", "Hi").status == 0)
        let studio = try StudioSession(home: home, rows: 24, columns: 80)
        _ = try studio.wait(for: "Article headline")
        try studio.press("3")
        _ = try studio.wait(for: "Chat: Hi")
        try studio.press("Enter")
        _ = try studio.wait(for: "Enter send")
        try studio.type(String(repeating: "apple ", count: 500))
        for _ in 1...2 {
            try studio.press("Enter")
            _ = try studio.wait("the refusal and the words") {
                $0.contains("too long") && $0.contains("apple apple") && $0.contains("Enter send")
            }
        }
        let listed = try home.run("history", "list", "--conversations", "--json").objects("conversations")
        #expect(listed.first?["turns"] as? Int == 2, "\(listed)")
    }

    @Test func `each go on from what they show, although the other one speaks while an answer is written`() throws {
        let home = try Home()
        let goOn = DispatchSemaphore(value: 0)
        let server = try ServerScript.writer { request in
            let messages = request.json["messages"] as? [[String: Any]] ?? []
            let last = messages.last?["content"] as? String ?? ""
            // The first one's answer ends only when the other one has got its own.
            if last == "P1" { goOn.wait() }
            return ["to \(last)"]
        }
        try home.add(server)
        #expect(try home.run("chat", "-m", "local/tiny", "first").status == 0)
        let mine = try open(home, "-c")
        let theirs = try open(home, "-c")
        _ = try mine.wait(for: "to first")
        _ = try theirs.wait(for: "to first")
        try mine.type("P1")
        try mine.press("Enter")
        _ = try mine.wait("P1 on its way") { _ in server.requests.contains { $0.json.description.contains("P1") } }
        try say("Q1", theirs, until: "to Q1")
        #expect(try theirs.screen.contains("The conversation went on elsewhere"))
        goOn.signal()
        _ = try mine.wait(for: "to P1")
        try say("P2", mine, until: "to P2")
        try say("Q2", theirs, until: "to Q2")
        let asked = server.requests.compactMap { $0.json["messages"] as? [[String: Any]] }
            .map { $0.filter { $0["role"] as? String != "system" }.compactMap { $0["content"] as? String } }
        #expect(asked.contains(["first", "to first", "P1", "to P1", "P2"]), "\(asked)")
        #expect(asked.contains(["first", "to first", "Q1", "to Q1", "Q2"]), "\(asked)")
        try say("/branches", mine, until: "2. 6 turns")
    }

    @Test func `open every version and branch again`() throws {
        let home = try Home()
        try home.add(try echo())
        let session = try open(home, "-m", "local/tiny")
        _ = try session.wait(for: "answered by")
        for words in ["A", "B"] { try say(words, session, until: "to \(words)") }
        try say("/branch", session, until: "2 turns after it stay in a branch")
        try say("C", session, until: "to C")
        try say("/turns", session, until: "This is one of 2 branches.")
        try say("/swipe 1 3", session, until: "to B")
        try say("/branches 2", session, until: "(4 turns)")
        try session.press("C-d")
        _ = try session.wait(for: "ended with 0")
        let kept = try home.run("chat", "-c", "--json", "D").turns()
        #expect(kept.contains("user: C") && !kept.contains("user: B") && kept.count == 6)
    }

    @Test func `offer words again that got no answer`() throws {
        let home = try Home()
        let fails = Mutex(true)
        try home.add(
            try ServerScript.writer { _ in fails.withLock { $0 } ? [] : ["Yes."] })
        let session = try open(home, "-m", "local/tiny")
        _ = try session.wait(for: "answered by")
        try session.type("Are you there?")
        try session.press("Enter")
        _ = try session.wait("the words at the prompt") {
            $0.trimmingCharacters(in: .whitespacesAndNewlines).hasSuffix("> Are you there?")
                && $0.contains("Enter sends them")
        }
        fails.withLock { $0 = false }
        try session.press("Enter")
        _ = try session.wait(for: "Yes.")
        try session.press("C-d")
        _ = try session.wait(for: "ended with 0")
        let drafts = try home.run("chat", "-c", "--json", "Good.").objects("turns")
        #expect(drafts.count == 4 && (drafts[1]["drafts"] as? [Any])?.count == 1)
    }

    @Test func `ask for what a persona needs`() throws {
        let home = try Home()
        let session = try open(home, "--persona", "support-agent")
        _ = try session.wait(for: "Example: the Brisk electric kettle")
        try session.type("Aurora lamp")
        try session.press("Enter")
        _ = try session.wait(for: "Example: Returns")
        try session.type("Returns within 30 days.")
        try session.press("Enter")
        _ = try session.wait("the greeting and the prompt") {
            $0.contains("this is support for Aurora lamp")
                && $0.trimmingCharacters(in: .whitespacesAndNewlines).hasSuffix("Customer>")
        }
        try session.press("C-d")
        _ = try session.wait(for: "ended with 0")
    }
}
