// Conversations as the text of a file, piece by piece: one conversation at a time is in memory.
// - For readers (md, txt, html) and for fine-tuning (jsonl) the open branch is written, with the text that each turn shows.
// - JSON has all branches and drafts, as `ConversationJSON` writes them; if several conversations are exported, they are
//   in one list: `{"conversations": [{"conversation": …, "turns": […]}, …]}`.
// - JSON Lines has a conversation a line, as programs for fine-tuning read it: `{"messages": [{"role", "content"}, …]}`,
//   the system prompt first.

import Generation

public enum ConversationExport {
    /// The formats that a conversation has.
    public static let formats: [ExportFormat] = [.markdown, .text, .html, .json, .jsonl]

    /// True if the format holds all turns; false if it holds those of the open branch alone.
    public static func holdsAllTurns(_ format: ExportFormat) -> Bool { format == .json }

    /// Writes conversations one after another.
    /// - Parameters:
    ///   - count: how many there are, at least 1.
    ///   - format: one of `formats`.
    ///   - contents: reads the conversation at an index, with the turns that the format holds.
    ///   - output: takes the text in pieces.
    /// - Throws: the errors of `contents` and `output`.
    public static func write(
        count: Int, as format: ExportFormat, options: ExportOptions = ExportOptions(),
        reading contents: (Int) throws -> ConversationContents, to output: (String) throws -> Void
    ) throws {
        switch format {
        case .json: try writeJSON(count, contents, output)
        case .jsonl: for index in 0..<count { try output(messageLine(of: contents(index))) }
        case .html:
            for index in 0..<count {
                let form = ConversationForm(try contents(index), options)
                let title = count == 1 ? form.title : options.title ?? "Conversations"
                if index == 0 { try output(ConversationHTML.beginning(title: title, form)) }
                try output(ConversationHTML.section(form))
            }
            try output(HTMLExport.ending)
        default:
            let text = format == .text ? ConversationText.text : ConversationMarkdown.text
            for index in 0..<count {
                if index > 0 { try output("\n") }
                try output(text(ConversationForm(try contents(index), options)))
            }
        }
    }

    private static func writeJSON(
        _ count: Int, _ contents: (Int) throws -> ConversationContents, _ output: (String) throws -> Void
    ) throws {
        guard count != 1 else { return try output(ConversationJSON.text(of: contents(0))) }
        try output("{\n  \"conversations\" : [\n")
        for index in 0..<count {
            let text = ConversationJSON.text(of: try contents(index))
            try output((index == 0 ? "    " : ",\n    ") + JSONObject.indented(text.dropLast(), columns: 4))
        }
        try output("\n  ]\n}\n")
    }

    /// The open branch for fine-tuning, in one line; empty turns, such as an answer that failed, are left out.
    private static func messageLine(of contents: ConversationContents) -> String {
        struct Line: Encodable { var messages: [ConversationJSON.MessageForm] }
        let form = ConversationForm(contents, ExportOptions())
        let system = contents.conversation.persona.system.map { [Message(.system, $0)] } ?? []
        let turns = form.turns.map { Message($0.role, $0.text) }
        // What nobody answered teaches nothing, and programs for fine-tuning refuse it at the end.
        var messages = (system + turns).filter { !$0.content.isEmpty }
        while let last = messages.last, last.role != .assistant { messages.removeLast() }
        guard !messages.isEmpty else { return "" }
        return DraftJSON.text(of: Line(messages: messages.map(ConversationJSON.MessageForm.init)), isPretty: false)
            + "\n"
    }
}

/// The open branch of a conversation as a reader sees it.
struct ConversationForm {
    /// What is said, and by whom.
    struct Said {
        var id: Int64
        var role: Message.Role
        var name: String
        var text: String
        /// `nil` unless it is asked for.
        var reasoning: String?
        var isCutOff: Bool
    }

    let conversation: Conversation
    let options: ExportOptions
    let title: String
    let turns: [Said]
    /// The names of the models that have written the answers, in their order; of the one that would if there are none.
    let models: [String]

    init(_ contents: ConversationContents, _ options: ExportOptions) {
        conversation = contents.conversation
        self.options = options
        title = options.title ?? (conversation.title.isEmpty ? "Conversation" : conversation.title)
        var models: [String] = []
        let written = Dictionary(contents.generations.map { ($0.id, $0.model.name) }) { first, _ in first }
        var turns: [Said] = []
        for index in contents.turns.indices {
            let turn = contents.turns[index]
            // In the middle the draft counts that the next turn follows.
            let next = index + 1 < contents.turns.count ? contents.turns[index + 1].parentDraftId : nil
            let draft = turn.drafts.first { $0.id == next } ?? turn.activeDraft
            // An answer that failed, and said nothing.
            if turn.role == .assistant, (draft?.text ?? turn.text).isEmpty { continue }
            if let name = draft.flatMap({ written[$0.generationId] }), !name.isEmpty, !models.contains(name) {
                models.append(name)
            }
            turns.append(
                Said(
                    id: turn.id, role: turn.role, name: contents.conversation.persona.speakers.name(of: turn.role),
                    text: draft?.text ?? turn.text,
                    reasoning: options.includesReasoning ? draft?.details.reasoning : nil,
                    isCutOff: draft?.finishReason == .cutOff))
        }
        self.turns = turns
        self.models = models.isEmpty ? [conversation.model].filter { !$0.isEmpty } : models
    }

    /// Facts for a reader, as names and values.
    var metadata: [(name: String, value: String)] {
        let persona = conversation.persona
        var lines = [("Date", Timestamp.iso8601(conversation.createdAt))]
        if persona.name != nil || persona.title != Persona().title { lines.append(("Persona", persona.title)) }
        if !models.isEmpty { lines.append(("Model", models.joined(separator: ", "))) }
        let fields = conversation.fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        lines += (fields.map { ($0.key, $0.value) } + (persona.system.map { [("System prompt", $0)] } ?? [])).map {
            ($0, options.includesSources ? $1 : Exporter.shortFact($0, $1))
        }
        return lines
    }
}
