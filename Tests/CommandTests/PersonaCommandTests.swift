import Foundation
import Testing

/// Personas at the command line, beside the templates that write drafts.
struct PersonaCommandTests {
    @Test func `a new persona is a valid file in a folder of its own, and is listed under Chat`() throws {
        let home = try Home()
        let made = try home.run("templates", "new", "--persona", "sea-owl")
        #expect(made.status == 0 && made.output.hasSuffix("/templates/chat/sea-owl.md\n"), "\(made.output)")
        #expect(made.error.contains("copydesk chat --persona sea-owl"))
        let path = made.output.trimmingCharacters(in: .newlines)
        #expect(try home.run("templates", "check").output == "1 checked, nothing wrong.\n")
        #expect(try home.run("templates", "check", path).output == "1 checked, nothing wrong.\n")
        let list = try home.run("templates", "list").output
        let chat = try #require(list.firstRange(of: "\nChat\n"))
        #expect(list[chat.upperBound...].contains("  sea-owl "), "\(list)")
        // A second file of the name would not be used.
        let again = try home.run("templates", "new", "sea-owl")
        #expect(again.status == 1 && again.error.contains("/chat/sea-owl.md' has this name already"), "\(again.error)")
    }

    @Test func `the check of a persona finds what only its filled-in texts show`() throws {
        let home = try Home()
        try home.write(
            "---\nname: Owl\nfields:\n  - {name: word, example: hoot}\ngreeting: \"{{ word / 2 }}\"\n---\nBe an owl.\n",
            to: "config/templates/chat/owl.md")
        for arguments in [["templates", "check"], ["templates", "check", "config/templates/chat/owl.md"]] {
            let run = try home.run(arguments)
            #expect(run.status == 1 && run.output.contains("owl cannot be filled with these values"), "\(run.output)")
        }
    }

    @Test(arguments: [["generate", "editor"], ["inspect", "prompt", "chat/editor"], ["templates", "test", "editor"]])
    func `a command that writes drafts refuses a persona and says how to chat with it`(arguments: [String]) throws {
        let run = try Home().run(arguments)
        #expect(
            run.error == "copydesk: 'editor' is a persona: it holds a conversation and writes no drafts. Chat with it "
                + "instead. `copydesk chat --persona editor` does that.\n")
        #expect(run.status == 1)
    }

    @Test func `a persona is shown with all its texts, also as JSON`() throws {
        let shown = try Home().run("templates", "show", "story-character").output
        for text in [
            "Story character (story-character)", "-p character=", "System prompt:\n", "Speakers: ", "Greeting:\n",
        ] {
            #expect(shown.contains(text), "\(text) is not in: \(shown)")
        }
        let json = try Home().run("templates", "show", "support-agent", "--json").output
        let report = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let template = try #require(report["template"] as? [String: Any])
        let persona = try #require(template["persona"] as? [String: Any])
        #expect((persona["speakers"] as? [String: String])?["user"] == "Customer")
        #expect((persona["system"] as? String)?.contains("{{ product }}") == true)
        #expect((persona["greetings"] as? [String])?.count == 1 && persona["book"] is [Any])
    }
}
