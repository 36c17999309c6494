import Generation
import Templates
import Testing

@testable import Drafting

@Suite struct `An order for drafts` {
    private func template(_ fields: String, head: String = "", body: String = "{{ a }}") throws -> PromptTemplate {
        let text = "---\nname: Lamp\nsummary: About a lamp.\n\(head)fields:\n\(fields)---\n\(body)\n"
        return try PromptTemplate(bytes: Array(text.utf8), file: "lamp.md", origin: .file("lamp.md"))
    }

    @Test func `of a template has its name, hash, title, every field and its system prompt`() throws {
        let template = try template(
            "  - {name: a, label: A, example: x}\n  - {name: b, label: B, default: y, example: z}\n",
            head: "system: Be brief.\nvariants: 3\n", body: "{{ a }} and {{ b }}")
        let order = DraftOrder(filled: try template.fill(values: ["a": "one"]), template: template, seed: 7)
        #expect(order.templateName == "lamp")
        #expect(order.templateHash == template.hash)
        #expect(order.title == "Lamp")
        #expect(order.fields == ["a": "one", "b": "y"])
        #expect(order.systemPrompt == "Be brief.")
        #expect(order.request.prompt == .chat([Message(.system, "Be brief."), Message(.user, "one and y")]))
        #expect(order.request.variantCount == 3 && order.request.seed == 7)
        #expect(!order.isRawFreePrompt)
    }

    @Test func `of a free prompt is a chat, or raw without the system prompt`() {
        let chat = DraftOrder(prompt: "Write.", system: "Be brief.", raw: false, seed: 1)
        #expect(chat.request.prompt == .chat([Message(.system, "Be brief."), Message(.user, "Write.")]))
        #expect(chat.systemPrompt == "Be brief." && !chat.isRawFreePrompt)
        let raw = DraftOrder(prompt: "Write.", system: "Be brief.", raw: true, seed: 1)
        #expect(raw.request.prompt == .raw("Write."))
        #expect(raw.systemPrompt == nil && raw.isRawFreePrompt)
        #expect(chat.fields == ["prompt": "Write."] && raw.fields == chat.fields)
    }

    @Test func `takes another system prompt in place of its own`() {
        var order = DraftOrder(prompt: "Write.", system: "Be brief.", raw: false, seed: 1)
        order.replaceSystemPrompt(with: "Be long.")
        #expect(order.request.prompt == .chat([Message(.system, "Be long."), Message(.user, "Write.")]))
        #expect(order.systemPrompt == "Be long.")
        var raw = DraftOrder(prompt: "Write.", system: nil, raw: true, seed: 1)
        raw.replaceSystemPrompt(with: "Be long.")
        #expect(raw.request.prompt == .raw("Write.") && raw.systemPrompt == nil)
    }

    @Test func `continues the completion form of its template, or its messages`() throws {
        var order = DraftOrder(prompt: "Write.", system: "Be brief.", raw: false, seed: 1)
        order.continueRaw()
        #expect(order.request.prompt == .raw("Be brief.\n\nWrite.") && order.systemPrompt == nil)
        var other = DraftOrder(prompt: "Write.", system: nil, raw: false, seed: 1)
        other.request.completionPrompt = "Text:"
        other.continueRaw()
        #expect(other.request.prompt == .raw("Text:"))
    }

    @Test func `puts a text from outside into the field that is meant for it`() throws {
        let short = "  - {name: a, label: A, example: x}\n"
        let long = "  - {name: b, label: B, kind: multiline, example: x}\n"
        let other = "  - {name: c, label: C, kind: multiline, example: x}\n"
        let text = "  - {name: text, label: T, example: x}\n"
        let unused = "{{ a }}{{ b }}{{ c }}{{ text }}"
        func input(_ fields: String) throws -> String? {
            let body = ["a", "b", "c", "text"].filter { fields.contains("name: \($0),") }.map { "{{ \($0) }}" }.joined()
            return try template(fields, body: body.isEmpty ? unused : body).inputField?.name
        }
        #expect(try input(short + long) == "b")
        #expect(try input(short + long + other) == nil)
        #expect(try input(short) == nil)
        #expect(try input(text + long + other) == "text")
    }
}
