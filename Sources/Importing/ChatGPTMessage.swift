// A message of ChatGPT's export: who says it, and its text.
// The format has no document of its own; the kinds of content are those that exports of 2023 to 2026 have.
// - What is left out is counted by its kind. A message's weight says nothing about that: hidden ones are marked as such.

import Generation

struct ChatGPTMessage {
    /// `user` or `assistant` if it is a turn.
    private(set) var role = Message.Role.assistant
    private(set) var text = ""
    /// True if it is a part of the dialogue.
    private(set) var isTurn = false
    /// Instructions to the model; "" if it holds none.
    private(set) var system = ""
    private(set) var thoughts: String?
    private(set) var model: String?
    private(set) var createdAt: Double?
    /// True if nobody says it.
    private(set) var isUnreadable = false
    private(set) var leftOut = LeftOut()

    /// `nil` for a node without a message.
    init?(_ value: JSONValue?) {
        guard let value, value.members != nil else { return nil }
        createdAt = ImportedDate.seconds(value["create_time"])
        let content = value["content"]
        let kind = content?["content_type"]?.text ?? "text"
        let metadata = value["metadata"]
        model = metadata?["model_slug"]?.cleanText
        switch (value["author"]?["role"]?.text ?? "", kind) {
        case (_, "user_editable_context"): system = Self.instructions(content)
        case (_, "model_editable_context"):
            // What the program remembers of other conversations.
            leftOut.add(.hiddenMessages, content?.clean("model_set_context").isEmpty == false ? 1 : 0)
        case ("system", _): takeSystem(content, kind, metadata)
        case ("user", _):
            role = .user
            takeSaid(value, content, kind)
        case ("assistant", _): takeAnswer(value, content, kind)
        case ("", _): isUnreadable = true
        default:
            _ = text(of: content, kind)  // counts its images
            leftOut.add(.toolMessages)
        }
    }

    private static func isHidden(_ metadata: JSONValue?) -> Bool {
        metadata?["is_visually_hidden_from_conversation"]?.truth == true
    }

    private mutating func takeSystem(_ content: JSONValue?, _ kind: String, _ metadata: JSONValue?) {
        let told = ImportedText.trimmed(text(of: content, kind))
        if metadata?["is_user_system_message"]?.truth == true {
            // The user's own instructions, in the form of 2023: hidden, and at times beside the text.
            let data = metadata?["user_context_message_data"]
            let own = ["about_user_message", "about_model_message"].map { ImportedText.trimmed(data?.clean($0) ?? "") }
            system = told.isEmpty ? own.filter { !$0.isEmpty }.joined(separator: "\n\n") : told
        } else if Self.isHidden(metadata) {
            leftOut.add(.hiddenMessages, told.isEmpty ? 0 : 1)
        } else {
            system = told
        }
    }

    private mutating func takeAnswer(_ message: JSONValue, _ content: JSONValue?, _ kind: String) {
        let recipient = message["recipient"]?.text ?? "all"
        if recipient.hasPrefix("canmore.") {
            text = Self.document(text(of: content, "text")) ?? ""
            isTurn = !text.isEmpty
            return leftOut.add(.documentChanges, isTurn ? 0 : 1)
        }
        guard recipient == "all" || recipient.isEmpty else { return leftOut.add(.toolMessages) }
        switch kind {
        case "thoughts": thoughts = Self.thoughts(content)
        // "Thought for 7 seconds", and the failures of tools.
        case "reasoning_recap", "system_error": leftOut.add(.programMessages)
        case _ where message["channel"]?.text == "analysis":
            let text = ImportedText.trimmed(text(of: content, kind))
            thoughts = text.isEmpty ? nil : text
        default: takeSaid(message, content, kind)
        }
    }

    private mutating func takeSaid(_ message: JSONValue, _ content: JSONValue?, _ kind: String) {
        text = text(of: content, kind)
        let metadata = message["metadata"]
        leftOut.add(.files, (metadata?["attachments"]?.items ?? []).count { !Self.isImage($0) })
        if Self.isHidden(metadata) { return leftOut.add(.hiddenMessages, text.isEmpty ? 0 : 1) }
        // A question that is a picture alone keeps its place, so that the answer does not follow another one.
        if text.isEmpty, role == .user, !leftOut.isEmpty { text = "[\(leftOut.sentencePart)]" }
        isTurn = !text.isEmpty
    }

    /// The text of a document beside the conversation, if the message holds all of it.
    private static func document(_ call: String) -> String? {
        guard let value = try? JSONValue(parsing: Array(call.utf8)) else { return nil }
        if let text = value["content"]?.cleanText {
            let language = value["type"]?.text?.split(separator: "/", maxSplits: 1)
            guard language?.first == "code", !text.isEmpty else { return text }
            return "```\(language?.count == 2 ? ImportedText.line(String(language?[1] ?? "")) : "")\n\(text)\n```"
        }
        // A change of everything is the new document; others name a part by a pattern.
        guard let updates = value["updates"]?.items, updates.count == 1, updates[0]["pattern"]?.text == ".*" else {
            return nil
        }
        return updates[0]["replacement"]?.cleanText
    }

    private mutating func text(of content: JSONValue?, _ kind: String) -> String {
        guard let content else { return "" }
        if kind == "code", let code = content["text"]?.cleanText {
            guard !code.isEmpty else { return "" }
            let language = content["language"]?.text.flatMap { $0 == "unknown" ? nil : $0 } ?? ""
            return "```\(ImportedText.line(language))\n\(code)\n```"
        }
        guard let parts = content["parts"]?.items else {
            if let text = content["text"]?.cleanText ?? content["result"]?.cleanText { return Self.withoutMarks(text) }
            leftOut.add(.otherContent)
            return ""
        }
        var texts: [String] = []
        for part in parts {
            if let text = part.cleanText ?? part["text"]?.cleanText {
                if !text.isEmpty { texts.append(Self.withoutMarks(text)) }
            } else if !part.isNull {
                leftOut.add(Self.kind(of: part["content_type"]?.text ?? ""))
            }
        }
        return texts.joined(separator: "\n")
    }

    /// What a part without text is.
    private static func kind(of type: String) -> LeftOut.Kind {
        if type.hasPrefix("image") { return .images }
        return type.contains("audio") || type.contains("video") ? .recordings : .otherContent
    }

    private static func isImage(_ attachment: JSONValue) -> Bool {
        attachment["mime_type"]?.text?.hasPrefix("image/") == true
    }

    /// What the user has told about himself and wishes of the answers.
    private static func instructions(_ content: JSONValue?) -> String {
        let texts = ["user_profile", "user_instructions"].map { ImportedText.trimmed(content?.clean($0) ?? "") }
        return texts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static func thoughts(_ content: JSONValue?) -> String? {
        let texts = (content?["thoughts"]?.items ?? content?["parts"]?.items ?? []).map { thought in
            let chunks = (thought["chunks"]?.items ?? []).compactMap(\.cleanText).joined(separator: " ")
            let content = thought.clean("content")
            return thought.cleanText
                ?? [thought.clean("summary"), content.isEmpty ? chunks : content].filter { !$0.isEmpty }
                .joined(separator: "\n")
        }
        let all = texts.filter { !$0.isEmpty }.joined(separator: "\n\n")
        return all.isEmpty ? nil : all
    }

    /// The text without marks of sources, such as U+E200 cite U+E202 turn0search1 U+E201, which only that program shows.
    private static func withoutMarks(_ text: String) -> String {
        guard text.unicodeScalars.contains("\u{E200}") else { return text }
        var clean = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let start = rest.firstIndex(of: "\u{E200}") {
            clean += rest[..<start]
            rest = rest[rest.index(after: start)...]
            if let end = rest.firstIndex(of: "\u{E201}") { rest = rest[rest.index(after: end)...] }
        }
        clean += rest
        return String(clean)
    }
}
