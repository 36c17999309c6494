// Conversations as files: `import`, `history list --conversations`, `export --conversation`.

import Foundation
import Testing

private let chat = """
    {"user_name":"Ann","character_name":"Innkeeper","create_date":"2024-01-02@10h11m12s","chat_metadata":{}}
    {"name":"Innkeeper","is_user":false,"mes":"Welcome, Ann!","send_date":"January 2, 2024 10:11am"}
    {"name":"Ann","is_user":true,"mes":"A room, please.","send_date":"January 2, 2024 10:12am"}
    {"name":"Innkeeper","is_user":false,"mes":"Second floor.","send_date":"January 2, 2024 10:12am",\
    "swipes":["None left.","Second floor."],"swipe_id":1,"extra":{"reasoning":"Which room is free?"}}
    """

private let card = """
    {"spec":"chara_card_v2","spec_version":"2.0","data":{"name":"Mira","description":"{{char}} keeps a lighthouse.",
    "personality":"dry","scenario":"A storm.","first_mes":"Come in, {{user}}.","mes_example":"","extensions":{}}}
    """

@Suite struct `Files of other programs` {
    private func home(_ files: [String: String]) throws -> Home {
        let home = try Home()
        for (name, text) in files { try home.write(text, to: name) }
        return home
    }

    @Test func `a chat comes in with its choices and thoughts, once, and goes on`() throws {
        let home = try home(["chat.jsonl": chat])
        let first = try home.run("import", home.path("chat.jsonl"), "--json")
        #expect(first.status == 0, "\(first.error)")
        let added = try #require(try first.objects("conversations").first)
        #expect(added["turns"] as? Int == 3 && added["title"] as? String == "Innkeeper")
        let second = try home.run("import", home.path("chat.jsonl"))
        #expect(second.status == 0 && second.error.contains("Already there and not imported again: 1."))
        #expect(try home.run("history", "list", "--conversations", "--json").objects("conversations").count == 1)

        let whole = try home.run("export", "--conversation", "1", "--format", "json")
        for text in ["None left.", "Second floor.", "Which room is free?"] { #expect(whole.output.contains(text)) }
        let lines = try home.run("export", "--conversation", "1", "--format", "jsonl").output
        #expect(lines.split(separator: "\n").count == 1 && lines.contains("A room, please."))
        #expect(lines.contains("Second floor.") && !lines.contains("None left."))
        #expect(try home.run("export", "--conversation", "1").output.contains("**Ann**"))

        // Who wrote it, until a model of this program answers.
        let list = try home.run("history", "list", "--conversations").output
        #expect(list.contains("3 turns · SillyTavern"), "\(list)")
        #expect(try home.run("export", "--conversation", "1", "--format", "txt").output.contains("· SillyTavern\n"))

        let answer = try home.run("chat", "--cid", "1", "--json", "-o", "max_tokens=8", "And breakfast?")
        #expect(answer.status == 0, "\(answer.error)")
        #expect(try answer.objects("turns").count == 5)
        let later = try home.run("history", "list", "--conversations").output
        #expect(later.contains("5 turns · built-in"), "\(later)")
    }

    @Test func `a character becomes a persona that is there once`() throws {
        let home = try home(["mira.json": card])
        let first = try home.run("import", home.path("mira.json"), "--user", "Ann")
        #expect(first.status == 0 && first.error.contains("copydesk chat --persona mira"), "\(first.error)")
        let file = try String(contentsOfFile: home.path("config/templates/chat/mira.md"), encoding: .utf8)
        #expect(file.contains("Mira keeps a lighthouse.") && file.contains("Come in, Ann."))
        #expect(try home.run("templates", "check").status == 0)
        #expect(try home.run("import", home.path("mira.json"), "--user", "Ann").error.contains("Already there"))
    }

    @Test(arguments: [
        (["import", "bad.json"], "damaged at line 2, column 1"),
        (["import", "page.html"], "is a web page"),
        (["import", "empty.json"], "is empty"),
        (["export", "--conversation", "9"], "There is no conversation '9'"),
    ])
    func `what cannot be done gets a sentence, and nothing comes in`(arguments: [String], sentence: String) throws {
        let home = try home([
            "bad.json": "{\"mapping\":\n", "page.html": "<!DOCTYPE html><html></html>", "empty.json": "",
        ])
        let isImport = arguments[0] == "import"
        let refused = try home.run(isImport ? ["import", home.path(arguments[1])] : arguments)
        #expect(refused.status == 1 && refused.error.contains(sentence), "\(refused.error)")
        #expect(try home.run("history", "list", "--conversations", "--json").objects("conversations").isEmpty)
    }
}
