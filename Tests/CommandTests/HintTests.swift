// The sentence of one error at both doors: the command line adds its options, the studio its keys.

import Foundation
import Testing

/// The built-in model with another chat template of the same length.
private func writeModel(chatTemplate: String, to path: String) throws {
    let model = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/CEmbed/built-in.gguf").standardized
    var bytes = try Data(contentsOf: model)
    let key = try #require(bytes.range(of: Data("tokenizer.chat_template".utf8)))
    // The key is followed by the value's type (4 bytes) and its length (8 bytes).
    let lengthStart = key.upperBound + 4
    let length = bytes[lengthStart..<lengthStart + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let filling = String(repeating: " ", count: max(0, length - chatTemplate.utf8.count))
    let value = Data((chatTemplate + filling).utf8)
    try #require(value.count == length)
    bytes.replaceSubrange(lengthStart + 8..<lengthStart + 8 + length, with: value)
    try bytes.write(to: URL(filePath: path))
}

@Suite struct `Hints at both doors` {
    private static let failure =
        "failing.gguf: the model's chat template cannot be used: tokenizer.chat_template:1:4: No answer today. "
        + "Send the prompt as raw text, or use another file of this model."

    private func home(chatTemplate: String = "{{ raise_exception('No answer today.') }}") throws -> Home {
        let home = try Home()
        try writeModel(chatTemplate: chatTemplate, to: home.path("failing.gguf"))
        return home
    }

    @Test func `a chat template that fails is told with the options that help, and they do`() throws {
        let home = try home()
        let prompt = ["generate", "--prompt", "Once upon a time", "-m", "failing.gguf", "-o", "max_tokens=3"]
        let run = try home.run(prompt)
        #expect(run.status == 1)
        let failure = Self.failure.replacing("failing.gguf:", with: "failing:")
        #expect(run.error == "copydesk: \(failure) --raw sends raw text, and -m FILE names another file.\n")
        #expect(try home.run(prompt + ["--raw"]).status == 0)
        let kept = try home.run("history", "list", "--json").objects("generations")
        #expect(kept.contains { $0["failure"] as? String == failure }, "\(kept)")
    }

    @Test func `a chat template that is not valid is told without raw text, which would not help`() throws {
        let run = try home(chatTemplate: "{% if %}").run("generate", "--prompt", "x", "--raw", "-m", "failing.gguf")
        #expect(run.status == 1)
        #expect(run.error.hasSuffix(" Use another file of this model. -m FILE names it.\n"), "\(run.error)")
    }

    @Test(.enabled(if: tmuxPath != nil, "tmux is not installed"))
    func `the studio names the key for raw text, and no options`() throws {
        let home = try home()
        let studio = try StudioSession(home: home, rows: 40, columns: 200, arguments: ["-m", "failing.gguf"])
        try studio.wait(for: "Article headline")
        try studio.press("f")
        try studio.wait(for: "chat, it is answered")
        try studio.type("Once upon a time")
        try studio.press("C-g")
        let screen = try studio.wait(for: "switches to raw text")
        let words = screen.split(whereSeparator: { " \n│".contains($0) }).joined(separator: " ")
        #expect(words.contains("In a free prompt (f in the list of templates), ^R switches to raw text."), "\(screen)")
        #expect(!screen.contains("--raw") && !screen.contains("-m FILE"), "\(screen)")
        try studio.press("q")
        try studio.wait(for: "ended with 0")
    }

    @Test(.enabled(if: tmuxPath != nil, "tmux is not installed"))
    func `the studio names the line of a model that is not there, and its key`() throws {
        let home = try Home()
        try home.write("model: gone\n", to: "config/config.yaml")
        let studio = try StudioSession(home: home, rows: 40, columns: 200)
        let screen = try studio.wait(for: "There is no model")
        let words = screen.split(whereSeparator: { " \n│".contains($0) }).joined(separator: " ")
        #expect(words.contains("config.yaml:1. m chooses another one."), "\(screen)")
        #expect(!screen.contains("-m "), "\(screen)")
        try studio.press("q")
        try studio.wait(for: "ended with 0")
    }

    @Test func `an option is named only by a command that has it`() throws {
        let home = try Home()
        #expect(try home.run("templates", "new", "mine").status == 0)
        let again = try home.run("templates", "new", "mine")
        #expect(again.status == 1 && again.error.hasSuffix("Choose another name.\n"), "\(again.error)")
        let ids = try home.run("inspect", "logits", "--ids", "99999")
        #expect(
            ids.error.hasPrefix("copydesk: There is no token 99999: this model's ids go from 0 to "), "\(ids.error)")
    }

    @Test func `a template whose name is like no other is told with the command that lists them`() throws {
        let run = try Home().run("generate", "limerick-generator")
        #expect(
            run.error == "copydesk: There is no template 'limerick-generator'. Choose one from the list of templates. "
                + "`copydesk templates list` shows it.\n")
    }
}
